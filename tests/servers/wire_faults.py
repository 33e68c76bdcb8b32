"""Faults on the wire, the same for every server: delays, hangs, cuts, floods, bombs, redirects."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from tests.servers.journal import Entry, to_json

if TYPE_CHECKING:
    from tests.servers.scripted import Exchange

Respond = Callable[["Exchange"], None]


class Fault:
    """Something a scripted server does instead of, or on top of, its healthy answer."""


class WireFault(Fault):
    """A fault that needs no knowledge of the protocol above HTTP."""

    def run(self, exchange: Exchange, respond: Respond) -> None:
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Reply(WireFault):
    """A fixed answer; ``body`` may be bytes, text or a value that becomes JSON.

    A header may be a function: it is called when the answer is sent.
    """

    status: int
    body: Any = b""
    headers: Mapping[str, str | Callable[[], str]] = field(default_factory=dict)
    content_type: str | None = None

    def run(self, exchange: Exchange, respond: Respond) -> None:
        headers = {name: value if isinstance(value, str) else value() for name, value in self.headers.items()}
        if isinstance(self.body, bytes):
            exchange.send(self.status, self.body, self.content_type, headers)
        elif isinstance(self.body, str):
            kind = self.content_type or "text/plain; charset=utf-8"
            exchange.send(self.status, self.body.encode(), kind, headers)
        else:
            kind = self.content_type or "application/json; charset=utf-8"
            exchange.send(self.status, to_json(self.body), kind, headers)


@dataclass(frozen=True, slots=True)
class SlowFirstByte(WireFault):
    """The healthy answer, after a while in which not a byte comes."""

    seconds: float

    def run(self, exchange: Exchange, respond: Respond) -> None:
        exchange.wait(self.seconds)
        respond(exchange)


@dataclass(frozen=True, slots=True)
class Hang(WireFault):
    """Not a byte until ``release`` is set, then the healthy answer; ends by itself when the server stops."""

    release: threading.Event = field(default_factory=threading.Event)

    def run(self, exchange: Exchange, respond: Respond) -> None:
        exchange.wait(event=self.release)
        respond(exchange)


@dataclass(frozen=True, slots=True)
class Drop(WireFault):
    """The connection is closed without an answer; with ``reset`` by a TCP reset."""

    reset: bool = False

    def run(self, exchange: Exchange, respond: Respond) -> None:
        exchange.drop(reset=self.reset)


@dataclass(frozen=True, slots=True)
class CutBody(WireFault):
    """The healthy answer, closed after so many bytes of its body."""

    after: int

    def run(self, exchange: Exchange, respond: Respond) -> None:
        exchange.cut_after = self.after
        respond(exchange)


@dataclass(frozen=True, slots=True)
class SlowBody(WireFault):
    """The healthy answer in drips: never a read time-out, but never an end either."""

    seconds: float
    size: int = 1

    def run(self, exchange: Exchange, respond: Respond) -> None:
        exchange.drip = (self.size, self.seconds)
        respond(exchange)


@dataclass(frozen=True, slots=True)
class Flood(WireFault):
    """A JSON string of so many bytes, chunked; ``endless`` goes on until the client leaves."""

    size: int = 50 * 2**20
    endless: bool = False
    status: int = 200

    def run(self, exchange: Exchange, respond: Respond) -> None:
        block = b"x" * 65536
        with exchange.stream(self.status, "application/json; charset=utf-8") as write:
            write(b'{"message":{"role":"assistant","content":"')
            left = self.size
            while self.endless or left > 0:
                write(block if self.endless else block[:left])
                left -= len(block)
            write(b'"},"done":true,"done_reason":"stop"}')


@dataclass(frozen=True, slots=True)
class GzipBomb(WireFault):
    """A small compressed body that unpacks to ``unpacked`` bytes (about 1 : 1000)."""

    unpacked: int = 10 * 2**30

    def run(self, exchange: Exchange, respond: Respond) -> None:
        # Concatenated gzip members are one valid body, and one member is cheap to make.
        member_size = 16 * 2**20
        member = gzip.compress(b" " * member_size, 9)
        with exchange.stream(200, "application/json; charset=utf-8", {"Content-Encoding": "gzip"}) as write:
            for _ in range(max(1, self.unpacked // member_size)):
                write(member)


@dataclass(frozen=True, slots=True)
class Redirect(WireFault):
    """A redirect; a client of a model server must not follow it."""

    location: str
    status: int = 302

    def run(self, exchange: Exchange, respond: Respond) -> None:
        exchange.send(self.status, b"", None, {"Location": self.location})


@dataclass(frozen=True, slots=True)
class Garbage(WireFault):
    """Bytes that are no HTTP."""

    data: bytes = b"\x16\x03\x01\x00\xa5 this is no HTTP\r\n\r\n"

    def run(self, exchange: Exchange, respond: Respond) -> None:
        exchange.write_raw(self.data)


@dataclass(slots=True)
class _Rule:
    fault: Fault
    path: str | None
    method: str | None
    where: Callable[[Entry], bool] | None
    times: int | None
    skip: int

    def matches(self, entry: Entry) -> bool:
        return (
            (self.path is None or fnmatchcase(entry.path, self.path))
            and (self.method is None or entry.method == self.method)
            and (self.where is None or self.where(entry))
        )


class FaultScript:
    """Which request meets which fault; rules are tried in the order they were added."""

    def __init__(self) -> None:
        self._rules: list[_Rule] = []
        self._lock = threading.Lock()

    def add(
        self,
        *faults: Fault,
        path: str | None = None,
        method: str | None = None,
        where: Callable[[Entry], bool] | None = None,
        times: int | None = 1,
        skip: int = 0,
    ) -> None:
        """Let the next matching requests meet these faults, one after the other.

        ``path`` may hold ``*``; each fault is used ``times`` times (None: for ever); the first ``skip``
        matching requests are answered healthily.
        """
        with self._lock:
            for number, fault in enumerate(faults):
                self._rules.append(_Rule(fault, path, method, where, times, skip if number == 0 else 0))

    def take(self, entry: Entry) -> Fault | None:
        """The fault for this request, if any; uses it up."""
        with self._lock:
            for rule in self._rules:
                if not rule.matches(entry):
                    continue
                if rule.skip > 0:
                    rule.skip -= 1
                    return None
                if rule.times is not None:
                    rule.times -= 1
                    if rule.times == 0:
                        self._rules.remove(rule)
                return rule.fault
        return None

    @property
    def pending(self) -> int:
        """How many rules are not used up."""
        with self._lock:
            return len(self._rules)

    def clear(self) -> None:
        with self._lock:
            self._rules.clear()
