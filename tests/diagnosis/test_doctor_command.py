"""``doctor`` as people run it, and proof that nothing of theirs is in what it writes."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from autocut_tray.core.clock import SystemClock
from autocut_tray.core.jobs.job import JobError, JobOptions, JobState
from autocut_tray.core.jobs.store import JobStore
from autocut_tray.core.messages import message
from autocut_tray.core.paths import Paths
from autocut_tray.diagnosis.surroundings import Surroundings
from tests.command_line import Run
from tests.diagnosis.conftest import FakeScanner, probes
from tests.servers.scripted import Exchange, ScriptedServer

USER, HOST, CLIENT = "canaryuser", "canaryhost", "Canaryclient"
KEY = "sk-CANARY-0123456789abcdef"
CANARIES = ("canary", USER, HOST, CLIENT, "s3cr3tword")


@pytest.fixture(autouse=True)
def quick(no_model_servers: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No real hardware and no real worker; logging as it was afterwards."""
    made = Surroundings.of

    def of(*args: Any, **changes: Any) -> Surroundings:
        return made(*args, probes=probes(), scanner=FakeScanner(), **changes)

    monkeypatch.setattr(Surroundings, "of", of)
    yield
    for handler in list(logging.getLogger().handlers):
        if getattr(handler, "autocut", False):
            logging.getLogger().removeHandler(handler)
            handler.close()


def test_it_says_what_is_and_what_to_do(run: Run) -> None:
    code, out, _ = run("doctor")
    assert code == 0
    assert "checks are fine" in out.splitlines()[0]
    assert "warning · Policy:" in out and "    → " in out
    code, out, _ = run("doctor", "--lang", "zh-CN")
    assert code == 0 and "项检查" in out.splitlines()[0]


def test_json_is_one_document(run: Run) -> None:
    code, out, _ = run("doctor", "--json")
    report = json.loads(out)
    assert code == 0 and report["schema"] == 1
    counts = [check["verdict"] for check in report["checks"]]
    assert {v: report["summary"][v] for v in ("ok", "warning", "problem")} == {
        v: counts.count(v) for v in ("ok", "warning", "problem")
    }


def test_a_report_is_written_and_nothing_is_written_over(run: Run, tmp_path: Path) -> None:
    text, document = tmp_path / "report.txt", tmp_path / "report.JSON"
    code, out, _ = run("doctor", "-o", str(text))
    assert code == 0 and "report.txt" in out
    assert text.read_text("utf-8").startswith("AutoCut Director")
    assert "== Settings ==" in text.read_text("utf-8")
    assert run("doctor", "-o", str(document))[0] == 0
    assert json.loads(document.read_text("utf-8"))["schema"] == 1
    before = text.read_bytes()
    code, _, err = run("doctor", "-o", str(text))
    assert code == 2 and "--force" in err and text.read_bytes() == before
    text.write_text("mine")
    assert run("doctor", "-o", str(text), "--force")[0] == 0
    assert text.read_text("utf-8").startswith("AutoCut Director")


@pytest.mark.parametrize("where", ["", "nowhere/report.txt"])
def test_a_place_where_nothing_can_be_written_is_said_at_once(run: Run, tmp_path: Path, where: str) -> None:
    code, out, err = run("doctor", "-o", str(tmp_path / where), "--json")
    assert code == 2 and json.loads(out)["error"]["code"] == "file_unwritable"
    assert "Traceback" not in err


class _Gossip(ScriptedServer):
    """A model server that repeats what it should not know."""

    def respond(self, exchange: Exchange) -> None:
        exchange.send_json(
            401,
            {
                "error": f"key {KEY} of {USER}@{HOST} is wrong",
                "headers": {"Authorization": f"Bearer {KEY}"},
                "url": f"http://{USER}:s3cr3tword@{HOST}.lan/v1?token=s3cr3tword",
                "file": f"/home/{USER}/Videos/{CLIENT} wedding.mp4",
                "long": "x" * 900 + KEY,
            },
        )


def test_nothing_of_the_person_is_in_any_output(
    run: Run, tmp_path: Path, autocut_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = tmp_path / USER
    person.mkdir()
    monkeypatch.setattr("socket.gethostname", lambda: HOST)
    with _Gossip() as server:
        for name, value in {
            "HOME": str(person),
            "USER": USER,
            "HOSTNAME": HOST,
            "OPENAI_API_KEY": KEY,
            "LM_API_TOKEN": "s3cr3tword-without-a-shape",
            "LMSTUDIO_HOST": server.url.replace("://", f"://{USER}:s3cr3tword@") + "/v1?api_key=s3cr3tword",
            "OLLAMA_HOST": server.url,
            "LOCAL_VISION_MODEL": KEY,
            f"AUTOCUT_{USER}": "s3cr3tword",
        }.items():
            monkeypatch.setenv(name, value)
        video = f"{person}/Videos/{CLIENT}/ceremony of {CLIENT}.mp4"
        _plant(Paths.below(autocut_home), video, person)
        outputs = []
        for options in ([], ["--json"], ["--lang", "zh-CN"]):
            outputs += run("doctor", *options)[1:]
        for name in ("r.txt", "r.json"):
            assert run("doctor", "-o", str(autocut_home / name))[0] == 0
            outputs.append((autocut_home / name).read_text("utf-8"))
    for number, output in enumerate(outputs):
        shown = output.casefold()
        found = [canary for canary in CANARIES if canary.casefold() in shown]
        assert not found, (number, [line for line in output.splitlines() if found[0] in line.casefold()][:3])
    report = json.loads(outputs[-1])
    checks = {check["name"]: check for check in report["checks"]}
    assert checks["jobs"]["facts"]["last_errors"][0]["file"] == "‹video 1›"
    assert any("‹video 1› breaks off" in line for line in checks["log"]["facts"]["lines"])
    assert "•••" in json.dumps(checks["lmstudio"]["facts"], ensure_ascii=False)
    assert checks["crashes"]["verdict"] == "warning"


def _plant(paths: Paths, video: str, person: Path) -> None:
    """Traces of a person in every file that the report quotes."""
    paths.create()
    store = JobStore(paths.app_database, SystemClock())
    job = store.create(video, "key", JobOptions("en"))
    told = message("error-damaged", at="00:01")
    store.finish(job.id, JobState.FAILED, error=JobError("damaged", told, None, f"{video}: {KEY}", 3))
    store.close()
    lines = [
        f"INFO x [y] {video} breaks off",
        f"INFO x [y] sidecar ceremony of {CLIENT}.srt in {Path(video).parent}",
        f"INFO x [y] another '/mnt/{CLIENT}/b roll.mov'",
        f"ERROR x [y] Authorization: Bearer {KEY}",
        f"INFO x [y] {person}/.config of {USER} on {HOST} ({USER}@{HOST}.lan)",
        f"INFO x [y] https://{USER}:s3cr3tword@{HOST}/?token=s3cr3tword s3cr3tword-without-a-shape",
        f'  File "{person}/AutoCut/autocut_tray/x.py", line 3',
    ]
    stamped = "".join(f"2026-11-20 11:51:42,001 {line}\n" for line in lines)
    (paths.logs / "autocut.log").write_text(stamped, "utf-8")
    (paths.logs / "crash.log").write_text(f'Fatal: {KEY}\n  File "{person}/x.py", line 1\n', "utf-8")
    paths.settings_file.write_text(
        f'[models]\nlmstudio_model = "{KEY}"\nollama_host = "http://{USER}:s3cr3tword@{HOST}:11434"\n'
        f'[limits]\n"{USER}" = 1\n[{USER}]\nx = "{KEY}"\n',
        "utf-8",
    )
