"""A fake of LM Studio's server: three listings by version, loading, and errors that come with status 200.

with FakeLmStudio([StudioModel("qwen2-vl-2b-instruct")], token="sk-lm-test:1") as studio:
    studio.faults.add(PredictionError(), path="/v1/chat/completions")
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal

from tests.servers.answer_faults import shape_answer
from tests.servers.go_format import rfc3339_nano, version_tuple
from tests.servers.lmstudio_store import (
    DoesNotFitError,
    Download,
    Instance,
    StudioModel,
    StudioStore,
    entry_of_v0,
    entry_of_v1,
)
from tests.servers.openai_shapes import (
    ChatInput,
    Completion,
    chat_input,
    data_uri,
    response_schema,
    sse,
    token_limit,
)
from tests.servers.pictures import picture_kind
from tests.servers.schema_answers import answer_text, seed_of, words
from tests.servers.scripted import Exchange, ScriptedServer
from tests.servers.wire_faults import Fault

NO_TOKEN = (
    "An LM Studio API token is required to make requests to this server, but none was provided using the "
    "Authorization header using the 'Bearer' scheme (i.e., 'Authorization: Bearer $LM_API_TOKEN'). "
    "Learn more at: https://lmstudio.ai/docs/developer/core/authentication."
)
NO_MODELS_LOADED = (
    "No models loaded. Please load a model in the developer page or use the 'lms load' command."
)
BAD_IMAGE_URL = "'url' field must be a base64 encoded image."
NO_IMAGES = "Model does not support images. Please use a model that does."
NO_VISION_ADD_ON = (
    "Error in iterating prediction stream: ValueError: Vision add-on is not loaded, but images were provided "
    "for processing"
)
CRASHED = "The model has crashed without additional information. (Exit code: null)"


@dataclass(frozen=True, slots=True)
class PredictionError(Fault):
    """**Status 200** with an error body; in a stream an error event without a type."""

    text: str = NO_VISION_ADD_ON


@dataclass(frozen=True, slots=True)
class Refusal(Fault):
    """An error with a status; ``as_object`` writes ``error`` as an object, else as a plain string."""

    status: int = 500
    text: str = CRASHED
    as_object: bool = False


@dataclass(frozen=True, slots=True)
class LoadFailed(Fault):
    """A load that dies for want of memory on the GPU: a code and an abort, not a word about memory."""


Overflow = Literal["200", "400", "blank"]


class FakeLmStudio(ScriptedServer):
    """LM Studio on loopback; ``base_url`` is what a person would enter."""

    def __init__(
        self,
        models: Iterable[StudioModel] = (StudioModel("tiny-vlm"),),
        *,
        version: str = "0.4.18",
        token: str | None = None,
        just_in_time: bool = True,
        memory_bytes: int = 16 * 2**30,
        overflow: Overflow = "200",
        port: int = 0,
    ) -> None:
        super().__init__(port=port)
        self.version = version
        self.token = token
        self.just_in_time = just_in_time
        self.overflow: Overflow = overflow
        """What a prompt over the context gets: an error with 200 or 400, or a blank answer."""
        self.store = StudioStore(list(models), memory_bytes)
        self.answer: Callable[[StudioModel, dict[str, Any], ChatInput], str] = studio_answer
        """What the models say; a test may put its own function here."""
        self.load_seconds = 0.0
        self.answer_seconds = 0.0
        self.download_per_poll = 0
        """Bytes each status request adds to a download; 0: only ``store.advance`` does."""

    @property
    def base_url(self) -> str:
        return f"{self.url}/v1"

    def since(self, *version: int) -> bool:
        return version_tuple(self.version) >= version

    def respond(self, exchange: Exchange) -> None:
        if self.token is not None and self.since(0, 4) and not self._has_token(exchange):
            error = {"type": "invalid_request", "code": "invalid_api_key", "message": NO_TOKEN}
            exchange.send_json(401, {"error": error})
            return
        handler = self._routes().get(f"{exchange.method} {exchange.path}")
        if handler is None:
            handler = self._by_prefix(exchange)
        if handler is None:
            text = f"Unexpected endpoint or method. ({exchange.method} {exchange.path})"
            exchange.send_json(200, {"error": text})
            return
        handler(exchange)

    def _has_token(self, exchange: Exchange) -> bool:
        return exchange.headers.get("authorization") == f"Bearer {self.token}"

    def _routes(self) -> dict[str, Callable[[Exchange], None]]:
        routes: dict[str, Callable[[Exchange], None]] = {
            "GET /v1/models": self._v1_models,
            "POST /v1/chat/completions": self._chat,
        }
        if self.since(0, 3, 6):
            routes["GET /api/v0/models"] = self._api_v0_models
        if self.since(0, 4):
            routes |= {
                "GET /api/v1/models": self._api_v1_models,
                "POST /api/v1/models/load": self._load,
                "POST /api/v1/models/unload": self._unload,
                "POST /api/v1/models/download": self._download,
            }
        return routes

    def _by_prefix(self, exchange: Exchange) -> Callable[[Exchange], None] | None:
        path = exchange.path
        if (
            self.since(0, 4)
            and exchange.method == "GET"
            and path.startswith("/api/v1/models/download/status/")
        ):
            return self._download_status
        if self.since(0, 3, 6) and exchange.method == "GET" and path.startswith("/api/v0/models/"):
            return self._api_v0_model
        return None

    # Lists

    def _listed(self) -> list[StudioModel]:
        """Without just-in-time loading the older lists show loaded models only."""
        return [
            model for model in self.store.models.values() if self.just_in_time or self.store.loaded(model.key)
        ]

    def _v1_models(self, exchange: Exchange) -> None:
        data = [
            {"id": model.key, "object": "model", "owned_by": "organization_owner"} for model in self._listed()
        ]
        exchange.send_json(200, {"data": data, "object": "list"})

    def _api_v0_models(self, exchange: Exchange) -> None:
        data = [entry_of_v0(self.store, model) for model in self._listed()]
        exchange.send_json(200, {"object": "list", "data": data})

    def _api_v0_model(self, exchange: Exchange) -> None:
        model = self.store.models.get(exchange.path.removeprefix("/api/v0/models/"))
        if model is None:
            exchange.send_json(404, {"error": "Model not found"})
        else:
            exchange.send_json(200, entry_of_v0(self.store, model))

    def _api_v1_models(self, exchange: Exchange) -> None:
        models = [entry_of_v1(self.store, model) for model in self.store.models.values()]
        exchange.send_json(200, {"models": models})

    # Load, unload, download

    def _load(self, exchange: Exchange) -> None:
        body = exchange.json or {}
        model = self.store.models.get(body.get("model", ""))
        if model is None:
            self._unknown_model(exchange, body.get("model", ""))
            return
        begun = time.monotonic()
        exchange.wait(self.load_seconds)
        if isinstance(exchange.fault, LoadFailed):
            text = "Failed to load model. Engine process ended: SIGABRT"
            error = {"type": "internal_error", "code": "model_load_failed", "message": text}
            exchange.send_json(500, {"error": error})
            return
        try:
            instance = self.store.load(model, body.get("context_length"))
        except DoesNotFitError as guard:
            error = {"type": "internal_error", "code": "model_load_failed", "message": str(guard)}
            exchange.send_json(500, {"error": error})
            return
        answer: dict[str, Any] = {
            "type": model.type,
            "instance_id": instance.identifier,
            "load_time_seconds": round(time.monotonic() - begun, 3),
            "status": "loaded",
        }
        if body.get("echo_load_config"):
            answer["load_config"] = {"context_length": instance.context_length}
        exchange.send_json(200, answer)

    def _unload(self, exchange: Exchange) -> None:
        identifier = (exchange.json or {}).get("instance_id", "")
        if self.store.unload(identifier):
            exchange.send_json(200, {"instance_id": identifier})
        else:
            error = {
                "type": "invalid_request",
                "code": "model_not_found",
                "message": "Model instance not found",
            }
            exchange.send_json(404, {"error": error})

    def _download(self, exchange: Exchange) -> None:
        name = (exchange.json or {}).get("model", "")
        model = self.store.offers.get(name)
        if name in self.store.models or (model is not None and model.key in self.store.models):
            exchange.send_json(200, {"status": "already_downloaded"})
        elif model is None:
            self._unknown_model(exchange, name)
        else:
            job = f"job_{len(self.store.downloads):010x}"
            started = rfc3339_nano(time.time_ns())
            self.store.downloads[job] = Download(
                job, model, model.size_bytes, self.download_per_poll, started
            )
            answer = {
                "job_id": job,
                "status": "downloading",
                "total_size_bytes": model.size_bytes,
                "started_at": started,
            }
            exchange.send_json(200, answer)

    def _download_status(self, exchange: Exchange) -> None:
        job = exchange.path.rsplit("/", 1)[-1]
        download = self.store.downloads.get(job)
        if download is None:
            exchange.send_json(
                404, {"error": {"type": "invalid_request", "message": "Download job not found"}}
            )
            return
        self.store.advance(job, download.per_poll)
        answer: dict[str, Any] = {
            "job_id": job,
            "status": download.status,
            "total_size_bytes": download.total,
            "downloaded_bytes": download.downloaded,
            "started_at": download.started_at,
        }
        if download.status == "downloading":
            answer["bytes_per_second"] = 12_000_000
            answer["estimated_completion"] = rfc3339_nano(time.time_ns() + 60 * 10**9)
        elif download.status == "completed":
            answer["completed_at"] = rfc3339_nano(time.time_ns())
        exchange.send_json(200, answer)

    # Chat

    def _chat(self, exchange: Exchange) -> None:
        body = exchange.json
        if not isinstance(body, dict):
            exchange.send_json(400, {"error": "Invalid JSON body"})
            return
        kind = (body.get("response_format") or {}).get("type", "text")
        if kind not in ("json_schema", "text"):
            exchange.send_json(400, {"error": "'response_format.type' must be 'json_schema' or 'text'"})
            return
        asked = chat_input(body)
        for url in asked.image_urls:
            picture = data_uri(url)
            if picture is None or "webp" in picture[0] or picture_kind(picture[1]) not in ("png", "jpeg"):
                exchange.send_json(400, {"error": BAD_IMAGE_URL})
                return
        instance = self._instance_for(exchange, body)
        if instance is None:
            return
        if asked.image_urls and not instance.model.vision:
            exchange.send_json(400, {"error": NO_IMAGES})
            return
        exchange.wait(self.answer_seconds)
        self._say(exchange, body, asked, instance)

    def _instance_for(self, exchange: Exchange, body: dict[str, Any]) -> Instance | None:
        """The instance that answers; loads it just in time; None when an error was sent."""
        name = body.get("model", "")
        found = self.store.find_instance(name)
        if found is not None:
            return found
        model = self.store.models.get(name)
        if model is not None and self.just_in_time:
            exchange.wait(self.load_seconds)
            self.store.evict_just_in_time()
            try:
                return self.store.load(model, None, ttl=body.get("ttl", 3600))
            except DoesNotFitError as guard:
                exchange.send_json(400, {"error": {"message": str(guard), "type": "invalid_request_error"}})
                return None
        if len(self.store.instances) == 1:
            return self.store.instances[0]  # whatever was asked for, the loaded one answers
        if not self.store.instances and not self.just_in_time:
            if self.since(0, 4):
                error = {
                    "message": NO_MODELS_LOADED,
                    "type": "invalid_request_error",
                    "param": "model",
                    "code": None,
                }
                exchange.send_json(400, {"error": error})
            else:
                exchange.send_json(404, {"error": NO_MODELS_LOADED})
            return None
        self._unknown_model(exchange, name)
        return None

    def _unknown_model(self, exchange: Exchange, name: str) -> None:
        error = {
            "message": f'Invalid model identifier "{name}". Please specify a valid downloaded model '
            f"(e.g., {', '.join(self.store.models)}).",
            "type": "invalid_request_error",
            "param": "model",
            "code": "model_not_found",
        }
        exchange.send_json(404, {"error": error})

    def _say(self, exchange: Exchange, body: dict[str, Any], asked: ChatInput, instance: Instance) -> None:
        fault = exchange.fault
        if isinstance(fault, PredictionError):
            self._prediction_error(exchange, body, fault.text)
            return
        if isinstance(fault, Refusal):
            error = {"message": fault.text, "type": "internal_error"} if fault.as_object else fault.text
            exchange.send_json(fault.status, {"error": error})
            return
        text, finish = shape_answer(fault, self.answer(instance.model, body, asked), token_limit(body))
        if asked.tokens > instance.context_length:
            over = (
                "The number of tokens to keep from the initial prompt is greater than the context length "
                f"(n_keep: {asked.tokens}>= n_ctx: {instance.context_length}). Try to load the model with a "
                "larger context length, or provide a shorter input."
            )
            if self.overflow != "blank":
                exchange.send_json(int(self.overflow), {"error": over})
                return
            text, finish = "", "stop"
        completion = Completion(
            f"chatcmpl-{exchange.entry.number}",
            int(time.time()),
            instance.identifier,
            text,
            finish,
            asked.tokens,
        )
        completion.send(exchange, body)

    def _prediction_error(self, exchange: Exchange, body: dict[str, Any], text: str) -> None:
        value = {"error": {"message": text}, "message": text}
        if body.get("stream"):
            with exchange.stream(200, "text/event-stream") as write:
                write(sse(value))
        else:
            exchange.send_json(200, value)


def studio_answer(model: StudioModel, body: dict[str, Any], asked: ChatInput) -> str:
    """What a model says by default: it depends on its name, the text and the pictures only."""
    choice = seed_of(model.key, asked.text, *asked.image_urls)
    schema = response_schema(body)
    return words(choice) if schema is None else answer_text(schema, choice)
