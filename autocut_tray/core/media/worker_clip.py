"""Makes a small video of a few coloured shots, for the self-test."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import av
import numpy as np
import numpy.typing as npt

RATE = 25
WIDTH, HEIGHT = 320, 180
_COLOURS = ((200, 60, 40), (40, 160, 70), (50, 70, 190), (210, 190, 60))
_ENCODER = "mpeg4"
"""Part of every FFmpeg, whatever it is built with."""


def make_clip(path: Path, shots: Sequence[int]) -> None:
    """Write a clip of ``shots`` (frames of each) with hard cuts at :data:`RATE`. Raises OSError or FFmpegError."""
    with av.open(str(path), "w") as container:
        stream: Any = container.add_stream(_ENCODER, rate=RATE)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        stream.codec_context.gop_size = RATE
        for shot, frames in enumerate(shots):
            for number in range(frames):
                picture = av.VideoFrame.from_ndarray(_picture(shot, number), format="rgb24")
                for packet in stream.encode(picture):
                    container.mux(packet)
        for packet in stream.encode():
            container.mux(packet)


def _picture(shot: int, number: int) -> npt.NDArray[np.uint8]:
    """A colour with a slanted brightness that moves slowly, another slant in each shot."""
    across, down = np.meshgrid(np.linspace(0, 1, WIDTH), np.linspace(0, 1, HEIGHT))
    slant = (across * (shot + 1) + down + number / 500) % 1.0
    colour = np.array(_COLOURS[shot % len(_COLOURS)], dtype=np.float64)
    shaded = colour * (0.6 + 0.4 * slant[:, :, None])
    return np.clip(shaded, 0, 255).astype(np.uint8)
