"""From the policy to the model that is asked: which device, which door, and whose the model is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from autocut_tray.core.analyzers.pool import AnalyzerPool
from autocut_tray.core.analyzers.server import Server, destination_of
from autocut_tray.core.cancel import CancelToken
from autocut_tray.core.egress.consent import Purpose
from autocut_tray.core.egress.door import NOBODY, Door, Errand
from autocut_tray.core.errors import NoBackend
from autocut_tray.core.jobs.plan_access import held, planning_asker
from autocut_tray.core.memory.residency import Residency
from autocut_tray.core.planning.choice import choice_schema
from autocut_tray.core.policy.governor_types import Tier
from autocut_tray.core.policy.policy import Device, PlanningPolicy, Provider
from autocut_tray.core.runtime.profile import Backend
from tests.egress.rig import NO_DOOR, Rig
from tests.fakes import FakeClock
from tests.servers.fake_ollama import FakeOllama
from tests.servers.ollama_store import OllamaModel
from tests.ui.fake_services import DEGRADED, EMERGENCY, READY, RUNNING

LOCAL = PlanningPolicy(Provider.LOCAL, Backend.OLLAMA, "qwen2.5:14b")


@pytest.fixture
def ollama() -> Iterator[FakeOllama]:
    with FakeOllama([OllamaModel("qwen2.5:14b", vision=False)]) as server:
        server.answer = lambda _: json.dumps({"scenes": [{"id": 1, "reason": "x"}]})
        yield server


def pool_of(url: str, door: Door) -> AnalyzerPool:
    return AnalyzerPool(
        lambda _: Server(url),
        door,
        Residency(lambda _: (url, None)),
        FakeClock(),
        answer_timeout=lambda: 30.0,
        pictures=lambda: 1,
        loaded=lambda *_: None,
    )


@pytest.mark.parametrize(("device", "on_cpu"), [(None, False), (Device.AUTO, False), (Device.CPU, True)])
def test_planning_keeps_to_the_device_of_the_policy(
    ollama: FakeOllama, device: Device | None, on_cpu: bool
) -> None:
    planning = replace(LOCAL, device=device)
    asker = planning_asker(pool_of(ollama.url, NO_DOOR), planning, RUNNING, NOBODY)
    asker.ask(
        "?", (), lambda bounded: choice_schema([1], bounded=bounded, most=1),
        tokens=100, seed=1, cancel=CancelToken(),
    )  # fmt: skip
    asker.close()
    assert ("num_gpu" in ollama.journal.last("/api/chat").json["options"]) is on_cpu


@pytest.mark.parametrize(("state", "on_cpu"), [(RUNNING, False), (READY, False), (DEGRADED, True)])
def test_planning_follows_the_tier_down_to_the_processor(ollama: FakeOllama, state, on_cpu: bool) -> None:  # type: ignore[no-untyped-def]
    asker = planning_asker(pool_of(ollama.url, NO_DOOR), LOCAL, state, NOBODY)
    asker.ask(
        "?", (), lambda bounded: choice_schema([1], bounded=bounded, most=1),
        tokens=100, seed=1, cancel=CancelToken(),
    )  # fmt: skip
    asker.close()
    assert ("num_gpu" in ollama.journal.last("/api/chat").json["options"]) is on_cpu


def test_a_yes_to_pictures_is_none_to_plans(tmp_path: Path) -> None:
    remote = replace(LOCAL, provider=Provider.CLOUD)
    server = Server("https://models.example:11434")
    for purpose, allowed in ((Purpose.VISION, False), (Purpose.PLANNING, True)):
        rig = Rig(tmp_path / purpose.value, FakeClock())
        rig.door.allow(destination_of(Backend.OLLAMA, "qwen2.5:14b", server, purpose), 0)
        pool = pool_of(server.base_url, rig.door)
        if allowed:
            planning_asker(pool, remote, RUNNING, NOBODY).close()
        else:
            with pytest.raises(NoBackend) as refused:
                planning_asker(pool, remote, RUNNING, NOBODY)
            assert refused.value.code == "no_consent"
        with pytest.raises(NoBackend) as never:
            planning_asker(pool, remote, RUNNING, Errand(never_cloud=True))
        assert never.value.code == "never_cloud"
        rig.close()


def test_no_model_is_loaded_while_everything_stands_still() -> None:
    assert held(RUNNING) is None and held(READY) is None and held(DEGRADED) is None
    assert held(EMERGENCY) == EMERGENCY.reason
    assert held(replace(DEGRADED, tier=Tier.PAUSED)) == DEGRADED.reason
