"""``plan``: a rough cut of a job from a brief, by the running instance or by this process."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from autocut_tray.bootstrap import build_services
from autocut_tray.cli.context import Context, Json
from autocut_tray.cli.progress import Progress
from autocut_tray.core.errors import AutoCutError, UsageError
from autocut_tray.core.instance import InstanceBusy, InstanceLock, call_instance
from autocut_tray.core.jobs.plans import PlanState, PlanWish, wish_to_json
from autocut_tray.core.messages import message
from autocut_tray.core.planning.brief import LONGEST_TARGET, SHORTEST_TARGET
from autocut_tray.documents import job_document

_ANSWER_SECONDS = 900.0
"""How long a running instance may take: a model is loaded from a slow disk and asked twice."""


def read_wish(brief: str, length: float | None, *, keep: bool = False) -> PlanWish:
    """Raises UsageError for a length that no rough cut has."""
    # Before the video is analysed, which may take hours. The comparison is false for "nan", too.
    if length is not None and not SHORTEST_TARGET <= length <= LONGEST_TARGET:
        raise UsageError("bad_length", message("error-bad-length"))
    seconds = None if length is None else Fraction(length).limit_denominator(1000)
    return PlanWish(brief, seconds, keep=keep)


def plan_job(context: Context, job_id: str, brief: str, length: float | None, *, keep: bool) -> int:
    """Make the rough cut and show it."""
    (document,) = make_plans(context, [job_id], read_wish(brief, length, keep=keep))
    if context.output.as_json:
        context.output.document(document)
    else:
        say_plan(context, document["plan"])
    return 0


def make_plans(context: Context, job_ids: Sequence[str], wish: PlanWish) -> list[Json]:
    """The jobs with their new plans, made by the running instance if there is one. Raises AutoCutError."""
    if not context.paths.app_database.exists():
        raise UsageError("no_such_job", message("error-no-such-job", id=job_ids[0]))
    with Progress(context.output, context.translator.t("cli-progress-planning")) as bar:
        lock = InstanceLock(context.paths.instance_lock)
        if not lock.acquire():
            return [_ask(context, job_id, wish) for job_id in job_ids]
        try:
            return _make_here(context, job_ids, wish, bar)
        finally:
            lock.release()


def _make_here(context: Context, job_ids: Sequence[str], wish: PlanWish, bar: Progress) -> list[Json]:
    def told(state: PlanState) -> None:
        if state.asking is not None:
            bar.show(0, None, context.translator.text(state.asking))

    services = build_services(
        context.paths, context.settings, context.bus, language=context.translator.language
    )
    try:
        for job_id in job_ids:
            services.jobs.get(job_id)  # before the second that it takes to look at the machine
        services.detection.detect_now()
        return [
            job_document(
                services.jobs.get(job_id), context.translator, services.plans.make(job_id, wish, told)
            )
            for job_id in job_ids
        ]
    finally:
        services.close()


def _ask(context: Context, job_id: str, wish: PlanWish) -> Json:
    request = {
        "command": "plan",
        "job": job_id,
        "wish": wish_to_json(wish),
        "language": context.translator.language,
    }
    answered = False
    try:
        reply = call_instance(context.paths.instance_file, request, timeout=_ANSWER_SECONDS)
        answered = True
    except AutoCutError:
        answered = True
        raise
    finally:
        if not answered:  # Ctrl-C: nobody waits for it any more
            with contextlib.suppress(AutoCutError):
                context.call({"command": "plan-cancel", "job": job_id})
    if reply is None:  # it has just begun, or is just ending
        raise InstanceBusy
    return reply


def say_plan(context: Context, plan: dict[str, Any]) -> None:
    """Who made it and why, the scenes in their order, and what else was done."""
    output, t = context.output, context.translator.t
    output.say(t("cli-plan-head", n=len(plan["entries"]), length=f"{plan['length']:.1f}"), style="bold")
    output.say(plan["who"])
    rows = [
        (str(number), str(entry["scene"]), f"{entry['length']:.1f} s", entry["reason"])
        for number, entry in enumerate(plan["entries"], start=1)
    ]
    if rows:
        headers = ("cli-col-plan-scene", "cli-col-length", "cli-col-why")
        output.table(["#", *(t(header) for header in headers)], rows, right=(0, 1, 2))
    for note in plan["notes"]:
        output.say(f"• {note}")
