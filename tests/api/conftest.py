from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from autocut_tray.api.limits import Limits
from tests.api.rig import Rig, open_rig
from tests.servers.fake_ollama import FakeOllama
from tests.servers.ollama_store import GIB, OllamaModel


@pytest.fixture
def ollama() -> Iterator[FakeOllama]:
    models = [OllamaModel("moondream:latest", size=GIB, memory=2 * GIB, vision=True)]
    with FakeOllama(models, gpu_bytes=0, ram_bytes=64 * GIB) as running:
        running.answer_seconds = 0.02
        yield running


@pytest.fixture
def limits() -> Limits:
    """Those that ship; a test that is about time overrides this."""
    return Limits()


@pytest.fixture
def rig(tmp_path: Path, ollama: FakeOllama, limits: Limits) -> Iterator[Rig]:
    made = open_rig(tmp_path, ollama, limits)
    yield made
    made.services.close()
