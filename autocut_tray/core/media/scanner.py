"""Takes videos apart: the door that jobs and the command line use."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from autocut_tray.core.cancel import CancelToken
from autocut_tray.core.clock import Clock
from autocut_tray.core.errors import InputError
from autocut_tray.core.footage import Finished, WorkerMessage
from autocut_tray.core.media.gate import Source, change_of, check_file
from autocut_tray.core.media.options import ScanOptions
from autocut_tray.core.memory.budget import UnifiedMemoryManager
from autocut_tray.core.messages import message
from autocut_tray.core.process import MEDIA_WORKER, own_command
from autocut_tray.core.timecode import clock_time

if TYPE_CHECKING:
    from autocut_tray.core.media.client import WorkerClient

SILENCE_SECONDS = 30.0
GRACE_SECONDS = 2.0
"""A worker that was asked to end, or that has done its work, is given so long to be gone."""

DEATHS = frozenset({"worker_crashed", "out_of_memory", "too_slow", "hung"})
"""Codes of InputError that mean that the file was the end of a worker, which counts towards quarantine."""


_MAY_BE_HALF = frozenset(
    {"unreadable", "not_a_video", "incomplete", "no_video", "unreadable_video", "worker_crashed"}
)
"""Codes that also mean a file of which only a part is there, or is there no more."""

THROTTLED_SHARE = 0.5
"""Of the cores, while the processor is needed elsewhere (the control rules' "half the threads")."""


class WorkerScanner:
    """Gives every video a process of its own. Safe to use from several threads.

    ``silence``: seconds without a message after which a worker is taken for hung; ``grace``: seconds that it may then
    take to end by itself. ``command`` starts a worker; the
    process id of this program is added to it. ``memory``: the budget for pictures on their way, None for one of its
    own for every video.
    """

    def __init__(
        self,
        clock: Clock,
        silence: float = SILENCE_SECONDS,
        command: Sequence[str] | None = None,
        memory: UnifiedMemoryManager | None = None,
        grace: Callable[[], float] = lambda: GRACE_SECONDS,
    ) -> None:
        self._clock = clock
        self._silence = silence
        self._command = command
        self._memory = memory
        self._grace = grace
        self._lock = threading.Lock()
        self._throttled = False
        self._clients: set[WorkerClient] = set()

    def throttle(self, on: bool) -> None:
        """Work on half of the cores from now on, workers under way included; False: on all again."""
        with self._lock:
            self._throttled = on
            clients = tuple(self._clients)
        for client in clients:
            client.use_cores(THROTTLED_SHARE if on else None)

    @contextmanager
    def scan(self, path: str, options: ScanOptions, cancel: CancelToken) -> Iterator[Iterator[WorkerMessage]]:
        """Scenes and key frames of the file as they are found; leaving the context ends the worker.

        The thread that enters stays alive as long as the context. Raises InputError or Cancelled, the iterator too.
        """
        from autocut_tray.core.media.client import WorkerClient  # late: not before there is a video

        source = check_file(path)
        cancel.raise_if_cancelled()
        command = [*(self._command or own_command(MEDIA_WORKER)), str(os.getpid())]
        memory = self._memory or UnifiedMemoryManager(self._clock)
        client = WorkerClient(
            source, options, cancel, self._clock, self._silence, command, memory, self._grace
        )
        try:
            with self._lock:
                self._clients.add(client)
                throttled = self._throttled
            if throttled:
                client.use_cores(THROTTLED_SHARE)
            yield _followed(client.messages(), source)
        finally:
            with self._lock:
                self._clients.discard(client)
            client.close()


def _followed(messages: Iterator[WorkerMessage], source: Source) -> Iterator[WorkerMessage]:
    """The messages; what is wrong with the file is put down to what happened to it meanwhile, if anything did."""
    try:
        for said in messages:
            if isinstance(said, Finished):
                changed = change_of(source, failed=said.damaged_at is not None)
                if changed is not None:
                    raise changed
            yield said
    except InputError as error:
        changed = change_of(source, failed=True) if error.code in _MAY_BE_HALF else None
        if changed is not None:
            raise changed from error
        raise


def damage(end: Finished) -> InputError | None:
    """What to tell about a video that could be read only in part; None for a whole one."""
    if end.damaged_at is None:
        return None
    return InputError(
        "damaged",
        message("error-damaged", at=clock_time(end.damaged_at).split(".")[0]),
        message("error-damaged-hint"),
    )
