"""What happened lately: jobs and their errors, the log, crashes."""

from __future__ import annotations

import os
import re
import sqlite3
import time
from collections import Counter
from pathlib import Path

from autocut_tray.core.cancel import CancelToken
from autocut_tray.core.jobs.job import Job, JobState
from autocut_tray.core.jobs.records import job_from_row
from autocut_tray.core.jobs.store import JOB_QUERY
from autocut_tray.core.log import LOG_FILE
from autocut_tray.core.messages import message
from autocut_tray.diagnosis.finding import Excerpt, Finding, Json, Verdict
from autocut_tray.diagnosis.storage import reading
from autocut_tray.diagnosis.surroundings import Surroundings

LOG_LINES = 200
_TAIL_BYTES = 512 * 1024
_LINE_LENGTH = 2000
_ERRORS_SHOWN = 5
_CRASH_DAYS = 30.0
_CRASH_LINES = 60
_CRASH_FILES = 5
_LEVEL = re.compile(r"^\d{4}-\d\d-\d\d \S+ (WARNING|ERROR|CRITICAL) ")


def known_videos(around: Surroundings, most: int) -> list[str]:
    """Paths of the newest jobs' videos, to be recognised in everything else."""
    if not around.paths.app_database.is_file():
        return []
    with reading(around.paths.app_database, CancelToken()) as db:
        rows = db.execute("SELECT path FROM jobs ORDER BY position DESC LIMIT ?", (most,)).fetchall()
    return [os.fsdecode(path) for (path,) in rows]


def jobs(around: Surroundings, cancel: CancelToken) -> Finding:
    """How many jobs are in which state, and the last that failed."""
    if not around.paths.app_database.is_file():
        return Finding(Verdict.OK, message("doctor-jobs-none"))
    with reading(around.paths.app_database, cancel) as db:
        db.row_factory = sqlite3.Row
        counts = Counter(
            {str(row[0]): int(row[1]) for row in db.execute("SELECT state, count(*) FROM jobs GROUP BY 1")}
        )
        rows = db.execute(
            f"{JOB_QUERY} WHERE state IN ('failed', 'poison') ORDER BY updated DESC LIMIT {_ERRORS_SHOWN}"
        ).fetchall()
    failed = [job_from_row(row) for row in rows]
    facts = {
        "states": dict(counts),
        "last_errors": [_error(job, around) for job in failed],
    }
    total = counts.total()
    if not failed:
        said = message("doctor-jobs-ok", count=total) if total else message("doctor-jobs-none")
        return Finding(Verdict.OK, said, facts=facts)
    bad = counts[JobState.FAILED.value] + counts[JobState.POISON.value]
    last = failed[0].error
    said = message("doctor-jobs-failed", count=bad, all=str(total), last=last.message if last else "?")
    return Finding(Verdict.WARNING, said, last.hint if last else None, facts)


def _error(job: Job, around: Surroundings) -> Json:
    error, text = job.error, around.translator.text
    return {
        "id": job.id,
        "state": job.state.value,
        "file": job.path,
        "updated": _when(job.updated),
        "scenes": f"{job.scenes_done}/{job.scenes_planned}",
        "video": f"{job.video.container}/{job.video.codec} {job.video.width}x{job.video.height}"
        if job.video
        else None,
        "code": error.code if error else None,
        "message": text(error.message) if error else None,
        "detail": error.detail if error else None,
    }


def log_lines(around: Surroundings, cancel: CancelToken) -> Finding:
    """The end of the log."""
    file = around.paths.logs / LOG_FILE
    lines = _tail(file, LOG_LINES)
    if len(lines) < LOG_LINES:  # it was begun anew a moment ago
        lines = [*_tail(file.with_name(f"{LOG_FILE}.1"), LOG_LINES - len(lines)), *lines]
    levels = Counter(found[1] for line in lines if (found := _LEVEL.match(line)))
    errors = levels["ERROR"] + levels["CRITICAL"]
    facts = {"file": str(file), "warnings": levels["WARNING"], "errors": errors, "lines": _cut(lines)}
    if errors:
        said = message("doctor-log-errors", count=errors, lines=str(len(lines)))
        return Finding(Verdict.WARNING, said, message("doctor-next-report"), facts)
    said = message("doctor-log-ok", count=len(lines))
    return Finding(Verdict.OK, said, facts=facts)


def crashes(around: Surroundings, cancel: CancelToken) -> Finding:
    """What a crash left in the log folder. The file is there, and empty, whenever the program has run."""
    now = around.clock.time()
    found = []
    for file in sorted(around.paths.logs.glob("*crash*"), reverse=True):
        facts = file.stat()
        if facts.st_size and now - facts.st_mtime < _CRASH_DAYS * 86_400:
            found.append(
                {
                    "file": file.name,
                    "bytes": facts.st_size,
                    "changed": _when(facts.st_mtime),
                    "end": _cut(_tail(file, _CRASH_LINES)),
                }
            )
    if not found:
        return Finding(Verdict.OK, message("doctor-crashes-none"))
    said = message("doctor-crashes-some", count=len(found), days=f"{_CRASH_DAYS:g}")
    return Finding(Verdict.WARNING, said, message("doctor-next-report"), {"files": found[:_CRASH_FILES]})


def _tail(file: Path, lines: int) -> list[str]:
    """The last lines of a file; none when it cannot be read."""
    try:
        with file.open("rb") as stream:
            stream.seek(max(stream.seek(0, os.SEEK_END) - _TAIL_BYTES, 0))
            text = stream.read(_TAIL_BYTES).decode("utf-8", "replace")
    except OSError:
        return []
    return [line.rstrip() for line in text.splitlines()[-lines:]]


def _cut(lines: list[str]) -> list[Excerpt]:
    return [Excerpt(line, _LINE_LENGTH) for line in lines]


def _when(at: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(at))
