"""The fire drill on the Overview page."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from autocut_tray.core.drill.drill import DrillReport, DrillState, Rung
from autocut_tray.core.drill.walk import Pressure, Step
from autocut_tray.core.errors import Cancelled, UsageError
from autocut_tray.core.messages import message
from autocut_tray.core.policy.governor_types import Tier
from autocut_tray.ui.content import Content
from autocut_tray.ui.pages.overview import OverviewPage
from autocut_tray.ui.widgets.drill_card import DrillCard
from tests.policy.test_controller import CPU, GPU
from tests.ui import fake_services as fakes
from tests.ui.fake_services import FakeServices

GOOD = Rung(GPU, 3.21, 2048.0, 0.8)
BAD = Rung(CPU, None, None, 2.5, message("error-no-backend"), message("drill-nothing-hint"))
STEPS = (
    Step(Pressure.VRAM, Tier.GPU, Tier.CPU, 10.0, 0),
    Step(Pressure.SERVER_GONE, Tier.CPU, Tier.PAUSED, 2.0, 3),
)


@pytest.fixture
def card(content: Content, services: FakeServices, qtbot: QtBot) -> DrillCard:
    page = content.page("overview")
    assert isinstance(page, OverviewPage)
    fakes.find_mid_machine(services)
    qtbot.waitUntil(lambda: not page.drill.isHidden())
    return page.drill


def test_one_click_begins_it_and_a_second_one_ends_it(
    card: DrillCard, services: FakeServices, qtbot: QtBot
) -> None:
    assert card.button.text() == "Try now"
    qtbot.mouseClick(card.button, Qt.MouseButton.LeftButton)
    assert services.drill.calls == ["start"]
    services.drill.tell(DrillState(trying=GPU))
    qtbot.waitUntil(lambda: card.button.text() == "Cancel")
    assert "Trying GPU · Moondream 2" in card.words
    qtbot.mouseClick(card.button, Qt.MouseButton.LeftButton)
    assert services.drill.calls == ["start", "cancel"]
    services.drill.tell(DrillState(error=Cancelled()))
    qtbot.waitUntil(lambda: card.button.text() == "Try now")
    assert any("test picture" in words for words in card.words), "as before"


def test_every_rung_and_every_step_is_said(card: DrillCard, services: FakeServices, qtbot: QtBot) -> None:
    services.drill.tell(DrillState((GOOD, BAD), report=DrillReport(0.0, (GOOD, BAD), STEPS)))
    qtbot.waitUntil(lambda: "1 of 2 ways to work held up today." in card.words)
    assert (
        "GPU · Moondream 2: answered the test picture after 3.2 s, loading included. "
        "Holds 2.0 GB of VRAM. A scene takes about 0.8 s." in card.words
    )
    assert any(words.startswith("CPU · Moondream 2: No model server") for words in card.words)
    assert card.words[-2:] == (
        "Another program fills the VRAM: CPU after 10 s.",
        "The model server goes away: Paused after 3 failures.",
    )


def test_a_refusal_says_what_to_do(card: DrillCard, services: FakeServices, qtbot: QtBot) -> None:
    refusal = UsageError("drill_busy", message("drill-busy"), message("drill-busy-hint"))
    services.drill.tell(DrillState(error=refusal))
    qtbot.waitUntil(lambda: any("must not disturb it. Pause it" in words for words in card.words))
    assert card.button.text() == "Try now"


def test_it_follows_the_language(card: DrillCard, services: FakeServices, qtbot: QtBot) -> None:
    services.drill.tell(DrillState((GOOD,), report=DrillReport(0.0, (GOOD,), STEPS[:1])))
    qtbot.waitUntil(lambda: len(card.words) > 3)
    services.settings.set("ui.language", "zh-CN")
    services.translator.set_language("zh-CN")
    card._ctx.language_changed.emit()
    assert "唯一的运行方式已实际试过，可用。" in card.words
    assert card.button.text() == "立即演练"
