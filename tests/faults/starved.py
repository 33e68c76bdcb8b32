"""python -m tests.faults.starved HOME OLLAMA SPARE: the 50-scene job in a process that runs out of open files.

Leaves ``SPARE`` files beyond those that are open when five scenes are described, takes every one of them until the
program has said that it stands still, and gives them back. Prints why it stood still, and how far it was then.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import resource
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from autocut_tray.core.policy.governor_types import Tier
from tests.faults.fifty import Fifty


@contextlib.contextmanager
def no_files(spare: int) -> Iterator[None]:
    """Nobody else in this process can open anything meanwhile."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(
        resource.RLIMIT_NOFILE, (sum(1 for _ in Path("/proc/self/fd").iterdir()) + spare, hard)
    )
    taken: list[int] = []
    enough = threading.Event()

    def take() -> None:
        while not enough.is_set():
            try:
                taken.append(os.open(os.devnull, os.O_RDONLY))
            except OSError:
                enough.wait(0.001)

    taker = threading.Thread(target=take)
    taker.start()
    try:
        yield
    finally:
        enough.set()
        taker.join()
        for number in taken:
            os.close(number)
        # What was open when the limit was set may be less than the program needs when it works.
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def main(home: Path, ollama: str, spare: int) -> None:
    with pytest.MonkeyPatch.context() as patch, contextlib.ExitStack() as closing:
        world = Fifty(home, patch, ollama=ollama)
        closing.callback(world.close)
        world.begin()
        jobs, controller = world.services.jobs, world.controller

        reasons: list[str] = []

        def stands_still() -> bool:
            problem, state = jobs.storage_problem, controller.state
            if problem is not None:
                reasons.append(problem.code)
            elif state.tier is Tier.PAUSED or state.reason.code == "control-memory-unknown":
                reasons.append(state.reason.code)
            return bool(reasons)

        with no_files(spare):
            world.wait(stands_still, "it stands still")
            at = world.described
        world.assert_each_once()
    print(json.dumps({"why": reasons[0], "at": at}))  # noqa: T201


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(threadName)s %(name)s %(message)s")
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
