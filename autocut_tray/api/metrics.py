"""Figures for Prometheus, by its naming conventions: base units in the name, ratios from 0 to 1, counters ``_total``.

What was not measured is left out, never 0. Labels hold kinds and states only: no name, path or host of anybody.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import ExitStack

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.registry import Collector
from starlette.types import Scope

from autocut_tray import __version__
from autocut_tray.bootstrap import Services
from autocut_tray.core.alert import AlertKind
from autocut_tray.core.jobs.job import SceneChanged, SceneStatus
from autocut_tray.core.policy.control_receipts import ReceiptAdded
from autocut_tray.core.policy.governor_types import MemoryLevel, Tier
from autocut_tray.core.sample import MetricsSample

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4

_MIB = 1024 * 1024
_SCENE_SECONDS = (0.25, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300)
_REQUEST_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)
_KNOWN_METHODS = frozenset({"GET", "HEAD", "POST", "PATCH"})


class Meters:
    """Counts from the start of the API on; :meth:`close` ends that."""

    def __init__(self, services: Services) -> None:
        registry = self._registry = CollectorRegistry()
        registry.register(_Now(services))
        if sys.platform == "linux":
            ProcessCollector(registry=registry)
        self._scenes = Counter(
            "autocut_scenes", "Scenes with a result, by how it went.", ("result",), registry=registry
        )
        self._seconds = Histogram(
            "autocut_scene_description_seconds",
            "How long one description took.",
            ("tier",),
            buckets=_SCENE_SECONDS,
            registry=registry,
        )
        self._decisions = Counter(
            "autocut_decisions", "Changes of the control rules.", ("kind", "cause"), registry=registry
        )
        self._requests = Counter(
            "autocut_http_requests", "Requests to this API.", ("method", "route", "code"), registry=registry
        )
        self._latency = Histogram(
            "autocut_http_request_duration_seconds",
            "From the request to the end of the reply, streams left out.",
            buckets=_REQUEST_SECONDS,
            registry=registry,
        )
        self._lock = threading.Lock()
        self._subscriptions = ExitStack()
        self._subscriptions.callback(services.bus.subscribe(SceneChanged, self._on_scene))
        self._subscriptions.callback(services.bus.subscribe(ReceiptAdded, self._on_receipt))
        for result in ("described", "failed"):
            self._scenes.labels(result)  # there from the beginning, so that a rate can be taken

    def close(self) -> None:
        self._subscriptions.close()

    def render(self) -> bytes:
        """The text that Prometheus reads."""
        return generate_latest(self._registry)

    def count(self, scope: Scope, status: int, seconds: float) -> None:
        """One reply. The route is the template, so that no id gets into a label."""
        route = getattr(scope.get("route"), "path", "none")
        method = scope["method"] if scope["method"] in _KNOWN_METHODS else "other"
        self._requests.labels(method, route, str(status)).inc()
        if not route.endswith("/events"):
            self._latency.observe(seconds)

    def _on_scene(self, event: SceneChanged) -> None:
        record = event.record
        if record.status is SceneStatus.DESCRIBED and record.described_by is not None:
            self._scenes.labels("described").inc()
            self._seconds.labels(record.described_by.tier.value).observe(record.described_by.seconds)
        elif record.status is SceneStatus.FAILED:
            self._scenes.labels("failed").inc()

    def _on_receipt(self, event: ReceiptAdded) -> None:
        self._decisions.labels(event.receipt.kind.value, event.receipt.cause).inc()


class _Now(Collector):
    """What is true at the moment of the scrape."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def collect(self) -> Iterator[Metric]:
        services = self._services
        state = services.controller.state
        yield _gauge("autocut_build_info", "The version.", 1, version=__version__)
        yield _states("autocut_tier", "Where scenes are described.", "tier", Tier, state.shown_tier)
        yield _states("autocut_memory_level", "How short memory is.", "level", MemoryLevel, state.level)
        yield _gauge("autocut_degraded", "1 while work runs on a lower tier than planned.", state.degraded)
        lasting = {alert.kind: alert.level for alert in services.alerts.active}
        family = GaugeMetricFamily(
            "autocut_alert_level", "0 while all is well, 1 warning, 2 critical.", labels=("alert",)
        )
        for kind in AlertKind:
            family.add_metric((kind.value,), lasting[kind].rank if kind in lasting else 0)
        yield family
        jobs = GaugeMetricFamily("autocut_jobs", "Jobs by state.", labels=("state",))
        jobs.add_metric(("queued",), services.workload.queued)
        jobs.add_metric(("running",), services.workload.running)
        yield jobs
        sample = services.monitor.latest
        if sample is not None:
            yield from _readings(sample)


def _readings(sample: MetricsSample) -> Iterable[Metric]:
    used = sample.ram_used
    gauges = (
        ("autocut_gpu_memory_used_bytes", "VRAM in use.", _bytes(sample.vram_used)),
        ("autocut_gpu_memory_size_bytes", "VRAM of the card.", _bytes(sample.vram_total)),
        ("autocut_gpu_utilization_ratio", "Load of the card.", _ratio(sample.gpu_load)),
        ("autocut_memory_used_bytes", "Memory that is not available.", _bytes(used)),
        ("autocut_memory_size_bytes", "Memory of the machine.", _bytes(sample.ram_total)),
        ("autocut_swap_used_bytes", "Swap in use.", _bytes(sample.swap_used)),
        ("autocut_cpu_utilization_ratio", "Load of all cores.", _ratio(sample.cpu_percent)),
        ("autocut_load1", "Load average over a minute.", sample.load_average),
        ("autocut_task_failure_ratio", "Share of the last descriptions that failed.", sample.failure_rate),
        ("autocut_task_duration_seconds", "Mean of the last descriptions.", sample.processing_s),
        ("autocut_editor_running", "1 while DaVinci Resolve is open.", sample.resolve_running),
        ("autocut_last_reading_timestamp_seconds", "When this was measured.", sample.at),
    )
    counters = (
        ("autocut_disk_read_bytes", "Read from disks since boot.", sample.disk_read),
        ("autocut_disk_written_bytes", "Written to disks since boot.", sample.disk_written),
        ("autocut_network_sent_bytes", "Sent since boot.", sample.net_sent),
        ("autocut_network_received_bytes", "Received since boot.", sample.net_received),
    )
    for name, text, value in gauges:
        if value is not None:
            yield _gauge(name, text, float(value))
    for name, text, count in counters:
        if count is not None:
            yield CounterMetricFamily(name, text, value=float(count))


def _bytes(mib: int | None) -> float | None:
    return None if mib is None else float(mib) * _MIB


def _ratio(percent: float | None) -> float | None:
    return None if percent is None else percent / 100


def _gauge(name: str, text: str, value: float, **labels: str) -> Metric:
    family = GaugeMetricFamily(name, text, labels=tuple(labels))
    family.add_metric(tuple(labels.values()), value)
    return family


def _states(
    name: str, text: str, label: str, kinds: type[Tier] | type[MemoryLevel], now: Tier | MemoryLevel
) -> Metric:
    """One series a state, 1 for the one of now."""
    family = GaugeMetricFamily(name, f"{text} 1 for the one of now.", labels=(label,))
    for kind in kinds:
        family.add_metric((kind.value,), float(kind is now))
    return family
