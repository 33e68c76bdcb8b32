"""How Ollama writes a model down in /api/tags, /api/show and /api/ps."""

from __future__ import annotations

from typing import Any

from tests.servers.go_format import rfc3339_nano
from tests.servers.ollama_store import Loaded, OllamaModel


def model_details(model: OllamaModel) -> dict[str, Any]:
    if model.remote_host is not None:
        return {
            "parent_model": "",
            "format": "",
            "family": "",
            "families": None,
            "parameter_size": "",
            "quantization_level": "",
        }
    return {
        "parent_model": "",
        "format": "gguf",
        "family": model.family,
        "families": [model.family],
        "parameter_size": model.parameter_size,
        "quantization_level": model.quantization,
    }


def tags_entry(model: OllamaModel, now_ns: int, *, rich: bool) -> dict[str, Any]:
    """One entry of /api/tags; ``rich`` adds what came with 0.30."""
    entry: dict[str, Any] = {
        "name": model.full_name,
        "model": model.full_name,
        "modified_at": rfc3339_nano(now_ns - 86_400_123_456_789),
        "size": model.size,
        "digest": model.digest,
        "details": model_details(model),
    }
    if model.remote_host is not None:
        entry |= {"remote_model": model.remote_model or model.name, "remote_host": model.remote_host}
    if rich:
        entry["details"] = model_details(model) | {
            "context_length": model.context_length,
            "embedding_length": model.embedding_length,
        }
        entry["capabilities"] = model.capabilities
    return entry


def show_body(model: OllamaModel, now_ns: int, *, capabilities: bool, verbose: bool) -> dict[str, Any]:
    """The answer of /api/show; big arrays are null unless verbose."""
    info: dict[str, Any] = {
        "general.architecture": model.family,
        "general.parameter_count": 661_000,
        f"{model.family}.context_length": model.context_length,
        f"{model.family}.embedding_length": model.embedding_length,
        "tokenizer.ggml.tokens": ["a", "b"] if verbose else None,
    }
    if model.vision and not model.vision_in_projector:
        info[f"{model.family}.vision.block_count"] = 24
    body: dict[str, Any] = {
        "modelfile": f"FROM {model.full_name}\n",
        "template": "{{ .Prompt }}",
        "details": model_details(model),
        "model_info": info,
        "modified_at": rfc3339_nano(now_ns - 86_400_123_456_789),
    }
    if model.vision and model.vision_in_projector:
        body["projector_info"] = {"general.architecture": "clip", "clip.has_vision_encoder": True}
    if model.remote_host is not None:
        body |= {"remote_model": model.remote_model or model.name, "remote_host": model.remote_host}
    if capabilities:
        body["capabilities"] = model.capabilities
    return body


def ps_entry(loaded: Loaded, *, context: bool) -> dict[str, Any]:
    """One entry of /api/ps; ``context`` adds the loaded context length."""
    model = loaded.model
    entry = {
        "name": model.full_name,
        "model": model.full_name,
        "size": loaded.size,
        "digest": model.digest,
        "details": model_details(model),
        "expires_at": rfc3339_nano(loaded.expires_ns),
        "size_vram": loaded.size_vram,
    }
    return {**entry, "context_length": loaded.num_ctx} if context else entry
