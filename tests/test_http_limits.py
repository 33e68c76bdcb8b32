"""The HTTP client gives up on time, obeys cancellation in every phase, and reads lines as they come."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from autocut_tray.core.cancel import CancelToken
from autocut_tray.core.errors import Cancelled, FailureClass
from autocut_tray.core.http import HttpClient, Limits
from tests.fakes import FakeClock
from tests.http_bench import Echo, cancels_within, client_of, failure_of, get, server, token
from tests.servers.scripted import Exchange
from tests.servers.wire_faults import Hang, Reply, SlowBody

__all__ = ["server", "token"]

# ---- limits -----------------------------------------------------------------------------------------------


@pytest.mark.fault("FM17")
@pytest.mark.parametrize(
    ("limits", "code"),
    [({"read": 0.3}, "reply_timeout"), ({"total": 0.3}, "reply_timeout")],
    ids=["first byte", "total"],
)
def test_a_silent_server_is_given_up(server: Echo, limits: dict[str, float], code: str) -> None:
    server.faults.add(Hang())
    error = failure_of(lambda: get(server.url, **limits))
    assert (error.failure, error.code) == (FailureClass.TIER, code)


def test_a_server_that_accepts_and_never_reads_is_given_up() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        with client_of(f"http://127.0.0.1:{listener.getsockname()[1]}", read=0.3) as client:
            error = failure_of(
                lambda: client.post_json("x", {"images": ["A" * 30_000_000]}, cancel=CancelToken())
            )
    assert error.failure is FailureClass.TIER


@pytest.mark.fault("FM17")
def test_a_drip_is_bounded_by_the_whole_call(server: Echo) -> None:
    """Blank lines for minutes never trip a read time-out; the total does. The clock runs 1 s a byte."""
    clock = FakeClock()

    class Drip(Hang):
        def run(self, exchange: Exchange, respond: object) -> None:
            with exchange.stream(200, "application/json") as write:
                while True:
                    clock.advance(1.0)
                    write(b"\n")
                    exchange.wait(0.001)

    server.faults.add(Drip())
    error = failure_of(lambda: get(server.url, clock=clock, read=60.0, total=180.0))
    assert (error.failure, error.code) == (FailureClass.TIER, "reply_timeout")
    assert 180 <= clock.monotonic() < 400


def test_a_stall_in_the_middle_is_given_up(server: Echo) -> None:
    server.faults.add(SlowBody(seconds=30.0, size=4))
    error = failure_of(lambda: get(server.url, read=0.3))
    assert error.code in ("reply_stalled", "reply_timeout")


@pytest.mark.fault("FM17")
def test_a_full_backlog_is_a_connect_timeout() -> None:
    with socket.socket() as listener, full_backlog(listener) as port:
        error = failure_of(lambda: get(f"http://127.0.0.1:{port}", connect=0.4))
    assert (error.failure, error.code) == (FailureClass.TIER, "connect_timeout")


def test_limits_of_one_call(server: Echo, token: CancelToken) -> None:
    server.faults.add(Hang())
    with client_of(server.url) as client:
        error = failure_of(lambda: client.get_json("x", cancel=token, limits=Limits(total=0.3)))
        assert error.failure is FailureClass.TIER
        assert client.get_json("x", cancel=token).ok


# ---- cancellation -----------------------------------------------------------------------------------------


@contextmanager
def full_backlog(listener: socket.socket) -> Iterator[int]:
    """A port whose connects hang: nobody accepts and the queue is full."""
    listener.bind(("127.0.0.1", 0))
    listener.listen(0)
    port = listener.getsockname()[1]
    filler = []
    try:
        for _ in range(64):
            sock = socket.socket()
            sock.setblocking(False)
            sock.connect_ex(("127.0.0.1", port))
            filler.append(sock)
        probe = socket.socket()
        filler.append(probe)
        probe.settimeout(0.2)
        try:
            probe.connect(("127.0.0.1", port))
        except OSError:
            yield port
        else:
            pytest.skip("this system's backlog does not fill")
    finally:
        for sock in filler:
            sock.close()


def test_cancel_before_the_call(server: Echo, token: CancelToken) -> None:
    token.cancel()
    with client_of(server.url) as client, pytest.raises(Cancelled):
        client.get_json("x", cancel=token)
    assert len(server.journal) == 0


def test_cancel_while_waiting_for_the_first_byte(server: Echo) -> None:
    server.faults.add(Hang())
    with client_of(server.url) as client:
        assert cancels_within(client, 1.0)
    assert server.journal.wait_finished("/x").aborted


def test_cancel_in_the_middle_of_the_body(server: Echo) -> None:
    server.faults.add(SlowBody(seconds=0.05))
    with client_of(server.url) as client:
        assert cancels_within(client, 1.0)


def test_cancel_while_connecting() -> None:
    with (
        socket.socket() as listener,
        full_backlog(listener) as port,
        client_of(f"http://127.0.0.1:{port}") as client,
    ):
        assert cancels_within(client, 1.0)


def test_cancel_while_sending() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        with client_of(f"http://127.0.0.1:{listener.getsockname()[1]}") as client:
            assert cancels_within(client, 1.0, {"images": ["A" * 30_000_000]})


def test_cancel_while_looking_up_a_name(monkeypatch: pytest.MonkeyPatch) -> None:
    release = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: release.wait(10) and [])
    try:
        with client_of("http://models.example", host_gate=lambda *_: None) as client:
            assert cancels_within(client, 1.0)
    finally:
        release.set()


def test_cancel_in_the_tls_handshake() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        with client_of(f"https://127.0.0.1:{listener.getsockname()[1]}") as client:
            assert cancels_within(client, 1.0)


def test_close_ends_calls_in_flight(server: Echo, token: CancelToken) -> None:
    server.faults.add(Hang())
    client = HttpClient(server.url)
    timer = threading.Timer(0.1, client.close)
    timer.start()
    with pytest.raises(Cancelled):
        client.get_json("x", cancel=token)
    timer.join()
    with pytest.raises(Cancelled):
        client.get_json("x", cancel=token)


# ---- lines ------------------------------------------------------------------------------------------------


def lines_of(server: Echo, *parts: bytes, **options: object) -> list[dict[str, object]]:
    def respond(exchange: Exchange) -> None:
        with exchange.stream(200, "application/x-ndjson") as write:
            for part in parts:
                write(part)

    server.respond = respond  # type: ignore[method-assign]
    with (
        client_of(server.url, **options) as client,
        client.post_ndjson("x", {}, cancel=CancelToken()) as lines,
    ):
        return list(lines)


def test_lines_come_one_by_one(server: Echo) -> None:
    assert lines_of(server, b'{"a":1}\n{"b"', b":2}\n\n \r\n", b'{"c":"\xe5\xa4\x9c"}') == [
        {"a": 1},
        {"b": 2},
        {"c": "夜"},
    ]


def test_lines_arrive_before_the_answer_ends(server: Echo, token: CancelToken) -> None:
    more = threading.Event()

    def respond(exchange: Exchange) -> None:
        with exchange.stream(200, "application/x-ndjson") as write:
            write(b'{"a":1}\n')
            exchange.wait(event=more)
            write(b'{"a":2}\n')

    server.respond = respond  # type: ignore[method-assign]
    with client_of(server.url) as client, client.post_ndjson("x", {}, cancel=token) as lines:
        stream = iter(lines)
        assert next(stream) == {"a": 1}
        more.set()
        assert next(stream) == {"a": 2}


def test_leaving_the_block_closes_the_connection(server: Echo, token: CancelToken) -> None:
    def respond(exchange: Exchange) -> None:
        with exchange.stream(200, "application/x-ndjson") as write:
            while True:
                write(b'{"a":1}\n')
                exchange.wait(0.01)

    server.respond = respond  # type: ignore[method-assign]
    with client_of(server.url) as client:
        with client.post_ndjson("x", {}, cancel=token) as lines:
            next(iter(lines))
        assert server.journal.wait_finished("/x").aborted


def test_a_refused_stream_is_a_whole_answer(server: Echo, token: CancelToken) -> None:
    server.faults.add(Reply(404, {"error": "model 'x' not found"}))
    with client_of(server.url) as client, client.post_ndjson("x", {}, cancel=token) as lines:
        assert lines.status == 404
        assert lines.refusal is not None and lines.refusal.body == {"error": "model 'x' not found"}
        assert list(lines) == []


@pytest.mark.parametrize("part", [b"not json\n", b"[1]\n", b"7\n"])
def test_lines_must_be_objects(server: Echo, part: bytes) -> None:
    assert failure_of(lambda: lines_of(server, part)).code == "bad_reply"


def test_endless_lines_are_capped(server: Echo) -> None:
    error = failure_of(lambda: lines_of(server, *[b"x" * 1000] * 100, max_bytes=5000))
    assert error.code == "reply_too_large"
