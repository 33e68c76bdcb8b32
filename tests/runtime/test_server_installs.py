"""Where the programs of Ollama and LM Studio are, on three systems."""

from __future__ import annotations

import plistlib
from pathlib import Path

import pytest

from autocut_tray.core.runtime.probes.server_installs import lmstudio_installed, ollama_installed
from tests.runtime.fakes import FakeRegistry, fake_machine, put

UNINSTALL = r"HKCU\SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall"
WINDOWS = {"LOCALAPPDATA": r"C:\Users\Li\AppData\Local", "ProgramFiles": r"C:\Program Files"}


@pytest.mark.parametrize(
    ("system", "place"),
    [
        ("linux", "/usr/local/bin/ollama"),
        ("linux", "/snap/bin/ollama"),
        ("darwin", "/Applications/Ollama.app/Contents/Info.plist"),
        ("darwin", "/home/Applications/Ollama.app/Contents/Info.plist"),
        ("darwin", "/opt/homebrew/bin/ollama"),
        ("win32", "C:/Users/Li/AppData/Local/Programs/Ollama/ollama.exe"),
        ("win32", "C:/Program Files/Ollama/ollama.exe"),
    ],
)
def test_ollama_at_its_places(tmp_path: Path, system: str, place: str) -> None:
    machine = fake_machine(tmp_path, system, environ=WINDOWS)
    assert not ollama_installed(machine)
    put(tmp_path, place)
    assert ollama_installed(machine)


def test_a_program_on_the_path_is_installed(tmp_path: Path) -> None:
    machine = fake_machine(tmp_path, which=lambda command: f"/opt/bin/{command}")
    assert ollama_installed(machine)
    assert lmstudio_installed(machine) == (True, None)


@pytest.mark.parametrize(
    ("system", "place"),
    [
        ("linux", "/home/.lmstudio/bin/lms"),
        ("linux", "/home/.cache/lm-studio/bin/lms"),
        ("linux", "/opt/lm-studio/lm-studio"),
        ("win32", "C:/Users/Li/AppData/Local/Programs/LM Studio/LM Studio.exe"),
        ("win32", "/home/.lmstudio/bin/lms.exe"),
        ("darwin", "/home/Applications/LM Studio.app/Contents/Info.plist"),
    ],
)
def test_lm_studio_at_its_places(tmp_path: Path, system: str, place: str) -> None:
    machine = fake_machine(tmp_path, system, environ=WINDOWS)
    assert lmstudio_installed(machine) == (False, None)
    put(tmp_path, place)
    assert lmstudio_installed(machine) == (True, None)


def test_the_version_in_the_name_of_an_app_image(tmp_path: Path) -> None:
    put(tmp_path, "/home/Downloads/LM-Studio-0.3.9-6-x64.AppImage")
    put(tmp_path, "/home/Downloads/Other-1.0.AppImage")
    assert lmstudio_installed(fake_machine(tmp_path)) == (True, "0.3.9")


def test_the_version_that_windows_lists(tmp_path: Path) -> None:
    registry = FakeRegistry(
        {
            rf"{UNINSTALL}\a": {"DisplayName": "LM Studiolo"},
            rf"{UNINSTALL}\b": {"DisplayName": "LM Studio 0.4.18", "DisplayVersion": "0.4.18"},
        }
    )
    assert lmstudio_installed(fake_machine(tmp_path, "win32", registry=registry)) == (True, "0.4.18")


def test_the_version_in_a_macs_bundle(tmp_path: Path) -> None:
    plist = put(tmp_path, "/Applications/LM Studio.app/Contents/Info.plist")
    plist.write_bytes(plistlib.dumps({"CFBundleShortVersionString": "0.4.2"}))
    assert lmstudio_installed(fake_machine(tmp_path, "darwin")) == (True, "0.4.2")
    plist.write_bytes(b"no plist")
    assert lmstudio_installed(fake_machine(tmp_path, "darwin")) == (False, None)
