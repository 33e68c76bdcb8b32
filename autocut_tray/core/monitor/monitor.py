"""The thread that measures the machine at the right pace and hands each reading on."""

from __future__ import annotations

import enum
import logging
import threading
from collections.abc import Callable, Sequence

from autocut_tray.core.clock import Clock
from autocut_tray.core.sample import MetricsSample

log = logging.getLogger(__name__)


CRITICAL_SECONDS = 1.0
"""The slowest pace while memory is short, whatever pace of work the person chose."""
WATCHFUL_SECONDS = 5.0
"""The pace while nothing works, but somebody may look or an alert lasts."""


class MonitorState(enum.Enum):
    STOPPED = "stopped"
    RUNNING = "running"
    SUSPENDED = "suspended"


class Attention(enum.Enum):
    """Who looks at the readings: nobody, a window that shows some, or one that draws them."""

    NONE = 0
    SHOWN = 1
    DRAWN = 2


class RuntimeMonitor:
    """Measures every second while ``is_critical`` says so (memory or VRAM is short), every ``busy`` seconds while
    ``is_busy`` does (work, a tier below the best), half as often while only a window draws readings, every five
    seconds while one is open or ``is_watchful`` says so (a warning or an alert lasts), else every ``idle`` seconds.

    Each reading goes to every listener in the monitor's thread; one that raises is logged and costs the others
    nothing. Can be started again after a stop.
    """

    def __init__(
        self,
        clock: Clock,
        sample: Callable[[], MetricsSample],
        listeners: Sequence[Callable[[MetricsSample], None]],
        *,
        is_busy: Callable[[], bool],
        intervals: Callable[[], tuple[float, float]],
        is_watchful: Callable[[], bool] = lambda: False,
        is_critical: Callable[[], bool] = lambda: False,
    ) -> None:
        self._clock = clock
        self._sample = sample
        self._listeners = tuple(listeners)
        self._is_busy = is_busy
        self._is_watchful = is_watchful
        self._is_critical = is_critical
        self._intervals = intervals
        self._attention = Attention.NONE
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._suspended = False
        self._thread: threading.Thread | None = None
        self.latest: MetricsSample | None = None
        self.failure: Exception | None = None
        self._complaints: set[tuple[str, type[Exception]]] = set()

    @property
    def state(self) -> MonitorState:
        if not self._alive:
            return MonitorState.STOPPED
        return MonitorState.SUSPENDED if self._suspended else MonitorState.RUNNING

    @property
    def running(self) -> bool:
        return self.state is MonitorState.RUNNING

    @property
    def _alive(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def start(self) -> None:
        if self._alive:
            return
        self._stopping.clear()
        self._suspended = False
        self._thread = threading.Thread(target=self._run, name="monitor")
        self._thread.start()

    def stop(self) -> None:
        """Returns when the thread has ended."""
        self._stopping.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    close = stop

    def suspend(self) -> None:
        """Measure nothing until :meth:`resume`; a reading under way is still told."""
        self._suspended = True

    def resume(self) -> None:
        """Measure again, at once. The time between is a gap to everybody who listens, as after a suspend of the
        machine."""
        if self._suspended:
            self._suspended = False
            self.wake()

    def set_attention(self, attention: Attention) -> None:
        """Who looks now: one who begins to look gets a reading at once."""
        before, self._attention = self._attention, attention
        if attention.value > before.value:
            self.wake()

    def wake(self) -> None:
        """Measure now: something began or ended."""
        self._wake.set()

    def tick(self) -> MetricsSample:
        """Measure once and tell everyone."""
        sample = self._sample()
        self.latest = sample
        for listener in self._listeners:
            try:
                listener(sample)
            except Exception as error:  # noqa: BLE001 - one listener's failure is not the others'
                self._complain(f"listener {getattr(listener, '__qualname__', listener)}", error)
        return sample

    def _complain(self, who: str, error: Exception) -> None:
        """Once in the log for each kind of failure: a tick comes every second."""
        self.failure = error
        if (who, type(error)) not in self._complaints:
            self._complaints.add((who, type(error)))
            log.error("%s failed", who, exc_info=error)

    def _interval(self) -> float:
        """Seconds until the next reading."""
        busy, idle = self._intervals()
        if self._is_critical():
            return min(busy, CRITICAL_SECONDS)
        if self._is_busy():
            return busy
        if self._attention is Attention.DRAWN:
            return min(idle, 2 * busy)
        if self._attention is Attention.SHOWN or self._is_watchful():
            return min(idle, WATCHFUL_SECONDS)
        return idle

    def _run(self) -> None:
        due = self._clock.monotonic()
        while not self._stopping.is_set():
            if self._suspended:
                self._wake.wait()
                self._wake.clear()
                due = self._clock.monotonic()
                continue
            interval = self._intervals()[0]
            try:
                self.tick()
                interval = self._interval()
            except Exception as error:  # noqa: BLE001 - nothing may end the watch over the machine
                self._complain("measuring", error)
            now = self._clock.monotonic()
            # Drift-free pace; after a stall or suspend it starts afresh instead of catching up.
            due = due + interval if now < due + interval else now + interval
            if self._clock.wait(self._wake, due - now):
                self._wake.clear()
                due = self._clock.monotonic()
