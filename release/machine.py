"""Traces of the machine that built it: finds them in a frozen program, and takes those out that Python brings."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from release.names import ROOT


def own_folders() -> list[Path]:
    """Folders of this machine whose names nobody else's copy may contain."""
    places = (ROOT, Path(sys.prefix), Path(sys.base_prefix))
    # Where Python is the system's own, its folder names nobody.
    return sorted({place for place in places if len(place.parts) > 2})


def traces(tree: Path, folders: Iterable[Path]) -> list[str]:
    """Names of the files, and of the modules inside of archives, in which one of the folders is named."""
    needles = [os.fsencode(folder) for folder in folders]
    home = os.fsencode(
        f"{Path.home()}{os.sep}"
    )  # of compiled Python only: the makers of wheels have homes, too
    found = [name for name, content in _files(tree) if any(needle in content for needle in needles)]
    found += [
        name for name, content in _modules(tree) if any(needle in content for needle in (*needles, home))
    ]
    return found


def _files(tree: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(tree.rglob("*")):
        if path.is_file() and not path.is_symlink():
            yield path.relative_to(tree).as_posix(), path.read_bytes()
            if path.suffix == ".zip":
                with zipfile.ZipFile(path) as archive:
                    for name in archive.namelist():
                        yield f"{path.name}:{name}", archive.read(name)


def _modules(tree: Path) -> Iterator[tuple[str, bytes]]:
    """The code of every module in the programs, as bytes with all its constants and file names."""
    import marshal

    for program in programs(tree):
        from PyInstaller.archive.readers import CArchiveReader

        archive = CArchiveReader(str(program))
        for name in archive.toc:
            if not name.lower().endswith(".pyz"):
                yield f"{program.name}:{name}", archive.extract(name)
                continue
            inner = archive.open_embedded_archive(name)
            for module in inner.toc:
                code = inner.extract(module)
                yield f"{program.name}:{module}", b"" if code is None else marshal.dumps(code)


def programs(tree: Path) -> list[Path]:
    """The programs that PyInstaller made: what lies beside ``_internal``."""
    beside = (path for path in tree.iterdir() if path.is_file())
    return sorted(path for path in beside if path.suffix == ".exe" or os.access(path, os.X_OK))


def clean(tree: Path) -> None:
    """Take the folder of the build machine's Python out of Python's own libraries; Linux only.

    There Python's folder is compiled in, as the place where a library or the standard library may be; the frozen
    program finds both beside itself. As many slashes take its place, so nothing moves. Python.org's builds for
    Windows and macOS name no folder of ours.

    The last part of the name stays: linkers keep one copy of strings that end alike, and where the folder is called
    "3.11.7" that is where Python's own version is read from.
    """
    if sys.platform != "linux":
        return
    shared = next(iter(sorted(tree.glob("_internal/libpython*.so*"))), None)
    if shared is not None and shutil.which("strip"):  # wheels' libraries break under it, Python's does not
        subprocess.run(["strip", "--strip-debug", str(shared)], check=True)
    if len(Path(sys.base_prefix).parts) <= 2:
        return
    head = os.fsencode(f"{Path(sys.base_prefix).parent}{os.sep}")
    folder = os.fsencode(sys.base_prefix)
    for path in (*tree.glob("_internal/libpython*"), *tree.glob("_internal/python3.*/lib-dynload/*.so")):
        content = path.read_bytes()
        if folder in content:
            path.write_bytes(content.replace(folder, b"/" * len(head) + folder.removeprefix(head)))
