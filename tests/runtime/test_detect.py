"""The detector: side by side, limited, and honest about each probe."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from autocut_tray.core.cancel import CancelToken
from autocut_tray.core.clock import SystemClock
from autocut_tray.core.runtime.detect import Detector
from autocut_tray.core.runtime.probes import Machine, Probes, ServerAddresses, system_probes
from autocut_tray.core.runtime.probes.answer import Answer, Probe
from autocut_tray.core.runtime.probes.editors import UNKNOWN as NO_EDITORS
from autocut_tray.core.runtime.probes.editors import Editors
from autocut_tray.core.runtime.probes.reconcile import Sighting
from autocut_tray.core.runtime.profile import (
    Cpu,
    CpuScore,
    Davinci,
    Memory,
    ModelServer,
    Outcome,
    ProfileClass,
)
from tests.runtime.profiles import EDITING_PC, RTX_4060, UHD_770
from tests.servers.scripted import closed_port

CPU = Cpu("AMD Ryzen 9 7950X", 16, 32, CpuScore.ULTRA)
MEMORY = Memory(65_536, 40_000, 0)
OLLAMA = ModelServer(True, True, "http://127.0.0.1:11434", False, "0.33.0")
UNKNOWN_SERVER = ModelServer(None, None, "http://127.0.0.1:11434", False, None)
EDITORS = Editors(Davinci(True, "/opt/resolve/bin/resolve", "20.1", None, False), ())


def answers(fact: Any, outcome: Outcome = Outcome.OK) -> Any:
    return lambda cancel: Answer(fact, outcome)


def probes(**changes: Any) -> Probes:
    """Probes that all answer at once; a change is a function in place of a probe's own."""
    facts: dict[str, tuple[Any, Any]] = {
        "cpu": (CPU, Cpu(None, None, None, None)),
        "memory": (MEMORY, Memory(None, None, None)),
        "gpu": (
            (Sighting(replace(RTX_4060, source="sysfs", vram_total_mib=None)), Sighting(UHD_770)),
            (),
        ),
        "nvidia": ((Sighting(RTX_4060),), ()),
        "ollama": (OLLAMA, UNKNOWN_SERVER),
        "lmstudio": (replace(OLLAMA, reachable=False, version=None), UNKNOWN_SERVER),
        "editors": (EDITORS, NO_EDITORS),
    }
    made = {
        name: Probe(name, changes.get(name, answers(fact)), lambda unknown=unknown: unknown, 5.0)
        for name, (fact, unknown) in facts.items()
    }
    return Probes(**made)


@pytest.fixture
def release() -> Iterator[threading.Event]:
    """Set at the end of a test, so that a probe that hung in it ends."""
    event = threading.Event()
    yield event
    event.set()


def test_all_facts_come_together() -> None:
    profile = Detector(probes(), SystemClock()).detect(None)
    assert profile.cpu == CPU
    assert profile.memory == MEMORY
    assert profile.gpus == (RTX_4060, UHD_770), "NVIDIA's own figures stand for what sysfs lists of NVIDIA"
    assert profile.ollama == OLLAMA
    assert profile.davinci == EDITORS.davinci
    assert profile.profile_class is ProfileClass.LOCAL_GPU_MID
    assert {report.name: report.outcome for report in profile.probes} == dict.fromkeys(
        ("cpu", "memory", "gpu", "nvidia", "ollama", "lmstudio", "editors"), Outcome.OK
    )
    assert profile.changes == ()


@pytest.mark.parametrize("name", ["cpu", "memory", "gpu", "nvidia", "ollama", "lmstudio", "editors"])
def test_a_probe_that_raises_costs_its_own_fact_only(name: str, caplog: pytest.LogCaptureFixture) -> None:
    def fails(cancel: CancelToken) -> Any:
        raise ZeroDivisionError("0 of 0")

    whole = Detector(probes(), SystemClock()).detect(None)
    with caplog.at_level(logging.CRITICAL):
        profile = Detector(probes(**{name: fails}), SystemClock()).detect(None)
    reports = {report.name: report for report in profile.probes}
    assert reports[name].outcome is Outcome.FAILED
    assert reports[name].detail == "ZeroDivisionError: 0 of 0"
    assert [r.outcome for n, r in reports.items() if n != name] == [Outcome.OK] * 6
    same = {
        "cpu": profile.cpu == whole.cpu,
        "memory": profile.memory == whole.memory,
        "gpu": profile.gpus == whole.gpus,
        "nvidia": profile.gpus == whole.gpus,
        "ollama": profile.ollama == whole.ollama,
        "lmstudio": profile.lmstudio == whole.lmstudio,
        "editors": profile.davinci == whole.davinci,
    }
    expected = {key: key != name for key in same}
    if name in ("gpu", "nvidia"):
        expected["gpu"] = expected["nvidia"] = False
    assert same == expected


def test_a_hung_driver_leaves_what_the_system_lists(release: threading.Event) -> None:
    parts = probes(nvidia=lambda cancel: release.wait(60))
    parts = replace(parts, nvidia=replace(parts.nvidia, limit=0.05))
    profile = Detector(parts, SystemClock()).detect(None)
    assert [gpu.vram_total_mib for gpu in profile.gpus] == [None, None]
    assert profile.profile_class is ProfileClass.LOCAL_CPU_ONLY
    report = next(r for r in profile.probes if r.name == "nvidia")
    assert report.outcome is Outcome.TIMEOUT
    assert report.ms == 50
    assert report.detail == "no answer in 0.05 s"


def test_a_hung_probe_is_not_started_again_until_it_ended(release: threading.Event) -> None:
    began = []

    def hangs(cancel: CancelToken) -> Answer[Cpu]:
        began.append(threading.current_thread())
        release.wait(60)
        return Answer(CPU)

    parts = probes(cpu=hangs)
    detector = Detector(replace(parts, cpu=replace(parts.cpu, limit=0.02)), SystemClock())
    for _ in range(5):
        profile = detector.detect(None)
        assert profile.cpu.name is None
        assert profile.memory == MEMORY
    assert len(began) == 1
    assert profile.probes[0].outcome is Outcome.TIMEOUT
    assert profile.probes[0].detail == "the last run has not ended yet"
    release.set()
    began[0].join(5)
    assert detector.detect(None).cpu in (CPU, Cpu(None, None, None, None))
    assert len(began) == 2


def test_probes_run_side_by_side() -> None:
    together = threading.Barrier(7, timeout=5)

    def waits(fact: Any) -> Any:
        def ask(cancel: CancelToken) -> Answer[Any]:
            together.wait()
            return Answer(fact)

        return ask

    plain = probes()
    names = ("cpu", "memory", "gpu", "nvidia", "ollama", "lmstudio", "editors")
    parts = probes(**{name: waits(getattr(plain, name).ask(CancelToken()).fact) for name in names})
    profile = Detector(parts, SystemClock()).detect(None)
    assert {report.outcome for report in profile.probes} == {Outcome.OK}


def test_a_remote_server_makes_this_machine_not_the_limit() -> None:
    remote = replace(OLLAMA, host="http://10.0.0.5:11434", remote=True)
    profile = Detector(probes(ollama=answers(remote)), SystemClock()).detect(None)
    assert profile.profile_class is ProfileClass.CLOUD_HYBRID
    away = Detector(probes(ollama=answers(replace(remote, reachable=False))), SystemClock()).detect(None)
    assert away.profile_class is ProfileClass.LOCAL_GPU_MID
    chosen = Detector(probes(), SystemClock()).detect(None, chosen_by_person=True)
    assert chosen.profile_class is ProfileClass.CLOUD_HYBRID


def test_changes_are_told_against_the_last_profile() -> None:
    detector = Detector(probes(), SystemClock())
    first = detector.detect(None)
    assert detector.detect(first).changes == ()
    changes = detector.detect(EDITING_PC).changes
    assert "change-cpu" in {change.code for change in changes}


def test_close_asks_hung_probes_to_end() -> None:
    ended = threading.Event()

    def patient(cancel: CancelToken) -> Answer[Cpu]:
        cancel.event.wait(60)
        ended.set()
        return Answer(CPU)

    parts = probes(cpu=patient)
    detector = Detector(replace(parts, cpu=replace(parts.cpu, limit=0.02)), SystemClock())
    detector.detect(None)
    detector.close()
    assert ended.wait(5)


def test_nothing_reachable_takes_at_most_a_second_and_a_half(tmp_path) -> None:
    """The real probes of this machine, with addresses at which nothing listens."""
    addresses = ServerAddresses(f"127.0.0.1:{closed_port()}", f"http://localhost:{closed_port()}/v1")
    detector = Detector(system_probes(SystemClock(), lambda: addresses), SystemClock())
    began = time.monotonic()
    profile = detector.detect(None)
    assert time.monotonic() - began < 1.5
    assert profile.ollama.reachable is False
    assert profile.ollama.problem == "ollama-silent"
    assert profile.lmstudio.reachable is False
    assert profile.lmstudio.problem == "lmstudio-silent"
    outcomes = {report.name: report.outcome for report in profile.probes}
    assert outcomes["ollama"] is outcomes["lmstudio"] is Outcome.ABSENT
    assert Outcome.TIMEOUT not in outcomes.values()
    detector.close()


def test_settings_are_read_at_each_detection() -> None:
    addresses = [ServerAddresses("http://localhost", "")]
    parts = system_probes(SystemClock(), lambda: addresses[0], Machine(which=lambda command: None))
    assert parts.ollama.unknown().host == "http://localhost:80"
    addresses[0] = ServerAddresses("10.0.0.7", "")
    assert parts.ollama.unknown().host == "http://10.0.0.7:11434"
    assert parts.ollama.unknown().remote
    assert parts.lmstudio.unknown().host == "http://localhost:1234/v1"
