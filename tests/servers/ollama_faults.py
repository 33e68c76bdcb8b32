"""Faults that only Ollama has, and the texts of its errors by version."""

from __future__ import annotations

from dataclasses import dataclass

from tests.servers.go_format import version_tuple
from tests.servers.journal import to_json
from tests.servers.ollama_store import DoesNotFitError
from tests.servers.wire_faults import Fault

CUDA_OUT_OF_MEMORY = (
    "llama-server startup failed after projector CPU offload retry: llama-server process has terminated: "
    "exit status 1: cudaMalloc failed: out of memory\n"
    "alloc_tensor_range: failed to allocate CUDA0 buffer of size 7516192768\n"
    "error loading model: unable to allocate CUDA0 buffer"
)
KILLED_BY_SYSTEM = "llama-server process has terminated: signal: killed"
UNKNOWN_ARCHITECTURE = (
    "llama-server process has terminated: exit status 1: "
    "error loading model: unknown model architecture: 'foo'"
)
RUNNER_STOPPED = (
    "model runner has unexpectedly stopped, this may be due to resource limitations or an internal error, "
    "check ollama server logs for details"
)
MEMORY_TEXT_OF_12_11 = (
    "model requires more system memory than is currently available unable to load full model on GPU"
)
UNEXPECTED_EOF = "an error was encountered while running the model: unexpected EOF"
NO_IMAGE_INPUT = (
    "image input is not supported - hint: if this is unexpected, you may need to provide the mmproj"
)
SERVER_BUSY = "server busy, please try again.  maximum pending requests exceeded"


@dataclass(frozen=True, slots=True)
class OutOfMemory(Fault):
    """The model does not fit: 500 with the text of the server's version, or with ``text``."""

    text: str | None = None


@dataclass(frozen=True, slots=True)
class RunnerDied(Fault):
    """The runner dies before the first byte (``after_pieces`` 0) or in the middle of a stream."""

    after_pieces: int = 2


@dataclass(frozen=True, slots=True)
class StreamWithoutDone(Fault):
    """A streamed answer that ends properly on the wire but has no ``"done":true`` line."""


@dataclass(frozen=True, slots=True)
class QueueFull(Fault):
    """503, without Retry-After."""


@dataclass(frozen=True, slots=True)
class ErrorAnswer(Fault):
    """Any error before the first piece, put into the form of this version and endpoint."""

    status: int
    text: str


def gib_text(size: int) -> str:
    """Ollama's way to write sizes."""
    return f"{size / 2**30:.1f} GiB" if size >= 2**30 else f"{size / 2**20:.1f} MiB"


def memory_text(version: str, lack: DoesNotFitError | None = None) -> str:
    """What a server of this version says when a model does not fit."""
    number = version_tuple(version)
    if number >= (0, 30, 0):
        return CUDA_OUT_OF_MEMORY
    if number >= (0, 12, 11):
        return MEMORY_TEXT_OF_12_11
    needed, available = (lack.needed, lack.available) if lack else (6_335_076_762, 3_221_225_472)
    return f"model requires more system memory ({gib_text(needed)}) than is available ({gib_text(available)})"


def runner_error(version: str, code: int, message: str, kind: str, plain: str | None = None) -> str:
    """An error of the runner: since 0.30 its own JSON, as a string; before, a plain text."""
    if version_tuple(version) < (0, 30, 0):
        return plain or message
    return to_json({"error": {"code": code, "message": message, "type": kind}}).decode()
