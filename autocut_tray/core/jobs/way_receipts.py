"""The receipt of a job that goes another way to keep its time limit, or comes back."""

from __future__ import annotations

from typing import Any

from autocut_tray.core.jobs.ways import Switch, Way
from autocut_tray.core.receipt import Receipt, ReceiptKind

Json = dict[str, Any]

METRIC = "scene_s"
"""Seconds that a scene takes the way that is left; the limit is what there is time for."""


def receipt_of(switch: Switch, at: float) -> Receipt:
    """Not yet stored; ``at``: seconds since the epoch."""
    needed = switch.needed
    return Receipt(
        id=0,
        at=at,
        kind=ReceiptKind.DEADLINE,
        from_=switch.source.route.tier.value,
        to=switch.target.route.tier.value,
        cause=switch.turn.value,
        metric=METRIC if needed is not None and switch.source.seconds is not None else None,
        value=switch.source.seconds if needed is not None else None,
        threshold=None if needed is None else round(needed, 3),
        held_s=None,
        policy_before=_way_json(switch.source),
        policy_after=_way_json(switch.target),
        expected_s_per_scene=switch.target.seconds,
        undone=False,
        better=None,
    )


def _way_json(way: Way) -> Json:
    route = way.route
    return {"tier": route.tier.value, "backend": route.backend.value, "model": route.model}
