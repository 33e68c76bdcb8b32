"""How the run of a job ends: ended from outside, or by itself."""

from __future__ import annotations

import enum

from autocut_tray.core.errors import AutoCutError
from autocut_tray.core.frozen import frozen
from autocut_tray.core.jobs.job import JobError, JobState
from autocut_tray.core.messages import Message


class Stop(enum.Enum):
    """Why a run is ended from outside."""

    PERSON = "person"
    PAUSE = "pause"
    EMERGENCY = "emergency"
    SHUTDOWN = "shutdown"


@frozen
class Outcome:
    """How a run ended; None for ``state`` means: back in line."""

    state: JobState | None
    error: JobError | None = None
    waiting_for: Message | None = None


def job_error(error: AutoCutError) -> JobError:
    return JobError(error.code, error.message, error.hint, error.detail, error.exit_code)
