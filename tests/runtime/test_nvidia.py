"""NVIDIA's adapters: NVML first, GPUtil when that fails."""

from __future__ import annotations

import importlib
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from autocut_tray.core.cancel import CancelToken
from autocut_tray.core.clock import SystemClock
from autocut_tray.core.runtime.probes.answer import Answer
from autocut_tray.core.runtime.probes.gpu import NvidiaProbe, merge
from autocut_tray.core.runtime.probes.machine import Machine
from autocut_tray.core.runtime.probes.nvidia_smi import NvidiaSmi, load_gputil
from autocut_tray.core.runtime.probes.nvml import library_present
from autocut_tray.core.runtime.probes.reconcile import Sighting
from autocut_tray.core.runtime.profile import Confidence, GpuKind, Outcome, ProfileClass, classify
from tests.fakes import FakeClock
from tests.runtime.fakes import GIB, MIB, FakeDevice, FakeNvml, fake_machine, put
from tests.runtime.profiles import RTX_4060, UHD_770


def ask(nvml: Any, machine: Machine, gputil: Callable[[Machine], Any] = lambda machine: None) -> Any:
    probe = NvidiaProbe(
        machine,
        SystemClock(),
        load_nvml=lambda machine: nvml,
        load_gputil=gputil,
        memory_bytes=lambda: 119 * GIB,
    )
    answer = probe(CancelToken())
    return Answer(tuple(seen.gpu for seen in answer.fact), answer.outcome, answer.detail)


def with_smi(root: Path) -> Machine:
    return fake_machine(
        root, which=lambda command: f"/usr/bin/{command}" if command == "nvidia-smi" else None
    )


def smi_row(**changes: Any) -> Any:
    plain = {
        "id": 0,
        "name": "NVIDIA GeForce GTX 1080",
        "memoryTotal": 8192.0,
        "memoryUsed": 700.0,
        "driver": "470.256.02",
    }
    return SimpleNamespace(**(plain | changes))


def test_two_cards(tmp_path: Path) -> None:
    nvml = FakeNvml(FakeDevice(), FakeDevice(b"NVIDIA RTX A6000", 49140 * MIB, 12 * MIB), driver=b"560.35.03")
    answer = ask(nvml, fake_machine(tmp_path))
    first, second = answer.fact
    assert (first.name, first.vram_total_mib, first.vram_used_mib) == ("NVIDIA GeForce RTX 4060", 8188, 1024)
    assert (second.name, second.vram_total_mib, second.index) == ("NVIDIA RTX A6000", 49140, 1)
    assert second.driver == "560.35.03"
    assert second.source == "nvml"
    assert second.confidence is Confidence.EXACT
    assert answer.outcome is Outcome.OK
    assert nvml.open_sessions == 0


def test_a_board_that_shares_memory_is_unified_and_has_the_machines(tmp_path: Path) -> None:
    answer = ask(
        FakeNvml(FakeDevice("NVIDIA GB10", memory_error=FakeNvml.NVMLError_NotSupported())),
        fake_machine(tmp_path),
    )
    (gpu,) = answer.fact
    assert gpu.kind is GpuKind.UNIFIED
    assert (gpu.vram_total_mib, gpu.vram_used_mib) == (119 * 1024, None)
    assert (gpu.source, gpu.confidence, gpu.index) == ("system", Confidence.DERIVED, 0)
    assert classify(answer.fact) is ProfileClass.LOCAL_CPU_ONLY, "unified memory counts for no class"
    assert answer.detail is None


def test_nvidia_smi_tells_no_memory_of_such_a_board_either(tmp_path: Path) -> None:
    row = smi_row(name="NVIDIA GB10", memoryTotal=float("nan"), memoryUsed=float("nan"))
    (gpu,) = ask(None, with_smi(tmp_path), lambda machine: SimpleNamespace(getGPUs=lambda: [row])).fact
    assert (gpu.kind, gpu.vram_total_mib, gpu.source) == (GpuKind.UNIFIED, 119 * 1024, "system")


def test_a_refused_figure_costs_that_figure_only(tmp_path: Path) -> None:
    class NoDriver(FakeNvml):
        def nvmlSystemGetDriverVersion(self) -> str:
            raise self.NVMLError_FunctionNotFound

        def nvmlDeviceGetName(self, handle: FakeDevice) -> str:
            raise self.NVMLError

    lost = FakeDevice(memory_error=FakeNvml.NVMLError_GpuIsLost())
    good, bad = ask(NoDriver(FakeDevice(), lost), fake_machine(tmp_path)).fact
    assert (good.name, good.driver, good.vram_total_mib) == (None, None, 8188)
    assert (bad.kind, bad.vram_total_mib) == (GpuKind.DISCRETE, None)


@pytest.mark.parametrize(
    ("total", "used", "expected"),
    [
        (0, 0, (None, 0)),
        (-1, 5 * MIB, (None, 5)),
        (float("nan"), float("nan"), (None, None)),
        (8 * MIB, 9 * MIB, (8, None)),
        (8 * MIB, -1, (8, None)),
        (2**64 - 1, 2**64 - 1, (None, None)),
        (None, "much", (None, None)),
    ],
)
def test_impossible_figures_are_unknown(tmp_path: Path, total: Any, used: Any, expected: Any) -> None:
    (gpu,) = ask(FakeNvml(FakeDevice(total=total, used=used)), fake_machine(tmp_path)).fact
    assert (gpu.vram_total_mib, gpu.vram_used_mib) == expected


def test_no_library_and_no_tool_is_no_card(tmp_path: Path) -> None:
    answer = ask(None, fake_machine(tmp_path))
    assert (answer.fact, answer.outcome) == ((), Outcome.ABSENT)


def test_a_driver_that_does_not_start_is_a_failure_not_an_absence(tmp_path: Path) -> None:
    nvml = FakeNvml(FakeDevice())
    nvml.init_error = FakeNvml.NVMLError("Driver Not Loaded")
    answer = ask(nvml, fake_machine(tmp_path))
    assert (answer.fact, answer.outcome) == ((), Outcome.FAILED)
    assert answer.detail == "NVML: Driver Not Loaded; no nvidia-smi"


def test_gputil_is_the_second_source(tmp_path: Path) -> None:
    nvml = FakeNvml()
    nvml.init_error = FakeNvml.NVMLError("version mismatch")
    rows = [smi_row(), smi_row(id=1, memoryTotal=float("nan"), memoryUsed=float("nan"))]
    answer = ask(nvml, with_smi(tmp_path), lambda machine: SimpleNamespace(getGPUs=lambda: rows))
    first, second = answer.fact
    assert (first.vram_total_mib, first.vram_used_mib, first.driver) == (8192, 700, "470.256.02")
    assert (first.source, first.confidence) == ("gputil", Confidence.DERIVED)
    assert (second.vram_total_mib, second.vram_used_mib, second.confidence) == (None, None, None)
    assert answer.detail == "NVML: version mismatch"


def test_gputil_is_not_asked_while_nvml_answers(tmp_path: Path) -> None:
    def never(machine: Machine) -> Any:
        raise AssertionError

    assert ask(FakeNvml(FakeDevice()), with_smi(tmp_path), never).outcome is Outcome.OK


def test_what_gputil_raises_is_told(tmp_path: Path) -> None:
    def fails() -> None:
        raise ValueError("invalid literal for int(): 'NVIDIA-SMI has failed'")

    answer = ask(None, with_smi(tmp_path), lambda machine: SimpleNamespace(getGPUs=fails))
    assert answer.outcome is Outcome.FAILED
    assert "NVIDIA-SMI has failed" in (answer.detail or "")


def test_a_hung_nvidia_smi_is_given_up_and_not_started_twice(tmp_path: Path) -> None:
    release, calls = threading.Event(), []

    def hangs() -> list[Any]:
        calls.append(1)
        release.wait(60)
        return []

    smi = NvidiaSmi(
        with_smi(tmp_path), SystemClock(), load=lambda machine: SimpleNamespace(getGPUs=hangs), limit=0.02
    )
    try:
        for _ in range(3):
            with pytest.raises(TimeoutError):
                smi.list_devices()
    finally:
        release.set()
    assert len(calls) == 1


class PassingClock(FakeClock):
    """Its waits end with the event: the thread of a bounded call is real."""

    def wait(self, event: threading.Event, timeout: float) -> bool:
        return event.wait(5)


def test_an_answer_of_nvidia_smi_is_good_for_half_a_minute(tmp_path: Path) -> None:
    clock, calls = PassingClock(), []

    def rows() -> list[Any]:
        calls.append(1)
        return [smi_row(memoryUsed=float(len(calls)))]

    smi = NvidiaSmi(with_smi(tmp_path), clock, load=lambda machine: SimpleNamespace(getGPUs=rows))
    assert [smi.list_devices()[0].gpu.vram_used_mib for _ in range(3)] == [1, 1, 1]
    clock.advance(30)
    assert smi.list_devices()[0].gpu.vram_used_mib == 2
    assert len(calls) == 2


def test_gputil_itself_loads_without_distutils_and_reads_nvidia_smi(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The real GPUtil before an nvidia-smi of our own; on Python 3.12 and newer distutils does not exist."""
    if sys.platform == "win32":
        pytest.skip("a script cannot stand in for nvidia-smi.exe")
    for name in [name for name in sys.modules if name.split(".")[0] in ("GPUtil", "distutils")]:
        monkeypatch.delitem(sys.modules, name)
    row = "0, GPU-1, 12, 8192, 512, 7680, 550.54, NVIDIA GeForce RTX 3060 Ti, [N/A], Enabled, Enabled, 41"
    script = put(tmp_path, "/bin/nvidia-smi", f"#!/bin/sh\necho '{row}'")
    script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{script.parent}:/usr/bin:/bin")
    gputil = load_gputil(with_smi(tmp_path))
    assert not any(name.startswith("distutils") for name in sys.modules)
    assert isinstance(gputil, ModuleType)
    (gpu,) = ask(None, with_smi(tmp_path), load_gputil).fact
    assert (gpu.name, gpu.vram_total_mib, gpu.vram_used_mib) == ("NVIDIA GeForce RTX 3060 Ti", 8192, 512)


def test_a_distutils_that_is_already_there_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    mine = ModuleType("distutils")
    monkeypatch.setitem(sys.modules, "distutils", mine)
    monkeypatch.setattr(importlib, "import_module", lambda name: SimpleNamespace(name=name))
    assert load_gputil(fake_machine(Path("/nowhere"))).name == "GPUtil"
    assert sys.modules["distutils"] is mine


def test_where_the_library_is_looked_for(tmp_path: Path) -> None:
    assert not library_present(fake_machine(tmp_path, "darwin"))
    windows = fake_machine(tmp_path, "win32")
    assert not library_present(windows)
    put(tmp_path, "C:/Windows/System32/nvml.dll")
    assert library_present(windows)
    moved = fake_machine(tmp_path, "win32", environ={"WINDIR": r"D:\Win"})
    assert not library_present(moved)
    put(tmp_path, "C:/Program Files/NVIDIA Corporation/NVSMI/nvml.dll")
    assert library_present(moved)


def test_merging_keeps_each_adapter_once() -> None:
    listed = (Sighting(UHD_770), Sighting(RTX_4060))
    assert merge((Sighting(RTX_4060),), listed) == (RTX_4060, UHD_770)
    assert merge((), listed) == (UHD_770, RTX_4060)
    assert merge((Sighting(RTX_4060),), ()) == (RTX_4060,)
