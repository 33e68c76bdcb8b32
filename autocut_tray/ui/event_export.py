"""The table of events for a spreadsheet, in the words of the page."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import UTC, datetime

from autocut_tray.core.clean import plain_cell
from autocut_tray.core.egress.sums import of_entries
from autocut_tray.ui.context import UiContext
from autocut_tray.ui.models.event_rows import COLUMNS, EventRow
from autocut_tray.ui.widgets.ledger_sums import cost_words, totals_words


def events_csv(ctx: UiContext, rows: Sequence[EventRow]) -> bytes:
    """One row an event, and below them the sum of what left; moments in UTC, ISO 8601. With the mark by which Excel
    knows UTF-8."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([ctx.t(f"ui-event-column-{name}") for name in COLUMNS])
    for row in rows:
        at = datetime.fromtimestamp(row.at, UTC).isoformat(timespec="seconds")
        cells = (at, row.word, row.what, row.why, row.result)
        writer.writerow([plain_cell(cell) for cell in cells])
    sent = [row.sent for row in rows if row.sent is not None]
    if sent:
        sums = of_entries(sent).totals
        writer.writerow(["", ctx.t("ui-sums-sum"), totals_words(ctx, sums), "", cost_words(ctx, sums)])
    return out.getvalue().encode("utf-8-sig")
