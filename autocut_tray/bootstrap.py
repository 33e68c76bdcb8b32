"""The composition root: builds every service once, from top to bottom, and closes them in reverse order.

Read it to learn what there is and who knows whom. The close of an object is registered on the line after its
birth, so that a failure half-way leaves nothing running.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import ExitStack
from typing import TYPE_CHECKING

from autocut_tray.core.alerts.scale import ConcurrencyScale
from autocut_tray.core.alerts.service import AlertService
from autocut_tray.core.alerts.service import Hands as AlertHands
from autocut_tray.core.analyzers.leave import caps, places, server, wishes
from autocut_tray.core.analyzers.pool import AnalyzerPool
from autocut_tray.core.api_access import ApiAccess
from autocut_tray.core.clock import Clock, SystemClock
from autocut_tray.core.drill.drill import Drill
from autocut_tray.core.drill.drill import Hands as DrillHands
from autocut_tray.core.egress.desk import ConsentDesk
from autocut_tray.core.egress.door import ConsentsChanged, Door
from autocut_tray.core.egress.ledger import Ledger
from autocut_tray.core.events import EventBus
from autocut_tray.core.frozen import frozen
from autocut_tray.core.jobs.admission import ControlledAdmission
from autocut_tray.core.jobs.consent_desk import cloud_refusal, consents_in_force, waiting
from autocut_tray.core.jobs.defaults import default_options, description_language, scan_options
from autocut_tray.core.jobs.disk_room import DiskRoom
from autocut_tray.core.jobs.intake import Intake
from autocut_tray.core.jobs.job import JobChanged, JobState
from autocut_tray.core.jobs.plan_access import held, planning_asker
from autocut_tray.core.jobs.plans import PlanHands, Plans
from autocut_tray.core.jobs.ports import Scanner
from autocut_tray.core.jobs.queue import JobQueue
from autocut_tray.core.jobs.resumer import Resumer
from autocut_tray.core.jobs.room import Room
from autocut_tray.core.jobs.side_by_side import side_by_side
from autocut_tray.core.jobs.store import JobStore
from autocut_tray.core.jobs.workload import Workload
from autocut_tray.core.log import log_verbosely
from autocut_tray.core.media import gate
from autocut_tray.core.media.scanner import WorkerScanner
from autocut_tray.core.memory.budget import BudgetOptions, UnifiedMemoryManager
from autocut_tray.core.memory.guard import GuardHands, MemoryGuard
from autocut_tray.core.memory.policies import LazyPolicies
from autocut_tray.core.memory.proof import measure_memory
from autocut_tray.core.memory.residency import Residency, Resident
from autocut_tray.core.memory.services import MemoryServices
from autocut_tray.core.memory.tracker import ResourceTracker
from autocut_tray.core.messages import Message
from autocut_tray.core.monitor.history import History
from autocut_tray.core.monitor.monitor import RuntimeMonitor
from autocut_tray.core.monitor.sampler import Sampler, VramWatch, WorkReading
from autocut_tray.core.monitor.task_times import TaskTimes
from autocut_tray.core.paths import Paths
from autocut_tray.core.policy.control_hands import Hands
from autocut_tray.core.policy.control_memory import ControlMemory
from autocut_tray.core.policy.controller import Controller, ControllerChanged
from autocut_tray.core.policy.detection import Detection, ProfileChanged, ServerWatch
from autocut_tray.core.policy.editor_wish import editor_claims
from autocut_tray.core.policy.figure_learner import FigureLearner
from autocut_tray.core.policy.figure_store import FigureStore
from autocut_tray.core.policy.governor_thresholds import Thresholds
from autocut_tray.core.policy.governor_types import MemoryLevel
from autocut_tray.core.policy.held import ram_holders
from autocut_tray.core.policy.limits import limits_in_force
from autocut_tray.core.policy.policy import Route
from autocut_tray.core.policy.route_questions import RouteQuestions
from autocut_tray.core.policy.wishes import Wishes
from autocut_tray.core.remedies.dismissals import Dismissals
from autocut_tray.core.remedies.remedies import Hands as RemedyHands
from autocut_tray.core.remedies.remedies import Remedies
from autocut_tray.core.remedies.use_model import ModelChooser
from autocut_tray.core.runtime.detect import Detector
from autocut_tray.core.runtime.probes import Probes, system_probes
from autocut_tray.core.runtime.probes.editor_watch import EditorWatcher
from autocut_tray.core.runtime.profile_json import ProfileStore
from autocut_tray.core.runtime.server_addresses import addresses, local_root
from autocut_tray.core.sample import MetricsSample
from autocut_tray.core.settings.schema import Settings
from autocut_tray.core.settings.secrets import KeyStore
from autocut_tray.core.settings.store import SettingsChanged, SettingsStore
from autocut_tray.i18n import Translator, choose_language

if TYPE_CHECKING:
    from autocut_tray.core.jobs.export import Exporter
    from autocut_tray.core.report.facts import Sources

log = logging.getLogger(__name__)


@frozen
class Services:
    """Everything a user interface, the command line or the API works with."""

    paths: Paths
    clock: Clock
    bus: EventBus
    settings: SettingsStore
    translator: Translator
    keys: KeyStore
    history: History
    detection: Detection
    controller: Controller
    monitor: RuntimeMonitor
    alerts: AlertService
    task_times: TaskTimes
    jobs: JobQueue
    plans: Plans
    workload: Workload
    cloud: ConsentDesk
    remedies: Remedies
    memory: MemoryServices
    dismissals: Dismissals
    drill: Drill
    make_exporter: Callable[[], Exporter]
    report_sources: Callable[[], Sources]
    api: ApiAccess
    problems: tuple[Message, ...]
    """What a person must be told about settings and stored data."""
    _closing: ExitStack

    def start(self, *, detect: bool = True) -> None:
        """Begin to measure, to work and (unless told otherwise) to look at the machine."""
        self.monitor.start()
        self.jobs.start()
        if detect:
            self.detection.detect()

    def close_first(self, callback: Callable[[], None]) -> None:
        """Call this at the very beginning of :meth:`close`: for those who work with everything here."""
        self._closing.callback(callback)

    def memory_error(self) -> None:
        """Somewhere in this process memory was asked for in vain; may be called anywhere, also half-way into work."""
        self.controller.memory_error()
        self.monitor.wake()

    def close(self) -> None:
        """End everything in reverse order of its birth; returns within about 4 seconds."""
        self._closing.close()


def build_services(
    paths: Paths,
    settings: SettingsStore,
    bus: EventBus,
    *,
    clock: Clock | None = None,
    probes: Probes | None = None,
    scanner: Scanner | None = None,
    language: str | None = None,
    others_work: Callable[[], bool] = lambda: False,
) -> Services:
    """All services, not yet started. Raises StorageError and SettingsError; then nothing is left running.

    ``others_work``: True while somebody else than our own jobs needs a tier to work on.
    """
    clock = clock or SystemClock()
    with ExitStack() as closing:
        paths.create()
        if settings.current.monitor.verbose_log:
            log_verbosely(True)
        translator = Translator(choose_language(language or settings.current.ui.language))
        keys = KeyStore.of(paths)
        history = History(
            paths.metrics_database, clock, retention_days=settings.current.monitor.retention_days
        )
        closing.callback(history.close)
        store = JobStore(paths.app_database, clock)
        closing.callback(store.close)
        workload = Workload(store)
        door = Door(store.database, clock, caps=lambda: caps(settings.current), tell=bus.publish)

        measured = FigureStore(paths.figures_file, clock)
        closing.callback(measured.close)
        detector = Detector(probes or system_probes(clock, lambda: addresses(settings.current, keys)), clock)
        closing.callback(detector.close)

        def asked() -> Wishes:
            return wishes(settings.current, keys, consents_in_force(door))

        detection = Detection(
            detector, ProfileStore(paths.profile_file), asked, bus, lambda: measured.figures
        )
        closing.callback(detection.close)
        questions = RouteQuestions(detection, lambda: measured.figures, asked)
        learner = FigureLearner(measured, lambda: detection.profile, clock, tell=detection.explain_again)

        rules = LazyPolicies(paths.release_policies_file)
        tracker = ResourceTracker(lambda: rules.table, clock)
        budget = UnifiedMemoryManager(clock, BudgetOptions.of(settings.current), tracker)
        residency = Residency(lambda backend: local_root(settings.current, keys, backend), tracker)
        analyzers = AnalyzerPool(
            lambda backend: server(settings.current, keys, backend),
            door,
            residency,
            clock,
            answer_timeout=lambda: settings.current.models.answer_timeout,
            pictures=lambda: settings.current.analysis.pictures_per_scene,
            loaded=lambda route, resident: learn_memory(learner, route, resident),
        )
        closing.callback(analyzers.close)

        def limits() -> Thresholds:
            return limits_in_force(settings.current.limits)

        media = scanner or WorkerScanner(clock, memory=budget, grace=lambda: limits().worker_term_wait)
        guard = MemoryGuard(
            tracker,
            lambda: rules.table,
            GuardHands(
                level=lambda: controller.state.level,
                measure=lambda: measure_memory(_bytes_used(monitor.latest)),
                refresh=lambda: monitor.wake(),
                limits=limits,
                release_idle=lambda: settings.current.memory.release_idle,
                compress=lambda: settings.current.memory.compress_cache,
                find_leaks=budget.find_leaks,
                publish=bus.publish,
                keep=history.releases.add,
            ),
            clock,
        )
        controller = Controller(
            Hands(
                probe=analyzers.probe,
                reclaim=guard.reclaim,
                stop_worker=lambda: jobs.stop_worker(),
                throttle=lambda on: media.throttle(on),
                cancel_units=lambda: jobs.interrupt_units(),
                resident=analyzers.resident,
                needs=questions.needs,
                expected_seconds=questions.expected_seconds,
                has_work=lambda: workload.wanted or others_work(),
                editor_claims=lambda sample: editor_claims(settings.current, sample),
                cloud_refusal=lambda route: cloud_refusal(settings.current, keys, door, route),
                keep_receipt=history.add_receipt,
                mark_undone=history.mark_undone,
                mark_forced_undone=history.mark_forced_undone,
                add_proof=history.add_proof,
                smaller=questions.smaller,
                ram_holders=ram_holders,
            ),
            bus,
            clock,
            thresholds=limits(),
            prefer_cloud=settings.current.policy.prefer_cloud,
            memory=ControlMemory(paths.control_file, clock),
            tape=history.tape,
        )
        closing.callback(controller.close)
        closing.callback(guard.close)
        closing.callback(residency.close)  # before those two, whose helpers may be waiting for a server

        chooser = ModelChooser(settings, questions.settings_for_model, questions.resolved_again)
        remedies = Remedies(
            RemedyHands(
                address=lambda backend: local_root(settings.current, keys, backend),
                unload=residency.unload_everything,
                loaded=residency.loaded,
                detect=detection.detect,
                use_model=chooser.choose,
                vram_used=lambda: _bytes_used(monitor.latest),
            ),
            bus,
            clock,
        )
        closing.callback(remedies.close)
        scale = ConcurrencyScale()
        disk = DiskRoom(
            paths.data,  # the folder of the pictures in it comes with the first of them
            lambda: limits().disk_reserve_mib,
            store,
            bus.publish,
        )
        room = Room(controller, budget, scale)
        task_times = TaskTimes(clock)
        jobs = JobQueue(
            store,
            media,
            ControlledAdmission(
                controller,
                lambda: detection.policy,
                analyzers,
                learner,
                scale,
                task_times.add,
                questions,
                clock,
            ),
            Intake(gate.content_key, lambda path: gate.settling(path, clock), gate.find_videos),
            workload,
            may_start=lambda: controller.state.level is not MemoryLevel.EMERGENCY and disk.has_room(),
            on_worker_death=lambda: controller.worker_died(),
            scan_options=lambda: scan_options(
                settings.current,
                detection.policy,
                description_language(settings.current, translator.language),
            ),
            default_options=lambda: default_options(settings.current, translator.language),
            thumbnails=paths.thumbnails,
            bus=bus,
            clock=clock,
            memory=budget,
            on_memory_error=controller.memory_error,
            side_by_side=lambda running: side_by_side(
                room.situation(running, settings.current, detection.profile, monitor.latest)
            ),
        )
        closing.callback(jobs.close)
        plans = Plans(
            store,
            PlanHands(
                policy=lambda: detection.policy.planning if detection.policy else None,
                asker=lambda planning, errand: planning_asker(analyzers, planning, controller.state, errand),
                held=lambda: held(controller.state),
            ),
            bus,
        )
        closing.callback(plans.close)

        vram = VramWatch(clock)
        watcher = EditorWatcher(clock)
        sampler = Sampler(
            clock,
            vram=vram,
            work=lambda: WorkReading(
                workload.queued, workload.running, controller.state.failure_rate, task_times.mean
            ),
            editor=watcher.look,
        )
        closing.callback(sampler.close)
        alerts = AlertService(
            AlertHands(
                keep_alert=history.alerts.add,
                end_alert=history.alerts.end,
                keep_receipt=history.add_receipt,
                tier=lambda: controller.state.shown_tier.value,
                most_at_once=lambda: detection.policy.vision.concurrency if detection.policy else 1,
                usual_seconds=lambda: questions.usual_seconds(controller.state.tier),
            ),
            bus,
            clock,
            scale,
            lambda: settings.current.alerts,
        )
        monitor = RuntimeMonitor(
            clock,
            sampler.sample,
            (
                history.add,
                controller.tick,
                guard.tick,
                alerts.tick,
                ServerWatch(detection, lambda: workload.wanted).tick,
                lambda _: jobs.look_again(),
            ),
            is_busy=lambda: controller.wants_fast_ticks or workload.wanted or others_work(),
            is_watchful=lambda: bool(alerts.active) or controller.state.level is not MemoryLevel.OK,
            is_critical=lambda: controller.is_pressed,
            intervals=lambda: (
                settings.current.monitor.busy_interval,
                settings.current.monitor.idle_interval,
            ),
        )
        closing.callback(monitor.close)

        def on_profile(event: ProfileChanged) -> None:
            if event.only_words:
                return
            vram.use(event.profile.primary_gpu)
            controller.adopt(event.policy)
            if event.policy.routes:
                jobs.requeue_waiting()
            monitor.wake()

        def on_settings(event: SettingsChanged) -> None:
            if "ui.language" in event.paths:
                translator.set_language(choose_language(event.settings.ui.language))
            if "monitor.verbose_log" in event.paths:
                log_verbosely(event.settings.monitor.verbose_log)
            if any(path.startswith(("models.", "policy.", "cloud.")) for path in event.paths):
                analyzers.reset()
                detection.detect()
            if any(path.startswith(("limits.", "policy.")) for path in event.paths):
                controller.reconfigure(
                    limits_in_force(event.settings.limits), prefer_cloud=event.settings.policy.prefer_cloud
                )

            if any(path.startswith("memory.") for path in event.paths):
                budget.configure(BudgetOptions.of(event.settings))

        def on_consents(event: ConsentsChanged) -> None:
            analyzers.reset()  # what is under way to a place that was allowed until now ends here
            detection.resolve_again()

        closing.callback(bus.subscribe(ProfileChanged, on_profile))
        closing.callback(bus.subscribe(ConsentsChanged, on_consents))
        closing.callback(bus.subscribe(SettingsChanged, on_settings))
        closing.callback(bus.subscribe(ControllerChanged, Resumer(jobs).on_change))
        closing.callback(bus.subscribe(JobChanged, lambda event: _hurry(monitor, event)))
        drill = Drill(
            DrillHands(
                probe=analyzers.probe,
                resident=analyzers.is_resident,
                unload=analyzers.unload,
                expected_seconds=questions.expected_seconds,
                is_working=lambda: controller.state.in_flight > 0 or controller.state.warming,
            ),
            bus,
            clock,
            policy=lambda: detection.policy,
            thresholds=limits,
            prefer_cloud=lambda: settings.current.policy.prefer_cloud,
        )
        closing.callback(drill.close)
        damages = (store.problem, history.damage)
        problems = (*settings.problems, *rules.problems, *(damage for damage in damages if damage))
        return Services(
            paths,
            clock,
            bus,
            settings,
            translator,
            keys,
            history,
            detection,
            controller,
            monitor,
            alerts,
            task_times,
            jobs,
            plans,
            workload,
            ConsentDesk(
                door,
                lambda: places(settings.current, keys, detection.profile, detection.policy),
                lambda: waiting(store, paths),
            ),
            remedies,
            MemoryServices(tracker, budget, guard, residency),
            Dismissals(paths.dismissed_file, clock),
            drill,
            lambda: exporter(store, paths),
            lambda: report_sources(history, store, door.ledger, settings.current, detection),
            ApiAccess(paths.api_token_file, paths.api_file, bus),
            problems,
            closing.pop_all(),
        )


def _hurry(monitor: RuntimeMonitor, event: JobChanged) -> None:
    """A job that just came must not wait for the next idle reading, and is never worked on unwatched."""
    if event.job.state is JobState.QUEUED:
        monitor.resume()
        monitor.wake()


def learn_memory(learner: FigureLearner, route: Route, resident: Resident | None) -> None:
    """A model was loaded and proven."""
    size, vram = (None, None) if resident is None else (resident.size_bytes, resident.vram_bytes)
    learner.loaded(route, size, vram)


def exporter(store: JobStore, paths: Paths) -> Exporter:
    """What makes files for editors of the jobs of this store."""
    from autocut_tray.core.jobs.export import Exporter  # late: 30 ms that a start does not need
    from autocut_tray.core.timeline.draw import draw_sheet

    return Exporter(store, paths.thumbnails, draw_sheet)


def report_sources(
    history: History, store: JobStore, ledger: Ledger, settings: Settings, detection: Detection
) -> Sources:
    """What a report of this moment is made of."""
    from autocut_tray.core.report.facts import Sources  # late: no start needs it

    limits = limits_in_force(settings.limits)
    return Sources(history, store, ledger, caps(settings), limits, detection.profile, detection.policy)


def _bytes_used(sample: MetricsSample | None) -> int | None:
    return None if sample is None or sample.vram_used is None else sample.vram_used * 1024 * 1024
