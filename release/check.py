"""Looks a frozen program over without starting it: all that it needs, nothing of others, nothing of this machine."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from release import libraries, machine, names
from release.runtime import distributions, foreign_modules

PACKAGE = names.ROOT / "autocut_tray"
SIZE_MIB: Mapping[str, int] = {"win32": 240, "linux": 330, "darwin": 330}
"""How large the folder may become. Without OpenCV; with it, it was 467 MiB on Linux before (see the README)."""

# Qt loads these by name; without the first there is no window.
PLUGINS: Mapping[str, tuple[str, ...]] = {
    "linux": (
        "platforms/libqxcb.so", "platforms/libqwayland.so", "platforms/libqoffscreen.so",
        "xcbglintegrations/libqxcb-glx-integration.so", "platforminputcontexts/libibusplatforminputcontextplugin.so",
        "imageformats/libqjpeg.so", "imageformats/libqsvg.so", "iconengines/libqsvgicon.so",
    ),
    "win32": (
        "platforms/qwindows.dll", "platforms/qoffscreen.dll", "styles/qmodernwindowsstyle.dll",
        "imageformats/qjpeg.dll", "imageformats/qsvg.dll", "iconengines/qsvgicon.dll",
    ),
    "darwin": (
        "platforms/libqcocoa.dylib", "platforms/libqoffscreen.dylib", "styles/libqmacstyle.dylib",
        "imageformats/libqjpeg.dylib", "imageformats/libqsvg.dylib", "iconengines/libqsvgicon.dylib",
    ),
}  # fmt: skip


def resources(package: Path = PACKAGE) -> list[str]:
    """Every file of the package that is no code, as it must lie in the build."""
    files = (path for path in package.rglob("*") if path.is_file())
    return sorted(
        path.relative_to(package.parent).as_posix()
        for path in files
        if path.suffix not in (".py", ".pyc", ".pyi")
    )


def missing_resources(tree: Path) -> list[str]:
    wanted = [*resources(), f"autocut_tray/resources/{names.LICENCES.name}"]
    return [f"missing: {name}" for name in wanted if not (tree / "_internal" / name).is_file()]


def missing_plugins(tree: Path) -> list[str]:
    folders = [path for path in (tree / "_internal" / "PySide6").rglob("plugins") if path.is_dir()]
    wanted = PLUGINS[sys.platform]
    return [f"missing plugin: {name}" for name in wanted if not any((at / name).exists() for at in folders)]


def missing_modules(modules: Iterable[str]) -> list[str]:
    """Modules of ours that PyInstaller has not found."""
    inside = set(modules)
    ours = (path.relative_to(names.ROOT).with_suffix("") for path in PACKAGE.rglob("*.py"))
    dotted = (".".join(path.parts).removesuffix(".__init__") for path in ours)
    return [f"missing module: {name}" for name in dotted if name not in inside and name[-8:] != "__main__"]


def modules_of(tree: Path) -> set[str]:
    """Names of all modules in the program's archive."""
    from PyInstaller.archive.readers import CArchiveReader

    archive = CArchiveReader(str(names.program(tree)))
    (inner,) = (name for name in archive.toc if name.lower().endswith(".pyz"))
    return set(archive.open_embedded_archive(inner).toc)


def strangers(tree: Path, modules: Iterable[str]) -> list[str]:
    """Packages that only tests and builders need."""
    top = {name.partition(".")[0] for name in modules}
    top |= {path.name.split(".")[0] for path in (tree / "_internal").iterdir()}
    foreign = foreign_modules(distributions()) - {"autocut_tray"}
    return [f"does not belong here: {name}" for name in sorted(top & foreign)]


def size_mib(tree: Path) -> float:
    files = (path for path in tree.rglob("*") if path.is_file() and not path.is_symlink())
    return sum(path.stat().st_size for path in files) / 2**20


def too_large(tree: Path) -> list[str]:
    size, limit = size_mib(tree), SIZE_MIB[sys.platform]
    return [f"{size:.0f} MiB, more than {limit}"] if size > limit else []


def main(tree: Path = names.TREE) -> int:
    """Print what is wrong; 0 when nothing is."""
    modules = modules_of(tree)
    loads: Mapping[str, Callable[[Path], list[str]]] = {
        "win32": libraries.windows_problems,
        "darwin": libraries.mac_problems,
        "linux": libraries.linux_problems,
    }
    checks = {
        "resources": missing_resources(tree),
        "modules": missing_modules(modules),
        "plugins": missing_plugins(tree),
        "libraries": loads[sys.platform](tree),
        "only what is needed": strangers(tree, modules),
        "no trace of this machine": [
            f"names a folder of it: {name}" for name in machine.traces(tree, machine.own_folders())
        ],
        f"size {size_mib(tree):.0f} MiB": too_large(tree),
    }
    for name, problems in checks.items():
        print(f"{'ok    ' if not problems else 'FAIL  '}{name}", *problems, sep="\n        ", flush=True)
    return int(any(checks.values()))


if __name__ == "__main__":
    sys.exit(main())
