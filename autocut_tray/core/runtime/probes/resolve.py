"""DaVinci Resolve: where it is, which version and edition, and whether it is at work."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from autocut_tray.core.runtime.probes.machine import Machine, exists, read_text
from autocut_tray.core.runtime.probes.processes import ProcessTable
from autocut_tray.core.runtime.probes.server_installs import ListedProgram, bundle_version, installed_program
from autocut_tray.core.runtime.profile import Davinci

PROCESS_NAME = "resolve"
BUSY_CORES = 0.8
"""From this many busy cores on it counts as playing, rendering or analysing: our own choice."""

_FOLDERS = {
    "win32": r"{programs}\Blackmagic Design\DaVinci Resolve",
    "darwin": "/Applications/DaVinci Resolve/DaVinci Resolve.app",
    "linux": "/opt/resolve",
}
_PROGRAMS = {"win32": "Resolve.exe", "darwin": "Contents/MacOS/Resolve", "linux": "bin/resolve"}
_MAC_BUNDLES = (
    "/Applications/DaVinci Resolve/DaVinci Resolve.app",
    "/Applications/DaVinci Resolve Studio.app",
    "/Applications/DaVinci Resolve.app",
)
_VERSION = re.compile(r"DaVinci Resolve(?: Studio)?\s+v?(\d+(?:\.\d+){0,3})")


def find_resolve(machine: Machine, running_from: str | None) -> Davinci:
    """The installation, as far as files and registry tell. ``running_from``: the path of a running Resolve."""
    listed = installed_program(machine, "DaVinci Resolve") if machine.system == "win32" else None
    program = _program(machine, listed) or (Path(running_from) if running_from else None)
    if program is None:
        if listed is None:
            return Davinci(installed=False)
        # Put somewhere else, by an installer that does not say where.
        edition = "studio" if "Studio" in listed.name else None
        return Davinci(installed=True, version=listed.version, edition=edition)
    if machine.system == "win32":
        version, studio = (listed.version, "Studio" in listed.name) if listed else (None, False)
    elif machine.system == "darwin":
        bundle = program.parents[2] if len(program.parents) > 2 else program
        version, studio = bundle_version(bundle), "studio" in bundle.name.lower()
    else:
        version, studio = _linux_version(program.parent.parent)
    return Davinci(
        installed=True,
        path=str(program),
        version=version or None,
        edition="studio" if studio or _has_studio_license(machine, program) else None,
    )


def is_resolve(name: str, executable: str | None) -> bool:
    """Whether a process is Resolve's main program; one whose path cannot be read is taken at its word."""
    folder = "" if executable is None else executable.replace("\\", "/").rpartition("/")[0]
    return name == PROCESS_NAME and (executable is None or "resolve" in folder.lower())


def running_resolve(
    named: Iterable[tuple[int, str]], processes: ProcessTable
) -> tuple[int, str | None] | None:
    """The process of Resolve and its path; None when it does not run."""
    for pid, name in named:
        if name == PROCESS_NAME:
            executable = processes.executable(pid)
            if is_resolve(name, executable):
                return pid, executable
    return None


def is_busy(cpu_before: float | None, cpu_after: float | None, seconds: float) -> bool | None:
    """Whether the processor time used in ``seconds`` means work; None when it could not be read."""
    if cpu_before is None or cpu_after is None or seconds <= 0 or cpu_after < cpu_before:
        return None
    return (cpu_after - cpu_before) / seconds >= BUSY_CORES


def _program(machine: Machine, listed: ListedProgram | None) -> Path | None:
    if machine.system == "darwin":
        candidates = [machine.path(bundle) / _PROGRAMS["darwin"] for bundle in _MAC_BUNDLES]
    else:
        system = machine.system if machine.system in _FOLDERS else "linux"
        programs = machine.folder("ProgramFiles", r"C:\Program Files")
        folders = [_FOLDERS[system].format(programs=programs)]
        if listed is not None and listed.folder is not None:
            folders.append(listed.folder)
        candidates = [machine.path(folder) / _PROGRAMS[system] for folder in folders]
    return next((candidate for candidate in candidates if exists(candidate)), None)


def _linux_version(folder: Path) -> tuple[str | None, bool]:
    """The version in the documents that come with it, and whether those are Studio's."""
    for document in ("docs/ReadMe.html", "docs/Welcome.txt"):
        text = re.sub(r"<[^>]*>|&nbsp;", " ", read_text(folder / document, 1 << 20) or "")
        found = _VERSION.search(text)
        if found:
            return found[1], "Studio" in found[0]
    return None, False


def _has_studio_license(machine: Machine, program: Path) -> bool:
    """Activated Studio keeps its licence in files of that name; with a dongle there are none."""
    folders = {
        "win32": machine.path(
            machine.folder("ProgramData", r"C:\ProgramData")
            + r"\Blackmagic Design\DaVinci Resolve\Support\.license"
        ),
        "darwin": machine.path("/Library/Application Support/Blackmagic Design/DaVinci Resolve/.license"),
    }
    folder = folders.get(machine.system, program.parent.parent / ".license")
    try:
        return any("davinciresolvestudio" in entry.name.lower() for entry in folder.iterdir())
    except OSError:
        return False
