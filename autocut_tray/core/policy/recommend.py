"""What would make this machine better at the job: at most three acts, the most useful first."""

from __future__ import annotations

from collections.abc import Iterator

from autocut_tray.core.messages import Message, message
from autocut_tray.core.policy import models
from autocut_tray.core.policy.class_table import CLASS_TABLE, Case, ClassRow, hardware_class
from autocut_tray.core.policy.figures import NOTHING_MEASURED, Figures, Known, MachineFigures
from autocut_tray.core.policy.governor_types import Tier
from autocut_tray.core.policy.local_models import RESERVE_MIB, offered, pick_text, planner_for, remote_host
from autocut_tray.core.policy.policy import (
    Action,
    ActionKind,
    BlockReason,
    CloudBackend,
    Device,
    ExecutionPolicy,
    Provider,
    Recommendation,
)
from autocut_tray.core.policy.recommend_room import chosen_model, room_for_model
from autocut_tray.core.policy.wishes import Wishes
from autocut_tray.core.runtime.explain import (
    SERVER_TITLES,
    gigabytes,
    gpu_name,
    gpu_probe_failed,
    wants_token,
)
from autocut_tray.core.runtime.profile import (
    Backend,
    GpuKind,
    Model,
    RuntimeProfile,
    primary_gpu,
    whole_gib,
)

MOST = 3
"""More than three acts are a list that nobody reads."""

ROOMY_GB = 16
"""Memory that holds a local model beside an editor; DaVinci Resolve itself asks for 16 GB."""

OLLAMA_PAGE = "https://ollama.com/download"

_CHOSEN = frozenset({"policy-vision-chosen", "policy-vision-setting", "policy-vision-forced"})
_CONFIGURED_MODEL = "policy-model-configured"


def recommend(
    profile: RuntimeProfile, policy: ExecutionPolicy, figures: Figures = NOTHING_MEASURED
) -> tuple[Recommendation, ...]:
    """The most useful acts for this machine under this policy; none when nothing is lacking."""
    known = MachineFigures(profile, figures)
    row = CLASS_TABLE[hardware_class(profile)]
    found: list[Recommendation] = []
    for act in _by_usefulness(profile, policy, row, known, figures):
        if all(act.code != other.code or act.action != other.action for other in found):
            found.append(act)
        if len(found) == MOST:
            break
    return tuple(found)


def _by_usefulness(
    profile: RuntimeProfile,
    policy: ExecutionPolicy,
    row: ClassRow,
    known: MachineFigures,
    figures: Figures,
) -> Iterator[Recommendation]:
    said = {reason.code for reason in policy.reasons}
    vision = policy.vision
    away_by_choice = vision.provider is Provider.CLOUD and bool(said & _CHOSEN)
    local = vision.provider is Provider.LOCAL and vision.blocked is None
    if vision.provider is not Provider.NONE and not local and not away_by_choice:
        if _holds_model(profile, row):
            yield from _make_local_possible(profile, row)
        else:
            yield from _more_memory(profile)
    yield from _unread_hardware(profile)
    yield from _permit_vision(profile, policy, known)
    if local:
        yield from room_for_model(profile, policy, known)
        if _CONFIGURED_MODEL not in said:
            yield from _better_model(profile, policy, row, known)
        if "policy-fallback-cpu-none" in said:
            yield _step_down(profile)
    yield from _planning_model(profile, policy, figures)
    if vision.provider is Provider.LOCAL:
        yield from _more_memory(profile)
    yield from _plan_here(profile, policy, figures)
    yield from _permit_planning(policy)


def _download(model: models.Family, row: ClassRow) -> dict[str, str]:
    """The figures of a model for this class of machine, as variables of a text."""
    figures = models.FIGURES[model]
    on_gpu = _tier(row) is Tier.GPU
    memory = figures.vram_gb if on_gpu else figures.ram_gb
    return {
        "model": figures.title,
        "size": gigabytes(figures.download_gb * 1024),
        "place": "gpu" if on_gpu else "cpu",
        "seconds": str(figures.seconds.get(_tier(row), "?")),
        "memory": str(memory or "?"),
    }


def _tier(row: ClassRow) -> Tier:
    """Where this class of machine runs its model at best."""
    return Tier.CPU if row.device is Device.CPU else Tier.GPU


def _pull(text: Message, reason: Message, name: str) -> Recommendation:
    return Recommendation(text, reason, Action(ActionKind.PULL_MODEL, name))


def _holds_model(profile: RuntimeProfile, row: ClassRow) -> bool:
    """Whether the class's own model would find room here; True where that is unknown."""
    total, need = profile.memory.total_mib, models.FIGURES[row.family].ram_gb
    if row.device is not Device.CPU or total is None or need is None:
        return True
    return need.low * 1024 + RESERVE_MIB <= total


def _make_local_possible(profile: RuntimeProfile, row: ClassRow) -> Iterator[Recommendation]:
    """One step, the next one, on the way to a vision model on this machine."""
    ollama, lmstudio = profile.ollama, profile.lmstudio
    here = {b: s for b in (Backend.OLLAMA, Backend.LMSTUDIO) if not (s := profile.server(b)).remote}
    for backend, server in here.items():
        if wants_token(server):
            name = SERVER_TITLES[backend]
            yield Recommendation(
                message("recommend-token", server=name),
                message("recommend-token-reason", server=name),
                Action(ActionKind.ENTER_KEY, backend.value),
            )
            return
    if Backend.OLLAMA in here and ollama.reachable:
        yield _pull(
            message("recommend-pull", model=models.FIGURES[row.family].title),
            message("recommend-pull-first-reason", **_download(row.family, row)),
            row.family.value,
        )
        return
    for backend, server in here.items():
        if server.installed and server.reachable is False:
            name = SERVER_TITLES[backend]
            yield Recommendation(
                message("recommend-start", server=name),
                message("recommend-start-reason", server=name),
                Action(ActionKind.START_SERVER, backend.value),
            )
            return
    if Backend.LMSTUDIO in here and lmstudio.reachable:
        yield Recommendation(
            message("recommend-lmstudio-model", model=models.FIGURES[row.family].title),
            message("recommend-lmstudio-model-reason", **_download(row.family, row)),
        )
        return
    if Backend.OLLAMA in here and ollama.installed is False:
        yield Recommendation(
            message("recommend-install"),
            message("recommend-install-reason", **_download(row.family, row)),
            Action(ActionKind.OPEN_PAGE, OLLAMA_PAGE),
        )


def _unread_hardware(profile: RuntimeProfile) -> Iterator[Recommendation]:
    again = Action(ActionKind.DETECT_AGAIN)
    gpu = primary_gpu(profile.gpus)
    if gpu is not None and gpu.kind is GpuKind.DISCRETE and gpu.vram_total_mib is None:
        name = gpu_name(gpu)
        yield Recommendation(
            message("recommend-driver", gpu=name), message("recommend-driver-reason", gpu=name), again
        )
        return
    if gpu is None and gpu_probe_failed(profile):
        yield Recommendation(message("recommend-detect"), message("recommend-detect-reason"), again)


def _permit_vision(
    profile: RuntimeProfile, policy: ExecutionPolicy, known: MachineFigures
) -> Iterator[Recommendation]:
    """What a policy that wants the cloud for pictures waits for."""
    vision = policy.vision
    if vision.provider is not Provider.CLOUD:
        return
    if vision.local_backend is not None:
        host = remote_host(profile, vision.local_backend)
        if vision.blocked is BlockReason.NO_TLS:
            yield Recommendation(
                message("recommend-remote-tls", host=host), message("recommend-remote-tls-reason", host=host)
            )
        elif vision.blocked is BlockReason.NO_CONSENT:
            yield Recommendation(
                message("recommend-allow-remote", host=host),
                message("recommend-allow-remote-reason", host=host),
                Action(ActionKind.ALLOW_CLOUD, vision.local_backend.value),
            )
        return
    if vision.cloud_backend is None:
        return
    provider = models.PROVIDER_TITLES[vision.cloud_backend]
    seconds = known.seconds_of(vision.cloud_backend, vision.model or "", Tier.CLOUD)
    if vision.blocked is BlockReason.NO_KEY:
        text, kind = message("recommend-key", provider=provider), ActionKind.ENTER_KEY
    elif vision.blocked is BlockReason.NO_CONSENT:
        text, kind = message("recommend-allow", provider=provider), ActionKind.ALLOW_CLOUD
    else:
        return
    if seconds is None:
        reason = message("recommend-cloud-reason-unknown", provider=provider)
    else:
        cost = f"{models.CLOUD_COST_CNY:g}"
        reason = message(
            "recommend-cloud-reason",
            provider=provider,
            seconds=str(seconds.span),
            cost=cost,
            source=seconds.source,
        )
    yield Recommendation(text, reason, Action(kind, vision.cloud_backend.value))


def _better_model(
    profile: RuntimeProfile, policy: ExecutionPolicy, row: ClassRow, known: MachineFigures
) -> Iterator[Recommendation]:
    """The policy's own model, where another one of Ollama does the work because it is not installed."""
    model = chosen_model(profile, policy)
    if model is None or policy.vision.local_backend is not Backend.OLLAMA:
        return
    if any(models.family(m.name) is row.family for m in offered(profile, Backend.OLLAMA)):
        return
    pull = message("recommend-pull", model=models.FIGURES[row.family].title)
    variables = {**_download(row.family, row), "current": models.title(model.name)}
    current = models.family(model.name)
    if current is models.Family.MINICPM_V and row.family is models.Family.MOONDREAM2:
        reason = message("recommend-pull-lighter-reason", **variables)
    elif current is models.Family.LLAVA_PHI3:
        slower = known.seconds_of(Backend.OLLAMA, model.name, _tier(row))
        if slower is not None and slower.measured:
            if _as_fast(slower, row):
                return
            reason = message("recommend-pull-faster-measured-reason", **variables, slower=str(slower.span))
        else:
            estimates = _download(current, row)
            reason = message(
                "recommend-pull-faster-reason",
                **variables,
                slower=estimates["seconds"],
                larger=estimates["memory"],
            )
    elif current is models.Family.MOONDREAM2:
        reason = message("recommend-pull-better-reason", **variables)
    else:
        reason = message("recommend-pull-reason", **variables)
    yield _pull(pull, reason, row.family.value)


def _as_fast(measured: Known, row: ClassRow) -> bool:
    """True when what is here was measured to be as fast as the class's own model is known to be at best."""
    estimate = models.FIGURES[row.family].seconds.get(_tier(row))
    return estimate is not None and measured.expected <= estimate.low


def _step_down(profile: RuntimeProfile) -> Recommendation:
    """A way to the CPU for a machine whose only server cannot be told to leave the graphics card."""
    light, ollama = models.FIGURES[models.Family.MOONDREAM2], profile.ollama
    reason = message(
        "recommend-step-down-reason", model=light.title, size=gigabytes(light.download_gb * 1024)
    )
    if ollama.reachable and not ollama.remote:
        return _pull(message("recommend-pull", model=light.title), reason, models.Family.MOONDREAM2.value)
    if ollama.installed and not ollama.remote:
        start = Action(ActionKind.START_SERVER, Backend.OLLAMA.value)
        return Recommendation(message("recommend-start", server="Ollama"), reason, start)
    return Recommendation(message("recommend-install"), reason, Action(ActionKind.OPEN_PAGE, OLLAMA_PAGE))


def _planning_model(
    profile: RuntimeProfile, policy: ExecutionPolicy, figures: Figures
) -> Iterator[Recommendation]:
    planning = policy.planning
    if planning.provider is not Provider.LOCAL or not profile.ollama.reachable or profile.ollama.remote:
        return
    wanted = planner_for(Case(profile, Wishes(), figures).room)
    best = (wanted or "", models.LOCAL_PLANNING_MODEL)
    here = Model(planning.model or "")
    if wanted is None or (planning.blocked is None and any(models.find([here], name) for name in best)):
        return
    by = "rules" if planning.blocked is not None else "other"
    yield _pull(
        message("recommend-pull", model=wanted),
        message(
            "recommend-pull-planner-reason",
            size=gigabytes(models.PLANNING_MODELS[wanted] * 1024),
            by=by,
            current=planning.model or "",
        ),
        wanted,
    )


def _plan_here(
    profile: RuntimeProfile, policy: ExecutionPolicy, figures: Figures
) -> Iterator[Recommendation]:
    """Rules plan for want of the cloud, although a model that is installed could."""
    planning = policy.planning
    if planning.provider is not Provider.CLOUD or planning.blocked is None:
        return
    pick = pick_text(profile, Case(profile, Wishes(), figures).room)
    if pick is not None:
        reason = message("recommend-plan-here-reason", model=pick.model.name)
        yield Recommendation(message("recommend-plan-here"), reason)


def _more_memory(profile: RuntimeProfile) -> Iterator[Recommendation]:
    total = profile.memory.total_mib
    size = whole_gib(total)
    if total is not None and size is not None and size < ROOMY_GB:
        roomy = gigabytes(ROOMY_GB * 1024)
        yield Recommendation(
            message("recommend-add-memory", roomy=roomy),
            message("recommend-add-memory-reason", total=gigabytes(total), roomy=roomy),
        )


def _permit_planning(policy: ExecutionPolicy) -> Iterator[Recommendation]:
    planning = policy.planning
    if planning.provider is not Provider.CLOUD or not isinstance(planning.backend, CloudBackend):
        return
    provider = models.PROVIDER_TITLES[planning.backend]
    reason = message("recommend-planner-cloud-reason", provider=provider)
    if planning.blocked is BlockReason.NO_KEY:
        action = Action(ActionKind.ENTER_KEY, planning.backend.value)
        yield Recommendation(message("recommend-planner-key", provider=provider), reason, action)
    elif planning.blocked is BlockReason.NO_CONSENT:
        action = Action(ActionKind.ALLOW_CLOUD, planning.backend.value)
        yield Recommendation(message("recommend-planner-allow", provider=provider), reason, action)
