"""Has a contact sheet drawn."""

from __future__ import annotations

from collections.abc import Sequence

from autocut_tray.core.drawing import NotDrawn, draw
from autocut_tray.core.errors import AutoCutError
from autocut_tray.core.messages import message
from autocut_tray.core.process import CONTACT_SHEET
from autocut_tray.core.timeline.sheet import Sheet, sheet_to_json


def draw_sheet(sheet: Sheet, command: Sequence[str] | None = None) -> bytes:
    """The sheet as PNG or PDF; raises AutoCutError ``sheet_not_drawn``. ``command`` starts the process that draws."""
    try:
        return draw(CONTACT_SHEET, sheet_to_json(sheet), command)
    except NotDrawn as error:
        raise AutoCutError(
            "sheet_not_drawn",
            message("error-sheet-not-drawn"),
            message("error-sheet-not-drawn-hint"),
            detail=str(error),
        ) from error
