"""Progress of a job as Server-Sent Events: bounded in number, in memory, and ended in order."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from autocut_tray.api.limits import Limits
from autocut_tray.api.refusals import Refusal
from autocut_tray.api.replies import to_json
from autocut_tray.core.api_access import ApiChanged
from autocut_tray.core.events import EventBus
from autocut_tray.core.jobs.job import Job, JobChanged, JobRemoved, SceneChanged, SceneRecord

Json = dict[str, Any]


class Streams:
    """All streams of the server. Made in any thread, used in the one of the event loop; :meth:`end` from any."""

    def __init__(self, bus: EventBus, limits: Limits) -> None:
        self._bus = bus
        self._limits = limits
        self._lock = threading.Lock()
        self._open: set[_Mailbox] = set()
        self._ended = False
        self._unsubscribe = bus.subscribe(ApiChanged, lambda _: self._drop_all())

    def end(self) -> None:
        """Every stream ends now, and none begins."""
        self._unsubscribe()
        with self._lock:
            self._ended = True
        self._drop_all()

    def open(self, job_id: str) -> _Mailbox:
        """For a job's events from now on, to be given to :meth:`follow`. Raises Refusal when there are too many."""
        with self._lock:
            if self._ended or len(self._open) >= self._limits.streams:
                raise Refusal(503, "too_many_streams", retry_after=5)
            box = _Mailbox(job_id, asyncio.get_running_loop())
            self._open.add(box)
        box.listen(self._bus)
        return box

    def close(self, box: _Mailbox) -> None:
        """The same box may be closed again."""
        with self._lock:
            self._open.discard(box)
        box.close()

    async def follow(
        self,
        box: _Mailbox,
        first: Job,
        job_document: Callable[[Job], Json],
        scene_document: Callable[[SceneRecord], Json],
    ) -> AsyncIterator[bytes]:
        """``job`` and ``scene`` events as they come, then ``end``; a comment now and then keeps the line open."""
        try:
            yield _event("job", job_document(first))
            ended = first.state.ended
            while not ended:
                if not await box.wait(self._limits.heartbeat_seconds):
                    yield b": still here\n\n"
                    continue
                job, scenes, over = box.take()
                for record in scenes:
                    yield _event("scene", scene_document(record))
                if job is not None:
                    yield _event("job", job_document(job))
                ended = over or (job is not None and job.state.ended)
            yield b"event: end\ndata: {}\n\n"
        finally:
            self.close(box)

    def _drop_all(self) -> None:
        """The end, or another token: whoever has the new one may begin again."""
        with self._lock:
            boxes = tuple(self._open)
        for box in boxes:
            box.finish()


class _Mailbox:
    """What happened to one job since the last look; a client that reads slowly gets the newest of each."""

    def __init__(self, job_id: str, loop: asyncio.AbstractEventLoop) -> None:
        self._job_id = job_id
        self._loop = loop
        self._lock = threading.Lock()
        self._full = asyncio.Event()
        self._job: Job | None = None
        self._scenes: dict[int, SceneRecord] = {}
        self._over = False
        self._subscriptions = ExitStack()

    def listen(self, bus: EventBus) -> None:
        self._subscriptions.callback(bus.subscribe(JobChanged, self._on_job))
        self._subscriptions.callback(bus.subscribe(SceneChanged, self._on_scene))
        self._subscriptions.callback(bus.subscribe(JobRemoved, self._on_removed))

    def close(self) -> None:
        self._subscriptions.close()

    def finish(self) -> None:
        """Nothing more comes."""
        with self._put():
            self._over = True

    async def wait(self, seconds: float) -> bool:
        """False when nothing came for so long."""
        try:
            await asyncio.wait_for(self._full.wait(), seconds)
        except TimeoutError:
            return False
        return True

    def take(self) -> tuple[Job | None, list[SceneRecord], bool]:
        """What came, scenes in their order, and whether nothing more comes."""
        with self._lock:
            self._full.clear()
            job, self._job = self._job, None
            scenes, self._scenes = self._scenes, {}
            return job, [scenes[number] for number in sorted(scenes)], self._over

    def _on_job(self, event: JobChanged) -> None:
        if event.job.id == self._job_id:
            with self._put():
                self._job = event.job

    def _on_scene(self, event: SceneChanged) -> None:
        if event.job_id == self._job_id:
            with self._put():
                self._scenes[event.record.scene.id] = event.record

    def _on_removed(self, event: JobRemoved) -> None:
        if event.job_id == self._job_id:
            self.finish()

    @contextmanager
    def _put(self) -> Iterator[None]:
        with self._lock:
            yield
        if not self._loop.is_closed():
            try:
                self._loop.call_soon_threadsafe(self._full.set)
            except RuntimeError:  # closed in this very moment
                return


def _event(name: str, document: Json) -> bytes:
    return b"event: " + name.encode() + b"\ndata: " + to_json(document) + b"\n\n"
