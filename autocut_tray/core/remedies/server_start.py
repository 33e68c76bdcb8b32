"""Starting a model server and waiting until it answers."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

from autocut_tray.core.cancel import CancelToken
from autocut_tray.core.clock import Clock
from autocut_tray.core.errors import BackendError, Cancelled
from autocut_tray.core.frozen import frozen
from autocut_tray.core.http_light import asking_client
from autocut_tray.core.remedies.failures import failure
from autocut_tray.core.remedies.launch import Launch, Started, start_command
from autocut_tray.core.runtime.explain import SERVER_TITLES
from autocut_tray.core.runtime.probes.machine import Machine
from autocut_tray.core.runtime.probes.model_servers import listens
from autocut_tray.core.runtime.profile import Backend

log = logging.getLogger(__name__)

POLL_SECONDS = 0.5
_QUESTION = {Backend.OLLAMA: "api/version", Backend.LMSTUDIO: "v1/models"}


@frozen
class ServerStart:
    """``root``: the server's root address, on this machine. ``spawn`` starts a command and may raise OSError."""

    backend: Backend
    root: str
    machine: Machine
    clock: Clock
    spawn: Callable[[Launch], Started]

    def run(self, cancel: CancelToken) -> bool:
        """Returns when the server answers; False when it did before. Raises BackendError and Cancelled.

        A cancelled start is not taken back: the server comes up all the same.
        """
        if self._answers(cancel):
            return False
        title = SERVER_TITLES[self.backend]
        launch = start_command(self.backend, self.root, self.machine, _here())
        if launch is None:
            raise failure(f"start_not_found_{self.backend.value}", server=title)
        try:
            process = self.spawn(launch)
        except OSError as error:
            raise failure("start_failed", f"{launch.command[0]}: {error}", server=title) from error
        log.info("Started %s: %s", title, " ".join(launch.command))
        until = self.clock.monotonic() + launch.limit_seconds
        while not self._answers(cancel):
            status = process.poll()
            if status:
                code = "start_not_permitted" if launch.asks else "start_failed"
                raise failure(code, f"{launch.command[0]} ended with status {status}", server=title)
            if self.clock.monotonic() >= until:
                seconds = f"{launch.limit_seconds:g}"
                raise failure("start_timeout", server=title, seconds=seconds)
            if self.clock.wait(cancel.event, POLL_SECONDS):
                raise Cancelled
        return True

    def _answers(self, cancel: CancelToken) -> bool:
        """Whether this very server is there: something else on its port does not count."""
        if not listens(self.root):
            return False
        http = asking_client(self.root, connect=1.0, read=2.0, total=3.0, clock=self.clock)
        try:
            reply = http.get_json(_QUESTION[self.backend], cancel=cancel)
        except BackendError as error:
            log.debug("No answer yet: %s", error)
            return False
        finally:
            http.close()
        # LM Studio may want a token, and says so in JSON.
        wanted = reply.ok or (self.backend is Backend.LMSTUDIO and reply.status == 401)
        return wanted and isinstance(reply.body, dict)


def _here() -> Path | None:
    """The current folder; None when it was deleted meanwhile."""
    try:
        return Path.cwd()
    except OSError:
        return None
