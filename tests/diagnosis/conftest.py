"""A program with a home of its own, and surroundings whose machine is made up."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from autocut_tray.core.cancel import CancelToken
from autocut_tray.core.errors import InputError
from autocut_tray.core.events import EventBus
from autocut_tray.core.footage import WorkerMessage
from autocut_tray.core.media.options import ScanOptions
from autocut_tray.core.paths import Paths
from autocut_tray.core.redact import Identity
from autocut_tray.core.runtime.probes import Answer, Probe, Probes, editors
from autocut_tray.core.runtime.profile import Cpu, CpuScore, Memory, ModelServer, Outcome
from autocut_tray.core.settings.store import SettingsStore
from autocut_tray.diagnosis.surroundings import Surroundings
from autocut_tray.i18n import Translator

SERVER = ModelServer(False, True, "http://127.0.0.1:9", False, "1.0")


def answers(fact: Any, outcome: Outcome = Outcome.OK) -> Any:
    return lambda cancel: Answer(fact, outcome)


def probes(**changes: Any) -> Probes:
    """Probes of a machine without a graphics card that all answer at once; a change replaces one's question."""
    facts: dict[str, Any] = {
        "cpu": Cpu("AMD Ryzen 9 7950X", 16, 32, CpuScore.ULTRA),
        "memory": Memory(65_536, 40_000, 0),
        "gpu": (),
        "nvidia": (),
        "ollama": SERVER,
        "lmstudio": replace(SERVER, reachable=False),
        "editors": editors.UNKNOWN,
    }
    return Probes(
        **{
            name: Probe(name, changes.get(name, answers(fact)), lambda fact=fact: fact)
            for name, fact in facts.items()
        }
    )


@dataclass
class FakeScanner:
    """A media worker that refuses whatever it gets, with this code; None: it finds no fault."""

    code: str | None = "not_a_video"

    @contextmanager
    def scan(self, path: str, options: ScanOptions, cancel: CancelToken) -> Iterator[Iterator[WorkerMessage]]:
        assert Path(path).stat().st_size
        if self.code is not None:
            raise InputError(self.code)
        yield iter(())


@pytest.fixture
def home(tmp_path: Path) -> Paths:
    paths = Paths.below(tmp_path / "home")
    paths.create()
    return paths


@pytest.fixture
def around(home: Paths) -> Callable[..., Surroundings]:
    """Surroundings in which all is well; a change replaces a field."""

    def make(environ: dict[str, str] | None = None, **changes: Any) -> Surroundings:
        environ = {"WAYLAND_DISPLAY": "wayland-0", **(environ or {})}
        made = Surroundings.of(
            home,
            SettingsStore(home.settings_file, EventBus(), environ),
            Translator("en"),
            environ=environ,
            probes=probes(),
            scanner=FakeScanner(),
            identity=Identity(),
        )
        return replace(made, **changes)

    return make
