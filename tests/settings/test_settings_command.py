"""``settings`` and ``key`` as people run them."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import fields
from types import SimpleNamespace
from typing import Any, cast

import pytest

from autocut_tray.bootstrap import Services
from autocut_tray.cli import keys as keys_command
from autocut_tray.core.events import EventBus
from autocut_tray.core.instance import ChannelServer
from autocut_tray.core.paths import Paths
from autocut_tray.core.policy.governor_thresholds import Thresholds
from autocut_tray.core.settings.schema import declared
from autocut_tray.core.settings.store import SettingsChanged, SettingsStore
from autocut_tray.instance_channel import open_channel
from tests.command_line import Run
from tests.keyrings import Safe

KEY = "sk-CANARY-0123456789"


@pytest.fixture(autouse=True)
def no_keys_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "DEEPSEEK_API_KEY", "LM_API_TOKEN"):
        monkeypatch.delenv(name, raising=False)


# -- settings


def test_all_are_listed_with_where_they_come_from(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OLLAMA_HOST", "studio:11434")
    assert run("settings", "ui.theme", "dark")[0] == 0
    code, out, _ = run("settings", "--json")
    listed = {entry["path"]: entry for entry in json.loads(out)["settings"]}
    assert code == 0
    assert set(listed) == {*declared(), *(f"limits.{item.name}" for item in fields(Thresholds))}
    assert (listed["ui.theme"]["value"], listed["ui.theme"]["source"]) == ("dark", "file")
    assert (listed["models.ollama_host"]["value"], listed["models.ollama_host"]["source"]) == (
        "studio:11434",
        "environment",
    )
    assert listed["ui.language"]["source"] == "default"
    assert listed["monitor.busy_interval"]["unit"] == "s"
    _, out, _ = run("settings")
    assert "ui.theme" in out and "limits.vram_on" not in out and "settings limits" in out


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_every_setting_has_a_help_text(run: Run, language: str) -> None:
    listed = json.loads(run("settings", "--json", "--lang", language)[1])["settings"]
    for entry in listed:
        text = entry["help"]
        assert text and not text.startswith(("limit-", "setting-")), entry["path"]


def test_one_is_shown_with_what_is_allowed(run: Run) -> None:
    _, out, _ = run("settings", "ui.theme")
    assert "Allowed: auto, dark, light" in out and "AUTOCUT_UI__THEME" in out
    _, out, _ = run("settings", "limits.vram_on")
    assert "Value: 85 %" in out and "0 to 100" in out and "AUTOCUT_LIMITS" in out
    _, out, _ = run("settings", "models.use_local_vision", "--lang", "zh-CN")
    assert "留空即自动" in out
    shown = json.loads(run("settings", "limits.failure_streak", "--json")[1])
    assert (shown["type"], shown["min"], shown["default"]) == ("whole", 1.0, 3)


def test_a_section_is_listed(run: Run) -> None:
    _, out, _ = run("settings", "limits")
    assert all(f"limits.{item.name}" in out for item in fields(Thresholds))
    assert "MiB" in out and "ui.theme" not in out
    assert [e["path"] for e in json.loads(run("settings", "policy", "--json")[1])["settings"]] == [
        path for path in declared() if path.startswith("policy.")
    ]


def test_values_are_set_and_taken_back(run: Run, paths: Paths) -> None:
    assert run("settings", "ui.theme", "dark")[1] == "ui.theme is now dark.\n"
    assert run("settings", "ui.theme", "dark")[1] == "ui.theme was dark already.\n"
    shown = json.loads(run("settings", "limits.vram_on", "90", "--json")[1])
    assert (shown["value"], shown["source"], shown["running_instance"]) == (90, "file", False)
    assert "vram_on = 90\n" in paths.settings_file.read_text()
    assert run("settings", "ui.theme", "--reset")[1] == "ui.theme is now auto.\n"
    assert run("settings", "limits", "--reset")[0] == 0
    assert "vram_on" not in paths.settings_file.read_text()


def test_limits_take_their_short_names(run: Run, paths: Paths) -> None:
    assert run("settings", "limits.vram_reserve", "1024")[0] == 0
    assert "vram_reserve_mib = 1024" in paths.settings_file.read_text()
    paths.settings_file.write_text("[limits]\nram_reserve = 256\n")
    assert json.loads(run("settings", "limits.ram_reserve_mib", "--json")[1])["value"] == 256
    run("settings", "limits.ram_reserve_mib", "300")
    assert "ram_reserve = 300" in paths.settings_file.read_text()
    run("settings", "limits.ram_reserve", "--reset")
    assert "reserve" not in paths.settings_file.read_text()


@pytest.mark.parametrize(
    ("arguments", "allowed"),
    [
        (["ui.theme", "pink"], "auto, dark, light"),
        (["ui.close_to_tray", "perhaps"], "true or false"),
        (["monitor.retention_days", "0"], "1 to 365"),
        (["monitor.retention_days", "1.5"], "1 to 365"),
        (["limits.vram_on", "101"], "0 to 100"),
        (["limits.vram_on", "much"], "a number"),
        (["limits.vram_on", "nan"], "a number"),
        (["limits.failure_streak", "2.5"], "whole number"),
        (["limits.nope", "1"], "nope"),
        (["ui.nope"], "autocut-tray settings"),
        (["nope", "1"], "autocut-tray settings"),
        (["ui", "dark"], "section"),
        (["ui.theme", "dark", "--reset"], "not both"),
        (["--reset"], "what to reset"),
    ],
)
def test_bad_values_are_refused_with_what_is_allowed(
    run: Run, paths: Paths, arguments: list[str], allowed: str
) -> None:
    code, out, err = run("settings", *arguments, "--json")
    assert code == 2 and allowed in err and "Traceback" not in err
    assert json.loads(out)["error"]["message"] in err
    assert not paths.settings_file.exists()


def test_limits_must_make_sense_together(run: Run) -> None:
    assert run("settings", "limits.vram_on", "60")[0] == 0, "the others keep their distance"
    code, _, err = run("settings", "limits.vram_off", "70")
    assert code == 2 and "is above vram_on = 60" in err


def test_what_the_environment_decides_is_not_set(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTOCUT_UI__THEME", "dark")
    code, _, err = run("settings", "ui.theme", "light")
    assert code == 2 and "environment" in err


@pytest.fixture
def running(paths: Paths) -> Iterator[tuple[SettingsStore, list[SettingsChanged]]]:
    """The channel and the settings of an instance that runs."""
    paths.create()
    bus = EventBus()
    told: list[SettingsChanged] = []
    bus.subscribe(SettingsChanged, told.append)
    settings = SettingsStore(paths.settings_file, bus, {})
    services = cast("Services", SimpleNamespace(paths=paths, settings=settings))
    channel = open_channel(services, lambda files: False)
    yield settings, told
    channel.close()


def test_a_running_instance_picks_changes_up(
    run: Run, running: tuple[SettingsStore, list[SettingsChanged]]
) -> None:
    settings, told = running
    code, out, err = run("settings", "ui.theme", "dark")
    assert code == 0 and "running program uses it" in err and "uses it" not in out
    assert settings.current.ui.theme == "dark" and [event.paths for event in told] == [("ui.theme",)]
    assert json.loads(run("settings", "limits.vram_on", "90", "--json")[1])["running_instance"] is True
    assert settings.current.limits == {"vram_on": 90}


def test_an_instance_of_another_version_is_told_later(run: Run, paths: Paths) -> None:
    from autocut_tray.core.errors import UsageError
    from autocut_tray.core.messages import message

    def older(request: dict[str, Any]) -> dict[str, Any]:
        raise UsageError("unknown_request", message("error-unknown-request"))

    paths.create()
    channel = ChannelServer(paths.instance_file, older)
    channel.start()
    try:
        code, _, err = run("settings", "ui.theme", "dark")
    finally:
        channel.close()
    assert code == 0 and "next start" in err


# -- keys


def pipe(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(data), encoding="utf-8"))


def test_a_key_comes_through_a_pipe_and_is_never_shown(
    run: Run, safe: Safe, monkeypatch: pytest.MonkeyPatch, paths: Paths
) -> None:
    pipe(monkeypatch, b"\xef\xbb\xbf" + KEY.encode() + b"\r\n")
    code, out, err = run("key", "openai")
    assert code == 0 and "keyring" in out
    assert list(safe.kept.values()) == [KEY]
    shown = [out, err, *run("key")[1:], *run("key", "--json")[1:]]
    assert not any("CANARY" in text for text in shown)
    listed = {entry["name"]: entry for entry in json.loads(run("key", "--json")[1])["keys"]}
    assert (listed["openai"]["present"], listed["openai"]["where"]) == (True, "keyring")
    assert listed["deepseek"]["present"] is False
    files = [file for file in paths.data.parent.rglob("*") if file.is_file()]
    assert files and not any(b"CANARY" in file.read_bytes() for file in files)


def test_a_key_is_typed_at_a_prompt_that_hides_it(
    run: Run, safe: Safe, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def prompt(text: str, stream: object) -> str:
        asked.append(text)
        return f" {KEY} "

    pipe(monkeypatch, b"")
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr(keys_command.getpass, "getpass", prompt)
    assert run("key", "deepseek")[0] == 0
    assert list(safe.kept.values()) == [KEY] and asked == ["Key for deepseek (not shown): "]


def test_a_key_is_forgotten(run: Run, safe: Safe, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "no key" in run("key", "openai", "--forget")[1]
    pipe(monkeypatch, KEY.encode())
    run("key", "openai")
    monkeypatch.setenv("OPENAI_API_KEY", "another-key-0123")
    code, out, err = run("key", "openai", "--forget")
    assert code == 0 and "forgotten" in out and "OPENAI_API_KEY" in err and safe.kept == {}
    assert "in the environment" in run("key")[1]


def test_a_key_in_a_env_file_is_said_to_be_there_and_stays(run: Run, safe: Safe, paths: Paths) -> None:
    paths.create()
    (paths.config / ".env").write_text(f"DEEPSEEK_API_KEY={KEY}\n", "utf-8")
    code, out, err = run("key")
    assert code == 0 and "in a .env file (DEEPSEEK_API_KEY)" in out and "CANARY" not in out + err
    listed = {entry["name"]: entry for entry in json.loads(run("key", "--json")[1])["keys"]}
    assert (listed["deepseek"]["present"], listed["deepseek"]["where"]) == (True, ".env")
    assert "在 .env 文件中" in run("key", "--lang", "zh-CN")[1]
    code, out, err = run("key", "deepseek", "--forget")
    assert code == 0 and "no key" in out and "DEEPSEEK_API_KEY in a .env file still gives one" in err
    assert KEY in (paths.config / ".env").read_text() and safe.kept == {}


def test_without_a_keyring_a_key_is_not_taken(
    run: Run, no_safe: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipe(monkeypatch, KEY.encode())
    code, out, err = run("key", "lmstudio", "--json")
    assert code == 1 and json.loads(out)["error"]["code"] == "no_keyring"
    assert "LM_API_TOKEN" in err and "CANARY" not in out + err


@pytest.mark.parametrize("arguments", [["openai", KEY], [KEY], ["openai", "--forget", KEY]])
def test_a_key_on_the_command_line_is_refused_and_not_repeated(
    run: Run, safe: Safe, arguments: list[str]
) -> None:
    code, out, err = run("key", *arguments, "--json")
    assert code == 2 and "CANARY" not in out + err and safe.kept == {}


@pytest.mark.parametrize(
    "data", [b"", b" \n", b"short", b"has blanks in it", "schlüssel-123".encode(), b"\xff" * 20]
)
def test_what_cannot_be_a_key_is_refused(
    run: Run, safe: Safe, monkeypatch: pytest.MonkeyPatch, data: bytes
) -> None:
    pipe(monkeypatch, data)
    code, _, err = run("key", "openai")
    assert code == 2 and safe.kept == {} and "Traceback" not in err
