"""What every page and widget of the window may use."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from autocut_tray.core.messages import Message, Param
from autocut_tray.i18n import choose_language
from autocut_tray.phrases import Phrases
from autocut_tray.ui.background import Background
from autocut_tray.ui.bridge import Bridge
from autocut_tray.ui.remembered import Remembered
from autocut_tray.ui.theme.theme import Theme

if TYPE_CHECKING:
    from autocut_tray.bootstrap import Services


class UiContext(QObject):
    """Services, words and looks; lives as long as the window. ``language_changed``: set every text again."""

    language_changed = Signal()

    def __init__(
        self, services: Services, bridge: Bridge, theme: Theme, background: Background, remembered: Remembered
    ) -> None:
        super().__init__()
        self.services = services
        self.bridge = bridge
        self.theme = theme
        self.background = background
        self.remembered = remembered
        self.say = Phrases(services.translator)
        self._language = services.translator.language
        bridge.settings_changed.connect(self._settings_changed)

    def t(self, code: str, /, **params: Param | Message) -> str:
        return self.services.translator.t(code, **params)

    def text(self, message: Message) -> str:
        return self.services.translator.text(message)

    def sentences(self, messages: Iterable[Message]) -> str:
        """One after the other, as the language writes them."""
        return self.services.translator.sentences(messages)

    def _settings_changed(self, _event: object) -> None:
        ui = self.services.settings.current.ui
        self.theme.set_choice(ui.theme)
        translator = self.services.translator
        translator.set_language(choose_language(ui.language))
        if translator.language != self._language:
            self._language = translator.language
            # Reading a catalogue takes a while: that is not for this thread.
            self.background.run(
                lambda: translator.prepare(grammar=True), lambda _none: self.language_changed.emit()
            )
