"""Loudness by the standard, against FFmpeg's own meter."""

from __future__ import annotations

import numpy as np
import pytest

from autocut_tray.core.media import worker_loudness as loudness
from tests.media.heard import RATE, Sound, joined, music, noise, reference_loudness, silence, tone

NAMES = {1: ("FC",), 2: ("FL", "FR"), 6: ("FL", "FR", "FC", "LFE", "BL", "BR")}


def measured(sound: Sound) -> float | None:
    whole = sound[:, : sound.shape[1] // loudness.HOP * loudness.HOP]
    around = np.pad(whole, ((0, 0), (loudness.EDGE, loudness.EDGE)))
    power = loudness.powers(around, loudness.weights(NAMES[len(sound)]))
    return loudness.integrated(np.arange(len(power)) * loudness.HOP / RATE, power)


SOUNDS = {
    **{f"tone {hertz}": tone(4, hertz) for hertz in (40, 60, 100, 440, 997, 2000, 5000, 12_000, 18_000)},
    "tone in two channels": tone(4, channels=2),
    "noise": noise(4),
    "noise in two channels": noise(4, channels=2),
    "noise all around": noise(4, channels=6),
    "music": music(6),
    "loud and quiet by turns": joined(*(noise(1, level, seed=n) for n, level in enumerate((0.1, 0.001) * 3))),
    "clicks": np.tile(np.eye(1, 7919, dtype=np.float32), 25),
}


@pytest.mark.parametrize("name", SOUNDS)
def test_as_ffmpeg_measures_it(name: str) -> None:
    ours = measured(SOUNDS[name])
    assert ours == pytest.approx(reference_loudness(SOUNDS[name]), abs=0.1)


def test_the_level_that_the_standard_is_gauged_by() -> None:
    """BS.1770-4: a 997 Hz sine at 0 dBFS in one front channel is -3.01 LUFS."""
    assert measured(tone(3, level=1.0)) == pytest.approx(-3.01, abs=0.05)


def test_silence_and_what_is_too_short_has_none() -> None:
    assert measured(silence(3)) is None
    assert measured(tone(3, level=2e-4)) is None
    assert measured(tone(0.35)) is None
    assert measured(tone(0.45)) is not None


def test_quiet_parts_are_gated() -> None:
    """A pause does not make a speaker quieter."""
    alone, paused = measured(tone(3)), measured(joined(tone(3), silence(6)))
    assert alone is not None and paused == pytest.approx(alone, abs=0.5)


def test_a_block_does_not_reach_over_a_gap() -> None:
    power = np.full(14, 0.1)
    together, apart = np.arange(14) * 0.05, np.arange(14) * 0.05
    apart[7:] += 5
    assert loudness.integrated(together, power) is not None
    assert loudness.integrated(apart, power) is None


def test_channels_count_by_where_they_are() -> None:
    assert loudness.weights(NAMES[6]).tolist() == pytest.approx([1, 1, 1, 0, 1.41, 1.41])
