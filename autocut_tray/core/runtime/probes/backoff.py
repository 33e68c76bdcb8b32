"""How long to leave a source alone that does not answer."""

from __future__ import annotations

from autocut_tray.core.clock import Clock


class Backoff:
    """Lets a try through, and after a failure only later ones: in ``first`` seconds, then doubled up to ``last``."""

    def __init__(self, clock: Clock, first: float = 1.0, last: float = 60.0) -> None:
        self._clock = clock
        self._first = first
        self._last = last
        self._after = first
        self._not_before: float | None = None

    @property
    def ready(self) -> bool:
        return self._not_before is None or self._clock.monotonic() >= self._not_before

    def put_off(self) -> None:
        """It failed."""
        self._not_before = self._clock.monotonic() + self._after
        self._after = min(2 * self._after, self._last)

    def reset(self) -> None:
        """It answers."""
        self._not_before, self._after = None, self._first
