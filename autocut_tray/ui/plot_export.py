"""The plots as a picture or a table, to a file the person names."""

from __future__ import annotations

import csv
import io
import logging
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice
from PySide6.QtWidgets import QFileDialog, QWidget

from autocut_tray.core.files import write_atomic
from autocut_tray.core.monitor.history import Series
from autocut_tray.ui.context import UiContext

log = logging.getLogger(__name__)


def export_png(ctx: UiContext, plots: QWidget | None) -> None:
    if plots is None:
        return
    buffer = QBuffer(data := QByteArray())
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    plots.grab().save(buffer, "PNG")
    save_as(ctx, plots, "autocut-monitor.png", "PNG (*.png)", bytes(data.data()))


def export_csv(ctx: UiContext, parent: QWidget, series: Sequence[Series]) -> None:
    save_as(ctx, parent, "autocut-monitor.csv", "CSV (*.csv)", table(series).encode("utf-8-sig"))


def table(series: Sequence[Series]) -> str:
    """One row a bucket, in time order: moment (UTC, ISO 8601), then minimum and maximum of each metric in percent."""
    rows: dict[float, dict[str, float]] = {}
    for one in series:
        for at, low, high in zip(one.t, one.low, one.high, strict=True):
            cells = rows.setdefault(at, {})
            cells[f"{one.metric.value}_min"], cells[f"{one.metric.value}_max"] = round(low, 2), round(high, 2)
    names = [f"{one.metric.value}_{end}" for one in series for end in ("min", "max")]
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["time", *names])
    for at in sorted(rows):
        moment = datetime.fromtimestamp(at, UTC).isoformat()
        writer.writerow([moment, *(rows[at].get(name, "") for name in names)])
    return out.getvalue()


def save_as(ctx: UiContext, parent: QWidget, name: str, kind: str, data: bytes) -> None:
    """Ask for a file and write ``data`` to it in the background."""
    dialog = QFileDialog(parent, ctx.t("ui-export"), name, kind)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix(Path(name).suffix.removeprefix("."))

    def chosen(path: str) -> None:
        ctx.background.run(lambda: write_atomic(Path(path), data))

    dialog.fileSelected.connect(chosen)
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
