"""The shape of a report."""

from __future__ import annotations

from pydantic import Field

from autocut_tray.api.shapes import AlertFacts, ErrorBody, ReceiptFacts, Shape, TierName


class LoadFacts(Shape):
    """Percent; ``first`` and ``last``: means of the first and the last quarter of what was measured."""

    samples: int
    min: float
    mean: float
    max: float
    first: float | None
    last: float | None


class ChangeProof(ReceiptFacts):
    better: bool | None


class TierWorkFacts(Shape):
    tier: TierName
    described: int
    failed: int
    seconds_per_scene: float | None


class WorkFacts(Shape):
    """``failure_rate``: a share 0-1 of the attempts; ``extra_s``: what the lower tiers took longer."""

    described: int
    failed: int
    cancelled: int
    failure_rate: float | None
    busy_s: float
    scenes_per_hour: float | None
    seconds_per_scene: float | None
    extra_s: float
    by_tier: list[TierWorkFacts]


class FailedJob(Shape):
    id: str
    at: float
    name: str
    error: ErrorBody | None


class JobSums(Shape):
    created: int
    done: int
    failed: int
    cancelled: int
    unfinished: int
    failures: list[FailedJob]


class PlaceFacts(Shape):
    provider: str
    host: str
    model: str
    requests: int
    unknown: int
    frames: int
    bytes: int
    cost: float


class CloudSums(Shape):
    """``cost``: US dollars, as it counts against the limits."""

    requests: int
    frames: int
    bytes: int
    cost: float
    by_place: list[PlaceFacts]


class AdviceFound(Shape):
    code: str
    text: str
    reason: str


class FindingsFacts(Shape):
    """Sentences: what happened, why, what it cost, what to change."""

    happened: list[str]
    why: list[str]
    cost: list[str]
    change: list[AdviceFound]


class ReportFacts(Shape):
    """A span of time in figures and sentences. ``tiers``: seconds that were measured on each."""

    schema_: int = Field(alias="schema")
    period: str | None
    from_: float = Field(alias="from")
    to: float
    made_at: float
    samples: int
    covered_s: float
    profile_class: str | None
    load: dict[str, LoadFacts | None]
    degradations: list[ChangeProof]
    tiers: dict[TierName, float]
    degraded_s: float
    alerts: list[AlertFacts]
    work: WorkFacts
    jobs: JobSums
    failures: dict[str, int]
    cloud: CloudSums
    findings: FindingsFacts
