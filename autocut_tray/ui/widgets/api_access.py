"""Where the local API answers, and its token: copied to the clipboard or made anew, never shown."""

from __future__ import annotations

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QWidget

from autocut_tray.core.errors import AutoCutError
from autocut_tray.ui.context import UiContext
from autocut_tray.ui.widgets.button import Button
from autocut_tray.ui.widgets.glyph import Glyph
from autocut_tray.ui.widgets.layouts import column, row
from autocut_tray.ui.widgets.text import Text


class ApiAccessCard(QWidget):
    """The token's file is read and written in the background."""

    def __init__(self, ctx: UiContext) -> None:
        super().__init__()
        self._ctx = ctx
        self._glyph = Glyph(ctx)
        self._text = Text(ctx, "small", wrap=True)
        self._said = Text(ctx, "small", wrap=True)
        self._said.hide()
        self.dashboard = Button(ctx, "ui-api-dashboard", small=True)
        self.dashboard.clicked.connect(self._open)
        self.copy = Button(ctx, "ui-api-copy", small=True)
        self.copy.clicked.connect(self._copy)
        self.rotate = Button(ctx, "ui-api-rotate", kind="ghost", small=True)
        self.rotate.clicked.connect(self._rotate)
        line = row(column(4, self._glyph, None), spacing=8)
        line.addLayout(column(self._text, self._said, spacing=2), 1)
        line.addWidget(self.dashboard)
        line.addWidget(self.copy)
        line.addWidget(self.rotate)
        self.setLayout(column(10, line))
        ctx.bridge.api_changed.connect(self._changed)
        ctx.language_changed.connect(self.refresh)
        self.refresh()

    @property
    def words(self) -> str:
        return self._text.words

    @property
    def said(self) -> str:
        """What the last button did."""
        return "" if self._said.isHidden() else self._said.words

    def refresh(self) -> None:
        """Show where it answers, or why it does not."""
        services = self._ctx.services
        state = services.api.state
        self.dashboard.setVisible(state.url is not None)
        if state.url is not None:
            self._glyph.show_glyph("check", "ok")
            self._text.say_code("ui-api-on", url=state.url, file=str(services.paths.api_file))
        elif state.problem is not None:
            self._glyph.show_glyph("x", "crit")
            self._text.say_message(state.problem)
        else:
            self._glyph.show_glyph(None, "text3")
            self._text.say_code("ui-api-off")

    def _changed(self, _event: object) -> None:
        self.refresh()

    def _open(self) -> None:
        """In the person's browser; the token is entered there, not handed over in the address."""
        url = self._ctx.services.api.state.url
        if url is not None:
            QDesktopServices.openUrl(QUrl(url))

    def _copy(self) -> None:
        access = self._ctx.services.api

        def copied(token: str) -> None:
            QGuiApplication.clipboard().setText(token)
            self._say("ui-api-copied")

        self._ctx.background.run(lambda: access.token, copied, self._failed)

    def _rotate(self) -> None:
        self._ctx.background.run(
            self._ctx.services.api.rotate, lambda _token: self._say("ui-api-rotated"), self._failed
        )

    def _say(self, code: str) -> None:
        self._said.say_code(code)
        self._said.show()

    def _failed(self, error: Exception) -> None:
        self._said.say(self._ctx.text(error.message) if isinstance(error, AutoCutError) else str(error))
        self._said.show()
