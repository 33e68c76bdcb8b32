"""The command line in one process: documents, exit codes, languages, errors that are sentences."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from pathlib import Path

import pytest

from autocut_tray.cli.app import build_app
from autocut_tray.cli.context import open_context
from autocut_tray.cli.help import localized_command
from autocut_tray.cli.output import Output
from autocut_tray.cli.usage import PROGRAM
from autocut_tray.core.clock import SystemClock
from autocut_tray.core.jobs.job import JobOptions, JobState
from autocut_tray.core.jobs.store import JobStore
from autocut_tray.core.monitor.history import History
from autocut_tray.core.paths import Paths
from autocut_tray.core.receipt import ReceiptKind
from autocut_tray.i18n import Translator
from tests.command_line import Run, document
from tests.media.heard import Track, heard_video, tone
from tests.media_samples import srt_text
from tests.monitor.test_history import receipt

pytestmark = pytest.mark.usefixtures("no_model_servers")


def test_version_and_help(run: Run) -> None:
    code, out, _ = run("--version")
    assert code == 0 and out.startswith("autocut-tray ")
    code, out, _ = run("--help")
    assert code == 0 and "analyze" in out and "replay" in out
    code, out, _ = run("--help", "--lang", "zh-CN")
    assert code == 0 and "列出所有任务" in out


def test_every_word_of_the_help_is_in_its_language(autocut_home: Path) -> None:
    command = localized_command(build_app(open_context(as_json=False, language="zh-CN")), Translator("zh-CN"))
    assert len(command.commands) > 25
    english = (
        "Usage",
        "Options",
        "Arguments",
        "Commands",
        "Show this",
        "required",
        "default",
        "<str>",
        "OPTIONS",
    )
    for name, one in ((PROGRAM, command), *command.commands.items()):
        with one.make_context(name, [], resilient_parsing=True) as context:
            said = one.get_help(context)
        assert said.startswith("用法：") and "选项：" in said and "显示此帮助后退出。" in said
        assert not [word for word in english if word in said], name


def test_the_help_shows_what_options_take(run: Run) -> None:
    out = run("analyze", "--help")[1]
    assert out.startswith("Usage: autocut-tray analyze [OPTIONS]")
    assert "<" not in out and "--max-scenes N" in out and "[x>=1]" in out
    assert "[default: 600.0; x>=0.0]" in out and "[required]" in out
    zh = run("analyze", "--help", "--lang", "zh-CN")[1]
    assert "[默认：600.0; x>=0.0]" in zh and "[必填]" in zh


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


def test_advice_comes_with_the_command_that_follows_it(run: Run, tmp_path: Path) -> None:
    large = {"name": "qwen-vl-14b", "size_bytes": 11_300_000_000, "vision": True, "loaded": True}
    small = {"name": "qwen2 vl", "size_bytes": 6_000_000_000, "vision": True}
    file = tmp_path / "machine.json"
    file.write_text(
        json.dumps(
            {
                "schema": 1,
                "memory": {"total_gb": 32, "available_gb": 20},
                "gpus": [{"name": "RTX 4060", "kind": "discrete", "vram_gb": 8, "vram_total_mib": 8188}],
                "ai_runtime": {"lmstudio": {"reachable": True, "remote": False, "models": [large, small]}},
                "profile_class": "LOCAL_GPU_MID",
            }
        )
    )
    code, out, _ = run("policy", "--profile", str(file))
    assert code == 0 and "→ Use the smaller qwen2 vl" in out
    assert "Command: autocut-tray settings models.lmstudio_model 'qwen2 vl'" in out
    code, out, _ = run("policy", "--profile", str(file), "--lang", "zh-CN")
    assert "→ 改用较小的 qwen2 vl" in out and "命令：autocut-tray settings" in out
    code, out, _ = run("policy", "--profile", str(file), "--json")
    action = {"kind": "use_model", "argument": "lmstudio/qwen2 vl"}
    assert action in [advice["action"] for advice in document(out)["recommendations"]]


def test_profile_says_what_would_make_this_machine_better(run: Run) -> None:
    code, out, _ = run("profile")
    assert code == 0 and "→ " in out


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


def test_undo_without_an_instance_says_so_on_the_receipt(run: Run, paths: Paths) -> None:
    """The forced tier of a session that has ended."""
    paths.create()
    history = History(paths.metrics_database, SystemClock())
    forced = history.add_receipt(
        replace(receipt(at=time.time() - 60), kind=ReceiptKind.MANUAL, cause="forced")
    )
    pressed = history.add_receipt(receipt(at=time.time() - 50))
    history.close()
    assert run("undo", "--json")[0] == 0
    history = History(paths.metrics_database, SystemClock())
    undone = {kept.id: kept.undone for kept in history.receipts_after(0)}
    history.close()
    assert undone == {forced.id: True, pressed.id: False}


def test_a_pin_without_an_instance_is_a_stored_wish(run: Run) -> None:
    code, out, _ = run("pin", "cpu", "--json")
    assert code == 0 and document(out)["monitor"]["pinned"] == "CPU"
    assert document(run("status", "--json")[1])["monitor"]["pinned"] == "CPU"
    assert document(run("pin", "off", "--json")[1])["monitor"]["pinned"] is None
    code, _, err = run("pin", "tpu")
    assert code == 2 and "GPU, CPU, CLOUD, PAUSED, off" in err


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


USAGE = {
    "missing argument": (["scenes"], "video is missing.", "缺少 video。", "scenes"),
    "missing list": (["analyze"], "PATH... is missing.", "缺少 PATH...。", "analyze"),
    "no such option": (["jobs", "--qqq"], "There is no option --qqq.", "没有 --qqq 这个选项。", "jobs"),
    "short option": (["jobs", "-q"], "There is no option -q.", "没有 -q 这个选项。", "jobs"),
    "misspelt option": (
        ["jobs", "--jsom"],
        "There is no option --jsom; did you mean --json?",
        "没有 --jsom 这个选项，是否想用 --json？",
        "jobs",
    ),
    "no such command": (["qqq"], "There is no command qqq.", "没有 qqq 这个命令。", ""),
    "no such command before one": (["qqq", "jobs"], "There is no command qqq.", "没有 qqq 这个命令。", ""),
    "misspelt command": (
        ["profil"],
        "There is no command profil; did you mean profile?",
        "没有 profil 这个命令，是否想用 profile？",
        "",
    ),
    "needs a value": (["doctor", "-o"], "-o needs a value after it.", "-o 后面需要一个值。", "doctor"),
    "takes no value": (["jobs", "--json=3"], "--json takes no value.", "--json 不带值。", "jobs"),
    "too much": (
        ["jobs", "a", "b c"],
        "The command does not take this: a b c.",
        "此命令不接受：a b c。",
        "jobs",
    ),
    "not a whole number": (
        ["analyze", "x", "--max-scenes", "many"],
        "--max-scenes cannot be many: it takes a whole number.",
        "--max-scenes 不能是 many：需要整数。",
        "analyze",
    ),
    "not a number": (
        ["analyze", "x", "--wait", "long"],
        "--wait cannot be long: it takes a number.",
        "--wait 不能是 long：需要数字。",
        "analyze",
    ),
    "too little": (
        ["analyze", "x", "--max-scenes", "0"],
        "--max-scenes cannot be 0: the least is 1.",
        "--max-scenes 不能是 0：最小为 1。",
        "analyze",
    ),
}


@pytest.mark.parametrize("kind", list(USAGE))
def test_usage_errors_speak_the_language_in_force(run: Run, kind: str) -> None:
    arguments, en, zh, command = USAGE[kind]
    help_at = " ".join(filter(None, ("autocut-tray", command, "--help")))
    for language, sentence, hint in (("en", en, f"See {help_at}."), ("zh-CN", zh, f"参见 {help_at}。")):
        code, out, err = run(arguments[0], "--lang", language, *arguments[1:])
        gap = "" if language == "zh-CN" else " "
        assert (code, out, err) == (2, "", f"{sentence}{gap}{hint}\n")
        if "--json" not in arguments[-1]:
            code, out, err = run(arguments[0], "--lang", language, "--json", *arguments[1:])
            assert code == 2
            error = document(out)["error"]
            assert (error["code"], error["message"], error["hint"]) == ("usage", sentence, hint)


def test_files_after_two_dashes_are_files(run: Run) -> None:
    code, _, err = run("scenes", "--json", "--", "--lang")
    assert code == 3 and "--lang" in err


def test_drill_without_a_model_says_what_to_do(run: Run) -> None:
    code, out, err = run("drill", "--json")
    assert code == 4
    assert document(out)["error"]["code"] == "drill_nothing"
    assert "Ollama" in err


@pytest.mark.parametrize(
    "arguments", [("--lang", "zh-CN", "jobs"), ("--lang=zh-CN", "jobs"), ("jobs", "--lang", "zh-CN")]
)
def test_the_language_may_stand_before_the_command(run: Run, arguments: tuple[str, ...]) -> None:
    code, out, _ = run(*arguments)
    assert code == 0 and "任务" in out


def test_scenes_with_their_sound_and_words(run: Run, tmp_path: Path) -> None:
    sound = [Track(tone(4), language="en"), Track(tone(4), default=False)]
    clip = heard_video(tmp_path / "a.mkv", seconds=4, cuts=(2,), sound=sound)
    (tmp_path / "a.zh.srt").write_text(srt_text([(0.5, 1.5, "看那边")]), "utf-8")
    code, out, _ = run("scenes", "--json", str(clip))
    found = document(out)
    assert code == 0
    assert found["video"]["audio"] == {
        "codec": "pcm_f32le",
        "channels": 1,
        "sample_rate": 48_000,
        "track": 1,
        "tracks": 2,
        "language": "en",
    }
    assert found["video"]["subtitles"]["source"] == "sidecar"
    first, last = found["scenes"]
    assert first["audio"] == {"loudness_lufs": -15.1, "silence_ratio": 0.0, "speech_like_ratio": 0.0}
    assert (first["subtitles"], last["subtitles"]) == ("看那边", None)
    code, out, err = run("scenes", str(clip))
    assert code == 0 and "Loudness" in out and "−15.1\u00a0LUFS" in out
    assert "Track 1 is measured" in err


def test_a_notice_that_is_true_of_many_things_is_said_once(capsys: pytest.CaptureFixture[str]) -> None:
    output = Output(Translator("en"), as_json=False)
    for reason in ("No vision model answers.", "The cloud is off.", "No vision model answers."):
        output.note_once(reason)
    assert capsys.readouterr().err.splitlines() == ["No vision model answers.", "The cloud is off."]


def test_why_a_job_waits_is_said_once(run: Run, tmp_path: Path) -> None:
    clip = heard_video(tmp_path / "a.mkv", seconds=2, cuts=(1,))
    _, _, err = run("analyze", str(clip), "--wait", "0")
    assert [line for line in err.splitlines() if "No vision model" in line] == [
        "No vision model is on this PC, and the cloud is off. Nothing leaves this PC."
    ]
