"""Takes one video apart as a job does: ``python -m tests.bench.inside_scan FILE [fast]``; prints one line of JSON."""

from __future__ import annotations

import json
import sys
import time

from autocut_tray.core.cancel import CancelToken
from autocut_tray.core.clock import SystemClock
from autocut_tray.core.footage import Finished, Keyframe, ScanMode, Scene, Video
from autocut_tray.core.media.options import ScanOptions
from autocut_tray.core.media.scanner import WorkerScanner


def main() -> int:
    """Scan, and tell what was found and when."""
    opened = first = ended = 0.0
    scenes: list[Scene] = []
    pictures = 0
    mode = ScanMode(sys.argv[2]) if len(sys.argv) > 2 else ScanMode.ACCURATE
    with WorkerScanner(SystemClock()).scan(sys.argv[1], ScanOptions(mode=mode), CancelToken()) as messages:
        for message in messages:
            match message:
                case Video():
                    opened = time.monotonic()
                case Scene():
                    first = first or time.monotonic()
                    scenes.append(message)
                case Keyframe():
                    pictures += 1
                case Finished():
                    ended = time.monotonic()
                    mode = message.video.mode
    document = {
        "mode": mode.value,
        "cuts": [scene.start_frame for scene in scenes[1:]],
        "frames": scenes[-1].end_frame,
        "first_end": scenes[0].end_frame,
        # How much of the video was read when the first scene came, at the mean pace of the whole.
        "first_read": (first - opened) / (ended - opened) * scenes[-1].end_frame,
        "pictures": pictures,
        "worker_mib": _children_peak_mib(),
    }
    sys.stdout.write(json.dumps(document) + "\n")
    return 0


def _children_peak_mib() -> float | None:
    """The largest that a child of ours ever was; None where the system does not tell."""
    try:
        import resource
    except ImportError:
        return None
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return peak / (2**20 if sys.platform == "darwin" else 2**10)


if __name__ == "__main__":
    sys.exit(main())
