"""From a described scene to the words that people read: the services of the program, and a fake Ollama."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from autocut_tray.bootstrap import Services, build_services
from autocut_tray.core.analyzers.probe_picture import probe_picture
from autocut_tray.core.clock import SystemClock
from autocut_tray.core.events import EventBus
from autocut_tray.core.footage import Finished, Keyframe, WorkerMessage
from autocut_tray.core.jobs.job import JobOptions, JobState
from autocut_tray.core.paths import Paths
from autocut_tray.core.policy.figure_store import FigureStore
from autocut_tray.core.policy.figures import MARGIN_MIB, MachineFigures
from autocut_tray.core.policy.governor_types import Tier
from autocut_tray.core.policy.policy_json import to_json
from autocut_tray.core.policy.route_questions import expected_seconds, needs
from autocut_tray.core.runtime.explain import RowKey
from autocut_tray.core.runtime.probes import Answer, Probe, Probes, ServerAddresses, system_probes
from autocut_tray.core.runtime.probes.editors import Editors
from autocut_tray.core.runtime.profile import Backend, Cpu, CpuScore, Davinci, Memory
from autocut_tray.core.settings.store import SettingsStore
from autocut_tray.i18n import LANGUAGES, Translator
from tests.jobs.fakes import FakeScanner, scene, video
from tests.monitor.test_history import SAMPLE
from tests.runtime.fakes import fake_machine
from tests.servers.fake_ollama import FakeOllama
from tests.servers.ollama_store import GIB, OllamaModel

ESTIMATE = {"en": "an estimate until this PC has measured its own", "zh-CN": "估算值，本机实测后会更新"}
MEASURED = {"en": "measured on this PC over 3 scenes", "zh-CN": "本机实测，共 3 个镜头"}
PATIENCE = 30.0


@pytest.fixture
def server() -> Iterator[FakeOllama]:
    models = [OllamaModel("moondream:latest", size=GIB, memory=2 * GIB, vision=True)]
    with FakeOllama(models, gpu_bytes=0, ram_bytes=64 * GIB) as running:
        running.answer_seconds = 0.02
        yield running


class Program:
    """The services as the program builds them, on a machine without a card; the test does the monitor's work."""

    def __init__(self, home: Path, server: FakeOllama, scenes: int) -> None:
        environ = {"OLLAMA_HOST": server.url, "LMSTUDIO_HOST": "http://127.0.0.1:9"}
        paths, bus, clock = Paths.below(home), EventBus(), SystemClock()
        settings = SettingsStore(paths.settings_file, bus, environ)
        addresses = ServerAddresses(server.url, "http://127.0.0.1:9")
        found = system_probes(clock, lambda: addresses, fake_machine(home / "machine"))
        messages: list[WorkerMessage] = [video(scenes * 25)]
        for number in range(1, scenes + 1):
            messages += [scene(number), Keyframe(number, number - 0.5, 64, 64, probe_picture())]
        self.services: Services = build_services(
            paths,
            settings,
            bus,
            clock=clock,
            probes=_bare(found),
            scanner=FakeScanner([*messages, Finished(video(scenes * 25))]),
        )

    def analyse(self, clip: Path) -> None:
        """Describe every scene of the clip."""
        services, looked = self.services, threading.Event()
        services.jobs.start()
        job = services.jobs.submit(str(clip), JobOptions("en")).job
        waited = 0.0
        while services.jobs.get(job.id).state is not JobState.DONE:
            now = services.clock.monotonic()
            services.controller.tick(replace(SAMPLE, at=services.clock.time(), monotonic=now, vram_used=None))
            assert waited < PATIENCE, services.jobs.get(job.id)
            looked.wait(0.02)
            waited += 0.02

    def vision_row(self, language: str) -> str:
        explanation = self.services.detection.explanation
        assert explanation is not None
        row = next(row for row in explanation.how if row.key is RowKey.VISION)
        return row.detail(Translator(language).text)

    def reasons(self, language: str) -> str:
        policy = self.services.detection.policy
        assert policy is not None
        return json.dumps(to_json(policy, Translator(language).text)["reasons"], ensure_ascii=False)


def _bare(found: Probes) -> Probes:
    """A processor, memory and what Ollama answers; nothing of the machine that the test runs on."""
    return replace(
        found,
        cpu=Probe("cpu", lambda _: Answer(Cpu("CPU", 8, 16, CpuScore.HIGH)), found.cpu.unknown),
        memory=Probe("memory", lambda _: Answer(Memory(32_768, 20_000, 0)), found.memory.unknown),
        gpu=Probe("gpu", lambda _: Answer(()), found.gpu.unknown),
        nvidia=Probe("nvidia", lambda _: Answer(()), found.nvidia.unknown),
        editors=Probe(
            "editors", lambda _: Answer(Editors(Davinci(installed=False), ())), found.editors.unknown
        ),
    )


def clip(folder: Path, name: str) -> Path:
    path = folder / name
    path.write_bytes(name.encode() * 1000)
    return path


def test_after_three_scenes_the_estimate_has_become_a_measurement(tmp_path: Path, server: FakeOllama) -> None:
    home = tmp_path / "home"
    program = Program(
        home, server, scenes=4
    )  # the first one does not count: it may have waited for the model
    services = program.services
    try:
        services.detection.detect_now()
        for language in LANGUAGES:
            assert ESTIMATE[language] in program.vision_row(language)
            assert "measured" not in program.reasons(language)
        program.analyse(clip(tmp_path, "a.mp4"))
        for language in LANGUAGES:
            assert MEASURED[language] in program.vision_row(language)
            assert MEASURED[language] in program.reasons(language)
            assert ESTIMATE[language] not in program.vision_row(language)
        assert "2.0\u00a0GB of memory" in program.vision_row("en")

        profile, policy = services.detection.profile, services.detection.policy
        assert profile is not None and policy is not None
        route = policy.route(Tier.CPU)
        assert route is not None
        figures = FigureStore(home / "data" / "figures.json", services.clock).figures
        assert needs(profile, figures, route) == (None, 2048 + MARGIN_MIB)
        services.close()
        figures = FigureStore(home / "data" / "figures.json", services.clock).figures
        seconds = expected_seconds(profile, figures, route)
        assert seconds is not None and 0.02 <= seconds < 2.0
    finally:
        services.close()

    again = Program(home, server, scenes=1)
    try:
        again.services.detection.detect_now()
        for language in LANGUAGES:
            assert MEASURED[language] in again.vision_row(language)
    finally:
        again.services.close()


def test_two_scenes_that_count_are_too_few(tmp_path: Path, server: FakeOllama) -> None:
    program = Program(tmp_path / "home", server, scenes=3)
    try:
        program.services.detection.detect_now()
        program.analyse(clip(tmp_path, "a.mp4"))
        for language in LANGUAGES:
            assert ESTIMATE[language] in program.vision_row(language)
    finally:
        program.services.close()


def test_another_build_of_the_model_starts_with_the_estimate(tmp_path: Path, server: FakeOllama) -> None:
    program = Program(tmp_path / "home", server, scenes=4)
    try:
        program.services.detection.detect_now()
        program.analyse(clip(tmp_path, "a.mp4"))
        profile = program.services.detection.profile
        assert profile is not None
    finally:
        program.services.close()
    figures = FigureStore(tmp_path / "home" / "data" / "figures.json", SystemClock()).figures
    (model,) = profile.ollama.models
    other = replace(profile, ollama=replace(profile.ollama, models=(replace(model, quantization="Q8_0"),)))
    for found, measured in ((profile, True), (other, False)):
        known = MachineFigures(found, figures).seconds_of(Backend.OLLAMA, model.name, Tier.CPU)
        assert known is not None and known.measured is measured
