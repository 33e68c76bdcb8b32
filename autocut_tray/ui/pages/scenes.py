"""The scenes of one job, or those that a search found: a grid, the details of one, and the job's rough cut."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from autocut_tray.core.jobs.job import Job, SceneStatus
from autocut_tray.core.jobs.more import More
from autocut_tray.core.policy.governor_types import Tier
from autocut_tray.ui.context import UiContext
from autocut_tray.ui.job_export import JobExport
from autocut_tray.ui.models.scene_rows import SceneRow
from autocut_tray.ui.phrases import file_name
from autocut_tray.ui.thumbnails import Thumbnails
from autocut_tray.ui.widgets.button import Button
from autocut_tray.ui.widgets.export_card import ExportCard
from autocut_tray.ui.widgets.glyph import Glyph
from autocut_tray.ui.widgets.layouts import column, row
from autocut_tray.ui.widgets.rough_cut import RoughCut
from autocut_tray.ui.widgets.scene_detail import SceneDetail
from autocut_tray.ui.widgets.scene_grid import SceneGrid
from autocut_tray.ui.widgets.search_field import SearchField
from autocut_tray.ui.widgets.text import ElidedText, Text


class ScenesView(QWidget):
    """``left`` when the person goes back to the jobs; ``more`` carries what of this job is to be described."""

    left = Signal()
    more = Signal(object)

    def __init__(self, ctx: UiContext, thumbnails: Thumbnails) -> None:
        super().__init__()
        self._ctx = ctx
        self._base: Tier | None = None
        self._searching: str | None = None
        back = Button(ctx, "ui-page-analyse", kind="crumb")
        back.clicked.connect(lambda: self.left.emit())
        self._title = ElidedText("title")
        self._debt_glyph = Glyph(ctx)
        self._debt = Text(ctx, "small")
        self.again = Button(ctx, "ui-scenes-again", small=True)
        self.again.clicked.connect(lambda: self.more.emit(More(lower=True, base=self._base)))
        self.rest = Button(ctx, small=True)
        self.rest.clicked.connect(lambda: self.more.emit(More(rest=True)))
        self.search = SearchField(ctx, "ui-search-scenes", 192)
        self.export = JobExport(ctx, self)
        self._export = Button(ctx, "ui-export")
        self._export.setMenu(self.export.menu)
        self.export_card = ExportCard(ctx)
        self.export.news.connect(self.export_card.show_news)
        self.grid = SceneGrid(ctx, thumbnails)
        self.cut = RoughCut(ctx, thumbnails, self.grid.scenes.thumbnail, self)
        self.cut.export.news.connect(self.export_card.show_news)
        self.detail = SceneDetail(ctx, thumbnails)
        self.detail.hide()
        self._nothing = Text(ctx, "sub", wrap=True)
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.search.searched.connect(self._search)
        self.grid.selected.connect(lambda scene: self.detail.show_scene(scene, self._base))
        head = row(back, Glyph(ctx, "chevron-right", "text3"), spacing=6)
        head.addWidget(self._title, 1)
        head.addSpacing(12)
        head.addWidget(self.search)
        head.addSpacing(8)
        head.addWidget(self._export)
        # Below the head: in the smallest window there is no room beside the search.
        self._owing = QWidget()
        self._owing.setLayout(
            row(self._debt_glyph, self._debt, None, self.again, self.rest, margins=(0, 10, 0, 0))
        )
        # Beside each other in the smallest window, too: below the grid, the details and the rough cut would leave
        # less than one row of scenes.
        columns = QHBoxLayout()
        columns.setSpacing(10)
        columns.addLayout(column(self._nothing, self.grid), 1)
        columns.addLayout(column(self.detail, 24))
        body = column(head, self._owing, 16, self.export_card, columns, margins=(32, 24, 32, 0))
        whole = column(body, self.cut)
        whole.setStretch(0, 1)
        self.setLayout(whole)
        counted = (self.grid.scenes.rowsInserted, self.grid.scenes.rowsRemoved, self.grid.scenes.modelReset)
        for signal in counted:
            signal.connect(self._count)
        self.grid.scenes.dataChanged.connect(self._count)
        ctx.language_changed.connect(self._count)
        self._count()

    def begin(self, job: Job, base: Tier | None) -> None:
        """Scenes of this job are on their way."""
        self._searching = None
        self.export.of_job(job.id, job.path)
        self.cut.of_job(job)
        self._begin(file_name(job.path), base)
        self.search.show()
        self._export.show()

    def begin_search(self, query: str, base: Tier | None) -> None:
        self._searching = query
        self.export.of_job(None)
        self.cut.of_job(None)
        self._begin(f"“{query}”", base)
        self.search.hide()
        self._export.hide()

    def _begin(self, title: str, base: Tier | None) -> None:
        self._base = base
        self.export_card.hide()
        self._title.say(title)
        self.search.clear()
        self.grid.scenes.search("")
        self.grid.set_base(base)
        self.grid.scenes.show_rows(())

    @property
    def debt(self) -> str:
        """What is said of scenes that could be described better; empty for none."""
        return "" if self._debt.isHidden() else self._debt.words

    def show_rows(self, rows: Sequence[SceneRow]) -> None:
        self.grid.scenes.show_rows(rows)
        self.cut.refresh_pictures()
        self.grid.select_first()

    def put(self, scene: SceneRow) -> None:
        first = self.grid.scenes.rowCount() == 0
        self.grid.scenes.put(scene)
        if first:
            self.grid.select_first()

    def _search(self, query: str) -> None:
        self.grid.scenes.search(query)
        self.grid.select_first()

    def _count(self) -> None:
        scenes = self.grid.scenes
        records = [one.record for one in scenes.shown]
        debt = sum(record.owed(self._base) for record in records)
        rest = sum(record.status is SceneStatus.LEFT_OUT for record in records)
        of_job = self._searching is None
        due = any(r.owed(self._base) and r.status is SceneStatus.DESCRIBED for r in records)
        self.again.setVisible(of_job and due)
        self.rest.setVisible(of_job and bool(rest))
        self._owing.setVisible(bool(debt) or (of_job and (due or bool(rest))))
        self.rest.say_code("ui-scenes-rest", n=rest)
        self._debt_glyph.show_glyph("debt" if debt else None, "warn")
        self._debt.setVisible(bool(debt))
        if debt:
            self._debt.say_code("ui-scenes-debt", n=debt)
        self._export.setEnabled(scenes.total > 0)
        self.cut.set_possible(scenes.total > 0)
        empty = scenes.rowCount() == 0
        self._nothing.setVisible(empty)
        self.grid.setVisible(not empty)
        if empty:
            searched = self._searching is not None or scenes.total > 0
            self._nothing.say_code("ui-scenes-none-found" if searched else "ui-scenes-none-yet")
