"""Whether there is a display at all, asked before Qt: Qt ends the process when there is none.

No Qt is imported here.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from autocut_tray.core.messages import Message, message

CONNECT_SECONDS = 2.0

_NEEDS_NO_DISPLAY = ("offscreen", "minimal", "vnc", "linuxfb", "eglfs")


def problem(environ: Mapping[str, str] = os.environ, platform: str = sys.platform) -> Message | None:
    """Why no window can be shown here, or None. Windows and macOS always have a display for a person's program."""
    if platform in ("win32", "darwin", "cygwin"):
        return None
    wanted = environ.get("QT_QPA_PLATFORM", "").split(":", 1)[0].split(";", 1)[0]
    if wanted in _NEEDS_NO_DISPLAY:
        return None
    wayland, x11 = environ.get("WAYLAND_DISPLAY", ""), environ.get("DISPLAY", "")
    if not wayland and not x11:
        return message("error-no-display")
    if wayland and wanted != "xcb" and _answers(_wayland_socket(wayland, environ)):
        return None
    if x11 and not wanted.startswith("wayland") and _x_answers(x11):
        return None
    return message("error-no-display")


def _wayland_socket(name: str, environ: Mapping[str, str]) -> str:
    return name if name.startswith("/") else str(Path(environ.get("XDG_RUNTIME_DIR", "/run")) / name)


def _x_answers(display: str) -> bool:
    """Try the server's socket. A name that is not understood is left to Qt: better its word than a wrong no."""
    host, colon, rest = display.rpartition(":")
    number = rest.split(".")[0]
    if not colon or not number.isdecimal():
        return True
    if host in ("", "unix"):
        # The abstract name first: it also works where /tmp/.X11-unix is not shared with this sandbox.
        return _answers(f"\0/tmp/.X11-unix/X{number}") or _answers(f"/tmp/.X11-unix/X{number}")
    import socket  # late: only a real display needs it

    try:
        with socket.create_connection((host, 6000 + int(number)), CONNECT_SECONDS):
            return True
    except OSError:
        return False


def _answers(address: str) -> bool:
    import socket

    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(CONNECT_SECONDS)
        try:
            probe.connect(address)
        except OSError:
            return False
        return True
