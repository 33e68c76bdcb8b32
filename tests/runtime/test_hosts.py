"""Addresses of servers in all the forms people write them."""

from __future__ import annotations

import pytest

from autocut_tray.core.runtime.probes.lmstudio_host import LmStudioHost, parse_lmstudio_host
from autocut_tray.core.runtime.probes.ollama_host import is_this_machine, parse_ollama_host
from autocut_tray.core.sockets import is_loopback_host


@pytest.mark.parametrize(
    ("value", "url", "remote"),
    [
        ("", "http://127.0.0.1:11434", False),
        ("   ", "http://127.0.0.1:11434", False),
        ("localhost", "http://localhost:11434", False),
        ("http://localhost:11434", "http://localhost:11434", False),
        ("http://localhost:11434/", "http://localhost:11434", False),
        ("1.2.3.4", "http://1.2.3.4:11434", True),
        ("example.com", "http://example.com:11434", True),
        ("example.com:56789", "http://example.com:56789", True),
        (":1234", "http://127.0.0.1:1234", False),
        ("http://1.2.3.4", "http://1.2.3.4:80", True),
        ("https://1.2.3.4", "https://1.2.3.4:443", True),
        ("HTTPS://Example.com", "https://Example.com:443", True),
        ("https://example.com/ollama", "https://example.com:443/ollama", True),
        ("https://example.com:8080/a/b/", "https://example.com:8080/a/b", True),
        ("::1", "http://[::1]:11434", False),
        ("[::1]", "http://[::1]:11434", False),
        ("[::1]:1337", "http://[::1]:1337", False),
        ("http://[fe80::1]:99", "http://[fe80::1]:99", True),
        (":66000", "http://127.0.0.1:11434", False),
        (":-1", "http://127.0.0.1:11434", False),
        ("http://example.com:66000", "http://example.com:80", True),
        ("https://example.com:x", "https://example.com:443", True),
        ("example.com:", "http://example.com:11434", True),
        ("  example.com  ", "http://example.com:11434", True),
        ('"127.0.0.1"', "http://127.0.0.1:11434", False),
        ("'http://127.0.0.1:8080'", "http://127.0.0.1:8080", False),
        ("0.0.0.0", "http://127.0.0.1:11434", False),
        ("http://0.0.0.0:1", "http://127.0.0.1:1", False),
        ("[::]", "http://[::1]:11434", False),
        ("[::]:9000", "http://[::1]:9000", False),
        ("127.0.0.2:11434", "http://127.0.0.2:11434", False),
        ("ollama.com", "https://ollama.com:443", True),
        ("http://user:secret@10.0.0.1:11434", "http://10.0.0.1:11434", True),
        ("http://10.0.0.1:11434/?token=1#x", "http://10.0.0.1:11434", True),
        ("host.docker.internal:11434", "http://host.docker.internal:11434", True),
        ("127.1", "http://127.1:11434", True),
    ],
)
def test_ollama_host(value: str, url: str, remote: bool) -> None:
    host = parse_ollama_host(value)
    assert (host.url, host.remote, host.valid) == (url, remote, True)


@pytest.mark.parametrize(
    "value", ["ftp://example.com", "http://exa mple.com", "http://a:b:c:d", "unix:///run/x"]
)
def test_what_is_no_address_of_ollama(value: str) -> None:
    assert not parse_ollama_host(value).valid


@pytest.mark.parametrize(
    ("value", "url", "root", "remote"),
    [
        ("http://localhost:1234/v1", "http://localhost:1234/v1", "http://localhost:1234", False),
        ("http://localhost:1234/v1/", "http://localhost:1234/v1", "http://localhost:1234", False),
        ("http://localhost:1234", "http://localhost:1234/v1", "http://localhost:1234", False),
        ("http://localhost:1234/", "http://localhost:1234/v1", "http://localhost:1234", False),
        ("localhost:1234", "http://localhost:1234/v1", "http://localhost:1234", False),
        ("localhost", "http://localhost:1234/v1", "http://localhost:1234", False),
        (":5000", "http://127.0.0.1:5000/v1", "http://127.0.0.1:5000", False),
        ("0.0.0.0:1234/v1", "http://127.0.0.1:1234/v1", "http://127.0.0.1:1234", False),
        ("192.168.1.9", "http://192.168.1.9:1234/v1", "http://192.168.1.9:1234", True),
        ("https://ai.example/lm/v1", "https://ai.example:443/lm/v1", "https://ai.example:443/lm", True),
        ("https://ai.example/lm", "https://ai.example:443/lm/v1", "https://ai.example:443/lm", True),
    ],
)
def test_lmstudio_host(value: str, url: str, root: str, remote: bool) -> None:
    assert parse_lmstudio_host(value) == LmStudioHost(url, root, remote, True)


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "LOCALHOST",
        "localhost.",
        "localhost.evil",
        "127.0.0.1",
        "127.9.9.9",
        "127.1",
        "2130706433",
        "0.0.0.0",
        "10.0.0.1",
        "::1",
        "fe80::1",
        "::ffff:10.0.0.1",
        "example.com",
    ],
)
def test_this_machine_is_what_the_http_client_takes_for_it(host: str) -> None:
    assert is_this_machine(host) is is_loopback_host(host)
