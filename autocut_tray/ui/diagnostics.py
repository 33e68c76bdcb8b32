"""What support would ask for, as text for the clipboard: the report of ``autocut-tray doctor``."""

from __future__ import annotations

import logging
import os
import subprocess

from autocut_tray.core.process import own_command, own_environment

log = logging.getLogger(__name__)

_OURS = ("AUTOCUT_", "LMSTUDIO_", "OLLAMA_", "USE_LOCAL_", "LOCAL_VISION_")

_LIMIT = 15.0
"""Seconds; each of its checks has a limit of its own far below."""


def doctor_report(language: str) -> str | None:
    """The redacted report, made by a process of its own: it needs libraries that the tray does without.

    Blocks for some seconds. None when it could not be made; the log says why.
    """
    environment = own_environment()
    environment |= {name: value for name, value in os.environ.items() if name.startswith(_OURS)}
    try:
        made = subprocess.run(
            own_command("doctor", "--lang", language),
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_LIMIT,
            check=True,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    except (OSError, subprocess.SubprocessError) as error:
        log.warning("No report could be made: %s", error)
        return None
    return made.stdout.decode("utf-8", "replace")
