"""What happened, as the documents that commands print and the API serves: alerts, receipts, releases, readings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from autocut_tray.core.alert import Alert
from autocut_tray.core.alerts import words as alert_words
from autocut_tray.core.alerts.rules import Rules
from autocut_tray.core.memory import words as memory_words
from autocut_tray.core.monitor.history import History, Metric
from autocut_tray.core.receipt import Receipt
from autocut_tray.core.release import ReleaseReport
from autocut_tray.i18n import Translator
from autocut_tray.receipt_words import PlainSpeaker, freed, held_by, measured_against, title_of, why_of

Json = dict[str, Any]


def alerts_document(
    alerts: Sequence[Alert], active: Sequence[Alert], rules: Rules, translator: Translator
) -> Json:
    """Alerts, newest first, and the limits that they are measured against. ``active``: those that last."""
    lasting = {alert.id for alert in active}
    return {
        "alerts": [alert_document(alert, translator, active=alert.id in lasting) for alert in alerts],
        "limits": [
            {
                "alert": kind.value,
                "metric": kind.metric,
                "warn": rule.warn,
                "critical": rule.critical,
                "hold_s": rule.hold,
                "clear_s": rule.clear,
                "cooldown_s": rule.cooldown,
                "scale": rule.scale.value if rule.scale else None,
                "muted": rule.muted,
            }
            for kind, rule in rules.items()
        ],
    }


def alert_document(alert: Alert, translator: Translator, *, active: bool) -> Json:
    return {
        **alert.to_json(),
        "active": active,
        "title": translator.text(alert_words.title(alert)),
        "text": translator.text(alert_words.why(alert)),
    }


def receipts_document(receipts: Sequence[Receipt], translator: Translator) -> Json:
    """Changes, newest first, with their proof and in words."""
    return {"receipts": [receipt_document(receipt, translator) for receipt in receipts]}


def receipt_document(receipt: Receipt, translator: Translator) -> Json:
    speaker = PlainSpeaker(translator)
    return {
        "id": receipt.id,
        **receipt.to_json(),
        "title": title_of(speaker, receipt),
        "text": why_of(speaker, receipt),
        "measured": measured_against(speaker, receipt),
        "held_by_text": held_by(speaker, receipt),
        "freed_text": freed(speaker, receipt),
    }


def releases_document(held: Json | None, released: Sequence[ReleaseReport], translator: Translator) -> Json:
    """``held``: what the running program holds, as its status has it; what was given back, newest first."""
    return {"held": held, "released": [_release_document(report, translator) for report in released]}


def _release_document(report: ReleaseReport, translator: Translator) -> Json:
    return {
        "id": report.id,
        **report.to_json(),
        "title": translator.text(memory_words.title(report)),
        "text": translator.text(memory_words.why(report)),
        "result": translator.text(memory_words.result(report)),
    }


def history_document(history: History, minutes: float, now: float) -> Json:
    """The readings of the last minutes. ``width``: seconds that one point stands for; each curve has the start of its
    points (seconds since the epoch) with the lowest and highest reading in percent, and none where nothing was
    measured."""
    since = now - 60.0 * minutes
    curves = [history.series(metric, since, now) for metric in Metric]
    return {
        "minutes": minutes,
        "from": since,
        "to": now,
        "metrics": {
            curve.metric.value: {
                "width": curve.width,
                "t": list(curve.t),
                "low": list(curve.low),
                "high": list(curve.high),
            }
            for curve in curves
        },
    }
