"""One bench a back end: its server, the route to it, and what it was asked."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from autocut_tray.core.analyzers.base import DescribeRequest, VisualAnalyzer
from autocut_tray.core.analyzers.factory import create_analyzer
from autocut_tray.core.analyzers.probe_picture import probe_picture
from autocut_tray.core.analyzers.server import Server, destination_of
from autocut_tray.core.clock import Clock
from autocut_tray.core.egress.consent import Purpose
from autocut_tray.core.footage import Scene, Transition
from autocut_tray.core.policy.governor_types import Tier
from autocut_tray.core.policy.policy import CloudBackend, Device, Route
from autocut_tray.core.runtime.profile import Backend
from tests.egress.rig import Rig
from tests.fakes import FakeClock
from tests.servers.fake_lmstudio import FakeLmStudio
from tests.servers.fake_ollama import FakeOllama
from tests.servers.fake_openai import CloudFlavor, FakeCloud
from tests.servers.fixtures import real_vision_server, tiny_vlm
from tests.servers.journal import Entry
from tests.servers.scripted import ScriptedServer

__all__ = ["real_vision_server", "tiny_vlm"]

CANARY = "sk-CANARY-9f8e7d6c5b4a3210"
SCENE = Scene(1, 0, 48, 0.0, 2.0, Transition.START)
# A restart interval of none: another file, the same picture.
SMALL = probe_picture()[:20] + b"\xff\xdd\x00\x04\x00\x00" + probe_picture()[20:]
GOOD = {
    "summary": "A red disc over a green square.",
    "subjects": ["disc", "square"],
    "action": "nothing moves",
    "shot": "wide shot",
    "camera": "eye level",
    "mood": "calm",
    "quality": ["sharp"],
    "tags": ["red", "green"],
}


def one_scene(language: str = "en", *, small: bool = True) -> DescribeRequest:
    return DescribeRequest(SCENE, probe_picture(), language, SMALL if small else None)


@dataclass
class Bench:
    """A fake server and the analyzer for it. ``clock`` moves only by waits between tries."""

    server: ScriptedServer
    route: Route
    base_url: str
    chat: str
    key: str | None = None
    clock: Clock = field(default_factory=FakeClock)
    rig: Rig | None = None
    """The door, made with the first analyzer: everything is allowed and costs a millionth of a dollar."""
    _made: list[VisualAnalyzer] = field(default_factory=list)
    _folder: TemporaryDirectory[str] = field(default_factory=TemporaryDirectory)

    def analyzer(self, *, clock: Clock | None = None, **options: Any) -> VisualAnalyzer:
        server = Server(self.base_url, self.key)
        goes_to = destination_of(self.route.backend, self.route.model, server, Purpose.VISION)
        if self.rig is None:
            self.rig = Rig(Path(self._folder.name), FakeClock())
        self.rig.door.allow(goes_to, per_request=1)
        made = create_analyzer(
            self.route,
            server,
            self.rig.door,
            clock=clock or self.clock,
            random=lambda: 0.5,
            **options,
        )
        self._made.append(made)
        return made

    @property
    def asked(self) -> list[Entry]:
        return self.server.journal.entries(self.chat)

    def pictures(self) -> list[str]:
        """The base64 pictures that were sent, in order."""
        found = []
        for entry in self.asked:
            message = entry.json["messages"][0]
            if isinstance(message["content"], str):
                found += message["images"]
            else:
                found += [part["image_url"]["url"] for part in message["content"] if "image_url" in part]
        return found

    def prompts(self) -> list[str]:
        messages = [entry.json["messages"][0]["content"] for entry in self.asked]
        return [said if isinstance(said, str) else said[0]["text"] for said in messages]

    def close(self) -> None:
        for made in self._made:
            made.close()
        if self.rig is not None:
            self.rig.close()
        self._folder.cleanup()


def _good(*_: object) -> str:
    return json.dumps(GOOD)


def ollama_bench(server: FakeOllama, model: str = "tiny-vlm", device: Device = Device.AUTO) -> Bench:
    route = Route(Tier.GPU, Backend.OLLAMA, model, device, leaves_machine=False)
    return Bench(server, route, server.url, "/api/chat")


def lmstudio_bench(server: FakeLmStudio, model: str = "tiny-vlm") -> Bench:
    route = Route(Tier.GPU, Backend.LMSTUDIO, model, Device.AUTO, leaves_machine=False)
    return Bench(server, route, server.base_url, "/v1/chat/completions", server.token)


def cloud_bench(server: FakeCloud, model: str) -> Bench:
    deepseek = server.flavor is CloudFlavor.DEEPSEEK
    backend = CloudBackend.DEEPSEEK if deepseek else CloudBackend.OPENAI
    route = Route(Tier.CLOUD, backend, model, Device.AUTO, leaves_machine=True)
    path = "/chat/completions" if deepseek else "/v1/chat/completions"
    return Bench(server, route, server.base_url, path, server.key)


@pytest.fixture
def ollama() -> Iterator[Bench]:
    with FakeOllama() as server:
        server.answer = _good
        bench = ollama_bench(server)
        yield bench
        bench.close()


@pytest.fixture
def lmstudio() -> Iterator[Bench]:
    with FakeLmStudio() as server:
        server.answer = _good
        bench = lmstudio_bench(server)
        yield bench
        bench.close()


@pytest.fixture
def openai() -> Iterator[Bench]:
    with FakeCloud(CloudFlavor.OPENAI, key=CANARY) as server:
        server.answer = _good
        bench = cloud_bench(server, "gpt-4o")
        yield bench
        bench.close()


@pytest.fixture
def deepseek() -> Iterator[Bench]:
    with FakeCloud(CloudFlavor.DEEPSEEK, key=CANARY) as server:
        server.answer = _good
        bench = cloud_bench(server, "deepseek-chat")
        yield bench
        bench.close()


@pytest.fixture(params=["ollama", "lmstudio", "openai", "deepseek"])
def bench(request: pytest.FixtureRequest) -> Bench:
    """Each back end in turn."""
    found: Bench = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def answering() -> Callable[[Bench, str], None]:
    """Have the bench's model say exactly this."""

    def answer(bench: Bench, text: str) -> None:
        bench.server.answer = lambda *_: text  # type: ignore[attr-defined]

    return answer
