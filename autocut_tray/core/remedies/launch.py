"""How a model server is started on each system: by the program its installer put there, never through a shell.

An executable is taken from its known place or from an absolute folder of the search path, never from the current
folder, where anybody's download may lie.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import field
from pathlib import Path
from types import MappingProxyType
from typing import Protocol
from urllib.parse import urlsplit

from autocut_tray.core.frozen import frozen
from autocut_tray.core.runtime.probes.machine import Machine, exists
from autocut_tray.core.runtime.profile import Backend
from autocut_tray.core.settings.secrets import ENVIRONMENT as KEY_VARIABLES

ANSWER_SECONDS = 20.0
"""How long a server may take until it answers: both need some 2 to 10 s on a slow disk."""
PASSWORD_SECONDS = 60.0
"""The same where the system asks for a password first."""

_OLLAMA_PORT = 11434
_LMSTUDIO_PORT = 1234
_UNITS = (
    "/etc/systemd/system/ollama.service",
    "/usr/lib/systemd/system/ollama.service",
    "/lib/systemd/system/ollama.service",
)
_SYSTEMCTL = ("/usr/bin/systemctl", "/bin/systemctl")


@frozen
class Launch:
    """A command, what its environment has besides this program's, and how long until the server answers.

    ``asks``: the system may want a password from the person first.
    """

    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    limit_seconds: float = ANSWER_SECONDS
    asks: bool = False


class Started(Protocol):
    """A process that was started and is left alone."""

    def poll(self) -> int | None:
        """Its exit status, None while it runs."""


def start_command(backend: Backend, address: str, machine: Machine, here: Path | None) -> Launch | None:
    """What starts ``backend`` so that it listens at ``address``; None when no way is known on this machine.

    ``here``: the current folder, which is never searched.
    """
    if backend is Backend.OLLAMA:
        return _ollama(address, machine, here)
    tool = "lms.exe" if machine.system == "win32" else "lms"
    places = (machine.home / ".lmstudio/bin" / tool, machine.home / ".cache/lm-studio/bin" / tool)
    found = find_program(tool, places, machine, here)
    if found is None:
        return None
    # Without a port it takes the one it had last, which need not be the one we look at.
    return Launch((found, "server", "start", "--port", str(urlsplit(address).port or _LMSTUDIO_PORT)))


def _ollama(address: str, machine: Machine, here: Path | None) -> Launch | None:
    environment = _listen_at(address, machine)
    if machine.system == "win32":
        local = machine.folder("LOCALAPPDATA", "")
        programs = machine.folder("ProgramFiles", r"C:\Program Files")
        folders = (rf"{local}\Programs\Ollama" if local else "", rf"{programs}\Ollama")
        for folder in filter(None, folders):
            app = machine.path(rf"{folder}\ollama app.exe")
            if exists(
                app
            ):  # the arguments with which Ollama's own command line starts it (cmd/start_windows.go)
                return Launch((str(app), "--hide", "--fast-startup"), environment)
        places = [machine.path(rf"{folder}\ollama.exe") for folder in folders if folder]
        found = find_program("ollama.exe", places, machine, here)
        return None if found is None else Launch((found, "serve"), environment)
    if machine.system == "darwin":
        for bundle in (machine.path("/Applications/Ollama.app"), machine.home / "Applications/Ollama.app"):
            if exists(bundle):  # as in cmd/start_darwin.go: hidden
                return Launch(("/usr/bin/open", "-j", "-a", str(bundle), "--args", "--fast-startup"))
        places = [machine.path("/usr/local/bin/ollama"), machine.path("/opt/homebrew/bin/ollama")]
    else:
        service = _service(machine)
        if service is not None:
            return service
        places = [
            machine.path(place)
            for place in (
                "/usr/local/bin/ollama",
                "/usr/bin/ollama",
                "/opt/ollama/bin/ollama",
                "/snap/bin/ollama",
            )
        ]
    found = find_program("ollama", places, machine, here)
    return None if found is None else Launch((found, "serve"), environment)


def _service(machine: Machine) -> Launch | None:
    """The service of Ollama's Linux installer: one's own ``ollama serve`` beside it would not see its models."""
    if not exists(machine.path("/run/systemd/system")):
        return None
    if not any(exists(machine.path(unit)) for unit in _UNITS):
        return None
    for place in _SYSTEMCTL:
        if exists(machine.path(place)):
            command = (str(machine.path(place)), "start", "ollama.service")
            return Launch(command, limit_seconds=PASSWORD_SECONDS, asks=True)
    return None


def _listen_at(address: str, machine: Machine) -> Mapping[str, str]:
    """``OLLAMA_HOST`` for a server that must listen elsewhere than it would by itself."""
    parts = urlsplit(address)
    port = parts.port or _OLLAMA_PORT
    if port == _OLLAMA_PORT or machine.environ.get("OLLAMA_HOST", "").strip():
        return MappingProxyType({})
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    return MappingProxyType({"OLLAMA_HOST": f"{host}:{port}"})


def find_program(name: str, places: Iterable[Path], machine: Machine, here: Path | None) -> str | None:
    """The program at one of ``places`` or in an absolute folder of the search path other than ``here``."""
    separator = ";" if machine.system == "win32" else ":"
    folders = (entry.strip('"') for entry in machine.environ.get("PATH", "").split(separator))
    searched = (_absolute(folder, machine) for folder in folders)
    for program in (
        *places,
        *(folder / name for folder in searched if folder is not None and folder != here),
    ):
        if _runnable(program, machine):
            return str(program)
    return None


def _absolute(folder: str, machine: Machine) -> Path | None:
    absolute = folder[1:3] == ":\\" or folder[1:3] == ":/" if machine.system == "win32" else folder[:1] == "/"
    return machine.path(folder) if absolute else None


def _runnable(program: Path, machine: Machine) -> bool:
    try:
        return program.is_file() and (machine.system == "win32" or os.access(program, os.X_OK))
    except OSError:
        return False


def outside_environment(environ: Mapping[str, str], *, frozen: bool) -> dict[str, str]:
    """The environment for a program that is none of ours: without the keys that are meant for us.

    A frozen build puts its own libraries first and keeps the person's value beside it (PyInstaller,
    "Launching external programs from the frozen application").
    """
    ours = set(KEY_VARIABLES.values())
    kept = {name: value for name, value in environ.items() if name.upper() not in ours}
    if frozen:
        for name in ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"):
            original = kept.pop(f"{name}_ORIG", None)
            kept.pop(name, None)
            if original is not None:
                kept[name] = original
    return kept


def spawn(launch: Launch) -> Started:
    """Start it without a window, apart from this program: it lives on when this program ends. Raises OSError."""
    flags = 0
    if sys.platform == "win32":
        # Not DETACHED_PROCESS: without a console of its own, every runner that Ollama starts would open one.
        flags = subprocess.CREATE_NO_WINDOW | subprocess.CREATE_NEW_PROCESS_GROUP
    environment = outside_environment(os.environ, frozen=bool(getattr(sys, "frozen", False)))
    return subprocess.Popen(
        launch.command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**environment, **launch.environment},
        cwd=Path(launch.command[0]).parent,
        start_new_session=sys.platform != "win32",
        creationflags=flags,
    )
