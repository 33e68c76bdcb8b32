"""Rules for every test: nobody's real folders, no leaked threads, no unexpected errors in the log."""

from __future__ import annotations

import faulthandler
import gc
import logging
import os
import threading
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from _pytest.faulthandler import fault_handler_stderr_fd_key

from autocut_tray.core import garbage

pytest_plugins = ["tests.servers.fixtures", "tests.command_line", "tests.keyrings"]

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
for _name in (
    "USE_LOCAL_VISION",
    "LOCAL_VISION_PROVIDER",
    "LOCAL_VISION_MODEL",
    "LMSTUDIO_HOST",
    "LMSTUDIO_MODEL",
    "OLLAMA_HOST",
    "OPENAI_API_KEY",
    "DEEPSEEK_API_KEY",
    "OPENAI_BASE_URL",
    "DEEPSEEK_BASE_URL",
):
    os.environ.pop(_name, None)

# How fast examples come says how busy the machine is, nothing about the program.
hypothesis.settings.register_profile(
    "suite", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow], print_blob=True
)
hypothesis.settings.load_profile("suite")

_CORPUS = Path(os.environ.get("AUTOCUT_CORPUS", Path(__file__).parents[2] / "shared" / "corpus"))


@pytest.hookimpl(wrapper=True)
def pytest_report_to_serializable() -> Generator[None, Any, Any]:
    """Hostile names in what a test wrote must not break the pipe from the process that ran it."""
    return _encodable((yield))


def _encodable(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode("utf-8")
    if isinstance(value, dict):
        return {_encodable(key): _encodable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(map(_encodable, value))
    return value


@pytest.fixture(autouse=True)
def autocut_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Every test has a home of its own."""
    home = tmp_path / "home"
    monkeypatch.setenv("AUTOCUT_HOME", str(home))
    return home


@pytest.fixture(autouse=True)
def stacks_of_a_crash(request: pytest.FixtureRequest) -> Iterator[None]:
    """The program keeps them in a file of its own while it runs in a test; after it pytest prints them again."""
    yield
    if not faulthandler.is_enabled():
        faulthandler.enable(request.config.stash[fault_handler_stderr_fd_key])


@pytest.fixture(scope="session")
def garbage_rounds() -> Iterator[garbage.Rounds]:
    """As in the desktop, garbage is collected in the main thread alone: widgets of earlier tests may be among it."""

    def here() -> int | None:
        return gc.collect() if threading.current_thread() is threading.main_thread() else None

    end = garbage.leave_to(here)
    yield garbage.Rounds()
    end()


@pytest.fixture(autouse=True)
def garbage_after_each_test(garbage_rounds: garbage.Rounds) -> Iterator[None]:
    yield
    garbage_rounds.look()


@pytest.fixture(autouse=True)
def no_leaked_threads() -> Iterator[None]:
    """Whoever starts a thread ends it; daemons that guard hanging driver calls are the exception."""
    before = set(threading.enumerate())
    yield
    left = [t for t in threading.enumerate() if t not in before and not t.daemon]
    for thread in left:
        thread.join(2.0)
    assert not [t for t in left if t.is_alive()], "threads left running"


@pytest.fixture(autouse=True)
def no_unexpected_errors(request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """An ERROR in the log fails the test unless it is marked ``errors_expected``."""
    yield
    if request.node.get_closest_marker("errors_expected"):
        return
    errors = [
        r.getMessage()
        for r in caplog.get_records("call")
        if r.levelno >= logging.ERROR and r.name.startswith("autocut_tray")
    ]
    assert not errors, errors


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The folder of videos with known cuts; tests that need it skip where it is absent."""
    if not (_CORPUS / "manifest.json").exists():
        pytest.skip("the video corpus is not here")
    return _CORPUS
