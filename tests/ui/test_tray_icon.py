from __future__ import annotations

import itertools

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from autocut_tray.ui.tray_icon import SIZES, IconState, panel_is_dark, ring_of, tray_icon, tray_pixmap

TIERS = ("GPU", "CPU", "CLOUD", "PAUSED", None)
pytestmark = pytest.mark.usefixtures("qapp")


def pixels(state: IconState, size: int = 16) -> bytes:
    image = tray_pixmap(state, size).toImage()
    return bytes(image.constBits())  # of the image, which has to outlive them


@pytest.mark.parametrize("size", [16, 22, 64])
@pytest.mark.parametrize("dark", [True, False])
def test_every_state_looks_different(size: int, dark: bool) -> None:
    states = [
        IconState(tier, health, 10, job, dark)
        for tier, health, job in itertools.product(TIERS, ("ok", "warn", "crit"), (False, True))
    ]
    assert len({pixels(state, size) for state in states}) == len(states)


def test_shape_alone_tells_tiers_and_health_apart() -> None:
    """In grey, as for those who see no colours."""

    def grey(state: IconState) -> bytes:
        image = tray_pixmap(state, 32).toImage()
        return bytes(image.convertToFormat(image.Format.Format_Alpha8).constBits())

    states = [IconState(tier, health, 32) for tier in TIERS[:4] for health in ("ok", "warn", "crit")]
    assert len({grey(state) for state in states if state.health != "crit"}) == 8
    assert grey(IconState("GPU", "crit")) != grey(IconState("GPU", "warn", 32))


def test_dot_style_has_a_shape_for_each_health() -> None:
    shapes = {pixels(IconState("GPU", health, dot=True), 22) for health in ("ok", "warn", "crit")}
    assert len(shapes) == 3


def test_ring_moves_in_steps() -> None:
    assert [ring_of(p) for p in (None, 0.0, 0.9, 50.0, 100.0, 140.0)] == [None, 0, 0, 16, 32, 32]
    assert pixels(IconState("GPU", ring=4)) != pixels(IconState("GPU", ring=5))


def test_icon_has_every_size_that_panels_ask_for() -> None:
    icon = tray_icon(IconState("GPU"))
    assert sorted(size.width() for size in icon.availableSizes()) == sorted(SIZES)


def test_panel_follows_the_scheme_but_for_gnome() -> None:
    dark, light, unknown = Qt.ColorScheme.Dark, Qt.ColorScheme.Light, Qt.ColorScheme.Unknown
    assert panel_is_dark(dark, {}, "linux")
    assert not panel_is_dark(light, {}, "linux")
    assert panel_is_dark(unknown, {}, "linux")
    assert panel_is_dark(light, {"XDG_CURRENT_DESKTOP": "ubuntu:GNOME"}, "linux")


def test_icon_is_drawn_without_an_application_window(qapp: QApplication) -> None:
    assert not tray_pixmap(IconState("GPU"), 16).isNull()
