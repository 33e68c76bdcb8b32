"""A fake of Ollama's HTTP API: status codes, bodies and error texts of the real server, by version.

with FakeOllama([OllamaModel("moondream")], gpu_bytes=8 * GIB) as ollama:
    ollama.faults.add(OutOfMemory(), path="/api/chat")
    ...
    assert ollama.journal.last("/api/chat").json["keep_alive"] == 300
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

from tests.servers.answer_faults import shape_answer
from tests.servers.go_format import (
    GoError,
    decode_base64,
    expect_kind,
    keep_alive_ns,
    kind_of,
    version_tuple,
)
from tests.servers.journal import to_json
from tests.servers.ollama_chat import ChatCall, HttpError, NativeReply, model_answer
from tests.servers.ollama_faults import (
    NO_IMAGE_INPUT,
    SERVER_BUSY,
    UNEXPECTED_EOF,
    ErrorAnswer,
    OutOfMemory,
    QueueFull,
    RunnerDied,
    memory_text,
    runner_error,
)
from tests.servers.ollama_pull import Pull, Registry
from tests.servers.ollama_store import GIB, DoesNotFitError, Loaded, OllamaModel, Store
from tests.servers.ollama_views import ps_entry, show_body, tags_entry
from tests.servers.openai_shapes import Completion, chat_input, data_uri, response_schema, token_limit
from tests.servers.pictures import picture_kind
from tests.servers.schema_answers import UnusableSchemaError
from tests.servers.scripted import Exchange, ScriptedServer

FLOAT_OPTIONS = ("temperature", "top_p", "min_p", "repeat_penalty", "presence_penalty", "frequency_penalty")
INT_OPTIONS = ("num_ctx", "num_predict", "num_gpu", "num_thread", "seed", "top_k", "num_batch")
LOCAL_ORIGINS = ("localhost", "127.0.0.1", "0.0.0.0")
LOCAL_SCHEMES = ("app://", "file://", "tauri://", "vscode-webview://", "vscode-file://")


class FakeOllama(ScriptedServer):
    """Ollama on loopback, with its models, its memory and its registry."""

    def __init__(
        self,
        models: Iterable[OllamaModel] = (OllamaModel("tiny-vlm"),),
        *,
        version: str = "0.33.0",
        gpu_bytes: int = 8 * GIB,
        ram_bytes: int = 16 * GIB,
        num_parallel: int = 1,
        clock: Callable[[], float] = time.time,
        port: int = 0,
    ) -> None:
        super().__init__(port=port)
        self.version = version
        self.store = Store(
            models, gpu_bytes=gpu_bytes, ram_bytes=ram_bytes, num_parallel=num_parallel, clock=clock
        )
        self.registry = Registry()
        self.answer: Callable[[ChatCall], str] = model_answer
        """What the models say; a test may put its own function here."""
        self.load_seconds = 0.0
        self.answer_seconds = 0.0
        self._load_lock = threading.Lock()

    def since(self, *version: int) -> bool:
        """True when this server is at least that version."""
        return version_tuple(self.version) >= version

    def respond(self, exchange: Exchange) -> None:
        if self._forbidden(exchange):
            exchange.send(403, b"", None)
            return
        methods = self._routes().get(exchange.path)
        if methods is None:
            exchange.send_text(404, "404 page not found", "text/plain")
            return
        handler = methods.get("GET" if exchange.method == "HEAD" else exchange.method)
        if handler is None:
            exchange.send_text(405, "405 method not allowed", "text/plain")
            return
        try:
            handler(exchange)
        except HttpError as error:
            self._send_error(exchange, error)

    def _routes(self) -> dict[str, dict[str, Callable[[Exchange], None]]]:
        return {
            "/": {"GET": lambda x: x.send_text(200, "Ollama is running")},
            "/api/version": {"GET": lambda x: x.send_json(200, {"version": self.version})},
            "/api/tags": {"GET": self._tags},
            "/api/show": {"POST": self._show},
            "/api/ps": {"GET": self._ps},
            "/api/chat": {"POST": self._chat},
            "/api/generate": {"POST": self._generate},
            "/api/pull": {"POST": self._pull},
            "/api/delete": {"DELETE": self._delete},
            "/v1/models": {"GET": self._v1_models},
            "/v1/chat/completions": {"POST": self._v1_chat},
        }

    def _forbidden(self, exchange: Exchange) -> bool:
        origin = exchange.headers.get("origin")
        if origin is not None and not origin.startswith(LOCAL_SCHEMES):
            host = origin.split("://")[-1].rsplit(":", 1)[0]
            if host not in LOCAL_ORIGINS:
                return True
        host = urlsplit("//" + exchange.headers.get("host", "")).hostname or ""
        return not (
            host in ("", "localhost", "::1")
            or host.replace(".", "").isdigit()
            or host.endswith((".localhost", ".local", ".internal"))
        )

    def _send_error(self, exchange: Exchange, error: HttpError) -> None:
        if exchange.path.startswith("/v1/"):
            kind = {400: "invalid_request_error", 404: "not_found_error"}.get(error.status, "api_error")
            body = {"message": error.text, "type": kind, "param": None, "code": None}
            exchange.send_json(error.status, {"error": body})
            return
        if error.from_runner and _streams(exchange.json) and not self.since(0, 12, 6):
            with exchange.stream(200, "application/x-ndjson") as write:
                write(to_json({"error": error.text}) + b"\n")
            return
        exchange.send_json(error.status, {"error": error.text})

    # Lists

    def _tags(self, exchange: Exchange) -> None:
        rich = self.since(0, 30)
        now = self.store.now_ns()
        models = [tags_entry(model, now, rich=rich) for model in self.store.models()]
        exchange.send_json(200, {"models": models})

    def _show(self, exchange: Exchange) -> None:
        body = _json_body(exchange)
        name = body.get("model") or body.get("name")
        if not name:
            raise HttpError(400, "model is required")
        model = self.store.find(name)
        if model is None:
            raise HttpError(404, f"model '{name if ':' in name else name + ':latest'}' not found")
        view = show_body(
            model, self.store.now_ns(), capabilities=self.since(0, 6, 4), verbose=bool(body.get("verbose"))
        )
        exchange.send_json(200, view)

    def _ps(self, exchange: Exchange) -> None:
        context = self.since(0, 11, 11)
        exchange.send_json(200, {"models": [ps_entry(each, context=context) for each in self.store.loaded()]})

    def _delete(self, exchange: Exchange) -> None:
        body = _json_body(exchange)
        name = body.get("model") or body.get("name") or ""
        if not self.store.remove(name):
            raise HttpError(404, f"model '{name}' not found")
        exchange.send(200, b"", None)

    def _v1_models(self, exchange: Exchange) -> None:
        created = int(self.store.now_ns() / 1e9)
        data = [
            {"id": model.full_name, "object": "model", "created": created, "owned_by": "library"}
            for model in self.store.models()
        ]
        exchange.send_json(200, {"object": "list", "data": data or None})

    # Pull

    def _pull(self, exchange: Exchange) -> None:
        body = _json_body(exchange)
        name = str(body.get("model") or body.get("name") or "")
        if not name or name.count(":") > 1 or any(not (c.isalnum() or c in "-_.:/") for c in name):
            raise HttpError(400, "invalid model name")
        full = name if ":" in name.rsplit("/", 1)[-1] else f"{name}:latest"
        lines = self.registry.lines(full, self.store)
        if body.get("stream") is False:
            last = next((line for line in lines if isinstance(line, dict) and line.keys() & {"error"}), None)
            if last is not None:
                raise HttpError(500, last["error"])
            self._pulled(full)
            exchange.send_json(200, {"status": "success"})
            return
        with exchange.stream(200, "application/x-ndjson") as write:
            for line in lines:
                if isinstance(line, Pull):
                    exchange.wait(event=line.release)
                    continue
                if line.get("status") == "success":
                    self._pulled(full)
                write(to_json(line) + b"\n")

    def _pulled(self, name: str) -> None:
        pull = self.registry.offers.get(name.lower())
        if pull is not None:
            self.registry.finish(pull, self.store)

    # Chat

    def _generate(self, exchange: Exchange) -> None:
        body = _json_body(exchange, "GenerateRequest")
        prompt = body.get("prompt") or ""
        messages = [{"role": "user", "content": prompt, "images": body.get("images")}] if prompt else []
        self._run(exchange, {**body, "messages": messages}, "response")

    def _chat(self, exchange: Exchange) -> None:
        self._run(exchange, _json_body(exchange, "ChatRequest"), "message")

    def _run(self, exchange: Exchange, body: dict[str, Any], shape: str) -> None:
        """Load, unload or answer; ``shape`` is the key that holds the words."""
        reply = NativeReply(self.store, body.get("model") or "", shape, _streams(body))
        images = self._checked_images(body)
        keep_alive = 300 * 10**9
        if body.get("keep_alive") is not None:
            try:
                keep_alive = keep_alive_ns(body["keep_alive"])
            except GoError as error:
                raise HttpError(400, str(error)) from None
        if isinstance(exchange.fault, QueueFull):
            raise HttpError(503, SERVER_BUSY)
        if isinstance(exchange.fault, ErrorAnswer):
            raise HttpError(exchange.fault.status, exchange.fault.text)
        model = self._model(body)
        messages = body.get("messages") or []
        if not messages and body.get("keep_alive") is not None and keep_alive == 0:
            self.store.ask_unload(model.full_name)
            reply.send_empty(exchange, "unload")
            return
        self._check_options(body)
        if body.get("think") and not model.thinking:
            raise HttpError(400, f'"{body["model"]}" does not support thinking')
        try:
            loaded = self._ensure_loaded(exchange, model, body.get("options") or {})
            with self.store.use(loaded, keep_alive) as use:
                reply.before_last = use.end
                if not messages:
                    reply.send_empty(exchange, "load")
                else:
                    self._answer(exchange, body, images, loaded, reply)
        except HttpError as error:
            error.from_runner = True
            raise

    def _answer(
        self,
        exchange: Exchange,
        body: dict[str, Any],
        images: tuple[bytes, ...],
        loaded: Loaded,
        reply: NativeReply,
    ) -> None:
        exchange.acquire(loaded.slots)
        try:
            call = self._call(loaded.model, body, images, loaded)
            exchange.wait(self.answer_seconds)
            self._say(exchange, call, reply)
        finally:
            loaded.slots.release()

    def _checked_images(self, body: dict[str, Any]) -> tuple[bytes, ...]:
        expect = (("model", "string"), ("messages", "array"), ("stream", "bool"), ("options", "object"))
        try:
            for field, kind in expect:
                go_type = {"array": "[]api.Message", "object": "map[string]interface {}"}.get(kind, kind)
                expect_kind(body.get(field), kind, f"ChatRequest.{field}", go_type)
            images: list[bytes] = []
            for message in body.get("messages") or []:
                expect_kind(message.get("content"), "string", "ChatRequest.messages.content", "string")
                images += [decode_base64(text) for text in message.get("images") or []]
        except GoError as error:
            raise HttpError(400, str(error)) from None
        return tuple(images)

    def _model(self, body: dict[str, Any]) -> OllamaModel:
        name = body.get("model")
        if not name:
            raise HttpError(400, "model is required")
        model = self.store.find(name)
        if model is None:
            raise HttpError(404, f"model '{name}' not found")
        if model.remote_host is not None:
            # Not in the contract: no test may ever send pictures there, so this only has to be an error.
            raise HttpError(401, "unauthorized")
        return model

    def _check_options(self, body: dict[str, Any]) -> None:
        for name, value in (body.get("options") or {}).items():
            number = isinstance(value, int | float) and not isinstance(value, bool)
            if name in FLOAT_OPTIONS and not number:
                raise HttpError(500, f'option "{name}" must be of type float32')
            if name in INT_OPTIONS and not number:
                raise HttpError(500, f'option "{name}" must be of type integer')

    def _ensure_loaded(self, exchange: Exchange, model: OllamaModel, options: dict[str, Any]) -> Loaded:
        num_ctx, num_gpu = options.get("num_ctx"), options.get("num_gpu")
        if num_ctx is not None and model.vision:
            num_ctx = max(2048, num_ctx)
        exchange.acquire(self._load_lock)
        try:
            if isinstance(exchange.fault, OutOfMemory):
                raise HttpError(500, exchange.fault.text or memory_text(self.version))
            loaded = self.store.fitting(model, num_ctx, num_gpu)
            if loaded is None:
                exchange.wait(self.load_seconds)
                try:
                    loaded = self.store.load(model, num_ctx, num_gpu)
                except DoesNotFitError as lack:
                    raise HttpError(500, memory_text(self.version, lack)) from None
            return loaded
        finally:
            self._load_lock.release()

    def _call(
        self, model: OllamaModel, body: dict[str, Any], images: tuple[bytes, ...], loaded: Loaded
    ) -> ChatCall:
        wanted = body.get("format")
        if wanted not in (None, "", "json") and not isinstance(wanted, dict):
            quoted = to_json(to_json(wanted).decode()).decode()
            raise HttpError(500, f'invalid format: {quoted}; expected "json" or a valid JSON Schema object')
        if images and not model.vision:
            old = "this model is missing data required for image input"
            raise HttpError(500, runner_error(self.version, 500, NO_IMAGE_INPUT, "server_error", old))
        if any(picture_kind(image) is None for image in images):
            text = "Failed to load image or audio file"
            raise HttpError(400, runner_error(self.version, 400, text, "invalid_request_error"))
        prompt = "\n".join(str(message.get("content") or "") for message in body["messages"])
        last = len(str(body["messages"][-1].get("content") or "")) // 4 + 49 * len(images)
        if last > loaded.num_ctx:
            text = (
                f"request ({last} tokens) exceeds the available context size ({loaded.num_ctx} tokens), "
                "try increasing it"
            )
            raise HttpError(400, runner_error(self.version, 400, text, "exceed_context_size_error"))
        limit = (body.get("options") or {}).get("num_predict")
        return ChatCall(
            model=model,
            asked_as=body["model"],
            prompt=prompt,
            images=images,
            schema=wanted or None,
            limit=4 * limit if isinstance(limit, int) and limit > 0 else None,
            thinking=model.thinking and body.get("think") is not False,
        )

    def _text(self, call: ChatCall) -> str:
        try:
            return self.answer(call)
        except UnusableSchemaError as error:
            text = runner_error(self.version, 400, str(error), "invalid_request_error")
            raise HttpError(400, text) from None

    def _say(self, exchange: Exchange, call: ChatCall, reply: NativeReply) -> None:
        text, finish = shape_answer(exchange.fault, self._text(call), call.limit)
        fault = exchange.fault
        if isinstance(fault, RunnerDied):
            self.store.kill_runner(call.model.full_name)
            if fault.after_pieces == 0 or not reply.streams:
                raise HttpError(500, UNEXPECTED_EOF)
        reply.send(exchange, call, text, finish)

    # OpenAI's side

    def _v1_chat(self, exchange: Exchange) -> None:
        body = _json_body(exchange)
        asked = chat_input(body)
        images = []
        for url in asked.image_urls:
            found = data_uri(url)
            if found is None:
                text = "image URLs are not currently supported, please use base64 encoded data instead"
                raise HttpError(400, text if url.startswith("http") else "invalid image input")
            images.append(found[1])
        model = self._model(body)
        loaded = self._ensure_loaded(exchange, model, {})
        with self.store.use(loaded, 300 * 10**9) as use:
            wanted: Any = response_schema(body)
            if wanted is None and (body.get("response_format") or {}).get("type") == "json_object":
                wanted = "json"
            native = {"model": body["model"], "messages": [{"content": asked.text}], "format": wanted}
            call = self._call(model, native, tuple(images), loaded)
            text, finish = shape_answer(exchange.fault, self._text(call), token_limit(body))
            created = int(self.store.now_ns() / 1e9)
            done = Completion(
                f"chatcmpl-{exchange.entry.number}", created, body["model"], text, finish, asked.tokens
            )
            if isinstance(exchange.fault, RunnerDied):
                self.store.kill_runner(model.full_name)
                if exchange.fault.after_pieces == 0 or not body.get("stream"):
                    raise HttpError(500, UNEXPECTED_EOF)
                # The stream just ends: no error event, no [DONE].
                with exchange.stream(200, "text/event-stream") as write:
                    for event in islice(done.events(), 1 + exchange.fault.after_pieces):
                        write(event)
                return
            use.end()
            done.send(exchange, body)


def _streams(body: Any) -> bool:
    return not (isinstance(body, dict) and body.get("stream") is False)


def _json_body(exchange: Exchange, request: str = "Request") -> dict[str, Any]:
    if not exchange.entry.body:
        raise HttpError(400, "missing request body")
    body: Any = exchange.json
    if body is None:
        raise HttpError(400, "unexpected EOF")
    if not isinstance(body, dict):
        raise HttpError(400, f"json: cannot unmarshal {kind_of(body)} into Go value of type api.{request}")
    return body
