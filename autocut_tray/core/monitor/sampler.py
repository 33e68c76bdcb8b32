"""Reads the machine once: memory, processor, disk, network; VRAM through a source that may hang."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Generic, TypeVar

import psutil

from autocut_tray.core.clock import Clock
from autocut_tray.core.runtime.probes.editor_watch import ResolveState
from autocut_tray.core.runtime.probes.vram import VramReading, VramSampler
from autocut_tray.core.runtime.profile import Gpu
from autocut_tray.core.sample import Holder, MetricsSample

log = logging.getLogger(__name__)

T = TypeVar("T")

_MIB = 1024 * 1024

PROBE_LIMIT = 2.0
"""Seconds that a VRAM reading may take before the figure counts as unknown."""


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


@dataclass(frozen=True, slots=True)
class WorkReading:
    """What our own queue does: jobs waiting and running, and the share of failed units (None: no units yet)."""

    queued: int
    running: int
    failure_rate: float | None


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
        self._ticks = 0
        self._swap: int | None = None
        self._io: tuple[int | None, int | None, int | None, int | None] = (None, None, None, None)
        psutil.cpu_percent(None)  # the first call only sets the starting point

    def close(self) -> None:
        if self._vram.close():
            self._watch.close()

    def sample(self) -> MetricsSample:
        """One reading: about 0.5 ms, and no process is started."""
        if self._ticks % 5 == 0:  # slow to read and slow to change
            self._swap, self._io = _swap(), _io()
        self._ticks += 1
        memory = psutil.virtual_memory()
        # Without an adapter there is nothing that could hang, so no other thread is woken.
        vram, holders = (None, ()) if self._watch.idle else self._vram.get(PROBE_LIMIT) or (None, ())
        work = self._work()
        editor = self._editor()
        return MetricsSample(
            at=self._clock.time(),
            monotonic=self._clock.monotonic(),
            vram_used=vram.used if vram else None,
            vram_total=vram.total if vram else None,
            vram_source=vram.source if vram else None,
            gpu_load=vram.load if vram else None,
            ram_available=memory.available // _MIB,
            ram_total=memory.total // _MIB,
            swap_used=self._swap,
            cpu_percent=psutil.cpu_percent(None),
            load_average=os.getloadavg()[0] if hasattr(os, "getloadavg") else None,
            disk_read=self._io[0],
            disk_written=self._io[1],
            net_sent=self._io[2],
            net_received=self._io[3],
            queued=work.queued,
            running=work.running,
            failure_rate=work.failure_rate,
            resolve_running=editor.running,
            resolve_busy=editor.busy,
            vram_holders=holders,
        )


def _swap() -> int | None:
    try:
        return int(psutil.swap_memory().used // _MIB)
    except (OSError, RuntimeError):  # containers without /proc/vmstat
        return None


def _io() -> tuple[int | None, int | None, int | None, int | None]:
    try:
        disk = psutil.disk_io_counters()
        net = psutil.net_io_counters()
    except (OSError, RuntimeError):
        return None, None, None, None
    return (
        disk.read_bytes if disk else None,
        disk.write_bytes if disk else None,
        net.bytes_sent if net else None,
        net.bytes_recv if net else None,
    )
