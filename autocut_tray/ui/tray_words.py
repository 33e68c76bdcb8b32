"""What the tray icon says: its state, its tooltip and its menu, decided from facts."""

from __future__ import annotations

import enum

from autocut_tray.core.frozen import frozen
from autocut_tray.core.policy.control_state import ControllerState
from autocut_tray.core.policy.governor_types import MemoryLevel, Tier
from autocut_tray.core.runtime.explain import short_gpu_name
from autocut_tray.core.runtime.profile import RuntimeProfile
from autocut_tray.core.sample import MetricsSample
from autocut_tray.ui.context import UiContext
from autocut_tray.ui.tray_icon import IconState, ring_of

TOOLTIP_LIMIT = 127
"""Windows cuts a tooltip there, in the middle of a word."""


class Entry(enum.Enum):
    """One item of the menu; the value names its text."""

    OPEN = "open"
    FILES = "analyse-files"
    FOLDER = "analyse-folder"
    PAUSE = "pause"
    RESUME = "resume"
    DEGRADE = "degrade"
    UNDO = "undo-degradation"
    PIN = "pin"
    FREE_VRAM = "free-vram"
    DIAGNOSTICS = "copy-diagnostics"
    LOGS = "view-logs"
    SETTINGS = "settings"
    QUIT = "quit"
    LINE = "line"


@frozen
class Item:
    """``choices``: tiers of a submenu; None among them is "no pin". ``chosen``: the one in force."""

    entry: Entry
    choices: tuple[Tier | None, ...] = ()
    chosen: Tier | None = None


def menu_items(state: ControllerState | None, active: int, *, paused: bool) -> tuple[Item, ...]:
    """The menu from top to bottom; what does not apply is absent. ``state`` None: still starting."""
    if state is None:
        return (Item(Entry.OPEN), Item(Entry.LINE), Item(Entry.QUIT))
    items = [Item(Entry.OPEN), Item(Entry.FILES), Item(Entry.FOLDER)]
    if paused:
        items.append(Item(Entry.RESUME))
    elif active:
        items.append(Item(Entry.PAUSE))
    lower = _lower(state)
    if lower and state.level is not MemoryLevel.EMERGENCY:
        items.append(Item(Entry.DEGRADE, lower))
    if state.can_undo:
        items.append(Item(Entry.UNDO))
    usable = tuple(tier for tier in state.available if tier is not Tier.PAUSED)
    if len(usable) > 1 or state.pinned is not None:
        items.append(Item(Entry.PIN, (None, *usable), state.pinned))
    if state.tier is Tier.GPU and not state.starting:
        items.append(Item(Entry.FREE_VRAM))
    items += [Item(Entry.LINE), Item(Entry.DIAGNOSTICS), Item(Entry.LOGS), Item(Entry.SETTINGS)]
    items += [Item(Entry.LINE), Item(Entry.QUIT)]
    return tuple(items)


def _lower(state: ControllerState) -> tuple[Tier, ...]:
    order = list(state.available)
    now = state.shown_tier
    place = order.index(now) if now in order else -1
    return tuple(order[place + 1 :])


def health_of(state: ControllerState) -> str:
    if state.level is MemoryLevel.EMERGENCY:
        return "crit"
    if state.degraded or state.level is MemoryLevel.WARN:
        return "warn"
    stuck = state.shown_tier is Tier.PAUSED and not state.starting
    return "warn" if stuck else "ok"


def icon_state(
    state: ControllerState | None,
    sample: MetricsSample | None,
    running: int,
    *,
    dark_panel: bool,
    dot: bool = False,
) -> IconState:
    """``running``: jobs under way; ``dot``: the minimal style. The ring shows VRAM, or RAM where there is none."""
    if state is None:
        return IconState(dark_panel=dark_panel, dot=dot)
    percent = None
    if sample is not None:
        percent = sample.vram_percent if sample.vram_percent is not None else sample.ram_percent
    return IconState(
        tier=state.shown_tier.value,
        health=health_of(state),
        ring=ring_of(percent),
        job=running > 0,
        dark_panel=dark_panel,
        dot=dot,
    )


def tooltip(
    ctx: UiContext,
    state: ControllerState,
    sample: MetricsSample | None,
    profile: RuntimeProfile | None,
    progress: str,
    active: int,
) -> str:
    """A few lines, the most important first; numbers with their totals."""
    head = [ctx.t(f"tier-{state.shown_tier.value}")]
    gpu = profile.primary_gpu if profile is not None else None
    if gpu is not None and gpu.name:
        head.append(short_gpu_name(gpu.name))
    load = []
    if sample is not None:
        if sample.vram_used is not None and sample.vram_total:
            vram = f"{ctx.t('ui-metric-vram')} {ctx.say.of_gb(sample.vram_used, sample.vram_total)}"
            holders = ", ".join(f"{h.title} {h.vram_mib / 1024:.1f}" for h in sample.vram_holders[:2])
            head.append(f"{vram} ({holders})" if holders else vram)
        if sample.ram_available is not None and sample.ram_total:
            used = sample.ram_total - sample.ram_available
            load.append(f"{ctx.t('ui-metric-ram')} {ctx.say.of_gb(used, sample.ram_total)}")
        if sample.cpu_percent is not None:
            load.append(f"{ctx.t('ui-metric-cpu')} {ctx.say.percent(sample.cpu_percent)}")
        if sample.failure_rate:
            load.append(f"{ctx.t('ui-metric-failures')} {ctx.say.percent(100 * sample.failure_rate)}")
    lines = [" · ".join(head)]
    if health_of(state) != "ok":
        lines.append(ctx.text(state.reason))
    if load:
        lines.append(" · ".join(load))
    if progress:
        lines.append(progress)
    elif active:
        lines.append(ctx.t("ui-tray-jobs", n=active))
    return plain_lines(lines)


def plain_lines(lines: list[str]) -> str:
    """Whole lines up to the limit. Desktops read tooltips as markup, so angle brackets become look-alikes."""
    text = ""
    for line in lines:
        line = line.replace("<", "‹").replace(">", "›").replace("&", "＆")
        longer = f"{text}\n{line}" if text else line
        if len(longer) > TOOLTIP_LIMIT:
            return text or longer[: TOOLTIP_LIMIT - 1] + "…"
        text = longer
    return text
