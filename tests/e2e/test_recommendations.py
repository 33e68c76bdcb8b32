"""A walk through the recommendations with real services: each is made, acted on, and gone when it worked."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from autocut_tray.bootstrap import Services, build_services
from autocut_tray.core.clock import SystemClock
from autocut_tray.core.events import EventBus
from autocut_tray.core.paths import Paths
from autocut_tray.core.policy.detection import ProfileChanged
from autocut_tray.core.policy.governor_types import Tier
from autocut_tray.core.policy.policy import Action, ActionKind
from autocut_tray.core.remedies.state import Phase, RemedyChanged
from autocut_tray.core.runtime.probes import Answer, Probe, Probes, ServerAddresses, system_probes
from autocut_tray.core.runtime.profile import Memory
from autocut_tray.core.settings.store import SettingsStore
from autocut_tray.i18n import Translator
from autocut_tray.ui.desktop import Desktop
from autocut_tray.ui.pages.overview import OverviewPage
from autocut_tray.ui.widgets.recommendation import RecommendationCard
from tests.servers.fake_lmstudio import FakeLmStudio
from tests.servers.fake_ollama import FakeOllama
from tests.servers.ollama_pull import Pull
from tests.servers.ollama_store import GIB, MIB, OllamaModel

PULL = Action(ActionKind.PULL_MODEL, "moondream")


class Walk:
    """Services of a person, and waits that end by their events."""

    def __init__(self, home: Path, environ: dict[str, str], memory: Memory | None = None) -> None:
        self.bus = EventBus()
        self._said = threading.Condition()
        for kind in (ProfileChanged, RemedyChanged):
            self.bus.subscribe(kind, lambda _: self._notify())
        paths = Paths.below(home)
        settings = SettingsStore(paths.settings_file, self.bus, environ)
        self.services: Services = build_services(
            paths, settings, self.bus, probes=_probes(environ, memory) if memory else None, language="en"
        )

    def _notify(self) -> None:
        with self._said:
            self._said.notify_all()

    def wait(self, condition: Callable[[], bool], what: str) -> None:
        with self._said:
            assert self._said.wait_for(condition, 20), what

    @property
    def actions(self) -> list[Action | None]:
        policy = self.services.detection.policy
        return [advice.action for advice in policy.recommendations] if policy else []

    def detect(self) -> None:
        self.services.detection.detect_now()


def _probes(environ: dict[str, str], memory: Memory) -> Probes:
    """Those of this machine, but with another memory and certainly no graphics card."""
    addresses = ServerAddresses(environ["OLLAMA_HOST"], environ["LMSTUDIO_HOST"], None)
    return replace(
        system_probes(SystemClock(), lambda: addresses),
        memory=Probe("memory", lambda cancel: Answer(memory), lambda: memory),
        gpu=Probe("gpu", lambda cancel: Answer(()), lambda: ()),
        nvidia=Probe("nvidia", lambda cancel: Answer(()), lambda: ()),
    )


@pytest.fixture
def ollama() -> Iterator[FakeOllama]:
    with FakeOllama([], gpu_bytes=0, ram_bytes=64 * GIB) as server:
        yield server


@pytest.fixture
def walk(tmp_path: Path) -> Iterator[Callable[..., Walk]]:
    made: list[Walk] = []

    def start(memory: Memory | None = None, **environ: str) -> Walk:
        nothing = {"OLLAMA_HOST": "127.0.0.1:9", "LMSTUDIO_HOST": "http://127.0.0.1:9"}
        made.append(Walk(tmp_path / "home", {**nothing, **environ}, memory))
        return made[-1]

    yield start
    for one in made:
        one.services.close()


def test_a_model_is_pulled_and_the_policy_follows(walk: Callable[..., Walk], ollama: FakeOllama) -> None:
    moondream = OllamaModel("moondream:latest", size=40 * MIB, memory=GIB, vision=True)
    ollama.registry.offer(Pull(moondream, layers=(30 * MIB, 10 * MIB), step=2 * MIB))
    here = walk(OLLAMA_HOST=ollama.url)
    here.detect()
    assert PULL in here.actions
    assert here.services.detection.policy is not None and here.services.detection.policy.routes == ()
    seen: list[tuple[int, int | None]] = []

    def note(event: RemedyChanged) -> None:
        if event.state.progress is not None:
            seen.append((event.state.progress.done_bytes, event.state.progress.total_bytes))

    here.bus.subscribe(RemedyChanged, note)
    here.services.remedies.start(PULL)
    here.wait(lambda: ended(here, PULL) is Phase.DONE, "the pull ends")
    assert [done for done, _ in seen] == sorted(done for done, _ in seen), "progress never goes back"
    here.wait(lambda: PULL not in here.actions, "the advice is followed and gone")
    policy = here.services.detection.policy
    assert policy.base_tier is Tier.CPU and policy.vision.model == "moondream:latest"
    explanation = here.services.detection.explanation
    assert explanation is not None
    assert "Moondream" in " ".join(row.detail(Translator("en").text) for row in explanation.how)


def test_a_pull_that_fails_late_says_why_and_the_advice_stays(
    walk: Callable[..., Walk], ollama: FakeOllama
) -> None:
    ollama.registry.offline = True
    here = walk(OLLAMA_HOST=ollama.url)
    here.detect()
    here.services.remedies.start(PULL)
    here.wait(lambda: ended(here, PULL) is Phase.FAILED, "the pull fails")
    state = here.services.remedies.state(PULL)
    assert state is not None and state.hint is not None
    for language in ("en", "zh-CN"):
        words = Translator(language).text(state.message)
        assert words and "Traceback" not in words
    assert PULL in here.actions


def test_not_now_is_remembered_by_the_next_start(walk: Callable[..., Walk], ollama: FakeOllama) -> None:
    here = walk(OLLAMA_HOST=ollama.url)
    here.detect()
    policy = here.services.detection.policy
    assert policy is not None
    advice = next(one for one in policy.recommendations if one.action == PULL)
    here.services.dismissals.dismiss(advice)
    here.services.close()
    again = walk(OLLAMA_HOST=ollama.url)
    again.detect()
    later = again.services.detection.policy
    assert later is not None and advice.action in [one.action for one in later.recommendations]
    assert advice.action not in [one.action for one in again.services.dismissals.shown(later.recommendations)]


def test_a_server_that_wants_a_token_is_not_offline(
    walk: Callable[..., Walk], monkeypatch: pytest.MonkeyPatch
) -> None:
    with FakeLmStudio(token="sk-lm-abcdefgh:12345678") as server:
        here = walk(LMSTUDIO_HOST=server.base_url)
        here.detect()
        assert Action(ActionKind.ENTER_KEY, "lmstudio") in here.actions
        assert here.services.detection.profile is not None
        assert here.services.detection.profile.lmstudio.reachable is True
        monkeypatch.setenv("LM_API_TOKEN", "sk-lm-abcdefgh:12345678")
        here.services.keys.reload()
        here.detect()
        assert Action(ActionKind.ENTER_KEY, "lmstudio") not in here.actions
        policy = here.services.detection.policy
        assert policy is not None and policy.base_tier is Tier.CPU


SHORT_OF_MEMORY = Memory(16 * 1024, 4 * 1024, 0)
USE = Action(ActionKind.USE_MODEL, "ollama/moondream:latest")


@pytest.fixture
def window(qtbot: QtBot, qapp: QApplication) -> Iterator[Callable[[Walk], OverviewPage]]:
    """The Overview of the program's window, shown, on the services of a walk."""
    opened: list[Desktop] = []

    def show(here: Walk) -> OverviewPage:
        desktop = Desktop(qapp, here.services)
        opened.append(desktop)
        desktop.show_window()
        assert desktop.content is not None and desktop.window is not None
        qtbot.waitUntil(desktop.window.isVisible)
        page = desktop.content.page("overview")
        assert isinstance(page, OverviewPage)
        return page

    yield show
    for desktop in opened:
        desktop.close()


def two_models(server: FakeOllama) -> None:
    server.store.add(OllamaModel("minicpm-v:8b", size=5 * GIB, memory=6 * GIB, vision=True))
    server.store.add(OllamaModel("moondream:latest", size=GIB, memory=2 * GIB, vision=True))


def works_with(here: Walk) -> list[str]:
    """The models of the policy's routes."""
    policy = here.services.detection.policy
    return [] if policy is None else [route.model for route in policy.routes]


def card_of(page: OverviewPage, qtbot: QtBot, action: Action) -> RecommendationCard:
    qtbot.waitUntil(lambda: any(card.recommendation.action == action for card in page.cards))
    return next(card for card in page.cards if card.recommendation.action == action)


@pytest.mark.qt_log_ignore("This plugin does not support", "systemTrayWindowChanged", extend=True)
def test_a_smaller_model_is_used_at_a_click_in_the_window(
    walk: Callable[..., Walk], ollama: FakeOllama, window: Callable[[Walk], OverviewPage], qtbot: QtBot
) -> None:
    two_models(ollama)
    here = walk(SHORT_OF_MEMORY, OLLAMA_HOST=ollama.url)
    here.services.settings.set("models.local_vision_model", "minicpm-v:8b")
    page = window(here)
    here.detect()
    assert works_with(here) == ["minicpm-v:8b"] and USE in here.actions
    card = card_of(page, qtbot, USE)
    assert card.act.isVisible() and card.act.text() == "Use it"
    qtbot.mouseClick(card.act, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: card.words.startswith("Moondream 2 describes scenes from now on."))
    assert card.words.endswith("To choose another model, open Settings, Model servers.")
    assert works_with(here) == ["moondream:latest"]
    here.wait(lambda: USE not in here.actions, "the advice is followed and gone")
    assert card in page.cards and not card.act.isVisible(), "what was done stays to be read"
    here.services.settings.set(
        "models.local_vision_model", "minicpm-v:8b"
    )  # the way back that the card names
    here.wait(lambda: works_with(here) == ["minicpm-v:8b"], "the person's next choice holds")


@pytest.mark.qt_log_ignore("This plugin does not support", "systemTrayWindowChanged", extend=True)
def test_an_environment_that_decides_the_model_is_said_on_the_card(
    walk: Callable[..., Walk], ollama: FakeOllama, window: Callable[[Walk], OverviewPage], qtbot: QtBot
) -> None:
    two_models(ollama)
    here = walk(SHORT_OF_MEMORY, OLLAMA_HOST=ollama.url, LOCAL_VISION_MODEL="minicpm-v:8b")
    page = window(here)
    here.detect()
    card = card_of(page, qtbot, USE)
    qtbot.mouseClick(card.act, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: card.words.startswith("LOCAL_VISION_MODEL"))
    assert "nothing was changed" in card.words and "moondream:latest" in card.words
    assert card.act.isVisible() and works_with(here) == ["minicpm-v:8b"]


def ended(here: Walk, action: Action) -> Phase | None:
    state = here.services.remedies.state(action)
    return None if state is None or state.running else state.phase
