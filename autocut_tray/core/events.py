"""Rare events, from the core to whoever cares; samples do not travel here."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Any, TypeVar

E = TypeVar("E")

log = logging.getLogger(__name__)


class EventBus:
    """Hands an event to every subscriber of its type, in the publisher's thread, in order of subscription.

    A subscriber that raises is logged and does not keep the event from the others.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._handlers: dict[type[Any], tuple[Callable[[Any], None], ...]] = {}

    def subscribe(self, kind: type[E], handler: Callable[[E], None]) -> Callable[[], None]:
        """Call ``handler`` with each event of exactly this type; returns what ends it."""
        with self._lock:
            self._handlers[kind] = (*self._handlers.get(kind, ()), handler)

        def unsubscribe() -> None:
            with self._lock:
                self._handlers[kind] = tuple(h for h in self._handlers.get(kind, ()) if h is not handler)

        return unsubscribe

    def publish(self, event: object) -> None:
        for handler in self._handlers.get(type(event), ()):
            try:
                handler(event)
            except Exception:
                log.exception("A subscriber of %s failed", type(event).__name__)
