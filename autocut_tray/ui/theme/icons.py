"""Glyphs as pixmaps, one to a colour, size and device pixel ratio.

Imports QtSvg, so it is imported with the window, never before the tray icon.
"""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QGuiApplication, QIcon, QPainter, QPixmap, QPixmapCache
from PySide6.QtSvg import QSvgRenderer

from autocut_tray.core.assets import asset
from autocut_tray.ui.theme import glyphs

_APP_ICON_SIZES = (16, 22, 24, 32, 48, 64, 128, 256)


def glyph_pixmap(name: str, colour: str, size: int = 16, ratio: float = 1.0) -> QPixmap:
    """A glyph of :mod:`~autocut_tray.ui.theme.glyphs` in one colour; raises KeyError for an unknown name."""
    key = f"glyph/{name}/{colour}/{size}/{ratio:g}"
    found = QPixmap()
    if QPixmapCache.find(key, found):
        return found
    if name in glyphs.LINE:
        body = (
            f'<path d="{glyphs.LINE[name]}" fill="none" stroke="{colour}" stroke-width="1.5" '
            'stroke-linecap="round" stroke-linejoin="round"/>'
        )
    else:
        path = glyphs.TIER.get(name) or glyphs.MARK[name]
        body = f'<path d="{path}" fill="{colour}" fill-rule="evenodd"/>'
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16">{body}</svg>'
    pixmap = _render(QSvgRenderer(QByteArray(svg.encode())), size, ratio)
    QPixmapCache.insert(key, pixmap)
    return pixmap


def app_pixmap(size: int, ratio: float = 1.0) -> QPixmap:
    """The program's own mark."""
    return _render(QSvgRenderer(str(asset("icons", "app-icon.svg"))), size, ratio)


def app_icon() -> QIcon:
    icon = QIcon()
    for size in _APP_ICON_SIZES:
        icon.addPixmap(app_pixmap(size))
    return icon


def glyph_icon(name: str, colour: str, checked: str | None = None, size: int = 16) -> QIcon:
    """A button's icon, crisp on every screen that is connected; ``checked``: its colour while switched on."""
    icon = QIcon()
    ratios = {screen.devicePixelRatio() for screen in QGuiApplication.screens()} or {1.0}
    for ratio in sorted(ratios):
        icon.addPixmap(glyph_pixmap(name, colour, size, ratio), QIcon.Mode.Normal, QIcon.State.Off)
        if checked is not None:
            icon.addPixmap(glyph_pixmap(name, checked, size, ratio), QIcon.Mode.Normal, QIcon.State.On)
    return icon


def _render(renderer: QSvgRenderer, size: int, ratio: float) -> QPixmap:
    pixmap = QPixmap(QSize(round(size * ratio), round(size * ratio)))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    renderer.render(painter, QRectF(0, 0, size, size))
    painter.end()
    return pixmap
