"""The one question before anything leaves this machine: what goes where, for how much, and how to take it back."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDialog, QLineEdit, QWidget

from autocut_tray.core.egress import words
from autocut_tray.core.egress.desk import Offer
from autocut_tray.core.egress.prices import Micros, micros
from autocut_tray.core.errors import AutoCutError
from autocut_tray.ui.context import UiContext
from autocut_tray.ui.widgets.button import Button
from autocut_tray.ui.widgets.layouts import column, row
from autocut_tray.ui.widgets.text import Text

WIDTH = 560
_PRICE_WIDTH = 120


class ConsentDialog(QDialog):
    """Nothing is allowed but by its button; closing it in any other way is a no."""

    def __init__(
        self, ctx: UiContext, parent: QWidget, offer: Offer, done: Callable[[], None] = lambda: None
    ) -> None:
        super().__init__(parent)
        self._ctx = ctx
        self._offer = offer
        self._done = done
        title = ctx.text(words.consent_title(offer))
        self.setWindowTitle(title)
        self.setFixedWidth(WIDTH)
        heading = Text(ctx, "heading", wrap=True)
        heading.say(title)
        self.sentences: list[Text] = []
        for sentence in words.consent_sentences(offer):
            text = Text(ctx, wrap=True)
            text.say_message(sentence)
            self.sentences.append(text)
        self.price = QLineEdit()
        self.price.setFixedWidth(_PRICE_WIDTH)
        self.price.setMaxLength(12)
        self.price.setAcceptDrops(False)
        self.price.setAccessibleName(ctx.t("ui-consent-price"))
        if offer.own:
            self.price.setText("0")
        self.price.textChanged.connect(self._judge)
        entry = row(Text(ctx, code="ui-consent-price"), self.price, None, spacing=12)
        self._entry = QWidget()
        self._entry.setLayout(entry)
        self._entry.setVisible(offer.wants_price)
        self._problem = Text(ctx, "small", wrap=True)
        self._problem.setProperty("tone", "crit")
        self._problem.hide()
        self.allow = Button(ctx, "ui-consent-allow", kind="primary")
        self.allow.setAutoDefault(False)
        self.allow.clicked.connect(self._allow)
        self.refuse = Button(ctx, "ui-consent-refuse")
        self.refuse.setDefault(True)
        self.refuse.clicked.connect(self.reject)
        buttons = row(None, self.refuse, self.allow)
        body = column(*self.sentences, spacing=10)
        self.setLayout(
            column(heading, 12, body, 12, self._entry, self._problem, 16, buttons, margins=(24, 20, 24, 20))
        )
        self._judge()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._fit()

    def _fit(self) -> None:
        """As high as its words: wrapped labels ask for more than they need."""
        layout = self.layout()
        if layout is not None:
            self.setFixedSize(WIDTH, layout.totalHeightForWidth(WIDTH))

    @property
    def problem(self) -> str:
        return "" if self._problem.isHidden() else self._problem.words

    def _judge(self) -> None:
        self.allow.setEnabled(not self._offer.wants_price or self._entered() is not None)

    def _entered(self) -> Micros | None:
        try:
            return micros(self.price.text().strip().replace(",", "."))
        except ValueError:
            return None

    def _allow(self) -> None:
        desk, offer = self._ctx.services.cloud, self._offer
        price = self._entered() if offer.wants_price else None
        self.allow.setEnabled(False)
        self._ctx.background.run(lambda: desk.allow(offer, price), lambda _given: self._given(), self._failed)

    def _given(self) -> None:
        self._done()
        self.accept()

    def _failed(self, error: Exception) -> None:
        self.allow.setEnabled(True)
        self._problem.say(self._ctx.text(error.message) if isinstance(error, AutoCutError) else str(error))
        self._problem.show()
        self._fit()


def ask_consent(
    ctx: UiContext, parent: QWidget, offer: Offer, done: Callable[[], None] = lambda: None
) -> ConsentDialog:
    """Open the question; it waits for nobody. ``done`` is called after a yes that is on disk."""
    dialog = ConsentDialog(ctx, parent, offer, done)
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
    return dialog
