"""What a person said "not now" to: it stays away for 30 days, or until it is about something else."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Iterable
from pathlib import Path

from autocut_tray.core.clock import Clock
from autocut_tray.core.files import write_atomic
from autocut_tray.core.messages import Message
from autocut_tray.core.policy.policy import Recommendation

log = logging.getLogger(__name__)

REST_SECONDS = 30 * 86_400.0
_MOST = 200
_MAX_BYTES = 64 * 1024

Key = tuple[str, str]


def subject(recommendation: Recommendation) -> str:
    """What a recommendation is about: its action's argument; without one, what its heading names.

    Figures of the moment stand in the reason, which does not count, so that a changed one is no new advice.
    """
    action = recommendation.action
    if action is not None and action.argument:
        return action.argument
    return "/".join(f"{name}={_flat(value)}" for name, value in sorted(recommendation.text.params.items()))


class Dismissals:
    """One small JSON file, read once. One that cannot be read or written costs only the memory.

    Every method may be called from any thread. ``later`` runs the writing elsewhere than in the caller's thread.
    """

    def __init__(
        self, file: Path, clock: Clock, later: Callable[[Callable[[], None]], None] = lambda work: work()
    ) -> None:
        self._file = file
        self._clock = clock
        self._later = later
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        self._at = _read(file)

    def dismiss(self, recommendation: Recommendation) -> None:
        """Not now: for 30 days from this moment."""
        now = self._clock.time()
        with self._lock:
            self._at[_key(recommendation)] = now
            newest = sorted(self._at.items(), key=lambda entry: entry[1], reverse=True)
            self._at = {key: at for key, at in newest[:_MOST] if _rests(at, now)}
        self._later(self._save)

    def restore(self, recommendation: Recommendation) -> None:
        """Show it again."""
        with self._lock:
            known = self._at.pop(_key(recommendation), None)
        if known is not None:
            self._later(self._save)

    def dismissed(self, recommendation: Recommendation) -> bool:
        with self._lock:
            at = self._at.get(_key(recommendation))
        return at is not None and _rests(at, self._clock.time())

    def shown(self, recommendations: Iterable[Recommendation]) -> tuple[Recommendation, ...]:
        """Those that were not put off."""
        return tuple(one for one in recommendations if not self.dismissed(one))

    def _save(self) -> None:
        with self._writing:  # the later of two writers has the newer content
            with self._lock:
                entries = [{"code": code, "about": about, "at": at} for (code, about), at in self._at.items()]
            try:
                write_atomic(self._file, json.dumps({"dismissed": entries}, ensure_ascii=False).encode())
            except (OSError, UnicodeEncodeError) as error:
                log.warning("What was put off is not remembered: %s", error)


def _key(recommendation: Recommendation) -> Key:
    return recommendation.code, subject(recommendation)


def _rests(at: float, now: float) -> bool:
    """A clock that was set back leaves moments in the future: those count as now, within reason."""
    return abs(now - at) < REST_SECONDS


def _flat(value: object) -> str:
    return value.code if isinstance(value, Message) else str(value)


def _read(file: Path) -> dict[Key, float]:
    try:
        if file.stat().st_size > _MAX_BYTES:
            raise ValueError("too large")
        entries = json.loads(file.read_bytes())["dismissed"]
        return {(str(one["code"]), str(one["about"])): float(one["at"]) for one in entries[:_MOST]}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        log.warning("%s is not used: %s", file.name, error)
        return {}
