"""What the window remembers between launches and what is no setting: its place, hints already given."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from autocut_tray.core.files import write_atomic
from autocut_tray.core.frozen import frozen

log = logging.getLogger(__name__)

FILE = "window.json"
_MAX_BYTES = 64 * 1024


@frozen
class Memory:
    """``geometry``: Qt's own form in base 64.

    ``theme``, ``hidden`` and ``dot`` repeat settings: the icon and the window are up before those are read.
    """

    geometry: str = ""
    page: str = "overview"
    close_hint_given: bool = False
    theme: str = "auto"
    hidden: bool = False
    dot: bool = False
    """The tray's minimal style."""


def read_memory(folder: Path) -> Memory | None:
    """None at the first launch; a damaged file is as good as an empty one."""
    file = folder / FILE
    try:
        if file.stat().st_size > _MAX_BYTES:
            return Memory()
        content = json.loads(file.read_bytes())
        return Memory(
            geometry=str(content["geometry"]),
            page=str(content["page"]),
            close_hint_given=bool(content["close_hint_given"]),
            theme=str(content["theme"]),
            hidden=bool(content["hidden"]),
            dot=bool(content.get("dot", False)),  # earlier versions did not write it
        )
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        log.warning("%s is not used: %s", FILE, error)
        return Memory()


class Remembered:
    """One small JSON file; one that cannot be written costs only the memory."""

    def __init__(self, folder: Path, later: Callable[[Callable[[], None]], None]) -> None:
        """``later`` runs a piece of work off the GUI thread."""
        self._file = folder / FILE
        self._later = later
        memory = read_memory(folder)
        self.first_launch = memory is None
        """True in the session that found no such file."""
        self.now = memory or Memory()

    def change(self, **changes: Any) -> None:
        """Take note and write it down in the background."""
        changed = replace(self.now, **changes)
        if changed != self.now:
            self.now = changed
            self._later(self.save)

    def save(self) -> None:
        memory = self.now
        content = {
            "geometry": memory.geometry,
            "page": memory.page,
            "close_hint_given": memory.close_hint_given,
            "theme": memory.theme,
            "hidden": memory.hidden,
            "dot": memory.dot,
        }
        try:
            write_atomic(self._file, json.dumps(content).encode())
        except OSError as error:
            log.warning("The window's place is not remembered: %s", error)
