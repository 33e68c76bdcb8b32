"""Pictures on screen: bounded, and given back when the guard asks, packed first where that is wanted."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from autocut_tray.core.memory.policies import shipped_policies
from autocut_tray.core.memory.tracker import ResourceTracker
from autocut_tray.core.release import ResourceKind
from autocut_tray.ui.background import Background
from autocut_tray.ui.thumbnails import Thumbnails
from tests.fakes import FakeClock

SIDE = (160, 90)
EACH = SIDE[0] * SIDE[1] * 4


class World:
    def __init__(self, folder: Path, qtbot: QtBot) -> None:
        self.qtbot = qtbot
        self.limit = 512
        self.tracker = ResourceTracker(shipped_policies, FakeClock())
        self.background = Background()
        self.thumbnails = Thumbnails(
            lambda name: folder / name, self.background, self.tracker, lambda: self.limit
        )
        for number in range(10):
            image = QImage(*SIDE, QImage.Format.Format_RGB32)
            image.fill(QColor(10 * number, 100, 200))
            assert image.save(str(folder / f"{number}.png"))

    def show(self, *numbers: int) -> None:
        for number in numbers:
            self.qtbot.waitUntil(lambda n=number: self.thumbnails.get(f"{n}.png", SIDE[0], 1.0) is not None)

    @property
    def tracked(self) -> int:
        (resource,) = self.tracker.find(kind=ResourceKind.RENDER_CACHE)
        assert resource.bytes == self.thumbnails.measure(), "the tracker knows what is held"
        return resource.bytes or 0


@pytest.fixture
def world(tmp_path: Path, qtbot: QtBot) -> Iterator[World]:
    made = World(tmp_path, qtbot)
    yield made
    made.background.close()


def test_what_is_shown_is_tracked_and_bounded(world: World) -> None:
    world.show(*range(10))
    assert world.tracked == 10 * EACH
    world.limit = 0
    world.thumbnails.get("0.png", 80, 1.0)
    world.qtbot.waitUntil(lambda: world.tracked == 0)


def test_half_is_kept_the_newest(world: World) -> None:
    world.show(*range(10))
    world.show(0)  # seen again: not the oldest any more
    world.thumbnails.release(50.0, compress=False)
    world.qtbot.waitUntil(lambda: world.tracked == 5 * EACH)
    kept = [n for n in range(10) if world.thumbnails.get(f"{n}.png", SIDE[0], 1.0) is not None]
    assert kept == [0, 6, 7, 8, 9]


def test_packed_first_so_that_nothing_is_lost(world: World) -> None:
    world.show(*range(10))
    world.thumbnails.release(50.0, compress=True)
    world.qtbot.waitUntil(lambda: world.tracked <= 5 * EACH)
    for number in range(10):
        picture = world.thumbnails.get(f"{number}.png", SIDE[0], 2.0 / 2.0)
        assert picture is not None and (picture.width(), picture.height()) == SIDE
        colour = picture.toImage().pixelColor(80, 45)
        assert abs(colour.red() - 10 * number) < 8 and abs(colour.blue() - 200) < 8
    assert world.tracked == 10 * EACH, "what is looked at is unpacked again"


def test_in_an_emergency_all_go_at_once(world: World) -> None:
    world.show(0, 1, 2)
    world.thumbnails.release(0.0, compress=True)
    world.qtbot.waitUntil(lambda: world.tracked == 0)
    world.show(1)
    assert world.tracked == EACH


def test_what_cannot_be_read_takes_nothing(world: World, tmp_path: Path) -> None:
    (tmp_path / "broken.png").write_bytes(b"not a picture")
    with world.qtbot.waitSignal(world.thumbnails.arrived):
        assert world.thumbnails.get("broken.png", SIDE[0], 1.0) is None
    assert world.tracked == 0
    world.thumbnails.release(50.0, compress=True)


def test_a_closed_window_leaves_nothing_behind(world: World) -> None:
    world.show(0)
    del world.thumbnails
    gc.collect()
    assert world.tracker.find() == []
    assert world.tracker.statistics().count == 0
