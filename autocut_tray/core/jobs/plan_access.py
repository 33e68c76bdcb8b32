"""Which model may plan now, and on which device: by the policy, and by what the control rules have decided."""

from __future__ import annotations

from typing import TYPE_CHECKING

from autocut_tray.core.analyzers.pool import AnalyzerPool
from autocut_tray.core.egress.door import Errand
from autocut_tray.core.errors import NoBackend
from autocut_tray.core.messages import Message
from autocut_tray.core.policy.control_state import ControllerState
from autocut_tray.core.policy.governor_types import MemoryLevel, Tier
from autocut_tray.core.policy.policy import Device, PlanningPolicy, Provider, Route

if TYPE_CHECKING:
    from autocut_tray.core.analyzers.asker import Asker


def planning_asker(
    analyzers: AnalyzerPool, planning: PlanningPolicy, state: ControllerState, errand: Errand
) -> Asker:
    """What asks the policy's planning model; on the processor while scenes are described there for want of VRAM.

    Raises AutoCutError when it may not be asked.
    """
    if planning.backend is None:
        raise NoBackend("no_backend")
    lowered = state.degraded and state.shown_tier is not Tier.GPU
    route = Route(
        tier=Tier.CLOUD
        if planning.provider is Provider.CLOUD
        else Tier.CPU
        if lowered or planning.device is Device.CPU
        else Tier.GPU,
        backend=planning.backend,
        model=planning.model or "",
        device=Device.CPU if lowered else planning.device or Device.AUTO,
        leaves_machine=planning.provider is Provider.CLOUD,
    )
    return analyzers.planner(route, errand)


def held(state: ControllerState) -> Message | None:
    """Why no model may be loaded now, None when one may."""
    stopped = state.degraded and state.shown_tier is Tier.PAUSED
    return state.reason if stopped or state.level is MemoryLevel.EMERGENCY else None
