"""Where model servers are; apart from the code that talks to them, which costs an HTTP library."""

from __future__ import annotations

from collections.abc import Mapping

from autocut_tray.core.egress.consent import (
    OLLAMA_CLOUD,
    Destination,
    Purpose,
    leaves_machine,
    normal_address,
)
from autocut_tray.core.frozen import frozen
from autocut_tray.core.policy.models import wire_model_name
from autocut_tray.core.policy.policy import CloudBackend
from autocut_tray.core.runtime.profile import Backend

CLOUD_ADDRESSES: Mapping[CloudBackend, str] = {
    CloudBackend.OPENAI: "https://api.openai.com/v1",
    CloudBackend.DEEPSEEK: "https://api.deepseek.com",
}
"""The providers' own base addresses."""


@frozen
class Server:
    """Where a back end is reached. ``key``: its API key or token, if it wants one."""

    base_url: str
    key: str | None = None


def destination_of(
    backend: Backend | CloudBackend, model: str, server: Server, purpose: Purpose
) -> Destination:
    """What a person is asked about before anything goes there."""
    cloud = isinstance(backend, CloudBackend)
    # A server on this machine that does not run the model itself is an Ollama that passes it on.
    passed_on = backend is Backend.OLLAMA and not leaves_machine(server.base_url, "")
    return Destination(
        provider=backend.value,
        address=normal_address(OLLAMA_CLOUD if passed_on else server.base_url),
        model=wire_model_name(model) if cloud else model,
        purpose=purpose,
        needs_key=cloud,
        has_key=bool((server.key or "").strip()),
    )
