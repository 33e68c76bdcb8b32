"""Whether a package index has every locked package as a Windows wheel at its locked version.

    python -m release.wheels [--python 3.13]        # asks the index that pip is set up with; downloads about 200 MB

Nothing is installed. Each file is checked against the lock's hashes, as at a real installation.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from packaging.markers import Marker

from release.names import ROOT

BUILT = frozenset({"gputil"})
"""Pure Python without a wheel: pip builds one on the spot, on every platform."""
WINDOWS = {
    "implementation_name": "cpython",
    "os_name": "nt",
    "platform_machine": "AMD64",
    "platform_python_implementation": "CPython",
    "platform_system": "Windows",
    "sys_platform": "win32",
}


def entries(lock: str) -> Iterator[tuple[str, str, str]]:
    """Name, marker (may be empty) and the whole text of each package of a lock file."""
    for block in re.split(r"\n(?=[A-Za-z0-9])", "\n" + lock):
        match = re.match(r"\s*([A-Za-z0-9._-]+)==[^\s;\\]+(?:\s*;\s*(.*?))?\s*\\\n", block)
        if match:
            yield match[1].lower(), (match[2] or "").strip(), block.strip()


def for_windows(lock: str, python: str) -> dict[str, str]:
    """The packages that Windows needs under this Python (``3.13``), each with its lines of the lock."""
    environment = WINDOWS | {"python_version": python, "python_full_version": f"{python}.0"}
    environment |= {"implementation_version": f"{python}.0"}
    return {
        name: text
        for name, marker, text in entries(lock)
        if not marker or Marker(marker).evaluate(dict(environment))
    }


def download(requirements: Iterable[str], python: str, folder: Path) -> int:
    """Fetch Windows wheels of exactly these; returns pip's exit status."""
    wanted = folder / "wanted.txt"
    wanted.write_text("\n".join(requirements) + "\n", "utf-8")
    options = ["--no-deps", "--require-hashes", "--only-binary=:all:", "--platform", "win_amd64"]
    options += ["--python-version", python, "--implementation", "cp", "--dest", str(folder), "--quiet"]
    return subprocess.call(
        [sys.executable, "-m", "pip", "--disable-pip-version-check", "download", *options, "-r", str(wanted)]
    )


def main(arguments: list[str]) -> int:
    """0 when there is a wheel for each."""
    parser = argparse.ArgumentParser(prog="dev.py installer --wheels")
    parser.add_argument("--python", default="3.13", help="which Python freezes on Windows")
    python = parser.parse_args(arguments).python
    # The markers are taken out: pip would evaluate them for the machine that it runs on.
    wanted = {
        name: re.sub(r"\s*;[^\\\n]*(?=\\\n)", " ", text, count=1)
        for name, text in for_windows((ROOT / "requirements.lock").read_text("utf-8"), python).items()
        if name not in BUILT
    }
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        status = download(wanted.values(), python, folder)
        wheels = sorted(folder.glob("*.whl"))
        size = sum(wheel.stat().st_size for wheel in wheels) / 2**20
    print(f"Python {python}: {len(wheels)} of {len(wanted)} packages have a Windows wheel ({size:.0f} MiB);")
    print(f"built from source on every platform: {', '.join(sorted(BUILT))}")
    return status or int(len(wheels) != len(wanted))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
