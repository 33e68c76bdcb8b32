"""The program's icon as files for Windows and macOS, drawn by the program's own code.

python -m release.icon FOLDER        # needs no screen
"""

from __future__ import annotations

import os
import struct
import sys
from collections.abc import Mapping
from pathlib import Path

ICO_SIZES = (16, 20, 24, 32, 40, 48, 64, 128, 256)
"""What Windows asks for at 100 to 250 % scaling, lists and large icons."""
ICNS_KINDS = {"icp4": 16, "icp5": 32, "icp6": 64, "ic07": 128, "ic08": 256, "ic09": 512, "ic10": 1024}


def ico(pictures: Mapping[int, bytes]) -> bytes:
    """An .ico file of PNG pictures by their width in pixels (at most 256)."""
    header = struct.pack("<HHH", 0, 1, len(pictures))
    entries, bodies = b"", b""
    start = len(header) + 16 * len(pictures)
    for size, png in sorted(pictures.items()):
        side = size % 256  # 0 stands for 256
        entries += struct.pack("<BBBBHHII", side, side, 0, 0, 1, 32, len(png), start + len(bodies))
        bodies += png
    return header + entries + bodies


def icns(pictures: Mapping[int, bytes]) -> bytes:
    """An .icns file of PNG pictures by their width; those that macOS has no place for are left out."""
    parts = b""
    for kind, size in ICNS_KINDS.items():
        if size in pictures:
            parts += kind.encode() + struct.pack(">I", 8 + len(pictures[size])) + pictures[size]
    return b"icns" + struct.pack(">I", 8 + len(parts)) + parts


def draw(size: int) -> bytes:
    """The icon as PNG; a QGuiApplication has to be there."""
    from PySide6.QtCore import QBuffer, QByteArray, QIODevice

    from autocut_tray.ui.theme.icons import app_pixmap

    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    if not app_pixmap(size).save(buffer, "PNG"):
        raise RuntimeError("Qt cannot write PNG")
    return bytes(data.data())


def main(folder: Path) -> None:
    """Write ``autocut.ico`` and ``autocut.icns`` into ``folder``."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from PySide6.QtGui import QGuiApplication

    application = QGuiApplication([])
    folder.mkdir(parents=True, exist_ok=True)
    pictures = {size: draw(size) for size in {*ICO_SIZES, *ICNS_KINDS.values()}}
    (folder / "autocut.ico").write_bytes(ico({size: pictures[size] for size in ICO_SIZES}))
    (folder / "autocut.icns").write_bytes(icns(pictures))
    del application


if __name__ == "__main__":
    main(Path(sys.argv[1]))
