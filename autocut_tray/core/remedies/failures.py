"""Why a remedy failed, in one table: what Ollama's pull says in its many words, and the codes of the other acts."""

from __future__ import annotations

import re
from collections.abc import Mapping

from autocut_tray.core.errors import BackendError, FailureClass
from autocut_tray.core.log import SECRETS
from autocut_tray.core.messages import Param, message

FAILURES: Mapping[str, FailureClass] = {
    "pull_server_silent": FailureClass.DOWN,
    "pull_interrupted": FailureClass.DOWN,
    "pull_offline": FailureClass.DOWN,
    "pull_library_down": FailureClass.DOWN,
    "pull_no_such_model": FailureClass.CONFIG,
    "pull_bad_name": FailureClass.CONFIG,
    "pull_denied": FailureClass.CONFIG,
    "pull_needs_newer": FailureClass.CONFIG,
    "pull_not_writable": FailureClass.CONFIG,
    "pull_not_ollama": FailureClass.CONFIG,
    "pull_remote": FailureClass.CONFIG,
    "pull_damaged": FailureClass.TIER,
    "pull_failed": FailureClass.TIER,
    "pull_disk_full": FailureClass.RESOURCE,
    "pull_no_room": FailureClass.RESOURCE,
    "lmstudio_silent": FailureClass.DOWN,
    "lmstudio_too_old": FailureClass.CONFIG,
    "lmstudio_no_such_model": FailureClass.CONFIG,
    "lmstudio_download_failed": FailureClass.TIER,
    "lmstudio_download_lost": FailureClass.TIER,
    "start_remote": FailureClass.CONFIG,
    "start_not_found_ollama": FailureClass.CONFIG,
    "start_not_found_lmstudio": FailureClass.CONFIG,
    "start_failed": FailureClass.DOWN,
    "start_not_permitted": FailureClass.CONFIG,
    "start_timeout": FailureClass.DOWN,
    "free_nothing_ours": FailureClass.RESOURCE,
    "free_no_answer": FailureClass.DOWN,
    "model_not_usable": FailureClass.CONFIG,
    "model_by_environment": FailureClass.CONFIG,
    "model_not_taken": FailureClass.CONFIG,
    "page_not_ours": FailureClass.CONFIG,
    "page_not_opened": FailureClass.CONFIG,
}
"""Every code of this package; each has a text and a next step, ``error-<code>`` and ``error-<code>-hint``."""

# Searched from top to bottom in what Ollama says; the first hit decides. Ollama wraps the cause of the last attempt
# into "max retries exceeded: …", and the words of the operating system into everything.
_TEXTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "pull_disk_full",
        ("no space left on device", "not enough space on the disk", "disk quota exceeded", "disk is full"),
    ),
    ("pull_damaged", ("digest mismatch",)),
    ("pull_needs_newer", ("requires a newer version", "manifest: 412")),
    ("pull_bad_name", ("invalid model name", "invalid model path", "model is required")),
    ("pull_no_such_model", ("manifest: file does not exist", "manifest unknown", "manifest: 404")),
    ("pull_denied", ("unauthorized", "access denied", "manifest: 403", "forbidden")),
    ("pull_not_writable", ("permission denied", "read-only file system", "is denied")),
    (
        "pull_offline",
        (
            *("no such host", "connection refused", "network is unreachable", "no route to host"),
            *("i/o timeout", "handshake timeout", "deadline exceeded", "proxyconnect", "x509"),
            *("server misbehaving", "host is down", "actively refused", "forcibly closed"),
        ),
    ),
    ("pull_interrupted", ("max retries exceeded", "unexpected eof", "connection reset", "stalled")),
)
_LIBRARY_DOWN = re.compile(
    r"\b(?:manifest:|status code) (?:5\d\d|429)\b|\b(?:bad gateway|service unavailable)\b"
)


def failure(code: str, detail: str = "", **params: Param) -> BackendError:
    """The exception for ``code``; ``params`` are the variables of its text and of its next step."""
    ident = "error-" + code.replace("_", "-")
    return BackendError(
        FAILURES[code], code, message(ident, **params), message(ident + "-hint", **params), detail
    )


def pull_code(said: str) -> str:
    """The code in :data:`FAILURES` for an error of ``/api/pull``."""
    text = said.lower()
    for code, texts in _TEXTS:
        if any(one in text for one in texts):
            return code
    return "pull_library_down" if _LIBRARY_DOWN.search(text) else "pull_failed"


def safe_detail(said: str) -> str:
    """A server's words for the log: one line, no secrets, at most 300 characters."""
    return SECRETS.redact(" ".join(said.split())[:300])
