"""The memory that work in progress may take: reserved before it is allocated, waited for when there is none left.

A lease is for what is on its way (pictures from the media worker, requests to a model); caches have limits of their
own. Waiting is first come, first served, and a small wish never overtakes a large one. There is no deadlock as long
as nobody holds a lease while waiting for another one that only its own release would make room for: pipeline stages
take one lease for one piece and give it back to the stage before they take the next.
"""

from __future__ import annotations

import itertools
import logging
import threading
import weakref
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType, TracebackType
from typing import TYPE_CHECKING

from autocut_tray.core import garbage
from autocut_tray.core.cancel import CancelToken
from autocut_tray.core.clock import Clock
from autocut_tray.core.errors import Cancelled, SystemExhausted
from autocut_tray.core.frozen import frozen
from autocut_tray.core.memory.in_flight import BufferInFlight
from autocut_tray.core.memory.tracker import ResourceTracker
from autocut_tray.core.messages import message

if TYPE_CHECKING:
    from autocut_tray.core.settings.schema import Settings

log = logging.getLogger(__name__)

MIB = 1024 * 1024
DEFAULT_LIMIT = 256 * MIB
DEFAULT_GC_THRESHOLD = 0.75

LEAK_SECONDS = 1.0
"""How often one who waits looks for leases whose owners are gone."""

GC_SECONDS = 10.0
"""A collection stops every thread for some 30 ms: not more often than this."""


@frozen
class BudgetOptions:
    """``limit``: bytes. ``gc_threshold``: share of it, 0 to 1, from which garbage is collected."""

    limit: int = DEFAULT_LIMIT
    gc_threshold: float = DEFAULT_GC_THRESHOLD

    @classmethod
    def of(cls, settings: Settings) -> BudgetOptions:
        """The person's settings of the memory for work."""
        chosen = settings.memory
        return cls(limit=chosen.budget_mib * MIB, gc_threshold=chosen.gc_threshold)


class MemoryLease:
    """A reserved amount; given back by :meth:`release`, at the end of a ``with`` block, or when found leaked."""

    __slots__ = ("__weakref__", "_buffer", "_manager", "bytes", "id", "stage")

    def __init__(self, manager: UnifiedMemoryManager, number: int, bytes_: int, stage: str) -> None:
        self._manager = manager
        self.id = number
        self.bytes = bytes_
        self.stage = stage
        self._buffer: BufferInFlight | None = None

    def filled(self, bytes_: int) -> None:
        """So many bytes are really there now; the tracker shows them until the lease is given back."""
        tracker = self._manager.tracker
        if tracker is not None:
            self._buffer = BufferInFlight(tracker, self.stage, bytes_)

    def emptied(self) -> None:
        """Nothing of it is there any more."""
        if self._buffer is not None:
            self._buffer.end()

    def release(self) -> None:
        """Give it back; the second time does nothing."""
        self._manager.deallocate(self)

    def __enter__(self) -> MemoryLease:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


@frozen
class MemoryStats:
    """Bytes and counts. ``used`` and ``waiting`` (requests) are of now, ``peak`` and the rest since the start.

    ``waited``: requests that had to wait. ``leaked``, ``leaked_bytes``: leases whose owner was gone.
    """

    limit: int
    used: int
    peak: int
    leases: int
    waiting: int
    waiting_bytes: int
    granted: int
    waited: int
    leaked: int
    leaked_bytes: int
    collections: int
    gc_threshold: float
    by_stage: Mapping[str, int]

    @property
    def used_share(self) -> float:
        """0 to 1; more while a lowered limit has not been reached yet."""
        return self.used / self.limit


@frozen
class Optimized:
    """What :meth:`UnifiedMemoryManager.optimize` found.

    ``collected``: objects that were garbage, None where the collection is still to come.
    """

    leaks: int
    leaked_bytes: int
    collected: int | None


@dataclass(slots=True)
class _Held:
    bytes: int
    stage: str
    lease: weakref.ref[MemoryLease]
    owner: weakref.ref[object] | None

    @property
    def is_leak(self) -> bool:
        return self.lease() is None or (self.owner is not None and self.owner() is None)


@dataclass(slots=True, eq=False)
class _Waiter:
    bytes: int
    stage: str
    owner: weakref.ref[object] | None
    woken: threading.Event = field(default_factory=threading.Event)
    lease: MemoryLease | None = None
    refused: SystemExhausted | None = None


class UnifiedMemoryManager:
    """One limit for all stages; what is promised never exceeds it. Safe to use from several threads.

    ``tracker``: learns of what the leases really hold, and of what else the stages keep; None where nobody looks.
    """

    def __init__(
        self,
        clock: Clock,
        options: BudgetOptions = BudgetOptions(),
        tracker: ResourceTracker | None = None,
    ) -> None:
        self._clock = clock
        self.tracker = tracker
        self._limit = options.limit
        self._gc_threshold = options.gc_threshold
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)
        self._held: dict[int, _Held] = {}
        self._used = 0
        self._waiters: deque[_Waiter] = deque()
        self._peak = self._granted = self._waited = self._leaked = self._leaked_bytes = self._collections = 0
        self._collected_at: float | None = None

    def configure(self, options: BudgetOptions) -> None:
        """New settings. Under a lower limit what is held stays, and nothing new starts until it fits."""
        with self._lock:
            self._limit, self._gc_threshold = options.limit, options.gc_threshold
            self._serve()

    def allocate(
        self, bytes_: int, stage: str, *, cancel: CancelToken, owner: object | None = None
    ) -> MemoryLease:
        """Reserve ``bytes_`` for ``stage``; waits in line while there is no room.

        ``owner``: when it is gone, so is the lease; the lease itself counts as gone when nobody holds it any more.
        Raises Cancelled, and SystemExhausted for what the whole budget could not hold. ValueError for less than 0.
        """
        if bytes_ < 0:
            raise ValueError(f"{bytes_} bytes")
        cancel.raise_if_cancelled()
        waiter = _Waiter(bytes_, stage, None if owner is None else weakref.ref(owner))
        with self._lock:
            self._waiters.append(waiter)
            self._serve()
            waited = not waiter.woken.is_set()
            self._waited += waited
        if waited:
            self._wait(waiter, cancel)
        if waiter.refused is not None:
            raise waiter.refused
        lease = waiter.lease
        assert lease is not None, "a waiter is woken with a lease, a refusal, or by its cancellation"
        self._collect_when_full()
        return lease

    def deallocate(self, lease: MemoryLease) -> None:
        """Give a lease back; a second time does nothing."""
        with self._lock:
            held = self._held.pop(lease.id, None)
            if held is not None:
                self._used -= held.bytes
                self._serve()
        lease.emptied()

    def get_memory_stats(self) -> MemoryStats:
        with self._lock:
            stages: dict[str, int] = {}
            for held in self._held.values():
                stages[held.stage] = stages.get(held.stage, 0) + held.bytes
            return MemoryStats(
                limit=self._limit,
                used=self._used,
                peak=self._peak,
                leases=len(self._held),
                waiting=len(self._waiters),
                waiting_bytes=sum(waiter.bytes for waiter in self._waiters),
                granted=self._granted,
                waited=self._waited,
                leaked=self._leaked,
                leaked_bytes=self._leaked_bytes,
                collections=self._collections,
                gc_threshold=self._gc_threshold,
                by_stage=MappingProxyType(stages),
            )

    def optimize(self) -> Optimized:
        """Collect garbage and take back what leaked."""
        collected = self._collect()
        leaks, leaked_bytes = self.find_leaks()
        return Optimized(leaks, leaked_bytes, collected)

    # -- waiting

    def _wait(self, waiter: _Waiter, cancel: CancelToken) -> None:
        """Until ``waiter`` has its answer. Raises Cancelled; then it holds nothing and stands in nobody's way."""
        forget = cancel.on_cancel(waiter.woken.set)
        try:
            while not self._clock.wait(waiter.woken, LEAK_SECONDS):
                self.find_leaks()
        finally:
            forget()
        if not cancel.cancelled:
            return
        with self._lock:
            if waiter in self._waiters:
                self._waiters.remove(waiter)
            elif waiter.lease is not None:
                self._used -= self._held.pop(waiter.lease.id).bytes
            self._serve()
        raise Cancelled

    def _serve(self) -> None:
        """Answer those at the head of the line as far as there is room. With the lock held."""
        while self._waiters:
            waiter = self._waiters[0]
            if waiter.bytes > self._limit:
                waiter.refused = _too_large(waiter.bytes, self._limit)
            elif self._used + waiter.bytes <= self._limit:
                waiter.lease = self._grant(waiter)
            else:
                return
            self._waiters.popleft()
            waiter.woken.set()

    def _grant(self, waiter: _Waiter) -> MemoryLease:
        lease = MemoryLease(self, next(self._numbers), waiter.bytes, waiter.stage)
        self._held[lease.id] = _Held(waiter.bytes, waiter.stage, weakref.ref(lease), waiter.owner)
        self._used += waiter.bytes
        self._peak = max(self._peak, self._used)
        self._granted += 1
        return lease

    # -- leaks and garbage

    def find_leaks(self) -> tuple[int, int]:
        """Take back leases whose owner is gone; returns their number and bytes. Cheap while there are none."""
        with self._lock:
            # Whoever waits holds on to the lease that it was just given, so that one is no leak.
            leaks = {number: held for number, held in self._held.items() if held.is_leak}
            for number, held in leaks.items():
                del self._held[number]
                self._used -= held.bytes
                self._leaked += 1
                self._leaked_bytes += held.bytes
            if leaks:
                self._serve()
        for held in leaks.values():
            log.warning("A lease of %d bytes for %s was never given back", held.bytes, held.stage)
        return len(leaks), sum(held.bytes for held in leaks.values())

    def _collect_when_full(self) -> None:
        with self._lock:
            full = self._used >= self._gc_threshold * self._limit
            due = self._collected_at is None or self._clock.monotonic() - self._collected_at >= GC_SECONDS
        if full and due:
            self._collect()
            self.find_leaks()

    def _collect(self) -> int | None:
        with self._lock:
            self._collected_at = self._clock.monotonic()
            self._collections += 1
        return garbage.collect()


def _too_large(bytes_: int, limit: int) -> SystemExhausted:
    return SystemExhausted(
        "memory_budget_too_small",
        message("error-memory-budget-too-small", needed=-(-bytes_ // MIB), limit=limit // MIB),
        message("error-memory-budget-too-small-hint"),
    )
