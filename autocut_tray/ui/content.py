"""What the window holds: sidebar, state strip, one page at a time."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QHideEvent,
    QKeySequence,
    QResizeEvent,
    QShortcut,
    QShowEvent,
)
from PySide6.QtWidgets import QFileDialog, QStackedWidget, QWidget

from autocut_tray.core.egress.desk import Offer
from autocut_tray.core.egress.door import LedgerChanged
from autocut_tray.core.errors import AutoCutError
from autocut_tray.core.jobs.job import DropIgnored, Job
from autocut_tray.core.messages import Message, message
from autocut_tray.core.monitor.monitor import Attention
from autocut_tray.core.policy.governor_types import MemoryLevel, Tier
from autocut_tray.core.policy.models import title as model_title
from autocut_tray.ui.context import UiContext
from autocut_tray.ui.drops import Dropped, dropped
from autocut_tray.ui.models.job_book import JobBook
from autocut_tray.ui.models.pace import Pace
from autocut_tray.ui.pages.page import NARROW, Page
from autocut_tray.ui.phrases import file_name
from autocut_tray.ui.progress_words import counted_jobs, progress_words
from autocut_tray.ui.strip_state import StripAction, StripFacts, strip_state
from autocut_tray.ui.widgets.advice import show_advice
from autocut_tray.ui.widgets.consent_dialog import ConsentDialog, ask_consent
from autocut_tray.ui.widgets.drop_overlay import DropOverlay
from autocut_tray.ui.widgets.layouts import column, row
from autocut_tray.ui.widgets.notice import Notice
from autocut_tray.ui.widgets.sidebar import PAGES, Sidebar
from autocut_tray.ui.widgets.state_strip import StateStrip

log = logging.getLogger(__name__)


class Content(QWidget):
    """Implements :class:`autocut_tray.ui.shell.Shell` for its pages, which are built when first shown.

    It has no page until :meth:`open_page` is called, and is not to be shown before.
    """

    explanation_shown = Signal()
    plots_drawn = Signal()

    def __init__(self, ctx: UiContext, book: JobBook, pace: Pace) -> None:
        super().__init__()
        self.ctx = ctx
        self.book = book
        self.pace = pace
        self._pages: dict[str, Page] = {}
        self._page = ""
        self._explained = self._plotted = False
        self._over: Dropped | None = None
        self.consent: ConsentDialog | None = None
        """The question that is being asked, if one is."""
        self._narrow = False
        self.setAcceptDrops(True)
        # The first focus is the window's own: the ring appears with the first Tab, not by itself.
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.sidebar = Sidebar(ctx)
        self.sidebar.chosen.connect(self.open_page)
        self.strip = StateStrip(ctx)
        self.strip.acted.connect(self._strip_acted)
        self._notice = Notice(ctx)
        self._views = QStackedWidget()
        page = QWidget()
        page.setObjectName("page")
        page.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._below = QWidget()
        self._below.setLayout(column(self._notice, self._views))
        self.overlay = DropOverlay(ctx, self._below)
        page.setLayout(column(self.strip, self._below))
        both = row(self.sidebar, spacing=0)
        both.addWidget(page, 1)
        self.setLayout(both)
        self._add_shortcuts()
        book.changed.connect(self._book_changed)
        bridge = ctx.bridge
        bridge.controller_changed.connect(self.show_state)
        bridge.profile_changed.connect(self.show_state)
        bridge.drop_ignored.connect(self._drop_ignored)
        bridge.ledger_changed.connect(self._ledger_changed)
        ctx.language_changed.connect(self.show_state)

    # -- pages

    @property
    def current_page(self) -> str:
        return self._page

    def page(self, name: str) -> Page:
        """A page, built now if it was not yet."""
        if name not in self._pages:
            made = _page_class(name)(self.ctx, self)
            made.set_narrow(self._narrow)
            self._pages[name] = made
            self._views.addWidget(made)
        return self._pages[name]

    def built_pages(self) -> tuple[str, ...]:
        return tuple(self._pages)

    def open_page(self, name: str) -> None:
        """An unknown name, remembered from another version perhaps, opens the first page."""
        name = name if name in PAGES else PAGES[0]
        if name == self._page:
            return
        page = self.page(name)
        self._page = name
        self.sidebar.select(name)
        self._views.setCurrentWidget(page)
        self.pace_changed()
        self.show_state()

    def prepare_page(self) -> None:
        """What the open page has to do before it can be seen."""
        self._pages[self._page].prepare()

    def enter_key(self, name: str) -> None:
        self.open_page("settings")
        from autocut_tray.ui.pages.settings import SettingsPage

        page = self.page("settings")
        if isinstance(page, SettingsPage):
            page.enter_key(name)

    def allow_cloud(self, provider: str) -> None:
        desk = self.ctx.services.cloud
        self.ctx.background.run(lambda: desk.offer(provider), self._offered, self.notice_error)

    def _offered(self, offer: Offer | None) -> None:
        if offer is None:
            self.notice(self.ctx.t("ui-cloud-nothing"))
        elif offer.can_allow:
            self.ask_consent(offer)
        elif offer.refusal is not None:
            code = offer.refusal.value.replace("_", "-")
            self.notice(self.ctx.t(f"error-{code}", host=offer.destination.host))

    def ask_consent(self, offer: Offer) -> None:
        self.consent = ask_consent(self.ctx, self, offer)
        self.consent.destroyed.connect(self._consent_closed)

    def _consent_closed(self) -> None:
        self.consent = None

    def _ledger_changed(self, event: LedgerChanged) -> None:
        if event.warning is not None:
            self.notice(self.ctx.text(event.warning))

    def pace_changed(self) -> None:
        drawn = self._pages[self._page].wants_fast_readings
        shown = Attention.DRAWN if drawn else Attention.SHOWN
        self.ctx.services.monitor.set_attention(shown if self.isVisible() else Attention.NONE)

    # -- state

    def show_state(self) -> None:
        state = self.ctx.services.controller.state
        running = self.book.running
        pace = self._seconds_per_scene(running, state.shown_tier) if running else None
        known = self.ctx.services.detection.profile is not None
        facts = StripFacts(
            tier=state.shown_tier if known else None,
            level=state.level,
            since=self.ctx.say.clock(state.since),
            reason=state.reason,
            degraded=state.degraded,
            can_undo=state.can_undo,
            pinned=state.pinned is not None,
            starting=state.starting,
            hopeful=state.hopeful,
            model=model_title(state.model) if state.model else None,
            speed=self.ctx.say.span(pace) if pace is not None else None,
            running=len(running),
            waiting=self.book.active - len(running),
            held_by_person=self.ctx.services.jobs.paused,
            page=self._page,
        )
        self.strip.show_state(strip_state(facts))
        self.strip.show_progress(self._progress())
        self.sidebar.show_count(self.book.active)

    def _seconds_per_scene(self, jobs: Sequence[Job], tier: Tier) -> float | None:
        """The pace of these jobs; until they have one, what this machine has measured on that tier."""
        own = self.pace.seconds_together(jobs)
        explanation = self.ctx.services.detection.explanation
        if own is not None or explanation is None:
            return own
        learned = explanation.speeds.get(tier)
        return learned.expected if learned is not None and learned.measured else None

    def _progress(self) -> str:
        """One line on the jobs under way, on the pages that do not show them themselves."""
        crisis = self.ctx.services.controller.state.level is MemoryLevel.EMERGENCY
        if crisis or self._page == "analyse":
            return ""
        counted = counted_jobs(self.book.running)
        return progress_words(self.ctx, counted, self.pace.seconds_left_together(counted))

    def _book_changed(self, touched: frozenset[str]) -> None:
        now = self.ctx.services.clock.monotonic()
        for job_id in touched:
            job = self.book.get(job_id)
            if job is None:
                self.pace.forget(job_id)
            else:
                self.pace.note(job, now)
        self.show_state()

    def _strip_acted(self, action: StripAction) -> None:
        jobs = self.ctx.services.jobs
        match action:
            case StripAction.UNDO:
                self.undo()
            case StripAction.ADVICE:
                show_advice(self.ctx, self)
            case StripAction.RESUME:
                self._then_show(jobs.resume_all)
            case StripAction.PAUSE:
                self._then_show(jobs.pause_all)
            case StripAction.ANALYSE:
                self.choose_files()

    def toggle_pause(self) -> None:
        """Hold the line of jobs, or let it go on."""
        jobs = self.ctx.services.jobs
        self._then_show(jobs.resume_all if jobs.paused else jobs.pause_all)

    def _then_show(self, work: Callable[[], object]) -> None:
        self.ctx.background.run(work, lambda _result: self.show_state(), self.notice_error)

    # -- what pages ask for

    def pin(self, tier: Tier | None) -> None:
        self._then_show(lambda: self.ctx.services.controller.pin(tier))

    def undo(self) -> None:
        controller = self.ctx.services.controller
        if controller.state.can_undo:
            self._then_show(controller.undo)

    def choose_files(self) -> None:
        self._choose(QFileDialog.FileMode.ExistingFiles, "ui-choose-files")

    def choose_folder(self) -> None:
        self._choose(QFileDialog.FileMode.Directory, "ui-choose-folder")

    def _choose(self, mode: QFileDialog.FileMode, code: str) -> None:
        dialog = QFileDialog(self, self.ctx.t(code))
        dialog.setFileMode(mode)
        if mode is QFileDialog.FileMode.Directory:
            dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.filesSelected.connect(self.add_paths)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def add_paths(self, paths: Sequence[str]) -> None:
        if paths:
            self.ctx.services.jobs.add(tuple(paths))
            self.open_page("analyse")

    def notice(self, text: str) -> None:
        self._notice.say(text)

    @property
    def notice_words(self) -> str:
        return self._notice.words

    def notice_error(self, error: Exception) -> None:
        if isinstance(error, AutoCutError):
            words = [self.ctx.text(error.message)]
            if error.hint is not None:
                words.append(self.ctx.text(error.hint))
            self.notice(" ".join(words))
        else:
            log.error("An act of the window failed", exc_info=error)
            self.notice(self.ctx.t("error-internal"))

    def explained(self) -> None:
        if not self._explained:
            self._explained = True
            QTimer.singleShot(0, self.explanation_shown.emit)

    def plots_painted(self) -> None:
        if not self._plotted:
            self._plotted = True
            QTimer.singleShot(0, self.plots_drawn.emit)

    def _drop_ignored(self, event: DropIgnored) -> None:
        self.notice(self.ctx.text(event.message))

    # -- drops, anywhere on the window

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        found = dropped(event.mimeData())
        if not found.paths:
            self.notice(self.ctx.t("ui-drop-not-files"))
            event.ignore()
            return
        self._over = found
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        self._show_over(_over_title(found))

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        if self._over is not None:
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
        else:
            event.ignore()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._over = None
        self._show_over(None)
        event.accept()

    def dropEvent(self, event: QDropEvent) -> None:
        found = dropped(event.mimeData())
        self._over = None
        self._show_over(None)
        if not found.paths:
            self.notice(self.ctx.t("ui-drop-not-files"))
            event.ignore()
            return
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        if found.remote:
            self.notice(self.ctx.t("ui-drop-remote", n=found.remote))
        self.add_paths(found.paths)

    def _show_over(self, title: Message | None) -> None:
        page = self._pages.get("analyse")
        shown_by_page = self._page == "analyse" and page is not None and page.set_over(title)
        self.overlay.show_title(None if shown_by_page else title)

    # -- size, life

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = event.size().width() < NARROW
        if narrow != self._narrow:
            self._narrow = narrow
            for page in self._pages.values():
                page.set_narrow(narrow)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.pace_changed()
        self.show_state()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.ctx.services.monitor.set_attention(Attention.NONE)

    def _add_shortcuts(self) -> None:
        for number, name in enumerate(PAGES, start=1):
            self._shortcut(f"Ctrl+{number}", partial(self.open_page, name))
        self._shortcut("Ctrl+O", self.choose_files)
        self._shortcut("Ctrl+Z", self.undo)
        self._shortcut("Ctrl+F", self._focus_search)

    def _shortcut(self, keys: str, act: Callable[[], object]) -> None:
        shortcut = QShortcut(QKeySequence(keys), self)
        shortcut.activated.connect(act)

    def _focus_search(self) -> None:
        self._pages[self._page].focus_search()


def _over_title(found: Dropped) -> Message:
    if len(found.paths) == 1:
        return message("ui-drop-over-one", name=file_name(found.paths[0]))
    return message("ui-drop-over", n=len(found.paths))


def _page_class(name: str) -> type[Page]:
    """Imported when first shown: a page costs nothing to those who never open it."""
    if name == "overview":
        from autocut_tray.ui.pages.overview import OverviewPage

        return OverviewPage
    if name == "monitor":
        from autocut_tray.ui.pages.monitor import MonitorPage

        return MonitorPage
    if name == "analyse":
        from autocut_tray.ui.pages.analyse import AnalysePage

        return AnalysePage
    if name == "events":
        from autocut_tray.ui.pages.events import EventsPage

        return EventsPage
    from autocut_tray.ui.pages.settings import SettingsPage

    return SettingsPage
