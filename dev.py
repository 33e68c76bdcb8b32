#!/usr/bin/env python3
"""Sets up, starts and checks AutoCut Director tray; needs only Python's standard library."""

import sys

if sys.version_info < (3, 11):  # noqa: UP036  older Pythons get this far and are told what is wrong
    sys.exit(
        "AutoCut Director tray needs Python 3.11 or newer; this is Python " + sys.version.split()[0] + "."
    )

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parent
LOCK = ROOT / "requirements.lock"
VENV = ROOT / ".venv"
STAMP = VENV / ".ready"
SCRIPTS = VENV / ("Scripts" if sys.platform == "win32" else "bin")
PYTHON = str(SCRIPTS / ("python.exe" if sys.platform == "win32" else "python"))

# `run` with one of these never shows a window, so Qt's system libraries are not asked for.
CLI_COMMANDS = """profile policy status scenes analyze describe jobs plan replay history drill alerts degrade
                  undo pin pull settings key cloud doctor export send report receipts memory memory-demo serve
                  quit licences --headless --help --version"""

Wanted = Mapping[
    str, tuple[str, ...]
]  # what must be there -> names of the package that brings it, newest first

# The shared objects that Qt and its xcb plugin load on Linux.
QT_LIBRARIES: Wanted = {
    "libGL.so.1": ("libgl1",),
    "libEGL.so.1": ("libegl1",),
    "libglib-2.0.so.0": ("libglib2.0-0t64", "libglib2.0-0"),  # renamed in Debian 13 and Ubuntu 24.04
    "libdbus-1.so.3": ("libdbus-1-3",),
    "libfontconfig.so.1": ("libfontconfig1",),
    "libxkbcommon-x11.so.0": ("libxkbcommon-x11-0",),
    "libxcb-cursor.so.0": ("libxcb-cursor0",),
    "libxcb-icccm.so.4": ("libxcb-icccm4",),
    "libxcb-keysyms.so.1": ("libxcb-keysyms1",),
    "libxcb-shape.so.0": ("libxcb-shape0",),
}
# What the tests' model server loads on Linux: its wheel brings no OpenMP.
MODEL_SERVER: Wanted = {"libgomp.so.1": ("libgomp1",)}
# What the tests on a real X server use; where it is not there, they are skipped and say so.
X_SERVER: Wanted = {
    "Xvfb": ("xvfb",),
    "openbox": ("openbox",),
    "tint2": ("tint2",),
    "xdotool": ("xdotool",),
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc": ("fonts-noto-cjk",),
}


# What the Windows installer is compiled with, and tried with where there is no Windows.
NSIS: Wanted = {"makensis": ("nsis",)}
WINE: Wanted = {"/usr/lib/wine/wine64": ("wine64",), "wine": ("wine",)}


def say(text: str) -> None:
    """Prints on stderr: stdout belongs to the program that is started."""
    print(f"dev.py: {text}", file=sys.stderr, flush=True)


def step(*command: str) -> bool:
    """Runs a set-up command with all its output on stderr; returns whether it succeeded."""
    return subprocess.call(command, stdout=2) == 0


# System packages of Debian and Ubuntu


def needs_qt(arguments: Iterable[str]) -> bool:
    """Tells whether the app, started with these arguments, shows a tray icon or a window."""
    return set(CLI_COMMANDS.split()).isdisjoint(arguments)


def loads(library: str) -> bool:
    """Tells whether the dynamic linker finds a shared object, wherever it came from."""
    import ctypes

    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def exists(program: str) -> bool:
    """Tells whether a program (a bare name) or a file (an absolute path) is there."""
    return Path(program).exists() if program.startswith("/") else shutil.which(program) is not None


def package_names(gaps: Wanted, known: frozenset[str]) -> list[str]:
    """Picks for each gap the first name that this release knows, else the oldest name."""
    return [next((name for name in names if name in known), names[-1]) for names in gaps.values()]


def known_to_apt(names: Iterable[str]) -> frozenset[str]:
    """Asks apt which of these packages this release has; none before the first `apt-get update`."""
    listing = subprocess.run(["apt-cache", "madison", *names], capture_output=True, text=True, check=False)
    return frozenset(line.split("|")[0].strip() for line in listing.stdout.splitlines())


def lists_are_missing() -> bool:
    """Tells whether apt has never fetched what its mirrors hold, as in a fresh image."""
    return not any(Path("/var/lib/apt/lists").glob("*_Packages*"))


def elevation(*, root: bool, has_sudo: bool, silent: Callable[[], bool], terminal: bool) -> list[str] | None:
    """Returns the prefix that gives a command root's rights; None where nobody can be asked for them."""
    if root:
        return []
    if has_sudo and silent():
        return ["sudo", "-n"]
    return ["sudo"] if has_sudo and terminal else None


def apt_install(packages: Iterable[str]) -> list[str]:
    """Builds the apt-get call, which asks nothing and waits for another apt to finish."""
    options = ["-y", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=300"]
    return ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "install", *options, *packages]


def by_hand(packages: Iterable[str], *, has_sudo: bool) -> str:
    """Words what a person has to run where this script may not."""
    update, install = "apt-get update", "apt-get install --no-install-recommends " + " ".join(packages)
    return f"sudo {update} && sudo {install}" if has_sudo else f"{update} && {install}    (as root)"


def provide(wanted: Wanted, present: Callable[[str], bool], purpose: str, *, ask: bool = True) -> bool:
    """Installs the packages that bring what is not present; returns whether everything is there at the end.

    Where it may not install, or apt fails, it says what to run and leaves it to the caller whether to go on.
    With `ask`, sudo may ask for a password at a terminal.
    """
    gaps = {thing: names for thing, names in wanted.items() if not present(thing)}
    if not gaps:
        return True
    if shutil.which("apt-get") is None:
        say(f"Missing for {purpose}, from this system's own packages: {', '.join(gaps)}")
        return False
    has_sudo = shutil.which("sudo") is not None
    prefix = elevation(
        root=sys.platform != "win32" and os.geteuid() == 0,
        has_sudo=has_sudo,
        silent=lambda: (
            subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode == 0
        ),
        terminal=ask and sys.stdin is not None and sys.stdin.isatty(),
    )
    update = partial(step, *(prefix or []), "apt-get", "update")
    first = lists_are_missing()
    if prefix is not None and first:
        update()
    packages = package_names(gaps, known_to_apt(name for names in gaps.values() for name in names))
    if prefix is None:
        say(f"Missing for {purpose}: system packages. Run:\n    {by_hand(packages, has_sudo=has_sudo)}")
        return False
    say(f"Installing for {purpose}: {' '.join(packages)}")
    install = partial(step, *prefix, *apt_install(packages))
    # Lists that are days old name files that the mirror has replaced since: refresh them and try once more.
    if not install() and (first or not update() or not install()):
        say(f"apt-get failed. To try by hand:\n    {by_hand(packages, has_sudo=has_sudo)}")
    return all(present(thing) for thing in gaps)


def provide_qt() -> None:
    """Sees to the libraries that Qt's wheels expect of a Linux system."""
    if sys.platform == "linux":
        provide(QT_LIBRARIES, loads, "the desktop app")


def provide_model_server() -> None:
    """Sees to the library of the tests' model server; without it they cannot pass."""
    if sys.platform == "linux":
        provide(MODEL_SERVER, loads, "the tests")


def provide_x_server() -> None:
    """Sees to the X server, window manager, tray and font of the desktop tests; asks nobody for them."""
    if sys.platform == "linux":
        provide(X_SERVER, exists, "the desktop tests", ask=False)


# The virtual environment


def fingerprint(lock: bytes, python: str, root: Path) -> str:
    """Names the environment of a lock file, a Python and a folder (an environment cannot be moved)."""
    return hashlib.sha256(b"\0".join([lock, python.encode(), os.fsencode(root)])).hexdigest()


def is_ready(expected: str, stamp: Path, python: Path) -> bool:
    """Tells whether an environment was finished for this fingerprint and its Python still exists."""
    try:
        return stamp.read_text("ascii") == expected and python.exists()
    except (FileNotFoundError, UnicodeDecodeError):
        return False


def path_line(root: Path) -> str:
    """Returns the `.pth` line that makes the packages in `root` importable.

    As code in ASCII: Python 3.11 and 3.12 read a plain path in the locale's encoding, which may not have the
    letters of this folder.
    """
    return f"import sys; sys.path.append({str(root)!a})\n"


def try_lock(descriptor: int) -> bool:
    """Takes an exclusive lock on an open file, or returns False at once; the system frees it on exit."""
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


@contextmanager
def sole_builder() -> Iterator[None]:
    """Waits until no other start is building `.venv`, then keeps others waiting."""
    VENV.mkdir(exist_ok=True)
    with (VENV / ".lock").open("a") as handle:
        if not try_lock(handle.fileno()):
            say("Another dev.py is setting up; waiting for it.")
            while not try_lock(handle.fileno()):
                time.sleep(0.2)
        yield


def has_venv() -> bool:
    """Tells whether this Python can make environments: Debian packs that part separately."""
    importlib.invalidate_caches()  # apt may have brought it a moment ago
    return all(importlib.util.find_spec(module) for module in ("venv", "ensurepip"))


def clear_venv() -> None:
    """Empties `.venv`, the stamp first and all but the lock file that this process holds."""
    STAMP.unlink(missing_ok=True)
    for entry in VENV.iterdir():
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        elif entry.name != ".lock":
            entry.unlink()


def build_venv() -> None:
    """Makes `.venv` anew with exactly what the lock file names, each package checked by its hash.

    Unchecked is only setuptools, which pip fetches for a moment to build GPUtil.
    """
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    packages = {"python3-venv": (f"python{version}-venv", "python3-venv")}
    if not provide(packages, lambda _: has_venv(), "the Python environment"):
        sys.exit("dev.py: Python's venv part is missing; install it as said above, then start again.")
    say("Setting up .venv: once, some minutes, about 900 MB.")
    clear_venv()
    # Made by the base Python: this one may live in the environment that was just emptied.
    made = step(getattr(sys, "_base_executable", sys.executable), "-m", "venv", str(VENV))
    # GPUtil has no wheel; --use-pep517 builds it alike with old and new versions of pip.
    options = ["--disable-pip-version-check", "--no-input", "--require-hashes", "--use-pep517"]
    made = made and step(PYTHON, "-m", "pip", "install", *options, "-r", str(LOCK))
    # Not `pip install -e`: that fetches a build backend that no hash in the lock vouches for, to write
    # metadata that goes stale with the next commit. A path file is all that importing needs.
    place = "import pathlib, sys, sysconfig; pathlib.Path(sysconfig.get_path('purelib'), 'autocut_tray.pth')"
    made = made and step(PYTHON, "-c", f"{place}.write_text(sys.argv[1], 'ascii')", path_line(ROOT))
    if not made:
        sys.exit("dev.py: Setting up .venv failed; the reason is above. The next start tries again.")


def ensure_venv() -> None:
    """Makes `.venv` fit the lock file; where it does already, that costs reading two files."""
    expected = fingerprint(LOCK.read_bytes(), f"{sys.implementation.cache_tag} {sys.platform}", ROOT)
    if is_ready(expected, STAMP, Path(PYTHON)):
        return
    try:
        with sole_builder():
            if not is_ready(expected, STAMP, Path(PYTHON)):
                build_venv()
                STAMP.write_text(expected, "ascii")
    except PermissionError as error:
        sys.exit(f"dev.py: .venv must be renewed but is in use, or not yours: {error}")


# Commands


def become(module: str, arguments: Iterable[str]) -> int:
    """Runs a module of `.venv` in place of this process; on Windows as a child, with its exit status.

    -P keeps the current folder, which holds footage and maybe somebody's scripts, off the import path.
    """
    command = [PYTHON, "-P", "-m", module, *arguments]
    if sys.platform != "win32":
        os.execv(PYTHON, command)
    child = subprocess.Popen(command)
    while True:
        try:
            return child.wait()
        except KeyboardInterrupt:
            continue  # the console sends Ctrl-C to the child as well, which ends in its own way


def run(arguments: list[str]) -> int:
    """Starts the app or one of its commands."""
    ensure_venv()
    if needs_qt(arguments):
        provide_qt()
    return become("autocut_tray", arguments)


def run_tool(module: str, arguments: list[str]) -> int:
    """Starts a measuring or picture-taking program of the tests."""
    ensure_venv()
    provide_qt()
    provide_model_server()
    provide_x_server()
    return become(module, arguments)


def freeze(arguments: list[str]) -> int:
    """Makes the frozen program in dist/, or with --check tries what is there."""
    ensure_venv()
    provide_qt()
    if arguments:
        provide_model_server()
        provide_x_server()
    return become("release.freeze", arguments)


def installer(arguments: list[str]) -> int:
    """Packs the frozen program.

    --try tries its installer under Wine, --try-here on Windows; --wheels asks for Windows' wheels.
    """
    ensure_venv()
    modules = {
        "--try": "release.try_installer",
        "--try-here": "release.try_here",
        "--wheels": "release.wheels",
    }
    module = modules.get(arguments[0] if arguments else "", "release.installer")
    if sys.platform == "linux" and (module == "release.try_installer" or "--nsis" in arguments):
        provide(NSIS if module == "release.installer" else NSIS | WINE, exists, "the Windows installer")
    return become(module, arguments[1:] if module != "release.installer" else arguments)


def is_closing(line: bytes) -> bool:
    """Recognises the line that pytest ends with: `=== 3 passed, 1 skipped in 0.50s ===`, coloured or not."""
    plain = re.sub(rb"\x1b\[[0-9;]*m", b"", line).strip(b"= \r\n")
    return re.fullmatch(rb"(no tests ran|\d+ \w+(, \d+ \w+)*) in [\d.]+s( \([\d:]+\))?", plain) is not None


def follow(command: list[str], environment: Mapping[str, str]) -> tuple[int, bytes]:
    """Runs a check and passes its output on; returns its exit status and pytest's closing line, held back."""
    closing = b""
    child = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    with child:
        for line in child.stdout or ():
            # Where a test's own output has such a line, only the last one closes the run.
            shown, closing = (closing, line) if is_closing(line) else (line, closing)
            sys.stdout.buffer.write(shown)
            sys.stdout.buffer.flush()
    return child.returncode, closing


def side_by_side() -> list[str]:
    """How pytest spreads the tests: half of them wait for servers and processes, so two more than there are cores."""
    return ["--numprocesses", str(min((os.cpu_count() or 1) + 2, 8)), "--dist", "worksteal"]


def check_everything(environment: Mapping[str, str]) -> int:
    """Runs every check, even after one has failed; ends with a line for each and pytest's closing line."""
    colour = "yes" if sys.stdout.isatty() else "no"
    checks = {
        "format": [PYTHON, "-m", "ruff", "format", "--check", "."],
        "lint": [PYTHON, "-m", "ruff", "check", "."],
        "types": [PYTHON, "-m", "mypy"],
        "imports": [str(SCRIPTS / "lint-imports")],
        "tests": [PYTHON, "-m", "pytest", *side_by_side(), f"--color={colour}"],
    }
    closing, failed, summary = b"", False, []
    for name, command in checks.items():
        print(f"--- {name}", flush=True)
        begin = time.monotonic()
        status, closing = follow(command, environment)
        failed |= status != 0
        outcome = "ok" if status == 0 else f"FAILED (exit status {status})"
        summary.append(f"{name:<8}{time.monotonic() - begin:6.1f} s  {outcome}")
    print(*summary, sep="\n", flush=True)
    sys.stdout.buffer.write(closing or b"pytest ended without its closing line\n")
    sys.stdout.buffer.flush()
    return int(failed)


def test(arguments: list[str]) -> int:
    """Runs every check and all tests; with arguments, only pytest with these."""
    ensure_venv()
    provide_qt()
    provide_model_server()
    provide_x_server()
    # A home of their own, so that no test can reach the settings and jobs of the person who runs them.
    with tempfile.TemporaryDirectory(prefix="autocut-test-", ignore_cleanup_errors=True) as home:
        fixed = {"AUTOCUT_HOME": home, "OPENBLAS_NUM_THREADS": "1"}
        environment = {"QT_QPA_PLATFORM": "offscreen"} | os.environ | fixed
        if arguments:
            return subprocess.call([PYTHON, "-m", "pytest", *arguments], cwd=ROOT, env=environment)
        # Their output goes through a pipe, for which Windows would choose an encoding that lacks letters.
        return check_everything(environment | {"PYTHONIOENCODING": "utf-8"})


def lock(arguments: list[str]) -> int:
    """Writes requirements.lock from pyproject.toml; keeps the versions in it that still fit."""
    if shutil.which("uv") is None:
        sys.exit("dev.py: `lock` needs the program uv.")
    command = "uv pip compile --quiet --universal --generate-hashes --python-version 3.11"
    groups = "--group dev --group freeze"
    clean = (
        "--no-emit-index-url --no-emit-find-links --output-file requirements.lock --custom-compile-command"
    )
    words = [
        *command.split(),
        *groups.split(),
        *clean.split(),
        "python3 dev.py lock",
        *arguments,
        "pyproject.toml",
    ]
    return subprocess.call(words, cwd=ROOT)


def commands(root: Path) -> dict[str, tuple[Callable[[list[str]], int], str]]:
    """Lists the commands that this checkout really has, each with its line of help."""
    table: dict[str, tuple[Callable[[list[str]], int], str]] = {
        "run": (run, "starts the app, or one of its commands: run analyze VIDEO --json"),
        "test": (test, "runs every check and all tests; with arguments, only pytest with these"),
        "lock": (lock, "writes requirements.lock from pyproject.toml (--upgrade: newest versions)"),
    }
    if (root / "build_installer.spec").is_file():
        table["freeze"] = (freeze, "makes the program for people without Python; --check tries it out")
        table["installer"] = (
            installer,
            "packs it: on Windows an installer, everywhere an archive, with checksums",
        )
    tools = {
        "bench": "measures speed and memory against the budgets",
        "soak": "kills the app again and again, feeds it damaged files, and uses its window for eight hours",
        "screenshots": "takes a picture of every window",
    }
    for name, text in tools.items():
        if any((root / "tests" / file).is_file() for file in (f"{name}.py", f"{name}/__main__.py")):
            table[name] = (partial(run_tool, f"tests.{name}"), text)
    return table


def main(arguments: list[str]) -> int:
    """Runs one command and returns its exit status."""
    table = commands(ROOT)
    name = arguments[0] if arguments else ""
    if name in table:
        return table[name][0](arguments[1:])
    asked = name in ("-h", "--help")
    lines = [f"  {command:<12} {text}" for command, (_, text) in table.items()]
    usage = [str(__doc__), "", "usage: python3 dev.py COMMAND [ARGUMENTS...]", "", *lines]
    print(*usage, sep="\n", file=sys.stdout if asked else sys.stderr)
    return 0 if asked else 2


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
