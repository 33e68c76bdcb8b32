"""Where the model servers are, by the settings and keys of the person."""

from __future__ import annotations

from autocut_tray.core.runtime.probes import ServerAddresses
from autocut_tray.core.runtime.probes.lmstudio_host import parse_lmstudio_host
from autocut_tray.core.runtime.probes.ollama_host import parse_ollama_host
from autocut_tray.core.runtime.profile import Backend
from autocut_tray.core.settings.schema import Settings
from autocut_tray.core.settings.secrets import KeyStore


def addresses(settings: Settings, keys: KeyStore) -> ServerAddresses:
    """Where the model servers are looked for."""
    models = settings.models
    return ServerAddresses(models.ollama_host, models.lmstudio_host, keys.get("lmstudio"))


def local_root(settings: Settings, keys: KeyStore, backend: Backend) -> tuple[str, str | None] | None:
    """Root address and token of a model server on this machine; None when it is elsewhere."""
    if backend is Backend.OLLAMA:
        ollama = parse_ollama_host(settings.models.ollama_host)
        return None if ollama.remote or not ollama.valid else (ollama.url, None)
    lmstudio = parse_lmstudio_host(settings.models.lmstudio_host)
    return None if lmstudio.remote or not lmstudio.valid else (lmstudio.root, keys.get("lmstudio"))
