"""Work that may wait for a disk or a lock, off the GUI thread, with its result back in it."""

from __future__ import annotations

import itertools
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Qt, Signal

from autocut_tray.core.cancel import CancelToken

T = TypeVar("T")

log = logging.getLogger(__name__)

Then = Callable[[Any], Any]


@dataclass(slots=True)
class _Piece:
    """Work under way. Kept by the GUI thread, which lets go of it, too: it may hold the last hold on a widget, and
    Qt crashes when another thread frees one."""

    work: Callable[[], Any]
    done: Then | None
    failed: Then | None
    result: Any = None
    error: Exception | None = None


class Background(QObject):
    """Two threads for short work of the window. What is not done at :meth:`close` is dropped."""

    _finished = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._pool = ThreadPoolExecutor(2, thread_name_prefix="ui-work")
        self._closed = False
        self._pieces: dict[int, _Piece] = {}
        self._numbers = itertools.count()
        self.ending = CancelToken()
        """Cancelled at :meth:`close`, for work that takes long."""
        self._finished.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def run(
        self,
        work: Callable[[], T],
        done: Callable[[T], Any] | None = None,
        failed: Callable[[Exception], Any] | None = None,
    ) -> None:
        """Call ``work`` in a thread, then ``done(result)`` or ``failed(error)`` in the GUI thread.

        An error without ``failed`` is logged.
        """
        if not self._closed:
            number = next(self._numbers)
            self._pieces[number] = _Piece(work, done, failed)
            self._pool.submit(self._work, number)

    def close(self) -> None:
        """Waits for what runs right now."""
        self._closed = True
        self.ending.cancel()
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._pieces.clear()

    def _work(self, number: int) -> None:
        piece = self._pieces[number]
        try:
            piece.result = piece.work()
        except Exception as error:
            piece.error = error
            if piece.failed is None:
                log.exception("Work of the window failed")
        del piece  # before the other side may let go of it
        if not self._closed:
            self._finished.emit(number)

    def _deliver(self, number: int) -> None:
        piece = self._pieces.pop(number, None)
        if piece is None or self._closed:
            return
        if piece.error is None:
            if piece.done is not None:
                piece.done(piece.result)
        elif piece.failed is not None:
            piece.failed(piece.error)
