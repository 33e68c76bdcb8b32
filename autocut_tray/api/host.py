"""Runs the API beside the rest of the program while the settings say so. Imports nothing of it before that."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

from autocut_tray.api.limits import Limits
from autocut_tray.bootstrap import Services
from autocut_tray.core.errors import AutoCutError
from autocut_tray.core.messages import message
from autocut_tray.core.settings.store import SettingsChanged

if TYPE_CHECKING:
    from autocut_tray.api.server import ApiServer

log = logging.getLogger(__name__)

_PORT = "api.port"


class ApiHost:
    """Starts and ends the server as the settings change. No method but :meth:`close` waits for anything."""

    def __init__(self, services: Services, *, always: bool = False, limits: Limits | None = None) -> None:
        """``always``: whatever the settings say."""
        self._services = services
        self._always = always
        self._limits = limits or Limits()
        self._lock = threading.Lock()
        self._newest: _Run | None = None
        """The last life of the server, over or not; each waits for the end of the one before."""
        self._on = False
        self._closed = False
        self._unsubscribe = services.bus.subscribe(SettingsChanged, self._on_settings)

    def start(self) -> None:
        """Begin, if it is wanted."""
        self._follow(restart=False)

    def close(self) -> None:
        """The API does not answer any more when this returns, within about two seconds."""
        self._unsubscribe()
        with self._lock:
            self._closed = True
            newest = self._newest
        if newest is not None:
            newest.stop()
            newest.thread.join()

    def _on_settings(self, event: SettingsChanged) -> None:
        if "api.enabled" in event.paths or _PORT in event.paths:
            self._follow(restart=_PORT in event.paths)

    def _follow(self, *, restart: bool) -> None:
        """Be on or off as it is wanted now."""
        wanted = self._always or self._services.settings.current.api.enabled
        with self._lock:
            if self._closed:
                return
            if self._newest is not None and self._on and (restart or not wanted):
                self._newest.stop()
                self._on = False
            if wanted and not self._on:
                self._newest = _Run(self._services, self._limits, self._newest)
                self._on = True
                self._newest.thread.start()


class _Run:
    """One life of the server, in a thread of its own with its event loop."""

    def __init__(self, services: Services, limits: Limits, after: _Run | None) -> None:
        """``after``: the life before, whose end is waited for."""
        self._services = services
        self._limits = limits
        self._after = after
        self._lock = threading.Lock()
        self._stopped = False
        self._server: ApiServer | None = None
        self.thread = threading.Thread(target=self._work, name="api")

    def stop(self) -> None:
        """Ask for the end; does not wait."""
        with self._lock:
            self._stopped = True
            if self._server is not None:
                self._server.stop()

    def _work(self) -> None:
        if self._after is not None:
            self._after.thread.join()
            self._after = None
        problem = None
        try:
            server = self._make()
            if server is not None:
                server.run()
        except AutoCutError as error:
            log.error("The API does not start: %s", error)
            problem = error.message
        except Exception:
            log.exception("The API ended in an unforeseen way")
            problem = message("error-internal")
        self._services.api.closed(problem)

    def _make(self) -> ApiServer | None:
        """None when the end came first."""
        from autocut_tray.api.server import ApiServer  # late: FastAPI and uvicorn cost 0.3 s and 30 MiB

        with self._lock:
            if self._stopped:
                return None
            self._server = ApiServer(self._services, self._limits)
            return self._server
