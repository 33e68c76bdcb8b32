"""Macs, and virtual machines and containers with Linux."""

from __future__ import annotations

import json

from tests.runtime.fakes import GIB
from tests.runtime.machines.recorded import (
    CPU_ONLY,
    DERIVED,
    DISCRETE,
    LOW,
    UNIFIED,
    Card,
    Expected,
    Outcome,
    Primary,
    Recorded,
)

_INTEL_MAC = {
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
            "spdisplays_vram": "4 GB",
            "sppci_model": "AMD Radeon Pro 5500M",
        },
    ]
}

OTHERS: dict[str, Recorded] = {
    "mac-m2": Recorded(
        "Apple silicon: one memory for all",
        Expected(
            CPU_ONLY,
            Primary("Apple M2 Max", UNIFIED, 32768, None, None, "sysctl", DERIVED),
        ),
        system="darwin",
        processor="arm64",
        cpu=("Apple M2 Max", 12, 12),
        memory_gib=(32.0, 18.0, 0.0),
        files={"/Applications/Final Cut Pro.app/Contents/Info.plist": ""},
        commands={"hw.memsize": f"{32 * GIB}\n", "iogpu.wired_limit_mb": "0\n"},
    ),
    "mac-m4-tuned": Recorded(
        "Apple silicon whose owner lets graphics use more",
        Expected(
            CPU_ONLY,
            Primary("Apple M4 Max", UNIFIED, 131072, None, None, "sysctl", DERIVED),
            details={"gpu": "graphics may use 114688 MiB of it", "nvidia": "NVML: no library"},
        ),
        system="darwin",
        processor="arm64",
        cpu=("Apple M4 Max", 16, 16),
        memory_gib=(128.0, 100.0, 0.0),
        commands={"hw.memsize": f"{128 * GIB}\n", "iogpu.wired_limit_mb": "114688\n"},
    ),
    "mac-intel": Recorded(
        "Intel Mac with an AMD card",
        Expected(
            LOW,
            Primary("AMD Radeon Pro 5500M", DISCRETE, 4096, None, None, "system_profiler", DERIVED),
            ("Intel UHD Graphics 630",),
        ),
        system="darwin",
        cpu=("Intel(R) Core(TM) i7-9750H CPU @ 2.60GHz", 6, 12),
        memory_gib=(16.0, 7.0, 2.0),
        commands={"-json": json.dumps(_INTEL_MAC)},
    ),
    "linux-vm": Recorded(
        "Virtual machine with a virtual screen",
        Expected(CPU_ONLY, None, ("Red Hat 1af4:1050",)),
        cpu=("Intel Xeon Processor (Cascadelake)", 2, 2),
        memory_gib=(3.8, 2.1, 0.0),
        cards=(Card(0, (0x1AF4, 0x1050), "virtio-pci", "0000:00:01.0"),),
    ),
    "linux-container": Recorded(
        "Container that sees no device at all",
        Expected(CPU_ONLY, None, gpu=Outcome.ABSENT),
        memory_gib=(15.6, 12.0, 0.0),
    ),
    "linux-asahi": Recorded(
        "Mac with Linux: graphics in the system on a chip, not on a bus",
        Expected(CPU_ONLY, Primary("asahi", UNIFIED, None, None, "asahi", "sysfs", None)),
        processor="aarch64",
        cpu=("Apple M1", 8, 8),
        files={
            "/sys/class/drm/card0/device/uevent": "DRIVER=asahi\nOF_NAME=gpu",
            "/sys/class/drm/card0/device/drm/renderD128/dev": "226:128",
        },
    ),
}
