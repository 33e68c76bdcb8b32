"""Rough cuts of jobs: made by the policy's planning model, else by rules, stored, and changed by hand."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from autocut_tray.core.cancel import CancelToken
from autocut_tray.core.errors import AutoCutError, Cancelled, UsageError
from autocut_tray.core.events import EventBus
from autocut_tray.core.frozen import frozen
from autocut_tray.core.jobs.store import JobStore
from autocut_tray.core.messages import Message, message
from autocut_tray.core.policy.policy import PlanningPolicy

if TYPE_CHECKING:
    from autocut_tray.core.analyzers.asker import Asker
    from autocut_tray.core.egress.door import Errand
    from autocut_tray.core.planning.plan import Plan

log = logging.getLogger(__name__)


@frozen
class PlanWish:
    """``seconds``: a length given apart, which wins over one in the brief. ``keep``: changes made by hand stay."""

    brief: str
    seconds: Fraction | None = None
    keep: bool = False


def wish_to_json(wish: PlanWish) -> dict[str, Any]:
    """For the channel to the running instance."""
    seconds = None if wish.seconds is None else str(wish.seconds)
    return {"brief": wish.brief, "seconds": seconds, "keep": wish.keep}


def wish_from_json(data: Mapping[str, Any]) -> PlanWish:
    seconds = None if data["seconds"] is None else Fraction(data["seconds"])
    return PlanWish(str(data["brief"]), seconds, keep=bool(data["keep"]))


@frozen
class PlanState:
    """Of one making: ``asking`` while a model is asked, then ``plan`` or ``error``."""

    asking: Message | None = None
    plan: Plan | None = None
    error: AutoCutError | None = None

    @property
    def ended(self) -> bool:
        return self.plan is not None or self.error is not None


@frozen
class PlanChanged:
    """Event: a rough cut is being made, was made, failed, or was changed by hand."""

    job_id: str
    state: PlanState


Told = Callable[[PlanState], None]


@frozen
class _Run:
    """``thread`` None: the caller's own."""

    cancel: CancelToken
    thread: threading.Thread | None


@frozen
class PlanHands:
    """What planning needs from the outside.

    ``policy``: None until the machine is known. ``asker``: for the policy's model, on behalf of a job; raises
    AutoCutError with the reason when nothing may be sent there. ``held``: why no model may be loaded now, None when
    one may.
    """

    policy: Callable[[], PlanningPolicy | None]
    asker: Callable[[PlanningPolicy, Errand], Asker]
    held: Callable[[], Message | None]


class Plans:
    """The rough cuts of one store; of each job one is made at a time."""

    def __init__(self, store: JobStore, hands: PlanHands, bus: EventBus) -> None:
        self._store = store
        self._hands = hands
        self._bus = bus
        self._lock = threading.Lock()
        self._runs: dict[str, _Run] = {}
        self._closed = False

    # -- what there is

    def get(self, job_id: str) -> Plan | None:
        return self._store.plan(job_id)

    def is_making(self, job_id: str) -> bool:
        """Whether one of this job is under way."""
        with self._lock:
            return job_id in self._runs

    # -- making

    def start(self, job_id: str, wish: PlanWish) -> None:
        """Make a rough cut in the background, told by :class:`PlanChanged`; nothing while one of this job is made."""
        with self._lock:
            if self._closed or job_id in self._runs:
                return
            cancel = CancelToken()
            thread = threading.Thread(target=self._run, args=(job_id, wish, cancel), name=f"plan-{job_id}")
            self._runs[job_id] = _Run(cancel, thread)
            thread.start()

    def make(self, job_id: str, wish: PlanWish, told: Told = lambda _: None) -> Plan:
        """Make and store a rough cut in this thread; :meth:`cancel` ends it.

        Raises UsageError (no such job, a length that makes no sense, one is being made), InputError for a job without
        scenes, StorageError and Cancelled. What a model does wrong is no error: the rules take over, and the plan
        says so.
        """
        cancel = CancelToken()
        with self._lock:
            if self._closed:
                raise Cancelled
            if job_id in self._runs:
                raise UsageError("plan_running", message("error-plan-running"))
            self._runs[job_id] = _Run(cancel, None)
        try:
            return self._make(job_id, wish, cancel, told)
        finally:
            self._end(job_id)

    def cancel(self, job_id: str) -> None:
        """End what is under way for this job; the stored rough cut stays."""
        with self._lock:
            run = self._runs.get(job_id)
        if run is not None:
            run.cancel.cancel()

    def close(self) -> None:
        """End what is under way; no other begins."""
        with self._lock:
            self._closed = True
            runs = list(self._runs.values())
        for run in runs:
            run.cancel.cancel()
        for run in runs:
            if run.thread is not None:
                run.thread.join()

    def change(self, job_id: str, scenes: Sequence[int]) -> Plan:
        """Only these of the rough cut's scenes, in this order. Raises UsageError ``no_plan`` or ``bad_scenes``."""
        from autocut_tray.core.planning.plan import changed_by_hand

        plan = self._store.plan(job_id)
        if plan is None:
            raise no_plan(job_id)
        try:
            changed = changed_by_hand(plan, scenes)
        except ValueError as error:
            said = ", ".join(map(str, scenes))
            raise UsageError("bad_scenes", message("error-bad-scenes", said=said)) from error
        self._store.put_plan(job_id, changed)
        self._tell(job_id, PlanState(plan=changed))
        return changed

    # -- inside

    def _make(self, job_id: str, wish: PlanWish, cancel: CancelToken, told: Told) -> Plan:
        from autocut_tray.core.jobs.plan_making import Making, make  # late: 40 ms that a start does not need

        job = self._store.get(job_id)
        before = self._store.plan(job_id) if wish.keep else None
        making = Making(
            job,
            self._store.scenes(job_id),
            self._hands,
            wish,
            before.hand if before else None,
            complete=self._store.is_scanned(job_id),
        )
        plan = make(making, cancel, lambda asking: told(PlanState(asking=asking)))
        self._store.put_plan(job_id, plan)
        self._tell(job_id, PlanState(plan=plan))
        return plan

    def _run(self, job_id: str, wish: PlanWish, cancel: CancelToken) -> None:
        def told(state: PlanState) -> None:
            self._tell(job_id, state)

        error: AutoCutError | None = None
        try:
            self._make(job_id, wish, cancel, told)
        except AutoCutError as failure:
            error = failure
        except Exception as failure:
            log.exception("A rough cut failed")
            error = AutoCutError("internal", detail=f"{type(failure).__name__}: {failure}")
        self._end(job_id)
        if error is not None:
            self._tell(job_id, PlanState(error=error))

    def _end(self, job_id: str) -> None:
        with self._lock:
            del self._runs[job_id]

    def _tell(self, job_id: str, state: PlanState) -> None:
        self._bus.publish(PlanChanged(job_id, state))


def no_plan(job_id: str) -> UsageError:
    """The error of asking for a rough cut that was never made."""
    return UsageError(
        "no_plan", message("error-no-plan", id=job_id), message("error-no-plan-hint", id=job_id)
    )
