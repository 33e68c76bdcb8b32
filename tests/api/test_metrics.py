"""What Prometheus reads: parsed by its own client, by its naming conventions, and known to the dashboard."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

from prometheus_client.metrics_core import Metric
from prometheus_client.parser import text_string_to_metric_families

from autocut_tray.core.assets import asset
from autocut_tray.core.policy.control_receipts import ReceiptAdded
from autocut_tray.core.receipt import Receipt, ReceiptKind
from tests.api.rig import Rig, make_clip, work_until
from tests.monitor.test_history import SAMPLE

UNITS = ("bytes", "seconds", "ratio", "info", "total", "created")
UNITLESS = {
    "autocut_tier", "autocut_memory_level", "autocut_degraded", "autocut_alert_level", "autocut_jobs",
    "autocut_load1", "autocut_editor_running", "autocut_scenes", "autocut_decisions", "autocut_http_requests",
}  # fmt: skip
LABELS = {
    "tier",
    "level",
    "alert",
    "state",
    "result",
    "kind",
    "cause",
    "method",
    "route",
    "code",
    "version",
    "le",
}


def families(rig: Rig) -> dict[str, Metric]:
    reply = rig.get("/metrics")
    assert reply.status == 200 and reply.headers["content-type"].startswith("text/plain; version=0.0.4")
    return {family.name: family for family in text_string_to_metric_families(reply.body.decode())}


def value(found: dict[str, Metric], name: str, **labels: str) -> float:
    family = next(metric for known, metric in found.items() if name.startswith(known))
    (sample,) = [one for one in family.samples if one.name == name and one.labels == labels]
    return float(sample.value)


def work(rig: Rig) -> None:
    """A job, a decision, and readings of everything."""
    work_until(
        rig, rig.post("/api/jobs", {"paths": [make_clip(rig, "geheim von Erika.mp4")]}).json["jobs"][0]["id"]
    )
    rig.services.monitor.latest = replace(
        SAMPLE, vram_used=2048, vram_total=8192, ram_available=4096, ram_total=16_384, cpu_percent=25.0,
        gpu_load=50.0, failure_rate=0.25, processing_s=1.5, disk_read=10, disk_written=20, net_sent=30,
        net_received=40, swap_used=1, load_average=0.5, resolve_running=True,
    )  # fmt: skip
    rig.services.bus.publish(
        ReceiptAdded(
            Receipt(
                1, 0.0, ReceiptKind.TIER, "GPU", "CPU", "vram", None, None, None, None, {}, {}, None,
                undone=False, better=False,
            )
        )
    )  # fmt: skip


def test_figures_are_in_base_units(rig: Rig) -> None:
    work(rig)
    rig.get("/api/jobs/nobody")
    found = families(rig)
    assert value(found, "autocut_gpu_memory_used_bytes") == 2048 * 2**20
    assert value(found, "autocut_memory_used_bytes") == 12_288 * 2**20
    assert value(found, "autocut_cpu_utilization_ratio") == 0.25
    assert value(found, "autocut_task_failure_ratio") == 0.25
    assert value(found, "autocut_tier", tier="CPU") == 1 and value(found, "autocut_tier", tier="GPU") == 0
    assert value(found, "autocut_scenes_total", result="described") == 2
    assert value(found, "autocut_scene_description_seconds_count", tier="CPU") == 2
    assert value(found, "autocut_decisions_total", kind="tier", cause="vram") == 1
    assert value(found, "autocut_alert_level", alert="cpu") == 0
    assert value(found, "autocut_network_received_bytes_total") == 40
    assert (
        value(found, "autocut_http_requests_total", method="GET", route="/api/jobs/{job_id}", code="404") == 1
    )
    assert value(found, "process_resident_memory_bytes") > 2**20


def test_names_follow_the_conventions_and_labels_tell_of_nobody(rig: Rig) -> None:
    work(rig)
    rig.get("/nobody/knows/this", token="sk-wrong-token")
    found = families(rig)
    for name, family in found.items():
        assert re.fullmatch(r"(autocut|process)_[a-z0-9_]+", name) and family.documentation
        if name.startswith("autocut_"):
            assert name.endswith(UNITS) or name in UNITLESS, name
            for sample in family.samples:
                assert set(sample.labels) <= LABELS, sample
                assert family.type != "counter" or sample.name.endswith(("_total", "_created"))
    text = rig.get("/metrics").body.decode()
    for private in (
        "geheim",
        "Erika",
        str(rig.folder),
        "moondream",
        "127.0.0.1",
        rig.token,
        "nobody/knows",
        "wrong",
    ):
        assert private not in text, private


def test_what_is_not_measured_is_not_there(rig: Rig) -> None:
    rig.services.monitor.latest = replace(SAMPLE, vram_used=None, vram_total=None, cpu_percent=None)
    found = families(rig)
    assert "autocut_gpu_memory_used_bytes" not in found and "autocut_cpu_utilization_ratio" not in found
    rig.services.monitor.latest = None
    assert "autocut_memory_used_bytes" not in families(rig)


def test_the_dashboard_asks_for_what_there_is(rig: Rig) -> None:
    work(rig)
    families(rig)
    names = {sample.name for family in families(rig).values() for sample in family.samples}
    dashboard: Any = json.loads(asset("dashboard", "grafana.json").read_text("utf-8"))
    asked = set()
    for panel in dashboard["panels"]:
        assert panel["title"] and panel["targets"]
        for target in panel["targets"]:
            asked |= set(re.findall(r"(?:autocut|process)_[a-z0-9_]+", target["expr"]))
            assert target["datasource"]["uid"] == "${datasource}"
    assert asked <= names, asked - names
    assert len({panel["id"] for panel in dashboard["panels"]}) == len(dashboard["panels"])
