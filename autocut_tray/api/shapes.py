"""The shapes of replies about the machine and what is decided, for programs that generate a client.

The documents themselves are made by :mod:`autocut_tray.documents`; tests hold the two together.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

TierName = Literal["GPU", "CPU", "CLOUD", "PAUSED"]
AlertName = Literal["cpu", "memory", "queue", "response"]


class Shape(BaseModel):
    """A reply; keys may be added later."""


class Asked(BaseModel):
    """A request; a key that is not known is a mistake."""

    model_config = ConfigDict(extra="forbid", strict=True)


class ErrorBody(Shape):
    code: str
    message: str
    hint: str | None


class ErrorReply(Shape):
    """What went wrong, in the language of Accept-Language; ``code`` is for programs."""

    error: ErrorBody


class CpuFacts(Shape):
    name: str | None
    cores: int | None
    threads: int | None
    score: str | None


class MemoryFacts(Shape):
    total_gb: float | None
    available_gb: float | None
    swap_gb: float | None
    total_mib: int | None
    available_mib: int | None
    swap_mib: int | None


class GpuFacts(Shape):
    name: str | None
    vendor: str | None
    kind: str | None
    vram_gb: float | None
    vram_total_mib: int | None
    vram_used_mib: int | None
    driver: str | None
    source: str | None
    confidence: str | None
    index: int | None


class ModelFacts(Shape):
    name: str
    size_bytes: int | None
    quantization: str | None
    vision: bool | None
    cloud: bool
    loaded: bool | None
    vram_bytes: int | None


class ServerFacts(Shape):
    installed: bool | None
    reachable: bool | None
    host: str | None
    remote: bool | None
    version: str | None
    models: list[ModelFacts]
    problem: str | None


class RuntimeFacts(Shape):
    ollama: ServerFacts
    lmstudio: ServerFacts


class DavinciFacts(Shape):
    installed: bool | None
    path: str | None
    version: str | None
    edition: str | None
    running: bool | None
    busy: bool | None


class EditorFacts(Shape):
    davinci: DavinciFacts
    others: list[str]


class ProbeFacts(Shape):
    name: str
    outcome: str
    ms: int
    detail: str | None


class ChangeFacts(Shape):
    code: str
    params: dict[str, str | int | float]
    text: str


class Profile(Shape):
    """What this machine is. Absent facts are null, GB are GiB."""

    schema_: int = Field(alias="schema")
    detected_at: float | None
    cpu: CpuFacts
    memory: MemoryFacts
    gpu: GpuFacts | None
    gpus: list[GpuFacts]
    ai_runtime: RuntimeFacts
    editor: EditorFacts
    profile_class: str
    degraded: bool
    degradation_reason: str | None
    explanation: list[str]
    probes: list[ProbeFacts]
    changes: list[ChangeFacts]


class VisionChoice(Shape):
    provider: str
    local_backend: str | None
    cloud_backend: str | None
    model: str | None
    device: str | None
    max_scenes: int
    concurrency: int
    image_px: int
    pictures: int
    blocked: str | None


class PlanningChoice(Shape):
    provider: str
    backend: str | None
    model: str | None
    blocked: str | None
    device: str | None


class EditingChoice(Shape):
    editor: str | None
    formats: list[str]


class Parts(Shape):
    vision: VisionChoice
    planning: PlanningChoice
    editing: EditingChoice


class Reason(Shape):
    code: str
    text: str


class ActionFacts(Shape):
    kind: str
    argument: str | None


class Advice(Shape):
    code: str
    text: str
    reason: str
    action: ActionFacts | None


class Policy(Parts):
    """Where each kind of work runs, and why."""

    profile_class: str
    base_tier: TierName
    reasons: list[Reason]
    recommendations: list[Advice]


class GpuReading(Shape):
    vram_used_percent: float | None
    vram_used_mib: int | None
    vram_total_mib: int | None
    load_percent: float | None
    source: str | None


class MemoryReading(Shape):
    available_gb: float | None
    used_gb: float | None
    used_percent: float | None
    swap_used_mib: int | None
    stalled: bool | None
    source: str | None


class CpuReading(Shape):
    percent: float | None
    load: float | None
    source: str | None


class TaskReading(Shape):
    queued: int | None
    running: int | None
    failure_rate: float | None
    success_rate: float | None
    processing_s: float | None


class DiskReading(Shape):
    read_bytes: int | None
    written_bytes: int | None
    read_bytes_per_s: float | None
    written_bytes_per_s: float | None
    source: str | None


class NetworkReading(Shape):
    sent_bytes: int | None
    received_bytes: int | None
    sent_bytes_per_s: float | None
    received_bytes_per_s: float | None
    source: str | None


class EditorReading(Shape):
    running: bool | None
    busy: bool | None


class Metrics(Shape):
    gpu: GpuReading
    memory: MemoryReading
    cpu: CpuReading
    tasks: TaskReading
    disk: DiskReading
    network: NetworkReading
    editor: EditorReading


class AlertFacts(Shape):
    id: int
    at: float
    alert: AlertName
    level: Literal["warn", "critical"]
    action: str
    metric: str
    value: float
    threshold: float
    held_s: float
    ended: float | None
    active: bool
    title: str
    text: str


class KindHeld(Shape):
    count: int
    bytes: int
    unknown: int


class Tracked(KindHeld):
    in_use: int
    registered: int
    forgotten: int
    lost: int
    by_kind: dict[str, KindHeld]


class BudgetHeld(Shape):
    limit_bytes: int
    used_bytes: int
    peak_bytes: int
    leases: int
    waiting: int
    waiting_bytes: int
    granted: int
    waited: int
    leaked: int
    leaked_bytes: int
    collections: int
    gc_threshold: float
    by_stage: dict[str, int]


class ModelHeld(Shape):
    server: str
    model: str
    ours: bool
    size_bytes: int | None
    vram_bytes: int | None


class ReleasedThing(Shape):
    kind: str
    name: str
    claimed_bytes: int | None
    freed_bytes: int | None
    outcome: Literal["released", "partly", "kept", "unmeasured", "failed", "timed_out"]
    compressed: bool


class Released(Shape):
    """One go at giving memory back; of the two figures of the machine the first was before, the second after."""

    at: float
    cause: Literal["expired", "asked", "warn", "pressure", "emergency"]
    keep_percent: float
    seconds: float
    claimed_bytes: int
    freed_bytes: int
    released: list[ReleasedThing]
    ram_available_mib: list[int | None]
    vram_used_mib: list[int | None]


class MemoryHeld(Shape):
    """What this program holds, may hold and gave back, in bytes."""

    tracked: Tracked
    budget: BudgetHeld
    models: list[ModelHeld]
    released: list[Released]


class VideosAtOnce(Shape):
    """How many videos there may be at once, and how many of them may be read; why, the first reason first."""

    most: int
    reading: int
    reasons: list[str]


class Monitor(Shape):
    """What runs where now, and the last readings; what was not measured is null."""

    running: bool
    degraded: bool
    tier: TierName | None
    memory_level: str | None
    reason: str | None
    since: float | None
    pinned: TierName | None
    forced: TierName | None
    metrics: Metrics
    videos_at_once: VideosAtOnce | None
    alerts: list[AlertFacts]


class StatusProfile(Shape):
    class_: str | None = Field(alias="class")
    degraded: bool
    explanation: list[str]


class Status(Shape):
    profile: StatusProfile
    policy: Parts | None
    monitor: Monitor
    memory: MemoryHeld | None
    recommendations: list[Advice]


class Curve(Shape):
    width: float
    t: list[float]
    low: list[float]
    high: list[float]


class History(Shape):
    """Curves in percent; ``t``: the start of each bucket of ``width`` seconds, since the epoch."""

    minutes: float
    from_: float = Field(alias="from")
    to: float
    metrics: dict[str, Curve]


class MemoryProgram(Shape):
    name: str
    mib: int


class MemoryHolders(Shape):
    """Who held the memory when it ran short, largest first; ``rest_mib``: in use by nobody that is named."""

    memory: Literal["vram", "ram"]
    programs: list[MemoryProgram]
    rest_mib: int | None


class ModelStillHeld(Shape):
    name: str
    bytes: int


class GivenBackFacts(Shape):
    """``freed_bytes``: as measured; ``claimed_bytes``: what it was to be, 0 when there was nothing to give."""

    freed_bytes: int | None
    claimed_bytes: int
    seconds: float
    still: list[ModelStillHeld]


class ReceiptFacts(Shape):
    id: int
    at: float
    kind: str
    from_: str = Field(alias="from")
    to: str
    cause: str
    metric: str | None
    value: float | None
    threshold: float | None
    held_s: float | None
    policy_before: dict[str, Any]
    policy_after: dict[str, Any]
    expected_s_per_scene: float | None
    undone: bool
    held_by: MemoryHolders | None
    freed: GivenBackFacts | None
    title: str
    text: str
    measured: str | None
    held_by_text: str | None
    freed_text: str | None


class Receipts(Shape):
    """Proof of each change, newest first."""

    receipts: list[ReceiptFacts]


class ReleaseFacts(Released):
    """The same from the history, in words as well."""

    id: int
    title: str
    text: str
    result: str


class MemoryDocument(Shape):
    held: MemoryHeld | None
    released: list[ReleaseFacts]


class AlertLimit(Shape):
    alert: AlertName
    metric: str
    warn: float
    critical: float
    hold_s: float
    clear_s: float
    cooldown_s: float
    scale: str | None
    muted: bool


class Alerts(Shape):
    alerts: list[AlertFacts]
    limits: list[AlertLimit]
