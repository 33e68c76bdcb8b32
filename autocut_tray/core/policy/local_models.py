"""Which of the installed models does a task: pure choices among what the model servers offer."""

from __future__ import annotations

from collections.abc import Sequence

from autocut_tray.core.frozen import frozen
from autocut_tray.core.messages import Message, message
from autocut_tray.core.policy import models
from autocut_tray.core.policy.figures import MachineFigures
from autocut_tray.core.policy.governor_types import Tier
from autocut_tray.core.policy.wishes import Wishes
from autocut_tray.core.runtime.explain import LIST_SEPARATOR, SERVER_TITLES, host_name
from autocut_tray.core.runtime.profile import Backend, Model, RuntimeProfile

SERVERS = (Backend.LMSTUDIO, Backend.OLLAMA)
"""In the order in which they are preferred."""

RESERVE_MIB = 512
"""What stays free beside a model, on the card and in memory (the product's reserve)."""


@frozen
class Room:
    """The most that a model may ever take here, in MiB; None is unknown and counts as enough.

    ``known``: what models need. ``gpu``: whether the policy lets models use the graphics card at all.
    """

    known: MachineFigures
    gpu: bool
    vram_mib: int | None
    ram_mib: int | None

    def on_gpu(self, backend: Backend, model: Model) -> bool:
        return self.gpu and self._holds(self.vram_mib, backend, model, Tier.GPU)

    def on_cpu(self, backend: Backend, model: Model) -> bool:
        return self._holds(self.ram_mib, backend, model, Tier.CPU)

    def fits(self, backend: Backend, model: Model) -> bool:
        return self.on_gpu(backend, model) or self.on_cpu(backend, model)

    def _holds(self, total: int | None, backend: Backend, model: Model, tier: Tier) -> bool:
        need = self.known.memory(backend, model, tier)
        return need is None or total is None or need.span.low + RESERVE_MIB <= total


@frozen
class Pick:
    """A model on a server, and why that one."""

    backend: Backend
    model: Model
    reasons: tuple[Message, ...] = ()


@frozen
class VisionChoice:
    """The best local vision model, if there is one, and what was found on the way (``reasons``)."""

    pick: Pick | None
    reasons: tuple[Message, ...] = ()


def offered(profile: RuntimeProfile, backend: Backend, *, remote: bool = False) -> tuple[Model, ...]:
    """The models that this server runs itself; none when it is silent, or not where ``remote`` says."""
    server = profile.server(backend)
    if server.reachable is False or server.remote is not remote:
        return ()
    return tuple(model for model in server.models if not models.is_cloud(model))


def pick_vision(profile: RuntimeProfile, wishes: Wishes, room: Room, table: models.Family) -> VisionChoice:
    """The local vision model by wish, else by the policy's order; None when none is installed that fits.

    ``table``: the family that the policy names for this class; it heads the order of preference.
    """
    seeing = {b: tuple(m for m in offered(profile, b) if models.sees_images(m)) for b in SERVERS}
    order = tuple(b for b in SERVERS if any(room.fits(b, m) for m in seeing[b]))
    reasons: list[Message] = []
    for backend in SERVERS:
        if seeing[backend] and backend not in order:
            reasons.append(_too_large(backend, seeing[backend]))

    server = wishes.local_vision_provider
    named = _wished(profile, wishes, room, _searched(order, server))
    if server is not None:
        used = server in order or (named.pick is not None and named.pick.backend is server)
        code = "policy-server-configured" if used else "policy-server-configured-blind"
        reasons.append(message(code, server=SERVER_TITLES[server]))
    reasons.extend(named.reasons)
    if named.pick is not None:
        return VisionChoice(named.pick, tuple(reasons))
    if not order:
        return VisionChoice(None, tuple(reasons))

    if server in order:
        order = (server, *(b for b in order if b is not server))
    backend = order[0]
    auto = backend is Backend.LMSTUDIO
    model = best([m for m in seeing[backend] if room.fits(backend, m)], table, loaded_first=auto)
    reasons.extend(_why_server(backend, order, server))
    installed = any(models.family(m.name) is table for m in seeing[backend])
    reasons.append(_why_model(backend, model, table, table_installed=installed))
    reasons.extend(caveats(backend, model, table))
    return VisionChoice(Pick(backend, model), tuple(reasons))


def pick_cpu_fallback(profile: RuntimeProfile, room: Room, table: models.Family) -> Model | None:
    """Ollama's best vision model that fits into memory: it alone can be told per request to leave the GPU."""
    seeing = [m for m in offered(profile, Backend.OLLAMA) if models.sees_images(m)]
    fitting = [m for m in seeing if room.on_cpu(Backend.OLLAMA, m)]
    return best(fitting, table) if fitting else None


def pick_remote_vision(profile: RuntimeProfile, wishes: Wishes) -> Pick | None:
    """The vision model of a server on another host; what fits there is not known here."""
    for backend in SERVERS:
        seeing = [m for m in offered(profile, backend, remote=True) if models.sees_images(m)]
        if seeing:
            wanted = models.find(seeing, _wanted_name(wishes, backend) or "")
            model = wanted or best(seeing, models.Family.MOONDREAM2, loaded_first=backend is Backend.LMSTUDIO)
            return Pick(backend, model)
    return None


def pick_text(profile: RuntimeProfile, room: Room, *, remote: bool = False) -> Pick | None:
    """The model that plans, of those that only write and find room: one that the graphics card holds before one that
    works in memory, then the policy's own, then the largest."""
    candidates = [
        (backend, model)
        for backend in SERVERS
        for model in offered(profile, backend, remote=remote)
        if not models.is_embedding(model.name)
    ]
    own = [
        models.find([m for b, m in candidates if b is backend], models.LOCAL_PLANNING_MODEL)
        for backend in SERVERS
    ]
    fitting = [
        (backend, model)
        for backend, model in candidates
        if (model in own or not models.sees_images(model)) and (remote or room.fits(backend, model))
    ]
    if not fitting:
        return None

    def worth(pair: tuple[Backend, Model]) -> tuple[bool, bool, int, str]:
        backend, model = pair
        on_card = not remote and room.on_gpu(backend, model)
        return on_card, model in own, model.size_bytes or 0, model.name

    return Pick(*max(fitting, key=worth))


def planner_for(room: Room) -> str | None:
    """The planning model that this machine would run well: the best that its graphics card holds, where models may
    use that, else the smallest in memory. None where not even that finds room."""
    sized = {
        name: Model(name, size_bytes=round(size * 2**30)) for name, size in models.PLANNING_MODELS.items()
    }
    on_card = (name for name, model in sized.items() if room.on_gpu(Backend.OLLAMA, model))
    smallest = next(reversed(sized))
    in_memory = smallest if room.on_cpu(Backend.OLLAMA, sized[smallest]) else None
    return next(on_card, in_memory)


def installed_planners(profile: RuntimeProfile) -> tuple[str, ...]:
    """The models of servers here that only write, whether or not they find room."""
    return tuple(
        model.name
        for backend in SERVERS
        for model in offered(profile, backend)
        if not models.is_embedding(model.name) and not models.sees_images(model)
    )


def smaller_models(profile: RuntimeProfile, backend: Backend, name: str) -> tuple[Pick, ...]:
    """The installed vision models that are smaller than ``name`` on ``backend``: those of the same server first, the
    smallest first. None where sizes are unknown."""
    seeing = {b: [m for m in offered(profile, b) if models.sees_images(m)] for b in SERVERS}
    current = next((m.size_bytes for m in seeing[backend] if m.name == name), None)
    found = [
        Pick(b, m) for b in SERVERS for m in seeing[b] if current and m.size_bytes and m.size_bytes < current
    ]
    found.sort(key=lambda pick: (pick.backend is not backend, pick.model.size_bytes or 0, pick.model.name))
    return tuple(found)


def best(candidates: Sequence[Model], table: models.Family, *, loaded_first: bool = False) -> Model:
    """The first by the order of preference; smaller before larger within a rank, then by name."""
    high = table is models.Family.LLAVA_PHI3
    return min(
        candidates,
        key=lambda m: (
            loaded_first and not m.loaded,
            models.rank(m.name, high=high),
            m.size_bytes or float("inf"),
            m.name,
        ),
    )


def _wanted_name(wishes: Wishes, backend: Backend) -> str | None:
    """The model that the configuration names for this server; None for "choose yourself"."""
    own = wishes.lmstudio_model if backend is Backend.LMSTUDIO else ""
    for name in (own, wishes.local_vision_model or ""):
        if name.strip() and name.strip().lower() != "auto":
            return name.strip()
    return None


def _searched(order: tuple[Backend, ...], configured: Backend | None) -> tuple[Backend, ...]:
    """Where a configured model name is looked for: on the configured server alone, if that one can do the work."""
    if configured is None:
        return SERVERS
    return (
        (configured,) if configured in order else (configured, *(b for b in SERVERS if b is not configured))
    )


def _wished(
    profile: RuntimeProfile, wishes: Wishes, room: Room, servers: tuple[Backend, ...]
) -> VisionChoice:
    """The model that the configuration names, where it is installed.

    A model of which the server does not say whether it sees images is taken at the person's word: the proof
    with a test picture comes before it does any work.
    """
    reasons: list[Message] = []
    for backend in servers:
        name = _wanted_name(wishes, backend)
        model = models.find(offered(profile, backend), name) if name else None
        if model is None:
            continue
        shown, server = models.title(model.name), SERVER_TITLES[backend]
        if model.vision is False or models.is_embedding(model.name):
            reasons.append(message("policy-model-configured-blind", model=shown, server=server))
        elif not room.fits(backend, model):
            reasons.append(message("policy-model-configured-large", model=shown))
        else:
            found = message("policy-model-configured", model=shown, server=server)
            return VisionChoice(Pick(backend, model), (*reasons, found))
    names = {name for backend in servers if (name := _wanted_name(wishes, backend))}
    if names and not reasons:
        reasons.append(message("policy-model-configured-missing", model=LIST_SEPARATOR.join(sorted(names))))
    return VisionChoice(None, tuple(reasons))


def _too_large(backend: Backend, seeing: Sequence[Model]) -> Message:
    names = LIST_SEPARATOR.join(sorted({models.title(m.name) for m in seeing}))
    return message("policy-model-large", server=SERVER_TITLES[backend], models=names)


def _why_server(
    backend: Backend, order: tuple[Backend, ...], configured: Backend | None
) -> tuple[Message, ...]:
    if configured is backend:
        return ()
    code = "policy-server-first" if len(order) > 1 else "policy-server-only"
    return (message(code, server=SERVER_TITLES[backend]),)


def _why_model(backend: Backend, model: Model, table: models.Family, *, table_installed: bool) -> Message:
    shown = models.title(model.name)
    if models.family(model.name) is table:
        return message("policy-model-table", model=shown)
    if backend is Backend.LMSTUDIO:
        return message("policy-model-auto", model=shown)
    if table_installed:
        return message("policy-model-fits", model=shown)
    return message("policy-model-best", model=shown, preferred=models.FIGURES[table].title)


def caveats(backend: Backend, model: Model, table: models.Family) -> tuple[Message, ...]:
    """What a person should know about this model before they rely on it."""
    shown = models.title(model.name)
    said: list[Message] = []
    if model.vision is None:
        said.append(message("policy-model-by-name", model=shown, server=SERVER_TITLES[backend]))
    if models.family(model.name) is models.Family.MINICPM_V and table is not models.Family.LLAVA_PHI3:
        said.append(message("policy-model-heavy", model=shown))
    return tuple(said)


def remote_host(profile: RuntimeProfile, backend: Backend) -> str:
    return host_name(profile.server(backend).host)
