"""``degrade``, ``undo`` and ``replay``: the control rules by hand."""

from __future__ import annotations

from pathlib import Path

from autocut_tray.cli.context import Context
from autocut_tray.cli.machine import say_status, stored_status
from autocut_tray.core.clock import SystemClock
from autocut_tray.core.errors import InputError, StorageError, UsageError
from autocut_tray.core.messages import message
from autocut_tray.core.monitor.replay import parse_changes, replay
from autocut_tray.core.policy.control_memory import ControlMemory
from autocut_tray.core.policy.governor_types import Tier


def degrade_to(context: Context, tier: str, reason: str) -> int:
    """Force a tier on the running instance."""
    try:
        wanted = Tier(tier.upper())
    except ValueError:
        names = ", ".join(t.value for t in Tier)
        raise UsageError("no_such_tier", message("error-no-such-tier", tier=tier, tiers=names)) from None
    return _ask(context, {"command": "degrade", "tier": wanted.value, "reason": reason}, wanted)


def undo_degradation(context: Context) -> int:
    """Take the last degradation of the running instance back."""
    return _ask(context, {"command": "undo"}, None)


def _ask(context: Context, request: dict[str, str], forced: Tier | None) -> int:
    """Through the running instance; without one the wish is stored and the next one starts with it."""
    document = context.call({**request, "language": context.translator.language})
    if document is None:
        try:
            ControlMemory(context.paths.control_file, SystemClock()).force(forced)
        except OSError as error:
            raise StorageError(
                "storage_unavailable",
                message("error-storage-unavailable", file=context.paths.control_file.name),
                detail=str(error),
            ) from error
        document = stored_status(context)
    if context.output.as_json:
        context.output.document(document)
    else:
        say_status(context, document)
    return 0


def replay_trace(context: Context, trace: Path, overrides: list[str]) -> int:
    """Feed a trace through the governor and print every change, one JSON object a line."""
    changes = parse_changes(overrides)
    try:
        with trace.open(encoding="utf-8-sig") as lines:
            for change in replay(lines, changes):
                context.output.line(change)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise InputError(
            "trace_unreadable", message("error-trace-unreadable", file=trace.name, reason=reason)
        ) from error
    except UnicodeDecodeError as error:
        raise InputError(
            "trace_unreadable", message("error-trace-unreadable", file=trace.name, reason="UTF-8")
        ) from error
    return 0
