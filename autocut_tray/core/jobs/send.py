"""A job's timeline sent to an editor that runs: written as a file for it, read back, and imported there."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from autocut_tray.core.frozen import frozen
from autocut_tray.core.jobs.export import Exported, Exporter, ExportRequest
from autocut_tray.core.jobs.picks import Choice
from autocut_tray.core.messages import Message, message
from autocut_tray.core.timecode import short_rate
from autocut_tray.core.timeline.formats import Format
from autocut_tray.core.timeline.resolve_send import Received, send_timeline

KIND = Format.FCPXML
"""Every Resolve that can be scripted takes it."""


@frozen
class Sent:
    """``note``: what to look at in the editor, if anything."""

    exported: Exported
    received: Received
    note: Message | None


def send_job(
    exporter: Exporter,
    job_id: str,
    choices: tuple[Choice, ...] | None = None,
    *,
    planned: bool = False,
    send: Callable[[Path, str], Received] = send_timeline,
) -> Sent:
    """Send all scenes of a job, those chosen, or its rough cut.

    Raises as :meth:`Exporter.export` does, and AutoCutError ``resolve_…`` with what to do.
    """
    with tempfile.TemporaryDirectory(prefix="autocut-send-") as folder:
        exported = exporter.export(ExportRequest(job_id, KIND, Path(folder), choices, planned=planned))
        received = send(exported.path, exported.path.stem)
    note = None
    if received.rate is not None and received.rate != exported.rate:
        note = message(
            "resolve-other-rate", project=short_rate(received.rate), timeline=short_rate(exported.rate)
        )
    return Sent(exported, received, note)
