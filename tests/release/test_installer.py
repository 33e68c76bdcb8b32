"""The installer's script, the files around it, and the lock seen from Windows."""

from __future__ import annotations

import ast
import dataclasses
import hashlib
import re
import struct
import subprocess
import tarfile
import zipfile
from pathlib import Path

import pytest
import yaml

from autocut_tray import __version__
from autocut_tray.core.media.gate import VIDEO_EXTENSIONS
from autocut_tray.core.paths import PORTABLE_MARK, Paths
from autocut_tray.core.settings.schema import Ui
from release import icon, installer, names, version_info, video_types, wheels
from release.try_installer import TYPES

ROOT = Path(__file__).parents[2]
SCRIPT = names.INSTALLER.read_text("utf-8")


def test_both_languages_have_every_text() -> None:
    assert '!insertmacro MUI_LANGUAGE "English"' in SCRIPT
    assert '!insertmacro MUI_LANGUAGE "SimpChinese"' in SCRIPT
    texts = re.findall(r'^!insertmacro Text (\w+) "([^"]+)" "([^"]+)"$', SCRIPT, re.MULTILINE)
    assert len(texts) > 8
    for name, english, chinese in texts:
        assert re.search("[\u4e00-\u9fff]", chinese) and not re.search("[\u4e00-\u9fff]", english), name
    named = set(re.findall(r"\$\((\w+)\)", SCRIPT))
    assert named == {name for name, _, _ in texts}, "each text is used, and each that is used is there"


def test_every_kind_of_video_is_offered_and_taken_back() -> None:
    add, remove = video_types.include().split("!macro RemoveVideoTypes")
    for extension in VIDEO_EXTENSIONS:
        key = rf"Software\Classes\SystemFileAssociations\{extension}\shell\AutoCutAnalyse"
        assert f'!insertmacro AddVerb "{key}"' in add
        assert f'DeleteRegKey HKCU "{key}"' in remove
        assert f'DeleteRegKey /ifempty HKCU "{key.rpartition(chr(92))[0]}"' in remove
    assert add.count("AddVerb") == len(VIDEO_EXTENSIONS)
    assert TYPES.removeprefix("HKCU\\") in add
    assert SCRIPT.count("!insertmacro RemoveVideoTypes") == 2, "when it is unchosen, and at the removal"


def test_it_needs_no_administrator_and_knows_high_resolution() -> None:
    assert "RequestExecutionLevel user" in SCRIPT and "ManifestDPIAware true" in SCRIPT
    assert "HKLM" not in SCRIPT and "$PROGRAMFILES" not in SCRIPT


def test_only_what_is_ours_is_removed() -> None:
    removed = re.findall(r'RMDir /r "([^"]+)"', SCRIPT)
    assert set(removed) == {r"$INSTDIR\_internal.old", r"$INSTDIR\_internal", r"$LOCALAPPDATA\${APP}"}
    data = SCRIPT.index(r'RMDir /r "$LOCALAPPDATA\${APP}"')
    assert SCRIPT.rindex("\nSection", 0, data) == SCRIPT.index('\nSection /o "un.$(PartData)"')
    assert "taskkill" not in SCRIPT, "a program that works is asked, never killed"


def test_the_data_folder_is_the_programs_own(monkeypatch: pytest.MonkeyPatch) -> None:
    windows = pytest.importorskip("platformdirs.windows")
    monkeypatch.delenv("AUTOCUT_HOME", raising=False)
    monkeypatch.setattr("platformdirs.PlatformDirs", windows.Windows)
    monkeypatch.setattr(windows, "get_win_folder", lambda name: f"<{name}>")
    paths = Paths.from_environment({})
    for folder in (paths.config, paths.data, paths.cache, paths.logs):
        first, *rest = re.split(r"[\\/]", str(folder))
        assert (first, rest[0]) == ("<CSIDL_LOCAL_APPDATA>", "AutoCutDirector")
    assert '!define APP     "AutoCutDirector"' in SCRIPT


def test_the_programs_are_named_as_they_are_made() -> None:
    assert f'"{names.WINDOW_PROGRAM}.exe"' in SCRIPT and f'"{names.PROGRAM}.exe"' in SCRIPT
    assert f'"{names.TITLE}"' in SCRIPT
    process = (ROOT / "autocut_tray/core/process.py").read_text("utf-8")
    assert f'"{names.PROGRAM}.exe"' in process


def test_the_start_with_windows_is_the_programs_own_entry() -> None:
    source = (ROOT / "autocut_tray/core/autostart.py").read_text("utf-8")
    assert '_VALUE = "AutoCutDirector"' in source and 'ARGUMENTS = ("--hidden",)' in source
    assert f'"{names.WINDOW_PROGRAM}.exe"' in (ROOT / "autocut_tray/core/process.py").read_text("utf-8")
    assert "settings ui.autostart ${VALUE}" in SCRIPT
    assert any(field.name == "autostart" for field in dataclasses.fields(Ui))


def test_one_version_everywhere() -> None:
    command = installer.nsis_command("makensis", Path("tree"), Path("setup.exe"))
    assert f"-DVERSION={__version__}" in command
    assert f"-DVERSION4={'.'.join(map(str, version_info.numbers(__version__)))}" in command
    resource = version_info.version_resource("autocut-tray", __version__)
    assert f"StringStruct('FileVersion', '{__version__}')" in resource
    assert __version__ in names.artifact("-setup.exe").name
    spec = (ROOT / "build_installer.spec").read_text("utf-8")
    assert not re.search(r"\b\d+\.\d+\.\d+\b", spec), "the spec names no version itself"


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ("1.2.3", (1, 2, 3, 0)),
        ("0.1", (0, 1, 0, 0)),
        ("2.0.0rc1", (2, 0, 0, 0)),
        ("10.20.30.dev4", (10, 20, 30, 0)),
    ],
)
def test_windows_version_numbers(version: str, expected: tuple[int, ...]) -> None:
    assert version_info.numbers(version) == expected
    ast.parse(version_info.version_resource("x", version), mode="eval")


def test_what_is_no_version_is_refused() -> None:
    with pytest.raises(ValueError, match="not a version"):
        version_info.numbers("main")


def test_the_icon_has_every_size(tmp_path: Path) -> None:
    icon_process = [installer.sys.executable, "-m", "release.icon", str(tmp_path)]
    subprocess.run(icon_process, cwd=ROOT, check=True, capture_output=True, timeout=60)
    data = (tmp_path / "autocut.ico").read_bytes()
    reserved, kind, count = struct.unpack_from("<HHH", data)
    assert (reserved, kind, count) == (0, 1, len(icon.ICO_SIZES))
    sizes = []
    for number in range(count):
        width, height, _, _, _, bits, length, start = struct.unpack_from("<BBBBHHII", data, 6 + 16 * number)
        picture = data[start : start + length]
        assert picture.startswith(b"\x89PNG") and bits == 32
        assert struct.unpack_from(">II", picture, 16) == (width or 256, height or 256)
        sizes.append(width or 256)
    assert sizes == sorted(icon.ICO_SIZES)
    mac = (tmp_path / "autocut.icns").read_bytes()
    assert mac[:4] == b"icns" and struct.unpack_from(">I", mac, 4)[0] == len(mac)
    assert all(kind.encode() in mac for kind in icon.ICNS_KINDS)


def test_the_portable_archive_marks_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(names, "WORK", tmp_path / "work")
    tree = tmp_path / "tree"
    (tree / "_internal").mkdir(parents=True)
    (tree / "autocut-tray").write_bytes(b"program")
    (tree / "autocut-tray").chmod(0o755)
    (tree / "_internal" / "library").write_bytes(b"library")
    wanted = {"AutoCutDirector/autocut-tray", "AutoCutDirector/_internal/library"}
    wanted.add(f"AutoCutDirector/{PORTABLE_MARK}")
    installer.pack_portable(tree, tmp_path / "a.zip")
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        assert set(archive.namelist()) == wanted
    installer.pack_portable(tree, tmp_path / "a.tar.gz")
    with tarfile.open(tmp_path / "a.tar.gz") as tar:
        assert set(tar.getnames()) == wanted
        assert {(entry.uid, entry.uname) for entry in tar} == {(0, "")}
    line = installer.checksums([tmp_path / "a.zip"])
    assert line == f"{hashlib.sha256((tmp_path / 'a.zip').read_bytes()).hexdigest()}  a.zip\n"


def test_the_lock_seen_from_windows() -> None:
    lock = (ROOT / "requirements.lock").read_text("utf-8")
    windows = wheels.for_windows(lock, "3.13")
    assert {"pywin32-ctypes", "pefile", "pyinstaller", "av", "pyside6-essentials"} <= set(windows)
    assert set(windows).isdisjoint({"secretstorage", "jeepney", "macholib", "backports-tarfile"})
    assert "av==19" in windows["av"] and "av==18" in wheels.for_windows(lock, "3.11")["av"]
    assert all("--hash=sha256:" in text for text in windows.values())
    assert len(list(wheels.entries(lock))) == len(re.findall(r"^[A-Za-z0-9].*==", lock, re.MULTILINE))


def test_the_builders_run_the_commands_of_people() -> None:
    workflow = yaml.safe_load((ROOT / ".github/workflows/build.yml").read_text("utf-8"))
    steps = workflow["jobs"]["build"]["steps"]
    commands = [step["run"] for step in steps if "run" in step]
    for command in ("freeze", "freeze --check", "installer"):
        assert f"python dev.py {command}" in commands
    systems = {name.partition("-")[0] for name in workflow["jobs"]["build"]["strategy"]["matrix"]["os"]}
    assert systems == {"windows", "ubuntu", "macos"}
    assert not re.search(r"\{\{\s*secrets", (ROOT / ".github/workflows/build.yml").read_text("utf-8"))


@pytest.mark.skipif(installer.find_makensis() is None, reason="not installed: nsis")
def test_the_script_compiles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(names, "WORK", tmp_path / "work")
    monkeypatch.setattr(names, "ICO", tmp_path / "work" / "autocut.ico")
    tree = tmp_path / "tree"
    (tree / "_internal").mkdir(parents=True)
    (tree / "_internal" / "x").write_bytes(b"x")
    for program in (names.PROGRAM, names.WINDOW_PROGRAM):
        (tree / f"{program}.exe").write_bytes(b"MZ")
    installer.build_setup(tree, tmp_path / "AutoCut-setup.exe", fast=True)
    assert (tmp_path / "AutoCut-setup.exe").read_bytes().startswith(b"MZ")
