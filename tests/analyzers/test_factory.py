"""From routes to analyzers: nothing leaves the machine without leave, and before leave nothing is sent."""

from __future__ import annotations

import socket

import pytest

from autocut_tray.core.analyzers.factory import create_analyzer, destination_of
from autocut_tray.core.analyzers.server import CLOUD_ADDRESSES, Server
from autocut_tray.core.cancel import CancelToken
from autocut_tray.core.egress.consent import CONSENT_TEXT, Consent, EgressGate
from autocut_tray.core.errors import BackendError, FailureClass, NoBackend
from autocut_tray.core.policy.governor_types import Tier
from autocut_tray.core.policy.policy import CloudBackend, Device, Route
from autocut_tray.core.runtime.profile import Backend
from tests.analyzers.conftest import CANARY, GOOD, Bench, one_scene
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


def consent_to(where: Route, server: Server) -> Consent:
    goes_to = destination_of(where, server)
    return Consent(goes_to.address, goes_to.model, goes_to.purpose, CONSENT_TEXT, 0.0)


def refusal_of(where: Route, server: Server, *consents: Consent, never_cloud: bool = False) -> str:
    with pytest.raises(NoBackend) as caught:
        create_analyzer(where, server, EgressGate(lambda: consents), never_cloud=never_cloud)
    assert caught.value.message.code == "error-" + caught.value.code.replace("_", "-")
    return caught.value.code


CLOUDS = [
    (route(CloudBackend.OPENAI, "gpt-4o", leaves=True), CLOUD_ADDRESSES[CloudBackend.OPENAI]),
    (route(CloudBackend.DEEPSEEK, "deepseek-chat", leaves=True), CLOUD_ADDRESSES[CloudBackend.DEEPSEEK]),
]


@pytest.mark.parametrize(("where", "address"), CLOUDS)
def test_a_cloud_needs_key_and_consent_and_a_job_that_lets_it(where: Route, address: str) -> None:
    with_key, without = Server(address, CANARY), Server(address, " ")
    yes = consent_to(where, with_key)
    assert refusal_of(where, without, yes) == "no_key"
    assert refusal_of(where, with_key) == "no_consent"
    assert refusal_of(where, with_key, yes, never_cloud=True) == "never_cloud"
    create_analyzer(where, with_key, EgressGate(lambda: [yes])).close()


@pytest.mark.parametrize(
    ("backend", "base_url"),
    [
        (Backend.OLLAMA, "https://gpu.example"),
        (Backend.LMSTUDIO, "https://192.168.1.20:1234/v1"),
        (Backend.OLLAMA, "https://localhost.evil.example"),
    ],
)
def test_a_server_elsewhere_needs_consent(backend: Backend, base_url: str) -> None:
    where, server = route(backend, "moondream"), Server(base_url)
    assert refusal_of(where, server) == "no_consent"
    create_analyzer(where, server, EgressGate(lambda: [consent_to(where, server)])).close()


def test_a_server_elsewhere_needs_encryption() -> None:
    where, server = route(Backend.OLLAMA, "moondream"), Server("http://192.168.1.20:11434")
    assert refusal_of(where, server, consent_to(where, server)) == "no_tls"


@pytest.mark.fault("FM19")
@pytest.mark.parametrize("name", ["qwen:cloud", "gpt-oss:120b-cloud", "Qwen:Cloud "])
def test_a_cloud_model_of_a_local_ollama_leaves_the_machine(name: str) -> None:
    with FakeOllama([OllamaModel(name.strip(), remote_host="https://ollama.com:443")]) as server:
        where, here = route(Backend.OLLAMA, name), Server(server.url)
        assert refusal_of(where, here) == "no_consent"
        yes = consent_to(where, here)
        assert yes.address == "https://ollama.com:443"
        assert refusal_of(where, here, yes, never_cloud=True) == "never_cloud"
        assert len(server.journal) == 0


def test_a_model_that_the_listing_calls_remote_leaves_the_machine() -> None:
    """The resolver saw ``remote_host`` and marked the route; the name alone says nothing."""
    with FakeOllama() as server:
        assert refusal_of(route(Backend.OLLAMA, "innocent", leaves=True), Server(server.url)) == "no_consent"
        assert len(server.journal) == 0


@pytest.mark.parametrize("name", ["ollama", "openai"])
def test_consent_revoked_stops_the_next_request(name: str, request: pytest.FixtureRequest) -> None:
    bench: Bench = request.getfixturevalue(name)
    where = bench.route
    if name == "ollama":
        where = Route(Tier.CLOUD, Backend.OLLAMA, "tiny-vlm", Device.AUTO, leaves_machine=True)
    server = Server(bench.base_url, bench.key)
    consents = [consent_to(where, server)]
    made = create_analyzer(where, server, EgressGate(lambda: consents), clock=FakeClock())
    assert made.describe(one_scene(), CancelToken()).description.summary == GOOD["summary"]
    consents.clear()
    with pytest.raises(BackendError) as caught:
        made.describe(one_scene(), CancelToken())
    assert (caught.value.failure, caught.value.code) == (FailureClass.CONFIG, "no_consent")
    assert len(bench.asked) == 1
    made.close()


def test_consent_is_for_one_model_and_one_address() -> None:
    where, server = CLOUDS[0][0], Server(CLOUDS[0][1], CANARY)
    yes = consent_to(where, server)
    other = route(CloudBackend.OPENAI, "gpt-4o-mini", leaves=True)
    assert refusal_of(other, server, yes) == "no_consent"
    assert refusal_of(where, Server("https://models.example/v1", CANARY), yes) == "no_consent"


@pytest.mark.parametrize("key", ["sk-bad\nkey-12345", "sk-bad key\x00", "ключ-ключ"])
def test_a_key_that_cannot_be_sent_is_told_without_being_shown(key: str) -> None:
    where, server = CLOUDS[0][0], Server(CLOUDS[0][1], key)
    with pytest.raises(BackendError) as caught:
        create_analyzer(where, server, EgressGate(lambda: [consent_to(where, server)]))
    assert caught.value.code == "bad_key"
    assert "bad" not in str(caught.value).replace("bad_key", "") and "ключ" not in str(caught.value)


def test_a_key_with_spaces_around_is_sent_without_them(openai: Bench) -> None:
    openai.key = f" {CANARY}\n"
    openai.analyzer().describe(one_scene(), CancelToken())
    assert openai.asked[0].headers["authorization"] == f"Bearer {CANARY}"
