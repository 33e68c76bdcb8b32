"""The facts about a machine, as probes found them, and their JSON form.

Unknown is ``None`` everywhere, never 0. Sizes in MiB or bytes as the field says; "GB" in JSON are GiB
rounded to one decimal.
"""

from __future__ import annotations

import enum
import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from autocut_tray.core.frozen import frozen

SCHEMA = 1


class ProfileClass(enum.Enum):
    """How much local work this machine can carry; see :func:`classify`."""

    LOCAL_GPU_HIGH = "LOCAL_GPU_HIGH"
    LOCAL_GPU_MID = "LOCAL_GPU_MID"
    LOCAL_GPU_LOW = "LOCAL_GPU_LOW"
    LOCAL_CPU_ONLY = "LOCAL_CPU_ONLY"
    CLOUD_HYBRID = "CLOUD_HYBRID"


class CpuScore(enum.Enum):
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    ULTRA = "ultra"


class GpuKind(enum.Enum):
    DISCRETE = "discrete"
    INTEGRATED = "integrated"
    UNIFIED = "unified"


class Confidence(enum.Enum):
    """How far to trust a figure: the driver's own count, a derived one, or a guess from a name."""

    EXACT = "exact"
    DERIVED = "derived"
    GUESS = "guess"


class Outcome(enum.Enum):
    """How a probe ended."""

    OK = "ok"
    ABSENT = "absent"
    FAILED = "failed"
    TIMEOUT = "timeout"


class Backend(enum.Enum):
    """Servers that run models."""

    OLLAMA = "ollama"
    LMSTUDIO = "lmstudio"


@frozen
class Cpu:
    name: str | None
    cores: int | None
    threads: int | None
    score: CpuScore | None


@frozen
class Memory:
    total_mib: int | None
    available_mib: int | None
    swap_mib: int | None


@frozen
class Gpu:
    name: str | None
    vendor: str | None
    kind: GpuKind | None
    vram_total_mib: int | None
    vram_used_mib: int | None
    driver: str | None
    source: str | None
    """Which interface gave the VRAM figures: ``nvml``, ``gputil``, ``sysfs``, ``dxgi``, …"""
    confidence: Confidence | None
    index: int | None = None
    """Position in the source's own list, to sample the same device again."""


@frozen
class Model:
    """A model that a server offers. ``vision`` None: the server did not say."""

    name: str
    size_bytes: int | None = None
    quantization: str | None = None
    vision: bool | None = None
    cloud: bool = False
    loaded: bool | None = None
    vram_bytes: int | None = None


@frozen
class ModelServer:
    """Ollama or LM Studio. ``problem``: why it is of no use now, as a message code: it does not answer, or it
    answers but wants a token."""

    installed: bool | None
    reachable: bool | None
    host: str | None
    remote: bool
    version: str | None
    models: tuple[Model, ...] = ()
    problem: str | None = None

    @property
    def local_models(self) -> tuple[Model, ...]:
        """Those that run on that server itself."""
        return tuple(m for m in self.models if not m.cloud)


@frozen
class Davinci:
    installed: bool | None
    path: str | None = None
    version: str | None = None
    edition: str | None = None
    """``studio``, ``free`` or None for unknown."""
    running: bool | None = None
    busy: bool | None = None


@frozen
class ProbeReport:
    """What one probe answered: its outcome, its time in milliseconds, and its own words if it failed."""

    name: str
    outcome: Outcome
    ms: int
    detail: str | None = None


@frozen
class Change:
    """A difference from the last launch: a message code and its variables."""

    code: str
    params: Mapping[str, str | int | float]


@frozen
class RuntimeProfile:
    """One machine at one moment."""

    detected_at: float | None
    """Seconds since the Unix epoch."""
    cpu: Cpu
    memory: Memory
    gpus: tuple[Gpu, ...]
    ollama: ModelServer
    lmstudio: ModelServer
    davinci: Davinci
    other_editors: tuple[str, ...]
    profile_class: ProfileClass
    probes: tuple[ProbeReport, ...] = ()
    changes: tuple[Change, ...] = ()

    @property
    def primary_gpu(self) -> Gpu | None:
        return primary_gpu(self.gpus)

    def server(self, backend: Backend) -> ModelServer:
        return self.ollama if backend is Backend.OLLAMA else self.lmstudio

    def with_class(self, profile_class: ProfileClass) -> RuntimeProfile:
        return replace(self, profile_class=profile_class)

    def with_changes(self, changes: tuple[Change, ...]) -> RuntimeProfile:
        return replace(self, changes=changes)


def cpu_score(threads: int | None) -> CpuScore | None:
    """``low`` below 4 threads, ``medium`` 4-11, ``high`` 12-23, ``ultra`` from 24."""
    if threads is None or threads <= 0:
        return None
    if threads < 4:
        return CpuScore.LOW
    if threads < 12:
        return CpuScore.MEDIUM
    return CpuScore.HIGH if threads < 24 else CpuScore.ULTRA


def primary_gpu(gpus: tuple[Gpu, ...]) -> Gpu | None:
    """The discrete (else unified) adapter with most memory; integrated ones are never primary."""
    for kind in (GpuKind.DISCRETE, GpuKind.UNIFIED):
        candidates = [g for g in gpus if g.kind is kind]
        if candidates:
            return max(candidates, key=lambda g: g.vram_total_mib or 0)
    return None


def whole_gib(mib: int | None) -> int | None:
    """MiB as the whole GB on the box: rounded, so that a "16 GB" card reporting 15.99 is 16."""
    return None if mib is None else math.floor(mib / 1024 + 0.5)


def classify(
    gpus: tuple[Gpu, ...], *, models_remote: bool = False, chosen_by_person: bool = False
) -> ProfileClass:
    """The class by the primary discrete GPU's VRAM in whole GB: >= 16, 8-15, 4-7, else CPU only.

    ``CLOUD_HYBRID`` when the person chose where tasks run, or when the models live on a remote host, so that
    this machine's hardware does not bound them.
    """
    if chosen_by_person or models_remote:
        return ProfileClass.CLOUD_HYBRID
    gpu = primary_gpu(gpus)
    vram = whole_gib(gpu.vram_total_mib) if gpu is not None and gpu.kind is GpuKind.DISCRETE else None
    if vram is None or vram < 4:
        return ProfileClass.LOCAL_CPU_ONLY
    if vram < 8:
        return ProfileClass.LOCAL_GPU_LOW
    return ProfileClass.LOCAL_GPU_MID if vram < 16 else ProfileClass.LOCAL_GPU_HIGH


def models_are_remote(servers: tuple[ModelServer, ...]) -> bool:
    """True when a remote server is in use and no server on this machine has a model of its own."""
    here = any(server.local_models for server in servers if not server.remote)
    return not here and any(server.remote and server.reachable is not False for server in servers)


def gib(mib: float | None) -> float | None:
    """MiB as GiB rounded to one decimal, for JSON and people."""
    return None if mib is None else round(mib / 1024, 1)


Json = dict[str, Any]
