"""Where vision, planning and editing run, and why: the result of :func:`~.resolver.resolve`."""

from __future__ import annotations

import enum
from collections.abc import Iterable

from autocut_tray.core.frozen import frozen
from autocut_tray.core.messages import Message
from autocut_tray.core.policy.governor_types import Tier
from autocut_tray.core.runtime.profile import Backend, ProfileClass


class Provider(enum.Enum):
    LOCAL = "local"
    CLOUD = "cloud"
    NONE = "none"


class Device(enum.Enum):
    GPU = "gpu"
    CPU = "cpu"
    AUTO = "auto"


class CloudBackend(enum.Enum):
    OPENAI = "openai"
    DEEPSEEK = "deepseek"


class BlockReason(enum.Enum):
    """Why a choice cannot act although the policy names it."""

    NO_KEY = "no_key"
    NO_CONSENT = "no_consent"
    NEVER_CLOUD = "never_cloud"
    NO_TLS = "no_tls"
    """A server on another host whose address is not https: nothing may be sent there."""
    NO_MODEL = "no_model"


@frozen
class VisionPolicy:
    """How scenes are described. ``image_px``: longest side sent to the model. ``pictures``: of a long scene that go
    to it together, at most."""

    provider: Provider
    local_backend: Backend | None
    cloud_backend: CloudBackend | None
    model: str | None
    device: Device | None
    max_scenes: int
    concurrency: int
    image_px: int
    blocked: BlockReason | None = None
    pictures: int = 1


@frozen
class PlanningPolicy:
    """Who orders the rough cut. With ``Provider.NONE`` or when blocked, rules do. ``device``: of a local model."""

    provider: Provider
    backend: Backend | CloudBackend | None
    model: str | None
    blocked: BlockReason | None = None
    device: Device | None = None


@frozen
class EditingPolicy:
    editor: str | None
    formats: tuple[str, ...]


@frozen
class Route:
    """How one tier describes a scene."""

    tier: Tier
    backend: Backend | CloudBackend
    model: str
    device: Device
    leaves_machine: bool
    """True when pictures would go to another host: a cloud, a remote server, or a ``:cloud`` model."""


class ActionKind(enum.Enum):
    """What the button of a recommendation does."""

    PULL_MODEL = "pull_model"
    START_SERVER = "start_server"
    OPEN_PAGE = "open_page"
    ENTER_KEY = "enter_key"
    ALLOW_CLOUD = "allow_cloud"
    FREE_VRAM = "free_vram"
    USE_MODEL = "use_model"
    DETECT_AGAIN = "detect_again"


@frozen
class Action:
    """``argument``: the model to pull, the address to open, the server to start or to free VRAM on, the provider
    or server that wants a key, a token or the person's yes, or with USE_MODEL the server and its installed model as
    ``ollama/moondream:latest``."""

    kind: ActionKind
    argument: str | None = None


@frozen
class Recommendation:
    """What would make this machine better at the job: the act, the reason, and what the button does."""

    text: Message
    reason: Message
    action: Action | None = None

    @property
    def code(self) -> str:
        return self.text.code


@frozen
class ExecutionPolicy:
    """The choices for one machine and one person, each with its reason."""

    profile_class: ProfileClass
    vision: VisionPolicy
    planning: PlanningPolicy
    editing: EditingPolicy
    routes: tuple[Route, ...]
    """The tiers that can describe scenes now, best first; PAUSED is always possible and not listed."""
    base_tier: Tier
    reasons: tuple[Message, ...]
    recommendations: tuple[Recommendation, ...]

    def route(self, tier: Tier) -> Route | None:
        return next((r for r in self.routes if r.tier is tier), None)


def replaced_tiers(
    before: ExecutionPolicy | None, after: ExecutionPolicy, tiers: Iterable[Tier | None]
) -> frozenset[Tier]:
    """Those of ``tiers`` that another model or server takes over."""
    return frozenset(
        tier
        for tier in tiers
        if before is not None and tier is not None
        for old, new in ((before.route(tier), after.route(tier)),)
        if old is not None and new is not None and (old.backend, old.model) != (new.backend, new.model)
    )
