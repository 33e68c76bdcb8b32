"""The tray's side of the media worker: starts it, believes nothing, waits no longer than it should, ends it."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from autocut_tray.core.cancel import CancelToken
from autocut_tray.core.clock import Clock
from autocut_tray.core.errors import Cancelled, InputError, SystemExhausted, exhaustion
from autocut_tray.core.footage import Finished, Keyframe, Video, WorkerMessage
from autocut_tray.core.media import wire
from autocut_tray.core.media.gate import Source, refuse
from autocut_tray.core.media.options import MEMORY_BYTES, ScanOptions
from autocut_tray.core.media.sidecars import find_sidecars
from autocut_tray.core.media.wire import Failure, FailureCode, Request, TilingCheck
from autocut_tray.core.media.wire_values import WireError
from autocut_tray.core.memory.budget import MemoryLease, UnifiedMemoryManager
from autocut_tray.core.process import OwnProcess, own_environment, use_cores

log = logging.getLogger(__name__)

_SUSPENDED_SECONDS = 10.0
"""Waiting that lasted so much longer than asked means that the machine slept."""
_QUEUED_MESSAGES = 16
_KEPT_LOG_BYTES = 16 * 1024
_JOIN_SECONDS = 1.0

STAGE = "key frames"
"""What the memory of pictures on their way is reserved for."""

_WORKER_ENVIRONMENT = {
    # Threads with heaps of their own would use up the address space that the worker may have.
    "MALLOC_ARENA_MAX": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
}


class WorkerClient:
    """One worker process, the two threads that read its pipes, and one video.

    ``silence``: seconds without a message after which the worker is taken for hung; ``grace``: seconds that it may
    then take to end by itself. ``memory``: what pictures on their way may take; while there is no room the worker
    waits in its pipe. The thread that makes a client must live
    as long as it (see ``die_with_parent``). Raises InputError when no process can be started, SystemExhausted when
    the system has none to give for now.
    """

    def __init__(
        self,
        source: Source,
        options: ScanOptions,
        cancel: CancelToken,
        clock: Clock,
        silence: float,
        command: Sequence[str],
        memory: UnifiedMemoryManager,
        grace: Callable[[], float],
    ) -> None:
        self._source = source
        self._cancel = cancel
        self._clock = clock
        self._silence = silence
        self._grace = grace
        self._check = TilingCheck(pictures=options.pictures > 0)
        self._changed = threading.Condition()
        self._memory = memory
        self._unwanted = CancelToken()
        self._making_room = False
        self._room_since = clock.monotonic()
        self._arrived: deque[tuple[WorkerMessage | Failure, MemoryLease | None]] = deque()
        self._handed_out: MemoryLease | None = None
        self._ended = False
        self._closing = False
        self._distrust: WireError | None = None
        self._log = bytearray()
        self._wake = threading.Event()
        sidecars = tuple(os.fsencode(path) for path in find_sidecars(source.path, source.real))
        try:
            self._process = OwnProcess(command, own_environment(_WORKER_ENVIRONMENT), MEMORY_BYTES)
        except OSError as error:
            raise exhaustion(error) or refuse("worker_not_started", source.path, str(error)) from error
        self._threads = [
            threading.Thread(target=self._read_messages, name="media messages"),
            threading.Thread(target=self._read_log, name="media log"),
        ]
        self._forget_cancel = cancel.on_cancel(self._on_cancel)
        self._start_threads()
        self._ask(Request(os.fsencode(source.real), source.size, options, sidecars))

    def messages(self) -> Iterator[WorkerMessage]:
        """What the worker finds, up to Finished. Raises InputError or Cancelled."""
        while True:
            message = self._next()
            if message is None:
                return
            yield message
            if isinstance(message, Finished):
                return

    def use_cores(self, share: float | None) -> None:
        """Run on this share of the cores, None: on all. Where that cannot be said, low priority must do."""
        use_cores(self._process.pid, share)

    def close(self) -> None:
        """End the process, the threads and the pipes, in this order: a dead writer wakes its readers."""
        self._forget_cancel()
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        self._unwanted.cancel()
        self._process.kill()
        for thread in self._threads:
            thread.join(_JOIN_SECONDS)
        self._process.close()
        self._give_back()
        while self._arrived:
            _message, lease = self._arrived.popleft()
            if lease is not None:
                lease.release()

    def _start_threads(self) -> None:
        threads, self._threads = self._threads, []
        try:
            for thread in threads:
                thread.start()
                self._threads.append(thread)
        except RuntimeError as error:  # the system gives no more
            self.close()
            raise SystemExhausted("no_threads", detail=str(error)) from error

    def _ask(self, request: Request) -> None:
        try:
            self._process.stdin.write(wire.encode(request))
            self._process.stdin.close()
        except OSError as error:
            log.info("The worker does not take its question: %s", error)  # its exit status tells why

    # -- in the caller's thread

    def _give_back(self) -> None:
        """The caller asks for the next message: it has done with the picture of the last one."""
        lease, self._handed_out = self._handed_out, None
        if lease is not None:
            lease.release()

    def _next(self) -> WorkerMessage | None:
        self._give_back()
        message = self._wait()
        self._cancel.raise_if_cancelled()
        match message:
            case Failure():
                raise self._refusal(message)
            case Video():
                return replace(message, path=self._source.path)
            case Finished():
                return replace(message, video=replace(message.video, path=self._source.path))
            case None:
                raise self._death()
            case _:
                return message

    def _wait(self) -> WorkerMessage | Failure | None:
        """The next message, None at the end. Raises InputError (hung) or Cancelled."""
        since = self._clock.monotonic()
        while True:
            with self._changed:
                if self._arrived:
                    message, self._handed_out = self._arrived.popleft()
                    self._changed.notify_all()
                    return message
                if self._ended:
                    return None
                self._wake.clear()
            self._cancel.raise_if_cancelled()
            left = since + self._silence - self._clock.monotonic()
            if left <= 0:
                self._stop_hung()
            asked = self._clock.monotonic()
            self._clock.wait(self._wake, left)
            if self._making_room or self._clock.monotonic() - asked > left + _SUSPENDED_SECONDS:
                since = self._clock.monotonic()
            since = max(since, self._room_since)

    def _stop_hung(self) -> None:
        log.warning("No word from the media worker for %.0f s", self._silence)
        try:
            self._process.stop(self._grace())
        except TimeoutError as error:  # stuck in the kernel, on a disk that does not answer
            log.warning("%s", error)
        raise refuse("hung", self._source.path, seconds=f"{self._silence:.0f}")

    def _death(self) -> InputError:
        """The stream ended before the end: why, by what the process left behind."""
        status = self._process.wait(self._grace())
        self._threads[1].join(_JOIN_SECONDS)
        last_words = bytes(self._log).decode("utf-8", "replace").strip()[-2000:]
        log.warning("The media worker ended with %s. %s", status, last_words)
        if self._distrust is not None or status is None:
            return refuse("worker_crashed", self._source.path, f"not a message: {self._distrust}")
        code = _code_of(status)
        return refuse(code, self._source.path, f"exit status {status}")

    def _refusal(self, failure: Failure) -> InputError:
        code = failure.code.value
        if failure.code is FailureCode.PICTURE_TOO_LARGE:
            size = f"{failure.width} × {failure.height}"
            return refuse(code, self._source.path, failure.detail, size=size)
        return refuse(code, self._source.path, failure.detail)

    # -- in other threads

    def _on_cancel(self) -> None:
        self._process.kill()
        self._wake.set()

    def _read_messages(self) -> None:
        try:
            while self._read_one():
                pass
        except WireError as error:
            self._distrust = error
            self._process.kill()
        except (OSError, ValueError) as error:
            log.info("The pipe from the worker broke: %s", error)
        except Cancelled:
            log.info("Nobody wants the worker's pictures any more")
        except SystemExhausted as error:  # the wire's limit is far below any budget
            self._distrust = WireError(str(error))
            self._process.kill()
        finally:
            with self._changed:
                self._ended = True
            self._wake.set()

    def _read_one(self) -> bool:
        """Take one message from the pipe; False at the end, or when nobody wants it."""
        held: list[MemoryLease] = []
        try:
            message = wire.read(
                _exactly(self._process.stdout.read), lambda size: held.append(self._make_room(size))
            )
            if message is None:
                return False
            if isinstance(message, Request):
                raise WireError("a question")
            if not isinstance(message, Failure):
                self._check.accept(message)
            if held and isinstance(message, Keyframe):
                held[0].filled(len(message.jpeg) + len(message.small_jpeg))
            if not self._hand_over(message, held[0] if held else None):
                return False
            held.clear()
            return True
        finally:
            for lease in held:
                lease.release()

    def _make_room(self, size: int) -> MemoryLease:
        """Reserve what a picture takes; meanwhile it is us who are silent, not the worker."""
        self._making_room = True
        try:
            return self._memory.allocate(size, STAGE, cancel=self._unwanted, owner=self)
        finally:
            self._room_since = self._clock.monotonic()
            self._making_room = False

    def _hand_over(self, message: WorkerMessage | Failure, lease: MemoryLease | None) -> bool:
        """Queue a message; while the queue is full the worker waits in its pipe. False when nobody wants it."""
        with self._changed:
            self._changed.wait_for(lambda: len(self._arrived) < _QUEUED_MESSAGES or self._closing)
            if self._closing:
                return False
            self._arrived.append((message, lease))
        self._wake.set()
        return True

    def _read_log(self) -> None:
        pipe = self._process.stderr
        try:
            while chunk := pipe.read(4096):
                self._log += chunk
                del self._log[:-_KEPT_LOG_BYTES]
        except (OSError, ValueError) as error:
            log.info("The worker's log broke off: %s", error)


def _exactly(read: Callable[[int], bytes | None]) -> Callable[[int], bytes]:
    """An unbuffered pipe gives what it has; the wire wants all."""

    def read_all(size: int) -> bytes:
        parts = bytearray()
        while len(parts) < size:
            part = read(size - len(parts))
            if not part:
                break
            parts += part
        return bytes(parts)

    return read_all


def _code_of(status: int) -> str:
    """What an exit status says: signals are negative (as subprocess has it), 71 is the worker's own word."""
    if status == 71:
        return "out_of_memory"
    if sys.platform != "win32":
        if status == -signal.SIGXCPU:
            return "too_slow"
        if status == -signal.SIGKILL:  # not ours: the kernel's out-of-memory killer
            return "out_of_memory"
    return "worker_crashed"
