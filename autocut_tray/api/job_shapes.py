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
    video: VideoFacts | None
    scenes_found: int
    scenes_planned: int
    scenes_done: int
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
    status: Literal["waiting", "described", "left_out", "failed"]
    description: DescriptionFacts | None
    described_by: DescribedByFacts | None
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


# -- requests

PathText = Annotated[str, Field(min_length=1, max_length=4096)]


class JobsAsked(Asked):
    """``paths``: absolute, of video files below a folder that is allowed in the settings."""

    paths: list[PathText] = Field(min_length=1, max_length=100)
    never_cloud: bool = False
    force: Literal["local", "cloud"] | None = None
    max_scenes: int | None = Field(default=None, ge=1, le=1_000_000)
    language: Literal["en", "zh-CN"] | None = None
    again: bool = False


class DownloadAsked(Asked):
    """``scenes``: as in ``1,3,5-8``, in this order; all where it is left out."""

    format: FormatName
    scenes: str | None = Field(default=None, max_length=1000)


class ExportAsked(DownloadAsked):
    """``target``: a folder, or a file in one, below a folder that is allowed in the settings."""

    target: PathText
    overwrite: bool = False
