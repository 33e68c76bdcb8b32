"""A report as a file in one of its forms."""

from __future__ import annotations

import enum
import json

from autocut_tray.core.report.facts import Report
from autocut_tray.core.report.paper import draw_paper
from autocut_tray.i18n import Translator
from autocut_tray.reporting.document import report_document
from autocut_tray.reporting.pages import paper
from autocut_tray.reporting.table import report_csv


class ReportFormat(enum.Enum):
    """``CSV``: a row a figure. ``PDF``: pages for people, with plots."""

    JSON = "json"
    CSV = "csv"
    PDF = "pdf"

    @property
    def suffix(self) -> str:
        return f".{self.value}"


def report_bytes(report: Report, form: ReportFormat, translator: Translator) -> bytes:
    """The whole file, in the translator's language.

    A PDF is drawn by a process of its own, which takes a second or two. Raises AutoCutError ``report_not_drawn``, and
    ``no_chinese_font`` where a Chinese one would be nothing but empty boxes.
    """
    match form:
        case ReportFormat.PDF:
            return draw_paper(paper(report, translator))
        case ReportFormat.CSV:
            return report_csv(report_document(report, translator)).encode("utf-8-sig")
        case ReportFormat.JSON:
            return (json.dumps(report_document(report, translator), indent=1) + "\n").encode()
