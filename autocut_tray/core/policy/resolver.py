"""From the facts about a machine and the wishes of a person to the policy: pure, total, with reasons.

Who wins, from the strongest:

1. *Forced*: ``Wishes.force`` for one call, then ``Wishes.pin``. Forced local never leaves this machine; a pin
   decides the base tier and lifts a choice of place, and adds the GPU to a machine whose policy leaves it alone.
2. *The execution policy*: the class decides **where** each task runs, on which device, and how much (scenes,
   requests side by side, picture size). ``USE_LOCAL_VISION=true`` does not change it: local first is the policy.
   ``USE_LOCAL_VISION=false`` and ``vision_provider`` are the person choosing the place, so the class becomes
   CLOUD_HYBRID, whose policy is "as chosen"; what they left open follows the hardware. ``planning_provider`` chooses
   for rough cuts alone: it does not change what describes scenes, nor how many.
3. *Configuration*: **which** server and model do the work at that place (``LOCAL_VISION_PROVIDER``,
   ``LOCAL_VISION_MODEL``, ``LMSTUDIO_MODEL``, cloud models), when that server really serves that model; else it
   is passed over and a reason says so. The policy's order (LM Studio before Ollama, Moondream 2 before others)
   is what holds where the person named nothing.
4. *Defaults*: those of the class table.

``never_cloud`` is not a wish among others but a lock: it holds against everything, forced arguments included.

What this machine has measured takes the place of the known estimates: how much memory a model needs decides whether
it fits, and the reasons say what was measured.

A model server on another host counts as cloud: pictures leave this machine, so it has the tier CLOUD, needs the
person's yes (``remote_consent``) and makes the class CLOUD_HYBRID.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from autocut_tray.core.messages import Message, message
from autocut_tray.core.policy import models
from autocut_tray.core.policy.class_table import Case
from autocut_tray.core.policy.figures import NOTHING_MEASURED, Figures
from autocut_tray.core.policy.local_models import (
    Pick,
    installed_planners,
    pick_text,
    planner_for,
    remote_host,
)
from autocut_tray.core.policy.picture_limits import Fewer, picture_limit
from autocut_tray.core.policy.policy import (
    BlockReason,
    Device,
    EditingPolicy,
    ExecutionPolicy,
    PlanningPolicy,
    Provider,
    Route,
    VisionPolicy,
)
from autocut_tray.core.policy.recommend import recommend
from autocut_tray.core.policy.vision import choose_vision, pinned
from autocut_tray.core.policy.wishes import CloudAccess, CloudChoice, RemoteConsent, Wishes
from autocut_tray.core.runtime.explain import (
    LIST_SEPARATOR,
    RESOLVE_TITLE,
    SERVER_TITLES,
    gigabytes,
    gpu_name,
    gpu_unanswered,
    resolve_name,
    shown_gpu,
)
from autocut_tray.core.runtime.profile import Backend, GpuKind, ProfileClass, RuntimeProfile, classify

__all__ = ["CloudAccess", "CloudChoice", "RemoteConsent", "Wishes", "resolve"]

FORMATS: Mapping[str, tuple[str, ...]] = {
    RESOLVE_TITLE: ("otio", "fcpxml", "edl"),
    "Adobe Premiere Pro": ("fcp7", "otio", "edl"),
    "Final Cut Pro": ("fcpxml",),
    "Avid Media Composer": ("edl",),
    "Kdenlive": ("otio", "fcp7"),
}
"""What each editor imports, best first; others get those of Resolve."""


def resolve(
    profile: RuntimeProfile, wishes: Wishes | None = None, figures: Figures = NOTHING_MEASURED
) -> ExecutionPolicy:
    """The policy for this machine and person; see the module for who wins. Never raises."""
    wishes = wishes or Wishes()
    case = Case(profile, wishes, figures)
    vision = pinned(choose_vision(case), None if wishes.force else wishes.pin)
    planning, planning_reasons = _planning(case)
    editing, editing_reason = _editing(profile)
    pictures, pictures_reasons = _pictures(vision.policy, wishes)
    policy = ExecutionPolicy(
        profile_class=case.profile_class,
        vision=replace(vision.policy, pictures=pictures),
        planning=planning,
        editing=editing,
        routes=vision.routes,
        base_tier=vision.base,
        reasons=(
            _class_reason(case),
            *vision.reasons,
            *pictures_reasons,
            *_measured(case, vision.routes),
            *planning_reasons,
            editing_reason,
        ),
        recommendations=(),
    )
    return replace(policy, recommendations=recommend(profile, policy, figures))


# --- class -------------------------------------------------------------------------------------------------------


def _class_reason(case: Case) -> Message:
    profile = case.profile
    if case.profile_class is ProfileClass.CLOUD_HYBRID:
        if case.wishes.chosen:
            return message("policy-class-chosen")
        for backend in Backend:
            if profile.server(backend).remote:
                return message("policy-class-remote", host=remote_host(profile, backend))
        return message("policy-class-given", **{"class": case.profile_class.value})
    gpu = shown_gpu(profile)
    if case.profile_class is not classify(profile.gpus):
        return message("policy-class-given", **{"class": case.profile_class.value})
    if gpu is None or gpu.kind is GpuKind.INTEGRATED:
        unknown = gpu is None and gpu_unanswered(profile)
        return message("policy-class-gpu-unknown" if unknown else "policy-class-no-gpu")
    if gpu.kind is GpuKind.UNIFIED:
        return message("policy-class-unified", gpu=gpu_name(gpu))
    if gpu.vram_total_mib is None:
        return message("policy-class-vram-unknown", gpu=gpu_name(gpu))
    code = (
        "policy-class-small-gpu" if case.profile_class is ProfileClass.LOCAL_CPU_ONLY else "policy-class-gpu"
    )
    return message(
        code,
        gpu=gpu_name(gpu),
        vram=gigabytes(gpu.vram_total_mib),
        **{"class": case.profile_class.value},
    )


# --- pictures of long scenes -------------------------------------------------------------------------------------


_ONE_PICTURE = {
    Fewer.MODEL: "policy-pictures-model",
    Fewer.UNKNOWN: "policy-pictures-unknown",
    Fewer.SETTING: "policy-pictures-setting",
}


def _pictures(vision: VisionPolicy, wishes: Wishes) -> tuple[int, tuple[Message, ...]]:
    """How many pictures of a long scene the model is shown together, and why not more."""
    if vision.provider is Provider.NONE or vision.model is None:
        return 1, ()
    limit = picture_limit(vision.model, wishes.pictures)
    shown = models.title(vision.model)
    if limit.most == 1:
        return 1, (message(_ONE_PICTURE[limit.why], model=shown),)
    if vision.blocked is not None:
        return limit.most, ()  # nothing is described yet: that is what matters now
    return limit.most, (message("policy-pictures-several", model=shown, n=limit.most),)


# --- what was measured -------------------------------------------------------------------------------------------


def _measured(case: Case, routes: Iterable[Route]) -> Iterator[Message]:
    """What this machine has measured about the ways that it may work; estimates are no reasons."""
    for route in routes:
        place = route.device.value if route.device in (Device.GPU, Device.CPU) else "any"
        seconds = case.known.seconds(route)
        if seconds is not None and seconds.measured:
            yield message(
                "policy-measured-seconds",
                place=place,
                model=models.title(route.model),
                seconds=str(seconds.span),
                scenes=seconds.n,
            )
        memory = case.known.memory_on(route)
        if memory is not None and memory.measured:
            yield message(
                "policy-measured-memory",
                place=place,
                model=models.title(route.model),
                memory=gigabytes(memory.span.high),
            )


# --- planning ----------------------------------------------------------------------------------------------------


def _planning(case: Case) -> tuple[PlanningPolicy, tuple[Message, ...]]:
    wishes = case.wishes
    provider = wishes.planning_provider or case.row.planning
    said = (message("policy-planning-chosen", place=provider.value),) if wishes.planning_provider else ()
    if provider is Provider.NONE:
        return PlanningPolicy(provider, None, None), said
    planning, reasons = _local_planning(case) if provider is Provider.LOCAL else _cloud_planning(case)
    return planning, (*said, *reasons)


def _local_planning(case: Case) -> tuple[PlanningPolicy, tuple[Message, ...]]:
    profile, suitable = case.profile, planner_for(case.room)
    wanted = suitable or models.LOCAL_PLANNING_MODEL
    pick = pick_text(profile, case.room)
    if pick is not None:
        best = (wanted, models.LOCAL_PLANNING_MODEL)
        is_best = any(models.find([pick.model], name) for name in best)
        code = "policy-planning-local" if is_best else "policy-planning-local-other"
        server = SERVER_TITLES[pick.backend]
        said = message(code, model=pick.model.name, server=server, preferred=wanted)
        device = _planning_device(case, pick)
        return PlanningPolicy(Provider.LOCAL, pick.backend, pick.model.name, device=device), (said,)
    pick = pick_text(profile, case.room, remote=True)
    if pick is None:
        return PlanningPolicy(Provider.LOCAL, None, wanted, BlockReason.NO_MODEL), (
            _no_planner(case, suitable),
        )
    address = profile.server(pick.backend).host
    blocked = case.wishes.remote_block(pick.backend, pick.model.name, address, pictures=False)
    host = remote_host(profile, pick.backend)
    reasons = [message("policy-planning-remote", model=pick.model.name, host=host)]
    if blocked is not None:
        reasons.append(message("policy-planning-blocked", why=blocked.value, place=host))
    return PlanningPolicy(Provider.CLOUD, pick.backend, pick.model.name, blocked), tuple(reasons)


def _planning_device(case: Case, pick: Pick) -> Device:
    """On the processor where the card is not for models or too small: no part of it is taken from the editor.

    Of the servers Ollama alone can be told so; unified memory has nothing to take.
    """
    gpu = shown_gpu(case.profile)
    unified = gpu is not None and gpu.kind is GpuKind.UNIFIED
    may_use = unified or pick.backend is not Backend.OLLAMA or case.room.on_gpu(pick.backend, pick.model)
    return Device.AUTO if may_use else Device.CPU


def _no_planner(case: Case, suitable: str | None) -> Message:
    """Why no model of this machine plans."""
    large = installed_planners(case.profile)
    if large:
        return message("policy-planning-large", models=LIST_SEPARATOR.join(sorted(large)))
    if suitable is None:
        return message("policy-planning-no-room")
    return message("policy-planning-no-model", preferred=suitable)


def _cloud_planning(case: Case) -> tuple[PlanningPolicy, tuple[Message, ...]]:
    choice = case.wishes.cloud_planning
    name = models.PROVIDER_TITLES[choice.backend]
    reasons = [message("policy-planning-cloud", model=choice.model, provider=name)]
    wire = models.wire_model_name(choice.model)
    if wire != choice.model:
        reasons.append(message("policy-planning-alias", model=choice.model, wire=wire))
    blocked = case.wishes.provider_block(choice.backend, pictures=False)
    if blocked is not None:
        reasons.append(message("policy-planning-blocked", why=blocked.value, place=name))
    return PlanningPolicy(Provider.CLOUD, choice.backend, choice.model, blocked), tuple(reasons)


# --- editing -----------------------------------------------------------------------------------------------------


def _editing(profile: RuntimeProfile) -> tuple[EditingPolicy, Message]:
    others = profile.other_editors
    editor = RESOLVE_TITLE if profile.davinci.installed else others[0] if others else None
    formats = FORMATS.get(editor or "", FORMATS[RESOLVE_TITLE])
    named = "-".join(formats)
    if editor is None:
        return EditingPolicy(None, formats), message("policy-editing-none", formats=named)
    shown = resolve_name(profile) if editor == RESOLVE_TITLE else editor
    return EditingPolicy(editor, formats), message("policy-editing", editor=shown, formats=named)
