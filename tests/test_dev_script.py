"""What `dev.py` decides before it acts: which libraries, packages, rights and environment a start needs."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).resolve().parent.parent / "dev.py"


def _load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("dev_script", SCRIPT)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


dev = _load()


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], True),
        (["--quit-after", "tray"], True),
        (["--selftest", "out"], True),
        (["clip.mp4"], True),
        (["profile", "--json"], False),
        (["policy", "--profile", "p.json"], False),
        (["--lang", "zh-CN", "status"], False),
        (["scenes", "--json", "--", "-odd name.mp4"], False),
        (["analyze", "clip.mp4"], False),
        (["jobs"], False),
        (["replay", "x"], False),
        (["degrade", "cpu", "--reason", "hot"], False),
        (["undo"], False),
        (["doctor"], False),
        (["export", "7"], False),
        (["report", "--format", "json"], False),
        (["memory-demo", "--demo", "all"], False),
        (["serve"], False),
        (["--headless"], False),
        (["--help"], False),
        (["--version"], False),
    ],
)
def test_only_what_shows_a_window_needs_qt(arguments: list[str], expected: bool) -> None:
    assert dev.needs_qt(arguments) is expected


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        ({"libglib2.0-0", "libgl1"}, ["libglib2.0-0", "libgl1"]),  # Debian 12
        ({"libglib2.0-0t64", "libgl1"}, ["libglib2.0-0t64", "libgl1"]),  # Debian 13, Ubuntu 24.04
        ({"libglib2.0-0t64", "libglib2.0-0"}, ["libglib2.0-0t64", "libgl1"]),  # both: the newer
        (set(), ["libglib2.0-0", "libgl1"]),  # apt knows nothing yet: the name that is still provided
    ],
)
def test_package_names_follow_the_release(known: set[str], expected: list[str]) -> None:
    gaps = {name: dev.QT_LIBRARIES[name] for name in ("libglib-2.0.so.0", "libGL.so.1")}
    assert dev.package_names(gaps, frozenset(known)) == expected


@pytest.mark.parametrize(
    ("root", "has_sudo", "silent", "terminal", "expected"),
    [
        (True, False, False, False, []),
        (True, True, True, True, []),
        (False, True, True, False, ["sudo", "-n"]),
        (False, True, True, True, ["sudo", "-n"]),
        (False, True, False, True, ["sudo"]),
        (False, True, False, False, None),
        (False, False, False, True, None),
    ],
)
def test_rights(root: bool, has_sudo: bool, silent: bool, terminal: bool, expected: list[str] | None) -> None:
    assert dev.elevation(root=root, has_sudo=has_sudo, silent=lambda: silent, terminal=terminal) == expected


def test_sudo_is_not_tried_where_it_is_not_there() -> None:
    def fail() -> bool:
        raise AssertionError("asked sudo")

    assert dev.elevation(root=False, has_sudo=False, silent=fail, terminal=True) is None
    assert dev.elevation(root=True, has_sudo=True, silent=fail, terminal=True) == []


def test_apt_asks_nothing_and_waits_for_another_apt() -> None:
    command = dev.apt_install(["libgl1", "libegl1"])
    assert command[:4] == ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "install"]
    assert command[-2:] == ["libgl1", "libegl1"]
    assert {"-y", "--no-install-recommends", "DPkg::Lock::Timeout=300"} <= set(command)


def test_advice_can_be_pasted() -> None:
    with_sudo = dev.by_hand(["libgl1"], has_sudo=True)
    assert with_sudo == "sudo apt-get update && sudo apt-get install --no-install-recommends libgl1"
    without = dev.by_hand(["libgl1"], has_sudo=False)
    assert without.startswith("apt-get update && apt-get install") and without.endswith("(as root)")


class Machine:
    """A Debian machine for `provide`: what is installed, what apt knows, and the commands that were run."""

    def __init__(
        self, monkeypatch: pytest.MonkeyPatch, *, rights: list[str] | None, apt: bool = True
    ) -> None:
        self.present: set[str] = set()
        self.commands: list[list[str]] = []
        self.failures = 0
        self.works = True
        monkeypatch.setattr(dev.shutil, "which", lambda name: f"/usr/bin/{name}" if apt else None)
        monkeypatch.setattr(dev, "elevation", lambda **_: rights)
        monkeypatch.setattr(dev, "known_to_apt", lambda _: frozenset({"libgl1", "libegl1"}))
        monkeypatch.setattr(dev, "lists_are_missing", lambda: False)
        monkeypatch.setattr(dev, "step", self.step)

    def step(self, *command: str) -> bool:
        self.commands.append(list(command))
        if "install" in command:
            if self.failures:
                self.failures -= 1
                return False
            if self.works:
                self.present |= {"libGL.so.1", "libEGL.so.1"}
        return True

    def provide(self) -> bool:
        wanted = {"libGL.so.1": ("libgl1",), "libEGL.so.1": ("libegl1",)}
        return bool(dev.provide(wanted, self.present.__contains__, "the desktop app"))

    def verbs(self) -> list[str]:
        return [next(word for word in command if word in ("update", "install")) for command in self.commands]


def test_nothing_happens_where_everything_is_there(monkeypatch, capsys) -> None:
    machine = Machine(monkeypatch, rights=[])
    machine.present = {"libGL.so.1", "libEGL.so.1"}
    assert machine.provide()
    assert machine.commands == []
    assert capsys.readouterr() == ("", "")


def test_only_what_is_missing_is_installed(monkeypatch, capsys) -> None:
    machine = Machine(monkeypatch, rights=["sudo", "-n"])
    machine.present = {"libGL.so.1"}
    assert machine.provide()
    assert machine.commands == [["sudo", "-n", *dev.apt_install(["libegl1"])]]
    assert capsys.readouterr().out == ""


def test_empty_lists_are_fetched_first(monkeypatch) -> None:
    machine = Machine(monkeypatch, rights=[])
    monkeypatch.setattr(dev, "lists_are_missing", lambda: True)
    assert machine.provide()
    assert machine.verbs() == ["update", "install"]


def test_old_lists_are_refreshed_once(monkeypatch) -> None:
    machine = Machine(monkeypatch, rights=[])
    machine.failures = 1
    assert machine.provide()
    assert machine.verbs() == ["install", "update", "install"]


def test_a_failing_apt_ends_in_advice(monkeypatch, capsys) -> None:
    machine = Machine(monkeypatch, rights=[])
    machine.failures = 2
    assert not machine.provide()
    assert machine.verbs() == ["install", "update", "install"]
    assert dev.by_hand(["libgl1", "libegl1"], has_sudo=True) in capsys.readouterr().err


def test_an_install_that_brings_nothing_is_not_believed(monkeypatch) -> None:
    machine = Machine(monkeypatch, rights=[])
    machine.works = False
    assert not machine.provide()


def test_without_rights_it_only_says_what_to_run(monkeypatch, capsys) -> None:
    machine = Machine(monkeypatch, rights=None)
    assert not machine.provide()
    assert machine.commands == []
    out, err = capsys.readouterr()
    assert out == ""
    assert dev.by_hand(["libgl1", "libegl1"], has_sudo=True) in err


def test_without_apt_it_names_the_libraries(monkeypatch, capsys) -> None:
    machine = Machine(monkeypatch, rights=[], apt=False)
    assert not machine.provide()
    assert "libGL.so.1, libEGL.so.1" in capsys.readouterr().err


def test_loading_a_library_tells_the_truth() -> None:
    assert not dev.loads("libno-such-thing-here.so.0")
    if sys.platform == "linux":
        assert dev.loads("libc.so.6")


def test_programs_and_files_are_found(tmp_path: Path) -> None:
    font = tmp_path / "font.ttc"
    assert not dev.exists(font.as_posix()) or not font.is_absolute()
    font.touch()
    if os.name == "posix":
        assert dev.exists(font.as_posix())
    assert not dev.exists("no-such-program-here")


def test_the_fingerprint_changes_with_lock_python_and_folder() -> None:
    here = Path("/somewhere/app")
    names = {
        dev.fingerprint(b"a==1", "cpython-311 linux", here),
        dev.fingerprint(b"a==2", "cpython-311 linux", here),
        dev.fingerprint(b"a==1", "cpython-312 linux", here),
        dev.fingerprint(b"a==1", "cpython-311 linux", here / "moved"),
    }
    assert len(names) == 4
    assert dev.fingerprint(b"a==1", "cpython-311 linux", here) in names


@pytest.mark.parametrize(
    ("stamp", "python", "expected"),
    [
        (b"abc", True, True),
        (b"abd", True, False),  # another lock, Python or folder
        (b"ab", True, False),  # the write was cut short
        (b"\xff", True, False),
        (None, True, False),  # the set-up was interrupted
        (b"abc", False, False),  # the Python below it was removed
    ],
)
def test_an_environment_is_ready_only_when_finished(
    tmp_path: Path, stamp: bytes | None, python: bool, expected: bool
) -> None:
    interpreter, written = tmp_path / "python", tmp_path / ".ready"
    if stamp is not None:
        written.write_bytes(stamp)
    if python:
        interpreter.touch()
    assert dev.is_ready("abc", written, interpreter) is expected


def test_clearing_keeps_the_lock_and_follows_no_link(tmp_path: Path, monkeypatch) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "mine.txt").touch()
    venv = tmp_path / ".venv"
    (venv / "lib").mkdir(parents=True)
    for name in (".lock", ".ready", "lib/module.py"):
        (venv / name).touch()
    if os.name == "posix":
        (venv / "lib64").symlink_to(outside)
    monkeypatch.setattr(dev, "VENV", venv)
    monkeypatch.setattr(dev, "STAMP", venv / ".ready")
    dev.clear_venv()
    assert [entry.name for entry in venv.iterdir()] == [".lock"]
    assert (outside / "mine.txt").exists()


@pytest.mark.skipif(os.name != "posix", reason="flock is between descriptors, msvcrt between processes")
def test_one_builder_at_a_time(tmp_path: Path) -> None:
    path = tmp_path / ".lock"
    with path.open("a") as first, path.open("a") as second:
        assert dev.try_lock(first.fileno())
        assert not dev.try_lock(second.fileno())
        first.close()
        assert dev.try_lock(second.fileno())


@pytest.mark.parametrize("folder", ["plain", "with blank", "影片 素材", "it's", 'a"b'])
def test_the_path_file_finds_any_folder_in_any_locale(tmp_path: Path, folder: str) -> None:
    root = tmp_path / folder.replace('"', "" if os.name == "nt" else '"')
    root.mkdir()
    line = dev.path_line(root)
    assert line.isascii()
    assert line.startswith("import ") and line.count("\n") == 1  # else `site` takes it for a path
    code = f"{line}print(ascii(sys.path[-1]))"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert shown.strip() == ascii(str(root))


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (b"============ 3 passed in 0.50s ============\n", True),
        (b"== 1 failed, 3 passed, 1 skipped, 2 warnings in 63.10s (0:01:03) ==\r\n", True),
        (b"3 passed in 0.50s\n", True),
        (b"no tests ran in 0.01s\n", True),
        (b"\x1b[32m==== \x1b[32m\x1b[1m3 passed\x1b[0m\x1b[32m in 0.50s\x1b[0m\x1b[32m ====\x1b[0m\n", True),
        (b"========= short test summary info =========\n", False),
        (b"FAILED tests/x.py::test_y - 1 in 2s\n", False),
        (b"tests/test_x.py ....   [100%]\n", False),
        (b"Found 3 errors in 1 file (checked 9 source files)\n", False),
        (b"\n", False),
    ],
)
def test_the_closing_line_is_recognised(line: bytes, expected: bool) -> None:
    assert dev.is_closing(line) is expected


def test_the_closing_line_comes_last_and_every_check_is_named(monkeypatch, capfdbinary) -> None:
    def follow(command: list[str], environment: dict[str, str]) -> tuple[int, bytes]:
        if "pytest" in command:
            return 0, b"== 5 passed in 1.00s ==\n"
        return (1, b"") if "mypy" in command else (0, b"")

    monkeypatch.setattr(dev, "follow", follow)
    assert dev.check_everything({}) == 1
    lines = capfdbinary.readouterr().out.decode().splitlines()
    assert lines[-1] == "== 5 passed in 1.00s =="
    summary = {line.split()[0]: line for line in lines[-6:-1]}
    assert list(summary) == ["format", "lint", "types", "imports", "tests"]
    assert "FAILED" in summary["types"] and summary["lint"].endswith("ok")


def test_following_a_check_holds_back_only_the_last_closing_line(capfdbinary) -> None:
    script = (
        "print('a'); print('== 1 passed in 0.1s =='); print('b'); print('== 2 passed in 0.2s =='); exit(3)"
    )
    status, closing = dev.follow([sys.executable, "-c", script], dict(os.environ))
    assert status == 3
    assert closing.strip() == b"== 2 passed in 0.2s =="
    assert capfdbinary.readouterr().out.split() == b"a b == 1 passed in 0.1s ==".split()


def test_help_promises_only_what_is_there(tmp_path: Path) -> None:
    assert set(dev.commands(tmp_path)) == {"run", "test", "lock"}
    (tmp_path / "tests" / "bench").mkdir(parents=True)
    (tmp_path / "tests" / "bench" / "__main__.py").touch()
    (tmp_path / "tests" / "screenshots.py").touch()
    (tmp_path / "tests" / "soak").mkdir()
    assert set(dev.commands(tmp_path)) == {"run", "test", "lock", "bench", "screenshots"}


def test_help_goes_where_it_was_asked_for(capsys) -> None:
    assert dev.main(["--help"]) == 0
    out, err = capsys.readouterr()
    assert "usage: python3 dev.py" in out and err == ""
    for wrong in ([], ["rnu"]):
        assert dev.main(wrong) == 2
        out, err = capsys.readouterr()
        assert out == "" and "usage: python3 dev.py" in err


def test_an_old_python_is_told_so_in_one_line() -> None:
    pretend = "import sys; sys.version_info = (3, 10, 9); sys.version = '3.10.9 (x)'"
    script = f"{pretend}; exec(open({str(SCRIPT)!r}, encoding='utf-8').read())"
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert result.returncode == 1
    assert result.stderr.strip().count("\n") == 0
    assert "3.11 or newer" in result.stderr and "3.10.9" in result.stderr


def test_the_lock_is_for_every_machine() -> None:
    text = (SCRIPT.parent / "requirements.lock").read_text("utf-8")
    assert "://" not in text  # no address of an index
    assert "@ file" not in text and "+cpu" not in text  # nothing that only one machine has
    blocks = [block for block in text.split("\n") if "==" in block and not block.startswith((" ", "#"))]
    assert len(blocks) > 20
    for package in ("pyside6-essentials", "av", "numpy", "psutil"):
        start = text.index(f"\n{package}==")
        following = text[start : text.find("    # via", start)]
        assert following.count("--hash=sha256:") >= 5, package  # a wheel for each system
