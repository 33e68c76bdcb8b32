"""What goes into the frozen program: every resource, the packages of users and no others, their licences."""

from __future__ import annotations

import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

from autocut_tray.i18n import LANGUAGES
from release import check, freeze, licences, machine, names, runtime, trim
from release.libraries import is_windows_own, lost

ROOT = Path(__file__).parents[2]


def test_every_resource_of_the_package_is_looked_for(tmp_path: Path) -> None:
    listed = check.resources()
    tracked = subprocess.run(
        ["git", "ls-files", "autocut_tray"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if tracked.returncode == 0:
        assert {name for name in tracked.stdout.split() if not name.endswith(".py")} <= set(listed)
    for kind in (".ftl", ".yaml", ".toml", ".txt", ".json", ".svg"):
        assert any(name.endswith(kind) for name in listed), kind
    for language in LANGUAGES:
        assert f"autocut_tray/resources/i18n/{language}/cli.ftl" in listed
    (tmp_path / "_internal").mkdir()
    missing = check.missing_resources(tmp_path)
    assert len(missing) == len(listed) + 1, "all of them and the list of licences"
    assert not any(
        trim.is_dropped(name, platform) for name in listed for platform in ("linux", "win32", "darwin")
    )


def test_modules_that_were_not_found_are_told() -> None:
    everything = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for path in (ROOT / "autocut_tray").rglob("*.py")
    }
    assert check.missing_modules(everything) == []
    gone = "autocut_tray.core.media.worker_scan"
    assert check.missing_modules(everything - {gone}) == [f"missing module: {gone}"]


def test_only_packages_of_users_are_shipped() -> None:
    shipped = runtime.distributions()
    assert {"pyside6-essentials", "av", "keyring", "uvicorn", "starlette", "gputil"} <= set(shipped)
    assert shipped.keys().isdisjoint(
        {"pytest", "hypothesis", "opencv-python-headless", "mypy", "pyinstaller"}
    )
    foreign = runtime.foreign_modules(shipped)
    assert {"pytest", "hypothesis", "mypy"} <= foreign
    assert foreign.isdisjoint({"PySide6", "av", "numpy", "yaml", "pynvml", "fastapi", "dotenv"})


@pytest.mark.parametrize(
    ("name", "platform", "dropped"),
    [
        ("PySide6/Qt/plugins/platforms/libqxcb.so", "linux", False),
        ("PySide6/Qt/plugins/platforms/libqoffscreen.so", "linux", False),
        ("PySide6/Qt/plugins/platforms/libqvnc.so", "linux", True),
        ("PySide6/Qt/plugins/platformthemes/libqgtk3.so", "linux", True),
        ("PySide6/Qt/plugins/imageformats/libqjpeg.so", "linux", False),
        ("PySide6\\plugins\\platforms\\qwindows.dll", "win32", False),
        ("PySide6\\plugins\\platforms\\qdirect2d.dll", "win32", True),
        ("PySide6\\plugins\\styles\\qmodernwindowsstyle.dll", "win32", False),
        ("PySide6\\plugins\\imageformats\\qsvg.dll", "win32", False),
        ("PySide6\\opengl32sw.dll", "win32", True),
        ("PySide6\\Qt6OpenGLWidgets.dll", "win32", False),
        ("PySide6\\Qt6Qml.dll", "win32", True),
        ("PySide6\\translations\\qtbase_zh_CN.qm", "win32", False),
        ("PySide6\\translations\\qtbase_de.qm", "win32", True),
        ("av.libs/avcodec-62.dll", "win32", False),
        ("libgtk-3.so.0", "linux", True),
        ("libgtk-3.so.0", "win32", False),
        ("libfreetype.so.6", "linux", False),
        ("libsystemd.so.0", "linux", False),
        ("libmount.so.1", "linux", False),
        ("libXi.so.6", "linux", True),
        ("libxcb-cursor.so.0", "linux", False),
        ("babel/locale-data/root.dat", "linux", False),
        ("babel/locale-data/fr.dat", "linux", True),
        ("keyring-25.7.0.dist-info/METADATA", "linux", False),
        ("keyring-25.7.0.dist-info/entry_points.txt", "linux", False),
        ("keyring-25.7.0.dist-info/RECORD", "linux", True),
        ("keyring-25.7.0.dist-info/direct_url.json", "linux", True),
    ],
)
def test_trimming(name: str, platform: str, dropped: bool) -> None:
    assert trim.is_dropped(name, platform) is dropped


def test_trimming_takes_no_plugin_that_is_wanted() -> None:
    for platform, plugins in check.PLUGINS.items():
        assert not [plugin for plugin in plugins if trim.is_dropped(f"PySide6/Qt/plugins/{plugin}", platform)]


@pytest.mark.skipif(sys.platform == "win32", reason="Python on Windows has no such module")
def test_without_facts_about_its_building_python_still_knows_time_zones(tmp_path: Path) -> None:
    """The frozen program imported none of what imports zoneinfo until one day it did, and nothing worked."""
    module = trim.write_build_facts(tmp_path)
    assert str(ROOT) not in module.read_text("utf-8")
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sysconfig, zoneinfo; sysconfig.get_config_vars(); print(zoneinfo.TZPATH)",
        ],
        env={"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "/usr/share/zoneinfo" in done.stdout or done.stdout.strip() == "()"


def test_the_hooks_left_out_are_hooks_that_there_are() -> None:
    """PyInstaller would run one that it calls otherwise, and nobody would notice."""
    folders = [
        Path(str(metadata.distribution(name).locate_file(module))) / "rthooks"
        for name, module in (
            ("pyinstaller", "PyInstaller/hooks"),
            ("pyinstaller-hooks-contrib", "_pyinstaller_hooks_contrib"),
        )
    ]
    there = {path.stem for folder in folders for path in folder.glob("*.py")}
    assert set(trim.RUNTIME_HOOKS) <= there


def test_a_missing_dll_is_told_once_for_each_file() -> None:
    needed = {
        "autocut-tray.exe": ["KERNEL32.dll", "api-ms-win-crt-runtime-l1-1-0.dll", "VCRUNTIME140.dll"],
        "_internal/av/error.pyd": ["avutil-60.dll", "python313.dll"],
    }
    assert lost(needed, ["vcruntime140.dll", "PYTHON313.dll", "avutil-60.dll"]) == {}
    assert lost(needed, ["python313.dll", "vcruntime140.dll"]) == {
        "_internal/av/error.pyd": ["avutil-60.dll"]
    }
    assert is_windows_own("WINSPOOL.DRV") and not is_windows_own("MSVCP140.dll")


def test_warnings_of_the_builder_that_matter() -> None:
    log = "\n".join(
        [
            "10 INFO: checking PYZ",
            "11 WARNING: Library ole32 required via ctypes not found",
            "12 WARNING: Failed to collect submodules for 'pyqtgraph.opengl' because importing raised",
            "13 WARNING: collect_data_files - skipping data collection for 'autocut_tray' as it is not a package.",
            '14 ERROR: Hidden import "uvicorn.loops.auto" not found',
        ]
    )
    assert [line.split(" ")[0] for line in freeze.serious(log)] == ["13", "14"]


def test_the_list_of_licences_is_whole() -> None:
    shipped = runtime.distributions()
    text = licences.render(shipped, "THE LICENCE OF PYTHON")
    for name, found in shipped.items():
        assert f"\n{name} {found.version} - " in text, name
        assert licences.licence_of(found) != "see below", name
        assert all(body.strip() for _, body in licences.texts_of(found)), name
    for words in (
        "THE LICENCE OF PYTHON",
        "GNU LESSER GENERAL PUBLIC LICENSE",
        "x264",
        "FFmpeg",
        "MIT License",
    ):
        assert words in text
    assert str(ROOT) not in text and sys.prefix not in text


def test_a_licence_from_whichever_field_says_it(tmp_path: Path) -> None:
    def package(*lines: str) -> metadata.Distribution:
        folder = tmp_path / f"a{len(list(tmp_path.iterdir()))}-1.dist-info"
        folder.mkdir()
        (folder / "METADATA").write_text(
            "\n".join(["Metadata-Version: 2.4", "Name: a", "Version: 1", *lines])
        )
        return metadata.Distribution.at(folder)

    assert licences.licence_of(package("License-Expression: MIT", "License: other")) == "MIT"
    assert licences.licence_of(package("Classifier: License :: OSI Approved :: BSD License")) == "BSD License"
    assert licences.licence_of(package("License: Apache 2")) == "Apache 2"
    assert licences.licence_of(package()) == "see below"


def test_traces_of_the_machine_are_found_in_files_and_archives(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import zipfile

    tree = tmp_path / "tree"
    (tree / "_internal").mkdir(parents=True)
    (tree / "_internal" / "clean.so").write_bytes(b"\x00/usr/lib\x00")
    (tree / "_internal" / "lib.so").write_bytes(b"\x00/srv/builder/python/lib\x00")
    with zipfile.ZipFile(tree / "_internal" / "base_library.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("os.pyc", b"/srv/builder/python/os.py" * 50)
    monkeypatch.setattr(machine, "programs", lambda _: [])
    found = machine.traces(tree, [Path("/srv/builder/python")])
    assert found == ["base_library.zip:os.pyc", "_internal/lib.so"]


@pytest.mark.skipif(sys.platform != "linux", reason="only there Python's folder is compiled in")
def test_pythons_folder_is_overwritten_in_its_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    dynload = tmp_path / "_internal" / "python3.11" / "lib-dynload"
    dynload.mkdir(parents=True)
    (dynload / "_x.so").write_bytes(b"\x00/srv/own/3.11.7\x00/srv/own/3.11.7/lib\x00/srv/own/other\x00")
    monkeypatch.setattr(sys, "base_prefix", "/srv/own/3.11.7")
    machine.clean(tmp_path)
    content = (dynload / "_x.so").read_bytes()
    # Whoever reads "3.11.7" from the end of that name still does.
    assert content == b"\x00/////////3.11.7\x00/////////3.11.7/lib\x00/srv/own/other\x00"
    assert machine.traces(tmp_path, [Path("/srv/own/3.11.7")]) == []


def test_names_of_downloads() -> None:
    assert names.artifact(".zip").name.startswith("AutoCutDirector-")
    assert names.platform_name().partition("-")[0] in ("windows", "linux", "macos")
