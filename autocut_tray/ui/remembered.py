"""What the window remembers between launches and what is no setting: its place, hints already given."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from autocut_tray.core.files import write_atomic

log = logging.getLogger(__name__)

FILE = "window.json"
_MAX_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Memory:
    """``geometry``: Qt's own form in base 64. ``dismissed``: recommendations the person said "not now" to."""

    geometry: str = ""
    page: str = "overview"
    close_hint_given: bool = False
    dismissed: tuple[str, ...] = ()


class Remembered:
    """One small JSON file; a damaged one is as good as none, an unwritable one costs only the memory."""

    def __init__(self, folder: Path, later: Callable[[Callable[[], None]], None]) -> None:
        """``later`` runs a piece of work off the GUI thread."""
        self._file = folder / FILE
        self._later = later
        self.first_launch = False
        """True in the session that found no such file."""
        self.now = self._read()

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
            "dismissed": list(memory.dismissed),
        }
        try:
            write_atomic(self._file, json.dumps(content).encode())
        except OSError as error:
            log.warning("The window's place is not remembered: %s", error)

    def _read(self) -> Memory:
        try:
            if self._file.stat().st_size > _MAX_BYTES:
                return Memory()
            content = json.loads(self._file.read_bytes())
            return Memory(
                geometry=str(content["geometry"]),
                page=str(content["page"]),
                close_hint_given=bool(content["close_hint_given"]),
                dismissed=tuple(map(str, content["dismissed"])),
            )
        except FileNotFoundError:
            self.first_launch = True
            return Memory()
        except (OSError, ValueError, KeyError, TypeError) as error:
            log.warning("%s is not used: %s", self._file.name, error)
            return Memory()
