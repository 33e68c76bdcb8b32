"""Small pictures for lists and grids, read and scaled off the GUI thread, in a bounded cache."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QSize, Qt, Signal
from PySide6.QtGui import QImage, QImageReader, QPixmap

from autocut_tray.ui.background import Background

CACHE_BYTES = 24 * 2**20
MAX_FILE_PIXELS = 4096 * 4096

_Key = tuple[str, int]


class Thumbnails(QObject):
    """``arrived`` tells that a picture asked for is there now."""

    arrived = Signal()

    def __init__(self, path_of: Callable[[str], Path], background: Background) -> None:
        super().__init__()
        self._path_of = path_of
        self._background = background
        self._cache: OrderedDict[_Key, QPixmap | None] = OrderedDict()
        self._bytes = 0
        self._asked: set[_Key] = set()

    def get(self, name: str, width: int, ratio: float) -> QPixmap | None:
        """The picture at most ``width`` px wide in a 16:9 box, or None: not yet, or it cannot be read."""
        key = (name, round(width * ratio))
        if key in self._cache:
            self._cache.move_to_end(key)
            return self._cache[key]
        if key not in self._asked:
            self._asked.add(key)
            path = self._path_of(name)
            self._background.run(lambda: _read(path, key[1]), lambda image: self._arrived(key, image, ratio))
        return None

    def _arrived(self, key: _Key, image: QImage | None, ratio: float) -> None:
        self._asked.discard(key)
        pixmap = None
        if image is not None:
            pixmap = QPixmap.fromImage(image)
            pixmap.setDevicePixelRatio(ratio)
            self._bytes += image.sizeInBytes()
        self._cache[key] = pixmap
        while self._bytes > CACHE_BYTES:
            _key, old = self._cache.popitem(last=False)
            if old is not None:
                self._bytes -= old.width() * old.height() * 4
        self.arrived.emit()


def _read(path: Path, width: int) -> QImage | None:
    reader = QImageReader(str(path))
    reader.setAutoTransform(True)
    size = reader.size()
    if not size.isValid() or size.width() * size.height() > MAX_FILE_PIXELS:
        return None
    box = QSize(width, round(width * 9 / 16))
    reader.setScaledSize(size.scaled(box, Qt.AspectRatioMode.KeepAspectRatio))
    image = reader.read()
    if image.isNull():
        return None
    return image.convertToFormat(QImage.Format.Format_RGB32)
