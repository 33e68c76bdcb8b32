"""Overview: what this machine is, how it will work, what changed, and what would make it better."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout

from autocut_tray.core.messages import Message
from autocut_tray.core.policy.governor_types import MemoryLevel, Tier
from autocut_tray.core.policy.policy import Action, ActionKind, Recommendation
from autocut_tray.core.remedies.state import Phase, RemedyChanged
from autocut_tray.core.runtime.explain import Row
from autocut_tray.core.runtime.profile import RuntimeProfile
from autocut_tray.core.settings.secrets import ENVIRONMENT as KEYS
from autocut_tray.ui.context import UiContext
from autocut_tray.ui.pages.page import Page, scrolled
from autocut_tray.ui.widgets.button import Button
from autocut_tray.ui.widgets.drill_card import DrillCard
from autocut_tray.ui.widgets.facts import Fact, FactsCard
from autocut_tray.ui.widgets.layouts import card, column, row
from autocut_tray.ui.widgets.recommendation import RecommendationCard
from autocut_tray.ui.widgets.text import Text

if TYPE_CHECKING:
    from autocut_tray.ui.shell import Shell

FIRST_LAUNCH_CARDS, MOST_CARDS = 1, 3


class OverviewPage(Page):
    """Says again what changed whenever the profile, the policy or the tier does."""

    def __init__(self, ctx: UiContext, shell: Shell) -> None:
        super().__init__(ctx, shell)
        self.title = Text(ctx, "title", wrap=True)
        self.subtitle = Text(ctx, "sub", wrap=True)
        self.detect = Button(ctx, "ui-detect-again", glyph="retry")
        self.detect.clicked.connect(lambda: ctx.services.detection.detect())
        self.found = FactsCard(ctx, "ui-found")
        self.how = FactsCard(ctx, "ui-how")
        self.changes = Text(ctx, "sub", wrap=True)
        self.checked = Text(ctx, "caption")
        self.cards: tuple[RecommendationCard, ...] = ()
        self._cards = QVBoxLayout()
        self._cards.setSpacing(16)
        self._columns: QBoxLayout = QHBoxLayout()
        self._columns.setSpacing(16)
        self._columns.addWidget(self.found, 1)
        self._columns.addWidget(self.how, 1)
        self.drill = DrillCard(ctx)
        self._since = card()
        since = row(Text(ctx, "heading", "ui-since"), spacing=16, margins=(20, 14, 20, 14))
        since.addWidget(self.changes, 1)
        since.addWidget(self.checked)
        self._since.setLayout(since)
        head = QHBoxLayout()
        head.setSpacing(24)
        head.addLayout(column(self.title, 2, self.subtitle), 1)
        head.addLayout(column(8, self.detect, None))
        self.setLayout(
            column(
                scrolled(column(head, 20, self._cards, self._columns, 16, self._since, 16, self.drill, None))
            )
        )
        bridge = ctx.bridge
        bridge.detection_started.connect(self.refresh)
        bridge.profile_changed.connect(self.refresh)
        bridge.controller_changed.connect(self._state_changed)
        bridge.remedy_changed.connect(self._remedy_changed)
        ctx.language_changed.connect(self.refresh)
        self._begun = False
        self._short = False

    def prepare(self) -> None:
        if not self._begun:
            self._begun = True
            self.refresh()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.prepare()
        if self.ctx.services.detection.explanation is not None:
            self.shell.explained()

    def set_narrow(self, narrow: bool) -> None:
        self._columns.setDirection(
            QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight
        )

    def refresh(self) -> None:
        """Set every text from what is known now; not before anybody wants to see it."""
        if not self._begun:
            return
        detection = self.ctx.services.detection
        profile, policy, explanation = detection.profile, detection.policy, detection.explanation
        self.detect.setEnabled(not detection.detecting)
        self.detect.say_code("ui-detecting" if detection.detecting else "ui-detect-again")
        known = explanation is not None
        for widget in (self.found, self.how, self.drill, self._since):
            widget.setVisible(known)
        if profile is None or policy is None or explanation is None:
            self.title.say_code("ui-overview-looking")
            self.subtitle.say_code("ui-overview-looking-sub")
            return
        self._say_headline()
        self.found.caption.say(self.ctx.text(explanation.caption))
        self.found.show_facts(_facts(explanation.found, self.ctx.text))
        self.how.show_facts(_facts(explanation.how, self.ctx.text))
        self.changes.say(self._changes(profile))
        self.checked.say(self._checked(profile))
        self._show_cards(policy.recommendations, first_launch=self.ctx.remembered.first_launch)
        if self.isVisible():
            self.shell.explained()

    def _state_changed(self) -> None:
        self._say_headline()
        if self._begun and self._short != self._is_short():
            self._refresh_cards()

    def _is_short(self) -> bool:
        """Whether memory is so short that everything stands still: nothing is offered then beside the way out."""
        return self.ctx.services.controller.state.level is MemoryLevel.EMERGENCY

    def _say_headline(self) -> None:
        """The title, or while the work runs on a lower tier, that."""
        explanation = self.ctx.services.detection.explanation
        state = self.ctx.services.controller.state
        if explanation is None:
            return
        degraded = state.degraded and state.tier is not Tier.GPU
        if degraded:
            self.title.say_code(f"ui-overview-now-{state.tier.value.lower()}")
            self.subtitle.say_code(f"ui-overview-now-{state.tier.value.lower()}-sub")
        else:
            self.title.say_message(explanation.title)
            self.subtitle.say_message(explanation.subtitle)
        self.how.title.say_code("ui-how-normally" if degraded else "ui-how")

    def _changes(self, profile: RuntimeProfile) -> str:
        if not profile.changes:
            first = self.ctx.remembered.first_launch
            return self.ctx.t("ui-since-first-launch" if first else "ui-since-nothing")
        return self.ctx.sentences(Message(change.code, change.params) for change in profile.changes)

    def _checked(self, profile: RuntimeProfile) -> str:
        if profile.detected_at is None:
            return ""
        at = self.ctx.say.clock(profile.detected_at)
        if not profile.probes:
            return self.ctx.t("ui-checked", time=at)
        # Probes run side by side: the slowest is how long the person waited.
        span = self.ctx.say.span(max(0.1, max(probe.ms for probe in profile.probes) / 1000))
        return self.ctx.t("ui-checked-in", time=at, span=span)

    def _show_cards(self, recommendations: Sequence[Recommendation], *, first_launch: bool) -> None:
        """Those that a button can do or that only inform, but for what was put off.

        A card whose act is under way or done stays when the machine no longer calls for it: people want to read
        how it went.
        """
        services = self.ctx.services
        for old in self.cards:  # an act may have begun of which the page has not been told yet
            action = old.recommendation.action
            if action is not None and (state := services.remedies.state(action)) is not None:
                old.show_state(state)
        self._short = self._is_short()
        able = [
            one
            for one in recommendations
            if not self._short and (one.action is None or self._can_act(one.action))
        ]
        most = FIRST_LAUNCH_CARDS if first_launch else MOST_CARDS
        wanted = list(services.dismissals.shown(able)[:most])
        keys = [_key(one) for one in wanted]
        read = [one.recommendation for one in self.cards if _of_interest(one)]
        shown = [one for one in read if _key(one) not in keys] + wanted
        known = {_key(one.recommendation): one for one in self.cards}
        cards = []
        for place, recommendation in enumerate(shown):
            one = known.pop(_key(recommendation), None) or self._card(recommendation)
            one.show_recommendation(recommendation)
            self._cards.insertWidget(place, one)
            one.show()  # with the rest of the page: a layout shows what it is given one turn later
            cards.append(one)
        self.cards = tuple(cards)
        for gone in known.values():
            gone.hide()
            gone.deleteLater()
        self._cards.setContentsMargins(0, 0, 0, 16 if shown else 0)

    def _can_act(self, action: Action) -> bool:
        match action.kind:
            case ActionKind.ENTER_KEY:
                return action.argument in KEYS
            case ActionKind.ALLOW_CLOUD:
                return True
            case _:
                return action.kind in self.ctx.services.remedies.kinds

    def _card(self, recommendation: Recommendation) -> RecommendationCard:
        remedies = self.ctx.services.remedies
        action = recommendation.action
        can = frozenset((action.kind,)) if action is not None and self._can_act(action) else frozenset()
        made = RecommendationCard(self.ctx, recommendation, can)
        if recommendation.action is not None:
            made.show_state(remedies.state(recommendation.action))
        made.acted.connect(self._act)
        made.cancelled.connect(self._cancel)
        made.dismissed.connect(self._dismiss)
        made.closed.connect(self._close)
        return made

    def _act(self, recommendation: Recommendation) -> None:
        action = recommendation.action
        if action is not None and action.kind is ActionKind.ENTER_KEY:
            self.shell.enter_key(action.argument or "")
        elif action is not None and action.kind is ActionKind.ALLOW_CLOUD:
            self.shell.allow_cloud(action.argument or "")
        elif action is not None:
            remedies = self.ctx.services.remedies
            self.ctx.background.run(lambda: remedies.start(action), failed=self.shell.notice_error)

    def _cancel(self, recommendation: Recommendation) -> None:
        if recommendation.action is not None:
            self.ctx.services.remedies.cancel(recommendation.action)

    def _dismiss(self, recommendation: Recommendation) -> None:
        self._forget(recommendation)
        dismissals = self.ctx.services.dismissals
        self.ctx.background.run(lambda: dismissals.dismiss(recommendation), self._refresh_cards)

    def _close(self, recommendation: Recommendation) -> None:
        """The person has read how it went."""
        self._forget(recommendation)
        self._refresh_cards()

    def _forget(self, recommendation: Recommendation) -> None:
        if recommendation.action is not None:
            self.ctx.services.remedies.forget(recommendation.action)
        for one in self.cards:
            if _key(one.recommendation) == _key(recommendation):
                one.show_state(None)

    def _refresh_cards(self, _result: object = None) -> None:
        policy = self.ctx.services.detection.policy
        if policy is not None:
            self._show_cards(policy.recommendations, first_launch=self.ctx.remembered.first_launch)

    def _remedy_changed(self, event: RemedyChanged) -> None:
        for one in self.cards:
            if one.recommendation.action == event.state.action:
                one.show_state(event.state)


def _key(recommendation: Recommendation) -> tuple[str, Action | None]:
    """What stays the same when only the figures of a reason change."""
    return recommendation.code, recommendation.action


def _of_interest(card: RecommendationCard) -> bool:
    """Whether there is something to read on it: an act under way, or what it brought."""
    state = card.state
    if state is None or state.phase is Phase.CANCELLED:
        return False
    return state.action.kind not in (ActionKind.OPEN_PAGE, ActionKind.DETECT_AGAIN)


def _facts(rows: Sequence[Row], translate: Callable[[Message], str]) -> tuple[Fact, ...]:
    return tuple(Fact(translate(r.label), translate(r.value), r.detail(translate)) for r in rows)
