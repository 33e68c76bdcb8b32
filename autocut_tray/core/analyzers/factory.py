"""From a route to a model that can be asked, past the door that keeps pictures and words on this machine."""

from __future__ import annotations

import random as random_module
from collections.abc import Callable, Mapping

from autocut_tray.core.analyzers.asker import Asker
from autocut_tray.core.analyzers.base import VisualAnalyzer
from autocut_tray.core.analyzers.chat import ChatModel
from autocut_tray.core.analyzers.describer import Describer
from autocut_tray.core.analyzers.ollama import OllamaChat
from autocut_tray.core.analyzers.openai_compat import DEEPSEEK, LM_STUDIO, OPENAI, Dialect, OpenAiChat
from autocut_tray.core.analyzers.retries import Random
from autocut_tray.core.analyzers.server import Server, destination_of
from autocut_tray.core.clock import Clock, SystemClock
from autocut_tray.core.egress.consent import Purpose, leaves_machine
from autocut_tray.core.egress.door import NOBODY, Door, Errand
from autocut_tray.core.egress.wire import GuardedWire, LocalWire, Wire
from autocut_tray.core.errors import NoBackend
from autocut_tray.core.footage import MAX_PICTURES
from autocut_tray.core.frozen import frozen
from autocut_tray.core.http import HttpClient, Limits
from autocut_tray.core.messages import message
from autocut_tray.core.policy.models import wire_model_name
from autocut_tray.core.policy.picture_limits import picture_limit
from autocut_tray.core.policy.policy import CloudBackend, Device, Route
from autocut_tray.core.runtime.profile import Backend

_STREAM_BYTES = 1024 * 1024
"""A line of a stream carries a few letters in 150 bytes: room for all of a long answer, thoughts included."""

_ANSWER_BYTES = 256 * 1024
_CONNECT_S, _STALL_S = 5.0, 60.0


@frozen
class _Plan:
    """What the makers need to know."""

    wire: Wire
    model: str
    on_cpu: bool
    clock: Clock
    key: str | None


def _ollama(plan: _Plan) -> ChatModel:
    return OllamaChat(plan.wire, plan.model, on_cpu=plan.on_cpu, clock=plan.clock, key=plan.key)


def _compatible(dialect: Dialect) -> Callable[[_Plan], ChatModel]:
    return lambda plan: OpenAiChat(plan.wire, plan.model, dialect, clock=plan.clock, key=plan.key)


_MAKERS: Mapping[Backend | CloudBackend, Callable[[_Plan], ChatModel]] = {
    Backend.OLLAMA: _ollama,
    Backend.LMSTUDIO: _compatible(LM_STUDIO),
    CloudBackend.OPENAI: _compatible(OPENAI),
    CloudBackend.DEEPSEEK: _compatible(DEEPSEEK),
}


def create_analyzer(
    route: Route,
    server: Server,
    door: Door,
    *,
    answer_timeout: float = 180.0,
    pictures: Callable[[], int] = lambda: MAX_PICTURES,
    clock: Clock | None = None,
    random: Random = random_module.random,
) -> VisualAnalyzer:
    """The analyzer for ``route``; arguments and errors are those of :func:`create_asker`.

    ``pictures``: how many of one scene the person wants to be sent at most, asked for every scene.
    """
    clock = clock or SystemClock()
    asker = create_asker(
        route, server, door, Purpose.VISION, answer_timeout=answer_timeout, clock=clock, random=random
    )
    return Describer(asker, clock=clock, limit=lambda: picture_limit(route.model, pictures()))


def create_asker(
    route: Route,
    server: Server,
    door: Door,
    purpose: Purpose,
    *,
    errand: Errand = NOBODY,
    answer_timeout: float = 180.0,
    clock: Clock,
    random: Random = random_module.random,
) -> Asker:
    """What asks the model of ``route``, which is named (``auto`` is the caller's to resolve), for ``purpose``.

    ``errand``: on whose behalf, where a question does not say. ``answer_timeout``: seconds for one answer, the
    model's loading included. Raises NoBackend, before anything is sent, when anything would leave this machine
    without key, consent or price, or against the errand's ``never_cloud``; BackendError of class ``config`` for an
    impossible address or key; StorageError when consents cannot be read.
    """
    model = wire_model_name(route.model) if isinstance(route.backend, CloudBackend) else route.model
    key = (server.key or "").strip() or None
    wire = _Wiring(route, server, door, purpose, errand, answer_timeout, clock).wire(model, key)
    plan = _Plan(wire, model, route.device is Device.CPU, clock, key)
    return Asker(_MAKERS[route.backend](plan), clock=clock, errand=errand, random=random)


@frozen
class _Wiring:
    """What decides whether a request goes through the door, and what the door is told."""

    route: Route
    server: Server
    door: Door
    purpose: Purpose
    errand: Errand
    answer_timeout: float
    clock: Clock

    def wire(self, model: str, key: str | None) -> Wire:
        route, server = self.route, self.server
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        max_bytes = _STREAM_BYTES if route.backend is Backend.OLLAMA else _ANSWER_BYTES
        # The first byte comes when the model is loaded and, without streaming, when the answer is complete.
        limits = Limits(_CONNECT_S, self.answer_timeout, _STALL_S, self.answer_timeout, max_bytes)
        leaving = route.leaves_machine or isinstance(route.backend, CloudBackend)
        if leaving or leaves_machine(server.base_url, model):
            destination = destination_of(route.backend, route.model, server, self.purpose)
            refused = self.door.refusal(destination, never_cloud=self.errand.never_cloud)
            if refused is not None:
                text = message("error-" + refused.value.replace("_", "-"), host=destination.host)
                raise NoBackend(refused.value, text)
            return GuardedWire(
                server.base_url, destination, self.door, limits=limits, headers=headers, clock=self.clock
            )
        client = HttpClient(
            server.base_url,
            connect=limits.connect,
            read=limits.read,
            total=limits.total,
            first_byte=limits.first_byte,
            max_bytes=limits.max_bytes,
            headers=headers,
            clock=self.clock,
        )
        return LocalWire(client)
