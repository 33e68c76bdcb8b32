"""Progress on stderr: a bar for a person who watches, nothing for a pipe."""

from __future__ import annotations

from types import TracebackType

from rich.progress import BarColumn, TaskID, TextColumn
from rich.progress import Progress as RichProgress

from autocut_tray.cli.output import Output, printable


class Progress:
    """One bar: what it is, how far, and one changing detail."""

    def __init__(self, output: Output, title: str) -> None:
        self._bar: RichProgress | None = None
        self._task: TaskID | None = None
        if output.interactive:
            self._bar = RichProgress(
                TextColumn("{task.description}", markup=False),
                BarColumn(bar_width=30),
                TextColumn("{task.fields[detail]}", markup=False),
                console=output.stderr,
                transient=True,
            )
            self._task = self._bar.add_task(printable(title), total=None, detail="")

    def __enter__(self) -> Progress:
        if self._bar is not None:
            self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def show(self, done: float, total: float | None, detail: str, title: str | None = None) -> None:
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, completed=done, total=total, detail=printable(detail))
            if title is not None:
                self._bar.update(self._task, description=printable(title))
