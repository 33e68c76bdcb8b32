"""The jobs under way in one line: of one its name, of several how many they are, and their scenes."""

from __future__ import annotations

from collections.abc import Sequence

from autocut_tray.core.jobs.job import Job
from autocut_tray.ui.context import UiContext
from autocut_tray.ui.phrases import file_name


def counted_jobs(running: Sequence[Job]) -> list[Job]:
    """Those whose scenes to describe are known."""
    return [job for job in running if job.scenes_planned]


def progress_words(ctx: UiContext, jobs: Sequence[Job], left: float | None) -> str:
    """Empty without jobs. ``left``: seconds until the last of them is done, None while that is not known."""
    if not jobs:
        return ""
    done, total = (sum(job.scenes_done for job in jobs), sum(job.scenes_planned for job in jobs))
    who = file_name(jobs[0].path) if len(jobs) == 1 else ctx.t("ui-videos", n=len(jobs))
    if left is None:
        return ctx.t("ui-strip-progress", name=who, done=str(done), total=str(total))
    span = ctx.say.remaining(left)
    return ctx.t("ui-strip-progress-left", name=who, done=str(done), total=str(total), left=span)
