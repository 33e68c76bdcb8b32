"""What one session of the governor leaves to the next, on disk."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from autocut_tray.core.clock import Clock
from autocut_tray.core.files import write_atomic
from autocut_tray.core.policy.governor_recovery import Carryover
from autocut_tray.core.policy.governor_types import Tier

log = logging.getLogger(__name__)


class ControlMemory:
    """One small JSON file. A damaged one costs what was learned, and nothing else."""

    def __init__(self, file: Path, clock: Clock) -> None:
        self._file = file
        self._clock = clock
        self._saving = threading.Lock()

    def load(self) -> Carryover:
        """What the last session left, aged by the time since then."""
        try:
            document = json.loads(self._file.read_bytes())
            away = max(0.0, self._clock.time() - float(document["at"]))
            return Carryover.from_dict(document["governor"]).after(away)
        except FileNotFoundError:
            return Carryover()
        except (OSError, ValueError, KeyError, TypeError) as error:
            log.warning("What the last session learned is lost: %s", error)
            return Carryover()

    def keep(self, carried: Callable[[], Carryover]) -> None:
        """Save what there is to carry over now, one after the other: what was asked for last is what stays. A disk
        that does not take it costs only what was learned."""
        with self._saving:
            try:
                self.save(carried())
            except OSError as error:
                log.warning("What this session learned is not saved: %s", error)

    def save(self, carried: Carryover) -> None:
        """Raises OSError."""
        document = {"at": self._clock.time(), "governor": carried.to_dict()}
        write_atomic(self._file, json.dumps(document).encode())

    def pin(self, tier: Tier | None) -> None:
        """The same wish as with :meth:`force`, for a pin. Raises OSError."""
        self.save(replace(self.load(), pin=tier))

    def force(self, tier: Tier | None) -> None:
        """A person's wish while no instance runs; the next one starts with it. Raises OSError."""
        self.save(replace(self.load(), forced=tier))
