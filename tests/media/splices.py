"""Cuts footage together anew, so that the detector is measured on edits that nobody tuned it on.

    python -m tests.media.splices FOLDER TARGET [--films 12] [--seed 1]

FOLDER holds videos and a ``manifest.json`` like the corpus'; what lies between cuts and transitions are the shots.
TARGET gets films made of them and their manifest, to score: ``-m tests.media.score_corpus --peers --corpus TARGET``.
"""

from __future__ import annotations

import argparse
import json
import random
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from tests.media.score_corpus import Truth, read_truths, say

Picture = NDArray[np.uint8]

WIDTH, HEIGHT = 480, 270
SHOTS_A_FILM = 14
SHORTEST = 30
"""Frames. A transition takes up to 24 at either end, so about one in five touches or overlaps the next: the shot
between the two is never seen alone, and about half of them cannot be told from it."""
LONGEST = 120
RATES = (24, 25, 30)
KINDS = ("cut", "cut", "cut", "dissolve", "fade", "wipe")


@dataclass(slots=True)
class Film:
    pictures: list[Picture] = field(default_factory=list)
    cuts: list[int] = field(default_factory=list)
    gradual: list[list[int]] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    """What each of ``gradual`` is."""

    def append(self, shot: list[Picture], kind: str, length: int) -> None:
        """``length`` frames of both shots lie over each other, except at a cut."""
        if not self.pictures or kind == "cut":
            if self.pictures:
                self.cuts.append(len(self.pictures))
            self.pictures += shot
            return
        start = len(self.pictures) - length
        for i in range(length):
            part = (i + 1) / (length + 1)
            self.pictures[start + i] = mixed(self.pictures[start + i], shot[i], part, kind)
        self.gradual.append([start, start + length - 1])
        self.kinds.append(kind)
        self.pictures += shot[length:]


def mixed(old: Picture, new: Picture, part: float, kind: str) -> Picture:
    """What a transition shows when ``part`` (0-1) of it is over."""
    if kind == "wipe":
        edge = round(part * WIDTH)
        return np.concatenate([new[:, :edge], old[:, edge:]], axis=1)
    if kind == "fade":
        shown, strength = (old, 1 - 2 * part) if part < 0.5 else (new, 2 * part - 1)
        return (shown * strength).astype(np.uint8)
    return (old * (1 - part) + new * part).astype(np.uint8)


def shots_of(path: Path, truth: Truth) -> list[list[Picture]]:
    """The stretches of a video that are one shot each, as pictures of one size."""
    edges = [(cut, cut) for cut in truth.cuts]
    edges += [(first, last + 1) for first, last in (*truth.gradual, *truth.ignore)]
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        pictures = [
            frame.reformat(width=WIDTH, height=HEIGHT, format="rgb24").to_ndarray()
            for frame in container.decode(stream)
        ]
    shots, start = [], 0
    for first, after in [*sorted(edges), (len(pictures), len(pictures))]:
        # Two frames beside an edge may show both sides of it.
        shots.append(pictures[start + 2 if start else 0 : max(start, first - 2)])
        start = max(start, after)
    return [shot for shot in shots if len(shot) >= SHORTEST]


def film_of(shots: list[list[Picture]], chance: random.Random) -> Film:
    film = Film()
    previous: list[Picture] | None = None
    for _ in range(SHOTS_A_FILM):
        shot = chance.choice([shot for shot in shots if shot is not previous])
        previous = shot
        length = chance.randint(SHORTEST, min(LONGEST, len(shot)))
        start = chance.randint(0, len(shot) - length)
        film.append(shot[start : start + length], chance.choice(KINDS), chance.randint(8, 24) // 2 * 2)
    return film


def write(film: Film, path: Path, rate: int, crf: int) -> None:
    with av.open(str(path), "w") as container:
        stream: Any = container.add_stream(
            "libx264", rate=rate, options={"crf": str(crf), "preset": "veryfast"}
        )
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        for picture in film.pictures:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("target", type=Path)
    parser.add_argument("--films", type=int, default=12)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    chance = random.Random(chosen.seed)
    chosen.target.mkdir(parents=True, exist_ok=True)
    shots = [
        shot for truth in read_truths(chosen.folder) for shot in shots_of(chosen.folder / truth.file, truth)
    ]
    entries = []
    for number in range(chosen.films):
        film, rate = film_of(shots, chance), chance.choice(RATES)
        name = f"film{number:02}.mp4"
        write(film, chosen.target / name, rate, chance.randint(20, 30))
        entries.append(
            {
                "file": name,
                "fps": f"{rate}/1",
                "frames": len(film.pictures),
                "cuts": film.cuts,
                "gradual": film.gradual,
                "kinds": film.kinds,
                "ignore": [],
            }
        )
    (chosen.target / "manifest.json").write_text(json.dumps({"files": entries}, indent=1), encoding="utf-8")
    say(f"{chosen.films} films of {len(shots)} shots in {chosen.target}")


if __name__ == "__main__":
    main()
