"""What a fake LM Studio holds: downloaded models, loaded instances, downloads."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Any

GUARD_TEXT = (
    "Model loading was stopped due to insufficient system resources. Under the current settings, this model "
    "requires approximately {gb:.2f} GB of memory, and continuing to load it would likely overload your "
    "system and cause it to freeze. If you think this is incorrect, you can adjust the model loading "
    "guardrails in settings."
)


@dataclass(frozen=True, slots=True)
class StudioModel:
    """A downloaded model."""

    key: str
    vision: bool = True
    size_bytes: int = 1_700_000_000
    type: str = "llm"
    """``llm`` or ``embedding``, as version 1 of the interface says it."""
    publisher: str = "lmstudio-community"
    architecture: str | None = "llama"
    quantization: str | None = "Q4_K_M"
    params: str | None = "2B"
    format: str | None = "gguf"
    max_context_length: int = 32768
    tools: bool = False


@dataclass(slots=True, eq=False)
class Instance:
    """A loaded model; ``ttl`` is its idle time in seconds when a request loaded it."""

    identifier: str
    model: StudioModel
    context_length: int
    ttl: int | None


@dataclass(slots=True, eq=False)
class Download:
    """A download job; a test moves it on with ``advance`` or lets every poll add ``per_poll`` bytes."""

    identifier: str
    model: StudioModel
    total: int
    per_poll: int
    started_at: str
    downloaded: int = 0
    status: str = "downloading"


class DoesNotFitError(MemoryError):
    """LM Studio's memory guard refuses to load."""


class StudioStore:
    """Models, instances and downloads; every method is safe to call from any thread."""

    def __init__(self, models: list[StudioModel], memory_bytes: int) -> None:
        self.lock = threading.RLock()
        self.models = {model.key: model for model in models}
        self.memory_bytes = memory_bytes
        self.instances: list[Instance] = []
        self.downloads: dict[str, Download] = {}
        self.offers: dict[str, StudioModel] = {}
        """What can be downloaded, by the name asked for."""

    def loaded(self, key: str) -> list[Instance]:
        with self.lock:
            return [each for each in self.instances if each.model.key == key]

    def find_instance(self, name: str) -> Instance | None:
        """By instance id or model key."""
        with self.lock:
            named = [each for each in self.instances if name in (each.identifier, each.model.key)]
            return named[0] if named else None

    def load(self, model: StudioModel, context_length: int | None, ttl: int | None = None) -> Instance:
        """Load one more instance; a second one of a model gets ``:2`` at its id's end."""
        with self.lock:
            used = sum(each.model.size_bytes for each in self.instances)
            if used + model.size_bytes > self.memory_bytes:
                raise DoesNotFitError(GUARD_TEXT.format(gb=model.size_bytes / 1e9))
            number = len(self.loaded(model.key)) + 1
            identifier = model.key if number == 1 else f"{model.key}:{number}"
            instance = Instance(identifier, model, context_length or 4096, ttl)
            self.instances.append(instance)
            return instance

    def evict_just_in_time(self) -> None:
        """Auto-Evict: one model loaded by a request goes when a request loads another."""
        with self.lock:
            self.instances = [each for each in self.instances if each.ttl is None]

    def unload(self, identifier: str) -> bool:
        with self.lock:
            kept = [each for each in self.instances if each.identifier != identifier]
            found = len(kept) < len(self.instances)
            self.instances = kept
            return found

    def advance(self, job: str, size: int) -> None:
        """Move a download on by so many bytes; at its end the model is there."""
        with self.lock:
            download = self.downloads[job]
            if download.status != "downloading":
                return
            download.downloaded = min(download.total, download.downloaded + size)
            if download.downloaded == download.total:
                download.status = "completed"
                self.models[download.model.key] = download.model


def entry_of_v1(store: StudioStore, model: StudioModel) -> dict[str, Any]:
    """An entry of /api/v1/models."""
    quantization = {"name": model.quantization, "bits_per_weight": 4} if model.quantization else None
    entry: dict[str, Any] = {
        "type": model.type,
        "publisher": model.publisher,
        "key": model.key,
        "display_name": model.key.rsplit("/", 1)[-1],
        "architecture": model.architecture,
        "quantization": quantization,
        "size_bytes": model.size_bytes,
        "params_string": model.params,
        "loaded_instances": [
            {
                "id": each.identifier,
                "config": {
                    "context_length": each.context_length,
                    "eval_batch_size": 512,
                    "parallel": 4,
                    "flash_attention": True,
                    "offload_kv_cache_to_gpu": True,
                },
            }
            for each in store.loaded(model.key)
        ],
        "max_context_length": model.max_context_length,
        "format": model.format,
    }
    if model.type == "llm":
        entry["capabilities"] = {"vision": model.vision, "trained_for_tool_use": model.tools}
        entry["description"] = None
        entry["variants"] = [f"{model.key}@{(model.quantization or 'none').lower()}"]
        entry["selected_variant"] = entry["variants"][0]
    return entry


def entry_of_v0(store: StudioStore, model: StudioModel) -> dict[str, Any]:
    """An entry of /api/v0/models; loaded ones say with which context."""
    loaded = store.loaded(model.key)
    entry: dict[str, Any] = {
        "id": model.key,
        "object": "model",
        "type": "embeddings" if model.type == "embedding" else "vlm" if model.vision else "llm",
        "publisher": model.publisher,
        "arch": model.architecture,
        "compatibility_type": model.format,
        "quantization": model.quantization,
        "state": "loaded" if loaded else "not-loaded",
        "max_context_length": model.max_context_length,
    }
    if loaded:
        entry["loaded_context_length"] = loaded[0].context_length
    if model.tools:
        entry["capabilities"] = ["tool_use"]
    return entry
