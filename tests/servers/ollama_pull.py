"""What pulling a model from a fake registry does: progress lines, late errors, resuming."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.servers.ollama_store import OllamaModel, Store

NO_SUCH_MODEL = "pull model manifest: file does not exist"
OFFLINE = (
    'pull model manifest: Get "https://registry.ollama.ai/v2/library/{name}/manifests/{tag}": dial tcp: '
    "lookup registry.ollama.ai on 127.0.0.53:53: no such host"
)
REGISTRY_500 = "pull model manifest: 500: internal server error"
DIGEST_MISMATCH = "digest mismatch, file must be downloaded again: want sha256:{want}, got sha256:{got}"
DISK_FULL = "write /models/blobs/sha256-{digest}-partial: no space left on device"
RETRIES_EXCEEDED = "max retries exceeded: unexpected EOF"


@dataclass(slots=True)
class Pull:
    """A model of the registry and how its download goes."""

    model: OllamaModel
    layers: tuple[int, ...] = ()
    """Bytes of each layer; by default the model's size, a small licence and a small configuration."""
    step: int = 0
    """Bytes between two progress lines of a layer; by default an eighth of it."""
    fail_after: int | None = None
    """Bytes over all layers after which ``error`` comes instead."""
    error: str = RETRIES_EXCEEDED
    hold_after: int | None = None
    """Bytes over all layers after which nothing comes until ``release`` is set or the client leaves."""
    release: threading.Event = field(default_factory=threading.Event)
    unused_layers: bool = False

    def __post_init__(self) -> None:
        if not self.layers:
            self.layers = (self.model.size - 1152, 1000, 152)

    def digests(self) -> list[str]:
        base = self.model.full_name
        return [hashlib.sha256(f"{base}/{number}".encode()).hexdigest() for number in range(len(self.layers))]


class Registry:
    """The models that can be pulled, and the partial files left by pulls that were cut."""

    def __init__(self) -> None:
        self.offers: dict[str, Pull] = {}
        self.offline = False
        self.partial: dict[str, int] = {}
        """Digest -> bytes already here; the next pull goes on from there."""

    def offer(self, pull: Pull) -> Pull:
        self.offers[pull.model.full_name.lower()] = pull
        return pull

    def lines(self, name: str, store: Store) -> Iterator[dict[str, Any] | Pull]:
        """Progress lines; a ``Pull`` among them means: hold here until it is released."""
        yield {"status": "pulling manifest"}
        base, _, tag = name.partition(":")
        if self.offline:
            yield {"error": OFFLINE.format(name=base, tag=tag or "latest")}
            return
        pull = self.offers.get(name.lower())
        if pull is None:
            yield {"error": NO_SUCH_MODEL}
            return
        yield from self._layers(pull, present=store.find(name) is not None)

    def finish(self, pull: Pull, store: Store) -> None:
        store.add(pull.model)
        for digest in pull.digests():
            self.partial.pop(digest, None)

    def _layers(self, pull: Pull, present: bool) -> Iterator[dict[str, Any] | Pull]:
        before = 0
        held = False
        for digest, total in zip(pull.digests(), pull.layers, strict=True):
            line = {"status": f"pulling {digest[:12]}", "digest": f"sha256:{digest}", "total": total}
            done = total if present else self.partial.get(digest, 0)
            step = pull.step or max(1, total // 8)
            while True:
                yield {**line, "completed": done} if done else dict(line)  # "completed" is left out when 0
                if pull.fail_after is not None and not present and before + done >= pull.fail_after:
                    yield {"error": pull.error}
                    return
                if pull.hold_after is not None and not held and before + done >= pull.hold_after:
                    held = True
                    yield pull
                if done + step >= total:
                    break  # the last line of a layer need not reach its total
                done += step
                self.partial[digest] = done
            before += total
            self.partial[digest] = total
        yield {"status": "verifying sha256 digest"}
        yield {"status": "writing manifest"}
        if pull.unused_layers:
            yield {"status": "removing unused layers"}
        yield {"status": "success"}
