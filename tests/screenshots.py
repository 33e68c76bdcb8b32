"""Pictures of every page in every state, theme, language and scale: ``python -m tests.screenshots FOLDER [NAME…]``.

Offscreen, from fake services, so that the pictures are the same on every machine with the same fonts. Each scale is
its own process, because Qt reads it once.
"""

from __future__ import annotations

import argparse
import math
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QPixmap
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from autocut_tray.core.alert import AlertKind, AlertLevel
from autocut_tray.core.drill.drill import DrillReport, DrillState, Rung
from autocut_tray.core.drill.walk import walk
from autocut_tray.core.egress.consent import Destination, Purpose
from autocut_tray.core.egress.desk import Place, Waiting
from autocut_tray.core.egress.ledger import Draft, EntryState
from autocut_tray.core.errors import StorageError
from autocut_tray.core.footage import Sound
from autocut_tray.core.jobs.job import JobOptions, JobState, Phase, ScenePicture
from autocut_tray.core.jobs.plans import PlanState
from autocut_tray.core.jobs.store import HELD
from autocut_tray.core.messages import message
from autocut_tray.core.monitor.history import DAY, RESOLUTIONS, History
from autocut_tray.core.planning.plan import ByHand, PlanEntry, PlannedBy
from autocut_tray.core.policy.governor_tape import TapedGovernor
from autocut_tray.core.policy.governor_thresholds import Thresholds
from autocut_tray.core.policy.governor_types import Probe, Tier
from autocut_tray.core.policy.picture_limits import Fewer
from autocut_tray.core.policy.policy import Action, ActionKind, Device, Route
from autocut_tray.core.policy.wishes import CloudAccess, Wishes
from autocut_tray.core.receipt import GivenBack, HeldBy, HeldMemory, Holders, ReceiptKind
from autocut_tray.core.remedies.progress import Progress, Stage
from autocut_tray.core.remedies.state import Phase as RemedyPhase
from autocut_tray.core.remedies.state import RemedyState
from autocut_tray.core.runtime.profile import Backend
from autocut_tray.core.sample import Holder
from autocut_tray.ui.desktop import Desktop
from autocut_tray.ui.fatal import show_fatal
from tests.bench.history import reading
from tests.golden.machines import MACHINES, STOPPED_OLLAMA, UNKNOWN, machine
from tests.memory.releases import release
from tests.policy.governor_rig import HEALTHY
from tests.shot_pictures import draw_pictures
from tests.shot_tray import tray_sheet
from tests.ui import fake_services as fakes
from tests.ui.fake_services import NOON_20, FakeServices

THEMES, LANGUAGES, SCALES = ("dark", "light"), ("en", "zh-CN"), ("1", "2")
BETWEEN = ("1.25", "1.5", "1.75")
"""Other scales, taken when they are asked for."""
SIZE, SMALL = (1180, 760), (960, 640)


@dataclass(frozen=True)
class Shot:
    """``prepare`` sets the services up, ``after`` acts on the shown window."""

    page: str
    prepare: Callable[[FakeServices], None]
    after: Callable[[Desktop], None] | None = None
    size: tuple[int, int] = SIZE
    grab: Callable[[Desktop], QPixmap] | None = None
    """What is taken a picture of, if not the window or the question in front of it."""


def first_launch(services: FakeServices) -> None:
    services.monitor.latest = fakes.sample()
    fakes.find_mid_machine(services)


def downloading(services: FakeServices) -> None:
    first_launch(services)
    action = Action(ActionKind.PULL_MODEL, "moondream")
    progress = Progress(Stage.DOWNLOADING, 934_155_345, 1_610_612_736, 25_165_824.0, 26.0)
    words = fakes.message("remedy-pull-downloading", model="Moondream 2")
    state = RemedyState(action, RemedyPhase.RUNNING, words, progress=progress, can_cancel=True)
    services.remedies.tell(state)


def not_started(services: FakeServices) -> None:
    bare_machine(services)
    services.detection.find(machine(ollama=STOPPED_OLLAMA))
    policy = services.detection.policy
    assert policy is not None
    action = next(one.action for one in policy.recommendations if one.action is not None)
    services.remedies.tell(
        RemedyState(
            action,
            RemedyPhase.FAILED,
            fakes.message("error-start-failed", server="Ollama"),
            fakes.message("error-start-failed-hint", server="Ollama"),
        )
    )


def drilled(services: FakeServices) -> None:
    """One way to work held up, the other did not."""
    first_launch(services)
    gpu = Route(Tier.GPU, Backend.OLLAMA, "llava-phi3:3.8b", Device.GPU, leaves_machine=False)
    cpu = replace(gpu, tier=Tier.CPU, device=Device.CPU)
    rungs = (
        Rung(gpu, 3.2, 3482.0, 0.9),
        Rung(cpu, None, None, 5.0, fakes.message("error-no-backend"), fakes.message("drill-nothing-hint")),
    )
    steps = walk(Tier.GPU, frozenset({Tier.GPU, Tier.CPU}), Thresholds(), prefer_cloud=False)
    services.drill.state = DrillState(rungs, report=DrillReport(NOON_20, rungs, steps))


def smaller_model(services: FakeServices) -> None:
    services.detection.find(replace(MACHINES["mid-too-large"], detected_at=NOON_20))


def looking(services: FakeServices) -> None:
    services.detection.detecting = True


def bare_machine(services: FakeServices) -> None:
    services.monitor.latest = fakes.sample(vram_used=None, vram_total=None, vram_source=None)
    services.detection.find(replace(machine(), detected_at=NOON_20))
    services.controller.become(
        replace(
            fakes.READY,
            base=Tier.PAUSED,
            ready=False,
            starting=False,
            hopeful=False,
            model=None,
            available=(Tier.PAUSED,),
            reason=fakes.message("control-no-model"),
        )
    )


def unknown_machine(services: FakeServices) -> None:
    bare_machine(services)
    services.detection.find(UNKNOWN)


def degraded(services: FakeServices) -> None:
    working(services)
    services.monitor.latest = fakes.sample(
        vram_used=5734, ram_available=5325, cpu_percent=64.0, vram_holders=(Holder("Resolve", 5222),)
    )
    services.controller.become(fakes.DEGRADED)


def emergency(services: FakeServices) -> None:
    working(services)
    services.monitor.latest = fakes.sample(vram_used=6656, ram_available=819, cpu_percent=41.0)
    services.controller.become(fakes.EMERGENCY)


def working(services: FakeServices) -> None:
    first_launch(services)
    services.monitor.latest = fakes.BUSY_SAMPLE
    services.controller.become(fakes.RUNNING)
    draw_pictures(services.paths.thumbnails)
    jobs = services.jobs
    names = ["boat", "guests", "bride", "rings", "table", "dance", "coast", "car", "city"]
    words = [
        "A sailing boat leaves the harbour at sunset",
        "Guests seated under string lights, wide",
        "Close on the bride, smiling past the camera in warm window light. Shallow focus, calm.",
        "Two gold rings on a linen cloth, macro",
        "Set table with roses, slow push in",
        "First dance, backlit, handheld",
        "Coast from above, surf on pale sand",
        "A grey car passes below the hills",
        "City at night, lit windows, rain",
    ]
    records = [
        fakes.scene(
            n + 1,
            words[n % 9],
            start=12.0 * n + n * n,
            length=3.0 + n % 5 * 1.3,
            thumbnail=f"{names[n % 9]}.jpg",
            tier=Tier.CPU if n % 7 == 2 else Tier.GPU,
            tags=(names[n % 9], "usable", "warm"),
        )
        for n in range(16)
    ]
    records[:3] = [
        replace(record, sound=sound, subtitles=said)
        for record, (sound, said) in zip(
            records,
            (
                (Sound(-31.2, 0.0, 0.0), None),
                (Sound(-19.8, 0.0, 0.35), "Raise your glasses."),
                (Sound(-23.4, 0.12, 0.82), "Look over there, the boat is coming."),
            ),
            strict=False,
        )
    ]
    records += [fakes.scene(17, None, start=500.0), fakes.scene(18, None, start=507.0)]
    jobs.put(
        fakes.describing(
            "j1",
            118,
            286,
            path="/footage/Wedding Chen & Müller.mov",
            thumbnail="bride.jpg",
            options=JobOptions("en", never_cloud=True),
        ),
        records,
    )
    jobs.put(
        fakes.job(
            "j2",
            "/footage/Drone_Qingdao_0719.mp4",
            thumbnail="coast.jpg",
            video=fakes.video(duration=2880),
            scenes_found=64,
            scenes_planned=10,
            created=NOON_20 - 500,
        )
    )
    jobs.put(
        fakes.job(
            "j3",
            "/footage/Market b-roll 12.mxf",
            state=JobState.PAUSED,
            created=NOON_20 - 400,
            waiting_for=fakes.message("waiting-never-cloud"),
            options=JobOptions("en", never_cloud=True),
        )
    )
    jobs.put(
        fakes.job(
            "j4",
            "/footage/A003_C012_0714.mov",
            state=JobState.DONE,
            thumbnail="car.jpg",
            video=fakes.video(),
            scenes_found=14,
            scenes_planned=10,
            scenes_done=10,
            updated=NOON_20 - 1700,
        ),
        records[:10],
    )
    jobs.put(fakes.failed("j5", updated=NOON_20 - 1800))
    jobs.put(
        fakes.job("j6", "/footage/old.avi", state=JobState.CANCELLED, scenes_done=2, updated=NOON_20 - 90_000)
    )


def several(services: FakeServices) -> None:
    """Two videos share the model while a third is read; one rests, and one was put first."""
    working(services)
    jobs = services.jobs
    jobs.put(
        fakes.describing(
            "j7", 31, 60, path="/footage/Interview 14.mov", thumbnail="car.jpg", created=NOON_20 - 450
        )
    )
    jobs.put(
        fakes.job(
            "j2",
            "/footage/Drone_Qingdao_0719.mp4",
            state=JobState.RUNNING,
            phase=Phase.SCANNING,
            thumbnail="coast.jpg",
            video=fakes.video(duration=2880),
            scenes_found=41,
            scanned=1490.0,
            created=NOON_20 - 440,
        )
    )
    jobs.put(
        fakes.job(
            "j8",
            "/footage/Interview 15.mov",
            state=JobState.PAUSED,
            held=True,
            waiting_for=HELD,
            video=fakes.video(duration=1260),
            scenes_found=33,
            scenes_planned=20,
            scenes_done=7,
            created=NOON_20 - 430,
        )
    )
    jobs.put(fakes.job("j9", "/footage/B-cam 0042.mp4", created=NOON_20 - 420, turn=1))


def long_scene(services: FakeServices) -> None:
    """One of the scenes is long, and was described from one of its pictures."""
    working(services)
    records = services.jobs.scenes("j1")
    by = records[2].described_by
    assert by is not None
    records[2] = replace(
        records[2],
        further=(ScenePicture(26.0, "dance.jpg"), ScenePicture(60.0, "boat.jpg")),
        described_by=replace(by, fewer=Fewer.MODEL),
    )
    services.jobs.put_scene("j1", records[2])


def scanning(services: FakeServices) -> None:
    first_launch(services)
    services.controller.become(fakes.RUNNING)
    running = fakes.job(
        "j1",
        "/footage/Market b-roll 12.mxf",
        state=JobState.RUNNING,
        phase=Phase.SCANNING,
        video=fakes.video(duration=1860),
        scanned=555.0,
        scenes_found=23,
    )
    services.jobs.put(running)


def monitored(services: FakeServices) -> None:
    working(services)
    fill_history(services.history)
    add_receipts(services)
    services.history.releases.add(release(NOON_20 - 34 * 60 + 1, 17 * 2**26))


def add_receipts(services: FakeServices) -> None:
    services.history.add_receipt(
        fakes.receipt(
            at=NOON_20 - 34 * 60,
            kind=ReceiptKind.MEMORY,
            from_="OK",
            to="WARN",
            cause="memory",
            metric="ram_percent",
            value=76.0,
            threshold=75.0,
            policy_before={},
            policy_after={},
            expected_s_per_scene=None,
            held_by=Holders(HeldMemory.RAM, (HeldBy("Resolve", 6350), HeldBy("chrome", 2970)), 3130),
            freed=GivenBack(644_245_094, 644_245_094, 0.3),
        )
    )
    services.history.add_receipt(fakes.receipt(held_by=fakes.RESOLVE_HOLDS, freed=fakes.FREED))
    services.history.add_receipt(
        fakes.receipt(
            at=NOON_20 - 9 * 60,
            from_="CPU",
            to="GPU",
            cause="recovered",
            metric=None,
            value=None,
            threshold=None,
            better=True,
            held_s=60.0,
            policy_before={"tier": "CPU", "model": fakes.MOONDREAM, "max_scenes": 5},
            policy_after={"tier": "GPU", "model": fakes.MOONDREAM, "max_scenes": 10},
            expected_s_per_scene=0.8,
        )
    )


def alerted(services: FakeServices) -> None:
    """A processor that was busy for a while, and held the number of scenes down meanwhile."""
    monitored(services)
    first = services.raise_alert(fakes.alert(at=NOON_20 - 50 * 60, scaled=True))
    services.end_alert(replace(first, at=NOON_20 - 50 * 60))
    services.history.add_receipt(
        fakes.receipt(
            at=NOON_20 - 50 * 60,
            kind=ReceiptKind.SCALE,
            from_="2",
            to="1",
            cause="alert_cpu",
            metric="cpu_percent",
            value=97.0,
            threshold=90.0,
            held_s=30.0,
            policy_before={"tier": "GPU", "concurrency": 2},
            policy_after={"tier": "GPU", "concurrency": 1},
            expected_s_per_scene=None,
        )
    )
    services.raise_alert(
        fakes.alert(at=NOON_20 - 40, kind=AlertKind.RESPONSE, level=AlertLevel.WARN, value=6.4, threshold=5.2)
    )


def choose_alert(desktop: Desktop) -> None:
    desktop.content.page("events").table.selectRow(0)


def fill_history(history: History) -> None:
    """An hour as in the mock-ups: a spike of VRAM, memory that fills and empties, a busy processor."""
    chance = random.Random(4)
    for step in range(0, 3660, 12):
        at = NOON_20 - 3600 + step
        minute = step / 60
        vram = 94 if 41.5 < minute < 42.5 else 72 if 42 < minute < 49 else 15 if 49 <= minute < 51 else 38
        ram = 52 + 22 / (1 + math.exp(-(minute - 24) / 3)) - (18 if minute > 49 else 0)
        cpu = (84 if 42 < minute < 51 else 30) + chance.uniform(-6, 6)
        failures = 0.1 if 25 < minute < 31 else 0.05 if 12 < minute < 36 else 0.0
        history.add(
            fakes.sample(
                at=at,
                monotonic=float(step),
                vram_used=round(81.88 * (vram + chance.uniform(-0.6, 0.6))),
                ram_available=round(163.84 * (100 - ram)),
                cpu_percent=cpu,
                failure_rate=failures,
            )
        )


def open_receipt(desktop: Desktop) -> None:
    page = desktop.content.page("monitor")
    settle(lambda: page.plots is not None and page.receipts.rows)
    rows = page.receipts.rows
    page.receipts.open_receipt(rows[min(1, len(rows) - 1)].receipt_id)


def wait_for_plots(desktop: Desktop) -> None:
    page = desktop.content.page("monitor")
    settle(lambda: page.plots is not None)


def record_flight(services: FakeServices) -> None:
    """An hour on tape in which others took the VRAM three times."""
    services.clock.shift_wall_clock(-3600)
    governor = TapedGovernor(
        services.history.tape,
        Tier.GPU,
        frozenset(Tier),
        Thresholds(),
        prefer_cloud=False,
        tier=Tier.GPU,
        t=0.0,
    )
    for second in range(3600):
        services.clock.advance(1.0)
        busy = second % 1200 > 1150
        vram = 7100.0 + 400.0 * (second > 2400) if busy else 3000.0
        reading = replace(HEALTHY, t=services.clock.monotonic(), vram_used=vram)
        for action in governor.step(reading):
            if isinstance(action, Probe):
                governor.probe_result(action.t, action.tier, True)
    services.clock.shift_wall_clock(3600 - services.clock.monotonic())
    services.history.flush()


def asked(services: FakeServices) -> None:
    monitored(services)
    record_flight(services)


def ask_what_if(desktop: Desktop) -> None:
    page = desktop.content.page("monitor")
    settle(lambda: page.plots is not None and page.receipts.rows)
    page.what_if.number.setValue(90.0)
    page.what_if.ask()
    settle(lambda: not page.what_if.asking)
    page.area.ensureWidgetVisible(page.what_if)


def a_month(services: FakeServices) -> None:
    """Thirty days at work, with a night's sleep in each and hundreds of changes."""
    working(services)
    chance = random.Random(9)
    for resolution in reversed(RESOLUTIONS):
        for number in range(int(min(resolution.kept, 30 * DAY) / resolution.width), 0, -1):
            at = NOON_20 - number * resolution.width
            if 8 < (at / 3600) % 24 < 23:
                services.history.add(reading(at))
    services.history.flush()
    for number in range(400):
        at = NOON_20 - chance.uniform(0, 30 * DAY)
        better = number % 2 == 0
        services.history.add_receipt(
            fakes.receipt(at=at, better=better, cause="recovered" if better else "vram")
        )


def show_month(desktop: Desktop) -> None:
    page = desktop.content.page("monitor")
    settle(lambda: page.plots is not None)
    page.choose_range("30d")
    settle(lambda: page.receipts.rows and not page.reading)


def planned(services: FakeServices) -> None:
    """A rough cut that a model chose."""
    working(services)
    said = {
        "en": (
            "Wide view of the harbour",
            "Guests under string lights",
            "The bride smiles",
            "Rings, close",
            "The dance",
        ),
        "zh-CN": ("港口全景，适合开场", "灯串下的宾客", "新娘微笑的近景", "戒指特写", "第一支舞，作为结尾"),
    }[services.translator.language]
    brief = {
        "en": "30-second highlight reel, start wide, end on the dance",
        "zh-CN": "30 秒精彩集锦，以远景开头，舞蹈结尾",
    }
    scenes = services.jobs.scenes("j1")[: len(said)]
    entries = tuple(
        PlanEntry(
            scene.scene.id, 4, 6, 78 + 41 * (n * 2 % 5), fakes.message("plan-reason-said", text=said[n])
        )
        for n, scene in enumerate(scenes)
    )
    cut = fakes.plan(
        brief=brief[services.translator.language],
        entries=(entries[2], *entries[:2], *entries[3:]),
        seconds=Fraction(30),
    )
    services.plans.stored["j1"] = cut


def planned_by_rules(services: FakeServices) -> None:
    planned(services)
    cut = services.plans.stored["j1"]
    words = (
        "plan-reason-wide",
        "plan-reason-matches",
        "plan-reason-variety",
        "plan-reason-faults",
        "plan-reason-unseen",
    )
    entries = tuple(
        replace(entry, reason=fakes.message(words[n], place="opens" if n == 0 else "none", words="boat"))
        for n, entry in enumerate(cut.entries)
    )
    services.plans.stored["j1"] = replace(
        cut,
        by=PlannedBy.RULES,
        model=None,
        who=fakes.message("plan-by-rules", why=fakes.message("error-no-key", host="api.deepseek.com")),
        notes=(
            fakes.message("plan-note-shorter", have="18.1", wanted="30.0"),
            fakes.message("plan-note-unseen", n=4, total=9),
        ),
        entries=entries,
        hand=ByHand((7,), None),
    )


def planned_long(services: FakeServices) -> None:
    planned(services)
    entry = services.plans.stored["j1"].entries[0]
    many = tuple(replace(entry, scene=n + 1, frames=20 + 13 * (n % 9)) for n in range(40))
    services.plans.stored["j1"] = replace(services.plans.stored["j1"], entries=many, seconds=Fraction(120))


def open_cut(desktop: Desktop) -> None:
    open_scenes(desktop)
    cut = desktop.content.page("analyse").scenes.cut
    settle(lambda: cut.plan is not None)
    cut.strip.choose(1)


def read_reasons(desktop: Desktop) -> None:
    open_cut(desktop)
    desktop.content.page("analyse").scenes.cut.reasons.click()


def make_cut(desktop: Desktop) -> None:
    open_cut(desktop)
    cut = desktop.content.page("analyse").scenes.cut
    cut.make.click()
    asking = fakes.message("plan-asking-again", model="qwen2.5:14b", server="Ollama")
    desktop.services.plans.tell("j1", PlanState(asking=asking))
    settle(lambda: "qwen" in cut.words)


def drag_cut(desktop: Desktop) -> None:
    open_cut(desktop)
    line = desktop.content.page("analyse").scenes.cut.strip.line
    begin = line.boxes()[1].center()
    QTest.mousePress(line, Qt.MouseButton.LeftButton, pos=begin)
    for x in (begin.x() + 40, line.boxes()[3].center().x() - 10):
        QTest.mouseMove(line, QPoint(x, 20))


def open_scenes(desktop: Desktop) -> None:
    page = desktop.content.page("analyse")
    page.open_scenes("j1")
    settle(lambda: page.scenes.grid.scenes.rowCount() > 0)
    page.scenes.grid.setCurrentIndex(page.scenes.grid.scenes.index(2))


def unfold_failure(desktop: Desktop) -> None:
    desktop.content.page("analyse").jobs.fold("j5")


def measure_pace(desktop: Desktop) -> None:
    """As if 20 scenes had been described, 0.8 s each."""
    for number in range(21):
        desktop.pace.note(fakes.describing("j1", 98 + number, 286), number * 0.8)
    desktop.content.page("analyse").jobs.viewport().update()
    desktop.content.show_state()


def hold_files_over(desktop: Desktop) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(f"/footage/{n}.mp4") for n in range(41)])
    event = QDragEnterEvent(
        QPoint(600, 400),
        Qt.DropAction.CopyAction,
        mime,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(desktop.content, event)


def say_notice(desktop: Desktop) -> None:
    desktop.content.notice("readme.txt is not a video.")
    desktop.content.notice(desktop.ctx.t("drop-no-videos"))


def refuse_drop(desktop: Desktop) -> None:
    desktop.content.notice(desktop.ctx.t("ui-drop-not-files"))


def search_settings(desktop: Desktop) -> None:
    page = desktop.content.page("settings")
    page.search.setText({"en": "memory", "zh-CN": "内存"}[desktop.services.translator.language])
    settle(lambda: "limits.warn_on" in page.rows or not page.search.text(), seconds=1.0)


def fatal_box(desktop: Desktop) -> QPixmap:
    """What is shown when the program cannot start."""
    error = StorageError("storage_newer", message("storage-newer", file="app.db"))
    box = show_fatal(error, desktop.services.translator.language, desktop.services.paths.logs, lambda: None)
    settle()
    picture = box.grab()
    box.close()
    box.deleteLater()
    return picture


def section(name: str) -> Callable[[Desktop], None]:
    return lambda desktop: desktop.content.page("settings").open_section(name)


def overview_focus(desktop: Desktop) -> None:
    desktop.content.page("overview").detect.setFocus(Qt.FocusReason.TabFocusReason)


def with_key(services: FakeServices) -> None:
    first_launch(services)
    services.keys.stored["openai"] = "sk-" + "x" * 20


def wants_cloud(services: FakeServices) -> None:
    """A machine without local AI: the cloud is what is left, once a person says yes."""
    with_key(services)
    services.monitor.latest = fakes.sample(vram_used=None, vram_total=None, vram_source=None)
    wishes = Wishes(openai=CloudAccess(has_key=True), use_local_vision=False)
    services.detection.find(replace(machine(), detected_at=NOON_20), wishes)


def allowed(services: FakeServices) -> None:
    """A month of use, nearly at the day's limit, one answer that never came."""
    with_key(services)
    services.jobs.put(fakes.failed())
    offer = services.cloud.offer("openai")
    assert offer is not None
    services.cloud.allow(offer)
    states = (EntryState.SETTLED, EntryState.SETTLED, EntryState.UNKNOWN, EntryState.NOT_SENT)
    for number in range(26):
        state = states[number % 4] if number > 20 else EntryState.SETTLED
        draft = Draft(
            *("j9", None, Purpose.VISION, "openai", "api.openai.com", "gpt-4o"),
            *(1, 768 * 432, 41_000 + 700 * number, "ab" * 32, 33_000),
        )
        entered = services.cloud.door.ledger.reserve(draft, services.cloud.caps)
        cost = 0 if state is EntryState.NOT_SENT else None if state is EntryState.UNKNOWN else 33_000
        services.cloud.door.ledger.settle(entered, state, cost=cost, status=200)
        services.clock.advance(41)


def ask(provider: str) -> Callable[[Desktop], None]:
    def act(desktop: Desktop) -> None:
        desktop.content.allow_cloud(provider)
        settle(lambda: desktop.content.consent is not None)

    return act


def own_server(services: FakeServices) -> None:
    with_key(services)
    there = Destination(
        "ollama",
        "https://studio.example:11434",
        "qwen2-vl-7b",
        Purpose.VISION,
        needs_key=False,
        has_key=False,
    )
    services.cloud.others = [Place(there, "Qwen2-VL 7B", "Ollama", own=True)]
    services.cloud.waiting = Waiting(0, 0)


SHOTS: dict[str, Shot] = {
    "overview": Shot("overview", first_launch),
    "overview-focus": Shot("overview", first_launch, overview_focus),
    "overview-small": Shot("overview", first_launch, size=SMALL),
    "overview-drill": Shot("overview", drilled, size=(1180, 1100)),
    "overview-smaller": Shot("overview", smaller_model),
    "overview-looking": Shot("overview", looking),
    "overview-download": Shot("overview", downloading),
    "overview-failed": Shot("overview", not_started),
    "overview-bare": Shot("overview", bare_machine),
    "overview-unknown": Shot("overview", unknown_machine),
    "overview-degraded": Shot("overview", degraded),
    "overview-emergency": Shot("overview", emergency),
    "monitor": Shot("monitor", monitored, open_receipt),
    "monitor-small": Shot("monitor", monitored, open_receipt, SMALL),
    "monitor-what-if": Shot("monitor", asked, ask_what_if),
    "monitor-what-if-small": Shot("monitor", asked, ask_what_if, SMALL),
    "monitor-month": Shot("monitor", a_month, show_month),
    "monitor-no-vram": Shot("monitor", bare_machine, wait_for_plots),
    "analyse-empty": Shot("analyse", first_launch),
    "analyse-empty-small": Shot("analyse", first_launch, size=SMALL),
    "analyse-over": Shot("analyse", first_launch, hold_files_over),
    "overview-over": Shot("overview", first_launch, hold_files_over),
    "analyse-jobs": Shot("analyse", working, measure_pace),
    "analyse-jobs-small": Shot("analyse", working, unfold_failure, SMALL),
    "analyse-several": Shot("analyse", several, measure_pace),
    "analyse-scanning": Shot("analyse", scanning),
    "analyse-notice": Shot("analyse", working, say_notice),
    "analyse-scenes": Shot("analyse", working, open_scenes),
    "analyse-scenes-long": Shot("analyse", long_scene, open_scenes),
    "analyse-scenes-small": Shot("analyse", working, open_scenes, SMALL),
    "analyse-cut": Shot("analyse", planned, open_cut),
    "analyse-cut-small": Shot("analyse", planned, open_cut, SMALL),
    "analyse-cut-reasons": Shot("analyse", planned, read_reasons),
    "analyse-cut-rules": Shot("analyse", planned_by_rules, open_cut),
    "analyse-cut-making": Shot("analyse", planned, make_cut),
    "analyse-cut-dragged": Shot("analyse", planned, drag_cut),
    "analyse-cut-long": Shot("analyse", planned_long, open_cut),
    "events": Shot("events", monitored),
    "events-alerts": Shot("events", alerted, choose_alert),
    "events-empty": Shot("events", first_launch),
    "settings": Shot("settings", first_launch),
    "settings-models": Shot("settings", first_launch, section("models")),
    "overview-cloud": Shot("overview", wants_cloud),
    "consent": Shot("overview", wants_cloud, ask("openai")),
    "consent-own": Shot("settings", own_server, ask("ollama")),
    "settings-cloud": Shot("settings", allowed, section("cloud")),
    "settings-cloud-small": Shot("settings", own_server, section("cloud"), SMALL),
    "events-cloud": Shot("events", allowed),
    "events-cloud-small": Shot("events", allowed, size=SMALL),
    "settings-alerts": Shot("settings", first_launch, section("alerts")),
    "settings-memory": Shot("settings", first_launch, section("memory")),
    "settings-policy": Shot("settings", first_launch, section("policy")),
    "settings-limits": Shot("settings", first_launch, section("limits"), SMALL),
    "settings-api": Shot("settings", first_launch, section("api")),
    "settings-search": Shot("settings", first_launch, search_settings),
    "tray": Shot("overview", degraded, grab=tray_sheet),
    "cannot-start": Shot("overview", first_launch, grab=fatal_box),
    "no-files": Shot("analyse", first_launch, refuse_drop),
}


def settle(ready: Callable[[], object] = lambda: True, seconds: float = 8.0) -> None:
    """Let the event loop run until ``ready`` and then until nothing is left to do."""
    import time

    until = time.monotonic() + seconds
    while not ready() and time.monotonic() < until:
        QApplication.processEvents()
        time.sleep(0.005)
    for _ in range(30):
        QApplication.processEvents()
        time.sleep(0.005)


def take(
    folder: Path, names: list[str], themes: list[str], languages: list[str], scale: str
) -> Iterator[Path]:
    """Yields each picture's path."""
    qt = QApplication.instance() or QApplication(["shots"])
    assert isinstance(qt, QApplication)
    for language in languages:
        for theme in themes:
            for name in names:
                shot = SHOTS[name]
                with tempfile.TemporaryDirectory() as home:
                    yield _take_one(qt, Path(home), folder, name, shot, theme, language, scale)


def _take_one(
    qt: QApplication, home: Path, folder: Path, name: str, shot: Shot, theme: str, language: str, scale: str
) -> Path:
    services = fakes.fake_services(home, language)
    services.settings.set("ui.theme", theme)
    desktop = Desktop(qt, services)
    try:
        shot.prepare(services)
        settle()
        desktop.show_window(shot.page)
        desktop.window.resize(*shot.size)
        settle()
        if shot.after is not None:
            shot.after(desktop)
        settle()
        path = folder / f"{name}-{theme}-{language}-{scale}x.png"
        grab = shot.grab or (lambda shown: (shown.content.consent or shown.window).grab())
        grab(desktop).save(str(path))
        return path
    finally:
        desktop.close()
        settle()
        services.close()


def main() -> int:
    """Without ``--scale`` it starts itself once per scale."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("names", nargs="*", help=", ".join(SHOTS))
    parser.add_argument("--scale", choices=(*SCALES, *BETWEEN))
    parser.add_argument("--theme", choices=THEMES, action="append")
    parser.add_argument("--lang", choices=LANGUAGES, action="append")
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    if given.scale is None:
        codes = [
            subprocess.run(
                [sys.executable, "-m", "tests.screenshots", *sys.argv[1:], "--scale", scale],
                env={**os.environ, "QT_SCALE_FACTOR": scale},
            ).returncode
            for scale in SCALES
        ]
        return max(codes)
    os.environ["QT_SCALE_FACTOR"] = given.scale
    names = given.names or list(SHOTS)
    for path in take(
        given.folder, names, given.theme or list(THEMES), given.lang or list(LANGUAGES), given.scale
    ):
        sys.stdout.write(f"{path}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
