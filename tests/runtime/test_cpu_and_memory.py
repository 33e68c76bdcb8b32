"""Processor and memory: fixtures of other systems, and this machine against /proc."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from autocut_tray.core.cancel import CancelToken
from autocut_tray.core.runtime.probes.cpu import CpuProbe, cpu_name
from autocut_tray.core.runtime.probes.machine import Machine
from autocut_tray.core.runtime.probes.memory import probe_memory
from autocut_tray.core.runtime.profile import CpuScore, Memory, Outcome
from tests.runtime.fakes import GIB, FakeRegistry, fake_machine, put

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="compares with Linux's own tables")


@pytest.mark.parametrize(
    ("table", "name"),
    [
        (
            "processor\t: 0\nmodel\t\t: 97\nmodel name\t: AMD Ryzen 9 7950X 16-Core Processor\n",
            "AMD Ryzen 9 7950X 16-Core Processor",
        ),
        (
            "model name\t: Intel(R) Core(TM) i7-8550U   CPU @ 1.80GHz\n",
            "Intel(R) Core(TM) i7-8550U CPU @ 1.80GHz",
        ),
        (
            "processor\t: 0\nBogoMIPS\t: 108.00\nHardware\t: BCM2835\nModel\t\t: Raspberry Pi 4 Model B\n",
            "BCM2835",
        ),
        (
            "processor\t: 0\nCPU implementer\t: 0x41\nModel\t\t: Raspberry Pi 5 Model B\n",
            "Raspberry Pi 5 Model B",
        ),
    ],
)
def test_the_name_in_proc(tmp_path: Path, table: str, name: str) -> None:
    put(tmp_path, "/proc/cpuinfo", table)
    assert cpu_name(fake_machine(tmp_path)) == name


def test_a_board_without_a_processor_name_is_called_by_its_own(tmp_path: Path) -> None:
    put(tmp_path, "/proc/cpuinfo", "processor\t: 0\nCPU implementer\t: 0x41\n")
    put(tmp_path, "/proc/device-tree/model", "NVIDIA Jetson Orin Nano\0")
    assert cpu_name(fake_machine(tmp_path)) == "NVIDIA Jetson Orin Nano"


def test_no_name_is_unknown(tmp_path: Path) -> None:
    assert cpu_name(fake_machine(tmp_path)) is None
    assert cpu_name(fake_machine(tmp_path, "win32")) is None
    assert cpu_name(fake_machine(tmp_path, "darwin")) is None


def test_windows_keeps_the_name_in_its_registry(tmp_path: Path) -> None:
    key = r"HKLM\HARDWARE\DESCRIPTION\System\CentralProcessor\0"
    registry = FakeRegistry({key: {"ProcessorNameString": "13th Gen Intel(R) Core(TM) i5-13400F  "}})
    assert (
        cpu_name(fake_machine(tmp_path, "win32", registry=registry)) == "13th Gen Intel(R) Core(TM) i5-13400F"
    )


def test_macs_tell_the_name_by_sysctl(tmp_path: Path) -> None:
    asked = []

    def run(command, timeout):
        asked.append(command)
        return "Apple M2 Max\n"

    assert cpu_name(fake_machine(tmp_path, "darwin", run=run)) == "Apple M2 Max"
    assert asked == [("/usr/sbin/sysctl", "-n", "machdep.cpu.brand_string")]


def test_unknown_counts_stay_unknown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(psutil, "cpu_count", lambda logical=True: None)
    answer = CpuProbe(fake_machine(tmp_path))(CancelToken())
    assert (answer.fact.cores, answer.fact.threads, answer.fact.score) == (None, None, None)
    assert answer.outcome is Outcome.FAILED


@pytest.mark.parametrize(
    ("threads", "score"),
    [
        (3, CpuScore.LOW),
        (4, CpuScore.MEDIUM),
        (11, CpuScore.MEDIUM),
        (12, CpuScore.HIGH),
        (23, CpuScore.HIGH),
        (24, CpuScore.ULTRA),
    ],
)
def test_score_by_threads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, threads: int, score: CpuScore
) -> None:
    monkeypatch.setattr(psutil, "cpu_count", lambda logical=True: threads if logical else threads // 2)
    fact = CpuProbe(fake_machine(tmp_path))(CancelToken()).fact
    assert (fact.threads, fact.cores, fact.score) == (threads, threads // 2 or None, score)


def _memory(monkeypatch: pytest.MonkeyPatch, total: float, available: float, swap: float = 0) -> Memory:
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(total=total, available=available))
    monkeypatch.setattr(psutil, "swap_memory", lambda: SimpleNamespace(total=swap))
    return probe_memory(CancelToken()).fact


def test_memory_in_whole_mib(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _memory(monkeypatch, 32 * GIB - 1, 20 * GIB, 8 * GIB) == Memory(32_767, 20_480, 8_192)


@pytest.mark.parametrize(
    ("total", "available", "expected"),
    [
        (0, 0, (None, 0)),
        (-5, 10, (None, 0)),
        (float("nan"), float("nan"), (None, None)),
        (16 * GIB, 17 * GIB, (16_384, None)),
        (16 * GIB, -1, (16_384, None)),
        (2**64 - 1, GIB, (None, 1024)),
    ],
)
def test_impossible_figures_are_unknown(
    monkeypatch: pytest.MonkeyPatch, total: float, available: float, expected: tuple[int | None, int | None]
) -> None:
    memory = _memory(monkeypatch, total, available)
    assert (memory.total_mib, memory.available_mib) == expected


def test_a_system_that_hides_swap_tells_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    def hidden() -> None:
        raise OSError("no /proc/vmstat")

    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(total=8 * GIB, available=4 * GIB))
    monkeypatch.setattr(psutil, "swap_memory", hidden)
    answer = probe_memory(CancelToken())
    assert answer.fact == Memory(8192, 4096, None)
    assert answer.outcome is Outcome.OK
    assert answer.detail == "swap: no /proc/vmstat"


@linux_only
def test_this_machine_against_its_own_tables() -> None:
    cpu = CpuProbe(Machine.this())(CancelToken()).fact
    table = Path("/proc/cpuinfo").read_text()
    named = re.search(r"^model name\s*: (.*)$", table, re.MULTILINE)
    if named:
        assert cpu.name == " ".join(named[1].split())
    assert cpu.threads == os.sysconf("SC_NPROCESSORS_ONLN")
    assert cpu.cores is None or 1 <= cpu.cores <= (cpu.threads or 0)
    memory = probe_memory(CancelToken()).fact
    lines = dict(re.findall(r"^(\w+):\s+(\d+) kB", Path("/proc/meminfo").read_text(), re.MULTILINE))
    assert memory.total_mib == int(lines["MemTotal"]) // 1024
    assert memory.swap_mib == int(lines["SwapTotal"]) // 1024
    assert memory.available_mib == pytest.approx(int(lines["MemAvailable"]) / 1024, rel=0.1, abs=512)
