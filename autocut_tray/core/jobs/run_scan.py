"""The reading half of a run: what the media worker finds is stored as it comes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from autocut_tray.core.cancel import CancelToken
from autocut_tray.core.clock import Clock
from autocut_tray.core.errors import AutoCutError, Cancelled, StorageError, SystemExhausted
from autocut_tray.core.files import write_atomic
from autocut_tray.core.footage import (
    Finished,
    FurtherFrame,
    Keyframe,
    Progress,
    Scene,
    SceneSound,
    SceneWords,
    Video,
    WorkerMessage,
)
from autocut_tray.core.jobs.job import Job, JobChanged, ScenePicture
from autocut_tray.core.jobs.ports import Scanner
from autocut_tray.core.jobs.run_board import Board
from autocut_tray.core.jobs.run_heard import Unsaved
from autocut_tray.core.media.options import ScanOptions
from autocut_tray.core.media.scanner import damage
from autocut_tray.core.memory.tracker import ResourceTracker
from autocut_tray.core.messages import message
from autocut_tray.core.release import ResourceKind

PROGRESS_SECONDS = 1.0
"""How often progress of reading is stored and told."""


class ScanIntake:
    """``error``: why the video could not be read, or not to its end; ``duration``: seconds, once it is known."""

    def __init__(
        self,
        job: Job,
        board: Board,
        scanner: Scanner,
        options: ScanOptions,
        thumbnails: Path,
        clock: Clock,
        tracker: ResourceTracker | None = None,
    ) -> None:
        self._job = job
        self._board = board
        self._store = board.store
        self._scanner = scanner
        self._options = replace(options, language=job.options.language)
        self._thumbnails = thumbnails
        self._clock = clock
        self._told_at = clock.monotonic()
        self._last_id = 0
        # Sound and words are stored many at a time: each of them would be a write to the disk of its own.
        self._heard = Unsaved(ResourceKind.AUDIO_CACHE, f"sound of {job.id}", self._store_sound, tracker)
        self._said = Unsaved(ResourceKind.SUBTITLE_INDEX, f"words of {job.id}", self._store_words, tracker)
        self._has_new_words = False
        self._further: list[ScenePicture] = []
        """Pictures of a scene whose key frame is still to come."""
        self.error: AutoCutError | None = None
        self.duration: float | None = None

    def run(self, cancel: CancelToken) -> None:
        """Read the video to its end, or until it is cancelled. Raises StorageError and SystemExhausted."""
        try:
            with self._scanner.scan(self._job.path, self._options, cancel) as messages:
                for said in messages:
                    self._take(said)
        except Cancelled:
            pass
        except (StorageError, SystemExhausted):
            raise
        except AutoCutError as error:
            self.error = error
            self._heard.save()
        finally:
            self._heard.end()
            self._said.end()

    def _take(self, said: WorkerMessage) -> None:
        job_id, store = self._job.id, self._store
        match said:
            case Video():
                self.duration = said.duration
                store.set_video(job_id, said, scan_complete=False)
                self._board.tell_job()
            case Scene():
                self._last_id = said.id
                self._further.clear()
                self._board.put(store.put_scene(job_id, said))
            case FurtherFrame():
                self._keep_further(said)
            case Keyframe():
                self._keep_keyframe(said)
            case SceneSound():
                self._heard.add(said)
            case SceneWords():
                self._said.add(said)
            case Progress():
                now = self._clock.monotonic()
                if now - self._told_at >= PROGRESS_SECONDS:
                    self._told_at = now
                    self._heard.save()
                    self._board.publish(JobChanged(store.set_scanned(job_id, said.read)))
            case Finished():
                self._finish(said)

    def _finish(self, end: Finished) -> None:
        self._heard.save()
        self._said.save()
        if not self._has_new_words:
            self._store_words([])
        self._board.drop_after(self._last_id)
        self._store.set_video(self._job.id, end.video, scan_complete=end.damaged_at is None)
        self.error = damage(end)
        self._board.tell_job()

    def _keep_keyframe(self, frame: Keyframe) -> None:
        """With it the scene may be described, so its further pictures came before."""
        name = f"{self._job.id}/{frame.scene_id}.jpg"
        self._write(name, frame.jpeg)
        if frame.small_jpeg:
            self._write(str(small_picture(Path(name))), frame.small_jpeg)
        further, self._further = self._further, []
        self._board.put(self._store.put_keyframe(self._job.id, frame, name, further))

    def _keep_further(self, frame: FurtherFrame) -> None:
        name = f"{self._job.id}/{frame.scene_id}.{frame.number}.jpg"
        self._write(name, frame.jpeg)
        self._further.append(ScenePicture(frame.time, name))

    def _write(self, name: str, jpeg: bytes) -> None:
        try:
            write_atomic(self._thumbnails / name, jpeg)
        except OSError as error:
            raise StorageError(
                "storage_unavailable", message("error-storage-unavailable", file=name), detail=str(error)
            ) from error

    def _store_sound(self, heard: list[SceneSound]) -> None:
        self._store.put_heard(self._job.id, heard)
        for one in heard:
            self._board.refresh(one.scene_id)

    def _store_words(self, said: list[SceneWords]) -> None:
        """With the first of them those of an earlier scan go: a side-car file may be gone."""
        anew = not self._has_new_words
        spoken = {one.scene_id for one in said}
        if anew:
            spoken |= {record.scene.id for record in self._store.scenes(self._job.id) if record.subtitles}
        if not spoken:
            return
        self._store.put_words(self._job.id, said, anew=anew)
        self._has_new_words = True
        for scene_id in sorted(spoken):
            self._board.refresh(scene_id)


def small_picture(keyframe: Path) -> Path:
    """Where the picture of half the size is kept."""
    return keyframe.with_suffix(".small.jpg")
