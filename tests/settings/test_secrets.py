"""Where a key comes from, who wins, and that the environment's are used but never kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from autocut_tray.core.events import EventBus
from autocut_tray.core.log import SECRETS
from autocut_tray.core.paths import Paths
from autocut_tray.core.settings.secrets import KeyOrigin, KeyStore
from autocut_tray.core.settings.store import SettingsStore
from autocut_tray.i18n import Translator
from tests.keyrings import Safe

KEPT, OUTSIDE, FILED = "sk-kept-CANARY-1", "sk-outside-CANARY-2", "sk-filed-CANARY-3"


@pytest.fixture
def paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Paths:
    made = Paths.below(tmp_path / "person")
    made.create()
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    return made


def write_env(folder: Path, key: str) -> None:
    (folder / ".env").write_text(f"OPENAI_API_KEY={key}\nLM_API_TOKEN=\n", "utf-8")


def files_below(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.rglob("*") if file.is_file() and file.name != ".env")


def test_the_keyring_wins_then_the_environment_then_env_files(
    paths: Paths, safe: Safe, tmp_path: Path
) -> None:
    write_env(paths.config, FILED)
    environ = {"OPENAI_API_KEY": OUTSIDE}
    keys = KeyStore.of(paths, environ)
    keys.put("openai", KEPT)
    assert (keys.get("openai"), keys.origin("openai")) == (KEPT, KeyOrigin.KEYRING)
    again = KeyStore.of(paths, environ)
    assert (again.get("openai"), again.origin("openai")) == (KEPT, KeyOrigin.KEYRING)
    again.put("openai", None)
    assert (again.get("openai"), again.origin("openai")) == (OUTSIDE, KeyOrigin.ENVIRONMENT)
    assert safe.kept == {}
    del environ["OPENAI_API_KEY"]
    again.reload()
    assert (again.get("openai"), again.origin("openai")) == (FILED, KeyOrigin.ENV_FILE)
    write_env(Path.cwd(), "sk-nearer-CANARY-4")
    again.reload()
    assert again.get("openai") == "sk-nearer-CANARY-4", "the current folder's wins, as for settings"
    assert again.get("lmstudio") is None and again.origin("lmstudio") is None, "an empty line gives none"


def test_what_the_environment_gives_is_used_hidden_and_never_kept(paths: Paths, safe: Safe) -> None:
    write_env(paths.config, FILED)
    keys = KeyStore.of(paths, {"DEEPSEEK_API_KEY": OUTSIDE})
    assert (keys.get("openai"), keys.get("deepseek")) == (FILED, OUTSIDE)
    assert (keys.given("openai"), keys.given("deepseek")) == (KeyOrigin.ENV_FILE, KeyOrigin.ENVIRONMENT)
    assert keys.given("lmstudio") is None
    assert "CANARY" not in SECRETS.redact(f"a request with {FILED} and {OUTSIDE}")
    assert safe.kept == {} and safe.asked == 0, "no keyring is opened for it"
    assert b"CANARY" not in files_below(paths.config.parent)
    assert all(origin.given for origin in (KeyOrigin.ENVIRONMENT, KeyOrigin.ENV_FILE))
    assert not any(origin.given for origin in (KeyOrigin.KEYRING, KeyOrigin.SESSION))


@pytest.mark.parametrize("value", ["short", "two words and more", "schlüssel-1234", "x" * 513])
def test_what_cannot_be_a_header_counts_as_none(paths: Paths, safe: Safe, value: str) -> None:
    (paths.config / ".env").write_text(f'OPENAI_API_KEY="{value}"\n', "utf-8")
    keys = KeyStore.of(paths, {})
    assert keys.get("openai") is None and keys.origin("openai") is None and keys.given("openai") is None


def test_without_a_keyring_a_key_lasts_for_the_session(paths: Paths, no_safe: None) -> None:
    keys = KeyStore.of(paths, {"OPENAI_API_KEY": OUTSIDE})
    keys.put("openai", KEPT)
    assert (keys.get("openai"), keys.origin("openai")) == (KEPT, KeyOrigin.SESSION)
    keys.put("openai", None)
    assert (keys.get("openai"), keys.origin("openai")) == (OUTSIDE, KeyOrigin.ENVIRONMENT)
    assert b"CANARY" not in files_below(paths.config.parent)


def test_an_env_file_that_cannot_be_read_is_said_and_costs_only_itself(
    paths: Paths, safe: Safe, tmp_path: Path
) -> None:
    (Path.cwd() / ".env").write_bytes("LMSTUDIO_MODEL=模型\n".encode("gbk"))
    (paths.config / ".env").write_text(f"OPENAI_API_KEY={FILED}\nLMSTUDIO_MODEL=qwen-vl\n", "utf-8")
    assert KeyStore.of(paths, {}).get("openai") == FILED
    store = SettingsStore(paths.settings_file, EventBus(), {}, paths.env_files)
    assert store.current.models.lmstudio_model == "qwen-vl"
    (problem,) = store.problems
    for language in ("en", "zh-CN"):
        words = Translator(language).text(problem)
        assert str(Path.cwd() / ".env") in words and "UTF-8" in words
