"""A job to a file that the person names: looked over first, written in the background, and what came of it."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from autocut_tray.core.errors import AutoCutError
from autocut_tray.core.frozen import frozen
from autocut_tray.core.messages import Message, message
from autocut_tray.ui.context import UiContext
from autocut_tray.ui.phrases import file_name

if TYPE_CHECKING:
    from autocut_tray.core.jobs.export import Exported
    from autocut_tray.core.jobs.send import Sent
    from autocut_tray.core.timeline.preflight import Finding

log = logging.getLogger(__name__)

FORMATS = ("otio", "fcpxml", "fcp7", "edl", "markers", "srt", "csv", "json", "contact-sheet")
"""In the order of the menu, by their names on the command line."""


_CUT = "-rough-cut"
"""At the end of a suggested name, so that it is not that of all scenes."""


@frozen
class Paragraph:
    """``mark``: a glyph and the token of its colour, or None. The messages follow each other."""

    said: tuple[Message, ...]
    mark: tuple[str, str] | None = None


@frozen
class ExportNews:
    """What came of an export: a line, what to look at, and how to go on."""

    title: Message
    good: bool
    paragraphs: tuple[Paragraph, ...]


@frozen
class _Looked:
    """``suggested``: a name for the file. ``blocked``: why there will be none."""

    suggested: str
    blocked: Finding | None


class JobExport(QObject):
    """The formats as a menu for one job at a time. ``news`` carries ExportNews. ``planned``: its rough cut only."""

    news = Signal(object)

    def __init__(self, ctx: UiContext, parent: QWidget, *, planned: bool = False) -> None:
        super().__init__(parent)
        self._planned = planned
        self._ctx = ctx
        self._window = parent
        self._job: tuple[str, str] | None = None
        self.menu = QMenu(parent)
        self._actions: dict[str, QAction] = {}
        for name in FORMATS:
            action = self.menu.addAction("")
            action.triggered.connect(lambda _checked=False, name=name: self.start(name))
            self._actions[name] = action
        self.menu.addSeparator()
        self.send = self.menu.addAction("")
        self.send.triggered.connect(lambda _checked=False: self.send_it())
        ctx.language_changed.connect(self._retranslate)
        self._retranslate()

    def of_job(self, job_id: str | None, path: str = "") -> None:
        """Whose scenes are shown now; None for those of several jobs."""
        self._job = None if job_id is None else (job_id, path)

    def start(self, name: str) -> None:
        """Look the job over, then ask for a file."""
        if self._job is None:
            return
        job_id, path = self._job

        def look() -> _Looked:
            from autocut_tray.core.jobs.export import ExportRequest
            from autocut_tray.core.timeline import names
            from autocut_tray.core.timeline.formats import SUFFIXES, Format
            from autocut_tray.core.timeline.preflight import blocking

            kind = Format(name)
            request = ExportRequest(job_id, kind, Path(path), planned=self._planned)
            findings = self._ctx.services.make_exporter().look(request)
            stem = names.stem(names.file_name(path)) + (_CUT if self._planned else "")
            return _Looked(names.safe_stem(stem) + SUFFIXES[kind], blocking(findings))

        def looked(found: _Looked) -> None:
            if found.blocked is not None:
                self.news.emit(_refusal(found.blocked.message, found.blocked.hint))
            else:
                self._ask(job_id, name, found.suggested)

        self._ctx.background.run(look, looked, self._failed)

    def send_it(self) -> None:
        """Into the project that is open in DaVinci Resolve Studio; its answer is waited for in the background."""
        if self._job is None:
            return
        job_id, _path = self._job

        def send() -> Sent:
            from autocut_tray.core.jobs.send import send_job

            return send_job(self._ctx.services.make_exporter(), job_id, planned=self._planned)

        self._ctx.background.run(send, lambda sent: self.news.emit(_sent(sent)), self._failed)

    def _ask(self, job_id: str, name: str, suggested: str) -> None:
        words = self._ctx.t(f"ui-export-{name}").removesuffix("…")
        suffix = suggested.rpartition(".")[2]
        patterns = f"{words} (*.{suffix})"
        if name == "contact-sheet":
            patterns += ";;PDF (*.pdf)"
        dialog = QFileDialog(self._window, self._ctx.t("ui-export"), suggested, patterns)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(suffix)
        dialog.fileSelected.connect(lambda path: self.write(job_id, name, Path(path)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def write(self, job_id: str, name: str, target: Path) -> None:
        """Write the file; the dialogue has asked before it names one that exists."""

        def export() -> Exported:
            from autocut_tray.core.jobs.export import ExportRequest
            from autocut_tray.core.timeline.formats import Format

            request = ExportRequest(job_id, Format(name), target, overwrite=True, planned=self._planned)
            return self._ctx.services.make_exporter().export(request)

        self._ctx.background.run(export, lambda done: self.news.emit(_report(done)), self._failed)

    def _failed(self, error: Exception) -> None:
        if not isinstance(error, AutoCutError):
            log.error("An export failed", exc_info=error)
            error = AutoCutError("internal")
        self.news.emit(_refusal(error.message, error.hint))

    def _retranslate(self) -> None:
        for name, action in self._actions.items():
            action.setText(self._ctx.t(f"ui-export-{name}"))
        self.send.setText(self._ctx.t("ui-send-resolve"))


def _refusal(said: Message, hint: Message | None) -> ExportNews:
    return ExportNews(said, good=False, paragraphs=(Paragraph((hint,)),) if hint else ())


def _sent(sent: Sent) -> ExportNews:
    received = sent.received
    title = message(
        "resolve-sent", timeline=received.timeline, project=received.project, n=sent.exported.clips
    )
    return ExportNews(title, good=True, paragraphs=(Paragraph((sent.note,)),) if sent.note else ())


def _report(done: Exported) -> ExportNews:
    found = [
        Paragraph(
            (one.message, one.hint) if one.hint else (one.message,),
            ("warn", "warn") if one.severity.value == "warn" else ("ring", "text2"),
        )
        for one in done.findings
    ]
    steps = [Paragraph((message("ui-export-how", editor=how.name, steps=how.steps),)) for how in done.how_to]
    title = message("ui-export-done", file=file_name(str(done.path)), n=done.clips)
    return ExportNews(title, good=True, paragraphs=(*found, *steps))
