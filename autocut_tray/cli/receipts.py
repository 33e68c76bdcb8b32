"""``receipts``: every change of tier, memory level or scenes at once in the last days, with its proof."""

from __future__ import annotations

import time

from autocut_tray.cli.context import Context, Json
from autocut_tray.core.clock import SystemClock
from autocut_tray.core.monitor.history import DAY, History
from autocut_tray.event_documents import receipts_document


def run_receipts(context: Context, days: float) -> int:
    """What is on disk: a running program writes each one at once. Raises StorageError."""
    document = _stored(context, days * DAY)
    if context.output.as_json:
        context.output.document(document)
        return 0
    for receipt in document["receipts"]:
        when = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(receipt["at"]))
        undone = " · " + context.translator.t("ui-receipt-undone") if receipt["undone"] else ""
        context.output.say(f"{when}  {receipt['title']}{undone}")
        context.output.say(f"  {' '.join(part for part in (receipt['text'], receipt['measured']) if part)}")
        for what in ("held", "freed"):
            if said := receipt["held_by_text" if what == "held" else "freed_text"]:
                context.output.say("  " + context.translator.t(f"cli-receipts-{what}", **{what: said}))
    context.output.say(
        context.translator.t("cli-receipts-hint" if document["receipts"] else "ui-receipts-none")
    )
    return 0


def _stored(context: Context, seconds: float) -> Json:
    file = context.paths.metrics_database
    if not file.exists():
        return receipts_document((), context.translator)
    clock = SystemClock()
    history = History(file, clock, retention_days=context.settings.current.monitor.retention_days)
    try:
        now = clock.time()
        return receipts_document(history.receipts(now - seconds, now), context.translator)
    finally:
        history.close()
