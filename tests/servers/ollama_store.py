"""What a fake Ollama holds: models on disk, models in memory, and the memory itself."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import Enum

from tests.servers.go_format import FOREVER_NS

GIB = 2**30
MIB = 2**20


@dataclass(frozen=True, slots=True)
class OllamaModel:
    """A model in the store; ``name`` without a tag means ``:latest``."""

    name: str
    size: int = 1_700_000_000
    """Bytes on disk."""
    memory: int | None = None
    """Bytes when loaded; by default 1.15 times the size."""
    vision: bool = True
    family: str = "llama"
    parameter_size: str = "1.4B"
    quantization: str = "Q4_0"
    context_length: int = 8192
    """Trained context, tokens."""
    embedding_length: int = 2048
    thinking: bool = False
    tools: bool = False
    vision_in_projector: bool = True
    """Old servers show vision by ``projector_info``; False: by ``*.vision.block_count`` in ``model_info``."""
    remote_model: str | None = None
    remote_host: str | None = None

    @property
    def full_name(self) -> str:
        return with_tag(self.name)

    @property
    def loaded_bytes(self) -> int:
        return self.memory if self.memory is not None else int(self.size * 1.15)

    @property
    def digest(self) -> str:
        """64 hex digits, no prefix."""
        return hashlib.sha256(self.full_name.encode()).hexdigest()

    @property
    def capabilities(self) -> list[str]:
        wanted = (("vision", self.vision), ("tools", self.tools), ("thinking", self.thinking))
        return ["completion", *(name for name, has in wanted if has)]


def with_tag(name: str) -> str:
    return name if ":" in name.rsplit("/", 1)[-1] else f"{name}:latest"


@dataclass(slots=True, eq=False)
class Loaded:
    """A model in memory."""

    model: OllamaModel
    size: int
    size_vram: int
    num_ctx: int
    num_gpu: int | None
    expires_ns: int
    active: int = 0
    """Requests running on it."""
    unload_when_idle: bool = False
    slots: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(1))


@dataclass(frozen=True, slots=True)
class LoadEvent:
    """One load that happened."""

    name: str
    num_ctx: int
    num_gpu: int | None
    size_vram: int


SLOW_NS = 500_000_000


class Unloading(Enum):
    """How unloading behaves."""

    HONEST = "honest"
    STILL_LISTED = "still listed"
    """Answered with 200, but /api/ps goes on listing it and its memory stays taken."""
    LEAKS = "leaks"
    """Gone from /api/ps, but the memory does not come back."""
    HALF_LEAKS = "half leaks"
    """The same with half of it."""
    SLOW = "slow"
    """Gone from /api/ps at once, and its memory half a second later."""


class DoesNotFitError(MemoryError):
    """The part of a model that has to go into RAM is larger than what is free."""

    def __init__(self, needed: int, available: int) -> None:
        super().__init__(f"{needed} bytes needed, {available} available")
        self.needed = needed
        self.available = available


class Store:
    """Models and memory; every method is safe to call from any thread."""

    def __init__(
        self,
        models: Iterable[OllamaModel],
        *,
        gpu_bytes: int,
        ram_bytes: int,
        num_parallel: int,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.lock = threading.RLock()
        self._models = {model.full_name.lower(): model for model in models}
        self.gpu_bytes = gpu_bytes
        """Capacity of the one GPU; 0 for none."""
        self.ram_bytes = ram_bytes
        self.gpu_foreign = 0
        """Bytes that other programs hold; a test may change these two at any time."""
        self.ram_foreign = 0
        self.leaked_vram = 0
        self._late: list[tuple[int, int]] = []
        """When memory comes back, and how much."""
        self.unloading = Unloading.HONEST
        self.num_parallel = num_parallel
        self.loads: list[LoadEvent] = []
        self.unloads: list[str] = []
        self._loaded: dict[str, Loaded] = {}
        self._clock = clock

    def now_ns(self) -> int:
        return int(self._clock() * 1e9)

    def models(self) -> list[OllamaModel]:
        with self.lock:
            return list(self._models.values())

    def find(self, name: str) -> OllamaModel | None:
        """By name, blind to case; no tag means ``:latest``."""
        with self.lock:
            return self._models.get(with_tag(name).lower())

    def add(self, model: OllamaModel) -> None:
        with self.lock:
            self._models[model.full_name.lower()] = model

    def remove(self, name: str) -> bool:
        with self.lock:
            model = self._models.pop(with_tag(name).lower(), None)
            if model is not None:
                self._drop(model.full_name)
            return model is not None

    @property
    def default_context(self) -> int:
        return 4096 if self.gpu_bytes < 23 * GIB else 32768 if self.gpu_bytes < 47 * GIB else 262144

    def vram_used(self) -> int:
        """Bytes in use on the GPU, everybody's; what a VRAM probe would read."""
        with self.lock:
            late = sum(size for at, size in self._late if at > self.now_ns())
            held = sum(each.size_vram for each in self._loaded.values())
            return self.gpu_foreign + self.leaked_vram + late + held

    def ram_used(self) -> int:
        with self.lock:
            return self.ram_foreign + sum(each.size - each.size_vram for each in self._loaded.values())

    def loaded(self) -> list[Loaded]:
        """Models in memory, the longest time left first; those that expired leave now."""
        with self.lock:
            now = self.now_ns()
            for name, each in list(self._loaded.items()):
                if each.active == 0 and each.expires_ns <= now:
                    self._drop(name)
            return sorted(self._loaded.values(), key=lambda each: -each.expires_ns)

    def is_loaded(self, name: str) -> bool:
        return any(each.model.full_name.lower() == with_tag(name).lower() for each in self.loaded())

    def fitting(self, model: OllamaModel, num_ctx: int | None, num_gpu: int | None) -> Loaded | None:
        """The loaded instance that serves this request, or None: it must be (re)loaded."""
        with self.lock:
            self.loaded()
            found = self._loaded.get(model.full_name)
            if (
                found is None
                or (num_ctx or self.default_context) != found.num_ctx
                or num_gpu != found.num_gpu
            ):
                return None
            return found

    def load(self, model: OllamaModel, num_ctx: int | None, num_gpu: int | None) -> Loaded:
        """Bring a model into memory: idle ones are evicted for it, what the GPU lacks goes to RAM."""
        with self.lock:
            self._drop(model.full_name)
            need = model.loaded_bytes
            if num_gpu != 0:
                for name, each in list(self._loaded.items()):
                    if need > self._vram_free() and each.active == 0:
                        self._drop(name)
            in_vram = 0 if num_gpu == 0 else min(need, self._vram_free())
            ram_free = self.ram_bytes - self.ram_used()
            if need - in_vram > ram_free:
                raise DoesNotFitError(need - in_vram, max(0, ram_free))
            context = num_ctx or self.default_context
            loaded = Loaded(model, need, in_vram, context, num_gpu, FOREVER_NS)
            loaded.slots = threading.Semaphore(self.num_parallel)
            self._loaded[model.full_name] = loaded
            self.loads.append(LoadEvent(model.full_name, context, num_gpu, in_vram))
            return loaded

    def use(self, loaded: Loaded, keep_alive_ns: int) -> Use:
        """A request begins to run on a model."""
        with self.lock:
            loaded.active += 1
        return Use(self, loaded, keep_alive_ns)

    def end(self, loaded: Loaded, keep_alive_ns: int) -> None:
        """A request is over: start its keep_alive, or unload when that was asked for meanwhile."""
        with self.lock:
            loaded.active -= 1
            loaded.expires_ns = self.now_ns() + keep_alive_ns
            if self._loaded.get(loaded.model.full_name) is not loaded:
                return  # its runner died, or another load took its place
            if loaded.active == 0 and (loaded.unload_when_idle or keep_alive_ns == 0):
                self._unload(loaded.model.full_name)

    def ask_unload(self, name: str) -> None:
        """Unload at once, or when the requests on it have ended; nothing when it is not loaded."""
        with self.lock:
            found = self._loaded.get(with_tag(name)) or next(
                (each for key, each in self._loaded.items() if key.lower() == with_tag(name).lower()), None
            )
            if found is None:
                return
            found.unload_when_idle = True
            found.expires_ns = self.now_ns()
            if found.active == 0:
                self._unload(found.model.full_name)

    def kill_runner(self, name: str) -> None:
        """The process behind a model is gone; the next request loads it again."""
        with self.lock:
            self._drop(with_tag(name))

    def _vram_free(self) -> int:
        return max(0, self.gpu_bytes - self.vram_used())

    def _unload(self, name: str) -> None:
        if self.unloading is Unloading.STILL_LISTED:
            self._loaded[name].expires_ns = FOREVER_NS
            return
        held = self._loaded[name].size_vram
        self._drop(name)
        if self.unloading is Unloading.SLOW:
            self._late.append((self.now_ns() + SLOW_NS, held))
        self.leaked_vram += {Unloading.LEAKS: held, Unloading.HALF_LEAKS: held // 2}.get(self.unloading, 0)

    def _drop(self, name: str) -> None:
        if self._loaded.pop(name, None) is not None:
            self.unloads.append(name)


class Use:
    """One request on a loaded model; ends once, before the last bytes are sent, so that a test sees it ended."""

    def __init__(self, store: Store, loaded: Loaded, keep_alive_ns: int) -> None:
        self._store = store
        self._loaded = loaded
        self._keep_alive_ns = keep_alive_ns
        self._over = False

    def end(self) -> None:
        if not self._over:
            self._over = True
            self._store.end(self._loaded, self._keep_alive_ns)

    def __enter__(self) -> Use:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()
