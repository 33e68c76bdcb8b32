"""From routes to analyzers: nothing leaves the machine without leave, and before leave nothing is sent."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from autocut_tray.core.analyzers.factory import create_analyzer
from autocut_tray.core.analyzers.server import CLOUD_ADDRESSES, Server, destination_of
from autocut_tray.core.cancel import CancelToken
from autocut_tray.core.egress.consent import Destination, Purpose
from autocut_tray.core.egress.door import Errand
from autocut_tray.core.egress.ledger import EntryState
from autocut_tray.core.errors import BackendError, FailureClass, NoBackend
from autocut_tray.core.policy.governor_types import Tier
from autocut_tray.core.policy.policy import CloudBackend, Device, Route
from autocut_tray.core.runtime.profile import Backend
from tests.analyzers.conftest import CANARY, GOOD, Bench, one_scene
from tests.egress.rig import Rig
from tests.fakes import FakeClock
from tests.servers.fake_ollama import FakeOllama
from tests.servers.ollama_store import OllamaModel


@pytest.fixture(autouse=True)
def no_lookups(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> list[object]:
        raise AssertionError("a name was looked up")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)


def route(backend: Backend | CloudBackend, model: str, *, leaves: bool = False) -> Route:
    tier = Tier.CLOUD if leaves else Tier.GPU
    return Route(tier, backend, model, Device.AUTO, leaves_machine=leaves)


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    made = Rig(tmp_path, FakeClock())
    yield made
    made.close()


def goes_to(where: Route, server: Server) -> Destination:
    return destination_of(where.backend, where.model, server, Purpose.VISION)


def refusal_of(rig: Rig, where: Route, server: Server) -> str:
    with pytest.raises(NoBackend) as caught:
        create_analyzer(where, server, rig.door)
    assert caught.value.message.code == "error-" + caught.value.code.replace("_", "-")
    return caught.value.code


CLOUDS = [
    (route(CloudBackend.OPENAI, "gpt-4o", leaves=True), CLOUD_ADDRESSES[CloudBackend.OPENAI]),
    (route(CloudBackend.DEEPSEEK, "deepseek-chat", leaves=True), CLOUD_ADDRESSES[CloudBackend.DEEPSEEK]),
]


@pytest.mark.parametrize(("where", "address"), CLOUDS)
def test_a_cloud_needs_key_and_consent_and_a_price(rig: Rig, where: Route, address: str) -> None:
    with_key, without = Server(address, CANARY), Server(address, " ")
    assert refusal_of(rig, where, without) == "no_key"
    assert refusal_of(rig, where, with_key) == "no_consent"
    rig.door.allow(goes_to(where, with_key))
    if where.backend is CloudBackend.DEEPSEEK:
        assert refusal_of(rig, where, with_key) == "no_price"
        rig.door.set_price(goes_to(where, with_key), 5000)
    create_analyzer(where, with_key, rig.door).close()


def test_a_job_that_never_goes_to_the_cloud_does_not_whatever_was_allowed(openai: Bench) -> None:
    request = replace(one_scene(), errand=Errand("j1", "j1/1", never_cloud=True))
    with pytest.raises(BackendError, match="never_cloud") as caught:
        openai.analyzer().describe(request, CancelToken())
    assert caught.value.failure is FailureClass.INPUT
    assert openai.asked == []
    assert openai.rig is not None and openai.rig.door.ledger.entries() == []


@pytest.mark.parametrize(
    ("backend", "base_url"),
    [
        (Backend.OLLAMA, "https://gpu.example"),
        (Backend.LMSTUDIO, "https://192.168.1.20:1234/v1"),
        (Backend.OLLAMA, "https://localhost.evil.example"),
    ],
)
def test_a_server_elsewhere_needs_consent(rig: Rig, backend: Backend, base_url: str) -> None:
    where, server = route(backend, "moondream"), Server(base_url)
    assert refusal_of(rig, where, server) == "no_consent"
    rig.door.allow(goes_to(where, server), per_request=0)
    create_analyzer(where, server, rig.door).close()


def test_a_server_elsewhere_needs_encryption(rig: Rig) -> None:
    where, server = route(Backend.OLLAMA, "moondream"), Server("http://192.168.1.20:11434")
    rig.door.allow(goes_to(where, server), per_request=0)
    assert refusal_of(rig, where, server) == "no_tls"


@pytest.mark.fault("FM19")
@pytest.mark.parametrize("name", ["qwen:cloud", "gpt-oss:120b-cloud", "Qwen:Cloud "])
def test_a_cloud_model_of_a_local_ollama_leaves_the_machine(rig: Rig, name: str) -> None:
    with FakeOllama([OllamaModel(name.strip(), remote_host="https://ollama.com:443")]) as server:
        where, here = route(Backend.OLLAMA, name), Server(server.url)
        assert refusal_of(rig, where, here) == "no_consent"
        assert goes_to(where, here).address == "https://ollama.com:443"
        rig.door.allow(goes_to(where, here))
        assert refusal_of(rig, where, here) == "no_price"
        assert len(server.journal) == 0


def test_a_cloud_model_of_a_local_ollama_is_entered_in_the_ledger(rig: Rig) -> None:
    with FakeOllama([OllamaModel("tiny:cloud")]) as server:
        server.answer = lambda *_: json.dumps(GOOD)
        where, here = route(Backend.OLLAMA, "tiny:cloud"), Server(server.url)
        rig.door.allow(goes_to(where, here), per_request=20_000)
        made = create_analyzer(where, here, rig.door, clock=FakeClock())
        made.describe(one_scene(), CancelToken())
        made.close()
    (entry,) = rig.door.ledger.entries()
    assert (entry.host, entry.model, entry.frames) == ("ollama.com", "tiny:cloud", 1)
    assert (entry.state, entry.cost) == (EntryState.SETTLED, 20_000)


def test_a_model_that_the_listing_calls_remote_leaves_the_machine(rig: Rig) -> None:
    """The resolver saw ``remote_host`` and marked the route; the name alone says nothing."""
    with FakeOllama() as server:
        innocent = route(Backend.OLLAMA, "innocent", leaves=True)
        assert refusal_of(rig, innocent, Server(server.url)) == "no_consent"
        assert len(server.journal) == 0


@pytest.mark.parametrize("name", ["ollama", "openai"])
def test_consent_revoked_stops_the_next_request(rig: Rig, name: str, request: pytest.FixtureRequest) -> None:
    bench: Bench = request.getfixturevalue(name)
    where = bench.route
    if name == "ollama":
        where = Route(Tier.CLOUD, Backend.OLLAMA, "tiny-vlm", Device.AUTO, leaves_machine=True)
    server = Server(bench.base_url, bench.key)
    yes = rig.door.allow(goes_to(where, server), per_request=1)
    made = create_analyzer(where, server, rig.door, clock=FakeClock())
    assert made.describe(one_scene(), CancelToken()).description.summary == GOOD["summary"]
    rig.door.revoke(yes)
    with pytest.raises(BackendError) as caught:
        made.describe(one_scene(), CancelToken())
    assert (caught.value.failure, caught.value.code) == (FailureClass.CONFIG, "no_consent")
    assert len(bench.asked) == 1
    made.close()


def test_consent_is_for_one_model_and_one_address(rig: Rig) -> None:
    where, server = CLOUDS[0][0], Server(CLOUDS[0][1], CANARY)
    rig.door.allow(goes_to(where, server))
    other = route(CloudBackend.OPENAI, "gpt-4o-mini", leaves=True)
    assert refusal_of(rig, other, server) == "no_consent"
    assert refusal_of(rig, where, Server("https://models.example/v1", CANARY)) == "no_consent"


@pytest.mark.parametrize("key", ["sk-bad\nkey-12345", "sk-bad key\x00", "ключ-ключ"])
def test_a_key_that_cannot_be_sent_is_told_without_being_shown(rig: Rig, key: str) -> None:
    where, server = CLOUDS[0][0], Server(CLOUDS[0][1], key)
    rig.door.allow(goes_to(where, server))
    with pytest.raises(BackendError) as caught:
        create_analyzer(where, server, rig.door)
    assert caught.value.code == "bad_key"
    assert "bad" not in str(caught.value).replace("bad_key", "") and "ключ" not in str(caught.value)


def test_a_key_with_spaces_around_is_sent_without_them(openai: Bench) -> None:
    openai.key = f" {CANARY}\n"
    openai.analyzer().describe(one_scene(), CancelToken())
    assert openai.asked[0].headers["authorization"] == f"Bearer {CANARY}"
