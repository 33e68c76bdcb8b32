"""Why the work runs where it runs, as one sentence for a person."""

from __future__ import annotations

from autocut_tray.core.errors import UsageError
from autocut_tray.core.frozen import frozen
from autocut_tray.core.messages import Message, message
from autocut_tray.core.policy.governor_types import (
    Cause,
    Evidence,
    GovernorState,
    MemoryLevel,
    Metric,
    Refused,
    Tier,
    TierChange,
)
from autocut_tray.core.policy.held import culprit, titled
from autocut_tray.core.policy.models import title
from autocut_tray.core.policy.policy import BlockReason, ExecutionPolicy
from autocut_tray.core.receipt import Holders
from autocut_tray.core.sample import MetricsSample

NBSP = "\u00a0"


@frozen
class Situation:
    """All that a reason is made of. ``held``: who held the memory at the last change; ``idle``: nothing runs as
    nothing has to; ``ready``: nor has anything yet."""

    governor: GovernorState
    policy: ExecutionPolicy | None
    change: TierChange | None
    metrics: MetricsSample | None
    held: Holders | None
    model: str | None
    probe_error: Message | None
    cloud_refusal: Message | None
    idle: bool
    ready: bool


def tier_reason(now: Situation) -> Message:
    """One sentence; what the strip, the tooltip and the command line say after the tier."""
    governor = now.governor
    if now.policy is None:
        return message("control-looking")
    if governor.level is MemoryLevel.EMERGENCY:
        return _emergency(now)
    if governor.probing is not None:
        return message("control-probing", model=_model(now))
    if not now.policy.routes:
        return _no_route(now.policy)
    if now.cloud_refusal is not None and now.policy.base_tier is Tier.CLOUD and governor.pin is None:
        return now.cloud_refusal
    if now.ready:
        return message("control-ready", model=_model(now))
    if governor.editor_first and governor.tier is Tier.PAUSED and governor.pin is None:
        return message("control-editor-waits")
    if governor.starting and governor.candidate is not None:
        return message("control-starting", model=_model(now))
    if governor.tier is Tier.PAUSED and now.probe_error is not None:
        return message("control-probe-failed", model=_model(now), why=now.probe_error)
    if governor.tier is not Tier.PAUSED and not governor.admit:
        if now.metrics is not None and now.metrics.ram_available is None:
            return message("control-memory-unknown")
        if governor.throttled_until is not None:
            return message("control-throttled", model=_model(now))
    if now.idle and not governor.degraded and governor.tier is not Tier.PAUSED:
        return message("control-idle", model=_model(now))
    if now.change is None:
        return message("control-chosen", model=_model(now))
    return _change_reason(now, now.change)


def _model(now: Situation) -> str:
    return title(now.model) if now.model else "?"


def _no_route(policy: ExecutionPolicy) -> Message:
    match policy.vision.blocked:
        case BlockReason.NO_KEY:
            return message("control-cloud-no-key")
        case BlockReason.NO_CONSENT:
            return message("control-cloud-no-consent")
        case BlockReason.NEVER_CLOUD:
            return message("control-never-cloud")
        case _:
            return message("control-no-model")


def _emergency(now: Situation) -> Message:
    metrics = now.metrics
    if metrics is None or metrics.ram_available is None or metrics.ram_total is None:
        return message("control-emergency")
    figures = {"available": _gb(metrics.ram_available, unit=False), "total": _gb(metrics.ram_total)}
    emergency = now.change is not None and now.change.why.cause is Cause.EMERGENCY
    blamed = culprit(now.held.programs) if emergency and now.held is not None else None
    if blamed is None:
        return message("control-emergency-figures", **figures)
    return message("control-emergency-holder", holder=blamed.name, held=_gb(blamed.mib), **figures)


def _change_reason(now: Situation, change: TierChange) -> Message:
    why = change.why
    match why.cause:
        case Cause.VRAM:
            return _vram(now, why)
        case Cause.RAM if why.value is not None and why.metric is Metric.RAM_AVAILABLE_MIB:
            return message("control-ram", available=_gb(why.value), limit=_gb(why.threshold or 0.0))
        case Cause.FAILURES if why.metric is Metric.FAILURE_STREAK:
            return message("control-failure-streak", count=f"{why.value or 0:.0f}")
        case Cause.FAILURES if why.value is not None:
            return message(
                "control-failure-rate",
                rate=f"{why.value:.0f}",
                limit=f"{why.threshold or 0:.0f}",
            )
        case Cause.RECOVERED:
            return message("control-recovered", seconds=f"{why.held_s:.0f}", model=_model(now))
        case Cause.START | Cause.POLICY if change.target is not Tier.PAUSED:
            return message("control-chosen", model=_model(now))
        case cause:
            return message(f"control-{cause.value.replace('_', '-')}")


def _vram(now: Situation, why: Evidence) -> Message:
    holders = now.metrics.vram_holders if now.metrics else ()
    blamed = culprit(titled((one.title, one.vram_mib) for one in holders))
    if blamed is not None:
        return message("control-vram-holder", holder=blamed.name, held=_gb(blamed.mib))
    if why.metric is Metric.VRAM_PERCENT and why.value is not None:
        return message("control-vram-percent", used=f"{why.value:.0f}", limit=f"{why.threshold or 0:.0f}")
    return message("control-vram")


def _gb(mib: float, *, unit: bool = True) -> str:
    return f"{mib / 1024:.1f}" + (f"{NBSP}GB" if unit else "")


def refusal(refused: Refused) -> UsageError:
    """Why a person's wish is not followed, as the error that says so."""
    code = refused.reason.value.replace("_", "-")
    tier = message(f"tier-{refused.tier.value}") if refused.tier else message("tier-PAUSED")
    return UsageError(f"refused_{refused.reason.value}", message(f"refused-{code}", tier=tier.code))
