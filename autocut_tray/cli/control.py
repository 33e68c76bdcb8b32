"""``degrade``, ``undo``, ``pin`` and ``replay``: the control rules by hand."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from autocut_tray.cli.context import Context
from autocut_tray.cli.history import stored_history
from autocut_tray.cli.machine import say_status, stored_status
from autocut_tray.core.clock import SystemClock
from autocut_tray.core.errors import InputError, StorageError, UsageError
from autocut_tray.core.messages import message
from autocut_tray.core.monitor.replay import parse_changes, replay
from autocut_tray.core.policy.control_memory import ControlMemory
from autocut_tray.core.policy.governor_types import Tier

_NO_PIN = "off"


def degrade_to(context: Context, tier: str, reason: str) -> int:
    """Force a tier on the running instance."""
    wanted = _tier(tier)
    request = {"command": "degrade", "tier": wanted.value, "reason": reason}
    return _ask(context, request, lambda memory: memory.force(wanted))


def undo_degradation(context: Context) -> int:
    """Take the last degradation of the running instance back."""

    def forget(memory: ControlMemory) -> None:
        memory.force(None)
        if context.paths.metrics_database.exists():
            with stored_history(context) as history:
                history.mark_forced_undone()

    return _ask(context, {"command": "undo"}, forget)


def pin_tier(context: Context, tier: str) -> int:
    """Stay on a tier, or with ``off`` no longer."""
    wanted = None if tier.lower() == _NO_PIN else _tier(tier, extra=_NO_PIN)
    request = {"command": "pin", "tier": wanted.value if wanted else ""}
    return _ask(context, request, lambda memory: memory.pin(wanted))


def _tier(name: str, *, extra: str = "") -> Tier:
    try:
        return Tier(name.upper())
    except ValueError:
        names = ", ".join(filter(None, (*(tier.value for tier in Tier), extra)))
        raise UsageError("no_such_tier", message("error-no-such-tier", tier=name, tiers=names)) from None


def _ask(context: Context, request: dict[str, str], store: Callable[[ControlMemory], None]) -> int:
    """Through the running instance; without one the wish is stored and the next one starts with it."""
    document = context.call({**request, "language": context.translator.language})
    if document is None:
        try:
            store(ControlMemory(context.paths.control_file, SystemClock()))
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
