"""On Windows: installs the setup in dist/ for this account, starts it, updates it while it runs, and removes it.

python -m release.try_here        # for a builder's throw-away account; refuses where AutoCut is installed
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from autocut_tray import __version__
from release import names

APP = "AutoCutDirector"
KEY = rf"Software\Microsoft\Windows\CurrentVersion\Uninstall\{APP}"
PATIENCE = 120.0


def installed_version() -> str | None:
    """What Windows' list of programs says; None when it is not installed."""
    import winreg

    try:
        with winreg.OpenKey(winreg.HKEY_CURRENT_USER, KEY) as key:  # type: ignore[attr-defined,unused-ignore]
            return str(winreg.QueryValueEx(key, "DisplayVersion")[0])  # type: ignore[attr-defined,unused-ignore]
    except OSError:
        return None


def expect(fact: object, what: str) -> None:
    print(("ok    " if fact else "FAIL  ") + what, flush=True)
    if not fact:
        sys.exit(1)


def wait_for(file: Path, *, there: bool) -> bool:
    until = time.monotonic() + PATIENCE
    while file.exists() is not there:
        if time.monotonic() > until:
            return False
        time.sleep(0.5)
    return True


def main() -> int:
    """0 when everything worked; the first failure ends it with 1."""
    if sys.platform != "win32":
        sys.exit("This needs Windows; elsewhere `dev.py installer --try` uses Wine.")
    if installed_version() is not None:
        sys.exit("AutoCut Director is installed here already; this would remove it.")
    local = Path(os.environ["LOCALAPPDATA"])
    root, data = local / "Programs" / APP, local / APP
    setup = str(names.artifact("-setup.exe"))
    expect(subprocess.call([setup, "/S"]) == 0, "silent installation")
    expect(installed_version() == __version__, "listed among the programs")
    program = str(root / f"{names.PROGRAM}.exe")
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
    expect(said.stdout.strip() == f"{names.PROGRAM} {__version__}", "the installed program answers")
    window = subprocess.Popen([str(root / f"{names.WINDOW_PROGRAM}.exe"), "--hidden"])
    expect(wait_for(data / "instance.json", there=True), "the tray runs")
    expect(subprocess.call([setup, "/S"]) == 0, "silent update over the running program")
    expect(window.wait(PATIENCE) == 0, "which was asked to end, and did")
    expect(subprocess.call([str(root / "uninstall.exe"), "/S"]) == 0, "silent removal")
    expect(wait_for(root, there=False), "nothing is left of the program")
    expect(installed_version() is None and data.exists(), "the person's data stays")
    return 0


if __name__ == "__main__":
    sys.exit(main())
