"""A release of memory in words: how much, of what and why, and how it went."""

from __future__ import annotations

from autocut_tray.core.messages import Message, message
from autocut_tray.core.policy import models
from autocut_tray.core.quantities import size
from autocut_tray.core.release import ReleaseRecord, ReleaseReport, ResourceKind

NAMED = 3
"""How many things are named; of more, only how many."""


def title(report: ReleaseReport) -> Message:
    """What came back."""
    if not report.measured:
        return message("release-unmeasured")
    if report.freed_bytes <= 0:
        return message("release-nothing")
    return message("release-freed", freed=size(report.freed_bytes))


def why(report: ReleaseReport) -> Message:
    """The cause, and of what memory was given back."""
    return message(f"release-why-{report.cause.value}", what=_what(report))


def result(report: ReleaseReport) -> Message:
    """Of how much, and how long that took."""
    seconds = f"{report.seconds:.1f}"
    if not report.measured:
        return message("release-result-unmeasured", seconds=seconds)
    freed, claimed = max(0, report.freed_bytes), report.claimed_bytes
    return message("release-result", freed=size(freed), claimed=size(max(freed, claimed)), seconds=seconds)


def kind_name(kind: ResourceKind) -> Message:
    return message(f"release-kind-{_slug(kind)}")


def _what(report: ReleaseReport) -> Message:
    """The things by name, each once, the largest first."""
    largest = sorted(report.records, key=lambda record: -(record.claimed_bytes or 0))
    things = list(dict.fromkeys((record.kind, _name(record)) for record in largest))
    said: Message | None = None
    for kind, name in things[:NAMED]:
        thing = message(f"release-{_slug(kind)}", name=name) if name else kind_name(kind)
        said = thing if said is None else message("release-list", first=said, second=thing)
    if said is None:
        return message("release-kind-none")
    rest = len(things) - NAMED
    return said if rest <= 0 else message("release-list-more", first=said, n=rest)


def _slug(kind: ResourceKind) -> str:
    return kind.value.replace("_", "-")


def _name(record: ReleaseRecord) -> str:
    """That of a model; of other things the kind says it."""
    return models.title(record.name) if record.kind.is_model else ""
