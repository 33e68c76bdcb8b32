"""Has pages drawn by a process of its own, so that nothing but the window's process ever loads Qt."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

from autocut_tray.core.process import own_command, own_environment

SECONDS = 120.0
"""400 pictures take a few."""


class NotDrawn(Exception):
    """``code``: how the process ended, None when it did not start or not end; the text is for the log."""

    def __init__(self, code: int | None, said: str) -> None:
        super().__init__(said)
        self.code = code


def draw(kind: str, document: Any, command: Sequence[str] | None = None) -> bytes:
    """The file that the process for ``kind`` (an argument of this program) makes of a JSON document.

    Raises NotDrawn. ``command`` starts another process instead.
    """
    # Without a display the platform plug-in of the desktop would not start; Windows and macOS always have one.
    extra = {"QT_QPA_PLATFORM": "offscreen"} if sys.platform == "linux" else {}
    flags = 0
    if sys.platform == "win32":
        flags = subprocess.CREATE_NO_WINDOW
    try:
        drawn = subprocess.run(
            list(command or own_command(kind)),
            input=json.dumps(document).encode(),
            capture_output=True,
            env=own_environment(extra),
            timeout=SECONDS,
            check=True,
            creationflags=flags,
        )
    except (OSError, subprocess.SubprocessError) as error:
        said = getattr(error, "stderr", None) or b""
        raise NotDrawn(
            getattr(error, "returncode", None), f"{error}: {said[-2000:].decode(errors='replace')}"
        ) from error
    return drawn.stdout
