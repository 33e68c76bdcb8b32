"""The command line in one process: documents, exit codes, languages, errors that are sentences."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from autocut_tray.__main__ import main
from autocut_tray.core.clock import SystemClock
from autocut_tray.core.jobs.job import JobOptions, JobState
from autocut_tray.core.jobs.store import JobStore
from autocut_tray.core.paths import Paths

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(autouse=True)
def signals() -> Iterator[None]:
    before = {name: signal.getsignal(name) for name in (signal.SIGINT, signal.SIGTERM)}
    yield
    for name, handler in before.items():
        signal.signal(name, handler)


@pytest.fixture
def run(capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("LMSTUDIO_HOST", "http://127.0.0.1:9")
    monkeypatch.setenv("OLLAMA_HOST", "127.0.0.1:9")
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setenv("LANG", "en_GB.UTF-8")
    for name in ("LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)

    def call(*arguments: str) -> tuple[int, str, str]:
        code = main(list(arguments))
        out, err = capfdbinary.readouterr()
        return code, out.decode(), err.decode()

    return call


def document(out: str) -> Any:
    return json.loads(out)


def test_version_and_help(run: Run) -> None:
    code, out, _ = run("--version")
    assert code == 0 and out.startswith("autocut-tray ")
    code, out, _ = run("--help")
    assert code == 0 and "analyze" in out and "replay" in out
    code, out, _ = run("--help", "--lang", "zh-CN")
    assert code == 0 and "列出所有任务" in out


def test_profile_is_the_promised_document_and_is_saved(run: Run, autocut_home: Path) -> None:
    code, out, _ = run("profile", "--json")
    found = document(out)
    assert code == 0 and found["schema"] == 1
    assert set(found) >= {
        "detected_at", "cpu", "memory", "gpu", "gpus", "ai_runtime", "editor", "profile_class", "degraded",
        "degradation_reason", "explanation", "probes", "changes",
    }  # fmt: skip
    assert set(found["cpu"]) >= {"name", "cores", "threads", "score"}
    assert set(found["ai_runtime"]["ollama"]) >= {
        "installed",
        "reachable",
        "host",
        "remote",
        "version",
        "models",
    }
    assert found["ai_runtime"]["ollama"]["reachable"] is False
    assert {p["name"] for p in found["probes"]} >= {"cpu", "memory", "ollama", "lmstudio"}
    saved = json.loads((autocut_home / "data" / "runtime_profile.json").read_text("utf-8"))
    assert saved["cpu"] == found["cpu"]


@pytest.mark.parametrize(
    ("profile", "expected"),
    [
        ({"gpu": {"name": "RTX", "vram_gb": 15.99}}, ("LOCAL_GPU_HIGH", 20)),
        ({"gpu": {"name": "RTX", "vram_gb": 7.99}}, ("LOCAL_GPU_MID", 10)),
        ({"gpu": {"name": "RTX", "vram_gb": 3.9}}, ("LOCAL_GPU_LOW", 6)),
        ({"gpu": {"name": "RTX", "vram_gb": 3.4}}, ("LOCAL_CPU_ONLY", 10)),
        ({"gpu": None}, ("LOCAL_CPU_ONLY", 10)),
        ({}, ("LOCAL_CPU_ONLY", 10)),
    ],
)
def test_policy_of_a_hand_made_profile(
    run: Run, tmp_path: Path, profile: dict[str, object], expected: tuple[str, int]
) -> None:
    file = tmp_path / "p.json"
    file.write_text(json.dumps(profile))
    code, out, _ = run("policy", "--profile", str(file), "--json")
    found = document(out)
    assert code == 0
    assert (found["profile_class"], found["vision"]["max_scenes"]) == expected
    assert all(set(r) == {"code", "text"} for r in found["reasons"])
    assert set(found) >= {"vision", "planning", "editing", "base_tier", "recommendations"}


def test_policy_with_a_server_follows_the_table(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "p.json"
    models = [{"name": "llava-phi3:latest", "vision": True}, {"name": "qwen2.5:14b", "vision": False}]
    file.write_text(
        json.dumps(
            {
                "gpu": {"name": "RTX 4090", "vram_gb": 24},
                "ai_runtime": {"ollama": {"installed": True, "reachable": True, "models": models}},
            }
        )
    )
    _, out, _ = run("policy", "--profile", str(file), "--json")
    found = document(out)
    vision = found["vision"]
    assert (vision["provider"], vision["local_backend"], vision["model"]) == (
        "local",
        "ollama",
        "llava-phi3:latest",
    )
    assert (vision["device"], found["base_tier"]) == ("gpu", "GPU")
    assert found["planning"]["provider"] == "local" and found["planning"]["model"] == "qwen2.5:14b"


@pytest.mark.parametrize("content", ["", "{", "[]", '{"gpu": 5}', '{"cpu": {"threads": "many"}}'])
def test_a_profile_that_is_none_is_bad_input(run: Run, tmp_path: Path, content: str) -> None:
    file = tmp_path / "p.json"
    file.write_text(content)
    code, out, err = run("policy", "--profile", str(file), "--json")
    assert code == 3
    assert set(document(out)["error"]) == {"code", "message", "hint"}
    assert "Traceback" not in err and len(err.strip().splitlines()) <= 2


def test_status_without_an_instance_is_what_was_stored(run: Run) -> None:
    code, out, _ = run("status", "--json")
    assert code == 0 and document(out)["monitor"]["running"] is False
    run("profile", "--json")
    found = document(run("status", "--json")[1])
    assert found["profile"]["class"] == "LOCAL_CPU_ONLY" and found["policy"]["vision"]["provider"] == "cloud"
    metrics = found["monitor"]["metrics"]
    assert set(metrics) == {"gpu", "memory", "cpu", "tasks", "disk", "network", "editor"}
    figures = [value for group in metrics.values() for value in group.values()]
    assert set(figures) == {None}, "nothing is measured, and that is not 0"
    assert found["monitor"]["alerts"] == []
    assert found["monitor"]["metrics"]["gpu"]["vram_used_percent"] is None


def test_degrade_and_undo_without_an_instance_are_stored_wishes(run: Run) -> None:
    code, out, _ = run("degrade", "cpu", "--json")
    assert code == 0 and document(out)["monitor"]["forced"] == "CPU"
    assert document(run("status", "--json")[1])["monitor"]["forced"] == "CPU"
    assert document(run("undo", "--json")[1])["monitor"]["forced"] is None


def test_jobs_are_listed(run: Run, autocut_home: Path) -> None:
    assert document(run("jobs", "--json")[1]) == {"jobs": []}
    store = JobStore(Paths.below(autocut_home).app_database, SystemClock())
    job = store.create("/clips/ümläut 片段.mp4", "key", JobOptions("en"))
    store.finish(job.id, JobState.DONE)
    store.close()
    listed = document(run("jobs", "--json")[1])["jobs"]
    assert [(j["id"], j["state"], j["path"]) for j in listed] == [(job.id, "done", "/clips/ümläut 片段.mp4")]
    assert "片段.mp4" in run("jobs")[1]


def test_replay_prints_one_object_a_line(run: Run, tmp_path: Path) -> None:
    trace = tmp_path / "t.jsonl"
    lines = [{"t": t, "vram_used": 7200, "vram_total": 8192} for t in range(20)]
    trace.write_text("\n".join(map(json.dumps, lines)))
    code, out, _ = run("replay", str(trace), "--json")
    tiers = [json.loads(line) for line in out.splitlines() if '"tier"' in line]
    assert code == 0
    assert [(c["t"], c["from"], c["to"], c["cause"]) for c in tiers if c["event"] == "tier"] == [
        (10.0, "GPU", "CPU", "vram")
    ]
    code, out, _ = run("replay", str(trace), "--set", "vram_on=90", "--json")
    assert code == 0 and '"tier"' not in out


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["nope"], 2),
        (["scenes"], 2),
        (["analyze"], 2),
        (["analyze", "x", "--max-scenes", "0"], 2),
        (["analyze", "/x.mp4", "--force-local", "--force-cloud"], 2),
        (["degrade", "sideways"], 2),
        (["replay", "/nowhere.jsonl"], 3),
        (["policy", "--profile", "/nowhere.json"], 3),
        (["scenes", "/nowhere.mp4"], 3),
        (["replay", "/dev/null", "--set", "nonsense=1"], 2),
    ],
)
def test_mistakes_end_as_a_sentence_and_a_document(run: Run, arguments: list[str], code: int) -> None:
    if arguments[0] == "analyze" and "/x.mp4" not in arguments:
        arguments = [*arguments]
    got, out, err = run(*arguments, "--json")
    assert got == code
    assert document(out)["error"]["message"]
    assert "Traceback" not in err and err.strip()
    got, out, err = run(*arguments, "--lang", "zh-CN")
    assert got == code and out == "" and err.strip()


def test_files_after_two_dashes_are_files(run: Run) -> None:
    code, _, err = run("scenes", "--json", "--", "--lang")
    assert code == 3 and "--lang" in err
