"""The media worker's process: fenced in, asked one thing on stdin, answers on stdout, ends."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable
from typing import BinaryIO

from autocut_tray.core.clock import SystemClock
from autocut_tray.core.footage import WorkerMessage
from autocut_tray.core.media import wire
from autocut_tray.core.media.wire import Failure, FailureCode, Request
from autocut_tray.core.media.wire_values import WireError
from autocut_tray.core.media.worker_fence import enclose, limit_cpu

log = logging.getLogger(__name__)

EXIT_OK = 0
EXIT_USAGE = 2
EXIT_OUT_OF_MEMORY = 71
"""Memory ran out so badly that not even this could be said."""


def main(argv: list[str]) -> int:
    """Do what the tray asks on stdin; ``argv``: the process id of the tray."""
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(levelname)s %(name)s %(message)s")
    if len(argv) != 1 or not argv[0].isdecimal():
        log.error("a media worker is started by AutoCut Director, not by hand")
        return EXIT_USAGE
    asked, answers = _take_pipes()
    try:
        request = wire.read(asked.read)
    except WireError:
        log.exception("The question is not understood")
        return EXIT_USAGE
    if not isinstance(request, Request):
        return EXIT_USAGE

    def send(message: WorkerMessage | Failure) -> None:
        answers.write(wire.encode(message))
        answers.flush()

    # Loaded before the fence goes up, as loading maps more than the work itself needs.
    from autocut_tray.core.media.worker_scan import scan

    enclose(int(argv[0]))
    return _guard(lambda: scan(request, send, SystemClock(), limit_cpu), send)


def _guard(work: Callable[[], None], send: Callable[[Failure], None]) -> int:
    from autocut_tray.core.media.worker_open import Refused

    try:
        try:
            work()
        except Refused as refused:
            log.info("Refused: %s %s", refused.failure.code.value, refused.failure.detail)
            send(refused.failure)
        except MemoryError:
            send(Failure(FailureCode.OUT_OF_MEMORY))
        except BrokenPipeError:
            raise
        except Exception as error:
            log.exception("Reading failed")
            send(Failure(FailureCode.WORKER_CRASHED, repr(error)))
    except MemoryError:
        return EXIT_OUT_OF_MEMORY
    except BrokenPipeError:
        log.info("Nobody listens any more")
    return EXIT_OK


def _take_pipes() -> tuple[BinaryIO, BinaryIO]:
    """stdin and stdout for the wire alone: what a library prints goes to stderr."""
    if sys.platform == "win32":
        import msvcrt

        msvcrt.setmode(0, os.O_BINARY)
        msvcrt.setmode(1, os.O_BINARY)
    asked = os.fdopen(os.dup(0), "rb")
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return asked, answers


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
