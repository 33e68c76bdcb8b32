"""Whether a second of sound is like speech, by three things that can be said in plain words.

Speech swings in level with every syllable; a good part of it has the pitch of a voice; and its colour changes from
one sound to the next. Steady tones and noise fail the first, drums and rustling the second, melodies and most music
the third. It is no speech recognition: singing can pass, whispering fails.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

RATE = 8000
"""Samples a second that are looked at: speech lives below 4 kHz."""

_FRAME = 256
_HOP = 128
_SIZE = 512

_SWING_DB = 5.0
"""Standard deviation of the level. Measured: speech 8 to 14, music 2 to 7, noise and tones below 1."""
_VOICED = 0.15
"""Share of the louder frames that have a pitch. Measured: speech 0.2 to 0.9, drums and white noise 0."""
_CHANGE_DB = 4.0
"""Median change of the spectrum within 64 ms. Measured: speech 5 to 14, music 1 to 4, noise 2.5, tones below 1."""

_RANGE_DB = 40.0
_LOUDER_DB = 25.0
_PERIODIC = 0.6
_PITCHES = slice(RATE // 400, RATE // 80 + 1)
"""Lags of 80 to 400 Hz."""
_APART = 4
"""Frames between two that are compared: 64 ms."""
_LEAST_FRAMES = 12
"""Frames in 200 ms: less sound than that in a second says nothing."""

_WINDOW = np.hanning(_FRAME + 1)[:_FRAME].astype(np.float32)
_FREQUENCIES = np.arange(_SIZE // 2 + 1) * RATE / _SIZE
_VOICE = (_FREQUENCIES >= 200) & (_FREQUENCIES < 3600)
_EDGES = np.searchsorted(_FREQUENCIES, np.geomspace(150, 3900, 13))
_TINY = 1e-12


def is_speech_like(sound: NDArray[np.float32]) -> bool:
    """About one second of mono sound at :data:`RATE`; silence is not speech-like."""
    frames = np.lib.stride_tricks.sliding_window_view(sound, _FRAME)[::_HOP] * _WINDOW
    spectra = np.fft.rfft(frames, _SIZE)
    energy = np.asarray(spectra.real**2 + spectra.imag**2, np.float32)
    level = 10 * np.log10(energy[:, _VOICE].sum(axis=1) + _TINY)
    level = np.maximum(level, level.max() - _RANGE_DB)
    if level.std() < _SWING_DB:
        return False
    louder = level > level.max() - _LOUDER_DB
    if _change(energy, louder) < _CHANGE_DB:
        return False
    return bool(_pitched(energy[louder]).mean() >= _VOICED)


def _change(energy: NDArray[np.float32], louder: NDArray[np.bool_]) -> float:
    """By how many dB the shape of the spectrum, its level apart, typically differs from that 64 ms before."""
    bands = 10 * np.log10(np.add.reduceat(energy, _EDGES[:-1], axis=1) + _TINY)
    shape = bands - bands.mean(axis=1, keepdims=True)
    both = louder[_APART:] & louder[:-_APART]
    if both.sum() < _LEAST_FRAMES:
        return 0.0
    return float(np.median(np.abs(shape[_APART:] - shape[:-_APART]).mean(axis=1)[both]))


def _pitched(energy: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Which frames repeat themselves 80 to 400 times a second."""
    likeness = np.fft.irfft(energy)[:, : _PITCHES.stop]
    likeness /= (likeness[:, :1] + _TINY) * _WINDOW_LIKENESS
    result: NDArray[np.bool_] = likeness[:, _PITCHES].max(axis=1) > _PERIODIC
    return result


def _window_likeness() -> NDArray[np.float64]:
    likeness = np.fft.irfft(np.abs(np.fft.rfft(_WINDOW, _SIZE)) ** 2)[: _PITCHES.stop]
    return np.asarray(likeness / likeness[0], np.float64)


_WINDOW_LIKENESS = _window_likeness()
