"""How loud sound is to people: programme loudness by ITU-R BS.1770-4, as EBU R 128 uses it, in LUFS.

The standard's two filters (together "K-weighting") are applied to spectra of short overlapping windows, which is
far cheaper in numpy than filtering sample by sample, and its gates to blocks of 400 ms, one every 100 ms.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]
"""Channels x samples at :data:`RATE`; full scale is 1."""
Powers = NDArray[np.float64]

RATE = 48_000
HOP = RATE // 20
"""Samples that one power stands for: 50 ms."""
EDGE = HOP // 2
"""Samples that are needed on either side of those that are measured."""

_WINDOW_SAMPLES = HOP + 2 * EDGE
# The squares of neighbouring windows add up to 1, so no energy is lost or counted twice.
_WINDOW = np.sin(np.pi * (np.arange(_WINDOW_SAMPLES) + 0.5) / _WINDOW_SAMPLES).astype(np.float32)

_HIGH_SHELF = (
    (1.53512485958697, -2.69169618940638, 1.19839281085285),
    (1.0, -1.69065929318241, 0.73248077421585),
)
_HIGH_PASS = ((1.0, -2.0, 1.0), (1.0, -1.99004745483398, 0.99007225036621))
"""BS.1770-4, annex 1, tables 1 and 2: the coefficients for 48 kHz."""

_OFFSET = -0.691
_ABSOLUTE_GATE = -70.0
_RELATIVE_GATE = -10.0
_BLOCK = 8
"""Powers in a gating block: 400 ms."""
_STEP = 2

_NAMELESS = "NONE"
_USUAL_ORDER = ("FL", "FR", "FC", "LFE", "BL", "BR", "SL", "SR")
_SURROUND = 1.41
"""What channels beside and behind the listener count for; the channel for effects (LFE) counts for nothing."""


def weights(channels: tuple[str, ...]) -> NDArray[np.float32]:
    """What each channel counts for, by its name as FFmpeg has it (``FL``, ``LFE``, ``SR``, ``TBC``).

    Six or eight channels without names (``NONE``) are taken for 5.1 and 7.1 in their usual order.
    """
    if set(channels) == {_NAMELESS} and len(channels) in (6, 8):
        channels = _USUAL_ORDER[: len(channels)]
    return np.array([_weight(name) for name in channels], np.float32)


def powers(samples: Samples, weight: NDArray[np.float32]) -> Powers:
    """K-weighted mean squares of every 50 ms, summed over channels.

    ``samples`` has :data:`EDGE` samples more on either side than a whole number of :data:`HOP`.
    """
    windows = np.lib.stride_tricks.sliding_window_view(samples, _WINDOW_SAMPLES, axis=1)[:, ::HOP]
    spectra = np.fft.rfft(windows * _WINDOW)
    energy = spectra.real**2 + spectra.imag**2
    result: Powers = np.asarray(weight @ (energy @ _RESPONSE), np.float64)
    return result


def integrated(times: NDArray[np.float64], power: Powers) -> float | None:
    """Gated loudness in LUFS of powers that begin at ``times`` (seconds, rising; a gap ends a block).

    None when there are no 400 ms in one piece, or nothing is louder than -70 LUFS.
    """
    if len(power) < _BLOCK:
        return None
    total = np.concatenate(([0.0], np.cumsum(power)))
    blocks = (total[_BLOCK:] - total[:-_BLOCK])[::_STEP] / _BLOCK
    whole = (times[_BLOCK - 1 :] - times[: len(times) - _BLOCK + 1])[::_STEP] < _BLOCK * HOP / RATE
    loud = blocks[whole & (blocks > _power_of(_ABSOLUTE_GATE))]
    if not len(loud):
        return None
    loud = loud[loud > loud.mean() * 10 ** (_RELATIVE_GATE / 10)]
    return max(_ABSOLUTE_GATE, _OFFSET + 10 * float(np.log10(loud.mean())))


def _power_of(loudness: float) -> float:
    return float(10 ** ((loudness - _OFFSET) / 10))


def _weight(name: str) -> float:
    if name.startswith("LFE"):
        return 0.0
    return _SURROUND if name.startswith(("B", "S", "TB", "TS")) else 1.0


def _response() -> NDArray[np.float32]:
    """What each line of a spectrum adds to a mean square: both filters, and the half that is not in the spectrum."""
    at = np.exp(-2j * np.pi * np.arange(_WINDOW_SAMPLES // 2 + 1) / _WINDOW_SAMPLES)
    gain = np.ones(len(at))
    for above, below in (_HIGH_SHELF, _HIGH_PASS):
        gain *= np.abs(np.polyval(above[::-1], at) / np.polyval(below[::-1], at)) ** 2
    gain[1:-1] *= 2
    return (gain / _WINDOW_SAMPLES / HOP).astype(np.float32)


_RESPONSE = _response()
