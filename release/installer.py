"""Makes what people download: the Windows installer, the portable archive, and their checksums.

python -m release.installer              # for this platform, from the frozen program in dist/
python -m release.installer --nsis TREE -o setup.exe [--fast] [--amd64] [--version 1.2.3]   # any tree, any platform
"""

from __future__ import annotations

import argparse
import hashlib
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterable
from pathlib import Path

from autocut_tray import __version__
from autocut_tray.core.paths import PORTABLE_HOME, PORTABLE_MARK
from release import names, version_info, video_types

SUMS = "SHA256SUMS.txt"
_PORTABLE_TEXT = f"""AutoCut Director keeps settings, results and logs in the folder {PORTABLE_HOME} beside this file.
Without this file it keeps them in your user profile.

AutoCut Director 会把设置、分析结果和日志保存在本文件旁边的 {PORTABLE_HOME} 文件夹中。
删除本文件后，它们会保存在你的用户目录中。
"""
_PLACES = (r"C:\Program Files (x86)\NSIS\makensis.exe", r"C:\Program Files\NSIS\makensis.exe")


def find_makensis() -> str | None:
    """The NSIS compiler, on the path or where its own installer puts it."""
    return shutil.which("makensis") or next((place for place in _PLACES if Path(place).is_file()), None)


def nsis_command(
    makensis: str,
    tree: Path,
    out: Path,
    *,
    version: str = __version__,
    fast: bool = False,
    amd64: bool = False,
) -> list[str]:
    """How the installer is compiled. ``fast``: weaker compression; ``amd64``: a 64-bit installer, for Wine."""
    values = {
        "VERSION": version,
        "VERSION4": ".".join(map(str, version_info.numbers(version))),
        "DIST": str(tree.absolute()),
        "OUT": str(out.absolute()),
        "ICON": str(names.ICO),
        "WORK": str(names.WORK),
    }
    defines = [f"-D{name}={value}" for name, value in values.items()]
    defines += ["-DFAST"] * fast + ["-DAMD64"] * amd64
    return [makensis, "-V2", "-WX", "-INPUTCHARSET", "UTF8", *defines, str(names.INSTALLER)]


def build_setup(
    tree: Path, out: Path, *, version: str = __version__, fast: bool = False, amd64: bool = False
) -> None:
    """Compile the installer of a frozen Windows program; ends with a sentence where NSIS is missing."""
    makensis = find_makensis()
    if makensis is None:
        sys.exit(
            "NSIS is missing. Install it (Debian: apt-get install nsis, Windows: winget install NSIS.NSIS)."
        )
    names.WORK.mkdir(exist_ok=True)
    (names.WORK / "video_types.nsh").write_text(video_types.include(), "utf-8")
    if not names.ICO.is_file():
        subprocess.run([sys.executable, "-m", "release.icon", str(names.WORK)], check=True)
    out.parent.mkdir(parents=True, exist_ok=True)
    command = nsis_command(makensis, tree, out, version=version, fast=fast, amd64=amd64)
    if subprocess.call(command) != 0:
        sys.exit("The installer was not made; the reason is above.")


def pack_portable(tree: Path, out: Path) -> None:
    """An archive with one folder that runs from anywhere and keeps everything in itself.

    Zip for Windows; elsewhere tar, which knows links and which files are programs.
    """
    root = names.TITLE.replace(" ", "")
    note = names.WORK / PORTABLE_MARK
    names.WORK.mkdir(exist_ok=True)
    note.write_text(_PORTABLE_TEXT, "utf-8")
    files = [(path, f"{root}/{path.relative_to(tree).as_posix()}") for path in sorted(tree.rglob("*"))]
    files.append((note, f"{root}/{PORTABLE_MARK}"))
    if out.suffix == ".zip":
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
            for path, name in files:
                if path.is_file():
                    archive.write(path, name)
        return
    with tarfile.open(out, "w:gz") as tar:
        for path, name in files:
            if path.is_symlink() or not path.is_dir():
                tar.add(path, name, recursive=False, filter=_anonymous)


def _anonymous(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    """Without the account of whoever built it."""
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    return entry


def checksums(files: Iterable[Path]) -> str:
    """Lines as ``sha256sum -c`` reads them."""
    lines = []
    for file in sorted(files):
        with file.open("rb") as opened:
            lines.append(f"{hashlib.file_digest(opened, 'sha256').hexdigest()}  {file.name}\n")
    return "".join(lines)


def main(arguments: list[str]) -> int:
    """Make everything for this platform, or with ``--nsis`` one setup."""
    parser = argparse.ArgumentParser(
        prog="dev.py installer", description="Makes installer and portable archive."
    )
    parser.add_argument(
        "--nsis", type=Path, metavar="TREE", help="compile a setup of this folder, nothing else"
    )
    parser.add_argument("-o", "--output", type=Path, default=names.DIST / "AutoCutDirector-setup.exe")
    parser.add_argument("--version", default=__version__)
    parser.add_argument("--fast", action="store_true", help="weaker compression, for trying")
    parser.add_argument("--amd64", action="store_true", help="a 64-bit setup, for Wine")
    options = parser.parse_args(arguments)
    if options.nsis is not None:
        build_setup(
            options.nsis, options.output, version=options.version, fast=options.fast, amd64=options.amd64
        )
        return 0
    if not names.program().exists():
        sys.exit("There is no frozen program. Run `python3 dev.py freeze` first.")
    made = [names.artifact("-portable.zip" if sys.platform == "win32" else ".tar.gz")]
    pack_portable(names.TREE, made[0])
    if sys.platform == "win32":
        made.append(names.artifact("-setup.exe"))
        build_setup(names.TREE, made[1], fast=options.fast)
    (names.DIST / SUMS).write_text(checksums(made), "ascii")
    for file in made:
        print(f"{file.relative_to(names.ROOT)}  {file.stat().st_size / 2**20:.0f} MiB")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
