"""When the desktop is told something: rarely, once for each change, with the culprit's name."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from autocut_tray.core.alert import AlertKind, AlertLevel
from autocut_tray.core.alerts import words as alert_words
from autocut_tray.core.alerts.service import AlertRaised
from autocut_tray.core.clock import Clock
from autocut_tray.core.jobs.job import JobState
from autocut_tray.core.policy.control_receipts import ReceiptAdded
from autocut_tray.core.policy.governor_types import MemoryLevel
from autocut_tray.core.policy.receipt_words import with_culprit
from autocut_tray.core.receipt import Receipt, ReceiptKind
from autocut_tray.receipt_words import title_of, why_of
from autocut_tray.ui.context import UiContext
from autocut_tray.ui.models.job_book import JobBook

QUIET_SECONDS = 60.0
"""Nothing is said this long after the start: people are still opening their own programs."""

SAME_CAUSE_SECONDS = 60.0


class NoticeLimit:
    """At most one notice a minute and cause, none in the first minute."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._start = clock.monotonic()
        self._last: dict[str, float] = {}

    def admit(self, cause: str) -> bool:
        now = self._clock.monotonic()
        if now - self._start < QUIET_SECONDS:
            return False
        last = self._last.get(cause)
        if last is not None and now - last < SAME_CAUSE_SECONDS:
            return False
        self._last[cause] = now
        return True


@dataclass(slots=True)
class Batch:
    """Jobs that ended since there was last nothing to do."""

    done: int = 0
    failed: int = 0


def worth_telling(receipt: Receipt) -> bool:
    """A change of tier that the program made itself, and a memory emergency; nothing else interrupts."""
    if receipt.kind is ReceiptKind.TIER:
        return receipt.cause != "start"
    return receipt.kind is ReceiptKind.MEMORY and receipt.to == "EMERGENCY"


class Notices(QObject):
    """``said`` carries the words for the desktop."""

    said = Signal(str)

    def __init__(self, ctx: UiContext, book: JobBook) -> None:
        super().__init__()
        self._ctx = ctx
        self._book = book
        self._limit = NoticeLimit(ctx.services.clock)
        self._batch = Batch()
        self._active: set[str] = set()
        ctx.bridge.receipt_added.connect(self._receipt_added)
        ctx.bridge.alert_raised.connect(self._alert_raised)
        book.changed.connect(self._book_changed)

    def _receipt_added(self, event: ReceiptAdded) -> None:
        receipt = event.receipt
        if not worth_telling(receipt) or not self._limit.admit(receipt.cause):
            return

        state = self._ctx.services.controller.state
        # The controller's reason has the figures, the receipt's cause only what it was.
        current = receipt.to == state.tier.value
        why = self._ctx.text(with_culprit(receipt, state.reason)) if current else why_of(self._ctx, receipt)
        self.said.emit(f"{title_of(self._ctx, receipt)}\n{why}")

    def _alert_raised(self, event: AlertRaised) -> None:
        """Only what is critical; a memory emergency has said it already."""
        alert = event.alert
        if event.muted or alert.level is not AlertLevel.CRITICAL:
            return
        emergency = self._ctx.services.controller.state.level is MemoryLevel.EMERGENCY
        if (alert.kind is AlertKind.MEMORY and emergency) or not self._limit.admit(
            f"alert-{alert.kind.value}"
        ):
            return
        text = self._ctx.text
        self.said.emit(f"{text(alert_words.title(alert))}\n{text(alert_words.why(alert))}")

    def _book_changed(self, touched: frozenset[str]) -> None:
        """Tell a batch once, when nothing is left to do. What had ended before this session is no news."""
        for job_id in touched:
            job = self._book.get(job_id)
            if job is not None and not job.state.ended:
                self._active.add(job_id)
            elif job_id in self._active:
                self._active.discard(job_id)
                state = job.state if job is not None else JobState.CANCELLED
                self._batch.done += state is JobState.DONE
                self._batch.failed += state in (JobState.FAILED, JobState.POISON)
        if self._book.active or not (self._batch.done or self._batch.failed):
            return
        batch, self._batch = self._batch, Batch()
        if self._limit.admit("batch"):
            code = "ui-notice-batch-failed" if batch.failed else "ui-notice-batch"
            self.said.emit(self._ctx.t(code, done=batch.done, failed=batch.failed))
