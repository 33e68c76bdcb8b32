"""From settings, keys and consents to servers, to what the policy may count on, and to what could be allowed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from autocut_tray.core.analyzers.server import CLOUD_ADDRESSES, Server, destination_of
from autocut_tray.core.egress.consent import Consent, Purpose, normal_address
from autocut_tray.core.egress.desk import Place
from autocut_tray.core.egress.ledger import Caps
from autocut_tray.core.egress.prices import micros
from autocut_tray.core.policy import models
from autocut_tray.core.policy.local_models import pick_remote_vision
from autocut_tray.core.policy.policy import CloudBackend, ExecutionPolicy, Provider
from autocut_tray.core.policy.wishes import CloudAccess, CloudChoice, RemoteConsent, Wishes
from autocut_tray.core.runtime.explain import SERVER_TITLES
from autocut_tray.core.runtime.probes.lmstudio_host import parse_lmstudio_host
from autocut_tray.core.runtime.probes.ollama_host import parse_ollama_host
from autocut_tray.core.runtime.profile import Backend, RuntimeProfile
from autocut_tray.core.settings.schema import Settings
from autocut_tray.core.settings.secrets import KeyStore

_PLANNERS: Mapping[str, Provider | None] = {
    "auto": None,
    "local": Provider.LOCAL,
    "cloud": Provider.CLOUD,
    "rules": Provider.NONE,
}

_PICTURES, _TEXTS = Wishes().cloud_vision, Wishes().cloud_planning


def server(settings: Settings, keys: KeyStore, backend: Backend | CloudBackend) -> Server:
    """Where a back end is reached, and with which key."""
    match backend:
        case Backend.OLLAMA:
            return Server(parse_ollama_host(settings.models.ollama_host).url)
        case Backend.LMSTUDIO:
            return Server(parse_lmstudio_host(settings.models.lmstudio_host).url, keys.get("lmstudio"))
        case CloudBackend():
            own = {
                CloudBackend.OPENAI: settings.cloud.openai_base_url,
                CloudBackend.DEEPSEEK: settings.cloud.deepseek_base_url,
            }[backend]
            return Server(own or CLOUD_ADDRESSES[backend], keys.get(backend.value))


def caps(settings: Settings) -> Caps:
    """The person's limits on spending."""
    cloud = settings.cloud
    return Caps(micros(cloud.daily_usd), micros(cloud.monthly_usd), cloud.daily_requests)


def wishes(settings: Settings, keys: KeyStore, consents: Iterable[Consent]) -> Wishes:
    """What this person's settings ask of the policy, and what their ``consents`` permit it."""
    chosen = settings.models
    given = tuple(consents)
    return Wishes(
        use_local_vision=chosen.use_local_vision,
        local_vision_provider=Backend(chosen.local_vision_provider) if chosen.local_vision_provider else None,
        local_vision_model=chosen.local_vision_model or None,
        lmstudio_model=chosen.lmstudio_model,
        openai=_access(CloudBackend.OPENAI, settings, keys, given),
        deepseek=_access(CloudBackend.DEEPSEEK, settings, keys, given),
        remote_consent=frozenset(_remote(settings, keys, given)),
        prefer_cloud=settings.policy.prefer_cloud,
        pictures=settings.analysis.pictures_per_scene,
        planning_provider=_PLANNERS[settings.policy.planning],
    )


def _access(
    backend: CloudBackend, settings: Settings, keys: KeyStore, consents: tuple[Consent, ...]
) -> CloudAccess:
    where = server(settings, keys, backend)

    def allowed(choice: CloudChoice, purpose: Purpose) -> bool:
        destination = destination_of(backend, choice.model, where, purpose)
        return choice.backend is backend and any(consent.covers(destination) for consent in consents)

    return CloudAccess(
        has_key=where.key is not None,
        pictures=allowed(_PICTURES, Purpose.VISION),
        texts=allowed(_TEXTS, Purpose.PLANNING),
    )


def _remote(settings: Settings, keys: KeyStore, consents: tuple[Consent, ...]) -> Iterator[RemoteConsent]:
    for backend in Backend:
        address = normal_address(server(settings, keys, backend).base_url)
        for consent in consents:
            if (consent.provider, consent.address) == (backend.value, address):
                yield RemoteConsent(backend, consent.model, pictures=consent.purpose is Purpose.VISION)


def places(
    settings: Settings, keys: KeyStore, profile: RuntimeProfile | None, policy: ExecutionPolicy | None
) -> tuple[Place, ...]:
    """What a person could allow: the providers' models for their tasks, and models of servers on other hosts."""
    found = [
        _provider(settings, keys, _PICTURES, Purpose.VISION),
        _provider(settings, keys, _TEXTS, Purpose.PLANNING),
    ]
    if profile is None or policy is None:
        return tuple(found)
    pick = pick_remote_vision(profile, wishes(settings, keys, ()))
    if pick is not None:
        found.append(_own(settings, keys, pick.backend, pick.model.name, Purpose.VISION))
    planning = policy.planning
    if isinstance(planning.backend, Backend) and planning.model and profile.server(planning.backend).remote:
        found.append(_own(settings, keys, planning.backend, planning.model, Purpose.PLANNING))
    return tuple(found)


def _provider(settings: Settings, keys: KeyStore, choice: CloudChoice, purpose: Purpose) -> Place:
    where = server(settings, keys, choice.backend)
    destination = destination_of(choice.backend, choice.model, where, purpose)
    return Place(destination, choice.model, models.PROVIDER_TITLES[choice.backend], own=False)


def _own(
    settings: Settings,
    keys: KeyStore,
    backend: Backend,
    model: str,
    purpose: Purpose,
) -> Place:
    destination = destination_of(backend, model, server(settings, keys, backend), purpose)
    return Place(destination, models.title(model), SERVER_TITLES[backend], own=True)
