"""One running instance per person, and the way for other processes of theirs to talk to it.

The lock is the operating system's own on an open file: it ends with the process, so none is ever stale. The
channel is a Unix socket or a Windows named pipe that speaks one JSON request and one JSON reply a connection.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import socket
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from autocut_tray.core.errors import AutoCutError
from autocut_tray.core.files import write_atomic
from autocut_tray.core.messages import message, message_from_json, message_to_json
from autocut_tray.core.paths import folder_unusable

if TYPE_CHECKING:
    from multiprocessing.connection import Connection, Listener

# multiprocessing.connection is imported where it is used: it would cost 12 ms before the tray icon is up.

if os.name == "nt":
    import msvcrt
else:
    import fcntl

log = logging.getLogger(__name__)

Json = dict[str, Any]

REPLY_SECONDS = 3.0
"""How long a healthy instance may take to answer."""

_MAX_BYTES = 4 * 1024 * 1024
_BACKLOG = 16
_FOLDER_PREFIX = "autocut-socket-"


class InstanceBusy(AutoCutError):
    """The running instance does not answer in time."""

    def __init__(self) -> None:
        super().__init__(
            "instance_silent", message("error-instance-silent"), message("error-instance-silent-hint")
        )


class InstanceLock:
    """Held by the instance that owns the data folder."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._handle: IO[bytes] | None = None

    def acquire(self) -> bool:
        """True when this process now is the instance; False when another one is. Raises StorageError."""
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle = self._file.open("a+b")
        except OSError as error:
            raise folder_unusable(self._file.parent, error) from error
        try:
            _lock(handle)
        except OSError:
            handle.close()
            return False
        self._handle = handle
        return True

    def release(self) -> None:
        if self._handle is not None:
            self._handle.close()  # closing ends the lock on every platform
            self._handle = None


if os.name == "nt":

    def _lock(handle: IO[bytes]) -> None:
        msvcrt.locking(handle.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]

else:

    def _lock(handle: IO[bytes]) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


class ChannelServer:
    """Answers requests of other processes of this person; ``handle`` runs in a thread per connection.

    ``handle`` takes and returns JSON objects; an AutoCutError it raises is raised by the caller's
    :func:`call_instance`.
    """

    def __init__(self, instance_file: Path, handle: Callable[[Json], Json]) -> None:
        self._file = instance_file
        self._handle = handle
        self._token = os.urandom(32).hex()
        self._listener: Listener | None = None
        self._closing = False
        self._threads: set[threading.Thread] = set()
        self._open: set[Connection[Any, Any]] = set()
        self._accepting: threading.Thread | None = None

    def start(self) -> None:
        """Listen, and say where in the instance file (mode 0600). Raises OSError."""
        from multiprocessing.connection import Listener

        address = _new_address()
        self._listener = Listener(address, backlog=_BACKLOG)
        write_atomic(
            self._file,
            json.dumps({"address": address, "token": self._token, "pid": os.getpid()}).encode(),
        )
        self._accepting = threading.Thread(target=self._accept, name="channel")
        self._accepting.start()

    def close(self) -> None:
        """No request is answered any more when this returns."""
        if self._listener is None:
            return
        from multiprocessing.connection import Client

        self._closing = True
        with contextlib.suppress(OSError, EOFError):
            Client(self._listener.address).close()  # wakes accept(), which nothing else does
        if self._accepting is not None:
            self._accepting.join()
        for connection in list(self._open):
            with contextlib.suppress(OSError):
                connection.close()  # a client that sends half a request must not hold up the end
        for thread in list(self._threads):
            thread.join(REPLY_SECONDS)
        address = str(self._listener.address)
        self._listener.close()
        self._listener = None
        self._file.unlink(missing_ok=True)
        if Path(address).parent.name.startswith(_FOLDER_PREFIX):
            with contextlib.suppress(OSError):
                Path(address).parent.rmdir()

    def _accept(self) -> None:
        listener = self._listener
        while listener is not None and not self._closing:
            try:
                connection = listener.accept()
            except (OSError, EOFError) as error:
                if not self._closing:
                    log.warning("Channel: %s", error)
                continue
            if self._closing:
                connection.close()
                return
            thread = threading.Thread(target=self._answer, args=(connection,), name="channel-request")
            self._threads.add(thread)
            thread.start()

    def _answer(self, connection: Connection[Any, Any]) -> None:
        import hmac  # late: it loads OpenSSL

        self._open.add(connection)
        try:
            with connection:
                if not connection.poll(REPLY_SECONDS):
                    return
                request = json.loads(connection.recv_bytes(_MAX_BYTES))
                if not isinstance(request, dict):
                    return
                if not hmac.compare_digest(str(request.pop("token", "")).encode(), self._token.encode()):
                    return
                try:
                    reply = self._handle(request)
                except AutoCutError as error:
                    reply = {"error": _error_to_json(error)}
                except Exception as error:
                    log.exception("A request failed")
                    unforeseen = AutoCutError("internal", detail=type(error).__name__)
                    reply = {"error": _error_to_json(unforeseen)}
                connection.send_bytes(json.dumps(reply).encode())
        except (OSError, EOFError, ValueError, AttributeError) as error:
            log.warning("Channel: a request was dropped: %s", error)
        finally:
            self._open.discard(connection)
            self._threads.discard(threading.current_thread())


def call_instance(instance_file: Path, request: Json, timeout: float = REPLY_SECONDS) -> Json | None:
    """Ask the running instance; None when there is none.

    Raises InstanceBusy when it does not answer within ``timeout`` seconds, and the AutoCutError it answers with.
    """
    try:
        where = json.loads(instance_file.read_bytes())
        connection = _connect(where["address"], timeout)
    except (OSError, ValueError, KeyError):
        return None
    try:
        with connection:
            connection.send_bytes(json.dumps({**request, "token": where["token"]}).encode())
            if not connection.poll(timeout):
                raise InstanceBusy
            reply: Json = json.loads(connection.recv_bytes(_MAX_BYTES))
    except (OSError, EOFError, ValueError):
        return None
    if "error" in reply:
        raise _error_from_json(reply["error"])
    return reply


def _connect(address: str, timeout: float) -> Connection[Any, Any]:
    """Raises OSError when nobody is there, InstanceBusy when somebody is and does not take the call in time."""
    from multiprocessing.connection import Client, Connection

    if os.name == "nt":
        return Client(address)  # a pipe whose server hangs refuses after a second
    with socket.socket(socket.AF_UNIX) as caller:
        caller.settimeout(timeout)
        try:
            caller.connect(address)
        except (TimeoutError, BlockingIOError):
            raise InstanceBusy from None
        caller.settimeout(None)
        return Connection(caller.detach())


def _error_to_json(error: AutoCutError) -> Json:
    return {
        "code": error.code,
        "message": message_to_json(error.message),
        "hint": message_to_json(error.hint) if error.hint else None,
        "exit_code": error.exit_code,
    }


def _error_from_json(data: Json) -> AutoCutError:
    hint = message_from_json(data["hint"]) if data["hint"] else None
    error = AutoCutError(data["code"], message_from_json(data["message"]), hint)
    error.exit_code = data["exit_code"]
    return error


def _new_address() -> str:
    name = f"autocut-{os.urandom(8).hex()}"
    if os.name == "nt":
        return rf"\\.\pipe\{name}"
    # Not in the data folder: a socket's path may not be longer than about 100 bytes.
    folder = os.environ.get("XDG_RUNTIME_DIR") or tempfile.mkdtemp(prefix=_FOLDER_PREFIX)
    return str(Path(folder) / name)
