"""Ollama: is it there, does it answer, and which models does it have."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from typing import Any

from autocut_tray.core.cancel import CancelToken
from autocut_tray.core.clock import Clock
from autocut_tray.core.errors import BackendError
from autocut_tray.core.runtime.probes.answer import Answer
from autocut_tray.core.runtime.probes.figures import byte_count
from autocut_tray.core.runtime.probes.machine import Machine
from autocut_tray.core.runtime.probes.model_servers import Questions, items, listens, silence, text
from autocut_tray.core.runtime.probes.ollama_host import OllamaHost, parse_ollama_host
from autocut_tray.core.runtime.probes.server_installs import ollama_installed
from autocut_tray.core.runtime.profile import Model, ModelServer, Outcome

_CLOUD_SUFFIXES = (":cloud", "-cloud")


class OllamaProbe:
    """Asks ``/api/version``, ``/api/tags``, ``/api/ps`` and, where a server is old, ``/api/show``.

    ``address``: the person's ``OLLAMA_HOST``, read at each detection.
    """

    def __init__(self, machine: Machine, clock: Clock, address: Callable[[], str]) -> None:
        self._machine = machine
        self._clock = clock
        self._address = address

    def unknown(self) -> ModelServer:
        """What stands when there was no answer: the address alone."""
        host = parse_ollama_host(self._address())
        return ModelServer(installed=None, reachable=None, host=host.url, remote=host.remote, version=None)

    def __call__(self, cancel: CancelToken) -> Answer[ModelServer]:
        host = parse_ollama_host(self._address())
        installed = ollama_installed(self._machine)
        found = ModelServer(
            installed=installed, reachable=False, host=host.url, remote=host.remote, version=None
        )
        if not host.valid:
            return Answer(
                replace(found, problem="ollama-bad-address"), Outcome.FAILED, f"no address: {host.url}"
            )
        if not listens(host.url):
            return Answer(
                replace(found, problem="ollama-silent"), Outcome.ABSENT, f"nothing listens at {host.url}"
            )
        try:
            with closing(Questions(host.url, cancel, self._clock)) as questions:
                return self._ask(questions, found, host)
        except BackendError as error:
            problem = silence("ollama", error)
            outcome = Outcome.ABSENT if problem == "ollama-silent" else Outcome.FAILED
            return Answer(replace(found, problem=problem), outcome, f"{error.code}: {error.detail}")

    def _ask(self, questions: Questions, found: ModelServer, host: OllamaHost) -> Answer[ModelServer]:
        reply = questions.get("/api/tags")
        listed = items(reply.body, "models") if reply.ok else None
        if listed is None:
            problem = "ollama-refuses" if reply.status == 403 else "ollama-strange"
            return Answer(
                replace(found, problem=problem), Outcome.FAILED, f"/api/tags: status {reply.status}"
            )
        version, loaded, details = None, None, []
        try:
            body = questions.get("/api/version").body
            version = text(body.get("version")) if isinstance(body, dict) else None
            loaded = _loaded(items(questions.get("/api/ps").body, "models"))
        except BackendError as error:
            details.append(error.code)
        models = []
        for entry in listed:
            capabilities, why = _capabilities(entry, questions)
            if why:
                details.append(why)
            model = _model(entry, capabilities, loaded)
            if model is not None:
                models.append(model)
        server = replace(
            found,
            installed=True if not host.remote else found.installed,
            reachable=True,
            version=version,
            models=tuple(models),
        )
        return Answer(server, detail="; ".join(dict.fromkeys(details)) or None)


def is_cloud(name: str, entry: dict[str, Any]) -> bool:
    """A stub that hands pictures on to another host. The name says so even where the server does not."""
    return bool(entry.get("remote_host") or entry.get("remote_model")) or name.lower().endswith(
        _CLOUD_SUFFIXES
    )


def _model(
    entry: dict[str, Any], capabilities: list[str] | None, loaded: dict[str, int | None] | None
) -> Model | None:
    """One entry of ``/api/tags``; None for what has no name or only makes embeddings."""
    name = text(entry.get("name")) or text(entry.get("model"))
    if name is None or (capabilities and "embedding" in capabilities and "completion" not in capabilities):
        return None
    details = entry.get("details")
    quantization = text(details.get("quantization_level")) if isinstance(details, dict) else None
    cloud = is_cloud(name, entry)
    return Model(
        name=name,
        size_bytes=None if cloud else byte_count(entry.get("size")) or None,
        quantization=None if quantization == "unknown" else quantization,
        vision=None if capabilities is None else "vision" in capabilities,
        cloud=cloud,
        loaded=None if loaded is None else name in loaded,
        vram_bytes=None if loaded is None else loaded.get(name),
    )


def _loaded(entries: list[dict[str, Any]] | None) -> dict[str, int | None] | None:
    """The VRAM bytes of each loaded model by name; 0: it runs on the processor."""
    if entries is None:
        return None
    return {
        name: byte_count(entry.get("size_vram"))
        for entry in entries
        if (name := text(entry.get("name")) or text(entry.get("model"))) is not None
    }


def _capabilities(entry: dict[str, Any], questions: Questions) -> tuple[list[str] | None, str | None]:
    """What a model can do, and else why that is not known.

    Servers before 0.30 (2026-06) tell it in ``/api/show`` only. A cloud stub is not asked for there: the server would
    ask its owner.
    """
    told = entry.get("capabilities")
    if isinstance(told, list):
        return [str(item) for item in told], None
    name = text(entry.get("name")) or text(entry.get("model"))
    if name is None or is_cloud(name, entry):
        return None, None
    try:
        reply = questions.post("/api/show", {"model": name, "name": name})
    except BackendError as error:
        return None, f"/api/show {name}: {error.code}"
    if not reply.ok or not isinstance(reply.body, dict):
        return None, f"/api/show {name}: status {reply.status}"
    return shown_capabilities(reply.body), None


def shown_capabilities(body: dict[str, Any]) -> list[str]:
    """The capabilities in an answer of ``/api/show``; by the server's own test before 0.6.4 (2025-04) told them."""
    told = body.get("capabilities")
    if isinstance(told, list):
        return [str(item) for item in told]
    info = body.get("model_info")
    keys = info if isinstance(info, dict) else {}
    sees = bool(body.get("projector_info")) or any(str(key).endswith(".vision.block_count") for key in keys)
    return ["completion", "vision"] if sees else ["completion"]
