"""Work that may wait for a disk or a lock, off the GUI thread, with its result back in it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Qt, Signal

from autocut_tray.core.cancel import CancelToken

T = TypeVar("T")

log = logging.getLogger(__name__)


class Background(QObject):
    """Two threads for short work of the window. What is not done at :meth:`close` is dropped."""

    _finished = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._pool = ThreadPoolExecutor(2, thread_name_prefix="ui-work")
        self._closed = False
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
            self._pool.submit(self._work, work, done, failed)

    def close(self) -> None:
        """Waits for what runs right now."""
        self._closed = True
        self.ending.cancel()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _work(
        self,
        work: Callable[[], Any],
        done: Callable[[Any], Any] | None,
        failed: Callable[[Exception], Any] | None,
    ) -> None:
        answer: Callable[[], Any]
        try:
            result = work()
        except Exception as problem:
            error = problem
            if failed is None:
                log.exception("Work of the window failed")
                return
            answer = lambda: failed(error)  # noqa: E731
        else:
            if done is None:
                return
            answer = lambda: done(result)  # noqa: E731
        if not self._closed:
            self._finished.emit(answer)

    def _deliver(self, answer: Callable[[], Any]) -> None:
        if not self._closed:
            answer()
