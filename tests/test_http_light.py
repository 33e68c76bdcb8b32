"""The client without requests and TLS keeps the contract of the other one, and reads every form of an answer."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing

import pytest

from autocut_tray.core.cancel import CancelToken
from autocut_tray.core.errors import FailureClass
from autocut_tray.core.http import HttpClient
from autocut_tray.core.http_light import LightClient, asking_client
from tests import http_bench, test_http, test_http_limits
from tests.http_bench import Echo, failure_of, get, server, token
from tests.servers.scripted import Exchange
from tests.servers.wire_faults import CutBody, Garbage, Reply

__all__ = ["server", "token"]


@pytest.fixture(autouse=True)
def light(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_bench, "HttpClient", LightClient)
    monkeypatch.setattr(test_http_limits, "HttpClient", LightClient)


# ---- the contract of both ---------------------------------------------------------------------------------

test_json_goes_out_and_comes_back = test_http.test_json_goes_out_and_comes_back
test_megabytes_go_out = test_http.test_megabytes_go_out
test_several_threads_share_a_client = test_http.test_several_threads_share_a_client
test_error_statuses_are_answers = test_http.test_error_statuses_are_answers
test_bodies_that_are_no_json_are_text = test_http.test_bodies_that_are_no_json_are_text
test_compressed_answers_are_read = test_http.test_compressed_answers_are_read
test_cookies_are_not_kept = test_http.test_cookies_are_not_kept
test_the_environment_changes_nothing = test_http.test_the_environment_changes_nothing
test_a_closed_port_is_down = test_http.test_a_closed_port_is_down
test_localhost_is_tried_on_both_families = test_http.test_localhost_is_tried_on_both_families
test_a_lost_connection_is_down = test_http.test_a_lost_connection_is_down
test_a_cut_compressed_answer_is_down = test_http.test_a_cut_compressed_answer_is_down
test_what_is_not_http_is_a_bad_reply = test_http.test_what_is_not_http_is_a_bad_reply
test_redirects_are_not_followed = test_http.test_redirects_are_not_followed
test_the_body_of_a_redirect_is_not_read = test_http.test_the_body_of_a_redirect_is_not_read
test_answers_are_capped_unpacked = test_http.test_answers_are_capped_unpacked
test_the_key_is_in_no_exception_and_no_log = test_http.test_the_key_is_in_no_exception_and_no_log

test_a_silent_server_is_given_up = test_http_limits.test_a_silent_server_is_given_up
test_a_server_that_accepts_and_never_reads_is_given_up = (
    test_http_limits.test_a_server_that_accepts_and_never_reads_is_given_up
)
test_a_drip_is_bounded_by_the_whole_call = test_http_limits.test_a_drip_is_bounded_by_the_whole_call
test_a_stall_in_the_middle_is_given_up = test_http_limits.test_a_stall_in_the_middle_is_given_up
test_a_full_backlog_is_a_connect_timeout = test_http_limits.test_a_full_backlog_is_a_connect_timeout
test_limits_of_one_call = test_http_limits.test_limits_of_one_call
test_cancel_before_the_call = test_http_limits.test_cancel_before_the_call
test_cancel_while_waiting_for_the_first_byte = test_http_limits.test_cancel_while_waiting_for_the_first_byte
test_cancel_in_the_middle_of_the_body = test_http_limits.test_cancel_in_the_middle_of_the_body
test_cancel_while_connecting = test_http_limits.test_cancel_while_connecting
test_cancel_while_sending = test_http_limits.test_cancel_while_sending
test_close_ends_calls_in_flight = test_http_limits.test_close_ends_calls_in_flight


# ---- forms of answers --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "body"),
    [
        (b"HTTP/1.0 200 OK\r\n\r\n{}", {}),
        (b"HTTP/1.1 200\r\nContent-Length: 2\r\n\r\n{}and more", {}),
        (b"HTTP/1.1 200 OK\nContent-Length:2\n\n{}", {}),
        (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", {}),
        (b"HTTP/1.1 204 No Content\r\n\r\n", None),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", None),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n"
            b'4;x=y\r\n{"a"\r\n0003\r\n:1}\r\n0\r\nTrailer: t\r\n\r\n',
            {"a": 1},
        ),
    ],
    ids=["until the end", "length", "bare newlines", "interim", "no content", "empty", "chunks"],
)
def test_every_form_of_an_answer_is_read(server: Echo, answer: bytes, body: object) -> None:
    server.faults.add(Garbage(answer))
    assert get(server.url).body == body


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/2 200 OK\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nno header\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n{}",
        CHUNKED + b"-2\r\n{}\r\n0\r\n\r\n",
        CHUNKED + b"2\r\n{}}\r\n0\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n" * 200,
    ],
    ids=["version", "header", "negative", "two lengths", "coding", "chunk size", "chunk end", "interims"],
)
def test_what_contradicts_itself_is_a_bad_reply(server: Echo, answer: bytes) -> None:
    server.faults.add(Garbage(answer))
    error = failure_of(lambda: get(server.url))
    assert (error.failure, error.code) == (FailureClass.TIER, "bad_reply")


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Le",
        b"HTTP/1.1 200 OK\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n{}",
        CHUNKED,
        CHUNKED + b"3\r\n{}",
        CHUNKED + b"2\r\n{}\r\n",
        CHUNKED + b"2\r\n{}\r\n0\r\n",
    ],
    ids=["in a header", "after the status", "in the body", "no chunk", "in a chunk", "no last", "no end"],
)
def test_what_breaks_off_is_a_lost_connection(server: Echo, answer: bytes) -> None:
    server.faults.add(Garbage(answer))
    error = failure_of(lambda: get(server.url))
    assert (error.failure, error.code) == (FailureClass.DOWN, "connection_lost")


def test_endless_small_chunks_are_capped(server: Echo) -> None:
    server.faults.add(Garbage(CHUNKED + b"1\r\n \r\n" * 50_000))
    assert failure_of(lambda: get(server.url, max_bytes=1000)).code == "reply_too_large"


def test_each_call_has_a_connection_of_its_own(server: Echo, token: CancelToken) -> None:
    ports: list[int] = []

    def respond(exchange: Exchange) -> None:
        ports.append(exchange._handler.client_address[1])
        exchange.send_json(200, {})

    server.respond = respond  # type: ignore[method-assign]
    server.faults.add(CutBody(1), Reply(200, {}))
    with closing(LightClient(server.url)) as client:
        assert failure_of(lambda: client.get_json("x", cancel=token)).code == "connection_lost"
        for _ in range(3):
            assert client.get_json("x", cancel=token).ok
    assert len(set(ports)) == len(ports) > 1


def test_what_goes_out_is_what_the_other_client_sends(server: Echo, token: CancelToken) -> None:
    sent = []
    for kind in (HttpClient, LightClient):
        with closing(kind(server.url + "/v1", headers={"Authorization": "Bearer x"})) as client:
            client.post_json("/chat", {"a": "夜"}, cancel=token)
        entry = server.journal.last("/v1/chat")
        sent.append({**entry.headers, "connection": ""})
    assert sent[0] == sent[1]


# ---- which client asks ------------------------------------------------------------------------------------


@pytest.fixture
def opened() -> Iterator[list[object]]:
    clients: list[object] = []
    yield clients
    for client in clients:
        client.close()  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("http://127.0.0.1:1", LightClient),
        ("http://localhost:1/v1", LightClient),
        ("http://[::1]:1", LightClient),
        ("https://127.0.0.1:1", HttpClient),
        ("http://192.168.1.4:1", HttpClient),
        ("http://models.example", HttpClient),
    ],
)
def test_the_light_client_asks_this_machine_only(url: str, kind: type, opened: list[object]) -> None:
    opened.append(asking_client(url, connect=1.0, read=1.0, total=1.0))
    assert type(opened[0]) is kind


@pytest.mark.parametrize("url", ["https://127.0.0.1:1", "http://192.168.1.4:1"])
def test_the_light_client_refuses_other_hosts(url: str) -> None:
    with pytest.raises(ValueError, match="this machine"):
        LightClient(url)


def test_asking_this_machine_loads_no_heavy_library() -> None:
    heavy = "requests", "urllib3", "http.client", "email", "ssl", "_hashlib", "encodings.idna"
    code = (
        "import sys\n"
        "from autocut_tray.core.cancel import CancelToken\n"
        "from autocut_tray.core.errors import BackendError\n"
        "from autocut_tray.core.http_light import asking_client\n"
        "client = asking_client('http://localhost:9', connect=1, read=1, total=1)\n"
        "try: client.get_json('x', cancel=CancelToken())\n"
        "except BackendError: pass\n"
        f"print([name for name in {heavy!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
