"""Whether the media worker can start and answer."""

from __future__ import annotations

import tempfile
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from autocut_tray.core.cancel import CancelToken
from autocut_tray.core.errors import InputError
from autocut_tray.core.media.options import ScanOptions
from autocut_tray.core.messages import message
from autocut_tray.diagnosis.finding import Finding, Json, Verdict
from autocut_tray.diagnosis.surroundings import WORKER_SECONDS, Surroundings

_NO_VIDEO = b"AutoCut Director asks its media worker whether it is there. This is no video.\n"
_EXPECTED = "not_a_video"


def worker(around: Surroundings, cancel: CancelToken) -> Finding:
    """Asks it about a text: that it says "not a video" proves that it starts, decodes and talks to us."""
    started = around.clock.monotonic()
    facts: Json = {"answer": None, "detail": None, "pyav": _pyav()}
    with tempfile.TemporaryDirectory(prefix="autocut-doctor-") as folder:
        file = Path(folder) / "probe.mp4"
        file.write_bytes(_NO_VIDEO)
        try:
            with around.scanner.scan(str(file), ScanOptions(), cancel) as messages:
                for _ in messages:
                    pass
        except InputError as error:
            facts |= {"answer": error.code, "detail": error.detail or None}
    seconds = around.clock.monotonic() - started
    facts["seconds"] = round(seconds, 2)
    if facts["answer"] == _EXPECTED:
        return Finding(Verdict.OK, message("doctor-worker-ok", seconds=f"{seconds:.1f}"), facts=facts)
    if facts["answer"] == "hung":
        said = message("doctor-worker-slow", seconds=f"{WORKER_SECONDS:g}")
        return Finding(Verdict.WARNING, said, message("doctor-worker-slow-next"), facts)
    return Finding(Verdict.PROBLEM, message("doctor-worker-bad"), message("doctor-worker-bad-next"), facts)


def _pyav() -> str | None:
    try:
        return version("av")
    except PackageNotFoundError:
        return None
