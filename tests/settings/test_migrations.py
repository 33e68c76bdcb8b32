"""Settings files of earlier versions: brought up to date, kept, and never half of either."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from autocut_tray.core.events import EventBus
from autocut_tray.core.settings.migrations import MIGRATIONS, Step, migrate, move
from autocut_tray.core.settings.schema import VERSION, Tree
from autocut_tray.core.settings.store import SettingsStore

ROOT = Path(__file__).parents[2]

OLD = """\
# Jo's settings, do not touch
USE_LOCAL_VISION = false  # the card is for Resolve
OLLAMA_HOST = "studio:11434"
future = ["kept", 1]  # of a plug-in

[ui]
# dark sits well
theme = "dark"
shape = "round"

[models]
lmstudio_model = "mine"
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


def store(file: Path) -> SettingsStore:
    return SettingsStore(file, EventBus(), {})


def upgraded(text: str, *steps: Step) -> str | None:
    return migrate(text, tomllib.loads(text), steps)


def test_there_is_a_step_for_every_version() -> None:
    assert len(MIGRATIONS) == VERSION


def test_a_file_before_versions_is_brought_up_to_date(file: Path) -> None:
    file.write_text(OLD)
    settings = store(file).current
    assert settings.models.use_local_vision is False
    assert (settings.models.ollama_host, settings.models.lmstudio_model) == ("studio:11434", "mine")
    assert settings.ui.theme == "dark"
    text = file.read_text()
    tree = tomllib.loads(text)
    assert tree["version"] == VERSION
    assert tree["future"] == ["kept", 1] and tree["ui"]["shape"] == "round"
    assert "USE_LOCAL_VISION" not in tree and "OLLAMA_HOST" not in tree
    for comment in (
        "# Jo's settings, do not touch",
        "# of a plug-in",
        "# dark sits well",
        "# the card is for Resolve",
    ):
        assert comment in text
    assert file.with_name("config.toml.v0.bak").read_text() == OLD


def test_it_is_done_once(file: Path) -> None:
    file.write_text(OLD)
    store(file)
    once, backup = file.read_bytes(), file.with_name("config.toml.v0.bak").stat().st_mtime_ns
    store(file)
    assert file.read_bytes() == once
    assert file.with_name("config.toml.v0.bak").stat().st_mtime_ns == backup


@pytest.mark.parametrize("text", ["", '[ui]\ntheme = "dark"\n', "# nothing\n"])
def test_a_handwritten_file_without_a_version_stays_as_it_is(file: Path, text: str) -> None:
    file.write_text(text)
    store(file)
    assert file.read_text() == text
    assert [entry.name for entry in file.parent.iterdir()] == [file.name]


def test_steps_follow_one_another_from_the_files_version() -> None:
    def rename(tree: Tree) -> None:
        move(tree, "ui.colour", "ui.theme")

    def split(tree: Tree) -> None:
        move(tree, "ui.theme", "look.theme")

    text = '[ui]\n# why\ncolour = "dark"  # because\n'
    both = upgraded(text, rename, split)
    assert both is not None and tomllib.loads(both)["look"] == {"theme": "dark"}
    assert "# why" in both and "# because" in both
    later = upgraded('version = 1\n[ui]\ncolour = "dark"\ntheme = "light"\n', rename, split)
    assert later is not None and tomllib.loads(later)["ui"] == {"colour": "dark"}, (
        "the first step is behind it"
    )
    assert tomllib.loads(later) == {"version": 2, "ui": {"colour": "dark"}, "look": {"theme": "light"}}
    assert upgraded(later, rename, split) is None


def test_what_stands_at_the_new_place_already_wins() -> None:
    text = upgraded(
        '[ui]\ncolour = "dark"\ntheme = "light"\n', lambda tree: move(tree, "ui.colour", "ui.theme")
    )
    assert text is not None and tomllib.loads(text)["ui"] == {"theme": "light"}


@pytest.mark.parametrize("version", ["99", "-1", "true", '"one"', "1.5"])
def test_files_of_other_versions_are_read_and_left_alone(file: Path, version: str) -> None:
    text = f'version = {version}\nOLLAMA_HOST = "x"\n[ui]\ntheme = "dark"\n'
    file.write_text(text)
    loaded = store(file)
    assert loaded.current.ui.theme == "dark" and file.read_text() == text
    assert [problem.code for problem in loaded.problems] == ["settings-newer"]


def test_a_folder_that_cannot_be_written_costs_the_file_only(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.write_text(OLD)

    def full(path: Path, data: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("autocut_tray.core.settings.store.write_atomic", full)
    assert store(file).current.models.use_local_vision is False
    assert file.read_text() == OLD


PROGRAM = """
import os, signal, sys
from pathlib import Path
from autocut_tray.core.events import EventBus
from autocut_tray.core.settings import store

write, left = store.write_atomic, [int(sys.argv[2])]

def write_or_die(path, data):
    if left[0] == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    left[0] -= 1
    write(path, data)

store.write_atomic = write_or_die
store.SettingsStore(Path(sys.argv[1]), EventBus(), {})
"""


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
@pytest.mark.parametrize("writes", [0, 1])
def test_killed_half_way_the_old_file_is_whole_and_the_next_start_finishes(file: Path, writes: int) -> None:
    file.write_text(OLD)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    ended = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(file), str(writes)], env=environment, timeout=30
    )
    assert ended.returncode == -signal.SIGKILL
    assert file.read_text() == OLD
    assert store(file).current.models.use_local_vision is False
    assert file.with_name("config.toml.v0.bak").read_text() == OLD
