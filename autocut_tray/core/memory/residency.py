"""Models that this program had loaded, and giving their memory back through their server.

A model that was in memory before we first asked for it is somebody else's and stays.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from autocut_tray.core.cancel import CancelToken
from autocut_tray.core.errors import BackendError, Cancelled
from autocut_tray.core.frozen import frozen
from autocut_tray.core.http_light import LightClient, asking_client
from autocut_tray.core.memory.tracker import ResourceTracker
from autocut_tray.core.release import ResourceKind
from autocut_tray.core.runtime.profile import Backend

if TYPE_CHECKING:
    from autocut_tray.core.http import HttpClient

log = logging.getLogger(__name__)

_LIMIT = 2.0
"""Seconds that one question to a server may take; it answers these from memory."""


@frozen
class Resident:
    """A model in a server's memory. ``handle``: what unloads it. ``size_bytes``: all that it takes there;
    ``vram_bytes``: of that on the graphics card; None: the server does not say."""

    backend: Backend
    model: str
    handle: str
    vram_bytes: int | None
    size_bytes: int | None = None


@dataclass(slots=True)
class _Use:
    """A model that we asked for. ``theirs``: it was there before us, or nobody could say.

    ``seen``: it was listed since. ``uses``: requests of ours under way. ``handles``: under which it was listed, the
    oldest first.
    """

    theirs: bool
    ours: _OurModel | None = None
    seen: bool = False
    uses: int = 0
    handles: list[str] = field(default_factory=list)


class _OurModel:
    """What the tracker knows of a model of ours."""

    def __init__(self, residency: Residency, backend: Backend, model: str, tracker: ResourceTracker) -> None:
        self._residency = residency
        self._backend = backend
        self._model = model
        self._tracker = tracker
        self._kind = ResourceKind.MODEL_SHARDS
        self._load_seconds: float | None = None
        self._tracked = tracker.register(self._kind, model, self, bytes_=None)

    def release(self, keep: float, *, compress: bool) -> None:
        if keep < 100.0:
            self._residency.unload_model(self._backend, self._model)

    def measure(self) -> int | None:
        present = self._residency.loaded(self._backend)
        if present is None:
            return None
        mine = [resident for resident in present if resident.model == self._model]
        return self._held(mine)

    def note(self, mine: list[Resident]) -> None:
        """Its server listed it so."""
        on_card = [resident.vram_bytes != 0 for resident in mine]
        kind = ResourceKind.MODEL_SHARDS if any(on_card) or not mine else ResourceKind.MODEL_WEIGHTS_CACHE
        if kind is not self._kind:
            self._tracked.forget()
            self._kind = kind
            self._tracked = self._tracker.register(
                kind, self._model, self, bytes_=None, rebuild_seconds=self._load_seconds
            )
        self._tracked.resize(self._held(mine))

    def touch(self, uses: int) -> None:
        self._tracker.change(self._tracked.id, touched=True, uses=uses)

    def note_load(self, seconds: float) -> None:
        """What it took to have it in memory for one answer, which is next to nothing where it was there already."""
        self._load_seconds = max(seconds, self._load_seconds or 0.0)
        self._tracked.costs(self._load_seconds)

    def forget(self) -> None:
        self._tracked.forget()

    def _held(self, mine: list[Resident]) -> int | None:
        """Bytes where its kind is: on the card, or all of them."""
        on_card = self._kind is ResourceKind.MODEL_SHARDS
        sizes = [resident.vram_bytes if on_card else resident.size_bytes for resident in mine]
        return None if None in sizes else sum(size or 0 for size in sizes)


class Residency:
    """Remembers which models were asked for, and which of them were there before. Safe to use from several threads.

    ``address`` gives the root address and token of a server on this machine, None for one elsewhere: what another
    machine keeps in memory is not ours to judge. ``tracker`` learns of the models that are ours.
    """

    def __init__(
        self,
        address: Callable[[Backend], tuple[str, str | None] | None],
        tracker: ResourceTracker | None = None,
    ) -> None:
        self._address = address
        self._tracker = tracker
        self._lock = threading.Lock()
        self._asked: dict[tuple[Backend, str], _Use] = {}
        self._listed: dict[Backend, tuple[Resident, ...]] = {}
        self._closing = CancelToken()

    def close(self) -> None:
        """End questions under way; nothing is asked any more."""
        self._closing.cancel()

    @contextmanager
    def using(self, backend: Backend, model: str) -> Iterator[None]:
        """Around a request to a model: before the first one, note whether it is there already. Never raises."""
        self._begin_use(backend, model, 1)
        try:
            yield
        finally:
            with self._lock:
                self._count(backend, model, -1)

    def will_use(self, backend: Backend, model: str) -> None:
        """Note whether a model that is about to be asked for is there already. Never raises."""
        self._begin_use(backend, model, 0)

    def note_load(self, backend: Backend, model: str, seconds: float) -> None:
        """A server said what it took to have this model in memory for an answer."""
        with self._lock:
            use = self._asked.get((backend, model))
            if use is not None and use.ours is not None:
                use.ours.note_load(seconds)

    def _begin_use(self, backend: Backend, model: str, uses: int) -> None:
        """Known and counted in one go: what is in use is not forgotten when its server does not list it yet."""
        with self._lock:
            if self._count(backend, model, uses):
                return
        present = self.loaded(backend)
        # A server that does not say leaves it open whose the model is, so it is not ours to unload.
        theirs = present is None or any(resident.model == model for resident in present)
        with self._lock:
            use = self._asked.setdefault((backend, model), _Use(theirs))
            if not use.theirs and use.ours is None and self._tracker is not None and self._address(backend):
                use.ours = _OurModel(self, backend, model, self._tracker)
            self._count(backend, model, uses)

    def _count(self, backend: Backend, model: str, uses: int) -> bool:
        """Begin or end uses; False for a model that is not known. With the lock held."""
        use = self._asked.get((backend, model))
        if use is not None and uses:
            use.uses += uses
            if use.ours is not None:
                use.ours.touch(uses)
        return use is not None

    def find(self, backend: Backend, model: str) -> Resident | None:
        """The model in its server's memory, if it is there and the server says so."""
        found = self.look(backend, model)
        return found if isinstance(found, Resident) else None

    def look(self, backend: Backend, model: str) -> Resident | bool | None:
        """The model in its server's memory; None when it is not there, False when the server does not say.

        Of two that are ours, which LM Studio may load, the older one is unloaded.
        """
        present = self.loaded(backend)
        if present is None:
            return False
        found = [resident for resident in present if resident.model == model]
        if len(found) > 1:
            found = self._without_duplicates(backend, model, found)
        return found[0] if found else None

    @property
    def listed(self) -> tuple[tuple[Resident, bool], ...]:
        """What servers held when they were last asked, and whether it is ours."""
        with self._lock:
            return tuple(
                (resident, self._is_ours(resident)) for listed in self._listed.values() for resident in listed
            )

    def unload_model(self, backend: Backend, model: str) -> tuple[Resident, ...]:
        """Ask the server to let go of a model that we had loaded; returns what was asked for. Never raises."""
        present = self.loaded(backend) or ()
        with self._lock:
            ours = [r for r in present if r.model == model and self._is_ours(r)]
        return tuple(resident for resident in ours if self._unload(resident))

    def unload_ours(self) -> tuple[Resident, ...]:
        """The same for all that we had loaded. Never raises."""
        with self._lock:
            ours = [key for key, use in self._asked.items() if not use.theirs]
        return tuple(resident for backend, model in ours for resident in self.unload_model(backend, model))

    def unload(self, backend: Backend, model: str) -> bool:
        """Ask for one model that the caller had loaded; False when it is not there or stays, as it does while others
        of us use it. Never raises."""
        with self._lock:
            use = self._asked.get((backend, model))
            if use is not None and use.uses:
                return False
            self._asked.pop((backend, model), None)
            if use is not None and use.ours is not None:
                use.ours.forget()
        present = [resident for resident in self.loaded(backend) or () if resident.model == model]
        return all(self._unload(resident) for resident in present) and bool(present)

    def unload_everything(self) -> tuple[Resident, ...]:
        """The same for all that the servers of this machine hold, because the person said so. Never raises."""
        present = [resident for backend in Backend for resident in self.loaded(backend) or ()]
        return tuple(resident for resident in present if self._unload(resident))

    def _is_ours(self, resident: Resident) -> bool:
        use = self._asked.get((resident.backend, resident.model))
        return use is not None and not use.theirs

    def _without_duplicates(self, backend: Backend, model: str, found: list[Resident]) -> list[Resident]:
        with self._lock:
            use = self._asked.get((backend, model))
            ours = use is not None and not use.theirs
            handles = list(use.handles) if use is not None else []
        newest = max(
            found, key=lambda resident: handles.index(resident.handle) if resident.handle in handles else -1
        )
        log.warning("%s is in memory %d times", model, len(found))
        if not ours:
            return found
        for resident in found:
            if resident is not newest:
                self._unload(resident)
        return [newest]

    def _unload(self, resident: Resident) -> bool:
        path, body = (
            ("/api/chat", {"model": resident.handle, "keep_alive": 0})
            if resident.backend is Backend.OLLAMA
            else ("/api/v1/models/unload", {"instance_id": resident.handle})
        )
        reply = self._ask(resident.backend, lambda http, cancel: http.post_json(path, body, cancel=cancel))
        log.info("%s was told to unload: %s", resident.model, reply.status if reply else "no answer")
        return bool(reply is not None and reply.ok)

    def loaded(self, backend: Backend) -> list[Resident] | None:
        """All that a server holds, ours or not; None when it does not say."""
        path = "/api/ps" if backend is Backend.OLLAMA else "/api/v1/models"
        reply = self._ask(backend, lambda http, cancel: http.get_json(path, cancel=cancel))
        if reply is None or not reply.ok or not isinstance(reply.body, dict):
            return None
        models = reply.body.get("models")
        if not isinstance(models, list):
            return None
        read = _ollama_residents if backend is Backend.OLLAMA else _lmstudio_residents
        present = [resident for entry in models if isinstance(entry, dict) for resident in read(entry)]
        self._note(backend, present)
        return present

    def _note(self, backend: Backend, present: list[Resident]) -> None:
        """A server said what it holds: what it does not hold any more is nobody's."""
        with self._lock:
            self._listed[backend] = tuple(present)
            for key in [key for key in self._asked if key[0] is backend]:
                use = self._asked[key]
                mine = [resident for resident in present if resident.model == key[1]]
                listed = [resident.handle for resident in mine]
                use.handles = [
                    *(h for h in use.handles if h in listed),
                    *(h for h in listed if h not in use.handles),
                ]
                if not mine and use.seen and use.uses == 0:
                    del self._asked[key]
                    if use.ours is not None:
                        use.ours.forget()
                    continue
                use.seen = use.seen or bool(mine)
                if use.ours is not None and (
                    mine or use.uses == 0
                ):  # else it is being loaded, with a size to come
                    use.ours.note(mine)

    def _ask(self, backend: Backend, ask: Callable[[HttpClient | LightClient, CancelToken], Any]) -> Any:
        """The server's reply, or None when there is none to have."""
        address = self._address(backend)
        if address is None or self._closing.cancelled:
            return None
        url, key = address
        headers = {"Authorization": f"Bearer {key}"} if key else None
        http = asking_client(url, connect=_LIMIT, read=_LIMIT, total=_LIMIT, headers=headers)
        try:
            return ask(http, self._closing)
        except BackendError as error:
            log.info("%s does not say what it has loaded: %s", backend.value, error)
        except Cancelled:
            pass
        finally:
            http.close()
        return None


def _ollama_residents(entry: dict[str, Any]) -> list[Resident]:
    name, vram, size = entry.get("name"), entry.get("size_vram"), entry.get("size")
    if not isinstance(name, str):
        return []
    vram, size = (value if isinstance(value, int) else None for value in (vram, size))
    return [Resident(Backend.OLLAMA, name, name, vram, size)]


def _lmstudio_residents(entry: dict[str, Any]) -> list[Resident]:
    key, instances = entry.get("key"), entry.get("loaded_instances")
    if not isinstance(key, str) or not isinstance(instances, list):
        return []
    return [
        Resident(Backend.LMSTUDIO, key, instance["id"], None)
        for instance in instances
        if isinstance(instance, dict) and isinstance(instance.get("id"), str)
    ]
