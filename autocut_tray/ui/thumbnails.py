"""Small pictures for lists and grids, read and scaled off the GUI thread, in a bounded cache."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QObject, QSize, Qt, Signal
from PySide6.QtGui import QImage, QImageReader, QImageWriter, QPixmap

from autocut_tray.core.frozen import frozen
from autocut_tray.core.memory.tracker import ResourceTracker
from autocut_tray.core.release import ResourceKind
from autocut_tray.ui.background import Background

MAX_FILE_PIXELS = 4096 * 4096
_MIB = 2**20
_PACKED_QUALITY = 90
_PACKED_SHARE = 0.1
"""About what is left of a picture that is packed."""

_Key = tuple[str, int]


@frozen
class _Kept:
    """A picture ready to be painted, or packed as JPEG, or neither: it cannot be read. ``bytes``: what it takes."""

    pixmap: QPixmap | None = None
    packed: bytes | None = None
    bytes: int = 0


class Thumbnails(QObject):
    """``arrived`` tells that a picture asked for is there now. ``limit_mib``: what all of them may take."""

    arrived = Signal()
    _wanted_back = Signal(float, bool)

    def __init__(
        self,
        path_of: Callable[[str], Path],
        background: Background,
        tracker: ResourceTracker,
        limit_mib: Callable[[], int],
    ) -> None:
        super().__init__()
        self._path_of = path_of
        self._background = background
        self._limit_mib = limit_mib
        self._cache: OrderedDict[_Key, _Kept] = OrderedDict()
        self._bytes = 0
        self._asked: set[_Key] = set()
        self._tracked = tracker.register(ResourceKind.RENDER_CACHE, "thumbnails", self)
        self._wanted_back.connect(self._give_back, Qt.ConnectionType.QueuedConnection)

    def get(self, name: str, width: int, ratio: float) -> QPixmap | None:
        """The picture at most ``width`` px wide in a 16:9 box, or None: not yet, or it cannot be read."""
        key = (name, round(width * ratio))
        kept = self._cache.get(key)
        if kept is not None:
            self._cache.move_to_end(key)
            self._tracked.touch()
            return self._unpack(key, kept.packed, ratio) if kept.packed is not None else kept.pixmap
        if key not in self._asked:
            self._asked.add(key)
            path = self._path_of(name)
            self._background.run(lambda: _read(path, key[1]), lambda image: self._arrived(key, image, ratio))
        return None

    def release(self, keep: float, *, compress: bool) -> None:
        """For the guard, from its thread: the window's own one does it as soon as it can."""
        self._wanted_back.emit(keep, compress)

    def measure(self) -> int:
        return self._bytes

    def _arrived(self, key: _Key, image: QImage | None, ratio: float) -> None:
        self._asked.discard(key)
        self._tracked.touch()
        self._put(key, _ready(image, ratio))
        self._drop_to(self._limit_mib() * _MIB)
        self.arrived.emit()

    def _unpack(self, key: _Key, packed: bytes, ratio: float) -> QPixmap | None:
        image = QImage.fromData(packed)
        ready = _ready(None if image.isNull() else image.convertToFormat(QImage.Format.Format_RGB32), ratio)
        self._put(key, ready)
        return ready.pixmap

    def _put(self, key: _Key, kept: _Kept) -> None:
        old = self._cache.get(key)
        self._cache[key] = kept
        self._bytes += kept.bytes - (old.bytes if old is not None else 0)
        self._tracked.resize(self._bytes)

    def _drop_to(self, limit: int) -> None:
        while self._bytes > limit and self._cache:
            _key, old = self._cache.popitem(last=False)
            self._bytes -= old.bytes
        self._tracked.resize(self._bytes)

    def _give_back(self, keep: float, compress: bool) -> None:
        target = int(self._bytes * keep / 100)
        if not compress or not target:
            self._drop_to(target)
            return
        images: dict[_Key, QImage] = {}
        left = self._bytes
        for key, kept in self._cache.items():
            if left <= target:
                break
            if kept.pixmap is not None:
                images[key] = kept.pixmap.toImage()
                left -= int(kept.bytes * (1 - _PACKED_SHARE))
        self._background.run(
            lambda: {key: _pack(image) for key, image in images.items()},
            lambda packed: self._packed(packed, target),
        )

    def _packed(self, packed: dict[_Key, bytes | None], target: int) -> None:
        for key, data in packed.items():
            if data is not None and key in self._cache:
                self._put(key, _Kept(packed=data, bytes=len(data)))
        self._drop_to(target)


def _ready(image: QImage | None, ratio: float) -> _Kept:
    if image is None:
        return _Kept()
    pixmap = QPixmap.fromImage(image)
    pixmap.setDevicePixelRatio(ratio)
    return _Kept(pixmap, bytes=image.sizeInBytes())


def _pack(image: QImage) -> bytes | None:
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QImageWriter(buffer, b"jpeg")
    writer.setQuality(_PACKED_QUALITY)
    return bytes(data.data()) if writer.write(image) else None


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
