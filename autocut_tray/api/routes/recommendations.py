"""What would make this machine better at the job, and doing it."""

from __future__ import annotations

from fastapi import APIRouter, Response

from autocut_tray.api.action_shapes import Advices, Remedies, RemedyFacts
from autocut_tray.api.context import Api, Json, Speaks
from autocut_tray.api.openapi import errors
from autocut_tray.api.refusals import Refusal
from autocut_tray.api.replies import SafeJson
from autocut_tray.api.request_shapes import ActionAsked
from autocut_tray.core.policy import policy_json
from autocut_tray.core.policy.policy import Action
from autocut_tray.core.remedies.state import RemedyState
from autocut_tray.i18n import Translator


def router(api: Api) -> APIRouter:
    routes = APIRouter(prefix="/api/recommendations", tags=["recommendations"])
    services = api.services

    @routes.get("", response_model=Advices, operation_id="get_recommendations", responses=errors())
    def advices(translator: Speaks) -> Response:
        """Each with its reason, and the action that does it where one can."""
        policy = services.detection.policy
        found = policy.recommendations if policy is not None else ()
        return SafeJson({"recommendations": policy_json.recommendations_json(found, translator.text)})

    @routes.get("/actions", response_model=Remedies, operation_id="get_actions", responses=errors())
    def actions(translator: Speaks) -> Response:
        """Every action of this session, and how far it is or how it ended."""
        return SafeJson({"actions": [remedy_document(one, translator) for one in services.remedies.states]})

    @routes.post(
        "/start",
        response_model=RemedyFacts,
        operation_id="start_action",
        status_code=202,
        responses=errors(409, body=True),
    )
    def start(translator: Speaks, asked: ActionAsked) -> Response:
        """Begin what a recommendation of now proposes; one that is under way goes on."""
        action = _recommended(api, asked)
        return SafeJson(remedy_document(services.remedies.start(action), translator), 202)

    @routes.post(
        "/cancel",
        response_model=Remedies,
        operation_id="cancel_action",
        status_code=202,
        responses=errors(404, body=True),
    )
    def cancel(translator: Speaks, asked: ActionAsked) -> Response:
        """Ask an action to end; the list of actions says when it has."""
        states = services.remedies.states
        action = next((one.action for one in states if _same(one.action, asked)), None)
        if action is None:
            raise Refusal(404, "no_such_action")
        services.remedies.cancel(action)
        return SafeJson({"actions": [remedy_document(one, translator) for one in states]}, 202)

    return routes


def _same(action: Action, asked: ActionAsked) -> bool:
    return (action.kind.value, action.argument) == (asked.kind, asked.argument)


def _recommended(api: Api, asked: ActionAsked) -> Action:
    """Only what is recommended now is done: nobody pulls any model or opens any page through here."""
    policy = api.services.detection.policy
    for advice in policy.recommendations if policy is not None else ():
        action = advice.action
        if action is not None and _same(action, asked) and action.kind in api.services.remedies.kinds:
            return action
    raise Refusal(409, "not_recommended")


def remedy_document(state: RemedyState, translator: Translator) -> Json:
    return {
        "action": {"kind": state.code, "argument": state.argument},
        "state": state.phase.value,
        "text": translator.text(state.message),
        "hint": translator.text(state.hint) if state.hint else None,
        "error_code": state.error_code,
        "can_cancel": state.can_cancel,
        "done_bytes": state.done_bytes,
        "total_bytes": state.total_bytes,
        "bytes_per_second": state.bytes_per_second,
        "seconds_left": state.seconds_left,
    }
