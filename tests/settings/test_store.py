"""Settings: precedence, bad values, and files that are not what they should be."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from autocut_tray.core.errors import SettingsError
from autocut_tray.core.events import EventBus
from autocut_tray.core.settings.schema import declared
from autocut_tray.core.settings.store import Origin, SettingsChanged, SettingsStore


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


def test_the_source_of_each_value_is_known(file: Path, tmp_path: Path) -> None:
    write(
        file,
        '[ui]\ntheme = "dark"\nlanguage = "fr"\n[limits]\nvram_on = 80\n[models]\nollama_host = "file"\n',
    )
    env = tmp_path / ".env"
    env.write_text("LMSTUDIO_MODEL=dotenv\nOLLAMA_HOST=dotenv\n")
    loaded = store(file, {"OLLAMA_HOST": "environ", "AUTOCUT_LIMITS": '{"ram_grace": 5}'}, (env,))
    assert {
        "ui.theme": Origin.FILE,
        "ui.language": Origin.DEFAULT,  # what was said there is no possible value
        "ui.close_to_tray": Origin.DEFAULT,
        "models.lmstudio_model": Origin.ENV_FILE,
        "models.ollama_host": Origin.ENVIRONMENT,
        "limits.vram_on": Origin.FILE,
        "limits.ram_grace": Origin.ENVIRONMENT,
    }.items() <= {p: loaded.origin(p) for p in (*declared(), "limits.vram_on", "limits.ram_grace")}.items()
    assert not loaded.from_environment("ui.theme") and loaded.from_environment("models.lmstudio_model")


def test_reload_takes_up_what_another_process_wrote(file: Path) -> None:
    bus = EventBus()
    told: list[SettingsChanged] = []
    bus.subscribe(SettingsChanged, told.append)
    running = SettingsStore(file, bus, {})
    assert running.reload() == () and told == []
    other = store(file)
    other.set("ui.theme", "dark")
    other.set("limits.vram_on", 90)
    assert running.reload() == ("ui.theme", "limits.vram_on")
    assert [event.paths for event in told] == [("ui.theme", "limits.vram_on")]
    assert running.current.ui.theme == "dark" and running.current.limits == {"vram_on": 90}
    other.set("limits.vram_on", None)
    assert running.reload() == ("limits.vram_on",)


def test_two_processes_do_not_lose_each_others_changes(file: Path) -> None:
    one, two = store(file), store(file)
    one.set("ui.theme", "dark")
    two.set("ui.language", "en")
    assert (two.current.ui.theme, two.current.ui.language) == ("dark", "en")
    assert store(file).current == two.current


@pytest.mark.parametrize("act", [lambda s: s.set("ui.language", "en"), lambda s: s.reload()])
def test_a_file_that_broke_meanwhile_is_left_to_its_writer(
    file: Path, act: Callable[[SettingsStore], object]
) -> None:
    running = store(file)
    running.set("ui.theme", "dark")
    write(file, "[ui\n")
    with pytest.raises(SettingsError) as refused:
        act(running)
    assert refused.value.code == "settings_broken"
    assert running.current.ui.theme == "dark" and file.read_text() == "[ui\n"


def test_a_file_that_cannot_be_opened_is_not_set_aside(file: Path) -> None:
    file.mkdir(parents=True)
    loaded = store(file)
    assert [problem.code for problem in loaded.problems] == ["settings-not-opened"]
    with pytest.raises(SettingsError):
        loaded.set("ui.theme", "dark")
    assert file.is_dir()


def test_text_becomes_the_kind_of_value_that_the_setting_has(file: Path) -> None:
    loaded = store(file)
    for path, value in (
        ("ui.close_to_tray", "no"),
        ("monitor.retention_days", "7"),
        ("limits.vram_on", "90"),
    ):
        loaded.set(path, value)
    loaded.set("models.local_vision_provider", "ollama")
    loaded.set("models.local_vision_provider", "")
    assert tomllib.loads(file.read_text()) == {
        "version": 1,
        "ui": {"close_to_tray": False},
        "monitor": {"retention_days": 7},
        "limits": {"vram_on": 90},
        "models": {},
    }


def test_a_section_that_is_none_is_said_and_kept(file: Path) -> None:
    write(file, 'ui = 5\n[models]\nollama_host = "x"\n')
    loaded = store(file)
    assert [p.params["path"] for p in loaded.problems] == ["ui"]
    assert loaded.current.models.ollama_host == "x"


def test_a_file_nested_beyond_reason_is_set_aside(file: Path) -> None:
    write(file, "a = " + "[" * 50_000)
    assert [p.code for p in store(file).problems] == ["settings-unreadable"]
