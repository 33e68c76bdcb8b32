"""The HTTP client against loopback servers that misbehave in every way a model server can."""

from __future__ import annotations

import gzip
import logging
import socket
import ssl
import threading
from pathlib import Path

import pytest

from autocut_tray.core.cancel import CancelToken
from autocut_tray.core.errors import BackendError, FailureClass
from autocut_tray.core.http import HttpClient, is_loopback_host
from tests.http_bench import (
    CANARY,
    UNTRUSTED_PEM,
    Echo,
    cancels_within,
    client_of,
    failure_of,
    get,
    server,
    token,
)
from tests.servers.scripted import closed_port
from tests.servers.wire_faults import CutBody, Drop, Flood, Garbage, GzipBomb, Hang, Redirect, Reply

__all__ = ["server", "token"]

# ---- the healthy case -------------------------------------------------------------------------------------


def test_json_goes_out_and_comes_back(server: Echo, token: CancelToken) -> None:
    with client_of(server.url + "/v1/") as client:
        reply = client.post_json("chat", {"words": "夜 市"}, cancel=token)
    assert reply.ok and reply.body == {"path": "/v1/chat", "json": {"words": "夜 市"}}
    sent = server.journal.last("/v1/chat")
    assert sent.headers["content-type"] == "application/json"
    assert "cookie" not in sent.headers


def test_megabytes_go_out(server: Echo, token: CancelToken) -> None:
    with client_of(server.url) as client:
        reply = client.post_json("x", {"images": ["A" * 3_000_000]}, cancel=token)
    assert len(reply.body["json"]["images"][0]) == 3_000_000


def test_one_connection_serves_many_calls(server: Echo, token: CancelToken) -> None:
    ports = set()
    server.respond = lambda exchange: (  # type: ignore[method-assign]
        ports.add(exchange._handler.client_address[1]),
        exchange.send_json(200, {}),
    )[-1]
    with client_of(server.url) as client:
        for _ in range(5):
            client.get_json("x", cancel=token)
    assert len(ports) == 1


def test_several_threads_share_a_client(server: Echo, token: CancelToken) -> None:
    seen: list[dict[str, str]] = []
    with client_of(server.url) as client:
        threads = [
            threading.Thread(target=lambda n=n: seen.append(client.get_json(f"{n}", cancel=token).body))
            for n in range(8)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(body["path"] for body in seen) == [f"/{n}" for n in range(8)]


@pytest.mark.parametrize("status", [400, 401, 404, 429, 500, 503])
def test_error_statuses_are_answers(server: Echo, status: int) -> None:
    server.faults.add(Reply(status, {"error": "why"}, {"Retry-After": "3", "X-Secret": "no"}))
    reply = get(server.url)
    assert (reply.status, reply.body, reply.headers.get("retry-after")) == (status, {"error": "why"}, "3")
    assert "x-secret" not in reply.headers


@pytest.mark.parametrize(
    ("body", "parsed"),
    [
        (b"404 page not found", None),
        (b"\xef\xbb\xbf{}", {}),
        (b"", None),
        (b"[" * 200_000, None),
        (b"1" * 6000, None),
        (b'{"a": "\xff"}', {"a": "�"}),
        (b"NaN", pytest.approx(float("nan"), nan_ok=True)),
    ],
)
def test_bodies_that_are_no_json_are_text(server: Echo, body: bytes, parsed: object) -> None:
    server.faults.add(Reply(200, body))
    assert get(server.url).body == parsed


def test_compressed_answers_are_read(server: Echo) -> None:
    body = gzip.compress(b'{"a":') + gzip.compress(b"1}")
    server.faults.add(Reply(200, body, {"Content-Encoding": "gzip"}))
    assert get(server.url).body == {"a": 1}


def test_cookies_are_not_kept(server: Echo, token: CancelToken) -> None:
    server.faults.add(Reply(200, {}, {"Set-Cookie": "id=1; Path=/"}))
    with client_of(server.url) as client:
        client.get_json("x", cancel=token)
        client.get_json("x", cancel=token)
    assert "cookie" not in server.journal.last("/x").headers


def test_the_environment_changes_nothing(
    server: Echo, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login a password b\n")
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{closed_port()}")
    monkeypatch.delenv("no_proxy", raising=False)
    assert get(server.url).ok
    assert "authorization" not in server.journal.last("/x").headers


# ---- failures and their classes ---------------------------------------------------------------------------


def test_a_closed_port_is_down() -> None:
    error = failure_of(lambda: get(f"http://127.0.0.1:{closed_port()}"))
    assert (error.failure, error.code) == (FailureClass.DOWN, "server_refused")


def test_localhost_is_tried_on_both_families() -> None:
    error = failure_of(lambda: get(f"http://localhost:{closed_port()}"))
    assert error.failure is FailureClass.DOWN


@pytest.mark.parametrize("fault", [Drop(), Drop(reset=True), CutBody(5)], ids=["closed", "reset", "cut"])
def test_a_lost_connection_is_down(server: Echo, fault: Drop | CutBody) -> None:
    server.faults.add(fault)
    error = failure_of(lambda: get(server.url))
    assert (error.failure, error.code) == (FailureClass.DOWN, "connection_lost")


def test_a_cut_compressed_answer_is_down(server: Echo) -> None:
    server.faults.add(Reply(200, gzip.compress(b"{}" * 50)[:-12], {"Content-Encoding": "gzip"}))
    assert failure_of(lambda: get(server.url)).failure is FailureClass.DOWN


@pytest.mark.parametrize(
    "fault",
    [
        Garbage(),
        Garbage(b"HTTP/1.1 200 OK\r\n" + b"X: " + b"y" * 70_000 + b"\r\n\r\n"),
        Garbage(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n"),
        Reply(200, b"xx", {"Content-Encoding": "br"}),
        Reply(200, b"no gzip", {"Content-Encoding": "gzip"}),
    ],
    ids=["no http", "long header", "many headers", "unknown coding", "no gzip"],
)
def test_what_is_not_http_is_a_bad_reply(server: Echo, fault: Garbage | Reply) -> None:
    server.faults.add(fault)
    error = failure_of(lambda: get(server.url))
    assert (error.failure, error.code) == (FailureClass.TIER, "bad_reply")


@pytest.mark.fault("FM11")
@pytest.mark.parametrize(
    "location", ["file:///etc/passwd", "http://evil.example/", "/elsewhere", "http://[", "\xff"]
)
@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_redirects_are_not_followed(server: Echo, location: str, status: int) -> None:
    server.faults.add(Redirect(location, status))
    error = failure_of(lambda: get(server.url))
    assert (error.failure, error.code) == (FailureClass.CONFIG, "redirected")
    assert len(server.journal) == 1


def test_the_body_of_a_redirect_is_not_read(server: Echo) -> None:
    server.faults.add(Flood(endless=True, status=302))
    assert failure_of(lambda: get(server.url)).code == "redirected"


@pytest.mark.fault("FM9", "FM10")
@pytest.mark.parametrize(
    "fault", [Flood(endless=True), Flood(2 * 2**20), GzipBomb(2**30)], ids=["endless", "2 MiB", "bomb"]
)
def test_answers_are_capped_unpacked(server: Echo, fault: Flood | GzipBomb) -> None:
    server.faults.add(fault)
    error = failure_of(lambda: get(server.url, max_bytes=2**20))
    assert (error.failure, error.code) == (FailureClass.TIER, "reply_too_large")


@pytest.mark.fault("FM15")
def test_an_untrusted_certificate_is_refused(tmp_path: Path) -> None:
    pem = tmp_path / "untrusted.pem"
    pem.write_text(UNTRUSTED_PEM)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    with Echo(tls=context) as server:
        error = failure_of(lambda: get(server.url, headers={"Authorization": f"Bearer {CANARY}"}))
        assert (error.failure, error.code) == (FailureClass.CONFIG, "tls_failed")
        assert "self-signed" in error.detail
        assert len(server.journal) == 0


def test_a_trusted_certificate_works_over_patient_sockets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, token: CancelToken
) -> None:
    pem = tmp_path / "trusted.pem"
    pem.write_text(UNTRUSTED_PEM)
    monkeypatch.setattr("requests.adapters.DEFAULT_CA_BUNDLE_PATH", str(pem))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    with Echo(tls=context) as server, client_of(server.url) as client:
        big = client.post_json("x", {"images": ["A" * 2_000_000]}, cancel=token)
        assert len(big.body["json"]["images"][0]) == 2_000_000
        server.faults.add(Hang())
        assert cancels_within(client, 1.0)


@pytest.mark.fault("FM15")
def test_https_to_a_plain_port_is_refused(server: Echo) -> None:
    error = failure_of(lambda: get(server.url.replace("http:", "https:"), connect=2.0))
    assert error.failure in (FailureClass.CONFIG, FailureClass.DOWN)
    assert len(server.journal) == 0


# ---- hosts ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("127.0.0.1", True),
        ("127.8.9.1", True),
        ("::1", True),
        ("[::1]", True),
        ("localhost", True),
        ("LocalHost", True),
        ("localhost.", False),
        ("localhost.evil", False),
        ("127.0.0.1.evil.example", False),
        ("127.1", False),
        ("2130706433", False),
        ("0.0.0.0", False),
        ("::", False),
        ("192.168.1.4", False),
        ("::ffff:127.0.0.1", False),
        ("", False),
    ],
)
def test_loopback_hosts(host: str, loopback: bool) -> None:
    assert is_loopback_host(host) is loopback


@pytest.mark.parametrize(
    "url",
    [
        "",
        "ftp://127.0.0.1/",
        "127.0.0.1:80",
        "http://",
        "http://a b/",
        "http://127.0.0.1:99999/",
        "http://127.0.0.1:0/",
        "http://user:secret@127.0.0.1/",
        "http://127.0.0.1\\@evil.example/",
        "http://127.0.0.1/?a=b",
        "http://127.0.0.1/#a",
        "http://[::1/",
        "http://127.0.0.1/\n",
        "http://" + "a" * 300,
        "file:///etc/passwd",
    ],
)
def test_impossible_addresses_are_refused_at_once(url: str) -> None:
    error = failure_of(lambda: HttpClient(url))
    assert (error.failure, error.code) == (FailureClass.CONFIG, "bad_address")
    assert "secret" not in str(error)


def test_another_host_needs_the_gate(monkeypatch: pytest.MonkeyPatch, token: CancelToken) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", no_lookups)
    error = failure_of(lambda: get("http://models.example"))
    assert (error.failure, error.code) == (FailureClass.CONFIG, "host_not_allowed")
    asked: list[tuple[str, str, int]] = []

    def gate(scheme: str, host: str, port: int) -> None:
        asked.append((scheme, host, port))
        raise BackendError(FailureClass.CONFIG, "no_consent")

    with client_of("http://models.example", host_gate=gate) as client:
        for _ in range(2):
            with pytest.raises(BackendError, match="no_consent"):
                client.get_json("x", cancel=token)
    assert asked == [("http", "models.example", 80)] * 2


def test_the_gate_is_not_asked_for_this_machine(server: Echo) -> None:
    def gate(*_: object) -> None:
        raise AssertionError

    assert get(server.url, host_gate=gate).ok


@pytest.mark.fault("FM16")
def test_an_unknown_name_is_down(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> list[object]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    error = failure_of(lambda: get("http://models.example", host_gate=lambda *_: None))
    assert (error.failure, error.code) == (FailureClass.DOWN, "server_unreachable")


@pytest.mark.parametrize(
    ("proxy", "failure", "code"),
    [
        ("http://127.0.0.1:{port}", FailureClass.DOWN, "proxy_failed"),
        ("socks5://127.0.0.1:{port}", FailureClass.CONFIG, "proxy_unsupported"),
    ],
)
def test_proxies_are_for_other_hosts(
    server: Echo, monkeypatch: pytest.MonkeyPatch, proxy: str, failure: FailureClass, code: str
) -> None:
    """The proxy gets the name, and what it refuses is told; this machine looks nothing up."""
    monkeypatch.setattr(socket, "getaddrinfo", no_lookups)
    for name in ("https_proxy", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HTTPS_PROXY", proxy.format(port=server.port))
    error = failure_of(lambda: get("https://models.example", host_gate=lambda *_: None))
    assert (error.failure, error.code) == (failure, code)


def no_lookups(*_: object, **__: object) -> list[object]:
    raise AssertionError("a name was looked up")


# ---- keys -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "key", [CANARY + "\n", CANARY + "\r\nX: y", " " + CANARY, CANARY + "\x00", CANARY + "é", ""]
)
def test_a_key_that_cannot_be_sent_is_refused_without_being_shown(key: str) -> None:
    error = failure_of(lambda: HttpClient("http://127.0.0.1", headers={"X-Api-Key": key}))
    assert error.code == "bad_key"
    assert "CANARY" not in repr(error) + str(error) + error.detail


def test_the_key_is_in_no_exception_and_no_log(server: Echo, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    faults = [
        Drop(),
        Drop(reset=True),
        CutBody(3),
        Garbage(),
        Redirect("/x"),
        Flood(2**20),
        Reply(401, {"e": 1}),
    ]
    server.faults.add(*faults)
    with client_of(server.url, headers={"Authorization": f"Bearer {CANARY}"}, max_bytes=1000) as client:
        for _ in faults:
            try:
                client.post_json("x", {"a": 1}, cancel=CancelToken())
            except BackendError as error:
                logging.getLogger("test").exception("failed")
                assert "CANARY" not in repr(error) + str(error.__context__) + str(error.message)
    assert all(entry.headers["authorization"].endswith(CANARY) for entry in server.journal)
    assert "CANARY" not in caplog.text
