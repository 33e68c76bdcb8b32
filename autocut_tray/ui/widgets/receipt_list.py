"""The receipts of the span that the plots show, newest first."""

from __future__ import annotations

import json
from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QSizePolicy, QVBoxLayout, QWidget

from autocut_tray.core.policy.governor_types import Tier
from autocut_tray.core.receipt import Receipt, ReceiptKind
from autocut_tray.receipt_words import limit_of, receipt_words
from autocut_tray.ui.context import UiContext
from autocut_tray.ui.widgets.button import Button
from autocut_tray.ui.widgets.fitting_area import FittingArea
from autocut_tray.ui.widgets.layouts import column, hairline, restyle, row
from autocut_tray.ui.widgets.receipt_row import ReceiptRow, ShownReceipt
from autocut_tray.ui.widgets.text import Text

AT_ONCE = 15
"""Rows made at once, more than are in sight; a button at the end makes as many more."""

_LEAST_BESIDE, _LEAST_BELOW = 120, 420
"""Height of the rows in sight, beside the plots and below them, where there are so many."""

_TIERS = (ReceiptKind.TIER, ReceiptKind.MANUAL)


class ReceiptList(QFrame):
    """``opened`` carries the id of the receipt that is open now, or None; ``try_limit`` the name of a limit, ``pin``
    the tier to stay on, None for none any more."""

    opened = Signal(object)
    undo = Signal()
    pin = Signal(object)
    try_limit = Signal(str)

    def __init__(self, ctx: UiContext) -> None:
        super().__init__()
        self._ctx = ctx
        self._receipts: tuple[Receipt, ...] = ()
        self._undoable = False
        self._tiers: tuple[Tier, ...] = ()
        self._pinned: Tier | None = None
        self._most = AT_ONCE
        self._open: int | None = None
        self._rows: dict[int, ReceiptRow] = {}
        self.setProperty("role", "card")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        self._hint = Text(ctx, "caption", "ui-receipts-hint")
        head = row(Text(ctx, "heading", "ui-receipts"), None, self._hint, margins=(15, 10, 15, 10))
        self._empty = Text(ctx, "small", "ui-receipts-none", wrap=True)
        self._empty.setContentsMargins(15, 12, 15, 14)
        self._column = QVBoxLayout()
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        body = QWidget()
        self._more = Button(ctx, kind="ghost", small=True)
        self._more.clicked.connect(self._show_more)
        self._more_line = QWidget()
        self._more_line.setLayout(row(self._more, None, margins=(15, 8, 15, 10)))
        self._more_line.hide()
        body.setLayout(column(self._column, self._more_line, None))
        self._area = FittingArea(ctx, body, "ui-receipts")
        self.setLayout(column(head, hairline(), self._empty, self._area, margins=(1, 1, 1, 1)))
        ctx.language_changed.connect(self._show_rows)

    @property
    def open_id(self) -> int | None:
        return self._open

    def set_narrow(self, narrow: bool) -> None:
        """Below the plots it has no height of theirs to fill, so it asks for more of its own."""
        self._area.least = _LEAST_BELOW if narrow else _LEAST_BESIDE
        self._area.updateGeometry()

    @property
    def rows(self) -> tuple[ReceiptRow, ...]:
        return tuple(self._rows.values())

    def show_receipts(
        self,
        receipts: Sequence[Receipt],
        *,
        undoable: bool,
        tiers: Sequence[Tier] = (),
        pinned: Tier | None = None,
    ) -> None:
        """``undoable``: the newest change of tier can be taken back. ``tiers``: those that can be pinned."""
        shown = tuple(receipts), undoable, tuple(tiers), pinned
        if shown == (self._receipts, self._undoable, self._tiers, self._pinned):
            return
        self._receipts, self._undoable, self._tiers, self._pinned = shown
        if self._open not in {receipt.id for receipt in self._receipts}:
            self._set_open(None)
        self._show_rows()

    def open_receipt(self, receipt_id: int | None) -> None:
        """Open this one, close the other, and bring it into sight."""
        if receipt_id is not None and receipt_id not in self._rows:
            self._most = len(self._receipts)
            self._show_rows()
        self._set_open(receipt_id)
        if receipt_id in self._rows:
            self._area.ensureWidgetVisible(self._rows[receipt_id])

    def _set_open(self, receipt_id: int | None) -> None:
        if receipt_id == self._open:
            return
        self._open = receipt_id
        for one in self._rows.values():
            one.set_open(one.receipt_id == receipt_id)
        self._area.updateGeometry()
        self.opened.emit(receipt_id)

    def _toggle(self, receipt_id: int) -> None:
        self._set_open(None if self._open == receipt_id else receipt_id)

    def _show_rows(self) -> None:
        """Each receipt keeps its row; one that came takes that of one that went, before another is made."""
        shown = self._receipts[: self._most]
        wanted = {receipt.id for receipt in shown}
        free = [one for receipt_id, one in self._rows.items() if receipt_id not in wanted]
        rows: dict[int, ReceiptRow] = {}
        for index, receipt in enumerate(shown):
            said = self._said(index)
            one = self._rows.get(receipt.id) or (free.pop() if free else None) or self._row(said)
            one.show_receipt(said)
            one.set_open(receipt.id == self._open)
            rows[receipt.id] = one
        for gone in free:
            self._column.removeWidget(gone)
            gone.hide()
            gone.deleteLater()
        self._rows = rows
        self._put_in_order()
        rest = len(self._receipts) - len(shown)
        self._more.say_code("ui-receipts-more", n=rest)
        self._more_line.setVisible(rest > 0)
        self._empty.setVisible(not self._receipts)
        self._area.setVisible(bool(self._receipts))
        self._area.updateGeometry()

    def _put_in_order(self) -> None:
        complete = len(self._rows) == len(self._receipts)
        for index, one in enumerate(self._rows.values()):
            if self._column.indexOf(one) != index:
                self._column.insertWidget(index, one)
            restyle(one, "place", "last" if complete and index == len(self._rows) - 1 else None)

    def _said(self, index: int) -> ShownReceipt:
        receipt = self._receipts[index]
        newest_tier = next((r.id for r in self._receipts if r.kind in _TIERS), None)
        return ShownReceipt(
            receipt.id,
            receipt_words(self._ctx, receipt, _ended_by(self._receipts, index)),
            self._ctx.say.moment(receipt.at, self._ctx.services.clock.time()),
            undoable=self._undoable and receipt.id == newest_tier,
            limit=limit_of(receipt),
            pin=self._pin_words(receipt),
        )

    def _row(self, said: ShownReceipt) -> ReceiptRow:
        one = ReceiptRow(self._ctx, said)
        one.toggled.connect(self._toggle)
        one.undo.connect(self.undo)
        one.pin.connect(self._ask_pin)
        one.copy.connect(self._copy)
        one.try_limit.connect(self.try_limit)
        return one

    def _show_more(self) -> None:
        self._most += AT_ONCE
        self._show_rows()

    def _pin_words(self, receipt: Receipt) -> str | None:
        """Of a tier that can be held, or is held and can be let go."""
        tier = next((tier for tier in self._tiers if tier.value == receipt.to), None)
        if tier is None or receipt.kind not in _TIERS:
            return None
        if tier is self._pinned:
            return self._ctx.t("ui-receipt-unpin")
        return self._ctx.t("ui-receipt-pin", tier=self._ctx.t(f"tier-{tier.value}"))

    def _ask_pin(self, receipt_id: int) -> None:
        receipt = next(r for r in self._receipts if r.id == receipt_id)
        tier = Tier(receipt.to)
        self.pin.emit(None if tier is self._pinned else tier)

    def _copy(self, receipt_id: int) -> None:
        receipt = next(r for r in self._receipts if r.id == receipt_id)
        QGuiApplication.clipboard().setText(json.dumps(receipt.to_json(), indent=1, ensure_ascii=False))


def _ended_by(receipts: Sequence[Receipt], index: int) -> Receipt | None:
    """The next change of the same sort after this one, which is nearer to the front."""
    kind = receipts[index].kind
    same = _TIERS if kind in _TIERS else (kind,)
    return next((later for later in reversed(receipts[:index]) if later.kind in same), None)
