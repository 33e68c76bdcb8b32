"""What was put off stays away for a month, or until it is about something else."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from autocut_tray.core.messages import message
from autocut_tray.core.paths import Paths
from autocut_tray.core.policy.policy import Action, ActionKind, Recommendation
from autocut_tray.core.remedies.dismissals import REST_SECONDS, Dismissals, subject
from tests.fakes import FakeClock


def advice(model: str = "moondream", size: str = "1.5 GB") -> Recommendation:
    return Recommendation(
        message("recommend-pull", model="Moondream 2"),
        message("recommend-pull-reason", size=size),
        Action(ActionKind.PULL_MODEL, model),
    )


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return Paths.below(tmp_path).dismissed_file


def test_it_is_remembered_for_a_month(file: Path) -> None:
    clock = FakeClock()
    put_off = Dismissals(file, clock)
    assert put_off.shown([advice()]) == (advice(),)
    put_off.dismiss(advice())
    assert put_off.shown([advice(), advice("llava-phi3")]) == (advice("llava-phi3"),)
    again = Dismissals(file, clock)
    assert again.dismissed(advice(size="1.6 GB"))  # a figure that moved is no new advice
    clock.advance(REST_SECONDS - 1)
    assert again.dismissed(advice())
    clock.advance(2)
    assert not again.dismissed(advice())


def test_it_comes_back_when_it_is_about_something_else(file: Path) -> None:
    clock = FakeClock()
    put_off = Dismissals(file, clock)

    def driver(gpu: str) -> Recommendation:
        again = Action(ActionKind.DETECT_AGAIN)
        return Recommendation(message("recommend-driver", gpu=gpu), message("recommend-driver-reason"), again)

    put_off.dismiss(driver("RTX 4060"))
    assert put_off.dismissed(driver("RTX 4060")) and not put_off.dismissed(driver("RX 7600"))


def test_subjects() -> None:
    plain = Recommendation(
        message("recommend-free-memory"), message("recommend-free-memory-reason", need="x")
    )
    assert subject(plain) == ""
    host = Recommendation(message("recommend-remote-tls", host="pc:1", b=message("x")), message("y"))
    assert subject(host) == "b=x/host=pc:1"


def test_it_can_be_taken_back(file: Path) -> None:
    put_off = Dismissals(file, FakeClock())
    put_off.restore(advice())
    assert not file.exists()
    put_off.dismiss(advice())
    put_off.restore(advice())
    assert not put_off.dismissed(advice()) and not Dismissals(file, FakeClock()).dismissed(advice())


def test_a_clock_set_back(file: Path) -> None:
    clock = FakeClock()
    put_off = Dismissals(file, clock)
    put_off.dismiss(advice())
    clock.shift_wall_clock(-86_400)
    assert put_off.dismissed(advice())
    clock.shift_wall_clock(-365 * 86_400)
    assert not put_off.dismissed(advice())


def test_the_file_stays_small(file: Path) -> None:
    clock = FakeClock()
    put_off = Dismissals(file, clock)
    put_off.dismiss(advice("old"))
    clock.advance(REST_SECONDS)
    for number in range(250):
        clock.advance(1)
        put_off.dismiss(advice(f"model-{number}"))
    kept = json.loads(file.read_text("utf-8"))["dismissed"]
    assert len(kept) == 200 and all(one["about"] != "old" for one in kept)
    assert put_off.dismissed(advice("model-249")) and not put_off.dismissed(advice("model-1"))


@pytest.mark.parametrize(
    "content", ["", "{", "[]", '{"dismissed": 5}', '{"dismissed": [{"code": 1}]}', "[" * 50_000, "x" * 70_000]
)
def test_a_damaged_file_costs_only_the_memory(file: Path, content: str) -> None:
    file.parent.mkdir(parents=True)
    file.write_text(content)
    put_off = Dismissals(file, FakeClock())
    assert not put_off.dismissed(advice())
    put_off.dismiss(advice())
    assert Dismissals(file, FakeClock()).dismissed(advice())


def test_a_file_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    put_off = Dismissals(tmp_path / "file" / "dismissed.json", FakeClock())
    put_off.dismiss(advice())
    assert put_off.dismissed(advice())


def test_writing_can_be_done_elsewhere(file: Path) -> None:
    waiting = []
    put_off = Dismissals(file, FakeClock(), waiting.append)
    put_off.dismiss(advice())
    assert put_off.dismissed(advice()) and not file.exists()
    waiting.pop()()
    assert file.exists()
