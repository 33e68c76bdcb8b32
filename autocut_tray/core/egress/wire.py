"""HTTP for chat models: straight to servers on this machine, through the door to all others."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Protocol

from autocut_tray.core.cancel import CancelToken
from autocut_tray.core.clock import Clock
from autocut_tray.core.egress.consent import Destination
from autocut_tray.core.egress.door import Door, Errand, Sending, is_passing
from autocut_tray.core.egress.parcel import pack
from autocut_tray.core.egress.prices import Usage
from autocut_tray.core.errors import BackendError, FailureClass
from autocut_tray.core.http import HttpClient, JsonLines, JsonReply, Limits
from autocut_tray.core.messages import message


class Wire(Protocol):
    """One server, as chat models talk to it. Every method raises what :class:`HttpClient` raises."""

    where: str
    limits: Limits

    def post_json(
        self, path: str, body: dict[str, Any], errand: Errand, *, cancel: CancelToken, limits: Limits
    ) -> JsonReply: ...

    def post_ndjson(
        self, path: str, body: dict[str, Any], errand: Errand, *, cancel: CancelToken, limits: Limits
    ) -> AbstractContextManager[JsonLines]: ...

    def close(self) -> None:
        """End calls in flight and drop connections."""


class LocalWire:
    """To a server on this machine that runs its models itself: nothing leaves."""

    def __init__(self, client: HttpClient) -> None:
        self._client = client
        self.where = client.where
        self.limits = client.limits

    def post_json(
        self, path: str, body: dict[str, Any], errand: Errand, *, cancel: CancelToken, limits: Limits
    ) -> JsonReply:
        return self._client.post_json(path, body, cancel=cancel, limits=limits)

    def post_ndjson(
        self, path: str, body: dict[str, Any], errand: Errand, *, cancel: CancelToken, limits: Limits
    ) -> AbstractContextManager[JsonLines]:
        return self._client.post_ndjson(path, body, cancel=cancel, limits=limits)

    def close(self) -> None:
        self._client.close()


class GuardedWire:
    """To anywhere else: every single request is packed, permitted, reserved, sent and settled.

    Raises what :meth:`Door.send` raises, too.
    """

    def __init__(
        self,
        base_url: str,
        destination: Destination,
        door: Door,
        *,
        limits: Limits,
        headers: dict[str, str],
        clock: Clock,
    ) -> None:
        self._door = door
        self._destination = destination
        self._client = HttpClient(
            base_url,
            connect=limits.connect,
            read=limits.read,
            total=limits.total,
            first_byte=limits.first_byte,
            max_bytes=limits.max_bytes,
            headers=headers,
            host_gate=_only_through_the_door,
            clock=clock,
        )
        self.where = self._client.where
        self.limits = self._client.limits

    def post_json(
        self, path: str, body: dict[str, Any], errand: Errand, *, cancel: CancelToken, limits: Limits
    ) -> JsonReply:
        cancel.raise_if_cancelled()
        parcel = pack(body)
        with self._door.send(self._destination, parcel, errand) as sending:
            reply = self._client.post_json(path, parcel.body, cancel=cancel, limits=limits)
            sending.answered(reply.status, usage_in(reply.body))
        return reply

    @contextmanager
    def post_ndjson(
        self, path: str, body: dict[str, Any], errand: Errand, *, cancel: CancelToken, limits: Limits
    ) -> Iterator[JsonLines]:
        cancel.raise_if_cancelled()
        parcel = pack(body)
        with (
            self._door.send(self._destination, parcel, errand) as sending,
            self._client.post_ndjson(path, parcel.body, cancel=cancel, limits=limits) as lines,
        ):
            if lines.refusal is not None:
                sending.answered(lines.status, None)
            yield JsonLines(lines.status, lines.refusal, _heard(lines, sending))

    def close(self) -> None:
        self._client.close()


_MOST_TOKENS = 100_000_000
"""More than any model reads or writes at once: such a count is nonsense."""


def usage_in(body: Any) -> Usage | None:
    """The tokens that an answer names, in the words of OpenAI or of Ollama; None for no sensible count."""
    if not isinstance(body, dict):
        return None
    said = body.get("usage")
    if isinstance(said, dict):
        prompt, completion = _count(said.get("prompt_tokens")), _count(said.get("completion_tokens"))
    else:
        prompt, completion = _count(body.get("prompt_eval_count")), _count(body.get("eval_count"))
    return Usage(prompt, completion) if prompt and completion is not None else None


def _count(value: object) -> int | None:
    if not isinstance(value, int) or isinstance(value, bool):
        return None
    return value if 0 <= value <= _MOST_TOKENS else None


def _heard(lines: JsonLines, sending: Sending) -> Iterator[dict[str, Any]]:
    for line in lines:
        if line.get("done") is True or line.get("error"):
            sending.answered(lines.status, usage_in(line))
        yield line


def _only_through_the_door(scheme: str, host: str, port: int) -> None:
    """The last check, in the HTTP client itself: this thread must be inside :meth:`Door.send`."""
    if not is_passing():
        raise BackendError(
            FailureClass.CONFIG, "host_not_allowed", message("error-host-not-allowed", host=host)
        )
