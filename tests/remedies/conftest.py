"""Clocks and listeners that the tests of remedies share."""

from __future__ import annotations

import threading
from collections.abc import Callable

from autocut_tray.core.errors import AutoCutError
from autocut_tray.core.events import EventBus
from autocut_tray.core.messages import Message
from autocut_tray.core.policy.policy import Action
from autocut_tray.core.remedies.state import Phase, RemedyChanged, RemedyState
from autocut_tray.i18n import Translator
from tests.fakes import FakeClock

PATIENCE = 10.0
TRANSLATORS = (Translator("en"), Translator("zh-CN"))


def in_words(said: Message) -> str:
    """The English text, after a look that both languages have one with all its variables."""
    texts = [translator.text(said) for translator in TRANSLATORS]
    assert all(text and text != said.code and "{" not in text for text in texts), texts
    return texts[0].replace("\u00a0", " ")


def error_in_words(error: AutoCutError) -> str:
    assert error.hint is not None
    return f"{in_words(error.message)} {in_words(error.hint)}"


class HookedClock(FakeClock):
    """Every wait moves the time, and does what the test wants to happen meanwhile."""

    def __init__(self) -> None:
        super().__init__()
        self.waits: list[float] = []
        self.meanwhile: Callable[[], object] = lambda: None

    def wait(self, event: threading.Event, timeout: float) -> bool:
        self.waits.append(timeout)
        self.meanwhile()
        return super().wait(event, timeout)


class Listener:
    """Every state that was published, and a way to wait for one."""

    def __init__(self, bus: EventBus) -> None:
        self.states: list[RemedyState] = []
        self._changed = threading.Condition()
        bus.subscribe(RemedyChanged, self._note)

    def _note(self, event: RemedyChanged) -> None:
        with self._changed:
            self.states.append(event.state)
            self._changed.notify_all()

    def of(self, action: Action) -> list[RemedyState]:
        with self._changed:
            return [state for state in self.states if state.action == action]

    def until(self, wanted: Callable[[RemedyState], bool]) -> RemedyState:
        with self._changed:
            found = self._changed.wait_for(lambda: any(map(wanted, self.states)), PATIENCE)
            assert found, self.states
            return next(state for state in self.states if wanted(state))

    def end_of(self, action: Action) -> RemedyState:
        return self.until(lambda state: state.action == action and state.phase is not Phase.RUNNING)
