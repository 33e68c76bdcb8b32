"""Videos with random damage, through the real worker: the parent neither crashes nor waits, every end is a known one.

python -m tests.soak.mutations [--files 300] [--seed 1]

Damage: bytes flipped, runs of zeros or of chance, parts cut out, doubled or swapped, the end cut off.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from autocut_tray.core.errors import InputError
from tests.media.conftest import read_video
from tests.media_samples import cuts_video

SECONDS = 60.0
"""Far beyond what reading two seconds of video may take on any machine."""
CRASHES = frozenset({"worker_crashed", "hung", "out_of_memory", "too_slow"})
"""Ends that the fence had to bring about: allowed, but counted."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run it and say what came of it; 1 when a file ended in any other way than it may."""
    parser = argparse.ArgumentParser(prog="tests.soak.mutations", description=__doc__)
    parser.add_argument("--files", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="autocut-mutations-") as folder:
        return soak(Path(folder), chosen.files, chosen.seed)


def soak(folder: Path, files: int, seed: int) -> int:
    """``folder``: empty, for everything that is written."""
    good = [
        cuts_video(folder / f"good{suffix}", cuts=[12, 30], frames=48, size=(160, 90), audio=audio).path
        for suffix, audio in ((".mp4", True), (".mkv", True), (".mov", False), (".ts", False))
    ]
    ends: Counter[str] = Counter()
    wrong: list[str] = []
    for number in range(files):
        chance = random.Random(seed * 1_000_003 + number)
        source = good[number % len(good)]
        path = folder / f"mutant{source.suffix}"
        path.write_bytes(mutated(source.read_bytes(), chance))
        began = time.monotonic()
        end = _end_of(path)
        ends[end] += 1
        if time.monotonic() - began > SECONDS or end.startswith("raised"):
            wrong.append(f"{number}: {end} after {time.monotonic() - began:.1f} s")
    fenced = sum(ends[code] for code in CRASHES)
    said = ", ".join(f"{end} {count}" for end, count in ends.most_common())
    sys.stdout.write(f"{'BAD' if wrong else 'good'}: {files} files; {said}; ended by the fence: {fenced}\n")
    for line in wrong:
        sys.stdout.write(f"  {line}\n")
    return 1 if wrong else 0


def _end_of(path: Path) -> str:
    try:
        reading = read_video(path)
    except InputError as error:
        return error.code
    except Exception as error:
        return f"raised {type(error).__name__}: {error}"
    whole = [scene.start_frame for scene in reading.scenes] == [
        0,
        *(s.end_frame for s in reading.scenes[:-1]),
    ]
    if not whole:
        return "raised nothing, but the scenes do not tile the video"
    return "read" if reading.end.damaged_at is None else "read in part"


def mutated(data: bytes, chance: random.Random) -> bytes:
    """The file with one to three kinds of damage."""
    for _ in range(chance.randint(1, 3)):
        data = chance.choice(_DAMAGES)(bytearray(data), chance)
    return bytes(data)


def _flip(data: bytearray, chance: random.Random) -> bytes:
    for _ in range(chance.choice((1, 8, 200))):
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    return bytes(data)


def _span(data: bytearray, chance: random.Random) -> slice:
    at = chance.randrange(len(data))
    return slice(at, min(len(data), at + chance.choice((4, 64, 2048))))


def _overwrite(data: bytearray, chance: random.Random) -> bytes:
    span = _span(data, chance)
    size = span.stop - span.start
    data[span] = bytes(size) if chance.random() < 0.5 else chance.randbytes(size)
    return bytes(data)


def _cut_out(data: bytearray, chance: random.Random) -> bytes:
    del data[_span(data, chance)]
    return bytes(data) or b"\0"


def _double(data: bytearray, chance: random.Random) -> bytes:
    span = _span(data, chance)
    return bytes(data[: span.stop] + data[span] + data[span.stop :])


def _cut_off(data: bytearray, chance: random.Random) -> bytes:
    return bytes(data[: max(1, chance.randrange(len(data)))])


_DAMAGES: tuple[Callable[[bytearray, random.Random], bytes], ...] = (
    *(_flip, _flip, _overwrite),
    *(_cut_out, _double, _cut_off),
)


if __name__ == "__main__":
    sys.exit(main())
