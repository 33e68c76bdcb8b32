"""How well scenes are found in videos with known cuts, and how fast, beside PySceneDetect and plain decoding.

    python -m tests.media.score_corpus                    the corpus, file by file
    python -m tests.media.score_corpus --peers            PySceneDetect's detectors on the same small frames too
    python -m tests.media.score_corpus --fast             in fast mode
    python -m tests.media.score_corpus --speed FILE       wall and CPU time against ffmpeg decoding alone

A cut counts when it is found within 2 frames; a gradual transition counts once, anywhere inside it. What is false was
told as gradual or as a cut, and counts against the precision of that kind; every false one counts against F1.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autocut_tray.core.cancel import CancelToken
from autocut_tray.core.clock import SystemClock
from autocut_tray.core.errors import InputError
from autocut_tray.core.footage import ScanMode, Scene, Transition
from autocut_tray.core.media.options import ScanOptions
from autocut_tray.core.media.scanner import WorkerScanner

TOLERANCE = 2
DEFAULT_CORPUS = Path(__file__).parents[3] / "shared" / "corpus"


@dataclass(frozen=True, slots=True)
class Told:
    """A boundary as a detector tells it."""

    frame: int
    gradual: bool = False


Detect = Callable[[Path], list[Told]]


@dataclass(frozen=True, slots=True)
class Truth:
    """What a file holds: first frames of new shots, and [first, last] of what is gradual or may go either way.

    ``kinds``: what each of ``gradual`` is, where the manifest says so.
    """

    file: str
    cuts: tuple[int, ...]
    gradual: tuple[tuple[int, int], ...]
    ignore: tuple[tuple[int, int], ...]
    kinds: tuple[str, ...] = ()

    def kind(self, span: tuple[int, int]) -> str:
        return self.kinds[self.gradual.index(span)] if self.kinds else "gradual"


@dataclass(frozen=True, slots=True)
class Score:
    hits: int
    false: tuple[int, ...]
    missed: tuple[int, ...]
    gradual_found: int
    gradual_known: int
    gradual_false: int
    """Of ``false``, those that were told as gradual."""
    gradual_missed: tuple[str, ...]


def say(text: str) -> None:
    sys.stdout.write(text + "\n")


def read_truths(corpus: Path) -> list[Truth]:
    """Every file of the manifest that has a moving picture."""
    entries: list[dict[str, Any]] = json.loads((corpus / "manifest.json").read_text(encoding="utf-8"))[
        "files"
    ]
    return [
        Truth(
            entry["file"],
            tuple(entry["cuts"]),
            tuple((a, b) for a, b in entry["gradual"]),
            tuple((a, b) for a, b in entry["ignore"]),
            tuple(entry.get("kinds", ())),
        )
        for entry in entries
        if entry["frames"] and entry["fps"] != "0/0"
    ]


def score(truth: Truth, found: list[Told]) -> Score:
    """Match what was found with what is there."""
    open_cuts, open_gradual = set(truth.cuts), set(truth.gradual)
    hits, false = 0, []
    for told in sorted(found, key=lambda told: told.frame):
        frame = told.frame
        near = [cut for cut in open_cuts if abs(cut - frame) <= TOLERANCE]
        # Transitions may touch each other: each of them is one to be found.
        inside = [
            span for span in sorted(open_gradual) if span[0] - TOLERANCE <= frame <= span[1] + TOLERANCE
        ]
        if near:
            open_cuts.discard(min(near, key=lambda cut: abs(cut - frame)))
            hits += 1
        elif inside:
            open_gradual.discard(inside[0])
        elif not any(a - TOLERANCE <= frame <= b + TOLERANCE for a, b in truth.ignore):
            false.append(told)
    missed = tuple(sorted(c for c in open_cuts if not any(a <= c <= b for a, b in truth.ignore)))
    return Score(
        hits=hits,
        false=tuple(told.frame for told in false),
        missed=missed,
        gradual_found=len(truth.gradual) - len(open_gradual),
        gradual_known=len(truth.gradual),
        gradual_false=sum(told.gradual for told in false),
        gradual_missed=tuple(f"{truth.kind(span)} {span[0]}-{span[1]}" for span in sorted(open_gradual)),
    )


def boundaries(path: Path, options: ScanOptions | None = None) -> list[Told]:
    """Where all scenes but the first begin, from the real worker."""
    with WorkerScanner(SystemClock()).scan(str(path), options or ScanOptions(), CancelToken()) as messages:
        scenes = [message for message in messages if isinstance(message, Scene)]
    return [Told(scene.start_frame, scene.transition is not Transition.CUT) for scene in scenes[1:]]


def f1(scores: list[Score]) -> float:
    hits = sum(s.hits for s in scores)
    wrong = sum(len(s.false) + len(s.missed) for s in scores)
    return 2 * hits / max(1, 2 * hits + wrong)


def gradual_precision(scores: list[Score]) -> float:
    """Of what was told for a gradual transition, the part that is one."""
    found, false = sum(s.gradual_found for s in scores), sum(s.gradual_false for s in scores)
    return found / max(1, found + false)


def print_table(name: str, corpus: Path, detect: Detect) -> list[Score]:
    say(f"{name:34} found  false  missed  gradual")
    scores = []
    for truth in read_truths(corpus):
        try:
            result = score(truth, detect(corpus / truth.file))
        except InputError as error:
            say(f"{truth.file:34} {error}")
            continue
        scores.append(result)
        false = " ".join(map(str, result.false))
        missed = ", ".join((*map(str, result.missed), *result.gradual_missed))
        say(
            f"{truth.file:34} {result.hits:5}  {len(result.false):5}  {len(result.missed):6}  "
            f"{result.gradual_found}/{result.gradual_known}  {false and 'false: ' + false} "
            f"{missed and 'missed: ' + missed}"
        )
    known = sum(s.gradual_known for s in scores)
    say(
        f"{name}: F1 {f1(scores):.3f}; found {sum(s.hits for s in scores)}, "
        f"false {sum(len(s.false) for s in scores)}, missed {sum(len(s.missed) for s in scores)}, "
        f"gradual {sum(s.gradual_found for s in scores)}/{known}, "
        f"false {sum(s.gradual_false for s in scores)} (precision {gradual_precision(scores):.3f})\n"
    )
    return scores


def peer(kind: str) -> Detect:
    """One of PySceneDetect's detectors with its defaults, fed with the same small frames."""

    def detect(path: Path) -> list[Told]:
        from scenedetect import FrameTimecode
        from scenedetect.detectors import AdaptiveDetector, ContentDetector

        detector: Any = {"adaptive": AdaptiveDetector, "content": ContentDetector}[kind]()
        found: list[int] = []
        count, rate = 0, 25.0
        for rate, picture in _small_frames(path):
            found += [at.frame_num for at in detector.process_frame(FrameTimecode(count, rate), picture)]
            count += 1
        found += [at.frame_num for at in detector.post_process(FrameTimecode(count, rate))]
        return [Told(frame) for frame in found]

    return detect


def _small_frames(path: Path) -> Iterator[tuple[float, Any]]:
    import av

    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        rate = float(stream.average_rate or stream.guessed_rate or 25)
        for frame in container.decode(stream):
            width = min(256, frame.width)
            height = max(2, round(frame.height * width / frame.width))
            yield rate, frame.reformat(width=width, height=height, format="bgr24").to_ndarray()


def print_speed(path: Path, runs: int) -> None:
    """The best of several interleaved runs, as ratios to ffmpeg decoding without output."""
    ffmpeg = shutil.which("ffmpeg")
    if ffmpeg is None:
        sys.exit("ffmpeg is not here to compare with")
    commands = {
        "ffmpeg -f null": [ffmpeg, "-v", "error", "-i", str(path), "-an", "-f", "null", "-"],
        "scenes and key frames": [sys.executable, "-m", "tests.media.score_corpus", "--scan", str(path)],
        "PySceneDetect": [sys.executable, "-m", "scenedetect", "-i", str(path), "detect-adaptive"],
    }
    best: dict[str, tuple[float, float]] = {}
    for _ in range(runs):
        for name, command in commands.items():
            wall, cpu = time.perf_counter(), _children_cpu()
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            now = time.perf_counter() - wall, _children_cpu() - cpu
            before = best.get(name, now)
            best[name] = min(before[0], now[0]), min(before[1], now[1])
    floor = best["ffmpeg -f null"]
    for name, (wall, cpu) in best.items():
        say(f"{name:24} wall {wall:6.2f} s ({wall / floor[0]:.2f})  CPU {cpu:6.2f} s ({cpu / floor[1]:.2f})")


def _children_cpu() -> float:
    times = os.times()
    return times.children_user + times.children_system


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--corpus", type=Path, default=Path(os.environ.get("AUTOCUT_CORPUS", DEFAULT_CORPUS)))
    parser.add_argument("--peers", action="store_true")
    parser.add_argument("--sensitivity", type=float, default=0.5)
    parser.add_argument("--min-scene", type=float, default=ScanOptions().min_scene)
    parser.add_argument("--fast", action="store_true", help="in fast mode")
    parser.add_argument("--speed", type=Path)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--scan", type=Path, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.scan:
        boundaries(chosen.scan)
    elif chosen.speed:
        print_speed(chosen.speed, chosen.runs)
    else:
        mode = ScanMode.FAST if chosen.fast else ScanMode.ACCURATE
        options = ScanOptions(min_scene=chosen.min_scene, sensitivity=chosen.sensitivity, mode=mode)
        print_table("this worker", chosen.corpus, lambda path: boundaries(path, options))
        if chosen.peers:
            print_table("PySceneDetect adaptive", chosen.corpus, peer("adaptive"))
            print_table("PySceneDetect content", chosen.corpus, peer("content"))


if __name__ == "__main__":
    main()
