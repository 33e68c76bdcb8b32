"""Pictures as they may leave this machine: JPEG, small, and with nothing in it but the picture."""

from __future__ import annotations

from autocut_tray.core.frozen import frozen

LONGEST_SIDE = 768
"""Pixels; the product's limit for what is sent."""

_START, _END = b"\xff\xd8", 0xD9
_JFIF = b"\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
"""The plain header that every JPEG may have: version 1.01, square pixels, no thumbnail."""
_SCAN = 0xDA
_TABLES = frozenset({0xDB, 0xC4, 0xDD})  # quantisation, Huffman codes, restart interval
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_RESTARTS = range(0xD0, 0xD8)


@frozen
class Picture:
    """``jpeg``: only what draws the picture. ``width`` and ``height`` in pixels, as its frame header says."""

    width: int
    height: int
    jpeg: bytes


def bare(jpeg: bytes) -> Picture:
    """``jpeg`` without application data (EXIF, GPS, XMP, ICC, thumbnails), comments and what follows its end.

    The picture itself is not touched. Raises ValueError for what is no whole JPEG, and for one that is larger than
    :data:`LONGEST_SIDE`.
    """
    if not jpeg.startswith(_START):
        raise ValueError("not a JPEG")
    kept = [_START, _JFIF]
    size: tuple[int, int] | None = None
    at = 2
    while True:
        marker, at = _marker(jpeg, at)
        if marker == _END:
            break
        length = int.from_bytes(jpeg[at : at + 2], "big")
        segment = jpeg[at : at + length]
        if length < 2 or len(segment) != length:
            raise ValueError("a segment is cut off")
        at += length
        if marker in _FRAMES:
            if length < 8 or size is not None:
                raise ValueError("not one frame")
            height, width = int.from_bytes(segment[3:5], "big"), int.from_bytes(segment[5:7], "big")
            size = width, height
        if marker in _FRAMES or marker in _TABLES or marker == _SCAN:
            kept.append(bytes((0xFF, marker)) + segment)
        if marker == _SCAN:
            end = _scan_end(jpeg, at)
            kept.append(jpeg[at:end])
            at = end
    if size is None or 0 in size:
        raise ValueError("no picture in it")
    if max(size) > LONGEST_SIDE:
        raise ValueError(f"{size[0]} x {size[1]} pixels")
    return Picture(*size, b"".join(kept) + b"\xff\xd9")


def _marker(jpeg: bytes, at: int) -> tuple[int, int]:
    """The next marker, fill bytes passed over, and where its segment begins."""
    if jpeg[at : at + 1] != b"\xff":
        raise ValueError("no marker where one must be")
    while jpeg[at : at + 1] == b"\xff":
        at += 1
    if at >= len(jpeg):
        raise ValueError("the end is missing")
    return jpeg[at], at + 1


def _scan_end(jpeg: bytes, at: int) -> int:
    """Where coded data ends: the next marker that is neither a stuffed byte nor a restart."""
    while True:
        at = jpeg.find(b"\xff", at)
        if at < 0 or at + 1 >= len(jpeg):
            raise ValueError("the picture is cut off")
        if jpeg[at + 1] not in (0x00, 0xFF, *_RESTARTS):
            return at
        at += 1 if jpeg[at + 1] == 0xFF else 2
