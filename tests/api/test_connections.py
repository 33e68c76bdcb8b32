"""VS, VN: clients that are slow, silent or many, and where the server listens."""

from __future__ import annotations

import os
import resource
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable

import psutil
import pytest

from autocut_tray.api.limits import Limits
from autocut_tray.core.jobs.job import JobOptions
from tests.api.rig import Rig, read_reply

pytestmark = pytest.mark.skipif(os.name == "nt", reason="descriptors and sockets of POSIX")

STATUS = "/api/runtime/status"


@pytest.fixture
def limits() -> Limits:
    """The same rules, sooner."""
    return Limits(
        head_seconds=0.6, body_seconds=1.2, write_seconds=1.0, heartbeat_seconds=0.05, keep_alive_seconds=1
    )


def test_the_deadlines_that_ship() -> None:
    assert (Limits().head_seconds, Limits().body_seconds, Limits().write_seconds) == (10.0, 30.0, 30.0)


def closed_after(connection: socket.socket, every: float = 0.0, sends: bytes = b"") -> float:
    """Seconds until the server closes; meanwhile one byte of ``sends`` at a time."""
    began = time.monotonic()
    left = list(sends)
    connection.settimeout(every or 10.0)
    while True:
        try:
            if left:
                connection.sendall(bytes([left.pop(0)]))
            if not connection.recv(65536):
                return time.monotonic() - began
        except TimeoutError:
            assert time.monotonic() - began < 20, "never closed"
        except OSError:
            return time.monotonic() - began


def in_the_end(condition: Callable[[], bool]) -> bool:
    """Another thread needs a moment to close what is closed."""
    until = time.monotonic() + 10
    while not condition() and time.monotonic() < until:
        threading.Event().wait(0.02)
    return condition()


def test_vs1_half_open_requests_are_closed_and_harm_nobody(rig: Rig) -> None:
    base = psutil.Process().num_fds()
    silent = [rig.connect() for _ in range(32)]
    half = [rig.connect() for _ in range(32)]
    for one in half:
        one.sendall(f"GET {STATUS} HTTP/1.1\r\nHost: 127".encode())
    began = time.monotonic()
    assert rig.get(STATUS).status == 200
    assert time.monotonic() - began < 10
    for one in (*silent, *half):
        assert closed_after(one) < 5.0
        one.close()
    assert in_the_end(lambda: psutil.Process().num_fds() <= base + 2), "descriptors come back"


def test_vs1_a_byte_now_and_then_wins_no_time(rig: Rig) -> None:
    with rig.connect() as slow:
        head = f"GET {STATUS} HTTP/1.1\r\nHost: 127.0.0.1\r\nX: ".encode() + b"x" * 200
        assert 0.3 < closed_after(slow, every=0.1, sends=head) < 1.5


def test_vs1_a_slow_body(rig: Rig) -> None:
    with rig.connect() as slow:
        head = ["POST /api/runtime/policy/undo HTTP/1.1", rig.host_line, rig.bearer]
        lines = [*head, "Content-Type: application/json", "Content-Length: 500", "", ""]
        slow.sendall("\r\n".join(lines).encode())
        assert 0.8 < closed_after(slow, every=0.1, sends=b" " * 400) < 3.0


def test_vs1_the_second_request_of_a_connection_has_a_deadline_as_well(rig: Rig) -> None:
    with rig.connect() as slow:
        request = "\r\n".join([f"GET {STATUS} HTTP/1.1", rig.host_line, rig.bearer, "", ""]).encode()
        slow.sendall(request)
        assert read_reply(slow).status == 200
        assert 0.3 < closed_after(slow, every=0.1, sends=b"GET /" + b"x" * 200) < 2.0


def test_vs1_a_reply_that_nobody_reads(rig: Rig) -> None:
    base = psutil.Process().num_fds()
    request = "\r\n".join(["GET /openapi.json HTTP/1.1", rig.host_line, rig.bearer, "", ""]).encode()
    with socket.socket() as deaf:
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        deaf.connect(("127.0.0.1", rig.port))
        deaf.settimeout(0.5)
        try:
            for _ in range(300):
                deaf.sendall(request)
        except OSError:
            pass
        assert in_the_end(lambda: psutil.Process().num_fds() <= base + 1), "the server closed its end"
    assert rig.get(STATUS).status == 200


def test_vs1_streams_are_few_and_end(rig: Rig) -> None:
    clip = rig.folder / "clip.mp4"
    clip.write_bytes(b"clip" * 1000)
    job = rig.services.jobs.submit(str(clip), JobOptions("en")).job
    request = [f"GET /api/jobs/{job.id}/events HTTP/1.1", rig.host_line, rig.bearer, "", ""]
    streams = []
    for _ in range(Limits().streams):
        one = rig.connect()
        one.sendall("\r\n".join(request).encode())
        assert one.recv(12) == b"HTTP/1.1 200"
        streams.append(one)
    refused = rig.get(f"/api/jobs/{job.id}/events")
    assert (refused.status, refused.code) == (503, "too_many_streams")
    assert rig.get(STATUS).status == 200, "the rest goes on"
    streams.pop().close()
    assert in_the_end(lambda: again(rig, request)), "one that ends makes room"
    rig.services.api.rotate()
    for one in streams:
        one.settimeout(5)
        said = b""
        while chunk := one.recv(65536):
            said += chunk
        assert b"event: end" in said, "the old token follows nothing any more"
        one.close()


def again(rig: Rig, request: list[str]) -> bool:
    with rig.connect() as one:
        one.sendall("\r\n".join(request).encode())
        return one.recv(12) == b"HTTP/1.1 200"


def test_vs2_a_thousand_connections_with_few_descriptors(rig: Rig) -> None:
    """The flood comes from a process of its own, so that only the server's descriptors are few."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (256, hard))
    try:
        flood = (
            "import socket, sys, resource\n"
            "resource.setrlimit(resource.RLIMIT_NOFILE, (2048, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))\n"
            "open_ = []\n"
            "for _ in range(1000):\n"
            "    s = socket.socket(); s.settimeout(0.5)\n"
            "    try: s.connect(('127.0.0.1', int(sys.argv[1])))\n"
            "    except OSError: pass\n"
            "    open_.append(s)\n"
        )
        script = subprocess.run(
            [sys.executable, "-c", flood, str(rig.port)],
            timeout=90,
            check=False,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (min(2048, hard), hard)),
        )
        assert script.returncode == 0
        assert in_the_end(lambda: rig.get(STATUS).status == 200)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_requests_in_a_row_on_one_connection(rig: Rig) -> None:
    request = "\r\n".join([f"GET {STATUS} HTTP/1.1", rig.host_line, rig.bearer, "", ""]).encode()
    with rig.connect() as connection:
        connection.sendall(request * 3 + b"GARBAGE\r\n\r\n")
        connection.settimeout(5)
        said = b""
        try:
            while chunk := connection.recv(65536):
                said += chunk
        except OSError:
            pass
    assert said.count(b"HTTP/1.1 200") >= 1


def test_vn1_one_socket_on_the_loopback_address(rig: Rig) -> None:
    before = {port for host, port in listening() if port == rig.port}
    assert before == {rig.port}
    ours = [(host, port) for host, port in listening() if port != int(rig.ollama.url.rpartition(":")[2])]
    assert ours == [("127.0.0.1", rig.port)]
    for address in other_addresses():
        with pytest.raises(OSError):
            socket.create_connection((address, rig.port), timeout=2)


def listening() -> list[tuple[str, int]]:
    found = psutil.Process().net_connections(kind="inet")
    return [(one.laddr.ip, one.laddr.port) for one in found if one.status == psutil.CONN_LISTEN]


def other_addresses() -> list[str]:
    """This machine's addresses in its networks."""
    return [
        address.address
        for addresses in psutil.net_if_addrs().values()
        for address in addresses
        if address.family == socket.AF_INET and not address.address.startswith("127.")
    ]
