"""From a route to a model that can be asked, past the door that keeps pictures and words on this machine."""

from __future__ import annotations

import random as random_module
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from autocut_tray.core.analyzers.asker import Asker, always_permitted
from autocut_tray.core.analyzers.base import VisualAnalyzer
from autocut_tray.core.analyzers.chat import ChatModel
from autocut_tray.core.analyzers.describer import Describer
from autocut_tray.core.analyzers.ollama import OllamaChat
from autocut_tray.core.analyzers.openai_compat import DEEPSEEK, LM_STUDIO, OPENAI, Dialect, OpenAiChat
from autocut_tray.core.analyzers.retries import Random
from autocut_tray.core.analyzers.server import Server
from autocut_tray.core.clock import Clock, SystemClock
from autocut_tray.core.egress.consent import (
    OLLAMA_CLOUD,
    Destination,
    EgressGate,
    Purpose,
    leaves_machine,
    normal_address,
)
from autocut_tray.core.errors import NoBackend
from autocut_tray.core.http import HttpClient
from autocut_tray.core.messages import message
from autocut_tray.core.policy.models import wire_model_name
from autocut_tray.core.policy.policy import CloudBackend, Device, Route
from autocut_tray.core.runtime.profile import Backend

_STREAM_BYTES = 1024 * 1024
"""A line of a stream carries a few letters in 150 bytes: room for all of a long answer, thoughts included."""

_ANSWER_BYTES = 256 * 1024
_STALL_S = 60.0


@dataclass(frozen=True, slots=True)
class _Plan:
    """What the makers need to know."""

    client: HttpClient
    model: str
    on_cpu: bool
    clock: Clock
    key: str | None


def _ollama(plan: _Plan) -> ChatModel:
    return OllamaChat(plan.client, plan.model, on_cpu=plan.on_cpu, clock=plan.clock, key=plan.key)


def _compatible(dialect: Dialect) -> Callable[[_Plan], ChatModel]:
    return lambda plan: OpenAiChat(plan.client, plan.model, dialect, clock=plan.clock, key=plan.key)


_MAKERS: Mapping[Backend | CloudBackend, Callable[[_Plan], ChatModel]] = {
    Backend.OLLAMA: _ollama,
    Backend.LMSTUDIO: _compatible(LM_STUDIO),
    CloudBackend.OPENAI: _compatible(OPENAI),
    CloudBackend.DEEPSEEK: _compatible(DEEPSEEK),
}


def create_analyzer(
    route: Route,
    server: Server,
    gate: EgressGate,
    *,
    never_cloud: bool = False,
    answer_timeout: float = 180.0,
    clock: Clock | None = None,
    random: Random = random_module.random,
) -> VisualAnalyzer:
    """The analyzer for ``route``; arguments and errors are those of :func:`create_asker`."""
    clock = clock or SystemClock()
    asker = create_asker(
        route,
        server,
        gate,
        Purpose.VISION,
        never_cloud=never_cloud,
        answer_timeout=answer_timeout,
        clock=clock,
        random=random,
    )
    return Describer(asker, clock=clock)


def create_asker(
    route: Route,
    server: Server,
    gate: EgressGate,
    purpose: Purpose,
    *,
    never_cloud: bool = False,
    answer_timeout: float = 180.0,
    clock: Clock,
    random: Random = random_module.random,
) -> Asker:
    """What asks the model of ``route``, which is named (``auto`` is the caller's to resolve), for ``purpose``.

    ``answer_timeout``: seconds for one answer, the model's loading included. Raises NoBackend, before anything
    is sent, when anything would leave this machine without key and consent or against ``never_cloud``;
    BackendError of class ``config`` for an impossible address or key.
    """
    model = wire_model_name(route.model) if isinstance(route.backend, CloudBackend) else route.model
    key = (server.key or "").strip() or None
    permit = always_permitted
    leaving = route.leaves_machine or isinstance(route.backend, CloudBackend)
    if leaving or leaves_machine(server.base_url, model):
        destination = destination_of(route, server, purpose)
        refused = gate.refusal(destination, never_cloud=never_cloud)
        if refused is not None:
            text = message("error-" + refused.value.replace("_", "-"), host=destination.host)
            raise NoBackend(refused.value, text)
        permit = gate.permit(destination, never_cloud=never_cloud)
    streaming = route.backend is Backend.OLLAMA
    client = HttpClient(
        server.base_url,
        read=_STALL_S,
        total=answer_timeout,
        # It comes when the model is loaded and, without streaming, when the answer is complete.
        first_byte=answer_timeout,
        max_bytes=_STREAM_BYTES if streaming else _ANSWER_BYTES,
        headers={"Authorization": f"Bearer {key}"} if key else None,
        host_gate=None if permit is always_permitted else lambda scheme, host, port: permit(),
        clock=clock,
    )
    plan = _Plan(client, model, route.device is Device.CPU, clock, key)
    return Asker(_MAKERS[route.backend](plan), clock=clock, permit=permit, random=random)


def destination_of(route: Route, server: Server, purpose: Purpose = Purpose.VISION) -> Destination:
    """What a person is asked about before anything goes there."""
    cloud = isinstance(route.backend, CloudBackend)
    # A server on this machine that does not run the model itself is an Ollama that passes it on.
    passed_on = route.backend is Backend.OLLAMA and not leaves_machine(server.base_url, "")
    return Destination(
        address=normal_address(OLLAMA_CLOUD if passed_on else server.base_url),
        model=wire_model_name(route.model) if cloud else route.model,
        purpose=purpose,
        needs_key=cloud,
        has_key=bool((server.key or "").strip()),
    )
