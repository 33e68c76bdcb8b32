"""Export from the scenes of a job: the menu, the look before, the dialogue, and what is said of it."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from autocut_tray.core.errors import UsageError
from autocut_tray.core.jobs.export import Exported
from autocut_tray.core.jobs.job import JobState
from autocut_tray.core.messages import message
from autocut_tray.core.timeline.formats import Format
from autocut_tray.core.timeline.howto import how_to_import
from autocut_tray.core.timeline.preflight import Circumstances, SourceState, preflight
from autocut_tray.ui.content import Content
from autocut_tray.ui.job_export import FORMATS
from autocut_tray.ui.pages.analyse import AnalysePage
from autocut_tray.ui.pages.scenes import ScenesView
from tests.timeline.samples import clip, media, timeline
from tests.ui import fake_services as fakes
from tests.ui.fake_services import FakeServices

CUT = timeline(clip(media()), clip(media(), 9, 10))


@pytest.fixture
def view(content: Content, services: FakeServices, qtbot: QtBot) -> ScenesView:
    job = fakes.job("j1", "/footage/海滩 a:b.mov", state=JobState.DONE, scenes_found=2)
    services.jobs.put(job, [fakes.scene(1), fakes.scene(2)])
    content.open_page("analyse")
    page = content.page("analyse")
    assert isinstance(page, AnalysePage)
    qtbot.waitUntil(lambda: not page.is_empty)
    page.open_scenes("j1")
    qtbot.waitUntil(lambda: page.scenes.grid.scenes.total == 2)
    return page.scenes


def done(kind: Format, *, missing: bool = False) -> Exported:
    known = Circumstances({"/footage/beach.mov": SourceState.MISSING} if missing else {})
    return Exported(
        fakes.job(), kind, Path("x"), 10, 2, Fraction(25), Fraction(2),
        preflight(CUT, kind, known), how_to_import(CUT, kind), None,
    )  # fmt: skip


def test_the_menu_has_every_format() -> None:
    assert set(FORMATS) == {kind.value for kind in Format}


def test_a_file_is_asked_for_under_a_safe_name(
    view: ScenesView, services: FakeServices, qtbot: QtBot
) -> None:
    view.export.menu.actions()[FORMATS.index("fcp7")].trigger()
    qtbot.waitUntil(lambda: bool(view.findChildren(QFileDialog)))
    (dialog,) = view.findChildren(QFileDialog)
    assert [one.kind for one in services.make_exporter.looked] == [Format.FCP7]
    assert Path(dialog.selectedFiles()[0]).name == "海滩 a_b.xml"
    assert dialog.acceptMode() is QFileDialog.AcceptMode.AcceptSave and not services.make_exporter.written
    dialog.reject()


def test_what_was_written_is_said_with_findings_and_steps(
    view: ScenesView, services: FakeServices, qtbot: QtBot, tmp_path: Path
) -> None:
    services.make_exporter.answer = done(Format.OTIO, missing=True)
    view.export.write("j1", "otio", tmp_path / "cut.otio")
    qtbot.waitUntil(lambda: bool(view.export_card.words))
    words = view.export_card.words
    assert "cut.otio has 2 clips. It was read back and is correct." in words
    assert "beach.mov is not where it was analysed" in words
    assert (
        "DaVinci Resolve (free and Studio): It takes version 18.5 or later" in words and "Kdenlive" in words
    )
    (request,) = services.make_exporter.written
    assert (request.job_id, request.kind, request.overwrite) == ("j1", Format.OTIO, True)


def test_words_follow_the_language(
    view: ScenesView, services: FakeServices, qtbot: QtBot, tmp_path: Path
) -> None:
    services.make_exporter.answer = done(Format.EDL)
    view.export.write("j1", "edl", tmp_path / "cut.edl")
    qtbot.waitUntil(lambda: bool(view.export_card.words))
    services.settings.set("ui.language", "zh-CN")
    qtbot.waitUntil(lambda: "已回读核对无误" in view.export_card.words)
    assert "导入" in view.export_card.words
    assert [action.text() for action in view.export.menu.actions()][4] == "时间线标记…"


def test_what_stands_in_the_way_is_said_instead_of_a_dialogue(
    view: ScenesView, services: FakeServices, qtbot: QtBot
) -> None:
    services.make_exporter.findings = preflight(
        timeline(*[clip(media())] * 1000), Format.EDL, Circumstances()
    )
    view.export.start("edl")
    qtbot.waitUntil(lambda: bool(view.export_card.words))
    assert "An EDL holds 999 clips at most" in view.export_card.words
    assert "Export OTIO" in view.export_card.words
    assert not view.findChildren(QFileDialog) and not services.make_exporter.written


def test_a_failure_is_said_and_put_away(
    view: ScenesView, services: FakeServices, qtbot: QtBot, tmp_path: Path
) -> None:
    services.make_exporter.answer = UsageError("x", message("error-target-is-source", file="a.mov"))
    view.export.write("j1", "otio", tmp_path / "a.mov")
    qtbot.waitUntil(lambda: "source files are never written to" in view.export_card.words)
    view.begin(fakes.job("j2"), None)
    assert not view.export_card.words


@pytest.mark.errors_expected
def test_a_defect_is_said_in_words(
    view: ScenesView, services: FakeServices, qtbot: QtBot, tmp_path: Path
) -> None:
    services.make_exporter.answer = RuntimeError("defect")
    view.export.write("j1", "otio", tmp_path / "a.otio")
    qtbot.waitUntil(lambda: "Something in this program is broken" in view.export_card.words)


def test_scenes_of_a_search_are_not_exported(view: ScenesView, services: FakeServices) -> None:
    view.begin_search("lamp", None)
    view.export.start("otio")
    assert not services.make_exporter.looked
