"""Shapes of what can be done and of what came of it: recommendations, their actions, the drill, settings."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from autocut_tray.api.shapes import ActionFacts, Advice, ErrorBody, Shape, TierName


class Advices(Shape):
    recommendations: list[Advice]


class RemedyFacts(Shape):
    """An action of a recommendation, under way or ended."""

    action: ActionFacts
    state: Literal["running", "done", "failed", "cancelled"]
    text: str
    hint: str | None
    error_code: str | None
    can_cancel: bool
    done_bytes: int | None
    total_bytes: int | None
    bytes_per_second: float | None
    seconds_left: float | None


class Remedies(Shape):
    actions: list[RemedyFacts]


class Rung(Shape):
    tier: TierName
    backend: str
    model: str
    works: bool
    seconds: float | None
    vram_mib: float | None
    expected_s_per_scene: float | None
    text: str
    figures: list[str]
    next: str | None


class Walked(Shape):
    pressure: str
    from_: TierName = Field(alias="from")
    to: TierName | None
    after_s: float | None
    failures: int | None
    text: str


class DrillResult(Shape):
    schema_: int = Field(alias="schema")
    at: float
    passed: bool
    summary: str
    rungs: list[Rung]
    walk: list[Walked]


class DrillProgress(Shape):
    """``state`` is ``none`` before the first drill of this session."""

    state: Literal["none", "running", "done", "failed"]
    trying: TierName | None
    report: DrillResult | None
    error: ErrorBody | None


class SettingFacts(Shape):
    path: str
    value: bool | int | float | str | None
    default: bool | int | float | str | None
    source: str
    type: Literal["switch", "whole", "number", "text"]
    choices: list[str] | None
    optional: bool
    min: float | None
    max: float | None
    unit: str | None
    help: str
    variables: list[str]


class SettingList(Shape):
    settings: list[SettingFacts]
    problems: list[str]
