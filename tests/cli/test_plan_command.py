"""``plan`` and ``export --plan``: documents, exit codes, words in two languages, and a running instance."""

from __future__ import annotations

from pathlib import Path

import pytest

from autocut_tray.core.clock import SystemClock
from autocut_tray.core.jobs.job import Job
from autocut_tray.core.jobs.store import JobStore
from autocut_tray.core.paths import Paths
from autocut_tray.core.timeline.formats import SUFFIXES, Format
from tests.command_line import Run, document
from tests.e2e.program import Program, wait_until
from tests.jobs.test_export import make_job

pytestmark = pytest.mark.usefixtures("no_model_servers")

NOWHERE = "http://127.0.0.1:9"


@pytest.fixture
def job(autocut_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Job:
    """A job of eight scenes of three seconds, on a PC without model servers."""
    monkeypatch.setenv("OLLAMA_HOST", NOWHERE)
    monkeypatch.setenv("LMSTUDIO_HOST", NOWHERE + "/v1")
    paths = Paths.from_environment()
    paths.create()
    store = JobStore(paths.app_database, SystemClock())
    try:
        return make_job(store, tmp_path / "footage", "海滩.mov", scenes=8)
    finally:
        store.close()


def test_the_document(run: Run, job: Job) -> None:
    code, out, _ = run("plan", job.id, "--brief", "9-second reel", "--json")
    found = document(out)
    assert code == 0 and found["id"] == job.id and "scenes" not in found
    plan = found["plan"]
    assert (plan["brief"], plan["by"], plan["model"], plan["seconds"]) == (
        "9-second reel",
        "rules",
        None,
        9.0,
    )
    assert plan["who"].startswith("Made by rules: ")
    assert plan["length"] == pytest.approx(9, abs=0.04)
    assert plan["length"] == pytest.approx(sum(entry["length"] for entry in plan["entries"]), abs=1e-5)
    for entry in plan["entries"]:
        assert {"scene", "trim_start", "trim_end", "reason"} <= set(entry)
        total = entry["trim_start"] + entry["length"] + entry["trim_end"]
        assert total == pytest.approx(90 * 1001 / 30000, abs=1e-5)
        assert entry["trim_start_frames"] + entry["frames"] + entry["trim_end_frames"] == 90
    code, out, _ = run("jobs", "--json")
    assert document(out)["jobs"][0]["plan"] == plan


def test_said_in_english_and_chinese(run: Run, job: Job) -> None:
    code, out, _ = run("plan", job.id, "--length", "60", "--brief", "red lamp")
    assert code == 0 and "Rough cut: 8 scenes, 24.0 s" in out and "Made by rules" in out
    assert (
        "Matches the brief: red, lamp." in out and "The footage gives 24.0 s of the 60.0 s asked for." in out
    )
    code, out, _ = run("plan", job.id, "--brief", "6秒", "--lang", "zh-CN")
    assert code == 0 and "6.0 秒" in out and "由规则生成：" in out


def test_refusals_and_their_exit_codes(run: Run, job: Job, tmp_path: Path) -> None:
    target = str(tmp_path / "cut.otio")
    cases = [
        (("plan", "nothing", "--brief", "x"), "no_such_job"),
        (("plan", job.id, "--length", "0.5"), "bad_length"),
        (("plan", job.id, "--length", "nan"), "bad_length"),
        (("analyze", job.path, "--length", "1e9"), "bad_length"),
        (("export", job.id, "-f", "otio", "-o", target, "--plan"), "no_plan"),
        (("export", job.id, "-f", "otio", "-o", target, "--plan", "--scenes", "1"), "usage"),
    ]
    for arguments, error in cases:
        code, out, err = run(*arguments, "--json")
        assert (code, document(out)["error"]["code"]) == (2, error), arguments
        assert err.strip() and "Traceback" not in err


@pytest.mark.parametrize("kind", [kind for kind in Format if kind is not Format.CONTACT_SHEET])
def test_a_rough_cut_is_exported(run: Run, job: Job, tmp_path: Path, kind: Format) -> None:
    code, out, _ = run("plan", job.id, "--brief", "7 seconds", "--json")
    plan = document(out)["plan"]
    target = tmp_path / f"cut{SUFFIXES[kind]}"
    code, out, _ = run("export", job.id, "-f", kind.value, "-o", str(target), "--plan", "--json")
    found = document(out)
    assert code == 0 and found["export"]["clips"] == len(plan["entries"]) and found["plan"] == plan
    assert found["export"]["seconds"] == pytest.approx(plan["length"], abs=1e-5)


def test_the_running_instance_makes_it(job: Job, autocut_home: Path) -> None:
    program = Program(autocut_home)
    instance = program.start("--headless")
    try:
        wait_until(lambda: (autocut_home / "data" / "instance.json").exists(), "the instance")
        done = program.run("plan", job.id, "--brief", "9 seconds", "--json")
        assert done.code == 0 and done.document["plan"]["length"] == pytest.approx(9, abs=0.04)
        missing = program.run("plan", "nothing", "--json")
        assert missing.code == 2 and missing.document["error"]["code"] == "no_such_job"
    finally:
        instance.terminate()
        instance.communicate(timeout=30)
