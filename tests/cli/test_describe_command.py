"""``describe`` and the time limits: refusals, words in two languages, and what waits where no model is."""

from __future__ import annotations

from pathlib import Path

import pytest

from autocut_tray.core.clock import SystemClock
from autocut_tray.core.footage import Keyframe
from autocut_tray.core.jobs.job import DescribedBy, Job, JobState, SceneStatus
from autocut_tray.core.jobs.store import JobStore
from autocut_tray.core.paths import Paths
from autocut_tray.core.policy.governor_types import Tier
from tests.cli.test_plan_command import NOWHERE
from tests.command_line import Run, document
from tests.jobs.fakes import DESCRIPTION
from tests.jobs.test_export import make_job

pytestmark = pytest.mark.usefixtures("no_model_servers")


@pytest.fixture
def job(autocut_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Job:
    """Four scenes on a PC without model servers: the first done on a lower tier, the second left out."""
    monkeypatch.setenv("OLLAMA_HOST", NOWHERE)
    monkeypatch.setenv("LMSTUDIO_HOST", NOWHERE + "/v1")
    paths = Paths.from_environment()
    paths.create()
    store = JobStore(paths.app_database, SystemClock())
    try:
        made = make_job(store, tmp_path / "footage")
        first, second, *_ = store.scenes(made.id)
        for record in store.scenes(made.id):
            store.put_keyframe(made.id, Keyframe(record.scene.id, record.scene.start, 8, 8, b""), "gone.jpg")
        store.want(made.id, [first.scene.id])
        store.put_description(
            made.id, first.scene, DESCRIPTION, DescribedBy(Tier.CPU, "ollama", "m", 2.0, degraded=True)
        )
        store.set_status(made.id, [second.scene.id, 4], SceneStatus.LEFT_OUT)
        return store.finish(made.id, JobState.DONE)
    finally:
        store.close()


def test_refusals_and_their_exit_codes(run: Run, job: Job) -> None:
    cases = [
        (("describe", job.id), "usage"),
        (("describe", "nothing", "--rest"), "no_such_job"),
        (("describe", job.id, "--rest", "--scenes", "1"), "nothing_to_describe"),
        (("describe", job.id, "--lower", "--scenes", "a"), "bad_scenes"),
        (("jobs", "--finish-by", "18:00"), "nothing_to_do"),
        (("jobs", "--finish-by", "soon"), "no_such_moment"),
        (("jobs", "--pause", job.id), "job_over"),
        (("jobs", "--next", "nothing"), "no_such_job"),
        (("analyze", job.path, "--finish-by", "2020-01-01"), "no_such_moment"),
    ]
    for arguments, error in cases:
        code, out, err = run(*arguments, "--json")
        assert (code, document(out)["error"]["code"]) == (2, error), arguments
        assert err.strip() and "Traceback" not in err


def test_without_a_model_the_scenes_wait_and_keep_what_they_have(run: Run, job: Job) -> None:
    code, out, _ = run("describe", job.id, "--rest", "--lower", "--wait", "0", "--json")
    found = document(out)["jobs"][0]
    assert code == 4 and found["state"] == "paused" and found["waiting_for"]
    assert [(scene["status"], scene["wanted"]) for scene in found["scenes"]] == [
        ("waiting", True),
        ("waiting", True),
        ("described", False),
        ("waiting", True),
    ]
    assert found["scenes"][0]["description"]["summary"] == DESCRIPTION.summary
    assert found["scenes"][0]["described_by"]["degraded"] is True
    assert (found["scenes_planned"], found["scenes_degraded"]) == (4, 1)
    code, out, _ = run("jobs", "--finish-by", "off", "--json")
    assert code == 0 and document(out)["jobs"][0]["finish_by"] is None


def test_what_could_be_better_is_said(run: Run, job: Job) -> None:
    code, out, err = run("analyze", job.path)
    said = out + err
    assert code == 0 and "was described on a lower tier" in said and f"describe {job.id} --rest" in said


def test_one_job_is_paused_put_first_and_goes_on(run: Run, job: Job, paths: Paths) -> None:
    store = JobStore(paths.app_database, SystemClock())
    try:
        first, second = (store.create(f"/{name}.mp4", name, job.options) for name in "ab")
    finally:
        store.close()

    def jobs(*arguments: str) -> dict[str, tuple[str, bool]]:
        code, out, _ = run("jobs", *arguments, "--json")
        assert code == 0
        return {one["id"]: (one["state"], one["held"]) for one in document(out)["jobs"]}

    assert jobs("--pause", first.id, "--pause", second.id)[first.id] == ("paused", True)
    code, _, err = run("jobs")
    assert code == 0 and "Traceback" not in err
    found = jobs("--resume", first.id, "--next", second.id)
    assert found[first.id] == found[second.id] == ("queued", False)
    store = JobStore(paths.app_database, SystemClock())
    try:
        assert store.next_queued() == second.id
    finally:
        store.close()
