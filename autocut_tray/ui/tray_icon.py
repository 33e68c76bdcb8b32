"""The tray icon, drawn with QPainter alone: a shape for the tier, a contour for the health, a ring for VRAM.

One grid of 16 units, raster only (no GPU memory). Cut-outs are cleared, so that it sits on any panel.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPainterPath, QPen, QPixmap, QPolygonF

from autocut_tray.core.frozen import frozen
from autocut_tray.ui.theme.panel import PANEL_DARK, PANEL_LIGHT, PanelColours

SIZES = (16, 20, 22, 24, 32, 40, 48, 64)
RING_STEPS = 32

_BOLT = ((9, 3.2), (4.8, 8.9), (7.5, 8.9), (6.8, 12.8), (11.2, 7.1), (8.5, 7.1))
_CHIP = (
    (5, 5, 6, 2),
    (5, 9, 6, 2),
    (5, 7, 2, 2),
    (9, 7, 2, 2),
    (6, 4, 1, 1),
    (9, 4, 1, 1),
    (6, 11, 1, 1),
    (9, 11, 1, 1),
    (4, 6, 1, 1),
    (4, 9, 1, 1),
    (11, 6, 1, 1),
    (11, 9, 1, 1),
)
_CLOUD = ((5.6, 8.9, 2.3), (8.2, 7.5, 3.0), (10.5, 8.85, 2.35))
_OCTAGON = ((5, 0.5), (11, 0.5), (15.5, 5), (15.5, 11), (11, 15.5), (5, 15.5), (0.5, 11), (0.5, 5))
_TRIANGLE = ((8, 2), (15, 14.5), (1, 14.5))
_RING = QRectF(0.75, 0.75, 14.5, 14.5)


@frozen
class IconState:
    """What the icon says. ``tier`` None: not known yet. ``ring``: 0-32nds of VRAM (RAM without a GPU) in use.

    ``health``: ``ok``, ``warn`` or ``crit``. ``dot``: the minimal style, health only.
    """

    tier: str | None = None
    health: str = "ok"
    ring: int | None = None
    job: bool = False
    dark_panel: bool = True
    dot: bool = False


def ring_of(percent: float | None) -> int | None:
    """A load in percent as steps of the ring, so that the icon is drawn again only when it looks different."""
    return None if percent is None else max(0, min(RING_STEPS, round(percent * RING_STEPS / 100)))


def tray_icon(state: IconState) -> QIcon:
    """The icon at every size that panels ask for."""
    icon = QIcon()
    for size in SIZES:
        icon.addPixmap(tray_pixmap(state, size))
    return icon


def tray_pixmap(state: IconState, size: int) -> QPixmap:
    colours = PANEL_DARK if state.dark_panel else PANEL_LIGHT
    pixmap = QPixmap(QSize(size, size))
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(size / 16, size / 16)
    painter.setPen(Qt.PenStyle.NoPen)
    if state.dot:
        _draw_dot(painter, state.health, colours)
    elif state.health == "crit":
        painter.setBrush(QColor(colours.crit))
        painter.drawPolygon(_polygon(_OCTAGON))
        painter.setBrush(QColor(colours.on_crit))
        painter.drawPath(_glyph(state.tier))
    else:
        _draw_ring(painter, state, colours)
        painter.setBrush(QColor(colours.fg if state.health == "ok" else colours.warn))
        painter.drawPath(_glyph(state.tier))
    if state.job:
        _clear(painter)
        painter.drawEllipse(QPointF(13.3, 13.3), 3.5, 3.5)
        _draw_over(painter)
        painter.setBrush(QColor(colours.job))
        painter.drawEllipse(QPointF(13.3, 13.3), 2.5, 2.5)
    painter.end()
    return pixmap


def panel_is_dark(scheme: Qt.ColorScheme, environ: Mapping[str, str], platform: str = sys.platform) -> bool:
    """Whether the panel that holds the icon is dark.

    Windows colours its task bar apart from its windows; GNOME's top bar is dark under both schemes. Unknown
    counts as dark, as most panels are.
    """
    if platform == "win32":
        taskbar = _windows_taskbar_is_light()
        if taskbar is not None:
            return not taskbar
    if "GNOME" in environ.get("XDG_CURRENT_DESKTOP", "").upper().split(":"):
        return True
    return scheme is not Qt.ColorScheme.Light


def _windows_taskbar_is_light() -> bool | None:
    try:
        import winreg
    except ImportError:  # not Windows
        return None
    path = r"Software\Microsoft\Windows\CurrentVersion\Themes\Personalize"
    try:
        with winreg.OpenKey(winreg.HKEY_CURRENT_USER, path) as key:  # type: ignore[attr-defined,unused-ignore]
            return bool(winreg.QueryValueEx(key, "SystemUsesLightTheme")[0])  # type: ignore[attr-defined,unused-ignore]
    except OSError:  # the value appears with Windows 10 1903
        return None


def _draw_ring(painter: QPainter, state: IconState, colours: PanelColours) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(colours.fg), 1.5))
    painter.drawEllipse(_RING)
    # Made translucent afterwards: Qt fills translucent strokes in a thread pool, 160 wake-ups for each drawing.
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_DestinationIn)
    painter.fillRect(QRectF(0, 0, 16, 16), QColor(0, 0, 0, 77))
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)
    if state.ring:
        painter.setPen(
            QPen(QColor(colours.state(state.health)), 1.5, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap)
        )
        painter.drawArc(_RING, 90 * 16, -round(360 * 16 * state.ring / RING_STEPS))
    painter.setPen(Qt.PenStyle.NoPen)
    if state.health == "warn":
        _clear(painter)
        painter.fillRect(QRectF(11.8, -1, 5.2, 13 if state.job else 10.2), Qt.GlobalColor.transparent)
        _draw_over(painter)
        painter.setBrush(QColor(colours.warn))
        painter.drawRoundedRect(QRectF(13, 0, 2, 4.5), 0.6, 0.6)
        painter.drawRoundedRect(QRectF(13, 6, 2, 2), 0.6, 0.6)


def _draw_dot(painter: QPainter, health: str, colours: PanelColours) -> None:
    painter.setBrush(QColor(colours.state(health)))
    if health == "ok":
        painter.drawEllipse(QPointF(8, 8), 5.5, 5.5)
    else:
        painter.drawPolygon(_polygon(_TRIANGLE if health == "warn" else _OCTAGON))


def _glyph(tier: str | None) -> QPainterPath:
    path = QPainterPath()
    path.setFillRule(Qt.FillRule.WindingFill)
    if tier == "GPU":
        path.addPolygon(_polygon(_BOLT))
    elif tier == "CPU":
        for left, top, width, height in _CHIP:
            path.addRect(left, top, width, height)
    elif tier == "CLOUD":
        for x, y, radius in _CLOUD:
            path.addEllipse(QPointF(x, y), radius, radius)
        path.addRect(5.6, 8.4, 4.9, 2.8)
    elif tier == "PAUSED":
        path.addRect(5, 4.5, 2, 7)
        path.addRect(9, 4.5, 2, 7)
    else:
        path.addEllipse(QPointF(8, 8), 2.2, 2.2)
    return path


def _polygon(points: tuple[tuple[float, float], ...]) -> QPolygonF:
    return QPolygonF([QPointF(x, y) for x, y in points])


def _clear(painter: QPainter) -> None:
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Clear)


def _draw_over(painter: QPainter) -> None:
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)
