"""A job of 50 scenes in the program as it is built, and a tally of what each scene cost."""

from __future__ import annotations

import faulthandler
import json
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from autocut_tray.bootstrap import Services, build_services
from autocut_tray.core.analyzers import factory, retries
from autocut_tray.core.analyzers.chat import Answer as ModelAnswer
from autocut_tray.core.analyzers.chat import Question
from autocut_tray.core.analyzers.ollama import OllamaChat
from autocut_tray.core.analyzers.openai_compat import OpenAiChat
from autocut_tray.core.analyzers.probe_picture import probe_picture
from autocut_tray.core.cancel import CancelToken
from autocut_tray.core.clock import Clock, SystemClock
from autocut_tray.core.egress.consent import Consent, Purpose
from autocut_tray.core.events import EventBus
from autocut_tray.core.footage import Finished, Keyframe, Scene, WorkerMessage
from autocut_tray.core.jobs.job import Job, JobOptions, JobState, SceneRecord, SceneStatus
from autocut_tray.core.jobs.store import JobStore
from autocut_tray.core.paths import Paths
from autocut_tray.core.runtime.probes import Answer, Probe, Probes, ServerAddresses, system_probes
from autocut_tray.core.runtime.probes.editors import Editors
from autocut_tray.core.runtime.probes.reconcile import Sighting
from autocut_tray.core.runtime.profile import Cpu, CpuScore, Davinci, Gpu, Memory
from autocut_tray.core.settings.store import SettingsStore
from tests.jobs.fakes import FakeScanner, scene, video
from tests.runtime.fakes import fake_machine

SCENES = 50
NOWHERE = "http://127.0.0.1:9"
PATIENCE = 60.0
SOON = {"green_hold": 0.5, "backoff_base": 0.5, "backoff_max": 2, "breaker_open": 0.5}
"""The control rules with short waits: the same decisions, sooner."""


class Tally:
    """Counts, for each scene, the answers that came back from the model and the results that were kept."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked: Counter[int] = Counter()
        self.answered: Counter[int] = Counter()
        self.kept: Counter[int] = Counter()
        self.small: set[int] = set()
        """Scenes that were asked about with half the picture."""
        for kind in (OllamaChat, OpenAiChat):
            self._watch(monkeypatch, kind)
        real = JobStore.put_description

        def put(store: JobStore, job_id: str, found: Scene, *more: Any) -> SceneRecord | None:
            record = real(store, job_id, found, *more)
            self.kept[found.id] += record is not None
            return record

        monkeypatch.setattr(JobStore, "put_description", put)

    def _watch(self, monkeypatch: pytest.MonkeyPatch, kind: type[Any]) -> None:
        real = kind.ask

        def ask(
            chat: Any, question: Question, cancel: CancelToken, *, total: float | None = None
        ) -> ModelAnswer:
            (jpeg,) = question.jpegs
            number = number_of(jpeg)
            self.asked[number] += 1
            if jpeg.endswith(b"small"):
                self.small.add(number)
            answer: ModelAnswer = real(chat, question, cancel, total=total)
            self.answered[number] += 1
            return answer

        monkeypatch.setattr(kind, "ask", ask)


def picture(number: int, kind: bytes = b"") -> bytes:
    """The picture of a scene: decoders pass over what stands behind its end."""
    return probe_picture() + b"scene %d " % number + kind


def number_of(jpeg: bytes) -> int:
    """Of the scene; 0 is the probe's own picture."""
    rest = jpeg[len(probe_picture()) :].split()
    return int(rest[1]) if rest else 0


def footage() -> FakeScanner:
    messages: list[WorkerMessage] = [video(SCENES * 25)]
    for number in range(1, SCENES + 1):
        small = picture(number, b"small")
        messages += [scene(number), Keyframe(number, number - 0.5, 64, 64, picture(number), small)]
    return FakeScanner([*messages, Finished(video(SCENES * 25))])


def machine_with(found: Probes, gpu: Gpu | None) -> Probes:
    """This processor, this memory, this card, and the model servers of the test; nothing of the real machine."""
    cards = () if gpu is None else (Sighting(gpu),)
    return replace(
        found,
        cpu=Probe("cpu", lambda _: Answer(Cpu("CPU", 8, 16, CpuScore.HIGH)), found.cpu.unknown),
        memory=Probe("memory", lambda _: Answer(Memory(32_768, 20_000, 0)), found.memory.unknown),
        gpu=Probe("gpu", lambda _: Answer(()), found.gpu.unknown),
        nvidia=Probe("nvidia", lambda _: Answer(cards), found.nvidia.unknown),
        editors=Probe(
            "editors", lambda _: Answer(Editors(Davinci(installed=False), ())), found.editors.unknown
        ),
    )


class Fifty:
    """The services of the program with one job of 50 scenes."""

    def __init__(
        self,
        home: Path,
        monkeypatch: pytest.MonkeyPatch,
        *,
        ollama: str = NOWHERE,
        lmstudio: str = NOWHERE,
        gpu: Gpu | None = None,
        cloud: str = "",
        clock: Clock | None = None,
        answer_timeout: float | None = None,
        **limits: float,
    ) -> None:
        """``limits``: control rules that differ from the short ones; ``answer_timeout`` seconds; ``cloud``: where
        OpenAI is, for whom there must be a key in the environment, and whom :meth:`allow` gives leave."""
        self.tally = Tally(monkeypatch)
        monkeypatch.setattr(retries, "DOWN_WAITS", (0.01, 0.02, 0.04))
        monkeypatch.setattr(retries, "BUSY_WAIT", (0.01, 0.05))
        if answer_timeout is not None:
            _give_up_after(answer_timeout, monkeypatch)
        environ = {
            "OLLAMA_HOST": ollama,
            "LMSTUDIO_HOST": lmstudio,
            "AUTOCUT_LIMITS": json.dumps({**SOON, **limits}),
            "OPENAI_BASE_URL": cloud,
            "AUTOCUT_MONITOR__BUSY_INTERVAL": "0.2",
            "AUTOCUT_MONITOR__IDLE_INTERVAL": "1",
        }
        paths, bus, clock = Paths.below(home), EventBus(), clock or SystemClock()
        settings = SettingsStore(paths.settings_file, bus, environ)
        assert settings.problems == ()
        addresses = ServerAddresses(ollama, lmstudio)
        found = system_probes(clock, lambda: addresses, fake_machine(home / "machine"))
        self.services: Services = build_services(
            paths, settings, bus, clock=clock, probes=machine_with(found, gpu), scanner=footage()
        )
        self.controller = self.services.controller
        self._clip = home / "clip.mp4"
        self._clip.write_bytes(b"clip" * 1000)
        self.job: Job | None = None

    def allow(self) -> Consent:
        """The person's yes to pictures for OpenAI."""
        desk = self.services.cloud
        offer = desk.offer("openai", Purpose.VISION)
        assert offer is not None
        return desk.allow(offer, per_request=100)

    def begin(self, described: int = 5) -> None:
        """Start, and let the first scenes be described."""
        self.services.detection.detect_now()
        self.services.start(detect=False)
        self.job = self.services.jobs.submit(str(self._clip), JobOptions("en", max_scenes=SCENES)).job
        self.wait(lambda: self.described >= described, "the work begins")

    @property
    def described(self) -> int:
        assert self.job is not None
        scenes = self.services.jobs.scenes(self.job.id)
        return sum(record.status is SceneStatus.DESCRIBED for record in scenes)

    @property
    def done(self) -> bool:
        assert self.job is not None
        job = self.services.jobs.get(self.job.id)
        assert job.state not in (JobState.FAILED, JobState.POISON), job
        return job.state is JobState.DONE

    def wait(self, condition: Callable[[], bool], what: str) -> None:
        pause, waited = threading.Event(), 0.0
        while not condition():
            if waited >= PATIENCE:
                faulthandler.dump_traceback()  # who waits for whom
                raise AssertionError((what, self.controller.governor_state, self.services.jobs.jobs()))
            pause.wait(0.02)
            waited += 0.02

    def assert_each_once(self) -> None:
        """0 scenes lost, 0 described twice."""
        self.wait(lambda: self.done, "the job ends")
        once = dict.fromkeys(range(1, SCENES + 1), 1)
        assert self.described == SCENES
        assert self.tally.kept == once
        assert {n: c for n, c in self.tally.answered.items() if n} == once, "answered more than once"

    def close(self) -> None:
        self.services.close()


def _give_up_after(seconds: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """Shorter than the settings let anybody say."""
    real = factory.create_analyzer

    def create(*given: Any, **more: Any) -> Any:
        return real(*given, **{**more, "answer_timeout": seconds})

    monkeypatch.setattr(factory, "create_analyzer", create)
