"""``analyze`` and ``jobs``: the main job from the command line, by the running instance or by this process."""

from __future__ import annotations

import contextlib
import threading
from _thread import interrupt_main
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from autocut_tray.bootstrap import Services, build_services
from autocut_tray.cli.context import Context, Json
from autocut_tray.cli.plan import make_plans, say_plan
from autocut_tray.cli.progress import Progress
from autocut_tray.cli.video import say_flaws
from autocut_tray.core.cancel import CancelToken
from autocut_tray.core.clock import SystemClock
from autocut_tray.core.errors import AutoCutError, InputError, NoBackend
from autocut_tray.core.frozen import frozen
from autocut_tray.core.hearing import notes
from autocut_tray.core.instance import ChannelServer, InstanceBusy, InstanceLock, call_instance
from autocut_tray.core.jobs.defaults import default_options
from autocut_tray.core.jobs.job import Force, Job, JobChanged, JobError, JobOptions, JobState, SceneRecord
from autocut_tray.core.jobs.picture_words import picture_words
from autocut_tray.core.jobs.plans import PlanWish
from autocut_tray.core.jobs.records import options_to_json
from autocut_tray.core.jobs.store import JobStore
from autocut_tray.core.media.gate import display_name, find_videos
from autocut_tray.core.messages import message
from autocut_tray.core.planning.brief import read_brief
from autocut_tray.core.planning.plan import Plan
from autocut_tray.core.policy.controller import ControllerChanged
from autocut_tray.core.policy.detection import ProfileChanged
from autocut_tray.core.scan_words import scan_words
from autocut_tray.core.timecode import clock_time
from autocut_tray.documents import analysis_document, error_document, job_document, plan_document
from autocut_tray.instance_channel import open_channel

_LOOK_SECONDS = 0.5

_PORTION = 25
_PORTION_SECONDS = 60.0
"""Files handed over at once, and how long the instance may take to look at them on a slow disk."""


@frozen
class AnalyzeRequest:
    """The options of one call. ``wait``: seconds to go on waiting for a model server that is gone."""

    paths: tuple[str, ...]
    never_cloud: bool
    force: str | None
    max_scenes: int | None
    again: bool
    wait: float
    finish_by: float | None = None
    """Seconds since the epoch."""
    plan: PlanWish | None = None
    """A rough cut of each video, too."""


@frozen
class Errand:
    """Work on jobs, by the running instance or here.

    ``submit`` hands it to the instance and returns the jobs' ids, None when there is none any more; ``begin`` does
    the same in this process. ``first``: what both are told, False once the work was handed over.
    """

    submit: Callable[[bool], list[str] | None]
    begin: Callable[[Services, bool], list[str]]
    first: bool


@frozen
class Found:
    """A job with all that is known of it."""

    job: Job
    records: list[SceneRecord]
    plan: Plan | None


def analyze_paths(context: Context, request: AnalyzeRequest) -> int:
    """Analyse files and folders to the end and print what was found."""
    options = replace(
        default_options(context.settings.current, context.translator.language),
        never_cloud=request.never_cloud,
        force=Force(request.force) if request.force else None,
        max_scenes=request.max_scenes,
        finish_by=request.finish_by,
    )
    files: list[str] = []
    refused: list[InputError] = []
    for found in find_videos(request.paths, CancelToken()):
        if isinstance(found, InputError):
            refused.append(found)
        else:
            files.append(found)
    if not files:
        raise refused[0]
    for error in refused:
        context.output.note(context.translator.text(error.message))
    jobs = _analyze(context, request, files, options)
    if request.plan is not None:
        jobs = _planned(context, request, request.plan, jobs)
    return report(context, jobs, refused, with_plans=request.plan is not None)


def _analyze(
    context: Context, request: AnalyzeRequest, files: Sequence[str], options: JobOptions
) -> list[Found]:
    def submit(again: bool) -> list[str] | None:
        return _submit(context, files, options, again=again)

    def begin(services: Services, again: bool) -> list[str]:
        submitted = [services.jobs.submit(path, options, again=again) for path in files]
        return [entry.job.id for entry in submitted]

    return carry_out(context, Errand(submit, begin, request.again), request.wait)


def carry_out(context: Context, errand: Errand, wait: float) -> list[Found]:
    """As the instance, or through the one that runs; taking over from one that ends in the middle.

    ``wait``: seconds to go on waiting for a model server that is gone.
    """
    lock = InstanceLock(context.paths.instance_lock)
    first = errand.first
    ids: list[str] | None = None
    while not lock.acquire():
        submitted = errand.submit(first)
        if submitted is None:  # it has just begun, or is just ending
            threading.Event().wait(_LOOK_SECONDS)
            continue
        first, ids = False, submitted
        finished = _follow_other(context, wait, ids)
        if finished is not None:
            return finished
    try:
        return _work(context, replace(errand, first=first), wait, known=ids)
    finally:
        lock.release()


def _submit(context: Context, files: Sequence[str], options: JobOptions, *, again: bool) -> list[str] | None:
    """Hand files to the running instance in portions that it can take in time; None when there is none any more."""
    ids: list[str] = []
    for start in range(0, len(files), _PORTION):
        reply = call_instance(
            context.paths.instance_file,
            {
                "command": "analyze",
                "paths": list(files[start : start + _PORTION]),
                "options": options_to_json(options),
                "again": again,
                "language": context.translator.language,
            },
            timeout=_PORTION_SECONDS,
        )
        if reply is None:
            return None
        ids += [job["id"] for job in reply["jobs"]]
    return list(dict.fromkeys(ids))


def _work(
    context: Context,
    errand: Errand,
    wait: float,
    *,
    known: list[str] | None,
) -> list[Found]:
    services = build_services(
        context.paths, context.settings, context.bus, language=context.translator.language
    )
    channel: ChannelServer | None = None
    try:
        for problem in services.problems[len(context.settings.problems) :]:
            context.output.note(context.translator.text(problem))
        channel = open_channel(services, lambda _: False, interrupt_main)
        services.jobs.recover()
        services.jobs.focus(known or ())
        with Progress(context.output, context.translator.t("cli-progress-looking")):
            services.detection.detect_now()
        ids = list(dict.fromkeys(errand.begin(services, errand.first)))
        services.start(detect=False)
        _follow(context, services, wait, ids)
    finally:
        if channel is not None:
            channel.close()
        services.close()
    return _read(context, ids)


def _follow(context: Context, services: Services, wait: float, ids: Sequence[str]) -> None:
    """Show progress until every job has ended, or waits for what will not come."""
    changed = threading.Event()
    endings = [
        services.bus.subscribe(kind, lambda _: changed.set())
        for kind in (JobChanged, ControllerChanged, ProfileChanged)
    ]
    clock = services.clock
    stuck_since: float | None = None
    try:
        with Progress(context.output, context.translator.t("cli-progress-analysing")) as progress:
            while True:
                jobs = [services.jobs.get(job_id) for job_id in ids]
                _show(context, progress, jobs)
                if all(job.state.ended for job in jobs):
                    return
                waiting = [job for job in jobs if not job.state.ended]
                if all(job.held for job in waiting):
                    return  # until the person lets them go on
                if all(job.state is JobState.PAUSED for job in waiting):
                    policy = services.detection.policy
                    if stuck_since is None:
                        stuck_since = clock.monotonic()
                        _say_waiting(context, waiting)
                    if policy is None or not policy.routes or clock.monotonic() - stuck_since >= wait:
                        return
                else:
                    stuck_since = None
                changed.clear()
                clock.wait(changed, _LOOK_SECONDS)
    finally:
        for end in endings:
            end()


def _follow_other(context: Context, wait: float, ids: Sequence[str]) -> list[Found] | None:
    """Watch jobs that the running instance does; None when it ended before they did."""
    clock = SystemClock()
    never = threading.Event()
    stuck_since: float | None = None
    with Progress(context.output, context.translator.t("cli-progress-analysing")) as progress:
        while True:
            found = _read(context, ids)
            jobs = [one.job for one in found]
            _show(context, progress, jobs)
            waiting = [job for job in jobs if not job.state.ended]
            if not waiting:
                return found
            if all(job.held for job in waiting):
                return found  # until the person lets them go on
            if all(job.state is JobState.PAUSED for job in waiting):
                if stuck_since is None:
                    stuck_since = clock.monotonic()
                    _say_waiting(context, waiting)
                if clock.monotonic() - stuck_since >= wait:
                    return found
            else:
                stuck_since = None
            with contextlib.suppress(InstanceBusy):  # the database tells how it goes
                if context.call({"command": "status"}) is None:
                    return None
            clock.wait(never, _LOOK_SECONDS)


def _read(context: Context, ids: Iterable[str]) -> list[Found]:
    store = JobStore(context.paths.app_database, SystemClock())
    try:
        return [Found(store.get(job_id), store.scenes(job_id), store.plan(job_id)) for job_id in ids]
    finally:
        store.close()


def _show(context: Context, progress: Progress, jobs: Sequence[Job]) -> None:
    t = context.translator.t
    ended = sum(job.state.ended for job in jobs)
    running = [job for job in jobs if job.state is JobState.RUNNING]
    detail = ""
    if running:
        done, planned = (sum(job.scenes_done for job in running), sum(job.scenes_planned for job in running))
        detail = t("cli-progress-scenes", done=done, planned=planned)
        for reason in dict.fromkeys(context.translator.text(j.waiting_for) for j in running if j.waiting_for):
            detail += " · " + reason
    begun = sum(min(job.scenes_done / job.scenes_planned, 0.99) for job in running if job.scenes_planned)
    title = t("cli-progress-analysing")
    if running:
        name = display_name(min(running, key=lambda job: job.created).path)
        title = name if len(running) == 1 else t("cli-progress-beside", name=name, n=len(running) - 1)
    progress.show(ended + begun, float(len(jobs)), detail, title)


def _say_waiting(context: Context, jobs: Sequence[Job]) -> None:
    for job in jobs:
        if job.waiting_for is not None:
            context.output.note_once(context.translator.text(job.waiting_for))


# -- rough cuts


def _planned(context: Context, request: AnalyzeRequest, wish: PlanWish, jobs: Sequence[Found]) -> list[Found]:
    """With the rough cuts that were asked for: those stored where they are of the same brief, else new ones."""
    brief = read_brief(wish.brief, wish.seconds)

    def is_made(plan: Plan | None) -> bool:
        same = plan is not None and (plan.brief, plan.seconds) == (brief.text, brief.seconds)
        return same and not request.again

    ids = [one.job.id for one in jobs if one.job.video and one.records and not is_made(one.plan)]
    if ids:
        make_plans(context, ids, wish)
    return _read(context, [one.job.id for one in jobs])


# -- the end


def report(
    context: Context,
    found: Sequence[Found],
    refused: Sequence[InputError] = (),
    *,
    with_plans: bool = False,
) -> int:
    """Print what was found; returns the exit code."""
    output, translator = context.output, context.translator
    jobs = [one.job for one in found]
    code = exit_code(jobs, refused)
    if output.as_json:
        thumbnails = context.paths.thumbnails
        document: Json = {
            "jobs": [
                analysis_document(one.job, one.records, one.plan, thumbnails, translator) for one in found
            ],
            "exports": [],
        }
        error = _overall_error(jobs, refused, code)
        if error is not None:
            document["error"] = error_document(error, translator)
        output.document(document)
    else:
        for one in found:
            _say_job(context, one.job, one.records)
            if one.plan is not None and with_plans:
                say_plan(context, plan_document(one.plan, translator))
                output.say()
    return code


def exit_code(jobs: Sequence[Job], refused: Sequence[InputError] = ()) -> int:
    """0 when every job is done; 4 when some wait for a back end; 3 when all failures are the input's; else 1."""
    if any(job.state is JobState.CANCELLED for job in jobs):
        return 130
    waiting = [job for job in jobs if not job.state.ended]
    if waiting:
        return 1 if all(job.held for job in waiting) else 4
    codes = {job.error.exit_code for job in jobs if job.error is not None} | ({3} if refused else set())
    if not codes:
        return 0
    return codes.pop() if len(codes) == 1 else 1


def _overall_error(
    jobs: Sequence[Job], refused: Sequence[InputError], code: int
) -> AutoCutError | JobError | None:
    if code == 0:
        return None
    if code == 4:
        return NoBackend("no_backend", hint=message("error-no-backend-hint"))
    if any(job.held for job in jobs):
        return AutoCutError("jobs_paused", message("error-jobs-paused"), message("error-jobs-paused-hint"))
    failed = next((job.error for job in jobs if job.error is not None), None)
    return failed or (refused[0] if refused else None)


def _say_job(context: Context, job: Job, records: Sequence[SceneRecord]) -> None:
    t, output, text = context.translator.t, context.output, context.translator.text
    output.say(f"{display_name(job.path)} · {t(f'job-state-{job.state.value}')}", style="bold")
    rows = []
    for record in records:
        seen = record.description
        what = (
            seen.summary
            if seen
            else text(record.error)
            if record.error
            else t(f"scene-{record.status.value}")
        )
        by = t(f"tier-{record.described_by.tier.value}") if record.described_by else ""
        length = f"{record.scene.end - record.scene.start:.1f} s"
        rows.append((str(record.scene.id), clock_time(record.scene.start), length, by, what))
    if rows:
        headers = ("cli-col-scene", "cli-col-start", "cli-col-length", "cli-col-tier", "cli-col-what")
        output.table([t(header) for header in headers], rows, right=(0, 2))
    if job.note is not None:
        output.note(text(job.note))
    say_flaws(context, {record.scene.id: record.picture for record in records})
    _say_fewer_pictures(context, records)
    for code, n in (("cli-scenes-owed", job.scenes_degraded), ("cli-scenes-left", job.scenes_left_out)):
        if n and job.state is JobState.DONE:
            output.note(t(code, n=n, job=job.id))
    for note in (*scan_words(job.video), *notes(job.video, [record.sound for record in records])):
        output.note(text(note))
    for said in (job.error.message, job.error.hint) if job.error else ():
        if said is not None:
            output.note(text(said))
    if job.error is None and job.waiting_for is not None:
        output.note_once(text(job.waiting_for))  # said already when the wait began
    output.say()


def _say_fewer_pictures(context: Context, records: Sequence[SceneRecord]) -> None:
    """Which long scenes were described from fewer pictures than they have, and why."""
    found: dict[str, list[str]] = {}
    for record in records:
        said = picture_words(record)
        if said is not None and record.described_by is not None and record.described_by.fewer is not None:
            found.setdefault(context.translator.text(said), []).append(str(record.scene.id))
    t = context.translator.t
    for words, scenes in found.items():
        named = t("ui-list-comma").join(scenes)
        context.output.note(t("cli-scene-pictures", n=len(scenes), scenes=named, words=words))


def show_jobs(context: Context) -> int:
    """All jobs, newest first."""
    if not context.paths.app_database.exists():
        jobs: list[Job] = []
        plans: dict[str, Plan] = {}
    else:
        store = JobStore(context.paths.app_database, SystemClock())
        try:
            jobs, plans = store.jobs(), store.plans()
        finally:
            store.close()
    if context.output.as_json:
        context.output.document(
            {"jobs": [job_document(job, context.translator, plans.get(job.id)) for job in jobs]}
        )
        return 0
    t = context.translator.t
    if not jobs:
        context.output.say(t("cli-jobs-none"))
        return 0
    headers = ("cli-col-id", "cli-col-state", "cli-col-scenes", "cli-col-file")
    context.output.table(
        [t(header) for header in headers],
        [
            (
                job.id,
                t(f"job-state-{job.state.value}"),
                f"{job.scenes_done}/{job.scenes_planned}",
                display_name(job.path),
            )
            for job in jobs
        ],
    )
    return 0
