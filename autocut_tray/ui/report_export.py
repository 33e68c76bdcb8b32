"""A report of a span as PDF, table or document, to a file the person names."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from autocut_tray.core.files import write_chosen
from autocut_tray.core.report.facts import gather
from autocut_tray.core.report.period import Period
from autocut_tray.reporting.files import ReportFormat, report_bytes
from autocut_tray.ui.context import UiContext
from autocut_tray.ui.plot_export import Told

_KINDS = {
    ReportFormat.PDF: "PDF (*.pdf)",
    ReportFormat.CSV: "CSV (*.csv)",
    ReportFormat.JSON: "JSON (*.json)",
}


def export_report(ctx: UiContext, parent: QWidget, span: tuple[float, float], failed: Told) -> None:
    """Ask for a file, whose name decides the form, and write the report of this span to it in the background."""
    dialog = QFileDialog(parent, ctx.t("ui-export-report"), "autocut-report.pdf")
    dialog.setNameFilters(list(_KINDS.values()))
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix("pdf")

    def filter_chosen(kind: str) -> None:
        form = next(form for form, words in _KINDS.items() if words == kind)
        dialog.setDefaultSuffix(form.value)

    def chosen(path: str) -> None:
        ctx.background.run(lambda: write_report(ctx, Path(path), span), None, failed)

    dialog.filterSelected.connect(filter_chosen)
    dialog.fileSelected.connect(chosen)
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()


def write_report(ctx: UiContext, file: Path, span: tuple[float, float]) -> None:
    """Up to now at the latest. Not for the UI thread: a PDF takes a second or two. Raises AutoCutError."""
    services = ctx.services
    now = services.clock.time()
    period = Period(None, span[0], min(span[1], now))
    form = next((one for one in ReportFormat if one.suffix == file.suffix.lower()), ReportFormat.PDF)
    services.history.flush()
    report = gather(services.report_sources(), period, now)
    write_chosen(file, report_bytes(report, form, services.translator))
