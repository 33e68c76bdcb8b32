"""The machine as probes look at it: files, registry, environment, commands, drivers. Tests hand out their own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from pathlib import Path

from autocut_tray.core.frozen import frozen
from autocut_tray.core.runtime.probes.drm_regions import read_regions
from autocut_tray.core.runtime.probes.windows_graphics import NoGraphics, WindowsGraphics, open_graphics
from autocut_tray.core.runtime.probes.windows_registry import NoRegistry, Registry, open_registry


def run_command(command: Sequence[str], timeout: float) -> str | None:
    """What ``command`` wrote to its standard output; None when it is missing, fails or takes too long."""
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            stdin=subprocess.DEVNULL,
            timeout=timeout,
            check=True,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.decode("utf-8", "replace")


def _processor() -> str:
    if sys.platform != "win32":
        return os.uname().machine
    import platform

    return platform.machine()


def _home() -> Path:
    try:
        return Path.home()
    except RuntimeError:  # neither HOME nor an entry among the users
        return Path("no-home")


@frozen
class Machine:
    """Where probes find things.

    ``system``: as ``sys.platform`` says. ``processor``: as ``platform.machine()`` says. ``root`` stands for ``/``
    on Linux and macOS, and for the folder of the drives on Windows (``C:\\Tools`` is ``root / "C:/Tools"``).
    """

    system: str = sys.platform
    processor: str = field(default_factory=_processor)
    root: Path = Path("/")
    home: Path = field(default_factory=_home)
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)
    registry: Registry = field(default_factory=NoRegistry)
    which: Callable[[str], str | None] = shutil.which
    run: Callable[[Sequence[str], float], str | None] = run_command
    graphics: WindowsGraphics = field(default_factory=NoGraphics)
    drm_regions: Callable[[Path, str], bytes | None] = read_regions
    """What a kernel driver answers at a render node about its memory; see there."""

    @classmethod
    def this(cls) -> Machine:
        """The machine this program runs on."""
        return cls(registry=open_registry(), graphics=open_graphics())

    def path(self, absolute: str) -> Path:
        """Where ``absolute``, written in this system's way, lies for this process."""
        if self.system == "win32":
            return self.root / absolute.replace("\\", "/")
        return self.root / absolute.lstrip("/")

    def folder(self, variable: str, default: str) -> str:
        """A folder that Windows names in the environment."""
        return self.environ.get(variable, "").strip() or default


def read_text(path: Path, limit: int = 65536) -> str | None:
    """The start of a small text file, at most ``limit`` bytes, stripped; None when it cannot be read."""
    try:
        with path.open("rb") as file:
            return file.read(limit).decode("utf-8", "replace").strip("\0 \t\r\n")
    except OSError:
        return None


def read_int(path: Path) -> int | None:
    """A file that holds one whole number, decimal or with 0x."""
    text = read_text(path, 64)
    try:
        return None if text is None else int(text, 0)
    except ValueError:
        return None


def exists(path: Path) -> bool:
    """Like ``Path.exists``, but a folder that may not be entered counts as not there."""
    try:
        return path.exists()
    except OSError:
        return False
