"""Whether this program starts by itself, hidden, when the person logs on: one entry where the platform looks for it.

The entry names this installation; written again at each start, it survives updates and moves of the program. What a
person switched off with the desktop's own tool stays off until they switch it on here again.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from autocut_tray.core.errors import StorageError
from autocut_tray.core.files import write_atomic
from autocut_tray.core.messages import message
from autocut_tray.core.paths import HOME_VARIABLE
from autocut_tray.core.process import own_command, own_environment, window_program

NAME = "AutoCut Director"
ARGUMENTS = ("--hidden",)
_KEPT = ("PYTHONPATH", HOME_VARIABLE)
"""Without these another program, or one with other folders, would start."""

_RUN = r"Software\Microsoft\Windows\CurrentVersion\Run"
_APPROVED = r"Software\Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\Run"
"""Where the Task Manager notes what it switched off."""
_VALUE = "AutoCutDirector"
_LABEL = "com.autocut-director.tray"


class Entry(Protocol):
    """The entry of this person. Every method may raise OSError."""

    def write(self) -> None:
        """Make or replace it, switched on."""

    def refresh(self) -> None:
        """Bring it up to date, unless the person switched it off elsewhere."""

    def remove(self) -> None:
        """Take it away; nothing happens where there is none."""


class Autostart:
    """Makes the entry what the setting says; safe to call from several threads.

    Every method raises StorageError with words when the system does not take the change.
    """

    def __init__(self, wanted: Callable[[], bool], entry: Callable[[], Entry] | None = None) -> None:
        """``wanted``: the setting."""
        self._wanted = wanted
        self._entry = entry or system_entry
        self._lock = threading.Lock()

    def switch(self) -> None:
        """The person chose just now; of quick changes the last counts."""
        self._do(lambda entry: entry.write() if self._wanted() else entry.remove())

    def refresh(self) -> None:
        """At the start of the program. What is off stays as it is: the entry may be another installation's."""
        if self._wanted():
            self._do(lambda entry: entry.refresh())

    def _do(self, act: Callable[[Entry], None]) -> None:
        try:
            with self._lock:
                act(self._entry())
        except OSError as error:
            raise StorageError(
                "autostart_failed",
                message("error-autostart-failed", reason=error.strerror or type(error).__name__),
                message("error-autostart-failed-hint"),
            ) from error


def system_entry(environ: Mapping[str, str] = os.environ, home: Path | None = None) -> Entry:
    """The entry of the platform this runs on."""
    home = home or Path.home()
    environment = {**own_environment(), HOME_VARIABLE: environ.get(HOME_VARIABLE, "")}
    kept = {name: environment[name] for name in _KEPT if environment.get(name)}
    if sys.platform == "win32":
        return RunKey(windows_command(kept.get("PYTHONPATH")))
    if sys.platform == "darwin":
        return LaunchAgent(home / "Library" / "LaunchAgents" / f"{_LABEL}.plist", kept)
    config = Path(environ.get("XDG_CONFIG_HOME") or home / ".config")
    return DesktopFile(config / "autostart" / "autocut-director.desktop", kept)


class DesktopFile:
    """XDG autostart, as all Linux desktops read it."""

    def __init__(self, file: Path, environment: Mapping[str, str]) -> None:
        self._file = file
        command = [*(("env", *(f"{k}={v}" for k, v in environment.items())) if environment else ())]
        self._command = [*command, *own_command(*ARGUMENTS)]

    def write(self) -> None:
        lines = (
            "[Desktop Entry]",
            "Type=Application",
            f"Name={NAME}",
            f"Exec={exec_line(self._command)}",
            "Icon=autocut-director",
            "Terminal=false",
            "X-GNOME-Autostart-enabled=true",
        )
        self._file.parent.mkdir(parents=True, exist_ok=True)
        write_atomic(self._file, ("\n".join(lines) + "\n").encode("utf-8", "surrogateescape"))

    def refresh(self) -> None:
        if not self._switched_off():
            self.write()

    def remove(self) -> None:
        self._file.unlink(missing_ok=True)

    def _switched_off(self) -> bool:
        try:
            text = self._file.read_text("utf-8", "replace")
        except FileNotFoundError:
            return False
        settings = {line.replace(" ", "").casefold() for line in text.splitlines()}
        return not settings.isdisjoint({"hidden=true", "x-gnome-autostart-enabled=false"})


class LaunchAgent:
    """A property list that launchd reads at log-on."""

    def __init__(self, file: Path, environment: Mapping[str, str]) -> None:
        self._file = file
        self._content = {
            "Label": _LABEL,
            "ProgramArguments": own_command(*ARGUMENTS),
            "EnvironmentVariables": dict(environment),
            "RunAtLoad": True,
            "ProcessType": "Interactive",
        }

    def write(self) -> None:
        import plistlib  # late: only where there is such a file

        self._file.parent.mkdir(parents=True, exist_ok=True)
        write_atomic(self._file, plistlib.dumps(self._content))

    refresh = write  # System Settings keeps its own switch apart from this file

    def remove(self) -> None:
        self._file.unlink(missing_ok=True)


class RunKey:
    """A value of the person's own Run key on Windows."""

    def __init__(self, command: Sequence[str]) -> None:
        self._line = subprocess.list2cmdline(command)

    def write(self) -> None:
        self.refresh()
        _delete_value(_APPROVED)

    def refresh(self) -> None:
        if sys.platform == "win32":  # pragma: no cover (the registry is there only)
            import winreg

            with winreg.CreateKeyEx(winreg.HKEY_CURRENT_USER, _RUN, 0, winreg.KEY_SET_VALUE) as key:
                winreg.SetValueEx(key, _VALUE, 0, winreg.REG_SZ, self._line)

    def remove(self) -> None:
        _delete_value(_RUN)


def _delete_value(path: str) -> None:
    if sys.platform == "win32":  # pragma: no cover (the registry is there only)
        import winreg

        try:
            with winreg.OpenKey(winreg.HKEY_CURRENT_USER, path, 0, winreg.KEY_SET_VALUE) as key:
                winreg.DeleteValue(key, _VALUE)
        except FileNotFoundError:
            return


def exec_line(command: Sequence[str]) -> str:
    """A command as the value of ``Exec``: quoted as the Desktop Entry Specification wants it."""
    return " ".join(_quoted(word) for word in command)


def _quoted(word: str) -> str:
    word = word.replace("%", "%%")
    if word and all(letter.isalnum() or letter in "-_./=:,+@%" for letter in word):
        return word
    for letter in '\\"`$':
        word = word.replace(letter, f"\\{letter}")
    # The value itself is a string in which a backslash and a line break are written with one more backslash.
    return '"' + word.replace("\\", "\\\\").replace("\n", "\\n") + '"'


def windows_command(source: str | None) -> list[str]:
    """Without a console window; ``source``: where the package lies when it runs from a checkout."""
    if source is None:
        return [str(window_program(Path(sys.executable))), *ARGUMENTS]
    # The Run key knows no environment, so the path is part of the command.
    start = (
        f"import sys; sys.path.insert(0, {source!r}); from autocut_tray.__main__ import main; "
        f"sys.exit(main({list(ARGUMENTS)!r}))"
    )
    python = Path(sys.executable)
    windowed = python.with_name(python.name.replace("python", "pythonw", 1))
    return [str(windowed if windowed.exists() else python), "-P", "-c", start]
