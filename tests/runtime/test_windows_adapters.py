"""The adapters of a Windows machine from DXGI, registry and counters together."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from autocut_tray.core.cancel import CancelToken
from autocut_tray.core.clock import SystemClock
from autocut_tray.core.runtime.probes.gpu import AdapterProbe, NvidiaProbe, merge
from autocut_tray.core.runtime.probes.gpu_counters import ADAPTER_USE
from autocut_tray.core.runtime.probes.machine import Machine
from autocut_tray.core.runtime.probes.windows_adapters import Listed, WindowsAdapters
from autocut_tray.core.runtime.probes.windows_graphics import NoGraphics
from autocut_tray.core.runtime.profile import Confidence, Gpu, GpuKind, Outcome
from tests.fakes import FakeClock
from tests.runtime.fake_windows import (
    HYBRID_DISCRETE,
    HYBRID_INTEGRATED,
    RENDER,
    FakeGraphics,
    instance,
    raw_adapter,
)
from tests.runtime.fakes import GIB, MIB, FakeDevice, FakeNvml, FakeRegistry, fake_machine
from tests.runtime.test_adapters import CLASS, entry

RX = raw_adapter("AMD Radeon RX 7900 XTX", 0x1002, 0x744C, 25_753_026_560, luid=(0xD00, 0), bus=(3, 0, 0))
RX_ENTRY = entry(r"pci\ven_1002&dev_744c", "AMD Radeon RX 7900 XTX", 24 * GIB)
RTX = raw_adapter("NVIDIA GeForce RTX 4060", 0x10DE, 0x2882, 8_343_519_232, luid=(0xE00, 0), bus=(1, 0, 0))
RTX_ENTRY = entry(r"pci\ven_10de&dev_2882", "NVIDIA GeForce RTX 4060", 8 * GIB, DriverVersion="32.0.15.6094")


def machine(root: Path, graphics: FakeGraphics, *entries: dict[str, object]) -> Machine:
    keys = {rf"{CLASS}\{index:04}": values for index, values in enumerate(entries)}
    return fake_machine(root, "win32", registry=FakeRegistry(keys), graphics=graphics)


def listed(root: Path, graphics: FakeGraphics, *entries: dict[str, object]) -> Listed:
    return WindowsAdapters(machine(root, graphics, *entries), SystemClock()).ask()


@pytest.fixture
def release() -> Iterator[threading.Event]:
    event = threading.Event()
    yield event
    event.set()


def test_a_card_of_any_vendor_with_what_is_used(tmp_path: Path) -> None:
    graphics = FakeGraphics(RX, counters={ADAPTER_USE: {instance((0xD00, 0)): 3 * GIB}})
    found = listed(tmp_path, graphics, RX_ENTRY)
    (seen,) = found.adapters
    assert seen.gpu == Gpu(
        name="AMD Radeon RX 7900 XTX",
        vendor="AMD",
        kind=GpuKind.DISCRETE,
        vram_total_mib=24560,
        vram_used_mib=3072,
        driver="31.0.24027.1012",
        source="dxgi",
        confidence=Confidence.EXACT,
        index=0,
    )
    assert found.notes == ()
    assert graphics.open_queries == 0


def test_counters_tell_adapters_apart_by_luid(tmp_path: Path) -> None:
    part = raw_adapter(
        "AMD Radeon(TM) Graphics", 0x1002, 0x164E, 499_122_176, luid=(0xA, 0), bits=RENDER | HYBRID_INTEGRATED
    )
    own = raw_adapter(
        "AMD Radeon RX 6700S",
        0x1002,
        0x73EF,
        8_573_157_376,
        luid=(0xB, 0),
        bus=(3, 0, 0),
        bits=RENDER | HYBRID_DISCRETE,
    )
    use = {instance((0xA, 0)): 300 * MIB, instance((0xB, 0)): 4 * GIB, instance((0xC, 0)): 9 * GIB}
    first, second = listed(tmp_path, FakeGraphics(part, own, counters={ADAPTER_USE: use})).adapters
    assert (first.gpu.kind, first.gpu.vram_used_mib) == (GpuKind.INTEGRATED, 300)
    assert (second.gpu.kind, second.gpu.vram_used_mib) == (GpuKind.DISCRETE, 4096)


@pytest.mark.parametrize(("used", "shown"), [(24560, 24560), (25000, 24560), (26000, None), (-5, None)])
def test_a_full_card_may_count_a_little_more_than_all(tmp_path: Path, used: int, shown: int | None) -> None:
    graphics = FakeGraphics(RX, counters={ADAPTER_USE: {instance((0xD00, 0)): used * MIB}})
    assert listed(tmp_path, graphics).adapters[0].gpu.vram_used_mib == shown


def test_registry_alone_where_dxgi_fails(tmp_path: Path) -> None:
    graphics = FakeGraphics()
    graphics.adapter_error = OSError("CreateDXGIFactory1: 0x887A0022")
    graphics.counter_error = OSError("PdhAddEnglishCounter: 0xC0000BB8")
    found = listed(tmp_path, graphics, RX_ENTRY)
    assert (found.adapters[0].gpu.source, found.adapters[0].gpu.vram_total_mib) == ("registry", 24576)
    assert found.notes == (
        "DXGI: CreateDXGIFactory1: 0x887A0022",
        "counters: PdhAddEnglishCounter: 0xC0000BB8",
    )


def test_an_adapter_that_dxgi_does_not_show_stays(tmp_path: Path) -> None:
    """In a session of a service DXGI shows the basic renderer only."""
    basic = raw_adapter("Microsoft Basic Render Driver", 0x1414, 0x8C, 0, bus=None, flags=2)
    (seen,) = listed(tmp_path, FakeGraphics(basic), RX_ENTRY).adapters
    assert seen.gpu.source == "registry"


def test_dxgi_and_registry_disagree(tmp_path: Path) -> None:
    wrong = entry(r"pci\ven_1002&dev_744c", "AMD Radeon RX 7900 XTX", 4 * GIB - MIB)
    found = listed(tmp_path, FakeGraphics(RX), wrong)
    assert (found.adapters[0].gpu.vram_total_mib, found.adapters[0].gpu.confidence) == (
        24560,
        Confidence.DERIVED,
    )
    assert found.notes == ("AMD Radeon RX 7900 XTX: dxgi says 24560 MiB, registry 4095 MiB",)


def test_a_second_showing_without_a_place_is_no_second_card(tmp_path: Path) -> None:
    def unplaced(luid: int) -> object:
        return raw_adapter("NVIDIA T400 4GB", 0x10DE, 0x1FB2, 4 * GIB, luid=(luid, 0), bus=None)

    t400 = entry(r"pci\ven_10de&dev_1fb2", "NVIDIA T400 4GB", 4 * GIB)
    once = listed(tmp_path, FakeGraphics(unplaced(1), unplaced(2)), t400)  # type: ignore[arg-type]
    assert len(once.adapters) == 1
    twice = listed(tmp_path, FakeGraphics(unplaced(1), unplaced(2)), t400, t400)  # type: ignore[arg-type]
    assert len(twice.adapters) == 2
    unknown = listed(tmp_path, FakeGraphics(unplaced(1), unplaced(2)))  # type: ignore[arg-type]
    assert len(unknown.adapters) == 2


def test_a_source_that_hangs_is_not_waited_for(tmp_path: Path, release: threading.Event) -> None:
    class Hanging(FakeGraphics):
        def adapters(self) -> tuple[object, ...]:  # type: ignore[override]
            self.enumerations += 1
            release.wait(60)
            return ()

    graphics = Hanging(counters={ADAPTER_USE: {}})
    windows = WindowsAdapters(machine(tmp_path, graphics, RX_ENTRY), SystemClock(), limit=0.05)
    found = windows.ask()
    assert found.notes == ("DXGI: no answer in 0.05 s",)
    assert found.adapters[0].gpu.source == "registry"
    windows.ask()
    assert graphics.enumerations == 1, "a hung call is not joined by a second"


def test_two_probes_of_one_detection_ask_once(tmp_path: Path) -> None:
    graphics = FakeGraphics(RX, RTX)
    pc = machine(tmp_path, graphics)
    windows = WindowsAdapters(pc, SystemClock())
    AdapterProbe(pc, windows)(CancelToken())
    nvml = FakeNvml(FakeDevice())
    NvidiaProbe(pc, SystemClock(), windows, load_nvml=lambda machine: nvml)(CancelToken())
    assert graphics.enumerations == 1


def test_another_detection_asks_again(tmp_path: Path) -> None:
    class Ticking(FakeClock):
        def wait(self, event: threading.Event, timeout: float) -> bool:
            return event.wait(5)

    clock, graphics = Ticking(), FakeGraphics(RX)
    windows = WindowsAdapters(machine(tmp_path, graphics), clock)
    windows.ask()
    clock.advance(2)
    windows.ask()
    assert graphics.enumerations == 2


def test_other_systems_are_not_asked(tmp_path: Path) -> None:
    assert WindowsAdapters(fake_machine(tmp_path), SystemClock()).ask() == Listed()
    with pytest.raises(OSError, match="no performance counters"):
        NoGraphics().open_counters({})
    assert NoGraphics().adapters() == ()


def test_nvml_stays_first_and_is_compared(tmp_path: Path) -> None:
    graphics = FakeGraphics(RTX, counters={ADAPTER_USE: {instance((0xE00, 0)): GIB}})
    pc = machine(tmp_path, graphics, RTX_ENTRY)
    windows = WindowsAdapters(pc, SystemClock())
    listing = AdapterProbe(pc, windows)(CancelToken())
    nvml = FakeNvml(FakeDevice(used=1500 * MIB), driver="560.94")
    nvidia = NvidiaProbe(pc, SystemClock(), windows, load_nvml=lambda machine: nvml)(CancelToken())
    (gpu,) = merge(nvidia.fact, listing.fact)
    assert (gpu.vram_total_mib, gpu.vram_used_mib, gpu.source) == (8188, 1500, "nvml")
    assert (gpu.driver, gpu.confidence) == ("560.94", Confidence.EXACT)
    assert (nvidia.outcome, nvidia.detail, listing.detail) == (Outcome.OK, None, None)


def test_nvml_and_dxgi_that_disagree_are_both_told(tmp_path: Path) -> None:
    pc = machine(tmp_path, FakeGraphics(RTX), RTX_ENTRY)
    windows = WindowsAdapters(pc, SystemClock())
    nvml = FakeNvml(FakeDevice(total=12288 * MIB))
    nvidia = NvidiaProbe(pc, SystemClock(), windows, load_nvml=lambda machine: nvml)(CancelToken())
    assert nvidia.detail == "NVIDIA GeForce RTX 4060: nvml says 12288 MiB, dxgi 7957 MiB"
    (gpu,) = merge(nvidia.fact, windows.ask().adapters)
    assert (gpu.vram_total_mib, gpu.confidence) == (12288, Confidence.DERIVED)


def test_without_nvml_windows_knows_the_card_and_its_driver(tmp_path: Path) -> None:
    graphics = FakeGraphics(RTX, counters={ADAPTER_USE: {instance((0xE00, 0)): 2 * GIB}})
    pc = machine(tmp_path, graphics, RTX_ENTRY)
    windows = WindowsAdapters(pc, SystemClock())
    nvidia = NvidiaProbe(pc, SystemClock(), windows, load_nvml=lambda machine: None)(CancelToken())
    assert nvidia.outcome is Outcome.ABSENT
    (gpu,) = merge(nvidia.fact, windows.ask().adapters)
    assert (gpu.vram_total_mib, gpu.vram_used_mib, gpu.source) == (7957, 2048, "dxgi")
    assert gpu.driver == "560.94", "as NVML would say it"


@pytest.mark.parametrize(
    ("vendor", "written", "shown"),
    [
        ("10de", "32.0.15.6094", "560.94"),
        ("10de", "31.0.15.3623", "536.23"),
        ("10de", "27.21.14.5671", "456.71"),
        ("10de", "9.18.13.311", "9.18.13.311"),
        ("1002", "32.0.12033.1030", "32.0.12033.1030"),
        ("8086", "32.0.101.6987", "32.0.101.6987"),
        ("8086", None, None),
    ],
)
def test_versions_as_vendors_write_them(
    tmp_path: Path, vendor: str, written: str | None, shown: str | None
) -> None:
    values = entry(rf"pci\ven_{vendor}&dev_0001", "A card", GIB, DriverVersion=written)
    (seen,) = listed(tmp_path, FakeGraphics(), values).adapters
    assert seen.gpu.driver == shown
