"""A scanner, an admission and an analyzer that tests own."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction

from autocut_tray.core.analyzers.base import DescribeRequest, DescribeResult, Description
from autocut_tray.core.cancel import CancelToken
from autocut_tray.core.errors import AutoCutError
from autocut_tray.core.footage import Finished, Keyframe, Scene, Transition, Video, WorkerMessage
from autocut_tray.core.jobs.job import JobOptions
from autocut_tray.core.jobs.ports import Lease, Refusal, UnitOutcome
from autocut_tray.core.jobs.ways import Switch, Ways
from autocut_tray.core.media.options import ScanOptions
from autocut_tray.core.policy.governor_types import Tier
from autocut_tray.core.policy.policy import Device, Route
from autocut_tray.core.runtime.profile import Backend

CPU_ROUTE = Route(Tier.CPU, Backend.OLLAMA, "moondream", Device.CPU, leaves_machine=False)
DESCRIPTION = Description("A red lamp", ("lamp",), "glows", "close-up", "static", "calm", (), ("red",))


def video(frames: int = 100) -> Video:
    return Video(
        "/clip.mp4", "mov", "h264", 64, 36, 0, Fraction(25), False, frames, frames / 25, None, has_audio=False
    )


def scene(number: int, length: int = 25) -> Scene:
    start, end = (number - 1) * length, number * length
    return Scene(number, start, end, start / 25, end / 25, Transition.CUT if number > 1 else Transition.START)


def scan_of(scenes: int) -> list[WorkerMessage]:
    messages: list[WorkerMessage] = [video(scenes * 25)]
    for number in range(1, scenes + 1):
        messages += [scene(number), Keyframe(number, number - 0.5, 8, 8, b"jpeg %d" % number)]
    return [*messages, Finished(video(scenes * 25))]


class FakeScanner:
    """Plays messages; a callable among them is called (to wait, to raise)."""

    def __init__(self, messages: Sequence[WorkerMessage | Callable[[CancelToken], None]]) -> None:
        self.messages = list(messages)
        self.scans = 0
        self.options: list[ScanOptions] = []

    @contextlib.contextmanager
    def scan(self, path: str, options: ScanOptions, cancel: CancelToken) -> Iterator[Iterator[WorkerMessage]]:
        self.scans += 1
        self.options.append(options)
        yield self._play(cancel)

    def throttle(self, on: bool) -> None: ...

    def _play(self, cancel: CancelToken) -> Iterator[WorkerMessage]:
        for said in self.messages:
            cancel.raise_if_cancelled()
            if callable(said):
                said(cancel)
            else:
                yield said


class FakeAnalyzer:
    """Answers with ``script(request)``: a description, or an error to raise."""

    def __init__(self, script: Callable[[DescribeRequest], Description | AutoCutError] | None = None) -> None:
        self.script = script or (lambda _: DESCRIPTION)
        self.described: list[int] = []

    def describe(self, request: DescribeRequest, cancel: CancelToken) -> DescribeResult:
        cancel.raise_if_cancelled()
        answer = self.script(request)
        if isinstance(answer, AutoCutError):
            raise answer
        self.described.append(request.scene.id)
        return DescribeResult(answer, "moondream:latest", 0.5)

    def probe(self, cancel: CancelToken) -> None: ...

    def close(self) -> None: ...


class FakeAdmission:
    """Lets everybody in, or nobody, as :attr:`refusal` says."""

    def __init__(self, analyzer: FakeAnalyzer, *, budget: int = 10, concurrency: int = 1) -> None:
        self.analyzer = analyzer
        self.refusal: Refusal | None = None
        self.outcomes: list[UnitOutcome] = []
        self.concurrency = self.most_at_once = concurrency
        self._budget = budget
        self._callbacks: list[Callable[[], None]] = []
        self._lock = threading.Lock()
        self.leases = 0
        self.known_ways = Ways()
        self.switches: list[Switch] = []
        self.by: list[Route | None] = []
        self.options: list[JobOptions] = []
        self.after_release: Callable[[UnitOutcome], None] = lambda _: None

    def acquire(
        self, options: JobOptions, *, better: bool = False, by: Route | None = None
    ) -> Lease | Refusal:
        with self._lock:
            self.options.append(options)
            self.by.append(by)
            if self.refusal is not None:
                return self.refusal
            self.leases += 1
            return Lease(by or CPU_ROUTE, self.analyzer)

    def release(self, lease: Lease, outcome: UnitOutcome) -> bool:
        with self._lock:
            self.leases -= 1
            self.outcomes.append(outcome)
        self.after_release(outcome)
        return False

    def budget(self, options: JobOptions) -> int:
        return options.max_scenes or self._budget

    def ways(self, options: JobOptions) -> Ways:
        return self.known_ways

    def switched(self, switch: Switch) -> None:
        self.switches.append(switch)

    def on_change(self, callback: Callable[[], None]) -> Callable[[], None]:
        self._callbacks.append(callback)
        return lambda: self._callbacks.remove(callback)

    def set_concurrency(self, concurrency: int) -> None:
        self.concurrency = concurrency
        self._tell()

    def set_refusal(self, refusal: Refusal | None) -> None:
        self.refusal = refusal
        self._tell()

    def _tell(self) -> None:
        for callback in list(self._callbacks):
            callback()
