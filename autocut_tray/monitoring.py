"""The library's face of the monitor: know from other Python code where pictures are to be described, tell how it
went, and have the readings, the alerts and the reports.

    from autocut_tray.monitoring import get_runtime_monitor

    with get_runtime_monitor() as monitor:
        monitor.register_degradation_callback(lambda change: print(change["from"], "->", change["to"]))
        device = "cpu" if monitor.should_use_cpu_for_vision() else "cuda"
        monitor.record_task_result(success=True, seconds=1.4)

While AutoCut Director runs, this is a view of it: one governor decides for all. Otherwise the same core runs in this
process, loads and tries the model of the policy, and is what other commands talk to until it is closed.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol

from autocut_tray.bootstrap import build_services
from autocut_tray.core.alert import AlertKind
from autocut_tray.core.clock import Clock, SystemClock
from autocut_tray.core.errors import AutoCutError, UsageError
from autocut_tray.core.events import EventBus
from autocut_tray.core.files import write_chosen
from autocut_tray.core.instance import InstanceBusy, InstanceLock, call_instance
from autocut_tray.core.messages import message
from autocut_tray.core.paths import Paths
from autocut_tray.core.policy.governor_types import Tier
from autocut_tray.core.report.facts import Report, Sources, gather
from autocut_tray.core.report.period import parse_period
from autocut_tray.core.settings.store import SettingsStore
from autocut_tray.i18n import Translator, choose_language
from autocut_tray.instance_channel import open_channel
from autocut_tray.instance_requests import Requests
from autocut_tray.reporting.document import report_document
from autocut_tray.reporting.files import ReportFormat, report_bytes
from autocut_tray.reporting.stored import stored_sources
from autocut_tray.setting_rows import chosen_rows, fitted

log = logging.getLogger(__name__)

Json = dict[str, Any]

MOST_MINUTES = 30 * 24 * 60

_LOOK_SECONDS = 1.0
_PATIENCE_SECONDS = 10.0
"""How long a program that is just starting or ending is waited for."""


class _Core(Protocol):
    """Whoever decides: another process, or this one."""

    def call(self, request: Json) -> Json:
        """Raises AutoCutError."""

    def suspend(self) -> None:
        """Raises UsageError where it must not be."""

    def resume(self) -> None: ...

    def settings(self) -> SettingsStore:
        """Those of this person; who changes one calls ``reload-settings``."""

    def sources(self) -> AbstractContextManager[Sources]:
        """What reports are made of. Raises StorageError."""

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True, eq=False)
class _Listener:
    """``wants`` is asked with ``changes`` or ``alerts`` and one of them."""

    callback: Callable[[Json], object]
    wants: Callable[[str, Json], bool]


class RuntimeMonitor:
    """Every method may be called from any thread. Close it after use.

    Methods raise AutoCutError with the code ``monitor_ended`` when the program that was watched has ended.
    """

    def __init__(self, core: _Core, clock: Clock) -> None:
        self._core = core
        self._clock = clock
        self._lock = threading.Lock()
        self._listeners: tuple[_Listener, ...] = ()
        self._closing = threading.Event()
        self._follower: threading.Thread | None = None

    def should_use_cpu_for_vision(self) -> bool:
        """True when pictures are to be described on the processor now.

        False is the device of the policy, or no work at all: :meth:`get_tier` tells which.
        """
        return self.get_tier() == Tier.CPU.value

    def get_tier(self) -> str:
        """Where pictures are to be described now: ``GPU``, ``CPU``, ``CLOUD``, or ``PAUSED`` for nowhere."""
        return str(self._core.call({"command": "watch"})["tier"])

    def record_task_result(self, success: bool, *, seconds: float | None = None) -> None:
        """A picture was described on that tier, or was not; too many failures, and the next tier takes over.

        ``seconds``: how long it took, for the mean response time. Raises UsageError for a negative one.
        """
        if seconds is not None and not 0.0 <= seconds < float("inf"):
            raise UsageError("usage", message("error-seconds", seconds=str(seconds)))
        self._core.call({"command": "task-result", "success": bool(success), "seconds": seconds})

    def register_degradation_callback(
        self, callback: Callable[[Json], object], *, recoveries: bool = False
    ) -> Callable[[], None]:
        """Call ``callback`` with the receipt of every step down from now on, and of every step back up with
        ``recoveries``; returns what ends it.

        A receipt is that of the command line (``at``, ``kind``, ``from``, ``to``, ``cause``, ``value`` …), with
        ``better`` True for a recovery. Calls come within about a second, from a thread of the monitor, one at a time;
        what one raises is logged and costs the others nothing.
        """
        return self._listen(_Listener(callback, lambda kind, news: _is_step(kind, news, recoveries)))

    def register_alert_callback(self, callback: Callable[[Json], object]) -> Callable[[], None]:
        """Call ``callback`` with every alert that is raised from now on, muted or not; returns what ends it.

        An alert is that of ``autocut-tray alerts --json``: ``alert``, ``level``, ``value``, ``threshold`` …
        Calls come as those of :meth:`register_degradation_callback`.
        """
        return self._listen(_Listener(callback, lambda kind, _: kind == "alerts"))

    def _listen(self, listener: _Listener) -> Callable[[], None]:
        with self._lock:
            self._listeners = (*self._listeners, listener)
            if self._follower is None and not self._closing.is_set():
                seen = self._core.call({"command": "watch"})
                self._follower = threading.Thread(target=self._follow, args=(seen,), name="monitor-callbacks")
                self._follower.start()

        def forget() -> None:
            with self._lock:
                self._listeners = tuple(known for known in self._listeners if known is not listener)

        return forget

    def get_metrics_history(self, minutes: float = 5) -> Json:
        """The readings of the last minutes, up to 30 days of them.

        ``{"minutes", "from", "to", "metrics": {"vram": {"width", "t", "low", "high"}, "ram", "cpu", …}}``: each point
        stands for ``width`` seconds from ``t`` (since the epoch) and has the lowest and highest reading in percent.
        What was not measured is missing. Raises UsageError for minutes out of range.
        """
        if not 0 < minutes <= MOST_MINUTES:
            raise UsageError(
                "usage", message("error-minutes", minutes=f"{minutes:g}", most=str(MOST_MINUTES))
            )
        return self._core.call({"command": "history", "minutes": minutes})

    def get_status(self) -> Json:
        """What ``autocut-tray status --json`` prints."""
        return self._core.call({"command": "status"})

    def suspend(self) -> None:
        """Measure nothing until :meth:`resume`, as for a benchmark that must not be disturbed; decisions stay as they
        are, and the time between counts for none of them. A job that comes ends it.

        Raises UsageError while jobs run, and where the monitor is that of a running program: its work depends on it.
        """
        self._core.suspend()

    def resume(self) -> None:
        """Measure again, at once; nothing happens where it was not suspended."""
        self._core.resume()

    def get_current_metrics(self) -> Json:
        """The last readings: ``{"gpu": {"vram_used_percent", …}, "memory", "cpu", "tasks", "disk", "network",
        "editor"}``, as ``monitor.metrics`` of the status; what was not measured is None."""
        metrics: Json = self.get_status()["monitor"]["metrics"]
        return metrics

    def set_alert(
        self,
        alert: str,
        *,
        warn: float | None = None,
        critical: float | None = None,
        scale: str | None = None,
        muted: bool | None = None,
    ) -> None:
        """Change one alert for good, as in the settings; what is left out stays.

        ``alert``: ``cpu`` or ``memory`` (limits in percent), ``queue`` (jobs) or ``response`` (seconds).
        ``scale``: from which level on fewer scenes are described at once: ``never``, ``warn`` or ``critical``; the
        queue has none. ``muted``: the desktop is told nothing. Raises UsageError for an alert that there is not, and
        SettingsError for a value that cannot be or that the environment decides.
        """
        self.configure_alerts({alert: {"warn": warn, "critical": critical, "scale": scale, "muted": muted}})

    def configure_alerts(
        self,
        alerts: Mapping[str, Mapping[str, Any]] | None = None,
        *,
        hold: float | None = None,
        clear: float | None = None,
        cooldown: float | None = None,
    ) -> None:
        """Change several alerts at once: all of it, or nothing.

        ``alerts``: what :meth:`set_alert` takes, by alert: ``{"cpu": {"warn": 80, "critical": 95}}``. Seconds:
        ``hold``, how long a reading must stand beyond a limit; ``clear``, how long below until it is over;
        ``cooldown``, between two alerts of one level. Raises as :meth:`set_alert` does.
        """
        changes: dict[str, object] = {
            f"alerts.{name}": seconds
            for name, seconds in (("hold", hold), ("clear", clear), ("cooldown", cooldown))
        }
        known = [kind.value for kind in AlertKind]
        for alert, wanted in (alerts or {}).items():
            if alert not in known:
                names = ", ".join(known)
                raise UsageError("usage", message("error-no-such-alert", alert=alert, alerts=names))
            changes |= {f"alerts.{alert}_{name}": value for name, value in wanted.items()}
        self._change(changes)

    def set_intervals(self, *, busy: float | None = None, idle: float | None = None) -> None:
        """How many seconds lie between two readings while there is work or a shortage (``busy``), and while there is
        neither and nobody looks (``idle``); for good. Raises SettingsError."""
        self._change({"monitor.busy_interval": busy, "monitor.idle_interval": idle})

    def generate_report(self, period: str = "last_24h") -> Json:
        """What happened, why, what it cost and what to change, as ``autocut-tray report --format json`` has it.

        ``period``: ``last_24h``, ``last_7d`` or any other number of hours or days. Raises UsageError for another one
        and StorageError.
        """
        report, translator = self._report(period)
        return report_document(report, translator)

    def export_report(self, file: str | Path, period: str = "last_24h", form: str | None = None) -> Path:
        """Write that report to a file, over what is there, and return its path.

        ``form``: ``json``, ``csv`` or ``pdf``; None: by the file's name, ``json`` where that says nothing.

        Raises AutoCutError: for a form or a period that there is not, a file that cannot be written, or a PDF that
        cannot be drawn.
        """
        path = Path(file)
        wanted = _form(
            path.suffix.removeprefix(".").lower() if form is None else form, strict=form is not None
        )
        report, translator = self._report(period)
        write_chosen(path, report_bytes(report, wanted, translator))
        return path

    def _report(self, period: str) -> tuple[Report, Translator]:
        translator = Translator(choose_language(self._core.settings().current.ui.language))
        now = self._clock.time()
        with self._core.sources() as sources:
            return gather(sources, parse_period(period, now), now), translator

    def _change(self, changes: Mapping[str, object]) -> None:
        """Those with a value: all or none, here and in the running program."""
        store = self._core.settings()
        chosen: dict[str, object] = {}
        for path, value in changes.items():
            if value is None:
                continue
            (row,) = chosen_rows(store, path)
            chosen[row.stored] = fitted(store, row, value)
        if chosen:
            store.apply(chosen)
            self._core.call({"command": "reload-settings"})

    def close(self) -> None:
        """No callback comes any more when this returns, unless it is called from one."""
        self._closing.set()
        follower = self._follower
        if follower is not None and follower is not threading.current_thread():
            follower.join()
        self._core.close()

    def __enter__(self) -> RuntimeMonitor:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _follow(self, seen: Json) -> None:
        while not self._clock.wait(self._closing, _LOOK_SECONDS):
            after = {"after": seen["last"], "after_alert": seen["last_alert"]}
            try:
                seen = self._core.call({"command": "watch", **after})
            except AutoCutError as error:
                log.info("Nothing to watch now: %s", error)
                continue
            for kind in ("changes", "alerts"):
                for news in seen[kind]:
                    self._tell(kind, news)

    def _tell(self, kind: str, news: Json) -> None:
        for listener in self._listeners:
            if listener.wants(kind, news):
                try:
                    listener.callback(news)
                except Exception:
                    log.exception("A callback failed")


def _form(name: str, *, strict: bool) -> ReportFormat:
    """``strict``: a name that is none is a mistake."""
    try:
        return ReportFormat(name.lower())
    except ValueError:
        if not strict:
            return ReportFormat.JSON
        names = ", ".join(one.value for one in ReportFormat)
        raise UsageError(
            "no_such_format", message("error-no-such-format", format=name, formats=names)
        ) from None


def _is_step(kind: str, news: Json, recoveries: bool) -> bool:
    """A change of tier, down or (with ``recoveries``) up."""
    if kind != "changes" or news["kind"] not in ("tier", "manual") or news["better"] is None:
        return False
    return recoveries or not news["better"]


def get_runtime_monitor() -> RuntimeMonitor:
    """The monitor of the running program, or one in this process where none runs; close it after use.

    Raises StorageError when the data folder cannot be used, InstanceBusy when a running program does not answer.
    Where none runs it takes about a second to look at the machine.
    """
    paths = Paths.from_environment()
    clock = SystemClock()
    lock = InstanceLock(paths.instance_lock)
    patience = clock.monotonic() + _PATIENCE_SECONDS
    never = threading.Event()
    while True:
        if lock.acquire():
            return RuntimeMonitor(_Here(paths, lock), clock)
        there = _There(paths)
        if there.answers():
            return RuntimeMonitor(there, clock)
        if clock.monotonic() >= patience:
            raise InstanceBusy
        clock.wait(never, 0.2)


class _There:
    """The running program."""

    def __init__(self, paths: Paths) -> None:
        self._file = paths.instance_file
        self._paths = paths

    def answers(self) -> bool:
        return call_instance(self._file, {"command": "watch"}) is not None

    def call(self, request: Json) -> Json:
        reply = call_instance(self._file, request)
        if reply is None:
            raise AutoCutError(
                "monitor_ended", message("error-monitor-ended"), message("error-monitor-ended-hint")
            )
        return reply

    def suspend(self) -> None:
        raise UsageError("monitor_needed", message("error-monitor-of-program"))

    def resume(self) -> None:
        """It was never suspended."""

    def settings(self) -> SettingsStore:
        """As they are in the file now."""
        return SettingsStore(self._paths.settings_file, EventBus(), os.environ, self._paths.env_files)

    @contextmanager
    def sources(self) -> Iterator[Sources]:
        self.call({"command": "flush"})
        with stored_sources(self._paths, self.settings().current, SystemClock()) as found:
            yield found

    def close(self) -> None:
        """It goes on."""


class _Here:
    """The core in this process: measures, decides, and does jobs that others hand to it; old jobs rest."""

    def __init__(self, paths: Paths, lock: InstanceLock) -> None:
        with ExitStack() as closing:
            closing.callback(lock.release)
            bus = EventBus()
            settings = SettingsStore(paths.settings_file, bus, os.environ, paths.env_files)
            services = build_services(paths, settings, bus, others_work=lambda: True)
            closing.callback(services.close)
            self._services = services
            self.call = Requests(services, lambda _: False)
            channel = open_channel(services, lambda _: False)
            closing.callback(channel.close)
            services.jobs.recover()
            services.jobs.focus(())
            services.detection.detect_now()
            services.start(detect=False)
            self._services = services
            self._closing = closing.pop_all()

    def suspend(self) -> None:
        if self._services.workload.wanted:
            raise UsageError("monitor_needed", message("error-monitor-of-jobs"))
        self._services.monitor.suspend()

    def resume(self) -> None:
        self._services.monitor.resume()

    def settings(self) -> SettingsStore:
        return self._services.settings

    def sources(self) -> AbstractContextManager[Sources]:
        self._services.history.flush()
        return nullcontext(self._services.report_sources())

    def close(self) -> None:
        self._closing.close()
