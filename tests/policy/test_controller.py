"""The controller does what the governor decides: probes, receipts, reasons, a person's wishes."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from autocut_tray.core.cancel import CancelToken
from autocut_tray.core.errors import BackendError, FailureClass, UsageError
from autocut_tray.core.events import EventBus
from autocut_tray.core.messages import Message, message
from autocut_tray.core.policy.control_hands import Hands
from autocut_tray.core.policy.control_memory import ControlMemory
from autocut_tray.core.policy.control_receipts import ReceiptAdded, ReceiptProven
from autocut_tray.core.policy.controller import Controller
from autocut_tray.core.policy.governor_thresholds import Thresholds
from autocut_tray.core.policy.governor_types import Cause, MemoryLevel, Reclaim, Tier, UnitResult
from autocut_tray.core.policy.policy import (
    CloudBackend,
    Device,
    EditingPolicy,
    ExecutionPolicy,
    PlanningPolicy,
    Provider,
    Route,
    VisionPolicy,
)
from autocut_tray.core.receipt import GivenBack, HeldBy, Receipt, ReceiptKind
from autocut_tray.core.release import ReleaseReport
from autocut_tray.core.runtime.profile import Backend, ProfileClass
from autocut_tray.core.sample import Holder
from autocut_tray.i18n import Translator
from tests.fakes import FakeClock
from tests.monitor.test_history import SAMPLE

GPU = Route(Tier.GPU, Backend.OLLAMA, "moondream", Device.GPU, leaves_machine=False)
CPU = Route(Tier.CPU, Backend.OLLAMA, "moondream", Device.CPU, leaves_machine=False)


def policy(*routes: Route) -> ExecutionPolicy:
    return ExecutionPolicy(
        ProfileClass.LOCAL_GPU_MID,
        VisionPolicy(Provider.LOCAL, Backend.OLLAMA, None, "moondream", Device.AUTO, 10, 1, 512),
        PlanningPolicy(Provider.NONE, None, None),
        EditingPolicy(None, ()),
        routes,
        routes[0].tier if routes else Tier.PAUSED,
        (),
        (),
    )


class World:
    """What the hands touch, and a controller under a clock of its own."""

    def __init__(self, folder: Path) -> None:
        self.clock = FakeClock(start=100.0)
        self.bus = EventBus()
        self.work = True
        self.answers: list[float | Exception | None] = []
        self.probed: list[Tier] = []
        self.models: list[str] = []
        self.smaller: str | None = None
        self.meanwhile: Callable[[], object] = lambda: None
        self.cancelling: Callable[[], object] = lambda: None
        self.receipts: list[Receipt] = []
        self.undone: list[int] = []
        self.forces_undone = 0
        self.proofs: dict[int, GivenBack] = {}
        self.proven: list[Receipt] = []
        self.releases: list[ReleaseReport | None] = []
        self.holders: tuple[Holder, ...] = ()
        self.ram_holders: tuple[HeldBy, ...] = ()
        self.reclaimed: list[Reclaim] = []
        self.stopped = 0
        self.cancelled = 0
        self.resident: tuple[bool, float | None] | None = None
        self.probes_done = threading.Semaphore(0)
        self.memory = ControlMemory(folder / "governor.json", self.clock)
        self.used = 1024
        self.available: int | None = 12_288
        self.editor_busy = False
        self.cloud_refusal: Message | None = None
        self.cpu: float | None = None
        self.throttled: list[bool] = []
        self.bus.subscribe(ReceiptAdded, lambda event: self.receipts.append(event.receipt))
        self.bus.subscribe(ReceiptProven, lambda event: self.proven.append(event.receipt))
        self.controller = self.make()

    def make(self) -> Controller:
        return Controller(
            self.hands(),
            self.bus,
            self.clock,
            thresholds=Thresholds(),
            prefer_cloud=False,
            memory=self.memory,
        )

    def hands(self) -> Hands:
        return Hands(
            probe=self._probe,
            reclaim=self._reclaim,
            stop_worker=self._stop,
            throttle=self.throttled.append,
            cancel_units=self._cancel_units,
            resident=lambda route: self.resident,
            needs=self._needs,
            expected_seconds=lambda route: 2.5 if route.tier is Tier.CPU else 0.8,
            has_work=lambda: self.work,
            editor_claims=lambda sample: sample.resolve_busy is True,
            cloud_refusal=lambda route: self.cloud_refusal,
            keep_receipt=lambda receipt: replace(receipt, id=len(self.receipts) + 1),
            mark_undone=self.undone.append,
            mark_forced_undone=self._forget_forced,
            add_proof=self.proofs.__setitem__,
            ram_holders=lambda: self.ram_holders,
            smaller=lambda route: self.smaller,
        )

    def _probe(self, route: Route, cancel: CancelToken) -> float | None:
        self.probed.append(route.tier)
        self.models.append(route.model)
        answer = self.answers.pop(0) if self.answers else None
        if isinstance(answer, Exception):
            raise answer
        return answer

    def _needs(self, route: Route) -> tuple[float | None, float | None]:
        if route.tier is Tier.GPU:
            return (1024.0 if route.model == self.smaller else 2048.0), None
        return None, 3072.0

    def _reclaim(self, action: Reclaim) -> ReleaseReport | None:
        self.reclaimed.append(action)
        self.meanwhile()
        return self.releases.pop(0) if self.releases else None

    def _cancel_units(self) -> None:
        self.cancelled += 1
        self.cancelling()

    def _forget_forced(self) -> None:
        self.forces_undone += 1

    def _stop(self) -> None:
        self.stopped += 1

    def run(self, seconds: int, until: Callable[[], bool] = lambda: False) -> int:
        """Tick second by second, letting probes answer between ticks; returns when ``until`` became true."""
        for second in range(seconds):
            self.controller.tick(
                replace(
                    SAMPLE,
                    at=self.clock.time(),
                    monotonic=self.clock.monotonic(),
                    vram_used=self.used,
                    ram_available=self.available,
                    resolve_busy=self.editor_busy,
                    cpu_percent=self.cpu,
                    vram_holders=self.holders,
                )
            )
            for helper in self.controller._helpers.alive:  # waiting for them keeps the test free of sleeps
                helper.join(5)
            if until():
                return second
            self.clock.advance(1.0)
        return seconds


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    yield made
    made.controller.close()


def on(world: World, tier: Tier) -> Callable[[], bool]:
    return lambda: world.controller.state.tier is tier


def test_the_day_begins_with_a_probe_only_when_there_is_work(world: World) -> None:
    world.work = False
    world.controller.adopt(policy(GPU, CPU))
    world.run(5)
    state = world.controller.state
    assert (state.tier, state.ready, state.shown_tier) == (Tier.PAUSED, True, Tier.GPU)
    assert world.probed == [] and state.reason.code == "control-ready"
    world.work = True
    world.run(3, on(world, Tier.GPU))
    assert world.probed == [Tier.GPU]
    assert world.controller.state.tier is Tier.GPU
    assert world.receipts == [], "where the day begins is no decision that needs proof"


@pytest.mark.fault("FR1")
def test_pressure_degrades_with_a_receipt_and_calm_brings_it_back(world: World) -> None:
    world.controller.adopt(policy(GPU, CPU))
    world.run(3, on(world, Tier.GPU))
    world.run(2)  # what the model itself takes is learned from the next reading
    world.used = 7200
    assert world.run(30, on(world, Tier.CPU)) == 10
    # At once when the signal comes up, and once more when the tier is left: its model only holds memory then.
    assert [action.why.cause for action in world.reclaimed] == [Cause.VRAM, Cause.VRAM]
    receipt = world.receipts[-1]
    assert (receipt.kind, receipt.from_, receipt.to, receipt.cause) == (
        ReceiptKind.TIER,
        "GPU",
        "CPU",
        "vram",
    )
    assert receipt.metric == "vram_percent" and receipt.value == pytest.approx(87.9, abs=0.1)
    assert (receipt.threshold, receipt.held_s, receipt.better) == (85.0, 10.0, False)
    assert receipt.policy_before["max_scenes"] == 10 and receipt.policy_after["max_scenes"] == 5
    assert receipt.expected_s_per_scene == 2.5 and len(receipt.context) == 5
    assert world.controller.state.degraded and world.controller.state.can_undo
    world.used = 1024
    assert world.run(200, on(world, Tier.GPU)) < 80
    assert world.receipts[-1].better is True and world.receipts[-1].cause == "recovered"


def test_the_editor_goes_first_and_work_comes_back_when_it_rests(world: World) -> None:
    world.controller.adopt(policy(GPU, CPU))
    world.run(3, on(world, Tier.GPU))
    world.editor_busy = True
    assert world.run(30, on(world, Tier.PAUSED)) == 5
    assert {order.why.cause for order in world.reclaimed} == {Cause.EDITOR}, "our model leaves the card"
    assert world.receipts[-1].cause == "editor"
    state = world.controller.state
    assert state.reason.code == "control-editor-waits"
    assert state.hopeful and state.can_undo
    assert world.controller.begin_unit() is None
    world.editor_busy = False
    assert world.run(200, on(world, Tier.GPU)) < 75
    assert world.receipts[-1].cause == "recovered"


@pytest.mark.fault("FR12")
def test_a_busy_processor_halves_the_workers_cores_until_it_has_rested(world: World) -> None:
    world.controller.adopt(policy(GPU, CPU))
    world.cpu = 97.0
    world.run(40)
    assert world.throttled == [True]
    world.cpu = 30.0
    world.run(70)
    assert world.throttled == [True, False]


@pytest.mark.fault("FR6")
def test_ram_emergency_stops_the_worker_and_says_how_much_is_left(world: World) -> None:
    world.controller.adopt(policy(GPU, CPU))
    world.run(3, on(world, Tier.GPU))
    world.available = 820
    assert world.run(10, on(world, Tier.PAUSED)) == 1
    state = world.controller.state
    assert state.level is MemoryLevel.EMERGENCY and world.stopped == 1
    assert not state.can_undo
    assert "0.8 of 16.0\u00a0GB" in Translator("en").text(state.reason)
    with pytest.raises(UsageError):
        world.controller.undo()


def test_a_change_of_the_memory_level_has_a_whole_receipt(world: World) -> None:
    """Metric, value, threshold, duration, the policy before and after, and what a scene costs then."""
    two_at_once = policy(CPU)
    two_at_once = replace(two_at_once, vision=replace(two_at_once.vision, concurrency=2))
    world.controller.adopt(two_at_once)
    world.run(3, on(world, Tier.CPU))
    world.available = 4000
    world.run(12)
    world.available = 820
    world.run(3)
    world.available = 12_288
    world.run(40)
    warned, short, over = [one for one in world.receipts if one.kind is ReceiptKind.MEMORY]
    assert (warned.metric, warned.value, warned.threshold, warned.held_s) == (
        "ram_percent", pytest.approx(75.6, abs=0.1), 75.0, 10.0,
    )  # fmt: skip
    work = {"tier": "CPU", "backend": "ollama", "model": "moondream", "max_scenes": 10}
    assert (warned.policy_before, warned.policy_after) == (
        work | {"concurrency": 2},
        work | {"concurrency": 1},
    )
    assert warned.expected_s_per_scene == 2.5
    assert (short.metric, short.value, short.threshold) == ("ram_available_mib", 820.0, 1024.0)
    assert short.policy_before == work | {"concurrency": 1}
    assert (short.policy_after["tier"], short.policy_after["model"]) == ("PAUSED", None)
    assert short.expected_s_per_scene is None
    assert (over.from_, over.to, over.better) == ("EMERGENCY", "OK", True)
    assert over.policy_before == over.policy_after == short.policy_after


def test_after_an_emergency_the_smaller_model_comes_back_first(world: World) -> None:
    world.smaller = "moondream:q2"
    world.controller.adopt(policy(GPU, CPU))
    world.run(3, on(world, Tier.GPU))
    assert world.models == ["moondream"]
    world.available = 820
    world.run(10, on(world, Tier.PAUSED))
    assert [action.cache_keep for action in world.reclaimed][-1] == 0.0
    world.available = 12_288
    world.run(200, on(world, Tier.GPU))
    state = world.controller.state
    assert world.models[-1] == state.model == "moondream:q2"
    left, back = [one for one in world.receipts if one.kind is ReceiptKind.TIER]
    assert (left.policy_before["model"], back.policy_after["model"]) == ("moondream", "moondream:q2")
    route = world.controller.route(Tier.GPU)
    assert route is not None and route.model == "moondream:q2", "scenes are described by it"
    before = len(world.reclaimed)
    held = world.run(120, lambda: world.controller.state.model == "moondream")
    assert held == 60
    assert [(a.why.cause, a.cache_keep) for a in world.reclaimed[before:]] == [(Cause.RECOVERED, 100.0)]
    assert world.controller.state.tier is Tier.GPU


def test_the_preferred_model_comes_back_when_there_is_room_for_it(world: World) -> None:
    """It takes 1024 MiB more than the smaller one, which is there; 512 stay free."""
    world.smaller = "moondream:q2"
    world.controller.adopt(policy(GPU, CPU))
    world.run(3, on(world, Tier.GPU))
    world.available = 820
    world.run(10, on(world, Tier.PAUSED))
    world.available = 12_288
    world.run(200, on(world, Tier.GPU))
    world.used, world.resident = 8192 - 1500, (True, 6000.0)
    world.run(300)
    assert (world.controller.state.tier, world.controller.state.model) == (Tier.GPU, "moondream:q2")
    world.used = 8192 - 1536
    held = world.run(120, lambda: world.controller.state.model == "moondream")
    assert held == 60
    assert world.controller.state.tier is Tier.GPU


def test_without_a_smaller_model_the_same_one_comes_back(world: World) -> None:
    world.controller.adopt(policy(GPU, CPU))
    world.run(3, on(world, Tier.GPU))
    world.available = 820
    world.run(10, on(world, Tier.PAUSED))
    world.available = 12_288
    world.run(200, on(world, Tier.GPU))
    assert set(world.models) == {"moondream"}


def test_no_unit_loads_again_what_is_being_given_back(world: World) -> None:
    world.controller.adopt(policy(GPU, CPU))
    world.run(3, on(world, Tier.GPU))
    world.run(1)
    asked: list[Tier | None] = []
    world.meanwhile = lambda: asked.append(world.controller.begin_unit())
    world.used = 7200
    world.run(1)
    world.meanwhile = lambda: None
    assert asked == [None] and len(world.reclaimed) == 1
    assert world.controller.begin_unit() is Tier.GPU
    world.controller.abandon_unit()


@pytest.mark.fault("FM1")
def test_three_refusals_leave_the_tier_and_units_wait(world: World) -> None:
    world.controller.adopt(policy(CPU))
    world.run(3, on(world, Tier.CPU))
    for _ in range(3):
        assert world.controller.begin_unit() is Tier.CPU
        world.controller.end_unit(UnitResult(FailureClass.DOWN, 0.1, tier=Tier.CPU))
    assert world.controller.begin_unit() is None
    state = world.controller.state
    assert state.tier is Tier.PAUSED and state.reason.code == "control-failure-streak"
    assert not state.hopeful, "a job may be parked now"
    world.answers = [BackendError(FailureClass.DOWN, "connection_refused")]
    world.run(300, on(world, Tier.CPU))
    assert world.controller.begin_unit() is Tier.CPU
    world.controller.abandon_unit()


@pytest.mark.parametrize("work", [True, False])
def test_while_free_memory_cannot_be_read_nothing_starts_and_that_is_the_reason(
    world: World, work: bool
) -> None:
    world.controller.adopt(policy(CPU))
    world.run(3, on(world, Tier.CPU))
    world.available, world.work = None, work
    world.run(2)
    assert world.controller.begin_unit() is None
    state = world.controller.state
    assert (state.tier, state.hopeful) == (Tier.CPU, True)
    assert state.reason.code == "control-memory-unknown"
    world.available = 12_288
    world.run(2)
    assert world.controller.begin_unit() is Tier.CPU
    assert world.controller.state.reason.code == ("control-chosen" if work else "control-idle")


def test_a_reading_that_is_older_than_three_seconds_is_none(world: World) -> None:
    """Whoever got it before, such as a slow disk, took too long."""
    world.controller.adopt(policy(CPU))
    world.run(3, on(world, Tier.CPU))
    for late, admitted in ((3.0, Tier.CPU), (3.5, None)):
        measured = replace(
            SAMPLE, at=world.clock.time(), monotonic=world.clock.monotonic(), ram_available=12_288
        )
        world.clock.advance(late)
        world.controller.tick(measured)
        assert world.controller.begin_unit() is admitted
        if admitted is not None:
            world.controller.abandon_unit()
    assert world.controller.state.reason.code == "control-memory-unknown"
    world.run(1)
    assert world.controller.begin_unit() is Tier.CPU
    world.controller.abandon_unit()


def test_a_server_that_asks_to_wait_is_the_reason_until_it_may_be_asked_again(world: World) -> None:
    world.controller.adopt(policy(CPU))
    world.run(3, on(world, Tier.CPU))
    assert world.controller.begin_unit() is Tier.CPU
    world.controller.end_unit(UnitResult(FailureClass.THROTTLE, 0.1, tier=Tier.CPU, retry_after=20.0))
    world.run(1)
    assert world.controller.begin_unit() is None
    assert world.controller.state.reason.code == "control-throttled"
    world.run(60, lambda: world.controller.state.reason.code == "control-chosen")
    assert world.controller.begin_unit() is Tier.CPU


def test_a_probe_that_fails_says_why(world: World) -> None:
    from autocut_tray.core.messages import message

    world.answers = [BackendError(FailureClass.DOWN, "refused", message("error-no-backend"))]
    world.controller.adopt(policy(CPU))
    world.run(2)
    reason = world.controller.state.reason
    assert reason.code == "control-probe-failed"
    assert "No model server" in Translator("en").text(reason)


@pytest.mark.errors_expected
def test_a_probe_that_fails_in_an_unforeseen_way_has_failed_at_once(world: World) -> None:
    """Nobody waits two minutes for the answer of a thread that has ended."""
    world.answers = [ValueError("what nobody foresaw")]
    world.controller.adopt(policy(CPU))
    world.run(3)
    assert not world.controller.state.warming
    assert world.controller.state.reason.code == "control-probe-failed"
    assert world.run(200, on(world, Tier.CPU)) < 125, "the usual time after a failed trial"


@pytest.mark.fault("FM6")
def test_a_gpu_model_that_runs_on_the_processor_is_noticed(world: World) -> None:
    world.answers = [0.0, None]
    world.controller.adopt(policy(GPU, CPU))
    world.run(5, on(world, Tier.CPU))
    assert world.controller.state.tier is Tier.CPU
    assert any(receipt.cause == "wrong_device" for receipt in world.receipts)


@pytest.mark.fault("FR3")
def test_own_vram_explains_a_full_card(world: World) -> None:
    world.answers = [6000.0]
    world.controller.adopt(policy(GPU, CPU))
    world.run(3, on(world, Tier.GPU))
    world.used = 7400  # 6000 of ours and the little that was there before
    world.run(120)
    assert world.controller.state.tier is Tier.GPU


def test_units_stop_while_a_better_tier_is_tried(world: World) -> None:
    world.controller.adopt(policy(GPU, CPU))
    world.run(3, on(world, Tier.GPU))
    world.run(2)  # what the model itself takes is learned from the next reading
    world.used = 7200
    world.run(30, on(world, Tier.CPU))
    world.used = 1024
    assert world.controller.begin_unit() is Tier.CPU
    world.run(90)
    assert world.controller.state.tier is Tier.CPU, "no probe while a unit is in flight"
    assert world.controller.begin_unit() is None, "no new unit while the old ones drain"
    world.controller.end_unit(UnitResult(seconds=1.0, tier=Tier.CPU))
    world.run(3, on(world, Tier.GPU))
    assert world.controller.state.tier is Tier.GPU


def test_force_undo_and_pin(world: World) -> None:
    world.controller.adopt(policy(GPU, CPU))
    world.run(3, on(world, Tier.GPU))
    assert world.controller.force(Tier.CPU).tier is Tier.CPU
    assert world.receipts[-1].kind is ReceiptKind.MANUAL
    assert world.controller.state.reason.code == "control-forced"
    world.run(200)
    assert world.controller.state.tier is Tier.CPU, "a forced tier stays until undone"
    assert world.controller.undo().tier is Tier.GPU
    assert world.undone, "the receipt that was taken back says so"
    with pytest.raises(UsageError):
        world.controller.undo()
    assert world.controller.pin(Tier.CPU).pinned is Tier.CPU
    with pytest.raises(UsageError):
        world.controller.pin(Tier.CLOUD)
    world.controller.pin(None)
    assert world.controller.state.pinned is None


def test_wishes_and_lessons_outlive_the_program(world: World, tmp_path: Path) -> None:
    world.controller.adopt(policy(GPU, CPU))
    world.run(3, on(world, Tier.GPU))
    world.controller.force(Tier.CPU)
    world.controller.close()
    assert json.loads((tmp_path / "governor.json").read_text())["governor"]["forced"] == "CPU"
    world.controller = world.make()
    world.controller.adopt(policy(GPU, CPU))
    world.run(5, on(world, Tier.CPU))
    assert world.controller.state.forced is Tier.CPU


def test_an_undo_takes_all_steps_back_between_where_work_is_and_where_it_was(world: World) -> None:
    world.controller.adopt(policy(GPU, CPU))
    world.run(3, on(world, Tier.GPU))
    world.run(2)
    world.used = 7200
    world.run(30, on(world, Tier.CPU))
    world.available = 1900
    world.run(30, on(world, Tier.PAUSED))
    world.used, world.available = 1024, 12_288
    world.run(2)
    down = [receipt.id for receipt in world.receipts if receipt.kind is ReceiptKind.TIER]
    assert len(down) == 2
    assert world.controller.undo().tier is Tier.GPU
    assert (sorted(world.undone), world.forces_undone) == (down, 0)


def test_a_step_that_was_made_up_for_is_not_taken_back(world: World) -> None:
    world.controller.adopt(policy(GPU, CPU))
    world.run(3, on(world, Tier.GPU))
    world.run(2)
    world.used = 7200
    world.run(30, on(world, Tier.CPU))
    world.used = 1024
    world.run(200, on(world, Tier.GPU))
    world.controller.force(Tier.CPU)
    forced = world.receipts[-1].id
    world.controller.undo()
    assert (world.undone, world.forces_undone) == ([forced], 1)


def test_an_undo_that_cannot_lead_up_takes_only_the_forced_tier_back(world: World) -> None:
    """The card is still full: what led to the processor holds on."""
    world.controller.adopt(policy(GPU, CPU))
    world.run(3, on(world, Tier.GPU))
    world.run(2)
    world.used = 7200
    world.run(30, on(world, Tier.CPU))
    world.run(2)
    world.controller.force(Tier.CPU)
    world.controller.undo()
    assert (world.controller.state.tier, world.undone, world.forces_undone) == (Tier.CPU, [], 1)


def test_a_forced_tier_of_an_earlier_session_can_be_taken_back_and_says_so(world: World) -> None:
    world.controller.adopt(policy(GPU, CPU))
    world.run(3, on(world, Tier.GPU))
    world.controller.force(Tier.CPU)
    world.controller.close()
    world.work = False
    world.controller = world.make()
    world.controller.adopt(policy(GPU, CPU))
    world.run(5)
    assert world.controller.state.starting and world.controller.state.can_undo
    world.controller.undo()
    assert world.forces_undone == 1 and world.controller.state.forced is None
    assert not world.controller.state.can_undo


def test_a_damaged_memory_costs_only_what_was_learned(tmp_path: Path) -> None:
    for content in (b"", b"{", b'{"at": 1}', b'{"at": "x", "governor": {}}'):
        (tmp_path / "governor.json").write_bytes(content)
        assert ControlMemory(tmp_path / "governor.json", FakeClock()).load().forced is None


def test_a_policy_without_routes_is_paused_and_explains(world: World) -> None:
    world.controller.adopt(policy())
    world.run(3)
    assert world.controller.state.tier is Tier.PAUSED and not world.controller.state.hopeful
    assert world.controller.state.reason.code == "control-no-model"


def test_after_an_undo_our_own_model_is_still_known_as_ours(world: World) -> None:
    """Going up without a probe must not turn our own VRAM into somebody else's pressure."""
    world.answers = [6000.0]
    world.controller.adopt(policy(GPU, CPU))
    world.run(3, on(world, Tier.GPU))
    world.controller.force(Tier.CPU)
    world.run(3)
    world.controller.undo()
    world.used, world.resident = 7100, (True, 6000.0)  # 86.7 %, nearly all of it ours
    world.run(120)
    assert world.controller.state.tier is Tier.GPU


def test_a_model_that_unloaded_by_itself_explains_nothing_any_more(world: World) -> None:
    world.answers = [6000.0]
    world.controller.adopt(policy(GPU, CPU))
    world.run(3, on(world, Tier.GPU))
    world.resident = (False, None)
    world.run(15)  # the next look at the server
    world.used = 7400  # somebody else's
    assert world.run(40, on(world, Tier.CPU)) < 40


def test_a_model_that_does_not_fit_is_not_probed(world: World) -> None:
    """2048 MiB and the reserve do not fit into what is free, at whatever tick the work begins."""
    for idle in range(4):
        world.used, world.work, world.probed = 8192 - 2200, False, []
        world.controller.close()
        world.controller = world.make()
        world.controller.adopt(policy(GPU, CPU))
        world.run(1 + idle)
        world.work = True
        world.run(3, on(world, Tier.CPU))
        assert world.probed == [Tier.CPU], f"after {idle} idle readings"


def test_pressure_does_not_lead_to_a_tier_whose_model_does_not_fit(world: World) -> None:
    world.controller.adopt(policy(GPU, CPU))
    world.run(3, on(world, Tier.GPU))
    world.run(2)
    world.used, world.available = 7200, 3300  # a model of 3072 MiB on the CPU and the reserve need 3584
    world.run(20)
    assert world.controller.state.tier is Tier.PAUSED


def test_another_model_on_the_same_tier_is_proven_first(world: World) -> None:
    world.controller.adopt(policy(GPU, CPU))
    world.run(3, on(world, Tier.GPU))
    world.probed.clear()
    world.controller.adopt(policy(replace(GPU, model="llava:34b"), CPU))
    assert world.controller.begin_unit() is not Tier.GPU
    world.run(5, on(world, Tier.GPU))
    assert Tier.GPU in world.probed and world.controller.state.model == "llava:34b"


def test_a_hard_change_cancels_units_and_a_soft_one_gives_them_time(world: World) -> None:
    world.controller.adopt(policy(GPU, CPU))
    world.run(3, on(world, Tier.GPU))
    world.run(2)
    assert world.controller.begin_unit() is Tier.GPU
    world.used = 7200
    world.run(30, on(world, Tier.CPU))
    assert world.cancelled == 0
    world.run(25)
    assert world.cancelled == 0
    world.run(10)
    assert world.cancelled == 1, "after 30 s the description is cancelled"
    world.controller.end_unit(UnitResult(FailureClass.CANCEL, 40.0, tier=Tier.GPU))
    world.available = 820
    world.run(5, on(world, Tier.PAUSED))
    assert world.cancelled == 2, "an emergency cancels at once"


def test_new_limits_count_at_once(world: World) -> None:
    world.controller.adopt(policy(GPU, CPU))
    world.run(3, on(world, Tier.GPU))
    world.run(2)
    world.controller.reconfigure(Thresholds().with_overrides({"vram_on": 95}), prefer_cloud=False)
    world.used = 7200
    world.run(60)
    assert world.controller.state.tier is Tier.GPU
    world.controller.reconfigure(Thresholds(), prefer_cloud=False)
    assert world.run(30, on(world, Tier.CPU)) <= 12


def test_a_worker_that_dies_again_and_again_opens_the_breaker(world: World) -> None:
    world.controller.adopt(policy(CPU))
    world.run(3, on(world, Tier.CPU))
    for _ in range(4):
        world.controller.worker_died()
    assert world.controller.state.tier is Tier.PAUSED


CLOUD = Route(Tier.CLOUD, CloudBackend.OPENAI, "gpt-4o", Device.AUTO, leaves_machine=True)


def test_a_refusal_of_the_door_takes_the_cloud_away_on_the_next_tick_and_is_said(world: World) -> None:
    world.controller.adopt(policy(CLOUD))
    world.run(3, on(world, Tier.CLOUD))
    world.cloud_refusal = message("error-own-cap", cap="day")
    world.run(1)
    state = world.controller.state
    assert (state.tier, state.reason.code) == (Tier.PAUSED, "error-own-cap")
    world.probed.clear()
    world.run(120)
    assert world.probed == [] and world.controller.state.tier is Tier.PAUSED
    world.cloud_refusal = None
    world.run(130, on(world, Tier.CLOUD))
    assert world.controller.state.tier is Tier.CLOUD


def test_the_own_limit_reached_by_a_unit_is_a_budget_and_ends_with_it(world: World) -> None:
    world.controller.adopt(policy(CLOUD))
    world.run(3, on(world, Tier.CLOUD))
    assert world.controller.begin_unit() is Tier.CLOUD
    world.cloud_refusal = message("error-own-cap", cap="requests")
    world.controller.end_unit(UnitResult(FailureClass.BUDGET, 0.1, "j/1", Tier.CLOUD, retry_after=3600.0))
    assert world.controller.state.tier is Tier.PAUSED
    assert world.receipts[-1].cause == "budget"
    world.cloud_refusal = None  # the person raised the limit: an hour need not pass
    world.run(2)
    world.controller.adopt(policy(CLOUD))
    world.run(130, on(world, Tier.CLOUD))
    assert world.controller.state.tier is Tier.CLOUD
