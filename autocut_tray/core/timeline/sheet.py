"""A contact sheet: what is on it, how it is laid out, and whether a file is one. It is drawn in a process with Qt."""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from autocut_tray.core.frozen import frozen
from autocut_tray.core.timeline.formats import WrongReadback

COLUMNS = 4
ROWS_A_PAGE = 6
"""Of a PDF; a PNG is one page of all rows."""
CELL_WIDTH, CELL_HEIGHT = 400, 320
MARGIN, HEAD = 40, 80
MAX_CELLS = 400
"""Of a PNG: 100 rows are 32,000 pixels, what most viewers still open."""
SCENES_KEY = "autocut-clips"
"""The text chunk of the PNG that says what is on it."""

_PNG = b"\x89PNG\r\n\x1a\n"


@frozen
class Cell:
    """One clip. ``picture``: path of a JPEG, None where there is none; the rest is one line of text each."""

    number: int
    picture: str | None
    title: str
    times: str
    words: str


@frozen
class Sheet:
    """``pdf``: A4 pages instead of one picture."""

    name: str
    cells: tuple[Cell, ...]
    pdf: bool

    @property
    def rows(self) -> int:
        return -(-len(self.cells) // COLUMNS)

    @property
    def pages(self) -> int:
        return -(-self.rows // ROWS_A_PAGE) if self.pdf else 1

    @property
    def size(self) -> tuple[int, int]:
        """Pixels of a page."""
        rows = ROWS_A_PAGE if self.pdf else self.rows
        return MARGIN * 2 + COLUMNS * CELL_WIDTH, MARGIN * 2 + HEAD + rows * CELL_HEIGHT

    @property
    def clips(self) -> str:
        """What the file says about its cells, in ASCII."""
        return json.dumps([[cell.number, cell.title, cell.times] for cell in self.cells])


def sheet_to_json(sheet: Sheet) -> dict[str, Any]:
    return asdict(sheet)


def sheet_from_json(data: dict[str, Any]) -> Sheet:
    return Sheet(data["name"], tuple(Cell(**cell) for cell in data["cells"]), data["pdf"])


def prove_sheet(sheet: Sheet, data: bytes) -> None:
    """Whether a drawn file is whole and has every cell; raises WrongReadback."""
    if sheet.pdf:
        pages = data.count(b"/Type /Page\n")
        if not data.startswith(b"%PDF-") or not data.rstrip().endswith(b"%%EOF") or pages != sheet.pages:
            raise WrongReadback(f"{pages} pages instead of {sheet.pages}")
        return
    size, texts = _read_png(data)
    if size != sheet.size:
        raise WrongReadback(f"{size} pixels instead of {sheet.size}")
    if texts.get(SCENES_KEY) != sheet.clips:
        raise WrongReadback("not every clip is on the sheet")


def _read_png(data: bytes) -> tuple[tuple[int, int], dict[str, str]]:
    """Size and texts of a picture whose pixels are all there (ISO/IEC 15948)."""
    if not data.startswith(_PNG):
        raise WrongReadback("not a PNG")
    size, texts, pixels = (0, 0), {}, zlib.decompressobj()
    length = 0
    try:
        for kind, body in _chunks(data):
            if kind == b"IHDR":
                width, height = struct.unpack(">II", body[:8])
                size = width, height
            elif kind == b"IDAT":
                length += len(pixels.decompress(body))
            elif kind in (b"tEXt", b"zTXt"):
                key, _, value = body.partition(b"\0")
                value = value if kind == b"tEXt" else zlib.decompress(value[1:])
                texts[key.decode("latin-1")] = value.decode("latin-1")
    except (struct.error, zlib.error, ValueError) as error:
        raise WrongReadback(str(error)) from error
    if not pixels.eof or length < size[0] * size[1]:
        raise WrongReadback("pixels are missing")
    return size, texts


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(_PNG)
    while at < len(data):
        length, kind = struct.unpack(">I4s", data[at : at + 8])
        body = data[at + 8 : at + 8 + length]
        (checksum,) = struct.unpack(">I", data[at + 8 + length : at + 12 + length])
        if zlib.crc32(body, zlib.crc32(kind)) != checksum:
            raise ValueError("a chunk is damaged")
        yield kind, body
        at += 12 + length
