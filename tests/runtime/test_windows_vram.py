"""Reading an adapter tick by tick on Windows, from its performance counters."""

from __future__ import annotations

import itertools
import logging
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from autocut_tray.core.runtime.probes.gpu_counters import ADAPTER_USE, ENGINE_TIME, PROCESS_USE
from autocut_tray.core.runtime.probes.vram import VramReading, VramSampler
from autocut_tray.core.runtime.probes.vram_counters import DETAIL_INTERVAL
from autocut_tray.core.runtime.profile import Confidence, Gpu, GpuKind
from autocut_tray.core.sample import Holder
from tests.fakes import FakeClock
from tests.runtime.fake_windows import FakeGraphics, instance, raw_adapter
from tests.runtime.fakes import GIB, MIB, FakeDevice, FakeNvml, fake_machine, holds
from tests.runtime.profiles import RTX_4060

NAMES = {10: "ollama.exe", 11: "Resolve.exe", 12: "ollama.exe"}
LUID, OTHER = (0xD00, 0), (0xE00, 0)
RX = Gpu(
    "AMD Radeon RX 7900 XTX", "AMD", GpuKind.DISCRETE, 24560, 900, "31.0", "dxgi", Confidence.EXACT, index=1
)
RX_RAW = raw_adapter("AMD Radeon RX 7900 XTX", 0x1002, 0x744C, 24560 * MIB, luid=LUID, bus=(3, 0, 0))
UHD_RAW = raw_adapter("Intel(R) UHD Graphics 770", 0x8086, 0x4680, 128 * MIB, luid=OTHER, bus=(0, 2, 0))


def graphics() -> FakeGraphics:
    return FakeGraphics(
        UHD_RAW,
        RX_RAW,
        counters={
            ADAPTER_USE: {instance(LUID): 3 * GIB, instance(OTHER): 100 * MIB},
            PROCESS_USE: {
                instance(LUID, pid=10): 1 * GIB,
                instance(LUID, pid=12): GIB // 2,
                instance(LUID, pid=11): 2 * GIB,
                instance(OTHER, pid=11): 9 * GIB,
            },
            ENGINE_TIME: {instance(LUID, pid=11, engine="0_engtype_3D"): 42.0},
        },
    )


def sampler(shown: FakeGraphics, clock: FakeClock, gpu: Gpu = RX, nvml: Any = None) -> VramSampler:
    return VramSampler(
        gpu,
        clock,
        machine=fake_machine(Path("/nowhere"), "win32", graphics=shown),
        load_nvml=lambda machine: nvml,
        process_name=NAMES.get,
    )


def test_a_reading() -> None:
    clock, shown = FakeClock(), graphics()
    reads = sampler(shown, clock)
    assert reads.sample() == VramReading(3072, 24560, None, "counters"), "a load needs two samples"
    shown.counters[ADAPTER_USE] = {instance(LUID): 5 * GIB}
    clock.advance(1)
    assert reads.sample() == VramReading(5120, 24560, None, "counters")
    clock.advance(DETAIL_INTERVAL)
    assert reads.sample() == VramReading(5120, 24560, 42.0, "counters")
    assert (len(shown.queries), shown.enumerations) == (2, 1), "opened once"
    reads.close()
    assert shown.open_queries == 0
    assert reads.sample() is None


def test_processes_and_engines_are_looked_at_every_few_seconds_only() -> None:
    clock, shown = FakeClock(), graphics()
    reads = sampler(shown, clock)
    for _ in range(20):
        reads.sample()
        reads.holders()
        clock.advance(1)
    memory, details = shown.queries
    assert (memory.collected, details.collected) == (20, 4)


def test_who_holds_the_memory() -> None:
    reads = sampler(graphics(), FakeClock())
    assert reads.holders() == (Holder("Resolve.exe", 2048), Holder("ollama.exe", 1536))


def test_nvidia_is_read_by_nvml_and_its_holders_from_the_counters() -> None:
    shown = graphics()
    shown.listed.append(raw_adapter("NVIDIA GeForce RTX 4060", 0x10DE, 0x2882, 8 * GIB, luid=(0xF00, 0)))
    shown.counters[PROCESS_USE] = {instance((0xF00, 0), pid=10): 6 * GIB}
    nvml = FakeNvml(FakeDevice(graphics=[holds(11, None)]))
    reads = sampler(shown, FakeClock(), RTX_4060, nvml)
    assert reads.sample() == VramReading(1024, 8188, 37.0, "nvml")
    assert reads.holders() == (Holder("ollama.exe", 6144),)
    assert list(shown.queries[0].formats) == [PROCESS_USE], "the load is NVML's"
    reads.close()
    assert (shown.open_queries, nvml.open_sessions) == (0, 0)


def test_two_cards_of_one_model_are_told_apart_by_place() -> None:
    def raw(luid: int, bus: int) -> Any:
        return raw_adapter(
            "NVIDIA GeForce RTX 3090", 0x10DE, 0x2204, 24 * GIB, luid=(luid, 0), bus=(bus, 0, 0)
        )

    shown = FakeGraphics(
        raw(1, 1),
        raw(2, 65),
        counters={PROCESS_USE: {instance((1, 0), pid=10): GIB, instance((2, 0), pid=11): 2 * GIB}},
    )
    devices = (
        FakeDevice("NVIDIA GeForce RTX 3090", bus="00000000:41:00.0"),
        FakeDevice("NVIDIA GeForce RTX 3090", bus="00000000:01:00.0"),
    )
    gpu = replace(RTX_4060, name="NVIDIA GeForce RTX 3090")
    for index, holder in ((0, Holder("Resolve.exe", 2048)), (1, Holder("ollama.exe", 1024))):
        reads = sampler(shown, FakeClock(), replace(gpu, index=index), FakeNvml(*devices))
        reads.sample()
        assert reads.holders() == (holder,)
    by_counter = sampler(shown, FakeClock(), replace(gpu, source="dxgi", index=1))
    assert by_counter.holders() == (Holder("Resolve.exe", 2048),)


def test_without_nvml_an_nvidia_card_is_read_from_the_counters() -> None:
    shown = FakeGraphics(
        raw_adapter("NVIDIA GeForce RTX 4060", 0x10DE, 0x2882, 8 * GIB, luid=LUID),
        counters={ADAPTER_USE: {instance(LUID): GIB}},
    )
    gpu = replace(RTX_4060, source="dxgi", vram_total_mib=7957)
    assert sampler(shown, FakeClock(), gpu).sample() == VramReading(1024, 7957, None, "counters")


@pytest.mark.parametrize("used", [25000, 24560])
def test_a_full_card_is_full(used: int) -> None:
    shown = graphics()
    shown.counters[ADAPTER_USE] = {instance(LUID): used * MIB}
    assert sampler(shown, FakeClock()).sample() == VramReading(24560, 24560, None, "counters")


def test_what_cannot_be_is_unknown() -> None:
    shown = graphics()
    shown.counters[ADAPTER_USE] = {instance(LUID): 99 * GIB}
    assert sampler(shown, FakeClock()).sample() == VramReading(None, 24560, None, "counters")


def test_an_adapter_without_a_total_is_not_read() -> None:
    assert sampler(graphics(), FakeClock(), replace(RX, vram_total_mib=None)).sample() is None


def test_counters_that_fail_are_opened_again_ever_more_slowly_and_said_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    clock, shown = FakeClock(), graphics()
    reads = sampler(shown, clock)
    assert reads.sample() is not None
    shown.counter_error = OSError("PdhCollectQueryData: 0x800007D5")
    with caplog.at_level(logging.INFO, "autocut_tray"):
        assert reads.sample() is None
        assert shown.open_queries == 1, "that of the details, not yet due"
        shown.counter_error = None
        assert reads.sample() is None, "not before its time"
        clock.advance(1)
        assert reads.sample() == VramReading(3072, 24560, None, "counters")
    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"]


def test_a_driver_that_starts_again_has_a_new_name() -> None:
    clock, shown = FakeClock(), graphics()
    reads = sampler(shown, clock)
    reads.sample()
    new = (0xABC, 0)
    shown.counters[ADAPTER_USE] = {instance(new): 2 * GIB, instance(OTHER): 1}
    shown.listed[1] = replace(
        RX_RAW, description=raw_adapter(RX.name or "", 0x1002, 0x744C, 24560 * MIB, luid=new).description
    )
    assert reads.sample() is None
    clock.advance(1)
    assert reads.sample() == VramReading(2048, 24560, None, "counters")
    assert shown.enumerations == 2


def test_an_adapter_that_the_counters_do_not_know_is_not_looked_for_at_every_tick() -> None:
    clock, shown = FakeClock(), graphics()
    shown.counters[ADAPTER_USE] = {instance(OTHER): 1}
    reads = sampler(shown, clock)
    looked = []
    for _ in range(300):
        before = shown.enumerations
        assert reads.sample() is None
        if shown.enumerations > before:
            looked.append(clock.monotonic())
        clock.advance(1)
    gaps = [after - earlier for earlier, after in itertools.pairwise(looked)]
    assert gaps == [1, 2, 4, 8, 16, 32, 60, 60, 60]


def test_dxgi_that_fails_is_asked_again() -> None:
    clock, shown = FakeClock(), graphics()
    shown.adapter_error = OSError("0x887A0022")
    reads = sampler(shown, clock)
    assert reads.sample() is None
    assert reads.holders() == ()
    shown.adapter_error = None
    clock.advance(1)
    assert reads.sample() is not None


def test_what_programs_come_and_go_is_seen() -> None:
    clock, shown = FakeClock(), graphics()
    reads = sampler(shown, clock)
    reads.holders()
    shown.counters[PROCESS_USE] = {instance(LUID, pid=99): GIB}
    clock.advance(DETAIL_INTERVAL)
    assert reads.holders() == (Holder("PID 99", 1024),)


def test_a_reading_costs_little() -> None:
    """Decoding alone; what Windows takes to collect cannot be measured here."""
    clock, shown = FakeClock(), graphics()
    shown.counters[PROCESS_USE] = {instance(LUID, pid=n): n * MIB for n in range(300)}
    shown.counters[ENGINE_TIME] = {
        instance(LUID if n % 2 else OTHER, pid=n // 10, engine=f"{n % 10}_engtype_3D"): 1.0
        for n in range(3000)
    }
    reads = sampler(shown, clock)
    reads.sample()
    reads.holders()
    began = time.process_time()
    for _ in range(200):
        reads.sample()
    assert (time.process_time() - began) / 200 < 0.001
