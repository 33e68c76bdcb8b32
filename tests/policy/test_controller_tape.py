"""The controller on tape: what the recorder has leads to the receipts that were really given."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from autocut_tray.core.errors import BackendError, FailureClass
from autocut_tray.core.monitor.history import History
from autocut_tray.core.monitor.replay import replay
from autocut_tray.core.monitor.what_if import compare
from autocut_tray.core.policy.control_receipts import ReceiptAdded
from autocut_tray.core.policy.controller import Controller, ControllerChanged
from autocut_tray.core.policy.governor_thresholds import Thresholds
from autocut_tray.core.policy.governor_types import Tier, UnitResult
from autocut_tray.core.receipt import ReceiptKind
from tests.policy.test_controller import CPU, GPU, World, on, policy


class Recorded(World):
    """A world whose controller is recorded."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.history: History | None = None
        super().__init__(folder)

    def make(self) -> Controller:
        self.history = self.history or History(self.folder / "metrics.db", self.clock)
        made = super().make()
        return Controller(
            made._hands, self.bus, self.clock, thresholds=Thresholds(), prefer_cloud=False,
            memory=self.memory, tape=self.history.tape,
        )  # fmt: skip

    def lines(self, since: float = 0.0) -> Iterator[str]:
        assert self.history is not None
        self.history.flush()
        return self.history.tape.lines(since, 9e9)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[Recorded]:
    made = Recorded(tmp_path)
    yield made
    made.controller.close()
    assert made.history is not None
    made.history.close()


def a_day(world: Recorded) -> None:
    """Pressure, refused probes, failing units, a person's wishes, other limits, another policy, a restart."""
    world.controller.adopt(policy(GPU, CPU))
    world.run(3, on(world, Tier.GPU))
    world.run(2)
    world.used = 7200
    world.run(30, on(world, Tier.CPU))
    world.used = 1024
    world.answers = [BackendError(FailureClass.DOWN, "server_down"), None]
    world.run(300, on(world, Tier.GPU))
    world.controller.force(Tier.CPU)
    world.run(5)
    world.controller.undo()
    for _ in range(4):
        if world.controller.begin_unit() is not None:
            world.controller.end_unit(UnitResult(FailureClass.DOWN, 0.1, tier=world.controller.state.tier))
        world.run(1)
    world.run(400)
    world.controller.reconfigure(replace(Thresholds(), vram_on=80.0, vram_cancel=76.0), prefer_cloud=False)
    world.used = 6700  # 81.8 %
    world.run(100)
    world.controller.adopt(policy(replace(GPU, model="llava"), CPU))
    world.used = 1024
    world.run(200)
    world.controller.close()
    world.clock.advance(900)
    world.controller = world.make()
    world.controller.adopt(policy(GPU, CPU))
    world.run(30)
    world.available = 800
    world.run(60)


def test_the_tape_leads_to_the_receipts_that_were_given(world: Recorded) -> None:
    a_day(world)
    told = [one for one in replay(world.lines()) if one["event"] in ("tier", "memory")]
    decided = [one for one in told if one["cause"] not in ("start", "policy")]
    assert len(decided) >= 9
    assert [(one["from"], one["to"], one["cause"], one["at"]) for one in decided] == [
        (receipt.from_, receipt.to, receipt.cause, pytest.approx(receipt.at, abs=0.01))
        for receipt in world.receipts
    ]


def test_what_really_happened_is_what_as_set_says(world: Recorded) -> None:
    a_day(world)
    since = world.receipts[3].at - 0.5
    compared = compare(world.lines(since), {}, since, 9e9)
    later = [receipt for receipt in world.receipts[3:] if receipt.kind is not ReceiptKind.MEMORY]
    assert compared.as_set.switches == len(later)
    assert compared.difference is None
    higher = compare(world.lines(), {"vram_on": 95.0, "vram_cancel": 90.0}, 0.0, 9e9)
    assert higher.would.switches < higher.as_set.switches


def test_nothing_is_lost_to_whoever_watches(world: Recorded) -> None:
    """The tape is beside the controller, not in its way."""
    seen: list[type] = []
    world.bus.subscribe(ControllerChanged, lambda event: seen.append(type(event)))
    world.bus.subscribe(ReceiptAdded, lambda event: seen.append(type(event)))
    a_day(world)
    assert seen.count(ReceiptAdded) == len(world.receipts)
