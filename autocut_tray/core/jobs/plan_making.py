"""One rough cut: the scenes of a job as material, the model that the policy names or the rules, and the plan."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace

from autocut_tray.core.cancel import CancelToken
from autocut_tray.core.egress.door import Errand
from autocut_tray.core.errors import BackendError, InputError, NoBackend
from autocut_tray.core.frozen import frozen
from autocut_tray.core.jobs.job import Force, Job, SceneRecord
from autocut_tray.core.jobs.plans import PlanHands, PlanWish
from autocut_tray.core.messages import Message, message
from autocut_tray.core.planning.brief import read_brief
from autocut_tray.core.planning.model import Question, ask_model
from autocut_tray.core.planning.plan import ByHand, Plan
from autocut_tray.core.planning.planner import Author, make_plan
from autocut_tray.core.planning.rules import Rules, target_frames
from autocut_tray.core.planning.shots import Footage, Found, footage_of
from autocut_tray.core.policy.models import PROVIDER_TITLES
from autocut_tray.core.policy.policy import BlockReason, CloudBackend, PlanningPolicy, Provider
from autocut_tray.core.runtime.explain import SERVER_TITLES
from autocut_tray.core.runtime.profile import Backend
from autocut_tray.core.timeline.cut import playback_rate, scene_frames

log = logging.getLogger(__name__)

Asking = Callable[[Message], None]


@frozen
class Making:
    """What goes in. ``hand``: changes by hand to keep; ``complete``: the video was read to its end."""

    job: Job
    records: Sequence[SceneRecord]
    hands: PlanHands
    wish: PlanWish
    hand: ByHand | None
    complete: bool


def make(making: Making, cancel: CancelToken, asking: Asking) -> Plan:
    """The plan; ``asking`` hears before a model is asked.

    Raises UsageError for a length that makes no sense, InputError for a job without scenes, and Cancelled.
    """
    brief = read_brief(making.wish.brief, making.wish.seconds)
    footage = _footage(making)
    rules = Rules(footage, brief)
    target = target_frames(brief.seconds, footage.rate)
    wanted = None if target is None else rules.wanted_shots(target)
    question = Question(footage, brief, wanted, making.job.options.language)
    author = _author(making, question, rules, cancel, asking)
    cancel.raise_if_cancelled()
    plan = make_plan(footage, brief, rules, author, making.hand)
    return plan if making.complete else replace(plan, notes=(*plan.notes, message("plan-note-unread")))


def _footage(making: Making) -> Footage:
    job, records = making.job, making.records
    if job.video is None or not records:
        raise InputError("no_scenes", message("error-no-scenes", id=job.id), message("error-no-scenes-hint"))
    found = []
    for record in records:
        first, end = scene_frames(record.scene, job.video)
        flaws = record.picture.flaws if record.picture else ()
        found.append(Found(record.scene, end - first, record.keyframe, record.description, flaws))
    return footage_of(found, playback_rate(job.video))


def _author(making: Making, question: Question, rules: Rules, cancel: CancelToken, asking: Asking) -> Author:
    """The model of the policy where it may and does answer, else the rules, with the reason."""
    policy = making.hands.policy()
    why = _why_no_model(policy) or making.hands.held()
    if policy is None or why is not None:
        return _by_rules(why or message("plan-why-unknown"))
    local_only = making.job.options.never_cloud or making.job.options.force is Force.LOCAL
    try:
        job = making.job.id
        asker = making.hands.asker(policy, Errand(job, f"{job}/plan", local_only))
    except (NoBackend, BackendError) as error:  # the door to other machines says why it stays shut
        return _by_rules(error.message)
    names = {"model": policy.model or "", "server": _server(policy)}
    try:
        chosen = ask_model(
            asker,
            question,
            rules,
            cancel,
            lambda repair: asking(message("plan-asking-again" if repair else "plan-asking", **names)),
        )
    except BackendError as error:
        log.warning("The planning model did not help: %s", error)
        return _by_rules(message("plan-why-failed", why=error.message, **names))
    finally:
        asker.close()
    return Author(message("plan-by-model", model=chosen.model, server=names["server"]), chosen)


def _by_rules(why: Message) -> Author:
    return Author(message("plan-by-rules", why=why))


def _why_no_model(policy: PlanningPolicy | None) -> Message | None:
    if policy is None:
        return message("plan-why-unknown")
    if policy.provider is Provider.NONE:
        return message("plan-why-chosen")
    if policy.backend is None or policy.blocked is BlockReason.NO_MODEL:
        return message("plan-why-no-model", preferred=policy.model or "")
    return None


def _server(policy: PlanningPolicy) -> str:
    match policy.backend:
        case Backend():
            return SERVER_TITLES[policy.backend]
        case CloudBackend():
            return PROVIDER_TITLES[policy.backend]
        case None:
            return ""
