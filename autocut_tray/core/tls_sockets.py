"""The sockets of ``sockets.py`` over TLS, in a module of their own: ``ssl`` takes 4 MiB, which a program that talks
to servers of its own machine only does not need."""

from __future__ import annotations

import ssl
from typing import Any

from autocut_tray.core.errors import BackendError, Cancelled
from autocut_tray.core.sockets import patiently


class PatientTlsSocket(ssl.SSLSocket):
    """A TLS socket whose waits obey the current call."""

    def do_handshake(self, block: bool = False) -> None:
        try:
            patiently(lambda: super(PatientTlsSocket, self).do_handshake(block))
        except (Cancelled, BackendError):
            self.close()  # ssl closes a half-made socket for its own exceptions only
            raise

    def recv_into(self, buffer: Any, nbytes: int | None = None, flags: int = 0) -> int:
        count, call = patiently(lambda: super(PatientTlsSocket, self).recv_into(buffer, nbytes, flags))
        if call is not None:
            call.received(count)
        return count

    def send(self, data: Any, flags: int = 0) -> int:
        # SSLSocket.sendall sends through here.
        count, call = patiently(lambda: super(PatientTlsSocket, self).send(data, flags))
        if call is not None:
            call.sent()
        return count
