"""Settings: precedence, bad values, and files that are not what they should be."""

from __future__ import annotations

from pathlib import Path

import pytest

from autocut_tray.core.errors import SettingsError
from autocut_tray.core.events import EventBus
from autocut_tray.core.settings.store import SettingsChanged, SettingsStore


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config" / "config.toml"


def store(
    file: Path, environ: dict[str, str] | None = None, env_files: tuple[Path, ...] = ()
) -> SettingsStore:
    return SettingsStore(file, EventBus(), environ or {}, env_files)


def write(file: Path, text: str | bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text.encode() if isinstance(text, str) else text)


def test_defaults_without_any_source(file: Path) -> None:
    settings = store(file).current
    assert settings.models.lmstudio_host == "http://localhost:1234/v1"
    assert settings.ui.language == "auto"
    assert not file.exists()


def test_environment_beats_dotenv_beats_file(file: Path, tmp_path: Path) -> None:
    write(file, '[models]\nlmstudio_host = "http://file/v1"\nlmstudio_model = "file"\nollama_host = "file"\n')
    env = tmp_path / ".env"
    env.write_text("LMSTUDIO_HOST=http://dotenv/v1\nLMSTUDIO_MODEL=dotenv\n")
    models = store(file, {"LMSTUDIO_HOST": "http://environ/v1"}, (env,)).current.models
    assert models.lmstudio_host == "http://environ/v1"
    assert models.lmstudio_model == "dotenv"
    assert models.ollama_host == "file"


def test_generic_environment_names_reach_every_setting(file: Path) -> None:
    settings = store(file, {"AUTOCUT_UI__THEME": "dark", "AUTOCUT_LIMITS": '{"vram_on": 90}'}).current
    assert settings.ui.theme == "dark"
    assert settings.limits == {"vram_on": 90}


def test_a_bad_value_costs_itself_only(file: Path) -> None:
    write(file, '[ui]\nlanguage = "fr"\ntheme = "dark"\n[monitor]\nbusy_interval = -1\n')
    loaded = store(file)
    assert (loaded.current.ui.language, loaded.current.ui.theme) == ("auto", "dark")
    assert loaded.current.monitor.busy_interval == 1.0
    assert {p.params["path"] for p in loaded.problems} == {"ui.language", "monitor.busy_interval"}
    loaded.set("ui.close_to_tray", False)
    assert "fr" in file.read_text(), "what was not understood is not thrown away"


@pytest.mark.parametrize(
    "content",
    [b"\x00\xff" * 100, b"[ui\n", b"a = 1\na = 2\n", b"x" * (2 * 1024 * 1024)],
    ids=["binary", "truncated", "duplicate", "huge"],
)
def test_an_unreadable_file_is_set_aside_and_said(file: Path, content: bytes) -> None:
    write(file, content)
    loaded = store(file)
    assert loaded.current.ui.language == "auto"
    assert [p.code for p in loaded.problems] == ["settings-unreadable"]
    assert file.with_suffix(".toml.bad").read_bytes() == content
    loaded.set("ui.theme", "light")
    assert store(file).current.ui.theme == "light"


def test_byte_order_mark_is_taken(file: Path) -> None:
    write(file, b'\xef\xbb\xbf[ui]\ntheme = "dark"\n')
    assert store(file).current.ui.theme == "dark"


def test_a_newer_file_is_used_and_never_written(file: Path) -> None:
    write(file, 'version = 99\n[ui]\ntheme = "dark"\nshape = "round"\n')
    loaded = store(file)
    assert loaded.current.ui.theme == "dark"
    before = file.read_bytes()
    with pytest.raises(SettingsError):
        loaded.set("ui.theme", "light")
    assert file.read_bytes() == before


def test_set_keeps_comments_and_unknown_keys_and_tells(file: Path) -> None:
    write(file, "# mine\nfuture = 1\n[ui]\nx = 2\n")
    bus = EventBus()
    told: list[SettingsChanged] = []
    bus.subscribe(SettingsChanged, told.append)
    SettingsStore(file, bus, {}).set("ui.language", "zh-CN")
    text = file.read_text()
    assert "# mine" in text and "future = 1" in text and "x = 2" in text
    assert [c.paths for c in told] == [("ui.language",)]
    assert store(file).current.ui.language == "zh-CN"
    assert file.with_suffix(".toml.bak").exists()


@pytest.mark.parametrize(("path", "value"), [("ui.theme", "pink"), ("ui.nope", 1), ("nope.nope", 1)])
def test_impossible_changes_are_refused_and_change_nothing(file: Path, path: str, value: object) -> None:
    write(file, '[ui]\ntheme = "dark"\n')
    loaded = store(file)
    with pytest.raises(SettingsError):
        loaded.set(path, value)
    assert loaded.current.ui.theme == "dark"
    assert "pink" not in file.read_text() and "nope" not in file.read_text()


def test_what_the_environment_says_cannot_be_changed_here(file: Path) -> None:
    loaded = store(file, {"AUTOCUT_UI__THEME": "dark"})
    with pytest.raises(SettingsError, match="environment"):
        loaded.set("ui.theme", "light")


def test_none_takes_a_choice_back(file: Path) -> None:
    loaded = store(file)
    loaded.set("ui.theme", "dark")
    assert loaded.set("ui.theme", None).ui.theme == "auto"
