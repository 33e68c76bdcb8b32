"""Which page of the window an installation opens, through what it remembers between starts."""

from __future__ import annotations

from pathlib import Path

from autocut_tray.core.paths import Paths
from autocut_tray.ui.remembered import Remembered, read_memory


def show_monitor_first(home: Path) -> None:
    """Open on the Monitor page, next time."""
    paths = Paths.below(home)
    paths.create()
    Remembered(paths.data, lambda work: work()).change(page="monitor")


def page_shown_last(home: Path) -> str | None:
    """The page that was open when the program ended; None when it remembers nothing."""
    remembered = read_memory(Paths.below(home).data)
    return None if remembered is None else remembered.page
