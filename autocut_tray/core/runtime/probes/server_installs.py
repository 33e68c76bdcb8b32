"""Whether Ollama and LM Studio are installed, and which version of LM Studio: no call of it tells that."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from autocut_tray.core.frozen import frozen
from autocut_tray.core.runtime.probes.machine import Machine, exists

_UNINSTALL_KEYS = (
    r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall",
    r"HKLM\SOFTWARE\WOW6432Node\Microsoft\Windows\CurrentVersion\Uninstall",
    r"HKCU\SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall",
)
_APP_IMAGE = re.compile(r"LM[ _-]?Studio-(\d[\d.]*\d).*\.AppImage$", re.IGNORECASE)


def ollama_installed(machine: Machine) -> bool:
    """Whether Ollama's program is on the path or where its installers put it."""
    if machine.which("ollama") is not None:
        return True
    if machine.system == "win32":
        local = machine.folder("LOCALAPPDATA", "")
        programs = machine.folder("ProgramFiles", r"C:\Program Files")
        return _any(
            machine,
            (rf"{local}\Programs\Ollama\ollama.exe" if local else "", rf"{programs}\Ollama\ollama.exe"),
        )
    if machine.system == "darwin":
        return exists(machine.home / "Applications/Ollama.app") or _any(
            machine, ("/Applications/Ollama.app", "/usr/local/bin/ollama", "/opt/homebrew/bin/ollama")
        )
    return _any(
        machine, ("/usr/local/bin/ollama", "/usr/bin/ollama", "/opt/ollama/bin/ollama", "/snap/bin/ollama")
    )


def lmstudio_installed(machine: Machine) -> tuple[bool, str | None]:
    """Whether LM Studio was found, and its version where the installation tells one."""
    if machine.system == "win32":
        listed = installed_program(machine, "LM Studio")
        version = None if listed is None else listed.version
        local = machine.folder("LOCALAPPDATA", "")
        places = (
            (rf"{local}\Programs\LM Studio\LM Studio.exe", rf"{local}\LM-Studio\LM Studio.exe")
            if local
            else ()
        )
        found = listed is not None or _any(machine, places)
    elif machine.system == "darwin":
        version = bundle_version(machine.path("/Applications/LM Studio.app"))
        found = version is not None or exists(machine.home / "Applications/LM Studio.app")
    else:
        version = _app_image_version(machine)
        found = version is not None or _any(
            machine, ("/opt/LM Studio", "/opt/lm-studio", "/usr/bin/lm-studio")
        )
    tool = "lms.exe" if machine.system == "win32" else "lms"
    tools = (machine.home / ".lmstudio/bin" / tool, machine.home / ".cache/lm-studio/bin" / tool)
    return found or machine.which("lms") is not None or any(map(exists, tools)), version


@frozen
class ListedProgram:
    """A program in Windows' list. ``folder``: where it was put, as written; many installers leave it out."""

    name: str
    version: str | None
    folder: str | None


def installed_program(machine: Machine, title: str) -> ListedProgram | None:
    """What Windows lists among its programs under a title; a name may go on with "Studio" and a version."""
    wanted = re.compile(rf"{re.escape(title)}(?: Studio)?(?: v?\d.*)?")
    for parent in _UNINSTALL_KEYS:
        for key in machine.registry.subkeys(parent):
            values = machine.registry.values(rf"{parent}\{key}")
            name = _text(values.get("DisplayName"))
            if name and wanted.fullmatch(name):
                version, folder = _text(values.get("DisplayVersion")), _text(values.get("InstallLocation"))
                return ListedProgram(name, version, folder)
    return None


def _text(value: object) -> str | None:
    return (value.strip().strip('"') or None) if isinstance(value, str) else None


def bundle_version(bundle: Path) -> str | None:
    """The version in a Mac application's ``Info.plist``; None when there is no such application."""
    import plistlib  # late: 3 ms that only a Mac needs

    try:
        with (bundle / "Contents/Info.plist").open("rb") as file:
            facts = plistlib.load(file)
    except (OSError, ValueError, plistlib.InvalidFileException):
        return None
    version = facts.get("CFBundleShortVersionString") if isinstance(facts, dict) else None
    return version if isinstance(version, str) else ""


def _app_image_version(machine: Machine) -> str | None:
    """From the file's name, in the folders where people keep such files: ``LM-Studio-0.3.9-6-x64.AppImage``."""
    for folder in ("", "Applications", ".local/bin", "Downloads", "Desktop", "bin"):
        try:
            names = [entry.name for entry in (machine.home / folder).iterdir()]
        except OSError:
            continue
        for name in sorted(names, reverse=True):
            found = _APP_IMAGE.match(name)
            if found:
                return found[1]
    return None


def _any(machine: Machine, places: Iterable[str]) -> bool:
    return any(exists(machine.path(place)) for place in places if place)
