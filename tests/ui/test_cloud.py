"""Leave for the cloud in the window: the question, the list with its way back, the ledger, and the warnings."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from autocut_tray.core.egress.consent import CONSENT_TEXT, Destination, Purpose
from autocut_tray.core.egress.desk import Place
from autocut_tray.core.egress.door import LedgerChanged
from autocut_tray.core.egress.ledger import Draft, EntryState
from autocut_tray.core.messages import message
from autocut_tray.core.policy.policy import Action, ActionKind, Recommendation
from autocut_tray.ui.content import Content
from autocut_tray.ui.event_export import events_csv
from autocut_tray.ui.pages.events import EventsPage
from autocut_tray.ui.pages.overview import OverviewPage
from autocut_tray.ui.pages.settings import SettingsPage
from autocut_tray.ui.widgets.cloud_panel import CloudPanel
from autocut_tray.ui.widgets.consent_dialog import ConsentDialog
from tests.ui import fake_services as fakes
from tests.ui.fake_services import FakeServices

STUDIO = Destination(
    "ollama", "https://studio.example:11434", "qwen2-vl", Purpose.VISION, needs_key=False, has_key=False
)
PLAIN = Destination(
    "ollama", "http://10.0.0.5:11434", "qwen2-vl", Purpose.VISION, needs_key=False, has_key=False
)


def card(kind: ActionKind, provider: str = "openai") -> Recommendation:
    code = "recommend-key" if kind is ActionKind.ENTER_KEY else "recommend-allow"
    reason = message("recommend-cloud-reason-unknown", provider="OpenAI")
    return Recommendation(message(code, provider="OpenAI"), reason, Action(kind, provider))


def overview(content: Content, services: FakeServices, *cards: Recommendation) -> OverviewPage:
    fakes.find_mid_machine(services)
    page = content.page("overview")
    assert isinstance(page, OverviewPage)
    page._show_cards(cards, first_launch=False)
    return page


def asked(content: Content, qtbot: QtBot) -> ConsentDialog:
    qtbot.waitUntil(lambda: content.consent is not None and content.consent.isVisible())
    assert content.consent is not None
    return content.consent


def panel(content: Content, qtbot: QtBot) -> CloudPanel:
    content.open_page("settings")
    page = content.page("settings")
    assert isinstance(page, SettingsPage)
    page.open_section("cloud")
    assert page.cloud is not None
    found = page.cloud
    qtbot.waitUntil(lambda: bool(found.offers))
    return found


class TestTheWayIn:
    def test_a_card_leads_to_the_key_and_then_to_the_question(
        self, content: Content, services: FakeServices, qtbot: QtBot
    ) -> None:
        page = overview(content, services, card(ActionKind.ENTER_KEY))
        page.cards[0].act.click()
        settings = content.page("settings")
        assert isinstance(settings, SettingsPage)
        entry = settings.rows["cloud.openai_base_url"].key
        assert entry is not None and content.focusWidget() is entry.line
        entry.line.setText("sk-abcdefgh12345678")
        qtbot.keyClick(entry.line, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: "A key is kept" in entry.words)
        assert services.detection.asked == 1, "the policy hears of the key"

        content.open_page("overview")
        page._show_cards([card(ActionKind.ALLOW_CLOUD)], first_launch=False)
        page.cards[0].act.click()
        dialog = asked(content, qtbot)
        words = " ".join(sentence.words for sentence in dialog.sentences)
        assert "api.openai.com" in words and "24 pictures" in words and "1031" in words
        assert "US$ 0.0435" in words and "take this back" in words and "gpt-4o" in words
        assert services.cloud.door.consents() == ()
        dialog.allow.click()
        qtbot.waitUntil(lambda: len(services.cloud.door.consents()) == 1)
        qtbot.waitUntil(lambda: content.consent is None)
        (given,) = services.cloud.door.consents()
        assert (given.host, given.model, given.purpose) == ("api.openai.com", "gpt-4o", Purpose.VISION)
        assert given.text == CONSENT_TEXT

    @pytest.mark.parametrize("way", ["button", "escape", "close"])
    def test_everything_but_the_button_is_a_no(
        self, content: Content, services: FakeServices, qtbot: QtBot, way: str
    ) -> None:
        services.keys.stored["openai"] = "sk-abcdefgh"
        page = overview(content, services, card(ActionKind.ALLOW_CLOUD))
        page.cards[0].act.click()
        dialog = asked(content, qtbot)
        if way == "button":
            dialog.refuse.click()
        elif way == "escape":
            qtbot.keyClick(dialog, Qt.Key.Key_Escape)
        else:
            dialog.close()
        qtbot.waitUntil(lambda: content.consent is None)
        assert services.cloud.door.consents() == ()

    def test_return_does_not_allow(self, content: Content, services: FakeServices, qtbot: QtBot) -> None:
        services.keys.stored["openai"] = "sk-abcdefgh"
        overview(content, services, card(ActionKind.ALLOW_CLOUD)).cards[0].act.click()
        dialog = asked(content, qtbot)
        qtbot.keyClick(dialog, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: content.consent is None)
        assert services.cloud.door.consents() == ()

    def test_without_a_key_the_reason_is_said_instead(
        self, content: Content, services: FakeServices, qtbot: QtBot
    ) -> None:
        overview(content, services, card(ActionKind.ALLOW_CLOUD)).cards[0].act.click()
        qtbot.waitUntil(lambda: "needs an API key" in content.notice_words)
        assert content.consent is None

    def test_a_server_without_encryption_stays_refused(
        self, content: Content, services: FakeServices, qtbot: QtBot
    ) -> None:
        services.cloud.others = [Place(PLAIN, "Qwen2-VL", "Ollama", own=True)]
        overview(content, services, card(ActionKind.ALLOW_CLOUD, "ollama")).cards[0].act.click()
        qtbot.waitUntil(lambda: "without encryption" in content.notice_words)
        found = panel(content, qtbot)
        assert found.buttons["ollama-vision"].isHidden()


class TestThePrice:
    def test_an_unknown_price_must_be_entered(
        self, content: Content, services: FakeServices, qtbot: QtBot
    ) -> None:
        services.cloud.others = [Place(STUDIO, "Qwen2-VL", "Ollama", own=True)]
        content.allow_cloud("ollama")
        dialog = asked(content, qtbot)
        assert dialog.price.text() == "0" and dialog.allow.isEnabled()
        for nonsense in ("", "-1", "x", "nan", "1e99"):
            dialog.price.setText(nonsense)
            assert not dialog.allow.isEnabled(), nonsense
        dialog.price.setText("0,02")
        dialog.allow.click()
        qtbot.waitUntil(lambda: content.consent is None)
        price = services.cloud.door.price(STUDIO)
        assert price is not None and price.per_request == 20_000

    def test_a_known_price_is_not_asked_for(
        self, content: Content, services: FakeServices, qtbot: QtBot
    ) -> None:
        services.keys.stored["openai"] = "sk-abcdefgh"
        content.allow_cloud("openai")
        dialog = asked(content, qtbot)
        assert dialog.price.parentWidget().isHidden()
        dialog.reject()


class TestThePanel:
    def test_a_consent_is_taken_back_at_a_click(
        self, content: Content, services: FakeServices, qtbot: QtBot
    ) -> None:
        services.keys.stored["openai"] = "sk-abcdefgh"
        offer = services.cloud.offer("openai")
        assert offer is not None
        services.cloud.allow(offer)
        found = panel(content, qtbot)
        assert found.buttons["openai-vision"].text() == "Take back"
        assert found.buttons["deepseek-planning"].isHidden(), "no key, so nothing to allow"
        found.buttons["openai-vision"].click()
        qtbot.waitUntil(lambda: services.cloud.door.consents() == ())
        qtbot.waitUntil(lambda: found.buttons["openai-vision"].text() == "Allow…")

    def test_a_yes_to_an_older_text_asks_again(
        self, content: Content, services: FakeServices, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        services.keys.stored["openai"] = "sk-abcdefgh"
        offer = services.cloud.offer("openai")
        assert offer is not None
        services.cloud.allow(offer)
        for module in ("consent", "consents", "desk"):
            monkeypatch.setattr(f"autocut_tray.core.egress.{module}.CONSENT_TEXT", CONSENT_TEXT + 1)
        found = panel(content, qtbot)
        assert found.buttons["openai-vision"].text() == "Allow…"
        found.buttons["openai-vision"].click()
        asked(content, qtbot).allow.click()
        qtbot.waitUntil(lambda: found.buttons["openai-vision"].text() == "Take back")
        assert [c.text for c in services.cloud.door.consents()] == [CONSENT_TEXT + 1]

    def test_a_yes_to_what_the_settings_no_longer_name_can_be_taken_back(
        self, content: Content, services: FakeServices, qtbot: QtBot
    ) -> None:
        services.cloud.door.allow(STUDIO, per_request=0)
        found = panel(content, qtbot)
        found.buttons["ollama-vision"].click()
        qtbot.waitUntil(lambda: services.cloud.door.consents() == ())

    def test_what_is_spent_follows_the_ledger(
        self, content: Content, services: FakeServices, qtbot: QtBot
    ) -> None:
        found = panel(content, qtbot)
        assert "US$ 0.00 of 1.00 and 0 of 200" in found.spent.words
        enter(services, cost=850_000)
        services.bus.publish(LedgerChanged())
        qtbot.waitUntil(lambda: "US$ 0.85 of 1.00 and 1 of 200" in found.spent.words)

    def test_a_warning_is_said_in_passing(
        self, content: Content, services: FakeServices, qtbot: QtBot
    ) -> None:
        services.bus.publish(LedgerChanged(message("egress-warning", cap="day", percent="85")))
        qtbot.waitUntil(lambda: "85 % of today’s spending limit" in content.notice_words)


def enter(
    services: FakeServices, *, cost: int, state: EntryState = EntryState.SETTLED, model: str = "gpt-4o"
) -> None:
    draft = Draft(
        job="j9",
        unit=None,
        purpose=Purpose.VISION,
        provider="openai",
        host="api.openai.com",
        model=model,
        frames=1,
        pixels=768 * 432,
        bytes=52_000,
        sha256="ab" * 32,
        estimated=cost,
    )
    number = services.cloud.door.ledger.reserve(draft, services.cloud.caps)
    if state is not EntryState.RESERVED:
        services.cloud.door.ledger.settle(number, state, status=200)


class TestTheLedger:
    @pytest.fixture
    def page(self, content: Content, services: FakeServices, qtbot: QtBot) -> EventsPage:
        services.jobs.put(fakes.failed())
        enter(services, cost=6_250)
        enter(services, cost=30_000, state=EntryState.UNKNOWN, model="=cmd()")
        content.open_page("events")
        found = content.page("events")
        assert isinstance(found, EventsPage)
        qtbot.waitUntil(lambda: found.rows.rowCount() == 3)
        return found

    def test_what_left_is_listed_and_filtered(self, page: EventsPage) -> None:
        page._filter(kind="cloud")
        rows = page.rows.shown
        assert [row.kind for row in rows] == ["cloud", "cloud"]
        sent = next(row for row in rows if row.result == "US$ 0.0063")
        assert sent.what == "1 picture, 52\u00a0kB, to api.openai.com"
        assert "IMG_4410.MOV" in sent.why and "answered" in sent.why
        page._filter(query="no answer")
        assert len(page.rows.shown) == 1

    def test_the_sums_are_those_of_the_month_against_its_limit(self, page: EventsPage) -> None:
        sums = page.sums
        assert sums.isVisible()
        assert (sums.requests.words, sums.frames.words, sums.sent.words) == ("2", "2", "104\u00a0kB")
        assert (sums.cost.words, sums.locked.words) == ("US$ 0.04 of 5.00", "0")
        assert [line.split(" at ")[0] for line in sums.place_words] == ["=cmd()", "gpt-4o"]
        assert sums.place_words[0].endswith("US$ 0.03 (1 without an answer, counted in full)")

    def test_the_sums_follow_the_filter(self, page: EventsPage) -> None:
        page._filter(query="no answer")
        assert (page.sums.requests.words, page.sums.cost.words) == ("1", "US$ 0.03")
        page._filter(query="answered")
        assert (page.sums.requests.words, page.sums.cost.words) == ("1", "US$ 0.01")
        page._filter(query="nothing of this kind")
        assert page.sums.requests.words == "0"
        page._filter(kind="job", query="")
        assert not page.sums.isVisible()
        page._filter(kind="cloud")
        assert page.sums.isVisible() and page.sums.cost.words == "US$ 0.04 of 5.00"

    def test_the_sums_grow_with_the_ledger_and_warn_near_the_limit(
        self, page: EventsPage, services: FakeServices, qtbot: QtBot
    ) -> None:
        services.jobs.set_never_cloud(fakes.failed().id, True)
        services.cloud.caps = replace(services.cloud.caps, month=50_000)
        enter(services, cost=12_000)
        services.bus.publish(LedgerChanged(None))
        qtbot.waitUntil(lambda: page.sums.cost.words == "US$ 0.05 of 0.05")
        qtbot.waitUntil(lambda: page.sums.locked.words == "1")
        assert page.sums.cost.health == "warn"

    def test_what_an_earlier_month_cost_is_no_sum_of_this_one(
        self, page: EventsPage, services: FakeServices, qtbot: QtBot
    ) -> None:
        services.clock.advance(15 * 86_400)
        page.refresh()
        qtbot.waitUntil(lambda: page.sums.cost.words == "US$ 0.00 of 5.00")
        assert len([row for row in page.rows.shown if row.kind == "cloud"]) == 2

    def test_the_list_is_exported_with_its_sum(self, page: EventsPage) -> None:
        page._filter(query="no answer")
        table = events_csv(page.ctx, page.rows.shown).decode("utf-8-sig")
        *_, last = csv.reader(io.StringIO(table))
        assert last == ["", "Sum", "1 request, 1 frame, 52\u00a0kB, US$ 0.03", "", "US$ 0.03"]
        page._filter(kind="job", query="")
        assert "Sum" not in events_csv(page.ctx, page.rows.shown).decode("utf-8-sig")

    def test_the_whole_ledger_is_exported(self, page: EventsPage, qtbot: QtBot, tmp_path: object) -> None:
        qtbot.waitUntil(page.export.isVisible)
        page.export.click()
        qtbot.waitUntil(lambda: page.findChild(QFileDialog) is not None)
        dialog = page.findChild(QFileDialog)
        target = f"{tmp_path}/ledger.csv"
        dialog.fileSelected.emit(target)
        dialog.reject()

        def read() -> list[dict[str, str]]:
            with open(target, encoding="utf-8-sig", newline="") as file:  # noqa: PTH123
                return list(csv.DictReader(io.StringIO(file.read())))

        qtbot.waitUntil(lambda: _exists(target))
        rows = read()
        sums = rows.pop()
        assert (sums["time"], sums["job"], sums["frames"]) == ("sum", "2 requests", "2")
        assert (sums["bytes"], sums["cost_usd"], sums["host"]) == ("104000", "0.03625", "")
        assert len(rows) == 2 and {row["host"] for row in rows} == {"api.openai.com"}
        assert {row["model"] for row in rows} == {"gpt-4o", "'=cmd()"}
        assert {row["cost_usd"] for row in rows} == {"0.00625", "0.03"}


def _exists(target: str) -> bool:
    from pathlib import Path

    return Path(target).exists() and Path(target).stat().st_size > 0
