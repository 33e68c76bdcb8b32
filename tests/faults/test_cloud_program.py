"""A cloud that refuses, asks to wait, has no money left, cannot be reached or may not be used any more, under a job
of 50 scenes in the whole program: 0 lost, 0 twice, no storm of requests."""

from __future__ import annotations

import errno
import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from autocut_tray.core import sockets
from autocut_tray.core.clock import SystemClock
from autocut_tray.core.egress.periods import day_left
from autocut_tray.core.policy.governor_types import Cause, Tier
from autocut_tray.instance_requests import Requests
from tests.analyzers.conftest import GOOD
from tests.faults.fifty import SCENES, Fifty
from tests.servers.fake_openai import FakeCloud, rate_limited, spend_limit
from tests.servers.wire_faults import Drop, Hang

CHAT = "/v1/chat/completions"
KEY, NEW_KEY = "sk-first-0123456789abcdef", "sk-second-0123456789abcd"


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeCloud]:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    with FakeCloud(key=KEY) as server:
        server.answer = lambda *_: json.dumps(GOOD)
        yield server


@pytest.fixture
def worlds() -> Iterator[list[Fifty]]:
    made: list[Fifty] = []
    yield made
    for world in made:
        world.close()


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cloud: FakeCloud, worlds: list[Fifty]) -> Fifty:
    made = Fifty(tmp_path, monkeypatch, cloud=cloud.base_url)
    worlds.append(made)
    made.allow()
    return made


class JustBeforeMidnight(SystemClock):
    """A person's clock that stands still one second before the day ends; time passes all the same."""

    def __init__(self) -> None:
        now = super().time()
        self._now = now + day_left(now) - 1.0

    def time(self) -> float:
        return self._now


def asked(cloud: FakeCloud) -> list[float]:
    """When pictures were sent, by the server's clock."""
    return [entry.at for entry in cloud.journal.entries(CHAT)]


def tiers(world: Fifty) -> list[tuple[str, str]]:
    """The changes of tier, oldest first, with their causes."""
    receipts = world.services.history.receipts_after(0)
    return [(receipt.to, receipt.cause) for receipt in receipts if receipt.kind.value == "tier"]


def some_readings(world: Fifty, count: int = 8) -> None:
    """Let the monitor look a few times more: each look is a chance to ask again."""
    seen: set[float] = set()

    def looked() -> bool:
        latest = world.services.monitor.latest
        if latest is not None:
            seen.add(latest.monotonic)
        return len(seen) > count

    world.wait(looked, "readings")


@pytest.mark.fault("FM12")
def test_a_key_that_is_refused_is_not_used_again_until_there_is_another(
    world: Fifty, cloud: FakeCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.begin()
    cloud.key = NEW_KEY
    world.wait(lambda: world.controller.state.tier is Tier.PAUSED, "the cloud is left")
    assert world.controller.state.cause is Cause.CONFIG
    refused = len(asked(cloud))
    some_readings(world)
    assert len(asked(cloud)) == refused and world.described < SCENES
    monkeypatch.setenv("OPENAI_API_KEY", NEW_KEY)
    Requests(world.services, lambda _files: False)({"command": "reload-keys"})
    world.assert_each_once()


@pytest.mark.fault("FM13")
@pytest.mark.parametrize("seconds", [1.5, None])
def test_a_cloud_that_asks_to_wait_is_waited_for_and_stays(
    world: Fifty, cloud: FakeCloud, seconds: float | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    cloud.faults.add(rate_limited(retry_after=seconds), path=CHAT, skip=9)
    world.begin()
    world.assert_each_once()
    when = asked(cloud)
    answered = [entry.status for entry in cloud.journal.entries(CHAT)]
    refused = answered.index(429)
    assert answered.count(429) == 1 and len(when) == SCENES + 2, "the probe, and one scene a second time"
    waited = min(at for at in when[refused + 1 :] if at > when[refused] + 0.5) - when[refused]
    assert waited >= (1.5 if seconds else 1.0)
    assert tiers(world) == [] and world.controller.state.tier is Tier.CLOUD
    assert world.controller.state.failure_rate in (None, 0.0)


@pytest.mark.fault("FM14")
def test_without_money_the_cloud_rests_until_the_day_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cloud: FakeCloud, worlds: list[Fifty]
) -> None:
    world = Fifty(tmp_path, monkeypatch, cloud=cloud.base_url, clock=JustBeforeMidnight())
    worlds.append(world)
    world.allow()
    cloud.faults.add(spend_limit("project_spend_limit_exceeded"), path=CHAT, skip=9)
    world.begin()
    world.assert_each_once()
    assert tiers(world) == [("PAUSED", "budget"), ("CLOUD", "recovered")]
    statuses = [entry.status for entry in cloud.journal.entries(CHAT)]
    when, refused = asked(cloud), statuses.index(429)
    later = [at for at in when[refused + 1 :] if at > when[refused] + 0.5]
    assert later[0] - when[refused] >= 1.0, "nothing is asked before the day is over"
    assert statuses.count(429) == 1 and len(later) >= SCENES - 10


@pytest.mark.fault("FM16")
@pytest.mark.parametrize("fails", ["name", "network"])
def test_a_cloud_that_cannot_be_reached_pauses_the_job_and_costs_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cloud: FakeCloud, worlds: list[Fifty], fails: str
) -> None:
    """The provider's name cannot be looked up, or there is no way to its address."""
    offline = False
    real_resolve, real_connect = sockets._resolve, sockets._connect

    def resolve(host: str, *rest: Any) -> Any:
        return real_resolve("api.cloud.invalid" if offline and fails == "name" else host, *rest)

    def connect(*given: Any) -> socket.socket:
        if offline:
            raise OSError(errno.ENETUNREACH, "Network is unreachable")
        return real_connect(*given)

    def getaddrinfo(*_given: object, **_more: object) -> Any:
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    monkeypatch.setattr(sockets, "_resolve", resolve)
    monkeypatch.setattr(sockets, "_connect", connect)
    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    world = Fifty(tmp_path, monkeypatch, cloud=cloud.base_url)
    worlds.append(world)
    world.allow()
    world.begin()
    offline = True
    cloud.faults.add(Drop(), path=CHAT, times=None)  # and the connections of before are gone
    world.wait(lambda: world.controller.state.tier is Tier.PAUSED, "the cloud is left")
    sent = len(asked(cloud))
    some_readings(world)
    assert len(asked(cloud)) == sent and world.described < SCENES
    cloud.faults.clear()
    offline = False
    world.assert_each_once()
    spent = world.services.cloud.door.ledger.spent()
    # What never left is not counted. One that was being written while its connection was dropped may have left.
    assert 0 <= spent.requests - len(asked(cloud)) <= 1


@pytest.mark.fault("FM18")
def test_a_yes_taken_back_ends_what_is_under_way_and_drops_its_answer(world: Fifty, cloud: FakeCloud) -> None:
    cloud.faults.add(Hang(), path=CHAT, skip=9, times=None)
    world.begin()
    world.wait(lambda: len(asked(cloud)) >= 10, "a request without an answer")
    (consent,) = world.services.cloud.door.consents()
    world.services.cloud.revoke(consent)
    world.wait(lambda: world.controller.state.tier is Tier.PAUSED, "the cloud is left")
    sent, described = len(asked(cloud)), world.described
    cloud.faults.clear()
    some_readings(world)
    assert len(asked(cloud)) == sent and world.described == described < SCENES
    assert world.controller.state.in_flight == 0
    world.allow()
    world.services.detection.detect()
    world.assert_each_once()
