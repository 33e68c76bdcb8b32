"""The list of everything from others that the frozen program contains, with its licences in full."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from importlib import metadata
from pathlib import Path

from release.names import ROOT

RULE = "=" * 100
_LICENCE_FILES = ("licen", "copying", "notice", "authors", "copyright")
_MOST_BYTES = 400_000

NATIVE = """The package av contains the libraries of FFmpeg and what they are built with, among them x264 and x265,
which are under the GNU General Public License, version 2 or later (https://ffmpeg.org/legal.html,
https://www.videolan.org/developers/x264.html, https://www.x265.org).
PySide6-Essentials contains the libraries of Qt under the GNU Lesser General Public License, version 3
(https://doc.qt.io/qt-6/licensing.html); they are separate files that may be replaced.
The package numpy contains OpenBLAS under the BSD licence."""


def render(distributions: Mapping[str, metadata.Distribution], python_licence: str) -> str:
    """The whole list as text: an overview, then each licence text."""
    overview = [
        f"{name} {found.version} - {licence_of(found)}{_home(found)}" for name, found in distributions.items()
    ]
    python = f"Python {sys.version.split()[0]} - PSF-2.0 - https://www.python.org"
    builder = "PyInstaller's start program - GPL-2.0-or-later with an exception that allows any use - https://pyinstaller.org"
    parts = ["AutoCut Director contains:", "", python, builder, *overview, "", NATIVE, ""]
    parts += [RULE, "Python", RULE, python_licence.strip(), ""]
    for name, found in distributions.items():
        for title, text in texts_of(found):
            parts += [RULE, f"{name} {found.version}: {title}", RULE, text.strip(), ""]
    # Qt's wheels name their licence and bring no text of it, nor does av bring those of its libraries.
    for file in sorted((ROOT / "release" / "texts").glob("*.txt")):
        parts += [RULE, file.stem, RULE, file.read_text("utf-8").strip(), ""]
    return "\n".join(parts)


def licence_of(distribution: metadata.Distribution) -> str:
    """The licence by its short name, from whichever field of the metadata says it; ``see below`` when none does."""
    expression = _field(distribution, "License-Expression")
    if expression:
        return expression
    classified = [
        line.rsplit("::", 1)[1].strip()
        for line in distribution.metadata.get_all("Classifier") or ()
        if line.startswith("License ::") and not line.endswith("OSI Approved")
    ]
    if classified:
        return ", ".join(classified)
    said = _field(distribution, "License")
    return said if said and "\n" not in said and len(said) < 80 else "see below"


def texts_of(distribution: metadata.Distribution) -> Iterator[tuple[str, str]]:
    """Name and text of each licence file that the package brought; of its metadata where it brought none."""
    found = False
    for file in sorted(distribution.files or (), key=str):
        path = Path(str(file))
        inside = any(part.endswith(".dist-info") for part in path.parts)
        if not inside or not is_licence_file(path.name) or path.suffix in (".py", ".pyc"):
            continue
        text = file.read_binary()[:_MOST_BYTES].decode("utf-8", "replace")
        found = True
        yield path.name, text
    if not found:
        yield "as its metadata says", _field(distribution, "License") or licence_of(distribution)


def is_licence_file(name: str) -> bool:
    """Tells whether a file's name is one that licences have."""
    return name.lower().startswith(_LICENCE_FILES)


def _field(distribution: metadata.Distribution, name: str) -> str:
    """A field of the metadata; empty where it is not there."""
    return str((distribution.metadata.get_all(name) or [""])[0]).strip()


def _home(distribution: metadata.Distribution) -> str:
    """Where it comes from, as it says itself: its home page, else its source."""
    places = {"homepage": _field(distribution, "Home-page")}
    for line in distribution.metadata.get_all("Project-URL") or ():
        label, _, address = line.partition(",")
        places[label.strip().lower()] = address.strip()
    wanted = ("homepage", "home", "source", "source code", "repository", "documentation")
    found = next((places[label] for label in wanted if places.get(label, "").startswith("https://")), "")
    return f" - {found}" if found else ""


def python_licence() -> str:
    """The licence text of the Python that is shipped. Raises FileNotFoundError where it came without one."""
    import sysconfig

    places = (Path(sysconfig.get_path("stdlib")), Path(sys.base_prefix))
    for file in (place / "LICENSE.txt" for place in places):
        if file.is_file():
            return file.read_text("utf-8")
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    debian = Path(f"/usr/share/doc/python{version}/copyright")
    if debian.is_file():
        return debian.read_text("utf-8")
    raise FileNotFoundError(f"this Python ({sys.version.split()[0]}) came without its licence")
