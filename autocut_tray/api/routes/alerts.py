"""Alerts: what stood beyond a limit, and which the desktop tells of."""

from __future__ import annotations

from fastapi import APIRouter, Response

from autocut_tray.api.context import Api, Json, Speaks
from autocut_tray.api.openapi import errors
from autocut_tray.api.replies import SafeJson
from autocut_tray.api.request_shapes import Mute
from autocut_tray.api.routes.measurements import Days
from autocut_tray.api.shapes import AlertName, Alerts
from autocut_tray.core.alert import AlertKind
from autocut_tray.core.alerts.rules import mute_setting, rules_of
from autocut_tray.core.monitor.history import DAY
from autocut_tray.event_documents import alerts_document
from autocut_tray.i18n import Translator


def router(api: Api) -> APIRouter:
    routes = APIRouter(prefix="/api/alerts", tags=["alerts"])

    @routes.get("", response_model=Alerts, operation_id="get_alerts", responses=errors())
    def alerts(translator: Speaks, days: Days = 7.0) -> Response:
        """Alerts, newest first, and the limits that they are measured against."""
        return SafeJson(
            api.ask({"command": "alerts", "seconds": days * DAY, "language": translator.language})
        )

    @routes.post(
        "/{alert}/mute", response_model=Alerts, operation_id="mute_alert", responses=errors(409, body=True)
    )
    def mute(translator: Speaks, alert: AlertName, asked: Mute | None = None) -> Response:
        """Let the desktop tell nothing of an alert, or tell of it again; it is listed all the same."""
        store = api.services.settings
        store.set(mute_setting(AlertKind(alert)), (asked or Mute()).muted)
        return SafeJson(_lasting(api, translator))

    return routes


def _lasting(api: Api, translator: Translator) -> Json:
    """The alerts of now and the limits as the settings have them, before the next reading takes them up."""
    active = api.services.alerts.active
    return alerts_document(active, active, rules_of(api.services.settings.current.alerts), translator)
