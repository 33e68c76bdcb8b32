"""What a person sees of a remedy: how it goes, how it ended, and what they can do."""

from __future__ import annotations

import enum

from autocut_tray.core.frozen import frozen
from autocut_tray.core.messages import Message
from autocut_tray.core.policy.policy import Action
from autocut_tray.core.remedies.progress import Progress


class Phase(enum.Enum):
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


@frozen
class RemedyState:
    """One action at one moment.

    ``message``: what happens or happened, ``hint`` the next step after a failure, ``detail`` for a fold.
    ``progress``: of a download, the last one known when it ended. ``can_cancel``: whether cancelling would stop it;
    where it would not, ``message`` says so.
    """

    action: Action
    phase: Phase
    message: Message
    hint: Message | None = None
    progress: Progress | None = None
    can_cancel: bool = False
    error_code: str | None = None
    detail: str = ""

    @property
    def code(self) -> str:
        return self.action.kind.value

    @property
    def argument(self) -> str | None:
        return self.action.argument

    @property
    def running(self) -> bool:
        return self.phase is Phase.RUNNING

    @property
    def done_bytes(self) -> int | None:
        return None if self.progress is None else self.progress.done_bytes

    @property
    def total_bytes(self) -> int | None:
        return None if self.progress is None else self.progress.total_bytes

    @property
    def bytes_per_second(self) -> float | None:
        return None if self.progress is None else self.progress.bytes_per_second

    @property
    def seconds_left(self) -> float | None:
        return None if self.progress is None else self.progress.seconds_left


@frozen
class RemedyChanged:
    """Event: a remedy began, got on (at most twice a second), or ended."""

    state: RemedyState
