"""Ollama and LM Studio as they really answer, by version; and whatever else may stand at their address."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from autocut_tray.core.cancel import CancelToken
from autocut_tray.core.clock import SystemClock
from autocut_tray.core.errors import Cancelled
from autocut_tray.core.runtime.probes.answer import Answer
from autocut_tray.core.runtime.probes.lmstudio import LmStudioProbe
from autocut_tray.core.runtime.probes.model_servers import listens
from autocut_tray.core.runtime.probes.ollama import OllamaProbe, shown_capabilities
from autocut_tray.core.runtime.profile import Model, ModelServer, Outcome
from tests.runtime.fakes import fake_machine
from tests.servers import real_server
from tests.servers.fake_lmstudio import FakeLmStudio
from tests.servers.fake_ollama import FakeOllama
from tests.servers.lmstudio_store import StudioModel
from tests.servers.ollama_store import GIB, OllamaModel
from tests.servers.scripted import closed_port
from tests.servers.tiny_vlm import write_tiny_vlm
from tests.servers.wire_faults import Drop, Garbage, GzipBomb, Hang, Redirect, Reply

MOONDREAM = OllamaModel("moondream", size=1_738_451_197, quantization="Q4_0")
QWEN = OllamaModel("qwen2.5:14b", size=8_988_124_069, vision=False, quantization="Q4_K_M")
BLOCKS = OllamaModel("qwen2.5vl:3b", vision_in_projector=False)
CLOUD = OllamaModel("gpt-oss:120b-cloud", size=384, vision=False, remote_host="https://ollama.com")


def ask_ollama(
    address: str, root: Path = Path("/nowhere"), cancel: CancelToken | None = None
) -> Answer[ModelServer]:
    return OllamaProbe(fake_machine(root), SystemClock(), lambda: address)(cancel or CancelToken())


def ask_lmstudio(
    address: str, token: str | None = None, root: Path = Path("/nowhere")
) -> Answer[ModelServer]:
    return LmStudioProbe(fake_machine(root), SystemClock(), lambda: address, lambda: token)(CancelToken())


def by_name(server: ModelServer) -> dict[str, Model]:
    return {model.name: model for model in server.models}


# ---- Ollama ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", ["0.33.0", "0.24.0", "0.9.6", "0.6.4", "0.6.3", "0.3.14"])
def test_models_of_every_version(version: str) -> None:
    with FakeOllama([MOONDREAM, QWEN, BLOCKS, CLOUD], version=version) as ollama:
        answer = ask_ollama(ollama.url)
        shown = [entry.json["model"] for entry in ollama.journal.entries("/api/show")]
    server = answer.fact
    assert answer.outcome is Outcome.OK
    assert (server.installed, server.reachable, server.remote, server.version) == (True, True, False, version)
    assert server.problem is None
    models = by_name(server)
    assert models["moondream:latest"] == Model(
        "moondream:latest", 1_738_451_197, "Q4_0", vision=True, cloud=False, loaded=False
    )
    assert models["qwen2.5:14b"].vision is False
    assert models["qwen2.5:14b"].size_bytes == 8_988_124_069
    assert models["qwen2.5vl:3b"].vision is True
    cloud = models["gpt-oss:120b-cloud"]
    assert cloud.cloud
    assert cloud.size_bytes is None, "a stub has no size worth telling"
    assert [model.name for model in server.local_models] == [
        "moondream:latest",
        "qwen2.5:14b",
        "qwen2.5vl:3b",
    ]
    assert "gpt-oss:120b-cloud" not in shown, "the server would ask the owner of a cloud model"
    assert bool(shown) == (version != "0.33.0")


def test_what_is_loaded_and_how_much_vram_it_holds() -> None:
    with FakeOllama([MOONDREAM, QWEN], gpu_bytes=8 * GIB) as ollama:
        loaded = ollama.store.load(MOONDREAM, num_ctx=2048, num_gpu=None)
        loaded.expires_ns = ollama.store.now_ns() + 300 * 10**9
        held = loaded.size_vram
        models = by_name(ask_ollama(ollama.url).fact)
    assert (models["moondream:latest"].loaded, models["moondream:latest"].vram_bytes) == (True, held)
    assert (models["qwen2.5:14b"].loaded, models["qwen2.5:14b"].vram_bytes) == (False, None)


@pytest.mark.parametrize(
    ("name", "cloud"),
    [("qwen:cloud", True), ("kimi-k2:1t-cloud", True), ("Qwen:CLOUD", True), ("cloudy:latest", False)],
)
def test_a_cloud_model_is_known_by_its_name_alone(name: str, cloud: bool) -> None:
    with FakeOllama([OllamaModel(name)]) as ollama:
        (model,) = ask_ollama(ollama.url).fact.models
    assert model.cloud is cloud


def test_an_empty_store() -> None:
    with FakeOllama([]) as ollama:
        answer = ask_ollama(ollama.url)
    assert (answer.fact.reachable, answer.fact.models, answer.outcome) == (True, (), Outcome.OK)


def test_odd_lists_cost_only_what_is_odd() -> None:
    entries: list[Any] = [
        {"name": "good:latest", "size": 5, "details": {"quantization_level": "unknown"}, "capabilities": []},
        {"model": "by-model:latest", "size": -1, "details": None, "capabilities": ["completion", "vision"]},
        {"name": "embeds:latest", "size": 5, "capabilities": ["embedding"]},
        {"size": 7},
        "no object",
        None,
    ]
    with FakeOllama() as ollama:
        ollama.faults.add(Reply(200, {"models": entries}), path="/api/tags", times=None)
        answer = ask_ollama(ollama.url)
    good, by_model = answer.fact.models
    assert (good.name, good.size_bytes, good.quantization, good.vision) == ("good:latest", 5, None, False)
    assert (by_model.name, by_model.size_bytes, by_model.vision) == ("by-model:latest", None, True)


def test_null_models_are_none() -> None:
    with FakeOllama() as ollama:
        ollama.faults.add(Reply(200, {"models": None}), path="/api/tags", times=None)
        assert ask_ollama(ollama.url).fact.models == ()


def test_a_list_without_the_rest_is_still_a_list() -> None:
    with FakeOllama([MOONDREAM], version="0.9.6") as ollama:
        for path in ("/api/version", "/api/ps", "/api/show"):
            ollama.faults.add(Drop(), path=path, times=None)
        answer = ask_ollama(ollama.url)
    (model,) = answer.fact.models
    assert answer.fact.reachable
    assert (answer.fact.version, model.loaded, model.vision) == (None, None, None)
    assert answer.detail


def test_a_model_that_cannot_be_shown_may_or_may_not_see() -> None:
    with FakeOllama([MOONDREAM], version="0.9.6") as ollama:
        ollama.faults.add(Reply(500, {"error": "broken"}), path="/api/show", times=None)
        answer = ask_ollama(ollama.url)
    assert answer.fact.models[0].vision is None
    assert answer.detail == "/api/show moondream:latest: status 500"


@pytest.mark.parametrize(
    ("body", "sees"),
    [
        ({"capabilities": ["completion", "vision"]}, True),
        ({"capabilities": ["completion"], "projector_info": {"a": 1}}, False),
        ({"projector_info": {"general.architecture": "clip"}}, True),
        ({"projector_info": {}, "model_info": {"mllama.vision.block_count": 32}}, True),
        ({"projector_info": None, "model_info": None}, False),
        ({}, False),
    ],
)
def test_vision_in_the_answers_of_all_versions(body: dict[str, Any], sees: bool) -> None:
    assert ("vision" in shown_capabilities(body)) is sees


def test_nothing_listens(tmp_path: Path) -> None:
    answer = ask_ollama(f"127.0.0.1:{closed_port()}", tmp_path)
    assert answer.outcome is Outcome.ABSENT
    assert (answer.fact.reachable, answer.fact.installed) == (False, False)
    assert (answer.fact.problem, answer.fact.models) == ("ollama-silent", ())


@pytest.mark.parametrize(
    ("fault", "problem"),
    [
        (Reply(404, "404 page not found"), "ollama-strange"),
        (Reply(200, "<html>router</html>"), "ollama-strange"),
        (Reply(200, {"data": []}), "ollama-strange"),
        (Reply(200, {"models": "many"}), "ollama-strange"),
        (Reply(403, ""), "ollama-refuses"),
        (Reply(500, {"error": "no"}), "ollama-strange"),
        (Redirect("http://127.0.0.1:9/"), "ollama-strange"),
        (Garbage(), "ollama-strange"),
        (GzipBomb(), "ollama-strange"),
        (Drop(), "ollama-silent"),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_what_is_no_ollama(fault: Any, problem: str) -> None:
    with FakeOllama() as ollama:
        ollama.faults.add(fault, path="/api/tags", times=None)
        answer = ask_ollama(ollama.url)
    assert (answer.fact.reachable, answer.fact.problem) == (False, problem)
    assert answer.fact.host == ollama.url
    assert answer.detail


def test_one_that_accepts_and_says_nothing_is_given_up_in_time() -> None:
    with FakeOllama() as ollama:
        ollama.faults.add(Hang(), path="/api/tags", times=None)
        began = time.monotonic()
        answer = ask_ollama(ollama.url)
        assert time.monotonic() - began < 2.5
    assert (answer.fact.reachable, answer.fact.problem) == (False, "ollama-no-reply")


def test_a_detection_that_is_given_up_ends_its_question() -> None:
    cancel = CancelToken()
    cancel.cancel()
    with FakeOllama() as ollama, pytest.raises(Cancelled):
        ask_ollama(ollama.url, cancel=cancel)


def test_an_address_that_is_none() -> None:
    answer = ask_ollama("ftp://example.com")
    assert (answer.outcome, answer.fact.problem) == (Outcome.FAILED, "ollama-bad-address")


# ---- LM Studio -------------------------------------------------------------------------------------------

SEES = StudioModel("qwen2-vl-7b-instruct", size_bytes=4_680_000_000, quantization="Q4_K_M")
BLIND = StudioModel("qwen2.5-7b-instruct", vision=False, quantization=None)
EMBEDS = StudioModel("text-embedding-nomic-embed-text-v1.5", type="embedding")


def test_the_newest_listing() -> None:
    with FakeLmStudio([SEES, BLIND, EMBEDS], version="0.4.18") as studio:
        studio.store.load(SEES, None)
        answer = ask_lmstudio(studio.base_url)
        assert studio.journal.paths() == ["GET /api/v1/models"]
    server = answer.fact
    assert (server.reachable, server.installed, server.host) == (True, True, studio.base_url)
    assert server.models == (
        Model("qwen2-vl-7b-instruct", 4_680_000_000, "Q4_K_M", vision=True, loaded=True),
        Model("qwen2.5-7b-instruct", 1_700_000_000, None, vision=False, loaded=False),
    )


def test_the_listing_of_0_3_6() -> None:
    with FakeLmStudio([SEES, BLIND, EMBEDS], version="0.3.9") as studio:
        studio.store.load(SEES, None)
        server = ask_lmstudio(studio.base_url).fact
    assert server.models == (
        Model("qwen2-vl-7b-instruct", None, "Q4_K_M", vision=True, loaded=True),
        Model("qwen2.5-7b-instruct", None, None, vision=False, loaded=False),
    )


def test_the_listing_before_that_tells_names_only() -> None:
    with FakeLmStudio([SEES, BLIND, EMBEDS], version="0.3.2") as studio:
        server = ask_lmstudio(studio.base_url).fact
    assert server.models == (Model("qwen2-vl-7b-instruct"), Model("qwen2.5-7b-instruct"))
    assert server.installed is False, "other programs answer this call too"


def test_the_address_may_lack_its_end() -> None:
    with FakeLmStudio([SEES]) as studio:
        for address in (
            studio.url,
            f"{studio.url}/",
            f"{studio.url}/v1/",
            studio.url.removeprefix("http://"),
        ):
            assert ask_lmstudio(address).fact.host == studio.base_url
            assert len(ask_lmstudio(address).fact.models) == 1


def test_a_token_is_wanted_given_or_refused() -> None:
    with FakeLmStudio([SEES], token="sk-lm-12345678:abc") as studio:
        without = ask_lmstudio(studio.base_url)
        right = ask_lmstudio(studio.base_url, "sk-lm-12345678:abc")
        wrong = ask_lmstudio(studio.base_url, "sk-lm-other")
        bad = ask_lmstudio(studio.base_url, "sk-lm-with\nnewline")
    assert (without.fact.reachable, without.fact.problem) == (True, "lmstudio-wants-token")
    assert (right.fact.problem, len(right.fact.models)) == (None, 1)
    assert (wrong.fact.reachable, wrong.fact.problem) == (True, "lmstudio-token-refused")
    assert (bad.fact.reachable, bad.fact.problem) == (False, "lmstudio-bad-key")
    assert not any("sk-lm" in (answer.detail or "") for answer in (without, right, wrong, bad))


@pytest.mark.parametrize("body", [{"error": "Unexpected endpoint or method."}, "text", [], {"data": 3}])
def test_a_good_status_is_not_enough(body: Any) -> None:
    with FakeLmStudio() as studio:
        studio.faults.add(Reply(200, body), times=None)
        answer = ask_lmstudio(studio.base_url)
    assert (answer.fact.reachable, answer.fact.problem) == (False, "lmstudio-strange")
    assert answer.outcome is Outcome.FAILED


def test_odd_entries_cost_only_what_is_odd() -> None:
    body = {
        "models": [
            {
                "key": "a",
                "type": "llm",
                "quantization": "Q8_0",
                "capabilities": ["tool_use"],
                "size_bytes": "big",
            },
            {"key": "", "type": "llm"},
            {"key": "c", "quantization": None, "loaded_instances": None, "capabilities": {"vision": "yes"}},
        ]
    }
    with FakeLmStudio() as studio:
        studio.faults.add(Reply(200, body), path="/api/v1/models", times=None)
        server = ask_lmstudio(studio.base_url).fact
    assert server.models == (Model("a", None, "Q8_0"), Model("c"))


def test_no_models_at_all_as_ollama_says_it() -> None:
    with FakeOllama([]) as ollama:
        server = ask_lmstudio(ollama.url).fact
    assert (server.reachable, server.models) == (True, ())


def test_lmstudio_is_not_running(tmp_path: Path) -> None:
    answer = ask_lmstudio(f"http://localhost:{closed_port()}/v1", root=tmp_path)
    assert (answer.outcome, answer.fact.reachable) == (Outcome.ABSENT, False)
    assert (answer.fact.installed, answer.fact.problem) == (False, "lmstudio-silent")


@pytest.mark.skipif(not real_server.available(), reason="llama.cpp's server is not installed here")
@pytest.mark.parametrize("vision", [True, False])
def test_the_real_server_of_llama_cpp(tmp_path: Path, vision: bool) -> None:
    with real_server.RealServer(write_tiny_vlm(tmp_path), vision=vision, api_key="key-12345678") as server:
        assert ask_lmstudio(server.base_url).fact.problem == "lmstudio-wants-token"
        (model,) = ask_lmstudio(server.base_url, "key-12345678").fact.models
    assert (model.name, model.vision, model.quantization) == ("tiny-vlm", vision, "all F32")
    assert (model.size_bytes or 0) > 1_000_000


# ---- is there anything -----------------------------------------------------------------------------------


def test_a_port_that_listens_and_one_that_does_not() -> None:
    with FakeOllama() as ollama:
        assert listens(ollama.url)
        assert listens(ollama.url.replace("127.0.0.1", "localhost"))
    assert not listens(ollama.url)
    assert not listens(f"http://localhost:{closed_port()}")
    assert not listens(f"http://[::1]:{closed_port()}")


def test_other_machines_are_not_asked_this_way() -> None:
    assert listens("http://192.0.2.1:11434")


def test_asking_a_closed_port_costs_next_to_nothing() -> None:
    url = f"http://localhost:{closed_port()}"
    listens(url)
    began = time.process_time()
    for _ in range(20):
        listens(url)
    assert (time.process_time() - began) / 20 < 0.001
