"""Receipts of decisions, as the history keeps them."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Any

from autocut_tray.core.clock import Clock
from autocut_tray.core.errors import StorageError
from autocut_tray.core.policy.control_hands import Hands
from autocut_tray.core.policy.governor_types import (
    Evidence,
    MemoryChange,
    MemoryLevel,
    Sample,
    Tier,
    TierChange,
)
from autocut_tray.core.policy.policy import ExecutionPolicy, Route
from autocut_tray.core.receipt import Receipt, ReceiptKind

log = logging.getLogger(__name__)

Json = dict[str, Any]


class ReceiptBook:
    """Makes, stores and tells of the receipts of changes; storage that fails costs the receipt its place on disk."""

    def __init__(self, hands: Hands, clock: Clock, tell: Callable[[Receipt], None]) -> None:
        self._hands = hands
        self._clock = clock
        self._tell = tell
        self.last: Receipt | None = None
        """That of the last change of tier in this session."""

    def keep(self, change: TierChange | MemoryChange, policy: ExecutionPolicy | None) -> None:
        """A change was made under ``policy``."""
        receipt = self.put(receipt_of(change, self._clock.time(), policy, self._hands.expected_seconds))
        if isinstance(change, TierChange):
            self.last = receipt

    def put(self, receipt: Receipt) -> Receipt:
        """Store a receipt that was made elsewhere and tell of it; returns it as it is stored."""
        try:
            receipt = self._hands.keep_receipt(receipt)
        except StorageError as error:
            log.warning("A receipt is not saved: %s", error)
        self._tell(receipt)
        return receipt

    def mark_undone(self, receipt: Receipt) -> None:
        """The person took this change back."""
        try:
            self._hands.mark_undone(receipt.id)
        except StorageError as error:  # the undo itself is done
            log.warning("The receipt does not say that it was undone: %s", error)


def receipt_of(
    change: TierChange | MemoryChange,
    at: float,
    policy: ExecutionPolicy | None,
    expected_seconds: Callable[[Route], float | None],
) -> Receipt:
    """The receipt of a change at ``at`` (seconds since the epoch), not yet stored. ``expected_seconds``: of a scene
    on a route."""
    if isinstance(change, MemoryChange):
        better = change.target is MemoryLevel.OK
        return _receipt(
            ReceiptKind.MEMORY,
            change.source.value,
            change.target.value,
            change.why,
            better,
            at,
            change.before,
        )
    route = policy.route(change.target) if policy is not None else None
    return _receipt(
        ReceiptKind.MANUAL if change.why.cause.by_person else ReceiptKind.TIER,
        change.source.value,
        change.target.value,
        change.why,
        change.better,
        at,
        change.before,
        before=_policy_json(policy, change.source),
        after=_policy_json(policy, change.target),
        expected=expected_seconds(route) if route is not None else None,
    )


def _receipt(
    kind: ReceiptKind,
    source: str,
    target: str,
    why: Evidence,
    better: bool,
    at: float,
    samples: Sequence[Sample],
    *,
    before: Json | None = None,
    after: Json | None = None,
    expected: float | None = None,
) -> Receipt:
    return Receipt(
        id=0,
        at=at,
        kind=kind,
        from_=source,
        to=target,
        cause=why.cause.value,
        metric=why.metric.value if why.metric else None,
        value=why.value,
        threshold=why.threshold,
        held_s=round(why.held_s, 1),
        policy_before=before or {},
        policy_after=after or {},
        expected_s_per_scene=expected,
        undone=False,
        better=better,
        context=tuple(_context(sample) for sample in samples),
    )


def _policy_json(policy: ExecutionPolicy | None, tier: Tier) -> Json:
    route = policy.route(tier) if policy else None
    halved = policy is not None and tier is not policy.base_tier
    scenes = policy.vision.max_scenes if policy else None
    return {
        "tier": tier.value,
        "backend": route.backend.value if route else None,
        "model": route.model if route else None,
        "max_scenes": None if scenes is None else max(1, scenes // 2) if halved else scenes,
    }


def _context(sample: Sample) -> Json:
    return {
        "vram_used": sample.vram_used,
        "vram_total": sample.vram_total,
        "ram_avail": sample.ram_avail,
        "ram_total": sample.ram_total,
        "cpu_percent": sample.cpu_percent,
    }
