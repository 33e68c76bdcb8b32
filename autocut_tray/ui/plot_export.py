"""The plots as a picture, their span as a table, a document or a trace, to a file the person names."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice
from PySide6.QtWidgets import QFileDialog, QWidget

from autocut_tray.core.files import write_chosen
from autocut_tray.core.monitor.export import Format, export
from autocut_tray.core.monitor.history import History
from autocut_tray.ui.context import UiContext

Told = Callable[[Exception], None]

_KINDS = {
    Format.CSV: "CSV (*.csv)",
    Format.JSON: "JSON (*.json)",
    Format.TRACE: "JSON Lines (*.jsonl)",
}


def export_png(ctx: UiContext, plots: QWidget, failed: Told) -> None:
    buffer = QBuffer(data := QByteArray())
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    plots.grab().save(buffer, "PNG")
    picture = bytes(data.data())
    save_as(ctx, plots, "autocut-monitor.png", "PNG (*.png)", lambda: picture, failed)


def export_span(
    ctx: UiContext, parent: QWidget, history: History, span: tuple[float, float], form: Format, failed: Told
) -> None:
    """``failed`` is told what went wrong with reading or writing."""
    save_as(
        ctx,
        parent,
        f"autocut-monitor{form.suffix}",
        _KINDS[form],
        lambda: export(history, *span, form),
        failed,
    )


def save_as(
    ctx: UiContext, parent: QWidget, name: str, kind: str, make: Callable[[], bytes], failed: Told
) -> None:
    """Ask for a file and write what ``make`` gives to it, in the background."""
    dialog = QFileDialog(parent, ctx.t("ui-export"), name, kind)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix(Path(name).suffix.removeprefix("."))
    dialog.fileSelected.connect(
        lambda path: ctx.background.run(lambda: write_chosen(Path(path), make()), None, failed)
    )
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
