"""A job is one video from drop to described scenes; a unit of its work is one scene."""

from __future__ import annotations

import enum

from autocut_tray.core.analyzers.base import Description
from autocut_tray.core.footage import Scene, Sound, SoundProblem, Video
from autocut_tray.core.frozen import frozen
from autocut_tray.core.messages import Message
from autocut_tray.core.picture_quality import PictureQuality
from autocut_tray.core.policy.governor_types import LOCAL_FIRST, Tier
from autocut_tray.core.policy.picture_limits import Fewer


class JobState(enum.Enum):
    """``PAUSED``: waits for a back end or for the person. ``POISON``: killed the worker too often; never retried
    by itself."""

    QUEUED = "queued"
    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    POISON = "poison"

    @property
    def ended(self) -> bool:
        return self in (JobState.DONE, JobState.FAILED, JobState.CANCELLED, JobState.POISON)


class Phase(enum.Enum):
    """What a running job does now."""

    SCANNING = "scanning"
    DESCRIBING = "describing"


class SceneStatus(enum.Enum):
    """``LEFT_OUT``: beyond ``max_scenes``. ``WAITING``: to be described."""

    WAITING = "waiting"
    DESCRIBED = "described"
    LEFT_OUT = "left_out"
    FAILED = "failed"


class Force(enum.Enum):
    """The person's word on where a job may run; it beats the policy."""

    LOCAL = "local"
    CLOUD = "cloud"


class Verb(enum.Enum):
    """What a person says of one job in line."""

    PAUSE = "pause"
    RESUME = "resume"
    NEXT = "next"


@frozen
class JobOptions:
    """``max_scenes`` None: as the policy says. ``language``: of the descriptions, ``en`` or ``zh-CN``. ``finish_by``:
    seconds since the epoch by which it has to be done, with as many scenes as fit; None: it takes its time."""

    language: str
    never_cloud: bool = False
    force: Force | None = None
    max_scenes: int | None = None
    finish_by: float | None = None


@frozen
class ScenePicture:
    """A picture of a scene. ``time``: seconds; ``name``: of its file below the thumbnails folder."""

    time: float
    name: str


@frozen
class DescribedBy:
    """Who described a scene; ``seconds`` of wall time. ``degraded``: on a lower tier or by a lesser model than the
    policy had chosen; None: not noted, as by earlier versions. ``pictures``: how many it was shown, and why ``fewer``
    than the scene had."""

    tier: Tier
    backend: str
    model: str
    seconds: float
    degraded: bool | None = None
    pictures: int = 1
    fewer: Fewer | None = None


@frozen
class SceneRecord:
    """A scene of a job with its result so far. ``keyframe``: seconds; ``thumbnail``: file name below the
    thumbnails folder. ``sound`` None: the video has none, or it is not measured yet. ``picture`` None: not measured.
    ``edited``: fields of the description that are the person's own. ``wanted``: asked for, whatever ``max_scenes``
    says. ``further``: pictures of a long scene beside its key frame, in order of time."""

    scene: Scene
    status: SceneStatus
    keyframe: float | None
    thumbnail: str | None
    description: Description | None
    described_by: DescribedBy | None
    error: Message | None
    sound: Sound | SoundProblem | None = None
    subtitles: str | None = None
    picture: PictureQuality | None = None
    edited: tuple[str, ...] = ()
    wanted: bool = False
    further: tuple[ScenePicture, ...] = ()

    @property
    def pictures(self) -> tuple[ScenePicture, ...]:
        """All pictures of the scene in order of time, its key frame among them."""
        if self.thumbnail is None or self.keyframe is None:
            return ()
        key = ScenePicture(self.keyframe, self.thumbnail)
        return tuple(sorted((key, *self.further), key=lambda one: one.time))

    def owed(self, base: Tier | None = None) -> bool:
        """Whether it could be described better. ``base``: the policy's tier, for scenes of earlier versions."""
        by = self.described_by
        if self.description is None or by is None:
            return False
        return lower_tier(by.tier, base) if by.degraded is None else by.degraded


def lower_tier(tier: Tier, base: Tier | None) -> bool:
    """Whether ``tier`` is a rung below ``base``: what it described could be described better."""
    return base is not None and LOCAL_FIRST.index(tier) > LOCAL_FIRST.index(base)


@frozen
class JobError:
    """``message`` says what and why, ``hint`` what to do; ``detail`` is folded away. ``exit_code`` as in the CLI."""

    code: str
    message: Message
    hint: Message | None
    detail: str
    exit_code: int


@frozen
class Job:
    """``path``: where the file was when last seen (undecodable bytes as lone surrogates)."""

    id: str
    path: str
    content_key: str
    state: JobState
    phase: Phase | None
    options: JobOptions
    created: float
    updated: float
    attempts: int
    video: Video | None
    scenes_found: int
    scenes_planned: int
    """How many will be described; grows while scanning until ``max_scenes``."""
    scenes_done: int
    """Described or failed for good."""
    scanned: float
    """Seconds of video read."""
    thumbnail: str | None
    """Of its first scene."""
    error: JobError | None
    waiting_for: Message | None
    """Why it is paused or has not started, in words."""
    scenes_left_out: int = 0
    scenes_degraded: int = 0
    """Described on a lower tier, as noted with each."""
    note: Message | None = None
    """How its time limit is kept."""
    held: bool = False
    """The person lets it rest."""
    turn: int = 0
    """The person put it before those with a lower number."""
    way: Tier | None = None
    """Where it alone is described for that, while it runs; None: as everything else."""


def line_key(job: Job) -> tuple[int, bool, float, float]:
    """The order of the line: what the person put first, what has to be done by a time, what came first."""
    finish_by = job.options.finish_by
    return (-job.turn, finish_by is None, finish_by or 0.0, job.created)


@frozen
class JobChanged:
    """Event: a job appeared, moved on or ended."""

    job: Job


@frozen
class SceneChanged:
    """Event: a scene was found or got its result."""

    job_id: str
    record: SceneRecord


@frozen
class JobRemoved:
    """Event: a job was taken off the list by the person."""

    job_id: str


@frozen
class DropIgnored:
    """Event: something that was handed over is not a video; ``message`` says what and why."""

    message: Message
