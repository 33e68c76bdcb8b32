"""Models that this program had loaded, and giving their memory back through their server.

A model that was loaded before we used it is somebody else's and stays.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from autocut_tray.core.cancel import CancelToken
from autocut_tray.core.errors import BackendError
from autocut_tray.core.runtime.profile import Backend

if TYPE_CHECKING:
    from autocut_tray.core.http import HttpClient

log = logging.getLogger(__name__)

_LIMIT = 10.0
"""Seconds that one question to a server may take; it answers these from memory."""


@dataclass(frozen=True, slots=True)
class Resident:
    """A model in a server's memory; ``vram_bytes`` None: the server does not say. ``handle``: what unloads it."""

    backend: Backend
    model: str
    handle: str
    vram_bytes: int | None


class Residency:
    """Remembers what was loaded before and by us. Safe to use from several threads.

    ``addresses`` gives the root address of a server on this machine, None for one elsewhere: what another machine
    keeps in memory is not ours to judge.
    """

    def __init__(self, address: Callable[[Backend], tuple[str, str | None] | None]) -> None:
        self._address = address
        self._lock = threading.Lock()
        self._foreign: dict[Backend, frozenset[str]] = {}
        self._ours: dict[tuple[Backend, str], Resident] = {}

    def before_load(self, backend: Backend) -> None:
        """Note what is there already; call before the first request to a model."""
        present = self._list(backend)
        if present is not None:
            with self._lock:
                ours = {handle for (b, handle) in self._ours if b is backend}
                self._foreign[backend] = frozenset(r.handle for r in present if r.handle not in ours)

    def after_load(self, backend: Backend) -> int | None:
        """Take note of what we caused to be loaded; returns the bytes of VRAM that ours hold, if known."""
        present = self._list(backend)
        if present is None:
            return None
        with self._lock:
            foreign = self._foreign.get(backend, frozenset())
            ours = [r for r in present if r.handle not in foreign]
            for key in [key for key in self._ours if key[0] is backend]:
                del self._ours[key]
            self._ours.update({(backend, r.handle): r for r in ours})
        known = [r.vram_bytes for r in ours if r.vram_bytes is not None]
        return sum(known) if known else None

    @property
    def ours(self) -> tuple[Resident, ...]:
        with self._lock:
            return tuple(self._ours.values())

    def unload_ours(self) -> tuple[Resident, ...]:
        """Ask the servers to let go of our models; returns those that were asked for. Never raises."""
        with self._lock:
            ours, self._ours = tuple(self._ours.values()), {}
        return tuple(resident for resident in ours if self._unload(resident))

    def _unload(self, resident: Resident) -> bool:
        address = self._address(resident.backend)
        if address is None:
            return False
        path, body = (
            ("/api/chat", {"model": resident.handle, "keep_alive": 0})
            if resident.backend is Backend.OLLAMA
            else ("/api/v1/models/unload", {"instance_id": resident.handle})
        )
        try:
            reply = self._ask(address, lambda http, cancel: http.post_json(path, body, cancel=cancel))
        except BackendError as error:
            log.info("%s was not unloaded: %s", resident.model, error)
            return False
        log.info("%s was unloaded: status %s", resident.model, reply.status)
        return bool(reply.ok)

    def _list(self, backend: Backend) -> list[Resident] | None:
        address = self._address(backend)
        if address is None:
            return None
        path = "/api/ps" if backend is Backend.OLLAMA else "/api/v1/models"
        try:
            reply = self._ask(address, lambda http, cancel: http.get_json(path, cancel=cancel))
        except BackendError as error:
            log.info("%s does not say what it has loaded: %s", backend.value, error)
            return None
        models = reply.body.get("models") if isinstance(reply.body, dict) else None
        if not reply.ok or not isinstance(models, list):
            return None
        read = _ollama_residents if backend is Backend.OLLAMA else _lmstudio_residents
        return [resident for entry in models if isinstance(entry, dict) for resident in read(entry)]

    def _ask(self, address: tuple[str, str | None], ask: Callable[[HttpClient, CancelToken], Any]) -> Any:
        from autocut_tray.core.http import HttpClient  # late: not before there is a server to ask

        url, key = address
        headers = {"Authorization": f"Bearer {key}"} if key else None
        http = HttpClient(url, connect=2.0, read=_LIMIT, total=_LIMIT, headers=headers)
        try:
            return ask(http, CancelToken())
        finally:
            http.close()


def _ollama_residents(entry: dict[str, Any]) -> list[Resident]:
    name, size = entry.get("name"), entry.get("size_vram")
    if not isinstance(name, str):
        return []
    return [Resident(Backend.OLLAMA, name, name, size if isinstance(size, int) else None)]


def _lmstudio_residents(entry: dict[str, Any]) -> list[Resident]:
    key, instances = entry.get("key"), entry.get("loaded_instances")
    if not isinstance(key, str) or not isinstance(instances, list):
        return []
    return [
        Resident(Backend.LMSTUDIO, key, instance["id"], None)
        for instance in instances
        if isinstance(instance, dict) and isinstance(instance.get("id"), str)
    ]
