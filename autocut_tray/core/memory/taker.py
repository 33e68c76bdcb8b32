"""A process that takes real memory, up to a limit, for the demonstration of what the program does then.

It is told on stdin how many MiB to hold, one number a line, and answers with the number when it holds them.
It ends with its parent, or when stdin does, and is the first that the system may kill.
"""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from pathlib import Path

from autocut_tray.core.process import MEMORY_TAKER, OwnProcess, die_with_parent, own_command, own_environment

MIB = 1024 * 1024
_PAGE = 4096
_OWN_MIB = 512
"""Address space of the interpreter itself, beside what it takes."""
_FIRST_TO_BE_KILLED = "1000"
_ANSWER_SECONDS = 20.0


def main(arguments: list[str]) -> int:
    """``arguments``: the parent's process id, and the most to take, MiB."""
    if len(arguments) != 2 or not all(word.isdecimal() for word in arguments):
        return 2
    most = int(arguments[1])
    _enclose(int(arguments[0]), most)
    held: list[bytearray] = []
    for line in sys.stdin:
        wanted = min(int(line), most)
        while len(held) > wanted:
            held.pop()
        while len(held) < wanted:
            held.append(_touched())
        sys.stdout.write(f"{len(held)}\n")
        sys.stdout.flush()
    return 0


def _touched() -> bytearray:
    """A MiB that is really there: untouched pages would only be a promise, equal ones might be merged."""
    block = bytearray(MIB)
    noise = os.urandom(16)
    for at in range(0, MIB, _PAGE):
        block[at : at + 16] = noise
    return block


def _enclose(parent: int, most: int) -> None:
    die_with_parent(parent)
    if sys.platform == "linux":
        import resource

        with contextlib.suppress(OSError):
            Path("/proc/self/oom_score_adj").write_text(_FIRST_TO_BE_KILLED, encoding="ascii")
        limit = (most + _OWN_MIB) * MIB
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


class MemoryTaker:
    """The parent's side: a child that holds what :meth:`hold` says. Close it from the thread that made it.

    ``most_mib`` is enforced in the child, on Linux and Windows by the system as well. Raises OSError when no process
    can be started.
    """

    def __init__(self, most_mib: int) -> None:
        command = own_command(MEMORY_TAKER, str(os.getpid()), str(most_mib))
        self._process = OwnProcess(command, own_environment(), (most_mib + _OWN_MIB) * MIB)

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def alive(self) -> bool:
        return self._process.wait(0) is None

    def hold(self, mib: int) -> int:
        """Take or let go until so many MiB are held; returns how many are. Raises OSError when the child is gone or
        does not answer within 20 s."""
        late = threading.Timer(_ANSWER_SECONDS, self._process.kill)
        late.start()
        try:
            self._process.stdin.write(f"{mib}\n".encode())
            answer = b""
            while not answer.endswith(b"\n"):
                part = self._process.stdout.read(64)
                if not part:
                    raise BrokenPipeError("the process that takes memory is gone")
                answer += part
            return int(answer)
        finally:
            late.cancel()
            late.join()

    def close(self) -> None:
        self._process.close()
