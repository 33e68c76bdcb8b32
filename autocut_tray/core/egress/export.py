"""The ledger as a table for a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import UTC, datetime

from autocut_tray.core.clean import plain_cell
from autocut_tray.core.egress.ledger import Entry
from autocut_tray.core.egress.prices import dollars
from autocut_tray.core.egress.sums import of_entries

_COLUMNS = (
    *("time", "job", "purpose", "provider", "host", "model", "frames", "pixels", "bytes", "sha256"),
    *("estimated_usd", "reported_usd", "cost_usd", "state", "status"),
)


def ledger_csv(entries: Sequence[Entry]) -> str:
    """One row a request, and their sum at the end; moments in UTC, ISO 8601. No cell can be read as a formula."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(_COLUMNS)
    for entry in entries:
        cells = (
            datetime.fromtimestamp(entry.at, UTC).isoformat(),
            entry.job or "",
            entry.purpose.value,
            entry.provider,
            entry.host,
            entry.model,
            entry.frames,
            entry.pixels,
            entry.bytes,
            entry.sha256,
            dollars(entry.estimated),
            "" if entry.reported is None else dollars(entry.reported),
            dollars(entry.cost),
            entry.state.value,
            "" if entry.status is None else entry.status,
        )
        writer.writerow([plain_cell(cell) for cell in cells])
    if entries:
        sums = of_entries(entries).totals
        row = dict.fromkeys(_COLUMNS, "")
        row.update(
            time="sum", job=f"{sums.requests} requests", frames=str(sums.frames), bytes=str(sums.bytes)
        )
        row.update(cost_usd=str(dollars(sums.cost)))
        writer.writerow(row.values())
    return out.getvalue()
