"""Reports over the API: the document that is promised, in the language that is asked for, and as files."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

from autocut_tray.api.report_shapes import ReportFacts
from autocut_tray.core.policy.governor_types import UnitResult
from autocut_tray.core.receipt import Receipt, ReceiptKind
from tests.api.rig import Rig
from tests.api.test_endpoints import conforms
from tests.monitor.test_history import SAMPLE


def test_a_report_and_its_files(rig: Rig) -> None:
    services = rig.services
    now = services.clock.time()
    services.history.add(replace(SAMPLE, at=now - 60, monotonic=0.0))
    services.history.add_receipt(
        Receipt(
            0, now - 30, ReceiptKind.TIER, "GPU", "CPU", "vram", None, None, None, None, {}, {}, None,
            undone=False, better=False,
        )
    )  # fmt: skip
    services.controller.note_result(UnitResult(seconds=2.0))
    services.history.flush()
    report = conforms(ReportFacts, rig.get("/api/report").json)
    assert (report["period"], report["samples"], report["to"] - report["from"]) == ("last_24h", 1, 86_400)
    assert report["load"]["vram"]["max"] == 25.0 and report["load"]["gpu_load"] is None
    assert report["work"]["described"] == 1 and report["profile_class"] is not None
    assert [one["title"] for one in report["degradations"] if one["cause"] == "vram"] == ["GPU → CPU"]
    chinese = rig.get("/api/report?period=last_7d", headers={"Accept-Language": "zh-CN"}).json
    assert "1 次：其他程序需要显存。" in chinese["findings"]["why"]
    for form, media, begin in (
        ("json", "application/json", b"{"),
        ("csv", "text/csv", b"\xef\xbb\xbfsection"),
        ("pdf", "application/pdf", b"%PDF-"),
    ):
        reply = rig.get(f"/api/report/download?period=last_1h&format={form}")
        assert reply.status == 200 and reply.headers["content-type"].startswith(media)
        assert reply.headers["content-disposition"] == f'attachment; filename="autocut-report.{form}"'
        assert reply.body.startswith(begin)
    table = rig.get("/api/report/download?format=csv").body.decode("utf-8-sig")
    assert ["load", "", "vram", "max", "25.0", "%", ""] in list(csv.reader(io.StringIO(table)))
    for period, status in (("forever", 422), ("last_0h", 422), ("last_99999d", 422), ("last_9999d", 400)):
        assert rig.get(f"/api/report?period={period}").status == status, period
    assert rig.get("/api/report/download?format=docx").status == 422
