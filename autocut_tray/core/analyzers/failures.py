"""What the error answers of model servers mean: one table of codes, one reader for all their dialects.

The texts are those that Ollama, LM Studio, llama.cpp, OpenAI and DeepSeek are known to send; they are searched
case-blind in what the server says, before the status counts, because servers answer 500 for what is a client's
fault and 200 for failures.
"""

from __future__ import annotations

import email.utils
import json
import re
from collections.abc import Mapping
from typing import Any

from autocut_tray.core.errors import BackendError, FailureClass
from autocut_tray.core.frozen import frozen
from autocut_tray.core.log import SECRETS
from autocut_tray.core.messages import Message, message

FAILURES: Mapping[str, FailureClass] = {
    "model_out_of_memory": FailureClass.RESOURCE,
    "runner_stopped": FailureClass.RESOURCE,
    "runner_crashed": FailureClass.DOWN,
    "server_busy": FailureClass.DOWN,
    "server_overloaded": FailureClass.DOWN,
    "answer_cut_off": FailureClass.DOWN,
    "server_error": FailureClass.TIER,
    "load_timeout": FailureClass.TIER,
    "bad_answer": FailureClass.TIER,
    "empty_answer": FailureClass.TIER,
    "answer_truncated": FailureClass.TIER,
    "picture_refused": FailureClass.INPUT,
    "too_many_pictures": FailureClass.INPUT,
    "model_refused": FailureClass.INPUT,
    "model_missing": FailureClass.CONFIG,
    "model_unusable": FailureClass.CONFIG,
    "model_has_no_vision": FailureClass.CONFIG,
    "context_exceeded": FailureClass.CONFIG,
    "request_too_large": FailureClass.CONFIG,
    "format_refused": FailureClass.CONFIG,
    "parameter_refused": FailureClass.CONFIG,
    "request_refused": FailureClass.CONFIG,
    "endpoint_missing": FailureClass.CONFIG,
    "key_needed": FailureClass.CONFIG,
    "key_refused": FailureClass.CONFIG,
    "access_refused": FailureClass.CONFIG,
    "no_credit": FailureClass.BUDGET,
    "spend_limit": FailureClass.BUDGET,
    "rate_limited": FailureClass.THROTTLE,
}
"""Every code that an answer can get here, and its class."""

_HINTS = frozenset(
    {
        "model_out_of_memory",
        "model_missing",
        "model_has_no_vision",
        "context_exceeded",
        "endpoint_missing",
        "key_needed",
        "key_refused",
        "no_credit",
        "spend_limit",
    }
)
"""Codes with a next step in words, ``error-<code>-hint``."""

# Searched from top to bottom in the message, type and code of an error; the first hit decides.
_TEXTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "model_out_of_memory",
        (
            # Ollama's own list (llm/status.go), then what older versions, the Linux OOM killer and LM Studio say.
            *("out of memory", "out of device memory", "cudamalloc failed", "hipmalloc failed"),
            *("failed to allocate", "allocation failed", "not enough memory", "insufficient memory"),
            *("vk_error_out_of_device_memory", "erroroutofmemory"),
            *("requires more system memory", "unable to allocate", "out-of-memory", "signal: killed"),
            *("insufficient system resources", "model_load_failed"),
        ),
    ),
    ("runner_stopped", ("unexpectedly stopped", "has crashed without additional information")),
    (
        "model_unusable",
        ("unknown model architecture", "does not support chat", "does not support completion"),
    ),
    ("runner_stopped", ("process has terminated", "process no longer running")),
    ("load_timeout", ("timed out waiting for",)),
    ("runner_crashed", ("unexpected eof", "model is unloaded", "channel error")),
    ("server_busy", ("server busy",)),
    (
        "model_has_no_vision",
        (
            *("image input is not supported", "does not support image", "does not support vision"),
            *("missing data required for image input", "vision add-on is not loaded"),
            *("image_url is only supported by certain models", "unknown variant `image_url`"),
        ),
    ),
    (
        "too_many_pictures",
        (
            # Ollama up to 0.6 (and for Llama 3.2 Vision), vLLM by its --limit-mm-per-prompt.
            *("single image per message", "image(s) may be provided", "limit-mm-per-prompt"),
            *("only one image", "multiple images are not supported", "too many images"),
        ),
    ),
    (
        "context_exceeded",
        (
            *("exceed_context_size", "available context size", "greater than the context length"),
            *("context_length_exceeded", "maximum context length"),
        ),
    ),
    (
        "picture_refused",
        (
            *("failed to load image", "'url' field must be a base64", "invalid_image_format"),
            *("unsupported image", "make sure your image is valid", "sanitizer_server_error"),
        ),
    ),
    (
        "model_missing",
        (
            *("model_not_found", "model not exist", "invalid model identifier", "no models loaded"),
            *("supported api model names are", "server is pinned to", "try pulling it first"),
        ),
    ),
    (
        "format_refused",
        (
            *("response_format", "json schema", "json_schema", "invalid format", "failed to parse grammar"),
            *("failed to initialize samplers", "guided_json"),
        ),
    ),
    ("endpoint_missing", ("unexpected endpoint or method", "invalid url (", "page not found")),
    (
        "spend_limit",
        (
            *("credit_balance_exhausted", "insufficient_quota", "billing_hard_limit"),
            *("organization_spend_limit", "project_spend_limit", "organization_usage_limit"),
        ),
    ),
    ("no_credit", ("insufficient balance",)),
)
_MODEL_NOT_FOUND = re.compile(r"model\b.{0,200}\bnot found|model\b.{0,200}\bdoes not exist", re.DOTALL)
_PARAMETER = re.compile(
    r"(?:unsupported|unknown|unrecognized|invalid|unexpected)\s+(?:parameter|value|argument|request argument|field)"
)

_BY_STATUS = {
    401: "key_refused",
    402: "no_credit",
    403: "access_refused",
    404: "endpoint_missing",
    405: "endpoint_missing",
    408: "server_error",
    413: "request_too_large",
    429: "rate_limited",
    502: "server_overloaded",
    503: "server_overloaded",
}


@frozen
class ServerError:
    """An error as a server put it, whatever its shape was. ``parameter``: the request field it names."""

    text: str
    kind: str = ""
    code: str = ""
    parameter: str = ""

    @property
    def searched(self) -> str:
        return f"{self.text}\n{self.kind}\n{self.code}".lower()


def read_error(body: Any, text: str) -> ServerError:
    """The error in an answer: a string, an object, JSON inside a string, FastAPI's ``detail``, or plain text."""
    for _ in range(4):
        if isinstance(body, str):
            inner = _object_in(body)
            if inner is None:
                return ServerError(body)
            body = inner
        if not isinstance(body, dict):
            break
        inner = body.get("error") or body.get("detail")
        if isinstance(inner, (str, dict)):
            body = inner
            continue
        if isinstance(body.get("message"), str):
            inner = _object_in(body["message"])
            if inner is not None:
                body = inner
                continue
            return ServerError(
                body["message"], *(str(body.get(name) or "") for name in ("type", "code", "param"))
            )
        break
    return ServerError(text if body is None else json.dumps(body, ensure_ascii=False))


def has_error(body: Any) -> bool:
    """Whether an answer says that it failed, its status notwithstanding."""
    return isinstance(body, dict) and bool(body.get("error"))


def code_of(error: ServerError, status: int, *, key_sent: bool) -> str:
    """The code in :data:`FAILURES` for what a server said; ``status`` 200 means that it did not count."""
    if status == 401:
        return "key_refused" if key_sent else "key_needed"
    said = error.searched
    for code, texts in _TEXTS:
        if any(text in said for text in texts):
            return code
    if _MODEL_NOT_FOUND.search(said):
        return "model_missing"
    if status in (400, 422) and (error.parameter or _PARAMETER.search(said)):
        return "parameter_refused"
    known = _BY_STATUS.get(status)
    if known is not None:
        return known
    return "request_refused" if 400 <= status < 500 else "server_error"


def failure(
    code: str, *, host: str, model: str, detail: str = "", retry_after: float | None = None
) -> BackendError:
    """The exception for ``code``; words for people know the host and the model."""
    ident = "error-" + code.replace("_", "-")
    hint: Message | None = message(ident + "-hint", host=host, model=model) if code in _HINTS else None
    return BackendError(
        FAILURES[code], code, message(ident, host=host, model=model), hint, f"{host}: {detail}", retry_after
    )


def safe_detail(code: str, status: int, error: ServerError, key: str | None) -> str:
    """What the log may hold: without keys, on one line, at most 300 characters.

    Servers repeat part of a wrong key, so nothing of such an answer is kept but its code.
    """
    if code in ("key_refused", "key_needed", "access_refused"):
        return f"{status} {error.code or error.kind}".strip()
    text = error.text.replace(key, "•••") if key else error.text
    return f"{status} {SECRETS.redact(' '.join(text.split())[:300])}".strip()


def server_wait(headers: Mapping[str, str], now: float) -> float | None:
    """Seconds that a server asks to wait: ``retry-after-ms``, then ``Retry-After`` as seconds or as a date.

    ``now``: seconds since the epoch. None when it does not say, or says nonsense.
    """
    milliseconds = _number(headers.get("retry-after-ms"))
    if milliseconds is not None:
        return milliseconds / 1000
    asked = headers.get("retry-after")
    seconds = _number(asked)
    if seconds is not None or asked is None:
        return seconds
    try:
        return max(0.0, email.utils.parsedate_to_datetime(asked).timestamp() - now)
    except (ValueError, OverflowError):
        return None


def _number(text: str | None) -> float | None:
    """A count of at most a day's worth; None for anything else."""
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if 0 <= value <= 86_400_000 else None


def _object_in(text: str) -> dict[str, Any] | None:
    if not text.lstrip().startswith("{"):
        return None
    try:
        parsed = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return parsed if isinstance(parsed, dict) else None
