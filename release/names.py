"""Names and folders that the spec, the installer and the checks share."""

from __future__ import annotations

import sys
from pathlib import Path

from autocut_tray import __version__

ROOT = Path(__file__).resolve().parents[1]
SPEC = ROOT / "build_installer.spec"
INSTALLER = ROOT / "release" / "installer.nsi"
WORK = ROOT / "build"
"""What is made on the way: icons, version resource, list of licences, PyInstaller's own files."""
DIST = ROOT / "dist"
TREE = DIST / "autocut-tray"
"""The frozen program."""

TITLE = "AutoCut Director"
PROGRAM = "autocut-tray"
"""The program for a terminal; on Linux and macOS it is the window's program too."""
WINDOW_PROGRAM = "autocut-director"
"""Windows only: the same without a console, for the tray and the window."""

ICO = WORK / "autocut.ico"
ICNS = WORK / "autocut.icns"
LICENCES = WORK / "third_party_licences.txt"


def program(tree: Path = TREE) -> Path:
    """The frozen program for a terminal."""
    return tree / (f"{PROGRAM}.exe" if sys.platform == "win32" else PROGRAM)


def platform_name() -> str:
    """As downloads are named: ``windows-x64``, ``linux-x64``, ``macos-arm64``."""
    import platform

    system = {"win32": "windows", "darwin": "macos"}.get(sys.platform, "linux")
    machine = platform.machine().lower()
    return f"{system}-{ {'amd64': 'x64', 'x86_64': 'x64', 'aarch64': 'arm64'}.get(machine, machine) }"


def artifact(suffix: str) -> Path:
    """A file to hand out, such as ``AutoCutDirector-1.2.3-windows-x64-setup.exe``."""
    return DIST / f"AutoCutDirector-{__version__}-{platform_name()}{suffix}"
