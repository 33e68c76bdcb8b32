"""Fixtures for tests that call the command line in this process; a plugin of the root conftest."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from autocut_tray.__main__ import main
from autocut_tray.core.paths import Paths

Run = Callable[..., tuple[int, str, str]]
"""Takes the arguments of a command; gives its exit code, and what it wrote to stdout and stderr."""


@pytest.fixture
def english_terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A wide terminal that speaks English; signals are as they were afterwards."""
    monkeypatch.setenv("LANG", "en_GB.UTF-8")
    monkeypatch.setenv("COLUMNS", "200")
    for name in ("LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    before = {name: signal.getsignal(name) for name in (signal.SIGINT, signal.SIGTERM)}
    yield
    for name, handler in before.items():
        signal.signal(name, handler)


@pytest.fixture
def paths(autocut_home: Path) -> Paths:
    """Where the commands look."""
    return Paths.below(autocut_home)


@pytest.fixture
def no_model_servers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both servers are looked for where nothing listens."""
    monkeypatch.setenv("LMSTUDIO_HOST", "http://127.0.0.1:9")
    monkeypatch.setenv("OLLAMA_HOST", "127.0.0.1:9")


@pytest.fixture
def run(english_terminal: None, capfdbinary: pytest.CaptureFixture[bytes]) -> Run:
    def call(*arguments: str) -> tuple[int, str, str]:
        code = main(list(arguments))
        out, err = capfdbinary.readouterr()
        return code, out.decode(), err.decode()

    return call


def document(out: str) -> Any:
    """The one JSON document that a command wrote."""
    return json.loads(out)
