"""Rough cuts of jobs: who makes them and why they, what servers may do wrong, storage, changes by hand, export."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from autocut_tray.core.analyzers.asker import Asker
from autocut_tray.core.analyzers.chat import CONTEXT_TOKENS
from autocut_tray.core.analyzers.factory import create_asker
from autocut_tray.core.analyzers.server import Server
from autocut_tray.core.database import APPLICATION_ID
from autocut_tray.core.egress.consent import Purpose
from autocut_tray.core.egress.door import Door, Errand
from autocut_tray.core.errors import (
    AutoCutError,
    BackendError,
    Cancelled,
    FailureClass,
    InputError,
    UsageError,
)
from autocut_tray.core.events import EventBus
from autocut_tray.core.footage import Scene, Transition
from autocut_tray.core.jobs.export import Exporter, ExportRequest
from autocut_tray.core.jobs.job import Job, JobOptions
from autocut_tray.core.jobs.picks import choices_of
from autocut_tray.core.jobs.plans import (
    PlanChanged,
    PlanHands,
    Plans,
    PlanState,
    PlanWish,
    wish_from_json,
    wish_to_json,
)
from autocut_tray.core.jobs.store import SCHEMA, JobStore
from autocut_tray.core.messages import Message, message
from autocut_tray.core.planning.material import tokens
from autocut_tray.core.planning.plan import Plan, PlannedBy
from autocut_tray.core.policy.governor_types import Tier
from autocut_tray.core.policy.policy import BlockReason, CloudBackend, Device, PlanningPolicy, Provider, Route
from autocut_tray.core.runtime.profile import Backend
from autocut_tray.core.timeline.formats import SUFFIXES, WRITTEN, Format
from tests.egress.rig import NO_DOOR, Rig
from tests.fakes import FakeClock
from tests.jobs.test_export import NTSC, make_job, no_sheet
from tests.servers.fake_lmstudio import FakeLmStudio
from tests.servers.fake_ollama import FakeOllama
from tests.servers.lmstudio_store import StudioModel
from tests.servers.ollama_faults import ErrorAnswer
from tests.servers.ollama_store import OllamaModel
from tests.servers.real_server import RealServer

OLLAMA = PlanningPolicy(Provider.LOCAL, Backend.OLLAMA, "qwen2.5:14b")
STUDIO = PlanningPolicy(Provider.LOCAL, Backend.LMSTUDIO, "qwen")
REEL = PlanWish("reel", Fraction(6))


@dataclass
class Desk:
    """A store with one job of 12 scenes of three seconds, and its plans."""

    store: JobStore
    job: Job
    bus: EventBus
    door: Door
    policy: PlanningPolicy | None = None
    url: str = ""
    held: Message | None = None
    never_cloud: list[bool] = field(default_factory=list)
    told: list[PlanState] = field(default_factory=list)
    askers: int = 0

    def asker(self, policy: PlanningPolicy, errand: Errand) -> Asker:
        assert policy.backend is not None and policy.model is not None
        self.askers += 1
        self.never_cloud.append(errand.never_cloud)
        leaving = policy.provider is Provider.CLOUD
        route = Route(Tier.CPU, policy.backend, policy.model, Device.AUTO, leaves_machine=leaving)
        return create_asker(
            route,
            Server(self.url or "https://api.deepseek.com"),
            self.door,
            Purpose.PLANNING,
            errand=errand,
            clock=FakeClock(),
            random=lambda: 0.5,
        )

    @property
    def plans(self) -> Plans:
        return Plans(self.store, PlanHands(lambda: self.policy, self.asker, lambda: self.held), self.bus)

    def make(self, wish: PlanWish = REEL) -> Plan:
        return self.plans.make(self.job.id, wish, self.told.append)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    store = JobStore(tmp_path / "app.db", FakeClock())
    rig = Rig(tmp_path / "door", FakeClock())
    yield Desk(store, make_job(store, tmp_path / "footage", scenes=12), EventBus(), rig.door)
    rig.close()
    store.close()


def why(plan: Plan) -> str:
    """Why no model made it."""
    reason = plan.who.params["why"]
    assert plan.who.code == "plan-by-rules" and isinstance(reason, Message)
    return reason.code


def says(*scenes: int) -> str:
    return json.dumps({"scenes": [{"id": scene, "reason": f"because {scene}"} for scene in scenes]})


# -- who makes it


@pytest.mark.parametrize(
    ("policy", "reason"),
    [
        (None, "plan-why-unknown"),
        (PlanningPolicy(Provider.NONE, None, None), "plan-why-chosen"),
        (PlanningPolicy(Provider.LOCAL, None, "qwen2.5:14b", BlockReason.NO_MODEL), "plan-why-no-model"),
    ],
)
def test_without_a_model_rules_make_it_and_say_why(
    desk: Desk, policy: PlanningPolicy | None, reason: str
) -> None:
    desk.policy = policy
    plan = desk.make()
    assert (plan.by, plan.model, why(plan), desk.askers) == (PlannedBy.RULES, None, reason, 0)
    assert plan.entries and desk.told == [] and desk.store.plan(desk.job.id) == plan


def test_nothing_goes_to_the_cloud_and_the_door_says_why(desk: Desk) -> None:
    desk.policy = PlanningPolicy(
        Provider.CLOUD, CloudBackend.DEEPSEEK, "deepseek-chat", BlockReason.NO_CONSENT
    )
    assert why(desk.make()) == "error-no-key"
    assert desk.never_cloud == [False]


def test_never_cloud_reaches_the_door(desk: Desk) -> None:
    job = desk.store.create("/x.mov", "key", JobOptions("en", never_cloud=True))
    source = desk.store.get(desk.job.id)
    assert source.video is not None
    desk.store.set_video(job.id, source.video, scan_complete=True)
    desk.store.put_scene(job.id, Scene(1, 0, 90, 0.0, 3.0, Transition.START))
    desk.policy = PlanningPolicy(Provider.CLOUD, CloudBackend.DEEPSEEK, "deepseek-chat")
    assert why(desk.plans.make(job.id, REEL)) == "error-never-cloud"
    assert desk.never_cloud == [True]


def test_a_remote_server_is_a_cloud(desk: Desk) -> None:
    desk.policy = PlanningPolicy(Provider.CLOUD, Backend.OLLAMA, "qwen2.5:14b", BlockReason.NO_CONSENT)
    desk.url = "http://192.168.1.9:11434"
    assert why(desk.make()) == "error-no-tls"


def test_in_an_emergency_no_model_is_loaded(desk: Desk) -> None:
    desk.policy, desk.held = OLLAMA, message("control-emergency")
    assert why(desk.make()) == "control-emergency" and desk.askers == 0


# -- the servers


@pytest.fixture
def ollama(desk: Desk) -> Iterator[FakeOllama]:
    with FakeOllama([OllamaModel("qwen2.5:14b", vision=False)]) as server:
        server.answer = lambda _: says(9, 3, 5)
        desk.policy, desk.url = OLLAMA, server.url
        yield server


@pytest.fixture
def studio(desk: Desk) -> Iterator[FakeLmStudio]:
    with FakeLmStudio([StudioModel("qwen", vision=False)]) as server:
        server.answer = lambda *_: says(9, 3, 5)
        desk.policy, desk.url = STUDIO, server.base_url
        yield server


def test_ollama_chooses_within_a_schema(desk: Desk, ollama: FakeOllama) -> None:
    plan = desk.make()
    assert (plan.by, plan.scenes, plan.model) == (PlannedBy.MODEL, (9, 3, 5), "qwen2.5:14b")
    assert plan.entries[0].reason == message("plan-reason-said", text="because 9")
    assert abs(plan.length - 6) * NTSC < 1
    (asked,) = ollama.journal.entries("/api/chat")
    items = asked.json["format"]["properties"]["scenes"]
    assert items["items"]["properties"]["id"]["enum"] == list(range(1, 13))
    (said,) = asked.json["messages"]
    assert "images" not in said and asked.json["options"]["num_ctx"] == CONTEXT_TOKENS
    assert [state.asking.code for state in desk.told if state.asking] == ["plan-asking"]


def test_lm_studio_chooses_within_a_schema(desk: Desk, studio: FakeLmStudio) -> None:
    plan = desk.make()
    assert plan.by is PlannedBy.MODEL and plan.scenes == (9, 3, 5)
    (asked,) = studio.journal.entries("/v1/chat/completions")
    assert asked.json["response_format"]["json_schema"]["strict"] is True
    assert isinstance(asked.json["messages"][0]["content"], str)


def test_the_prompt_has_the_scenes_and_neither_names_nor_paths(desk: Desk, ollama: FakeOllama) -> None:
    desk.make(PlanWish("a calm reel of the beach, 6 seconds"))
    prompt = ollama.journal.last("/api/chat").json["messages"][0]["content"]
    assert "a calm reel of the beach" in prompt and '"id":12' in prompt and "A red lamp" in prompt
    assert "beach.mov" not in prompt and "footage" not in prompt.replace("of the footage", "")
    assert desk.job.path not in prompt and "00:0" not in prompt


def test_a_server_without_schemas_is_asked_for_json(desk: Desk, ollama: FakeOllama) -> None:
    ollama.faults.add(ErrorAnswer(400, "invalid format"), path="/api/chat")
    plan = desk.make()
    assert plan.by is PlannedBy.MODEL and plan.scenes == (9, 3, 5)
    assert [type(one.json["format"]) for one in ollama.journal.entries("/api/chat")] == [dict, str]


@pytest.mark.parametrize("bad", ["I cannot do that.", says(77, 78), '{"scenes": []}', "{" * 3000])
def test_one_repair_then_a_plan(desk: Desk, ollama: FakeOllama, bad: str) -> None:
    answers = iter([bad, says(2, 4)])
    ollama.answer = lambda _: next(answers)
    plan = desk.make()
    assert plan.by is PlannedBy.MODEL and {2, 4} <= set(plan.scenes)
    first, second = (entry.json["messages"][0]["content"] for entry in ollama.journal.entries("/api/chat"))
    assert second.startswith(first) and "could not be used" in second
    assert [state.asking.code for state in desk.told if state.asking] == ["plan-asking", "plan-asking-again"]


def test_an_empty_answer_gets_half_of_the_scenes_descriptions(desk: Desk, ollama: FakeOllama) -> None:
    """LM Studio answers nothing when a question does not fit into its context."""
    answers = iter(["", says(2, 4)])
    ollama.answer = lambda _: next(answers)
    assert desk.make().by is PlannedBy.MODEL
    assert [state.asking.code for state in desk.told if state.asking] == ["plan-asking", "plan-asking-again"]


def test_rubbish_twice_ends_in_a_plan_by_rules(desk: Desk, ollama: FakeOllama) -> None:
    ollama.answer = lambda _: "no"
    plan = desk.make()
    assert plan.by is PlannedBy.RULES and why(plan) == "plan-why-failed" and plan.entries
    assert len(ollama.journal.entries("/api/chat")) == 2


def test_a_server_that_is_gone_ends_in_a_plan_by_rules(desk: Desk) -> None:
    desk.policy, desk.url = OLLAMA, "http://127.0.0.1:9"
    plan = desk.make()
    assert plan.by is PlannedBy.RULES and why(plan) == "plan-why-failed"
    inner = plan.who.params["why"].params["why"]  # type: ignore[union-attr]
    assert isinstance(inner, Message) and inner.code == "error-server-refused"


def test_a_model_that_is_missing_ends_in_a_plan_by_rules(desk: Desk, ollama: FakeOllama) -> None:
    desk.policy = PlanningPolicy(Provider.LOCAL, Backend.OLLAMA, "other:1b")
    plan = desk.make()
    assert plan.by is PlannedBy.RULES and len(ollama.journal.entries("/api/chat")) == 1


def test_the_real_server_talks_nonsense_and_the_plan_is_valid(
    desk: Desk, real_vision_server: RealServer
) -> None:
    desk.policy = PlanningPolicy(Provider.LOCAL, Backend.LMSTUDIO, "tiny-vlm")
    desk.url = real_vision_server.base_url
    plan = desk.make(PlanWish("12-second reel"))
    assert abs(plan.length - 12) * 100 <= 12 * 5
    assert len(set(plan.scenes)) == len(plan.scenes) and set(plan.scenes) <= set(range(1, 13))
    assert plan.by in PlannedBy and (plan.model == "tiny-vlm") == (plan.by is PlannedBy.MODEL)
    if plan.by is PlannedBy.RULES:
        assert why(plan) == "plan-why-failed"


# -- large footage


class Listener:
    """A chat model that keeps what it is asked and answers with a script."""

    def __init__(self, answer: Callable[[str], str | BackendError]) -> None:
        self.prompts: list[str] = []
        self.budgets: list[int] = []
        self._answer = answer
        from autocut_tray.core.analyzers.chat import AnswerShape

        self.shapes = (AnswerShape.JSON,)

    def ask(self, question: Any, cancel: Any, *, total: float | None = None) -> Any:
        from autocut_tray.core.analyzers.chat import Answer

        cancel.raise_if_cancelled()
        self.prompts.append(question.prompt)
        self.budgets.append(question.max_tokens)
        said = self._answer(question.prompt)
        if isinstance(said, BackendError):
            raise said
        return Answer(said, "m")

    def close(self) -> None: ...


def listening(desk: Desk, answer: Callable[[str], str | BackendError]) -> tuple[Plans, Listener]:
    chat = Listener(answer)
    hands = PlanHands(lambda: OLLAMA, lambda *_: Asker(chat, clock=FakeClock()), lambda: None)
    return Plans(desk.store, hands, desk.bus), chat


def test_hundreds_of_scenes_fit_into_the_context(desk: Desk, tmp_path: Path) -> None:
    job = make_job(desk.store, tmp_path / "long", "long.mov", scenes=600)
    plans, chat = listening(desk, lambda _: says(1, 3))
    plan = plans.make(job.id, PlanWish("60 seconds"))
    assert tokens(chat.prompts[0]) + chat.budgets[0] <= CONTEXT_TOKENS
    (note,) = [note for note in plan.notes if note.code == "plan-note-seen"]
    assert note.params["total"] == 600 and 50 < int(str(note.params["n"])) < 600


def test_a_smaller_context_gets_half(desk: Desk) -> None:
    too_much = BackendError(FailureClass.CONFIG, "context_exceeded")
    answers = iter([too_much, says(3)])
    plans, chat = listening(desk, lambda _: next(answers))
    assert plans.make(desk.job.id, REEL).by is PlannedBy.MODEL
    assert len(chat.prompts) == 2


# -- jobs that cannot be planned


def test_a_job_without_scenes_and_one_that_is_not_there(desk: Desk) -> None:
    empty = desk.store.create("/x.mov", "key", JobOptions("en"))
    with pytest.raises(InputError) as none:
        desk.plans.make(empty.id, REEL)
    assert none.value.code == "no_scenes"
    with pytest.raises(UsageError) as unknown:
        desk.plans.make("nope", REEL)
    assert unknown.value.code == "no_such_job"


def test_a_video_that_is_still_being_read_says_so(desk: Desk) -> None:
    job = desk.store.get(desk.job.id)
    assert job.video is not None
    desk.store.set_video(job.id, job.video, scan_complete=False)
    assert "plan-note-unread" in [note.code for note in desk.make().notes]


# -- in the background


def test_started_told_and_stored(desk: Desk) -> None:
    told: list[PlanChanged] = []
    done = threading.Event()
    desk.bus.subscribe(
        PlanChanged, lambda event: (told.append(event), done.set() if event.state.ended else None)
    )
    plans = desk.plans
    plans.start(desk.job.id, REEL)
    assert done.wait(10)
    plans.close()
    assert told[-1].job_id == desk.job.id and told[-1].state.plan == desk.store.plan(desk.job.id)


def test_cancelling_ends_the_request_and_keeps_the_last_plan(desk: Desk, ollama: FakeOllama) -> None:
    before = desk.make()
    asked, ended = threading.Event(), threading.Event()
    errors: list[AutoCutError | None] = []

    def hear(event: PlanChanged) -> None:
        if event.state.asking:
            asked.set()
        if event.state.ended:
            errors.append(event.state.error)
            ended.set()

    desk.bus.subscribe(PlanChanged, hear)
    ollama.answer_seconds = 30
    plans = desk.plans
    plans.start(desk.job.id, PlanWish("another"))
    assert asked.wait(10) and plans.is_making(desk.job.id)
    with pytest.raises(UsageError) as running:
        plans.make(desk.job.id, REEL)
    assert running.value.code == "plan_running"
    plans.cancel(desk.job.id)
    assert ended.wait(10)
    plans.close()
    assert isinstance(errors[0], Cancelled) and desk.store.plan(desk.job.id) == before
    assert not plans.is_making(desk.job.id)
    with pytest.raises(Cancelled):
        plans.make(desk.job.id, REEL)


@pytest.mark.errors_expected
def test_a_defect_is_told_and_does_not_stay(desk: Desk) -> None:
    def broken(*_: object) -> Asker:
        raise RuntimeError("defect")

    told: list[PlanState] = []
    done = threading.Event()
    desk.bus.subscribe(PlanChanged, lambda event: (told.append(event.state), done.set()))
    plans = Plans(desk.store, PlanHands(lambda: OLLAMA, broken, lambda: None), desk.bus)
    plans.start(desk.job.id, REEL)
    assert done.wait(10)
    plans.close()
    assert told[-1].error is not None and told[-1].error.code == "internal"


# -- storage and changes by hand


def test_changes_by_hand_are_stored_and_kept_only_where_asked(desk: Desk, ollama: FakeOllama) -> None:
    desk.make()
    changed = desk.plans.change(desk.job.id, [5, 9])
    assert changed.scenes == (5, 9) and desk.store.plan(desk.job.id) == changed
    kept = desk.make(PlanWish("reel", Fraction(5), keep=True))
    assert kept.hand == changed.hand and 3 not in kept.scenes
    assert [scene for scene in kept.scenes if scene in (5, 9)] == [5, 9]
    fresh = desk.make()
    assert fresh.scenes == (9, 3, 5) and not fresh.hand
    with pytest.raises(UsageError) as wrong:
        desk.plans.change(desk.job.id, [1])
    assert wrong.value.code == "bad_scenes"


def test_without_a_plan_nothing_is_changed(desk: Desk) -> None:
    with pytest.raises(UsageError) as none:
        desk.plans.change(desk.job.id, [1])
    assert none.value.code == "no_plan"


def test_a_plan_goes_with_its_job_and_with_its_scenes(desk: Desk) -> None:
    desk.make()
    desk.store.put_scene(desk.job.id, Scene(2, 90, 180, 3.003, 6.006, Transition.CUT))
    assert desk.store.plan(desk.job.id) is not None  # the same scene, found again
    desk.store.put_scene(desk.job.id, Scene(2, 90, 170, 3.003, 5.7, Transition.CUT))
    assert desk.store.plan(desk.job.id) is None
    desk.make()
    desk.store.drop_scenes_after(desk.job.id, 12)
    assert desk.store.plan(desk.job.id) is not None
    desk.store.drop_scenes_after(desk.job.id, 11)
    assert desk.store.plan(desk.job.id) is None
    desk.make()
    assert set(desk.store.plans()) == {desk.job.id}
    desk.store.remove(desk.job.id)
    assert desk.store.plans() == {}


def test_wishes_travel(desk: Desk) -> None:
    for wish in (REEL, PlanWish("", None, keep=True), PlanWish("x", Fraction(1, 3))):
        assert wish_from_json(json.loads(json.dumps(wish_to_json(wish)))) == wish


def test_a_database_of_the_first_version_is_brought_up_to_date(tmp_path: Path) -> None:
    file = tmp_path / "old.db"
    with sqlite3.connect(file) as raw:
        raw.executescript(SCHEMA.migrations[0])
        raw.execute("PRAGMA user_version=1")
        raw.execute(f"PRAGMA application_id={APPLICATION_ID}")
        raw.execute(
            "INSERT INTO jobs (id, path, content_key, state, options, created, updated, position) VALUES "
            """('old', '/a.mov', 'k', 'done', '{"language":"en","never_cloud":false,"force":null,"max_scenes":null}',
            1, 1, 1)"""
        )
        raw.execute(
            "INSERT INTO scenes (job_id, scene, start_frame, end_frame, start_s, end_s, transition, status) "
            "VALUES ('old', 1, 0, 50, 0, 2, 'start', 'waiting')"
        )
    raw.close()
    store = JobStore(file, FakeClock())
    try:
        assert [job.id for job in store.jobs()] == ["old"] and len(store.scenes("old")) == 1
        assert store.plan("old") is None and store.plans() == {} and store.problem is None
        desk = Desk(store, store.get("old"), EventBus(), NO_DOOR)
        with pytest.raises(InputError):  # nothing is known of its video
            desk.make()
    finally:
        store.close()
    with sqlite3.connect(file) as raw:
        assert raw.execute("PRAGMA user_version").fetchone() == (SCHEMA.version,)
    raw.close()


# -- as a file


@pytest.mark.parametrize("kind", WRITTEN)
def test_a_rough_cut_is_exported_and_read_back_in_every_format(
    desk: Desk, ollama: FakeOllama, tmp_path: Path, kind: Format
) -> None:
    ollama.answer = lambda _: says(11, 2, 7, 4)
    plan = desk.make(PlanWish("reel", Fraction(7)))
    out = tmp_path / "out"
    out.mkdir()
    target = out / f"cut{SUFFIXES[kind]}"
    done = Exporter(desk.store, out, no_sheet).export(ExportRequest(desk.job.id, kind, target, planned=True))
    assert (done.clips, done.seconds, done.plan) == (4, plan.length, plan)
    read = WRITTEN[kind].read(target.read_bytes(), NTSC)
    assert [one.record_out - one.record_in for one in read.clips] == [entry.frames for entry in plan.entries]
    start = 107_892
    for one, entry in zip(read.clips, plan.entries, strict=True):
        if one.source_in is not None and one.source_out is not None:
            first = (entry.scene - 1) * 90 + entry.trim_start
            assert (one.source_in - start, one.source_out - start) == (first, first + entry.frames)


def test_there_is_nothing_to_export_without_a_plan(desk: Desk, tmp_path: Path) -> None:
    request = ExportRequest(desk.job.id, Format.OTIO, tmp_path / "cut.otio", planned=True)
    with pytest.raises(UsageError) as none:
        Exporter(desk.store, tmp_path, no_sheet).export(request)
    assert none.value.code == "no_plan"
    desk.make()
    desk.plans.change(desk.job.id, [])
    with pytest.raises(UsageError) as empty:
        Exporter(desk.store, tmp_path, no_sheet).export(request)
    assert empty.value.code == "plan_empty" and not (tmp_path / "cut.otio").exists()


def test_trims_are_exact_at_any_rate(desk: Desk) -> None:
    plan = desk.make(PlanWish("reel", Fraction(7)))
    for choice, entry in zip(choices_of(plan), plan.entries, strict=True):
        assert choice.trim_start * plan.rate == entry.trim_start
        assert choice.trim_end * plan.rate == entry.trim_end
