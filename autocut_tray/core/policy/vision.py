"""The vision part of the policy: where scenes are described, by which model, and by which routes to step down."""

from __future__ import annotations

from dataclasses import replace

from autocut_tray.core.frozen import frozen
from autocut_tray.core.messages import Message, message
from autocut_tray.core.policy import models
from autocut_tray.core.policy.class_table import Case
from autocut_tray.core.policy.governor_types import Tier
from autocut_tray.core.policy.local_models import (
    Pick,
    caveats,
    pick_cpu_fallback,
    pick_remote_vision,
    pick_vision,
    remote_host,
)
from autocut_tray.core.policy.policy import (
    BlockReason,
    CloudBackend,
    Device,
    Provider,
    Route,
    VisionPolicy,
)
from autocut_tray.core.policy.wishes import Wishes
from autocut_tray.core.runtime.explain import shown_gpu
from autocut_tray.core.runtime.profile import Backend, GpuKind, ProfileClass

CLOUD_IMAGE_PX = 768
"""No picture that leaves the machine is larger (the product's limit for uploads)."""

CLOUD_CONCURRENCY = 2
"""Hides the way there and back; far below the providers' limits per account."""


@frozen
class VisionAnswer:
    """``base``: the tier to work on when nothing is in the way."""

    policy: VisionPolicy
    routes: tuple[Route, ...]
    base: Tier
    reasons: tuple[Message, ...]


def _place(wishes: Wishes) -> tuple[Provider | None, Message | None]:
    """Where the person wants vision to run, and why that counts; None where the policy decides."""
    if wishes.force is not None:
        return wishes.force, message("policy-vision-forced", place=wishes.force.value)
    if wishes.pin is not None and wishes.pin is not Tier.PAUSED:
        return None, None
    if wishes.vision_provider is not None:
        return wishes.vision_provider, message("policy-vision-chosen", place=wishes.vision_provider.value)
    if wishes.use_local_vision is False:
        return Provider.CLOUD, message("policy-vision-setting")
    return None, None


def choose_vision(case: Case) -> VisionAnswer:
    """Where, by what and how scenes are described, before a pin has its say."""
    place, why = _place(case.wishes)
    said = () if why is None else (why,)
    if place is Provider.NONE:
        return _without_vision(case, said)
    if place is Provider.CLOUD:
        return _cloud_vision(case, said, remote=False, provider=True)
    choice = pick_vision(case.profile, case.wishes, case.room, case.row.family)
    said = (*said, *choice.reasons)
    if choice.pick is not None:
        return _local_vision(case, choice.pick, said, alone=place is Provider.LOCAL)
    if place is None:
        return _cloud_vision(case, said, remote=True, provider=True)
    if case.wishes.force is None and pick_remote_vision(case.profile, case.wishes) is not None:
        return _cloud_vision(case, said, remote=True, provider=False)
    return _blocked_local_vision(case, said)


def _without_vision(case: Case, said: tuple[Message, ...]) -> VisionAnswer:
    policy = VisionPolicy(
        Provider.NONE, None, None, None, None, case.row.max_scenes, case.row.concurrency, case.row.image_px
    )
    return VisionAnswer(policy, (), Tier.PAUSED, said)


def _blocked_local_vision(case: Case, said: tuple[Message, ...]) -> VisionAnswer:
    row = case.row
    policy = VisionPolicy(
        provider=Provider.LOCAL,
        local_backend=None,
        cloud_backend=None,
        model=row.family.value,
        device=row.device,
        max_scenes=row.max_scenes,
        concurrency=row.concurrency,
        image_px=row.image_px,
        blocked=BlockReason.NO_MODEL,
    )
    missing = message("policy-vision-no-model", model=models.FIGURES[row.family].title)
    return VisionAnswer(policy, (), Tier.PAUSED, (*said, missing))


def _local_vision(case: Case, pick: Pick, said: tuple[Message, ...], *, alone: bool) -> VisionAnswer:
    """``alone``: the person wants vision on this machine, so no other rung may leave it."""
    local, device_reasons = _local_routes(case, pick)
    cloud = None if alone else _cloud_route(case, remote=True, provider=True)
    routes = local
    rest: tuple[Message, ...] = ()
    if cloud is not None and cloud.route is not None:
        # The cloud is a fallback here: preferred or not, it comes after the tier that the policy begins with.
        routes = (*local[:1], cloud.route, *local[1:]) if case.wishes.prefer_cloud else (*local, cloud.route)
        rest = (message("policy-fallback-cloud", model=cloud.route.model, place=cloud.place),)
    base = routes[0].tier
    row = case.row
    policy = VisionPolicy(
        provider=Provider.LOCAL,
        local_backend=pick.backend,
        cloud_backend=None,
        model=pick.model.name,
        device=row.device if base is Tier.GPU else Device.CPU,
        max_scenes=row.max_scenes,
        concurrency=row.concurrency,
        image_px=row.image_px,
    )
    return VisionAnswer(policy, routes, base, (*said, *device_reasons, *rest))


def _local_routes(case: Case, pick: Pick) -> tuple[tuple[Route, ...], tuple[Message, ...]]:
    """How the picked model runs on the GPU and on the CPU, best first; at least one way, for it fits."""
    backend, model, room = pick.backend, pick.model, case.room
    shown = models.title(model.name)
    gpu = shown_gpu(case.profile)
    card = gpu is not None and gpu.kind not in (GpuKind.INTEGRATED, GpuKind.UNIFIED)
    unified = gpu is not None and gpu.kind is GpuKind.UNIFIED
    routes: list[Route] = []
    said: list[Message] = []
    if room.on_gpu(backend, model):
        routes.append(Route(Tier.GPU, backend, model.name, Device.GPU, leaves_machine=False))
        said.append(message("policy-device-gpu", model=shown))
    elif case.row.device is not Device.CPU:
        said.append(message("policy-device-too-large", model=shown))
    if backend is Backend.OLLAMA:
        if room.on_cpu(backend, model):
            # On unified memory there is no VRAM to spare: the server may use the GPU's cores as it likes.
            device = Device.AUTO if unified else Device.CPU
            routes.append(Route(Tier.CPU, backend, model.name, device, leaves_machine=False))
            said.append(message("policy-fallback-cpu" if len(routes) > 1 else _cpu_code(case, unified)))
    elif not routes:
        device = Device.AUTO if card or unified else Device.CPU
        routes.append(Route(Tier.CPU, backend, model.name, device, leaves_machine=False))
        said.append(message("policy-device-lmstudio" if card else _cpu_code(case, unified)))
    else:
        stand_in = pick_cpu_fallback(case.profile, room, case.row.family)
        if stand_in is None:
            said.append(message("policy-fallback-cpu-none"))
        else:
            routes.append(Route(Tier.CPU, Backend.OLLAMA, stand_in.name, Device.CPU, leaves_machine=False))
            said.append(message("policy-fallback-cpu-ollama", model=models.title(stand_in.name)))
    return tuple(routes), tuple(said)


def _cpu_code(case: Case, unified: bool) -> str:
    if unified:
        return "policy-device-unified"
    return "policy-device-cpu-low" if case.hardware is ProfileClass.LOCAL_GPU_LOW else "policy-device-cpu"


@frozen
class _Cloud:
    """A way for pictures to leave the machine; ``route`` is None while it is blocked. ``place``: who gets them."""

    local_backend: Backend | None
    cloud_backend: CloudBackend | None
    model: str
    place: str
    blocked: BlockReason | None
    reasons: tuple[Message, ...] = ()

    @property
    def route(self) -> Route | None:
        backend = self.local_backend or self.cloud_backend
        if self.blocked is not None or backend is None:
            return None
        return Route(Tier.CLOUD, backend, self.model, Device.AUTO, leaves_machine=True)


def _cloud_route(case: Case, *, remote: bool, provider: bool) -> _Cloud | None:
    """The first way that is allowed, else the first there is: a server of one's own, then the provider."""
    profile, wishes = case.profile, case.wishes
    ways: list[_Cloud] = []
    pick = pick_remote_vision(profile, wishes) if remote else None
    if pick is not None:
        address = profile.server(pick.backend).host
        blocked = wishes.remote_block(pick.backend, pick.model.name, address, pictures=True)
        host = remote_host(profile, pick.backend)
        said = (
            message("policy-vision-remote", model=models.title(pick.model.name), host=host),
            *caveats(pick.backend, pick.model, case.row.family),
        )
        ways.append(_Cloud(pick.backend, None, pick.model.name, host, blocked, said))
    if provider:
        choice = wishes.cloud_vision
        name = models.PROVIDER_TITLES[choice.backend]
        blocked = wishes.provider_block(choice.backend, pictures=True)
        said = (message("policy-vision-cloud", model=choice.model, provider=name),)
        ways.append(_Cloud(None, choice.backend, choice.model, name, blocked, said))
    return next((way for way in ways if way.blocked is None), ways[0] if ways else None)


def _cloud_vision(case: Case, said: tuple[Message, ...], *, remote: bool, provider: bool) -> VisionAnswer:
    cloud = _cloud_route(case, remote=remote, provider=provider)
    if cloud is None:
        return _blocked_local_vision(case, said)
    policy = VisionPolicy(
        provider=Provider.CLOUD,
        local_backend=cloud.local_backend,
        cloud_backend=cloud.cloud_backend,
        model=cloud.model,
        device=None,
        max_scenes=case.row.max_scenes,
        concurrency=CLOUD_CONCURRENCY,
        image_px=CLOUD_IMAGE_PX,
        blocked=cloud.blocked,
    )
    if remote and cloud.local_backend is None:
        said = (*said, message("policy-vision-no-local"))
    reasons = (*said, *cloud.reasons)
    if cloud.route is None:
        blocked = cloud.blocked.value if cloud.blocked else ""
        reasons = (*reasons, message("policy-vision-blocked", why=blocked, place=cloud.place))
        return VisionAnswer(policy, (), Tier.PAUSED, reasons)
    return VisionAnswer(policy, (cloud.route,), Tier.CLOUD, reasons)


def pinned(vision: VisionAnswer, pin: Tier | None) -> VisionAnswer:
    """The pinned tier is the base, or PAUSED where it has no way to work; the other routes stay known."""
    if pin is None or vision.policy.provider is Provider.NONE:
        return vision
    route = next((r for r in vision.routes if r.tier is pin), None)
    if route is None:
        code = "policy-pin-paused" if pin is Tier.PAUSED else "policy-pin-impossible"
        said = message(code, tier=pin.value)
        return replace(vision, base=Tier.PAUSED, reasons=(*vision.reasons, said))
    cloud = pin is Tier.CLOUD
    policy = replace(
        vision.policy,
        provider=Provider.CLOUD if cloud else Provider.LOCAL,
        local_backend=route.backend if isinstance(route.backend, Backend) else None,
        cloud_backend=route.backend if isinstance(route.backend, CloudBackend) else None,
        model=route.model,
        device=None if cloud else Device.GPU if pin is Tier.GPU else Device.CPU,
        concurrency=CLOUD_CONCURRENCY if cloud else vision.policy.concurrency,
        image_px=CLOUD_IMAGE_PX if cloud else vision.policy.image_px,
    )
    said = message("policy-pin", tier=pin.value)
    return replace(vision, policy=policy, base=pin, reasons=(*vision.reasons, said))
