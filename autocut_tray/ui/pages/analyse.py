"""Analyse: drop clips, watch them being described, look through their scenes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QStackedWidget, QWidget

from autocut_tray.core.jobs.job import Job, SceneChanged, SceneRecord, Verb
from autocut_tray.core.jobs.more import More
from autocut_tray.core.messages import Message, message
from autocut_tray.core.policy.governor_types import Tier
from autocut_tray.ui.context import UiContext
from autocut_tray.ui.job_words import JobAction, JobWords, Progress, job_words
from autocut_tray.ui.models.scene_rows import SceneRow, matches
from autocut_tray.ui.pages.page import MARGINS, Page
from autocut_tray.ui.pages.scenes import ScenesView
from autocut_tray.ui.phrases import file_name
from autocut_tray.ui.thumbnails import Thumbnails
from autocut_tray.ui.widgets.button import Button
from autocut_tray.ui.widgets.drop_area import DropArea
from autocut_tray.ui.widgets.finish_menu import FinishMenu
from autocut_tray.ui.widgets.job_list import JobList
from autocut_tray.ui.widgets.layouts import column
from autocut_tray.ui.widgets.search_field import SearchField

if TYPE_CHECKING:
    from autocut_tray.ui.shell import Shell

MOST_FOUND = 500
"""Scenes that a search over all jobs shows."""


class AnalysePage(Page):
    """Three views, one at a time: empty, the jobs, the scenes of one job or of a search."""

    def __init__(self, ctx: UiContext, shell: Shell) -> None:
        super().__init__(ctx, shell)
        self._job_id: str | None = None
        self._search = 0
        self.thumbnails = Thumbnails(
            ctx.services.jobs.thumbnail_path,
            ctx.background,
            ctx.services.memory.tracker,
            lambda: ctx.services.settings.current.memory.picture_cache_mib,
        )
        self.drop_area = DropArea(ctx)
        self.drop_area.choose_files.connect(shell.choose_files)
        self.drop_area.choose_folder.connect(shell.choose_folder)
        self.jobs = JobList(ctx, shell.book, self.thumbnails, self.words)
        self.jobs.acted.connect(self.act)
        self.search = SearchField(ctx, "ui-search-all", 240)
        self.search.searched.connect(self._search_all)
        add = Button(ctx, "ui-add-files", kind="primary")
        add.clicked.connect(shell.choose_files)
        self.finish_menu = FinishMenu(ctx, self)
        self.finish_menu.chosen.connect(self._finish_by)
        finish = Button(ctx, "ui-finish-by")
        finish.setMenu(self.finish_menu)
        self.scenes = ScenesView(ctx, self.thumbnails)
        self.scenes.left.connect(self.show_jobs)
        self.scenes.more.connect(self._describe_more)
        self.scenes.cut.failed.connect(self._failed)
        empty, listed = QWidget(), QWidget()
        empty.setLayout(column(self.heading("ui-page-analyse"), 16, self.drop_area, margins=MARGINS))
        listed.setLayout(
            column(
                self.heading("ui-page-analyse", self.search, finish, add),
                6,
                self.jobs,
                margins=(32, 24, 32, 0),
            )
        )
        self._views = QStackedWidget()
        for view in (empty, listed, self.scenes):
            self._views.addWidget(view)
        self.setLayout(column(self._views))
        shell.book.changed.connect(self._book_changed)
        ctx.bridge.scene_changed.connect(self._scene_changed)
        ctx.bridge.profile_changed.connect(self._say_promise)
        ctx.bridge.controller_changed.connect(self.jobs.viewport().update)
        ctx.language_changed.connect(self._say_promise)
        self._say_promise()
        self.show_jobs()

    # -- views

    @property
    def open_job(self) -> str | None:
        """The job whose scenes are shown."""
        return self._job_id if self._views.currentWidget() is self.scenes else None

    @property
    def is_empty(self) -> bool:
        return self._views.currentIndex() == 0

    def show_jobs(self) -> None:
        """The list, or the empty state."""
        self._job_id = None
        self.search.clear()
        self._views.setCurrentIndex(1 if len(self.shell.book) else 0)

    def open_scenes(self, job_id: str) -> None:
        """Show the scenes of a job; they are read in the background."""
        job = self.shell.book.get(job_id)
        if job is None:
            return
        self._job_id = job_id
        self.scenes.begin(job, self._base_tier())
        self._views.setCurrentWidget(self.scenes)
        clip = file_name(job.path)

        def arrived(records: list[SceneRecord]) -> None:
            if self._job_id == job_id:
                self.scenes.show_rows([SceneRow(job_id, clip, record) for record in records])

        self.ctx.background.run(lambda: self.ctx.services.jobs.scenes(job_id), arrived)

    # -- words

    def words(self, job: Job) -> JobWords:
        pace = self.shell.pace
        state = self.ctx.services.controller.state
        progress = Progress(
            tier=state.tier,
            pace=pace.seconds_per_scene(job.id),
            left=pace.seconds_left(job),
            now=self.ctx.services.clock.time(),
        )
        return job_words(self.ctx, job, progress)

    def _base_tier(self) -> Tier | None:
        policy = self.ctx.services.detection.policy
        return policy.base_tier if policy is not None else None

    def _say_promise(self) -> None:
        policy = self.ctx.services.detection.policy
        speed, promise = message("ui-step-describe-text"), message("ui-drop-promise")
        if policy is not None:
            away = [route for route in policy.routes if route.leaves_machine]
            if away:
                promise = message("ui-drop-promise-cloud")
            explanation = self.ctx.services.detection.explanation
            known = explanation.speeds.get(policy.base_tier) if explanation is not None else None
            if known is not None:
                speed = message(
                    "ui-step-describe-speed",
                    seconds=str(known.span),
                    source=known.source,
                    scenes=policy.vision.max_scenes,
                )
        self.drop_area.say_promise(promise, speed)

    # -- acts

    def act(self, job_id: str, action: JobAction) -> None:
        jobs, background = self.ctx.services.jobs, self.ctx.background
        match action:
            case JobAction.OPEN:
                self.open_scenes(job_id)
            case JobAction.DETAILS:
                self.jobs.fold(job_id)
            case JobAction.CANCEL:
                background.run(lambda: jobs.cancel(job_id), failed=self._failed)
            case JobAction.RETRY:
                background.run(lambda: jobs.retry(job_id), failed=self._failed)
            case JobAction.PAUSE | JobAction.RESUME | JobAction.NEXT:
                verb = Verb(action.value)
                background.run(lambda: jobs.arrange(job_id, verb), failed=self._failed)
            case JobAction.REMOVE:
                self._remove(job_id)
            case JobAction.NEVER_CLOUD:
                job = self.shell.book.get(job_id)
                if job is not None:
                    never = not job.options.never_cloud
                    background.run(lambda: jobs.set_never_cloud(job_id, never), failed=self._failed)

    def _describe_more(self, more: More) -> None:
        job_id, jobs = self._job_id, self.ctx.services.jobs
        if job_id is not None:
            self.ctx.background.run(lambda: jobs.describe_more(job_id, more), failed=self._failed)

    def _finish_by(self, at: float | None) -> None:
        jobs = self.ctx.services.jobs
        self.ctx.background.run(lambda: jobs.finish_by(at), failed=self._failed)

    def _remove(self, job_id: str) -> None:
        """Descriptions are work: losing them is the one thing that is asked about."""
        job = self.shell.book.get(job_id)
        if job is None:
            return
        remove = lambda: self.ctx.services.jobs.remove(job_id)  # noqa: E731
        if not job.scenes_done:
            self.ctx.background.run(remove, failed=self._failed)
            return
        box = QMessageBox(self)
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setText(self.ctx.t("ui-remove-title", name=file_name(job.path)))
        box.setInformativeText(self.ctx.t("ui-remove-text", n=job.scenes_done))
        yes = box.addButton(self.ctx.t("ui-remove-yes"), QMessageBox.ButtonRole.AcceptRole)
        no = box.addButton(self.ctx.t("ui-cancel"), QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(no)
        box.buttonClicked.connect(
            lambda button: self.ctx.background.run(remove, failed=self._failed) if button is yes else None
        )
        box.finished.connect(box.deleteLater)
        box.open()

    def _failed(self, error: Exception) -> None:
        self.shell.notice_error(error)

    # -- events

    def _book_changed(self, touched: frozenset[str]) -> None:
        if self._views.currentWidget() is not self.scenes:
            self._views.setCurrentIndex(1 if len(self.shell.book) else 0)
        elif self._job_id in touched and self.shell.book.get(self._job_id or "") is None:
            self.show_jobs()

    def _scene_changed(self, event: SceneChanged) -> None:
        if event.job_id == self._job_id:
            job = self.shell.book.get(event.job_id)
            clip = file_name(job.path) if job else ""
            self.scenes.put(SceneRow(event.job_id, clip, event.record))

    def _search_all(self, query: str) -> None:
        """Look through the scenes of every job, in the background; a newer search makes an older one void."""
        self._search += 1
        if not query:
            return
        number, jobs = self._search, [job for job in self.shell.book.all() if job.scenes_found]

        def work() -> list[SceneRow]:
            found: list[SceneRow] = []
            for job in jobs:
                if number != self._search or len(found) >= MOST_FOUND:
                    break
                clip = file_name(job.path)
                rows = (SceneRow(job.id, clip, record) for record in self.ctx.services.jobs.scenes(job.id))
                found += [row for row in rows if row.record.description and matches(row, query)]
            return found[:MOST_FOUND]

        def arrived(found: list[SceneRow]) -> None:
            if number == self._search:
                self._job_id = None
                self.scenes.begin_search(query, self._base_tier())
                self.scenes.show_rows(found)
                self._views.setCurrentWidget(self.scenes)

        self.ctx.background.run(work, arrived)

    def set_over(self, title: Message | None) -> bool:
        """Something is held over the window; True when the page shows it itself."""
        if self.is_empty:
            self.drop_area.set_over(title)
            return True
        return False
