"""A receipt in words: what changed, why, what was measured, against which limit, what came before and after."""

from __future__ import annotations

from typing import Protocol

from autocut_tray.core.frozen import frozen
from autocut_tray.core.messages import Message, Param
from autocut_tray.core.policy import receipt_words as words
from autocut_tray.core.policy.governor_types import Cause
from autocut_tray.core.policy.models import title as model_title
from autocut_tray.core.quantities import NBSP
from autocut_tray.core.receipt import Json, Receipt, ReceiptKind
from autocut_tray.i18n import Translator
from autocut_tray.phrases import Phrases

_BY_PERSON = (Cause.FORCED.value, Cause.UNDONE.value, Cause.PINNED.value)


class Speaker(Protocol):
    """Whoever has the words of one language."""

    @property
    def say(self) -> Phrases: ...

    def t(self, code: str, /, **params: Param) -> str: ...

    def text(self, message: Message, /) -> str: ...


class PlainSpeaker:
    """Of a translator alone."""

    def __init__(self, translator: Translator) -> None:
        self.say = Phrases(translator)
        self.t = translator.t
        self.text = translator.text


@frozen
class ReceiptWords:
    """``shape``: ``up``, ``down``, ``octagon``, ``warn`` or ``ring``; ``rows``: the details, key and value."""

    shape: str
    health: str
    title: str
    why: str
    rows: tuple[tuple[str, str], ...]


def shape_of(receipt: Receipt) -> tuple[str, str]:
    """Shape and health: the colour is always the third sign."""
    if receipt.to == "EMERGENCY" or (receipt.cause == Cause.EMERGENCY.value and not receipt.better):
        return "octagon", "crit"
    if receipt.kind is ReceiptKind.MEMORY and receipt.to == "WARN" and not receipt.better:
        return "warn", "warn"
    if receipt.cause == Cause.START.value or receipt.better is None:
        return "ring", "text3"
    return ("up", "ok") if receipt.better else ("down", "warn")


def title_of(ctx: Speaker, receipt: Receipt) -> str:
    return ctx.text(words.title(receipt))


def why_of(ctx: Speaker, receipt: Receipt) -> str:
    """The cause in one sentence, and who is to blame where that is known."""
    return ctx.text(words.why(receipt))


def held_by(ctx: Speaker, receipt: Receipt) -> str | None:
    """Who held the memory: ``Resolve 5.1, Ollama 1.9, other 0.5 GB``; None where nobody can be named."""
    if receipt.held_by is None:
        return None
    parts = [f"{one.name}{NBSP}{one.mib / 1024:.1f}" for one in receipt.held_by.programs]
    if receipt.held_by.rest_mib:
        parts.append(ctx.t("receipt-held-rest", n=f"{receipt.held_by.rest_mib / 1024:.1f}"))
    return ctx.t("receipt-held", list=ctx.t("ui-list-comma").join(parts))


def freed(ctx: Speaker, receipt: Receipt) -> str | None:
    """What came back of memory because of this; None where nothing is known."""
    return _said(ctx, words.freed(receipt))


_LIMITS = {
    ("vram", "vram_percent"): "vram_on",
    ("ram", "ram_available_mib"): "ram_on_mib",
    ("memory", "ram_percent"): "warn_on",
    ("emergency", "ram_percent"): "emergency_on",
    ("failures", "failure_percent"): "failure_rate",
}


def limit_of(receipt: Receipt) -> str | None:
    """The limit that made this decision, where it is one that a person sets."""
    if receipt.metric is None or receipt.better:
        return None
    if receipt.to == "EMERGENCY":
        return "emergency_on" if receipt.metric == "ram_percent" else None
    return _LIMITS.get((receipt.cause, receipt.metric))


def receipt_words(ctx: Speaker, receipt: Receipt, later: Receipt | None) -> ReceiptWords:
    """``later``: the next change of the same kind, which ended this one."""
    shape, health = shape_of(receipt)
    rows: list[tuple[str, str]] = []

    def add(key: str, value: str | None) -> None:
        if value:
            rows.append((ctx.t(f"ui-receipt-key-{key}"), value))

    add("measured", measured(ctx, receipt.metric, receipt.value))
    add("limit", _limit(ctx, receipt))
    unknown = ctx.t("receipt-unknown") if words.is_shortage(receipt) else None
    add("held", held_by(ctx, receipt) or unknown)
    add("freed", freed(ctx, receipt) or unknown)
    if receipt.policy_before != receipt.policy_after or receipt.kind is not ReceiptKind.MEMORY:
        add("before", _policy(ctx, receipt.policy_before, None))
        add("after", _policy(ctx, receipt.policy_after, receipt.expected_s_per_scene))
        add("model", _model(ctx, receipt))
    add("ended", _ended(ctx, receipt, later))
    return ReceiptWords(shape, health, title_of(ctx, receipt), why_of(ctx, receipt), tuple(rows))


def measured_against(ctx: Speaker, receipt: Receipt) -> str | None:
    """The reading and the limit in one line; None when nothing was measured."""
    found = [part for part in (measured(ctx, receipt.metric, receipt.value), _limit(ctx, receipt)) if part]
    return " · ".join(found) or None


def measured(ctx: Speaker, metric: str | None, value: float | None) -> str | None:
    """A reading with its unit; None when nothing was measured."""
    return _said(ctx, words.measured(metric, value))


def _limit(ctx: Speaker, receipt: Receipt) -> str | None:
    return _said(ctx, words.limit(receipt))


def _said(ctx: Speaker, found: Message | None) -> str | None:
    return None if found is None else ctx.text(found)


def _policy(ctx: Speaker, policy: Json, seconds: float | None) -> str | None:
    tier = policy.get("tier")
    if not tier:
        return None
    parts = [ctx.t(f"tier-{tier}")]
    if policy.get("max_scenes"):
        parts.append(ctx.t("ui-receipt-scenes", n=int(policy["max_scenes"])))
    if policy.get("concurrency"):
        parts.append(ctx.t("ui-receipt-at-once", n=int(policy["concurrency"])))
    if seconds:
        parts.append(ctx.t("ui-receipt-seconds-each", s=ctx.say.span(seconds)))
    return ctx.t("ui-list-comma").join(parts)


def _model(ctx: Speaker, receipt: Receipt) -> str | None:
    """The model before and after; of a tier without one, that of the other."""
    named = [policy.get("model") for policy in (receipt.policy_before, receipt.policy_after)]
    before, after = (model_title(str(model)) if model else None for model in named)
    if before and after:
        if before == after:
            return ctx.t("receipt-model-unchanged", model=before)
        return ctx.t("receipt-step", source=before, target=after)
    return before or after


def _ended(ctx: Speaker, receipt: Receipt, later: Receipt | None) -> str | None:
    if receipt.undone:
        return ctx.t("ui-receipt-undone")
    if later is None:
        return None
    span = ctx.say.span(max(0.0, later.at - receipt.at))
    return ctx.t("ui-receipt-ended-person" if later.cause in _BY_PERSON else "ui-receipt-ended", span=span)
