"""A receipt in words: what changed, why, what was measured, and against which limit."""

from __future__ import annotations

from autocut_tray.core.alert import AlertKind
from autocut_tray.core.messages import Message, message
from autocut_tray.core.policy.governor_types import Cause
from autocut_tray.core.policy.models import title as model_title
from autocut_tray.core.quantities import gb, percent_exact, plain, span
from autocut_tray.core.receipt import Receipt, ReceiptKind

_CAUSES = {
    *(cause.value for cause in Cause),
    *(f"alert_{kind.value}" for kind in AlertKind),
    *("deadline", "deadline_back", "deadline_over", "deadline_failed"),
}


def title(receipt: Receipt) -> Message:
    """What changed, in a few words."""
    if receipt.kind is ReceiptKind.MEMORY:
        return message(f"ui-receipt-memory-{receipt.to.lower()}")
    if receipt.kind is ReceiptKind.SCALE:
        return message("ui-receipt-scale", **{"from": receipt.from_, "to": receipt.to})
    if receipt.kind is ReceiptKind.DEADLINE:
        return _of_one_job(receipt)
    to = message(f"tier-{receipt.to}")
    if receipt.cause == Cause.START.value:
        return message("ui-receipt-started", to=to)
    if receipt.better:
        return message("ui-receipt-back", to=to)
    return message("receipt-step", source=message(f"tier-{receipt.from_}"), target=to)


def _of_one_job(receipt: Receipt) -> Message:
    """From tier to tier, or from model to model on the same."""
    if receipt.from_ != receipt.to:
        source, target = message(f"tier-{receipt.from_}"), message(f"tier-{receipt.to}")
    else:
        source, target = (
            plain(model_title(str(way.get("model")))) for way in (receipt.policy_before, receipt.policy_after)
        )
    return message("ui-receipt-deadline", **{"from": source, "to": target})


def cause(receipt: Receipt) -> Message:
    """One sentence; a cause this version does not know is shown by its name."""
    if receipt.kind is ReceiptKind.SCALE and receipt.better:
        return message("ui-cause-alert-over")
    if receipt.cause not in _CAUSES:
        return plain(receipt.cause)
    return message(f"ui-cause-{receipt.cause.replace('_', '-')}")


def measured(metric: str | None, value: float | None) -> Message | None:
    """A reading with its unit; None when nothing was measured."""
    if metric is None or value is None:
        return None
    code = f"ui-measured-{metric.replace('_', '-')}"
    if metric.endswith("_percent") or metric == "failure_rate":
        return message(code, value=percent_exact(value))
    if metric.endswith("_mib"):
        return message(code, value=gb(value))
    if metric in ("failure_streak", "worker_restarts", "queue_length"):
        return message(code, value=f"{value:.0f}")
    if metric in ("response_s", "scene_s"):
        return message(code, value=span(value))
    if metric == "ram_stall":
        return message(code)
    return plain(f"{metric} {value:g}")


def limit(receipt: Receipt) -> Message | None:
    """What it was measured against, and for how long it stood beyond; None where there is no limit."""
    if receipt.threshold is None or receipt.metric is None:
        return None
    if receipt.metric.endswith("_percent") or receipt.metric == "failure_rate":
        bound = percent_exact(receipt.threshold)
    elif receipt.metric.endswith("_mib"):
        bound = plain(gb(receipt.threshold))
    elif receipt.metric.endswith("_s"):
        bound = span(receipt.threshold)
    else:
        bound = plain(f"{receipt.threshold:g}")
    return (
        message("ui-receipt-limit-held", limit=bound, held=span(receipt.held_s)) if receipt.held_s else bound
    )
