"""A drill in words."""

from __future__ import annotations

from autocut_tray.core.drill.drill import DrillReport, Rung
from autocut_tray.core.drill.walk import Pressure, Step
from autocut_tray.core.messages import Message, message
from autocut_tray.core.policy.models import title
from autocut_tray.core.policy.policy import Route


def summary(report: DrillReport) -> Message:
    """The one sentence on top."""
    working = sum(rung.works for rung in report.rungs)
    if report.passed:
        return message("drill-passed", count=working)
    return message("drill-failed", working=working, count=len(report.rungs))


def rung_words(rung: Rung) -> Message:
    """What became of one way to work."""
    shown = title(rung.route.model)
    tier = message(f"tier-{rung.route.tier.value}")
    if rung.problem is not None:
        return message("drill-rung-broken", tier=tier, model=shown, why=rung.problem)
    assert rung.seconds is not None, "what works has answered"
    return message("drill-rung-works", tier=tier, model=shown, seconds=f"{max(0.1, rung.seconds):.1f}")


def rung_figures(rung: Rung) -> tuple[Message, ...]:
    """What else was measured or is known of it."""
    figures: list[Message] = []
    if not rung.works:
        return ()
    if rung.vram_mib:
        figures.append(message("drill-vram", held=f"{rung.vram_mib / 1024:.1f}"))
    if rung.scene_seconds is not None:
        figures.append(message("drill-scene", seconds=f"{rung.scene_seconds:.1f}"))
    return tuple(figures)


def trying_words(route: Route) -> Message:
    """While a way to work is being tried."""
    return message("drill-running", tier=message(f"tier-{route.tier.value}"), model=title(route.model))


def step_words(step: Step) -> Message:
    """One step of the walk."""
    pressure = message(f"drill-pressure-{step.pressure.value.replace('_', '-')}")
    if step.target is None:
        return message("drill-step-missing", pressure=pressure, source=message(f"tier-{step.source.value}"))
    target = message(f"tier-{step.target.value}")
    if step.pressure is Pressure.SERVER_GONE:
        return message("drill-step-failures", pressure=pressure, target=target, count=step.failures)
    return message("drill-step", pressure=pressure, target=target, seconds=f"{step.seconds:.0f}")
