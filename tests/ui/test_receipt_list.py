"""Rows of receipts are kept, and what goes is freed."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication, QLabel, QLayoutItem, QVBoxLayout
from pytestqt.qtbot import QtBot

from autocut_tray.core.receipt import Receipt
from autocut_tray.ui.content import Content
from autocut_tray.ui.pages.monitor import MonitorPage
from autocut_tray.ui.widgets.flow import FlowBox
from autocut_tray.ui.widgets.layouts import clear
from autocut_tray.ui.widgets.receipt_list import AT_ONCE, ReceiptList
from autocut_tray.ui.widgets.text import Text
from tests.ui import fake_services as fakes

REBUILDS = 100


@pytest.fixture
def receipts(content: Content) -> ReceiptList:
    page = content.page("monitor")
    assert isinstance(page, MonitorPage)
    return page.receipts


def made(ids: range) -> list[Receipt]:
    """The newest first, a minute apart."""
    return [fakes.receipt(id=number, at=fakes.NOON_20 - 6000 + 60 * number) for number in reversed(ids)]


def ids(receipts: ReceiptList) -> list[int]:
    return [one.receipt_id for one in receipts.rows]


def in_order(receipts: ReceiptList) -> bool:
    """Whether the rows lie in the column from top to bottom, and nothing else does."""
    column = receipts._column
    return [column.indexOf(one) for one in receipts.rows] == list(range(column.count()))


def delete_what_was_left() -> None:
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def test_a_hundred_changes_make_no_row_and_no_widget(receipts: ReceiptList, qapp: QApplication) -> None:
    receipts.show_receipts(made(range(1, 9)), undoable=False)
    rows, widgets = set(receipts.rows), len(qapp.allWidgets())
    for number in range(1, REBUILDS + 1):
        receipts.show_receipts(made(range(1 + number, 9 + number)), undoable=number % 2 == 0)
        delete_what_was_left()
    assert set(receipts.rows) == rows
    assert ids(receipts) == list(range(108, 100, -1))
    assert len(qapp.allWidgets()) == widgets


def test_a_receipt_keeps_its_row_and_stays_open_when_another_comes(receipts: ReceiptList) -> None:
    receipts.show_receipts(made(range(1, 4)), undoable=False)
    kept = {one.receipt_id: one for one in receipts.rows}
    receipts.open_receipt(3)
    receipts.show_receipts(made(range(2, 6)), undoable=True)
    assert ids(receipts) == [5, 4, 3, 2]
    assert in_order(receipts)
    now = {one.receipt_id: one for one in receipts.rows}
    assert (now[3], now[2]) == (kept[3], kept[2])
    assert [one.is_open for one in receipts.rows] == [False, False, True, False]
    said = [text.words for text in now[3].findChildren(Text) if not text.isHidden()]
    assert "Ended" in " ".join(said), "what ended it came after it was opened"
    assert not now[5].undo_button.isHidden() and now[4].undo_button.isHidden()


def test_the_row_of_one_that_went_speaks_of_the_one_that_came(receipts: ReceiptList, qtbot: QtBot) -> None:
    receipts.show_receipts(made(range(1, 2)), undoable=False)
    one = receipts.rows[0]
    better = fakes.receipt(id=7, better=True, cause="recovered", from_="CPU", to="GPU")
    before = one.title.text()
    receipts.show_receipts([better], undoable=False)
    assert receipts.rows == (one,)
    assert one.title.text() != before
    assert one.title.accessibleName().startswith(one.title.text())
    with qtbot.waitSignal(one.toggled) as heard:
        one.title.click()
    assert heard.args == [7]


def test_more_are_shown_when_asked_and_fewer_when_there_are_fewer(receipts: ReceiptList) -> None:
    receipts.show_receipts(made(range(1, AT_ONCE + 3)), undoable=False)
    assert len(receipts.rows) == AT_ONCE and not receipts._more_line.isHidden()
    assert all(one.property("place") is None for one in receipts.rows)
    receipts._more.click()
    assert len(receipts.rows) == AT_ONCE + 2 and receipts._more_line.isHidden()
    assert [one.property("place") for one in receipts.rows][-2:] == [None, "last"]
    receipts.show_receipts(made(range(4, 6)), undoable=False)
    assert ids(receipts) == [5, 4]
    assert in_order(receipts)
    assert [one.property("place") for one in receipts.rows] == [None, "last"]


class _Watched(QVBoxLayout):
    """Keeps what is taken out of it."""

    def __init__(self) -> None:
        super().__init__()
        self.taken: list[QLayoutItem] = []

    def takeAt(self, index: int) -> QLayoutItem | None:  # type: ignore[override]
        if (item := super().takeAt(index)) is not None:
            self.taken.append(item)
        return item


def test_clearing_a_flow_deletes_its_labels(qtbot: QtBot) -> None:
    box = FlowBox()
    qtbot.addWidget(box)
    for word in ("a", "b"):
        box.flow.addWidget(QLabel(word, box))
    clear(box.flow)
    delete_what_was_left()
    assert box.flow.count() == 0 and not box.findChildren(QLabel)
