"""What a check is, and what it finds."""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from dataclasses import field
from typing import Any

from autocut_tray.core.cancel import CancelToken
from autocut_tray.core.frozen import frozen
from autocut_tray.core.messages import Message
from autocut_tray.diagnosis.surroundings import Surroundings

Json = dict[str, Any]


class Verdict(enum.Enum):
    """``WARNING``: it works, and less well than it could. ``PROBLEM``: something does not work."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


@frozen
class Finding:
    """One sentence, what to do about it, and the facts behind it, not yet redacted."""

    verdict: Verdict
    said: Message
    advice: Message | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


@frozen
class Excerpt:
    """A long text of which the first ``most`` characters go into the report: cut after redaction, not before, as
    half a key no longer looks like one."""

    text: str
    most: int


@frozen
class Check:
    """``name``: its title is the text ``doctor-check-<name>``. ``limit``: seconds it is waited for.

    ``look`` may raise; it ends soon after its token is cancelled, as far as what it calls can be cancelled.
    """

    name: str
    look: Callable[[Surroundings, CancelToken], Finding]
    limit: float = 5.0


@frozen
class Checked:
    """A check that was made; ``seconds`` it took."""

    name: str
    finding: Finding
    seconds: float
