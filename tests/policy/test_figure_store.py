"""What was measured survives a restart; a damaged file costs what was learned and nothing else."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

import pytest

from autocut_tray.core.policy.figure_store import MOST_FIGURES, SAVE_SECONDS, FigureStore
from autocut_tray.core.policy.figures import KEPT, KEPT_DAYS, Kind, Subject
from autocut_tray.core.policy.governor_types import Tier
from autocut_tray.core.policy.policy import CloudBackend
from autocut_tray.core.runtime.profile import Backend
from tests.fakes import FakeClock

GPU = Subject(Backend.OLLAMA, "moondream:latest", "Q4_0 17", "RTX 4060, 8 GB, 581.29", Tier.GPU)
CLOUD = Subject(CloudBackend.OPENAI, "gpt-4o", "", "openai", Tier.CLOUD)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "data" / "figures.json"


def fill(store: FigureStore, *values: float, about: Subject = GPU, kind: Kind = Kind.SECONDS) -> None:
    for value in values:
        store.add(kind, about, value)


def test_what_was_measured_is_there_after_a_restart(file: Path, clock: FakeClock) -> None:
    store = FigureStore(file, clock)
    fill(store, 0.7, 0.8, 0.9)
    fill(store, 2300.5, kind=Kind.VRAM)
    fill(store, 2.4, 2.5, 2.6, about=CLOUD)
    store.close()
    again = FigureStore(file, clock)
    assert set(again.figures) == set(store.figures) and len(again.figures) == 3
    found = again.figures.measured(Kind.SECONDS, GPU)
    assert found is not None and (found.n, found.median, found.updated) == (3, 0.8, clock.time())


def test_nothing_is_written_for_nothing(file: Path, clock: FakeClock) -> None:
    store = FigureStore(file, clock)
    assert store.add(Kind.SECONDS, GPU, float("nan")) is None
    assert store.add(Kind.SECONDS, GPU, -1.0) is None
    store.close()
    assert not file.exists() and len(store.figures) == 0


def test_readings_are_written_at_once_and_then_every_ten_seconds(file: Path, clock: FakeClock) -> None:
    store = FigureStore(file, clock)

    def stored() -> int:
        (entry,) = json.loads(file.read_bytes())["figures"]
        return len(entry["readings"])

    fill(store, 1.0)
    assert stored() == 1
    fill(store, 1.0, 1.0)
    assert stored() == 1
    clock.advance(SAVE_SECONDS)
    fill(store, 1.0)
    assert stored() == 4
    fill(store, 1.0)
    store.close()
    assert stored() == 5


def test_the_newest_readings_of_each_and_the_newest_figures_are_kept(file: Path, clock: FakeClock) -> None:
    store = FigureStore(file, clock)
    fill(store, *[5.0] * KEPT, *[1.0] * KEPT)
    found = store.figures.get(Kind.SECONDS, GPU)
    assert found is not None and (found.n, found.median) == (KEPT, 1.0)
    for number in range(MOST_FIGURES):
        clock.advance(1)
        fill(store, 1.0, about=Subject(Backend.OLLAMA, f"m{number}", "", "", Tier.CPU))
        fill(store, 1.0, about=CLOUD)
    store.close()
    again = FigureStore(file, clock)
    for one in (store, again):
        assert len(one.figures) == MOST_FIGURES
        assert one.figures.get(Kind.SECONDS, GPU) is None, "longest without a reading"
        assert one.figures.get(Kind.SECONDS, CLOUD) is not None


def test_half_a_year_later_it_is_forgotten(file: Path, clock: FakeClock) -> None:
    store = FigureStore(file, clock)
    fill(store, 1.0, 1.0, 1.0)
    store.close()
    clock.shift_wall_clock(KEPT_DAYS * 86_400 + 1)
    assert len(FigureStore(file, clock).figures) == 0
    fill(store, 3.0)
    found = store.figures.get(Kind.SECONDS, GPU)
    assert found is not None and (found.n, found.median) == (1, 3.0)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff\xfe\x00",
        b'{"schema": 1}',
        b'{"schema": 2, "figures": []}',
        b'{"schema": 1, "figures": {}}',
        b"[" * 200_000,
        b" " * (5 * 1024 * 1024),
    ],
    ids=["empty", "cut", "list", "null", "binary", "no figures", "newer", "object", "deep", "huge"],
)
def test_a_damaged_file_costs_what_was_learned(
    file: Path, clock: FakeClock, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    file.parent.mkdir()
    file.write_bytes(content)
    with caplog.at_level(logging.WARNING):
        store = FigureStore(file, clock)
    assert len(store.figures) == 0 and "lost" in caplog.text
    fill(store, 1.0)
    store.close()
    assert len(FigureStore(file, clock).figures) == 1


ENTRY: dict[str, Any] = {
    "kind": "seconds", "backend": "ollama", "model": "m", "build": "b", "device": "d", "tier": "GPU",
    "readings": [[1_790_000_000.0, 1.5]],
}  # fmt: skip


@pytest.mark.parametrize(
    "entry",
    [
        None,
        5,
        "text",
        [],
        {},
        {**ENTRY, "kind": "watts"},
        {**ENTRY, "backend": ["ollama"]},
        {**ENTRY, "tier": "MOON"},
        {**ENTRY, "model": 5},
        {**ENTRY, "readings": [[1]]},
        {**ENTRY, "readings": [["now", "fast"]]},
        {**ENTRY, "readings": [[1_790_000_000.0, -3], [float("nan"), 1.0], [1_790_000_000.0, 1e300]]},
        {**ENTRY, "readings": []},
        {**ENTRY, "readings": [[10**400, 1.0]]},
    ],
)
def test_one_bad_entry_costs_itself_only(file: Path, clock: FakeClock, entry: object) -> None:
    file.parent.mkdir()
    file.write_text(json.dumps({"schema": 1, "figures": [entry, {**ENTRY, "model": "good"}]}))
    (found,) = FigureStore(file, clock).figures
    assert found.subject.model == "good" and found.median == 1.5


def test_a_disk_that_takes_nothing_is_said_once_and_costs_no_work(
    tmp_path: Path, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "data").write_text("a file where a folder should be")
    with caplog.at_level(logging.WARNING):
        store = FigureStore(tmp_path / "data" / "figures.json", clock)
        for _ in range(3):
            fill(store, 1.0)
            clock.advance(SAVE_SECONDS)
        store.close()
    assert caplog.text.count("is not saved") == 1
    assert len(store.figures) == 1
