"""What a person and their configuration ask for, before the policy has its say."""

from __future__ import annotations

from autocut_tray.core.footage import MAX_PICTURES
from autocut_tray.core.frozen import frozen
from autocut_tray.core.policy.governor_types import Tier
from autocut_tray.core.policy.models import CLOUD_PLANNING_MODEL, CLOUD_VISION_MODEL
from autocut_tray.core.policy.policy import BlockReason, CloudBackend, Provider
from autocut_tray.core.runtime.profile import Backend


@frozen
class CloudAccess:
    """What one cloud provider may get: a key is there, and the person said yes to pictures, to texts."""

    has_key: bool = False
    pictures: bool = False
    texts: bool = False


@frozen
class RemoteConsent:
    """A yes to one model of one model server on another host, for pictures or for texts."""

    backend: Backend
    model: str
    pictures: bool


@frozen
class CloudChoice:
    """A provider and its model, by the name that people know."""

    backend: CloudBackend
    model: str


@frozen
class Wishes:
    """The forced arguments, the pin, the configuration and the permissions of one person.

    Forced: ``force`` (``force_local``/``force_cloud`` of one call) and ``pin`` (the tray).
    Chosen: ``vision_provider``, and ``use_local_vision`` False, say where scenes are described, which makes the class
    CLOUD_HYBRID; ``use_local_vision`` True is what the policy does by itself. ``planning_provider`` says who plans
    rough cuts, and changes nothing else.
    Configured: ``local_vision_…``, ``lmstudio_model`` (``auto``: LM Studio's own) and ``cloud_…`` say which
    server and model do the work at the place that was decided.
    Permitted: ``remote_consent`` names models of servers on other hosts that may get pictures or texts.
    """

    force: Provider | None = None
    pin: Tier | None = None

    vision_provider: Provider | None = None
    planning_provider: Provider | None = None
    use_local_vision: bool | None = None

    local_vision_provider: Backend | None = None
    local_vision_model: str | None = None
    lmstudio_model: str = "auto"
    cloud_vision: CloudChoice = CloudChoice(CloudBackend.OPENAI, CLOUD_VISION_MODEL)
    cloud_planning: CloudChoice = CloudChoice(CloudBackend.DEEPSEEK, CLOUD_PLANNING_MODEL)

    openai: CloudAccess = CloudAccess()
    deepseek: CloudAccess = CloudAccess()
    remote_consent: frozenset[RemoteConsent] = frozenset()
    never_cloud: bool = False
    prefer_cloud: bool = False
    pictures: int = MAX_PICTURES
    """Of a long scene, at most."""

    def names_model(self, backend: Backend | CloudBackend) -> bool:
        """Whether the configuration says which model of a local server describes scenes."""
        own = self.lmstudio_model if backend is Backend.LMSTUDIO else ""
        return any(name.strip().lower() not in ("", "auto") for name in (own, self.local_vision_model or ""))

    def access(self, backend: CloudBackend) -> CloudAccess:
        return self.openai if backend is CloudBackend.OPENAI else self.deepseek

    def provider_block(self, backend: CloudBackend, *, pictures: bool) -> BlockReason | None:
        """What stands between a task and a provider: the lock, then the key, then the person's yes."""
        access = self.access(backend)
        if not access.has_key:
            return self._locked(BlockReason.NO_KEY)
        consent = access.pictures if pictures else access.texts
        return self._locked(None if consent else BlockReason.NO_CONSENT)

    def remote_block(
        self, backend: Backend, model: str, address: str | None, *, pictures: bool
    ) -> BlockReason | None:
        """What stands between a task and a model server on another host: the lock, encryption, the person's yes."""
        if not (address or "").strip().lower().startswith("https://"):
            return self._locked(BlockReason.NO_TLS)
        consent = RemoteConsent(backend, model, pictures) in self.remote_consent
        return self._locked(None if consent else BlockReason.NO_CONSENT)

    def _locked(self, blocked: BlockReason | None) -> BlockReason | None:
        return BlockReason.NEVER_CLOUD if self.never_cloud else blocked

    @property
    def chosen(self) -> bool:
        """True when the person said where scenes are described."""
        return self.vision_provider is not None or self.use_local_vision is False
