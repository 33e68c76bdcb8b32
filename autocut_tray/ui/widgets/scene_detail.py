"""All that is known about one scene."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QGridLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from autocut_tray.core.hearing import sound_words
from autocut_tray.core.jobs.job import SceneRecord
from autocut_tray.core.jobs.picture_words import picture_words
from autocut_tray.core.policy.governor_types import Tier
from autocut_tray.core.policy.models import title as model_title
from autocut_tray.ui.context import UiContext
from autocut_tray.ui.models.scene_rows import SceneRow
from autocut_tray.ui.phrases import media_time
from autocut_tray.ui.thumbnails import Thumbnails
from autocut_tray.ui.widgets.button import Button
from autocut_tray.ui.widgets.film_strip import FilmStrip
from autocut_tray.ui.widgets.flow import FlowBox
from autocut_tray.ui.widgets.layouts import clear, column, row
from autocut_tray.ui.widgets.picture import Picture
from autocut_tray.ui.widgets.scene_delegate import scene_state_words
from autocut_tray.ui.widgets.scene_edit import edit_scene
from autocut_tray.ui.widgets.text import Text

WIDTH = 276
_KEY_WIDTH = 72


class SceneDetail(QFrame):
    """A card beside the grid."""

    def __init__(self, ctx: UiContext, thumbnails: Thumbnails) -> None:
        super().__init__()
        self._ctx = ctx
        self._row: SceneRow | None = None
        self._base: Tier | None = None
        self.setProperty("role", "card")
        self._picture = Picture(ctx, thumbnails)
        self.strip = FilmStrip(ctx, thumbnails)
        self.strip.shown.connect(self._picture.show_picture)
        self._times = Text(ctx, "strong")
        self._where = Text(ctx, "caption", wrap=True)
        self._summary = Text(ctx, wrap=True)
        self._summary.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._tags = FlowBox()
        self._grid = QGridLayout()
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(0)
        self._grid.setVerticalSpacing(5)
        self._grid.setColumnStretch(1, 1)
        self._shown_rows: list[tuple[Text, Text]] = []
        self._copy = Button(ctx, "ui-scene-copy", small=True)
        self._copy.clicked.connect(self._copy_words)
        self.edit = Button(ctx, "ui-scene-edit", small=True)
        self.edit.clicked.connect(self._open_edit)
        words = column(
            self._times,
            1,
            self._where,
            8,
            self._summary,
            8,
            self._tags,
            10,
            self._grid,
            12,
            row(self._copy, self.edit, None, spacing=8),
        )
        columns = QVBoxLayout()
        columns.setContentsMargins(16, 14, 16, 16)
        columns.setSpacing(12)
        columns.addLayout(column(self._picture, 6, self.strip, None))
        columns.addLayout(words, 1)
        body = QWidget()
        outer = column(columns, None)
        body.setLayout(outer)
        self._area = QScrollArea()
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setWidgetResizable(True)
        self._area.setWidget(body)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setStyleSheet("QScrollArea, QScrollArea > QWidget > QWidget { background: transparent; }")
        self.setLayout(column(self._area, margins=(1, 1, 1, 1)))
        ctx.language_changed.connect(self._say)
        ctx.theme.changed.connect(self._say)
        self._picture.setFixedWidth(WIDTH - 34)
        self.strip.setFixedWidth(WIDTH - 34)
        self.setFixedWidth(WIDTH)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)

    def show_scene(self, scene: SceneRow | None, base: Tier | None) -> None:
        """``base``: the tier the policy would use."""
        self._row, self._base = scene, base
        self.setVisible(scene is not None)
        self._say()

    @property
    def summary(self) -> str:
        """The description that is shown, or why there is none."""
        return self._summary.words

    @property
    def rows(self) -> dict[str, str]:
        """What the table below the description says, by its first column."""
        return {name.words: text.words for name, text in self._shown_rows}

    def _say(self) -> None:
        if self._row is None:
            return
        record = self._row.record
        start, end = media_time(record.scene.start), media_time(record.scene.end)
        self._times.say(f"{start} – {end}")
        length = self._ctx.say.span(record.scene.end - record.scene.start)
        self._where.say(
            self._ctx.t("ui-scene-where", clip=self._row.clip, n=str(record.scene.id), length=length)
        )
        self._picture.show_picture(record.thumbnail)
        self.strip.show_pictures(record.pictures, record.thumbnail)
        description = record.description
        self._summary.say(description.summary if description else scene_state_words(self._ctx, record))
        self._show_tags(description.tags if description else ())
        self._show_rows(record)
        self._copy.setVisible(description is not None)
        self.edit.setVisible(description is not None)

    def _show_tags(self, tags: tuple[str, ...]) -> None:
        clear(self._tags.flow)
        for tag in tags:
            label = Text(self._ctx, "tag", parent=self._tags)
            label.say(tag)
            self._tags.flow.addWidget(label)
            label.show()
        self._tags.setVisible(bool(tags))
        self._tags.updateGeometry()

    def _show_rows(self, record: SceneRecord) -> None:
        clear(self._grid)
        self._shown_rows.clear()
        description, by = record.description, record.described_by
        comma = self._ctx.t("ui-list-comma")
        rows: list[tuple[str, str, str]] = []
        if description is not None:
            rows += [
                ("subjects", comma.join(description.subjects), ""),
                ("action", description.action, ""),
                ("shot", description.shot, ""),
                ("camera", description.camera, ""),
                ("mood", description.mood, ""),
                ("quality", comma.join(description.quality), ""),
            ]
        elif record.picture is not None:
            flaws = [self._ctx.t(f"flaw-{flaw.value}") for flaw in record.picture.flaws]
            rows.append(("quality", comma.join(flaws), ""))
        if record.sound is not None:
            rows.append(("loudness", comma.join(map(self._ctx.text, sound_words(record.sound))), ""))
        if record.subtitles:
            said = " ".join(record.subtitles.split("\n"))
            rows.append(("subtitles", self._ctx.t("ui-scene-quoted", words=said), ""))
        if by is not None:
            words = self._ctx.t(
                "ui-scene-by",
                tier=by.tier.value,
                model=model_title(by.model),
                span=self._ctx.say.span(by.seconds),
            )
            if record.edited:
                words = comma.join((words, self._ctx.t("ui-scene-edited")))
            rows.append(("by", words, "warn" if record.owed(self._base) else ""))
        seen = picture_words(record)
        if seen is not None:
            rows.append(("pictures", self._ctx.text(seen), ""))
        for number, (key, value, colour) in enumerate(one for one in rows if one[1]):
            name = Text(self._ctx, "caption", wrap=True, line=18)
            text = Text(self._ctx, "small", wrap=True)
            name.setFixedWidth(_KEY_WIDTH)
            name.say_code(f"ui-scene-key-{key}")
            text.say(value)
            if colour:
                text.setStyleSheet(f"color: {getattr(self._ctx.theme.tokens, colour)}")
            self._shown_rows.append((name, text))
            self._grid.addWidget(name, number, 0, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(text, number, 1)

    def _open_edit(self) -> None:
        if self._row is not None and self._row.record.description is not None:
            edit_scene(self._ctx, self, self._row)

    def _copy_words(self) -> None:
        if self._row is not None and self._row.record.description is not None:
            QGuiApplication.clipboard().setText(self._row.record.description.summary)
