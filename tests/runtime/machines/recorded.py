"""A machine as its files, registry, drivers and servers show it, and what detection must make of it."""

from __future__ import annotations

import os
import socket
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psutil
import pytest

from autocut_tray.core.clock import SystemClock
from autocut_tray.core.runtime import probes
from autocut_tray.core.runtime.detect import Detector
from autocut_tray.core.runtime.probes import ServerAddresses, nvml
from autocut_tray.core.runtime.probes.editors import EditorProbe
from autocut_tray.core.runtime.probes.gpu_counters import ADAPTER_USE
from autocut_tray.core.runtime.probes.machine import Machine
from autocut_tray.core.runtime.probes.nvidia_smi import load_gputil
from autocut_tray.core.runtime.probes.windows_graphics import NoGraphics, RawAdapter
from autocut_tray.core.runtime.profile import Confidence, GpuKind, Outcome, ProfileClass, RuntimeProfile
from tests.runtime.fake_windows import FakeGraphics, instance
from tests.runtime.fakes import (
    GIB,
    MIB,
    FakeNvml,
    FakeProcess,
    FakeProcesses,
    FakeRegistry,
    fake_machine,
    put,
)
from tests.servers.fake_lmstudio import FakeLmStudio
from tests.servers.fake_ollama import FakeOllama
from tests.servers.scripted import closed_port

DISPLAY_CLASS = r"HKLM\SYSTEM\CurrentControlSet\Control\Class\{4d36e968-e325-11ce-bfc1-08002be10318}"
UNINSTALL = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall"
REMOTE = "studio.internal"
EXACT, DERIVED, GUESS = Confidence.EXACT, Confidence.DERIVED, Confidence.GUESS
DISCRETE, INTEGRATED, UNIFIED = GpuKind.DISCRETE, GpuKind.INTEGRATED, GpuKind.UNIFIED
HIGH, MID, LOW = ProfileClass.LOCAL_GPU_HIGH, ProfileClass.LOCAL_GPU_MID, ProfileClass.LOCAL_GPU_LOW
CPU_ONLY, HYBRID = ProfileClass.LOCAL_CPU_ONLY, ProfileClass.CLOUD_HYBRID


@dataclass(frozen=True)
class Primary:
    """The primary adapter as the profile must have it; memory in MiB."""

    name: str
    kind: GpuKind
    total: int | None
    used: int | None
    driver: str | None
    source: str
    confidence: Confidence | None


@dataclass(frozen=True)
class Expected:
    """``others``: names of the other adapters in order. ``details``: what the probes say, None where not given."""

    profile_class: ProfileClass
    primary: Primary | None
    others: tuple[str, ...] = ()
    gpu: Outcome = Outcome.OK
    nvidia: Outcome = Outcome.ABSENT
    ollama: Outcome = Outcome.ABSENT
    lmstudio: Outcome = Outcome.ABSENT
    details: Mapping[str, str] = field(default_factory=lambda: {"nvidia": "NVML: no library"})


@dataclass(frozen=True)
class Card:
    """An adapter in sysfs. ``files`` lie in its device folder; ``regions``: what its driver answers at its node."""

    number: int
    ids: tuple[int, int]
    driver: str
    slot: str
    files: Mapping[str, str | int] = field(default_factory=dict)
    regions: bytes | None = None
    power: str | None = None
    """``runtime_status`` of one that may sleep."""


@dataclass(frozen=True)
class Recorded:
    """Raw platform data. ``smi``: what nvidia-smi prints, ``...`` one that hangs, None: there is none.

    ``used``: MiB in use by LUID, as the counters of Windows tell it; None: they do not work.
    """

    about: str
    expected: Expected
    system: str = "linux"
    processor: str = "x86_64"
    cpu: tuple[str, int, int] = ("AMD Ryzen 7 5800X 8-Core Processor", 8, 16)
    memory_gib: tuple[float, float, float] = (31.3, 22.5, 8.0)
    files: Mapping[str, str | int] = field(default_factory=dict)
    cards: Sequence[Card] = ()
    display_entries: Sequence[Mapping[str, object]] = ()
    registry: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    dxgi: Sequence[RawAdapter] = ()
    used: Mapping[int, int] | None = field(default_factory=dict)
    nvml: FakeNvml | None = None
    smi: str | None = None
    commands: Mapping[str, str] = field(default_factory=dict)
    programs: Mapping[str, str] = field(default_factory=dict)
    """Running programs and where they lie."""
    ollama: Callable[[], FakeOllama] | None = None
    remote_ollama: bool = False
    lmstudio: Callable[[], FakeLmStudio] | None = None
    lmstudio_token: str | None = None


def entry(
    device: str, name: str, memory_mib: int | None, driver: str = "31.0.24027.1012"
) -> dict[str, object]:
    """What a Windows driver writes into the registry about its adapter."""
    values: dict[str, object] = {"MatchingDeviceId": device, "DriverDesc": name, "DriverVersion": driver}
    if memory_mib is not None:
        values["HardwareInformation.qwMemorySize"] = memory_mib * MIB
    return values


@contextmanager
def detected(
    recorded: Recorded, root: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[RuntimeProfile, Machine]]:
    """The profile that the real probes make of a machine; addresses of servers are those that people have."""
    with ExitStack() as stack:
        release = threading.Event()
        stack.callback(release.set)
        machine = _machine(recorded, root)
        _patch(recorded, monkeypatch, release)
        addresses = _servers(recorded, stack, monkeypatch)
        clock = SystemClock()
        detector = Detector(probes.system_probes(clock, lambda: addresses, machine), clock)
        profile = detector.detect(None)
        release.set()
        detector.close()
        ollama_host = f"{REMOTE}:11434" if recorded.remote_ollama else "127.0.0.1:11434"
        yield (
            replace(
                profile,
                ollama=replace(profile.ollama, host=f"http://{ollama_host}"),
                lmstudio=replace(profile.lmstudio, host="http://localhost:1234/v1"),
            ),
            machine,
        )


def _machine(recorded: Recorded, root: Path) -> Machine:
    for path, text in recorded.files.items():
        put(root, path, text)
    for card in recorded.cards:
        _put_card(root, card)
    registry = dict(recorded.registry)
    for number, values in enumerate(recorded.display_entries):
        registry[rf"{DISPLAY_CLASS}\{number:04}"] = values
    commands = dict(recorded.commands)
    name = recorded.cpu[0]
    if recorded.system == "linux":
        put(root, "/proc/cpuinfo", f"processor\t: 0\nmodel name\t: {name}")
    elif recorded.system == "win32":
        registry[r"HKLM\HARDWARE\DESCRIPTION\System\CentralProcessor\0"] = {"ProcessorNameString": name}
        if recorded.nvml is not None:
            put(root, "C:/Windows/System32/nvml.dll")
    else:
        commands["machdep.cpu.brand_string"] = name
    graphics: Any = NoGraphics()
    if recorded.system == "win32":
        use = {instance((luid, 0)): mib * MIB for luid, mib in (recorded.used or {}).items()}
        graphics = FakeGraphics(*recorded.dxgi, counters={ADAPTER_USE: use})
        if recorded.used is None:
            graphics.counter_error = OSError("PdhAddEnglishCounter: 0xC0000BB8")
    regions = {f"renderD{128 + card.number}": card.regions for card in recorded.cards}
    return fake_machine(
        root,
        recorded.system,
        processor=recorded.processor,
        registry=FakeRegistry(registry),
        graphics=graphics,
        which=lambda command: f"/usr/bin/{command}" if command == "nvidia-smi" and recorded.smi else None,
        run=lambda command, timeout: commands.get(command[-1]),
        drm_regions=lambda node, driver: regions.get(node.name),
    )


def _put_card(root: Path, card: Card) -> None:
    device, (vendor, number) = f"/sys/class/drm/card{card.number}/device", card.ids
    bus = f"/sys/bus/pci/devices/{card.slot}"
    for folder in (device, bus):
        put(root, f"{folder}/vendor", f"0x{vendor:04x}")
        put(root, f"{folder}/device", f"0x{number:04x}")
        put(root, f"{folder}/class", "0x030000")
    put(root, f"{device}/uevent", f"DRIVER={card.driver}\nPCI_SLOT_NAME={card.slot}")
    put(root, f"{device}/drm/renderD{128 + card.number}/dev", f"226:{128 + card.number}")
    for path, text in card.files.items():
        put(root, f"{device}/{path}", text)
    if card.power is not None:
        put(root, f"{bus}/power/control", "auto")
        put(root, f"{bus}/power/runtime_status", card.power)


def _patch(recorded: Recorded, monkeypatch: pytest.MonkeyPatch, release: threading.Event) -> None:
    _, cores, threads = recorded.cpu
    total, available, swap = (int(size * GIB) for size in recorded.memory_gib)
    monkeypatch.setattr(psutil, "cpu_count", lambda logical=True: threads if logical else cores)
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(total=total, available=available))
    monkeypatch.setattr(psutil, "swap_memory", lambda: SimpleNamespace(total=swap))
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: set(range(threads)), raising=False)
    if recorded.system == "linux":  # elsewhere the library is looked for in the machine's own files
        monkeypatch.setattr(nvml, "library_present", lambda machine: recorded.nvml is not None)
    monkeypatch.setitem(sys.modules, "pynvml", recorded.nvml)
    table = FakeProcesses(
        {pid: FakeProcess(name, place) for pid, (name, place) in enumerate(recorded.programs.items(), 100)}
    )
    monkeypatch.setattr(
        probes, "EditorProbe", lambda machine, clock: EditorProbe(machine, clock, lambda: table)
    )
    if recorded.smi is not None:
        _put_smi(recorded.smi, monkeypatch, release)


def _put_smi(prints: str, monkeypatch: pytest.MonkeyPatch, release: threading.Event) -> None:
    """Stand in for the nvidia-smi that GPUtil starts; the parser is GPUtil's own."""

    class Process:
        def __init__(self, command: list[str], **options: Any) -> None:
            assert "--format=csv,noheader,nounits" in command

        def communicate(self) -> tuple[bytes, None]:
            if prints == "...":
                release.wait(60)
            return prints.replace("\n", os.linesep).encode(), None

    gputil = load_gputil(fake_machine(Path("/nowhere")))
    monkeypatch.setattr(gputil.GPUtil, "Popen", Process)


def _servers(recorded: Recorded, stack: ExitStack, monkeypatch: pytest.MonkeyPatch) -> ServerAddresses:
    ollama = lmstudio = f"127.0.0.1:{closed_port()}"
    if recorded.ollama is not None:
        server = stack.enter_context(recorded.ollama())
        ollama = server.url
        if recorded.remote_ollama:
            ollama = ollama.replace("127.0.0.1", REMOTE)
            _resolve_remote(monkeypatch)
    if recorded.lmstudio is not None:
        lmstudio = stack.enter_context(recorded.lmstudio()).base_url
    return ServerAddresses(ollama, lmstudio, recorded.lmstudio_token)


def _resolve_remote(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another machine's name leads to the fake here."""
    look_up = socket.getaddrinfo

    def found(host: Any, *rest: Any, **options: Any) -> Any:
        return look_up("127.0.0.1" if host == REMOTE else host, *rest, **options)

    monkeypatch.setattr(socket, "getaddrinfo", found)
