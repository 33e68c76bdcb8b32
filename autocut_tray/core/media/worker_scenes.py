"""Turns boundaries into scenes that tile the video."""

from __future__ import annotations

from collections.abc import Iterable

from autocut_tray.core.footage import Scene, Transition
from autocut_tray.core.frozen import frozen
from autocut_tray.core.media.worker_detect import Boundary
from autocut_tray.core.media.worker_time import PresentationClock

MAX_SCENES = 20_000
"""More than any film has; footage that changes all the time must not fill a disk with pictures."""


@frozen
class Cutout:
    """A finished scene; ``first`` to ``last`` are its frames that show nothing of its neighbours."""

    scene: Scene
    first: int
    last: int


class SceneBuilder:
    """Takes boundaries in order; a scene is told as soon as its end is known.

    ``min_scene`` seconds: a boundary sooner after the last one, or nearer to the end of the video, is left out.
    ``duration``: seconds that the container promises, None when it does not say.
    """

    def __init__(self, clock: PresentationClock, min_scene: float, duration: float | None = None) -> None:
        self._clock = clock
        # Half a millisecond absorbs the rounding of time stamps in Matroska and FLV.
        self._min_scene = min_scene - 0.0005
        self._duration = duration
        self._id = 1
        self._start = Boundary(0, Transition.START, 0, 0)
        self._start_time = 0.0

    def add(self, boundary: Boundary) -> Cutout | None:
        """The scene that ends here, None when the boundary is left out."""
        time = self._clock.time_of(boundary.frame)
        too_soon = time - self._start_time < self._min_scene
        too_late = self._duration is not None and 0 <= self._duration - time < self._min_scene
        if too_soon or too_late or boundary.frame <= self._start.frame or self._id >= MAX_SCENES:
            return None
        cutout = self._cutout(boundary.frame, time, boundary.first - 1)
        self._id += 1
        self._start, self._start_time = boundary, time
        return cutout

    def finish(self, late: Iterable[Boundary] = ()) -> list[Cutout]:
        """The last scenes: up to the boundaries that were found ``late``, at the end of what was read, and up to it.

        At least one frame must have been read.
        """
        self._duration = self._clock.end
        cutouts = [cutout for boundary in late if (cutout := self.add(boundary))]
        end = max(self._clock.end, self._start_time)
        return [*cutouts, self._cutout(self._clock.count, end, self._clock.count - 1)]

    def _cutout(self, end: int, end_time: float, last: int) -> Cutout:
        start = self._start
        scene = Scene(self._id, start.frame, end, self._start_time, end_time, start.transition)
        first = start.first if start.transition in (Transition.START, Transition.CUT) else start.last + 1
        first = min(first, end - 1)
        return Cutout(scene, first, min(max(first, last), end - 1))
