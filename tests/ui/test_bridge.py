from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest
from PySide6.QtCore import QThread, QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from autocut_tray.core.events import EventBus
from autocut_tray.core.jobs.job import JobChanged, JobRemoved
from autocut_tray.ui.background import Background
from autocut_tray.ui.bridge import Bridge
from autocut_tray.ui.remembered import FILE, Memory, Remembered, read_memory
from tests.ui.fake_services import job


def test_events_of_all_threads_arrive_in_order_in_the_gui_thread(qtbot: QtBot) -> None:
    bus = EventBus()
    bridge = Bridge(bus)
    seen: list[tuple[str, bool]] = []
    here = QThread.currentThread()
    bridge.job_changed.connect(lambda event: seen.append((event.job.id, QThread.currentThread() is here)))
    threads = [
        threading.Thread(target=lambda t=t: [bus.publish(JobChanged(job(f"{t}-{n}"))) for n in range(200)])
        for t in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    qtbot.waitUntil(lambda: len(seen) == 600)
    assert all(in_gui for _id, in_gui in seen)
    for t in range(3):
        assert [i for i, _ in seen if i.startswith(f"{t}-")] == [f"{t}-{n}" for n in range(200)]
    bridge.close()


def test_kinds_keep_their_order_among_each_other(qtbot: QtBot) -> None:
    bus = EventBus()
    bridge = Bridge(bus)
    seen: list[str] = []
    bridge.job_changed.connect(lambda _event: seen.append("changed"))
    bridge.job_removed.connect(lambda _event: seen.append("removed"))
    for event in (JobChanged(job()), JobRemoved("j1"), JobChanged(job())):
        bus.publish(event)
    assert seen == []
    qtbot.waitUntil(lambda: seen == ["changed", "removed", "changed"])
    bridge.close()


def test_a_burst_lets_the_event_loop_turn(qtbot: QtBot) -> None:
    bus = EventBus()
    bridge = Bridge(bus)
    count, turns = [0], [0]

    def slow(_event: object) -> None:
        count[0] += 1
        sum(range(20_000))

    bridge.job_changed.connect(slow)
    timer = QTimer()
    timer.timeout.connect(lambda: turns.__setitem__(0, turns[0] + 1))
    timer.start(0)
    for n in range(500):
        bus.publish(JobChanged(job(str(n))))
    qtbot.waitUntil(lambda: count[0] == 500)
    assert turns[0] > 3
    timer.stop()
    bridge.close()


def test_a_slot_that_fails_costs_nobody_else_the_event(qtbot: QtBot) -> None:
    bus = EventBus()
    bridge = Bridge(bus)
    seen: list[str] = []

    def broken(event: JobChanged) -> None:
        if event.job.id == "bad":
            raise ValueError("broken slot")
        seen.append(event.job.id)

    bridge.job_changed.connect(broken)
    with qtbot.captureExceptions() as caught:
        for name in ("a", "bad", "b"):
            bus.publish(JobChanged(job(name)))
        qtbot.waitUntil(lambda: seen == ["a", "b"])
    assert len(caught) == 1
    bridge.close()


def test_nothing_arrives_after_close(qtbot: QtBot, qapp: QApplication) -> None:
    bus = EventBus()
    bridge = Bridge(bus)
    seen: list[object] = []
    bridge.job_changed.connect(seen.append)
    bus.publish(JobChanged(job()))
    bridge.close()
    bus.publish(JobChanged(job()))
    qapp.processEvents()
    assert seen == []


def test_background_work_answers_in_the_gui_thread(qtbot: QtBot) -> None:
    background = Background()
    answers: list[tuple[object, bool]] = []
    here = QThread.currentThread()
    background.run(lambda: 6 * 7, lambda result: answers.append((result, QThread.currentThread() is here)))
    background.run(lambda: 1 // 0, failed=lambda error: answers.append((type(error), True)))
    qtbot.waitUntil(lambda: len(answers) == 2)
    assert set(answers) == {(42, True), (ZeroDivisionError, True)}
    background.close()
    background.run(lambda: answers.append(("late", True)))
    assert len(answers) == 2


@pytest.mark.errors_expected
def test_background_work_that_fails_is_logged(qtbot: QtBot, caplog: pytest.LogCaptureFixture) -> None:
    background = Background()
    background.run(lambda: 1 // 0)
    qtbot.waitUntil(lambda: "Work of the window failed" in caplog.text)
    background.close()


class TestRemembered:
    def test_first_launch_then_not(self, tmp_path: Path) -> None:
        first = Remembered(tmp_path, lambda work: work())
        assert first.first_launch
        first.change(page="monitor", theme="light")
        again = Remembered(tmp_path, lambda work: work())
        assert not again.first_launch
        assert again.now == Memory(page="monitor", theme="light")

    @pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\x00" * 99, b'{"page": 3}', b"x" * 100_000])
    def test_a_damaged_file_is_as_good_as_an_empty_one(self, tmp_path: Path, content: bytes) -> None:
        (tmp_path / FILE).write_bytes(content)
        assert read_memory(tmp_path) == Memory()

    def test_a_file_of_an_earlier_version_keeps_the_place(self, tmp_path: Path) -> None:
        old = {
            "geometry": "AAAA",
            "page": "events",
            "close_hint_given": True,
            "theme": "dark",
            "hidden": True,
        }
        (tmp_path / FILE).write_text(json.dumps(old))
        assert read_memory(tmp_path) == Memory("AAAA", "events", True, "dark", True, dot=False)

    def test_no_change_writes_nothing(self, tmp_path: Path) -> None:
        remembered = Remembered(tmp_path, lambda work: work())
        remembered.change(page="overview")
        assert not (tmp_path / FILE).exists()
