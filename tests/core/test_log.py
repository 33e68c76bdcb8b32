"""Logging must neither fail the code that logs nor hide that it has nowhere to write."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from autocut_tray.core.log import LOG_FILE, set_up_logging

LOGGER = logging.getLogger("somebody.else")


@pytest.fixture(autouse=True)
def root_logger() -> Iterator[None]:
    root = logging.getLogger()
    level, raising = root.level, logging.raiseExceptions
    yield
    set_up_logging(None, stderr=False)
    root.setLevel(level)
    logging.raiseExceptions = raising


def test_keys_do_not_reach_the_file(tmp_path: Path) -> None:
    set_up_logging(tmp_path, stderr=False)
    LOGGER.warning("sent %s", {"Authorization": "Bearer abcdefghijkl"})
    try:
        raise ValueError("api_key=0123456789abcdef")
    except ValueError:
        LOGGER.exception("refused")
    written = (tmp_path / LOG_FILE).read_text(encoding="utf-8")
    assert "refused" in written
    assert "ValueError" in written
    assert "abcdefghijkl" not in written
    assert "0123456789abcdef" not in written


@pytest.mark.parametrize(
    ("text", "arguments"), [("%d scenes", ("many",)), ("one %s two %s", ("only",)), ("%(no)s", ({"a": 1},))]
)
def test_a_malformed_call_is_written_as_it_is(
    tmp_path: Path, text: str, arguments: tuple[object, ...]
) -> None:
    set_up_logging(tmp_path, stderr=False)
    LOGGER.warning(text, *arguments)
    assert text in (tmp_path / LOG_FILE).read_text(encoding="utf-8")


def test_a_malformed_call_does_not_tell_a_key(tmp_path: Path) -> None:
    set_up_logging(tmp_path, stderr=False)
    LOGGER.warning("%d", "sk-0123456789abcdef")
    assert "0123456789abcdef" not in (tmp_path / LOG_FILE).read_text(encoding="utf-8")


def test_a_log_file_that_cannot_be_opened_is_said_at_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / LOG_FILE).mkdir()
    set_up_logging(tmp_path, stderr=False)
    assert "No log file" in capsys.readouterr().err


def test_an_undecodable_file_name_is_written_escaped(tmp_path: Path) -> None:
    set_up_logging(tmp_path, stderr=False)
    LOGGER.warning("opened %s", "caf\udce9.mp4")
    assert r"caf\udce9.mp4" in (tmp_path / LOG_FILE).read_text(encoding="utf-8")
