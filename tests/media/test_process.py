"""Programs of our own: how they are started, what they inherit, how they end."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from autocut_tray.core import process
from autocut_tray.core.process import MEDIA_WORKER, OwnProcess, own_command, own_environment

linux = pytest.mark.skipif(sys.platform != "linux", reason="of Linux only")
posix = pytest.mark.skipif(sys.platform == "win32", reason="process groups of POSIX")


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def wait_until(condition, seconds: float = 5.0) -> bool:  # type: ignore[no-untyped-def]
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.01)
    return False


def test_the_command_from_source_and_frozen(monkeypatch: pytest.MonkeyPatch) -> None:
    assert own_command(MEDIA_WORKER, "7") == [sys.executable, "-P", "-m", "autocut_tray", "media-worker", "7"]
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert own_command(MEDIA_WORKER, "7") == [sys.executable, "media-worker", "7"]


def test_the_installed_window_starts_the_program_with_streams(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = tmp_path / "autocut-director.exe"
    assert process.terminal_program(window) == window, "nothing but the window's program is there"
    (tmp_path / "autocut-tray.exe").touch()
    assert process.terminal_program(window) == window, "elsewhere than on Windows one program does both"
    monkeypatch.setattr(process.os, "name", "nt")
    assert process.terminal_program(window) == tmp_path / "autocut-tray.exe"
    assert process.window_program(tmp_path / "autocut-tray.exe") == tmp_path / "autocut-tray.exe"
    window.touch()
    assert process.window_program(tmp_path / "autocut-tray.exe") == window


def test_secrets_stay_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "HTTPS_PROXY", "AUTOCUT_HOME", "PYTHONSTARTUP"):
        monkeypatch.setenv(name, "sk-CANARY-1")
    environment = own_environment({"EXTRA": "1"})
    assert "sk-CANARY-1" not in environment.values()
    assert environment["EXTRA"] == "1" and "PATH" in environment


def test_our_package_is_found_from_anywhere() -> None:
    child = OwnProcess(
        [sys.executable, "-P", "-c", "import autocut_tray, os; print(autocut_tray.__file__, os.getcwd())"],
        own_environment(),
    )
    said = child.stdout.read().decode()
    child.close()
    assert Path(process.__file__).parents[1].name in said
    assert str(Path.cwd()) != said.split()[-1]


def test_an_exit_status_is_seen() -> None:
    child = OwnProcess(python("raise SystemExit(3)"), own_environment())
    assert child.wait(10) == 3
    child.close()


def test_stopping_asks_first() -> None:
    child = OwnProcess(python("input()"), own_environment())
    assert child.wait(0) is None
    status = child.stop(5)
    child.close()
    assert status != 0


@posix
def test_stopping_does_not_wait_for_the_deaf() -> None:
    deaf = "import signal, time; signal.signal(15, signal.SIG_IGN); print(1, flush=True); time.sleep(60)"
    child = OwnProcess(python(deaf), own_environment())
    child.stdout.read(1)
    assert child.stop(0.1) == -signal.SIGKILL
    child.close()


@posix
def test_grandchildren_end_too() -> None:
    code = (
        "import subprocess, sys; p = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']);"
        "print(p.pid, flush=True); p.wait()"
    )
    child = OwnProcess(python(code), own_environment())
    grandchild = int(child.stdout.readline())
    child.kill()
    child.close()
    assert wait_until(lambda: not psutil.pid_exists(grandchild) or is_zombie(grandchild))


def is_zombie(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def test_closing_twice_and_killing_the_dead_is_harmless() -> None:
    child = OwnProcess(python("pass"), own_environment())
    assert child.wait(10) == 0
    child.kill()
    child.close()
    child.close()


def test_what_cannot_be_started_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(OSError):
        OwnProcess([str(tmp_path / "missing")], own_environment())


@linux
def test_a_child_dies_with_its_parent() -> None:
    code = (
        "import os, subprocess, sys, time\n"
        "code = 'from autocut_tray.core.process import die_with_parent; import sys, time;'\n"
        "code += 'die_with_parent(int(sys.argv[1])); print(1, flush=True); time.sleep(60)'\n"
        "p = subprocess.Popen([sys.executable, '-c', code, str(os.getpid())], stdout=subprocess.PIPE)\n"
        "p.stdout.readline(); print(p.pid, flush=True); time.sleep(60)\n"
    )
    parent = subprocess.Popen(
        python(code), stdout=subprocess.PIPE, env=own_environment(), start_new_session=True
    )
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    os.kill(parent.pid, signal.SIGKILL)
    parent.wait(10)
    parent.stdout.close()
    assert wait_until(lambda: is_zombie(child))


@linux
def test_a_child_whose_parent_is_gone_already_is_told() -> None:
    code = "from autocut_tray.core.process import die_with_parent; die_with_parent(4_194_304)"
    ended = subprocess.run(python(code), env=own_environment(), capture_output=True, text=True)
    assert ended.returncode == 1 and "ProcessLookupError" in ended.stderr


def test_the_structures_of_windows_have_their_size() -> None:
    if ctypes.sizeof(ctypes.c_size_t) != 8:
        pytest.skip("sizes of 64-bit Windows")
    assert ctypes.sizeof(process._BasicLimits) == 64
    assert ctypes.sizeof(process._ExtendedLimits) == 144


@pytest.mark.fault("FR12")
@pytest.mark.skipif(
    not hasattr(psutil.Process, "cpu_affinity") or (os.cpu_count() or 1) < 2,
    reason="one core, or a system without affinity",
)
def test_a_program_with_threads_gives_half_of_the_cores_back() -> None:
    ours = psutil.Process().cpu_affinity()
    code = (
        "import sys, threading\n"
        "for _ in range(3): threading.Thread(target=sys.stdin.read, daemon=True).start()\n"
        "print('ready', flush=True); threading.Event().wait()"
    )
    child = OwnProcess(python(code), own_environment())
    try:
        assert child.stdout.readline().strip() == b"ready"
        threads = [thread.id for thread in psutil.Process(child.pid).threads()]
        watched = threads if sys.platform == "linux" else [child.pid]
        assert process.use_cores(child.pid, 0.5)
        halves = [psutil.Process(thread).cpu_affinity() for thread in watched]
        assert all(half == ours[: max(1, round(len(ours) / 2))] for half in halves)
        assert process.use_cores(child.pid, None)
        assert all(psutil.Process(thread).cpu_affinity() == ours for thread in watched)
    finally:
        child.close()
    assert not process.use_cores(child.pid, 0.5), "it is gone"
