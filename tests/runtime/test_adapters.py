"""What Linux, Windows and macOS list, from fixtures of several machines."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from autocut_tray.core.cancel import CancelToken
from autocut_tray.core.clock import SystemClock
from autocut_tray.core.runtime.probes import apple_gpu, display_registry, drm
from autocut_tray.core.runtime.probes.answer import Answer
from autocut_tray.core.runtime.probes.gpu import AdapterProbe
from autocut_tray.core.runtime.probes.machine import Machine
from autocut_tray.core.runtime.probes.reconcile import Sightings
from autocut_tray.core.runtime.probes.windows_adapters import WindowsAdapters
from autocut_tray.core.runtime.profile import Confidence, Gpu, GpuKind, Outcome, ProfileClass, classify
from tests.runtime.fakes import GIB, MIB, FakeRegistry, fake_machine, put, put_card

PCI_IDS = """\
# a comment
1002  Advanced Micro Devices, Inc. [AMD/ATI]
\t1638  Cezanne [Radeon Vega Series / Radeon Vega Mobile Series]
\t73bf  Navi 21 [Radeon RX 6800/6800 XT / 6900 XT]
\t\t1002 0e3a  Radeon RX 6900 XT
10de  NVIDIA Corporation
\t2882  AD107 [GeForce RTX 4060]
8086  Intel Corporation
\t4680  AlderLake-S GT1 [UHD Graphics 770]
\t56a0  DG2 [Arc A770]
"""
AMDGPU_IDS = "# List\n1.0.0\n73BF,\tC3,\tAMD Radeon RX 6800\n73BF,\tC0,\tAMD Radeon RX 6900 XT\n"


def ask(machine: Machine) -> Answer[Sightings]:
    return AdapterProbe(machine, WindowsAdapters(machine, SystemClock()))(CancelToken())


def linux(root: Path) -> tuple[Gpu, ...]:
    put(root, "/usr/share/hwdata/pci.ids", PCI_IDS)
    return tuple(seen.gpu for seen in drm.list_adapters(fake_machine(root)))


def test_an_amd_card(tmp_path: Path) -> None:
    put_card(
        tmp_path,
        1,
        0x1002,
        0x73BF,
        driver="amdgpu",
        revision="0xc3",
        mem_info_vram_total=17163091968,
        mem_info_vram_used=1234 * MIB,
    )
    put(tmp_path, "/usr/share/libdrm/amdgpu.ids", AMDGPU_IDS)
    assert linux(tmp_path) == (
        Gpu(
            name="AMD Radeon RX 6800",
            vendor="AMD",
            kind=GpuKind.DISCRETE,
            vram_total_mib=16368,
            vram_used_mib=1234,
            driver="amdgpu",
            source="sysfs",
            confidence=Confidence.EXACT,
            index=1,
        ),
    )
    assert classify(linux(tmp_path)) is ProfileClass.LOCAL_GPU_HIGH


def test_an_amd_card_without_the_vendors_table_has_its_chips_name(tmp_path: Path) -> None:
    put_card(tmp_path, 0, 0x1002, 0x73BF, driver="amdgpu", mem_info_vram_total=16 * GIB)
    (gpu,) = linux(tmp_path)
    assert gpu.name == "AMD Radeon RX 6800/6800 XT / 6900 XT"
    assert gpu.vram_used_mib is None


def test_a_processor_with_amd_graphics_is_integrated_however_much_memory_it_was_given(tmp_path: Path) -> None:
    put_card(
        tmp_path,
        0,
        0x1002,
        0x9999,
        driver="amdgpu",
        slot="0000:05:00.0",
        mem_info_vram_total=16 * GIB,
        mem_info_vram_used=GIB,
        hwmon__hwmon3__in1_label="vddnb",
    )
    (gpu,) = linux(tmp_path)
    assert gpu.kind is GpuKind.INTEGRATED
    assert classify((gpu,)) is ProfileClass.LOCAL_CPU_ONLY


@pytest.mark.parametrize(("device", "total"), [(0x1638, 4 * GIB), (0x9999, 512 * MIB)])
def test_integrated_by_its_chip_or_its_small_memory(tmp_path: Path, device: int, total: int) -> None:
    put_card(tmp_path, 0, 0x1002, device, driver="amdgpu", mem_info_vram_total=total)
    assert linux(tmp_path)[0].kind is GpuKind.INTEGRATED


def test_impossible_figures_of_a_driver_are_unknown(tmp_path: Path) -> None:
    put_card(tmp_path, 0, 0x1002, 0x73BF, driver="amdgpu", mem_info_vram_total=0, mem_info_vram_used=5)
    put_card(
        tmp_path, 1, 0x1002, 0x73BF, driver="amdgpu", mem_info_vram_total=GIB, mem_info_vram_used=2 * GIB
    )
    put_card(tmp_path, 2, 0x1002, 0x73BF, driver="amdgpu", mem_info_vram_total="no number")
    none, more, text = linux(tmp_path)
    assert (none.vram_total_mib, none.confidence) == (None, None)
    assert (more.vram_total_mib, more.vram_used_mib) == (1024, None)
    assert text.vram_total_mib is None


def test_intel_beside_nvidia(tmp_path: Path) -> None:
    put_card(tmp_path, 0, 0x8086, 0x4680, driver="i915", slot="0000:00:02.0")
    put_card(tmp_path, 1, 0x10DE, 0x2882, driver="nvidia", slot="0000:01:00.0")
    put(
        tmp_path,
        "/proc/driver/nvidia/gpus/0000:01:00.0/information",
        "Model: \t\t NVIDIA GeForce RTX 4060\nIRQ:   \t\t 150",
    )
    intel, nvidia = linux(tmp_path)
    assert (intel.name, intel.vendor, intel.kind) == ("Intel UHD Graphics 770", "Intel", GpuKind.INTEGRATED)
    assert intel.vram_total_mib is None
    assert (nvidia.name, nvidia.kind) == ("NVIDIA GeForce RTX 4060", GpuKind.DISCRETE)
    assert nvidia.vram_total_mib is None
    assert classify((intel, nvidia)) is ProfileClass.LOCAL_CPU_ONLY, "no figure, no promise"


def test_intel_cards_that_tell_their_memory(tmp_path: Path) -> None:
    folder = put_card(tmp_path, 0, 0x8086, 0x56A0, driver="i915", slot="0000:03:00.0")
    put(folder, "drm/card0/lmem_total_bytes", 17079205888)
    put_card(
        tmp_path,
        1,
        0x8086,
        0xE20B,
        driver="xe",
        slot="0000:07:00.0",
        tile0__physical_vram_size_bytes=12 * GIB,
    )
    put_card(tmp_path, 2, 0x8086, 0xE20B, driver="xe", slot="0000:08:00.0")
    arc, battlemage, silent = linux(tmp_path)
    assert (arc.name, arc.kind, arc.vram_total_mib) == ("Intel Arc A770", GpuKind.DISCRETE, 16288)
    assert (battlemage.name, battlemage.kind, battlemage.vram_total_mib) == (
        "Intel 8086:e20b",
        GpuKind.DISCRETE,
        12288,
    )
    assert (silent.kind, silent.vram_total_mib) == (GpuKind.DISCRETE, None)


def test_virtual_and_odd_adapters(tmp_path: Path) -> None:
    put_card(tmp_path, 0, 0x1AF4, 0x1050, driver="virtio-pci")
    put_card(tmp_path, 1, 0x1234, 0x1111, driver="bochs-drm")
    put(tmp_path, "/sys/class/drm/card1-HDMI-A-1/status", "connected")
    put(tmp_path, "/sys/class/drm/version", "drm 1.1.0 20060810")
    virtio, bochs = linux(tmp_path)
    assert (virtio.vendor, virtio.kind) == ("Red Hat", None)
    assert (bochs.vendor, bochs.kind) == ("PCI 1234", None)
    assert classify((virtio, bochs)) is ProfileClass.LOCAL_CPU_ONLY


def test_graphics_inside_a_system_on_a_chip(tmp_path: Path) -> None:
    put(tmp_path, "/sys/class/drm/card0/device/uevent", "DRIVER=asahi\nOF_NAME=gpu")
    put(tmp_path, "/sys/class/drm/card0/device/drm/renderD128/dev", "226:128")
    put(tmp_path, "/sys/class/drm/card1/device/uevent", "DRIVER=apple-drm\nOF_NAME=display")
    put(tmp_path, "/sys/class/drm/card2/device/uevent", "DRIVER=panfrost\nOF_NAME=gpu")
    put(tmp_path, "/sys/class/drm/card2/device/drm/renderD129/dev", "226:129")
    apple, mali = linux(tmp_path)
    assert (apple.vendor, apple.kind) == ("Apple", GpuKind.UNIFIED)
    assert (mali.name, mali.kind) == ("panfrost", GpuKind.INTEGRATED)


def test_a_machine_without_adapters(tmp_path: Path) -> None:
    answer = ask(fake_machine(tmp_path))
    assert (answer.fact, answer.outcome) == ((), Outcome.ABSENT)


# ---- Windows ---------------------------------------------------------------------------------------------

CLASS = r"HKLM\SYSTEM\CurrentControlSet\Control\Class\{4d36e968-e325-11ce-bfc1-08002be10318}"
PRESENT = r"HKLM\HARDWARE\DEVICEMAP\VIDEO"
VIDEO = r"\Registry\Machine\System\CurrentControlSet\Control\Video"


def windows(entries: dict[str, dict[str, object]], present: list[str] | None = None) -> tuple[Gpu, ...]:
    keys: dict[str, dict[str, object]] = {rf"{CLASS}\{key}": values for key, values in entries.items()}
    if present is not None:
        keys[PRESENT] = {rf"\Device\Video{n}": rf"{VIDEO}\{guid}\0000" for n, guid in enumerate(present)}
        keys[PRESENT]["MaxObjectNumber"] = len(present)
    return tuple(seen.gpu for seen in display_registry.list_adapters(FakeRegistry(keys)))


def entry(device: str, name: str, memory: object = None, **more: object) -> dict[str, object]:
    values: dict[str, object] = {
        "MatchingDeviceId": device,
        "DriverDesc": name,
        "DriverVersion": "31.0.24027.1012",
        **more,
    }
    if memory is not None:
        values["HardwareInformation.qwMemorySize"] = memory
    return values


def test_a_windows_pc_with_an_amd_card() -> None:
    integrated, card = windows(
        {
            "0000": entry(r"PCI\VEN_1002&DEV_164E&REV_C1", "AMD Radeon(TM) Graphics", 512 * MIB),
            "0001": entry(r"pci\ven_1002&dev_744c", "AMD Radeon RX 7900 XTX", 24 * GIB),
            "Properties": {},
            "Configuration": {},
        }
    )
    assert (integrated.kind, integrated.vram_total_mib) == (GpuKind.INTEGRATED, 512)
    assert card == Gpu(
        name="AMD Radeon RX 7900 XTX",
        vendor="AMD",
        kind=GpuKind.DISCRETE,
        vram_total_mib=24576,
        vram_used_mib=None,
        driver="31.0.24027.1012",
        source="registry",
        confidence=Confidence.DERIVED,
        index=1,
    )
    assert classify((integrated, card)) is ProfileClass.LOCAL_GPU_HIGH


@pytest.mark.parametrize(
    ("memory", "mib"),
    [
        (8 * GIB, 8192),
        ((8 * GIB).to_bytes(8, "little"), 8192),
        ((2 * GIB).to_bytes(4, "little"), 2048),
        (0, None),
        (b"", None),
        ("much", None),
        (2**64 - 1, None),
    ],
)
def test_memory_as_drivers_write_it(memory: object, mib: int | None) -> None:
    (gpu,) = windows({"0000": entry(r"pci\ven_1002&dev_1", "AMD Radeon RX 6600", memory)})
    assert gpu.vram_total_mib == mib


def test_old_drivers_write_32_bits_only() -> None:
    more = {"HardwareInformation.MemorySize": (GIB).to_bytes(4, "little")}
    (gpu,) = windows({"0000": entry(r"pci\ven_1002&dev_1", "AMD Radeon RX 550", None, **more)})
    assert gpu.vram_total_mib == 1024


def test_intels_share_of_main_memory_is_not_memory_of_its_own() -> None:
    uhd, arc = windows(
        {
            "0000": entry(r"pci\ven_8086&dev_4680", "Intel(R) UHD Graphics 770", GIB),
            "0001": entry(r"pci\ven_8086&dev_56a0", "Intel(R) Arc(TM) A770 Graphics", 16 * GIB),
        }
    )
    assert (uhd.kind, uhd.vram_total_mib) == (GpuKind.INTEGRATED, None)
    assert (arc.kind, arc.vram_total_mib) == (GpuKind.DISCRETE, 16384)


def test_what_is_no_card_or_was_taken_out_is_left_out() -> None:
    here, gone = "{11111111-AAAA-11EF-9262-806E6F6E6963}", "{22222222-bbbb-11ef-9262-806e6f6e6963}"
    (gpu,) = windows(
        {
            "0000": entry(r"pci\ven_10de&dev_1b80", "NVIDIA GeForce GTX 1080", 8 * GIB, VideoID=gone),
            "0001": entry(r"pci\ven_10de&dev_2882", "NVIDIA GeForce RTX 4060", 8 * GIB, VideoID=here.lower()),
            "0002": entry(r"root\basicdisplay", "Microsoft Basic Display Adapter"),
            "0003": entry("usb\\vid_17e9", "DisplayLink USB Device"),
            "0004": {},
        },
        present=[here],
    )
    assert gpu.name == "NVIDIA GeForce RTX 4060"


def test_without_the_list_of_what_is_present_everything_counts() -> None:
    (gpu,) = windows(
        {"0000": entry(r"pci\ven_10de&dev_1", "NVIDIA GeForce RTX 4060", 8 * GIB, VideoID="{1}")}
    )
    assert gpu.vendor == "NVIDIA"


def test_a_name_written_as_bytes() -> None:
    values = entry(r"pci\ven_1002&dev_1", "", GIB)
    values["HardwareInformation.AdapterString"] = "AMD Radeon RX 6600\0".encode("utf-16-le")
    del values["DriverDesc"]
    assert windows({"0000": values})[0].name == "AMD Radeon RX 6600"


def test_the_probe_of_a_windows_machine_reads_its_registry(tmp_path: Path) -> None:
    registry = FakeRegistry(
        {rf"{CLASS}\0000": entry(r"pci\ven_1002&dev_744c", "AMD Radeon RX 7900 XTX", 24 * GIB)}
    )
    answer = ask(fake_machine(tmp_path, "win32", registry=registry))
    assert answer.outcome is Outcome.OK
    assert answer.fact[0].gpu.vram_total_mib == 24576


# ---- macOS -----------------------------------------------------------------------------------------------


def mac(root: Path, processor: str, answers: dict[str, str]) -> tuple[Gpu, ...]:
    def run(command: Any, timeout: float) -> str | None:
        return answers.get(command[-1])

    return tuple(
        seen.gpu
        for seen in apple_gpu.list_adapters(fake_machine(root, "darwin", processor=processor, run=run))[0]
    )


def test_apple_silicon_shares_all_memory(tmp_path: Path) -> None:
    (gpu,) = mac(
        tmp_path, "arm64", {"machdep.cpu.brand_string": "Apple M2 Max\n", "hw.memsize": f"{32 * GIB}\n"}
    )
    assert (gpu.name, gpu.vendor, gpu.kind) == ("Apple M2 Max", "Apple", GpuKind.UNIFIED)
    assert (gpu.vram_total_mib, gpu.source) == (32768, "sysctl")
    assert classify((gpu,)) is ProfileClass.LOCAL_CPU_ONLY
    (silent,) = mac(tmp_path, "arm64", {})
    assert (silent.name, silent.vram_total_mib) == ("Apple silicon", None)


def test_an_intel_mac(tmp_path: Path) -> None:
    listed = {
        "SPDisplaysDataType": [
            {
                "_name": "kHW_IntelUHDGraphics630Item",
                "spdisplays_vendor": "Intel",
                "spdisplays_vram_shared": "1536 MB",
                "sppci_model": "Intel UHD Graphics 630",
            },
            {
                "_name": "kHW_AMDRadeonPro5500MItem",
                "spdisplays_vendor": "sppci_vendor_amd",
                "spdisplays_vram": "8 GB",
                "sppci_model": "AMD Radeon Pro 5500M",
            },
        ]
    }
    integrated, card = mac(tmp_path, "x86_64", {"-json": json.dumps(listed)})
    assert (integrated.kind, integrated.vram_total_mib) == (GpuKind.INTEGRATED, None)
    assert (card.name, card.vendor, card.kind) == ("AMD Radeon Pro 5500M", "AMD", GpuKind.DISCRETE)
    assert card.vram_total_mib == 8192


@pytest.mark.parametrize("answer", ["", "no json", "[]", '{"SPDisplaysDataType": [3]}'])
def test_a_mac_that_tells_nothing(tmp_path: Path, answer: str) -> None:
    assert mac(tmp_path, "x86_64", {"-json": answer}) == ()
