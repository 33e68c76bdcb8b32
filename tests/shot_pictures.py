"""Key frames for the screenshots: drawn, so that nobody's footage is in the repository."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QLinearGradient, QPainter, QPen, QPolygonF

WIDTH, HEIGHT = 640, 360


def _ground(painter: QPainter, *colours: str) -> None:
    """The whole frame, fading from top to bottom."""
    fade = QLinearGradient(0, 0, 0, HEIGHT)
    for number, colour in enumerate(colours):
        fade.setColorAt(number / max(1, len(colours) - 1), QColor(colour))
    painter.fillRect(QRectF(0, 0, WIDTH, HEIGHT), fade)


def _shape(painter: QPainter, colour: str, *points: tuple[float, float]) -> None:
    painter.setBrush(QColor(colour))
    painter.drawPolygon(QPolygonF([QPointF(x, y) for x, y in points]))


def _disc(painter: QPainter, colour: str, x: float, y: float, rx: float, ry: float | None = None) -> None:
    painter.setBrush(QColor(colour))
    painter.drawEllipse(QPointF(x, y), rx, rx if ry is None else ry)


def _box(painter: QPainter, colour: str, x: float, y: float, width: float, height: float) -> None:
    painter.fillRect(QRectF(x, y, width, height), QColor(colour))


def _boat(painter: QPainter) -> None:
    _ground(painter, "#C98F72", "#E8B98D", "#F3D7A7")
    _disc(painter, "#FBE9C6", 420, 170, 46)
    _shape(painter, "#6E5A6B", (0, 210), (90, 160), (190, 196), (280, 150), (400, 205), (400, 215), (0, 215))
    _box(painter, "#415A6B", 0, 210, WIDTH, 150)
    _shape(painter, "#1F2A36", (430, 232), (560, 232), (535, 262), (450, 262))
    _shape(painter, "#F3E7D2", (492, 110), (492, 226), (440, 226))
    _shape(painter, "#D9CBB2", (498, 130), (545, 226), (498, 226))
    for x, y, length in ((120, 265, 90), (250, 300, 120), (500, 310, 80), (60, 330, 110)):
        _box(painter, "#8FA3AC", x, y, length, 3)


def _guests(painter: QPainter) -> None:
    _ground(painter, "#3C2825", "#5C3E38")
    painter.setPen(QPen(QColor("#2A1C1A"), 4))
    painter.drawArc(QRectF(-40, -60, 720, 170), 180 * 16, 180 * 16)
    painter.setPen(Qt.PenStyle.NoPen)
    for x, y in ((90, 62), (200, 92), (320, 106), (440, 92), (550, 62)):
        _disc(painter, "#F2C879", x, y, 9)
    for x in (60, 190, 320, 450, 580):
        _disc(painter, "#2A1C1A", x, 210, 36, 42)
        _disc(painter, "#231614", x, 360, 78, 110)


def _bride(painter: QPainter) -> None:
    _ground(painter, "#CFC3AF", "#B9AB95")
    _box(painter, "#A8997F", 400, 0, 240, HEIGHT)
    _disc(painter, "#E2D8C6", 120, 90, 58)
    _disc(painter, "#D8CAB3", 540, 110, 40)
    _disc(painter, "#2A2220", 320, 190, 84, 112)
    _disc(painter, "#A2715A", 320, 180, 54, 66)
    _box(painter, "#A2715A", 300, 225, 40, 50)
    _shape(
        painter, "#F5F0E8", (200, 360), (258, 262), (300, 250), (320, 280), (340, 250), (382, 262), (440, 360)
    )


def _rings(painter: QPainter) -> None:
    _ground(painter, "#D9CFC5", "#CABFB2")
    _box(painter, "#B8A893", 0, 235, WIDTH, 125)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for x, y, colour in ((265, 215, "#B8862F"), (370, 235, "#D0A24A")):
        painter.setPen(QPen(QColor(colour), 24))
        painter.drawEllipse(QPointF(x, y), 78, 78)
    painter.setPen(Qt.PenStyle.NoPen)
    _shape(painter, "#F3FAFF", (370, 112), (396, 138), (370, 166), (344, 138))


def _table(painter: QPainter) -> None:
    _ground(painter, "#7A8B78", "#6D7D6C")
    _box(painter, "#EEE6DA", 0, 200, WIDTH, 160)
    for x, y in ((160, 270), (490, 280)):
        _disc(painter, "#D8CCBA", x, y, 66, 60)
        _disc(painter, "#F7F2E9", x, y, 40, 36)
    for x, y, colour in ((300, 110, "#E59FA4"), (345, 92, "#F0B7BB"), (372, 130, "#D98890")):
        _box(painter, "#55664F", x - 3, y, 6, 110)
        _disc(painter, colour, x, y, 30)


def _dance(painter: QPainter) -> None:
    _ground(painter, "#241B38", "#33264F")
    for points in (((120, 0), (20, 360), (250, 360)), ((520, 0), (390, 360), (620, 360))):
        _shape(painter, "#4A3A6B", *points)
    _disc(painter, "#B07A5E", 285, 130, 34, 40)
    _disc(painter, "#D9AA84", 355, 122, 34, 40)
    _shape(painter, "#E8DFF2", (220, 360), (250, 190), (285, 168), (330, 190), (330, 360))
    _shape(painter, "#141026", (318, 360), (322, 185), (355, 160), (400, 190), (420, 360))


def _coast(painter: QPainter) -> None:
    _ground(painter, "#7F8F63", "#8B9A6B")
    _shape(
        painter,
        "#E6D6B0",
        (300, 0),
        (380, 0),
        (340, 120),
        (420, 230),
        (370, 360),
        (290, 360),
        (350, 230),
        (270, 120),
    )
    _shape(painter, "#4D7C84", (380, 0), (640, 0), (640, 360), (370, 360), (420, 230), (340, 120))
    _shape(painter, "#F4F1EA", (500, 160), (560, 160), (548, 184), (512, 184))
    _shape(painter, "#C2B38A", (90, 0), (110, 0), (130, 360), (100, 360))


def _car(painter: QPainter) -> None:
    _ground(painter, "#A9BDC6", "#8FA4AE")
    _shape(painter, "#6F828C", (0, 220), (140, 120), (300, 200), (430, 110), (640, 210), (640, 260), (0, 260))
    _box(painter, "#4B5861", 0, 255, WIDTH, 105)
    _shape(
        painter, "#252A30", (160, 290), (190, 240), (250, 196), (390, 196), (450, 242), (500, 252), (510, 290)
    )
    _shape(painter, "#9FC0CF", (262, 210), (312, 210), (312, 240), (234, 240))
    _shape(painter, "#9FC0CF", (324, 210), (382, 210), (420, 240), (324, 240))
    for x in (240, 430):
        _disc(painter, "#15181B", x, 292, 32)
        _disc(painter, "#7C909A", x, 292, 14)


def _city(painter: QPainter) -> None:
    _ground(painter, "#12162B", "#1E2440")
    for x, width, top in ((20, 110, 120), (150, 90, 170), (260, 130, 60), (410, 100, 140), (530, 90, 90)):
        _box(painter, "#323A5C", x, top, width, HEIGHT - top)
        for row in range(top + 18, 340, 46):
            for place in range(int(x) + 14, int(x + width) - 16, 34):
                if (row * 7 + place * 3) % 5 < 2:
                    _box(painter, "#E8B45A", place, row, 14, 20)


_SCENES: dict[str, Callable[[QPainter], None]] = {
    "boat": _boat,
    "guests": _guests,
    "bride": _bride,
    "rings": _rings,
    "table": _table,
    "dance": _dance,
    "coast": _coast,
    "car": _car,
    "city": _city,
}


def draw_pictures(folder: Path) -> None:
    """One JPEG a scene, named after it."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, draw in _SCENES.items():
        image = QImage(WIDTH, HEIGHT, QImage.Format.Format_RGB32)
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        draw(painter)
        painter.end()
        image.save(str(folder / f"{name}.jpg"), "JPEG", 90)
