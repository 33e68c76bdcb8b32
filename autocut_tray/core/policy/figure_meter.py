"""How long a scene really takes: which described scenes count, and for how much of the time that passed."""

from __future__ import annotations

from dataclasses import dataclass

from autocut_tray.core.frozen import frozen
from autocut_tray.core.policy.policy import CloudBackend, Route
from autocut_tray.core.runtime.profile import Backend

WARM_SECONDS = 240.0
"""How long after its last answer a model is taken to be loaded still: Ollama keeps ours for 300 s."""


@frozen
class Ticket:
    """A scene under way. ``at``: monotonic seconds; ``share``, ``colds``: what was counted on its server by then."""

    route: Route
    at: float
    share: float
    colds: int
    warm: bool


@dataclass(slots=True)
class _Server:
    """``share`` grows by one second for each second, divided by the ``running`` scenes of that second.

    ``warm``: the route whose model answered last, at ``warm_at``; ``colds``: how often that became doubtful.
    """

    running: int = 0
    share: float = 0.0
    counted_at: float = 0.0
    warm: Route | None = None
    warm_at: float = 0.0
    colds: int = 0

    def count(self, t: float) -> None:
        if self.running:
            self.share += max(0.0, t - self.counted_at) / self.running
        self.counted_at = t

    def cool(self) -> None:
        self.warm = None
        self.colds += 1


class SceneMeter:
    """Turns the time that scenes took into seconds per scene; ``t`` is always monotonic seconds.

    Scenes that run side by side on one server share the time that passes: each is charged its part of it, so that
    what all of them are charged adds up to wall time. What began while the model may not have been loaded does not
    count: the first scenes after a load, after a failure, after another route, or after a long pause.
    """

    def __init__(self) -> None:
        self._servers: dict[Backend | CloudBackend, _Server] = {}

    def begin(self, t: float, route: Route) -> Ticket:
        server = self._server(route)
        server.count(t)
        server.running += 1
        warm = server.warm == route and t - server.warm_at <= WARM_SECONDS
        return Ticket(route, t, server.share, server.colds, warm)

    def end(self, t: float, ticket: Ticket, seconds: float) -> float | None:
        """A scene was described in ``seconds``; returns its part of the wall time, None when it does not count."""
        server = self._stop(t, ticket)
        server.warm, server.warm_at = ticket.route, t
        if not ticket.warm or ticket.colds != server.colds:
            return None
        passed = t - ticket.at
        return seconds * min(1.0, (server.share - ticket.share) / passed) if passed > 0.0 else seconds

    def drop(self, t: float, ticket: Ticket, *, failed: bool) -> None:
        """A scene was not described. ``failed``: its server may have let go of the model over it."""
        server = self._stop(t, ticket)
        if failed:
            server.cool()

    def loaded(self, route: Route) -> None:
        """The route's model was just loaded: the next scene may still pay for what a first one does."""
        self._server(route).cool()

    def _server(self, route: Route) -> _Server:
        return self._servers.setdefault(route.backend, _Server())

    def _stop(self, t: float, ticket: Ticket) -> _Server:
        server = self._server(ticket.route)
        server.count(t)
        server.running -= 1
        return server
