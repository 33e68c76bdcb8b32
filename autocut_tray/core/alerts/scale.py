"""How many scenes may be described at once while alerts ask for less."""

from __future__ import annotations

import threading
from collections.abc import Callable

from autocut_tray.core.alert import AlertKind

SHARE = 2
"""What the policy allows is divided by this, as the control rules halve the threads on a busy processor."""


class ConcurrencyScale:
    """Which alerts hold the number down. Only ever lowers what the policy allows, and never below one.

    Safe to use from several threads.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._asking: frozenset[AlertKind] = frozenset()
        self._listeners: tuple[Callable[[], None], ...] = ()

    @property
    def asking(self) -> frozenset[AlertKind]:
        """The alerts because of which less is done at once now."""
        return self._asking

    def limit(self, most: int) -> int:
        """How many of ``most`` may run now; several alerts ask for no less than one does."""
        return max(1, most // SHARE) if self._asking else max(1, most)

    def ask(self, kind: AlertKind, *, less: bool) -> bool:
        """This alert asks for less, or no longer; True when that makes a difference."""
        with self._lock:
            before = self._asking
            self._asking = before | {kind} if less else before - {kind}
            changed = bool(before) != bool(self._asking)
            listeners = self._listeners
        if changed:
            for listener in listeners:
                listener()
        return changed

    def on_change(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call ``callback`` when :meth:`limit` may answer differently; returns what ends it."""
        with self._lock:
            self._listeners = (*self._listeners, callback)

        def forget() -> None:
            with self._lock:
                self._listeners = tuple(known for known in self._listeners if known is not callback)

        return forget
