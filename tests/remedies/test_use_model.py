"""An installed model chosen in the settings: what is written, what the policy makes of it, what is in the way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from autocut_tray.core.analyzers.leave import wishes
from autocut_tray.core.errors import BackendError, SettingsError
from autocut_tray.core.events import EventBus
from autocut_tray.core.policy.figures import NOTHING_MEASURED
from autocut_tray.core.policy.model_choice import settings_for
from autocut_tray.core.policy.policy import ExecutionPolicy
from autocut_tray.core.policy.resolver import resolve
from autocut_tray.core.remedies.use_model import ModelChooser
from autocut_tray.core.runtime.profile import Backend, RuntimeProfile
from autocut_tray.core.settings.secrets import KeyStore
from autocut_tray.core.settings.store import SettingsStore
from tests.golden.machines import LLAVA_PHI3, MINICPM, MOONDREAM, QWEN_VL, UHD, lmstudio, machine, ollama
from tests.remedies.conftest import error_in_words

MODEL, PROVIDER = "models.local_vision_model", "models.local_vision_provider"
STUDIO_MODEL = "models.lmstudio_model"


class Person:
    """Somebody with a settings file, an environment and a machine."""

    def __init__(
        self, home: Path, profile: RuntimeProfile, environ: Mapping[str, str] | None = None, env: str = ""
    ) -> None:
        home.mkdir(parents=True, exist_ok=True)
        (home / ".env").write_text(env, "utf-8")
        self.file = home / "config.toml"
        self.profile = profile
        self.keys = KeyStore(home / "keys.json", {})
        self.settings = SettingsStore(self.file, EventBus(), environ or {}, (home / ".env",))
        self.chooser = ModelChooser(self.settings, self.needed, self.resolve)

    def needed(self, backend: Backend, name: str) -> Mapping[str, str]:
        asked = wishes(self.settings.current, self.keys, ())
        return settings_for(self.profile, asked, NOTHING_MEASURED, backend, name)

    def resolve(self) -> ExecutionPolicy:
        return resolve(self.profile, wishes(self.settings.current, self.keys, ()))

    def refused(self, backend: Backend, name: str) -> tuple[str, str]:
        before = self.file.read_text() if self.file.exists() else None
        with pytest.raises(BackendError) as caught:
            self.chooser.choose(backend, name)
        after = self.file.read_text() if self.file.exists() else None
        assert before == after, "nothing is changed"
        return caught.value.code, error_in_words(caught.value)


def test_ollamas_model_is_the_general_setting(tmp_path: Path) -> None:
    person = Person(tmp_path, machine(UHD, ollama=ollama(MINICPM, LLAVA_PHI3)))
    person.settings.set(MODEL, MINICPM.name)
    assert person.resolve().vision.model == MINICPM.name
    person.chooser.choose(Backend.OLLAMA, LLAVA_PHI3.name)
    assert person.settings.current.models.local_vision_model == LLAVA_PHI3.name
    assert person.settings.current.models.local_vision_provider is None
    assert person.resolve().vision.model == LLAVA_PHI3.name


def test_in_lm_studio_its_own_setting_decides(tmp_path: Path) -> None:
    person = Person(tmp_path, machine(UHD, lmstudio=lmstudio(QWEN_VL, LLAVA_PHI3)))
    person.settings.set(MODEL, QWEN_VL.name)
    person.settings.set(STUDIO_MODEL, QWEN_VL.name)
    person.chooser.choose(Backend.LMSTUDIO, LLAVA_PHI3.name)
    assert person.settings.current.models.lmstudio_model == LLAVA_PHI3.name
    assert person.settings.current.models.local_vision_model == QWEN_VL.name
    assert person.resolve().vision.model == LLAVA_PHI3.name


def test_a_model_of_the_other_server_takes_both_settings(tmp_path: Path) -> None:
    studio = lmstudio(replace(QWEN_VL, loaded=True), replace(MOONDREAM, name="moondream-latest"))
    person = Person(tmp_path, machine(UHD, ollama=ollama(MOONDREAM), lmstudio=studio))
    assert person.needed(Backend.OLLAMA, MOONDREAM.name) == {MODEL: MOONDREAM.name, PROVIDER: "ollama"}
    person.chooser.choose(Backend.OLLAMA, MOONDREAM.name)
    vision = person.resolve().vision
    assert (vision.local_backend, vision.model) == (Backend.OLLAMA, MOONDREAM.name)


@pytest.mark.parametrize(
    "profile",
    [
        machine(UHD, ollama=ollama(LLAVA_PHI3)),
        machine(UHD, ollama=ollama(LLAVA_PHI3, replace(MOONDREAM, vision=False))),
        machine(UHD, ollama=ollama(LLAVA_PHI3, MOONDREAM), ram_gib=3),
    ],
    ids=["gone", "blind", "too large"],
)
def test_what_cannot_do_the_work_is_not_chosen(tmp_path: Path, profile: RuntimeProfile) -> None:
    code, words = Person(tmp_path, profile).refused(Backend.OLLAMA, MOONDREAM.name)
    assert code == "model_not_usable" and "Ollama has no Moondream 2" in words


@pytest.mark.parametrize("source", ["environment", ".env"])
def test_the_environment_is_named_and_nothing_changes(tmp_path: Path, source: str) -> None:
    profile = machine(UHD, ollama=ollama(MINICPM, MOONDREAM))
    line = {"LOCAL_VISION_MODEL": MINICPM.name}
    if source == ".env":
        person = Person(tmp_path, profile, env=f"LOCAL_VISION_MODEL={MINICPM.name}\n")
    else:
        person = Person(tmp_path, profile, line)
    assert person.resolve().vision.model == MINICPM.name
    code, words = person.refused(Backend.OLLAMA, MOONDREAM.name)
    assert code == "model_by_environment"
    assert "LOCAL_VISION_MODEL" in words and MOONDREAM.name in words


def test_an_environment_that_says_the_same_is_not_in_the_way(tmp_path: Path) -> None:
    studio = lmstudio(replace(QWEN_VL, loaded=True), replace(MOONDREAM, name="moondream-latest"))
    profile = machine(UHD, ollama=ollama(MOONDREAM), lmstudio=studio)
    person = Person(tmp_path, profile, {"LOCAL_VISION_MODEL": MOONDREAM.name})
    assert person.resolve().vision.local_backend is Backend.LMSTUDIO
    person.chooser.choose(Backend.OLLAMA, MOONDREAM.name)
    assert person.resolve().vision.local_backend is Backend.OLLAMA


def test_a_file_of_a_newer_version_stays_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("version = 99\n")
    person = Person(tmp_path, machine(UHD, ollama=ollama(MINICPM, LLAVA_PHI3)))
    with pytest.raises(SettingsError) as caught:
        person.chooser.choose(Backend.OLLAMA, MINICPM.name)
    assert caught.value.code == "settings_newer"


def test_a_choice_that_changes_nothing_is_said(tmp_path: Path) -> None:
    person = Person(tmp_path, machine(UHD, ollama=ollama(MINICPM, LLAVA_PHI3)))
    deaf = ModelChooser(person.settings, person.needed, lambda: resolve(person.profile))
    with pytest.raises(BackendError) as caught:
        deaf.choose(Backend.OLLAMA, MINICPM.name)
    assert caught.value.code == "model_not_taken" and "MiniCPM-V" in error_in_words(caught.value)
