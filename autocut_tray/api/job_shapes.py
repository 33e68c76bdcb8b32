"""The shapes of requests and replies about jobs."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from autocut_tray.api.shapes import Asked, ErrorBody, Shape, TierName

FormatName = Literal["otio", "fcpxml", "fcp7", "edl", "markers", "srt", "csv", "json", "contact-sheet"]


class TrackFacts(Shape):
    codec: str
    channels: int
    sample_rate: int
    track: int
    tracks: int
    language: str | None


class SubtitleFacts(Shape):
    source: str | None
    format: str | None
    language: str | None
    tracks: int
    problem: str | None


class VideoFacts(Shape):
    path: str
    container: str
    codec: str
    width: int
    height: int
    rotation: int
    rate: str
    variable_rate: bool
    frames: int | None
    duration: float | None
    start_timecode: str | None
    has_audio: bool
    audio: TrackFacts | None
    subtitles: SubtitleFacts | None
    scan_mode: Literal["accurate", "fast"]
    not_fast: Literal["codec", "short", "variable_rate", "frames"] | None


class PlanEntryFacts(Shape):
    """One scene of a rough cut; trims are seconds and frames cut off its start and end."""

    scene: int
    trim_start: float
    trim_end: float
    trim_start_frames: int
    trim_end_frames: int
    frames: int
    length: float
    reason: str


class PlanFacts(Shape):
    """A rough cut. ``seconds``: the length asked for; ``length``: the one it has."""

    brief: str
    by: Literal["model", "rules"]
    model: str | None
    who: str
    notes: list[str]
    seconds: float | None
    length: float
    rate: str
    changed_by_hand: bool
    entries: list[PlanEntryFacts]


class JobFacts(Shape):
    id: str
    path: str
    state: Literal["queued", "running", "paused", "done", "failed", "cancelled"]
    phase: str | None
    created: float
    updated: float
    never_cloud: bool
    finish_by: float | None
    finish_on: TierName | None
    held: bool
    note: str | None
    video: VideoFacts | None
    scenes_found: int
    scenes_planned: int
    scenes_done: int
    scenes_left_out: int
    scenes_degraded: int
    plan: PlanFacts | None
    waiting_for: str | None
    error: ErrorBody | None


class JobList(Shape):
    jobs: list[JobFacts]


class DescriptionFacts(Shape):
    summary: str
    subjects: list[str]
    action: str
    shot: str
    camera: str
    mood: str
    quality: list[str]
    tags: list[str]


class DescribedByFacts(Shape):
    tier: TierName
    backend: str
    model: str
    seconds: float
    degraded: bool | None
    pictures: int
    fewer_pictures: Literal["model", "unknown", "setting", "refused", "room", "failed"] | None
    pictures_note: str | None


class KeyframeFacts(Shape):
    """One picture of a scene; ``time`` in seconds."""

    time: float
    thumbnail: str


class PictureFacts(Shape):
    """How good the best picture of a scene is: shares from 0 to 1."""

    blur: float | None
    mean: float
    brightest: float
    burnt: float
    flaws: list[Literal["blurred", "dark", "overexposed"]]


class SoundFacts(Shape):
    loudness_lufs: float | None
    silence_ratio: float
    speech_like_ratio: float | None


class SceneFacts(Shape):
    """Frames count from 0, ends are exclusive, times are seconds."""

    id: int
    start_frame: int
    end_frame: int
    start: float
    end: float
    transition: str
    keyframe: float | None
    thumbnail: str | None
    keyframes: list[KeyframeFacts]
    status: Literal["waiting", "described", "left_out", "failed"]
    description: DescriptionFacts | None
    described_by: DescribedByFacts | None
    edited: list[str]
    wanted: bool
    picture: PictureFacts | None
    audio: SoundFacts | None
    audio_note: str | None
    subtitles: str | None
    error: str | None


class SceneList(Shape):
    scenes: list[SceneFacts]


class JobResult(JobFacts):
    """A job with everything that is known of its scenes."""

    scenes: list[SceneFacts]


class FindingFacts(Shape):
    code: str
    severity: str
    message: str
    hint: str | None


class HowToFacts(Shape):
    editor: str
    name: str
    steps: str


class ExportFacts(Shape):
    format: FormatName
    path: str
    bytes: int
    clips: int
    rate: str
    seconds: float
    read_back: bool
    findings: list[FindingFacts]
    how_to_import: list[HowToFacts]


class JobExported(JobFacts):
    exports: list[str]
    export: ExportFacts


class SentFacts(Shape):
    to: str
    version: str
    project: str
    timeline: str
    clips: int
    rate: str
    project_rate: str | None
    note: str | None


class JobSent(JobFacts):
    sent: SentFacts


# -- requests

PathText = Annotated[str, Field(min_length=1, max_length=4096)]


Moment = Annotated[float, Field(ge=0, le=4e9)]
"""Seconds since the epoch."""


class FinishAsked(Asked):
    """``finish_by``: seconds since the epoch; null: no limit any more. ``job``: only this one, else all in line."""

    finish_by: Moment | None
    job: str | None = Field(default=None, max_length=64)


class JobsAsked(Asked):
    """``paths``: absolute, of video files below a folder that is allowed in the settings."""

    paths: list[PathText] = Field(min_length=1, max_length=100)
    never_cloud: bool = False
    force: Literal["local", "cloud"] | None = None
    max_scenes: int | None = Field(default=None, ge=1, le=1_000_000)
    language: Literal["en", "zh-CN"] | None = None
    finish_by: Moment | None = None
    again: bool = False


class MoreAsked(Asked):
    """``rest``: scenes that were left out; ``lower``: those described on a lower tier. ``scenes``: only of these."""

    rest: bool = False
    lower: bool = False
    scenes: list[int] | None = Field(default=None, min_length=1, max_length=20_000)


class SceneEdit(Asked):
    """What a person says instead of the model; it stays when the scene is described again."""

    summary: str | None = Field(default=None, min_length=1, max_length=1000)
    tags: list[Annotated[str, Field(max_length=60)]] | None = Field(default=None, max_length=16)


class DownloadAsked(Asked):
    """``scenes``: as in ``1,3,5-8``, in this order; all where it is left out."""

    format: FormatName
    scenes: str | None = Field(default=None, max_length=1000)


class SendAsked(Asked):
    """``scenes``: as in ``1,3,5-8``; ``plan``: those of the rough cut."""

    scenes: str | None = Field(default=None, max_length=1000)
    plan: bool = False


class ExportAsked(DownloadAsked):
    """``target``: a folder, or a file in one, below a folder that is allowed in the settings."""

    target: PathText
    overwrite: bool = False
