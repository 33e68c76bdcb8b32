"""Actions done one after the other, in the order in which they were decided, whichever thread decided them.

Only an emergency does not wait: what frees memory comes before what is written down about it.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence

from autocut_tray.core.policy.governor_types import Action, EmergencyStop


class ActionsInOrder:
    """``act`` is called without a lock held and never twice at once; it may decide and run again."""

    def __init__(self, act: Callable[[Action], None]) -> None:
        self._act = act
        self._lock = threading.Lock()
        self._waiting: deque[Action] = deque()
        self._acting = False

    def add(self, actions: Sequence[Action]) -> None:
        """To be called with the lock held under which they were decided: that is what makes the order."""
        urgent = [action for action in actions if isinstance(action, EmergencyStop)]
        with self._lock:
            self._waiting.extend(action for action in actions if action not in urgent)
            self._waiting.extendleft(urgent)

    def run(self) -> None:
        """Do what waits. While another thread is at it, or the caller itself further up, that one goes on with it.

        What ``act`` raises is raised here; the rest is done by the next one who runs.
        """
        while True:
            with self._lock:
                if self._acting or not self._waiting:
                    return
                self._acting = True
                action = self._waiting.popleft()
            try:
                self._act(action)
            finally:
                with self._lock:
                    self._acting = False
