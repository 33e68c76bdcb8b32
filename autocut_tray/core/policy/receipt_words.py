"""A receipt in words: what changed, why, what was measured, and against which limit."""

from __future__ import annotations

from autocut_tray.core.alert import AlertKind
from autocut_tray.core.messages import Message, message
from autocut_tray.core.policy.governor_types import Cause, MemoryLevel
from autocut_tray.core.policy.held import RAM_CAUSES, culprit
from autocut_tray.core.policy.models import title as model_title
from autocut_tray.core.quantities import gb, percent_exact, plain, size, span
from autocut_tray.core.receipt import HeldMemory, Receipt, ReceiptKind

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


def why(receipt: Receipt) -> Message:
    """The cause, and who is to blame where that is known."""
    return with_culprit(receipt, cause(receipt))


def with_culprit(receipt: Receipt, said: Message) -> Message:
    """A reason that was said, and who held the memory, unless it names someone; of VRAM the culprit says all."""
    if "holder" in said.params:
        return said
    found = culprit(receipt.held_by.programs) if receipt.held_by is not None else None
    if found is None or receipt.held_by is None:
        return said
    if receipt.held_by.memory is HeldMemory.RAM:
        return message("receipt-culprit-ram", why=said, holder=found.name, held=gb(found.mib))
    if receipt.cause != Cause.VRAM.value:
        return said
    return message("receipt-culprit-vram", holder=found.name, held=gb(found.mib))


def is_shortage(receipt: Receipt) -> bool:
    """Whether memory ran short, so that who held it and what came back belongs to the proof."""
    short = receipt.cause == Cause.VRAM.value or receipt.cause in {one.value for one in RAM_CAUSES}
    return short and receipt.better is False and receipt.from_ != MemoryLevel.EMERGENCY.value


def freed(receipt: Receipt) -> Message | None:
    """What came back, of how much, how soon, and what stays; None where nothing is known."""
    proof = receipt.freed
    if proof is None:
        return None
    if proof.freed_bytes is None:
        return message("receipt-freed-unmeasured")
    if not proof.claimed_bytes and not proof.freed_bytes:
        return message("receipt-freed-nothing")
    claimed = max(proof.freed_bytes, proof.claimed_bytes)
    result = message(
        "release-result", freed=size(proof.freed_bytes), claimed=size(claimed), seconds=f"{proof.seconds:.1f}"
    )
    if not proof.still:
        return result
    largest = max(proof.still, key=lambda one: one.bytes)
    return message("receipt-freed-still", result=result, holder=largest.name, rest=size(largest.bytes))


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
