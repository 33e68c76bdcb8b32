"""Reading one adapter's memory tick by tick: cheap, and through everything a driver does."""

from __future__ import annotations

import itertools
import logging
import os
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from autocut_tray.core.runtime.probes.vram import HOLDERS_INTERVAL, VramReading, VramSampler
from autocut_tray.core.runtime.profile import Gpu, GpuKind
from autocut_tray.core.sample import Holder
from tests.fakes import FakeClock
from tests.runtime.fakes import GIB, MIB, FakeDevice, FakeNvml, fake_machine, holds, put, put_card
from tests.runtime.profiles import RTX_4060, UHD_770

NAMES = {10: "ollama", 11: "resolve", 12: "ollama"}


def sampler(nvml: Any, clock: FakeClock, gpu: Gpu | None = RTX_4060) -> VramSampler:
    return VramSampler(
        gpu,
        clock,
        machine=fake_machine(Path("/nowhere")),
        load_nvml=lambda machine: nvml,
        process_name=NAMES.get,
    )


def test_a_reading() -> None:
    nvml = FakeNvml(FakeDevice())
    reads = sampler(nvml, FakeClock())
    assert reads.sample() == VramReading(1024, 8188, 37.0, "nvml")
    nvml.devices[0].used = 2048 * MIB
    assert reads.sample() == VramReading(2048, 8188, 37.0, "nvml")
    assert nvml.inits == 1, "the handle is kept"
    reads.close()
    assert nvml.open_sessions == 0
    assert reads.sample() is None


def test_without_a_card_or_a_source_there_is_no_reading() -> None:
    clock = FakeClock()
    assert sampler(FakeNvml(FakeDevice()), clock, None).sample() is None
    assert sampler(FakeNvml(FakeDevice()), clock, UHD_770).sample() is None
    assert sampler(None, clock).sample() is None
    assert sampler(None, clock).holders() == ()


def test_the_chosen_card_is_read_also_when_the_order_changed() -> None:
    other, chosen = FakeDevice("NVIDIA T400", 2 * GIB, 5 * MIB), FakeDevice()
    nvml = FakeNvml(other, chosen)
    assert sampler(nvml, FakeClock()).sample() == VramReading(1024, 8188, 37.0, "nvml")
    nvml = FakeNvml(chosen, other)
    assert sampler(nvml, FakeClock(), replace(RTX_4060, index=1)).sample() == VramReading(
        1024, 8188, 37.0, "nvml"
    )


def test_the_only_card_is_the_chosen_one_whatever_its_name() -> None:
    gpu = replace(RTX_4060, name="NVIDIA 10de:2882", source="sysfs")
    assert sampler(FakeNvml(FakeDevice()), FakeClock(), gpu).sample() is not None


def test_a_card_that_is_not_there_any_more() -> None:
    nvml = FakeNvml(FakeDevice("NVIDIA T400"), FakeDevice("NVIDIA T1000"))
    reads = sampler(nvml, FakeClock())
    assert reads.sample() is None
    assert nvml.open_sessions == 0


@pytest.mark.fault("FR9")
@pytest.mark.parametrize(
    "error", [FakeNvml.NVMLError_GpuIsLost("GPU is lost"), FakeNvml.NVMLError("Uninitialized")]
)
def test_a_lost_card_is_looked_for_ever_more_slowly_and_said_once(
    error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    clock, nvml = FakeClock(), FakeNvml(FakeDevice())
    reads = sampler(nvml, clock)
    assert reads.sample() is not None
    nvml.devices[0].memory_error = error
    tried = []
    with caplog.at_level(logging.INFO, "autocut_tray"):
        for _ in range(600):
            before = nvml.inits
            assert reads.sample() is None
            if nvml.inits > before:
                tried.append(clock.monotonic())
            clock.advance(1.0)
        nvml.devices[0].memory_error = None
        for _ in range(61):
            reading = reads.sample()
            clock.advance(1.0)
    gaps = [after - earlier for earlier, after in itertools.pairwise(tried)]
    assert gaps[:6] == [2.0, 4.0, 8.0, 16.0, 32.0, 60.0]
    assert set(gaps[6:]) == {60.0}
    assert reading == VramReading(1024, 8188, 37.0, "nvml")
    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"]
    assert nvml.open_sessions == 1


@pytest.mark.fault("FR9")
def test_a_driver_that_restarts_comes_back() -> None:
    clock, nvml = FakeClock(), FakeNvml(FakeDevice())
    nvml.init_error = FakeNvml.NVMLError("Driver Not Loaded")
    reads = sampler(nvml, clock)
    assert reads.sample() is None
    nvml.init_error = None
    assert reads.sample() is None, "not before its time"
    clock.advance(1.0)
    assert reads.sample() is not None


@pytest.mark.fault("FR11")
def test_figures_that_cannot_be_are_unknown() -> None:
    device = FakeDevice(total=0, used=5, load=250)
    assert sampler(FakeNvml(device), FakeClock()).sample() == VramReading(0, None, None, "nvml")
    device = FakeDevice(total=8 * MIB, used=9 * MIB, load=-1)
    assert sampler(FakeNvml(device), FakeClock()).sample() == VramReading(None, 8, None, "nvml")


def test_a_board_that_shares_memory_tells_its_load_only() -> None:
    device = FakeDevice(memory_error=FakeNvml.NVMLError_NotSupported())
    reads = sampler(FakeNvml(device), FakeClock(), replace(RTX_4060, kind=GpuKind.UNIFIED))
    assert reads.sample() == VramReading(None, None, 37.0, "nvml")


def test_a_load_that_is_not_supported_is_not_asked_again() -> None:
    device = FakeDevice(load_error=FakeNvml.NVMLError_NotSupported())
    reads = sampler(FakeNvml(device), FakeClock())
    assert reads.sample() == VramReading(1024, 8188, None, "nvml")
    device.load_error = None
    assert reads.sample() == VramReading(1024, 8188, None, "nvml")


def test_a_load_that_failed_once_is_asked_again() -> None:
    device = FakeDevice(load_error=FakeNvml.NVMLError("Unknown Error"))
    reads = sampler(FakeNvml(device), FakeClock())
    assert reads.sample() == VramReading(1024, 8188, None, "nvml")
    device.load_error = None
    assert reads.sample() == VramReading(1024, 8188, 37.0, "nvml")


def test_who_holds_the_memory() -> None:
    device = FakeDevice(
        compute=[holds(10, 2000), holds(12, 500), holds(99, 30)], graphics=[holds(10, 2000), holds(11, 5100)]
    )
    reads = sampler(FakeNvml(device), FakeClock())
    assert reads.holders() == (Holder("resolve", 5100), Holder("ollama", 2500), Holder("PID 99", 30))


def test_drivers_that_tell_no_shares_name_no_holders() -> None:
    device = FakeDevice(graphics=[holds(11, None), holds(10, 0)])
    assert sampler(FakeNvml(device), FakeClock()).holders() == ()


def test_older_drivers_are_asked_in_their_own_version() -> None:
    nvml = FakeNvml(FakeDevice(graphics=[holds(11, 300)]))
    nvml.old_driver = True
    assert sampler(nvml, FakeClock()).holders() == (Holder("resolve", 300),)


def test_holders_are_listed_at_most_every_few_seconds() -> None:
    clock, device = FakeClock(), FakeDevice(graphics=[holds(11, 300)])
    reads = sampler(FakeNvml(device), clock)
    assert reads.holders() == (Holder("resolve", 300),)
    device.graphics = []
    clock.advance(HOLDERS_INTERVAL - 0.1)
    assert reads.holders() == (Holder("resolve", 300),)
    clock.advance(0.1)
    assert reads.holders() == ()


# ---- amdgpu ----------------------------------------------------------------------------------------------

RADEON = Gpu("AMD Radeon RX 6800", "AMD", GpuKind.DISCRETE, 16368, 900, "amdgpu", "sysfs", None, 1)


def amd(root: Path, clock: FakeClock | None = None, **files: Any) -> VramSampler:
    put_card(root, 1, 0x1002, 0x73BF, driver="amdgpu", slot="0000:03:00.0", **files)
    return VramSampler(RADEON, clock or FakeClock(), machine=fake_machine(root), process_name=NAMES.get)


def test_an_amd_card_is_read_from_sysfs(tmp_path: Path) -> None:
    reads = amd(tmp_path, mem_info_vram_total=16 * GIB, mem_info_vram_used=3 * GIB, gpu_busy_percent=42)
    assert reads.sample() == VramReading(3072, 16384, 42.0, "sysfs")
    put(tmp_path, "/sys/class/drm/card1/device/mem_info_vram_used", 17 * GIB)
    assert reads.sample() == VramReading(None, 16384, 42.0, "sysfs")
    reads.close()
    assert reads.sample() is None


def test_a_sleeping_card_is_not_woken_to_ask_for_its_load(tmp_path: Path) -> None:
    reads = amd(
        tmp_path,
        mem_info_vram_total=16 * GIB,
        mem_info_vram_used=0,
        gpu_busy_percent=99,
        power__runtime_status="suspended",
    )
    assert reads.sample() == VramReading(0, 16384, 0.0, "sysfs")


def test_an_amd_card_that_was_taken_out(tmp_path: Path) -> None:
    assert amd(tmp_path).sample() is None


@pytest.mark.skipif(os.name == "nt", reason="symbolic links as in /proc")
def test_who_holds_an_amd_cards_memory(tmp_path: Path) -> None:
    def client(pid: int, fd: int, node: str, text: str) -> None:
        info = put(tmp_path, f"/proc/{pid}/fdinfo/{fd}", text)
        folder = info.parent.parent / "fd"
        folder.mkdir(exist_ok=True)
        (folder / str(fd)).symlink_to(node)

    here, there = "drm-pdev:\t0000:03:00.0\n", "drm-pdev:\t0000:05:00.0\n"
    client(11, 5, "/dev/dri/renderD128", f"{here}drm-client-id:\t7\ndrm-memory-vram:\t1048576 KiB")
    client(11, 6, "/dev/dri/renderD128", f"{here}drm-client-id:\t7\ndrm-memory-vram:\t1048576 KiB")
    client(
        11,
        7,
        "/dev/dri/card1",
        f"{here}drm-client-id:\t8\ndrm-resident-vram:\t512 MiB\ndrm-memory-vram:\t4 KiB",
    )
    client(10, 3, "/dev/dri/renderD129", f"{there}drm-client-id:\t9\ndrm-memory-vram:\t999999 KiB")
    client(12, 3, "/dev/null", "pos:\t0")
    put(tmp_path, "/proc/self/fdinfo/1", "")
    reads = amd(tmp_path, mem_info_vram_total=16 * GIB, mem_info_vram_used=3 * GIB)
    assert reads.holders() == (Holder("resolve", 1536),)


def test_a_reading_costs_less_than_a_millisecond(tmp_path: Path) -> None:
    clock = FakeClock()
    for reads in (
        sampler(FakeNvml(FakeDevice()), clock),
        amd(tmp_path, mem_info_vram_total=16 * GIB, mem_info_vram_used=GIB, gpu_busy_percent=1),
    ):
        reads.sample()
        began = time.process_time()
        for _ in range(50):
            reads.sample()
        assert (time.process_time() - began) / 50 < 0.001
