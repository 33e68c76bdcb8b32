"""``report`` on what is stored."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from autocut_tray.core.paths import Paths
from tests.command_line import Run
from tests.fakes import FakeClock
from tests.report import samples


@pytest.fixture
def stored(autocut_home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An hour of readings and a step down, just now."""
    paths = Paths.from_environment()
    paths.create()
    monkeypatch.setattr(samples, "SINCE", time.time() - 3600)
    monkeypatch.setattr(
        samples, "FakeClock", lambda start, epoch: FakeClock(start=start, epoch=time.time() - 3600)
    )
    with samples.opened(paths.metrics_database.parent) as day:
        day.read(1800, vram_used=5900)
        day.change("GPU", "CPU", "vram", better=False, metric="vram_percent", value=94.0, threshold=85.0)
        day.unit("CPU", 2.5)
        day.read(1700)
    yield


def test_on_the_screen_in_a_file_and_as_a_document(
    run: Run,
    stored: None,
    tmp_path: Path,
) -> None:
    code, out, _ = run("report", "--period", "last_1h")
    said = out.replace("\u00a0", " ")
    assert code == 0 and "What happened" in said and "1 × Other programs needed the VRAM." in said
    assert "One scene" not in said and "1 scene was described, in 2.5 s." in said
    code, out, _ = run("report", "--json", "--lang", "zh-CN")
    document = json.loads(out)
    assert code == 0 and document["period"] == "last_24h" and document["samples"] > 40
    assert "1 次：其他程序需要显存。" in document["findings"]["why"]
    code, out, _ = run("report", "--format", "csv", "--since", "2h")
    assert code == 0 and out.lstrip("\ufeff").startswith("section,time,item")
    for name, begin in (("a.pdf", b"%PDF-"), ("b.csv", b"\xef\xbb\xbf"), ("c.json", b"{")):
        file = tmp_path / name
        code, out, _ = run("report", "-o", str(file), "--lang", "en")
        assert code == 0 and out == f"Written to {file}.\n" and file.read_bytes().startswith(begin)
    code, _, err = run("report", "-o", str(tmp_path / "a.pdf"))
    assert code == 2 and "--force" in err, "nothing is written over without a word"


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("--period", "forever"), "last_24h"),
        (("--format", "docx", "-o", "x"), "json, csv, pdf"),
        (("--format", "pdf"), "--output"),
        (("--since", "never"), "24h"),
    ],
)
def test_what_makes_no_sense_is_said(
    run: Run,
    autocut_home: Path,
    arguments: tuple[str, ...],
    word: str,
) -> None:
    code, out, err = run("report", *arguments)
    assert code == 2 and not out and word in err


def test_before_anything_was_measured(run: Run, autocut_home: Path) -> None:
    code, out, _ = run("report")
    assert code == 0 and "Nothing was measured" in out
