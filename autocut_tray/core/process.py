"""Starting programs of our own, frozen or not, and ending them with everything they started.

A child ends with its parent: on Linux by the parent-death signal that it asks for itself
(:func:`die_with_parent`), on Windows by a Job Object, elsewhere because its pipes break.
"""

from __future__ import annotations

import contextlib
import ctypes
import logging
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any

log = logging.getLogger(__name__)

MEDIA_WORKER = "media-worker"
"""The argument that makes this program a media worker."""

CONTACT_SHEET = "contact-sheet"
"""The argument that makes this program draw one contact sheet."""
REPORT_PAGES = "report-pages"
"""The argument that makes this program draw one report."""
RESOLVE_SENDER = "resolve-sender"
"""The argument that makes this program talk to DaVinci Resolve once."""
MEMORY_TAKER = "memory-taker"
"""The argument that makes this program take memory, for the demonstration of what happens then."""
SELFTEST_PART = "selftest-part"
"""The argument that makes this program try one part of itself."""

_PACKAGE = "autocut_tray"
_TERMINAL_PROGRAM = "autocut-tray.exe"
_WINDOW_PROGRAM = "autocut-director.exe"
_SOURCE_ROOT = Path(__file__).resolve().parents[2]

# What a child needs of its parent's environment to run at all; keys, tokens and proxies stay behind.
_INHERITED = (
    "PATH", "SYSTEMROOT", "WINDIR", "SYSTEMDRIVE", "COMSPEC", "TEMP", "TMP", "TMPDIR",
    "LANG", "LC_ALL", "LC_CTYPE", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH",
)  # fmt: skip

_STOP_POLL_SECONDS = 2.0


def own_command(*args: str) -> list[str]:
    """The command line that starts this very program again with ``args``.

    ``-P`` keeps the child's working directory out of its module path.
    """
    if getattr(sys, "frozen", False):
        return [str(terminal_program(Path(sys.executable))), *args]
    return [sys.executable, "-P", "-m", _PACKAGE, *args]


def terminal_program(executable: Path) -> Path:
    """The program that has standard streams: on Windows the installed window's program has none of its own."""
    twin = executable.with_name(_TERMINAL_PROGRAM)
    return twin if os.name == "nt" and twin.exists() else executable


def window_program(executable: Path) -> Path:
    """The program for the window and the tray: on Windows the installed one that opens no console."""
    twin = executable.with_name(_WINDOW_PROGRAM)
    return twin if os.name == "nt" and twin.exists() else executable


def own_environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """The smallest environment in which :func:`own_command` works, plus ``extra``."""
    kept = {name: os.environ[name] for name in _INHERITED if name in os.environ}
    if not getattr(sys, "frozen", False):
        kept["PYTHONPATH"] = str(_SOURCE_ROOT)
    return kept | {"PYTHONUTF8": "1"} | dict(extra or {})


def die_with_parent(parent: int) -> None:
    """Make the kernel kill this process when its parent ends; Linux only, elsewhere nothing happens.

    Strictly it is the parent's *thread* that counts: whoever starts a child keeps that thread alive. Raises
    ProcessLookupError when the parent (its process id) is gone already.
    """
    if sys.platform != "linux":
        return
    pr_set_pdeathsig = 1
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(pr_set_pdeathsig, int(signal.SIGKILL), 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG)")
    if os.getppid() != parent:
        raise ProcessLookupError(f"parent {parent} is gone")


def use_cores(pid: int, share: float | None) -> bool:
    """Let a process and all its threads run on this share (0-1) of the cores that this program may use, None: on all.

    False where the system has no such thing (macOS) or does not let us.
    """
    import psutil

    try:
        process = psutil.Process(pid)
        ours = _own_cores()
        if not ours:
            return False
        cores = ours if share is None else ours[: max(1, round(len(ours) * share))]
        if sys.platform == "linux":  # there affinity belongs to each thread
            for thread in process.threads():
                with contextlib.suppress(ProcessLookupError):
                    os.sched_setaffinity(thread.id, cores)
        else:
            process.cpu_affinity(cores)
    except (psutil.Error, OSError) as error:
        log.info("The cores of process %d stay as they are: %s", pid, error)
        return False
    return True


def _own_cores() -> list[int]:
    import psutil

    affinity = getattr(psutil.Process(), "cpu_affinity", None)
    return [] if affinity is None else list(affinity())


class OwnProcess:
    """A child with pipes for stdin, stdout and stderr, in a group of its own, ended as a whole.

    ``memory_bytes``: hard limit per process, enforced from outside on Windows only (elsewhere the child sets
    its own limits before it does anything).
    """

    def __init__(
        self, command: Sequence[str], environment: Mapping[str, str], memory_bytes: int | None = None
    ) -> None:
        self._job: WindowsJob | None = None
        flags = 0
        if sys.platform == "win32":
            flags = subprocess.CREATE_NO_WINDOW | subprocess.BELOW_NORMAL_PRIORITY_CLASS
            self._job = WindowsJob(memory_bytes)
        try:
            self._popen = subprocess.Popen(
                list(command),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=dict(environment),
                # Relative names in a hostile file must not lead anywhere near the person's files.
                cwd=tempfile.gettempdir(),
                start_new_session=sys.platform != "win32",
                creationflags=flags,
                bufsize=0,
            )
            if self._job is not None:
                self._job.adopt(self._popen)
        except BaseException:
            self._close_job()
            raise

    @property
    def pid(self) -> int:
        return self._popen.pid

    @property
    def stdin(self) -> IO[bytes]:
        assert self._popen.stdin is not None
        return self._popen.stdin

    @property
    def stdout(self) -> IO[bytes]:
        assert self._popen.stdout is not None
        return self._popen.stdout

    @property
    def stderr(self) -> IO[bytes]:
        assert self._popen.stderr is not None
        return self._popen.stderr

    def wait(self, timeout: float) -> int | None:
        """The exit status (negative: the signal), or None if it still runs after ``timeout`` seconds."""
        try:
            return self._popen.wait(timeout)
        except subprocess.TimeoutExpired:
            return None

    def kill(self) -> None:
        """End the whole group now; safe to call at any time, from any thread."""
        if self._popen.returncode is not None:
            return
        if sys.platform == "win32":
            if self._job is not None:
                self._job.terminate()
        else:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._popen.pid, signal.SIGKILL)

    def stop(self, grace: float) -> int:
        """Ask it to end, wait ``grace`` seconds, then kill; returns the exit status.

        Raises TimeoutError when even a kill does not end it (a process stuck in the kernel).
        """
        if self._popen.poll() is None:
            if grace > 0:
                self._popen.terminate()
            if grace <= 0 or self.wait(grace) is None:
                self.kill()
        status = self.wait(_STOP_POLL_SECONDS)
        if status is None:
            raise TimeoutError(f"process {self.pid} does not end")
        return status

    def close(self) -> None:
        """Kill what is left and close the pipes; call it after the threads that read them have ended."""
        self.kill()
        self.wait(_STOP_POLL_SECONDS)
        for pipe in (self._popen.stdin, self._popen.stdout, self._popen.stderr):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        self._close_job()

    def _close_job(self) -> None:
        if self._job is not None:
            self._job.close()
            self._job = None


class _BasicLimits(ctypes.Structure):
    """JOBOBJECT_BASIC_LIMIT_INFORMATION (winnt.h)."""

    _fields_ = (
        ("per_process_user_time_limit", ctypes.c_int64),
        ("per_job_user_time_limit", ctypes.c_int64),
        ("limit_flags", ctypes.c_uint32),
        ("minimum_working_set_size", ctypes.c_size_t),
        ("maximum_working_set_size", ctypes.c_size_t),
        ("active_process_limit", ctypes.c_uint32),
        ("affinity", ctypes.c_size_t),
        ("priority_class", ctypes.c_uint32),
        ("scheduling_class", ctypes.c_uint32),
    )


class _ExtendedLimits(ctypes.Structure):
    """JOBOBJECT_EXTENDED_LIMIT_INFORMATION (winnt.h); the I/O counters are six 64-bit figures."""

    _fields_ = (
        ("basic", _BasicLimits),
        ("io_counters", ctypes.c_uint64 * 6),
        ("process_memory_limit", ctypes.c_size_t),
        ("job_memory_limit", ctypes.c_size_t),
        ("peak_process_memory_used", ctypes.c_size_t),
        ("peak_job_memory_used", ctypes.c_size_t),
    )


_LIMIT_PROCESS_MEMORY = 0x0100
_LIMIT_DIE_ON_UNHANDLED_EXCEPTION = 0x0400
_LIMIT_KILL_ON_JOB_CLOSE = 0x2000
_EXTENDED_LIMIT_INFORMATION = 9


class WindowsJob:
    """A Windows Job Object: what is in it dies with its last handle, so with this program at the latest."""

    def __init__(self, memory_bytes: int | None) -> None:
        if sys.platform != "win32":
            raise NotImplementedError("Job Objects exist on Windows only")
        self._kernel32 = ctypes.WinDLL("kernel32", use_last_error=True)
        self._kernel32.CreateJobObjectW.restype = ctypes.c_void_p
        self._kernel32.CreateJobObjectW.argtypes = (ctypes.c_void_p, ctypes.c_wchar_p)
        self._kernel32.SetInformationJobObject.argtypes = (
            ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p, ctypes.c_uint32,
        )  # fmt: skip
        self._kernel32.AssignProcessToJobObject.argtypes = (ctypes.c_void_p, ctypes.c_void_p)
        self._kernel32.TerminateJobObject.argtypes = (ctypes.c_void_p, ctypes.c_uint32)
        self._kernel32.CloseHandle.argtypes = (ctypes.c_void_p,)
        self._handle = self._kernel32.CreateJobObjectW(None, None)
        if not self._handle:
            raise ctypes.WinError(ctypes.get_last_error())
        limits = _ExtendedLimits()
        limits.basic.limit_flags = _LIMIT_KILL_ON_JOB_CLOSE | _LIMIT_DIE_ON_UNHANDLED_EXCEPTION
        if memory_bytes is not None:
            limits.basic.limit_flags |= _LIMIT_PROCESS_MEMORY
            limits.process_memory_limit = memory_bytes
        if not self._kernel32.SetInformationJobObject(
            self._handle, _EXTENDED_LIMIT_INFORMATION, ctypes.byref(limits), ctypes.sizeof(limits)
        ):
            error = ctypes.WinError(ctypes.get_last_error())
            self.close()
            raise error

    def adopt(self, popen: subprocess.Popen[bytes]) -> None:
        """Put a process that has just been started into the job; kills it if that fails."""
        if sys.platform != "win32":
            return
        process: Any = popen  # the handle exists on Windows only and is private
        handle = int(process._handle)
        if not self._kernel32.AssignProcessToJobObject(self._handle, handle):
            error = ctypes.WinError(ctypes.get_last_error())
            popen.kill()
            raise error

    def terminate(self) -> None:
        if sys.platform == "win32" and self._handle:
            self._kernel32.TerminateJobObject(self._handle, 1)

    def close(self) -> None:
        if sys.platform == "win32" and self._handle:
            self._kernel32.CloseHandle(self._handle)
            self._handle = None
