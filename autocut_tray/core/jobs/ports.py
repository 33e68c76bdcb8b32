"""What a job needs from the outside, as narrow as it needs it; :mod:`autocut_tray.bootstrap` supplies it."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Protocol

from autocut_tray.core.analyzers.base import VisualAnalyzer
from autocut_tray.core.cancel import CancelToken
from autocut_tray.core.errors import FailureClass
from autocut_tray.core.footage import WorkerMessage
from autocut_tray.core.frozen import frozen
from autocut_tray.core.jobs.job import JobOptions
from autocut_tray.core.jobs.ways import Switch, Ways
from autocut_tray.core.media.options import ScanOptions
from autocut_tray.core.messages import Message
from autocut_tray.core.policy.figure_meter import Ticket
from autocut_tray.core.policy.policy import Route


@frozen
class Lease:
    """The right to describe one scene now: where, and with what. Given back by ``Admission.release``.

    ``ticket``: by which whoever measures scenes knows this one again. ``degraded``: on a lower tier or with a lesser
    model than the policy would have.
    """

    route: Route
    analyzer: VisualAnalyzer
    ticket: Ticket | None = None
    degraded: bool = False


class RefusalKind(enum.Enum):
    """``HOLD``: over in seconds or a few minutes by itself. ``REST``: no tier works now, and one will by itself,
    be it in hours; the jobs that wait are told. ``CLOSED``: not before something changes."""

    HOLD = "hold"
    REST = "rest"
    CLOSED = "closed"


@frozen
class Refusal:
    kind: RefusalKind
    reason: Message


@frozen
class UnitOutcome:
    """How describing one scene ended: ``failure`` None is success; ``seconds`` of wall time.

    ``unit``: names the scene across retries, so that one that fails on two tiers is known for what it is.
    """

    unit: str
    seconds: float
    failure: FailureClass | None = None
    retry_after: float | None = None


class Admission(Protocol):
    """Who may use a model now. Implementations are safe to call from several threads."""

    def acquire(
        self, options: JobOptions, *, better: bool = False, by: Route | None = None
    ) -> Lease | Refusal:
        """Never blocks. ``better``: only for a lease that is not degraded. ``by``: one of the other :meth:`ways`,
        for a job that has to be done by a certain time; passed over where it may not be used any more."""

    def release(self, lease: Lease, outcome: UnitOutcome) -> bool:
        """Every lease is given back once. True: the scene itself is at fault and must not be tried again."""

    def budget(self, options: JobOptions) -> int:
        """How many scenes of one job may be described now."""

    def ways(self, options: JobOptions) -> Ways:
        """By what such a job may be described now, and how long a scene takes, as far as that is known."""

    def switched(self, switch: Switch) -> None:
        """A job goes another way to keep its time limit, or comes back: there is to be proof of it."""

    @property
    def concurrency(self) -> int:
        """How many scenes may be described at once now; at least one."""

    @property
    def most_at_once(self) -> int:
        """The most that :attr:`concurrency` may become while a job runs."""

    def on_change(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call ``callback`` whenever :meth:`acquire` or :attr:`concurrency` may answer differently; returns what ends
        it."""


class Scanner(Protocol):
    """Takes a video apart in a process of its own."""

    def scan(
        self, path: str, options: ScanOptions, cancel: CancelToken
    ) -> AbstractContextManager[Iterator[WorkerMessage]]:
        """Messages as they come. Raises InputError or Cancelled, from the iterator too."""

    def throttle(self, on: bool) -> None:
        """Leave half of the processor to others; False: no longer."""
