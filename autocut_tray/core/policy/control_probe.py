"""Trying a route with the built-in picture, beside the readings: whether it works, and what its model holds."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from autocut_tray.core.cancel import CancelToken
from autocut_tray.core.clock import Clock
from autocut_tray.core.errors import AutoCutError
from autocut_tray.core.messages import Message, message
from autocut_tray.core.policy.control_helpers import Helpers
from autocut_tray.core.policy.governor_types import Tier
from autocut_tray.core.policy.policy import Route

log = logging.getLogger(__name__)


class Prober:
    """``answer`` gets the tier, whether it works, and the MiB of VRAM of its model where its server says so; not of a
    probe that was cancelled. It is called without a lock held, in the probe's thread, or in the caller's where no
    probe can begin."""

    def __init__(
        self,
        probe: Callable[[Route, CancelToken], float | None],
        answer: Callable[[Tier, bool, float | None], None],
        helpers: Helpers,
        clock: Clock,
    ) -> None:
        self._probe = probe
        self._answer = answer
        self._helpers = helpers
        self._clock = clock
        self._lock = threading.Lock()
        self._token: CancelToken | None = None
        self.error: Message | None = None
        """Why the last probe failed; None after one that passed."""

    def start(self, tier: Tier, route: Route) -> None:
        """An earlier probe may still be on its way out."""
        token = CancelToken()
        with self._lock:
            self._token = token
        if not self._helpers.start("probe", lambda: self._run(tier, route, token), alone=False):
            self._answer(tier, False, None)

    def cancel(self) -> None:
        """End the probe under way, if there is one; it answers nothing any more."""
        with self._lock:
            token = self._token
        if token is not None:
            token.cancel()

    def _run(self, tier: Tier, route: Route, token: CancelToken) -> None:
        began = self._clock.monotonic()
        own: float | None = None
        try:
            own = self._probe(route, token)
        except AutoCutError as error:
            works = False
            self.error = error.message
            log.info("%s does not work now (%s): %s", tier.value, route.model, error)
        except MemoryError:
            raise  # that is an emergency, which ends the trial
        except Exception:
            works = False
            self.error = message("error-internal")
            log.exception("%s could not be tried (%s)", tier.value, route.model)
        else:
            works = True
            self.error = None
            seconds = self._clock.monotonic() - began
            log.info("%s works: %s answered in %.1f s", tier.value, route.model, seconds)
        if not token.cancelled:
            self._answer(tier, works, own)
