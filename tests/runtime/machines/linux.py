"""PCs with Linux, as the kernel and the drivers show them."""

from __future__ import annotations

from tests.runtime.fakes import GIB, MIB, FakeDevice, FakeNvml
from tests.runtime.machines.recorded import (
    CPU_ONLY,
    DERIVED,
    DISCRETE,
    EXACT,
    HIGH,
    LOW,
    MID,
    UNIFIED,
    Card,
    Expected,
    Outcome,
    Primary,
    Recorded,
)
from tests.runtime.test_drm_regions import A770, B580

NVIDIA, AMD, INTEL = 0x10DE, 0x1002, 0x8086
SLOT = "0000:01:00.0"
DRIVER = "560.35.03"
PCI_IDS = """\
1002  Advanced Micro Devices, Inc. [AMD/ATI]
\t1586  Strix Halo [Radeon Graphics / Radeon 8050S Graphics / Radeon 8060S Graphics]
\t1638  Cezanne [Radeon Vega Series / Radeon Vega Mobile Series]
\t73bf  Navi 21 [Radeon RX 6800/6800 XT / 6900 XT]
10de  NVIDIA Corporation
\t1f82  TU117 [GeForce GTX 1650]
8086  Intel Corporation
\t4680  AlderLake-S GT1 [UHD Graphics 770]
\t56a0  DG2 [Arc A770]
\ta7a0  Raptor Lake-P [Iris Xe Graphics]
\te20b  Battlemage G21 [Arc B580]
"""
TABLES = {"/usr/share/hwdata/pci.ids": PCI_IDS}
RESOLVE = {
    "/opt/resolve/bin/resolve": "",
    "/opt/resolve/docs/ReadMe.html": "<h1>DaVinci Resolve Studio 20.2.1</h1>",
}
UHD_770 = Card(0, (INTEL, 0x4680), "i915", "0000:00:02.0")


def nvidia_files(name: str, slot: str = SLOT) -> dict[str, str | int]:
    return {
        f"/proc/driver/nvidia/gpus/{slot}/information": f"Model: \t\t {name}\nIRQ:   \t\t 150",
        "/sys/module/nvidia/version": DRIVER,
    }


def nvidia_pc(name: str, device: int, total: int, used: int, expected_class: object) -> Recorded:
    """A desktop whose only adapter is an NVIDIA card with the vendor's driver."""
    card = FakeDevice(name, total * MIB, used * MIB, ids=(NVIDIA, device))
    return Recorded(
        f"Desktop with {name}, NVIDIA's driver",
        Expected(
            expected_class,  # type: ignore[arg-type]
            Primary(name, DISCRETE, total, used, DRIVER, "nvml", EXACT),
            nvidia=Outcome.OK,
            details={},
        ),
        files={**TABLES, **RESOLVE, **nvidia_files(name)},
        cards=(Card(0, (NVIDIA, device), "nvidia", SLOT),),
        nvml=FakeNvml(card, driver=DRIVER),
    )


RTX_3090 = "NVIDIA GeForce RTX 3090"
LAPTOP = "NVIDIA GeForce RTX 4060 Laptop GPU"
RTX_4090 = "NVIDIA GeForce RTX 4090"

LINUX: dict[str, Recorded] = {
    "linux-nvidia-4": nvidia_pc("NVIDIA GeForce GTX 1650", 0x1F82, 4096, 400, LOW),
    "linux-nvidia-6": nvidia_pc("NVIDIA GeForce RTX 2060", 0x1F08, 6144, 5800, LOW),
    "linux-nvidia-8": nvidia_pc("NVIDIA GeForce RTX 4060", 0x2882, 8188, 1033, MID),
    "linux-nvidia-12": nvidia_pc("NVIDIA GeForce RTX 3060", 0x2503, 12288, 700, MID),
    "linux-nvidia-16": nvidia_pc("NVIDIA GeForce RTX 4060 Ti", 0x2805, 16380, 900, HIGH),
    "linux-nvidia-24": nvidia_pc(RTX_4090, 0x2684, 24564, 2100, HIGH),
    "linux-nvidia-2x3090": Recorded(
        "Workstation with two cards of one model, the second one in use by others",
        Expected(
            HIGH,
            Primary(RTX_3090, DISCRETE, 24576, 410, DRIVER, "nvml", EXACT),
            (RTX_3090,),
            nvidia=Outcome.OK,
            details={},
        ),
        cpu=("AMD Ryzen Threadripper 3970X 32-Core Processor", 32, 64),
        memory_gib=(125.7, 110.2, 2.0),
        files={**nvidia_files(RTX_3090, "0000:21:00.0"), **nvidia_files(RTX_3090, "0000:4b:00.0")},
        cards=(
            Card(0, (NVIDIA, 0x2204), "nvidia", "0000:4b:00.0"),
            Card(1, (NVIDIA, 0x2204), "nvidia", "0000:21:00.0"),
        ),
        nvml=FakeNvml(
            FakeDevice(RTX_3090, 24576 * MIB, 410 * MIB, bus="00000000:21:00.0", ids=(NVIDIA, 0x2204)),
            FakeDevice(RTX_3090, 24576 * MIB, 20480 * MIB, bus="00000000:4B:00.0", ids=(NVIDIA, 0x2204)),
            driver=DRIVER,
        ),
    ),
    "linux-laptop": Recorded(
        "Laptop whose NVIDIA GPU sleeps; NVML wakes it once, for the detection",
        Expected(
            MID,
            Primary(LAPTOP, DISCRETE, 8188, 11, DRIVER, "nvml", EXACT),
            ("Intel Iris Xe Graphics",),
            nvidia=Outcome.OK,
            details={},
        ),
        cpu=("13th Gen Intel(R) Core(TM) i7-13700H", 14, 20),
        memory_gib=(15.3, 9.1, 16.0),
        files={**TABLES, **nvidia_files(LAPTOP)},
        cards=(
            Card(0, (INTEL, 0xA7A0), "i915", "0000:00:02.0"),
            Card(1, (NVIDIA, 0x28E0), "nvidia", SLOT, power="suspended"),
        ),
        nvml=FakeNvml(FakeDevice(LAPTOP, 8188 * MIB, 11 * MIB, load=0, ids=(NVIDIA, 0x28E0)), driver=DRIVER),
    ),
    "linux-egpu": Recorded(
        "Laptop with a card in a Thunderbolt box",
        Expected(
            HIGH,
            Primary(RTX_4090, DISCRETE, 24564, 300, DRIVER, "nvml", EXACT),
            ("Intel Iris Xe Graphics",),
            nvidia=Outcome.OK,
            details={},
        ),
        files={**TABLES, **nvidia_files(RTX_4090, "0000:2f:00.0")},
        cards=(
            Card(0, (INTEL, 0xA7A0), "i915", "0000:00:02.0"),
            Card(1, (NVIDIA, 0x2684), "nvidia", "0000:2f:00.0"),
        ),
        nvml=FakeNvml(
            FakeDevice(RTX_4090, 24564 * MIB, 300 * MIB, bus="00000000:2F:00.0", ids=(NVIDIA, 0x2684)),
            driver=DRIVER,
        ),
    ),
    "linux-rx-6800": Recorded(
        "Desktop with an AMD card, kernel driver",
        Expected(HIGH, Primary("AMD Radeon RX 6800", DISCRETE, 16368, 1234, "amdgpu", "sysfs", EXACT)),
        files={
            **TABLES,
            "/usr/share/libdrm/amdgpu.ids": "1.0.0\n73BF,\tC3,\tAMD Radeon RX 6800\n",
        },
        cards=(
            Card(
                1,
                (AMD, 0x73BF),
                "amdgpu",
                "0000:03:00.0",
                {
                    "revision": "0xc3",
                    "mem_info_vram_total": 17163091968,
                    "mem_info_vram_used": 1234 * MIB,
                    "hwmon/hwmon2/in0_label": "vddgfx",
                },
            ),
        ),
    ),
    "linux-amd-apu": Recorded(
        "Mini PC whose firmware gives the processor's graphics 16 GB: integrated all the same",
        Expected(CPU_ONLY, None, ("AMD Radeon Vega Series / Radeon Vega Mobile Series",)),
        cpu=("AMD Ryzen 7 5700G with Radeon Graphics", 8, 16),
        memory_gib=(46.9, 40.0, 8.0),
        files={**TABLES, "/sys/module/amdgpu/version": "6.10.5"},
        cards=(
            Card(
                0,
                (AMD, 0x1638),
                "amdgpu",
                "0000:05:00.0",
                {
                    "mem_info_vram_total": 16 * GIB,
                    "mem_info_vram_used": 500 * MIB,
                    "hwmon/hwmon3/in1_label": "vddnb",
                },
            ),
        ),
    ),
    "linux-strix-halo": Recorded(
        "Strix Halo with 96 of 128 GB set aside for graphics: unified, and no graphics card",
        Expected(
            CPU_ONLY,
            Primary(
                "AMD Radeon 8060S Graphics",
                UNIFIED,
                98304,
                2048,
                "amdgpu 6.14.1",
                "sysfs",
                EXACT,
            ),
        ),
        cpu=("AMD RYZEN AI MAX+ 395 w/ Radeon 8060S", 16, 32),
        memory_gib=(30.6, 24.2, 8.0),
        files={
            **TABLES,
            "/sys/module/amdgpu/version": "6.14.1",
            "/usr/share/libdrm/amdgpu.ids": "1.0.0\n1586,\tC1,\tAMD Radeon 8060S Graphics\n",
        },
        cards=(
            Card(
                0,
                (AMD, 0x1586),
                "amdgpu",
                "0000:c5:00.0",
                {
                    "revision": "0xc1",
                    "mem_info_vram_total": 96 * GIB,
                    "mem_info_vram_used": 2 * GIB,
                    "hwmon/hwmon5/in1_label": "vddnb",
                },
            ),
        ),
    ),
    "linux-arc-a770": Recorded(
        "Desktop with an Arc card on the kernel's own i915, which tells the size at the render node only",
        Expected(
            HIGH,
            Primary("Intel Arc A770", DISCRETE, 16288, 0, "i915", "drm", DERIVED),
            ("Intel UHD Graphics 770",),
        ),
        files=TABLES,
        cards=(UHD_770, Card(1, (INTEL, 0x56A0), "i915", "0000:03:00.0", regions=A770)),
    ),
    "linux-arc-b580": Recorded(
        "Desktop with an Arc card on xe, for which the kernel was asked",
        Expected(MID, Primary("Intel Arc B580", DISCRETE, 12216, 0, "xe", "drm", DERIVED)),
        files=TABLES,
        cards=(Card(0, (INTEL, 0xE20B), "xe", "0000:03:00.0", regions=B580),),
    ),
    "linux-igpu": Recorded(
        "Office PC without a card",
        Expected(CPU_ONLY, None, ("Intel UHD Graphics 770",)),
        cpu=("12th Gen Intel(R) Core(TM) i5-12500", 6, 12),
        memory_gib=(15.3, 8.8, 2.0),
        files=TABLES,
        cards=(UHD_770,),
    ),
    "linux-gb10": Recorded(
        "DGX Spark: the GPU has all of the machine's memory, and NVML tells none",
        Expected(
            CPU_ONLY,
            Primary("NVIDIA GB10", UNIFIED, 122470, None, "580.126.09", "system", DERIVED),
            nvidia=Outcome.OK,
            details={},
        ),
        processor="aarch64",
        cpu=("Cortex-X925", 20, 20),
        memory_gib=(119.6, 110.0, 16.0),
        cards=(Card(0, (NVIDIA, 0x2E12), "nvidia", "000f:01:00.0"),),
        nvml=FakeNvml(
            FakeDevice(
                "NVIDIA GB10",
                memory_error=FakeNvml.NVMLError_NotSupported("Not Supported"),
                bus="0000000F:01:00.0",
                ids=(NVIDIA, 0x2E12),
            ),
            driver="580.126.09",
        ),
    ),
}
