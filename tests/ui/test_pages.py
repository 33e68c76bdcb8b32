"""Overview, Events and Settings."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import datetime

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from autocut_tray.core.errors import SettingsError
from autocut_tray.core.jobs.job import JobState
from autocut_tray.core.messages import message
from autocut_tray.core.policy.figures import Known, Span
from autocut_tray.core.policy.policy import Action, ActionKind, Recommendation
from autocut_tray.core.receipt import ReceiptKind
from autocut_tray.core.release import ReleaseOutcome
from autocut_tray.core.remedies.progress import Progress, Stage
from autocut_tray.core.remedies.state import Phase, RemedyState
from autocut_tray.core.runtime.profile import Change
from autocut_tray.core.settings.presets import PRESETS
from autocut_tray.core.settings.schema import declared, value_of
from autocut_tray.core.settings.secrets import KeyOrigin
from autocut_tray.receipt_words import receipt_words
from autocut_tray.ui.content import Content
from autocut_tray.ui.desktop import Desktop
from autocut_tray.ui.event_export import events_csv
from autocut_tray.ui.pages.events import EventsPage
from autocut_tray.ui.pages.overview import OverviewPage
from autocut_tray.ui.pages.settings import SettingsPage
from autocut_tray.ui.setting_fields import SHOWN_LIMITS, Control, sections
from autocut_tray.ui.widgets.button import Button
from autocut_tray.ui.widgets.combo import Combo
from autocut_tray.ui.widgets.number_field import NumberField
from autocut_tray.ui.widgets.recommendation import RecommendationCard
from autocut_tray.ui.widgets.setting_row import SettingRow
from autocut_tray.ui.widgets.switch import Switch
from tests.golden.machines import MACHINES, machine
from tests.memory.releases import release
from tests.ui import fake_services as fakes
from tests.ui.fake_services import DEGRADED, EMERGENCY, RUNNING, FakeServices, fake_services


class TestOverview:
    @pytest.fixture
    def page(self, content: Content) -> OverviewPage:
        found = content.page("overview")
        assert isinstance(found, OverviewPage)
        return found

    def test_says_that_it_looks_until_something_is_known(
        self, page: OverviewPage, services: FakeServices, qtbot: QtBot
    ) -> None:
        assert page.title.words == "Looking at this PC"
        assert page.found.isHidden()
        page.detect.click()
        assert services.detection.asked == 1
        qtbot.waitUntil(lambda: not page.detect.isEnabled())
        fakes.find_mid_machine(services)
        qtbot.waitUntil(lambda: page.detect.isEnabled())
        assert page.title.words == "This PC can describe footage on its own graphics card"

    @pytest.mark.parametrize("name", list(MACHINES))
    def test_any_machine_is_explained(
        self, page: OverviewPage, services: FakeServices, qtbot: QtBot, name: str
    ) -> None:
        services.detection.find(MACHINES[name])
        expected = services.detection.explanation
        assert expected is not None
        qtbot.waitUntil(lambda: len(page.found.shown) == len(expected.found))
        translate = services.translator.text
        assert [fact.value for fact in page.found.shown] == [translate(row.value) for row in expected.found]
        assert [fact.detail for fact in page.how.shown] == [row.detail(translate) for row in expected.how]

    def test_working_on_a_lower_tier_is_the_headline(
        self, page: OverviewPage, services: FakeServices, qtbot: QtBot
    ) -> None:
        fakes.find_mid_machine(services)
        services.controller.become(DEGRADED)
        qtbot.waitUntil(lambda: page.title.words == "This PC is working on its processor for now")
        assert page.how.title.words == "How it normally works"
        services.controller.become(RUNNING)
        qtbot.waitUntil(lambda: page.title.words.startswith("This PC can describe"))

    def test_first_launch_shows_one_recommendation_and_says_so(
        self, page: OverviewPage, services: FakeServices, qtbot: QtBot
    ) -> None:
        services.detection.find(machine())
        assert services.detection.policy is not None
        assert len(services.detection.policy.recommendations) > 1
        qtbot.waitUntil(lambda: len(page.cards) == 1)
        assert page.changes.words.startswith("First launch.")

    def test_not_now_is_remembered(self, page: OverviewPage, services: FakeServices, qtbot: QtBot) -> None:
        services.detection.find(machine())
        qtbot.waitUntil(lambda: len(page.cards) == 1)
        first = page.cards[0].recommendation
        page.cards[0].later.click()
        qtbot.waitUntil(lambda: services.dismissals.dismissed(first))
        qtbot.waitUntil(lambda: first not in [card.recommendation for card in page.cards])

    def test_nothing_is_offered_while_memory_is_so_short_that_all_stands_still(
        self, page: OverviewPage, services: FakeServices, qtbot: QtBot
    ) -> None:
        download = self.card(page, services, Action(ActionKind.PULL_MODEL, "moondream:latest"))
        services.controller.become(EMERGENCY)
        qtbot.waitUntil(lambda: download not in page.cards)
        assert page.cards == ()
        services.controller.become(RUNNING)
        qtbot.waitUntil(lambda: len(page.cards) == 1)
        action = Action(ActionKind.PULL_MODEL, "moondream:latest")
        words = message("remedy-pull-downloading", model="X")
        services.remedies.tell(RemedyState(action, Phase.RUNNING, words, can_cancel=True))
        services.controller.become(EMERGENCY)
        qtbot.waitUntil(lambda: page.title.words == "Work is paused for now")
        assert len(page.cards) == 1, "what is under way stays in sight"

    def test_changes_since_last_time(self, desktop: Desktop, services: FakeServices, qtbot: QtBot) -> None:
        desktop.ctx.remembered.first_launch = False
        desktop.show_window()
        assert desktop.content is not None
        page = desktop.content.page("overview")
        assert isinstance(page, OverviewPage)
        fakes.find_mid_machine(services)
        qtbot.waitUntil(lambda: page.changes.words == "Nothing changed.")
        change = Change("change-cpu", {"before": "Old", "after": "New"})
        services.detection.find(replace(machine(), changes=(change,)))
        qtbot.waitUntil(lambda: "New" in page.changes.words)

    def card(self, page: OverviewPage, services: FakeServices, action: Action | None) -> RecommendationCard:
        """The page shows one recommendation with this act."""
        if services.detection.policy is None:
            fakes.find_mid_machine(services)
        policy = services.detection.policy
        assert policy is not None
        text = message("recommend-pull", model="X")
        only = Recommendation(text, message("control-chosen", model="X"), action)
        services.detection.policy = replace(policy, recommendations=(only,))
        page.refresh()
        return page.cards[0]

    @pytest.mark.parametrize("kind", list(ActionKind))
    def test_no_card_that_cannot_be_acted_on(
        self, page: OverviewPage, services: FakeServices, qtbot: QtBot, kind: ActionKind
    ) -> None:
        fakes.find_mid_machine(services)
        policy = services.detection.policy
        assert policy is not None
        action = Action(kind, "ollama")
        only = Recommendation(message("recommend-pull", model="X"), message("control-policy"), action)
        services.detection.policy = replace(policy, recommendations=(only,))
        page.refresh()
        able = kind in services.remedies.kinds
        assert len(page.cards) == (able or kind is ActionKind.ALLOW_CLOUD), "Ollama here has no key to enter"
        if able:
            page.cards[0].act.click()
            qtbot.waitUntil(lambda: services.remedies.calls == [("start", action)])

    def test_a_download_shows_its_figures_and_can_be_cancelled(
        self, page: OverviewPage, services: FakeServices, qtbot: QtBot
    ) -> None:
        action = Action(ActionKind.PULL_MODEL, "moondream")
        card = self.card(page, services, action)
        progress = Progress(Stage.DOWNLOADING, 934_155_345, 1_610_612_736, 25_165_824.0, 26.0)
        words = message("remedy-pull-downloading", model="Moondream 2")
        services.remedies.tell(RemedyState(action, Phase.RUNNING, words, progress=progress, can_cancel=True))
        qtbot.waitUntil(
            lambda: card.figures.replace("\u00a0", " ") == "0.87 of 1.5 GB · 24 MB/s · about 26 s left"
        )
        assert not card.act.isVisible()
        card.cancel.click()
        assert services.remedies.calls == [("cancel", action)]
        services.remedies.tell(
            RemedyState(action, Phase.CANCELLED, message("remedy-pull-cancelled", model="Moondream 2"))
        )
        qtbot.waitUntil(lambda: card.words.startswith("Cancelled."))
        assert card.act.isVisible()

    def test_what_was_done_stays_to_be_read(
        self, page: OverviewPage, services: FakeServices, qtbot: QtBot
    ) -> None:
        action = Action(ActionKind.PULL_MODEL, "minicpm-v")
        card = self.card(page, services, action)
        services.remedies.tell(
            RemedyState(action, Phase.DONE, message("remedy-pull-done", model="Moondream 2"))
        )
        qtbot.waitUntil(lambda: card.words == "Moondream 2 is ready.")
        fakes.find_mid_machine(services)  # which no longer calls for it
        qtbot.waitUntil(lambda: card in page.cards)
        card.close_button.click()
        qtbot.waitUntil(lambda: card not in page.cards)

    def test_a_failure_says_what_to_do(
        self, page: OverviewPage, services: FakeServices, qtbot: QtBot
    ) -> None:
        action = Action(ActionKind.START_SERVER, "ollama")
        card = self.card(page, services, action)
        services.remedies.tell(
            RemedyState(
                action,
                Phase.FAILED,
                message("error-start-failed", server="Ollama"),
                message("error-start-failed-hint", server="Ollama"),
            )
        )
        qtbot.waitUntil(lambda: card.words.startswith("Ollama did not start. Open Ollama yourself"))
        assert card.act.isVisible()


class TestEvents:
    @pytest.fixture
    def page(self, content: Content, services: FakeServices, qtbot: QtBot) -> EventsPage:
        content.open_page("events")
        found = content.page("events")
        assert isinstance(found, EventsPage)
        return found

    def fill(self, services: FakeServices) -> None:
        services.add_receipt(fakes.receipt(at=fakes.NOON_20 - 100))
        services.add_receipt(
            fakes.receipt(
                at=fakes.NOON_20 - 50, kind=ReceiptKind.MEMORY, from_="OK", to="WARN", cause="memory"
            )
        )
        services.jobs.put(
            fakes.job(state=JobState.DONE, scenes_found=4, scenes_done=4, updated=fakes.NOON_20 - 75)
        )
        services.jobs.put(fakes.describing("running"))

    def test_newest_first_and_only_what_ended(
        self, page: EventsPage, services: FakeServices, qtbot: QtBot
    ) -> None:
        assert not page.rows.rowCount()
        self.fill(services)
        qtbot.waitUntil(lambda: page.rows.rowCount() == 3)
        assert [row.kind for row in page.rows.shown] == ["memory", "job", "tier"]
        assert [row.what for row in page.rows.shown] == ["Memory warning", "clip.mp4 done", "GPU → CPU"]
        assert page.table.isVisible()

    def test_a_change_says_who_is_to_blame_and_what_came_back(
        self, page: EventsPage, services: FakeServices, qtbot: QtBot
    ) -> None:
        services.add_receipt(fakes.receipt(held_by=fakes.RESOLVE_HOLDS, freed=fakes.FREED))
        qtbot.waitUntil(lambda: page.rows.rowCount() == 1)
        (row,) = page.rows.shown
        assert row.why == "Resolve held 5.1\xa0GB of VRAM."
        assert row.result == "1.9\xa0GB of 1.9\xa0GB freed"
        index = page.rows.index(0, 3)
        assert page.rows.data(index, Qt.ItemDataRole.ToolTipRole) == row.why, "a narrow column cuts it"

    def test_filters(self, page: EventsPage, services: FakeServices, qtbot: QtBot) -> None:
        self.fill(services)
        qtbot.waitUntil(lambda: page.rows.rowCount() == 3)
        page.rows.filter(kind="job")
        assert [row.kind for row in page.rows.shown] == ["job"]
        page.rows.filter(kind="all", query="other PROGRAMS")
        assert [row.kind for row in page.rows.shown] == ["tier"]
        page.rows.filter(query="")
        assert page.rows.rowCount() == 3

    def test_what_is_shown_goes_into_a_table(
        self, page: EventsPage, services: FakeServices, qtbot: QtBot
    ) -> None:
        assert not page.save.isVisible()
        self.fill(services)
        services.jobs.put(fakes.job("x", "/=cmd.mp4", state=JobState.CANCELLED, updated=fakes.NOON_20 - 10))
        qtbot.waitUntil(lambda: page.rows.rowCount() == 4 and page.save.isVisible())
        page.rows.filter(kind="job")
        table = events_csv(page.ctx, page.rows.shown).decode("utf-8-sig")
        head, *rows = csv.reader(io.StringIO(table))
        assert head == ["Time", "Kind", "What", "Why", "Result"]
        assert [row[2] for row in rows] == ["'=cmd.mp4 cancelled", "clip.mp4 done"]
        assert datetime.fromisoformat(rows[1][0]).timestamp() == fakes.NOON_20 - 75


class TestStrip:
    @pytest.mark.parametrize(("readings", "told"), [(40, True), (0, False)])
    def test_a_job_without_a_pace_of_its_own_is_told_the_measured_one(
        self, content: Content, services: FakeServices, qtbot: QtBot, readings: int, told: bool
    ) -> None:
        fakes.find_mid_machine(services)
        explanation = services.detection.explanation
        assert explanation is not None
        learned = {RUNNING.shown_tier: Known(Span(2.0, 3.0), 2.4, n=readings)}
        services.detection.explanation = replace(explanation, speeds=learned)
        services.jobs.put(fakes.describing("running"))
        qtbot.waitUntil(lambda: content.book.running != [])
        services.controller.become(RUNNING)
        qtbot.waitUntil(lambda: "Running on GPU" in content.strip.accessibleName())
        assert ("2.4\u00a0s" in content.strip.accessibleName()) is told


class TestEnterKey:
    def test_the_card_of_a_server_that_wants_a_token_leads_to_it(
        self, content: Content, services: FakeServices, qtbot: QtBot
    ) -> None:
        wanted = Recommendation(
            message("recommend-token", server="LM Studio"),
            message("recommend-token-reason", server="LM Studio"),
            Action(ActionKind.ENTER_KEY, "lmstudio"),
        )
        fakes.find_mid_machine(services)
        page = content.page("overview")
        assert isinstance(page, OverviewPage)
        page._show_cards([wanted], first_launch=False)
        (card,) = page.cards
        card.act.click()
        settings = content.page("settings")
        assert isinstance(settings, SettingsPage)
        entry = settings.rows["models.lmstudio_host"].key
        assert entry is not None and content.focusWidget() is entry.line


class TestReleases:
    def test_what_was_given_back_is_listed_with_memory(
        self, content: Content, services: FakeServices, qtbot: QtBot
    ) -> None:
        content.open_page("events")
        page = content.page("events")
        assert isinstance(page, EventsPage)
        services.give_back(release(fakes.NOON_20 - 100, 2**30))
        services.give_back(release(fakes.NOON_20 - 50, 0, ReleaseOutcome.KEPT))
        qtbot.waitUntil(lambda: page.rows.rowCount() == 2)
        page.rows.filter(kind="memory")
        nothing, came = page.rows.shown
        assert (came.what, came.result) == ("1.0\xa0GB given back", "1.0\xa0GB of 2.0\xa0GB in 0.8 s")
        assert came.why == "Memory was short: Moondream 2 on the graphics card."
        assert (nothing.what, nothing.glyph) == ("Nothing came back", "warn")


class TestAlerts:
    @pytest.fixture
    def page(self, content: Content) -> EventsPage:
        content.open_page("events")
        found = content.page("events")
        assert isinstance(found, EventsPage)
        return found

    def test_an_alert_is_listed_while_it_lasts_and_after(
        self, page: EventsPage, services: FakeServices, qtbot: QtBot
    ) -> None:
        raised = services.raise_alert(fakes.alert(at=fakes.NOON_20 - 120, scaled=True))
        qtbot.waitUntil(lambda: page.rows.rowCount() == 1)
        (shown,) = page.rows.shown
        assert (shown.kind, shown.what, shown.result) == ("alert", "Processor fully busy", "not over yet")
        assert "97 % busy for 30 s" in shown.why and "Fewer are described" in shown.why
        services.end_alert(raised)
        qtbot.waitUntil(lambda: page.rows.shown[0].result.startswith("over after"))
        page.rows.filter(kind="tier")
        assert page.rows.rowCount() == 0
        page.rows.filter(kind="alert")
        assert page.rows.rowCount() == 1

    def test_fewer_scenes_at_once_is_listed_with_the_alerts(
        self, page: EventsPage, services: FakeServices, qtbot: QtBot
    ) -> None:
        down = fakes.receipt(
            kind=ReceiptKind.SCALE,
            from_="4",
            to="2",
            cause="alert_cpu",
            metric="cpu_percent",
            value=97.0,
            threshold=90.0,
            policy_before={"tier": "GPU", "concurrency": 4},
            policy_after={"tier": "GPU", "concurrency": 2},
            expected_s_per_scene=None,
        )
        services.add_receipt(down)
        services.add_receipt(replace(down, from_="2", to="4", better=True, at=down.at + 90))
        qtbot.waitUntil(lambda: page.rows.rowCount() == 2)
        up, first = page.rows.shown
        assert (first.kind, first.what) == ("alert", "4 → 2 scenes at once")
        assert first.why == "The processor was busy for long." and up.why == "The alert is over."
        words = receipt_words(page.ctx, down, None)
        assert ("After", "GPU, 2 at once") in words.rows and ("Measured", "CPU 97 %") in [
            (key, value.replace("\u00a0", " ")) for key, value in words.rows
        ]

    def test_muted_from_its_row_and_told_again(
        self, page: EventsPage, services: FakeServices, qtbot: QtBot
    ) -> None:
        services.add_receipt(fakes.receipt(at=fakes.NOON_20 - 10))
        services.raise_alert(fakes.alert())
        qtbot.waitUntil(lambda: page.rows.rowCount() == 2)
        assert not page.mute.isVisible()
        page.table.selectRow(0)
        assert not page.mute.isVisible(), "a change of tier cannot be muted"
        page.table.selectRow(1)
        assert page.mute.isVisible() and page.mute.text().strip() == "Mute this alert"
        page.mute.click()
        qtbot.waitUntil(lambda: services.settings.current.alerts.cpu_muted)
        qtbot.waitUntil(lambda: page.mute.text().strip() == "Tell me again")
        page.mute.click()
        qtbot.waitUntil(lambda: not services.settings.current.alerts.cpu_muted)


class TestSettings:
    @pytest.fixture
    def page(self, content: Content) -> SettingsPage:
        content.open_page("settings")
        found = content.page("settings")
        assert isinstance(found, SettingsPage)
        for name in found.section_names:
            found.open_section(name)
        return found

    def test_percents_follow_the_language(
        self, page: SettingsPage, services: FakeServices, qtbot: QtBot
    ) -> None:
        control = page.rows["alerts.cpu_warn"].control
        assert isinstance(control, NumberField) and control.text() == "70\u00a0%"
        services.settings.set("ui.language", "zh-CN")
        qtbot.waitUntil(lambda: control.text() == "70%")

    def test_search_leaves_what_has_the_words_and_opens_its_section(
        self, page: SettingsPage, content: Content, qtbot: QtBot
    ) -> None:
        page.open_section("ui")
        qtbot.keyClick(content, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
        qtbot.waitUntil(page.search.hasFocus)
        page.search.setText("resolve STEP")
        row = page.rows["policy.editor_first"]
        qtbot.waitUntil(row.isVisible)
        assert [path for path, one in page.rows.items() if one.isVisible()] == ["policy.editor_first"]
        page.search.setText("no such setting")
        qtbot.waitUntil(page.nothing.isVisible)
        assert not row.isVisible()
        page.search.clear()
        qtbot.waitUntil(lambda: page.rows["policy.prefer_cloud"].isVisible())
        assert not page.nothing.isVisible()

    @pytest.mark.parametrize(
        ("query", "opened"),
        [
            ("memory", "memory"),  # of the icon's help and of alerts' names, too
            ("tray", "ui"),
            ("mute", "alerts"),
        ],
    )
    def test_search_opens_the_section_that_is_meant(
        self, page: SettingsPage, query: str, opened: str
    ) -> None:
        page.open_section("ui")
        page._search(query)
        assert page._section_now == opened
        page.open_section("alerts")
        page._search("")
        assert page._section_now == "alerts", "without words it stays"

    def test_a_section_that_is_opened_while_searching_is_searched_too(
        self, content: Content, qtbot: QtBot
    ) -> None:
        content.open_page("settings")
        page = content.page("settings")
        assert isinstance(page, SettingsPage)
        page.search.setText("resolve step")
        qtbot.waitUntil(lambda: "policy.editor_first" in page.rows)
        assert not page.rows["policy.prefer_cloud"].isVisible()

    def test_a_token_is_kept_forgotten_and_never_shown(
        self, page: SettingsPage, services: FakeServices, qtbot: QtBot
    ) -> None:
        entry = page.rows["models.lmstudio_host"].key
        assert entry is not None
        qtbot.waitUntil(lambda: "No token" in entry.words)
        assert entry.line.echoMode() is QLineEdit.EchoMode.Password and not entry.store.isEnabled()
        entry.line.setText("two words")
        entry.store.click()
        qtbot.waitUntil(lambda: "cannot be a key" in entry.words)
        asked = services.detection.asked
        entry.line.setText("sk-lm-abcdefgh")
        qtbot.keyClick(entry.line, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: "is kept" in entry.words)
        assert services.keys.stored == {"lmstudio": "sk-lm-abcdefgh"} and entry.line.text() == ""
        assert services.detection.asked == asked + 1, "the server is asked again with it"
        entry.forget.click()
        qtbot.waitUntil(lambda: services.keys.stored == {} and "No token" in entry.words)

    @pytest.mark.parametrize(
        ("origin", "words"),
        [(KeyOrigin.ENVIRONMENT, "the environment (LM_API_TOKEN)"), (KeyOrigin.ENV_FILE, "a .env file")],
    )
    def test_a_token_of_the_environment_is_said_and_cannot_be_forgotten_here(
        self,
        services: FakeServices,
        request: pytest.FixtureRequest,
        qtbot: QtBot,
        origin: KeyOrigin,
        words: str,
    ) -> None:
        services.keys.given = origin
        page = request.getfixturevalue("page")
        entry = page.rows["models.lmstudio_host"].key
        assert entry is not None
        qtbot.waitUntil(lambda: words in entry.words)
        assert entry.forget.isHidden()
        entry.line.setText("sk-lm-abcdefgh")
        entry.store.click()
        qtbot.waitUntil(lambda: "is kept" in entry.words and not entry.forget.isHidden())
        entry.forget.click()
        qtbot.waitUntil(lambda: words in entry.words)

    @pytest.mark.parametrize("preset", PRESETS)
    def test_a_preset_is_where_ones_own_settings_begin(
        self, page: SettingsPage, services: FakeServices, qtbot: QtBot, preset: str
    ) -> None:
        page.open_section("alerts")
        labels = [b.text().strip() for b in page.findChildren(Button) if b.toolTip() and b.isVisible()]
        assert labels == ["Production", "Development"]
        page.start_from(preset)
        for path, value in PRESETS[preset].items():
            qtbot.waitUntil(lambda p=path, v=value: value_of(services.settings.current, p) == v)
        services.settings.set("alerts.hold", 44)
        assert services.settings.current.alerts.hold == 44, "a start, not a cage"

    def test_the_api_says_where_it_answers_and_gives_new_tokens(
        self, page: SettingsPage, services: FakeServices, qtbot: QtBot
    ) -> None:
        card = page.rows["api.enabled"].api
        assert card is not None and card.words == "Off. No port is open."
        services.api.opened("http://127.0.0.1:8000")
        qtbot.waitUntil(lambda: "http://127.0.0.1:8000" in card.words and "api.json" in card.words)
        old = services.api.token
        card.copy.click()
        qtbot.waitUntil(lambda: "clipboard" in card.said)
        assert QGuiApplication.clipboard().text() == old and old not in card.words + card.said
        card.rotate.click()
        qtbot.waitUntil(lambda: "new token" in card.said)
        assert services.api.token != old and not services.api.matches(old.encode())
        services.api.closed(message("api-no-port"))
        qtbot.waitUntil(lambda: card.words == "The local API has no free port on this PC.")
        page.open_section("api")
        assert page.rows["api.folders"].control.placeholderText() == "none"

    def test_every_declared_setting_has_a_control(self, page: SettingsPage) -> None:
        assert set(page.rows) == set(declared()) | {f"limits.{name}" for name in SHOWN_LIMITS}

    def test_every_control_works(self, page: SettingsPage, services: FakeServices, qtbot: QtBot) -> None:
        """Turn each to another value: it is written, in force, and shown."""
        for path, row in page.rows.items():
            if path == "ui.language":
                continue
            before = services.settings.current
            self.turn(row, qtbot)
            qtbot.waitUntil(lambda before=before: services.settings.current != before)
            assert not row.problem, path
        assert services.settings.problems == ()

    def turn(self, row: SettingRow, qtbot: QtBot) -> None:
        control = row.control
        if isinstance(control, Switch):
            control.click()
        elif isinstance(control, Combo):
            number = (control.currentIndex() + 1) % control.count()
            control.setCurrentIndex(number)
            control.activated.emit(number)
        elif isinstance(control, NumberField):
            step = control.singleStep()
            control.setValue(
                control.value() + (step if control.value() + step <= control.maximum() else -step)
            )
        elif isinstance(control, QLineEdit):
            host = "http://127.0.0.1:9" if "host" in row.field.path else "some-model"
            control.setFocus()
            control.selectAll()
            qtbot.keyClicks(control, host)
            qtbot.keyClick(control, Qt.Key.Key_Return)

    def test_reset_brings_the_defaults_back(
        self, page: SettingsPage, services: FakeServices, qtbot: QtBot
    ) -> None:
        services.settings.set("limits.vram_on", 60.0)
        services.settings.set("limits.warn_on", 71.0)
        page.reset("limits")
        qtbot.waitUntil(lambda: services.settings.current.limits == {})
        qtbot.waitUntil(lambda: page.rows["limits.vram_on"].control.value() == 85.0)

    def test_changes_from_elsewhere_are_shown(
        self, page: SettingsPage, services: FakeServices, qtbot: QtBot
    ) -> None:
        services.settings.set("ui.close_to_tray", False)
        qtbot.waitUntil(lambda: not page.rows["ui.close_to_tray"].control.isChecked())

    def test_a_value_that_is_not_taken_is_said_and_taken_back(
        self, page: SettingsPage, services: FakeServices, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(_path: str, _value: object) -> None:
            raise SettingsError(
                "settings_unwritable", message("settings-unwritable", file="config.toml", reason="disk full")
            )

        monkeypatch.setattr(type(services.settings), "set", lambda _self, path, value: refuse(path, value))
        row = page.rows["ui.start_hidden"]
        row.control.click()
        qtbot.waitUntil(lambda: "disk full" in row.problem)
        assert not row.control.isChecked()

    def test_test_connection_says_what_detection_found(
        self, page: SettingsPage, services: FakeServices, qtbot: QtBot
    ) -> None:
        fakes.find_mid_machine(services)
        tests = {row.field.path: row.test for row in page.rows.values() if row.test is not None}
        assert set(tests) == {"models.ollama_host", "models.lmstudio_host"}
        ollama = tests["models.ollama_host"]
        qtbot.waitUntil(lambda: ollama.words == "Ollama 0.33.0 answers. 1 model, it sees images.")
        assert tests["models.lmstudio_host"].words == "LM Studio is not installed on this PC."
        ollama.button.click()
        assert services.detection.asked == 1
        qtbot.waitUntil(lambda: ollama.words == "Asking…")

    def test_problems_of_the_file_are_on_the_first_page(self, desktop: Desktop) -> None:
        given = replace(
            desktop.services,
            problems=(message("settings-newer", file="config.toml"),),  # type: ignore[type-var]
        )
        desktop.ctx.services = given
        desktop.show_window("settings")
        assert desktop.content is not None
        texts = [label.words for label in desktop.content.page("settings").findChildren(_text_class())]
        assert any("newer version" in text for text in texts)

    def test_what_the_environment_decides_cannot_be_changed_here(
        self, desktop: Desktop, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        store = desktop.services.settings
        monkeypatch.setattr(type(store), "from_environment", lambda _self, path: path == "ui.theme")
        desktop.show_window("settings")
        assert desktop.content is not None
        page = desktop.content.page("settings")
        assert isinstance(page, SettingsPage)
        assert not page.rows["ui.theme"].control.isEnabled()
        assert page.rows["ui.language"].control.isEnabled()

    def test_controls_fit_their_settings(self) -> None:
        for _name, fields in sections():
            for field in fields:
                if field.control is Control.NUMBER:
                    assert field.low < field.high, field.path
                if field.control is Control.CHOICE:
                    assert len(field.choices) >= 2, field.path


def _text_class() -> type:
    from autocut_tray.ui.widgets.text import Text

    return Text


def test_both_languages_build_every_page(tmp_path: object, qapp: object, qtbot: QtBot) -> None:
    """Nothing is missing at run time either: a missing text is logged as an error, and that fails the test."""
    services = fake_services(tmp_path / "zh", "zh-CN")  # type: ignore[operator]
    desktop = Desktop(qapp, services)  # type: ignore[arg-type]
    fakes.find_mid_machine(services)
    for name in ("overview", "monitor", "analyse", "events", "settings"):
        desktop.show_window(name)
    desktop.close()
    services.close()
