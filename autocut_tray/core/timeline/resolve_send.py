"""Sends a timeline to a running DaVinci Resolve Studio, by a process of its own with a time limit.

Where things are and what they are called is in Resolve's own README of its scripting API (Help > Documentation >
Developer).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

from autocut_tray.core.clean import clean
from autocut_tray.core.errors import AutoCutError
from autocut_tray.core.frozen import frozen
from autocut_tray.core.messages import message
from autocut_tray.core.process import RESOLVE_SENDER, own_command, own_environment
from autocut_tray.core.timeline.resolve_child import MODULE

SECONDS = 60.0
"""A long timeline with many clips takes a few; a dialog that is open in Resolve holds it up for ever."""

_HOMES = {"win32": "PROGRAMDATA", "linux": "HOME", "darwin": "HOME"}


@frozen
class Received:
    """What Resolve said. ``project``, ``timeline``: their names there; ``rate``: of the project, None if unknown."""

    product: str
    version: str
    project: str
    timeline: str
    rate: Fraction | None


@frozen
class Scripting:
    """Where Resolve's scripting is installed: the folder of the module, and the library it loads."""

    modules: str
    api: str
    native: str


def scripting(system: str, environment: Mapping[str, str]) -> Scripting:
    """As the environment says, else where Resolve's installer puts it."""
    if system == "win32":
        data = environment.get("PROGRAMDATA", r"C:\ProgramData")
        api = str(PureWindowsPath(data, r"Blackmagic Design\DaVinci Resolve\Support\Developer\Scripting"))
        programs = environment.get("PROGRAMFILES", r"C:\Program Files")
        library = str(PureWindowsPath(programs, r"Blackmagic Design\DaVinci Resolve\fusionscript.dll"))
    elif system == "darwin":
        api = "/Library/Application Support/Blackmagic Design/DaVinci Resolve/Developer/Scripting"
        library = (
            "/Applications/DaVinci Resolve/DaVinci Resolve.app/Contents/Libraries/Fusion/fusionscript.so"
        )
    else:
        api, library = "/opt/resolve/Developer/Scripting", "/opt/resolve/libs/Fusion/fusionscript.so"
    api = environment.get("RESOLVE_SCRIPT_API") or api
    library = environment.get("RESOLVE_SCRIPT_LIB") or library
    path = PureWindowsPath(api, "Modules") if system == "win32" else PurePosixPath(api, "Modules")
    return Scripting(str(path), api, library)


def send_timeline(
    file: Path,
    name: str,
    found: Scripting | None = None,
    command: Sequence[str] | None = None,
    seconds: float = SECONDS,
) -> Received:
    """Have Resolve import a timeline file into its open project; returns when it has.

    Raises AutoCutError ``resolve_…`` with what to do. ``command`` starts the process that talks to Resolve.
    """
    found = found or scripting(sys.platform, os.environ)
    if not (Path(found.modules) / f"{MODULE}.py").is_file():
        raise _error("missing", found.modules)
    return _received(_ask(file, name, found, list(command or own_command(RESOLVE_SENDER)), seconds))


def _ask(file: Path, name: str, found: Scripting, command: list[str], seconds: float) -> dict[str, Any]:
    home = {one: os.environ[one] for one in (_HOMES.get(sys.platform, "HOME"), "USER") if one in os.environ}
    extra = {"RESOLVE_SCRIPT_API": found.api, "RESOLVE_SCRIPT_LIB": found.native, **home}
    flags = 0
    if sys.platform == "win32":
        flags = subprocess.CREATE_NO_WINDOW
    try:
        done = subprocess.run(
            command,
            input=json.dumps({"modules": found.modules, "file": str(file), "name": name}).encode(),
            capture_output=True,
            env=own_environment(extra),
            timeout=seconds,
            check=True,
            creationflags=flags,
        )
        answer = json.loads(done.stdout)
    except subprocess.TimeoutExpired as error:
        raise _error("slow", str(error)) from error
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        said = getattr(error, "stderr", None) or b""
        raise _error("failed", f"{error}: {said[-2000:].decode(errors='replace')}") from error
    if not isinstance(answer, dict):
        raise _error("failed", repr(answer)[:200])
    return answer


def _received(answer: dict[str, Any]) -> Received:
    outcome = answer.get("outcome")
    if outcome != "sent":
        known = ("silent", "no_module", "no_project", "refused")
        raise _error(str(outcome) if outcome in known else "failed", str(answer.get("detail", "")))
    product, version, project, timeline = (
        clean(str(answer.get(key, "")), 200) for key in ("product", "version", "project", "timeline")
    )
    return Received(product, version, project, timeline, _rate(str(answer.get("rate", ""))))


def _rate(said: str) -> Fraction | None:
    """Resolve writes ``23.976`` and ``29.97 DF``."""
    number = said.split(" ")[0]
    try:
        rate = Fraction(number)
    except (ValueError, ZeroDivisionError):
        return None
    if rate <= 0:
        return None
    exact = Fraction(round(rate) * 1000, 1001)
    return exact if abs(rate - exact) < Fraction(1, 100) and rate.denominator > 1 else rate


def _error(code: str, detail: str) -> AutoCutError:
    name = "resolve-" + code.replace("_", "-")
    return AutoCutError(
        "resolve_" + code, message(f"error-{name}"), message(f"error-{name}-hint"), detail=detail
    )
