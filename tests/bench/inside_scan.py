"""Takes one video apart as a job does: ``python -m tests.bench.inside_scan FILE [fast] [bare]``; one line of JSON.

``bare``: without a JPEG a scene, as the ``scenes`` command does.
"""

from __future__ import annotations

import json
import sys
import time

from autocut_tray.core.cancel import CancelToken
from autocut_tray.core.clock import SystemClock
from autocut_tray.core.footage import MAX_PICTURES, Finished, Keyframe, ScanMode, Scene, Video
from autocut_tray.core.media.options import ScanOptions
from autocut_tray.core.media.scanner import WorkerScanner


def main() -> int:
    """Scan, and tell what was found and when."""
    opened = first = ended = 0.0
    scenes: list[Scene] = []
    pictures = 0
    file, *how = sys.argv[1:]
    mode = ScanMode.FAST if "fast" in how else ScanMode.ACCURATE
    options = ScanOptions(mode=mode, pictures=0 if "bare" in how else MAX_PICTURES)
    with WorkerScanner(SystemClock()).scan(file, options, CancelToken()) as messages:
        for message in messages:
            match message:
                case Video():
                    opened = time.monotonic()
                case Scene():
                    first = first or time.monotonic()
                    scenes.append(message)
                case Keyframe():
                    pictures += bool(message.jpeg)
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
