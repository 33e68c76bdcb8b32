"""Starting with the computer: the entry of each platform, and who wins when it was changed elsewhere."""

from __future__ import annotations

import plistlib
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autocut_tray.core import autostart, process
from autocut_tray.core.autostart import Autostart, DesktopFile, LaunchAgent, exec_line, windows_command
from autocut_tray.core.errors import StorageError
from tests.fakes import FakeEntry

HOME = {"AUTOCUT_HOME": "/data/my home"}


def exec_of(file: Path) -> list[str]:
    """The command of a desktop file, read as the specification says."""
    (line,) = [row for row in file.read_text("utf-8").splitlines() if row.startswith("Exec=")]
    return read_exec(line.removeprefix("Exec="))


def read_exec(value: str) -> list[str]:
    """Words of an ``Exec`` value: first what every string escapes, then quotes, then field codes."""
    text = value.replace("\\\\", "\\")
    words, word, quoted, letters = [], "", False, iter(text)
    for letter in letters:
        if quoted and letter == "\\":
            word += next(letters)
        elif letter == '"':
            quoted = not quoted
        elif letter == " " and not quoted:
            words.append(word)
            word = ""
        else:
            word += letter
    return [one.replace("%%", "%") for one in (*words, word)]


class TestLinux:
    def test_the_entry_starts_this_program_hidden_with_its_own_folders(self, tmp_path: Path) -> None:
        file = tmp_path / "autostart" / "autocut-director.desktop"
        DesktopFile(file, HOME).write()
        assert exec_of(file) == ["env", "AUTOCUT_HOME=/data/my home", *process.own_command("--hidden")]
        assert file.read_text("utf-8").startswith("[Desktop Entry]\nType=Application\n")

    def test_an_update_brings_it_up_to_date(self, tmp_path: Path) -> None:
        file = tmp_path / "a.desktop"
        file.write_text("[Desktop Entry]\nExec=/old/place --hidden\n")
        DesktopFile(file, {}).refresh()
        assert exec_of(file) == process.own_command("--hidden")

    @pytest.mark.parametrize("line", ["Hidden=true", "X-GNOME-Autostart-enabled=false", "Hidden = True"])
    def test_what_the_desktop_switched_off_stays_off_until_it_is_switched_on_here(
        self, tmp_path: Path, line: str
    ) -> None:
        file = tmp_path / "a.desktop"
        file.write_text(f"[Desktop Entry]\nExec=/old\n{line}\n")
        DesktopFile(file, {}).refresh()
        assert line in file.read_text()
        DesktopFile(file, {}).write()
        assert line not in file.read_text()

    def test_taking_it_away_twice(self, tmp_path: Path) -> None:
        entry = DesktopFile(tmp_path / "a.desktop", {})
        entry.write()
        entry.remove()
        entry.remove()
        assert not (tmp_path / "a.desktop").exists()

    @given(st.lists(st.text("aZ0 %\"'`$\\&;|é影/=,", min_size=1), min_size=1))
    def test_every_path_survives_the_quoting(self, words: list[str]) -> None:
        assert read_exec(exec_line(words)) == words


def test_mac_os_gets_a_launch_agent(tmp_path: Path) -> None:
    file = tmp_path / "LaunchAgents" / "a.plist"
    agent = LaunchAgent(file, HOME)
    agent.write()
    content = plistlib.loads(file.read_bytes())
    assert content["RunAtLoad"] is True
    assert content["ProgramArguments"] == process.own_command("--hidden")
    assert content["EnvironmentVariables"] == HOME
    agent.remove()
    assert not file.exists()


def test_windows_starts_a_frozen_program_by_its_own_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", r"C:\Apps\AutoCut Director\AutoCutDirector.exe")
    line = autostart.RunKey(windows_command(None))._line
    assert line == r'"C:\Apps\AutoCut Director\AutoCutDirector.exe" --hidden'


def test_windows_from_a_checkout_names_its_folder() -> None:
    command = windows_command("C:\\code\\it's here")
    assert command[1:3] == ["-P", "-c"]
    compile(command[3], "start", "exec")
    assert repr("C:\\code\\it's here") in command[3]


@pytest.mark.skipif(sys.platform != "linux", reason="the entry of Linux")
def test_the_entry_of_this_person(tmp_path: Path) -> None:
    environ = {"XDG_CONFIG_HOME": str(tmp_path / "config"), "AUTOCUT_HOME": "/x", "SECRET": "y"}
    autostart.system_entry(environ, tmp_path).write()
    file = tmp_path / "config" / "autostart" / "autocut-director.desktop"
    command = exec_of(file)
    assert "AUTOCUT_HOME=/x" in command
    assert any(word.startswith("PYTHONPATH=") for word in command), "a checkout is found from anywhere"
    assert not any("SECRET" in word for word in command)
    autostart.system_entry({}, tmp_path).write()
    assert (tmp_path / ".config" / "autostart" / file.name).exists()


def test_off_at_the_start_touches_nothing() -> None:
    entry, wanted = FakeEntry(), [False]
    switch = Autostart(lambda: wanted[0], lambda: entry)
    switch.refresh()
    assert entry.calls == [], "the entry of another installation is not ours to take away"
    switch.switch()
    wanted[0] = True
    switch.refresh()
    switch.switch()
    assert entry.calls == ["remove", "refresh", "write"]


def test_a_refusal_is_said_in_words() -> None:
    entry = FakeEntry(PermissionError(13, "Permission denied"))
    with pytest.raises(StorageError) as failed:
        Autostart(lambda: True, lambda: entry).switch()
    assert failed.value.message.params["reason"] == "Permission denied"
    assert failed.value.hint is not None
