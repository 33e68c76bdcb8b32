"""Giving memory back beside the readings: begun at once, and known to be under way until it had its effect."""

from __future__ import annotations

import threading
from collections.abc import Callable

from autocut_tray.core.policy.control_helpers import Helpers
from autocut_tray.core.policy.control_proof import Released
from autocut_tray.core.policy.governor_types import Reclaim
from autocut_tray.core.release import ReleaseReport


class Reclaimer:
    """``done`` is called in the helper's thread, without a lock held, whenever memory came back or did not: with the
    order and its proof, or with None when carrying it out failed."""

    def __init__(
        self,
        reclaim: Callable[[Reclaim], ReleaseReport | None],
        done: Callable[[Released | None], None],
        helpers: Helpers,
    ) -> None:
        self._reclaim = reclaim
        self._done = done
        self._helpers = helpers
        self._lock = threading.Lock()
        self._count = 0

    @property
    def under_way(self) -> bool:
        """True while something is being given back: what goes now must not be loaded again."""
        with self._lock:
            return self._count > 0

    def start(self, action: Reclaim) -> None:
        """At once, also when one for another cause is under way: who carries it out knows what is urgent."""
        cause = action.why.cause.value if action.cache_keep > 0 else "all"
        self._change(1)
        if not self._helpers.start(f"reclaim {cause}", lambda: self._run(action)):
            self._change(-1)

    def _run(self, action: Reclaim) -> None:
        released: Released | None = None
        try:
            released = action, self._reclaim(action)
        finally:
            self._change(-1)
            self._done(released)

    def _change(self, by: int) -> None:
        with self._lock:
            self._count += by
