"""A loopback server that echoes, and short ways to call it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from autocut_tray.core.cancel import CancelToken
from autocut_tray.core.errors import BackendError, Cancelled
from autocut_tray.core.http import HttpClient, JsonReply
from tests.analyzers.test_texts import TRANSPORT
from tests.servers.scripted import Exchange, ScriptedServer

CANARY = "sk-CANARY-0123456789abcdef"

# A self-signed certificate for localhost and 127.0.0.1, valid until 2126; the key protects nothing.
UNTRUSTED_PEM = """\
-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg9PnN3RZF+hjYjD+/
KLNmVTFAbxD+tBjH+IQl/zDbULOhRANCAAQiyL03asSWjEA3N1EgV3tYPE4APhKh
+f+KoVhXWPjG7K/0AjUZL26dF1AsaPN0fPZY/Cs4qE7igVb9Dg3KVOhR
-----END PRIVATE KEY-----
-----BEGIN CERTIFICATE-----
MIIBmzCCAUGgAwIBAgIUVp29WSRkOJacN7Cq89119nuaFOQwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMDEwNDAzNFoYDzIxMjYxMDI3
MTA0MDM0WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAAQiyL03asSWjEA3N1EgV3tYPE4APhKh+f+KoVhXWPjG7K/0AjUZL26d
F1AsaPN0fPZY/Cs4qE7igVb9Dg3KVOhRo28wbTAdBgNVHQ4EFgQUJ/0wHVuNNZUB
BEjzxul1hYctmvQwHwYDVR0jBBgwFoAUJ/0wHVuNNZUBBEjzxul1hYctmvQwDwYD
VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
zj0EAwIDSAAwRQIhAKknW/8hVJWpk6U3a8VVGF4mE1SxSqZFo7HjpL5rCc0FAiBL
69Bn3Av3SlDRbXfEQokPYj2Aj7VfXZu096K4Y7LwfA==
-----END CERTIFICATE-----
"""


class Echo(ScriptedServer):
    """Answers what it was asked."""

    def respond(self, exchange: Exchange) -> None:
        exchange.send_json(200, {"path": exchange.path, "json": exchange.json})


@pytest.fixture
def server() -> Iterator[Echo]:
    with Echo() as echo:
        yield echo


@pytest.fixture
def token() -> CancelToken:
    return CancelToken()


@contextmanager
def client_of(url: str, **options: object) -> Iterator[HttpClient]:
    client = HttpClient(url, **options)  # type: ignore[arg-type]
    try:
        yield client
    finally:
        client.close()


def failure_of(act: Callable[[], object]) -> BackendError:
    with pytest.raises(BackendError) as caught:
        act()
    assert caught.value.code in TRANSPORT
    assert caught.value.message.code == "error-" + caught.value.code.replace("_", "-")
    return caught.value


def get(url: str, token: CancelToken | None = None, **options: object) -> JsonReply:
    with client_of(url, **options) as client:
        return client.get_json("x", cancel=token or CancelToken())


def cancels_within(client: HttpClient, seconds: float, body: object = None, after: float = 0.1) -> bool:
    """Whether a call that hangs ends with Cancelled soon after the cancellation from another thread."""
    token = CancelToken()
    at: list[float] = []

    def cancel() -> None:
        at.append(time.monotonic())
        token.cancel()

    timer = threading.Timer(after, cancel)
    timer.start()
    try:
        with pytest.raises(Cancelled):
            client.request("POST" if body else "GET", "x", body, cancel=token)
        return time.monotonic() - at[0] < seconds
    finally:
        timer.cancel()
        timer.join()
