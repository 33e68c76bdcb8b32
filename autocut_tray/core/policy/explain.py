"""What was found and what follows from it, in people's words: the Overview, and the sentences of the command line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from autocut_tray.core.frozen import frozen
from autocut_tray.core.messages import Message, message
from autocut_tray.core.policy import models
from autocut_tray.core.policy.figures import NOTHING_MEASURED, Figures, Known, MachineFigures
from autocut_tray.core.policy.governor_thresholds import Thresholds
from autocut_tray.core.policy.governor_types import Tier
from autocut_tray.core.policy.local_models import RESERVE_MIB, offered, remote_host
from autocut_tray.core.policy.policy import (
    BlockReason,
    CloudBackend,
    Device,
    ExecutionPolicy,
    Provider,
    Route,
)
from autocut_tray.core.runtime.explain import (
    LIST_SEPARATOR,
    RESOLVE_TITLE,
    SERVER_TITLES,
    Row,
    RowKey,
    gigabytes,
    gpu_name,
    machine_rows,
    machine_sentences,
    resolve_name,
    short_gpu_name,
    shown_gpu,
    vram_free_mib,
)
from autocut_tray.core.runtime.profile import Backend, GpuKind, Model, RuntimeProfile

ROOMY_MIB = 8 * 1024
"""Available memory above which nothing is said to be tight; the memory rules warn only below it, too."""


@frozen
class Explanation:
    """``found`` and ``how`` are the two fact cards; ``sentences`` say all of it, and why, one after the other.

    ``speeds``: seconds a scene on each tier that can work, where they are known.
    """

    title: Message
    subtitle: Message
    caption: Message
    found: tuple[Row, ...]
    how: tuple[Row, ...]
    sentences: tuple[Message, ...]
    speeds: Mapping[Tier, Known]


def explain(
    profile: RuntimeProfile, policy: ExecutionPolicy, figures: Figures = NOTHING_MEASURED
) -> Explanation:
    """This machine and its policy, explained."""
    known = MachineFigures(profile, figures)
    title, subtitle = _headline(profile, policy, known)
    return Explanation(
        title=title,
        subtitle=subtitle,
        caption=message("explain-class", **{"class": policy.profile_class.value}),
        found=tuple(_with_verdict(row, profile, policy, known) for row in machine_rows(profile)),
        how=(
            _vision_row(profile, policy, known),
            _planning_row(profile, policy),
            _editing_row(profile, policy),
            _cloud_row(profile, policy),
        ),
        sentences=(*machine_sentences(profile), *_small_machine(profile), *policy.reasons),
        speeds=MappingProxyType(
            {route.tier: speed for route in policy.routes if (speed := known.seconds(route)) is not None}
        ),
    )


def _small_machine(profile: RuntimeProfile) -> tuple[Message, ...]:
    """With little memory in all the control rules act later than elsewhere, or they would never let go."""
    total, limits = profile.memory.total_mib, Thresholds()
    if total is None or total >= limits.small_ram_mib:
        return ()
    ram = limits.ram_limits(total)
    on = max(ram.on, limits.emergency_avail_mib)  # on the smallest the emergency comes first
    return (message("explain-small-machine", on=gigabytes(round(on)), off=gigabytes(round(ram.off))),)


def _headline(
    profile: RuntimeProfile, policy: ExecutionPolicy, known: MachineFigures
) -> tuple[Message, Message]:
    if policy.vision.provider is Provider.NONE:
        return message("explain-title-off"), message("explain-subtitle-off")
    if policy.base_tier is Tier.GPU:
        return message("explain-title-gpu"), _gpu_subtitle(profile, policy, known)
    if policy.base_tier is Tier.CPU:
        return _cpu_headline(profile, policy)
    if policy.base_tier is Tier.CLOUD:
        place = _picture_place(profile, policy)
        remote = "remote" if policy.vision.local_backend is not None else "provider"
        return (
            message("explain-title-cloud", place=place, kind=remote),
            message("explain-subtitle-cloud", place=place, kind=remote),
        )
    if policy.routes:
        return message("explain-title-pinned"), message("explain-subtitle-pinned")
    why = (policy.vision.blocked or BlockReason.NO_MODEL).value
    title = message("explain-title-paused")
    if policy.vision.local_backend is None and _reason(policy, "policy-vision-no-local"):
        return title, message("explain-subtitle-paused-local", why=why)
    return title, message("explain-subtitle-paused", why=why, place=_picture_place(profile, policy))


def _gpu_subtitle(profile: RuntimeProfile, policy: ExecutionPolicy, known: MachineFigures) -> Message:
    gpu = shown_gpu(profile)
    name = short_gpu_name(gpu_name(gpu)) if gpu is not None else "GPU"
    model = _model(profile, policy)
    route = policy.route(Tier.GPU)
    need = known.memory_on(route) if route is not None else None
    free = vram_free_mib(gpu) if gpu is not None else None
    if model is not None and need is not None and free is not None and not model.loaded:
        wanted = need.span.low + RESERVE_MIB
        if wanted > free:
            return message(
                "explain-subtitle-gpu-tight",
                gpu=name,
                model=models.title(model.name),
                need=gigabytes(wanted),
                free=gigabytes(free),
                source=need.source,
            )
        return message("explain-subtitle-gpu-room", gpu=name, editor=_short_editor(policy))
    return message("explain-subtitle-gpu", gpu=name)


def _cpu_headline(profile: RuntimeProfile, policy: ExecutionPolicy) -> tuple[Message, Message]:
    gpu, route = shown_gpu(profile), policy.route(Tier.CPU)
    itself, processor = message("explain-title-local"), message("explain-title-cpu")
    if gpu is None or gpu.kind is not GpuKind.DISCRETE:
        if _shares_memory(profile) and gpu is not None:
            return itself, message("explain-subtitle-cpu-unified", gpu=gpu_name(gpu))
        return processor, message("explain-subtitle-cpu")
    name = short_gpu_name(gpu_name(gpu))
    if gpu.vram_total_mib is None:
        return processor, message("explain-subtitle-cpu-unread", gpu=name)
    if route is not None and route.device is Device.AUTO:
        return itself, message("explain-subtitle-cpu-auto", gpu=name)
    return processor, message("explain-subtitle-cpu-card", gpu=name, editor=_short_editor(policy))


def _short_editor(policy: ExecutionPolicy) -> str:
    """``Resolve``, another editor's name, or ``none``."""
    editor = policy.editing.editor
    return "Resolve" if editor == RESOLVE_TITLE else editor or "none"


def _model(profile: RuntimeProfile, policy: ExecutionPolicy) -> Model | None:
    backend = policy.vision.local_backend
    if backend is None or policy.vision.provider is not Provider.LOCAL:
        return None
    return next((m for m in offered(profile, backend) if m.name == policy.vision.model), None)


def _picture_place(profile: RuntimeProfile, policy: ExecutionPolicy) -> str:
    vision = policy.vision
    if vision.provider is Provider.CLOUD and vision.local_backend is not None:
        return remote_host(profile, vision.local_backend)
    return models.PROVIDER_TITLES[vision.cloud_backend] if vision.cloud_backend is not None else ""


# --- what was found ----------------------------------------------------------------------------------------------


def _with_verdict(row: Row, profile: RuntimeProfile, policy: ExecutionPolicy, known: MachineFigures) -> Row:
    """What a fact means for the work, after the fact itself."""
    if row.key is RowKey.MEMORY:
        verdict = _memory_verdict(profile, policy, known)
        return row if verdict is None else replace(row, details=(verdict, *row.details))
    idle = profile.davinci.installed and profile.davinci.running is False
    if row.key is RowKey.EDITOR and idle and policy.base_tier is Tier.GPU:
        return replace(row, details=(*row.details, message("explain-editor-first")))
    return row


def _memory_verdict(
    profile: RuntimeProfile, policy: ExecutionPolicy, known: MachineFigures
) -> Message | None:
    available = profile.memory.available_mib
    if available is None:
        return None
    if available >= ROOMY_MIB:
        return message("explain-memory-roomy", editor=_short_editor(policy))
    light = models.FIGURES[models.Family.MOONDREAM2]
    installed = models.find(offered(profile, Backend.OLLAMA), models.Family.MOONDREAM2.value)
    need = known.memory(Backend.OLLAMA, installed or Model(models.Family.MOONDREAM2.value), Tier.CPU)
    if need is not None and available >= need.span.high + RESERVE_MIB:
        shown = f"{need.span.high / 1024:.1f}" if need.measured else str(need.span.times(1 / 1024))
        return message("explain-memory-enough", model=light.title, need=shown, source=need.source)
    return message("explain-memory-tight")


# --- how it will work --------------------------------------------------------------------------------------------

_WHY_MODEL = (
    "policy-model-configured",
    "policy-model-best",
    "policy-model-fits",
    "policy-model-table",
)
_WHY_CLOUD = (
    "policy-vision-chosen",
    "policy-vision-setting",
    "policy-vision-no-local",
    "policy-vision-remote",
    "policy-pin",
)
_WHY_WAITING = (
    "policy-vision-blocked",
    "policy-vision-no-model",
    "policy-pin-paused",
    "policy-pin-impossible",
)


def _reason(policy: ExecutionPolicy, *codes: str) -> tuple[Message, ...]:
    """The first of the policy's reasons with one of these codes."""
    return next(((reason,) for reason in policy.reasons if reason.code in codes), ())


def _vision_row(profile: RuntimeProfile, policy: ExecutionPolicy, known: MachineFigures) -> Row:
    vision, tier = policy.vision, policy.base_tier
    if vision.provider is Provider.NONE:
        return Row(RowKey.VISION, message("explain-vision", where="off", place=""))
    place = _picture_place(profile, policy)
    if tier is Tier.PAUSED:
        waiting = message("explain-vision", where="waiting", place=place)
        return Row(RowKey.VISION, waiting, _reason(policy, *_WHY_WAITING))
    route = policy.route(tier)
    why: tuple[str, ...] = _WHY_MODEL
    if tier is Tier.CLOUD:
        where = "remote" if vision.local_backend is not None else "cloud"
        why = _WHY_CLOUD
    elif tier is Tier.GPU:
        where = "gpu"
    elif _shares_memory(profile):
        where = "unified"
    elif route is not None and route.device is Device.AUTO:
        where, why = "auto", ("policy-device-lmstudio",)
    else:
        where = "cpu"
    details = (*_work(policy, route), *_reason(policy, *why), *_speed(route, known))
    return Row(RowKey.VISION, message("explain-vision", where=where, place=place), details)


def _shares_memory(profile: RuntimeProfile) -> bool:
    gpu = shown_gpu(profile)
    return gpu is not None and gpu.kind is GpuKind.UNIFIED


def _work(policy: ExecutionPolicy, route: Route | None) -> tuple[Message, ...]:
    if route is None:
        return ()
    scenes, shown = policy.vision.max_scenes, models.title(route.model)
    if isinstance(route.backend, CloudBackend):
        provider = models.PROVIDER_TITLES[route.backend]
        return (message("explain-work-cloud", model=shown, server=provider, scenes=scenes),)
    server = SERVER_TITLES[route.backend]
    return (message("explain-work", model=shown, server=server, scenes=scenes),)


def _speed(route: Route | None, known: MachineFigures) -> tuple[Message, ...]:
    """How long a scene takes, and with how much memory where both were measured."""
    seconds = known.seconds(route) if route is not None else None
    if route is None or seconds is None:
        return ()
    if not seconds.measured:
        return (message("explain-estimate", seconds=str(seconds.span)),)
    memory = known.memory_on(route)
    held = memory is not None and memory.measured
    place = "none" if not held else "gpu" if route.tier is Tier.GPU else "cpu"
    size = gigabytes(memory.span.high) if memory is not None and held else ""
    said = message("explain-measured", seconds=str(seconds.span), scenes=seconds.n, place=place, memory=size)
    return (said,)


def _planning_row(profile: RuntimeProfile, policy: ExecutionPolicy) -> Row:
    planning = policy.planning
    why = tuple(
        reason
        for reason in policy.reasons
        if reason.code.startswith("policy-planning-") and reason.code != "policy-planning-alias"
    )
    if planning.provider is Provider.NONE or planning.blocked is not None:
        where, place = "rules", ""
    elif isinstance(planning.backend, CloudBackend):
        where, place = "cloud", models.PROVIDER_TITLES[planning.backend]
    elif planning.provider is Provider.CLOUD and planning.backend is not None:
        where, place = "remote", remote_host(profile, planning.backend)
    else:
        where, place = "local", models.title(planning.model or "")
    return Row(RowKey.PLANNING, message("explain-planning", where=where, place=place), why)


def _editing_row(profile: RuntimeProfile, policy: ExecutionPolicy) -> Row:
    editor = policy.editing.editor
    if editor is None:
        value = message("explain-editing-none")
    else:
        value = message("explain-name", name=_editor_name(profile, editor))
    return Row(RowKey.EDITING, value, (message("explain-formats", formats="-".join(policy.editing.formats)),))


def _editor_name(profile: RuntimeProfile, editor: str) -> str:
    if editor != RESOLVE_TITLE:
        return editor
    version = profile.davinci.version
    name = resolve_name(profile)
    return name.removesuffix(f" {version}") if version else name


def _cloud_row(profile: RuntimeProfile, policy: ExecutionPolicy) -> Row:
    """Who may get pictures and who may get texts; nobody, most of the time."""
    details: list[Message] = []
    places: list[str] = []
    for route in policy.routes:
        if route.leaves_machine:
            place = _place(profile, route.backend)
            places.append(place)
            details.append(message("explain-cloud-pictures", place=place))
    planning = policy.planning
    if planning.provider is Provider.CLOUD and planning.blocked is None and planning.backend is not None:
        place = _place(profile, planning.backend)
        places.append(place)
        details.append(message("explain-cloud-texts", place=place))
    if places:
        names = LIST_SEPARATOR.join(dict.fromkeys(places))
        return Row(RowKey.CLOUD, message("explain-cloud", state="on", places=names), tuple(details))
    never = BlockReason.NEVER_CLOUD in (policy.vision.blocked, planning.blocked)
    state = "never" if never else "off"
    return Row(
        RowKey.CLOUD,
        message("explain-cloud", state=state, places=""),
        (message("explain-cloud-off", state=state),),
    )


def _place(profile: RuntimeProfile, backend: Backend | CloudBackend) -> str:
    if isinstance(backend, CloudBackend):
        return models.PROVIDER_TITLES[backend]
    return remote_host(profile, backend)
