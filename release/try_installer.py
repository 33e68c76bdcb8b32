"""Installs, updates and removes with the real installer under Wine, and looks at files and registry.

    python -m release.try_installer        # needs nsis and wine64; takes one minute on an idle machine

The program itself is a stand-in (`stand_in.nsi`), as nothing but Windows runs the frozen one.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from autocut_tray.core.media.gate import VIDEO_EXTENSIONS
from release import names
from release.installer import build_setup, find_makensis

APP = "AutoCutDirector"
UNINSTALL = rf"HKCU\Software\Microsoft\Windows\CurrentVersion\Uninstall\{APP}"
RUN = r"HKCU\Software\Microsoft\Windows\CurrentVersion\Run"
TYPES = r"HKCU\Software\Classes\SystemFileAssociations"
PATIENCE = 120.0


class Wine:
    """A Windows of its own in ``folder``, gone with it."""

    def __init__(self, folder: Path) -> None:
        wine = shutil.which("wine64") or next(
            (place for place in ("/usr/lib/wine/wine64",) if Path(place).exists()), None
        )
        if wine is None:
            sys.exit("Wine is missing. Debian: apt-get install --no-install-recommends wine wine64.")
        self._wine = wine
        kept = {name: value for name, value in os.environ.items() if name != "DISPLAY"}
        self._environment = kept | {
            "WINEPREFIX": str(folder),
            "WINEARCH": "win64",
            "WINEDEBUG": "-all",
            "WINEDLLOVERRIDES": "mscoree=;mshtml=;winemenubuilder.exe=d",
            "LANG": "C.UTF-8",
            "LC_ALL": "C.UTF-8",
        }
        self.run("wineboot", "-i", timeout=300)
        self.run("winecfg", "-v", "win10")
        (self.home,) = (user for user in (folder / "drive_c/users").iterdir() if user.name != "Public")

    def run(self, *command: str, timeout: float = 300) -> int:
        """Exit status of a Windows program."""
        done = subprocess.run(
            [self._wine, *command], env=self._environment, capture_output=True, timeout=timeout, check=False
        )
        return done.returncode

    def start(self, program: Path) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [self._wine, str(program)],
            env=self._environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def registry(self, key: str, value: str = "") -> str | None:
        """A value; "" is the unnamed one. None where it is not there."""
        chosen = ["/v", value] if value else ["/ve"]
        done = subprocess.run(
            [self._wine, "reg", "query", key, *chosen],
            env=self._environment,
            capture_output=True,
            check=False,
        )
        if done.returncode != 0:
            return None
        found = re.search(r"REG_\w+\s+(.*)", done.stdout.decode("utf-8", "replace").replace("\r", ""))
        return found.group(1).strip() if found else ""

    def tree(self, key: str) -> str:
        """Everything below a key, as text."""
        done = subprocess.run(
            [self._wine, "reg", "query", key, "/s"], env=self._environment, capture_output=True, check=False
        )
        return done.stdout.decode("utf-8", "replace").replace("\r", "")

    def has_key(self, key: str) -> bool:
        return self.run("reg", "query", key) == 0

    @property
    def stand_in_runs(self) -> bool:
        return any(self.home.glob("**/autocut-stand-in.runs"))

    @property
    def told(self) -> str:
        """The last setting that the installer gave to the program."""
        return next((file.read_text() for file in self.home.glob("**/autocut-stand-in.settings")), "")

    def end(self) -> None:
        server = shutil.which("wineserver") or "/usr/lib/wine/wineserver"
        subprocess.run([server, "-k"], env=self._environment, capture_output=True, check=False)


class Checks:
    """What was looked at; it goes on after a failure, so that one run says everything."""

    def __init__(self) -> None:
        self.failed = 0

    def __call__(self, fact: object, what: str) -> None:
        print(("ok    " if fact else "FAIL  ") + what, flush=True)
        self.failed += not fact


def wait_for(condition: Callable[[], bool]) -> bool:
    """The uninstaller goes on in a copy of itself, so it is waited for by what it leaves."""
    until = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > until:
            return False
        time.sleep(0.2)
    return True


def make_tree(folder: Path, version: str, *, stubborn: bool) -> Path:
    """A folder as `dev.py freeze` would make it on Windows."""
    tree = folder / version
    (tree / "_internal").mkdir(parents=True)
    for program in (names.PROGRAM, names.WINDOW_PROGRAM):
        stand_in = [str(find_makensis()), "-V2", f"-DOUT={tree / f'{program}.exe'}"]
        stand_in += ["-DSTUBBORN"] * stubborn
        subprocess.run([*stand_in, str(names.INSTALLER.with_name("stand_in.nsi"))], check=True)
    (tree / "_internal" / "version.txt").write_text(version)
    (tree / "_internal" / f"only-{version}.txt").write_text("stale after an update")
    return tree


def try_everything(wine: Wine, folder: Path, check: Checks) -> None:
    first, second, stubborn = (folder / f"setup-{name}.exe" for name in ("1", "2", "stubborn"))
    build_setup(make_tree(folder, "1.0.0", stubborn=False), first, version="1.0.0", fast=True, amd64=True)
    build_setup(make_tree(folder, "2.0.0", stubborn=False), second, version="2.0.0", fast=True, amd64=True)
    build_setup(make_tree(folder, "3.0.0", stubborn=True), stubborn, version="3.0.0", fast=True, amd64=True)
    root = wine.home / "AppData/Local/Programs" / APP
    data = wine.home / "AppData/Local" / APP
    installs(wine, first, root, check)
    data.mkdir(parents=True)
    (data / "config.toml").write_text("")
    updates(wine, second, root, data, check)
    refuses(wine, stubborn, second, root, check)
    removes(wine, second, root, data, check)
    other_folder(wine, first, check)
    old_windows(wine, first, root, check)


def links(wine: Wine) -> list[str]:
    return sorted(
        link.name for link in wine.home.glob("AppData/Roaming/Microsoft/Windows/Start Menu/**/*.lnk")
    )


def installs(wine: Wine, setup: Path, root: Path, check: Checks) -> None:
    check(wine.run(str(setup), "/S") == 0, "silent installation")
    inside = {"autocut-tray.exe", "autocut-director.exe", "uninstall.exe", "_internal"}
    check({entry.name for entry in root.iterdir()} == inside, "exactly the program's files")
    check("AutoCut Director.lnk" in links(wine), "start menu")
    check(not list((wine.home / "Desktop").glob("*.lnk")), "nothing on the desktop")
    check(wine.registry(UNINSTALL, "DisplayVersion") == "1.0.0", "listed among the programs")
    check(
        (wine.registry(UNINSTALL, "QuietUninstallString") or "").endswith("/S"), "silent removal is offered"
    )
    check(wine.registry(UNINSTALL, "EstimatedSize") not in (None, "0x0"), "its size is said")
    check(wine.registry(RUN, APP) is None, "no start with Windows unless wanted")
    below = wine.tree(TYPES)
    verbs = re.findall(
        r"\\(\.\w+)\\shell\\AutoCutAnalyse\\command\n.*autocut-director.exe\" --open \"%1\"", below
    )
    check(set(verbs) == VIDEO_EXTENSIONS, f"Analyse in Explorer for all {len(verbs)} kinds of video")
    check(below.count("Analyse with AutoCut") == len(VIDEO_EXTENSIONS), "in the language of Windows")


def updates(wine: Wine, setup: Path, root: Path, data: Path, check: Checks) -> None:
    wine.run("reg", "add", RUN, "/v", APP, "/d", "chosen", "/f")
    wine.run("reg", "delete", rf"{TYPES}\.mp4\shell\AutoCutAnalyse", "/f")
    running = wine.start(root / "autocut-director.exe")
    check(wait_for(lambda: wine.stand_in_runs), "version 1 runs")
    check(wine.run(str(setup), "/S") == 0, "silent update over the running program")
    check(wait_for(lambda: running.poll() is not None), "the program was asked to end, and did")
    check((root / "_internal/version.txt").read_text() == "2.0.0", "version 2 is in place")
    check(not (root / "_internal/only-1.0.0.txt").exists(), "nothing of version 1 is left")
    check(not (root / "_internal.old").exists(), "no folder from the update is left")
    check(wine.registry(UNINSTALL, "DisplayVersion") == "2.0.0", "listed as version 2")
    check("--hidden" in (wine.registry(RUN, APP) or ""), "start with Windows was chosen and stays")
    check(not wine.has_key(rf"{TYPES}\.mkv\shell\AutoCutAnalyse"), "Explorer was unchosen and stays so")
    check((data / "config.toml").exists(), "the person's data stays")


def refuses(wine: Wine, stubborn: Path, other: Path, root: Path, check: Checks) -> None:
    check(wine.run(str(stubborn), "/S", "/AUTOSTART=0", "/EXPLORER=1") == 0, "a third version")
    check(wine.registry(RUN, APP) is None, "/AUTOSTART=0")
    check(wine.told == "settings ui.autostart false", "and the program's own setting follows")
    check(wine.has_key(rf"{TYPES}\.mkv\shell\AutoCutAnalyse"), "/EXPLORER=1")
    running = wine.start(root / "autocut-director.exe")
    check(wait_for(lambda: wine.stand_in_runs), "a program that does not end")
    check(wine.run(str(other), "/S") == 3, "the update gives up with 3")
    check(running.poll() is None, "and does not kill it")
    check((root / "_internal/version.txt").read_text() == "3.0.0", "and leaves what is installed as it was")
    running.kill()
    wine.end()
    for flag in wine.home.glob("**/autocut-stand-in.runs"):
        flag.unlink()


def removes(wine: Wine, setup: Path, root: Path, data: Path, check: Checks) -> None:
    check(wine.run(str(setup), "/S", "/AUTOSTART=1") == 0, "version 2 again")
    check("--hidden" in (wine.registry(RUN, APP) or ""), "/AUTOSTART=1")
    check(wine.told == "settings ui.autostart true", "and the program's own setting follows")
    (root / "mine.txt").write_text("a file of the person's")
    wine.run(str(root / "uninstall.exe"), "/S")
    check(wait_for(lambda: not wine.has_key(UNINSTALL)), "silent removal")
    check([entry.name for entry in root.iterdir()] == ["mine.txt"], "only the person's own file is left")
    check(not wine.has_key(rf"HKCU\Software\{APP}") and wine.registry(RUN, APP) is None, "no key is left")
    check("AutoCut" not in wine.tree(TYPES), "nothing in Explorer is left")
    check("AutoCut Director.lnk" not in links(wine), "nothing in the start menu is left")
    check((data / "config.toml").exists(), "the person's data stays")
    check(wine.run(str(setup), "/S") == 0, "installed once more")
    wine.run(str(root / "uninstall.exe"), "/S", "/PURGE")
    check(wait_for(lambda: not data.exists()), "/PURGE removes the data")


def other_folder(wine: Wine, setup: Path, check: Checks) -> None:
    folder = wine.home / "My Äpps/剪辑 Auto Cut"
    windows = "C:\\users\\" + wine.home.name + "\\My Äpps\\剪辑 Auto Cut"
    check(wine.run(str(setup), "/S", *f"/D={windows}".split(" ")) == 0, "a folder with blanks and letters")
    check((folder / "autocut-tray.exe").exists(), "is used")
    wine.run(str(folder / "uninstall.exe"), "/S")
    check(wait_for(lambda: not folder.exists()), "and goes")


def old_windows(wine: Wine, setup: Path, root: Path, check: Checks) -> None:
    shutil.rmtree(root, ignore_errors=True)
    wine.run("winecfg", "-v", "win7")
    check(wine.run(str(setup), "/S") == 5 and not root.exists(), "Windows 7 is refused with 5")


def main() -> int:
    """0 when everything was as it should be."""
    if find_makensis() is None:
        sys.exit("NSIS is missing. Debian: apt-get install nsis.")
    check = Checks()
    begin = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="autocut-wine-", ignore_cleanup_errors=True) as name:
        wine = Wine(Path(name) / "prefix")
        try:
            try_everything(wine, Path(name), check)
        finally:
            wine.end()
    print(f"{check.failed} failed, {time.monotonic() - begin:.0f} s")
    return int(check.failed > 0)


if __name__ == "__main__":
    sys.exit(main())
