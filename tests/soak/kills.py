"""A job of 200 scenes whose program is killed 20 times: no scene lost, none described twice.

python -m tests.soak.kills [--scenes 200] [--kills 20] [--seed 1]

The moments of the kills are drawn by chance. A picture may be asked for again only if it was under way when the
program died; every description that was once stored is there at the end, word for word as it was.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tests.e2e.program import Program, finish, wait_until
from tests.e2e.test_main_job import pictures
from tests.media_samples import cuts_video
from tests.servers.fake_ollama import FakeOllama
from tests.servers.ollama_store import GIB, OllamaModel

ANSWER_SECONDS = 0.15
SHOT_FRAMES = 12
PATIENCE = 300.0


def main(arguments: Sequence[str] | None = None) -> int:
    """Run it and say what came of it; 1 when anything was lost or done twice."""
    parser = argparse.ArgumentParser(prog="tests.soak.kills", description=__doc__)
    parser.add_argument("--scenes", type=int, default=200)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="autocut-kills-") as folder:
        return soak(Path(folder), chosen.scenes, chosen.kills, random.Random(chosen.seed))


def soak(folder: Path, scenes: int, kills: int, chance: random.Random) -> int:
    """``folder``: empty, for everything that is written."""
    frames = scenes * SHOT_FRAMES
    clip = cuts_video(
        folder / "clip.mp4",
        cuts=list(range(SHOT_FRAMES, frames, SHOT_FRAMES)),
        frames=frames,
        size=(160, 90),
        gop=12,
    )
    began = time.monotonic()
    with FakeOllama(
        [OllamaModel("moondream:latest", size=GIB, memory=GIB, vision=True)], gpu_bytes=0
    ) as server:
        server.answer_seconds = ANSWER_SECONDS
        program = Program(folder / "home", {"OLLAMA_HOST": server.url})
        lost = _killed(program, str(clip.path), scenes, kills, chance)
        process = program.start("analyze", str(clip.path), "--max-scenes", str(scenes), "--json")
        result = finish(process, PATIENCE + scenes)
        sent = pictures(server)
    found = result.document["jobs"][0]
    undone = sum(scene["status"] != "described" for scene in found["scenes"])
    missing = abs(scenes - len(found["scenes"]))
    jobs = len(program.rows("SELECT 1 FROM jobs"))
    again = sum(sent.values()) - len(sent)
    good = not (lost or undone or missing or result.code) and jobs == 1 and again <= kills
    sys.stdout.write(
        f"{'good' if good else 'BAD'}: {scenes} scenes, {kills} kills in {time.monotonic() - began:.0f} s; "
        f"stored descriptions lost or changed: {lost}, not described: {undone}, not found: {missing}, "
        f"jobs: {jobs}, exit code {result.code}; pictures asked for: {len(sent)}, of these again: {again} "
        f"(at most {kills}, one under way at each kill)\n"
    )
    return 0 if good else 1


def _killed(program: Program, clip: str, scenes: int, kills: int, chance: random.Random) -> int:
    """Start and kill the program so often; returns how many stored descriptions were lost or changed thereby."""
    kept: dict[int, str] = {}
    lost = 0
    for number in range(kills):
        process = program.start("analyze", clip, "--max-scenes", str(scenes), "--json")
        target = min(scenes - 1, program.described() + chance.randint(0, max(1, scenes // (kills + 1))))
        wait_until(lambda at=target: program.described() >= at, f"{target} scenes", PATIENCE)
        time.sleep(chance.uniform(0.0, 2 * ANSWER_SECONDS))
        process.kill()
        process.communicate()
        now = {
            int(row["scene"]): str(row["description"])
            for row in program.rows("SELECT scene, description FROM scenes WHERE status = 'described'")
        }
        lost += sum(now.get(scene) != words for scene, words in kept.items())
        kept = now
        sys.stderr.write(f"kill {number + 1}: {len(now)} of {scenes} described\n")
    return lost


if __name__ == "__main__":
    sys.exit(main())
