"""Words that are cut, and controls that lie on each other: what no page may show in any language or scale."""

from __future__ import annotations

import itertools
import re
import time

from PySide6.QtCore import QEventLoop, QRect
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLabel, QLineEdit, QWidget

from autocut_tray.ui.widgets.text import ElidedText

_ROOM = 2

_PATIENCE = 3.0
"""Seconds after which what is wrong stays so. Words that come from a thread are laid out a turn of the loop later."""

_MARKUP = re.compile(r"<[^>]*>")


def what_stays_wrong(root: QWidget) -> list[str]:
    """What is cut or lies on something else once everything is laid out."""
    until = time.monotonic() + _PATIENCE
    while (found := cut_words(root) + laid_on_each_other(root)) and time.monotonic() < until:
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)
    return found


def cut_words(root: QWidget) -> list[str]:
    """What is shown in less room than it needs. Labels that shorten themselves say the whole in a tooltip."""
    found = []
    for label in root.findChildren(QLabel):
        if not label.isVisibleTo(root) or not label.text() or isinstance(label, ElidedText):
            continue
        if label.wordWrap():
            short = label.height() + 1 < label.heightForWidth(label.width())
        else:
            short = label.width() < label.minimumSizeHint().width()
        if short:
            found.append(label.text())
    for kind in (QAbstractButton, QComboBox):
        for control in root.findChildren(kind):
            words = control.currentText() if isinstance(control, QComboBox) else control.text()
            in_a_line = isinstance(control.parent(), QLineEdit)  # shows its icon, not its words
            short = control.width() < control.minimumSizeHint().width()
            if words and short and not in_a_line and control.isVisibleTo(root):
                found.append(words)
    return found


def laid_on_each_other(root: QWidget) -> list[str]:
    """Pairs of neighbours with words that share some of their room."""
    shown: dict[QWidget, list[QWidget]] = {}
    for kind in (QLabel, QAbstractButton, QComboBox, QLineEdit):
        for one in root.findChildren(kind):
            parent = one.parentWidget()
            if (
                parent is not None
                and not isinstance(parent, QLineEdit)
                and _words(one)
                and one.isVisibleTo(root)
            ):
                shown.setdefault(parent, []).append(one)
    return [
        f"{_words(first)} / {_words(second)}"
        for beside in shown.values()
        for first, second in itertools.combinations(beside, 2)
        if _ink(first).intersects(_ink(second))
    ]


def _ink(widget: QWidget) -> QRect:
    """Where its words are: above and below them a label has room of its own."""
    return widget.geometry().adjusted(0, _ROOM, 0, -_ROOM)


def _words(widget: QWidget) -> str:
    if isinstance(widget, QComboBox):
        return widget.currentText()
    if isinstance(widget, (QLabel, QAbstractButton)):
        return _MARKUP.sub("", widget.text())
    return widget.placeholderText() or widget.text() if isinstance(widget, QLineEdit) else ""
