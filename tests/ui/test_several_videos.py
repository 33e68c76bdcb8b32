"""Several videos at work in the window and the tray, and one of them paused or put first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtGui import QAction
from pytestqt.qtbot import QtBot

from autocut_tray.core.jobs.job import JobState
from autocut_tray.core.jobs.store import HELD
from autocut_tray.ui.content import Content
from autocut_tray.ui.desktop import Desktop
from autocut_tray.ui.job_words import JobAction, Progress, job_words
from autocut_tray.ui.models.job_rows import HeaderRow, JobRow
from autocut_tray.ui.models.pace import Pace
from autocut_tray.ui.pages.analyse import AnalysePage
from autocut_tray.ui.progress_words import counted_jobs, progress_words
from autocut_tray.ui.tray import Tray
from tests.ui import fake_services as fakes
from tests.ui.fake_services import NOON_20, FakeServices

PAUSED = {"state": JobState.PAUSED, "held": True, "waiting_for": HELD}


@pytest.fixture
def page(content: Content) -> AnalysePage:
    content.open_page("analyse")
    shown = content.page("analyse")
    assert isinstance(shown, AnalysePage)
    return shown


def menu(page: AnalysePage, job_id: str) -> list[QAction]:
    shown = page.jobs.menu_for(job_id)
    shown.deleteLater()
    return shown.actions()


def test_the_speed_of_several_is_that_of_all_together() -> None:
    """Two that share the model take twice as long a scene, each; the machine is no slower for it."""
    pace = Pace()
    jobs = [fakes.describing(job_id) for job_id in ("j1", "j2")]
    assert pace.seconds_together(jobs) is None and pace.seconds_left_together(jobs) is None
    for done in range(5):
        for job_id in ("j1", "j2"):
            pace.note(fakes.describing(job_id, done=done), done * 4.0)
    jobs = [fakes.describing(job_id, done=4) for job_id in ("j1", "j2")]
    assert pace.seconds_per_scene("j1") == 4.0 and pace.seconds_together(jobs) == 2.0
    assert pace.seconds_left_together(jobs) == 24.0
    assert pace.seconds_left_together([*jobs, fakes.describing("j3")]) is None
    assert pace.seconds_left_together([]) is None


def test_one_line_on_all_that_run(desktop: Desktop) -> None:
    one, two = fakes.describing(done=3), fakes.describing("j2", done=4, planned=30)
    reading = fakes.job("j3", state=JobState.RUNNING)
    assert progress_words(desktop.ctx, counted_jobs([reading]), None) == ""
    assert progress_words(desktop.ctx, counted_jobs([one, reading]), None) == "clip.mp4, 3 of 10 scenes"
    both = counted_jobs([one, two, reading])
    assert progress_words(desktop.ctx, both, None) == "2 videos, 7 of 40 scenes"
    assert progress_words(desktop.ctx, both, 90.0).startswith("2 videos, 7 of 40 scenes, ")


def test_the_page_shows_each_of_them_and_the_strip_all(
    content: Content, page: AnalysePage, services: FakeServices, qtbot: QtBot
) -> None:
    for number in (1, 2, 3):
        services.jobs.put(fakes.describing(f"j{number}", done=number, created=NOON_20 + number))
    services.jobs.put(fakes.job("j4"))
    rows = page.jobs.rows
    qtbot.waitUntil(lambda: rows.rowCount() == 6)
    assert rows.row(rows.index(0)) == HeaderRow("running", 3)
    assert [rows.row(rows.index(n)) for n in (1, 2, 3)] == [
        JobRow("j1", True, False),
        JobRow("j2", False, False),
        JobRow("j3", False, True),
    ]
    content.open_page("overview")
    assert content.strip.progress == "3 videos, 6 of 30 scenes"


@pytest.fixture
def tray(desktop: Desktop) -> Iterator[Tray]:
    made = Tray()
    made.show()
    desktop.use_tray(made)
    yield made
    made.close()


def test_the_tray_counts_them(desktop: Desktop, services: FakeServices, tray: Tray, qtbot: QtBot) -> None:
    fakes.find_mid_machine(services)
    for number in (1, 2):
        services.jobs.put(fakes.describing(f"j{number}"))
    services.jobs.put(fakes.job("j3", **PAUSED))
    qtbot.waitUntil(lambda: len(desktop.book) == 3)
    tray.refresh()
    assert "2 videos, 6 of 20 scenes" in tray.tooltip
    assert desktop.book.active == 2, "what rests waits for nothing"


def test_what_the_menu_offers(page: AnalysePage, services: FakeServices, qtbot: QtBot) -> None:
    services.jobs.put(fakes.describing("run"))
    services.jobs.put(fakes.job("line"))
    services.jobs.put(fakes.job("rest", **PAUSED))
    services.jobs.put(fakes.failed("bad"))
    qtbot.waitUntil(lambda: len(page.shell.book) == 4)
    found = {
        job_id: [act.text() for act in menu(page, job_id) if act.text()]
        for job_id in ("run", "line", "rest", "bad")
    }
    lock = "Never send to the cloud"
    assert found["run"] == ["Open", "Cancel", "Pause this job", lock]
    assert found["line"] == ["Cancel", "Do this next", "Pause this job", lock]
    assert found["rest"] == ["Resume", "Cancel", "Do this next", lock]
    assert "Pause this job" not in found["bad"]


@pytest.mark.parametrize("action", [JobAction.PAUSE, JobAction.RESUME, JobAction.NEXT])
def test_the_acts_reach_the_line(
    page: AnalysePage, services: FakeServices, qtbot: QtBot, action: JobAction
) -> None:
    services.jobs.put(fakes.job("j1"))
    qtbot.waitUntil(lambda: not page.is_empty)
    page.act("j1", action)
    qtbot.waitUntil(lambda: services.jobs.calls == [(action.value, "j1")])


def test_a_paused_job_says_who_paused_it_and_can_go_on(desktop: Desktop) -> None:
    words = job_words(desktop.ctx, fakes.job(**PAUSED), Progress(None, None, None, NOON_20))
    assert words.lead == "Paused by you. It goes on where it stopped."
    assert words.actions == (JobAction.RESUME, JobAction.CANCEL)
    first = job_words(desktop.ctx, fakes.job(turn=2), Progress(None, None, None, NOON_20))
    assert first.lead == "Next in line"


def test_rows_stand_in_the_order_of_the_line(page: AnalysePage, services: FakeServices, qtbot: QtBot) -> None:
    options = fakes.job().options

    services.jobs.put(fakes.job("first", created=NOON_20 - 9))
    services.jobs.put(fakes.job("paused", created=NOON_20 - 10, **PAUSED))
    services.jobs.put(fakes.job("soon", created=NOON_20 - 5, options=replace(options, finish_by=2e9)))
    services.jobs.put(fakes.job("next", created=NOON_20 - 1, turn=1))
    rows = page.jobs.rows
    qtbot.waitUntil(lambda: rows.rowCount() == 5)
    shown = [rows.row(rows.index(number)) for number in range(1, 5)]
    assert [row.job_id for row in shown if isinstance(row, JobRow)] == ["next", "soon", "first", "paused"]
