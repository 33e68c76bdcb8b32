"""What a self-test consists of, and what came of it."""

from __future__ import annotations

from typing import Any

from autocut_tray.core.errors import AutoCutError
from autocut_tray.core.frozen import frozen
from autocut_tray.core.messages import Message

SCHEMA = 1
RESULT = "selftest.json"

Json = dict[str, Any]


class Broken(AutoCutError):
    """A part does not do what it should; ``message`` says what, in one sentence."""

    def __init__(self, message: Message) -> None:
        super().__init__(message.code.replace("-", "_"), message)


@frozen
class Step:
    """One part. ``limit``: seconds after which it is ended and counts as failed."""

    name: str
    limit: float = 120.0
    window: bool = False
    """Whether it shows windows, so needs a display or Qt's offscreen one."""


STEPS = (
    Step("texts"),
    Step("resources"),
    Step("window-en", window=True),
    Step("window-zh-CN", window=True),
    Step("plots", window=True),
    Step("clip"),
    Step("worker"),
    Step("exports"),
    Step("contact-sheet"),
    Step("report"),
    Step("api"),
)
"""In this order: the worker scans the clip that the step before it has made, and exports are of that clip."""


@frozen
class Outcome:
    """``detail``: one sentence, in the language of the run."""

    name: str
    ok: bool
    seconds: float
    detail: str

    def to_json(self) -> Json:
        return {"name": self.name, "ok": self.ok, "seconds": round(self.seconds, 2), "detail": self.detail}
