"""Telling pictures apart by their first bytes, and small pictures made without any library."""

from __future__ import annotations

import struct
import zlib


def picture_kind(data: bytes) -> str | None:
    """``png``, ``jpeg``, ``gif`` or ``webp`` by content; None for anything else or a cut file."""
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png" if b"IEND" in data[-16:] else None
    if data.startswith(b"\xff\xd8\xff"):
        return "jpeg" if b"\xff\xd9" in data[-64:] else None
    if data[:6] in (b"GIF87a", b"GIF89a"):
        return "gif"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "webp"
    return None


def png(width: int = 64, height: int = 64, colour: tuple[int, int, int] = (200, 40, 40)) -> bytes:
    """A one-coloured PNG."""
    return png_of(width, height, bytes(colour) * (width * height))


def png_of(width: int, height: int, rgb: bytes) -> bytes:
    """A PNG of packed RGB pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    row = 3 * width
    rows = b"".join(b"\0" + rgb[start : start + row] for start in range(0, row * height, row))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(rows, 6))
        + chunk(b"IEND", b"")
    )
