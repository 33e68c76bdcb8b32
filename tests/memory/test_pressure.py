"""The program itself under real memory pressure: a child takes memory while 50 scenes are being described."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from autocut_tray.bootstrap import Services, build_services
from autocut_tray.core.analyzers.probe_picture import probe_picture
from autocut_tray.core.clock import SystemClock
from autocut_tray.core.errors import SettingsError
from autocut_tray.core.events import EventBus
from autocut_tray.core.footage import Finished, Keyframe, WorkerMessage
from autocut_tray.core.jobs.job import Job, JobOptions, JobState, SceneStatus
from autocut_tray.core.memory.demo_pressure import Plan
from autocut_tray.core.memory.taker import MemoryTaker
from autocut_tray.core.paths import Paths
from autocut_tray.core.policy.governor_thresholds import Thresholds
from autocut_tray.core.policy.governor_types import MemoryLevel, Tier
from autocut_tray.core.release import ReleaseCause
from autocut_tray.core.runtime.probes import ServerAddresses, system_probes
from autocut_tray.core.settings.store import SettingsStore
from autocut_tray.instance_requests import Requests
from tests.jobs.fakes import FakeScanner, scene, video
from tests.policy.test_figures_end_to_end import _bare
from tests.runtime.fakes import fake_machine
from tests.servers.fake_ollama import FakeOllama
from tests.servers.ollama_faults import OutOfMemory
from tests.servers.ollama_store import GIB, OllamaModel

MIB = 1024 * 1024
SCENES = 50
PLAN = Plan(available=20_000, total=32_768, pressure=320)
"""The machine is pretended, so that the test runs on any; what the child takes of it is real."""
PATIENCE = 45.0


@pytest.fixture
def server() -> Iterator[FakeOllama]:
    models = [OllamaModel("moondream:latest", size=GIB, memory=2 * GIB, vision=True)]
    with FakeOllama(models, gpu_bytes=0, ram_bytes=64 * GIB) as running:
        running.answer_seconds = 0.05
        yield running


class World:
    def __init__(self, home: Path, server: FakeOllama, monkeypatch: pytest.MonkeyPatch) -> None:
        self.server = server
        self.taker = MemoryTaker(PLAN.pressure)
        real = psutil.virtual_memory

        def as_if() -> Any:
            taken = psutil.Process(self.taker.pid).memory_info().rss
            return real()._replace(available=PLAN.available * MIB - taken, total=PLAN.total * MIB)

        self.taker.hold(0)
        monkeypatch.setattr(psutil, "virtual_memory", as_if)
        usual = dataclasses.asdict(Thresholds())
        near = {k: v for k, v in dataclasses.asdict(PLAN.thresholds).items() if v != usual[k] and k != "tick"}
        environ = {
            "OLLAMA_HOST": server.url,
            "LMSTUDIO_HOST": "http://127.0.0.1:9",
            "AUTOCUT_LIMITS": json.dumps(near),
            "AUTOCUT_MONITOR__BUSY_INTERVAL": "0.2",
            "AUTOCUT_MONITOR__IDLE_INTERVAL": "1",
        }
        paths, bus, clock = Paths.below(home), EventBus(), SystemClock()
        settings = SettingsStore(paths.settings_file, bus, environ)
        addresses = ServerAddresses(server.url, "http://127.0.0.1:9")
        messages: list[WorkerMessage] = [video(SCENES * 25)]
        for number in range(1, SCENES + 1):
            messages += [scene(number), Keyframe(number, number - 0.5, 64, 64, probe_picture())]
        self.services: Services = build_services(
            paths,
            settings,
            bus,
            clock=clock,
            probes=_bare(system_probes(clock, lambda: addresses, fake_machine(home / "machine"))),
            scanner=FakeScanner([*messages, Finished(video(SCENES * 25))]),
        )
        assert self.services.problems == ()

    def wait(self, condition: Callable[[], bool], what: str) -> None:
        pause, waited = threading.Event(), 0.0
        while not condition():
            assert waited < PATIENCE, (
                what,
                self.services.controller.state,
                self.services.memory.guard.reports,
            )
            pause.wait(0.02)
            waited += 0.02

    def begin(self, clip: Path) -> Job:
        """Let the job begin, so that our model is loaded and some scenes are done."""
        self.services.detection.detect_now()
        self.services.start(detect=False)
        clip.write_bytes(b"clip" * 1000)
        job = self.services.jobs.submit(str(clip), JobOptions("en", max_scenes=SCENES)).job
        self.wait(lambda: self.described(job.id) >= 5, "the work begins")
        return job

    def described(self, job_id: str) -> int:
        return sum(s.status is SceneStatus.DESCRIBED for s in self.services.jobs.scenes(job_id))

    def close(self) -> None:
        self.services.close()
        self.taker.close()


@pytest.fixture
def world(tmp_path: Path, server: FakeOllama, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    made = World(tmp_path / "home", server, monkeypatch)
    yield made
    made.close()


@pytest.mark.fault("FR6")
def test_reclaim_degrade_recover_and_no_scene_is_lost_or_done_twice(tmp_path: Path, world: World) -> None:
    services, controller = world.services, world.services.controller
    bystander = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    job = world.begin(tmp_path / "clip.mp4")
    assert controller.state.tier is Tier.CPU
    (model,) = [one for one in services.memory.tracker.find() if one.kind.is_model]
    assert model.name == "moondream:latest", "our model is tracked"
    pressed_at = len(world.server.store.unloads)

    world.taker.hold(PLAN.pressure)
    world.wait(lambda: controller.state.level is MemoryLevel.EMERGENCY, "the emergency is seen")
    world.wait(lambda: controller.state.tier is Tier.PAUSED, "work stops")
    world.wait(lambda: not world.server.store.is_loaded("moondream"), "our model is unloaded")
    world.wait(lambda: bool(services.memory.guard.reports), "with proof")
    done = world.described(job.id)
    assert 5 <= done < SCENES, "the queue is kept"
    assert services.jobs.get(job.id).state is not JobState.FAILED
    assert len(world.server.store.unloads) > pressed_at

    world.taker.hold(0)
    world.wait(lambda: controller.state.tier is Tier.CPU, "work comes back")
    world.wait(lambda: services.jobs.get(job.id).state is JobState.DONE, "the job ends")
    assert world.described(job.id) == SCENES
    assert bystander.poll() is None
    bystander.communicate(b"\n", timeout=10)

    receipts = services.history.receipts(0.0, 1e12)
    assert {"tier", "memory"} <= {receipt.kind.value for receipt in receipts}
    status = Requests(services, lambda files: False)({"command": "status", "language": "en"})
    memory = status["memory"]
    assert memory["budget"]["used_bytes"] == 0 and memory["budget"]["leaked"] == 0
    assert memory["budget"]["granted"] >= SCENES
    released = [one for report in memory["released"] for one in report["released"]]
    assert any(one["name"] == "moondream:latest" for one in released)
    assert json.dumps(status)


@pytest.mark.fault("FM3")
def test_a_server_out_of_memory_has_our_models_unloaded_and_the_job_ends_well(
    tmp_path: Path, world: World
) -> None:
    """FM3: a retry with less, then the tier is left and our models go; nothing is lost when memory is back."""
    services, controller = world.services, world.services.controller
    job = world.begin(tmp_path / "clip.mp4")
    unloads = len(world.server.store.unloads)
    world.server.faults.add(OutOfMemory(), path="/api/chat", times=6)
    world.wait(lambda: controller.state.tier is Tier.PAUSED, "three units of class resource in a row")
    world.wait(lambda: len(world.server.store.unloads) > unloads, "our model is unloaded")
    world.wait(lambda: bool(services.memory.guard.reports), "with proof")
    assert services.memory.guard.reports[-1].cause is ReleaseCause.PRESSURE
    world.wait(lambda: services.jobs.get(job.id).state is JobState.DONE, "the job ends")
    assert world.described(job.id) == SCENES
    assert services.memory.budget.get_memory_stats().used == 0


def test_settings_of_memory_act_at_once(world: World) -> None:
    services = world.services
    services.settings.set("memory.budget_mib", 64)
    services.settings.set("memory.gc_threshold", 0.8)
    stats = services.memory.budget.get_memory_stats()
    assert (stats.limit, stats.gc_threshold) == (64 * MIB, 0.8)
    with pytest.raises(SettingsError):
        services.settings.set("memory.gc_threshold", 0.5)
