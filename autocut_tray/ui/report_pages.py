"""Draws one report: its pages as JSON on stdin, the PDF on stdout. Runs in a process of its own."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Sequence

from PySide6.QtCore import QBuffer, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QPainter, QPen

from autocut_tray.core.report.paper import (
    NO_CHINESE_FONT,
    Block,
    Graph,
    Heading,
    Lines,
    Paper,
    Table,
    Tiles,
    paper_from_json,
)
from autocut_tray.ui.pdf import a4_writer, written
from autocut_tray.ui.report_graph import draw_graph, graph_height
from autocut_tray.ui.theme.fonts import interface_font
from autocut_tray.ui.theme.tokens import LIGHT

WIDTH, HEIGHT = 794.0, 1123.0
"""A4 at 96 dots an inch; everything is drawn in these units."""
LEFT, TOP, FOOT = 52.0, 56.0, 64.0
INNER = WIDTH - 2 * LEFT
BOTTOM = HEIGHT - FOOT

_TITLE, _FIGURE, _HEADING, _BODY, _SMALL = 24, 18, 15, 13, 12
_TILE_HEIGHT, _GAP = 74.0, 12.0
_CELL_X, _CELL_Y = 8.0, 5.0
_ONE_LINE = 2 * _CELL_Y + 1.8 * _SMALL

_LEFT_WRAP = Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap
_RIGHT_WRAP = Qt.AlignmentFlag.AlignRight | Qt.TextFlag.TextWordWrap
_MIDDLE = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_HAN = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff]")

Draw = Callable[[], None]


def main() -> int:
    """Draw what stdin asks for; returns the exit code."""
    paper = paper_from_json(json.load(sys.stdin.buffer))
    app = QGuiApplication([])
    chinese = bool(QFontDatabase.families(QFontDatabase.WritingSystem.SimplifiedChinese))
    if paper.chinese and not chinese:
        return NO_CHINESE_FONT
    data = draw_pdf(paper, chinese=chinese)
    del app
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()
    return 0


def draw_pdf(paper: Paper, *, chinese: bool = True) -> bytes:
    """A4 pages. ``chinese``: whether there is a font for it."""

    def write(buffer: QBuffer) -> bool:
        writer = a4_writer(buffer, paper.title)
        painter = QPainter(writer)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        scale = min(writer.width() / WIDTH, writer.height() / HEIGHT)
        painter.scale(scale, scale)
        pages = _Pages(painter, paper)
        pages.head()
        for number, block in enumerate(paper.blocks):
            pages.add(block, paper.blocks[number + 1] if number + 1 < len(paper.blocks) else None)
        if not chinese and _HAN.search(repr(paper.blocks)):
            pages.add(Lines((("", paper.missing),)), None)
        for number, page in enumerate(pages.pages, 1):
            if number > 1:
                writer.newPage()
            for draw in page:
                draw()
            pages.foot(number)
        return painter.end()

    return written(write)


class _Pages:
    """Lays blocks out from top to bottom and keeps what is to be drawn on each page, until their number is known."""

    def __init__(self, painter: QPainter, paper: Paper) -> None:
        self._painter = painter
        self._paper = paper
        self._y = TOP
        self.pages: list[list[Draw]] = [[]]

    # -- places

    def _room(self, height: float) -> None:
        """Go on to the next page where this does not fit."""
        if self._y + height > BOTTOM and self._y > TOP:
            self.pages.append([])
            self._y = TOP

    def _put(self, draw: Draw) -> None:
        self.pages[-1].append(draw)

    def _height(self, text: str, width: float, font: QFont) -> float:
        self._painter.setFont(font)
        box = QRectF(0, 0, width, 10_000)
        return self._painter.boundingRect(box, int(_LEFT_WRAP), text).height()

    def _text(
        self, box: QRectF, text: str, font: QFont, colour: str, flags: Qt.AlignmentFlag | int = _LEFT_WRAP
    ) -> None:
        def draw() -> None:
            self._painter.setFont(font)
            self._painter.setPen(QColor(colour))
            self._painter.drawText(box, int(flags), text)

        self._put(draw)

    def _line(self, y: float, colour: str = LIGHT.line) -> None:
        def draw() -> None:
            self._painter.setPen(QPen(QColor(colour), 0.75))
            self._painter.drawLine(int(LEFT), int(y), int(LEFT + INNER), int(y))

        self._put(draw)

    # -- head and foot

    def head(self) -> None:
        title, small = _font(_TITLE, bold=True), _font(_BODY)
        height = self._height(self._paper.title, INNER, title)
        self._text(QRectF(LEFT, self._y, INNER, height), self._paper.title, title, LIGHT.text)
        self._y += height + 4
        height = self._height(self._paper.subtitle, INNER, small)
        self._text(QRectF(LEFT, self._y, INNER, height), self._paper.subtitle, small, LIGHT.text2)
        self._y += height + 16

    def foot(self, number: int) -> None:
        """Drawn at once: the page is open."""
        box = QRectF(LEFT, HEIGHT - 44, INNER, 18)
        words = self._paper.page.replace("{page}", str(number)).replace("{pages}", str(len(self.pages)))
        self._painter.setFont(_font(_SMALL))
        self._painter.setPen(QColor(LIGHT.text3))
        self._painter.drawText(box, int(Qt.AlignmentFlag.AlignLeft), self._paper.foot)
        self._painter.drawText(box, int(Qt.AlignmentFlag.AlignRight), words)

    # -- blocks

    def add(self, block: Block, following: Block | None) -> None:
        match block:
            case Heading():
                self._heading(block, following)
            case Lines():
                self._lines(block)
            case Tiles():
                self._tiles(block)
            case Table():
                self._table(block)
            case Graph():
                self._graph(block)

    def _heading(self, block: Heading, following: Block | None) -> None:
        """Never the last on its page."""
        font = _font(_HEADING, bold=True)
        height = self._height(block.text, INNER, font)
        self._room(16 + height + (graph_height(following) if isinstance(following, Graph) else 64))
        if self._y > TOP:
            self._y += 16
        self._text(QRectF(LEFT, self._y, INNER, height), block.text, font, LIGHT.text)
        self._y += height + 6

    def _lines(self, block: Lines) -> None:
        strong, plain = _font(_BODY, bold=True), _font(_BODY)
        for head, words in block.lines:
            head_height = self._height(head, INNER, strong) if head else 0.0
            height = self._height(words, INNER, plain)
            self._room(head_height + height)
            if head:
                self._text(QRectF(LEFT, self._y, INNER, head_height), head, strong, LIGHT.text)
            box = QRectF(LEFT, self._y + head_height, INNER, height)
            self._text(box, words, plain, LIGHT.text2 if head else LIGHT.text)
            self._y += head_height + height + (8 if head else 4)

    def _tiles(self, block: Tiles) -> None:
        width = (INNER - _GAP * (len(block.tiles) - 1)) / len(block.tiles)
        self._room(_TILE_HEIGHT)
        small = _font(_SMALL)
        for place, (value, words) in enumerate(block.tiles):
            frame = QRectF(LEFT + place * (width + _GAP), self._y, width, _TILE_HEIGHT)
            self._card(frame)
            inner = frame.adjusted(12, 10, -8, -8)
            box = QRectF(inner.x(), inner.y(), inner.width(), 26)
            self._text(box, value, self._fitting(value, inner.width()), LIGHT.text, _MIDDLE)
            below = QRectF(inner.x(), inner.y() + 26, inner.width(), inner.height() - 26)
            self._text(below, words, small, LIGHT.text3)
        self._y += _TILE_HEIGHT + 4

    def _fitting(self, text: str, width: float) -> QFont:
        """The largest font for a figure that keeps it on one line."""
        for pixels in range(_FIGURE, _SMALL, -1):
            font = _font(pixels, bold=True)
            self._painter.setFont(font)
            if self._painter.boundingRect(QRectF(0, 0, 10_000, 100), int(_MIDDLE), text).width() <= width:
                return font
        return _font(_SMALL, bold=True)

    def _card(self, frame: QRectF) -> None:
        def draw() -> None:
            self._painter.setPen(QPen(QColor(LIGHT.line), 0.75))
            self._painter.setBrush(QColor(LIGHT.bg))
            self._painter.drawRoundedRect(frame, 8, 8)
            self._painter.setBrush(Qt.BrushStyle.NoBrush)

        self._put(draw)

    def _graph(self, block: Graph) -> None:
        height = graph_height(block)
        self._room(height)
        frame = QRectF(LEFT, self._y, INNER, height)
        self._put(lambda: draw_graph(self._painter, block, frame, _font(_SMALL)))
        self._y += height + 10

    # -- tables

    def _table(self, block: Table) -> None:
        whole = sum(block.weights)
        widths = [INNER * weight / whole for weight in block.weights]
        self._header(block, widths)
        font = _font(_SMALL)
        for row in block.rows:
            height = self._row_height(row, widths, font)
            if self._y + height > BOTTOM:
                self._room(height)
                self._header(block, widths)
            self._cells(row, widths, font, LIGHT.text, block.right, height)
            self._y += height
            self._line(self._y)
        if block.note:
            note = self._height(block.note, INNER, font)
            self._room(note + 6)
            self._text(QRectF(LEFT, self._y + 6, INNER, note), block.note, font, LIGHT.text3)
            self._y += note + 6

    def _header(self, block: Table, widths: Sequence[float]) -> None:
        font = _font(_SMALL)
        height = self._row_height(block.headers, widths, font)
        self._room(height + 24)
        self._cells(block.headers, widths, font, LIGHT.text3, block.right, height)
        self._y += height
        self._line(self._y, LIGHT.line2)

    def _row_height(self, row: Sequence[str], widths: Sequence[float], font: QFont) -> float:
        pairs = zip(row, widths, strict=True)
        return max(self._height(cell or " ", width - _CELL_X, font) for cell, width in pairs) + 2 * _CELL_Y

    def _cells(
        self,
        row: Sequence[str],
        widths: Sequence[float],
        font: QFont,
        colour: str,
        right: Sequence[int],
        height: float,
    ) -> None:
        x = LEFT
        for number, (cell, width) in enumerate(zip(row, widths, strict=True)):
            figures = number in right
            shift = _CELL_X if figures else 0.0
            box = QRectF(x + shift, self._y + _CELL_Y, width - _CELL_X, height - 2 * _CELL_Y)
            flags = _RIGHT_WRAP if figures else _LEFT_WRAP
            if (
                height < _ONE_LINE
            ):  # Latin and Han have different line heights: middles are level, tops are not
                flags |= Qt.AlignmentFlag.AlignVCenter
            self._text(box, cell, font, colour, flags)
            x += width


def _font(pixels: int, *, bold: bool = False) -> QFont:
    font = interface_font()
    font.setPixelSize(pixels)
    if bold:
        font.setWeight(QFont.Weight.DemiBold)
    return font
