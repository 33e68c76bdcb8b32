"""Settings: read all of them, change those that are not for the person alone."""

from __future__ import annotations

from fastapi import APIRouter, Response

from autocut_tray.api.action_shapes import SettingList
from autocut_tray.api.context import Api, Json, Speaks
from autocut_tray.api.openapi import errors
from autocut_tray.api.refusals import Refusal
from autocut_tray.api.replies import SafeJson
from autocut_tray.api.request_shapes import SettingChanges
from autocut_tray.i18n import Translator
from autocut_tray.setting_rows import chosen_rows, fitted, row_document, rows

PERSONS = ("api.", "cloud.")
"""What programs may do here, where pictures may go and what may be spent is for the person to say."""


def router(api: Api) -> APIRouter:
    routes = APIRouter(prefix="/api/settings", tags=["settings"])
    store = api.services.settings

    @routes.get("", response_model=SettingList, operation_id="get_settings", responses=errors())
    def settings(translator: Speaks) -> Response:
        """Every setting and threshold with who decided it and what is allowed. Keys are not among them."""
        return SafeJson(_document(api, translator))

    @routes.patch(
        "",
        response_model=SettingList,
        operation_id="change_settings",
        responses=errors(404, 409, body=True),
    )
    def change(translator: Speaks, asked: SettingChanges) -> Response:
        """Change settings, all or none, for good. Those of the API and the cloud are for the person alone."""
        changes: dict[str, object] = {}
        for path, given in asked.changes.items():
            if path.startswith(PERSONS) or "." not in path:
                raise Refusal(403, "persons_setting")
            (row,) = chosen_rows(store, path)
            changes[row.stored] = None if given is None else fitted(store, row, given)
        store.apply(changes)
        return SafeJson(_document(api, translator))

    return routes


def _document(api: Api, translator: Translator) -> Json:
    store = api.services.settings
    return {
        "settings": [row_document(translator, row) for row in rows(store)],
        "problems": [translator.text(problem) for problem in store.problems],
    }
