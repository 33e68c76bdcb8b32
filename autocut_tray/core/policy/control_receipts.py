"""Receipts of decisions, as the history keeps them."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from autocut_tray.core.clock import Clock
from autocut_tray.core.errors import StorageError
from autocut_tray.core.frozen import frozen
from autocut_tray.core.policy.control_hands import Hands
from autocut_tray.core.policy.control_proof import Released, Spell, given_back
from autocut_tray.core.policy.governor_types import (
    Evidence,
    MemoryChange,
    MemoryLevel,
    Reclaim,
    Sample,
    Tier,
    TierChange,
)
from autocut_tray.core.policy.held import holders_at
from autocut_tray.core.policy.policy import ExecutionPolicy, Route
from autocut_tray.core.receipt import GivenBack, Holders, Receipt, ReceiptKind
from autocut_tray.core.release import ReleaseReport
from autocut_tray.core.sample import MetricsSample

log = logging.getLogger(__name__)

Json = dict[str, Any]

_REMEMBERED = 16
"""Changes and releases of memory that are matched with each other: more than a shortage makes."""


@frozen
class ReceiptAdded:
    """Event: a decision was made and has its receipt."""

    receipt: Receipt


@frozen
class ReceiptProven:
    """Event: it is known now what a change gave back of memory."""

    receipt: Receipt


@frozen
class _Open:
    """A receipt whose memory may still be on its way."""

    receipt: Receipt
    spell: Spell


class ReceiptBook:
    """Makes, stores and tells of the receipts of changes; storage that fails costs the receipt its place on disk.

    Safe to call from several threads.
    """

    def __init__(self, hands: Hands, clock: Clock, publish: Callable[[object], None]) -> None:
        self._hands = hands
        self._clock = clock
        self._publish = publish
        self._lock = threading.Lock()
        self._released: deque[Released] = deque(maxlen=_REMEMBERED)
        self._open: deque[_Open] = deque(maxlen=_REMEMBERED)
        self.held_by: Holders | None = None
        """Who held the memory at the last change of tier."""

    def keep(
        self, change: TierChange | MemoryChange, policy: ExecutionPolicy | None, metrics: MetricsSample | None
    ) -> Receipt:
        """A change was made under ``policy``, by the reading ``metrics``; its receipt."""
        receipt = receipt_of(change, self._clock.time(), policy, self._hands.expected_seconds)
        worse, spell = _is_worse(change), Spell.of(change)
        if worse:
            held_by = holders_at(change.why.cause, metrics, self._hands.ram_holders)
            receipt = replace(receipt, held_by=held_by)
        with self._lock:
            if worse:
                receipt = replace(receipt, freed=given_back(spell, self._released))
            receipt = self._stored(receipt)
            if worse:
                self._open.append(_Open(receipt, spell))
            if isinstance(change, TierChange):
                self.held_by = receipt.held_by
        self._publish(ReceiptAdded(receipt))
        return receipt

    def put(self, receipt: Receipt) -> Receipt:
        """Store a receipt that was made elsewhere and tell of it; returns it as it is stored."""
        receipt = self._stored(receipt)
        self._publish(ReceiptAdded(receipt))
        return receipt

    def _stored(self, receipt: Receipt) -> Receipt:
        try:
            return self._hands.keep_receipt(receipt)
        except StorageError as error:
            log.warning("A receipt is not saved: %s", error)
            return receipt

    def proven(self, order: Reclaim, report: ReleaseReport | None) -> None:
        """Memory was given back as ordered, or could not be; ``report`` None: there was nothing to give."""
        with self._lock:
            self._released.append((order, report))
            proven: list[tuple[Receipt, GivenBack]] = []
            for place, known in enumerate(self._open):
                freed = given_back(known.spell, self._released) if known.spell.covers(order) else None
                if freed is not None and freed != known.receipt.freed:
                    receipt = replace(known.receipt, freed=freed)
                    self._open[place] = replace(known, receipt=receipt)
                    proven.append((receipt, freed))
        for receipt, freed in proven:
            try:
                self._hands.add_proof(receipt.id, freed)
            except StorageError as error:
                log.warning("The proof of a receipt is not saved: %s", error)
            self._publish(ReceiptProven(receipt))

    def mark_undone(self, receipt: Receipt) -> None:
        """The person took this change back."""
        try:
            self._hands.mark_undone(receipt.id)
        except StorageError as error:  # the undo itself is done
            log.warning("The receipt does not say that it was undone: %s", error)


def _is_worse(change: TierChange | MemoryChange) -> bool:
    """Whether something ran short; an emergency that eases to a warning is none."""
    if isinstance(change, TierChange):
        return not change.better
    return change.target is not MemoryLevel.OK and change.source is not MemoryLevel.EMERGENCY


def receipt_of(
    change: TierChange | MemoryChange,
    at: float,
    policy: ExecutionPolicy | None,
    expected_seconds: Callable[[Route], float | None],
) -> Receipt:
    """The receipt of a change at ``at`` (seconds since the epoch), not yet stored. ``expected_seconds``: of a scene
    on a route."""
    if isinstance(change, MemoryChange):
        left = Tier.PAUSED if change.target is MemoryLevel.EMERGENCY else change.tier
        return _receipt(
            ReceiptKind.MEMORY,
            change.source.value,
            change.target.value,
            change.why,
            change.target is MemoryLevel.OK,
            at,
            change.before,
            before=_at_level(policy, change.tier, change.source),
            after=_at_level(policy, left, change.target),
            expected=_expected(policy, left, expected_seconds),
        )
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
        expected=_expected(policy, change.target, expected_seconds),
    )


def _expected(
    policy: ExecutionPolicy | None, tier: Tier, seconds: Callable[[Route], float | None]
) -> float | None:
    route = policy.route(tier) if policy is not None else None
    return seconds(route) if route is not None else None


def _at_level(policy: ExecutionPolicy | None, tier: Tier, level: MemoryLevel) -> Json:
    """While memory is short scenes are described one at a time."""
    if policy is None or tier is Tier.PAUSED:
        return _policy_json(policy, Tier.PAUSED)
    at_once = policy.vision.concurrency if level is MemoryLevel.OK else 1
    return _policy_json(policy, tier) | {"concurrency": at_once}


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
