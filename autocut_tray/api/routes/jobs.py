"""Analysis jobs: put in line, watched, ended, and their results."""

from __future__ import annotations

from fastapi import APIRouter, Response
from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse

from autocut_tray.api.context import Api, JobId, Json, Speaks
from autocut_tray.api.job_shapes import (
    FinishAsked,
    JobFacts,
    JobList,
    JobResult,
    JobsAsked,
    MoreAsked,
    SceneEdit,
    SceneFacts,
    SceneList,
)
from autocut_tray.api.openapi import content, errors
from autocut_tray.api.replies import SafeJson
from autocut_tray.api.roots import allowed_folders, allowed_video
from autocut_tray.core.jobs.defaults import description_language
from autocut_tray.core.jobs.job import Force, Job, JobOptions, Verb
from autocut_tray.core.jobs.more import More
from autocut_tray.documents import analysis_document, job_document, record_document
from autocut_tray.i18n import Translator


def router(api: Api) -> APIRouter:
    routes = APIRouter(prefix="/api/jobs", tags=["jobs"])
    jobs, thumbnails, plans = api.services.jobs, api.services.paths.thumbnails, api.services.plans

    @routes.get("", response_model=JobList, operation_id="list_jobs", responses=errors())
    def listed(translator: Speaks) -> Response:
        """All jobs, newest first."""
        return SafeJson({"jobs": [job_document(job, translator) for job in jobs.jobs()]})

    @routes.post(
        "",
        response_model=JobList,
        operation_id="create_jobs",
        status_code=201,
        responses=errors(body=True),
    )
    def create(translator: Speaks, asked: JobsAsked) -> Response:
        """Put videos in line. A file that was analysed before has its job, with its result, at once."""
        folders = allowed_folders(api.services.settings.current.api.folders)
        videos = [allowed_video(path, folders) for path in asked.paths]
        options = _options(api, asked)
        made = [jobs.submit(path, options, again=asked.again).job for path in videos]
        return SafeJson({"jobs": [job_document(job, translator) for job in made]}, 201)

    @routes.get("/{job_id}", response_model=JobFacts, operation_id="get_job", responses=errors(404))
    def job(translator: Speaks, job_id: JobId) -> Response:
        """One job with its rough cut, without its scenes."""
        return SafeJson(job_document(jobs.get(job_id), translator, plans.get(job_id)))

    @routes.get(
        "/{job_id}/scenes", response_model=SceneList, operation_id="get_scenes", responses=errors(404)
    )
    def scenes(translator: Speaks, job_id: JobId) -> Response:
        """The scenes found so far, with their descriptions."""
        jobs.get(job_id)
        found = [record_document(record, thumbnails, translator) for record in jobs.scenes(job_id)]
        return SafeJson({"scenes": found})

    @routes.get(
        "/{job_id}/result", response_model=JobResult, operation_id="get_result", responses=errors(404)
    )
    def result(translator: Speaks, job_id: JobId) -> Response:
        """The job with all that is known of its scenes, as the command `analyze` prints it."""
        found = jobs.get(job_id)
        scenes, plan = jobs.scenes(job_id), plans.get(job_id)
        return SafeJson(analysis_document(found, scenes, plan, thumbnails, translator))

    @routes.get(
        "/{job_id}/events",
        response_class=Response,
        operation_id="follow_job",
        responses={
            **errors(404),
            200: content("text/event-stream", description="Events `job` and `scene`, at the end `end`."),
        },
    )
    async def events(translator: Speaks, job_id: JobId) -> Response:
        """Progress as Server-Sent Events until the job has ended. `data` is as in the list of jobs or of scenes."""
        await run_in_threadpool(jobs.get, job_id)
        box = api.streams.open(job_id)
        try:
            first = await run_in_threadpool(jobs.get, job_id)  # as it is once nothing can be missed
        except BaseException:
            api.streams.close(box)
            raise
        return StreamingResponse(
            api.streams.follow(
                box,
                first,
                lambda job: job_document(job, translator),
                lambda record: record_document(record, thumbnails, translator),
            ),
            media_type="text/event-stream",
        )

    @routes.post(
        "/{job_id}/cancel",
        response_model=JobFacts,
        operation_id="cancel_job",
        responses=errors(404, body=True),
    )
    def cancel(translator: Speaks, job_id: JobId) -> Response:
        """End a job; what it has described stays."""
        return _shown(jobs.cancel(job_id), translator)

    @routes.post(
        "/{job_id}/retry",
        response_model=JobFacts,
        operation_id="retry_job",
        responses=errors(404, body=True),
    )
    def retry(translator: Speaks, job_id: JobId) -> Response:
        """Put an ended job in line again; described scenes keep their descriptions."""
        jobs.get(job_id)
        return _shown(jobs.retry(job_id), translator)

    def arranging(verb: Verb, summary: str) -> None:
        def arrange(translator: Speaks, job_id: JobId) -> Response:
            return _shown(jobs.arrange(job_id, verb), translator)

        routes.post(
            f"/{{job_id}}/{verb.value}",
            response_model=JobFacts,
            operation_id=f"{verb.value}_job",
            description=summary,
            responses=errors(404, 409, body=True),
        )(arrange)

    arranging(Verb.PAUSE, "Let one job rest until it is resumed, over restarts, too; the others go on.")
    arranging(Verb.RESUME, "Let a job go on that was paused; any other stays as it is.")
    arranging(Verb.NEXT, "Put a job first in line; one that was paused goes on.")

    @routes.post(
        "/{job_id}/describe",
        response_model=JobFacts,
        operation_id="describe_more",
        responses=errors(404, 409, body=True),
    )
    def describe(translator: Speaks, job_id: JobId, asked: MoreAsked) -> Response:
        """Describe the scenes that were left out, or again those done on a lower tier, whatever `max_scenes` says."""
        jobs.get(job_id)
        policy = api.services.detection.policy
        scenes = None if asked.scenes is None else tuple(asked.scenes)
        more = More(asked.rest, asked.lower, scenes, policy.base_tier if policy else None)
        return _shown(jobs.describe_more(job_id, more), translator)

    @routes.post(
        "/finish-by", response_model=JobList, operation_id="finish_by", responses=errors(404, 409, body=True)
    )
    def finish_by(translator: Speaks, asked: FinishAsked) -> Response:
        """Have a job, or all in line, done by a time, with as many scenes as fit; `note` says what comes of it."""
        changed = jobs.finish_by(asked.finish_by, asked.job)
        return SafeJson({"jobs": [job_document(job, translator) for job in changed]})

    @routes.patch(
        "/{job_id}/scenes/{scene}",
        response_model=SceneFacts,
        operation_id="edit_scene",
        responses=errors(404, 409, body=True),
    )
    def edit(translator: Speaks, job_id: JobId, scene: int, asked: SceneEdit) -> Response:
        """Say in your own words what a scene shows."""
        record = jobs.edit(job_id, scene, asked.model_dump(exclude_none=True))
        return SafeJson(record_document(record, thumbnails, translator))

    return routes


def _shown(job: Job, translator: Translator) -> Response:
    document: Json = job_document(job, translator)
    return SafeJson(document)


def _options(api: Api, asked: JobsAsked) -> JobOptions:
    settings, shown = api.services.settings.current, api.services.translator.language
    return JobOptions(
        asked.language or description_language(settings, shown),
        never_cloud=asked.never_cloud,
        force=Force(asked.force) if asked.force else None,
        max_scenes=asked.max_scenes,
        finish_by=asked.finish_by,
    )
