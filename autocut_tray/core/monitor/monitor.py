"""The thread that measures the machine at the right pace and hands each reading on."""

from __future__ import annotations

import enum
import logging
import threading
from collections.abc import Callable, Sequence

from autocut_tray.core.clock import Clock
from autocut_tray.core.sample import MetricsSample

log = logging.getLogger(__name__)


class MonitorState(enum.Enum):
    STOPPED = "stopped"
    RUNNING = "running"


class RuntimeMonitor:
    """Measures every ``busy`` seconds while ``is_busy`` says so, half as often while only a window looks, else every
    ``idle`` seconds.

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
    ) -> None:
        self._clock = clock
        self._sample = sample
        self._listeners = tuple(listeners)
        self._is_busy = is_busy
        self._intervals = intervals
        self._attention = False
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self.latest: MetricsSample | None = None
        self.failure: Exception | None = None
        self._complaints: set[tuple[str, type[Exception]]] = set()

    @property
    def state(self) -> MonitorState:
        return MonitorState.RUNNING if self.running else MonitorState.STOPPED

    @property
    def running(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def start(self) -> None:
        if self.running:
            return
        self._stopping.clear()
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

    def set_attention(self, visible: bool) -> None:
        """A window that shows readings wants them at the busy pace."""
        if visible != self._attention:
            self._attention = visible
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

    def _run(self) -> None:
        due = self._clock.monotonic()
        while not self._stopping.is_set():
            busy, idle = self._intervals()
            interval = busy
            try:
                self.tick()
                if not self._is_busy():
                    interval = min(idle, 2 * busy) if self._attention else idle
            except Exception as error:  # noqa: BLE001 - nothing may end the watch over the machine
                self._complain("measuring", error)
            now = self._clock.monotonic()
            # Drift-free pace; after a stall or suspend it starts afresh instead of catching up.
            due = due + interval if now < due + interval else now + interval
            if self._clock.wait(self._wake, due - now):
                self._wake.clear()
                due = self._clock.monotonic()
