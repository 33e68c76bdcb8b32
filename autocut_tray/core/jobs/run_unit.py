"""The describing half of a run, one scene at a time: ask, store the answer, say how it ended."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from autocut_tray.core.analyzers.base import DescribeRequest, Description
from autocut_tray.core.analyzers.vocabulary import with_measured
from autocut_tray.core.cancel import CancelToken
from autocut_tray.core.clock import Clock
from autocut_tray.core.egress.door import Errand
from autocut_tray.core.errors import BackendError, Cancelled, FailureClass, SystemExhausted, exhaustion
from autocut_tray.core.footage import Scene
from autocut_tray.core.jobs.job import DescribedBy, Force, Job, SceneRecord
from autocut_tray.core.jobs.ports import Lease, UnitOutcome
from autocut_tray.core.jobs.run_board import Board
from autocut_tray.core.jobs.run_scan import small_picture
from autocut_tray.core.memory.budget import UnifiedMemoryManager
from autocut_tray.core.messages import Message, message
from autocut_tray.core.picture_quality import PictureQuality

log = logging.getLogger(__name__)

MAX_SCENE_ATTEMPTS = 3
"""Failed tries that may be the scene's own fault (``resource`` and ``tier``) before it is given up."""

STAGE = "descriptions"
"""What the memory of pictures on their way to a model is reserved for."""
REQUEST_COPIES = 4
"""A picture is there as JPEG, as base64 (4/3 of it), in the JSON text, and as the bytes that are sent."""

UNKNOWN_OUTCOME = frozenset({"runner_crashed", "connection_lost", "answer_cut_off"})
"""Failures after the server was reached: the picture itself may be what kills it, so they count as the scene's."""


class SceneWork:
    """Describes scenes of one job; safe to call from several threads.

    ``memory``: the budget for pictures on their way to a model. ``set_back`` hears of a scene that failed.
    """

    def __init__(
        self,
        job: Job,
        board: Board,
        thumbnails: Path,
        clock: Clock,
        memory: UnifiedMemoryManager,
        set_back: Callable[[int], None],
    ) -> None:
        self._job = job
        self._board = board
        self._store = board.store
        self._thumbnails = thumbnails
        self._clock = clock
        self._memory = memory
        self._set_back = set_back

    def unit(self, scene: Scene) -> str:
        return f"{self._job.id}/{scene.id}"

    def attempt(
        self, record: SceneRecord, lease: Lease, cancel: CancelToken
    ) -> tuple[UnitOutcome, Message | None]:
        """One try: how it ended, and why the scene is given up, if it is."""
        scene, unit = record.scene, self.unit(record.scene)
        began = self._clock.monotonic()
        key = self._thumbnails / str(record.thumbnail)
        files = _files(self._thumbnails, record, key)
        try:
            room = self._memory.allocate(_request_bytes(files), STAGE, cancel=cancel, owner=self)
        except Cancelled:
            return UnitOutcome(unit, self._clock.monotonic() - began, FailureClass.CANCEL), None
        except (OSError, SystemExhausted) as error:
            return self._without_picture(unit, error)
        with room:
            try:
                jpegs, small = [file.read_bytes() for file in files], _read_small(key)
            except OSError as error:
                return self._without_picture(unit, error)
            room.filled(sum(map(len, jpegs)) + len(small or b""))
            options, at = self._job.options, files.index(key)
            errand = Errand(self._job.id, unit, options.never_cloud or options.force is Force.LOCAL)
            before, after = tuple(jpegs[:at]), tuple(jpegs[at + 1 :])
            request = DescribeRequest(scene, jpegs[at], options.language, small, errand, before, after)
            return self._ask(record, request, lease, cancel)

    def give_up(self, scene: Scene, why: Message) -> None:
        self._store.fail_scene(self._job.id, scene.id, why)
        self._board.refresh(scene.id)
        self._board.tell_job()

    def _without_picture(self, unit: str, error: Exception) -> tuple[UnitOutcome, Message]:
        """Raises SystemExhausted when the picture is there, but nothing can be opened for now."""
        exhausted = exhaustion(error) if isinstance(error, OSError) else None
        if exhausted is not None:
            raise exhausted from error
        log.warning("Key frame of scene %s cannot be read: %s", unit, error)
        return UnitOutcome(unit, 0.0, FailureClass.INPUT), message("error-keyframe-lost")

    def _ask(
        self, record: SceneRecord, request: DescribeRequest, lease: Lease, cancel: CancelToken
    ) -> tuple[UnitOutcome, Message | None]:
        """Have a picture described and store the answer."""
        scene, unit = record.scene, self.unit(record.scene)
        began = self._clock.monotonic()
        try:
            result = lease.analyzer.describe(request, cancel)
        except Cancelled:
            return UnitOutcome(unit, self._clock.monotonic() - began, FailureClass.CANCEL), None
        except BackendError as error:
            log.info("Scene %s on %s: %s (%s)", unit, lease.route.tier.value, error, error.failure.value)
            seconds = self._clock.monotonic() - began
            given_up = error.message if self._is_given_up(scene, error) else None
            return UnitOutcome(unit, seconds, error.failure, error.retry_after), given_up
        route = lease.route
        by = DescribedBy(
            route.tier,
            route.backend.value,
            result.model,
            round(result.seconds, 3),
            lease.degraded,
            result.pictures,
            result.fewer,
        )
        description = measured(result.description, record.picture, request.language)
        if self._store.put_description(self._job.id, scene, description, by) is not None:
            self._board.refresh(scene.id)
            self._board.tell_job()
        return UnitOutcome(unit, result.seconds), None

    def _is_given_up(self, scene: Scene, error: BackendError) -> bool:
        """Counts a failure that may be the scene's own fault; True when it is not tried again."""
        if error.failure is FailureClass.INPUT:
            return True
        if error.failure in (FailureClass.TIER, FailureClass.RESOURCE) or error.code in UNKNOWN_OUTCOME:
            self._set_back(scene.id)
            return self._store.count_scene_attempt(self._job.id, scene.id) >= MAX_SCENE_ATTEMPTS
        return False


def measured(description: Description, picture: PictureQuality | None, language: str) -> Description:
    """The description with what was measured of the picture in place of what a model says about that."""
    if picture is None:
        return description
    return replace(description, quality=with_measured(description.quality, picture.flaws, language))


def _files(thumbnails: Path, record: SceneRecord, key: Path) -> list[Path]:
    """The pictures of a scene in order of time; a further one that is gone is done without."""
    files = [thumbnails / picture.name for picture in record.pictures]
    there = [file for file in files if file == key or file.is_file()]
    if len(there) < len(files):
        log.warning("Pictures of scene %s are lost", record.scene.id)
    return there


def _read_small(keyframe: Path) -> bytes | None:
    """None where there is none: a tiny picture, or one of an earlier version. Raises OSError."""
    try:
        return small_picture(keyframe).read_bytes()
    except FileNotFoundError:
        return None


def _request_bytes(pictures: Sequence[Path]) -> int:
    """What describing a scene by these takes in this process. Raises OSError."""
    return sum(picture.stat().st_size for picture in pictures) * REQUEST_COPIES
