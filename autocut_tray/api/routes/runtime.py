"""What the machine is and what runs on it."""

from __future__ import annotations

import threading

from fastapi import APIRouter, Response

from autocut_tray.api.context import Api, Json, Speaks
from autocut_tray.api.openapi import errors
from autocut_tray.api.refusals import Refusal
from autocut_tray.api.replies import SafeJson
from autocut_tray.api.shapes import Monitor, Profile, Status
from autocut_tray.core.runtime import profile_json
from autocut_tray.i18n import Translator


def router(api: Api) -> APIRouter:
    routes = APIRouter(prefix="/api/runtime", tags=["runtime"])
    reloading = threading.Lock()

    def reload(translator: Translator) -> Response:
        """Look at the machine now. Who asks while somebody else's look is under way gets what that one finds."""
        with_others = not reloading.acquire(blocking=False)
        if with_others:
            reloading.acquire()
        try:
            if not with_others:
                api.services.detection.detect_now()
        finally:
            reloading.release()
        return SafeJson(profile_document(api, translator))

    @routes.get("/profile", response_model=Profile, operation_id="get_profile", responses=errors())
    def profile(translator: Speaks) -> Response:
        """The hardware, model servers and editors that were found, and what follows."""
        return SafeJson(profile_document(api, translator))

    @routes.get(
        "/profile/reload", response_model=Profile, operation_id="reload_profile_get", responses=errors()
    )
    def profile_reload_get(translator: Speaks) -> Response:
        """Look at the machine again, and return what was found; doing it twice changes nothing more."""
        return reload(translator)

    @routes.post(
        "/profile/reload", response_model=Profile, operation_id="reload_profile", responses=errors(body=True)
    )
    def profile_reload(translator: Speaks) -> Response:
        """Look at the machine again, and return what was found."""
        return reload(translator)

    @routes.get("/status", response_model=Status, operation_id="get_status", responses=errors())
    def status(translator: Speaks) -> Response:
        """Profile, policy, readings and recommendations in one document."""
        return SafeJson(status_document(api, translator))

    @routes.get("/monitor", response_model=Monitor, operation_id="get_monitor", responses=errors())
    def monitor(translator: Speaks) -> Response:
        """What runs where now, why, and the last readings."""
        return SafeJson(status_document(api, translator)["monitor"])

    return routes


def status_document(api: Api, translator: Translator) -> Json:
    return api.ask({"command": "status", "language": translator.language})


def profile_document(api: Api, translator: Translator) -> Json:
    """Raises Refusal while nothing was found yet."""
    detection, state = api.services.detection, api.services.controller.state
    profile, explanation = detection.profile, detection.explanation
    if profile is None or explanation is None:
        raise Refusal(503, "not_detected", retry_after=2)
    return profile_json.to_json(
        profile,
        [translator.text(sentence) for sentence in explanation.sentences],
        degraded=state.degraded,
        degradation_reason=translator.text(state.reason) if state.degraded else None,
        translate=translator.text,
    )
