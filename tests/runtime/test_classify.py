"""The class of a machine, at its boundaries."""

from __future__ import annotations

from dataclasses import replace

import pytest

from autocut_tray.core.runtime.profile import (
    GpuKind,
    Model,
    ModelServer,
    ProfileClass,
    classify,
    models_are_remote,
    whole_gib,
)
from tests.runtime.profiles import RTX_4060, UHD_770

HIGH, MID, LOW = ProfileClass.LOCAL_GPU_HIGH, ProfileClass.LOCAL_GPU_MID, ProfileClass.LOCAL_GPU_LOW
CPU, HYBRID = ProfileClass.LOCAL_CPU_ONLY, ProfileClass.CLOUD_HYBRID


@pytest.mark.parametrize(
    ("gib", "expected"),
    [
        (139.0, HIGH),
        (16.0, HIGH),
        (15.99, HIGH),
        (15.5, HIGH),
        (15.4, MID),
        (8.0, MID),
        (7.99, MID),
        (7.5, MID),
        (7.4, LOW),
        (4.0, LOW),
        (3.9, LOW),
        (3.5, LOW),
        (3.4, CPU),
        (0.5, CPU),
        (None, CPU),
    ],
)
def test_by_the_memory_of_the_card(gib: float | None, expected: ProfileClass) -> None:
    card = replace(RTX_4060, vram_total_mib=None if gib is None else int(gib * 1024))
    assert classify((card,)) is expected
    assert classify((UHD_770, card)) is expected


def test_what_is_not_discrete_does_not_count() -> None:
    for kind in (GpuKind.INTEGRATED, GpuKind.UNIFIED, None):
        assert classify((replace(RTX_4060, kind=kind, vram_total_mib=32768),)) is CPU
    assert classify(()) is CPU


def test_the_largest_of_several_cards_counts() -> None:
    small = replace(RTX_4060, vram_total_mib=4096)
    assert classify((small, replace(RTX_4060, vram_total_mib=24564))) is HIGH
    assert classify((small, replace(RTX_4060, vram_total_mib=None))) is LOW


def test_choice_and_remote_models_come_first() -> None:
    assert classify((RTX_4060,), chosen_by_person=True) is HYBRID
    assert classify((RTX_4060,), models_remote=True) is HYBRID


@pytest.mark.parametrize(
    ("mib", "whole"), [(None, None), (16376, 16), (8188, 8), (6141, 6), (3583, 3), (3584, 4)]
)
def test_the_figure_on_the_box(mib: int | None, whole: int | None) -> None:
    assert whole_gib(mib) == whole


def test_where_the_models_live() -> None:
    here = ModelServer(True, True, "http://127.0.0.1:11434", False, None, (Model("moondream"),))
    empty = replace(here, models=(Model("big:cloud", cloud=True),))
    away = replace(here, host="http://10.0.0.5:11434", remote=True)
    down = replace(away, reachable=False, models=())
    assert models_are_remote((away, empty))
    assert models_are_remote((away, replace(empty, reachable=False, models=())))
    assert not models_are_remote((away, here))
    assert not models_are_remote((down, empty))
    assert not models_are_remote((here, empty))
