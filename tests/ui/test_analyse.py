from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QPixmap
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMessageBox
from pytestqt.qtbot import QtBot

from autocut_tray.core.errors import UsageError
from autocut_tray.core.footage import Sound, SoundProblem
from autocut_tray.core.jobs.job import JobOptions, JobState, Phase, ScenePicture, SceneStatus, lower_tier
from autocut_tray.core.jobs.more import More
from autocut_tray.core.messages import message
from autocut_tray.core.picture_quality import PictureQuality
from autocut_tray.core.policy.governor_types import Tier
from autocut_tray.core.policy.picture_limits import Fewer
from autocut_tray.ui.content import Content
from autocut_tray.ui.desktop import Desktop
from autocut_tray.ui.job_words import JobAction, Progress, job_words
from autocut_tray.ui.models.job_rows import HeaderRow, JobRow, MoreRow
from autocut_tray.ui.models.pace import Pace
from autocut_tray.ui.models.scene_rows import SceneRow, SceneRows, matches
from autocut_tray.ui.pages.analyse import AnalysePage
from autocut_tray.ui.widgets.scene_delegate import GAP
from autocut_tray.ui.widgets.scene_edit import SceneEdit
from tests.ui import fake_services as fakes
from tests.ui.fake_services import NOON_20, FakeServices


@pytest.fixture
def page(content: Content, services: FakeServices) -> AnalysePage:
    fakes.find_mid_machine(services)
    services.controller.become(fakes.RUNNING)
    content.open_page("analyse")
    found = content.page("analyse")
    assert isinstance(found, AnalysePage)
    return found


def line(desktop: Desktop, job: object, **known: object) -> str:
    progress = Progress(Tier.GPU, None, None, NOON_20)
    words = job_words(desktop.ctx, job, replace(progress, **known))  # type: ignore[arg-type,type-var]
    return words.line.replace("\u00a0", " ")


class TestWords:
    def test_describing_without_a_speed_promises_no_time(self, desktop: Desktop) -> None:
        text = line(desktop, fakes.describing(done=2, planned=10))
        assert text == "Describing on GPU · 2 of 10 scenes · time left is known after three scenes"

    def test_describing_with_a_measured_speed(self, desktop: Desktop) -> None:
        text = line(desktop, fakes.describing(done=118, planned=286), pace=0.8, left=134.4)
        assert text == (
            "Describing on GPU · 118 of 286 scenes · 0.8 s a scene · 2 min 15 s left · done at about 14:22"
        )

    def test_scanning_shows_what_is_measured_only(self, desktop: Desktop) -> None:
        scanning = fakes.job(
            state=JobState.RUNNING, phase=Phase.SCANNING, video=fakes.video(duration=1860), scanned=555.0
        )
        words = job_words(desktop.ctx, scanning, Progress(None, None, None, NOON_20))
        assert "Finding scenes: 9 of 31" in words.line
        assert words.share == pytest.approx(555 / 1860)
        assert words.bar == "text3"
        unknown = replace(scanning, video=None)
        assert job_words(desktop.ctx, unknown, Progress(None, None, None, NOON_20)).share is None

    def test_waiting_says_for_what(self, desktop: Desktop) -> None:
        waiting = fakes.job(state=JobState.PAUSED, waiting_for=message("waiting-throttled"))
        assert line(desktop, waiting) == "The server asked to wait."
        assert line(desktop, fakes.job()) == "In line"

    def test_failed_says_what_and_what_to_do(self, desktop: Desktop) -> None:
        words = job_words(desktop.ctx, fakes.failed(), Progress(None, None, None, NOON_20))
        assert words.lead == "Cannot be read after 00:03:12."
        assert words.rest == ("The copy is probably incomplete: copy it again, then retry.",)
        assert words.actions == (JobAction.RETRY, JobAction.DETAILS, JobAction.REMOVE)

    def test_done(self, desktop: Desktop) -> None:
        done = fakes.job(
            state=JobState.DONE, scenes_found=14, scenes_planned=10, scenes_done=10, updated=NOON_20 - 1680
        )
        assert line(desktop, done) == "Done at 13:52 · 14 scenes · 10 described"


class TestPace:
    def test_needs_three_scenes(self) -> None:
        pace = Pace()
        for done in range(3):
            pace.note(fakes.describing(done=done), done * 0.5)
        assert pace.seconds_per_scene("j1") is None
        pace.note(fakes.describing(done=3), 1.5)
        assert pace.seconds_per_scene("j1") == 0.5
        assert pace.seconds_left(fakes.describing(done=3, planned=10)) == 3.5

    def test_looks_at_the_last_twenty(self) -> None:
        pace = Pace()
        now = 0.0
        for done in range(60):
            pace.note(fakes.describing(done=done, planned=100), now)
            now += 10.0 if done < 30 else 1.0
        assert pace.seconds_per_scene("j1") == 1.0

    def test_a_pause_starts_afresh(self) -> None:
        pace = Pace()
        for done in range(5):
            pace.note(fakes.describing(done=done), float(done))
        pace.note(fakes.job(state=JobState.PAUSED), 100.0)
        assert pace.seconds_per_scene("j1") is None


class TestList:
    def test_empty_until_there_is_a_job_and_again_after_the_last(
        self, page: AnalysePage, services: FakeServices, qtbot: QtBot
    ) -> None:
        assert page.is_empty
        services.jobs.put(fakes.job())
        qtbot.waitUntil(lambda: not page.is_empty)
        services.jobs.remove("j1")
        qtbot.waitUntil(lambda: page.is_empty)

    def test_groups_and_order(self, page: AnalysePage, services: FakeServices, qtbot: QtBot) -> None:
        services.jobs.put(fakes.describing("run"))
        services.jobs.put(fakes.job("second", created=2.0))
        services.jobs.put(fakes.job("first", created=1.0))
        services.jobs.put(fakes.failed("old", updated=1.0))
        services.jobs.put(fakes.failed("new", updated=2.0))
        qtbot.waitUntil(lambda: page.jobs.rows.rowCount() == 8)
        rows = [page.jobs.rows.row(page.jobs.rows.index(n)) for n in range(8)]
        assert rows == [
            HeaderRow("running", 1),
            JobRow("run", True, True),
            HeaderRow("waiting", 2),
            JobRow("first", True, False),
            JobRow("second", False, True),
            HeaderRow("finished", 2),
            JobRow("new", True, False),
            JobRow("old", False, True),
        ]

    def test_groups_are_bounded_and_the_rest_is_offered(
        self, page: AnalysePage, services: FakeServices, qtbot: QtBot
    ) -> None:
        for n in range(450):
            services.jobs.put(fakes.job(f"j{n}", created=float(n)))
        qtbot.waitUntil(lambda: len(page.shell.book) == 450)
        page.shell.book.settle()
        rows = page.jobs.rows
        assert rows.rowCount() == 202
        assert rows.row(rows.index(201)) == MoreRow("waiting", 250)
        rows.show_more("waiting")
        assert rows.row(rows.index(401)) == MoreRow("waiting", 50)

    def test_progress_comes_through_the_bus(
        self, page: AnalysePage, services: FakeServices, qtbot: QtBot
    ) -> None:
        services.jobs.put(fakes.describing(done=1))
        qtbot.waitUntil(lambda: not page.is_empty)
        for done in range(2, 8):
            services.clock.advance(0.8)
            services.jobs.put(fakes.describing(done=done, updated=NOON_20 + done))
            qtbot.waitUntil(lambda done=done: page.shell.book.get("j1").scenes_done == done)
            page.shell.book.settle()
        job = page.shell.book.get("j1")
        assert job is not None
        words = page.words(job)
        assert words.share == 0.7
        assert "0.8\u00a0s a scene" in words.rest

    @pytest.mark.parametrize(
        ("action", "call"),
        [(JobAction.RETRY, ("retry", "j9")), (JobAction.REMOVE, ("remove", "j9"))],
    )
    def test_buttons_of_a_row(
        self,
        page: AnalysePage,
        services: FakeServices,
        qtbot: QtBot,
        action: JobAction,
        call: tuple[str, str],
    ) -> None:
        services.jobs.put(fakes.failed())
        qtbot.waitUntil(lambda: page.jobs.action_center("j9", action) is not None)
        qtbot.mouseClick(
            page.jobs.viewport(), Qt.MouseButton.LeftButton, pos=page.jobs.action_center("j9", action)
        )
        qtbot.waitUntil(lambda: services.jobs.calls == [call])

    def test_keys_of_a_row(self, page: AnalysePage, services: FakeServices, qtbot: QtBot) -> None:
        services.jobs.put(fakes.describing(), [fakes.scene(1)])
        qtbot.waitUntil(lambda: page.jobs.rows.index_of("j1").isValid())
        qtbot.keyClick(page.jobs, Qt.Key.Key_Delete)
        qtbot.waitUntil(lambda: services.jobs.calls == [("cancel", "j1")])
        qtbot.keyClick(page.jobs, Qt.Key.Key_Return)
        assert page.open_job == "j1"

    def test_context_menu_offers_the_same_acts(
        self, page: AnalysePage, services: FakeServices, qtbot: QtBot
    ) -> None:
        services.jobs.put(fakes.failed())
        qtbot.waitUntil(lambda: not page.is_empty)
        menu = page.jobs.menu_for("j9")
        acts = ["Retry", "Details", "Remove from the list", "", "Never send to the cloud"]
        assert [entry.text() for entry in menu.actions()] == acts
        menu.close()
        menu.deleteLater()

    def test_one_job_is_kept_from_the_cloud_and_let_go_again(
        self, page: AnalysePage, services: FakeServices, qtbot: QtBot
    ) -> None:
        services.jobs.put(fakes.job("j2"))
        qtbot.waitUntil(lambda: not page.is_empty)
        for never in (True, False):
            menu = page.jobs.menu_for("j2")
            lock = menu.actions()[-1]
            assert lock.isCheckable() and lock.isChecked() is not never
            lock.trigger()
            menu.close()
            menu.deleteLater()
            book = page.shell.book
            qtbot.waitUntil(lambda book=book, never=never: book.get("j2").options.never_cloud is never)

    def test_a_job_that_is_done_has_nothing_left_to_send(
        self, page: AnalysePage, services: FakeServices, qtbot: QtBot
    ) -> None:
        services.jobs.put(fakes.job("j2", state=JobState.DONE, scenes_found=2))
        qtbot.waitUntil(lambda: not page.is_empty)
        menu = page.jobs.menu_for("j2")
        assert [entry.text() for entry in menu.actions()] == ["Open", "Remove from the list"]
        menu.close()
        menu.deleteLater()

    def test_details_fold_out(self, page: AnalysePage, services: FakeServices, qtbot: QtBot) -> None:
        services.jobs.put(fakes.failed())
        qtbot.waitUntil(lambda: page.jobs.rows.index_of("j9").isValid())
        index = page.jobs.rows.index_of("j9")
        closed = page.jobs.sizeHintForIndex(index).height()
        page.act("j9", JobAction.DETAILS)
        assert page.jobs.sizeHintForIndex(index).height() > closed
        page.act("j9", JobAction.DETAILS)
        assert page.jobs.sizeHintForIndex(index).height() == closed

    @pytest.mark.parametrize("yes", [True, False])
    def test_descriptions_are_not_thrown_away_without_asking(
        self, page: AnalysePage, services: FakeServices, qtbot: QtBot, yes: bool
    ) -> None:
        services.jobs.put(fakes.job(state=JobState.DONE, scenes_found=3, scenes_done=3))
        qtbot.waitUntil(lambda: not page.is_empty)
        page.act("j1", JobAction.REMOVE)
        box = page.findChild(QMessageBox)
        assert box is not None and "clip.mp4" in box.text()
        role = QMessageBox.ButtonRole.AcceptRole if yes else QMessageBox.ButtonRole.RejectRole
        next(button for button in box.buttons() if box.buttonRole(button) is role).click()
        if yes:
            qtbot.waitUntil(lambda: services.jobs.calls == [("remove", "j1")])
        assert services.jobs.calls == ([("remove", "j1")] if yes else [])

    def test_an_act_that_is_refused_is_said(
        self, page: AnalysePage, services: FakeServices, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(_job_id: str) -> None:
            raise UsageError("job_running", message("error-job-running"))

        services.jobs.put(fakes.failed())
        monkeypatch.setattr(services.jobs, "retry", refuse)
        page.act("j9", JobAction.RETRY)
        qtbot.waitUntil(lambda: page.shell.notice_words == "This job is running. Cancel it first.")

    def test_names_are_shown_literally(self, desktop: Desktop) -> None:
        hostile = fakes.job(path="/f/<img src=x onerror=y>.mp4", options=JobOptions("en", never_cloud=True))
        words = job_words(desktop.ctx, hostile, Progress(None, None, None, NOON_20))
        assert words.name == "<img src=x onerror=y>.mp4"
        assert words.never_cloud


class TestScenes:
    def open(self, page: AnalysePage, services: FakeServices, qtbot: QtBot, *records: object) -> None:
        services.jobs.put(fakes.describing("j1", 2, 4), records)  # type: ignore[arg-type]
        qtbot.waitUntil(lambda: page.shell.book.get("j1") is not None)
        page.open_scenes("j1")
        qtbot.waitUntil(lambda: page.scenes.grid.scenes.rowCount() == len(records))

    def test_scenes_appear_and_get_their_words_through_the_bus(
        self, page: AnalysePage, services: FakeServices, qtbot: QtBot
    ) -> None:
        self.open(page, services, qtbot, fakes.scene(1), fakes.scene(3, None))
        scenes = page.scenes.grid.scenes
        services.jobs.put_scene("j1", fakes.scene(2, None))
        qtbot.waitUntil(lambda: scenes.rowCount() == 3)
        assert [row.record.scene.id for row in scenes.shown] == [1, 2, 3]
        services.jobs.put_scene("j1", fakes.scene(3, "A red door opens"))
        qtbot.waitUntil(lambda: scenes.shown[2].record.status is SceneStatus.DESCRIBED)
        services.jobs.put_scene("other", fakes.scene(4))
        services.jobs.put_scene("j1", fakes.scene(4))
        qtbot.waitUntil(lambda: scenes.rowCount() == 4)
        assert {row.job_id for row in scenes.shown} == {"j1"}

    def test_detail_follows_the_selection_and_its_changes(
        self, page: AnalysePage, services: FakeServices, qtbot: QtBot
    ) -> None:
        self.open(page, services, qtbot, fakes.scene(1, "One"), fakes.scene(2, None))
        detail = page.scenes.detail
        assert detail.summary == "One"
        page.scenes.grid.setCurrentIndex(page.scenes.grid.scenes.index(1))
        assert detail.summary == "Waits for its description."
        services.jobs.put_scene("j1", fakes.scene(2, "Two"))
        qtbot.waitUntil(lambda: detail.summary == "Two")

    def test_search_in_descriptions_and_tags(
        self, page: AnalysePage, services: FakeServices, qtbot: QtBot
    ) -> None:
        boat, dance = fakes.scene(1), fakes.scene(2, "First dance", tags=("Backlit",))
        self.open(page, services, qtbot, boat, dance)
        scenes = page.scenes.grid.scenes
        page.scenes.search.setText("backlit dance")
        qtbot.waitUntil(lambda: scenes.rowCount() == 1)
        services.jobs.put_scene("j1", fakes.scene(3, "Nothing like it"))
        qtbot.waitUntil(lambda: scenes.total == 3)
        assert scenes.rowCount() == 1
        page.scenes.search.clear()
        assert scenes.rowCount() == 3

    def test_sound_and_subtitles_are_shown_and_searched(
        self, page: AnalysePage, services: FakeServices, qtbot: QtBot
    ) -> None:
        said = replace(
            fakes.scene(1, None),
            sound=Sound(-23.44, 0.12, 0.82),
            subtitles="Look over there,\nthe boat is coming",
        )
        broken = replace(fakes.scene(2, "Two"), sound=SoundProblem.DAMAGED)
        self.open(page, services, qtbot, said, broken, fakes.scene(3, "Three"))
        detail, scenes = page.scenes.detail, page.scenes.grid.scenes
        assert detail.rows == {
            "Loudness": "−23.4\u00a0LUFS, 82\u00a0% like speech, 12\u00a0% silent",
            "Subtitle": "“Look over there, the boat is coming”",
        }
        page.scenes.grid.setCurrentIndex(scenes.index(1))
        assert detail.rows["Loudness"] == "The sound is not measured: it is damaged."
        page.scenes.grid.setCurrentIndex(scenes.index(2))
        assert "Loudness" not in detail.rows and "Subtitle" not in detail.rows
        page.scenes.search.setText("BOAT coming")
        qtbot.waitUntil(lambda: [row.record.scene.id for row in scenes.shown] == [1])

    def test_pictures_of_a_long_scene(self, page: AnalysePage, services: FakeServices, qtbot: QtBot) -> None:
        long = fakes.scene(1, "A pan over the harbour", length=40.0, thumbnail="boat.jpg")
        assert long.described_by is not None
        long = replace(
            long,
            further=(ScenePicture(2.0, "coast.jpg"), ScenePicture(35.0, "city.jpg")),
            described_by=replace(long.described_by, fewer=Fewer.MODEL),
        )
        self.open(page, services, qtbot, long, fakes.scene(2, "Two"))
        detail, grid = page.scenes.detail, page.scenes.grid
        assert detail.rows["Pictures"] == "From 1 of 3 pictures: Moondream 2 looks at one at a time"
        shown: list[str] = []
        detail.strip.shown.connect(shown.append)
        assert detail.strip.isVisible() and "2 of 3" in detail.strip.accessibleDescription()
        for key in (Qt.Key.Key_Left, Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Right):
            QTest.keyClick(detail.strip, key)
        assert shown == ["coast.jpg", "boat.jpg", "city.jpg"]
        assert detail.strip.accessibleDescription().startswith("Picture 3 of 3")
        QTest.mouseMove(detail.strip, QPoint(10, 10))
        qtbot.waitUntil(lambda: shown[-1] == "coast.jpg")
        grid.setCurrentIndex(grid.scenes.index(1))
        assert not detail.strip.isVisible() and "Pictures" not in detail.rows

    def test_the_mouse_leafs_through_a_long_scene(
        self, page: AnalysePage, services: FakeServices, qtbot: QtBot
    ) -> None:
        asked: list[str] = []
        get = page.thumbnails.get

        def ask(name: str, width: int, ratio: float) -> QPixmap | None:
            asked.append(name)
            return get(name, width, ratio)

        page.thumbnails.get = ask  # type: ignore[method-assign]
        long = fakes.scene(1, thumbnail="boat.jpg")
        long = replace(long, further=(ScenePicture(0.5, "coast.jpg"), ScenePicture(4.5, "city.jpg")))
        self.open(page, services, qtbot, long)
        page.scenes.detail.strip.hide()
        grid = page.scenes.grid
        card = grid.visualRect(grid.scenes.index(0))
        for part, name in ((0.1, "coast.jpg"), (0.45, "boat.jpg"), (0.9, "city.jpg")):
            asked.clear()
            point = QPoint(card.left() + round(part * (card.width() - GAP)), card.top() + 20)
            QTest.mouseMove(grid.viewport(), point)
            qtbot.waitUntil(lambda wanted=name: wanted in asked)
        asked.clear()
        QApplication.sendEvent(grid, QEvent(QEvent.Type.Leave))
        qtbot.waitUntil(lambda: "boat.jpg" in asked)
        grid.viewport().repaint()
        assert set(asked) == {"boat.jpg"}

    def test_search_over_all_jobs(self, page: AnalysePage, services: FakeServices, qtbot: QtBot) -> None:
        services.jobs.put(fakes.describing("j1"), [fakes.scene(1)])
        services.jobs.put(fakes.describing("j2", path="/f/b.mov"), [fakes.scene(1, "Two rings, macro")])
        qtbot.waitUntil(lambda: len(page.shell.book) == 2)
        page.search.setText("RINGS")
        scenes = page.scenes.grid.scenes
        qtbot.waitUntil(lambda: [row.clip for row in scenes.shown] == ["b.mov"])
        assert page.scenes.isVisible()
        page.scenes.left.emit()
        assert page.search.text() == ""
        assert page.jobs.isVisible()

    def test_scenes_of_a_lower_tier_are_counted_as_debt(
        self, page: AnalysePage, services: FakeServices, qtbot: QtBot
    ) -> None:
        self.open(page, services, qtbot, fakes.scene(1, tier=Tier.CPU), fakes.scene(2))
        assert page.scenes.debt == "1 described on a lower tier"
        assert lower_tier(Tier.CPU, Tier.GPU) and not lower_tier(Tier.GPU, Tier.CPU)

    def test_debt_and_the_rest_can_be_described(
        self, page: AnalysePage, services: FakeServices, qtbot: QtBot
    ) -> None:
        left_out = fakes.scene(3, None, status=SceneStatus.LEFT_OUT)
        self.open(page, services, qtbot, fakes.scene(1, tier=Tier.CPU), fakes.scene(2), left_out)
        assert page.scenes.again.isVisible() and page.scenes.rest.text() == "Describe 1 more"
        page.scenes.again.click()
        page.scenes.rest.click()
        wanted = [("j1", More(lower=True, base=Tier.GPU)), ("j1", More(rest=True))]
        qtbot.waitUntil(lambda: services.jobs.more == wanted)

    def test_without_debt_or_rest_there_are_no_buttons(
        self, page: AnalysePage, services: FakeServices, qtbot: QtBot
    ) -> None:
        known = fakes.scene(1, tier=Tier.CPU)
        assert known.described_by is not None
        chosen = replace(known, described_by=replace(known.described_by, degraded=False))
        self.open(page, services, qtbot, chosen, fakes.scene(2))
        assert page.scenes.debt == ""
        assert not page.scenes.again.isVisible() and not page.scenes.rest.isVisible()

    def test_a_time_limit_for_all_that_is_in_line(
        self, page: AnalysePage, services: FakeServices, qtbot: QtBot
    ) -> None:
        page.finish_menu.refill()
        actions = [action for action in page.finish_menu.actions() if not action.isSeparator()]
        assert actions[0].text().startswith("Finish by ") and actions[0].text().endswith(":00")
        assert actions[-1].text() == "No time limit"
        actions[0].trigger()
        actions[-1].trigger()
        qtbot.waitUntil(lambda: len(services.jobs.finish) == 2)
        first, none = services.jobs.finish
        assert none is None and first is not None
        assert 20 * 60 <= first - services.clock.time() <= 81 * 60

    def test_a_description_is_edited(self, page: AnalysePage, services: FakeServices, qtbot: QtBot) -> None:
        self.open(page, services, qtbot, replace(fakes.scene(1), edited=("summary",)))
        assert page.scenes.detail.rows["Described"].endswith("edited by hand")
        page.scenes.detail.edit.click()
        dialog = page.scenes.detail.findChild(SceneEdit)
        assert dialog is not None
        assert dialog.tags.text() == "boat, sunset"
        dialog.summary.setPlainText(" ")
        assert not dialog.save.isEnabled()
        dialog.summary.setPlainText("Anna waves")
        dialog.save.click()
        changes = {"summary": "Anna waves", "tags": "boat, sunset"}
        qtbot.waitUntil(lambda: services.jobs.edits == [("j1", 1, changes)])
        qtbot.waitUntil(lambda: page.scenes.detail.findChild(SceneEdit) is None)

    def test_a_scene_without_a_description_shows_what_was_measured(
        self, page: AnalysePage, services: FakeServices, qtbot: QtBot
    ) -> None:
        dark = replace(fakes.scene(1, None), picture=PictureQuality(0.9, 0.1, 0.2, 0.0))
        self.open(page, services, qtbot, dark)
        assert page.scenes.detail.rows["Quality"] == "blurred, too dark"
        assert not page.scenes.detail.edit.isVisible()

    def test_removing_the_open_job_goes_back(
        self, page: AnalysePage, services: FakeServices, qtbot: QtBot
    ) -> None:
        self.open(page, services, qtbot, fakes.scene(1))
        services.jobs.remove("j1")
        qtbot.waitUntil(lambda: page.is_empty)

    def test_cards_fill_the_width(self, page: AnalysePage, services: FakeServices, qtbot: QtBot) -> None:
        self.open(page, services, qtbot, *(fakes.scene(n) for n in range(1, 8)))
        grid = page.scenes.grid
        width = grid.viewport().width()
        rects = [grid.visualRect(grid.scenes.index(n)) for n in range(7)]
        columns = len({rect.left() for rect in rects})
        assert columns >= 2
        assert width - 16 <= max(rect.right() for rect in rects) + 1 <= width

    def test_model_keeps_scenes_in_order(self) -> None:
        scenes = SceneRows()
        for number in (5, 1, 3):
            scenes.put(SceneRow("j", "c", fakes.scene(number)))
        assert [row.record.scene.id for row in scenes.shown] == [1, 3, 5]
        assert not matches(SceneRow("j", "c", fakes.scene(1, None)), "boat")
