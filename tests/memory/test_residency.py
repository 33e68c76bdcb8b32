"""Whose model is in memory, and giving back only our own."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from autocut_tray.core.clock import SystemClock
from autocut_tray.core.memory.guard import GuardHands, MemoryGuard
from autocut_tray.core.memory.policies import shipped_policies
from autocut_tray.core.memory.residency import Residency
from autocut_tray.core.memory.tracker import ResourceTracker
from autocut_tray.core.policy.governor_thresholds import Thresholds
from autocut_tray.core.policy.governor_types import Cause, Evidence, MemoryLevel, Reclaim
from autocut_tray.core.release import MachineMemory, ReleaseCause, ReleaseOutcome, ReleaseReport, ResourceKind
from autocut_tray.core.runtime.profile import Backend
from tests.fakes import FakeClock
from tests.monitor.test_history import SAMPLE
from tests.servers.fake_lmstudio import FakeLmStudio
from tests.servers.fake_ollama import FakeOllama
from tests.servers.ollama_store import GIB, OllamaModel, Unloading
from tests.servers.wire_faults import Hang

OLLAMA, LMSTUDIO = Backend.OLLAMA, Backend.LMSTUDIO


@pytest.fixture
def server() -> object:
    models = [
        OllamaModel(name, size=GIB, memory=GIB, vision=True) for name in ("ours:latest", "theirs:latest")
    ]
    with FakeOllama(models, gpu_bytes=8 * GIB) as running:
        yield running


def load(server: FakeOllama, model: str) -> None:
    from autocut_tray.core.cancel import CancelToken
    from autocut_tray.core.http import HttpClient

    http = HttpClient(server.url)
    assert http.post_json("/api/chat", {"model": model}, cancel=CancelToken()).ok
    http.close()


def residency(server: FakeOllama | FakeLmStudio) -> Residency:
    def root(_: Backend) -> tuple[str, str | None] | None:
        return (server.url, None)

    return Residency(root)


def names(server: FakeOllama) -> set[str]:
    return {loaded.model.full_name for loaded in server.store.loaded()}


def test_only_ours_is_unloaded(server: FakeOllama) -> None:
    load(server, "theirs:latest")
    watched = residency(server)
    watched.will_use(OLLAMA, "ours:latest")
    load(server, "ours:latest")
    assert [r.model for r in watched.unload_ours()] == ["ours:latest"]
    assert not server.store.is_loaded("ours:latest") and server.store.is_loaded("theirs:latest")


def test_what_somebody_else_had_loaded_before_us_stays(server: FakeOllama) -> None:
    load(server, "ours:latest")
    watched = residency(server)
    watched.will_use(OLLAMA, "ours:latest")
    assert watched.unload_ours() == ()
    assert server.store.is_loaded("ours:latest")


def test_a_model_loaded_again_after_a_reclaim_is_unloaded_again(server: FakeOllama) -> None:
    watched = residency(server)
    for _ in range(2):
        watched.will_use(OLLAMA, "ours:latest")
        load(server, "ours:latest")
        assert [r.model for r in watched.unload_ours()] == ["ours:latest"]
        assert not server.store.is_loaded("ours:latest")


def test_it_says_what_is_there_and_what_it_holds(server: FakeOllama) -> None:
    watched = residency(server)
    assert watched.look(OLLAMA, "ours:latest") is None
    load(server, "ours:latest")
    found = watched.find(OLLAMA, "ours:latest")
    assert found is not None and found.vram_bytes is not None and found.vram_bytes > 0


def test_a_server_that_is_gone_or_elsewhere_is_unknown_not_empty(server: FakeOllama) -> None:
    watched = residency(server)
    server.stop()
    assert watched.look(OLLAMA, "ours:latest") is False
    elsewhere = Residency(lambda _: None)
    assert elsewhere.look(OLLAMA, "ours:latest") is False and elsewhere.unload_ours() == ()


def test_a_hanging_server_does_not_hold_up_the_end(server: FakeOllama) -> None:
    release = threading.Event()
    server.faults.add(Hang(release), path="/api/ps", times=None)
    watched = residency(server)
    answers: list[object] = []
    asking = threading.Thread(target=lambda: answers.append(watched.look(OLLAMA, "ours:latest")))
    asking.start()
    server.journal.wait_for("/api/ps")
    began = time.monotonic()
    watched.close()
    asking.join(5)
    release.set()
    assert answers == [False] and time.monotonic() - began < 1.5


# -- tracked and released through the server


class Machine:
    """A guard that measures the fake server's own card."""

    def __init__(self, server: FakeOllama) -> None:
        self.server = server
        self.clock = FakeClock()
        self.tracker = ResourceTracker(shipped_policies, self.clock)
        self.residency = Residency(lambda _: (server.url, None), self.tracker)
        self.guard = MemoryGuard(
            self.tracker,
            shipped_policies,
            GuardHands(
                level=lambda: MemoryLevel.OK,
                measure=lambda: MachineMemory(8 * GIB, server.store.vram_used(), None),
                refresh=lambda: None,
                limits=lambda: Thresholds(reclaim_wait=0.6, reclaim_poll=0.05),
                release_idle=lambda: True,
                compress=lambda: True,
                find_leaks=lambda: None,
                publish=lambda _: None,
                keep=lambda report: report,
                trim=lambda: None,
            ),
            SystemClock(),
        )

    def describe(self, model: str = "ours:latest") -> None:
        """As the analyzers do: a request, and a look at what is there."""
        with self.residency.using(OLLAMA, model):
            load(self.server, model)
        self.residency.look(OLLAMA, model)

    def release(self, cause: Cause = Cause.VRAM) -> ReleaseReport | None:
        return self.guard.reclaim(Reclaim(0.0, Evidence(cause), 50.0))


@pytest.fixture
def machine(server: FakeOllama) -> Iterator[Machine]:
    made = Machine(server)
    yield made
    made.guard.close()


def test_our_model_is_tracked_and_unloaded_with_proof(server: FakeOllama, machine: Machine) -> None:
    load(server, "theirs:latest")
    machine.describe()
    (resource,) = machine.tracker.find()
    assert (resource.kind, resource.name, resource.bytes) == (ResourceKind.MODEL_SHARDS, "ours:latest", GIB)
    report = machine.release()
    assert report is not None
    assert (report.freed_bytes, report.records[0].outcome) == (GIB, ReleaseOutcome.RELEASED)
    assert report.before.vram_used == 2 * GIB and report.after.vram_used == GIB
    assert names(server) == {"theirs:latest"}
    assert machine.tracker.find() == [] and machine.release() is None


def test_what_it_costs_to_have_it_again_is_the_longest_that_loading_took(
    server: FakeOllama, machine: Machine
) -> None:
    machine.describe()
    assert machine.tracker.find()[0].rebuild_seconds is None
    for seconds in (2.5, 0.01):  # the second answer found it in memory
        machine.residency.note_load(OLLAMA, "ours:latest", seconds)
    assert machine.tracker.find()[0].rebuild_seconds == 2.5
    machine.residency.note_load(OLLAMA, "theirs:latest", 9.0)
    assert [resource.rebuild_seconds for resource in machine.tracker.find()] == [2.5]


def test_a_model_in_main_memory_is_of_the_other_kind(server: FakeOllama, machine: Machine) -> None:
    server.store.gpu_bytes = 0
    machine.describe()
    (resource,) = machine.tracker.find()
    assert (resource.kind, resource.bytes) == (ResourceKind.MODEL_WEIGHTS_CACHE, GIB)


def test_theirs_is_listed_but_never_tracked_nor_unloaded(server: FakeOllama, machine: Machine) -> None:
    load(server, "theirs:latest")
    machine.describe("theirs:latest")
    assert machine.tracker.find() == [] and machine.release() is None
    assert [(r.model, ours) for r, ours in machine.residency.listed] == [("theirs:latest", False)]
    assert server.store.is_loaded("theirs:latest")


def test_a_server_that_did_not_say_leaves_its_model_alone(server: FakeOllama, machine: Machine) -> None:
    """Nobody knows whose it is, so it is not ours to unload; once it was gone, the next one is ours."""
    server.faults.add(Hang(threading.Event()), path="/api/ps", times=1)
    machine.residency.will_use(OLLAMA, "ours:latest")
    load(server, "ours:latest")
    machine.residency.look(OLLAMA, "ours:latest")
    assert machine.tracker.find() == []
    server.store.ask_unload("ours:latest")
    machine.residency.look(OLLAMA, "ours:latest")
    machine.describe()
    assert len(machine.tracker.find()) == 1


@pytest.mark.fault("FR16")
@pytest.mark.parametrize("unloading", [Unloading.STILL_LISTED, Unloading.LEAKS])
def test_an_unload_that_brings_nothing_is_said(
    server: FakeOllama, machine: Machine, unloading: Unloading
) -> None:
    server.store.unloading = unloading
    machine.describe()
    report = machine.release()
    assert report is not None and report.seconds >= 0.6
    assert (report.freed_bytes, report.records[0].outcome) == (0, ReleaseOutcome.KEPT)


def test_while_it_is_slow_to_leave_it_stays_ours(server: FakeOllama, machine: Machine) -> None:
    server.store.unloading = Unloading.STILL_LISTED
    machine.describe()
    machine.release()
    machine.describe()
    server.store.unloading = Unloading.HONEST
    machine.release()
    assert names(server) == set()


def test_a_warning_spares_the_model_at_work(server: FakeOllama, machine: Machine) -> None:
    with machine.residency.using(OLLAMA, "ours:latest"):
        load(server, "ours:latest")
        machine.residency.look(OLLAMA, "ours:latest")
        assert machine.release(Cause.MEMORY) is None
    assert machine.release(Cause.MEMORY) is not None and names(server) == set()


def test_five_idle_minutes_and_it_goes(server: FakeOllama, machine: Machine) -> None:
    machine.describe()
    assert machine.tracker.find(expired=True) == []
    machine.clock.advance(300)
    machine.guard.tick(replace(SAMPLE, monotonic=machine.clock.monotonic()))
    helper = machine.guard._helper
    assert helper is not None
    helper.join(10)
    assert names(server) == set()
    assert [report.cause for report in machine.guard.reports] == [ReleaseCause.EXPIRED]


def test_a_server_that_refuses_or_is_gone(server: FakeOllama, machine: Machine) -> None:
    machine.describe()
    server.stop()
    report = machine.release()
    assert report is not None and report.records[0].freed_bytes is None
    assert report.records[0].outcome is ReleaseOutcome.UNMEASURED


@pytest.mark.fault("FM20")
def test_the_older_of_two_of_ours_in_lm_studio_is_unloaded(caplog: pytest.LogCaptureFixture) -> None:
    with FakeLmStudio() as studio:
        watched = residency(studio)
        watched.will_use(LMSTUDIO, "tiny-vlm")
        model = studio.store.models["tiny-vlm"]
        studio.store.load(model, None, ttl=3600)
        watched.look(LMSTUDIO, "tiny-vlm")
        newer = studio.store.load(model, None, ttl=3600)
        found = watched.find(LMSTUDIO, "tiny-vlm")
        assert found is not None and found.handle == newer.identifier
        assert [each.identifier for each in studio.store.instances] == [newer.identifier]
    assert "2 times" in caplog.text


@pytest.mark.fault("FM20")
def test_two_of_which_one_was_there_before_us_both_stay() -> None:
    with FakeLmStudio() as studio:
        model = studio.store.models["tiny-vlm"]
        studio.store.load(model, None)
        watched = residency(studio)
        watched.will_use(LMSTUDIO, "tiny-vlm")
        studio.store.load(model, None)
        watched.look(LMSTUDIO, "tiny-vlm")
        assert len(studio.store.instances) == 2


def _after_first_release(watched: Residency, act: Callable[[], None]) -> None:
    """Have ``act`` done by another thread in the moment in which the lock is first let go."""

    class Lock:
        def __init__(self, real: threading.Lock) -> None:
            self._real, self._done = real, False

        def __enter__(self) -> None:
            self._real.acquire()

        def __exit__(self, *_: object) -> None:
            self._real.release()
            if not self._done:
                self._done = True
                act()

    watched._lock = Lock(watched._lock)  # type: ignore[assignment, arg-type]


def test_a_model_that_unloads_itself_as_we_ask_for_it_again_stays_ours(server: FakeOllama) -> None:
    """A look at the server between the decision to ask and the question must not forget whose it will be."""
    clock = FakeClock()
    tracker = ResourceTracker(shipped_policies, clock)
    watched = Residency(lambda _: (server.url, None), tracker)
    with watched.using(OLLAMA, "ours:latest"):
        load(server, "ours:latest")
        assert watched.find(OLLAMA, "ours:latest") is not None
    server.store.kill_runner("ours:latest")
    _after_first_release(watched, lambda: watched._note(OLLAMA, []))
    with watched.using(OLLAMA, "ours:latest"):
        load(server, "ours:latest")
    assert watched.loaded(OLLAMA) is not None
    assert [ours for _resident, ours in watched.listed] == [True]
    assert tracker.statistics().count == 1
    assert [r.model for r in watched.unload_ours()] == ["ours:latest"]


def test_what_others_of_us_use_meanwhile_is_not_unloaded_for_one_who_has_done(server: FakeOllama) -> None:
    """The fire drill loaded it; a job came in the middle and works with it now."""
    clock = FakeClock()
    tracker = ResourceTracker(shipped_policies, clock)
    watched = Residency(lambda _: (server.url, None), tracker)
    with watched.using(OLLAMA, "ours:latest"):
        load(server, "ours:latest")
    with watched.using(OLLAMA, "ours:latest"):
        assert not watched.unload(OLLAMA, "ours:latest")
        assert server.store.is_loaded("ours:latest")
    assert watched.loaded(OLLAMA) is not None
    assert [ours for _resident, ours in watched.listed] == [True], "it is still ours to give back"
    assert tracker.statistics().count == 1
