"""What was found on this machine, as rows and sentences for people; what follows from it is the policy's word.

Every figure arrives in its message with its unit: gigabytes with one decimal, a non-breaking space before the
unit. What a probe could not tell is said to be unknown.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Callable
from urllib.parse import urlsplit

from autocut_tray.core.frozen import frozen
from autocut_tray.core.messages import Message, message
from autocut_tray.core.runtime.profile import (
    Backend,
    Gpu,
    GpuKind,
    ModelServer,
    Outcome,
    RuntimeProfile,
    primary_gpu,
)

NBSP = "\u00a0"
LIST_SEPARATOR = " / "
"""Between names in a text: right in both languages, where commas differ."""
SERVER_TITLES = {Backend.OLLAMA: "Ollama", Backend.LMSTUDIO: "LM Studio"}
RESOLVE_TITLE = "DaVinci Resolve"
GPU_PROBES = frozenset({"gpu", "nvidia"})
"""The probes whose failure leaves it open whether there is a graphics card."""

_SOURCE_TITLES = {
    "nvml": "NVML",
    "gputil": "GPUtil",
    "sysfs": "sysfs",
    "dxgi": "DXGI",
    "drm": "DRM",
    "counters": "PDH",
    "fdinfo": "fdinfo",
    "registry": "Registry",
    "system": "sysinfo",
    "system_profiler": "system_profiler",
    "runtime": "Ollama",
}
# Words of makers and marketing that a short name does without; the model number stays.
_GPU_NOISE = re.compile(
    r"\((?:tm|r|c)\)|\b(?:nvidia|geforce|amd|radeon(?=\s+rx)|intel|graphics)\b", re.IGNORECASE
)


class RowKey(enum.Enum):
    """The rows of the Overview; the label's text is ``explain-key-<value>``."""

    GRAPHICS = "graphics"
    PROCESSOR = "processor"
    MEMORY = "memory"
    LOCAL_AI = "local-ai"
    EDITOR = "editor"
    VISION = "vision"
    PLANNING = "planning"
    EDITING = "editing"
    CLOUD = "cloud"


@frozen
class Row:
    """One fact or choice: a value, and below it what makes it up, in small pieces or in sentences."""

    key: RowKey
    value: Message
    details: tuple[Message, ...] = ()

    @property
    def label(self) -> Message:
        return Message(f"explain-key-{self.key.value}")

    def detail(self, translate: Callable[[Message], str]) -> str:
        """The details in one line: sentences after each other, pieces with a middle dot between."""
        line = ""
        for piece in map(translate, self.details):
            if not line:
                line = piece
            elif line.endswith("."):
                line += " " + piece
            else:
                line += piece if line.endswith("。") else " · " + piece
        return line


def gigabytes(mib: float) -> str:
    """MiB as people read it: ``8.0 GB``."""
    return f"{mib / 1024:.1f}{NBSP}GB"


def short_gpu_name(name: str) -> str:
    """``RTX 4060`` for ``NVIDIA GeForce RTX 4060``; the whole name where nothing would be left."""
    return " ".join(_GPU_NOISE.sub(" ", name).split()) or name


def host_name(host: str | None) -> str:
    """The host and port of an address, without scheme, path and credentials."""
    if not host:
        return "?"
    try:
        parts = urlsplit(host if "//" in host else f"//{host}")
    except ValueError:  # not an address; shown as it was written
        return host
    return parts.netloc.rsplit("@", 1)[-1] or host


def gpu_name(gpu: Gpu) -> str:
    return gpu.name or gpu.vendor or "GPU"


def resolve_name(profile: RuntimeProfile) -> str:
    """``DaVinci Resolve Studio 20.2``, as much of it as is known."""
    davinci = profile.davinci
    studio = "Studio" if davinci.edition == "studio" else None
    return " ".join(part for part in (RESOLVE_TITLE, studio, davinci.version) if part)


def server_name(backend: Backend, server: ModelServer) -> str:
    return " ".join(part for part in (SERVER_TITLES[backend], server.version) if part)


def machine_rows(profile: RuntimeProfile) -> tuple[Row, ...]:
    """Graphics, processor, memory, local AI and editor, in this order."""
    return (
        _graphics(profile),
        _processor(profile),
        _memory(profile),
        _local_ai(profile),
        _editor(profile),
    )


def machine_sentences(profile: RuntimeProfile) -> tuple[Message, ...]:
    """The same facts as whole sentences, for a terminal and for programs."""
    return (
        _say_graphics(profile),
        _say_processor(profile),
        _say_memory(profile),
        *(_say_server(backend, profile.server(backend)) for backend in (Backend.OLLAMA, Backend.LMSTUDIO)),
        _say_editor(profile),
    )


def gpu_probe_failed(profile: RuntimeProfile) -> bool:
    return any(
        report.name in GPU_PROBES and report.outcome in (Outcome.FAILED, Outcome.TIMEOUT)
        for report in profile.probes
    )


def gpu_unanswered(profile: RuntimeProfile) -> bool:
    """True when a probe for adapters failed, or none ran: then absence proves nothing."""
    asked = any(report.name in GPU_PROBES for report in profile.probes)
    return not asked or gpu_probe_failed(profile)


def surely_no_card(profile: RuntimeProfile) -> bool:
    """True when every probe for adapters answered and none found a discrete or unified one."""
    return primary_gpu(profile.gpus) is None and not gpu_unanswered(profile)


def shown_gpu(profile: RuntimeProfile) -> Gpu | None:
    """The primary adapter, else the first of any kind."""
    return primary_gpu(profile.gpus) or (profile.gpus[0] if profile.gpus else None)


def vram_free_mib(gpu: Gpu) -> int | None:
    if gpu.vram_total_mib is None or gpu.vram_used_mib is None:
        return None
    return max(0, gpu.vram_total_mib - gpu.vram_used_mib)


def _graphics(profile: RuntimeProfile) -> Row:
    gpu = shown_gpu(profile)
    if gpu is None:
        code = "explain-graphics-unknown" if gpu_unanswered(profile) else "explain-graphics-none"
        details = (message("explain-probe-unanswered"),) if gpu_probe_failed(profile) else ()
        return Row(RowKey.GRAPHICS, message(code), details)
    pieces: list[Message] = []
    if gpu.kind is GpuKind.INTEGRATED:
        pieces.append(message("explain-graphics-integrated"))
    elif gpu.kind is GpuKind.UNIFIED:
        pieces.append(message("explain-graphics-unified"))
    elif gpu.vram_total_mib is None:
        pieces.append(message("explain-vram-unknown"))
    else:
        free = vram_free_mib(gpu)
        total = gigabytes(gpu.vram_total_mib)
        pieces.append(
            message("explain-vram-total", total=total)
            if free is None
            else message("explain-vram", total=total, free=gigabytes(free))
        )
    if gpu.driver:
        pieces.append(message("explain-driver", version=gpu.driver))
    if gpu.kind is GpuKind.DISCRETE and gpu.source and gpu.vram_total_mib is not None:
        pieces.append(
            message(
                "explain-source",
                source=_SOURCE_TITLES.get(gpu.source.lower(), gpu.source),
                confidence=gpu.confidence.value if gpu.confidence else "unknown",
            )
        )
    others = [short_gpu_name(gpu_name(other)) for other in profile.gpus if other is not gpu]
    if others:
        pieces.append(message("explain-graphics-others", names=LIST_SEPARATOR.join(others)))
    return Row(RowKey.GRAPHICS, message("explain-name", name=gpu_name(gpu)), tuple(pieces))


def _processor(profile: RuntimeProfile) -> Row:
    cpu = profile.cpu
    details: list[Message] = []
    if cpu.threads is None:
        details.append(message("explain-threads-unknown"))
    elif cpu.cores is None:
        details.append(message("explain-threads", threads=cpu.threads))
    else:
        details.append(message("explain-cores", cores=cpu.cores, threads=cpu.threads))
    if cpu.score is not None:
        details.append(message("explain-score", score=cpu.score.value))
    value = message("explain-name", name=cpu.name) if cpu.name else message("explain-processor-unknown")
    return Row(RowKey.PROCESSOR, value, tuple(details))


def _memory(profile: RuntimeProfile) -> Row:
    memory = profile.memory
    if memory.total_mib is None:
        value = message("explain-memory-unknown")
    elif memory.available_mib is None:
        value = message("explain-memory-total", total=gigabytes(memory.total_mib))
    else:
        value = message(
            "explain-memory",
            total=gigabytes(memory.total_mib),
            available=gigabytes(memory.available_mib),
        )
    return Row(RowKey.MEMORY, value)


def wants_token(server: ModelServer) -> bool:
    """True when the server answers, but only to those who show a valid token."""
    return server.problem is not None and "token" in server.problem


def _server_case(server: ModelServer) -> str:
    """How a server stands, as the variants of the texts name it."""
    if wants_token(server):
        return "token"
    if server.reachable:
        return "remote" if server.remote else "running"
    if server.remote:
        return "remote-silent" if server.reachable is False else "unknown"
    if server.installed:
        return "stopped"
    return "absent" if server.installed is False else "unknown"


def _server_state(backend: Backend, server: ModelServer) -> Message:
    name = server_name(backend, server)
    return message("explain-server", case=_server_case(server), server=name, host=host_name(server.host))


def _counts(server: ModelServer) -> tuple[int, int | str]:
    """How many models it holds itself, and how many of them see images: ``unknown`` where it says nothing."""
    held = server.local_models
    seeing = sum(model.vision is True for model in held)
    unsaid = any(model.vision is None for model in held)
    return len(held), "unknown" if unsaid and not seeing else seeing


def _held(server: ModelServer) -> int:
    """Bytes of VRAM that its loaded models hold."""
    return sum(model.vram_bytes or 0 for model in server.models if model.loaded)


def _local_ai(profile: RuntimeProfile) -> Row:
    order = sorted((Backend.OLLAMA, Backend.LMSTUDIO), key=lambda b: not profile.server(b).reachable)
    first, second = order
    if not profile.server(first).reachable and profile.server(first).installed is False:
        # Put what is there, though silent, before what is not there at all.
        if profile.server(second).installed is not False:
            first, second = second, first
        else:
            return Row(RowKey.LOCAL_AI, message("explain-servers-none"))
    details: list[Message] = []
    for backend in (first, second):
        server = profile.server(backend)
        if backend is second:
            details.append(_server_state(backend, server))
        if server.reachable and not wants_token(server):
            count, seeing = _counts(server)
            details.append(message("explain-models", count=count, seeing=seeing))
            if held := _held(server):
                details.append(message("explain-models-held", held=gigabytes(held / 2**20)))
    return Row(RowKey.LOCAL_AI, _server_state(first, profile.server(first)), tuple(details))


def _editor(profile: RuntimeProfile) -> Row:
    davinci = profile.davinci
    others = LIST_SEPARATOR.join(profile.other_editors)
    if davinci.installed:
        state = "busy" if davinci.busy else {True: "running", False: "idle", None: "unknown"}[davinci.running]
        details = [message("explain-editor-state", state=state)]
        if davinci.edition != "studio" and davinci.edition != "free":
            details.append(message("explain-edition-unknown"))
        if others:
            details.append(message("explain-editors-others", names=others))
        return Row(RowKey.EDITOR, message("explain-name", name=resolve_name(profile)), tuple(details))
    if profile.other_editors:
        rest = LIST_SEPARATOR.join(profile.other_editors[1:])
        more = (message("explain-editors-others", names=rest),) if rest else ()
        return Row(RowKey.EDITOR, message("explain-name", name=profile.other_editors[0]), more)
    if davinci.installed is None:
        return Row(RowKey.EDITOR, message("explain-editor-unknown"))
    return Row(RowKey.EDITOR, message("explain-editor-none"), (message("explain-editor-none-files"),))


def _say_graphics(profile: RuntimeProfile) -> Message:
    gpu = shown_gpu(profile)
    if gpu is None:
        return message("explain-say-gpu-unknown" if gpu_unanswered(profile) else "explain-say-gpu-none")
    name = gpu_name(gpu)
    if gpu.kind is GpuKind.UNIFIED:
        return message("explain-say-gpu-unified", name=name)
    if gpu.kind is GpuKind.INTEGRATED:
        return message("explain-say-gpu-integrated", name=name)
    free = vram_free_mib(gpu)
    if gpu.vram_total_mib is None:
        return message("explain-say-gpu-vram-unknown", name=name)
    total = gigabytes(gpu.vram_total_mib)
    if free is None:
        return message("explain-say-gpu-total", name=name, total=total)
    return message("explain-say-gpu", name=name, total=total, free=gigabytes(free))


def _say_processor(profile: RuntimeProfile) -> Message:
    cpu = profile.cpu
    if cpu.threads is None or cpu.score is None:
        return message("explain-say-cpu-unknown", name=cpu.name or "", known=int(bool(cpu.name)))
    return message(
        "explain-say-cpu",
        name=cpu.name or "",
        known=int(bool(cpu.name)),
        threads=cpu.threads,
        score=cpu.score.value,
    )


def _say_memory(profile: RuntimeProfile) -> Message:
    memory = profile.memory
    if memory.total_mib is None:
        return message("explain-say-memory-unknown")
    if memory.available_mib is None:
        return message("explain-say-memory-total", total=gigabytes(memory.total_mib))
    return message(
        "explain-say-memory", total=gigabytes(memory.total_mib), available=gigabytes(memory.available_mib)
    )


def _say_server(backend: Backend, server: ModelServer) -> Message:
    count, seeing = _counts(server)
    return message(
        "explain-say-server",
        case=_server_case(server),
        server=server_name(backend, server),
        host=host_name(server.host),
        count=count,
        seeing=seeing,
    )


def _say_editor(profile: RuntimeProfile) -> Message:
    davinci = profile.davinci
    if davinci.installed:
        state = {True: "running", False: "idle", None: "unknown"}[davinci.running]
        return message(
            "explain-say-editor", name=resolve_name(profile), state="busy" if davinci.busy else state
        )
    if profile.other_editors:
        return message("explain-say-editors", names=LIST_SEPARATOR.join(profile.other_editors))
    return message("explain-say-editor-unknown" if davinci.installed is None else "explain-say-editor-none")
