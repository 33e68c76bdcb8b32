"""Draws one contact sheet: the sheet as JSON on stdin, the file on stdout. Runs in a process of its own."""

from __future__ import annotations

import json
import sys

from PySide6.QtCore import QBuffer, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QGuiApplication, QImage, QPainter

from autocut_tray.core.timeline.sheet import (
    CELL_HEIGHT,
    CELL_WIDTH,
    COLUMNS,
    HEAD,
    MARGIN,
    ROWS_A_PAGE,
    SCENES_KEY,
    Cell,
    Sheet,
    sheet_from_json,
)
from autocut_tray.ui.pdf import a4_writer, written
from autocut_tray.ui.theme.fonts import interface_font

_PAPER, _INK, _FAINT, _EMPTY = "#ffffff", "#1a1a1a", "#6b6b6b", "#e4e4e4"
_PICTURE = QRect(0, 0, CELL_WIDTH - 24, 212)
_TITLE_PX, _TEXT_PX, _HEAD_PX = 17, 14, 28
_TITLE_TOP, _TIMES_TOP, _WORDS_TOP = 220, 242, 262
_LINE, _WORDS_LINES = 20, 2


def main() -> int:
    """Draw what stdin asks for; returns the exit code."""
    sheet = sheet_from_json(json.load(sys.stdin.buffer))
    app = QGuiApplication([])
    data = draw_pdf(sheet) if sheet.pdf else draw_png(sheet)
    del app
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()
    return 0


def draw_png(sheet: Sheet) -> bytes:
    """One picture with every clip; its texts name them."""
    width, height = sheet.size
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(QColor(_PAPER))
    image.setText(SCENES_KEY, sheet.clips)
    painter = QPainter(image)
    _prepare(painter)
    _draw_page(painter, sheet, sheet.cells)
    painter.end()
    return written(lambda buffer: bool(image.save(buffer, "PNG")))  # type: ignore[call-overload]


def draw_pdf(sheet: Sheet) -> bytes:
    """A4 pages."""

    def write(buffer: QBuffer) -> bool:
        writer = a4_writer(buffer, sheet.name)
        painter = QPainter(writer)
        _prepare(painter)
        width, height = sheet.size
        scale = min(writer.width() / width, writer.height() / height)
        painter.scale(scale, scale)
        many = COLUMNS * ROWS_A_PAGE
        for page in range(sheet.pages):
            if page:
                writer.newPage()
            _draw_page(painter, sheet, sheet.cells[page * many : (page + 1) * many])
        return painter.end()

    return written(write)


def _prepare(painter: QPainter) -> None:
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)


def _draw_page(painter: QPainter, sheet: Sheet, cells: tuple[Cell, ...]) -> None:
    width, _ = sheet.size
    _line(
        painter, QRect(MARGIN, MARGIN, width - 2 * MARGIN, HEAD - 30), sheet.name, _HEAD_PX, _INK, bold=True
    )
    for place, cell in enumerate(cells):
        row, column = divmod(place, COLUMNS)
        painter.save()
        painter.translate(MARGIN + column * CELL_WIDTH, MARGIN + HEAD + row * CELL_HEIGHT)
        _draw_cell(painter, cell)
        painter.restore()


def _draw_cell(painter: QPainter, cell: Cell) -> None:
    painter.fillRect(_PICTURE, QColor(_EMPTY))
    picture = QImage(cell.picture) if cell.picture else QImage()
    if not picture.isNull():
        size = picture.size().scaled(_PICTURE.size(), Qt.AspectRatioMode.KeepAspectRatio)
        place = QRectF(0, 0, size.width(), size.height())
        place.moveCenter(QRectF(_PICTURE).center())
        painter.drawImage(place, picture)
    width = _PICTURE.width()
    title = f"{cell.number} · {cell.title}"
    _line(painter, QRect(0, _TITLE_TOP, width, _LINE + 4), title, _TITLE_PX, _INK, bold=True)
    _line(painter, QRect(0, _TIMES_TOP, width, _LINE), cell.times, _TEXT_PX, _FAINT)
    painter.setFont(_font(_TEXT_PX))
    painter.setPen(QColor(_INK))
    metrics = painter.fontMetrics()
    words = metrics.elidedText(cell.words, Qt.TextElideMode.ElideRight, width * _WORDS_LINES - 40)
    box = QRect(0, _WORDS_TOP, width, _LINE * _WORDS_LINES + 4)
    painter.drawText(box, Qt.TextFlag.TextWordWrap, words)


def _line(painter: QPainter, box: QRect, words: str, pixels: int, colour: str, *, bold: bool = False) -> None:
    painter.setFont(_font(pixels, bold=bold))
    painter.setPen(QColor(colour))
    shown = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideMiddle, box.width())
    painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)


def _font(pixels: int, *, bold: bool = False) -> QFont:
    font = interface_font()
    font.setPixelSize(pixels)
    font.setBold(bold)
    return font
