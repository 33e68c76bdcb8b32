"""Whether anything may leave this machine: off unless a person said yes to this place, model and purpose."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from urllib.parse import urlsplit

from autocut_tray.core.frozen import frozen
from autocut_tray.core.policy.models import is_cloud
from autocut_tray.core.runtime.profile import Model
from autocut_tray.core.sockets import is_loopback_host

CONSENT_TEXT = 2
"""Number of the text that people agree to; a changed text asks again."""

OLLAMA_CLOUD = "https://ollama.com"
"""Where a local Ollama sends what is asked of its ``:cloud`` models."""

_DEFAULT_PORTS = {"http": 80, "https": 443}


class Purpose(enum.Enum):
    VISION = "vision"
    PLANNING = "planning"


class EgressRefusal(enum.Enum):
    """Why nothing may be sent; the first three have the values of the policy's block reasons."""

    NO_KEY = "no_key"
    NO_CONSENT = "no_consent"
    NEVER_CLOUD = "never_cloud"
    NO_TLS = "no_tls"
    NO_PRICE = "no_price"


@frozen
class Destination:
    """Where something would go. ``address`` as :func:`normal_address` writes it; ``model`` as it is sent.

    ``provider``: the back end, by the value of its enum.
    """

    provider: str
    address: str
    model: str
    purpose: Purpose
    needs_key: bool
    has_key: bool

    @property
    def host(self) -> str:
        return urlsplit(self.address).hostname or ""


@frozen
class Consent:
    """A person's yes: to this address, model, purpose and text. ``given_at``: seconds since the epoch."""

    provider: str
    address: str
    model: str
    purpose: Purpose
    text: int
    given_at: float

    @property
    def host(self) -> str:
        return urlsplit(self.address).hostname or ""

    @property
    def destination(self) -> Destination:
        """What was agreed to, keys apart."""
        return Destination(
            self.provider, self.address, self.model, self.purpose, needs_key=False, has_key=False
        )

    def covers(self, destination: Destination) -> bool:
        """Another address, model, purpose or text needs another yes."""
        return (self.address, self.model, self.purpose, self.text) == (
            destination.address,
            destination.model,
            destination.purpose,
            CONSENT_TEXT,
        )


def normal_address(base_url: str) -> str:
    """``scheme://host:port/path`` in lower case up to the path; the text itself when it is no address."""
    try:
        parts = urlsplit(base_url.strip())
        port = parts.port or _DEFAULT_PORTS.get(parts.scheme, 0)
    except ValueError:
        return base_url
    return f"{parts.scheme}://{parts.hostname or ''}:{port}{parts.path.rstrip('/')}"


def is_cloud_model(name: str) -> bool:
    """True for a model that a local Ollama only passes on, judged by its name (``…:cloud``, ``…-cloud``)."""
    return is_cloud(Model(name))


def leaves_machine(base_url: str, model: str, *, remote_host: str | None = None) -> bool:
    """True unless the server is on this machine beyond doubt and runs the model itself.

    ``remote_host``: what the server's own listing says about the model.
    """
    try:
        host = urlsplit(base_url).hostname or ""
    except ValueError:
        return True
    return not is_loopback_host(host) or is_cloud_model(model) or bool(remote_host)


def refusal(
    destination: Destination, consents: Iterable[Consent], *, never_cloud: bool
) -> EgressRefusal | None:
    """Why nothing may be sent to ``destination`` now; None when it may."""
    if never_cloud:
        return EgressRefusal.NEVER_CLOUD
    if urlsplit(destination.address).scheme != "https" and not is_loopback_host(destination.host):
        return EgressRefusal.NO_TLS
    if destination.needs_key and not destination.has_key:
        return EgressRefusal.NO_KEY
    if not any(consent.covers(destination) for consent in consents):
        return EgressRefusal.NO_CONSENT
    return None
