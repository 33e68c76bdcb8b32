"""The door and the wire behind it, against a provider that answers as the real ones do, or does not."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import autocut_tray
from autocut_tray.core.analyzers.probe_picture import probe_picture
from autocut_tray.core.cancel import CancelToken
from autocut_tray.core.clock import SystemClock
from autocut_tray.core.egress.consent import Destination, EgressRefusal, Purpose, normal_address
from autocut_tray.core.egress.door import ConsentsChanged, Errand, LedgerChanged
from autocut_tray.core.egress.ledger import Caps, EntryState
from autocut_tray.core.egress.wire import GuardedWire, usage_in
from autocut_tray.core.errors import AutoCutError, BackendError, Cancelled, FailureClass
from autocut_tray.core.http import HttpClient, JsonReply, Limits
from tests.egress.rig import AMPLE, Rig
from tests.fakes import FakeClock
from tests.servers.canary import CanaryServer
from tests.servers.fake_openai import FakeCloud, overloaded, rate_limited, spend_limit
from tests.servers.scripted import closed_port
from tests.servers.tls import untrusted_context
from tests.servers.wire_faults import CutBody, Drop, Hang, Redirect, Reply

LIMITS = Limits(connect=2, first_byte=20, read=20, total=20, max_bytes=256 * 1024)
ONE = Errand("j1", "j1/1")
CHAT = "/v1/chat/completions"


def body(**more: Any) -> dict[str, Any]:
    uri = "data:image/jpeg;base64," + base64.b64encode(probe_picture()).decode()
    parts = [
        {"type": "text", "text": "Say what you see, in JSON."},
        {"type": "image_url", "image_url": {"url": uri}},
    ]
    asked = {"model": "gpt-4o", "messages": [{"role": "user", "content": parts}]}
    return {**asked, "max_completion_tokens": 700, **more}


class Trip:
    """One wire to one provider through one door."""

    def __init__(self, rig: Rig, base_url: str, key: str = "sk-test-0123456789abcdef") -> None:
        self.rig = rig
        self.goes_to = Destination(
            "openai", normal_address(base_url), "gpt-4o", Purpose.VISION, needs_key=True, has_key=True
        )
        self.consent = rig.door.allow(self.goes_to)
        headers = {"Authorization": f"Bearer {key}"}
        self.wire = GuardedWire(
            base_url, self.goes_to, rig.door, limits=LIMITS, headers=headers, clock=SystemClock()
        )

    def post(self, errand: Errand = ONE, cancel: CancelToken | None = None, **more: Any) -> JsonReply:
        return self.wire.post_json(
            "chat/completions", body(**more), errand, cancel=cancel or CancelToken(), limits=LIMITS
        )

    @property
    def entry(self) -> Any:
        (found,) = self.rig.door.ledger.entries()
        return found


@pytest.fixture
def caps() -> list[Caps]:
    return [AMPLE]


@pytest.fixture
def rig(tmp_path: Path, caps: list[Caps]) -> Iterator[Rig]:
    made = Rig(tmp_path, SystemClock(), caps=lambda: caps[0])
    yield made
    made.close()


@pytest.fixture
def cloud() -> Iterator[FakeCloud]:
    with FakeCloud() as server:
        yield server


@pytest.fixture
def trip(rig: Rig, cloud: FakeCloud) -> Iterator[Trip]:
    made = Trip(rig, cloud.base_url)
    yield made
    made.wire.close()


def failure(trip: Trip, errand: Errand = ONE) -> BackendError:
    with pytest.raises(BackendError) as caught:
        trip.post(errand)
    return caught.value


# -- what is entered


def test_an_answer_is_settled_at_the_providers_own_count(trip: Trip, cloud: FakeCloud) -> None:
    usage = trip.post().body["usage"]
    entry = trip.entry
    cost = -(-(usage["prompt_tokens"] * 25 + usage["completion_tokens"] * 100) // 10)
    assert (entry.state, entry.reported, entry.cost, entry.status) == (EntryState.SETTLED, cost, cost, 200)
    assert entry.cost < entry.estimated
    sent = cloud.journal.last("/v1/chat/completions")
    assert (entry.bytes, entry.frames, entry.pixels) == (len(sent.body), 1, 64 * 64)
    assert (entry.job, entry.provider, entry.host, entry.model) == ("j1", "openai", "127.0.0.1", "gpt-4o")
    assert [type(event) for event in trip.rig.events] == [ConsentsChanged, LedgerChanged, LedgerChanged]


def test_it_is_entered_before_the_first_byte_goes_out(trip: Trip, cloud: FakeCloud) -> None:
    seen: list[EntryState] = []
    cloud.answer = lambda *_: seen.append(trip.entry.state) or "{}"  # type: ignore[func-returns-value]
    trip.post()
    assert seen == [EntryState.RESERVED]


@pytest.mark.parametrize(
    ("fault", "state", "free"),
    [
        (rate_limited(), EntryState.SETTLED, True),
        (spend_limit(), EntryState.SETTLED, True),
        (Reply(401, {"error": {"message": "no"}}), EntryState.SETTLED, True),
        (Reply(402, {"error": {"message": "Insufficient Balance"}}), EntryState.SETTLED, True),
        (Reply(408, {"error": {"message": "timeout"}}), EntryState.SETTLED, False),
        (overloaded(), EntryState.SETTLED, False),
        (Reply(500, "Internal Server Error"), EntryState.SETTLED, False),
        (
            Reply(200, {"choices": [], "usage": {"prompt_tokens": 0, "completion_tokens": 0}}),
            EntryState.SETTLED,
            False,
        ),
        (Reply(200, {"choices": []}), EntryState.SETTLED, False),
        (Drop(), EntryState.UNKNOWN, False),
        (Drop(reset=True), EntryState.UNKNOWN, False),
        (CutBody(20), EntryState.UNKNOWN, False),
        (Redirect("https://elsewhere.example/v1"), EntryState.UNKNOWN, False),
    ],
)
def test_whatever_comes_back_is_entered(
    trip: Trip, cloud: FakeCloud, fault: Any, state: EntryState, free: bool
) -> None:
    cloud.faults.add(fault)
    try:
        trip.post()
    except BackendError:
        pass
    entry = trip.entry
    assert (entry.state, entry.cost) == (state, 0 if free else entry.estimated)


def test_a_host_that_is_not_reached_costs_nothing(rig: Rig) -> None:
    trip = Trip(rig, f"http://127.0.0.1:{closed_port()}/v1")
    assert failure(trip).code == "server_refused"
    assert (trip.entry.state, trip.entry.cost) == (EntryState.NOT_SENT, 0)
    assert rig.door.ledger.spent().requests == 0
    trip.wire.close()


@pytest.mark.fault("FM15")
def test_a_wrong_certificate_is_refused_and_costs_nothing(tmp_path: Path, rig: Rig) -> None:
    cloud = FakeCloud()
    cloud.tls = untrusted_context(tmp_path)
    with cloud:
        trip = Trip(rig, cloud.base_url)
        assert failure(trip).code == "tls_failed"
        trip.wire.close()
        assert len(cloud.journal) == 0
    assert (trip.entry.state, trip.entry.cost) == (EntryState.NOT_SENT, 0)


# -- who may not pass


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"address": "http://gpu.example:80/v1"}, "no_tls"),
        ({"has_key": False}, "no_key"),
        ({"model": "gpt-5"}, "no_consent"),
        ({"purpose": Purpose.PLANNING}, "no_consent"),
        ({"address": "https://api.openai.example:443/v1"}, "no_consent"),
    ],
)
def test_without_leave_nothing_is_reserved_and_nothing_sent(
    trip: Trip, cloud: FakeCloud, change: dict[str, Any], why: str
) -> None:
    trip.wire._destination = replace(trip.goes_to, **change)
    error = failure(trip)
    assert (error.code, error.failure) == (why, FailureClass.CONFIG)
    assert len(cloud.journal) == 0 and trip.rig.door.ledger.entries() == []


def test_never_cloud_fails_closed(trip: Trip, cloud: FakeCloud) -> None:
    assert failure(trip, replace(ONE, never_cloud=True)).code == "never_cloud"
    assert len(cloud.journal) == 0 and trip.rig.door.ledger.entries() == []


def test_an_unknown_price_is_refused_until_one_is_entered(rig: Rig, cloud: FakeCloud) -> None:
    trip = Trip(rig, cloud.base_url)
    dear = replace(trip.goes_to, model="gpt-9")
    rig.door.allow(dear)
    trip.wire._destination = dear
    assert failure(trip).code == "no_price"
    assert rig.door.refusal(dear) is EgressRefusal.NO_PRICE
    assert [c.model for c in rig.door.effective()] == ["gpt-4o"], "the policy does not count on it"
    rig.door.set_price(dear, 12_345)
    trip.post()
    assert trip.entry.cost == 12_345
    rig.door.set_price(dear, None)
    assert failure(trip).code == "no_price"
    trip.wire.close()


def test_a_picture_that_is_too_large_is_refused_before_it_is_entered(trip: Trip, cloud: FakeCloud) -> None:
    large = bytearray(probe_picture())
    at = large.index(b"\xff\xc0")
    large[at + 5 : at + 9] = (1080).to_bytes(2, "big") + (1920).to_bytes(2, "big")
    uri = "data:image/jpeg;base64," + base64.b64encode(large).decode()
    parts = [{"type": "image_url", "image_url": {"url": uri}}]
    with pytest.raises(BackendError) as caught:
        trip.post(messages=[{"role": "user", "content": parts}])
    assert (caught.value.code, caught.value.failure) == ("parcel_refused", FailureClass.INPUT)
    assert len(cloud.journal) == 0 and trip.rig.door.ledger.entries() == []


def test_no_client_reaches_another_host_but_inside_the_door(trip: Trip) -> None:
    """The gate in the HTTP client itself, and that a client without one goes nowhere."""
    there = GuardedWire(
        "https://api.openai.example/v1",
        trip.goes_to,
        trip.rig.door,
        limits=LIMITS,
        headers={},
        clock=SystemClock(),
    )
    with pytest.raises(BackendError, match="host_not_allowed"):
        there._client.get_json("models", cancel=CancelToken())
    with pytest.raises(BackendError, match="host_not_allowed"):
        HttpClient("https://api.openai.example/v1").get_json("models", cancel=CancelToken())


def test_other_hosts_are_opened_in_two_places_only() -> None:
    """The door, and the look at the model servers that a person named, which sends nothing of theirs."""
    package = Path(autocut_tray.__file__).parent
    opened = {
        path.relative_to(package).as_posix()
        for path in package.rglob("*.py")
        if "host_gate=" in path.read_text("utf-8")
    }
    assert opened == {"core/egress/wire.py", "core/runtime/probes/model_servers.py"}


@pytest.mark.fault("FM11")
def test_a_redirect_is_not_followed(trip: Trip, cloud: FakeCloud) -> None:
    with CanaryServer() as canary:
        for place in (canary.url, "file:///etc/passwd"):
            cloud.faults.add(Redirect(place, 307))
            assert failure(trip, Errand()).code == "redirected"
        assert canary.hits == 0


# -- limits


@pytest.mark.fault("FM14")
def test_at_a_limit_nothing_more_is_sent(trip: Trip, cloud: FakeCloud, caps: list[Caps]) -> None:
    caps[0] = Caps(AMPLE.day, AMPLE.month, 2)
    trip.post()
    trip.post()
    error = failure(trip)
    assert (error.code, error.failure) == ("own_cap", FailureClass.BUDGET)
    assert error.retry_after is not None and 0 < error.retry_after <= 86_400
    assert len(cloud.journal) == 2
    said = trip.rig.door.shortage(trip.goes_to)
    assert said is not None and said.params == {"cap": "requests"}
    caps[0] = AMPLE
    assert trip.rig.door.shortage(trip.goes_to) is None
    trip.post()


def test_a_request_that_could_cost_more_than_is_left_is_not_sent(
    trip: Trip, cloud: FakeCloud, caps: list[Caps]
) -> None:
    caps[0] = Caps(10, AMPLE.month, 100)
    assert failure(trip).code == "own_cap"
    assert len(cloud.journal) == 0


def test_warnings_come_at_80_and_at_100_percent_once_each(trip: Trip, caps: list[Caps]) -> None:
    caps[0] = Caps(AMPLE.day, AMPLE.month, 10)
    for _ in range(10):
        trip.post()
    said = [e.warning.params for e in trip.rig.events if isinstance(e, LedgerChanged) and e.warning]
    assert said == [{"cap": "requests", "percent": "80"}, {"cap": "requests", "percent": "100"}]


@pytest.mark.fault("FM21")
def test_ten_jobs_and_one_request_left(trip: Trip, cloud: FakeCloud, caps: list[Caps]) -> None:
    caps[0] = Caps(AMPLE.day, AMPLE.month, 1)
    gate, results = threading.Barrier(10), []

    def one(number: int) -> None:
        gate.wait()
        try:
            results.append(trip.post(Errand(f"j{number}", f"j{number}/1")).status)
        except BackendError as error:
            results.append(error.code)

    threads = [threading.Thread(target=one, args=(n,)) for n in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(cloud.journal) == 1
    assert results.count(200) == 1
    assert set(results) <= {200, "own_cap", "own_cap_reserved"}


def test_room_that_is_only_reserved_is_waited_for(trip: Trip, cloud: FakeCloud, caps: list[Caps]) -> None:
    hang = Hang()
    cloud.faults.add(hang)
    first = threading.Thread(target=lambda: trip.post(max_completion_tokens=3000))
    first.start()
    cloud.journal.wait_for(CHAT)
    caps[0] = Caps(40_000, AMPLE.month, 100)
    assert trip.entry.estimated > 30_000
    assert trip.rig.door.shortage(trip.goes_to) is None, "the cloud is still to be counted on"
    error = failure(trip, Errand("j2", "j2/1"))
    assert (error.failure, error.retry_after) == (FailureClass.THROTTLE, 2.0)
    hang.release.set()
    first.join()


# -- going back on it


@pytest.mark.fault("FM18")
def test_a_yes_taken_back_drops_what_is_on_its_way(trip: Trip, cloud: FakeCloud) -> None:
    """The answer comes after the no: it is not used, and it is paid for as it was."""
    hang, raised = Hang(), []
    cloud.faults.add(hang)

    def ask() -> None:
        try:
            trip.post()
        except AutoCutError as error:
            raised.append(error)

    asking = threading.Thread(target=ask)
    asking.start()
    cloud.journal.wait_for(CHAT)
    trip.rig.door.revoke(trip.consent)
    hang.release.set()
    asking.join()
    assert [type(error) for error in raised] == [Cancelled]
    assert trip.entry.state is EntryState.SETTLED
    assert failure(trip).code == "no_consent"
    assert len(cloud.journal) == 1


def test_closing_the_wire_ends_a_request_under_way(trip: Trip, cloud: FakeCloud) -> None:
    cloud.faults.add(Hang())
    raised: list[AutoCutError] = []

    def ask() -> None:
        try:
            trip.post()
        except AutoCutError as error:
            raised.append(error)

    asking = threading.Thread(target=ask)
    asking.start()
    entry = cloud.journal.wait_for(CHAT)
    trip.wire.close()
    asking.join()
    assert [type(error) for error in raised] == [Cancelled]
    assert entry.finished.wait(5) and entry.aborted
    assert trip.entry.state is EntryState.UNKNOWN and trip.entry.cost == trip.entry.estimated


def test_what_was_cancelled_before_is_not_entered(trip: Trip) -> None:
    cancelled = CancelToken()
    cancelled.cancel()
    with pytest.raises(Cancelled):
        trip.post(cancel=cancelled)
    assert trip.rig.door.ledger.entries() == []


@pytest.mark.fault("FM22")
def test_a_scene_without_an_answer_is_sent_twice_at_most(trip: Trip, cloud: FakeCloud) -> None:
    cloud.faults.add(Drop(), times=None)
    for _ in range(2):
        assert failure(trip).code == "connection_lost"
    error = failure(trip)
    assert (error.code, error.failure) == ("outcome_unknown", FailureClass.INPUT)
    assert len(cloud.journal) == 2
    assert failure(trip, Errand("j1", "j1/2")).code == "connection_lost", "another scene is another matter"


def test_a_database_that_cannot_be_written_lets_nothing_out(trip: Trip, cloud: FakeCloud) -> None:
    trip.rig.database.close()
    with pytest.raises(AutoCutError):
        trip.post()
    assert len(cloud.journal) == 0
    assert trip.rig.door.shortage(trip.goes_to) is not None


@pytest.mark.fault("FM18")
def test_another_process_revokes_and_this_one_obeys(tmp_path: Path, trip: Trip, cloud: FakeCloud) -> None:
    other = Rig(tmp_path, FakeClock())
    other.door.revoke(trip.consent)
    other.close()
    assert failure(trip).code == "no_consent"
    assert len(cloud.journal) == 0


# -- reading counts


@pytest.mark.parametrize(
    ("said", "usage"),
    [
        ({"usage": {"prompt_tokens": 10, "completion_tokens": 5}}, (10, 5)),
        ({"prompt_eval_count": 10, "eval_count": 0}, (10, 0)),
        ({"usage": {"prompt_tokens": 0, "completion_tokens": 5}}, None),
        ({"usage": {"prompt_tokens": -1, "completion_tokens": 5}}, None),
        ({"usage": {"prompt_tokens": True, "completion_tokens": 5}}, None),
        ({"usage": {"prompt_tokens": "10", "completion_tokens": 5}}, None),
        ({"usage": {"prompt_tokens": 10**12, "completion_tokens": 5}}, None),
        ({"usage": {"prompt_tokens": 10}}, None),
        ({"usage": []}, None),
        ({}, None),
        ([], None),
        (None, None),
    ],
)
def test_counts_are_taken_when_they_make_sense(said: Any, usage: tuple[int, int] | None) -> None:
    found = usage_in(said)
    assert (None if found is None else (found.prompt, found.completion)) == usage


def test_nothing_but_the_request_is_in_the_request(trip: Trip, cloud: FakeCloud) -> None:
    trip.post()
    sent = cloud.journal.last("/v1/chat/completions")
    assert set(sent.headers) <= {
        *("host", "accept", "accept-encoding", "user-agent", "content-type", "content-length"),
        *("authorization", "connection"),
    }
    assert set(json.loads(sent.body)) == {"model", "messages", "max_completion_tokens"}
