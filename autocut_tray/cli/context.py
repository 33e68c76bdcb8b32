"""What every command starts from: language, settings, and the way to a running instance."""

from __future__ import annotations

import os
from typing import Any

from autocut_tray.cli.output import Output
from autocut_tray.core.events import EventBus
from autocut_tray.core.frozen import frozen
from autocut_tray.core.instance import call_instance
from autocut_tray.core.paths import Paths
from autocut_tray.core.settings.store import SettingsStore
from autocut_tray.i18n import Translator, choose_language

Json = dict[str, Any]


@frozen
class Context:
    """One command's surroundings."""

    paths: Paths
    bus: EventBus
    settings: SettingsStore
    translator: Translator
    output: Output

    def call(self, request: Json) -> Json | None:
        """Ask the running instance; None when there is none. Raises AutoCutError."""
        return call_instance(self.paths.instance_file, request)


def open_context(*, as_json: bool, language: str | None) -> Context:
    """Read settings, choose the language, say what is wrong with the settings file, if anything is."""
    paths = Paths.from_environment()
    bus = EventBus()
    settings = SettingsStore(paths.settings_file, bus, os.environ, paths.env_files)
    translator = Translator(choose_language(language or settings.current.ui.language))
    output = Output(translator, as_json=as_json)
    for problem in settings.problems:
        output.note(translator.text(problem))
    return Context(paths, bus, settings, translator, output)
