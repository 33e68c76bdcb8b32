"""Garbage may hold widgets, so no thread but that of the desktop collects any."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from autocut_tray.core import garbage
from autocut_tray.ui import garbage as ui_garbage
from autocut_tray.ui.background import Background
from autocut_tray.ui.garbage import GarbageRounds
from tests.test_garbage import Loop, make_garbage

ROOT = Path(__file__).parents[2]

WIDGETS = """
import sys, threading
from PySide6.QtWidgets import QApplication, QLabel, QListView, QVBoxLayout, QWidget
from autocut_tray.core import garbage
from autocut_tray.ui.garbage import GarbageRounds

app = QApplication([])
rounds = GarbageRounds()
over = threading.Event()

def collect():
    while not over.is_set():
        garbage.collect()
        for _ in range(2000):
            loop = []
            loop.append(loop)

thread = threading.Thread(target=collect)
thread.start()
for _ in range(120):
    window = QWidget()
    column = QVBoxLayout(window)
    for _ in range(5):
        column.addWidget(QLabel("x"))
    column.addWidget(QListView())
    window.itself = window, [column.itemAt(n) for n in range(6)]
    window.show()
    del window, column
    app.processEvents()
over.set()
while thread.is_alive():
    app.processEvents()
print("alive", len(app.topLevelWidgets()) < 60)
"""


@pytest.fixture
def rounds(qtbot: QtBot) -> Iterator[GarbageRounds]:
    made = GarbageRounds()
    yield made
    made.close()


def in_thread(work: object, qtbot: QtBot) -> None:
    thread = threading.Thread(target=work)  # type: ignore[arg-type]
    thread.start()
    qtbot.waitUntil(lambda: not thread.is_alive(), timeout=20_000)
    thread.join()


def test_another_thread_has_it_done_here(rounds: GarbageRounds, qtbot: QtBot) -> None:
    freed: list[int] = []
    found: list[int | None] = []

    def work() -> None:
        Loop(freed)
        make_garbage(5 * garbage.YOUNG)  # Python would have collected long before
        assert freed == []
        found.append(garbage.collect())

    in_thread(work, qtbot)
    assert freed == [threading.get_ident()]
    assert found[0] is not None and found[0] > garbage.YOUNG


def test_a_busy_window_does_it_later(
    rounds: GarbageRounds, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ui_garbage, "PATIENCE_SECONDS", 0.01)
    freed: list[int] = []
    found: list[int | None] = []
    Loop(freed)
    thread = threading.Thread(target=lambda: found.append(garbage.collect()))
    thread.start()
    thread.join()  # the event loop does not turn
    assert found == [None] and freed == []
    qtbot.waitUntil(lambda: freed == [threading.get_ident()])


def test_here_it_is_done_at_once(rounds: GarbageRounds) -> None:
    freed: list[int] = []
    Loop(freed)
    assert garbage.collect() is not None
    assert freed
    rounds.look()
    Loop(freed)
    make_garbage(2 * garbage.YOUNG)
    rounds.look()
    assert len(freed) == 2


def test_what_the_start_made_is_not_looked_at_again(qtbot: QtBot) -> None:
    rounds = GarbageRounds()
    assert gc.get_freeze_count() == 0
    rounds.look()
    settled = gc.get_freeze_count()
    assert settled > 10_000
    make_garbage(2 * garbage.YOUNG)
    rounds.look()
    assert gc.get_freeze_count() <= settled
    rounds.close()
    assert gc.get_freeze_count() == 0


def test_widgets_among_the_garbage_do_not_crash_the_program() -> None:
    done = subprocess.run(
        [sys.executable, "-X", "faulthandler", "-c", WIDGETS],
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (0, "alive True\n"), done.stderr


@pytest.mark.parametrize("fails", [False, True])
def test_what_work_holds_is_let_go_here(fails: bool, qtbot: QtBot) -> None:
    class Held:
        def __del__(self) -> None:
            freed.append(threading.get_ident())

    freed: list[int] = []
    background = Background()
    answered: list[bool] = []

    def ask() -> None:
        held = Held()

        def work() -> object:
            if fails:
                raise ValueError(held)
            return held

        background.run(
            work,
            lambda result: answered.append(result is held),
            lambda error: answered.append(held in error.args),
        )

    for _ in range(50):
        ask()
    qtbot.waitUntil(lambda: len(answered) == 50)
    background.close()
    gc.collect()
    assert answered == [True] * 50
    assert freed == [threading.get_ident()] * 50


def test_what_is_dropped_at_the_end_is_let_go_here(qtbot: QtBot) -> None:
    class Held:
        def __del__(self) -> None:
            freed.append(threading.get_ident())

    freed: list[int] = []
    background = Background()
    gate = threading.Event()

    def ask() -> None:
        held = Held()
        background.run(lambda: (gate.wait(20), held), lambda _result: held)

    for _ in range(6):
        ask()
    gate.set()
    background.close()
    gc.collect()
    assert freed == [threading.get_ident()] * 6
