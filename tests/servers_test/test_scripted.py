"""The base of the fakes: faults reach the wire, the journal tells, stop frees everything."""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
import time
import zlib
from pathlib import Path

import pytest

from tests.servers.canary import CanaryServer
from tests.servers.scripted import Exchange, ScriptedServer, closed_port
from tests.servers.tls import untrusted_context
from tests.servers.wire_faults import (
    CutBody,
    Drop,
    Flood,
    Garbage,
    GzipBomb,
    Hang,
    Redirect,
    Reply,
    SlowBody,
    SlowFirstByte,
)
from tests.servers_test.client import call, eventually


class Echo(ScriptedServer):
    def respond(self, exchange: Exchange) -> None:
        exchange.send_json(200, {"path": exchange.path, "body": exchange.json})


def test_journal_keeps_what_was_asked() -> None:
    with Echo() as server:
        assert call("POST", server.url + "/a", {"x": 1}, headers={"X-Y": "z"}).json["body"] == {"x": 1}
        entry = server.journal.last("/a")
    assert (entry.method, entry.json, entry.headers["x-y"], entry.status) == ("POST", {"x": 1}, "z", 200)
    assert not entry.aborted and entry.finished.is_set()
    assert server.journal.paths() == ["POST /a"]


def test_connection_is_kept_alive() -> None:
    with Echo() as server:
        connection = http.client.HTTPConnection("127.0.0.1", server.port)
        for _ in range(3):
            connection.request("GET", "/")
            assert connection.getresponse().read()
        connection.close()
        assert len(server.journal) == 3


def test_faults_are_used_in_order_and_up() -> None:
    with Echo() as server:
        server.faults.add(Reply(500, {"error": "x"}), Reply(503), path="/a*", skip=1)
        assert [call("GET", server.url + path).status for path in ("/b", "/a1", "/a2", "/a3", "/a4")] == [
            200,
            200,
            500,
            503,
            200,
        ]
        assert server.faults.pending == 0
        server.faults.add(Reply(418), times=None, where=lambda entry: entry.json == 1)
        assert [call("POST", server.url, body).status for body in (1, 2, 1)] == [418, 200, 418]


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Drop(), http.client.RemoteDisconnected),
        (Drop(reset=True), ConnectionResetError),
        (Garbage(), http.client.BadStatusLine),
        (CutBody(5), http.client.IncompleteRead),
    ],
)
def test_broken_answers(fault: Drop | Garbage | CutBody, error: type[Exception]) -> None:
    with Echo() as server:
        server.faults.add(fault)
        with pytest.raises(error):
            call("GET", server.url)
        assert call("GET", server.url).status == 200


def test_hang_ends_by_client_by_event_and_by_stop() -> None:
    release = threading.Event()
    with Echo() as server:
        server.faults.add(Hang(), Hang(release), Hang())
        with pytest.raises(TimeoutError):
            call("GET", server.url, timeout=0.05)
        assert server.journal.wait_finished("/").aborted
        timer = threading.Timer(0.05, release.set)
        timer.start()
        assert call("GET", server.url).status == 200
        timer.join()
        waiting = threading.Thread(target=_swallow, args=(server.url,))
        waiting.start()
        server.journal.wait_for("/", count=3)
    waiting.join()


def _swallow(url: str) -> None:
    with pytest.raises((http.client.HTTPException, ConnectionError)):
        call("GET", url)


def test_slow_answers() -> None:
    with Echo() as server:
        server.faults.add(SlowFirstByte(0.05), SlowBody(0.01, size=4))
        for _ in range(2):
            begun = time.monotonic()
            assert call("GET", server.url).json["path"] == "/"
            assert time.monotonic() - begun >= 0.05  # the drip: 24 bytes in pieces of 4


def test_flood_stops_when_the_client_leaves() -> None:
    with Echo() as server:
        server.faults.add(Flood(endless=True))
        with socket.create_connection(("127.0.0.1", server.port)) as conn:
            conn.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            conn.recv(65536)
        entry = server.journal.wait_finished("/")
    assert entry.aborted


def test_gzip_bomb_is_small_on_the_wire() -> None:
    with Echo() as server:
        server.faults.add(GzipBomb(64 * 2**20))
        answer = call("GET", server.url)
    assert answer.headers["content-encoding"] == "gzip"
    assert len(answer.body) < 100_000
    unpacked, rest = 0, answer.body
    while rest:
        member = zlib.decompressobj(31)
        unpacked += len(member.decompress(rest))
        rest = member.unused_data
    assert unpacked == 64 * 2**20


def test_redirect() -> None:
    with Echo() as server:
        server.faults.add(Redirect("file:///etc/passwd"))
        answer = call("GET", server.url)
    assert (answer.status, answer.headers["location"]) == (302, "file:///etc/passwd")


def test_restart_keeps_the_port_and_stop_frees_it() -> None:
    before = threading.active_count()
    server = Echo().start()
    port = server.port
    idle = socket.create_connection(("127.0.0.1", port))
    server.restart()
    assert server.port == port
    assert call("GET", server.url).status == 200
    server.stop()
    idle.close()
    assert threading.active_count() == before
    with pytest.raises(ConnectionRefusedError):
        call("GET", server.url)


def test_failure_of_the_equipment_is_told() -> None:
    class Broken(ScriptedServer):
        def respond(self, exchange: Exchange) -> None:
            raise KeyError("x")

    server = Broken().start()
    with pytest.raises(http.client.RemoteDisconnected):
        call("GET", server.url)
    with pytest.raises(BaseExceptionGroup):
        server.stop()


def test_untrusted_certificate(tmp_path: Path) -> None:
    context = ssl.create_default_context()
    with Echo(tls=untrusted_context(tmp_path)) as server:
        connection = http.client.HTTPSConnection("127.0.0.1", server.port, context=context)
        with pytest.raises(ssl.SSLCertVerificationError):
            connection.request("GET", "/")
        connection.close()
    assert server.refused_handshakes == 1
    assert len(server.journal) == 0


def test_closed_port_refuses() -> None:
    with pytest.raises(ConnectionRefusedError):
        call("GET", f"http://127.0.0.1:{closed_port()}/")


def test_canary_counts() -> None:
    with CanaryServer() as canary:
        assert canary.hits == 0
        assert call("GET", canary.url + "x").status == 404
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
            udp.sendto(b"rtp", ("127.0.0.1", canary.port))
        assert eventually(lambda: canary.hits == 2)
    assert canary.requests[0].startswith(b"GET /x ")
