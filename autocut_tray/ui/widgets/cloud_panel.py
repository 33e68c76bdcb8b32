"""Consents and spending: who may get what, taken back at a click, and how much of the limits is used."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from autocut_tray.core.egress import words
from autocut_tray.core.egress.consent import EgressRefusal
from autocut_tray.core.egress.desk import Offer
from autocut_tray.core.egress.ledger import WARN_SHARE, Cap
from autocut_tray.ui.context import UiContext
from autocut_tray.ui.widgets.button import Button
from autocut_tray.ui.widgets.glyph import Glyph
from autocut_tray.ui.widgets.layouts import card, clear, column, hairline, row
from autocut_tray.ui.widgets.text import Text

_SETTLE_MS = 300
_MARGINS = (20, 12, 20, 12)


class CloudPanel(QWidget):
    """``wanted`` carries the offer that a person wants to allow; ``failed`` an error to be told.

    Read again when something changed while it is visible, else when it is shown.
    """

    wanted = Signal(object)
    failed = Signal(object)

    def __init__(self, ctx: UiContext) -> None:
        super().__init__()
        self._ctx = ctx
        self.offers: tuple[Offer, ...] = ()
        self.buttons: dict[str, Button] = {}
        """By provider and purpose, ``openai-vision``: allow it, or take it back."""
        self.spent = Text(ctx, wrap=True)
        self._glyph = Glyph(ctx)
        self._rows = QVBoxLayout()
        self._rows.setContentsMargins(1, 1, 1, 1)
        self._rows.setSpacing(0)
        frame = card()
        frame.setLayout(self._rows)
        said = row(column(2, self._glyph, None), spacing=8)
        said.addWidget(self.spent, 1)
        self.setLayout(column(frame, 12, said, 12))
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(_SETTLE_MS)
        self._settle.timeout.connect(self.refresh)
        bridge = ctx.bridge
        for signal in (bridge.consents_changed, bridge.ledger_changed, bridge.settings_changed):
            signal.connect(self._changed)
        bridge.profile_changed.connect(self._changed)
        ctx.language_changed.connect(self._show)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()

    def refresh(self) -> None:
        self._ctx.background.run(self._ctx.services.cloud.offers, self._read, self.failed.emit)

    def _changed(self, _event: object) -> None:
        if self.isVisible() and not self._settle.isActive():
            self._settle.start()

    def _read(self, offers: tuple[Offer, ...]) -> None:
        self.offers = offers
        self._show()

    def _show(self) -> None:
        clear(self._rows)
        self.buttons = {}
        for number, offer in enumerate(self.offers):
            if number:
                self._rows.addWidget(hairline())
            self._rows.addWidget(self._row(offer))
        if not self.offers:
            return
        spent, caps = self.offers[0].spent, self.offers[0].caps
        worst = max(spent.share(cap, caps) for cap in Cap)
        self._glyph.show_glyph("warn" if worst >= WARN_SHARE else None, "crit" if worst >= 1 else "warn")
        self.spent.say_code(
            "ui-cloud-spent",
            day=words.cents(spent.day),
            dayCap=words.usd(caps.day),
            requests=spent.requests,
            most=caps.requests,
            month=words.cents(spent.month),
            monthCap=words.usd(caps.month),
        )

    def _row(self, offer: Offer) -> QWidget:
        ctx, destination = self._ctx, offer.destination
        allowed = offer.refusal is None
        title, state = Text(ctx, wrap=True), Text(ctx, "small", wrap=True)
        title.say(
            ctx.t(
                f"ui-cloud-place-{destination.purpose.value}",
                server=offer.server,
                model=offer.title,
                host=destination.host,
            )
        )
        glyph = Glyph(ctx)
        glyph.show_glyph("check" if allowed else None, "ok")
        state.say(self._state(offer))
        revokes = offer.consent is not None and not offer.can_allow
        button = Button(ctx, "ui-cloud-revoke" if revokes else "ui-act-allow-cloud", small=True)
        self.buttons[f"{destination.provider}-{destination.purpose.value}"] = button
        button.clicked.connect(lambda: self._revoke(offer) if revokes else self.wanted.emit(offer))
        button.setVisible(revokes or offer.can_allow)
        line = row(column(4, glyph, None), spacing=8)
        line.addLayout(column(title, 1, state), 1)
        line.addWidget(button)
        holder = QWidget()
        holder.setLayout(column(line, margins=_MARGINS))
        return holder

    def _state(self, offer: Offer) -> str:
        ctx = self._ctx
        if offer.refusal is None and offer.consent is not None:
            now = ctx.services.clock.time()
            worst = "?" if offer.worst is None else words.usd(offer.worst)
            return ctx.t("ui-cloud-allowed", since=ctx.say.when(offer.consent.given_at, now), worst=worst)
        why = (offer.refusal or EgressRefusal.NO_CONSENT).value.replace("_", "-")
        return ctx.t(f"ui-cloud-{why}", host=offer.destination.host)

    def _revoke(self, offer: Offer) -> None:
        consent, desk = offer.consent, self._ctx.services.cloud
        if consent is not None:
            self._ctx.background.run(
                lambda: desk.revoke(consent), lambda _none: self.refresh(), self.failed.emit
            )
