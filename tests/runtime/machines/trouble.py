"""Drivers gone bad: what is still known, and what the probes say about it."""

from __future__ import annotations

from tests.runtime.fakes import MIB, FakeDevice, FakeNvml
from tests.runtime.machines.linux import DRIVER, NVIDIA, RTX_3090, SLOT, TABLES, nvidia_files
from tests.runtime.machines.recorded import (
    CPU_ONLY,
    DERIVED,
    DISCRETE,
    EXACT,
    HIGH,
    MID,
    Card,
    Expected,
    Outcome,
    Primary,
    Recorded,
    entry,
)
from tests.runtime.machines.windows import BASIC, WINDOWS_DRIVER, seen

RTX_4060 = "NVIDIA GeForce RTX 4060"
CARD = Card(0, (NVIDIA, 0x2882), "nvidia", SLOT)
UNREAD = Primary(RTX_4060, DISCRETE, None, None, DRIVER, "sysfs", None)
ROW = "0, GPU-3f2b, 12, 8188, 1033, 7155, 560.35.03, NVIDIA GeForce RTX 4060, [N/A], Enabled, Enabled, 41\n"
MISMATCH = FakeNvml.NVMLError_LibRmVersionMismatch("RM has detected an NVML/RM version mismatch.")


def broken(error: Exception, *devices: FakeDevice) -> FakeNvml:
    nvml = FakeNvml(*devices)
    nvml.init_error = error
    return nvml


def linux_pc(about: str, expected: Expected, nvml: FakeNvml | None, smi: str | None = None) -> Recorded:
    """A desktop with an RTX 4060 whose driver is loaded in one way or another."""
    files = {**TABLES, **nvidia_files(RTX_4060)}
    return Recorded(about, expected, files=files, cards=(CARD,), nvml=nvml, smi=smi)


TROUBLE: dict[str, Recorded] = {
    "nouveau": Recorded(
        "NVIDIA card on the kernel's own driver: its memory is not told, and CUDA would not run",
        Expected(
            CPU_ONLY,
            Primary("NVIDIA GeForce GTX 1650", DISCRETE, None, None, "nouveau", "sysfs", None),
        ),
        files=TABLES,
        cards=(Card(0, (NVIDIA, 0x1F82), "nouveau", SLOT),),
    ),
    "driver-updated": linux_pc(
        "The driver was updated and the PC not restarted: NVML and nvidia-smi refuse",
        Expected(
            CPU_ONLY,
            UNREAD,
            nvidia=Outcome.FAILED,
            details={
                "nvidia": "NVML: RM has detected an NVML/RM version mismatch. (the driver was updated while the "
                "system ran: restart it); GPUtil: invalid literal for int() with base 10: 'Failed to initialize "
                "NVML: Driver/library version mismatch'"
            },
        ),
        broken(MISMATCH),
        "Failed to initialize NVML: Driver/library version mismatch\nNVML library version: 560.94\n",
    ),
    "smi-without-nvml": linux_pc(
        "No NVML library, but an nvidia-smi that works",
        Expected(
            MID,
            Primary(RTX_4060, DISCRETE, 8188, 1033, DRIVER, "gputil", DERIVED),
            nvidia=Outcome.OK,
        ),
        None,
        ROW,
    ),
    "smi-garbage": linux_pc(
        "An nvidia-smi that prints something else",
        Expected(
            CPU_ONLY,
            UNREAD,
            nvidia=Outcome.FAILED,
            details={
                "nvidia": "NVML: no library; GPUtil: invalid literal for int() with base 10: '<html>502</html>'"
            },
        ),
        None,
        "<html>502</html>\n",
    ),
    "smi-hangs": linux_pc(
        "An nvidia-smi that never ends",
        Expected(
            CPU_ONLY,
            UNREAD,
            nvidia=Outcome.FAILED,
            details={"nvidia": "NVML: Unknown Error; GPUtil: nvidia-smi does not answer"},
        ),
        broken(FakeNvml.NVMLError("Unknown Error")),
        "...",
    ),
    "no-permission": linux_pc(
        "A container that may list the card and not read it",
        Expected(
            CPU_ONLY,
            Primary(RTX_4060, DISCRETE, None, None, DRIVER, "nvml", None),
            nvidia=Outcome.OK,
            details={"nvidia": "NVML: memory of device 0: Insufficient Permissions"},
        ),
        FakeNvml(
            FakeDevice(memory_error=FakeNvml.NVMLError_NoPermission("Insufficient Permissions")),
            driver=DRIVER,
        ),
    ),
    "one-of-two-lost": Recorded(
        "Of two cards one fell off the bus: the other works on",
        Expected(
            HIGH,
            Primary(RTX_3090, DISCRETE, 24576, 410, DRIVER, "nvml", EXACT),
            (RTX_3090,),
            nvidia=Outcome.OK,
            details={"nvidia": "NVML: device 0: GPU is lost"},
        ),
        files={**nvidia_files(RTX_3090, "0000:21:00.0"), **nvidia_files(RTX_3090, "0000:4b:00.0")},
        cards=(
            Card(0, (NVIDIA, 0x2204), "nvidia", "0000:21:00.0"),
            Card(1, (NVIDIA, 0x2204), "nvidia", "0000:4b:00.0"),
        ),
        nvml=FakeNvml(
            FakeDevice(RTX_3090, handle_error=FakeNvml.NVMLError_GpuIsLost("GPU is lost")),
            FakeDevice(RTX_3090, 24576 * MIB, 410 * MIB, bus="00000000:4B:00.0", ids=(NVIDIA, 0x2204)),
            driver=DRIVER,
        ),
    ),
    "lost": linux_pc(
        "The only card fell off the bus",
        Expected(
            CPU_ONLY,
            UNREAD,
            nvidia=Outcome.FAILED,
            details={"nvidia": "NVML: device 0: GPU is lost"},
        ),
        FakeNvml(FakeDevice(handle_error=FakeNvml.NVMLError_GpuIsLost("GPU is lost"))),
    ),
    "driver-without-card": Recorded(
        "NVIDIA's packages on a PC without such a card: no failure, there is nothing to read",
        Expected(
            CPU_ONLY,
            None,
            ("Intel UHD Graphics 770",),
            details={
                "nvidia": "NVML: Driver Not Loaded; GPUtil: invalid literal for int() with base 10: 'NVIDIA-SMI has "
                "failed because it could not communicate with the NVIDIA driver.'; no NVIDIA device on the PCI bus"
            },
        ),
        files=TABLES,
        cards=(Card(0, (0x8086, 0x4680), "i915", "0000:00:02.0"),),
        nvml=broken(FakeNvml.NVMLError("Driver Not Loaded")),
        smi="NVIDIA-SMI has failed because it could not communicate with the NVIDIA driver.\n",
    ),
    "wsl": Recorded(
        "Linux inside Windows: the card is on no bus, and NVML knows it",
        Expected(
            MID,
            Primary(RTX_4060, DISCRETE, 8188, 1033, "560.94", "nvml", EXACT),
            gpu=Outcome.ABSENT,
            nvidia=Outcome.OK,
            details={},
        ),
        files={"/dev/dxg": ""},
        nvml=FakeNvml(FakeDevice(total=8188 * MIB, used=1033 * MIB), driver="560.94"),
    ),
    "wsl-broken": Recorded(
        "Linux inside Windows whose NVML does not start: that proves no absence",
        Expected(
            CPU_ONLY,
            None,
            gpu=Outcome.ABSENT,
            nvidia=Outcome.FAILED,
            details={"nvidia": "NVML: Driver Not Loaded; no nvidia-smi"},
        ),
        files={"/dev/dxg": "", "/sys/bus/pci/devices/0000:00:00.0/vendor": "0x1414"},
        nvml=broken(FakeNvml.NVMLError("Driver Not Loaded")),
    ),
    "windows-driver-restarts": Recorded(
        "NVML does not start on Windows; DXGI and the counters know the card",
        Expected(
            MID,
            Primary(RTX_4060, DISCRETE, 7957, 1100, "560.94", "dxgi", EXACT),
            nvidia=Outcome.FAILED,
            details={"nvidia": "NVML: Driver Not Loaded; no nvidia-smi"},
        ),
        system="win32",
        display_entries=(entry(r"pci\ven_10de&dev_2882", RTX_4060, 8188, WINDOWS_DRIVER),),
        dxgi=(seen(RTX_4060, (NVIDIA, 0x2882), 7957), BASIC),
        used={0x200: 1100},
        nvml=broken(FakeNvml.NVMLError("Driver Not Loaded")),
    ),
    "windows-smi-only": Recorded(
        "NVML does not start and nvidia-smi does: DXGI's total is the more direct one",
        Expected(
            MID,
            Primary(RTX_4060, DISCRETE, 7957, 1100, DRIVER, "dxgi", EXACT),
            nvidia=Outcome.OK,
            details={"nvidia": "NVML: Unknown Error"},
        ),
        system="win32",
        display_entries=(entry(r"pci\ven_10de&dev_2882", RTX_4060, 8188, WINDOWS_DRIVER),),
        dxgi=(seen(RTX_4060, (NVIDIA, 0x2882), 7957), BASIC),
        used={0x200: 1100},
        nvml=broken(FakeNvml.NVMLError("Unknown Error")),
        smi=ROW,
    ),
}
