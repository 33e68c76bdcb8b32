"""Settings: one card a section, generated from their one declaration; every change applies at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from autocut_tray.core.errors import AutoCutError
from autocut_tray.core.runtime.profile import Backend
from autocut_tray.core.settings.presets import PRESETS, apply_preset
from autocut_tray.core.settings.store import SettingsChanged
from autocut_tray.ui.context import UiContext
from autocut_tray.ui.pages.page import MARGINS, Page, scrolled
from autocut_tray.ui.setting_fields import Field, sections
from autocut_tray.ui.widgets.api_access import ApiAccessCard
from autocut_tray.ui.widgets.button import Button
from autocut_tray.ui.widgets.cloud_panel import CloudPanel
from autocut_tray.ui.widgets.key_entry import KeyEntry
from autocut_tray.ui.widgets.layouts import card, column, hairline, row
from autocut_tray.ui.widgets.search_field import SearchField
from autocut_tray.ui.widgets.server_test import ServerTest
from autocut_tray.ui.widgets.setting_row import SettingRow
from autocut_tray.ui.widgets.text import Text

if TYPE_CHECKING:
    from autocut_tray.ui.shell import Shell

SECTION_WIDTH = 148
_SERVERS = {"models.ollama_host": Backend.OLLAMA, "models.lmstudio_host": Backend.LMSTUDIO}
_KEYS = {
    "models.lmstudio_host": ("lmstudio", "ui-key-lmstudio"),
    "cloud.openai_base_url": ("openai", "ui-key-openai"),
    "cloud.deepseek_base_url": ("deepseek", "ui-key-deepseek"),
}
"""Settings whose server may want a key: the key's name and label."""


class SettingsPage(Page):
    """Values are written in the background: a disk may take its time, a switch may not."""

    def __init__(self, ctx: UiContext, shell: Shell) -> None:
        super().__init__(ctx, shell)
        self.rows: dict[str, SettingRow] = {}
        self._lines: dict[SettingRow, QWidget] = {}
        """What parts a row from the one above."""
        self._fields = dict(sections())
        self._sections: dict[str, QWidget] = {}
        self._section_now = ""
        self.cloud: CloudPanel | None = None
        self._buttons: dict[str, Button] = {}
        self._preset_buttons: dict[Button, str] = {}
        self._views = QStackedWidget()
        group = QButtonGroup(self)
        names = QVBoxLayout()
        names.setSpacing(2)
        for name in self._fields:
            button = Button(ctx, _title_of(name), role="section")
            button.setCheckable(True)
            button.setFixedWidth(SECTION_WIDTH)
            button.clicked.connect(lambda _on=False, name=name: self.open_section(name))
            group.addButton(button)
            self._buttons[name] = button
            names.addWidget(button)
        names.addStretch(1)
        columns = QHBoxLayout()
        columns.setSpacing(24)
        columns.setContentsMargins(MARGINS[0] - 8, 0, 0, 0)
        columns.addLayout(names)
        columns.addWidget(self._views, 1)
        self._query = ""
        self.search = SearchField(ctx, "ui-settings-search", 192)
        self.search.searched.connect(self._search)
        self.nothing = Text(ctx, "sub", "ui-settings-none-found")
        self.nothing.hide()
        head = column(
            self.heading("ui-page-settings", self.search), 6, self.nothing, margins=(32, 24, 32, 10)
        )
        both = column(head, columns)
        both.setStretch(1, 1)
        self.setLayout(both)
        ctx.bridge.settings_changed.connect(self._settings_changed)
        ctx.language_changed.connect(self._explain_presets)
        self.open_section(next(iter(self._fields)))

    def open_section(self, name: str) -> None:
        """Built when it is first opened."""
        if name not in self._sections:
            view = self._section(name, self._fields[name])
            self._sections[name] = view
            self._views.addWidget(view)
            self._show_values()
            self._show_found()
        self._section_now = name
        self._buttons[name].setChecked(True)
        self._views.setCurrentWidget(self._sections[name])

    def _search(self, query: str) -> None:
        """Leave only what has all these words in its name, its help or its section's name."""
        self._query = query
        found = [name for name in self._fields if not query or any(map(self._matches, self._fields[name]))]
        for name, button in self._buttons.items():
            button.setVisible(name in found)
        if found:
            ranks = {name: self._rank(name) for name in found}
            best = min(found, key=ranks.__getitem__)
            if ranks.get(self._section_now, ranks[best] + 1) > ranks[best]:
                self.open_section(best)
        self.nothing.setVisible(not found)
        self._views.setVisible(bool(found))
        self._show_found()

    def _rank(self, section: str) -> int:
        """Whether a section has the words in its own name (0), in that of a setting (1) or only somewhere (2)."""
        if self._has_words(_title_of(section)):
            return 0
        fields = self._fields[section]
        return 1 if any(self._has_words(_title_of(section), field.code) for field in fields) else 2

    def _matches(self, field: Field) -> bool:
        section = field.path.partition(".")[0]
        return self._has_words(_title_of(section), field.code, f"{field.code}-help")

    def _has_words(self, *codes: str) -> bool:
        said = " ".join(map(self.ctx.t, codes)).casefold()
        return all(word in said for word in self._query.casefold().split())

    def _show_found(self) -> None:
        for name in self._sections:
            rows = [self.rows[field.path] for field in self._fields[name]]
            shown = [one for one in rows if self._matches(one.field)]
            for one in rows:
                one.setVisible(one in shown)
                self._lines[one].setVisible(one in shown[1:])

    def enter_key(self, name: str) -> None:
        """Show where this key is entered, ready to type or paste."""
        self.search.clear()
        path = next(path for path, (key, _) in _KEYS.items() if key == name)
        self.open_section(path.partition(".")[0])
        entry = self.rows[path].key
        if entry is not None:
            entry.line.setFocus()

    @property
    def section_names(self) -> tuple[str, ...]:
        return tuple(self._fields)

    def _section(self, name: str, fields: tuple[Field, ...]) -> QWidget:
        group = card()
        layout = QVBoxLayout()
        layout.setContentsMargins(1, 1, 1, 1)
        layout.setSpacing(0)
        for field in fields:
            one = SettingRow(
                self.ctx, field, by_environment=self.ctx.services.settings.from_environment(field.path)
            )
            one.changed.connect(self._change)
            if field.path in _SERVERS:
                one.add_test(ServerTest(self.ctx, _SERVERS[field.path]))
            if field.path in _KEYS:
                one.add_key(KeyEntry(self.ctx, *_KEYS[field.path]))
            if field.path == "api.enabled":
                one.add_api(ApiAccessCard(self.ctx))
            self.rows[field.path] = one
            self._lines[one] = hairline()
            layout.addWidget(self._lines[one])
            layout.addWidget(one)
        group.setLayout(layout)
        reset = Button(self.ctx, "ui-settings-reset", kind="ghost", small=True)
        reset.clicked.connect(lambda: self.reset(name))
        foot = row(Text(self.ctx, "caption", "ui-settings-at-once"), None, *self._presets(name), reset)
        above = (*self._problems(name), *self._consents(name))
        return scrolled(column(*above, group, 10, foot, None), margins=(0, 0, 32, 24))

    def _consents(self, name: str) -> tuple[QWidget, ...]:
        """Who may get what, above the limits."""
        if name != "cloud":
            return ()
        panel = CloudPanel(self.ctx)
        panel.wanted.connect(self.shell.ask_consent)
        panel.failed.connect(self.shell.notice_error)
        self.cloud = panel
        return (panel,)

    def _presets(self, name: str) -> tuple[QWidget, ...]:
        """Buttons that fill in the values of a preset, where it has some."""
        if name not in {path.partition(".")[0] for values in PRESETS.values() for path in values}:
            return ()
        found: list[QWidget] = [Text(self.ctx, "caption", "ui-settings-presets")]
        for preset in PRESETS:
            button = Button(self.ctx, f"ui-settings-preset-{preset}", kind="ghost", small=True)
            button.clicked.connect(lambda _on=False, preset=preset: self.start_from(preset))
            self._preset_buttons[button] = preset
            found.append(button)
        self._explain_presets()
        return tuple(found)

    def _explain_presets(self) -> None:
        for button, preset in self._preset_buttons.items():
            button.setToolTip(self.ctx.t(f"ui-settings-preset-{preset}-help"))

    def start_from(self, preset: str) -> None:
        """Make the values of a preset the person's own."""
        store = self.ctx.services.settings
        self.ctx.background.run(lambda: apply_preset(store, preset), failed=self.shell.notice_error)

    def _problems(self, name: str) -> tuple[QFrame, ...]:
        """What was wrong with the file, on the first page."""
        problems = self.ctx.services.problems
        if name != "ui" or not problems:
            return ()
        frame = card(strong=True)
        texts = []
        for problem in problems:
            text = Text(self.ctx, "small", wrap=True)
            text.say_message(problem)
            texts.append(text)
        frame.setLayout(column(*texts, spacing=6, margins=(20, 14, 20, 14)))
        holder = QFrame()
        holder.setLayout(column(frame, 12))
        return (holder,)

    def _change(self, path: str, value: object) -> None:
        self._write(path, None if value == "" else value)

    def _write(self, path: str, value: object) -> None:
        store = self.ctx.services.settings

        def failed(error: Exception) -> None:
            self._show_values()
            text = self.ctx.text(error.message) if isinstance(error, AutoCutError) else str(error)
            self.rows[path].show_problem(text)

        self.ctx.background.run(lambda: store.set(path, value), failed=failed)

    def reset(self, name: str) -> None:
        """Take every choice on this page back."""
        store = self.ctx.services.settings
        paths = [field.path for field in self._fields[name] if not store.from_environment(field.path)]
        self.ctx.background.run(lambda: store.apply(dict.fromkeys(paths)), failed=self.shell.notice_error)

    def _settings_changed(self, _event: SettingsChanged) -> None:
        self._show_values()

    def _show_values(self) -> None:
        settings = self.ctx.services.settings.current
        for one in self.rows.values():
            one.show_value(settings)


def _title_of(section: str) -> str:
    return f"ui-settings-{section}"
