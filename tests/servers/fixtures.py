"""Fixtures of the test equipment, for a conftest's ``pytest_plugins = ["tests.servers.fixtures"]``."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.servers import real_server
from tests.servers.fake_lmstudio import FakeLmStudio
from tests.servers.fake_ollama import FakeOllama
from tests.servers.fake_openai import CloudFlavor, FakeCloud
from tests.servers.real_server import RealServer
from tests.servers.tiny_vlm import TinyVlm, write_tiny_vlm


@pytest.fixture(scope="session")
def tiny_vlm(tmp_path_factory: pytest.TempPathFactory) -> TinyVlm:
    """The files of the tiny vision model, written once a session."""
    if not real_server.available():
        pytest.skip("xllamacpp or gguf is not installed")
    return write_tiny_vlm(tmp_path_factory.mktemp("tiny-vlm"))


@pytest.fixture(scope="session")
def real_vision_server(tiny_vlm: TinyVlm) -> Iterator[RealServer]:
    """One real server for the whole session; a test that stops or kills servers starts its own."""
    with RealServer(tiny_vlm) as server:
        yield server


@pytest.fixture
def own_real_server(tiny_vlm: TinyVlm) -> Iterator[RealServer]:
    """A real server that the test may stop, kill and restart."""
    with RealServer(tiny_vlm) as server:
        yield server


@pytest.fixture
def fake_ollama() -> Iterator[FakeOllama]:
    """Ollama with one vision model, ``tiny-vlm``, and an 8 GiB GPU."""
    with FakeOllama() as server:
        yield server


@pytest.fixture
def fake_lmstudio() -> Iterator[FakeLmStudio]:
    """LM Studio with one vision model, ``tiny-vlm``, not loaded, just-in-time loading on."""
    with FakeLmStudio() as server:
        yield server


@pytest.fixture
def fake_openai() -> Iterator[FakeCloud]:
    with FakeCloud(CloudFlavor.OPENAI) as server:
        yield server


@pytest.fixture
def fake_deepseek() -> Iterator[FakeCloud]:
    with FakeCloud(CloudFlavor.DEEPSEEK) as server:
        yield server
