"""The tray icon with its tooltip and menu."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction, QActionGroup, QGuiApplication
from PySide6.QtWidgets import QMenu, QSystemTrayIcon

from autocut_tray.ui.tray_icon import IconState, panel_is_dark, tray_icon

if TYPE_CHECKING:
    from autocut_tray.core.policy.governor_types import Tier
    from autocut_tray.i18n import Translator
    from autocut_tray.ui.context import UiContext
    from autocut_tray.ui.models.job_book import JobBook
    from autocut_tray.ui.tray_words import Item


class Tray(QObject):
    """Shown before anything else exists; :meth:`attach` gives it something to say."""

    toggle_window = Signal()
    open_window = Signal()
    analyse_files = Signal()
    analyse_folder = Signal()
    pause_or_resume = Signal()
    degrade = Signal(object)
    """The tier to go down to."""
    undo = Signal()
    pin = Signal(object)
    """The tier to stay on, or None."""
    free_vram = Signal()
    copy_diagnostics = Signal()
    view_logs = Signal()
    open_settings = Signal()
    quit = Signal()

    def __init__(self, *, dot: bool = False) -> None:
        """``dot``: begin in the minimal style, until the settings say which."""
        super().__init__()
        self._dot = dot
        self._ctx: UiContext | None = None
        self._book: JobBook | None = None
        self._shown = IconState(dark_panel=self._dark_panel(), dot=dot)
        self._icon = QSystemTrayIcon(tray_icon(self._shown))
        self._icon.setToolTip("AutoCut Director")
        self.menu = QMenu()
        self.submenus: dict[str, QMenu] = {}
        """By the name of their entry; held here, because their wrappers must live as long as they do."""
        self.menu.aboutToShow.connect(self.rebuild_menu)
        self._icon.setContextMenu(self.menu)
        self._icon.activated.connect(self._activated)
        QGuiApplication.styleHints().colorSchemeChanged.connect(self.refresh)

    def show(self) -> None:
        self._icon.show()

    def close(self) -> None:
        """Before the application object goes: an icon left behind outlives its process in some panels."""
        self._icon.hide()
        self._icon.setContextMenu(None)  # type: ignore[arg-type]
        self.menu.deleteLater()

    def attach(self, ctx: UiContext, book: JobBook) -> None:
        """From now on it shows the state of the program."""
        self._ctx, self._book = ctx, book
        ctx.bridge.controller_changed.connect(self.refresh)
        ctx.bridge.profile_changed.connect(self.refresh)
        ctx.bridge.settings_changed.connect(self.refresh)
        ctx.language_changed.connect(self.refresh)
        book.changed.connect(self.refresh)
        self.refresh()
        self.rebuild_menu()  # some panels fetch the menu before they ever open it

    @property
    def icon_state(self) -> IconState:
        return self._shown

    @property
    def icon(self) -> QSystemTrayIcon:
        return self._icon

    @property
    def tooltip(self) -> str:
        return self._icon.toolTip()

    def say(self, text: str) -> None:
        """A notification of the desktop."""
        self._icon.showMessage("AutoCut Director", text, self._icon.icon())

    # -- drawing

    def refresh(self) -> None:
        """Draw the icon and set the tooltip again, where they would be different."""
        from autocut_tray.ui.tray_words import icon_state, tooltip  # after the icon is up

        services = self._ctx.services if self._ctx is not None else None
        state = services.controller.state if services is not None else None
        sample = services.monitor.latest if services is not None else None
        known = services is not None and services.detection.profile is not None
        running = self._book.running if self._book is not None else []
        shown = icon_state(
            state if known else None,
            sample,
            len(running),
            dark_panel=self._dark_panel(),
            dot=self._dot if services is None else services.settings.current.ui.tray_style == "dot",
        )
        if shown != self._shown:
            self._shown = shown
            self._icon.setIcon(tray_icon(shown))
        if self._ctx is None or services is None or state is None or self._book is None or not known:
            return
        progress = ""
        if running:
            from autocut_tray.ui.progress_words import counted_jobs, progress_words

            progress = progress_words(self._ctx, counted_jobs(running), None)
        profile = services.detection.profile
        text = tooltip(self._ctx, state, sample, profile, progress, self._book.active)
        if text != self._icon.toolTip():
            self._icon.setToolTip(text)

    def _dark_panel(self) -> bool:
        return panel_is_dark(QGuiApplication.styleHints().colorScheme(), os.environ)

    # -- menu

    def rebuild_menu(self) -> None:
        """As things are now; items that do not apply are absent."""
        from autocut_tray.i18n import Translator, choose_language
        from autocut_tray.ui.tray_words import menu_items

        ctx, book = self._ctx, self._book
        translator = Translator(choose_language(None)) if ctx is None else ctx.services.translator
        state = ctx.services.controller.state if ctx is not None else None
        active = book.active if book is not None else 0
        paused = ctx is not None and ctx.services.jobs.paused
        self.menu.clear()
        for old in self.submenus.values():
            old.deleteLater()
        self.submenus = {}
        for item in menu_items(state, active, paused=paused):
            self._add(item, translator)

    def _add(self, item: Item, translator: Translator) -> None:
        from autocut_tray.ui.tray_words import Entry

        if item.entry is Entry.LINE:
            self.menu.addSeparator()
            return
        text = translator.t(f"ui-tray-{item.entry.value}")
        if item.choices:
            self._add_submenu(item, text, translator)
            return
        action = self.menu.addAction(text)
        signal = {
            Entry.OPEN: self.open_window,
            Entry.FILES: self.analyse_files,
            Entry.FOLDER: self.analyse_folder,
            Entry.PAUSE: self.pause_or_resume,
            Entry.RESUME: self.pause_or_resume,
            Entry.UNDO: self.undo,
            Entry.FREE_VRAM: self.free_vram,
            Entry.DIAGNOSTICS: self.copy_diagnostics,
            Entry.LOGS: self.view_logs,
            Entry.SETTINGS: self.open_settings,
            Entry.QUIT: self.quit,
        }[item.entry]
        action.triggered.connect(lambda _on=False: signal.emit())
        if item.entry is Entry.OPEN:
            self.menu.setDefaultAction(action)

    def _add_submenu(self, item: Item, text: str, translator: Translator) -> None:
        from autocut_tray.ui.tray_words import Entry

        submenu = QMenu(text, self.menu)
        self.submenus[item.entry.value] = submenu
        self.menu.addMenu(submenu)
        group = QActionGroup(submenu)
        for tier in item.choices:
            word = translator.t("ui-tray-pin-none" if tier is None else f"ui-tray-tier-{tier.value}")
            action = QAction(word, submenu)
            if item.entry is Entry.PIN:
                action.setCheckable(True)
                action.setChecked(tier is item.chosen)
                group.addAction(action)
            action.triggered.connect(
                lambda _on=False, tier=tier: self._tier_chosen(item.entry is Entry.PIN, tier)
            )
            submenu.addAction(action)

    def _tier_chosen(self, pin: bool, tier: Tier | None) -> None:
        (self.pin if pin else self.degrade).emit(tier)

    def _activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        # On macOS a click opens the menu, as every menu-bar icon there does.
        if reason is QSystemTrayIcon.ActivationReason.Trigger and sys.platform != "darwin":
            self.toggle_window.emit()
