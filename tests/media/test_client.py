"""Workers that lie, crash, hang, talk too much or not at all; and the tray that goes on."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from autocut_tray.core.cancel import CancelToken
from autocut_tray.core.clock import SystemClock
from autocut_tray.core.errors import Cancelled, InputError
from autocut_tray.core.footage import Keyframe, Progress, ScanMode, Scene, Transition, Video, WorkerMessage
from autocut_tray.core.media import wire
from autocut_tray.core.media.options import ScanOptions
from autocut_tray.core.media.scanner import DEATHS, WorkerScanner
from autocut_tray.core.media.wire import Failure, FailureCode
from autocut_tray.core.memory.budget import BudgetOptions, UnifiedMemoryManager
from autocut_tray.core.memory.policies import shipped_policies
from autocut_tray.core.memory.tracker import ResourceTracker
from autocut_tray.core.process import OwnProcess
from autocut_tray.core.release import ResourceKind
from tests.fakes import FakeClock
from tests.media.conftest import read_video
from tests.media.test_process import wait_until
from tests.media.test_wire import KEYFRAME, SCENE, VIDEO
from tests.media_samples import SampleVideo

posix = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")

ASK = "import sys, os, time; sys.stdin.buffer.read(); out = sys.stdout.buffer\n"


_OTHERS: set[psutil.Process] = set()
"""Children of this process that other tests keep, such as a model server for the whole session."""


@pytest.fixture(autouse=True)
def others() -> None:
    _OTHERS.clear()
    _OTHERS.update(psutil.Process().children())


def workers() -> list[psutil.Process]:
    """What the test itself has started and not ended."""
    return [child for child in psutil.Process().children() if child not in _OTHERS]


def worker(code: str) -> list[str]:
    """A worker that reads its question and then does this; its argument is the process id of the tray."""
    return [sys.executable, "-c", ASK + code]


def saying(*messages: WorkerMessage | Failure, then: str = "") -> list[str]:
    data = b"".join(map(wire.encode, messages))
    return worker(f"out.write({data!r}); out.flush()\n{then}")


@pytest.fixture
def path(tmp_path: Path) -> str:
    file = tmp_path / "clip.mp4"
    file.write_bytes(b"x" * 100)
    return str(file)


def scan(path: str, command: Sequence[str], silence: float = 10.0) -> list[WorkerMessage]:
    with WorkerScanner(SystemClock(), silence, command).scan(path, ScanOptions(), CancelToken()) as messages:
        return list(messages)


def error_of(path: str, command: Sequence[str], silence: float = 10.0) -> InputError:
    with pytest.raises(InputError) as caught:
        scan(path, command, silence)
    assert caught.value.exit_code == 3 and caught.value.hint is not None
    assert caught.value.message.params["name"] == "clip.mp4"
    return caught.value


# -- ends


@pytest.mark.fault("FR7")
@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("sys.exit(0)", "worker_crashed"),
        ("sys.exit(1)", "worker_crashed"),
        ("sys.exit(71)", "out_of_memory"),
        pytest.param("os.kill(os.getpid(), 11)", "worker_crashed", marks=posix),
        pytest.param("os.kill(os.getpid(), 6)", "worker_crashed", marks=posix),
        pytest.param("os.kill(os.getpid(), 9)", "out_of_memory", marks=posix),
        pytest.param("os.kill(os.getpid(), 24)", "too_slow", marks=posix),
    ],
)
def test_how_a_worker_ends_is_what_is_told(path: str, code: str, expected: str) -> None:
    error = error_of(path, saying(VIDEO, SCENE, then=code))
    assert error.code == expected
    assert expected in DEATHS


@pytest.mark.parametrize("code", list(FailureCode))
def test_a_worker_that_gives_up_says_why(path: str, code: FailureCode) -> None:
    error = error_of(path, saying(Failure(code, "detail", 8192, 4000)))
    assert error.code == code.value
    if code is FailureCode.PICTURE_TOO_LARGE:
        assert error.message.params["size"] == "8192 × 4000"


def test_what_came_before_the_end_was_handed_over(path: str) -> None:
    got: list[WorkerMessage] = []
    command = saying(VIDEO, SCENE, KEYFRAME, then="sys.exit(1)")
    with (
        pytest.raises(InputError),
        WorkerScanner(SystemClock(), 10.0, command).scan(path, ScanOptions(), CancelToken()) as messages,
    ):
        got.extend(messages)
    assert [type(m) for m in got] == [Video, Scene, type(KEYFRAME)]
    assert isinstance(got[0], Video) and got[0].path == path


def test_a_program_that_is_not_there(path: str, tmp_path: Path) -> None:
    assert error_of(path, [str(tmp_path / "missing")]).code == "worker_not_started"


def test_the_last_words_are_in_the_log(path: str, caplog: pytest.LogCaptureFixture) -> None:
    error_of(path, worker("sys.stderr.write('the reason\\n'); sys.exit(1)"))
    assert "the reason" in caplog.text


# -- lies


@pytest.mark.parametrize(
    "command",
    [
        worker("out.write(b'hello\\n')"),
        worker("out.write(b'\\xacW' + bytes([2]) + b'\\xff' * 12)"),
        saying(SCENE),
        saying(VIDEO, SCENE, Scene(2, 41, 50, 1.6, 2.0, Transition.CUT)),
        worker(f"out.write({wire.encode(KEYFRAME)[:-9]!r})"),
        worker("out.write(os.urandom(1 << 20))"),
        worker(f"out.write({wire.encode(wire.Request(b'/x', 1, ScanOptions()))!r})"),
    ],
)
def test_nonsense_ends_the_worker(path: str, command: list[str]) -> None:
    assert error_of(path, command).code == "worker_crashed"


def test_endless_nonsense_ends_at_once(path: str) -> None:
    began = time.monotonic()
    assert error_of(path, worker("while True: out.write(b'x' * 65536)")).code == "worker_crashed"
    assert time.monotonic() - began < 5


def test_a_flood_on_the_log_is_bounded_and_blocks_nobody(path: str) -> None:
    talk = "sys.stderr.write('x' * (8 << 20)); sys.stderr.flush()\n"
    error = error_of(path, worker(talk + f"out.write({wire.encode(Failure(FailureCode.NO_VIDEO))!r})"))
    assert error.code == "no_video"


def test_a_reader_that_takes_its_time_holds_the_worker_back(path: str) -> None:
    data = wire.encode(Progress(1.0, None))
    command = worker(f"out.write({wire.encode(VIDEO)!r})\nwhile True: out.write({data!r})")
    with WorkerScanner(SystemClock(), 10.0, command).scan(path, ScanOptions(), CancelToken()) as messages:
        next(messages)
        (child,) = workers()
        assert wait_until(lambda: has_stalled(child))
        for _ in range(100):
            next(messages)


def has_stalled(child: psutil.Process) -> bool:
    """Whether a process has done nothing for a moment."""
    before = child.cpu_times()
    threading.Event().wait(0.05)
    return child.cpu_times() == before and child.status() == psutil.STATUS_SLEEPING


# -- silence


def test_how_long_it_may_take_to_end_by_itself_is_a_limit(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    graces: list[float] = []
    real = OwnProcess.stop

    def stop(process: OwnProcess, grace: float) -> int:
        graces.append(grace)
        return real(process, grace)

    monkeypatch.setattr(OwnProcess, "stop", stop)
    command = saying(VIDEO, then="time.sleep(60)")
    scanner = WorkerScanner(SystemClock(), 0.3, command, grace=lambda: 0.75)
    with (
        pytest.raises(InputError, match="hung"),
        scanner.scan(path, ScanOptions(), CancelToken()) as messages,
    ):
        list(messages)
    assert graces == [0.75]


def test_silence_is_ended(path: str) -> None:
    began = time.monotonic()
    error = error_of(path, saying(VIDEO, then="time.sleep(60)"), silence=0.5)
    assert error.code == "hung" and error.message.params["seconds"] == "0"
    assert time.monotonic() - began < 5
    assert not workers()


def test_silence_is_measured_by_the_clock(path: str) -> None:
    scanner = WorkerScanner(FakeClock(), command=saying(VIDEO, then="time.sleep(60)"))
    with (
        pytest.raises(InputError, match="hung"),
        scanner.scan(path, ScanOptions(), CancelToken()) as messages,
    ):
        list(messages)


@posix
def test_a_worker_that_does_not_listen_is_killed(path: str) -> None:
    deaf = "import signal; signal.signal(15, signal.SIG_IGN); time.sleep(60)"
    assert error_of(path, saying(VIDEO, then=deaf), silence=0.3).code == "hung"
    assert not workers()


@posix
def test_a_real_worker_that_stands_still(clip: SampleVideo) -> None:
    """Stopped as by a disk that does not answer."""
    with (
        pytest.raises(InputError, match="hung"),
        WorkerScanner(SystemClock(), 1.0).scan(str(clip.path), ScanOptions(), CancelToken()) as messages,
    ):
        (child,) = workers()
        child.suspend()
        list(messages)
    assert not workers()


class SleepyClock(SystemClock):
    """A machine that sleeps for two hours during its first wait."""

    def __init__(self) -> None:
        self._slept = 0.0

    def monotonic(self) -> float:
        return super().monotonic() + self._slept

    def wait(self, event: threading.Event, timeout: float) -> bool:
        if not self._slept:
            self._slept = 7200.0
            return event.is_set()
        return super().wait(event, timeout)


@pytest.mark.fault("FR17")
def test_a_machine_that_slept_blames_nobody(path: str) -> None:
    command = worker(f"time.sleep(0.3); out.write({wire.encode(Failure(FailureCode.NO_VIDEO))!r})")
    with (
        pytest.raises(InputError, match="no_video"),
        WorkerScanner(SleepyClock(), command=command).scan(path, ScanOptions(), CancelToken()) as messages,
    ):
        list(messages)


# -- signals from outside, cancelling, leaving


@posix
@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGSEGV, "worker_crashed"), (signal.SIGKILL, "out_of_memory")]
)
def test_a_real_worker_that_is_killed(clip: SampleVideo, number: int, code: str) -> None:
    with (
        pytest.raises(InputError) as caught,
        WorkerScanner(SystemClock()).scan(str(clip.path), ScanOptions(), CancelToken()) as messages,
    ):
        (child,) = workers()
        child.send_signal(number)
        list(messages)
    assert caught.value.code == code


def test_cancelling_ends_it_within_a_second(path: str) -> None:
    cancel = CancelToken()
    timer = threading.Timer(0.2, cancel.cancel)
    timer.start()
    began = time.monotonic()
    with (
        pytest.raises(Cancelled),
        WorkerScanner(SystemClock(), command=saying(VIDEO, then="time.sleep(60)")).scan(
            path, ScanOptions(), cancel
        ) as messages,
    ):
        list(messages)
    timer.join()
    assert time.monotonic() - began < 5  # of 60; a loaded machine is slow to tell
    assert not workers()


@posix
def test_two_decoders_keep_to_half_of_the_cores_and_end_when_cancelled(
    make: Callable[..., SampleVideo],
) -> None:
    """Fast mode. Nobody takes the pictures of all those scenes, so that the worker waits for as long as needed."""
    sample = make("busy.mp4", cuts=range(10, 400, 10), frames=400)
    options = ScanOptions(mode=ScanMode.FAST, threads=1)
    cancel = CancelToken()
    scanner = WorkerScanner(SystemClock())
    scanner.throttle(True)
    cores = os.cpu_count() or 1
    with (
        pytest.raises(Cancelled),
        scanner.scan(str(sample.path), options, cancel) as messages,
    ):
        assert isinstance(next(messages), Video)
        (child,) = workers()
        assert wait_until(lambda: child.num_threads() == 1 + min(2, cores))
        if sys.platform == "linux":
            ours = psutil.Process().cpu_affinity()
            half = ours[: max(1, round(len(ours) / 2))]
            assert all(psutil.Process(thread.id).cpu_affinity() == half for thread in child.threads())
        began = time.monotonic()
        cancel.cancel()
        list(messages)
    assert time.monotonic() - began < 5  # of a second that is promised; a loaded machine is slow to tell
    assert not workers()


def test_cancelled_before_it_began(path: str) -> None:
    cancel = CancelToken()
    cancel.cancel()
    with (
        pytest.raises(Cancelled),
        WorkerScanner(SystemClock(), command=["/nothing"]).scan(path, ScanOptions(), cancel),
    ):
        pytest.fail("started although cancelled")


def test_leaving_early_leaves_nothing_behind(clip: SampleVideo) -> None:
    threads = set(threading.enumerate())
    with WorkerScanner(SystemClock()).scan(str(clip.path), ScanOptions(), CancelToken()) as messages:
        assert isinstance(next(messages), Video)
    assert not workers()
    assert set(threading.enumerate()) == threads


def test_an_exception_in_the_loop_ends_it_too(clip: SampleVideo) -> None:
    with (
        pytest.raises(ZeroDivisionError),
        WorkerScanner(SystemClock()).scan(str(clip.path), ScanOptions(), CancelToken()) as messages,
    ):
        next(messages)
        1 / 0  # noqa: B018
    assert not workers()


def test_open_files_do_not_add_up(clip: SampleVideo) -> None:
    if sys.platform != "linux":
        pytest.skip("counts descriptors through /proc")
    read_video(clip.path)
    before = len(os.listdir("/proc/self/fd"))  # noqa: PTH208
    for _ in range(3):
        read_video(clip.path)
    assert len(os.listdir("/proc/self/fd")) == before  # noqa: PTH208


def test_two_at_once(clip: SampleVideo) -> None:
    found: list[list[tuple[int, int]]] = []
    threads = [threading.Thread(target=lambda: found.append(read_video(clip.path).borders)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [clip.scenes, clip.scenes]


def test_a_worker_started_by_hand_says_what_it_is(clip: SampleVideo) -> None:
    import subprocess

    from autocut_tray.core.process import MEDIA_WORKER, own_command, own_environment

    ended = subprocess.run(
        own_command(MEDIA_WORKER), env=own_environment(), input=b"", capture_output=True, timeout=30
    )
    assert ended.returncode == 2 and b"not by hand" in ended.stderr and ended.stdout == b""


# -- memory


def pictures(folder: Path, count: int, then: str) -> list[str]:
    """A worker that finds so many scenes with a picture of 50 kB each, and no end."""
    said: list[WorkerMessage] = [VIDEO]
    for number in range(1, count + 1):
        begin = (number - 1) * 10
        transition = Transition.START if number == 1 else Transition.CUT
        scene = Scene(number, begin, begin + 10, begin / 25, (begin + 10) / 25, transition)
        said += [
            scene,
            replace(
                KEYFRAME,
                scene_id=number,
                time=scene.start,
                jpeg=KEYFRAME.jpeg[:-2] + bytes(50_000) + KEYFRAME.jpeg[-2:],
            ),
        ]
    file = folder / "said"
    file.write_bytes(b"".join(map(wire.encode, said)))
    return worker(f"out.write(open({str(file)!r}, 'rb').read()); out.flush()\n{then}")


def test_pictures_on_their_way_stay_within_the_budget(path: str, tmp_path: Path) -> None:
    memory = UnifiedMemoryManager(SystemClock(), BudgetOptions(limit=120_000))
    command = pictures(tmp_path, 12, "sys.exit(1)")
    seen: list[int] = []
    with (
        pytest.raises(InputError, match="worker_crashed"),
        WorkerScanner(SystemClock(), 10.0, command, memory).scan(
            path, ScanOptions(), CancelToken()
        ) as messages,
    ):
        for said in messages:
            if isinstance(said, Keyframe):
                seen.append(memory.get_memory_stats().used)
                assert memory.get_memory_stats().used >= len(said.jpeg), "what is handed out counts as well"
    stats = memory.get_memory_stats()
    assert len(seen) == 12 and stats.peak <= 120_000 and stats.granted == 12
    assert (stats.used, stats.leases, stats.leaked) == (0, 0, 0)


def test_a_worker_that_waits_for_our_memory_does_not_hang(path: str, tmp_path: Path) -> None:
    memory = UnifiedMemoryManager(SystemClock(), BudgetOptions(limit=60_000))
    others = memory.allocate(60_000, "others", cancel=CancelToken())
    command = pictures(tmp_path, 2, "sys.exit(1)")
    got: list[WorkerMessage] = []
    freeing = threading.Timer(2.0, others.release)  # four times what silence may last
    freeing.start()
    with (
        pytest.raises(InputError, match="worker_crashed"),
        WorkerScanner(SystemClock(), 0.5, command, memory).scan(
            path, ScanOptions(), CancelToken()
        ) as messages,
    ):
        got.extend(messages)
    freeing.join()
    assert sum(isinstance(said, Keyframe) for said in got) == 2
    assert memory.get_memory_stats().used == 0


def test_leaving_while_it_waits_for_memory_leaves_nothing(path: str, tmp_path: Path) -> None:
    memory = UnifiedMemoryManager(SystemClock(), BudgetOptions(limit=60_000))
    command = pictures(tmp_path, 12, "time.sleep(60)")
    with WorkerScanner(SystemClock(), 10.0, command, memory).scan(
        path, ScanOptions(), CancelToken()
    ) as messages:
        assert isinstance(next(messages), Video)
        wait_until(lambda: memory.get_memory_stats().waiting == 1)
    stats = memory.get_memory_stats()
    assert (stats.used, stats.waiting, stats.leases) == (0, 0, 0) and workers() == []


def test_leaving_with_a_picture_in_hand_gives_its_memory_back(path: str, tmp_path: Path) -> None:
    memory = UnifiedMemoryManager(SystemClock(), BudgetOptions(limit=60_000))
    command = pictures(tmp_path, 12, "time.sleep(60)")
    with WorkerScanner(SystemClock(), 10.0, command, memory).scan(
        path, ScanOptions(), CancelToken()
    ) as messages:
        assert any(isinstance(said, Keyframe) for said in messages)
    stats = memory.get_memory_stats()
    assert (stats.used, stats.leases, stats.leaked) == (0, 0, 0)


def test_pictures_on_their_way_are_tracked_as_they_are(path: str, tmp_path: Path) -> None:
    """Those that wait and the one in hand; none when it is over."""
    tracker = ResourceTracker(shipped_policies, SystemClock())
    memory = UnifiedMemoryManager(SystemClock(), tracker=tracker)
    command = pictures(tmp_path, 3, "time.sleep(60)")
    with WorkerScanner(SystemClock(), 10.0, command, memory).scan(
        path, ScanOptions(), CancelToken()
    ) as messages:
        picture = next(said for said in messages if isinstance(said, Keyframe))
        wait_until(lambda: len(tracker.find(kind=ResourceKind.TEMP_BUFFERS)) == 3)
        sizes = {(one.name, one.bytes, one.in_use) for one in tracker.find(kind=ResourceKind.TEMP_BUFFERS)}
    assert sizes == {("key frames", len(picture.jpeg) + len(picture.small_jpeg), True)}
    assert tracker.statistics().count == 0 and tracker.statistics().lost == 0
