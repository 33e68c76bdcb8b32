"""Editors by file, registry and running program, on three systems."""

from __future__ import annotations

import plistlib
from pathlib import Path
from typing import Any

import pytest

from autocut_tray.core.cancel import CancelToken
from autocut_tray.core.runtime.probes.answer import Answer
from autocut_tray.core.runtime.probes.editors import EditorProbe, Editors
from autocut_tray.core.runtime.probes.processes import SystemProcesses
from autocut_tray.core.runtime.profile import Davinci, Outcome
from tests.fakes import FakeClock
from tests.runtime.fakes import FakeProcess, FakeProcesses, FakeRegistry, fake_machine, put

UNINSTALL = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall"
RESOLVE_EXE = r"C:\Program Files\Blackmagic Design\DaVinci Resolve\Resolve.exe"


def ask(
    root: Path,
    system: str = "linux",
    processes: FakeProcesses | None = None,
    clock: FakeClock | None = None,
    **machine: Any,
) -> Answer[Editors]:
    table = processes or FakeProcesses()
    return EditorProbe(fake_machine(root, system, **machine), clock or FakeClock(), lambda: table)(
        CancelToken()
    )


def test_no_editor(tmp_path: Path) -> None:
    answer = ask(tmp_path)
    assert answer.outcome is Outcome.ABSENT
    assert answer.fact == Editors(Davinci(installed=False, running=False), ())


def test_resolve_on_linux(tmp_path: Path) -> None:
    program = put(tmp_path, "/opt/resolve/bin/resolve")
    put(tmp_path, "/opt/resolve/docs/ReadMe.html", "<h1>DaVinci Resolve&nbsp;<b>20.2.1</b></h1>")
    assert ask(tmp_path).fact.davinci == Davinci(True, str(program), "20.2.1", None, False, None)


def test_studio_says_so_in_its_documents(tmp_path: Path) -> None:
    put(tmp_path, "/opt/resolve/bin/resolve")
    put(tmp_path, "/opt/resolve/docs/ReadMe.html", "<p>About DaVinci Resolve Studio 18.6</p>")
    davinci = ask(tmp_path).fact.davinci
    assert (davinci.version, davinci.edition) == ("18.6", "studio")


def test_an_activated_studio_keeps_its_licence_in_a_file(tmp_path: Path) -> None:
    put(tmp_path, "/opt/resolve/bin/resolve")
    put(tmp_path, "/opt/resolve/.license/blackmagic-davinciresolvestudio-1.lic")
    davinci = ask(tmp_path).fact.davinci
    assert (davinci.version, davinci.edition) == (None, "studio")


def test_resolve_on_windows(tmp_path: Path) -> None:
    put(tmp_path, RESOLVE_EXE.replace("\\", "/"))
    registry = FakeRegistry(
        {
            rf"{UNINSTALL}\{{A}}": {"DisplayName": "DaVinci Resolve Panels", "DisplayVersion": "2.0"},
            rf"{UNINSTALL}\{{B}}": {"DisplayName": "DaVinci Resolve", "DisplayVersion": "20.2.10006"},
        }
    )
    davinci = ask(tmp_path, "win32", registry=registry).fact.davinci
    assert davinci.installed
    assert (davinci.path or "").endswith("Resolve.exe")
    assert (davinci.version, davinci.edition) == ("20.2.10006", None)


def test_studio_by_its_name_among_the_programs(tmp_path: Path) -> None:
    put(tmp_path, RESOLVE_EXE.replace("\\", "/"))
    registry = FakeRegistry(
        {rf"{UNINSTALL}\{{B}}": {"DisplayName": "DaVinci Resolve Studio 20.2", "DisplayVersion": "20.2.1"}}
    )
    davinci = ask(tmp_path, "win32", registry=registry).fact.davinci
    assert (davinci.version, davinci.edition) == ("20.2.1", "studio")


@pytest.mark.parametrize("written", ["D:\\Apps\\Resolve\\", '"D:\\Apps\\Resolve"'])
def test_resolve_in_a_folder_of_the_persons_own(tmp_path: Path, written: str) -> None:
    values = {"DisplayName": "DaVinci Resolve", "DisplayVersion": "20.2.1", "InstallLocation": written}
    registry = FakeRegistry({rf"{UNINSTALL}\{{B}}": values})
    put(tmp_path, "D:/Apps/Resolve/Resolve.exe")
    davinci = ask(tmp_path, "win32", registry=registry).fact.davinci
    assert (davinci.installed, davinci.version) == (True, "20.2.1")
    assert Path(davinci.path or "").as_posix().endswith("D:/Apps/Resolve/Resolve.exe")


def test_resolve_that_windows_lists_somewhere(tmp_path: Path) -> None:
    values = {"DisplayName": "DaVinci Resolve Studio", "DisplayVersion": "20.2.1"}
    registry = FakeRegistry({rf"{UNINSTALL}\{{B}}": values})
    davinci = ask(tmp_path, "win32", registry=registry).fact.davinci
    assert davinci == Davinci(True, None, "20.2.1", "studio", running=False)


@pytest.mark.parametrize(
    ("bundle", "edition"),
    [("DaVinci Resolve/DaVinci Resolve.app", None), ("DaVinci Resolve Studio.app", "studio")],
)
def test_resolve_from_the_mac_app_store(tmp_path: Path, bundle: str, edition: str | None) -> None:
    put(tmp_path, f"/Applications/{bundle}/Contents/MacOS/Resolve")
    table = FakeProcesses({5: FakeProcess("Resolve", f"/Applications/{bundle}/Contents/MacOS/Resolve")})
    davinci = ask(tmp_path, "darwin", table).fact.davinci
    assert (davinci.installed, davinci.running, davinci.edition) == (True, True, edition)


def test_resolve_on_a_mac(tmp_path: Path) -> None:
    bundle = "/Applications/DaVinci Resolve/DaVinci Resolve.app"
    put(tmp_path, f"{bundle}/Contents/MacOS/Resolve")
    plist = put(tmp_path, f"{bundle}/Contents/Info.plist")
    plist.write_bytes(plistlib.dumps({"CFBundleShortVersionString": "20.1.1"}))
    davinci = ask(tmp_path, "darwin").fact.davinci
    assert (davinci.installed, davinci.version, davinci.edition) == (True, "20.1.1", None)


class WorkingProcesses(FakeProcesses):
    """Resolve uses so many cores between two looks."""

    def __init__(self, process: FakeProcess, cores: float | None, clock: FakeClock) -> None:
        super().__init__({1: FakeProcess("init"), 77: process})
        self._cores = cores
        self._clock = clock

    def cpu_seconds(self, pid: int) -> float | None:
        return None if self._cores is None else 100 + self._cores * self._clock.monotonic()


@pytest.mark.parametrize(
    ("cores", "busy"), [(6.5, True), (0.8, True), (0.1, False), (0.0, False), (None, None)]
)
def test_a_running_resolve_works_or_waits(tmp_path: Path, cores: float | None, busy: bool | None) -> None:
    clock = FakeClock()
    table = WorkingProcesses(FakeProcess("resolve", "/opt/resolve/bin/resolve"), cores, clock)
    davinci = ask(tmp_path, processes=table, clock=clock).fact.davinci
    assert (davinci.installed, davinci.running, davinci.busy) == (True, True, busy)
    assert davinci.path == "/opt/resolve/bin/resolve"


def test_a_running_resolve_of_somebody_else_is_installed_somewhere(tmp_path: Path) -> None:
    davinci = ask(tmp_path, processes=FakeProcesses({5: FakeProcess("resolve")})).fact.davinci
    assert (davinci.installed, davinci.running, davinci.path) == (True, True, None)


def test_other_programs_of_that_name_are_not_resolve(tmp_path: Path) -> None:
    table = FakeProcesses(
        {
            5: FakeProcess("resolve", "/usr/local/bin/resolve"),
            6: FakeProcess("systemd-resolve"),
            7: FakeProcess(None),
        }
    )
    assert ask(tmp_path, processes=table).fact.davinci == Davinci(installed=False, running=False)


def test_resolve_running_on_windows(tmp_path: Path) -> None:
    table = FakeProcesses({5: FakeProcess("Resolve.exe", r"D:\Apps\DaVinci Resolve\Resolve.exe")})
    davinci = ask(tmp_path, "win32", table).fact.davinci
    assert (davinci.running, davinci.path) == (True, r"D:\Apps\DaVinci Resolve\Resolve.exe")


@pytest.mark.parametrize(
    ("system", "place", "name"),
    [
        (
            "win32",
            "C:/Program Files/Adobe/Adobe Premiere Pro 2025/Adobe Premiere Pro.exe",
            "Adobe Premiere Pro",
        ),
        ("win32", "C:/Program Files/Adobe/Adobe Premiere 2026/Adobe Premiere.exe", "Adobe Premiere Pro"),
        (
            "win32",
            "C:/Program Files/Adobe/Adobe Premiere Pro (Beta)/Adobe Premiere Pro (Beta).exe",
            "Adobe Premiere Pro",
        ),
        (
            "win32",
            "C:/Program Files/Adobe/Adobe Premiere (Beta)/Adobe Premiere (Beta).exe",
            "Adobe Premiere Pro",
        ),
        ("win32", "C:/Program Files/Avid/Avid Media Composer/AvidMediaComposer.exe", "Avid Media Composer"),
        ("win32", "C:/Users/Li/AppData/Local/Programs/Shotcut/shotcut.exe", "Shotcut"),
        ("win32", "C:/Program Files/kdenlive/bin/kdenlive.exe", "Kdenlive"),
        ("win32", "C:/Users/Li/AppData/Local/Programs/kdenlive/bin/kdenlive.exe", "Kdenlive"),
        ("win32", "C:/Program Files/Shotcut/shotcut.exe", "Shotcut"),
        ("win32", "C:/Users/Li/AppData/Local/kdenlive/bin/kdenlive.exe", "Kdenlive"),
        ("darwin", "/Applications/Final Cut Pro.app/Contents/Info.plist", "Final Cut Pro"),
        ("darwin", "/Applications/Adobe Premiere Pro 2024/x", "Adobe Premiere Pro"),
        ("darwin", "/Applications/Adobe Premiere 2026/Adobe Premiere 2026.app/x", "Adobe Premiere Pro"),
        ("darwin", "/Applications/Final Cut Pro Trial.app/Contents/Info.plist", "Final Cut Pro"),
        (
            "darwin",
            "/Applications/Avid Media Composer/AvidMediaComposer.app/Contents/Info.plist",
            "Avid Media Composer",
        ),
        ("darwin", "/Applications/kdenlive.app/Contents/Info.plist", "Kdenlive"),
        ("darwin", "/Applications/Shotcut.app/Contents/Info.plist", "Shotcut"),
        ("linux", "/snap/bin/kdenlive", "Kdenlive"),
        ("linux", "/snap/bin/shotcut", "Shotcut"),
        ("linux", "/home/.local/share/flatpak/app/org.kde.kdenlive/current", "Kdenlive"),
        ("linux", "/var/lib/flatpak/app/org.shotcut.Shotcut/current", "Shotcut"),
        ("linux", "/var/lib/flatpak/app/org.kde.kdenlive/current", "Kdenlive"),
        ("linux", "/home/.local/share/flatpak/app/org.shotcut.Shotcut/current", "Shotcut"),
    ],
)
def test_other_editors_at_their_places(tmp_path: Path, system: str, place: str, name: str) -> None:
    put(tmp_path, place)
    environ = {"LOCALAPPDATA": r"C:\Users\Li\AppData\Local"}
    assert ask(tmp_path, system, environ=environ).fact.others == (name,)


@pytest.mark.parametrize(
    ("system", "process", "name"),
    [
        ("win32", "Adobe Premiere Pro.exe", "Adobe Premiere Pro"),
        ("win32", "Adobe Premiere.exe", "Adobe Premiere Pro"),
        ("win32", "Adobe Premiere Pro (Beta).exe", "Adobe Premiere Pro"),
        ("darwin", "Adobe Premiere Pro 2024", "Adobe Premiere Pro"),
        ("darwin", "Adobe Premiere Pro CC 2019", "Adobe Premiere Pro"),
        ("darwin", "Adobe Premiere 2026", "Adobe Premiere Pro"),
        ("darwin", "Final Cut Pro", "Final Cut Pro"),
        ("win32", "AvidMediaComposer.exe", "Avid Media Composer"),
        ("darwin", "Avid Media Composer", "Avid Media Composer"),
        ("linux", "kdenlive", "Kdenlive"),
        ("win32", "shotcut.exe", "Shotcut"),
        ("darwin", "Shotcut", "Shotcut"),
        ("win32", "Adobe Premiere Elements.exe", None),
        ("win32", "Adobe Premiere Pro Helper.exe", None),
        ("linux", "kdenlive_render", None),
    ],
)
def test_editors_that_run(tmp_path: Path, system: str, process: str, name: str | None) -> None:
    answer = ask(tmp_path, system, FakeProcesses({3: FakeProcess(process)}))
    assert answer.fact.others == ((name,) if name else ())


@pytest.mark.parametrize(
    ("system", "place"),
    [
        ("win32", "C:/Program Files/Adobe/Adobe Premiere Elements 2024/Adobe Premiere Elements.exe"),
        ("win32", "C:/Program Files/Adobe/Adobe Premiere Pro 2024/Uninstall.exe"),
        ("darwin", "/Applications/Adobe Premiere Elements 2024/x"),
        ("darwin", "/Applications/Compressor.app/x"),
        ("linux", "/usr/share/doc/kdenlive/copyright"),
    ],
)
def test_what_is_no_editor(tmp_path: Path, system: str, place: str) -> None:
    put(tmp_path, place)
    assert ask(tmp_path, system).outcome is Outcome.ABSENT


def test_other_editors_on_the_path_or_running(tmp_path: Path) -> None:
    table = FakeProcesses({3: FakeProcess("Adobe Premiere Pro.exe"), 4: FakeProcess("shotcut")})
    answer = ask(tmp_path, processes=table, which=lambda c: f"/usr/bin/{c}" if c == "kdenlive" else None)
    assert answer.fact.others == ("Adobe Premiere Pro", "Kdenlive", "Shotcut")
    assert answer.outcome is Outcome.OK


def test_the_processes_of_this_machine() -> None:
    import os

    table = SystemProcesses()
    mine = os.getpid()
    assert mine in table.pids()
    assert table.name(mine)
    assert table.executable(mine)
    assert (table.cpu_seconds(mine) or 0) > 0
    gone = max(table.pids()) + 100_000
    assert (table.name(gone), table.executable(gone), table.cpu_seconds(gone)) == (None, None, None)
