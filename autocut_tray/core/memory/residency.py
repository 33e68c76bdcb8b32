"""Models that this program had loaded, and giving their memory back through their server.

A model that was in memory before we first asked for it is somebody else's and stays.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from autocut_tray.core.cancel import CancelToken
from autocut_tray.core.errors import BackendError, Cancelled
from autocut_tray.core.runtime.profile import Backend

if TYPE_CHECKING:
    from autocut_tray.core.http import HttpClient

log = logging.getLogger(__name__)

_LIMIT = 2.0
"""Seconds that one question to a server may take; it answers these from memory."""


@dataclass(frozen=True, slots=True)
class Resident:
    """A model in a server's memory. ``handle``: what unloads it. ``size_bytes``: all that it takes there;
    ``vram_bytes``: of that on the graphics card; None: the server does not say."""

    backend: Backend
    model: str
    handle: str
    vram_bytes: int | None
    size_bytes: int | None = None


class Residency:
    """Remembers which models were asked for, and which of them were there before. Safe to use from several threads.

    ``address`` gives the root address and token of a server on this machine, None for one elsewhere: what another
    machine keeps in memory is not ours to judge.
    """

    def __init__(self, address: Callable[[Backend], tuple[str, str | None] | None]) -> None:
        self._address = address
        self._lock = threading.Lock()
        self._asked: dict[tuple[Backend, str], bool] = {}
        """Models that we use; True: it was there before us."""
        self._closing = CancelToken()

    def close(self) -> None:
        """End questions under way; nothing is asked any more."""
        self._closing.cancel()

    def will_use(self, backend: Backend, model: str) -> None:
        """Call before a request to a model: the first time, note whether it is there already. Never raises."""
        with self._lock:
            if (backend, model) in self._asked:
                return
        present = self.loaded(backend)
        theirs = present is not None and any(resident.model == model for resident in present)
        with self._lock:
            self._asked.setdefault((backend, model), theirs)

    def find(self, backend: Backend, model: str) -> Resident | None:
        """The model in its server's memory, if it is there and the server says so."""
        found = self.look(backend, model)
        return found if isinstance(found, Resident) else None

    def look(self, backend: Backend, model: str) -> Resident | bool | None:
        """The model in its server's memory; None when it is not there, False when the server does not say."""
        present = self.loaded(backend)
        if present is None:
            return False
        return next((resident for resident in present if resident.model == model), None)

    def unload_ours(self) -> tuple[Resident, ...]:
        """Ask the servers to let go of what we had loaded; returns what was asked for. Never raises."""
        with self._lock:
            asked, self._asked = self._asked, {key: True for key, theirs in self._asked.items() if theirs}
        ours = {key for key, theirs in asked.items() if not theirs}
        unloaded: list[Resident] = []
        for backend in {backend for backend, _ in ours}:
            for resident in self.loaded(backend) or ():
                if (backend, resident.model) in ours and self._unload(resident):
                    unloaded.append(resident)
        return tuple(unloaded)

    def unload(self, backend: Backend, model: str) -> bool:
        """Ask for one model that the caller had loaded; False when it is not there or stays. Never raises."""
        with self._lock:
            self._asked.pop((backend, model), None)
        present = [resident for resident in self.loaded(backend) or () if resident.model == model]
        return all(self._unload(resident) for resident in present) and bool(present)

    def unload_everything(self) -> tuple[Resident, ...]:
        """The same for all that the servers of this machine hold, because the person said so. Never raises."""
        with self._lock:
            self._asked.clear()
        present = [resident for backend in Backend for resident in self.loaded(backend) or ()]
        return tuple(resident for resident in present if self._unload(resident))

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
        return [resident for entry in models if isinstance(entry, dict) for resident in read(entry)]

    def _ask(self, backend: Backend, ask: Callable[[HttpClient, CancelToken], Any]) -> Any:
        """The server's reply, or None when there is none to have."""
        address = self._address(backend)
        if address is None or self._closing.cancelled:
            return None
        from autocut_tray.core.http import HttpClient  # late: not before there is a server to ask

        url, key = address
        headers = {"Authorization": f"Bearer {key}"} if key else None
        http = HttpClient(url, connect=_LIMIT, read=_LIMIT, total=_LIMIT, headers=headers)
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
