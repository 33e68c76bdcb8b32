"""The service: one thread an action, every state published, nothing left behind."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from autocut_tray.core.clock import SystemClock
from autocut_tray.core.errors import Cancelled
from autocut_tray.core.events import EventBus
from autocut_tray.core.memory.residency import Resident
from autocut_tray.core.policy.policy import Action, ActionKind
from autocut_tray.core.policy.recommend import OLLAMA_PAGE
from autocut_tray.core.remedies.failures import failure
from autocut_tray.core.remedies.launch import Launch, Started
from autocut_tray.core.remedies.progress import Stage
from autocut_tray.core.remedies.remedies import Hands, Remedies
from autocut_tray.core.remedies.state import Phase, RemedyChanged, RemedyState
from autocut_tray.core.runtime.probes.machine import Machine
from autocut_tray.core.runtime.profile import Backend
from tests.remedies.conftest import PATIENCE, Listener, in_words
from tests.servers.fake_lmstudio import FakeLmStudio
from tests.servers.fake_ollama import FakeOllama
from tests.servers.lmstudio_store import StudioModel
from tests.servers.ollama_pull import Pull
from tests.servers.ollama_store import OllamaModel
from tests.servers.scripted import closed_port

PULL = Action(ActionKind.PULL_MODEL, "moondream")
START = Action(ActionKind.START_SERVER, "ollama")
FREE = Action(ActionKind.FREE_VRAM, "ollama")
USE = Action(ActionKind.USE_MODEL, "ollama/moondream:latest")
PAGE = Action(ActionKind.OPEN_PAGE, OLLAMA_PAGE)
AGAIN = Action(ActionKind.DETECT_AGAIN)
STUDIO_MODEL = "https://huggingface.co/someone/tiny-vision-GGUF"
SIZE = 8_000_000


class Child:
    def poll(self) -> int | None:
        return None


@dataclass
class World:
    """What remedies act on, and what they did."""

    folder: Path
    roots: dict[Backend, str] = field(default_factory=dict)
    detections: int = 0
    pages: list[str] = field(default_factory=list)
    launches: list[Launch] = field(default_factory=list)
    ours: tuple[Resident, ...] = ()
    browser: bool = True
    used: list[tuple[Backend, str]] = field(default_factory=list)
    bus: EventBus = field(default_factory=EventBus)

    def __post_init__(self) -> None:
        self.heard = Listener(self.bus)
        hands = Hands(
            address=lambda backend: (self.roots[backend], None) if backend in self.roots else None,
            unload=self.unload,
            loaded=lambda backend: (),
            detect=self.detect,
            use_model=self.use_model,
            open_page=self.open_page,
            spawn=self.spawn,
            machine=self.machine,
        )
        self.remedies = Remedies(hands, self.bus, SystemClock())

    def machine(self) -> Machine:
        tool = self.folder / "root/usr/bin/ollama"
        tool.parent.mkdir(parents=True, exist_ok=True)
        tool.touch()
        tool.chmod(0o755)
        return Machine(
            system="linux",
            processor="x",
            root=self.folder / "root",
            home=self.folder / "home",
            environ={},
        )

    def detect(self) -> None:
        self.detections += 1

    def use_model(self, backend: Backend, name: str) -> None:
        if name == "gone":
            raise failure("model_not_usable", model=name, server="Ollama")
        self.used.append((backend, name))

    def unload(self) -> tuple[Resident, ...]:
        return self.ours

    def open_page(self, address: str) -> bool:
        self.pages.append(address)
        return self.browser

    def spawn(self, launch: Launch) -> Started:
        self.launches.append(launch)
        return Child()

    def do(self, action: Action) -> RemedyState:
        """Start it and wait for its end."""
        begun = self.remedies.start(action)
        assert begun.running and in_words(begun.message)
        end = self.heard.end_of(action)
        assert not end.can_cancel and in_words(end.message)
        if end.phase is Phase.FAILED:
            assert end.hint is not None and in_words(end.hint) and end.error_code
        return end


def is_downloading(state: RemedyState) -> bool:
    return state.progress is not None and state.progress.stage is Stage.DOWNLOADING


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    yield made
    made.remedies.close()


@pytest.fixture
def ollama(world: World) -> Iterator[FakeOllama]:
    with FakeOllama([]) as server:
        world.roots[Backend.OLLAMA] = server.url
        yield server


def offer(server: FakeOllama, **how: object) -> Pull:
    return server.registry.offer(Pull(OllamaModel("moondream", size=SIZE), **how))  # type: ignore[arg-type]


def test_a_model_is_downloaded_and_the_machine_looked_at_again(world: World, ollama: FakeOllama) -> None:
    offer(ollama)
    end = world.do(PULL)
    assert end.phase is Phase.DONE and in_words(end.message) == "Moondream 2 is ready."
    assert world.detections == 1
    states = world.heard.of(PULL)
    assert states[0].phase is Phase.RUNNING and states[0].can_cancel and states[0].progress is None
    stages = [state.progress.stage for state in states if state.progress is not None]
    assert Stage.DOWNLOADING in stages and Stage.VERIFYING in stages
    done = [state.done_bytes for state in states if state.done_bytes is not None]
    assert done == sorted(done) and end.done_bytes == end.total_bytes == SIZE
    assert world.remedies.state(PULL) == end and world.remedies.states == (end,)
    assert (end.code, end.argument, end.seconds_left, end.bytes_per_second) == (
        "pull_model",
        "moondream",
        None,
        None,
    )
    world.remedies.forget(PULL)
    assert world.remedies.states == ()


def test_progress_is_told_at_most_twice_a_second(world: World, ollama: FakeOllama) -> None:
    offer(ollama, step=1000)  # 8000 lines in well under a second each
    world.do(PULL)
    told = [state for state in world.heard.of(PULL) if state.progress is not None]
    downloading = [state for state in told if state.progress and state.progress.stage is Stage.DOWNLOADING]
    assert 1 <= len(downloading) <= 20


def test_the_last_of_a_burst_is_told_when_the_stream_goes_quiet(world: World, ollama: FakeOllama) -> None:
    pull = offer(ollama, step=1000, hold_after=SIZE // 2)
    world.remedies.start(PULL)
    world.heard.until(lambda state: (state.done_bytes or 0) >= SIZE // 2)
    known = world.remedies.state(PULL)
    assert known is not None and world.heard.of(PULL)[-1] == known
    pull.release.set()
    world.heard.end_of(PULL)
    assert not world.heard.of(PULL)[-1].running, "nothing is told after the end"


def test_the_same_twice_is_once(world: World, ollama: FakeOllama) -> None:
    pull = offer(ollama, hold_after=SIZE // 2)
    first = world.remedies.start(PULL)
    world.heard.until(is_downloading)
    second = world.remedies.start(PULL)
    assert first.running and second.running
    pull.release.set()
    assert world.heard.end_of(PULL).phase is Phase.DONE
    assert len(ollama.journal.entries("/api/pull")) == 1
    assert world.remedies.start(PULL).running  # and again once it has ended


def test_cancelled_by_the_person(world: World, ollama: FakeOllama) -> None:
    offer(ollama, hold_after=SIZE // 2)
    world.remedies.start(PULL)
    world.heard.until(is_downloading)
    world.remedies.cancel(PULL)
    end = world.heard.end_of(PULL)
    assert end.phase is Phase.CANCELLED and "is kept" in in_words(end.message)
    assert ollama.journal.last("/api/pull").finished.wait(PATIENCE)
    assert world.detections == 0
    world.remedies.cancel(PULL)  # nothing to cancel any more


def test_a_failure_says_why_and_what_next(world: World, ollama: FakeOllama) -> None:
    end = world.do(PULL)
    assert (end.phase, end.error_code) == (Phase.FAILED, "pull_no_such_model")
    assert "file does not exist" in end.detail and world.detections == 0


def test_a_server_elsewhere_is_left_alone(world: World) -> None:
    assert world.do(PULL).error_code == "pull_remote"
    assert world.do(START).error_code == "start_remote"
    assert world.do(Action(ActionKind.PULL_MODEL, STUDIO_MODEL)).error_code == "start_remote"
    assert not world.launches


def test_lm_studio_downloads_and_cannot_be_stopped_from_here(world: World) -> None:
    action = Action(ActionKind.PULL_MODEL, STUDIO_MODEL)
    with FakeLmStudio([]) as studio:
        world.roots[Backend.LMSTUDIO] = studio.url
        studio.store.offers[STUDIO_MODEL] = StudioModel("someone/tiny", size_bytes=SIZE)
        assert not world.remedies.start(action).can_cancel
        state = world.heard.until(is_downloading)
        assert in_words(state.message).endswith("Only LM Studio itself can stop it.")
        world.remedies.cancel(action)
        end = world.heard.end_of(action)
        assert in_words(end.message) == "LM Studio goes on downloading tiny-vision-GGUF."


def test_a_server_is_started(world: World) -> None:
    with FakeOllama(port=closed_port()) as server:
        server.stop()
        world.roots[Backend.OLLAMA] = server.url
        came = threading.Event()

        def come_up() -> None:
            assert came.wait(PATIENCE)
            server.start()

        helper = threading.Thread(target=come_up)
        helper.start()
        world.remedies.start(START)
        came.set()
        end = world.heard.end_of(START)
        helper.join()
        assert end.phase is Phase.DONE and in_words(end.message).startswith("Ollama ")
        assert world.detections == 1


def test_vram_is_freed(world: World) -> None:
    assert world.do(FREE).error_code == "free_nothing_ours"
    world.remedies.forget(FREE)
    world.heard.states.clear()
    world.ours = (Resident(Backend.OLLAMA, "m", "m", 2**31),)
    end = world.do(FREE)
    assert in_words(end.message).startswith("Freed 2.0 GB of 2.0 GB") and world.detections == 1


def test_an_installed_model_is_chosen(world: World) -> None:
    assert world.do(USE).phase is Phase.DONE
    assert world.used == [(Backend.OLLAMA, "moondream:latest")]
    end = world.heard.end_of(USE)
    assert in_words(end.message) == (
        "Moondream 2 describes scenes from now on. To choose another model, open Settings, Model servers."
    )
    assert world.detections == 0  # the settings have changed, and who listens to them looks again
    slashed = Action(ActionKind.USE_MODEL, "lmstudio/qwen/qwen2-vl-2b")
    assert world.do(slashed).phase is Phase.DONE
    assert world.used[-1] == (Backend.LMSTUDIO, "qwen/qwen2-vl-2b")
    assert world.do(Action(ActionKind.USE_MODEL, "ollama/gone")).error_code == "model_not_usable"


def test_pages_are_only_our_own(world: World) -> None:
    assert world.do(PAGE).phase is Phase.DONE and world.pages == [OLLAMA_PAGE]
    for address in ("https://example.com/", OLLAMA_PAGE.replace("https", "http"), "file:///etc/passwd"):
        assert world.do(Action(ActionKind.OPEN_PAGE, address)).error_code == "page_not_ours"
    assert world.pages == [OLLAMA_PAGE] and world.detections == 0
    world.browser = False
    world.heard.states.clear()
    end = world.do(PAGE)
    assert end.hint is not None and OLLAMA_PAGE in in_words(end.hint)


def test_detect_again(world: World) -> None:
    assert world.do(AGAIN).phase is Phase.DONE and world.detections == 1


@pytest.mark.parametrize(
    "action",
    [
        Action(ActionKind.ENTER_KEY, "openai"),
        Action(ActionKind.ALLOW_CLOUD, "openai"),
        Action(ActionKind.PULL_MODEL),
        Action(ActionKind.START_SERVER, "something"),
        Action(ActionKind.USE_MODEL),
        Action(ActionKind.USE_MODEL, "moondream:latest"),
        Action(ActionKind.USE_MODEL, "ollama/"),
        Action(ActionKind.USE_MODEL, "elsewhere/moondream"),
    ],
)
def test_what_is_not_for_here(world: World, action: Action) -> None:
    with pytest.raises(ValueError):
        world.remedies.start(action)
    assert world.remedies.states == ()


@pytest.mark.errors_expected
def test_a_fault_of_our_own_is_published_too(world: World) -> None:
    def broken() -> tuple[Resident, ...]:
        raise RuntimeError("a bug")

    world.unload = broken  # type: ignore[method-assign]
    world.remedies._hands = Hands(lambda b: None, broken, lambda b: (), world.detect, world.use_model)
    world.remedies.start(FREE)
    end = world.heard.end_of(FREE)
    assert (end.phase, end.error_code, end.detail) == (Phase.FAILED, "internal", "RuntimeError")


def test_closing_ends_everything(world: World, ollama: FakeOllama) -> None:
    offer(ollama, hold_after=SIZE // 2)
    world.remedies.start(PULL)
    world.heard.until(is_downloading)
    world.remedies.close()
    assert world.heard.end_of(PULL).phase is Phase.CANCELLED
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("remedy")]
    with pytest.raises(Cancelled):
        world.remedies.start(PULL)
    world.remedies.close()


def test_a_listener_may_ask_for_the_state(world: World) -> None:
    seen = []
    world.bus.subscribe(RemedyChanged, lambda event: seen.append(world.remedies.state(event.state.action)))
    world.do(AGAIN)
    assert seen[-1] is not None and seen[-1].phase is Phase.DONE
