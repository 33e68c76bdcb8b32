"""LM Studio, and other servers that speak OpenAI's protocol: does it answer, and which models does it have."""

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
from autocut_tray.core.runtime.probes.lmstudio_host import LmStudioHost, parse_lmstudio_host
from autocut_tray.core.runtime.probes.machine import Machine
from autocut_tray.core.runtime.probes.model_servers import Questions, items, listens, silence, text
from autocut_tray.core.runtime.probes.server_installs import lmstudio_installed
from autocut_tray.core.runtime.profile import Model, ModelServer, Outcome

DEFAULT_ADDRESS = "http://localhost:1234/v1"
_EMBEDDING_TYPES = ("embedding", "embeddings")


class LmStudioProbe:
    """Asks ``/api/v1/models`` (0.4), ``/api/v0/models`` (0.3.6), ``/v1/models`` in this order.

    The body decides, not the status: LM Studio answers unknown paths with 200 and an error in it. ``address`` and
    ``token`` are read at each detection.
    """

    def __init__(
        self, machine: Machine, clock: Clock, address: Callable[[], str], token: Callable[[], str | None]
    ) -> None:
        self._machine = machine
        self._clock = clock
        self._address = address
        self._token = token

    def unknown(self) -> ModelServer:
        """What stands when there was no answer: the address alone."""
        host = self._host()
        return ModelServer(installed=None, reachable=None, host=host.url, remote=host.remote, version=None)

    def __call__(self, cancel: CancelToken) -> Answer[ModelServer]:
        host = self._host()
        installed, version = lmstudio_installed(self._machine)
        found = ModelServer(
            installed=installed,
            reachable=False,
            host=host.url,
            remote=host.remote,
            version=None if host.remote else version or None,
        )
        if not host.valid:
            return Answer(
                replace(found, problem="lmstudio-bad-address"), Outcome.FAILED, f"no address: {host.url}"
            )
        if not listens(host.root):
            return Answer(
                replace(found, problem="lmstudio-silent"), Outcome.ABSENT, f"nothing listens at {host.root}"
            )
        token = self._token()
        headers = {"Authorization": f"Bearer {token}"} if token else None
        try:
            with closing(Questions(host.root, cancel, self._clock, headers)) as questions:
                return _ask(questions, found, token is not None)
        except BackendError as error:
            problem = silence("lmstudio", error)
            outcome = Outcome.ABSENT if problem == "lmstudio-silent" else Outcome.FAILED
            return Answer(replace(found, problem=problem), outcome, f"{error.code}: {error.detail}")

    def _host(self) -> LmStudioHost:
        return parse_lmstudio_host(self._address().strip() or DEFAULT_ADDRESS)


def _ask(questions: Questions, found: ModelServer, with_token: bool) -> Answer[ModelServer]:
    statuses = []
    for path, read in _LISTINGS:
        reply = questions.get(path)
        if reply.status in (401, 403):
            problem = "lmstudio-token-refused" if with_token else "lmstudio-wants-token"
            return Answer(
                replace(found, reachable=True, problem=problem), detail=f"{path}: status {reply.status}"
            )
        models = read(reply.body) if reply.ok else None
        if models is not None:
            # Other programs serve this protocol too: only its own listings prove that it is LM Studio.
            ours = path != _OPENAI_LISTING and not found.remote
            installed = True if ours else found.installed
            return Answer(replace(found, installed=installed, reachable=True, models=models))
        statuses.append(f"{path}: status {reply.status}")
    return Answer(replace(found, problem="lmstudio-strange"), Outcome.FAILED, "; ".join(statuses))


def _read_v1(body: object) -> tuple[Model, ...] | None:
    """``/api/v1/models``: loaded means that there are instances; there is no ``vlm`` type, but a capability."""
    entries = items(body, "models")
    if entries is None or any("key" not in entry for entry in entries):
        return None
    models = []
    for entry in entries:
        name = text(entry.get("key"))
        if name is None or entry.get("type") in _EMBEDDING_TYPES:
            continue
        quantization = entry.get("quantization")
        instances = entry.get("loaded_instances")
        models.append(
            Model(
                name=name,
                size_bytes=byte_count(entry.get("size_bytes")) or None,
                quantization=text(quantization.get("name"))
                if isinstance(quantization, dict)
                else text(quantization),
                vision=_flag(entry.get("capabilities"), "vision"),
                loaded=bool(instances) if isinstance(instances, list) else None,
            )
        )
    return tuple(models)


def _read_v0(body: object) -> tuple[Model, ...] | None:
    """``/api/v0/models``: told apart from the plain listing by the ``state`` that its entries have."""
    entries = items(body, "data")
    if entries is None or any("state" not in entry for entry in entries):
        return None
    return tuple(
        Model(
            name=name,
            quantization=text(entry.get("quantization")),
            vision=entry.get("type") == "vlm",
            loaded=entry.get("state") == "loaded",
        )
        for entry in entries
        if (name := text(entry.get("id"))) is not None and entry.get("type") not in _EMBEDDING_TYPES
    )


def _read_openai(body: object) -> tuple[Model, ...] | None:
    """``/v1/models``: names alone. llama.cpp's server adds what its model takes in, and how large it is."""
    entries = items(body, "data")
    if entries is None:
        return None
    extras = {text(item.get("name")): item for item in items(body, "models") or []}
    models = []
    for entry in entries:
        name = text(entry.get("id"))
        if name is None or name.startswith("text-embedding-"):
            continue
        told = entry.get("meta")
        meta = told if isinstance(told, dict) else {}
        models.append(
            Model(
                name=name,
                size_bytes=byte_count(meta.get("size")) or None,
                quantization=text(meta.get("ftype")),
                vision=_takes_images(entry, extras.get(name, {})),
            )
        )
    return tuple(models)


def _takes_images(entry: dict[str, Any], extra: dict[str, Any]) -> bool | None:
    architecture = entry.get("architecture")
    modalities = architecture.get("input_modalities") if isinstance(architecture, dict) else None
    if isinstance(modalities, list):
        return "image" in modalities
    capabilities = extra.get("capabilities")
    return "multimodal" in capabilities if isinstance(capabilities, list) else None


def _flag(capabilities: object, name: str) -> bool | None:
    value = capabilities.get(name) if isinstance(capabilities, dict) else None
    return value if isinstance(value, bool) else None


_OPENAI_LISTING = "/v1/models"
_LISTINGS: tuple[tuple[str, Callable[[object], tuple[Model, ...] | None]], ...] = (
    ("/api/v1/models", _read_v1),
    ("/api/v0/models", _read_v0),
    (_OPENAI_LISTING, _read_openai),
)
