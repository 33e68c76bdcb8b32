"""Several threads decide and are told at once: what was decided first is done first, and only once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from autocut_tray.core.errors import FailureClass
from autocut_tray.core.policy.control_receipts import ReceiptAdded
from autocut_tray.core.policy.governor_recovery import Carryover
from autocut_tray.core.policy.governor_types import Tier, UnitResult
from tests.policy.test_controller import CLOUD, CPU, GPU, World, on, policy


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    yield made
    made.controller.close()


def test_changes_are_carried_out_in_the_order_in_which_they_were_decided(world: World) -> None:
    """One thread is held up while it cancels units; meanwhile another one decides the next change."""
    world.controller.adopt(policy(GPU, CPU, CLOUD))
    world.run(3, on(world, Tier.GPU))
    held, go_on = threading.Event(), threading.Event()

    def hold_up() -> None:
        held.set()
        assert go_on.wait(20)

    world.cancelling = hold_up
    for _ in range(3):
        assert world.controller.begin_unit() is Tier.GPU

    def fail_three_times() -> None:
        for _ in range(3):
            world.controller.end_unit(UnitResult(FailureClass.DOWN, 0.1, tier=Tier.GPU))

    first = threading.Thread(target=fail_three_times)
    first.start()
    assert held.wait(20)
    world.cancelling = lambda: None
    world.controller.force(Tier.PAUSED)
    go_on.set()
    first.join(20)
    assert [(receipt.from_, receipt.to) for receipt in world.receipts] == [("GPU", "CPU"), ("CPU", "PAUSED")]
    assert world.controller.state.reason.code == "control-forced", "the last change is the reason"


def test_what_is_remembered_last_is_what_holds_last(world: World) -> None:
    """A slow disk under one wish must not bring it back over the next one."""
    world.controller.adopt(policy(GPU, CPU))
    world.run(3, on(world, Tier.GPU))
    writing, go_on = threading.Event(), threading.Event()
    saved: list[Tier | None] = []
    save = world.memory.save

    def slowly(carried: Carryover) -> None:
        saved.append(carried.pin)
        if saved == [Tier.CPU, Tier.CPU]:  # with the change of tier, and with the wish itself
            writing.set()
            assert go_on.wait(20)
        save(carried)

    world.memory.save = slowly  # type: ignore[method-assign]
    first = threading.Thread(target=lambda: world.controller.pin(Tier.CPU))
    first.start()
    assert writing.wait(20)
    second = threading.Thread(target=lambda: world.controller.pin(None))
    second.start()
    second.join(0.3)
    go_on.set()
    first.join(20)
    second.join(20)
    assert world.memory.load().pin is None


def test_an_emergency_acts_before_it_writes_its_receipts(world: World) -> None:
    """A database that somebody else has locked may hold up each of them for seconds."""
    world.controller.adopt(policy(GPU, CPU))
    world.run(3, on(world, Tier.GPU))
    stopped: list[int] = []
    world.bus.subscribe(ReceiptAdded, lambda event: stopped.append(world.stopped))
    world.available = 820
    world.run(3, on(world, Tier.PAUSED))
    assert stopped and set(stopped) == {1}


def test_one_who_is_told_of_a_change_may_ask_for_the_next(world: World) -> None:
    world.controller.adopt(policy(GPU, CPU))
    world.run(3, on(world, Tier.GPU))
    world.bus.subscribe(
        ReceiptAdded, lambda event: world.controller.force(Tier.PAUSED) if event.receipt.to == "CPU" else None
    )
    world.controller.force(Tier.CPU)
    assert [receipt.to for receipt in world.receipts] == ["CPU", "PAUSED"]
    assert world.controller.state.tier is Tier.PAUSED


def test_what_fails_on_the_way_costs_the_next_change_nothing(world: World) -> None:
    world.controller.adopt(policy(GPU, CPU))
    world.run(3, on(world, Tier.GPU))

    def fail() -> None:
        raise OSError("no such process")

    world.cancelling = fail
    for _ in range(2):
        world.controller.end_unit(UnitResult(FailureClass.DOWN, 0.1, tier=Tier.GPU))
    with pytest.raises(OSError, match="no such process"):
        world.controller.end_unit(UnitResult(FailureClass.DOWN, 0.1, tier=Tier.GPU))
    world.controller.force(Tier.PAUSED)
    assert world.receipts[-1].to == "PAUSED"


def test_units_of_the_new_tier_do_not_pay_for_those_of_the_old_one(world: World) -> None:
    """The description under way when the tier was left ended in time: nothing is cancelled half a minute later."""
    world.controller.adopt(policy(GPU, CPU))
    world.run(3, on(world, Tier.GPU))
    world.run(2)
    assert world.controller.begin_unit() is Tier.GPU
    world.used = 7200
    world.run(30, on(world, Tier.CPU))
    world.controller.end_unit(UnitResult(seconds=3.0, tier=Tier.GPU))
    assert world.controller.begin_unit() is Tier.CPU
    world.run(60)
    assert world.cancelled == 0
    world.controller.end_unit(UnitResult(seconds=60.0, tier=Tier.CPU))


def test_a_unit_of_the_old_tier_that_stays_is_cancelled_whoever_ended_before(world: World) -> None:
    world.controller.adopt(policy(GPU, CPU))
    world.run(3, on(world, Tier.GPU))
    world.run(2)
    assert [world.controller.begin_unit() for _ in range(2)] == [Tier.GPU, Tier.GPU]
    world.used = 7200
    world.run(30, on(world, Tier.CPU))
    world.controller.end_unit(UnitResult(seconds=3.0, tier=Tier.GPU))
    world.run(40)
    assert world.cancelled == 1
