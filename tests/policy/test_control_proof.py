from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from autocut_tray.core.policy.control_proof import Spell, given_back
from autocut_tray.core.policy.control_receipts import ReceiptAdded, ReceiptBook, ReceiptProven
from autocut_tray.core.policy.governor_types import Cause, Evidence, Reclaim, Tier, TierChange
from autocut_tray.core.policy.held import culprit, holders_at, titled
from autocut_tray.core.receipt import GivenBack, HeldBy, HeldMemory, Holders, Receipt, StillHeld
from autocut_tray.core.release import (
    MachineMemory,
    ReleaseCause,
    ReleaseOutcome,
    ReleaseRecord,
    ReleaseReport,
    ResourceKind,
)
from autocut_tray.core.runtime.probes.ram_holders import ram_by_process
from autocut_tray.core.sample import Holder, program_title
from autocut_tray.i18n import Translator
from tests.monitor.test_history import SAMPLE
from tests.policy.test_controller import CPU, GPU, World, on, policy

GIB = 2**30
MIB = 2**20
UNKNOWN = MachineMemory(None, None, None)
SPELL = Spell(Cause.VRAM, 88.0, 100.0)


def record(
    name: str = "moondream:latest",
    claimed: int | None = 2 * GIB,
    freed: int | None = 2 * GIB,
    outcome: ReleaseOutcome = ReleaseOutcome.RELEASED,
    kind: ResourceKind = ResourceKind.MODEL_SHARDS,
) -> ReleaseRecord:
    return ReleaseRecord(kind, name, claimed, freed, outcome)


def report(*records: ReleaseRecord, seconds: float = 1.2) -> ReleaseReport:
    return ReleaseReport(1000.0, ReleaseCause.PRESSURE, 50.0, seconds, records, UNKNOWN, UNKNOWN)


def order(t: float = 90.0, cause: Cause = Cause.VRAM) -> Reclaim:
    return Reclaim(t, Evidence(cause), 50.0)


def test_all_came_back() -> None:
    assert given_back(SPELL, [(order(), report(record()))]) == GivenBack(2 * GIB, 2 * GIB, 1.2)


def test_a_model_that_stays_is_named_with_its_rest() -> None:
    kept = record(freed=GIB // 2, outcome=ReleaseOutcome.KEPT)
    assert given_back(SPELL, [(order(), report(kept, seconds=5.0))]) == GivenBack(
        GIB // 2, 2 * GIB, 5.0, (StillHeld("Moondream 2", 2 * GIB - GIB // 2),)
    )


@pytest.mark.parametrize(
    ("records", "freed", "claimed"),
    [
        ((record(freed=None, outcome=ReleaseOutcome.UNMEASURED),), None, 2 * GIB),
        ((record(), record("b", GIB, None, ReleaseOutcome.UNMEASURED)), 2 * GIB, 3 * GIB),
        ((record(freed=-5, outcome=ReleaseOutcome.KEPT),), 0, 2 * GIB),
        ((record(claimed=None),), 2 * GIB, 0),
    ],
)
def test_unknown_is_unknown_and_nothing_is_negative(
    records: Sequence[ReleaseRecord], freed: int | None, claimed: int
) -> None:
    found = given_back(SPELL, [(order(), report(*records))])
    assert found is not None
    assert (found.freed_bytes, found.claimed_bytes) == (freed, claimed)


def test_what_is_asked_twice_counts_once() -> None:
    first = record(freed=GIB, outcome=ReleaseOutcome.PARTLY)
    second = record(claimed=GIB, freed=GIB)
    released = [(order(90.0), report(first)), (order(100.0), report(second, seconds=0.5))]
    assert given_back(SPELL, released) == GivenBack(2 * GIB, 2 * GIB, 1.7)


def test_nothing_to_give_is_not_unknown() -> None:
    assert given_back(SPELL, [(order(), None)]) == GivenBack(0, 0, 0.0)
    assert given_back(SPELL, []) is None


@pytest.mark.parametrize(
    ("spell", "given", "covered"),
    [
        (SPELL, order(88.0), True),
        (SPELL, order(100.0), True),
        (SPELL, order(87.0), False),
        (SPELL, order(101.0), False),
        (SPELL, order(90.0, Cause.EDITOR), False),
        (Spell(Cause.EMERGENCY, 88.0, 100.0), order(90.0, Cause.MEMORY), True),
        (Spell(Cause.VRAM, 88.0, 100.0), order(90.0, Cause.MEMORY), False),
    ],
)
def test_a_release_belongs_to_the_change_of_its_cause_and_time(
    spell: Spell, given: Reclaim, covered: bool
) -> None:
    assert spell.covers(given) is covered


# -- who holds it


@pytest.mark.parametrize(
    ("process", "title"),
    [
        ("ollama.exe", "Ollama"),
        ("Resolve.exe", "Resolve"),
        ("LM Studio.exe", "LM Studio"),
        ("chrome", "chrome"),
    ],
)
def test_programs_are_called_what_people_call_them(process: str, title: str) -> None:
    assert program_title(process) == title


@pytest.mark.parametrize(
    ("programs", "blamed"),
    [
        ((HeldBy("Ollama", 6000), HeldBy("Resolve", 1200)), "Resolve"),
        ((HeldBy("Ollama", 6000), HeldBy("LM Studio", 7000)), "LM Studio"),
        ((), None),
    ],
)
def test_our_own_server_is_to_blame_only_when_alone(programs: Sequence[HeldBy], blamed: str | None) -> None:
    found = culprit(programs)
    assert (None if found is None else found.name) == blamed


def test_holders_are_of_the_memory_that_ran_short() -> None:
    metrics = replace(
        SAMPLE,
        vram_used=7680,
        vram_total=8192,
        ram_available=1024,
        ram_total=16_384,
        vram_holders=(Holder("ollama", 900), Holder("resolve", 5222), Holder("ollama.exe", 1046)),
    )
    vram = holders_at(Cause.VRAM, metrics, lambda: ())
    assert vram == Holders(HeldMemory.VRAM, (HeldBy("Resolve", 5222), HeldBy("Ollama", 1946)), 512)
    ram = holders_at(Cause.EMERGENCY, metrics, lambda: (HeldBy("chrome", 9000),))
    assert ram == Holders(HeldMemory.RAM, (HeldBy("chrome", 9000),), 15_360 - 9000)
    assert holders_at(Cause.CLOUD, metrics, lambda: (HeldBy("chrome", 9000),)) is None
    assert holders_at(Cause.VRAM, replace(metrics, vram_holders=()), lambda: ()) is None
    assert holders_at(Cause.VRAM, None, lambda: ()) is None


def test_processes_of_one_name_count_together_and_small_ones_not_at_all() -> None:
    def each() -> Iterator[tuple[str, int]]:
        yield from (
            ("chrome", 300 * MIB),
            ("chrome", 400 * MIB),
            ("bash", 4 * MIB),
            ("Resolve.exe", 900 * MIB),
        )

    assert ram_by_process(each) == (("Resolve.exe", 900), ("chrome", 700))
    assert titled([("a", 1), ("b", 3), ("a", 4)]) == (HeldBy("a", 5), HeldBy("b", 3))


def test_this_machine_can_be_asked() -> None:
    assert all(name and mib > 0 for name, mib in ram_by_process())


# -- in the controller


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    yield made
    made.controller.close()


def freed(world: World, receipt: Receipt) -> GivenBack | None:
    """As the storage has it: memory may be back before the receipt is written, or after."""
    return world.proofs.get(receipt.id, receipt.freed)


def test_a_step_down_says_who_held_the_vram_and_what_came_back(world: World) -> None:
    world.controller.adopt(policy(GPU, CPU))
    world.run(3, on(world, Tier.GPU))
    world.run(2)
    world.used, world.holders = 7200, (Holder("resolve", 5222),)
    world.releases = [
        report(record(freed=GIB, outcome=ReleaseOutcome.PARTLY)),
        report(record(claimed=GIB, freed=GIB)),
    ]
    world.run(30, on(world, Tier.CPU))
    receipt = world.receipts[-1]
    assert receipt.held_by == Holders(HeldMemory.VRAM, (HeldBy("Resolve", 5222),), 1978)
    assert freed(world, receipt) == GivenBack(2 * GIB, 2 * GIB, 2.4)
    world.used = 1024
    world.run(200, on(world, Tier.GPU))
    assert (world.receipts[-1].held_by, freed(world, world.receipts[-1])) == (None, None)


def test_an_emergency_names_who_holds_the_ram(world: World) -> None:
    world.controller.adopt(policy(GPU, CPU))
    world.run(3, on(world, Tier.GPU))
    world.available, world.ram_holders = 800, (HeldBy("chrome", 9000),)
    world.releases = [report(record())]
    world.run(3)
    level = next(one for one in world.receipts if one.to == "EMERGENCY")
    paused = next(one for one in world.receipts if one.to == "PAUSED")
    for receipt in (level, paused):
        assert receipt.held_by is not None and receipt.held_by.programs == (HeldBy("chrome", 9000),)
        proof = freed(world, receipt)
        assert proof is not None and proof.freed_bytes == 2 * GIB
    reason = Translator("en").text(world.controller.state.reason).replace("\xa0", " ")
    assert reason == "0.8 of 16.0 GB of memory is left, chrome held 8.8 GB. Your queue is safe."
    world.available = 12_288
    world.run(60, lambda: world.receipts[-1].to != "PAUSED")
    eased = next(one for one in world.receipts if one.from_ == "EMERGENCY")
    assert (eased.held_by, freed(world, eased)) == (None, None), "what eases is no shortage"


def test_memory_that_comes_back_later_completes_its_receipt_once(world: World) -> None:
    told: list[object] = []
    hands = replace(world.hands(), keep_receipt=lambda receipt: replace(receipt, id=7))
    book = ReceiptBook(hands, world.clock, told.append)
    why = Evidence(Cause.VRAM, held_s=10.0)
    book.keep(TierChange(100.0, Tier.GPU, Tier.CPU, why, better=False), policy(GPU, CPU), SAMPLE)
    book.proven(order(100.0), report(record()))
    book.proven(order(100.0, Cause.EDITOR), report(record(freed=1)))
    book.proven(order(100.0), None)
    assert [type(event) for event in told] == [ReceiptAdded, ReceiptProven]
    assert world.proofs == {7: GivenBack(2 * GIB, 2 * GIB, 1.2)}
