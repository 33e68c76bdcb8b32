"""Contact sheets: drawn here, drawn by a process of their own, and proven to be whole."""

from __future__ import annotations

import struct
import sys
import zlib
from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication

from autocut_tray.core.errors import AutoCutError
from autocut_tray.core.timeline.draw import draw_sheet
from autocut_tray.core.timeline.formats import WrongReadback
from autocut_tray.core.timeline.sheet import (
    CELL_WIDTH,
    HEAD,
    MARGIN,
    Cell,
    Sheet,
    prove_sheet,
    sheet_from_json,
    sheet_to_json,
)
from autocut_tray.ui.contact_sheet import draw_pdf, draw_png


def sheet(tmp_path: Path, cells: int = 6, *, pdf: bool = False) -> Sheet:
    picture = tmp_path / "red.jpg"
    image = QImage(160, 90, QImage.Format.Format_RGB32)
    image.fill(QColor("red"))
    assert image.save(str(picture), "JPG")  # type: ignore[call-overload]
    made = [
        Cell(
            n,
            str(picture) if n == 1 else None,
            f"海滩 <b> {n:03d}",
            "01:00:00:00 – 01:00:01:00",
            "一盏红灯 " * 40,
        )
        for n in range(1, cells + 1)
    ]
    return Sheet("海滩", tuple(made), pdf)


def test_a_picture_of_all_clips(qapp: QApplication, tmp_path: Path) -> None:
    wanted = sheet(tmp_path)
    data = draw_png(wanted)
    prove_sheet(wanted, data)
    drawn = QImage.fromData(data)
    assert (drawn.width(), drawn.height()) == wanted.size
    middle = drawn.pixelColor(MARGIN + 180, MARGIN + HEAD + 100)
    assert middle.red() > 240 and middle.green() < 20
    assert drawn.pixelColor(MARGIN + CELL_WIDTH + 180, MARGIN + HEAD + 100) == QColor("#e4e4e4")


def test_the_words_are_drawn(qapp: QApplication, tmp_path: Path) -> None:
    silent = Sheet("", (Cell(1, None, "", "", ""),), pdf=False)
    spoken = Sheet("海滩", (Cell(1, None, "海滩 001", "01:00:00:00", "一盏红灯"),), pdf=False)
    drawn = [QImage.fromData(draw_png(one)) for one in (silent, spoken)]
    places = [(x, y) for x in range(0, 460, 2) for y in range(0, 440, 2)]
    dark = [sum(image.pixelColor(*place).lightness() < 128 for place in places) for image in drawn]
    assert dark[1] > dark[0] + 50


@pytest.mark.parametrize("cells", [1, 24, 25, 49])
def test_pages(qapp: QApplication, tmp_path: Path, cells: int) -> None:
    wanted = sheet(tmp_path, cells, pdf=True)
    assert wanted.pages == -(-cells // 24)
    data = draw_pdf(wanted)
    prove_sheet(wanted, data)
    with pytest.raises(WrongReadback):
        prove_sheet(sheet(tmp_path, cells + 24, pdf=True), data)
    with pytest.raises(WrongReadback):
        prove_sheet(wanted, data[:-20])


def test_the_proof_sees_what_is_missing(qapp: QApplication, tmp_path: Path) -> None:
    wanted = sheet(tmp_path)
    data = draw_png(wanted)
    other = Sheet(wanted.name, (*wanted.cells[:5], Cell(6, None, "another", "", "")), pdf=False)
    for meant, read in ((other, data), (sheet(tmp_path, 9), data), (wanted, data[:-100]), (wanted, b"")):
        with pytest.raises(WrongReadback):
            prove_sheet(meant, read)
    broken = bytearray(data)
    broken[len(data) // 2] ^= 1
    with pytest.raises(WrongReadback):
        prove_sheet(wanted, bytes(broken))


def test_the_proof_sees_a_png_without_pixels() -> None:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I4s", len(body), kind)
            + body
            + struct.pack(">I", zlib.crc32(body, zlib.crc32(kind)))
        )

    wanted = Sheet("x", (), pdf=False)
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", *wanted.size, 8, 2, 0, 0, 0))
    whole = zlib.compress(bytes(wanted.size[0] * wanted.size[1]))
    for pixels in (zlib.compress(b"1"), whole[:-4]):
        body = head + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
        with pytest.raises(WrongReadback, match="pixels"):
            prove_sheet(wanted, b"\x89PNG\r\n\x1a\n" + body)


def test_a_sheet_crosses_the_pipe(tmp_path: Path) -> None:
    wanted = Sheet(
        "bad \udcff", (Cell(1, "/a/\udcff.jpg", "x", "y", "z"), Cell(2, None, "", "", "")), pdf=True
    )
    assert sheet_from_json(sheet_to_json(wanted)) == wanted


def test_a_process_of_its_own_draws(qapp: QApplication, tmp_path: Path) -> None:
    wanted = sheet(tmp_path, 3)
    prove_sheet(wanted, draw_sheet(wanted))


def test_a_process_that_fails_is_an_error_in_words(tmp_path: Path) -> None:
    wanted = Sheet("x", (Cell(1, None, "a", "b", "c"),), pdf=False)
    fails = [sys.executable, "-c", "import sys; sys.exit('no fonts')"]
    for command in (fails, [str(tmp_path / "nowhere")]):
        with pytest.raises(AutoCutError) as caught:
            draw_sheet(wanted, command)
        assert caught.value.code == "sheet_not_drawn" and caught.value.hint
