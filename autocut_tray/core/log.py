"""Logging to a rotating file and stderr, with secrets taken out before anything is written."""

from __future__ import annotations

import logging
import logging.handlers
import re
import sys
from collections.abc import Iterable
from pathlib import Path

LOG_FILE = "autocut.log"
_MAX_BYTES = 5 * 1024 * 1024
_BACKUPS = 4

# Shapes of keys that providers hand out, and the places where keys stand in headers, URLs and configuration text.
# What the first group matches stays.
_SECRET_SHAPES = (
    re.compile(r"\bsk-[A-Za-z0-9_:\-]{6,}"),
    re.compile(r"\b(?:hf_|gh[opsu]_|github_pat_|AIza|xox[abprs]-)[A-Za-z0-9_\-]{10,}"),
    re.compile(r"\beyJ[A-Za-z0-9_\-]{8,}\.[A-Za-z0-9_\-]{8,}\.[A-Za-z0-9_\-]*"),
    re.compile(r"(?i)((?:authorization|cookie)[\"']?\s*[:=]\s*[\"']?)(?:[A-Za-z]+\s+)?[^\s\"',}]+"),
    re.compile(r"(?i)(\bbearer\s+)[^\s\"',}]{6,}"),
    re.compile(
        r"(?i)((?:api[_-]?key|token|secret|passw(?:or)?d|passphrase)[\"']?\s*[:=]\s*[\"']?)[^\s\"',}&]{6,}"
    ),
    re.compile(r"(://)[^/\s@\"<>]+(?=@)"),
)
_MASK = "•••"


class SecretFilter(logging.Filter):
    """Masks secrets in the finished text of a record, exception text included.

    Besides known shapes it masks the exact values given to :meth:`hide`.
    """

    def __init__(self) -> None:
        super().__init__()
        self._values: tuple[str, ...] = ()

    def hide(self, values: Iterable[str]) -> None:
        """Mask these exact values from now on (each at least 8 characters, or it is ignored)."""
        known = {*self._values, *(v for v in values if len(v) >= 8)}
        self._values = tuple(sorted(known, key=len, reverse=True))

    def redact(self, text: str) -> str:
        for value in self._values:
            text = text.replace(value, _MASK)
        for shape in _SECRET_SHAPES:
            text = shape.sub(lambda m: (m.group(1) if m.lastindex else "") + _MASK, text)
        return text

    def filter(self, record: logging.LogRecord) -> bool:
        if record.exc_info and not record.exc_text:
            record.exc_text = logging.Formatter().formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = self.redact(record.exc_text)
        record.msg, record.args = self.redact(_text(record)), None
        return True


def _text(record: logging.LogRecord) -> str:
    """The finished text. A filter's error would reach whoever logs, here often a library's own wrong call."""
    try:
        return record.getMessage()
    except (TypeError, ValueError, KeyError):
        return f"{record.msg} {record.args!r}"


SECRETS = SecretFilter()
"""The process's filter: the one thing here that is global, because logging itself is."""


class _LogFormatter(logging.Formatter):
    """Lone surrogates (undecodable file names) are written escaped, never raised on."""

    def format(self, record: logging.LogRecord) -> str:
        return super().format(record).encode("utf-8", "backslashreplace").decode("utf-8")


def set_up_logging(folder: Path | None, *, verbose: bool = False, stderr: bool = True) -> None:
    """Route all logging to ``folder``'s rotating file (5 x 5 MiB) and, if wanted, warnings to stderr.

    An unwritable folder costs the file only; the reason is said on stderr.
    """
    logging.raiseExceptions = False
    root = logging.getLogger()
    for handler in list(root.handlers):
        if getattr(handler, "autocut", False):
            root.removeHandler(handler)
            handler.close()
    root.setLevel(logging.DEBUG if verbose else logging.INFO)
    for chatty in ("urllib3", "requests", "keyring", "asyncio", "uvicorn"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    form = _LogFormatter("%(asctime)s %(levelname)s %(name)s [%(threadName)s] %(message)s")
    handlers: list[logging.Handler] = []
    problem: OSError | None = None
    if folder is not None:
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            handlers.append(
                logging.handlers.RotatingFileHandler(
                    folder / LOG_FILE, maxBytes=_MAX_BYTES, backupCount=_BACKUPS, encoding="utf-8"
                )
            )
        except OSError as error:
            problem = error
    if sys.stderr is not None and (stderr or problem):
        console = logging.StreamHandler(sys.stderr)
        console.setLevel(logging.DEBUG if verbose else logging.WARNING)
        handlers.append(console)
    for handler in handlers:
        handler.setFormatter(form)
        handler.addFilter(SECRETS)
        handler.autocut = True  # type: ignore[attr-defined]
        root.addHandler(handler)
    if problem is not None:
        logging.getLogger(__name__).warning("No log file: %s", problem)


def log_verbosely(wanted: bool) -> None:
    """Write what only helps to find faults, too, or no longer."""
    logging.getLogger().setLevel(logging.DEBUG if wanted else logging.INFO)
