"""Services in memory, with the names of the real ones: real bus, settings, words and history; the rest told what to
say."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path

from autocut_tray.core.alert import Alert, AlertKind, AlertLevel
from autocut_tray.core.alerts.service import AlertEnded, AlertRaised
from autocut_tray.core.analyzers.base import Description
from autocut_tray.core.api_access import ApiAccess
from autocut_tray.core.database import Database
from autocut_tray.core.drill.drill import DrillChanged, DrillState
from autocut_tray.core.egress.consent import Destination, Purpose
from autocut_tray.core.egress.desk import ConsentDesk, Place, Waiting
from autocut_tray.core.egress.door import Door
from autocut_tray.core.egress.ledger import Caps
from autocut_tray.core.egress.prices import USD
from autocut_tray.core.errors import SettingsError
from autocut_tray.core.events import EventBus
from autocut_tray.core.footage import Scene, Transition, Video
from autocut_tray.core.jobs.export import Exported, ExportRequest
from autocut_tray.core.jobs.job import (
    DescribedBy,
    Job,
    JobChanged,
    JobError,
    JobOptions,
    JobRemoved,
    JobState,
    Phase,
    SceneChanged,
    SceneRecord,
    SceneStatus,
    Verb,
)
from autocut_tray.core.jobs.more import More
from autocut_tray.core.jobs.plans import PlanChanged, PlanState, PlanWish
from autocut_tray.core.jobs.store import SCHEMA
from autocut_tray.core.memory.policies import shipped_policies
from autocut_tray.core.memory.tracker import ResourceTracker
from autocut_tray.core.messages import Message, message
from autocut_tray.core.monitor.history import History
from autocut_tray.core.monitor.monitor import Attention
from autocut_tray.core.paths import Paths
from autocut_tray.core.planning.plan import Plan, PlanEntry, PlannedBy, changed_by_hand
from autocut_tray.core.policy.control_receipts import ReceiptAdded, ReceiptProven
from autocut_tray.core.policy.control_state import ControllerState
from autocut_tray.core.policy.controller import ControllerChanged
from autocut_tray.core.policy.detection import DetectionStarted, ProfileChanged
from autocut_tray.core.policy.explain import Explanation, explain
from autocut_tray.core.policy.governor_types import Cause, MemoryLevel, Tier
from autocut_tray.core.policy.policy import Action, ExecutionPolicy
from autocut_tray.core.policy.resolver import resolve
from autocut_tray.core.policy.wishes import Wishes
from autocut_tray.core.receipt import GivenBack, HeldBy, HeldMemory, Holders, Receipt, ReceiptKind
from autocut_tray.core.release import MemoryReleased, ReleaseReport
from autocut_tray.core.remedies.dismissals import Dismissals
from autocut_tray.core.remedies.remedies import Remedies
from autocut_tray.core.remedies.state import Phase as RemedyPhase
from autocut_tray.core.remedies.state import RemedyChanged, RemedyState
from autocut_tray.core.report.facts import Sources
from autocut_tray.core.runtime.profile import RuntimeProfile
from autocut_tray.core.sample import Holder, MetricsSample
from autocut_tray.core.settings.secrets import KeyOrigin
from autocut_tray.core.settings.store import SettingsStore
from autocut_tray.core.timeline.preflight import Finding
from autocut_tray.i18n import Translator
from tests.fakes import FakeClock
from tests.golden.machines import LLAVA_PHI3, RTX_4060, UHD, machine, ollama

NOON_20 = time.mktime((2026, 11, 20, 14, 20, 0, 0, 0, -1))
"""A fixed afternoon, local time, so that pictures of the window are always the same."""

MOONDREAM = "moondream:latest"

READY = ControllerState(
    tier=Tier.PAUSED,
    base=Tier.GPU,
    level=MemoryLevel.OK,
    since=NOON_20 - 2400,
    reason=message("control-ready", model="LLaVA-Phi-3"),
    cause=Cause.START,
    degraded=False,
    ready=True,
    can_undo=False,
    pinned=None,
    forced=None,
    model="llava-phi3:3.8b",
    available=(Tier.GPU, Tier.CPU, Tier.PAUSED),
    starting=True,
    hopeful=True,
    warming=False,
    failure_rate=None,
    in_flight=0,
)
RUNNING = replace(
    READY,
    tier=Tier.GPU,
    ready=False,
    starting=False,
    reason=message("control-chosen", model="LLaVA-Phi-3"),
    failure_rate=0.0,
)
DEGRADED = replace(
    RUNNING,
    tier=Tier.CPU,
    since=NOON_20 - 18 * 60,
    reason=message("control-vram-holder", holder="Resolve", held="5.1\u00a0GB"),
    cause=Cause.VRAM,
    degraded=True,
    can_undo=True,
)
EMERGENCY = replace(
    RUNNING,
    tier=Tier.PAUSED,
    level=MemoryLevel.EMERGENCY,
    since=NOON_20 - 180,
    reason=message("control-emergency-figures", available="0.8\u00a0GB", total="16.0\u00a0GB"),
    cause=Cause.EMERGENCY,
    degraded=True,
)


def sample(**changes: object) -> MetricsSample:
    """A quiet machine with an 8 GB card."""
    quiet = MetricsSample(
        at=NOON_20,
        monotonic=0.0,
        vram_used=1229,
        vram_total=8188,
        vram_source="nvml",
        gpu_load=3.0,
        ram_available=9626,
        ram_total=16384,
        swap_used=0,
        cpu_percent=9.0,
        load_average=0.4,
        disk_read=0,
        disk_written=0,
        net_sent=0,
        net_received=0,
        queued=0,
        running=0,
        failure_rate=None,
        resolve_running=False,
        resolve_busy=None,
        vram_holders=(),
    )
    return replace(quiet, **changes)  # type: ignore[arg-type]


BUSY_SAMPLE = sample(
    vram_used=2458,
    ram_available=9114,
    cpu_percent=18.0,
    failure_rate=0.0,
    running=1,
    vram_holders=(Holder("Moondream 2", 1946), Holder("other", 512)),
)


class FakeDetection:
    def __init__(self, bus: EventBus) -> None:
        self._bus = bus
        self.profile: RuntimeProfile | None = None
        self.policy: ExecutionPolicy | None = None
        self.explanation: Explanation | None = None
        self.detecting = False
        self.asked = 0

    def detect(self) -> None:
        self.asked += 1
        self.detecting = True
        self._bus.publish(DetectionStarted())

    def find(self, profile: RuntimeProfile, wishes: Wishes | None = None) -> None:
        """The detection is done and found this."""
        self.policy = resolve(profile, wishes or Wishes())
        self.profile = profile.with_class(self.policy.profile_class)
        self.explanation = explain(self.profile, self.policy)
        self.detecting = False
        self._bus.publish(ProfileChanged(self.profile, self.policy, self.explanation))


class FakeController:
    def __init__(self, bus: EventBus) -> None:
        self._bus = bus
        self.state = READY
        self.calls: list[tuple[object, ...]] = []
        self.refusal: Exception | None = None

    def become(self, state: ControllerState) -> None:
        self.state = state
        self._bus.publish(ControllerChanged(state))

    def force(self, tier: Tier, reason: str | None = None) -> ControllerState:
        return self._call("force", tier)

    def undo(self) -> ControllerState:
        return self._call("undo")

    def pin(self, tier: Tier | None) -> ControllerState:
        return self._call("pin", tier)

    def _call(self, *call: object) -> ControllerState:
        self.calls.append(call)
        if self.refusal is not None:
            raise self.refusal
        return self.state


class FakeMonitor:
    def __init__(self) -> None:
        self.latest: MetricsSample | None = None
        self.attention = Attention.NONE
        self.running = True

    def set_attention(self, attention: Attention) -> None:
        self.attention = attention


class FakeAlerts:
    """Those that last are what a test says."""

    def __init__(self) -> None:
        self.active: tuple[Alert, ...] = ()


class FakeJobs:
    """Jobs in memory; what a person asks for is recorded in ``calls``."""

    def __init__(self, bus: EventBus, thumbnails: Path) -> None:
        self._bus = bus
        self._thumbnails = thumbnails
        self._jobs: dict[str, Job] = {}
        self._scenes: dict[str, list[SceneRecord]] = {}
        self.added: list[tuple[str, ...]] = []
        self.calls: list[tuple[str, str]] = []
        self.finish: list[float | None] = []
        self.more: list[tuple[str, More]] = []
        self.edits: list[tuple[str, int, dict[str, str]]] = []
        self.paused = False

    def put(self, job: Job, scenes: Sequence[SceneRecord] | None = None) -> None:
        self._jobs[job.id] = job
        if scenes is not None:
            self._scenes[job.id] = list(scenes)
        self._bus.publish(JobChanged(job))

    def put_scene(self, job_id: str, record: SceneRecord) -> None:
        rows = self._scenes.setdefault(job_id, [])
        rows[:] = [row for row in rows if row.scene.id != record.scene.id] + [record]
        rows.sort(key=lambda row: row.scene.id)
        self._bus.publish(SceneChanged(job_id, record))

    def add(self, paths: Sequence[str], options: JobOptions | None = None) -> None:
        self.added.append(tuple(paths))

    def jobs(self) -> list[Job]:
        return sorted(self._jobs.values(), key=lambda job: job.created, reverse=True)

    def scenes(self, job_id: str) -> list[SceneRecord]:
        return list(self._scenes.get(job_id, ()))

    def thumbnail_path(self, name: str) -> Path:
        return self._thumbnails / name

    def cancel(self, job_id: str) -> Job:
        self.calls.append(("cancel", job_id))
        return self._jobs[job_id]

    def retry(self, job_id: str) -> Job:
        self.calls.append(("retry", job_id))
        return self._jobs[job_id]

    def arrange(self, job_id: str, verb: Verb) -> Job:
        self.calls.append((verb.value, job_id))
        return self._jobs[job_id]

    def remove(self, job_id: str) -> None:
        self.calls.append(("remove", job_id))
        self._jobs.pop(job_id, None)
        self._bus.publish(JobRemoved(job_id))

    def set_never_cloud(self, job_id: str, never: bool) -> Job:
        job = self._jobs[job_id]
        self.put(replace(job, options=replace(job.options, never_cloud=never)))
        return self._jobs[job_id]

    def describe_more(self, job_id: str, more: More) -> Job:
        self.more.append((job_id, more))
        return self._jobs[job_id]

    def finish_by(self, at: float | None, job_id: str | None = None) -> list[Job]:
        self.finish.append(at)
        return list(self._jobs.values())

    def edit(self, job_id: str, scene_id: int, changes: dict[str, str]) -> SceneRecord:
        self.edits.append((job_id, scene_id, changes))
        return next(record for record in self._scenes[job_id] if record.scene.id == scene_id)

    def pause_all(self) -> None:
        self.paused = True

    def resume_all(self) -> None:
        self.paused = False

    @property
    def active(self) -> int:
        return sum(not job.state.ended for job in self._jobs.values())


class FakePlans:
    """No cut is made; :meth:`tell` says what came of it. Changes by hand are made as the real ones are."""

    def __init__(self, bus: EventBus) -> None:
        self._bus = bus
        self.stored: dict[str, Plan] = {}
        self.started: list[tuple[str, PlanWish]] = []
        self.cancelled: list[str] = []
        self.changes: list[tuple[int, ...]] = []
        self.refusal: Exception | None = None
        self.making: set[str] = set()

    def get(self, job_id: str) -> Plan | None:
        return self.stored.get(job_id)

    def is_making(self, job_id: str) -> bool:
        return job_id in self.making

    def start(self, job_id: str, wish: PlanWish) -> None:
        self.started.append((job_id, wish))

    def cancel(self, job_id: str) -> None:
        self.cancelled.append(job_id)

    def change(self, job_id: str, scenes: Sequence[int]) -> Plan:
        self.changes.append(tuple(scenes))
        if self.refusal is not None:
            raise self.refusal
        changed = changed_by_hand(self.stored[job_id], scenes)
        self.tell(job_id, PlanState(plan=changed))
        return changed

    def tell(self, job_id: str, state: PlanState) -> None:
        if state.plan is not None:
            self.stored[job_id] = state.plan
        self._bus.publish(PlanChanged(job_id, state))


class FakeExporter:
    """Writes nothing; what it is asked for is recorded, and what it answers is told."""

    def __init__(self) -> None:
        self.looked: list[ExportRequest] = []
        self.written: list[ExportRequest] = []
        self.findings: tuple[Finding, ...] = ()
        self.answer: Exported | Exception = RuntimeError("no answer was told")

    def __call__(self) -> FakeExporter:
        """As the services make one."""
        return self

    def look(self, request: ExportRequest) -> tuple[Finding, ...]:
        self.looked.append(request)
        return self.findings

    def export(self, request: ExportRequest) -> Exported:
        self.written.append(request)
        if isinstance(self.answer, Exception):
            raise self.answer
        return replace(self.answer, path=request.target, kind=request.kind)


class FakeRemedies:
    """Nothing is done; :meth:`tell` says how it went."""

    kinds = Remedies.kinds

    def __init__(self, bus: EventBus) -> None:
        self._bus = bus
        self._states: dict[Action, RemedyState] = {}
        self.calls: list[tuple[str, Action]] = []

    def state(self, action: Action) -> RemedyState | None:
        return self._states.get(action)

    def start(self, action: Action) -> RemedyState:
        self.calls.append(("start", action))
        return RemedyState(action, RemedyPhase.RUNNING, message("remedy-detect-done"))

    def cancel(self, action: Action) -> None:
        self.calls.append(("cancel", action))

    def forget(self, action: Action) -> None:
        self._states.pop(action, None)

    def tell(self, state: RemedyState) -> None:
        self._states[state.action] = state
        self._bus.publish(RemedyChanged(state))


class FakeDrill:
    """Nothing is tried; :meth:`tell` says how far it is."""

    def __init__(self, bus: EventBus) -> None:
        self._bus = bus
        self.state: DrillState | None = None
        self.calls: list[str] = []

    def start(self) -> None:
        self.calls.append("start")

    def cancel(self) -> None:
        self.calls.append("cancel")

    def tell(self, state: DrillState) -> None:
        self.state = state
        self._bus.publish(DrillChanged(state))


class FakeKeys:
    """A keyring that is nobody's real one."""

    def __init__(self) -> None:
        self.stored: dict[str, str] = {}
        self.session_only = False
        self.given: KeyOrigin | None = None

    def get(self, name: str) -> str | None:
        return self.stored.get(name)

    def origin(self, name: str) -> KeyOrigin | None:
        if name not in self.stored:
            return self.given
        return KeyOrigin.SESSION if self.session_only else KeyOrigin.KEYRING

    def put(self, name: str, key: str | None) -> None:
        if key is None:
            self.stored.pop(name, None)
        elif " " in key:
            raise SettingsError("key_invalid", message("error-key-invalid"))
        else:
            self.stored[name] = key


class FakeCloud:
    """Real consents and a real ledger; what could be allowed follows from the keys, and from ``others``."""

    def __init__(self, file: Path, bus: EventBus, clock: FakeClock, keys: FakeKeys) -> None:
        self._keys = keys
        self._database = Database(file, SCHEMA, durable=False)
        self.caps = Caps(1 * USD, 5 * USD, 200)
        self.door = Door(self._database, clock, caps=lambda: self.caps, tell=bus.publish)
        self.others: list[Place] = []
        self.waiting = Waiting(24, 1_031_000)
        desk = ConsentDesk(self.door, self._places, lambda: self.waiting)
        self.offers, self.offer = desk.offers, desk.offer
        self.allow, self.revoke = desk.allow, desk.revoke

    def _places(self) -> list[Place]:
        openai = self._place("openai", "https://api.openai.com:443/v1", "gpt-4o", Purpose.VISION)
        deepseek = self._place("deepseek", "https://api.deepseek.com:443", "deepseek-flash", Purpose.PLANNING)
        return [
            Place(openai, "gpt-4o", "OpenAI", own=False),
            Place(deepseek, "deepseek-chat", "DeepSeek", own=False),
            *self.others,
        ]

    def _place(self, provider: str, address: str, model: str, purpose: Purpose) -> Destination:
        has_key = self._keys.get(provider) is not None
        return Destination(provider, address, model, purpose, needs_key=True, has_key=has_key)

    def close(self) -> None:
        self._database.close()


@dataclass(frozen=True, slots=True)
class FakeMemory:
    """The real tracker; nobody releases anything."""

    tracker: ResourceTracker


class FakeReports:
    """What reports are made of; None until a test says what."""

    sources: Sources | None = None


@dataclass(frozen=True, slots=True)
class FakeServices:
    paths: Paths
    clock: FakeClock
    bus: EventBus
    settings: SettingsStore
    translator: Translator
    history: History
    detection: FakeDetection
    controller: FakeController
    monitor: FakeMonitor
    jobs: FakeJobs
    remedies: FakeRemedies
    dismissals: Dismissals
    drill: FakeDrill
    api: ApiAccess
    memory: FakeMemory
    keys: FakeKeys
    cloud: FakeCloud
    plans: FakePlans
    make_exporter: FakeExporter = field(default_factory=FakeExporter)
    problems: tuple[Message, ...] = ()
    alerts: FakeAlerts = field(default_factory=FakeAlerts)
    reports: FakeReports = field(default_factory=FakeReports)

    def report_sources(self) -> Sources:
        assert self.reports.sources is not None
        return self.reports.sources

    def start(self, *, detect: bool = True) -> None:
        if detect:
            self.detection.detect()

    def close(self) -> None:
        self.history.close()
        self.cloud.close()

    def raise_alert(self, alert: Alert, *, muted: bool = False) -> Alert:
        kept = self.history.alerts.add(alert)
        self.alerts.active = (*self.alerts.active, kept)
        self.bus.publish(AlertRaised(kept, muted))
        return kept

    def end_alert(self, alert: Alert) -> Alert:
        ended = replace(alert, ended=self.clock.time())
        self.history.alerts.end(ended)
        self.alerts.active = tuple(one for one in self.alerts.active if one.id != alert.id)
        self.bus.publish(AlertEnded(ended))
        return ended

    def give_back(self, report: ReleaseReport) -> None:
        self.bus.publish(MemoryReleased(self.history.releases.add(report)))

    def prove(self, receipt: Receipt, freed: GivenBack) -> None:
        self.history.add_proof(receipt.id, freed)
        self.bus.publish(ReceiptProven(replace(receipt, freed=freed)))

    def add_receipt(self, receipt: Receipt) -> Receipt:
        kept = self.history.add_receipt(receipt)
        self.bus.publish(ReceiptAdded(kept))
        return kept


def fake_services(home: Path, language: str = "en") -> FakeServices:
    """As right after a start: nothing is known about the machine, no job is there."""
    paths = Paths.below(home)
    paths.create()
    clock = FakeClock(epoch=NOON_20)
    bus = EventBus()
    settings = SettingsStore(paths.settings_file, bus, {})
    settings.set("ui.language", language)
    return FakeServices(
        paths,
        clock,
        bus,
        settings,
        Translator(language),
        History(paths.metrics_database, clock),
        FakeDetection(bus),
        FakeController(bus),
        FakeMonitor(),
        FakeJobs(bus, paths.thumbnails),
        FakeRemedies(bus),
        Dismissals(paths.dismissed_file, clock),
        FakeDrill(bus),
        ApiAccess(paths.api_token_file, paths.api_file, bus),
        FakeMemory(ResourceTracker(shipped_policies, clock)),
        keys := FakeKeys(),
        FakeCloud(paths.app_database, bus, clock, keys),
        FakePlans(bus),
    )


def find_mid_machine(services: FakeServices, **changes: object) -> None:
    """An RTX 4060 with Ollama and one vision model."""
    found = machine(RTX_4060, UHD, ollama=ollama(LLAVA_PHI3), **changes)  # type: ignore[arg-type]
    services.detection.find(replace(found, detected_at=NOON_20 - 39 * 60))


def video(path: str = "clip.mp4", duration: float = 86.0) -> Video:
    frames = round(duration * 25)
    return Video(path, "mov,mp4", "h264", 1920, 1080, 0, Fraction(25), False, frames, duration, None, True)


def job(job_id: str = "j1", path: str = "/footage/clip.mp4", **changes: object) -> Job:
    plain = Job(
        id=job_id,
        path=path,
        content_key=job_id,
        state=JobState.QUEUED,
        phase=None,
        options=JobOptions("en"),
        created=NOON_20 - 600,
        updated=NOON_20 - 600,
        attempts=0,
        video=None,
        scenes_found=0,
        scenes_planned=0,
        scenes_done=0,
        scanned=0.0,
        thumbnail=None,
        error=None,
        waiting_for=None,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def describing(job_id: str = "j1", done: int = 3, planned: int = 10, **changes: object) -> Job:
    given: dict[str, object] = {
        "state": JobState.RUNNING,
        "phase": Phase.DESCRIBING,
        "video": video(),
        "scenes_found": planned,
        "scenes_planned": planned,
        "scenes_done": done,
        "scanned": 86.0,
        "updated": NOON_20,
    }
    return job(job_id, **(given | changes))


def failed(job_id: str = "j9", **changes: object) -> Job:
    error = JobError(
        "damaged",
        message("error-damaged", at="00:03:12"),
        message("error-damaged-hint"),
        "Invalid data found when processing input: moov atom not found",
        3,
    )
    given: dict[str, object] = {"state": JobState.FAILED, "error": error}
    return job(job_id, "/footage/IMG_4410.MOV", **(given | changes))


def scene(
    number: int,
    words: str | None = "A sailing boat leaves the harbour at sunset",
    *,
    tier: Tier = Tier.GPU,
    start: float | None = None,
    length: float = 5.0,
    tags: tuple[str, ...] = ("boat", "sunset"),
    thumbnail: str | None = None,
    status: SceneStatus | None = None,
) -> SceneRecord:
    begin = (number - 1) * 5.0 if start is None else start
    cut = Scene(
        number,
        round(begin * 25),
        round((begin + length) * 25),
        begin,
        begin + length,
        Transition.START if number == 1 else Transition.CUT,
    )
    described = words is not None
    return SceneRecord(
        cut,
        status or (SceneStatus.DESCRIBED if described else SceneStatus.WAITING),
        begin + length / 2,
        thumbnail,
        Description(words, ("boat",), "sails", "wide", "static", "calm", ("sharp",), tags) if words else None,
        DescribedBy(tier, "ollama", MOONDREAM, 0.8) if described else None,
        None,
    )


def plan(scenes: Sequence[int] = (3, 1, 2), **changes: object) -> Plan:
    """A cut that a model chose, four seconds of each scene."""
    plain = Plan(
        brief="30-second highlight reel, start wide",
        seconds=Fraction(30),
        rate=Fraction(25),
        by=PlannedBy.MODEL,
        model="qwen2.5:14b",
        who=message("plan-by-model", model="qwen2.5:14b", server="Ollama"),
        notes=(),
        entries=tuple(
            PlanEntry(
                number, 10, 15, 60 + 23 * (number % 4), message("plan-reason-said", text=f"Reason {number}")
            )
            for number in scenes
        ),
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


RESOLVE_HOLDS = Holders(HeldMemory.VRAM, (HeldBy("Resolve", 5222), HeldBy("Ollama", 1946)), 512)
FREED = GivenBack(2_040_109_466, 2_040_109_466, 1.2)


def receipt(**changes: object) -> Receipt:
    """GPU to CPU, because Resolve took the VRAM, 18 minutes ago."""
    plain = Receipt(
        id=0,
        at=NOON_20 - 18 * 60,
        kind=ReceiptKind.TIER,
        from_="GPU",
        to="CPU",
        cause="vram",
        metric="vram_percent",
        value=94.0,
        threshold=85.0,
        held_s=10.0,
        policy_before={"tier": "GPU", "model": MOONDREAM, "max_scenes": 10},
        policy_after={"tier": "CPU", "model": MOONDREAM, "max_scenes": 5},
        expected_s_per_scene=2.6,
        undone=False,
        better=False,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def alert(**changes: object) -> Alert:
    """The processor, fully busy for half a minute."""
    plain = Alert(0, NOON_20 - 300, AlertKind.CPU, AlertLevel.CRITICAL, 97.0, 90.0, 30.0, scaled=False)
    return replace(plain, **changes)  # type: ignore[arg-type]


class SlowServices:
    """Builds services in a thread only when told to, as a slow disk would."""

    def __init__(self, make: Callable[[], FakeServices]) -> None:
        self._make = make
        self.gate = threading.Event()

    def __call__(self) -> FakeServices:
        self.gate.wait(10)
        return self._make()
