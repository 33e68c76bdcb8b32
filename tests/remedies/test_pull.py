"""Downloads with Ollama against a scripted registry: late errors, lost connections, cancelling, resuming."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from autocut_tray.core.cancel import CancelToken
from autocut_tray.core.errors import BackendError, Cancelled, FailureClass
from autocut_tray.core.remedies.failures import FAILURES, pull_code
from autocut_tray.core.remedies.model_disk import RESERVE_BYTES, ModelDisk, manifest_file
from autocut_tray.core.remedies.progress import Progress, Stage
from autocut_tray.core.remedies.pull import BACK_OFF, QUIET_SECONDS, OllamaPull, Pulled
from tests.remedies.conftest import PATIENCE, HookedClock, error_in_words, in_words
from tests.servers import ollama_pull as registry
from tests.servers.fake_ollama import FakeOllama
from tests.servers.ollama_pull import Pull
from tests.servers.ollama_store import OllamaModel
from tests.servers.scripted import ScriptedServer, closed_port
from tests.servers.wire_faults import CutBody, Drop, Garbage, Reply

MIB = 2**20
SIZE = 80 * MIB


@pytest.fixture
def ollama() -> Iterator[FakeOllama]:
    with FakeOllama([]) as server:
        yield server


def offer(server: FakeOllama, name: str = "moondream", **how: object) -> Pull:
    model = OllamaModel(name, size=SIZE + 1152)
    return server.registry.offer(Pull(model, **how))  # type: ignore[arg-type]


class Puller:
    """One pull, with all that it reported."""

    def __init__(self, url: str, model: str = "moondream", disk: ModelDisk | None = None) -> None:
        self.clock = HookedClock()
        self.cancel = CancelToken()
        self.seen: list[Progress] = []
        self.on_report: Callable[[Progress], object] = lambda progress: None
        self._pull = OllamaPull(url, model, self.clock, disk)

    def run(self) -> Pulled:
        return self._pull.run(self._report, self.cancel)

    def failure(self) -> BackendError:
        with pytest.raises(BackendError) as raised:
            self.run()
        error_in_words(raised.value)
        return raised.value

    def _report(self, progress: Progress) -> None:
        if self.seen:
            assert progress.done_bytes >= self.seen[-1].done_bytes
        assert progress.total_bytes is None or progress.done_bytes <= progress.total_bytes
        self.seen.append(progress)
        self.on_report(progress)

    @property
    def stages(self) -> list[Stage]:
        return list(dict.fromkeys(progress.stage for progress in self.seen))


def pulls(server: ScriptedServer) -> int:
    return len(server.journal.entries("/api/pull"))


def test_a_download_to_its_end(ollama: FakeOllama) -> None:
    offer(ollama, unused_layers=True)
    puller = Puller(ollama.url)
    pulled = puller.run()
    assert puller.stages == [Stage.PREPARING, Stage.DOWNLOADING, Stage.VERIFYING, Stage.FINISHING]
    assert pulled == Pulled(SIZE + 1152, SIZE + 1152, was_current=False)
    assert ollama.store.find("moondream") is not None
    assert ollama.journal.last("/api/pull").json == {"model": "moondream"}
    assert not puller.clock.waits


def test_what_is_there_is_said_to_be_there(ollama: FakeOllama) -> None:
    offer(ollama)
    Puller(ollama.url).run()
    assert Puller(ollama.url, "Moondream:latest").run() == Pulled(SIZE + 1152, 0, was_current=True)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (registry.DISK_FULL.format(digest="ab"), "pull_disk_full"),
        ("write C:\\x: There is not enough space on the disk.", "pull_disk_full"),
        (registry.DIGEST_MISMATCH.format(want="aa", got="bb"), "pull_damaged"),
        ("pull model manifest: 412: requires a newer version of Ollama", "pull_needs_newer"),
        ("unauthorized: access denied", "pull_denied"),
        ("open /usr/share/ollama/x-partial: permission denied", "pull_not_writable"),
        ("something new", "pull_failed"),
    ],
)
def test_a_late_error_that_another_attempt_would_not_mend(ollama: FakeOllama, error: str, code: str) -> None:
    offer(ollama, fail_after=SIZE // 2, error=error)
    puller = Puller(ollama.url)
    failed = puller.failure()
    assert (failed.code, failed.failure) == (code, FAILURES[code])
    assert pulls(ollama) == 1 and not puller.clock.waits


def test_disk_full_is_no_failure_of_the_server(ollama: FakeOllama) -> None:
    offer(ollama, fail_after=SIZE // 2, error=registry.DISK_FULL.format(digest="ab"))
    assert Puller(ollama.url).failure().failure is FailureClass.RESOURCE


def test_no_such_model_and_no_connection_are_said_at_once(ollama: FakeOllama) -> None:
    assert Puller(ollama.url, "nope").failure().code == "pull_no_such_model"
    ollama.registry.offline = True
    assert Puller(ollama.url).failure().code == "pull_offline"
    assert pulls(ollama) == 2


@pytest.mark.parametrize("name", ["a b", "a:b:c", "", "../x?", "模型"[:0] + "a\nb"])
def test_invalid_names(ollama: FakeOllama, name: str) -> None:
    assert Puller(ollama.url, name).failure().code == "pull_bad_name"


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("max retries exceeded: write x: no space left on device", "pull_disk_full"),
        (
            'max retries exceeded: Get "https://x": dial tcp: lookup x on y: no such host',
            "pull_offline",
        ),
        ("max retries exceeded: unexpected EOF", "pull_interrupted"),
        (registry.REGISTRY_500, "pull_library_down"),
        ("pull model manifest: 503: upstream", "pull_library_down"),
        ("unexpected status code 502", "pull_library_down"),
        ('pull model manifest: Get "https://r": net/http: TLS handshake timeout', "pull_offline"),
        ("pull model manifest: file does not exist", "pull_no_such_model"),
        ("", "pull_failed"),
    ],
)
def test_what_ollama_says(said: str, code: str) -> None:
    assert pull_code(said) == code


def test_a_connection_that_broke_is_made_again_and_goes_on(ollama: FakeOllama) -> None:
    pull = offer(ollama, fail_after=SIZE // 2)

    def mended() -> None:
        pull.fail_after = None

    puller = Puller(ollama.url)
    puller.clock.meanwhile = mended
    pulled = puller.run()
    assert puller.clock.waits == [BACK_OFF[0]] and pulls(ollama) == 2
    assert puller.stages[:3] == [Stage.PREPARING, Stage.DOWNLOADING, Stage.RETRYING]
    retrying = next(progress for progress in puller.seen if progress.stage is Stage.RETRYING)
    assert retrying.retry_seconds == BACK_OFF[0] and retrying.done_bytes >= SIZE // 2
    assert pulled.fetched_bytes <= SIZE + 1152


def test_attempts_end(ollama: FakeOllama) -> None:
    offer(ollama, fail_after=SIZE // 2)
    puller = Puller(ollama.url)
    assert puller.failure().code == "pull_interrupted"
    assert puller.clock.waits == list(BACK_OFF) and pulls(ollama) == len(BACK_OFF) + 1


def test_progress_gives_new_attempts(ollama: FakeOllama) -> None:
    pull = offer(ollama, fail_after=10 * MIB, step=10 * MIB)

    def further() -> None:
        assert pull.fail_after is not None
        pull.fail_after += 10 * MIB

    puller = Puller(ollama.url)
    puller.clock.meanwhile = further
    puller.run()
    assert len(puller.clock.waits) > len(BACK_OFF) and max(puller.clock.waits) < BACK_OFF[2]


@pytest.mark.parametrize("fault", [Drop(), Drop(reset=True), CutBody(60)], ids=["closed", "reset", "cut"])
def test_a_lost_answer(ollama: FakeOllama, fault: Drop | CutBody) -> None:
    offer(ollama)
    ollama.faults.add(fault, path="/api/pull")
    puller = Puller(ollama.url)
    puller.run()
    assert puller.clock.waits == [BACK_OFF[0]]


def test_an_answer_that_ends_without_success_is_no_success(ollama: FakeOllama) -> None:
    lines = b'{"status":"pulling manifest"}\n{"status":"verifying sha256 digest"}\n'
    ollama.faults.add(Reply(200, lines), path="/api/pull", times=None)
    assert Puller(ollama.url).failure().code == "pull_interrupted"


def test_a_server_that_dies_in_the_middle_and_comes_back(ollama: FakeOllama) -> None:
    pull = offer(ollama, hold_after=SIZE // 2)
    puller = Puller(ollama.url)

    def die(progress: Progress) -> None:
        if progress.done_bytes >= SIZE // 2 and ollama.running:
            ollama.stop()

    def come_back() -> None:
        if len(puller.clock.waits) == 3:
            puller.on_report = lambda _: None
            pull.release.set()
            ollama.start()

    puller.on_report = die
    puller.clock.meanwhile = come_back
    pulled = puller.run()
    assert puller.clock.waits == list(BACK_OFF[:3])
    assert pulled.fetched_bytes <= SIZE + 1152 and ollama.store.find("moondream") is not None


def test_a_server_that_dies_in_the_middle_for_good(ollama: FakeOllama) -> None:
    offer(ollama, hold_after=SIZE // 2)
    puller = Puller(ollama.url)
    puller.on_report = lambda progress: ollama.stop() if progress.done_bytes >= SIZE // 2 else None
    failed = puller.failure()
    assert failed.code == "pull_server_silent" and puller.clock.waits == list(BACK_OFF)


def test_a_server_that_was_never_there_is_said_at_once() -> None:
    puller = Puller(f"http://127.0.0.1:{closed_port()}")
    assert puller.failure().code == "pull_server_silent"
    assert not puller.clock.waits and not puller.seen


def test_something_else_at_the_port() -> None:
    with ScriptedServer() as other:
        assert Puller(other.url).failure().code == "pull_not_ollama"
        other.faults.add(Garbage(), times=None)
        assert Puller(other.url).failure().code == "pull_not_ollama"


def test_cancelling_closes_the_connection_and_the_next_pull_goes_on(ollama: FakeOllama) -> None:
    pull = offer(ollama, hold_after=SIZE // 2)
    puller = Puller(ollama.url)
    puller.on_report = lambda progress: puller.cancel.cancel() if progress.done_bytes >= SIZE // 2 else None
    with pytest.raises(Cancelled):
        puller.run()
    entry = ollama.journal.last("/api/pull")
    assert entry.finished.wait(PATIENCE) and entry.aborted
    assert ollama.store.find("moondream") is None
    pull.release.set()
    again = Puller(ollama.url)
    pulled = again.run()
    first = next(progress for progress in again.seen if progress.stage is Stage.DOWNLOADING)
    assert first.done_bytes >= SIZE // 2 - SIZE // 8
    assert pulled.fetched_bytes <= SIZE // 2 + SIZE // 8 + 1152


def test_cancelling_while_it_waits_for_another_attempt(ollama: FakeOllama) -> None:
    offer(ollama, fail_after=SIZE // 2)
    puller = Puller(ollama.url)
    puller.clock.meanwhile = puller.cancel.cancel
    with pytest.raises(Cancelled):
        puller.run()
    assert pulls(ollama) == 1


class AskedClock(HookedClock):
    """Counts how often it is asked: a socket that waits asks it every 0.2 s."""

    def __init__(self) -> None:
        super().__init__()
        self._asked = threading.Condition()
        self._count = 0

    def monotonic(self) -> float:
        with self._asked:
            self._count += 1
            self._asked.notify_all()
        return super().monotonic()

    def wait_until_asked(self, times: int) -> None:
        with self._asked:
            wanted = self._count + times
            assert self._asked.wait_for(lambda: self._count >= wanted, PATIENCE)


@pytest.mark.parametrize(("quiet", "attempts"), [(QUIET_SECONDS - 60, 1), (QUIET_SECONDS + 1, 2)])
def test_a_quiet_stream_is_no_error_for_ten_minutes(ollama: FakeOllama, quiet: float, attempts: int) -> None:
    pull = offer(ollama, hold_after=SIZE // 2)
    puller = Puller(ollama.url)
    clock = AskedClock()
    puller.clock = clock
    puller._pull = OllamaPull(ollama.url, "moondream", clock)
    held = threading.Event()
    puller.on_report = lambda progress: held.set() if progress.done_bytes >= SIZE // 2 else None

    def pass_time() -> None:
        assert held.wait(PATIENCE)
        clock.advance(quiet)
        clock.wait_until_asked(4)
        pull.release.set()

    helper = threading.Thread(target=pass_time)
    helper.start()
    puller.run()
    helper.join()
    assert pulls(ollama) == attempts


# ---- room on the disk -------------------------------------------------------------------------------------


def models_folder(folder: Path, *names: str) -> Path:
    """A folder as Ollama keeps it, with these models."""
    (folder / "blobs").mkdir(parents=True)
    for name in names:
        file = manifest_file(folder, name)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("{}")
    return folder


def disk(folder: Path, free: int) -> ModelDisk:
    return ModelDisk([folder], lambda _: free)


def test_no_room_for_a_known_model_is_said_before_it_begins(ollama: FakeOllama, tmp_path: Path) -> None:
    offer(ollama)
    folder = models_folder(tmp_path / "models")
    failed = Puller(ollama.url, disk=disk(folder, 2**30)).failure()
    assert failed.code == "pull_no_room" and pulls(ollama) == 0
    assert in_words(failed.message).startswith(
        "Moondream 2 needs 2.0 GB with a reserve, and 1.0 GB is free at "
    )
    assert "1.0 GB" in error_in_words(failed)


def test_no_room_for_what_the_server_names_ends_the_download(ollama: FakeOllama, tmp_path: Path) -> None:
    offer(ollama, "other")
    folder = models_folder(tmp_path / "models")
    puller = Puller(ollama.url, "other", disk(folder, SIZE + RESERVE_BYTES - 1))
    assert puller.failure().code == "pull_no_room"
    entry = ollama.journal.last("/api/pull")
    assert entry.finished.wait(PATIENCE)
    assert Puller(ollama.url, "other", disk(folder, SIZE + RESERVE_BYTES)).run().size_bytes == SIZE + 1152


def test_what_is_here_of_a_cut_download_needs_no_room(ollama: FakeOllama, tmp_path: Path) -> None:
    pull = offer(ollama, fail_after=SIZE // 2, error="unauthorized")
    folder = models_folder(tmp_path / "models")
    (folder / "blobs" / "sha256-ab-partial").touch()
    assert Puller(ollama.url, disk=disk(folder, 2**40)).failure().code == "pull_denied"
    pull.fail_after = None
    room = SIZE // 2 + SIZE // 8 + RESERVE_BYTES
    assert Puller(ollama.url, disk=disk(folder, room)).run().size_bytes == SIZE + 1152


def test_a_disk_that_is_not_surely_the_right_one_refuses_nobody(tmp_path: Path) -> None:
    folder = models_folder(tmp_path / "models", "elsewhere")
    with FakeOllama([OllamaModel("tiny-vlm")]) as ollama:
        offer(ollama)
        assert Puller(ollama.url, disk=disk(folder, 0)).run().fetched_bytes > 0
