"""A scene's description in the person's own words."""

from __future__ import annotations

from PySide6.QtWidgets import QDialog, QLineEdit, QPlainTextEdit, QWidget

from autocut_tray.core.errors import AutoCutError
from autocut_tray.ui.context import UiContext
from autocut_tray.ui.models.scene_rows import SceneRow
from autocut_tray.ui.widgets.button import Button
from autocut_tray.ui.widgets.layouts import column, row
from autocut_tray.ui.widgets.text import Text

WIDTH = 460
_HEIGHT = 96


class SceneEdit(QDialog):
    """Closing it in any other way than by its button changes nothing."""

    def __init__(self, ctx: UiContext, parent: QWidget, scene: SceneRow) -> None:
        super().__init__(parent)
        self._ctx = ctx
        self._scene = scene
        description = scene.record.description
        title = ctx.t("ui-scene-edit-title", n=str(scene.record.scene.id))
        self.setWindowTitle(title)
        self.setFixedWidth(WIDTH)
        heading = Text(ctx, "heading", wrap=True)
        heading.say(title)
        self.summary = QPlainTextEdit(description.summary if description else "")
        self.summary.setFixedHeight(_HEIGHT)
        self.summary.setTabChangesFocus(True)
        self.summary.setAccessibleName(title)
        self.summary.textChanged.connect(self._judge)
        self.tags = QLineEdit(", ".join(description.tags) if description else "")
        self.tags.setAccessibleName(ctx.t("ui-scene-edit-tags"))
        self._problem = Text(ctx, "small", wrap=True)
        self._problem.setProperty("tone", "crit")
        self._problem.hide()
        self.save = Button(ctx, "ui-scene-edit-save", kind="primary")
        self.save.clicked.connect(self._save)
        leave = Button(ctx, "ui-cancel")
        leave.clicked.connect(self.reject)
        self.setLayout(
            column(
                heading,
                12,
                self.summary,
                10,
                Text(ctx, "caption", code="ui-scene-edit-tags"),
                4,
                self.tags,
                8,
                Text(ctx, "caption", wrap=True, code="ui-scene-edit-note"),
                self._problem,
                16,
                row(None, leave, self.save),
                margins=(24, 20, 24, 20),
            )
        )
        self._judge()

    @property
    def problem(self) -> str:
        return "" if self._problem.isHidden() else self._problem.words

    def _judge(self) -> None:
        self.save.setEnabled(bool(self.summary.toPlainText().strip()))

    def _save(self) -> None:
        jobs, scene = self._ctx.services.jobs, self._scene
        changes = {"summary": self.summary.toPlainText(), "tags": self.tags.text()}
        self.save.setEnabled(False)
        self._ctx.background.run(
            lambda: jobs.edit(scene.job_id, scene.record.scene.id, changes),
            lambda _record: self.accept(),
            self._failed,
        )

    def _failed(self, error: Exception) -> None:
        self._judge()
        self._problem.say(self._ctx.text(error.message) if isinstance(error, AutoCutError) else str(error))
        self._problem.show()


def edit_scene(ctx: UiContext, parent: QWidget, scene: SceneRow) -> SceneEdit:
    """Open the dialog; it waits for nobody."""
    dialog = SceneEdit(ctx, parent, scene)
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
    return dialog
