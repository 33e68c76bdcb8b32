"""The rough cut of one job at the foot of its scenes: brief, clips in their order, why these, and export."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QLineEdit, QVBoxLayout, QWidget

from autocut_tray.core.errors import AutoCutError, Cancelled
from autocut_tray.core.jobs.job import Job
from autocut_tray.core.jobs.plans import PlanChanged, PlanState, PlanWish
from autocut_tray.core.messages import Message, message
from autocut_tray.core.planning.plan import Plan, PlanEntry, PlannedBy
from autocut_tray.ui.context import UiContext
from autocut_tray.ui.job_export import JobExport
from autocut_tray.ui.thumbnails import Thumbnails
from autocut_tray.ui.widgets.button import Button
from autocut_tray.ui.widgets.cut_strip import CutClip, CutStrip
from autocut_tray.ui.widgets.fitting_area import FittingArea
from autocut_tray.ui.widgets.glyph import Glyph
from autocut_tray.ui.widgets.layouts import clear, column, row
from autocut_tray.ui.widgets.switch import Switch
from autocut_tray.ui.widgets.text import ElidedText, Text

MAX_BRIEF = 1000
_MOST_PX = 120
"""Of the list of reasons; what is longer scrolls."""


class RoughCut(QFrame):
    """``failed`` carries an error that is nobody's here."""

    failed = Signal(object)

    def __init__(
        self,
        ctx: UiContext,
        thumbnails: Thumbnails,
        thumbnail_of: Callable[[int], str | None],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("dock")
        self._ctx = ctx
        self._thumbnail_of = thumbnail_of
        self._job_id: str | None = None
        self._plan: Plan | None = None
        self._making = False
        self._news: Message | None = None
        self._sending = False
        self._wanted: tuple[int, ...] | None = None
        self.export = JobExport(ctx, parent, planned=True)
        self.brief = QLineEdit()
        self.brief.setMaxLength(MAX_BRIEF)
        self.brief.setAcceptDrops(False)
        self.brief.returnPressed.connect(self._make)
        self.keep = Switch(ctx)
        self._keep_words = Text(ctx, "small", "ui-cut-keep")
        self.make = Button(ctx, "ui-cut-make")
        self.make.clicked.connect(self._make_or_cancel)
        self._export = Button(ctx, "ui-cut-export", kind="primary")
        self._export.setMenu(self.export.menu)
        self.strip = CutStrip(ctx, thumbnails)
        self.strip.ordered.connect(self._ordered)
        self.strip.chosen.connect(lambda _scene: self._say_chosen())
        self._total = Text(ctx, "strong")
        self._reason = ElidedText("small", Qt.TextElideMode.ElideRight)
        self.remove = Button(ctx, "ui-cut-remove", kind="ghost", small=True)
        self.remove.clicked.connect(self.strip.remove_current)
        self.reasons = Button(ctx, "ui-cut-reasons", kind="ghost", small=True)
        self.reasons.setCheckable(True)
        self.reasons.toggled.connect(lambda _on: self._say_list())
        self._mark = Glyph(ctx)
        self._who = ElidedText("caption", Qt.TextElideMode.ElideRight)
        self._lines = QVBoxLayout()
        self._lines.setSpacing(4)
        self._lines.setContentsMargins(0, 0, 12, 0)
        body = QWidget()
        body.setLayout(self._lines)
        self._list = FittingArea(ctx, body, "ui-cut-reasons")
        self._list.least = 40
        self._list.setMaximumHeight(_MOST_PX)
        self._lay_out()
        ctx.bridge.plan_changed.connect(self._changed)
        ctx.language_changed.connect(self._say)
        self._say()

    def _lay_out(self) -> None:
        head = row(Text(self._ctx, "heading", "ui-cut-title"), spacing=8)
        head.addSpacing(4)
        head.addWidget(self.brief, 1)
        head.addLayout(row(self.keep, self._keep_words, spacing=6))
        head.addWidget(self.make)
        head.addWidget(self._export)
        self._foot = QWidget()
        first = row(self._total, spacing=8)
        first.addWidget(self._reason, 1)
        first.addWidget(self.remove)
        first.addWidget(self.reasons)
        self._foot.setLayout(column(self.strip, 6, first, self._list))
        news = row(self._mark, spacing=6)
        news.addWidget(self._who, 1)
        self.setLayout(column(head, 10, self._foot, 2, news, margins=(32, 12, 32, 12)))

    # -- whose it is

    def of_job(self, job: Job | None) -> None:
        """Whose scenes are shown now; None for those of several jobs, which have no cut."""
        self._job_id = job.id if job else None
        self.setVisible(job is not None)
        self.export.of_job(self._job_id, job.path if job else "")
        self._plan, self._sending, self._wanted = None, False, None
        self.brief.clear()
        self.keep.setChecked(False)
        self.reasons.setChecked(False)
        self._making = False
        self._news = None
        self._say()
        if job is None:
            return
        plans, job_id = self._ctx.services.plans, job.id
        self._making = plans.is_making(job_id)
        self._ctx.background.run(
            lambda: plans.get(job_id), lambda plan: self._arrived(job_id, plan), self.failed.emit
        )

    @property
    def plan(self) -> Plan | None:
        return self._plan

    @property
    def words(self) -> str:
        """What is said of the cut."""
        shown = [self._total.words, self._reason.text(), self._who.text()]
        return "\n".join(word for word in shown if word)

    def refresh_pictures(self) -> None:
        """Scenes came in, and pictures with them."""
        if self._plan is not None and not self._sending:
            self._show_clips(self._plan)

    def _arrived(self, job_id: str, plan: Plan | None) -> None:
        if job_id != self._job_id or self._plan is not None:
            return
        if plan is not None:
            if not self.brief.text():
                self.brief.setText(plan.brief)
            self._adopt(plan)
        self._say()

    # -- making

    def _make_or_cancel(self) -> None:
        if self._making and self._job_id is not None:
            self._ctx.services.plans.cancel(self._job_id)
        else:
            self._make()

    def _make(self) -> None:
        if self._job_id is None or self._making or not self.make.isEnabled():
            return
        self._making = True
        self._news = message("ui-cut-making")
        keep = self.keep.isChecked() and self.keep.isVisibleTo(self)
        self._ctx.services.plans.start(self._job_id, PlanWish(self.brief.text(), keep=keep))
        self._say()

    def set_possible(self, possible: bool) -> None:
        """Whether there are scenes to make a cut of."""
        self.make.setEnabled(possible)

    def _changed(self, event: PlanChanged) -> None:
        if event.job_id != self._job_id:
            return
        state: PlanState = event.state
        if state.asking is not None:
            self._making, self._news = True, state.asking
        elif state.plan is not None and not self._sending:
            self._making, self._news = False, None
            self._adopt(state.plan)
        elif state.error is not None:
            self._making = False
            self._news = None if isinstance(state.error, Cancelled) else _trouble(state.error)
        self._say()

    def _adopt(self, plan: Plan) -> None:
        self._plan = plan
        self._show_clips(plan)

    # -- changes by hand

    def _ordered(self, scenes: tuple[int, ...]) -> None:
        """Shown at once; stored one change after the other, the last one wins."""
        self._wanted = scenes
        self._say()
        self._send()

    def _send(self) -> None:
        if self._sending or self._wanted is None or self._job_id is None:
            return
        scenes, self._wanted, job_id = self._wanted, None, self._job_id
        self._sending = True
        plans = self._ctx.services.plans

        def done(plan: Plan) -> None:
            if job_id != self._job_id:
                return
            self._sending = False
            if self._wanted is None:
                self._adopt(plan)
                self._say()
            else:
                self._send()

        def failed(error: Exception) -> None:
            if job_id != self._job_id:
                return
            self._sending, self._wanted = False, None
            if self._plan is not None:
                self._show_clips(self._plan)
            self._say()
            self.failed.emit(error)

        self._ctx.background.run(lambda: plans.change(job_id, scenes), done, failed)

    # -- words

    def _show_clips(self, plan: Plan) -> None:
        clips = [
            CutClip(
                entry.scene,
                float(entry.frames / plan.rate),
                self._thumbnail_of(entry.scene),
                self._span(float(entry.frames / plan.rate)),
                self._clip_words(entry),
            )
            for entry in plan.entries
        ]
        self.strip.show_clips(clips)

    def _clip_words(self, entry: PlanEntry) -> str:
        return self._ctx.t("ui-cut-clip", n=entry.scene, reason=entry.reason)

    def _say(self) -> None:
        self.brief.setPlaceholderText(self._ctx.t("ui-cut-brief"))
        self.brief.setAccessibleName(self._ctx.t("ui-cut-brief"))
        plan = self._plan
        self.make.say_code("ui-cancel" if self._making else "ui-cut-again" if plan else "ui-cut-make")
        self.strip.line.setEnabled(not self._making)
        self.brief.setEnabled(not self._making)
        changed = plan is not None and bool(plan.hand) and not self._making
        self.keep.setVisible(changed)
        self._keep_words.setVisible(changed)
        self.keep.setAccessibleName(self._ctx.t("ui-cut-keep"))
        self._export.setVisible(plan is not None and bool(self.strip.clips) and not self._making)
        self._foot.setVisible(plan is not None)
        if plan is not None and not self._sending and self._wanted is None:
            self._show_clips(plan)
        self._say_total(plan)
        self._say_who(plan)
        self._say_list()

    def _say_total(self, plan: Plan | None) -> None:
        if plan is None:
            return
        clips = self.strip.clips
        length = self._span(sum(clip.seconds for clip in clips))
        if plan.seconds is None:
            self._total.say_code("ui-cut-total", n=len(clips), length=length)
        else:
            wanted = self._ctx.say.span(float(plan.seconds))
            self._total.say_code("ui-cut-total-of", n=len(clips), length=length, wanted=wanted)
        self._say_chosen()

    def _say_chosen(self) -> None:
        current = self.strip.current
        self._reason.say(current.words if current else self._ctx.t("ui-cut-empty"))
        self.remove.setVisible(current is not None)
        self.remove.setEnabled(not self._making)

    def _say_who(self, plan: Plan | None) -> None:
        news = self._news
        said: list[Message] = []
        if news is not None:
            said = [news]
        elif plan is not None:
            said = [plan.who, *plan.notes, message("ui-cut-hint")]
        self._mark.show_glyph(
            "warn" if news is not None and not self._making
            else "check" if news is None and plan is not None and plan.by is PlannedBy.MODEL
            else None,
            "warn" if news is not None else "ok",
        )  # fmt: skip
        self._who.say(self._ctx.sentences(said))
        self._who.setVisible(bool(said))

    def _say_list(self) -> None:
        """Every clip with its reason, where the person wants to read them all."""
        self.reasons.setVisible(bool(self.strip.clips))
        shown = self.reasons.isChecked() and self._plan is not None
        clear(self._lines)
        if shown:
            for number, clip in enumerate(self.strip.clips, start=1):
                words = Text(self._ctx, "small", wrap=True)
                words.say(f"{number}. {clip.words} ({clip.length})")
                self._lines.addWidget(words)
        self._list.setVisible(shown)
        self._list.updateGeometry()

    def _span(self, seconds: float) -> str:
        """To a tenth of a second below a minute: that is what cutting is about."""
        if seconds < 60:
            return self._ctx.t("ui-span-s", s=f"{seconds:.1f}")
        return self._ctx.say.span(seconds)


def _trouble(error: AutoCutError) -> Message:
    if error.hint is None:
        return error.message
    return message("ui-cut-trouble", what=error.message, hint=error.hint)
