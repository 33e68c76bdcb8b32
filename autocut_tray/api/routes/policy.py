"""Where work runs: the policy, and what a person may do about it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from autocut_tray.api.context import Api, Json, Speaks
from autocut_tray.api.openapi import errors
from autocut_tray.api.refusals import Refusal
from autocut_tray.api.replies import SafeJson
from autocut_tray.api.request_shapes import Degrade, Pin
from autocut_tray.api.routes.runtime import status_document
from autocut_tray.api.shapes import Policy, Status, TierName
from autocut_tray.core.policy import policy_json
from autocut_tray.core.policy.control_state import ControllerState
from autocut_tray.core.policy.governor_types import Tier
from autocut_tray.i18n import Translator


def router(api: Api) -> APIRouter:
    routes = APIRouter(prefix="/api/runtime/policy", tags=["policy"])

    def resolve(translator: Translator) -> Response:
        api.services.detection.resolve_again()
        return SafeJson(policy_document(api, translator))

    @routes.get("", response_model=Policy, operation_id="get_policy", responses=errors())
    def policy(translator: Speaks) -> Response:
        """The choices for vision, planning and editing, with their reasons."""
        return SafeJson(policy_document(api, translator))

    @routes.get("/reload", response_model=Policy, operation_id="reload_policy_get", responses=errors())
    def reload_get(translator: Speaks) -> Response:
        """Decide again by the settings of now; doing it twice changes nothing more."""
        return resolve(translator)

    @routes.post("/reload", response_model=Policy, operation_id="reload_policy", responses=errors(body=True))
    def reload(translator: Speaks) -> Response:
        """Decide again by the settings of now."""
        return resolve(translator)

    @routes.post("/degrade", response_model=Status, operation_id="degrade", responses=errors(409, body=True))
    def degrade(
        translator: Speaks,
        reason: Annotated[str | None, Query(max_length=200, description="Why, for the log.")] = None,
        tier: Annotated[TierName | None, Query(description="One rung down where it is left out.")] = None,
        asked: Degrade | None = None,
    ) -> Response:
        """Go down to a tier until undone. What the body says wins over the query."""
        body = asked or Degrade()
        wanted = body.tier or tier
        target = Tier(wanted) if wanted else next_rung(api.services.controller.state)
        request: Json = {
            "command": "degrade",
            "tier": target.value,
            "reason": body.reason or reason,
            "language": translator.language,
        }
        return SafeJson(api.ask(request))

    @routes.post("/undo", response_model=Status, operation_id="undo", responses=errors(409, body=True))
    def undo(translator: Speaks) -> Response:
        """Take the last degradation or forced tier back."""
        return SafeJson(api.ask({"command": "undo", "language": translator.language}))

    @routes.post("/pin", response_model=Status, operation_id="pin", responses=errors(409, body=True))
    def pin(translator: Speaks, asked: Pin) -> Response:
        """Stay on a tier, or with null let the control rules decide again."""
        api.services.controller.pin(Tier(asked.tier) if asked.tier else None)
        return SafeJson(status_document(api, translator))

    return routes


def next_rung(state: ControllerState) -> Tier:
    """The next tier below the one of now, of those that a person may choose."""
    ladder = list(state.available)
    below = ladder[ladder.index(state.shown_tier) + 1 :] if state.shown_tier in ladder else ladder
    return below[0] if below else Tier.PAUSED


def policy_document(api: Api, translator: Translator) -> Json:
    """Raises Refusal while nothing is known about the machine."""
    policy = api.services.detection.policy
    if policy is None:
        raise Refusal(503, "not_detected", retry_after=2)
    return policy_json.to_json(policy, translator.text)
