"""PCs with Windows, as DXGI, the registry, the counters and NVML show them."""

from __future__ import annotations

from tests.runtime.fake_windows import HYBRID_DISCRETE, HYBRID_INTEGRATED, INDIRECT, RENDER, raw_adapter
from tests.runtime.fakes import MIB, FakeDevice, FakeNvml
from tests.runtime.machines.recorded import (
    CPU_ONLY,
    DERIVED,
    DISCRETE,
    EXACT,
    HIGH,
    LOW,
    MID,
    UNINSTALL,
    Expected,
    Outcome,
    Primary,
    RawAdapter,
    Recorded,
    entry,
)

NVIDIA, AMD, INTEL, MICROSOFT = 0x10DE, 0x1002, 0x8086, 0x1414
DRIVER, WINDOWS_DRIVER = "560.94", "32.0.15.6094"
RESOLVE = {"C:/Program Files/Blackmagic Design/DaVinci Resolve/Resolve.exe": ""}
RESOLVE_LISTED = {rf"{UNINSTALL}\{{B}}": {"DisplayName": "DaVinci Resolve", "DisplayVersion": "20.2.10006"}}
BASIC = raw_adapter("Microsoft Basic Render Driver", MICROSOFT, 0x8C, 0, luid=(0x9999, 0), bus=None, flags=2)
UHD = raw_adapter("Intel(R) UHD Graphics 770", INTEL, 0x4680, 128 * MIB, luid=(0x100, 0), bus=(0, 2, 0))
UHD_ENTRY = entry(r"PCI\VEN_8086&DEV_4680&REV_0C", "Intel(R) UHD Graphics 770", 1024, "32.0.101.6987")


def seen(
    name: str,
    ids: tuple[int, int],
    dedicated_mib: int,
    *,
    luid: int = 0x200,
    bus: tuple[int, int, int] | None = (1, 0, 0),
    bits: int = 0,
) -> RawAdapter:
    return raw_adapter(name, *ids, dedicated_mib * MIB, luid=(luid, 0), bus=bus, bits=RENDER | bits)


def nvidia_pc(
    name: str, device: int, total: int, dedicated: int, used: int, expected_class: object
) -> Recorded:
    """A desktop with an NVIDIA card: NVML's total, beside the smaller one that DXGI gives programs."""
    return Recorded(
        f"Windows desktop with {name}",
        Expected(
            expected_class,  # type: ignore[arg-type]
            Primary(name, DISCRETE, total, used, DRIVER, "nvml", EXACT),
            ("Intel(R) UHD Graphics 770",),
            nvidia=Outcome.OK,
            details={},
        ),
        system="win32",
        cpu=("13th Gen Intel(R) Core(TM) i7-13700", 16, 24),
        files=RESOLVE,
        registry=RESOLVE_LISTED,
        display_entries=(
            UHD_ENTRY,
            entry(rf"pci\ven_10de&dev_{device:04x}", name, total, WINDOWS_DRIVER),
        ),
        dxgi=(seen(name, (NVIDIA, device), dedicated), UHD, BASIC),
        used={0x200: used + 40, 0x100: 90},
        nvml=FakeNvml(FakeDevice(name, total * MIB, used * MIB, ids=(NVIDIA, device)), driver=DRIVER),
    )


RTX_3090 = "NVIDIA GeForce RTX 3090"
LAPTOP = "NVIDIA GeForce RTX 4070 Laptop GPU"
XTX = "AMD Radeon RX 7900 XTX"
PART = "AMD Radeon(TM) Graphics"
T400 = "NVIDIA T400 4GB"
ARC = "Intel(R) Arc(TM) A770 Graphics"

WINDOWS: dict[str, Recorded] = {
    "windows-nvidia-4": nvidia_pc("NVIDIA GeForce GTX 1650", 0x1F82, 4096, 3937, 500, LOW),
    "windows-nvidia-6": nvidia_pc("NVIDIA GeForce RTX 2060", 0x1F08, 6144, 5980, 800, LOW),
    "windows-nvidia-8": nvidia_pc("NVIDIA GeForce RTX 4060", 0x2882, 8188, 7957, 1033, MID),
    "windows-nvidia-12": nvidia_pc("NVIDIA GeForce RTX 3060", 0x2503, 12288, 12115, 1500, MID),
    "windows-nvidia-16": nvidia_pc("NVIDIA GeForce RTX 4080", 0x2704, 16376, 16048, 2000, HIGH),
    "windows-nvidia-24": nvidia_pc("NVIDIA GeForce RTX 4090", 0x2684, 24564, 24142, 3000, HIGH),
    "windows-nvidia-2x3090": Recorded(
        "Two cards of one model; DXGI lists them the other way round",
        Expected(
            HIGH,
            Primary(RTX_3090, DISCRETE, 24576, 410, DRIVER, "nvml", EXACT),
            (RTX_3090,),
            nvidia=Outcome.OK,
            details={},
        ),
        system="win32",
        memory_gib=(63.9, 50.0, 9.5),
        display_entries=(entry(r"pci\ven_10de&dev_2204", RTX_3090, 24576, WINDOWS_DRIVER),) * 2,
        dxgi=(
            seen(RTX_3090, (NVIDIA, 0x2204), 24348, luid=0x300, bus=(75, 0, 0)),
            seen(RTX_3090, (NVIDIA, 0x2204), 24348, luid=0x200, bus=(33, 0, 0)),
        ),
        used={0x200: 400, 0x300: 20480},
        nvml=FakeNvml(
            FakeDevice(RTX_3090, 24576 * MIB, 410 * MIB, bus="00000000:21:00.0", ids=(NVIDIA, 0x2204)),
            FakeDevice(RTX_3090, 24576 * MIB, 20500 * MIB, bus="00000000:4B:00.0", ids=(NVIDIA, 0x2204)),
            driver=DRIVER,
        ),
    ),
    "windows-laptop": Recorded(
        "Laptop with AMD's graphics in the processor and an NVIDIA GPU",
        Expected(
            MID,
            Primary(LAPTOP, DISCRETE, 8188, 0, DRIVER, "nvml", EXACT),
            ("AMD Radeon(TM) 780M",),
            nvidia=Outcome.OK,
            details={},
        ),
        system="win32",
        cpu=("AMD Ryzen 9 7940HS w/ Radeon 780M Graphics", 8, 16),
        memory_gib=(31.2, 19.0, 4.8),
        display_entries=(
            entry(r"pci\ven_1002&dev_15bf&subsys_1", "AMD Radeon(TM) 780M", 512, "32.0.12033.1030"),
            entry(r"pci\ven_10de&dev_2860", LAPTOP, 8188, WINDOWS_DRIVER),
        ),
        dxgi=(
            seen(
                "AMD Radeon(TM) 780M", (AMD, 0x15BF), 476, luid=0x100, bus=(101, 0, 0), bits=HYBRID_INTEGRATED
            ),
            seen(LAPTOP, (NVIDIA, 0x2860), 7957, bits=HYBRID_DISCRETE),
            BASIC,
        ),
        used={0x100: 300, 0x200: 0},
        nvml=FakeNvml(FakeDevice(LAPTOP, 8188 * MIB, 0, ids=(NVIDIA, 0x2860)), driver=DRIVER),
    ),
    "windows-rx-7900": Recorded(
        "Desktop with an AMD card beside the processor's own graphics, no package, no tool",
        Expected(
            HIGH,
            Primary(XTX, DISCRETE, 24560, 3072, "32.0.12033.1030", "dxgi", EXACT),
            (PART,),
        ),
        system="win32",
        cpu=("AMD Ryzen 9 7950X 16-Core Processor", 16, 32),
        memory_gib=(63.1, 44.0, 4.0),
        display_entries=(
            entry(r"PCI\VEN_1002&DEV_164E&REV_C1", PART, 512, "32.0.12033.1030"),
            entry(r"pci\ven_1002&dev_744c", XTX, 24560, "32.0.12033.1030"),
        ),
        dxgi=(
            seen(XTX, (AMD, 0x744C), 24560, bus=(3, 0, 0)),
            seen(PART, (AMD, 0x164E), 476, luid=0x100, bus=(22, 0, 0)),
            BASIC,
        ),
        used={0x200: 3072, 0x100: 200},
    ),
    "windows-arc": Recorded(
        "Desktop with an Arc card",
        Expected(
            HIGH,
            Primary(ARC, DISCRETE, 16256, 1100, "32.0.101.6987", "dxgi", EXACT),
            ("Intel(R) UHD Graphics 770",),
        ),
        system="win32",
        display_entries=(UHD_ENTRY, entry(r"pci\ven_8086&dev_56a0", ARC, 16384, "32.0.101.6987")),
        dxgi=(seen(ARC, (INTEL, 0x56A0), 16256, bus=(3, 0, 0)), UHD, BASIC),
        used={0x200: 1100},
    ),
    "windows-igpu": Recorded(
        "Office PC without a card",
        Expected(CPU_ONLY, None, ("Intel(R) UHD Graphics 770",)),
        system="win32",
        cpu=("12th Gen Intel(R) Core(TM) i5-12500", 6, 12),
        memory_gib=(15.7, 7.9, 2.4),
        display_entries=(UHD_ENTRY,),
        dxgi=(UHD, BASIC),
        used={0x100: 120},
    ),
    "windows-arm": Recorded(
        "Laptop with a Snapdragon, whose graphics are not on the PCI bus",
        Expected(CPU_ONLY, None, ("Qualcomm(R) Adreno(TM) X1-85 GPU",)),
        system="win32",
        processor="ARM64",
        cpu=("Snapdragon(R) X Elite - X1E80100", 12, 12),
        memory_gib=(15.6, 8.2, 1.0),
        dxgi=(seen("Qualcomm(R) Adreno(TM) X1-85 GPU", (0x4D4F4351, 0x36334330), 0, bus=None), BASIC),
    ),
    "windows-remote-desktop": Recorded(
        "Seen through a remote desktop, which lists the card a second time",
        Expected(
            LOW,
            Primary(T400, DISCRETE, 4096, 300, DRIVER, "nvml", EXACT),
            ("Intel(R) UHD Graphics 770",),
            nvidia=Outcome.OK,
            details={},
        ),
        system="win32",
        display_entries=(UHD_ENTRY, entry(r"pci\ven_10de&dev_1fb2", T400, 4096, WINDOWS_DRIVER)),
        dxgi=(
            seen(T400, (NVIDIA, 0x1FB2), 3937),
            UHD,
            seen(T400, (NVIDIA, 0x1FB2), 3937, luid=0x18B89810, bus=None, bits=INDIRECT),
            BASIC,
        ),
        used={0x200: 310},
        nvml=FakeNvml(FakeDevice(T400, 4096 * MIB, 300 * MIB, ids=(NVIDIA, 0x1FB2)), driver=DRIVER),
    ),
    "windows-vm": Recorded(
        "Virtual machine: a screen without a graphics card",
        Expected(CPU_ONLY, None, gpu=Outcome.ABSENT),
        system="win32",
        cpu=("Intel(R) Xeon(R) Platinum 8370C CPU @ 2.80GHz", 2, 4),
        memory_gib=(8.0, 4.9, 1.0),
        display_entries=(
            entry(r"vmbus\{da0a7802-e377-4aac-8e77-0558eb1073f8}", "Microsoft Hyper-V Video", None),
        ),
        dxgi=(BASIC,),
        used={},
    ),
    "windows-vmware": Recorded(
        "Virtual machine with VMware's adapter: neither card nor integrated",
        Expected(CPU_ONLY, None, ("VMware SVGA 3D",)),
        system="win32",
        memory_gib=(8.0, 4.9, 1.0),
        display_entries=(entry(r"pci\ven_15ad&dev_0405", "VMware SVGA 3D", 128, "9.17.8.9"),),
        dxgi=(seen("VMware SVGA 3D", (0x15AD, 0x405), 128, bus=(0, 15, 0)), BASIC),
        used={0x200: 20},
    ),
    "windows-no-nvml": Recorded(
        "NVIDIA card whose driver brings no NVML, and no nvidia-smi",
        Expected(
            MID,
            Primary("NVIDIA GeForce GTX 1080", DISCRETE, 8089, 700, "456.71", "dxgi", EXACT),
        ),
        system="win32",
        display_entries=(entry(r"pci\ven_10de&dev_1b80", "NVIDIA GeForce GTX 1080", 8192, "27.21.14.5671"),),
        dxgi=(seen("NVIDIA GeForce GTX 1080", (NVIDIA, 0x1B80), 8089), BASIC),
        used={0x200: 700},
    ),
    "windows-disagreement": Recorded(
        "An old AMD card of which the registry knows 32 bits only: DXGI counts, with less confidence",
        Expected(
            LOW,
            Primary("AMD Radeon RX 560 Series", DISCRETE, 4076, None, "31.0.21921.1000", "dxgi", DERIVED),
            details={
                "gpu": "counters: PdhAddEnglishCounter: 0xC0000BB8; "
                "AMD Radeon RX 560 Series: dxgi says 4076 MiB, registry 2047 MiB",
                "nvidia": "NVML: no library",
            },
        ),
        system="win32",
        display_entries=(
            entry(r"pci\ven_1002&dev_67ff", "AMD Radeon RX 560 Series", 2047, "31.0.21921.1000"),
        ),
        dxgi=(seen("AMD Radeon RX 560 Series", (AMD, 0x67FF), 4076), BASIC),
        used=None,
    ),
}
