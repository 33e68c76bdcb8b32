"""The system gives no more memory, processes, threads or open files: work waits for them, and no job is to blame."""

from __future__ import annotations

import errno
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from PySide6.QtCore import QTimer

from autocut_tray.core.analyzers.base import DescribeRequest, Description
from autocut_tray.core.clock import SystemClock
from autocut_tray.core.errors import SystemExhausted
from autocut_tray.core.footage import Finished
from autocut_tray.core.jobs.intake import Intake
from autocut_tray.core.jobs.job import Job, JobOptions, JobState, SceneStatus
from autocut_tray.core.media import gate, wire
from autocut_tray.core.media.options import ScanOptions
from autocut_tray.core.media.scanner import WorkerScanner
from autocut_tray.core.policy.governor_types import MemoryLevel, Tier
from autocut_tray.core.process import own_environment
from autocut_tray.ui.faults import FaultHooks
from tests.fakes import FakeClock
from tests.faults.fifty import SCENES
from tests.jobs.fakes import DESCRIPTION
from tests.jobs.test_queue import Line
from tests.media.test_wire import KEYFRAME, SCENE, VIDEO
from tests.policy.test_controller import GPU, World, on, policy
from tests.servers.fake_ollama import FakeOllama
from tests.servers.ollama_store import GIB, OllamaModel

ROOT = Path(__file__).parents[2]
OPTIONS = JobOptions("en")
END = Finished(replace(VIDEO, frames=SCENE.end_frame))
WHOLE = b"".join(map(wire.encode, (VIDEO, SCENE, KEYFRAME, END)))
"""What a worker says of a video of one scene."""
linux = pytest.mark.skipif(sys.platform != "linux", reason="limits of Linux")


class WaitingClock(SystemClock):
    """Notes how long somebody wanted to rest, and lets nobody rest."""

    def __init__(self) -> None:
        self.rests: list[float] = []

    def wait(self, event: threading.Event, timeout: float) -> bool:
        self.rests.append(timeout)
        return super().wait(event, 0.001)


@pytest.fixture
def line(tmp_path: Path) -> Iterator[Line]:
    made = Line(tmp_path)
    made.queue._clock = made.queue._runner._clock = WaitingClock()
    yield made
    made.close()


@pytest.fixture
def clip(tmp_path: Path) -> str:
    file = tmp_path / "clip.mp4"
    file.write_bytes(b"x" * 100)
    return str(file)


def rests(line: Line) -> list[float]:
    clock = line.queue._clock
    assert isinstance(clock, WaitingClock)
    return clock.rests


def run(line: Line, path: str, state: JobState = JobState.DONE) -> Job:
    line.queue.start()
    job = line.queue.submit(path, OPTIONS).job
    line.wait(lambda: line.state(job) is state)
    return job


def worker(code: str) -> list[str]:
    """A worker that takes its question as the real one does, and then does this."""
    head = "import sys, resource\nfrom autocut_tray.core.media import wire\n"
    return [sys.executable, "-c", f"{head}asked = wire.read(sys.stdin.buffer.read)\n{code}"]


# -- memory


@pytest.mark.fault("FR7")
@linux
def test_a_worker_without_memory_is_tried_once_more_with_half(line: Line, clip: str, tmp_path: Path) -> None:
    """A real process that allocates more than it may: the parent lives, and the second one is asked for less."""
    told = tmp_path / "asked"
    found = b"".join(map(wire.encode, (VIDEO, SCENE, KEYFRAME)))
    code = (
        f"open({str(told)!r}, 'a').write(f'{{asked.options.image_px}} {{asked.options.threads}};')\n"
        "if asked.options.threads is None:\n"
        " resource.setrlimit(resource.RLIMIT_AS, (300 << 20, 300 << 20))\n"
        " try: x = bytearray(1 << 30)\n"
        " except MemoryError: sys.exit(71)\n"
        f"sys.stdout.buffer.write({found!r})\nsys.stdout.buffer.flush(); sys.exit(71)\n"
    )
    line.queue._runner._scanner = WorkerScanner(SystemClock(), command=worker(code))
    line.queue._runner._hands = replace(
        line.queue._runner._hands, scan_options=lambda: ScanOptions(image_px=768)
    )
    job = run(line, clip, JobState.POISON)
    assert told.read_text() == "768 None;384 1;"
    assert len(line.deaths) == 2
    records = line.store.scenes(job.id)
    assert [r.status for r in records] == [SceneStatus.DESCRIBED], "what came before the end is kept"


@pytest.mark.fault("FR7")
@linux
def test_a_worker_killed_for_its_memory_costs_one_try(line: Line, clip: str) -> None:
    """What the kernel's killer does, seen from here; the second try reads the file to its end."""
    code = (
        "import os\nif asked.options.threads is None: os.kill(os.getpid(), 9)\n"
        f"sys.stdout.buffer.write({WHOLE!r}); sys.stdout.buffer.flush()\n"
    )
    line.queue._runner._scanner = WorkerScanner(SystemClock(), command=worker(code))
    job = run(line, clip)
    assert len(line.deaths) == 1
    assert [r.status for r in line.store.scenes(job.id)] == [SceneStatus.DESCRIBED]
    assert psutil.Process().is_running()


@pytest.mark.fault("FR8")
@pytest.mark.errors_expected
@pytest.mark.qt_no_exception_capture
def test_a_handler_without_memory_fails_alone_and_makes_it_an_emergency(
    qtbot: object, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A real slot in a real event loop: the loop goes on, and work stops until there is room again."""
    world = World(tmp_path)
    hooks = FaultHooks(FakeClock(), tmp_path / "logs", world.controller.memory_error)
    try:
        world.controller.adopt(policy(GPU))
        world.run(3, on(world, Tier.GPU))
        later = threading.Event()

        def starved() -> None:
            raise MemoryError

        QTimer.singleShot(0, starved)
        QTimer.singleShot(20, later.set)
        qtbot.waitUntil(later.is_set)  # type: ignore[attr-defined]
        assert "MemoryError" in caplog.text
        assert world.controller.state.level is MemoryLevel.OK, "nothing is done where memory is missing"
        world.run(1)
        state = world.controller.state
        assert (state.level, state.tier, world.stopped) == (MemoryLevel.EMERGENCY, Tier.PAUSED, 1)
        assert world.controller.begin_unit() is None
        assert world.run(200, on(world, Tier.GPU)) < 180, "back within three minutes"
    finally:
        hooks.close()
        world.controller.close()


@pytest.mark.fault("FR8")
@pytest.mark.errors_expected
def test_a_thread_without_memory_is_heard_too(tmp_path: Path) -> None:
    heard: list[int] = []
    hooks = FaultHooks(FakeClock(), tmp_path / "logs", lambda: heard.append(1))
    try:
        for error in (MemoryError(), ValueError()):

            def fail(error: Exception = error) -> None:
                raise error

            thread = threading.Thread(target=fail)
            thread.start()
            thread.join()
    finally:
        hooks.close()
    assert heard == [1]


@pytest.mark.fault("FR8")
@pytest.mark.errors_expected
def test_a_job_without_memory_waits_and_goes_on(line: Line) -> None:
    heard: list[int] = []
    line.queue._runner._hands = replace(line.queue._runner._hands, on_memory_error=lambda: heard.append(1))
    failing = iter([True, True])

    def describe(_: DescribeRequest) -> Description:
        if next(failing, False):
            raise MemoryError
        return DESCRIPTION

    line.admission.analyzer.script = describe
    run(line, "/a.mp4")
    assert heard == [1, 1] and [r for r in rests(line) if r >= 1] == [1.0, 2.0]
    assert sorted(line.admission.analyzer.described) == [1, 2, 3]
    assert line.admission.leases == 0


# -- processes and threads


@pytest.mark.fault("FR14")
@pytest.mark.errors_expected
def test_no_process_is_waited_for_ever_longer(line: Line, clip: str, monkeypatch: pytest.MonkeyPatch) -> None:
    command = worker(f"sys.stdout.buffer.write({WHOLE!r}); sys.stdout.buffer.flush()\n")
    line.queue._runner._scanner = WorkerScanner(SystemClock(), command=command)
    real, refusals = subprocess.Popen, [9]

    def popen(*given: object, **more: object) -> object:
        if refusals[0]:
            refusals[0] -= 1
            raise BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable")
        return real(*given, **more)  # type: ignore[call-overload]

    monkeypatch.setattr(subprocess, "Popen", popen)
    job = run(line, clip)
    waited = [rest for rest in rests(line) if rest >= 1]
    assert waited[:9] == [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 60.0, 60.0]
    assert line.store.get(job.id).error is None and line.deaths == []
    assert line.queue.storage_problem is None


@pytest.mark.fault("FR14")
@pytest.mark.errors_expected
@pytest.mark.parametrize("name", ["media messages", "media log", "describe-0", "scan"])
def test_no_thread_is_waited_for_and_leaves_no_process(
    line: Line, clip: str, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    command = worker(f"sys.stdout.buffer.write({WHOLE!r}); sys.stdout.buffer.flush()\n")
    line.queue._runner._scanner = WorkerScanner(SystemClock(), command=command)
    real, refused = threading.Thread.start, []

    def start(thread: threading.Thread) -> None:
        if thread.name == name and len(refused) < 2:
            refused.append(1)
            raise RuntimeError("can't start new thread")
        real(thread)

    others = set(psutil.Process().children())
    monkeypatch.setattr(threading.Thread, "start", start)
    job = run(line, clip)
    assert len(refused) == 2
    assert [r.status for r in line.store.scenes(job.id)] == [SceneStatus.DESCRIBED]
    assert set(psutil.Process().children()) <= others


NO_PROCESSES = """
import os, resource, sys
import autocut_tray.core.media.client  # read late; without rights it may not be readable any more
from autocut_tray.core.cancel import CancelToken
from autocut_tray.core.clock import SystemClock
from autocut_tray.core.errors import AutoCutError
from autocut_tray.core.media.options import ScanOptions
from autocut_tray.core.media.scanner import WorkerScanner

if os.getuid() == 0:
    os.setgid(65534), os.setuid(65534)  # the limit does not hold for root

def code():
    scanner = WorkerScanner(SystemClock(), command=["/bin/true"])
    try:
        with scanner.scan(sys.argv[1], ScanOptions(), CancelToken()) as messages:
            list(messages)
    except AutoCutError as error:
        return f"{type(error).__name__} {error.code}"

_, hard = resource.getrlimit(resource.RLIMIT_NPROC)
resource.setrlimit(resource.RLIMIT_NPROC, (0, hard))
print(code())
resource.setrlimit(resource.RLIMIT_NPROC, (hard, hard))
print(code())
"""


@pytest.mark.fault("FR14")
@linux
def test_a_real_limit_of_processes() -> None:
    """Refused by the kernel, and started again as soon as it may; a program that says nothing is the file's fault."""
    folder = tempfile.mkdtemp()
    try:
        os.chmod(folder, 0o755)  # noqa: PTH101 - nobody's, for the child gives up its rights
        file = Path(folder) / "clip.mp4"
        file.write_bytes(b"x")
        ended = subprocess.run(
            [sys.executable, "-c", NO_PROCESSES, str(file)],
            env=own_environment(),
            capture_output=True,
            text=True,
            timeout=60,
        )
    finally:
        shutil.rmtree(folder)
    assert ended.stdout.splitlines() == ["SystemExhausted no_process", "InputError worker_crashed"], (
        ended.stderr
    )


# -- open files


@pytest.mark.fault("FR13")
@pytest.mark.parametrize("number", [errno.EMFILE, errno.ENFILE])
def test_a_file_that_nobody_can_open_now_is_not_a_bad_file(
    clip: str, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def refuse(real: str) -> int:
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patch:
        patch.setattr(gate, "_open", refuse)
        for look in (gate.check_file, gate.content_key):
            with pytest.raises(SystemExhausted) as caught:
                look(clip)
            assert caught.value.code == "no_open_files"
    assert gate.content_key(clip)


@pytest.mark.fault("FR13")
@pytest.mark.errors_expected
def test_a_picture_that_nobody_can_open_now_costs_no_scene(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, refusals = Path.read_bytes, [4]

    def read(path: Path) -> bytes:
        if path.suffix == ".jpg" and refusals[0]:
            refusals[0] -= 1
            raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))
        return real(path)

    monkeypatch.setattr(Path, "read_bytes", read)
    job = run(line, "/a.mp4")
    assert [r.status for r in line.store.scenes(job.id)] == [SceneStatus.DESCRIBED] * 3
    assert sorted(line.admission.analyzer.described) == [1, 2, 3]
    assert line.admission.leases == 0


@pytest.mark.fault("FR13")
def test_a_dropped_file_is_taken_in_when_files_can_be_opened_again(line: Line) -> None:
    refusals = [3]

    def key(path: str) -> str:
        if refusals[0]:
            refusals[0] -= 1
            raise SystemExhausted("no_open_files")
        return path

    line.queue._intake = Intake(key, lambda path: None, line._find)
    line.queue.start()
    line.queue.add(["/a.mp4"])
    line.wait(lambda: [job.state for job in line.queue.jobs()] == [JobState.DONE])
    assert [rest for rest in rests(line) if rest >= 1] == [1.0, 2.0, 4.0]


@pytest.mark.fault("FR13")
@linux
@pytest.mark.parametrize("spare", [0, 12])
def test_a_program_without_open_files_pauses_and_goes_on(tmp_path: Path, spare: int) -> None:
    """A real limit in a process of its own; 50 scenes, 0 lost, 0 twice."""
    models = [OllamaModel("moondream:latest", size=GIB, memory=2 * GIB, vision=True)]
    (tmp_path / "run").mkdir()
    with FakeOllama(models, gpu_bytes=0, ram_bytes=64 * GIB) as server:
        server.answer_seconds = 0.02
        ended = subprocess.run(
            [sys.executable, "-m", "tests.faults.starved", str(tmp_path / "run"), server.url, str(spare)],
            env={**own_environment(), "PYTHONPATH": str(ROOT)},
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=110,
        )
    assert ended.returncode == 0, ended.stderr[-4000:]
    said = json.loads(ended.stdout)
    # Whoever is first to need a file: the job, its pictures, the database, the model's server or the readings.
    assert said["why"] in (
        "no_open_files",
        "storage_unavailable",
        "disk_error",
        "control-failure-streak",
        "control-memory-unknown",
    )
    assert 5 <= said["at"] < SCENES
    assert "Traceback" not in ended.stderr
