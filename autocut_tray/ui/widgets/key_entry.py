"""A server's key or token: typed once, kept in the system's keyring, never shown again."""

from __future__ import annotations

from PySide6.QtWidgets import QLineEdit, QWidget

from autocut_tray.core.errors import AutoCutError
from autocut_tray.core.settings.secrets import ENVIRONMENT, KeyOrigin
from autocut_tray.ui.context import UiContext
from autocut_tray.ui.widgets.button import Button
from autocut_tray.ui.widgets.glyph import Glyph
from autocut_tray.ui.widgets.layouts import column, row
from autocut_tray.ui.widgets.text import Text

MAX_KEY = 512

_WORDS = {
    None: "ui-key-absent",
    KeyOrigin.KEYRING: "ui-key-kept",
    KeyOrigin.SESSION: "ui-key-session",
    KeyOrigin.ENVIRONMENT: "ui-key-environment",
    KeyOrigin.ENV_FILE: "ui-key-env-file",
}
_KIND = {"lmstudio": "token"}
"""What a server calls it, as a variant of the texts; the others say key."""


class KeyEntry(QWidget):
    """``name``: the key's name in the key store; ``label``: the text that says what it is.

    Everything that touches a keyring runs in the background.
    """

    def __init__(self, ctx: UiContext, name: str, label: str) -> None:
        super().__init__()
        self._ctx = ctx
        self._name = name
        self._label = label
        self.store = Button(ctx, "ui-key-store", small=True)
        self.store.setEnabled(False)
        self.store.clicked.connect(self._store)
        self.line = QLineEdit()
        self.line.setEchoMode(QLineEdit.EchoMode.Password)
        self.line.setMaxLength(MAX_KEY)
        self.line.setAcceptDrops(False)
        self.line.textChanged.connect(lambda text: self.store.setEnabled(bool(text.strip())))
        self.line.returnPressed.connect(self._store)
        self.forget = Button(ctx, "ui-key-forget", kind="ghost", small=True)
        self.forget.clicked.connect(self._forget)
        self.forget.hide()
        self._glyph = Glyph(ctx)
        self._text = Text(ctx, "small", wrap=True)
        entry = row(spacing=8)
        entry.addWidget(self.line, 1)
        entry.addWidget(self.store)
        entry.addWidget(self.forget)
        said = row(column(2, self._glyph, None), spacing=8)
        said.addWidget(self._text, 1)
        self.setLayout(column(10, entry, 6, said))
        ctx.language_changed.connect(self._retranslate)
        self._retranslate()
        self._look()

    @property
    def words(self) -> str:
        return self._text.words

    def _retranslate(self) -> None:
        label = self._ctx.t(self._label)
        self.line.setPlaceholderText(label)
        self.line.setAccessibleName(label)

    def _look(self) -> None:
        keys = self._ctx.services.keys
        self._ctx.background.run(lambda: keys.origin(self._name), self._show)

    def _show(self, origin: KeyOrigin | None) -> None:
        self.forget.setVisible(origin is not None and not origin.given)
        self._glyph.show_glyph(None if origin is None else "check", "ok")
        kind = _KIND.get(self._name, "key")
        self._text.say_code(_WORDS[origin], variable=ENVIRONMENT[self._name], kind=kind)

    def _store(self) -> None:
        key = self.line.text().strip()
        if key:
            self._put(key)

    def _forget(self) -> None:
        self._put(None)

    def _put(self, key: str | None) -> None:
        keys, cloud = self._ctx.services.keys, self._ctx.services.cloud

        def work() -> KeyOrigin | None:
            keys.put(self._name, key)
            cloud.door.reload()  # what works with the old key must not
            return keys.origin(self._name)

        self._ctx.background.run(work, self._kept, self._refused)

    def _kept(self, origin: KeyOrigin | None) -> None:
        self.line.clear()
        self._show(origin)
        self._ctx.services.detection.detect()

    def _refused(self, error: Exception) -> None:
        self._glyph.show_glyph("x", "crit")
        self._text.say(self._ctx.text(error.message) if isinstance(error, AutoCutError) else str(error))
