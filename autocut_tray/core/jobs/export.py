"""A job as a file for an editor: looked over, written, read back, and only then given its name.

Nothing here writes to a source file, or over anything without being told. Touches the person's disks: never on the UI
thread.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import partial
from pathlib import Path

from autocut_tray.core.errors import AutoCutError, InputError, StorageError, UsageError
from autocut_tray.core.files import write_document
from autocut_tray.core.frozen import frozen
from autocut_tray.core.jobs.job import Job, SceneRecord
from autocut_tray.core.jobs.picks import Choice, choices_of, timeline_of
from autocut_tray.core.jobs.plans import no_plan
from autocut_tray.core.jobs.store import JobStore
from autocut_tray.core.media.gate import content_key, display_name
from autocut_tray.core.messages import message
from autocut_tray.core.planning.plan import Plan
from autocut_tray.core.timeline import formats
from autocut_tray.core.timeline.formats import SUFFIXES, Format, WrongReadback
from autocut_tray.core.timeline.howto import HowTo, how_to_import
from autocut_tray.core.timeline.model import Timeline
from autocut_tray.core.timeline.names import file_name, safe_stem, stem
from autocut_tray.core.timeline.preflight import Circumstances, Finding, SourceState, blocking, preflight
from autocut_tray.core.timeline.sheet import MAX_CELLS, Cell, Sheet, prove_sheet

DrawSheet = Callable[[Sheet], bytes]
"""Draws a contact sheet; raises AutoCutError."""


@frozen
class ExportRequest:
    """``target``: the file to write, or a folder to name one in. ``choices`` None: every scene in order, or with
    ``planned`` those of the job's rough cut."""

    job_id: str
    kind: Format
    target: Path
    choices: tuple[Choice, ...] | None = None
    overwrite: bool = False
    planned: bool = False


@frozen
class Exported:
    """A file that was written and read back. ``size`` in bytes; ``seconds``: length of the timeline."""

    job: Job
    kind: Format
    path: Path
    size: int
    clips: int
    rate: Fraction
    seconds: Fraction
    findings: tuple[Finding, ...]
    how_to: tuple[HowTo, ...]
    plan: Plan | None
    """The job's rough cut, whether or not this file is of it."""


@frozen
class _Ready:
    """All that is known before a file is written."""

    job: Job
    records: Sequence[SceneRecord]
    timeline: Timeline
    findings: tuple[Finding, ...]


class Exporter:
    """Exports the jobs of one store. ``thumbnails``: the folder of the scenes' pictures."""

    def __init__(self, store: JobStore, thumbnails: Path, draw_sheet: DrawSheet) -> None:
        self._store = store
        self._thumbnails = thumbnails
        self._draw_sheet = draw_sheet

    def look(self, request: ExportRequest) -> tuple[Finding, ...]:
        """What an editor would trip over. Raises as :meth:`export`, but the target may be anything."""
        return self._prepare(request, request.target.parent).findings

    def export(self, request: ExportRequest) -> Exported:
        """Write the file.

        Raises UsageError (no such job, scene or rough cut, a name that is taken or impossible), InputError (no
        scenes, or a timeline that the format cannot carry) and StorageError; then nothing was written.
        """
        path = _target(request, self._store.get(request.job_id))
        ready = self._prepare(request, path.parent)
        timeline = ready.timeline
        _refuse_to_overwrite(path, timeline, request)
        blocked = blocking(ready.findings)
        if blocked is not None:
            raise InputError(blocked.code.replace("-", "_"), blocked.message, blocked.hint)
        if request.kind is Format.CONTACT_SHEET:
            sheet = self._sheet(timeline, ready.records, path)
            data, prove = self._draw_sheet(sheet), partial(prove_sheet, sheet)
        else:
            data, prove = (
                formats.write(timeline, request.kind),
                partial(formats.prove, timeline, request.kind),
            )
        _place(path, data, prove, overwrite=request.overwrite)
        return Exported(
            ready.job,
            request.kind,
            path,
            len(data),
            len(timeline.clips),
            timeline.rate,
            timeline.seconds,
            ready.findings,
            how_to_import(timeline, request.kind),
            self._store.plan(request.job_id),
        )

    def _prepare(self, request: ExportRequest, folder: Path) -> _Ready:
        job = self._store.get(request.job_id)
        records = self._store.scenes(request.job_id)
        scanned = self._store.is_scanned(request.job_id)
        source, state = _find_source(job, folder)
        damaged = job.error is not None and job.error.code == "damaged"
        complete = scanned or damaged
        choices = self._planned(request.job_id) if request.planned else request.choices
        timeline = timeline_of(job, records, choices, complete=complete, path=source)
        known = Circumstances({source: state}, complete=complete, damaged=damaged)
        return _Ready(job, records, timeline, preflight(timeline, request.kind, known))

    def _planned(self, job_id: str) -> tuple[Choice, ...]:
        plan = self._store.plan(job_id)
        if plan is None:
            raise no_plan(job_id)
        if not plan.entries:
            raise UsageError(
                "plan_empty", message("error-plan-empty", id=job_id), message("error-plan-empty-hint")
            )
        return choices_of(plan)

    def _sheet(self, timeline: Timeline, records: Sequence[SceneRecord], path: Path) -> Sheet:
        pictures = {record.scene.id: record.thumbnail for record in records}
        cells = []
        for placed in timeline.placed():
            thumbnail = None if placed.clip.scene is None else pictures.get(placed.clip.scene)
            cells.append(
                Cell(
                    number=placed.number,
                    picture=str(self._thumbnails / thumbnail) if thumbnail else None,
                    title=placed.clip.name,
                    times=f"{timeline.timecode(placed.first)} – {timeline.timecode(placed.end)}",
                    words=placed.clip.note,
                )
            )
        sheet = Sheet(timeline.name, tuple(cells), pdf=path.suffix.lower() == ".pdf")
        if not sheet.pdf and len(cells) > MAX_CELLS:
            raise InputError(
                "sheet_too_large",
                message("export-sheet-too-large", n=len(cells), limit=str(MAX_CELLS)),
                message("export-sheet-too-large-hint"),
            )
        return sheet


def _find_source(job: Job, folder: Path) -> tuple[str, SourceState]:
    """Where the job's file is: where it was, else under its old name in ``folder``, which is exported to."""
    try:
        if content_key(job.path) == job.content_key:
            return job.path, SourceState.THERE
        state = SourceState.CHANGED
    except InputError:
        state = SourceState.MISSING
    beside = str((folder / file_name(job.path)).absolute())
    try:
        if content_key(beside) == job.content_key:
            return beside, SourceState.MOVED
    except InputError:
        pass
    return job.path, state


def _target(request: ExportRequest, job: Job) -> Path:
    """The file to write, absolute. Raises UsageError where its folder is not there or its name is impossible."""
    path = request.target
    try:
        if path.is_dir():
            path = path / (safe_stem(stem(file_name(job.path))) + SUFFIXES[request.kind])
        if not path.parent.is_dir():
            raise UsageError(
                "file_unwritable",
                message("error-file-unwritable", file=display_name(str(path)), reason=str(path.parent)),
                message("error-folder-missing-hint"),
            )
        with contextlib.suppress(FileNotFoundError):
            path.lstat()  # says whether this file system can have such a name
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise UsageError(
            "file_unwritable", message("error-file-unwritable", file=display_name(str(path)), reason=reason)
        ) from error
    return path.absolute()


def _refuse_to_overwrite(path: Path, timeline: Timeline, request: ExportRequest) -> None:
    """Raises UsageError for a name that is taken; a source file is not written over even when that is asked for."""
    if any(_is_same(path, media.path) for media in timeline.media):
        raise UsageError(
            "target_is_source",
            message("error-target-is-source", file=display_name(str(path))),
            message("error-target-is-source-hint"),
        )
    if path.is_dir() or (not request.overwrite and (path.is_symlink() or path.exists())):
        raise _exists(path)


def _is_same(path: Path, source: str) -> bool:
    try:
        return path.samefile(source)
    except (OSError, ValueError):  # one of them is not there
        return False


def _exists(path: Path) -> UsageError:
    return UsageError(
        "file_exists", message("error-file-exists", file=str(path)), message("error-file-exists-hint")
    )


def _place(path: Path, data: bytes, prove: Callable[[bytes], None], *, overwrite: bool) -> None:
    try:
        write_document(path, data, prove, overwrite=overwrite)
    except FileExistsError as error:
        raise _exists(path) from error
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise StorageError(
            "file_unwritable", message("error-file-unwritable", file=str(path), reason=reason)
        ) from error
    except WrongReadback as error:
        raise AutoCutError(
            "export_wrong",
            message("error-export-wrong", file=path.name),
            message("error-export-wrong-hint"),
            detail=str(error),
        ) from error
