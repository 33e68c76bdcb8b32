"""A card whose memory fills and empties under a job of 50 scenes, with servers that give theirs back or do not."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from autocut_tray.core.monitor.sampler import VramWatch
from autocut_tray.core.policy.governor_types import BreakerState, Tier
from autocut_tray.core.receipt import ReceiptKind
from autocut_tray.core.release import ReleaseOutcome
from autocut_tray.core.runtime.probes.vram import VramReading
from tests.faults.fifty import Fifty
from tests.runtime.profiles import RTX_4060
from tests.servers.fake_ollama import FakeOllama
from tests.servers.ollama_store import GIB, MIB, OllamaModel, Unloading
from tests.servers.wire_faults import Reply

CARD = 8188 * MIB
QUICK = {"vram_grace": 1.0, "reclaim_wait": 1.0, "unit_finish": 2.0}


@pytest.fixture
def server() -> Iterator[FakeOllama]:
    models = [OllamaModel("moondream:latest", size=GIB, memory=2 * GIB, vision=True)]
    with FakeOllama(models, gpu_bytes=CARD, ram_bytes=64 * GIB) as running:
        running.answer_seconds = 0.1
        yield running


@pytest.fixture
def card(monkeypatch: pytest.MonkeyPatch, server: FakeOllama) -> None:
    """The card that is read is the one of the fake server, with what others hold of it."""

    def read(watch: VramWatch) -> tuple[VramReading, tuple[()]]:
        return VramReading(min(CARD, server.store.vram_used()) // MIB, CARD // MIB, 10.0, "nvml"), ()

    monkeypatch.setattr(VramWatch, "read", read)


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, server: FakeOllama, card: None) -> Iterator[Fifty]:
    made = Fifty(
        tmp_path,
        monkeypatch,
        ollama=server.url,
        gpu=replace(RTX_4060, vram_used_mib=500),
        **QUICK,
    )
    yield made
    made.close()


@pytest.fixture
def patient(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, server: FakeOllama, card: None
) -> Iterator[Fifty]:
    """One that waits for memory as long as the product does."""
    made = Fifty(
        tmp_path,
        monkeypatch,
        ollama=server.url,
        gpu=replace(RTX_4060, vram_used_mib=500),
        **{**QUICK, "reclaim_wait": 5.0},
    )
    yield made
    made.close()


def on(world: Fifty, tier: Tier) -> None:
    world.wait(lambda: world.controller.state.tier is tier, f"on {tier.value}")


def moved_to(world: Fifty) -> list[str]:
    receipts = world.services.history.receipts(0.0, 1e12)
    return [receipt.to for receipt in receipts if receipt.kind is ReceiptKind.TIER]


def fill(server: FakeOllama, world: Fifty) -> None:
    """Others take the card, as a curve and not at once."""
    pause = threading.Event()
    for gib in (1, 3, 4, 5):  # with our two, 87.6 % of it
        server.store.gpu_foreign = int(gib * GIB)
        pause.wait(0.2)


@pytest.mark.fault("FR1", "FR16")
@pytest.mark.parametrize("unloading", [Unloading.HONEST, Unloading.STILL_LISTED, Unloading.LEAKS])
def test_a_curve_down_and_up_again(world: Fifty, server: FakeOllama, unloading: Unloading) -> None:
    server.store.unloading = unloading
    world.begin()
    on(world, Tier.GPU)
    assert server.store.loads[-1].size_vram > 0
    fill(server, world)
    world.wait(lambda: bool(world.services.memory.guard.reports), "there is proof")
    report = world.services.memory.guard.reports[0]
    if unloading is Unloading.HONEST:
        assert report.freed_bytes >= GIB  # which is enough: the card need not be left
    else:
        world.wait(lambda: "CPU" in moved_to(world), "the card is left")
        assert report.freed_bytes == 0 and report.seconds >= 1.0, "waited for, and said"
    assert report in world.services.history.releases.between(0.0, 1e12), "the proof is kept"
    server.store.gpu_foreign = 0
    world.assert_each_once()


@pytest.mark.fault("FR16")
@pytest.mark.parametrize(
    ("unloading", "freed", "outcome"),
    [
        (Unloading.SLOW, 2 * GIB, ReleaseOutcome.RELEASED),
        (Unloading.HALF_LEAKS, GIB, ReleaseOutcome.PARTLY),
    ],
)
def test_memory_that_comes_back_late_or_in_part(
    patient: Fifty, server: FakeOllama, unloading: Unloading, freed: int, outcome: ReleaseOutcome
) -> None:
    server.store.unloading = unloading
    patient.begin()
    on(patient, Tier.GPU)
    fill(server, patient)
    patient.wait(lambda: bool(patient.services.memory.guard.reports), "there is proof")
    report = patient.services.memory.guard.reports[0]
    (record,) = report.records
    assert record.outcome is outcome and abs(report.freed_bytes - freed) < 64 * MIB
    assert report.seconds >= 0.25, "not believed at the first look"
    server.store.gpu_foreign = 0
    patient.assert_each_once()


@pytest.mark.fault("FR16")
def test_an_unload_that_is_refused(world: Fifty, server: FakeOllama) -> None:
    world.begin()
    on(world, Tier.GPU)
    server.faults.add(
        Reply(500, {"error": "no"}),
        path="/api/chat",
        where=lambda entry: "keep_alive" in entry.json and not entry.json.get("messages"),
        times=None,
    )
    fill(server, world)
    world.wait(lambda: "CPU" in moved_to(world), "the card is left")
    server.store.gpu_foreign = 0
    world.assert_each_once()


@pytest.mark.fault("FM6")
def test_a_model_for_the_card_that_runs_on_the_processor(world: Fifty, server: FakeOllama) -> None:
    """``/api/ps`` says that nothing of it is on the card: the tier shown is the processor's, with the reason."""
    server.store.gpu_bytes = 0
    world.begin()
    on(world, Tier.CPU)
    receipts = world.services.history.receipts(0.0, 1e12)
    assert [r.cause for r in receipts][-1:] == ["wrong_device"] and receipts[-1].to == "CPU"
    breaker = world.controller.governor_state.breakers[Tier.GPU]
    assert breaker.state is not BreakerState.CLOSED and breaker.cause is not None


@pytest.mark.fault("FM5")
def test_a_load_that_takes_its_time_is_shown_and_waited_for(world: Fifty, server: FakeOllama) -> None:
    server.load_seconds = 1.5
    loading: list[str] = []

    def look() -> None:
        state = world.controller.state
        if state.warming:
            loading.append(state.reason.code)

    world.controller.on_change(look)
    world.begin(1)
    assert "control-probing" in loading, loading
    world.assert_each_once()
