"""A listener that nobody may ever reach: it counts what connects."""

from __future__ import annotations

import socket
import threading
from typing import Self


class CanaryServer:
    """Listens on 127.0.0.1, TCP and UDP on the same port, and counts connections and packets."""

    def __init__(self, port: int = 0) -> None:
        self.port = port
        self.requests: list[bytes] = []
        """The first bytes of each connection, or a UDP packet."""
        self._connections = 0
        self._stopping = threading.Event()
        self._sockets: tuple[socket.socket, ...] = ()
        self._threads: tuple[threading.Thread, ...] = ()

    @property
    def url(self) -> str:
        """``http://127.0.0.1:PORT/``."""
        return f"http://127.0.0.1:{self.port}/"

    @property
    def hits(self) -> int:
        """Connections and packets so far; must stay 0."""
        return self._connections

    def start(self) -> Self:
        tcp = socket.create_server(("127.0.0.1", self.port))
        self.port = tcp.getsockname()[1]
        udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        udp.bind(("127.0.0.1", self.port))
        self._sockets = (tcp, udp)
        for each in self._sockets:
            each.settimeout(0.05)
        self._threads = (
            threading.Thread(target=self._accept, args=(tcp,), name="canary-tcp"),
            threading.Thread(target=self._receive, args=(udp,), name="canary-udp"),
        )
        for thread in self._threads:
            thread.start()
        return self

    def stop(self) -> None:
        self._stopping.set()
        for thread in self._threads:
            thread.join()
        for each in self._sockets:
            each.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _accept(self, listener: socket.socket) -> None:
        while not self._stopping.is_set():
            try:
                conn, _ = listener.accept()
            except TimeoutError:
                continue
            self._connections += 1
            with conn:
                conn.settimeout(0.5)
                try:
                    self.requests.append(conn.recv(4096))
                    conn.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                except OSError:
                    continue

    def _receive(self, listener: socket.socket) -> None:
        while not self._stopping.is_set():
            try:
                packet = listener.recv(4096)
            except TimeoutError:
                continue
            self._connections += 1
            self.requests.append(packet)
