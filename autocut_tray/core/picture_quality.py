"""How good the best picture of a scene is, measured.

The key frame is the sharpest and best lit that was found, so what is wrong with it is wrong with the scene.
"""

from __future__ import annotations

import enum

from autocut_tray.core.frozen import frozen


class Flaw(enum.Enum):
    """What keeps a scene from being used."""

    BLURRED = "blurred"
    DARK = "dark"
    OVEREXPOSED = "overexposed"


BLURRED_FROM = 0.62
"""On real footage at 512 px all sharp pictures have at most 0.40, close-ups before a soft background 0.55, the same
pictures blurred with a Gaussian of 4 px (1 % of the width out of focus) 0.63 and more."""

DARK_BRIGHTEST, DARK_MEAN = 96 / 255, 64 / 255
"""sRGB levels three stops below white, and four: where nothing but 1 % is brighter than the first and the mean is
below the second, a well exposed picture would have been taken with three stops more light."""

OVEREXPOSED_SHARE = 0.25
"""Of the picture at the upper end of the scale, from :data:`BURNT_LEVEL` on. Real footage has at most 0.06; the same
one stop brighter 0.24 and 0.40, two stops brighter 0.36 and more."""

BURNT_LEVEL = 250
"""8-bit level from which on there is nothing left to see."""

DRAWN_BELOW = 0.10
"""Blur of slides and titles, whose edges are single steps: 0.09 and less. Their white is meant to be white."""


@frozen
class PictureQuality:
    """``blur``: 0 (sharp) to 1 in the sharpest parts, None where nothing has an edge.

    ``mean``, ``brightest``: the mean and the 99th percentile of brightness, 0-1 of the scale of an sRGB picture.
    ``burnt``: share 0-1 of it that is as bright as can be.
    """

    blur: float | None
    mean: float
    brightest: float
    burnt: float

    @property
    def flaws(self) -> tuple[Flaw, ...]:
        """What is wrong with the picture, in a fixed order."""
        found: list[Flaw] = []
        if self.blur is not None and self.blur >= BLURRED_FROM:
            found.append(Flaw.BLURRED)
        if self.brightest < DARK_BRIGHTEST and self.mean < DARK_MEAN:
            found.append(Flaw.DARK)
        drawn = self.blur is not None and self.blur < DRAWN_BELOW
        if self.burnt > OVEREXPOSED_SHARE and not drawn:
            found.append(Flaw.OVEREXPOSED)
        return tuple(found)
