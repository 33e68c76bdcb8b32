"""Addresses of model servers, in all the forms people write them."""

from __future__ import annotations

import ipaddress
import re

from autocut_tray.core.frozen import frozen

_OLLAMA_PORT = 11434
_SCHEME_PORTS = {"http": 80, "https": 443}
_NAME = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,252})")


@frozen
class OllamaHost:
    """Where Ollama is reached. ``url``: scheme, host, port and path, no slash at the end.

    ``remote``: not this machine, as far as the name tells. ``valid``: False when nothing can be reached there.
    """

    url: str
    remote: bool
    valid: bool = True


@frozen
class Address:
    """The parts of a server's address, made fit to connect to."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def root(self) -> str:
        return f"{self.scheme}://{self.authority}"

    @property
    def remote(self) -> bool:
        return not is_this_machine(self.host)

    @property
    def valid(self) -> bool:
        if self.scheme not in _SCHEME_PORTS or not 0 < self.port < 65536:
            return False
        return _ip(self.host) is not None or _NAME.fullmatch(self.host) is not None


def is_this_machine(host: str) -> bool:
    """Whether a host is this machine beyond doubt.

    The rule of ``core.sockets.is_loopback_host``, without the 4 MiB of TLS that importing it costs a machine where
    no server runs.
    """
    address = _ip(host)
    return address.is_loopback if address is not None else host.lower() == "localhost"


def parse_ollama_host(value: str) -> OllamaHost:
    """What ``OLLAMA_HOST`` means to a client, by the rules of Ollama's own (``envconfig.Host``).

    No scheme: http, port 11434. With one: that scheme's port. Empty or a bad port: the default. Addresses that only
    a server can use (``0.0.0.0``, ``[::]``, no host) become this machine's.
    """
    address = parse_address(value, _OLLAMA_PORT)
    return OllamaHost(address.root + address.path, address.remote, address.valid)


def parse_address(value: str, default_port: int) -> Address:
    """Take ``value`` apart; a ``default_port`` counts only where no scheme was written."""
    text = value.strip().strip("\"'").strip()
    scheme, separator, rest = text.partition("://")
    if not separator:
        scheme, rest = "http", text
        if text == "ollama.com":
            scheme, rest = "https", "ollama.com:443"
    scheme = scheme.lower()
    port = _SCHEME_PORTS.get(scheme, default_port) if separator else default_port
    authority, _, path = re.split(r"[?#]", rest, maxsplit=1)[0].partition("/")
    host, written = _split(authority.rpartition("@")[2])
    if written.isascii() and written.isdigit() and 0 < int(written) <= 65535:
        port = int(written)
    path = path.strip("/")
    return Address(scheme, _connectable(host), port, f"/{path}" if path else "")


def _split(authority: str) -> tuple[str, str]:
    """Host and port, as written; the port is empty when there is none."""
    if authority.startswith("["):
        host, _, rest = authority[1:].partition("]")
        return host, rest.removeprefix(":")
    if authority.count(":") > 1:  # an IPv6 address without its brackets
        return authority, ""
    host, _, port = authority.partition(":")
    return host, port


def _connectable(host: str) -> str:
    address = _ip(host)
    if not host or (isinstance(address, ipaddress.IPv4Address) and address.is_unspecified):
        return "127.0.0.1"
    if address is not None and address.is_unspecified:
        return "::1"
    return str(address) if address is not None else host


def _ip(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None
