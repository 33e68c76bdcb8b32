"""How much is described while the video is still being read."""

from __future__ import annotations

from tests.bench.clips import long_clip
from tests.bench.plan import MeasurementFailed, Plan
from tests.bench.rows import Row
from tests.e2e.program import Program, finish, wait_until
from tests.servers.fake_ollama import FakeOllama
from tests.servers.ollama_store import GIB, OllamaModel

ANSWER_SECONDS = 0.1
SCENES = 16
PATIENCE = 300.0
_HOW_FAR = "SELECT scan_complete, (SELECT count(*) FROM scenes WHERE status = 'described') AS done FROM jobs"


def measure(plan: Plan) -> list[Row]:
    """The share of descriptions stored before the last frame was read; 0 if one came after the other."""
    clip = str(long_clip().path)
    early = 0
    with FakeOllama(
        [OllamaModel("moondream:latest", size=GIB, memory=GIB, vision=True)], gpu_bytes=0
    ) as server:
        server.answer_seconds = ANSWER_SECONDS
        program = Program(plan.folder / "overlap", {"OLLAMA_HOST": server.url})
        process = program.start("analyze", clip, "--max-scenes", str(SCENES), "--json")

        def is_read() -> bool:
            nonlocal early
            rows = program.rows(_HOW_FAR)
            if rows and not rows[0]["scan_complete"]:
                early = int(rows[0]["done"])
            return bool(rows and rows[0]["scan_complete"]) or process.poll() is not None

        wait_until(is_read, "the end of the video", PATIENCE)
        result = finish(process, PATIENCE)
        described = program.described()
    if result.code or not described:
        raise MeasurementFailed(result.err[-300:])
    note = f"{early} of {described} scenes described before the video was read to its end"
    return [Row("overlap/described while reading", round(100 * early / described), "%", None, note)]
