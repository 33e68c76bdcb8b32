"""Whether a model server answers at its address: a button, and the result directly below."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from autocut_tray.core.runtime.profile import Backend, ModelServer
from autocut_tray.ui.context import UiContext
from autocut_tray.ui.widgets.button import Button
from autocut_tray.ui.widgets.glyph import Glyph
from autocut_tray.ui.widgets.layouts import column, row
from autocut_tray.ui.widgets.text import Text

NAMES = {Backend.OLLAMA: "Ollama", Backend.LMSTUDIO: "LM Studio"}


class ServerTest(QWidget):
    """The test is the detection itself, so what it says is what the policy acts on."""

    def __init__(self, ctx: UiContext, backend: Backend) -> None:
        super().__init__()
        self._ctx = ctx
        self._backend = backend
        self._glyph = Glyph(ctx)
        self._text = Text(ctx, "small", wrap=True)
        self.button = Button(ctx, "ui-server-test", small=True)
        self.button.clicked.connect(lambda: ctx.services.detection.detect())
        line = row(column(4, self._glyph, None), spacing=8)
        line.addWidget(self._text, 1)
        line.addWidget(self.button)
        self.setLayout(column(10, line))
        ctx.bridge.detection_started.connect(self.refresh)
        ctx.bridge.profile_changed.connect(self.refresh)
        ctx.language_changed.connect(self.refresh)
        self.refresh()

    @property
    def words(self) -> str:
        return self._text.words

    def refresh(self) -> None:
        detection = self._ctx.services.detection
        profile = detection.profile
        busy = detection.detecting
        self.button.setEnabled(not busy)
        if busy or profile is None:
            self._glyph.show_glyph(None, "text3")
            self._text.say_code("ui-server-testing")
            return
        server = profile.server(self._backend)
        name = NAMES[self._backend]
        if server.reachable:
            self._glyph.show_glyph("check", "ok")
            self._text.say_code("ui-server-answers", **_facts(name, server))
        else:
            self._glyph.show_glyph("x", "warn" if server.installed else "text3")
            installed = "no" if server.installed is False else "yes"
            self._text.say_code("ui-server-silent", server=name, installed=installed)


def _facts(name: str, server: ModelServer) -> dict[str, str | int]:
    seeing = sum(model.vision is True for model in server.local_models)
    full = f"{name} {server.version}" if server.version else name
    return {"server": full, "count": len(server.local_models), "seeing": seeing}
