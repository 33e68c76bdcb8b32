"""The tray for the screenshots: every state at every size on both kinds of panel, the menu, the tooltip."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPixmap
from PySide6.QtWidgets import QApplication

from autocut_tray.ui.desktop import Desktop
from autocut_tray.ui.tray import Tray
from autocut_tray.ui.tray_icon import SIZES, IconState, tray_pixmap

STATES = (
    *(IconState(tier, "ok", 10) for tier in ("GPU", "CPU", "CLOUD", "PAUSED")),
    IconState("GPU", "ok", 10, job=True),
    IconState("CPU", "warn", 24),
    IconState("CPU", "warn", 24, job=True),
    IconState("PAUSED", "crit", 31),
    IconState(),
    *(IconState("GPU", health, dot=True) for health in ("ok", "warn", "crit")),
)
PANELS = {True: "#1E1F22", False: "#F0F0F2"}
_CELL, _TEXT = 80, 96


def tray_sheet(desktop: Desktop) -> QPixmap:
    """Icons, one row a state; below them what the tray of ``desktop`` says and offers now."""
    tray = Tray()
    try:
        desktop.use_tray(tray)
        tray.rebuild_menu()
        menus = [tray.menu, *tray.submenus.values()]
        pictures = []
        for menu in menus:
            menu.ensurePolished()
            menu.adjustSize()
            pictures.append(menu.grab())
        return _compose(pictures, tray.tooltip)
    finally:
        tray.close()


def _compose(menus: list[QPixmap], tooltip: str) -> QPixmap:
    ratio = menus[0].devicePixelRatio()
    heights = [menu.height() / ratio for menu in menus]
    width = _CELL * len(SIZES) * 2
    height = _CELL * len(STATES) + _TEXT + max(heights) + 24
    sheet = QPixmap(round(width * ratio), round(height * ratio))
    sheet.setDevicePixelRatio(ratio)
    sheet.fill(QColor("#808080"))
    painter = QPainter(sheet)
    for (left, top), state, size in _places():
        painter.fillRect(QRectF(left, top, _CELL, _CELL), QColor(PANELS[state.dark_panel]))
        icon = tray_pixmap(state, round(size * ratio))
        icon.setDevicePixelRatio(ratio)
        painter.drawPixmap(round(left + (_CELL - size) / 2), round(top + (_CELL - size) / 2), icon)
    top = _CELL * len(STATES)
    painter.fillRect(QRectF(0, top, width, _TEXT), QColor("#FFFFE1"))
    painter.setPen(Qt.GlobalColor.black)
    painter.setFont(QApplication.font())
    painter.drawText(QRectF(12, top, width - 24, _TEXT), int(Qt.AlignmentFlag.AlignVCenter), tooltip)
    x = 12.0
    for menu in menus:
        painter.drawPixmap(round(x), round(top + _TEXT + 12), menu)
        x += menu.width() / ratio + 24
    painter.end()
    return sheet


def _places() -> Iterator[tuple[tuple[float, float], IconState, int]]:
    for row, state in enumerate(STATES):
        for half, dark in enumerate(PANELS):
            for column, size in enumerate(SIZES):
                shown = IconState(state.tier, state.health, state.ring, state.job, dark, state.dot)
                yield ((half * len(SIZES) + column) * _CELL, row * _CELL), shown, size
