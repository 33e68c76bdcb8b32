"""Each check: what it says when all is well, and when it is not."""

from __future__ import annotations

import sqlite3
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from autocut_tray.core.cancel import CancelToken
from autocut_tray.core.clock import SystemClock
from autocut_tray.core.instance import InstanceBusy
from autocut_tray.core.jobs.job import JobError, JobOptions, JobState
from autocut_tray.core.jobs.store import JobStore
from autocut_tray.core.messages import message
from autocut_tray.core.paths import Paths
from autocut_tray.core.runtime.profile import Outcome
from autocut_tray.diagnosis import choices, machine, program, records, servers, storage, worker
from autocut_tray.diagnosis.checkup import CHECKS, diagnose
from autocut_tray.diagnosis.finding import Check, Finding, Verdict
from autocut_tray.diagnosis.report import to_text
from autocut_tray.diagnosis.surroundings import Surroundings
from autocut_tray.i18n import LANGUAGES, Translator
from tests.diagnosis.conftest import FakeScanner, answers, probes
from tests.fakes import FakeClock
from tests.servers.fake_lmstudio import FakeLmStudio
from tests.servers.fake_ollama import FakeOllama
from tests.servers.scripted import closed_port

Make = Callable[..., Surroundings]


def look(check: Callable[[Surroundings, CancelToken], Finding], around: Surroundings) -> Finding:
    return check(around, CancelToken())


def said(finding: Finding) -> tuple[Verdict, str]:
    return finding.verdict, finding.said.code


# -- all together


def test_a_healthy_machine_gives_a_whole_report(around: Make) -> None:
    checks = [check for check in CHECKS if check.name not in ("keys", "ollama", "lmstudio", "log", "crashes")]
    report = diagnose(around(), checks)
    assert [check["name"] for check in report["checks"]] == [check.name for check in checks]
    bad = {check["name"]: check["text"] for check in report["checks"] if check["verdict"] == "problem"}
    assert bad == {}
    assert set(report["checks"][0]) == {"name", "title", "verdict", "text", "next", "seconds", "facts"}
    assert report["summary"]["problem"] == 0 and report["summary"]["text"].endswith("fine.")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_check_has_a_title_and_advice_for_what_is_wrong(
    around: Make, home: Paths, language: str, caplog: pytest.LogCaptureFixture
) -> None:
    home.app_database.write_bytes(b"garbage" * 500)
    sick = around(
        scanner=FakeScanner("worker_crashed"), translator=Translator(language), environ={"AUTOCUT_X": "1"}
    )
    report = diagnose(sick, [check for check in CHECKS if check.name not in ("ollama", "lmstudio")])
    for check in report["checks"]:
        assert check["verdict"] == "ok" or check["next"], check
    text = to_text(report, sick.translator)
    assert all(check["title"] in text and check["text"] in text for check in report["checks"])


def test_a_check_that_hangs_or_throws_is_itself_what_was_found(around: Make) -> None:
    gate = threading.Event()

    def hang(around: Surroundings, cancel: CancelToken) -> Finding:
        gate.wait(10)
        raise AssertionError

    def throw(around: Surroundings, cancel: CancelToken) -> Finding:
        raise ZeroDivisionError("at /home/anna/secret")

    def fine(around: Surroundings, cancel: CancelToken) -> Finding:
        return Finding(Verdict.OK, message("doctor-jobs-none"))

    def busy(around: Surroundings, cancel: CancelToken) -> Finding:
        raise InstanceBusy

    made = [
        Check("log", hang, limit=0.05),
        Check("jobs", throw),
        Check("keys", fine),
        Check("instance", busy),
    ]
    try:
        report = diagnose(around(), made)
    finally:
        gate.set()
    verdicts = [check["verdict"] for check in report["checks"]]
    assert verdicts == ["problem", "problem", "ok", "problem"]
    texts = [check["text"] for check in report["checks"]]
    assert "0.05 s" in texts[0] and "ZeroDivisionError" in texts[1]
    assert report["checks"][1]["facts"] == {"error": "ZeroDivisionError('at /home/‹user›/secret')"}
    assert report["checks"][3]["next"].startswith("Wait a moment")


# -- the program and the system


def test_versions_are_told_without_importing_qt(around: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    finding = look(program.versions, around())
    assert finding.verdict is Verdict.OK
    for qt, expected in (("6.12.0", Verdict.WARNING), ("6.7.3", Verdict.WARNING), (None, Verdict.PROBLEM)):
        monkeypatch.setattr(program, "_version", lambda name, qt=qt: qt)
        assert look(program.versions, around()).verdict is expected


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there always is a display")
@pytest.mark.parametrize(
    ("environ", "code"),
    [
        ({"WAYLAND_DISPLAY": "", "DISPLAY": ":0"}, "doctor-display-ok"),
        ({"XDG_CURRENT_DESKTOP": "ubuntu:GNOME"}, "doctor-display-ok"),
        ({"XDG_CURRENT_DESKTOP": "GNOME"}, "doctor-display-gnome"),
        ({"WAYLAND_DISPLAY": ""}, "doctor-display-none"),
        ({"QT_QPA_PLATFORM": "offscreen"}, "doctor-display-none"),
    ],
)
def test_display(around: Make, environ: dict[str, str], code: str) -> None:
    assert look(program.display, around(environ)).said.code == code


# -- choices


def test_settings_that_differ_are_told_with_their_source(around: Make, home: Paths) -> None:
    home.settings_file.write_text('[ui]\ntheme = "dark"\n[limits]\nvram_on = 90\n')
    finding = look(choices.settings, around({"AUTOCUT_UI__LANGUAGE": "en"}))
    assert finding.verdict is Verdict.OK
    assert {(c["path"], c["source"]) for c in finding.facts["changed"]} == {
        ("ui.theme", "file"),
        ("ui.language", "environment"),
        ("limits.vram_on", "file"),
    }


@pytest.mark.parametrize(
    "text", ['[ui]\ntheme = "pink"\n', "[limits]\nnope = 3\n", "ui = 5\n", "[limits]\nvram_on = 900\n"]
)
def test_settings_that_cannot_be_used_are_a_warning(around: Make, home: Paths, text: str) -> None:
    home.settings_file.write_text(text)
    finding = look(choices.settings, around())
    assert said(finding) == (Verdict.WARNING, "doctor-settings-bad")
    assert len(finding.facts["problems"]) == 1


def test_environment_names_are_told_and_unknown_values_are_not(around: Make) -> None:
    environ = {"LMSTUDIO_HOST": "http://x/v1", "AUTOCUT_UI__THEM": "CANARY", "OPENAI_API_KEY": "CANARY"}
    finding = look(choices.environment, around(environ))
    assert said(finding) == (Verdict.WARNING, "doctor-environment-unknown")
    assert {"name": "LMSTUDIO_HOST", "value": "http://x/v1"} in finding.facts["variables"]
    assert "CANARY" not in str(finding)


def test_a_keyring_that_is_gone_is_a_problem_only_if_it_held_something(
    around: Make, home: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    from keyring.backends.fail import Keyring

    monkeypatch.setattr("keyring.get_keyring", Keyring)
    assert said(look(choices.keys, around())) == (Verdict.OK, "doctor-keys-none")
    home.key_index.write_text('["openai"]')
    assert said(look(choices.keys, around())) == (Verdict.PROBLEM, "doctor-keys-lost")


def test_keys_of_the_environment_are_named_and_never_shown(
    around: Make, home: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    from keyring.backends.fail import Keyring

    monkeypatch.setattr("keyring.get_keyring", Keyring)
    (home.config / ".env").write_text("DEEPSEEK_API_KEY=sk-filed-CANARY\n", "utf-8")
    finding = look(choices.keys, around({"OPENAI_API_KEY": "sk-outside-CANARY"}))
    assert said(finding) == (Verdict.OK, "doctor-keys-given")
    assert (finding.facts["in_environment"], finding.facts["in_env_file"]) == (["openai"], ["deepseek"])
    assert "CANARY" not in str(finding)
    for language in LANGUAGES:
        words = Translator(language).text(finding.said)
        assert "openai, deepseek" in words and ".env" in words


# -- the machine


def test_probes_that_failed_are_named(around: Make) -> None:
    assert look(machine.hardware, around()).verdict is Verdict.OK

    def broken(cancel: CancelToken) -> Any:
        raise OSError("driver")

    sick = around()
    made = Surroundings.of(
        sick.paths, sick.settings, sick.translator, environ={}, probes=probes(nvidia=broken)
    )
    finding = look(machine.hardware, made)
    assert said(finding) == (Verdict.WARNING, "doctor-hardware-silent")
    assert finding.said.params["probes"] == "nvidia"
    assert {p["name"]: p["outcome"] for p in finding.facts["probes"]}["nvidia"] == Outcome.FAILED.value


def test_a_machine_that_describes_nothing_is_a_warning_with_a_step(around: Make) -> None:
    finding = look(machine.policy, around())
    assert finding.verdict is Verdict.WARNING and finding.advice is not None


def test_one_detection_serves_both_checks(around: Make) -> None:
    asked: list[str] = []
    fact = probes().cpu.ask(CancelToken())
    made = around()
    counted = probes(cpu=lambda cancel: asked.append("cpu") or fact)
    made = Surroundings.of(made.paths, made.settings, made.translator, environ={}, probes=counted)
    assert (
        look(machine.hardware, made).facts["profile_class"]
        == look(machine.policy, made).facts["profile_class"]
    )
    assert asked == ["cpu"]


@pytest.mark.parametrize(
    ("monitor", "expected"),
    [
        ({"tier": "GPU", "degraded": False, "reason": None}, (Verdict.OK, "doctor-instance-ok")),
        ({"tier": "CPU", "degraded": True, "reason": "VRAM"}, (Verdict.WARNING, "doctor-instance-degraded")),
        (None, (Verdict.OK, "doctor-instance-none")),
    ],
)
def test_the_running_instance(
    around: Make, monitor: dict[str, Any] | None, expected: tuple[Verdict, str]
) -> None:
    asked = around(ask=lambda request: None if monitor is None else {"monitor": monitor})
    assert said(look(machine.instance, asked)) == expected


# -- model servers


def test_a_server_is_quoted(
    home: Paths, around: Make, fake_ollama: FakeOllama, fake_lmstudio: FakeLmStudio
) -> None:
    made = around({"OLLAMA_HOST": fake_ollama.url, "LMSTUDIO_HOST": fake_lmstudio.url})
    made = Surroundings.of(home, made.settings, made.translator, environ={})
    for check, path in ((servers.ollama, "/api/tags"), (servers.lmstudio, "/v1/models")):
        finding = look(check, made)
        assert said(finding) == (Verdict.OK, "doctor-server-ok")
        replies = {reply["path"]: reply for reply in finding.facts["replies"]}
        assert replies[path]["status"] == 200 and "tiny-vlm" in replies[path]["body"].text


def test_a_silent_server_matters_if_it_is_installed(home: Paths, around: Make) -> None:
    made = around({"OLLAMA_HOST": f"127.0.0.1:{closed_port()}"})
    silent = replace(probes().ollama.ask(CancelToken()).fact, reachable=False, problem="ollama-silent")
    for installed, expected in ((True, Verdict.WARNING), (False, Verdict.OK)):
        fact = replace(silent, installed=installed)
        finding = look(servers.ollama, replace(made, probes=probes(ollama=answers(fact, Outcome.ABSENT))))
        assert finding.verdict is expected
    fact = replace(silent, problem="ollama-bad-address")
    finding = look(servers.ollama, replace(made, probes=probes(ollama=answers(fact, Outcome.FAILED))))
    assert said(finding) == (Verdict.PROBLEM, "doctor-server-bad")


# -- files


def test_folders_that_cannot_be_written_or_are_full(
    around: Make, home: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert look(storage.folders, around()).verdict in (Verdict.OK, Verdict.WARNING)
    usage = type("Usage", (), {"free": 100 * 2**20, "total": 2**40})
    monkeypatch.setattr(storage.shutil, "disk_usage", lambda folder: usage)
    assert said(look(storage.folders, around())) == (Verdict.PROBLEM, "doctor-folders-full")
    monkeypatch.setattr(storage, "_is_writable", lambda folder: folder != home.data)
    finding = look(storage.folders, around())
    assert said(finding) == (Verdict.PROBLEM, "doctor-folders-locked")
    assert finding.said.params["folders"] == str(home.data)


def test_databases_are_read_and_not_touched(around: Make, home: Paths) -> None:
    assert said(look(storage.databases, around())) == (Verdict.OK, "doctor-databases-ok")
    JobStore(home.app_database, SystemClock()).close()
    before = {file.name: file.read_bytes() for file in home.data.iterdir()}
    finding = look(storage.databases, around())
    assert said(finding) == (Verdict.OK, "doctor-databases-ok")
    assert finding.facts["app"]["schema"] == finding.facts["app"]["expected_schema"]
    assert {"name": "jobs", "rows": 0} in finding.facts["app"]["tables"]
    after = {file.name: file.read_bytes() for file in home.data.iterdir()}
    assert after == before


def test_what_a_running_instance_has_not_folded_in_yet_is_seen(around: Make, home: Paths) -> None:
    store = JobStore(home.app_database, SystemClock())
    try:
        store.create("/clips/a.mp4", "key", JobOptions("en"))
        finding = look(storage.databases, around())
        assert {"name": "jobs", "rows": 1} in finding.facts["app"]["tables"]
        assert records.known_videos(around(), 9) == ["/clips/a.mp4"]
        store.create("/clips/b.mp4", "key2", JobOptions("en"))
    finally:
        store.close()


@pytest.mark.parametrize("damage", ["garbage", "half", "newer", "foreign", "empty"])
def test_databases_that_are_not_what_they_should_be(around: Make, home: Paths, damage: str) -> None:
    JobStore(home.app_database, SystemClock()).close()
    data = home.app_database.read_bytes()
    match damage:
        case "garbage":
            home.app_database.write_bytes(b"x" * 5000)
        case "half":
            home.app_database.write_bytes(data[: len(data) // 2])
        case "empty":
            home.app_database.write_bytes(b"")
        case _:
            pragma = "user_version = 99" if damage == "newer" else "application_id = 77"
            with sqlite3.connect(home.app_database) as db:
                db.execute(f"PRAGMA {pragma}")
            db.close()
    expected = {"newer": "doctor-databases-newer", "empty": "doctor-databases-ok"}
    assert look(storage.databases, around()).said.code == expected.get(damage, "doctor-databases-bad")


def test_a_database_that_was_set_aside_is_told(around: Make, home: Paths) -> None:
    (home.data / "app.db.corrupt-20260101T000000Z-1").write_bytes(b"x")
    assert said(look(storage.databases, around())) == (Verdict.WARNING, "doctor-databases-aside")


# -- what happened lately


def test_failed_jobs_are_counted_and_the_last_is_told(around: Make, home: Paths) -> None:
    assert said(look(records.jobs, around())) == (Verdict.OK, "doctor-jobs-none")
    clock = FakeClock()
    store = JobStore(home.app_database, clock)
    for number in range(3):
        clock.advance(10)
        job = store.create(f"/clips/{number}.mp4", f"key{number}", JobOptions("en"))
        error = JobError("damaged", message("error-damaged", at="1"), message("error-damaged-hint"), "why", 3)
        store.finish(job.id, JobState.FAILED if number else JobState.DONE, error=error if number else None)
    store.close()
    finding = look(records.jobs, around())
    assert said(finding) == (Verdict.WARNING, "doctor-jobs-failed")
    assert (finding.said.params["count"], finding.said.params["all"]) == (2, "3")
    assert finding.advice is not None and finding.advice.code == "error-damaged-hint"
    assert [error["file"] for error in finding.facts["last_errors"]] == ["/clips/2.mp4", "/clips/1.mp4"]
    assert records.known_videos(around(), 2) == ["/clips/2.mp4", "/clips/1.mp4"]


def test_the_end_of_the_log_goes_on_in_the_file_before(around: Make, home: Paths) -> None:
    assert said(look(records.log_lines, around())) == (Verdict.OK, "doctor-log-ok")
    (home.logs / "autocut.log.1").write_text("".join(f"old {n}\n" for n in range(300)))
    lines = [
        "2026-11-20 11:51:42,001 ERROR autocut_tray.x [y] broken",
        "  traceback",
        "2026-11-20 11:51:43,001 INFO a",
    ]
    (home.logs / "autocut.log").write_text("\n".join(lines) + "\n")
    finding = look(records.log_lines, around())
    assert said(finding) == (Verdict.WARNING, "doctor-log-errors")
    shown = [line.text for line in finding.facts["lines"]]
    assert len(shown) == records.LOG_LINES and shown[0] == "old 103" and shown[-3:] == lines


def test_crashes_count_while_they_are_recent(around: Make, home: Paths) -> None:
    file = home.logs / "crash.log"
    file.write_bytes(b"")
    assert look(records.crashes, around()).verdict is Verdict.OK
    file.write_text("Fatal Python error: Segmentation fault\n")
    assert look(records.crashes, around()).verdict is Verdict.WARNING
    later = FakeClock(epoch=file.stat().st_mtime + 31 * 86_400)
    assert look(records.crashes, around(clock=later)).verdict is Verdict.OK


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("not_a_video", (Verdict.OK, "doctor-worker-ok")),
        ("hung", (Verdict.WARNING, "doctor-worker-slow")),
        ("worker_crashed", (Verdict.PROBLEM, "doctor-worker-bad")),
        (None, (Verdict.PROBLEM, "doctor-worker-bad")),
    ],
)
def test_the_media_worker(around: Make, code: str | None, expected: tuple[Verdict, str]) -> None:
    assert said(look(worker.worker, around(scanner=FakeScanner(code)))) == expected


def test_the_real_media_worker_answers(around: Make, home: Paths) -> None:
    made = around()
    real = Surroundings.of(home, made.settings, made.translator, environ={}, probes=probes())
    assert look(worker.worker, real).verdict in (Verdict.OK, Verdict.WARNING), "slow is all that it may be"
