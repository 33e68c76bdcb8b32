"""A job in words: its state, its honest progress, and what can be done with it."""

from __future__ import annotations

import enum
from dataclasses import replace

from autocut_tray.core.footage import ScanMode
from autocut_tray.core.frozen import frozen
from autocut_tray.core.jobs.job import Job, JobState, Phase
from autocut_tray.core.policy.governor_types import Tier
from autocut_tray.ui.context import UiContext
from autocut_tray.ui.phrases import file_name


class JobAction(enum.Enum):
    """What the person can do with a job."""

    OPEN = "open"
    RETRY = "retry"
    DETAILS = "details"
    CANCEL = "cancel"
    REMOVE = "remove"
    PAUSE = "pause"
    RESUME = "resume"
    NEXT = "next"
    NEVER_CLOUD = "never-cloud"
    """On or off. This, pausing and the place in line are in the menu of the job only, resuming is a button, too."""


@frozen
class JobWords:
    """``lead`` in the colour of its state after its glyph, ``rest`` in pieces with middle dots between.

    ``share``: 0-1 of the bar, None for no bar; ``bar``: token of its colour, grey for what has no known end.
    """

    name: str
    never_cloud: bool
    glyph: str | None
    colour: str
    lead: str
    rest: tuple[str, ...]
    share: float | None
    bar: str
    actions: tuple[JobAction, ...]

    @property
    def line(self) -> str:
        return " · ".join(part for part in (self.lead, *self.rest) if part)


@frozen
class Progress:
    """What is known about speed; ``tier``: where scenes are described now."""

    tier: Tier | None
    pace: float | None
    left: float | None
    now: float


def menu_only(job: Job) -> tuple[JobAction, ...]:
    """What can be done with a job beside its buttons."""
    if job.state.ended or job.held:
        return (JobAction.NEXT,) if job.held else ()
    return (JobAction.PAUSE,) if job.state is JobState.RUNNING else (JobAction.NEXT, JobAction.PAUSE)


def job_words(ctx: UiContext, job: Job, progress: Progress) -> JobWords:
    words = _state_words(ctx, job, progress)
    return words if job.note is None else replace(words, rest=(*words.rest, ctx.text(job.note)))


def _state_words(ctx: UiContext, job: Job, progress: Progress) -> JobWords:
    match job.state:
        case JobState.RUNNING if job.phase is Phase.DESCRIBING:
            return _describing(ctx, job, progress)
        case JobState.RUNNING:
            return _scanning(ctx, job)
        case JobState.QUEUED | JobState.PAUSED:
            return _waiting(ctx, job)
        case JobState.DONE:
            return _done(ctx, job, progress)
        case JobState.CANCELLED:
            kept = (ctx.t("ui-job-kept", n=job.scenes_done),) if job.scenes_done else ()
            return _words(
                job, "x", "text2", ctx.t("ui-job-cancelled"), kept, JobAction.RETRY, JobAction.REMOVE
            )
        case _:
            return _failed(ctx, job)


def _describing(ctx: UiContext, job: Job, progress: Progress) -> JobWords:
    where = job.way or progress.tier
    tier = where.value if where else "unknown"
    rest = [ctx.t("ui-job-scenes-of", done=str(job.scenes_done), total=str(job.scenes_planned))]
    if progress.pace is not None:
        rest.append(ctx.t("ui-job-pace", span=ctx.say.span(progress.pace)))
    if progress.left is not None:
        rest.append(ctx.t("ui-job-left", span=ctx.say.remaining(progress.left)))
        if progress.left >= 120:
            rest.append(ctx.t("ui-job-done-at", time=ctx.say.clock(progress.now + progress.left)))
    else:
        rest.append(ctx.t("ui-job-left-later"))
    share = job.scenes_done / job.scenes_planned if job.scenes_planned else 0.0
    lead = ctx.t("ui-job-describing", tier=tier)
    glyph = where.value if where else None
    words = _words(job, glyph, "ok", lead, tuple(rest), JobAction.CANCEL)
    return replace(words, share=share, bar="accent")


def _scanning(ctx: UiContext, job: Job) -> JobWords:
    total = job.video.duration if job.video else None
    rest = []
    if job.scenes_found:
        rest.append(ctx.t("ui-job-found", n=job.scenes_found))
    if job.scenes_done:
        rest.append(ctx.t("ui-job-described", n=job.scenes_done))
    rest.append(ctx.t("ui-job-left-once-counted"))
    read = ctx.say.read_of(job.scanned, total) if total else ctx.say.minutes(job.scanned)
    words = _words(job, None, "text2", ctx.t("ui-job-finding", read=read), tuple(rest), JobAction.CANCEL)
    return replace(words, share=min(1.0, job.scanned / total) if total else None, bar="text3")


def _waiting(ctx: UiContext, job: Job) -> JobWords:
    rest = []
    if job.scenes_found and job.video and job.video.duration:
        length = ctx.say.minutes(job.video.duration)
        rest.append(ctx.t("ui-job-found-in", n=job.scenes_found, length=length))
    if job.scenes_planned and not job.scenes_done:
        rest.append(ctx.t("ui-job-planned", n=job.scenes_planned))
    elif job.scenes_planned:
        rest.append(ctx.t("ui-job-done-of", done=str(job.scenes_done), total=str(job.scenes_planned)))
    if job.held:
        lead = ctx.text(job.waiting_for) if job.waiting_for else ctx.t("ui-job-paused")
        return _words(job, "pause", "text2", lead, tuple(rest), JobAction.RESUME, JobAction.CANCEL)
    if job.waiting_for is not None:
        return _words(job, "pause", "text2", ctx.text(job.waiting_for), tuple(rest), JobAction.CANCEL)
    queued = "ui-job-next" if job.turn else "ui-job-queued"
    lead = ctx.t("ui-job-paused" if job.state is JobState.PAUSED else queued)
    return _words(job, "clock", "text2", lead, tuple(rest), JobAction.CANCEL)


def _done(ctx: UiContext, job: Job, progress: Progress) -> JobWords:
    lead = ctx.t("ui-job-done", time=ctx.say.when(job.updated, progress.now))
    rest = [ctx.t("ui-job-scenes", n=job.scenes_found)]
    if job.video is not None and job.video.mode is ScanMode.FAST:
        rest.append(ctx.t("scan-fast-mark"))
    if job.scenes_done < job.scenes_found:
        rest.append(ctx.t("ui-job-described", n=job.scenes_done))
    return _words(job, "check", "ok", lead, tuple(rest), JobAction.OPEN, JobAction.REMOVE)


def _failed(ctx: UiContext, job: Job) -> JobWords:
    lead = ctx.text(job.error.message) if job.error else ctx.t("ui-job-failed")
    rest = (ctx.text(job.error.hint),) if job.error and job.error.hint else ()
    actions = [JobAction.RETRY]
    if job.error and job.error.detail:
        actions.append(JobAction.DETAILS)
    return _words(job, "x", "crit", lead, rest, *actions, JobAction.REMOVE)


def _words(
    job: Job, glyph: str | None, colour: str, lead: str, rest: tuple[str, ...], *actions: JobAction
) -> JobWords:
    if job.scenes_found and JobAction.OPEN not in actions:
        actions = (JobAction.OPEN, *actions)
    never = job.options.never_cloud
    return JobWords(file_name(job.path), never, glyph, colour, lead, rest, None, "accent", actions)
