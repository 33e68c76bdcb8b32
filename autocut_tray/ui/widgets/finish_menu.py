"""By when all that is in line has to be done: the next hours to choose from."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMenu, QWidget

from autocut_tray.ui.context import UiContext

_HOURS = 9
_SOONEST = timedelta(minutes=20)


class FinishMenu(QMenu):
    """``chosen`` carries seconds since the epoch, or None for no limit."""

    chosen = Signal(object)

    def __init__(self, ctx: UiContext, parent: QWidget) -> None:
        super().__init__(parent)
        self._ctx = ctx
        self.aboutToShow.connect(self.refill)

    def refill(self) -> None:
        """The menu as of now: every action names the time at which it means to be done."""
        self.clear()
        now = datetime.fromtimestamp(self._ctx.services.clock.time())
        hour = (now + _SOONEST).replace(minute=0, second=0, microsecond=0)
        for number in range(1, _HOURS + 1):
            at = (hour + timedelta(hours=number)).timestamp()
            action = self.addAction(self._ctx.t("ui-finish-at", time=self._ctx.say.clock(at)))
            action.triggered.connect(partial(self._choose, at))
        self.addSeparator()
        self.addAction(self._ctx.t("ui-finish-never")).triggered.connect(partial(self._choose, None))

    def _choose(self, at: float | None, _checked: bool = False) -> None:
        self.chosen.emit(at)
