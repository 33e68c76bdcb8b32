"""A4 pages written with Qt's own PDF writer, which embeds of every font what is used of it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF
from PySide6.QtGui import QPageSize, QPdfWriter


def written(write: Callable[[QBuffer], bool]) -> bytes:
    """What ``write`` puts into a buffer; raises RuntimeError when it says that it could not."""
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    if not write(buffer):
        raise RuntimeError("the pages cannot be written")
    buffer.close()
    return bytes(data.data())


def a4_writer(buffer: QBuffer, title: str) -> QPdfWriter:
    """Pages without margins: who draws leaves them."""
    writer = QPdfWriter(buffer)
    writer.setTitle(title)
    writer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    writer.setPageMargins(QMarginsF(0, 0, 0, 0))
    return writer
