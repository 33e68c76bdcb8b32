"""What this program holds in memory and could give back: who holds it, how much, since when it is unused.

The tracker knows its resources only weakly: one whose owner is gone (crashed, closed, collected) drops out by itself
and is counted as lost. It measures and releases nothing by itself; the guard does.
"""

from __future__ import annotations

import fnmatch
import itertools
import logging
import threading
import weakref
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol

from autocut_tray.core.clock import Clock
from autocut_tray.core.frozen import frozen
from autocut_tray.core.memory.policies import PolicyTable
from autocut_tray.core.release import ResourceKind

log = logging.getLogger(__name__)


class Releasable(Protocol):
    """Something that can give its memory back. Called from the guard's thread."""

    def release(self, keep: float, *, compress: bool) -> None:
        """Begin to give back all but ``keep`` percent; the memory may come back a little later.

        What was not used for longest goes first; what cannot be split goes as a whole when ``keep`` is below 100.
        ``compress``: make it smaller first where that can be done, so that less has to go. Within 5 s.
        """

    def measure(self) -> int | None:
        """Bytes held now; None when that cannot be said. May ask a server, within 5 s."""


@frozen
class Resource:
    """One tracked resource as it is now. ``bytes``: as last measured, None while unknown. ``expected``: what a
    release is believed to bring, by what earlier ones brought. ``idle``: seconds since its last use, 0 while in use.
    ``rebuild_seconds``: what it costs to have it again, None while unknown."""

    id: int
    kind: ResourceKind
    name: str
    bytes: int | None
    expected: int | None
    idle: float
    in_use: bool
    priority: int
    expired: bool
    rebuild_seconds: float | None


@frozen
class KindStatistics:
    """``unknown``: how many of ``count`` do not say their size; ``bytes``: of the others."""

    count: int = 0
    bytes: int = 0
    unknown: int = 0


@frozen
class TrackerStatistics:
    """``registered``, ``forgotten`` and ``lost`` (the owner was gone) count since the start of the program."""

    count: int
    bytes: int
    unknown: int
    in_use: int
    registered: int
    forgotten: int
    lost: int
    by_kind: Mapping[ResourceKind, KindStatistics]


class Tracked:
    """What the owner holds: tells the tracker of use and size. Every method may be called from any thread."""

    def __init__(self, tracker: ResourceTracker, number: int) -> None:
        self._tracker = tracker
        self.id = number

    def touch(self) -> None:
        """It was used just now."""
        self._tracker.change(self.id, touched=True)

    def resize(self, bytes_: int | None) -> None:
        """It holds so many bytes now; None when that cannot be said."""
        self._tracker.resize(self.id, bytes_)

    def costs(self, rebuild_seconds: float) -> None:
        """What it takes to have it again, now that it is known."""
        self._tracker.set_cost(self.id, rebuild_seconds)

    @contextmanager
    def use(self) -> Iterator[None]:
        """While inside it is in use: it does not expire."""
        self._tracker.change(self.id, touched=True, uses=1)
        try:
            yield
        finally:
            self._tracker.change(self.id, touched=True, uses=-1)

    def forget(self) -> None:
        """It is gone for good; the second time does nothing."""
        self._tracker.forget(self.id)


@dataclass(slots=True)
class _Entry:
    kind: ResourceKind
    name: str
    owner: weakref.ref[Releasable]
    bytes: int | None
    used_at: float
    priority: int | None
    rebuild_seconds: float | None
    uses: int = 0
    trust: float = 1.0
    """Share of its claim that releases of it really brought."""


class ResourceTracker:
    """Safe to use from several threads; never calls an owner with its lock held."""

    def __init__(self, policies: Callable[[], PolicyTable], clock: Clock) -> None:
        self._policies = policies
        self._clock = clock
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)
        self._entries: dict[int, _Entry] = {}
        self._forgotten = self._lost = self._registered = 0

    def register(
        self,
        kind: ResourceKind,
        name: str,
        owner: Releasable,
        *,
        bytes_: int | None = 0,
        priority: int | None = None,
        rebuild_seconds: float | None = None,
    ) -> Tracked:
        """Track what ``owner`` holds, as long as ``owner`` lives. ``priority``: None for that of its kind."""
        if bytes_ != 0:
            self._read_rules()
        entry = _Entry(
            kind, name, weakref.ref(owner), bytes_, self._clock.monotonic(), priority, rebuild_seconds
        )
        with self._lock:
            number = next(self._numbers)
            self._entries[number] = entry
            self._registered += 1
        return Tracked(self, number)

    def _read_rules(self) -> None:
        """In good time: when they are needed, it may be because nothing can be opened any more."""
        try:
            self._policies()
        except (OSError, ImportError) as error:
            log.warning("The rules for releases cannot be read now: %s", error)

    def change(self, number: int, *, touched: bool = False, uses: int = 0) -> None:
        """For :class:`Tracked`; a resource that is not tracked any more is left alone."""
        now = self._clock.monotonic()
        with self._lock:
            entry = self._entries.get(number)
            if entry is not None:
                entry.used_at = now if touched else entry.used_at
                entry.uses = max(0, entry.uses + uses)

    def resize(self, number: int, bytes_: int | None) -> None:
        with self._lock:
            entry = self._entries.get(number)
            if entry is not None:
                entry.bytes = None if bytes_ is None else max(0, bytes_)

    def set_cost(self, number: int, rebuild_seconds: float) -> None:
        with self._lock:
            entry = self._entries.get(number)
            if entry is not None:
                entry.rebuild_seconds = rebuild_seconds

    def forget(self, number: int) -> None:
        with self._lock:
            if self._entries.pop(number, None) is not None:
                self._forgotten += 1

    # -- asking

    @property
    def empty(self) -> bool:
        """True while there is nothing that could be given back."""
        with self._lock:
            self._sweep()
            return all(entry.bytes == 0 for entry in self._entries.values())

    def find(
        self,
        *,
        kind: ResourceKind | None = None,
        pattern: str | None = None,
        min_priority: int | None = None,
        expired: bool | None = None,
    ) -> list[Resource]:
        """What fits all that is given, in the order in which an emergency gives it up: the highest priority first,
        of equals what was unused for longest. ``pattern``: of the name, as in ``thumb*``."""
        now, policies = self._clock.monotonic(), self._policies()
        with self._lock:
            self._sweep()
            found = [_seen(number, entry, now, policies) for number, entry in self._entries.items()]
        chosen = [
            resource
            for resource in found
            if (kind is None or resource.kind is kind)
            and (pattern is None or fnmatch.fnmatchcase(resource.name, pattern))
            and (min_priority is None or resource.priority >= min_priority)
            and (expired is None or resource.expired is expired)
        ]
        return sorted(chosen, key=lambda resource: (-resource.priority, -resource.idle, resource.id))

    def owner_of(self, resource: Resource) -> Releasable | None:
        """Who can release it; None when nobody is left. Do not keep it: the tracker is weak on purpose."""
        with self._lock:
            entry = self._entries.get(resource.id)
        return entry.owner() if entry is not None else None

    def learn(self, resource: Resource, share: float) -> None:
        """A release of it brought this share of its claim: the next claim is believed accordingly."""
        with self._lock:
            entry = self._entries.get(resource.id)
            if entry is not None:
                entry.trust = min(1.0, max(0.0, share))

    def statistics(self) -> TrackerStatistics:
        with self._lock:
            self._sweep()
            entries = list(self._entries.values())
            registered, forgotten, lost = self._registered, self._forgotten, self._lost
        by_kind = {kind: _sum([e for e in entries if e.kind is kind]) for kind in ResourceKind}
        total = _sum(entries)
        return TrackerStatistics(
            count=total.count,
            bytes=total.bytes,
            unknown=total.unknown,
            in_use=sum(entry.uses > 0 for entry in entries),
            registered=registered,
            forgotten=forgotten,
            lost=lost,
            by_kind=MappingProxyType(by_kind),
        )

    def _sweep(self) -> None:
        """Drop what has no owner any more. Not from a weakref's callback: that may come while the lock is held."""
        gone = [number for number, entry in self._entries.items() if entry.owner() is None]
        for number in gone:
            entry = self._entries.pop(number)
            self._lost += 1
            log.info("%s %s: its owner is gone", entry.kind.value, entry.name)


def _seen(number: int, entry: _Entry, now: float, policies: PolicyTable) -> Resource:
    policy = policies[entry.kind]
    idle = 0.0 if entry.uses else max(0.0, now - entry.used_at)
    return Resource(
        id=number,
        kind=entry.kind,
        name=entry.name,
        bytes=entry.bytes,
        expected=None if entry.bytes is None else int(entry.bytes * entry.trust),
        idle=idle,
        in_use=entry.uses > 0,
        priority=policy.priority if entry.priority is None else entry.priority,
        expired=idle >= policy.idle_seconds,
        rebuild_seconds=entry.rebuild_seconds,
    )


def _sum(entries: list[_Entry]) -> KindStatistics:
    known = [entry.bytes for entry in entries if entry.bytes is not None]
    return KindStatistics(len(entries), sum(known), len(entries) - len(known))
