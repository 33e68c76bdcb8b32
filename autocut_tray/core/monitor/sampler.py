"""Reads the machine once: memory, processor, disk, network; VRAM through a source that may hang."""

from __future__ import annotations

import errno
import logging
import math
import os
import re
import threading
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING, Generic, TypeVar

import psutil

from autocut_tray.core.clock import Clock
from autocut_tray.core.frozen import frozen
from autocut_tray.core.runtime.probes.editor_watch import ResolveState
from autocut_tray.core.runtime.profile import Gpu
from autocut_tray.core.sample import Holder, MetricsSample

if TYPE_CHECKING:
    from autocut_tray.core.runtime.probes.vram import VramReading, VramSampler

log = logging.getLogger(__name__)

T = TypeVar("T")

_MIB = 1024 * 1024

_PRESSURE = Path("/proc/pressure/memory")

PROBE_LIMIT = 2.0
"""Seconds that a VRAM reading may take before the figure counts as unknown."""

GAP_SECONDS = 15.0
"""Between two readings: suspend, debugger, stall. What happened meanwhile is no rate of now."""

SLOW_TICKS = 5
"""Every how many readings that is read which is slow to read and slow to change."""

STALL_PERCENT = 40.0
"""Of the last ten seconds in which every task waited for memory: from here on the machine stands still."""


class VramWatch:
    """Reads the adapter that the current profile chose. :meth:`read` is for one thread, :meth:`use` for any."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._wanted: Gpu | None = None
        self._current: tuple[Gpu | None, VramSampler] | None = None

    @property
    def idle(self) -> bool:
        """True when there is no adapter to read, nor one to let go."""
        return self._wanted is None and (self._current is None or self._current[0] is None)

    def use(self, gpu: Gpu | None) -> None:
        """Read this adapter from now on."""
        self._wanted = gpu

    def read(self) -> tuple[VramReading | None, tuple[Holder, ...]]:
        """The figures of that adapter and who holds its memory."""
        wanted = self._wanted
        if self._current is None or not _same_device(self._current[0], wanted):
            # Late: many machines have no adapter to read.
            from autocut_tray.core.runtime.probes.vram import VramSampler

            self.close()
            self._current = (wanted, VramSampler(wanted, self._clock))
        sampler = self._current[1]
        reading = sampler.sample()
        return reading, sampler.holders() if reading is not None else ()

    def close(self) -> None:
        if self._current is not None:
            self._current[1].close()
            self._current = None


def _same_device(a: Gpu | None, b: Gpu | None) -> bool:
    if a is None or b is None:
        return a is b
    return (a.vendor, a.name, a.source, a.index) == (b.vendor, b.name, b.source, b.index)


@frozen
class WorkReading:
    """What our own queue does: jobs waiting and running, the share of failed units, and what a unit takes on average,
    seconds (None: no units lately)."""

    queued: int
    running: int
    failure_rate: float | None
    processing_s: float | None = None


class Guarded(Generic[T]):
    """Runs a reading in a thread of its own; one that hangs costs its figure and no second thread.

    The thread lives as long as the object is open, so a reading costs a hand-over and no thread start.
    """

    def __init__(self, read: Callable[[], T], name: str) -> None:
        self._read = read
        self._name = name
        self._wanted = threading.Semaphore(0)
        self._current: Future[T] | None = None
        self._closed = False
        self._thread: threading.Thread | None = None
        self._complained = False

    def get(self, limit: float) -> T | None:
        """The reading, or None when it failed or took longer than ``limit`` seconds."""
        if self._thread is None:
            # Daemonic because a driver call that hangs cannot be ended: it must not hold up the exit.
            self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
            self._thread.start()
        future = self._current
        if future is None or future.done():
            future = self._current = Future()
            self._wanted.release()
        try:
            value = future.result(limit)
        except TimeoutError:
            self._complain("does not answer")
            return None
        except Exception as error:  # noqa: BLE001 - whatever a driver raises, the figure is unknown
            self._complain(str(error) or type(error).__name__)
            return None
        self._complained = False
        return value

    def close(self) -> bool:
        """False when a reading still hangs: what it uses must then be left alone."""
        self._closed = True
        self._wanted.release()
        if self._thread is None:
            return True
        self._thread.join(0.5)
        return not self._thread.is_alive()

    def _complain(self, why: str) -> None:
        if not self._complained:
            self._complained = True
            log.warning("%s: %s", self._name, why)

    def _run(self) -> None:
        while True:
            self._wanted.acquire()
            future = self._current
            if self._closed or future is None:
                return
            try:
                value = self._read()
            except Exception as error:  # noqa: BLE001 - handed to the one who waits
                future.set_exception(error)
            else:
                future.set_result(value)


class Sampler:
    """Takes :class:`MetricsSample`; a figure that cannot be read is None, and the others still come."""

    def __init__(
        self,
        clock: Clock,
        *,
        vram: VramWatch,
        work: Callable[[], WorkReading],
        editor: Callable[[], ResolveState],
    ) -> None:
        self._clock = clock
        self._watch = vram
        self._vram = Guarded(vram.read, "vram-reading")
        self._work = work
        self._editor = editor
        self._last: float | None = None
        self._ticks = 0
        self._swap: int | None = None
        self._traffic = Traffic()
        self._complaints: set[str] = set()

    def close(self) -> None:
        if self._vram.close():
            self._watch.close()

    def sample(self) -> MetricsSample:
        """One reading: about 0.5 ms, and no process is started."""
        now = self._clock.monotonic()
        fresh = self._last is None or not 0.0 <= now - self._last <= GAP_SECONDS
        self._last = now
        if fresh or self._ticks >= SLOW_TICKS:
            self._ticks = 0
            self._swap = self._read("swap", _swap)
            self._traffic.look(now, self._read("disk", _disk), self._read("network", _network), fresh=fresh)
        self._ticks += 1
        memory = self._read("memory", psutil.virtual_memory)
        cpu = self._read("processor", _cpu)
        # Without an adapter there is nothing that could hang, so no other thread is woken.
        vram, holders = (None, ()) if self._watch.idle else self._vram.get(PROBE_LIMIT) or (None, ())
        work = self._work()
        editor = self._read("editor", self._editor) or ResolveState(None, None)
        counted, rates = self._traffic.counted, self._traffic.rates
        return MetricsSample(
            at=self._clock.time(),
            monotonic=now,
            vram_used=vram.used if vram else None,
            vram_total=vram.total if vram else None,
            vram_source=vram.source if vram else None,
            gpu_load=vram.load if vram else None,
            ram_available=memory.available // _MIB if memory else None,
            ram_total=memory.total // _MIB if memory else None,
            swap_used=self._swap,
            cpu_percent=None if fresh else cpu,  # it covers the time since the last reading
            load_average=self._read("load", _load),
            disk_read=counted[0],
            disk_written=counted[1],
            net_sent=counted[2],
            net_received=counted[3],
            queued=work.queued,
            running=work.running,
            failure_rate=work.failure_rate,
            resolve_running=editor.running,
            resolve_busy=editor.busy,
            vram_holders=holders,
            processing_s=work.processing_s,
            ram_stalled=self._read("memory pressure", _stalled),
            disk_read_rate=rates[0],
            disk_write_rate=rates[1],
            net_send_rate=rates[2],
            net_receive_rate=rates[3],
        )

    def _read(self, what: str, read: Callable[[], T]) -> T | None:
        """The figure, or None; why is logged once, for a reading comes every second."""
        try:
            value = read()
        except (OSError, RuntimeError, ValueError, psutil.Error) as error:
            if what not in self._complaints:
                self._complaints.add(what)
                log.warning("%s cannot be read: %s", what, error)
            return None
        self._complaints.discard(what)
        return value


_Counts = tuple[int | None, int | None, int | None, int | None]
_Rates = tuple[float | None, float | None, float | None, float | None]
_NONE = (None, None, None, None)


class Traffic:
    """Bytes of disk and network: those counted since boot, and how many a second between the last two looks."""

    def __init__(self) -> None:
        self.counted: _Counts = _NONE
        self.rates: _Rates = _NONE
        self._at = -math.inf

    def look(
        self, now: float, disk: tuple[int, int] | None, net: tuple[int, int] | None, *, fresh: bool
    ) -> None:
        """Take a look's counts: read and written, sent and received. ``fresh``: nothing is known of the time since
        the last one."""
        before, passed = self.counted, now - self._at
        self.counted = (*(disk or (None, None)), *(net or (None, None)))
        self._at = now
        if fresh or passed <= 0.0:
            self.rates = _NONE
            return
        first, second, third, fourth = (
            _rate(old, new, passed) for old, new in zip(before, self.counted, strict=True)
        )
        self.rates = (first, second, third, fourth)


def _rate(before: int | None, now: int | None, seconds: float) -> float | None:
    """None also for a counter that went back: an interface or a disk was taken away."""
    return None if before is None or now is None or now < before else (now - before) / seconds


def _cpu() -> float:
    return psutil.cpu_percent(None)


def _load() -> float | None:
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else None  # Windows has none


def _swap() -> int:
    return int(psutil.swap_memory().used // _MIB)


def _disk() -> tuple[int, int] | None:
    disk = psutil.disk_io_counters()
    return (disk.read_bytes, disk.write_bytes) if disk else None


def _network() -> tuple[int, int] | None:
    net = psutil.net_io_counters()
    return (net.bytes_sent, net.bytes_recv) if net else None


def _stalled() -> bool | None:
    """What Linux reports of its own stalls; elsewhere, and where it does not, nobody knows."""
    try:
        text = _PRESSURE.read_text("ascii")
    except (FileNotFoundError, PermissionError, NotADirectoryError):
        return None
    except OSError as error:
        if error.errno == errno.EOPNOTSUPP:  # switched off when the kernel was started
            return None
        raise
    found = re.search(r"^full avg10=([0-9.]+)", text, re.MULTILINE)
    return None if found is None else float(found.group(1)) >= STALL_PERCENT
