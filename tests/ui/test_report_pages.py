"""Reports on paper: laid out here, drawn by a process of their own, and saved from the Monitor page."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from autocut_tray.core.report.paper import (
    NO_CHINESE_FONT,
    Band,
    Graph,
    Heading,
    Lines,
    Paper,
    Table,
    Tiles,
    draw_paper,
    paper_from_json,
    paper_to_json,
)
from autocut_tray.i18n import LANGUAGES, Translator
from autocut_tray.reporting.pages import MOST_ROWS, paper
from autocut_tray.ui import report_pages
from autocut_tray.ui.report_export import export_report, write_report
from tests.report.samples import HOUR, busy_day, opened
from tests.ui.conftest import Desktop

PLAIN = Paper("Report", "a day", "made", "{page} / {pages}", "boxes", chinese=False, blocks=())


def pages_of(data: bytes) -> int:
    assert data.startswith(b"%PDF-") and data.rstrip().endswith(b"%%EOF")
    return data.count(b"/Type /Page\n")


def test_all_blocks_cross_the_pipe(tmp_path: Path) -> None:
    with opened(tmp_path) as day:
        busy_day(day)
        made = paper(day.report(), Translator("en"))
    assert paper_from_json(paper_to_json(made)) == made
    kinds = {type(block) for block in made.blocks}
    assert kinds == {Heading, Lines, Tiles, Table, Graph}
    (graph,) = [block for block in made.blocks if isinstance(block, Graph)]
    assert [band.bars for band in graph.bands] == [False] * 4 + [True]
    assert [shape for _, shape in graph.marks] == ["down", "up", "octagon", "down", "up"]
    assert 3 <= len(graph.ticks) <= 7


@pytest.mark.parametrize("rows", [1, 40, 200])
def test_tables_go_on_with_their_heads(qapp: QApplication, rows: int) -> None:
    table = Table(("When", "What"), tuple((str(n), "word " * 30) for n in range(rows)), (1, 3), note="more")
    data = report_pages.draw_pdf(replace(PLAIN, blocks=(Heading("Long"), table)))
    assert (pages_of(data) == 1) == (rows == 1) and pages_of(data) <= 1 + rows // 15


def test_a_long_list_is_cut_and_says_so(tmp_path: Path) -> None:
    with opened(tmp_path) as day:
        day.read(HOUR)
        for _ in range(MOST_ROWS + 5):
            day.alert()
        made = paper(day.report(2.0), Translator("en"))
    (table,) = [block for block in made.blocks if isinstance(block, Table) and block.note]
    assert len(table.rows) == MOST_ROWS and "5 more" in table.note


@given(
    st.lists(st.tuples(st.floats(-1e3, 2e5), st.floats(0, 150)), max_size=8),
    st.text(max_size=40),
    st.booleans(),
)
@settings(max_examples=15, deadline=None)
def test_odd_curves_and_words_are_drawn(
    qapp: QApplication, points: list[tuple[float, float]], words: str, bars: bool
) -> None:
    found = tuple((at, 0.0, value, value) for at, value in sorted(points))
    band = Band(words, found, 60.0, 100.0, "%", ((85.0, "warn"),), bars)
    graph = Graph(0.0, 86_400.0, (band,), ((10.0, "down"), (86_390.0, "octagon")), ((0.0, "00:00"),), words)
    blocks = (Heading(words), Lines(((words, words),)), Tiles(((words, words),)), graph)
    assert pages_of(report_pages.draw_pdf(replace(PLAIN, blocks=blocks))) == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_process_of_its_own_draws_and_embeds_its_fonts(
    qapp: QApplication, tmp_path: Path, language: str
) -> None:
    if language == "zh-CN" and not QFontDatabase.families(QFontDatabase.WritingSystem.SimplifiedChinese):
        pytest.skip("no Chinese font is installed here")
    with opened(tmp_path) as day:
        busy_day(day)
        data = draw_paper(paper(day.report(), Translator(language)))
    assert pages_of(data) >= 2
    assert data.count(b"/FontFile2") >= 2, "a viewer needs no font of its own"


def test_without_a_chinese_font_it_says_so(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> None:
    import io
    import json
    import sys
    from types import SimpleNamespace

    sent = json.dumps(paper_to_json(replace(PLAIN, chinese=True))).encode()
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(sent)))
    monkeypatch.setattr(report_pages, "QGuiApplication", lambda _arguments: qapp)
    monkeypatch.setattr(QFontDatabase, "families", lambda *_: [])
    assert report_pages.main() == NO_CHINESE_FONT


def test_names_without_a_font_are_said_to_be_boxes(qapp: QApplication) -> None:
    table = Table(("File",), (("海边日落.mov",),), (1,))
    drawn = [
        len(report_pages.draw_pdf(replace(PLAIN, blocks=(table,)), chinese=chinese))
        for chinese in (True, False)
    ]
    assert drawn[1] > drawn[0], "one more line"
    plain = Table(("File",), (("sunset.mov",),), (1,))
    texts = [report_pages.draw_pdf(replace(PLAIN, blocks=(plain,)), chinese=c) for c in (True, False)]
    assert len(texts[0]) == len(texts[1])


def test_the_monitor_page_saves_a_report(desktop: Desktop, tmp_path: Path) -> None:
    with opened(tmp_path) as day:
        day.read(HOUR)
        desktop.services.reports.sources = day.sources
        now = desktop.services.clock.time()
        for name, begin in (("a.csv", b"\xef\xbb\xbfsection,"), ("b.json", b"{"), ("c.pdf", b"%PDF-")):
            write_report(desktop.ctx, tmp_path / name, (now - HOUR, now + 60))
            assert (tmp_path / name).read_bytes().startswith(begin), name


def test_the_name_of_the_file_decides_what_is_written(desktop: Desktop, tmp_path: Path, qtbot: QtBot) -> None:
    told: list[Exception] = []
    with opened(tmp_path) as day:
        day.read(HOUR)
        desktop.services.reports.sources = day.sources
        now = desktop.services.clock.time()
        parent = QWidget()
        qtbot.addWidget(parent)
        export_report(desktop.ctx, parent, (now - HOUR, now), told.append)
        (dialog,) = parent.findChildren(QFileDialog)
        assert [words.split(" ")[0] for words in dialog.nameFilters()] == ["PDF", "CSV", "JSON"]
        dialog.filterSelected.emit("CSV (*.csv)")
        assert dialog.defaultSuffix() == "csv"
        dialog.fileSelected.emit(str(tmp_path / "a.csv"))
        qtbot.waitUntil((tmp_path / "a.csv").is_file, timeout=30_000)
        dialog.fileSelected.emit(str(tmp_path / "a.csv" / "below.json"))
        qtbot.waitUntil(lambda: bool(told), timeout=30_000)
        dialog.done(0)
    assert (tmp_path / "a.csv").read_bytes().startswith(b"\xef\xbb\xbf")
