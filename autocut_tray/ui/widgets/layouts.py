"""Rows, columns, cards and hairlines, so that pages read as what they contain."""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QLayout, QSizePolicy, QVBoxLayout, QWidget

Item = QWidget | QLayout | int | None
"""A widget, a layout, a fixed space in px, or None for what stretches."""

L = TypeVar("L", bound=QBoxLayout)


def row(*items: Item, spacing: int = 8, margins: tuple[int, int, int, int] = (0, 0, 0, 0)) -> QHBoxLayout:
    """Side by side."""
    return _filled(QHBoxLayout(), items, spacing, margins)


def column(*items: Item, spacing: int = 0, margins: tuple[int, int, int, int] = (0, 0, 0, 0)) -> QVBoxLayout:
    """One below the other."""
    return _filled(QVBoxLayout(), items, spacing, margins)


def card(*, strong: bool = False) -> QFrame:
    """A flat ground with a hairline around it."""
    frame = QFrame()
    frame.setProperty("role", "card")
    if strong:
        frame.setProperty("tone", "strong")
    return frame


def hairline() -> QFrame:
    """One pixel; QFrame.HLine would be drawn in two tones."""
    frame = QFrame()
    frame.setProperty("role", "hair")
    frame.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    return frame


def upright() -> QFrame:
    """The same between two that stand side by side."""
    frame = QFrame()
    frame.setProperty("role", "upright")
    frame.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
    return frame


def restyle(widget: QWidget, name: str, value: object) -> None:
    """Set a dynamic property that the style sheet looks at, and have it looked at again."""
    if widget.property(name) == value:
        return
    widget.setProperty(name, value)
    style = widget.style()
    for one in (widget, *widget.findChildren(QWidget)):
        style.unpolish(one)
        style.polish(one)


def clear(layout: QLayout) -> None:
    """Take everything out and delete it.

    PySide never frees an item that was taken out, some 100 bytes. It stays so: freed by hand, with
    ``shiboken6.delete`` or by ``removeWidget`` after ``itemAt``, its wrapper may stand for what comes to lie there.
    """
    while (item := layout.takeAt(0)) is not None:
        if (widget := item.widget()) is not None:
            widget.hide()
            widget.deleteLater()
        elif (inner := item.layout()) is not None:
            clear(inner)
            inner.deleteLater()


def _filled(layout: L, items: tuple[Item, ...], spacing: int, margins: tuple[int, int, int, int]) -> L:
    layout.setSpacing(spacing)
    layout.setContentsMargins(*margins)
    for item in items:
        if item is None:
            layout.addStretch(1)
        elif isinstance(item, int):
            layout.addSpacing(item)
        elif isinstance(item, QLayout):
            layout.addLayout(item)
        else:
            layout.addWidget(item)
    return layout
