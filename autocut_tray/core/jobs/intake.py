"""Files on their way into the line: found, looked at, waited for while they are still being written."""

from __future__ import annotations

import contextlib
import logging
import queue
from collections.abc import Callable, Iterable

from autocut_tray.core.cancel import CancelToken
from autocut_tray.core.clock import Clock
from autocut_tray.core.errors import AutoCutError, Cancelled, InputError, SystemExhausted
from autocut_tray.core.events import EventBus
from autocut_tray.core.frozen import frozen
from autocut_tray.core.jobs.job import DropIgnored, JobOptions
from autocut_tray.core.messages import message

log = logging.getLogger(__name__)

SETTLE_SECONDS = 3.0
"""A file that kept its size and its time of change for so long is taken for complete."""
EXHAUSTED_RETRY_SECONDS = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0)
"""How long it rests when the system gives no more processes, threads or open files, each time in a row."""

Arrivals = queue.SimpleQueue[tuple[tuple[str, ...], JobOptions] | None]
"""Files and folders as they are dropped; None ends the thread that takes them in."""


@frozen
class Intake:
    """How files are looked at before they become jobs; plain callables of :mod:`autocut_tray.core.media`.

    ``settling`` says how a file looks that was written to just now, None when it was not; it and ``content_key``
    raise InputError for what is not a readable file. ``find_videos`` yields the paths that files and folders stand
    for, and an InputError for a folder without any.
    """

    content_key: Callable[[str], str]
    settling: Callable[[str], object | None]
    find_videos: Callable[[Iterable[str], CancelToken], Iterable[str | InputError]]


class FileIntake:
    """Takes arrivals in, in one thread: what is complete at once, what is being written once it is.

    All files that are being written are waited for together, so that a folder just copied from a card does not wait
    for each of its clips in turn. ``submit`` puts one in line.
    """

    def __init__(
        self,
        hands: Intake,
        arrivals: Arrivals,
        submit: Callable[[str, JobOptions], object],
        bus: EventBus,
        clock: Clock,
        stopping: CancelToken,
    ) -> None:
        self._hands = hands
        self._arrivals = arrivals
        self._submit = submit
        self._bus = bus
        self._clock = clock
        self._stopping = stopping
        self._growing: dict[str, tuple[object, JobOptions]] = {}

    def run(self) -> None:
        """Returns at the end of the arrivals, or when everything stops."""
        try:
            while (arrival := self._next()) is not None:
                self._take_all(*arrival)
        except Cancelled:
            return

    def _take_all(self, paths: tuple[str, ...], options: JobOptions) -> None:
        try:
            for found in self._hands.find_videos(paths, self._stopping):
                self._guard(found, options)
        except Cancelled:
            raise
        except Exception:
            log.exception("Files were not taken in")
            self._bus.publish(DropIgnored(message("error-internal")))

    def _next(self) -> tuple[tuple[str, ...], JobOptions] | None:
        while self._growing:
            with contextlib.suppress(queue.Empty):
                return self._arrivals.get_nowait()
            self._clock.wait(self._stopping.event, SETTLE_SECONDS)
            self._stopping.raise_if_cancelled()
            self._look_again()
        return self._arrivals.get()

    def _look_again(self) -> None:
        for path, (before, options) in list(self._growing.items()):
            now = self._look(path)
            if now is None or now == before:
                del self._growing[path]
                self._guard(path, options, settled=True)
            else:
                self._growing[path] = (now, options)

    def _look(self, path: str) -> object | None:
        with contextlib.suppress(InputError):  # what is wrong with the file is for submit to say
            return self._hands.settling(path)
        return None

    def _guard(self, found: str | InputError, options: JobOptions, *, settled: bool = False) -> None:
        """One file of a drop; what is wrong with it costs the others nothing, what the system lacks is waited for."""
        try:
            if isinstance(found, InputError):
                raise found
            for wait in (*EXHAUSTED_RETRY_SECONDS, None):
                try:
                    self._take(found, options, settled=settled)
                    return
                except SystemExhausted as error:
                    if wait is None:
                        raise
                    log.warning("A file is taken in later: %s", error)
                    self._clock.wait(self._stopping.event, wait)
                    self._stopping.raise_if_cancelled()
        except Cancelled:
            raise
        except AutoCutError as error:
            log.warning("A file was not taken in: %s", error)
            self._bus.publish(DropIgnored(error.message))
        except Exception:
            log.exception("A file was not taken in")
            self._bus.publish(DropIgnored(message("error-internal")))

    def _take(self, path: str, options: JobOptions, *, settled: bool) -> None:
        look = None if settled else self._look(path)
        if look is None:
            self._submit(path, options)
        else:
            self._growing[path] = (look, options)
