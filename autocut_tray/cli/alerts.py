"""``alerts``: what stood beyond its limit, and which alerts the desktop tells of."""

from __future__ import annotations

import time

from autocut_tray.cli.context import Context, Json
from autocut_tray.cli.settings import tell_instance
from autocut_tray.core.alert import AlertKind
from autocut_tray.core.alerts.rules import mute_setting, rules_of
from autocut_tray.core.clock import SystemClock
from autocut_tray.core.errors import UsageError
from autocut_tray.core.messages import message
from autocut_tray.core.monitor.history import DAY, History
from autocut_tray.event_documents import alerts_document


def run_alerts(context: Context, days: float, mute: str | None, unmute: str | None) -> int:
    """Mute or unmute what was named, then list the alerts of the last days."""
    for name, muted in ((mute, True), (unmute, False)):
        if name is not None:
            _mute(context, _kind(name), muted=muted)
    if context.output.as_json or (mute is None and unmute is None):
        _list(context, days * DAY)
    return 0


def _kind(name: str) -> AlertKind:
    try:
        return AlertKind(name.lower())
    except ValueError:
        raise UsageError(
            "no_such_alert",
            message("error-no-such-alert", alert=name, alerts=", ".join(kind.value for kind in AlertKind)),
        ) from None


def _mute(context: Context, kind: AlertKind, *, muted: bool) -> None:
    context.settings.set(mute_setting(kind), muted)
    told = tell_instance(context)
    if not context.output.as_json:
        code = "cli-alerts-muted" if muted else "cli-alerts-unmuted"
        context.output.say(context.translator.t(code, alert=kind.value))
    if told is not None and told is not True:
        context.output.note(context.translator.t("settings-told-later", reason=told))


def _list(context: Context, seconds: float) -> None:
    request = {"command": "alerts", "seconds": seconds, "language": context.translator.language}
    document = context.call(request)
    if document is None:
        document = _stored(context, seconds)
    if context.output.as_json:
        context.output.document(document)
    else:
        _say(context, document)


def _stored(context: Context, seconds: float) -> Json:
    """Without a running instance: what it left, of which nothing lasts as far as anybody knows."""
    rules = rules_of(context.settings.current.alerts)
    file = context.paths.metrics_database
    if not file.exists():
        return alerts_document((), (), rules, context.translator)
    clock = SystemClock()
    history = History(file, clock)
    try:
        now = clock.time()
        return alerts_document(history.alerts.between(now - seconds, now), (), rules, context.translator)
    finally:
        history.close()


def _say(context: Context, document: Json) -> None:
    output, t = context.output, context.translator.t
    for alert in document["alerts"]:
        when = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(alert["at"]))
        state = ""
        if alert["active"]:
            state = " · " + t("cli-alerts-lasts")
        elif alert["ended"] is not None:
            minutes = f"{(alert['ended'] - alert['at']) / 60:.0f}"
            state = " · " + t("cli-alerts-ended", minutes=minutes)
        output.say(f"{when}  {alert['title']}{state}", style="bold" if alert["active"] else None)
        output.say(f"  {alert['text']}")
    if not document["alerts"]:
        output.say(t("cli-alerts-none"))
    output.say()
    for limit in document["limits"]:
        code = "cli-alerts-limits-muted" if limit["muted"] else "cli-alerts-limits"
        unit = {"cpu_percent": " %", "ram_percent": " %", "response_s": " s"}.get(limit["metric"], "")
        output.say(
            t(
                code,
                alert=limit["alert"],
                warn=f"{limit['warn']:g}{unit}",
                critical=f"{limit['critical']:g}{unit}",
            )
        )
