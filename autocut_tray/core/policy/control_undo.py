"""Which receipts an undo takes back: those of the steps between where work is and where it was."""

from __future__ import annotations

import logging
from collections.abc import Callable

from autocut_tray.core.errors import StorageError
from autocut_tray.core.policy.governor_types import Cause
from autocut_tray.core.receipt import Receipt

log = logging.getLogger(__name__)


class StepsDown:
    """The steps down of this session that have not been taken up again, the last one last.

    ``mark``: this one was taken back by the person. ``forget_forced``: so was every forced tier that is on record, of
    earlier sessions, too; it may raise StorageError. Used by one thread at a time.
    """

    def __init__(self, mark: Callable[[Receipt], None], forget_forced: Callable[[], None]) -> None:
        self._mark = mark
        self._forget_forced = forget_forced
        self._open: list[Receipt] = []

    def note(self, receipt: Receipt) -> None:
        """A change of tier. A way up ends the steps down to where it leads; an undo says so on them."""
        if not receipt.better:
            self._open.append(receipt)
            return
        while self._open:
            step = self._open.pop()
            if receipt.cause == Cause.UNDONE.value:
                self._mark(step)
            if step.from_ == receipt.to:
                return

    def begin_anew(self) -> None:
        """Another policy: where work goes now is no way back."""
        self._open.clear()

    def take_force_back(self) -> None:
        """A forced tier was taken back, whether that changed the tier or not."""
        try:
            self._forget_forced()
        except StorageError as error:  # the undo itself is done
            log.warning("The receipt of the forced tier does not say that it was undone: %s", error)
