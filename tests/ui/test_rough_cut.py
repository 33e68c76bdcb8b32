"""The rough cut below a job's scenes: made from a brief, put in order, taken apart, exported, in both languages."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from autocut_tray.core.errors import Cancelled, InputError, StorageError, UsageError
from autocut_tray.core.jobs.job import JobState
from autocut_tray.core.jobs.plans import PlanState
from autocut_tray.core.messages import message
from autocut_tray.core.planning.plan import ByHand, PlannedBy
from autocut_tray.ui.content import Content
from autocut_tray.ui.pages.analyse import AnalysePage
from autocut_tray.ui.pages.scenes import ScenesView
from autocut_tray.ui.widgets.cut_strip import widths
from autocut_tray.ui.widgets.rough_cut import RoughCut
from tests.ui import fake_services as fakes
from tests.ui.fake_services import FakeServices

Open = Callable[[], ScenesView]


@pytest.fixture
def open_view(content: Content, services: FakeServices, qtbot: QtBot) -> Open:
    """Opens the scenes of job j1, which has five."""

    def opened() -> ScenesView:
        job = fakes.job("j1", "/footage/beach.mov", state=JobState.DONE, scenes_found=5)
        services.jobs.put(job, [fakes.scene(n) for n in range(1, 6)])
        content.open_page("analyse")
        page = content.page("analyse")
        assert isinstance(page, AnalysePage)
        qtbot.waitUntil(lambda: not page.is_empty)
        page.open_scenes("j1")
        qtbot.waitUntil(lambda: page.scenes.grid.scenes.total == 5)
        return page.scenes

    return opened


@pytest.fixture
def cut(open_view: Open, services: FakeServices, qtbot: QtBot) -> RoughCut:
    """With a cut of scenes 3, 1, 2."""
    services.plans.stored["j1"] = fakes.plan()
    view = open_view()
    qtbot.waitUntil(lambda: view.cut.plan is not None)
    return view.cut


def order(cut: RoughCut) -> tuple[int, ...]:
    return tuple(clip.scene for clip in cut.strip.clips)


def drag(cut: RoughCut, start: int, x: int) -> None:
    line = cut.strip.line
    begin = line.boxes()[start].center()
    QTest.mousePress(line, Qt.MouseButton.LeftButton, pos=begin)
    QTest.mouseMove(line, begin + QPoint(30 if x > begin.x() else -30, 0))
    QTest.mouseMove(line, QPoint(x, 20))
    QTest.mouseRelease(line, Qt.MouseButton.LeftButton, pos=QPoint(x, 20))


def test_without_a_cut_there_is_a_brief_and_a_button(open_view: Open) -> None:
    cut = open_view().cut
    assert cut.isVisible() and cut.make.text() == "Make rough cut" and cut.make.isEnabled()
    assert not cut.strip.isVisible() and "30-second" in cut.brief.placeholderText()


def test_a_cut_is_asked_for_told_and_shown(open_view: Open, services: FakeServices, qtbot: QtBot) -> None:
    cut = open_view().cut
    cut.brief.setText("30-second reel")
    cut.make.click()
    ((job_id, wish),) = services.plans.started
    assert (job_id, wish.brief, wish.keep) == ("j1", "30-second reel", False)
    assert cut.make.text() == "Cancel" and "Making the rough cut" in cut.words
    services.plans.tell("j1", PlanState(asking=message("plan-asking", model="qwen", server="Ollama")))
    qtbot.waitUntil(lambda: "Asking qwen on Ollama" in cut.words)
    services.plans.tell("j1", PlanState(plan=fakes.plan()))
    qtbot.waitUntil(lambda: order(cut) == (3, 1, 2))
    assert cut.make.text() == "Make again" and "Chosen by qwen2.5:14b on Ollama." in cut.words
    assert "3 scenes, 12.7\u00a0s of 30\u00a0s" in cut.words and "Scene 3: Reason 3" in cut.words


def test_return_in_the_brief_makes_it(open_view: Open, services: FakeServices) -> None:
    cut = open_view().cut
    QTest.keyClicks(cut.brief, "reel")
    QTest.keyClick(cut.brief, Qt.Key.Key_Return)
    assert [wish.brief for _, wish in services.plans.started] == ["reel"]


def test_cancel(open_view: Open, services: FakeServices, qtbot: QtBot) -> None:
    cut = open_view().cut
    cut.make.click()
    cut.make.click()
    assert services.plans.cancelled == ["j1"] and len(services.plans.started) == 1
    services.plans.tell("j1", PlanState(error=Cancelled()))
    qtbot.waitUntil(lambda: cut.make.text() == "Make rough cut")
    assert cut.words == ""


def test_a_failure_is_said_and_the_old_cut_stays(cut: RoughCut, services: FakeServices, qtbot: QtBot) -> None:
    cut.make.click()
    error = InputError("no_scenes", message("error-no-scenes", id="j1"), message("error-no-scenes-hint"))
    services.plans.tell("j1", PlanState(error=error))
    qtbot.waitUntil(lambda: "Job j1 has no scenes yet. Wait until" in cut.words)
    assert order(cut) == (3, 1, 2) and cut.make.text() == "Make again"


def test_rules_and_notes_are_said(cut: RoughCut, services: FakeServices, qtbot: QtBot) -> None:
    made = fakes.plan(
        by=PlannedBy.RULES,
        who=message("plan-by-rules", why=message("plan-why-no-model", preferred="qwen2.5:14b")),
        notes=(message("plan-note-shorter", have="12.7", wanted="30.0"),),
    )
    services.plans.tell("j1", PlanState(plan=made))
    qtbot.waitUntil(lambda: "Made by rules: no planning model is installed." in cut.words)
    assert "12.7 s of the 30.0 s asked for" in cut.words


def test_dragging_changes_the_order_and_is_stored(
    cut: RoughCut, services: FakeServices, qtbot: QtBot
) -> None:
    drag(cut, 0, cut.strip.line.boxes()[2].right() - 2)
    assert order(cut) == (1, 2, 3)
    qtbot.waitUntil(lambda: services.plans.stored["j1"].scenes == (1, 2, 3))
    drag(cut, 2, 2)
    qtbot.waitUntil(lambda: services.plans.stored["j1"].scenes == (3, 1, 2))
    assert services.plans.stored["j1"].hand == ByHand((), (3, 1, 2))


def test_a_short_move_and_escape_are_no_drag(cut: RoughCut, services: FakeServices) -> None:
    line = cut.strip.line
    begin = line.boxes()[1].center()
    QTest.mousePress(line, Qt.MouseButton.LeftButton, pos=begin)
    QTest.mouseMove(line, begin + QPoint(2, 0))
    QTest.mouseRelease(line, Qt.MouseButton.LeftButton, pos=begin + QPoint(2, 0))
    assert cut.strip.current is not None and cut.strip.current.scene == 1
    QTest.mousePress(line, Qt.MouseButton.LeftButton, pos=begin)
    QTest.mouseMove(line, begin + QPoint(300, 0))
    assert line.gap is not None
    QTest.keyClick(line, Qt.Key.Key_Escape)
    QTest.mouseRelease(line, Qt.MouseButton.LeftButton, pos=begin + QPoint(300, 0))
    assert order(cut) == (3, 1, 2) and services.plans.changes == []


def test_keys_choose_move_and_remove(cut: RoughCut, services: FakeServices, qtbot: QtBot) -> None:
    line = cut.strip.line
    QTest.keyClick(line, Qt.Key.Key_Right)
    assert "Scene 1: Reason 1" in cut.words and "Scene 1" in line.accessibleDescription()
    QTest.keyClick(line, Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
    assert order(cut) == (3, 2, 1)
    QTest.keyClick(line, Qt.Key.Key_Left, Qt.KeyboardModifier.ControlModifier)
    assert order(cut) == (3, 1, 2)
    QTest.keyClick(line, Qt.Key.Key_Delete)
    assert order(cut) == (3, 2) and "2 scenes, 9.4\u00a0s of 30\u00a0s" in cut.words
    qtbot.waitUntil(lambda: services.plans.stored["j1"].scenes == (3, 2))
    assert services.plans.stored["j1"].hand.removed == (1,)


def test_the_last_of_quick_changes_wins(cut: RoughCut, services: FakeServices, qtbot: QtBot) -> None:
    for _ in range(2):
        cut.remove.click()
    qtbot.waitUntil(lambda: services.plans.stored["j1"].scenes == (2,))
    assert services.plans.changes[-1] == (2,) and order(cut) == (2,)
    cut.remove.click()
    qtbot.waitUntil(lambda: services.plans.stored["j1"].scenes == ())
    assert "All scenes were taken out." in cut.words and not cut._export.isVisible()


def test_a_change_that_is_not_stored_is_taken_back(
    cut: RoughCut, services: FakeServices, qtbot: QtBot, content: Content
) -> None:
    services.plans.refusal = StorageError("disk_full", message("error-disk-full", file="app.db"))
    with qtbot.waitSignal(cut.failed):
        cut.remove.click()
    assert order(cut) == (3, 1, 2)


def test_changes_are_kept_only_where_asked(cut: RoughCut, services: FakeServices, qtbot: QtBot) -> None:
    assert not cut.keep.isVisible()
    cut.remove.click()
    qtbot.waitUntil(cut.keep.isVisible)
    cut.make.click()
    assert services.plans.started[-1][1].keep is False
    services.plans.tell("j1", PlanState(error=Cancelled()))
    qtbot.waitUntil(cut.keep.isVisible)
    cut.keep.setChecked(True)
    cut.make.click()
    assert services.plans.started[-1][1].keep is True


def test_nothing_is_moved_while_another_is_made(cut: RoughCut, services: FakeServices) -> None:
    cut.make.click()
    QTest.keyClick(cut.strip.line, Qt.Key.Key_Delete)
    cut.strip.remove_current()
    assert order(cut) == (3, 1, 2) and services.plans.changes == []


def test_all_reasons_can_be_read(cut: RoughCut) -> None:
    cut.reasons.click()
    shown = [text.words for text in cut._list.findChildren(type(cut._total))]
    figures = ((3, "5.2"), (1, "3.3"), (2, "4.2"))
    assert shown == [
        f"{place}. Scene {scene}: Reason {scene} ({length}\u00a0s)"
        for place, (scene, length) in enumerate(figures, start=1)
    ]


def test_a_models_words_are_never_markup(cut: RoughCut, services: FakeServices, qtbot: QtBot) -> None:
    made = fakes.plan([1])
    entry = replace(made.entries[0], reason=message("plan-reason-said", text="<img src=x> & <b>bold</b>"))
    services.plans.tell("j1", PlanState(plan=replace(made, entries=(entry,))))
    qtbot.waitUntil(lambda: "<img src=x> & <b>bold</b>" in cut.words)
    cut.reasons.click()
    (line,) = cut._list.findChildren(type(cut._total))
    assert "&lt;img" in line.text()


def test_the_export_is_of_the_cut(cut: RoughCut, services: FakeServices, qtbot: QtBot) -> None:
    view = cut.parent()
    services.make_exporter.answer = UsageError("no_plan", message("error-no-plan", id="j1"))
    cut.export.menu.actions()[0].trigger()
    qtbot.waitUntil(lambda: bool(services.make_exporter.looked))
    assert services.make_exporter.looked[0].planned is True
    qtbot.waitUntil(lambda: bool(view.findChildren(QFileDialog)))
    (dialog,) = view.findChildren(QFileDialog)
    assert Path(dialog.selectedFiles()[0]).name == "beach-rough-cut.otio"
    dialog.reject()
    cut.export.write("j1", "otio", Path("cut.otio"))
    qtbot.waitUntil(lambda: bool(services.make_exporter.written))
    assert services.make_exporter.written[0].planned is True


def test_words_follow_the_language(cut: RoughCut, services: FakeServices, qtbot: QtBot) -> None:
    services.settings.set("ui.language", "zh-CN")
    qtbot.waitUntil(lambda: cut.make.text() == "重新生成")
    assert "由 Ollama 上的 qwen2.5:14b 挑选。" in cut.words and "镜头 3：Reason 3" in cut.words
    assert "3 个镜头" in cut.words


def test_another_jobs_news_and_a_search(
    cut: RoughCut, services: FakeServices, open_view: Open, qtbot: QtBot
) -> None:
    services.plans.tell("j2", PlanState(plan=fakes.plan([5])))
    services.plans.tell("j1", PlanState(plan=fakes.plan([2, 1])))
    qtbot.waitUntil(lambda: order(cut) == (2, 1))
    view = cut.parent()
    assert isinstance(view, ScenesView)
    view.begin_search("boat", None)
    assert not cut.isVisible()


def test_one_that_is_being_made_is_shown_as_such(open_view: Open, services: FakeServices) -> None:
    services.plans.making.add("j1")
    assert open_view().cut.make.text() == "Cancel"


@given(st.lists(st.floats(0.04, 500), max_size=40), st.integers(0, 4000))
def test_clips_are_as_wide_as_they_are_long(seconds: list[float], room: int) -> None:
    shares = widths(seconds, room)
    assert len(shares) == len(seconds) and all(share >= 66 for share in shares)
    total = sum(shares) + 3 * max(0, len(shares) - 1)
    assert total <= max(room, len(seconds) * 66 + 3 * max(0, len(seconds) - 1))
    for one, other in itertools.pairwise(seconds):
        if one > other:
            assert shares[seconds.index(one)] >= shares[seconds.index(other)] - 1


def test_a_whole_line_is_filled() -> None:
    assert widths([1, 1, 2], 406) == [100, 100, 200]
    assert sum(widths([3.3, 4.2, 5.1, 0.1], 1000)) + 9 == 1000
