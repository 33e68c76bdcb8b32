"""The HTTP server: one socket on the loopback address, one event loop."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
from collections.abc import Callable
from typing import Any, cast

import anyio.to_thread
import uvicorn

from autocut_tray.api.app import create_app
from autocut_tray.api.limits import Limits
from autocut_tray.api.protocol import Crowd, DeadlineProtocol
from autocut_tray.api.refusals import Refusal
from autocut_tray.api.replies import to_json
from autocut_tray.bootstrap import Services
from autocut_tray.core.errors import AutoCutError, SystemExhausted
from autocut_tray.core.messages import message

LOOPBACK = "127.0.0.1"


class ApiServer:
    """Bound when it is made; :meth:`run` answers until :meth:`stop`. Raises SystemExhausted without a free port."""

    def __init__(self, services: Services, limits: Limits) -> None:
        self._services = services
        self._socket = bind(services.settings.current.api.port, limits.backlog)
        self._url = f"http://{LOOPBACK}:{self._socket.getsockname()[1]}"
        self._made = create_app(services, limits)
        crowd: Crowd = {}
        words = self._made.words

        def protocol(**given: Any) -> DeadlineProtocol:
            bad = lambda: to_json(words.error(Refusal(400, "bad_http", hint=False), None))  # noqa: E731
            return DeadlineProtocol(limits, crowd, bad, **given)

        config = uvicorn.Config(
            self._made.guard,
            http=cast("type[asyncio.Protocol]", protocol),
            ws="none",
            lifespan="off",
            loop="asyncio",
            interface="asgi3",
            log_config=None,
            log_level="error",
            access_log=False,
            proxy_headers=False,
            server_header=False,
            date_header=False,
            backlog=limits.backlog,
            h11_max_incomplete_event_size=limits.head_bytes,
            timeout_keep_alive=limits.keep_alive_seconds,
            timeout_graceful_shutdown=limits.grace_seconds,
        )
        self._server = _Server(config, self._opened, limits.threads)

    def run(self) -> None:
        """Answer in this thread until the end. Raises StorageError where nobody could be told the address."""
        try:
            with asyncio.Runner() as runner:
                runner.run(self._server.serve(sockets=[self._socket]))
        finally:
            self._socket.close()
            self._made.close()
        if self._server.failure is not None:
            raise self._server.failure

    def stop(self) -> None:
        """From any thread."""
        self._made.streams.end()
        self._server.stop()

    def _opened(self) -> None:
        self._services.api.opened(self._url)


class _Server(uvicorn.Server):
    """uvicorn looks ten times a second whether it shall end; this one is told, so that it costs nothing idle."""

    def __init__(self, config: uvicorn.Config, opened: Callable[[], None], threads: int) -> None:
        super().__init__(config)
        self._opened = opened
        self._threads = threads
        self.failure: AutoCutError | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ending: asyncio.Event | None = None

    async def main_loop(self) -> None:
        await self.on_tick(0)
        anyio.to_thread.current_default_thread_limiter().total_tokens = self._threads
        self._ending = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        try:
            self._opened()
        except AutoCutError as error:  # nobody could find it: end in order, then say why
            self.failure = error
            return
        if not self.should_exit:
            await self._ending.wait()

    def stop(self) -> None:
        self.should_exit = True
        loop, ending = self._loop, self._ending
        if loop is not None and ending is not None:
            with contextlib.suppress(RuntimeError):  # the loop is closed: it has ended already
                loop.call_soon_threadsafe(ending.set)


def bind(preferred: int, backlog: int) -> socket.socket:
    """A listening socket on the loopback address, on the preferred port or, where that is taken, any other."""
    for port in (preferred, 0):
        made = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        try:
            if os.name == "nt":  # there SO_REUSEADDR would let another program take the port away
                made.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)  # type: ignore[attr-defined]
            else:
                made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            made.bind((LOOPBACK, port))
            made.listen(backlog)
        except OSError:
            made.close()
        else:
            return made
    raise SystemExhausted("no_port", message("api-no-port"))
