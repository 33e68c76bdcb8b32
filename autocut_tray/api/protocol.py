"""Connections that do not wait for ever: HTTP/1.1 as uvicorn speaks it, with deadlines and limited in number."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from autocut_tray.api.limits import Limits
from autocut_tray.api.replies import HEADERS

Crowd = dict["DeadlineProtocol", None]
"""All connections, the oldest first."""


class DeadlineProtocol(H11Protocol):
    """uvicorn gives a silent client, or one that never reads, all the time in the world; here it is closed.

    ``bad_request``: the JSON of a reply to what is no HTTP.
    """

    def __init__(self, limits: Limits, crowd: Crowd, bad_request: Callable[[], bytes], **given: Any) -> None:
        super().__init__(**given)
        self._limits = limits
        self._crowd = crowd
        self._bad_request = bad_request
        self._awaited: str | None = None
        self._deadline: asyncio.TimerHandle | None = None
        self._unread: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._crowd[self] = None
        if len(self._crowd) > self._limits.connections:
            # A connection that asks nothing makes room for one that might.
            next((one for one in self._crowd if one.idle), self).transport.abort()
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        self._crowd.pop(self, None)
        for timer in (self._deadline, self._unread):
            if timer is not None:
                timer.cancel()
        super().connection_lost(exc)

    @property
    def idle(self) -> bool:
        """No request is being worked on."""
        return not self.transport.is_closing() and (self.cycle is None or self.cycle.response_complete)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._watch()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._watch()

    def pause_writing(self) -> None:
        super().pause_writing()
        if self._unread is None:
            self._unread = self.loop.call_later(self._limits.write_seconds, self.transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._unread is not None:
            self._unread.cancel()
            self._unread = None

    def send_400_response(self, msg: str) -> None:
        """What is no HTTP gets the same form of reply as everything else, if a reply is possible at all."""
        body = self._bad_request()
        headers = [
            (b"content-type", b"application/json"),
            (b"content-length", str(len(body)).encode()),
            (b"connection", b"close"),
            *HEADERS,
        ]
        try:
            for event in (
                h11.Response(status_code=400, headers=headers, reason=b"Bad Request"),
                h11.Data(data=body),
                h11.EndOfMessage(),
            ):
                self.transport.write(self.conn.send(event) or b"")
        except h11.LocalProtocolError:  # a reply is under way already
            self.transport.abort()
            return
        self.transport.close()

    def _watch(self) -> None:
        """Begin, keep or end the deadline for what the client has to send now. More bytes do not move it."""
        awaited = self._awaits()
        if awaited == self._awaited:
            return
        self._awaited = awaited
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
        if awaited is not None:
            seconds = self._limits.head_seconds if awaited == "head" else self._limits.body_seconds
            self._deadline = self.loop.call_later(seconds, self.transport.abort)

    def _awaits(self) -> str | None:
        """Between two requests it is uvicorn that closes."""
        state = self.conn.their_state
        if self.transport.is_closing():
            return None
        if state is h11.SEND_BODY:
            return "body"
        if state is h11.IDLE and (self.cycle is None or self.conn.trailing_data[0]):
            return "head"
        return None
