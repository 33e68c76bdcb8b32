"""Makes the frozen program in dist/, and looks it over.

python -m release.freeze            # make it and check it
python -m release.freeze --check    # check what is there, and try it as a person would
"""

from __future__ import annotations

import re
import subprocess
import sys

from release import check, licences, machine, names
from release.runtime import distributions

# PyInstaller goes on without what it does not find. These are not ours: other systems' libraries, optional parts.
_HARMLESS = re.compile(
    r"required via ctypes not found|Ignoring icon|pyqtgraph\.|setuptools|libqtiff|could not resolve 'libtiff"
)


def prepare() -> None:
    """Icons and the list of licences."""
    names.WORK.mkdir(exist_ok=True)
    subprocess.run([sys.executable, "-P", "-m", "release.icon", str(names.WORK)], check=True)
    names.LICENCES.write_text(licences.render(distributions(), licences.python_licence()), "utf-8")


def run_pyinstaller() -> list[str]:
    """Run it; returns its warnings that matter. Raises CalledProcessError."""
    log = names.WORK / "pyinstaller.log"
    command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--distpath", str(names.DIST)]
    command += ["--workpath", str(names.WORK / "pyinstaller"), str(names.SPEC)]
    with log.open("w", encoding="utf-8") as output:
        try:
            subprocess.run(command, cwd=names.ROOT, stdout=output, stderr=subprocess.STDOUT, check=True)
        except subprocess.CalledProcessError:
            print(*log.read_text("utf-8").splitlines()[-30:], sep="\n", file=sys.stderr)
            raise
    return serious(log.read_text("utf-8"))


def serious(log: str) -> list[str]:
    """Warnings of PyInstaller that mean something is not in the build."""
    return [
        line
        for line in log.splitlines()
        if (" WARNING: " in line or " ERROR: " in line) and not _HARMLESS.search(line)
    ]


def main(arguments: list[str]) -> int:
    """Make and check, or with ``--check`` check and try."""
    if arguments not in ([], ["--check"]):
        sys.exit("usage: dev.py freeze [--check]")
    if arguments:
        if not names.program().exists():
            sys.exit("There is no frozen program. Run `python3 dev.py freeze` first.")
        checked = check.main()
        return subprocess.call([sys.executable, "-P", "-m", "tests.smoke", "--frozen"]) or checked
    prepare()
    warnings = run_pyinstaller()
    print(*warnings, sep="\n", file=sys.stderr)
    machine.clean(names.TREE)
    return check.main() or int(bool(warnings))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
