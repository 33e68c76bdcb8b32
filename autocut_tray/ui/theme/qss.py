"""The one style sheet. Looks are chosen by dynamic property (``role``, ``kind``, ``tone``, ``density``), so no
widget holds a colour."""

from __future__ import annotations

import dataclasses
import string

from autocut_tray.ui.theme.tokens import Tokens

# A dynamic property must not be named like a real one (size, font, style): the selector would never match.
_SHEET = string.Template(
    """
* { outline: 0; }
QWidget { color: $text; font-size: 13px; }
QMainWindow, QDialog, QWidget#page, QWidget#pageBody, QScrollArea { background: $bg; border: 0; }
QFrame#side { background: $side; border: 0; border-right: 1px solid $line; }
QLabel { background: transparent; }
QLabel#qt_msgbox_label, QLabel#qt_msgbox_informativelabel { min-width: 360px; }
QLabel[role="title"] { font-size: 20px; font-weight: 600; }
QLabel[role="crumb"] { font-size: 20px; color: $text2; }
QLabel[role="figure"] { font-size: 18px; font-weight: 600; }
QLabel[role="heading"] { font-size: 14px; font-weight: 600; }
QLabel[role="strong"] { font-weight: 600; }
QLabel[role="sub"] { color: $text2; }
QLabel[role="small"] { color: $text2; font-size: 12px; }
QLabel[role="caption"] { color: $text3; font-size: 12px; }
QLabel[role="key"] { color: $text3; }
QLabel[role="axis"] { color: $text3; font-size: 11px; }
QLabel[role="axis"][kind="warn"] { color: $warn; }
QLabel[role="axis"][kind="crit"] { color: $crit; }
QLabel[role="step"] { color: $text2; font-size: 12px; border: 1px solid $line2; border-radius: 12px; }
QLabel[role="tag"] { color: $text2; font-size: 12px; background: $raised; border-radius: 4px; padding: 2px 7px; }
QLabel[role="mono"] { color: $text2; font-size: 12px; }

QPushButton { min-height: 28px; max-height: 28px; padding: 0 12px; border: 1px solid $line2; border-radius: 6px;
  background: $card; font-weight: 500; }
QPushButton:hover { background: $raised; }
QPushButton:pressed { background: $nav_on; }
QPushButton:focus { border-color: $accent; }
QPushButton:disabled { color: $text3; border-color: $line; }
QPushButton::menu-indicator { image: none; width: 0; }
QPushButton[kind="primary"] { background: $fill; border-color: $fill; color: $on_fill; }
QPushButton[kind="primary"]:hover, QPushButton[kind="primary"]:pressed { background: $fill_hover; }
QPushButton[kind="primary"]:focus { border-color: $text; }
QPushButton[kind="ghost"] { background: transparent; border-color: transparent; color: $text2; }
QPushButton[kind="ghost"]:hover { background: $raised; color: $text; }
QPushButton[kind="ghost"]:focus { border-color: $accent; }
QPushButton[kind="ghost"][place="edge"] { margin-left: -13px; }
QPushButton[kind="ghost"][place="edge"][density="small"] { margin-left: -11px; }
QPushButton[kind="icon"] { min-width: 28px; max-width: 28px; padding: 0; background: transparent;
  border-color: transparent; }
QPushButton[kind="icon"]:hover { background: $raised; }
QPushButton[kind="icon"]:focus { border-color: $accent; }
QPushButton[kind="crumb"] { min-height: 26px; max-height: 26px; padding: 0 4px; margin-left: -5px;
  border-color: transparent; background: transparent; font-size: 20px; font-weight: 400; color: $text2; }
QPushButton[kind="crumb"]:hover { color: $text; }
QPushButton[kind="crumb"]:focus { border-color: $accent; }
QPushButton[density="small"] { min-height: 24px; max-height: 24px; padding: 0 10px; font-size: 12px; }
QPushButton[role="nav"], QPushButton[role="section"] { min-height: 30px; max-height: 30px; padding: 0 7px;
  border: 1px solid transparent; border-radius: 6px; text-align: left; background: transparent; color: $text2;
  font-weight: 400; }
QPushButton[role="nav"]:hover, QPushButton[role="section"]:hover { color: $text; }
QPushButton[role="nav"]:checked, QPushButton[role="section"]:checked { background: $nav_on;
  border-color: $nav_on; color: $text;
  font-weight: 600; }
QPushButton[role="nav"]:focus, QPushButton[role="section"]:focus { border-color: $accent; }
QPushButton[role="section"] { min-height: 28px; max-height: 28px; }
QPushButton[role="segment"] { min-height: 22px; max-height: 22px; padding: 0 11px; border: 1px solid transparent;
  border-radius: 4px; background: transparent; color: $text2; }
QPushButton[role="segment"]:hover { color: $text; }
QPushButton[role="segment"]:checked { background: $nav_on; color: $text; font-weight: 600; }
QPushButton[role="segment"]:focus { border-color: $accent; }
QPushButton[role="fold"] { min-height: 20px; max-height: 40px; padding: 0; border: 1px solid transparent;
  background: transparent; text-align: left; font-weight: 600; }
QPushButton[role="fold"]:focus { border-color: $accent; }

QFrame[role="card"] { background: $card; border: 1px solid $line; border-radius: 8px; }
QFrame[role="card"][tone="strong"] { border-color: $line2; }
QFrame[role="card"][focused="true"] { border-color: $accent; }
QFrame[role="group"] { background: transparent; border: 1px solid $line2; border-radius: 6px; }
QFrame[role="hair"] { background: $line; border: 0; max-height: 1px; min-height: 1px; }
QFrame[role="upright"] { background: $line; border: 0; max-width: 1px; min-width: 1px; }
QFrame[role="receipt"] { background: transparent; border: 0; border-bottom: 1px solid $line; }
QFrame[role="receipt"][tone="open"] { background: $open; }
QFrame[role="receipt"][place="last"] { border-bottom: 0; border-bottom-left-radius: 7px;
  border-bottom-right-radius: 7px; }
QFrame#strip { border: 0; border-bottom: 1px solid $line; background: $bg; }
QFrame#strip[kind="warn"] { background: $warn_ground; border-bottom-color: $warn_line; }
QFrame#strip[kind="crit"] { background: $crit_ground; border-bottom-color: $crit_line; }
QFrame#strip[kind="warn"] QPushButton, QFrame#strip[kind="crit"] QPushButton { background: transparent;
  border-color: $control; color: $text; }
QFrame#strip[kind="warn"] QPushButton:focus, QFrame#strip[kind="crit"] QPushButton:focus { border-color: $accent; }
QFrame#dock { background: $side; border: 0; border-top: 1px solid $line; }
QFrame#notice { background: $raised; border: 0; border-radius: 6px; }

QLineEdit, QSpinBox, QDoubleSpinBox, QComboBox { min-height: 28px; max-height: 28px; padding: 0 10px;
  border: 1px solid $control; border-radius: 6px; background: $bg; color: $text;
  selection-background-color: $fill; selection-color: $on_fill; }
QLineEdit:focus, QSpinBox:focus, QDoubleSpinBox:focus, QComboBox:focus { border-color: $accent; }
QLineEdit:disabled, QSpinBox:disabled, QDoubleSpinBox:disabled, QComboBox:disabled { color: $text3;
  border-color: $line2; }
QLineEdit[role="search"] { padding: 0 3px; }
QLineEdit[bad="true"] { border-color: $crit; }
QSpinBox::up-button, QSpinBox::down-button, QDoubleSpinBox::up-button, QDoubleSpinBox::down-button { width: 0;
  border: 0; }
QComboBox::drop-down { border: 0; width: 26px; }
QComboBox::down-arrow { image: none; }
QComboBox QAbstractItemView { background: $card; border: 1px solid $line2; padding: 4px; color: $text;
  selection-background-color: $nav_on; selection-color: $text; }

QListView, QTableView { background: transparent; border: 0; selection-background-color: transparent; }
QTableView { background: $card; border: 1px solid $line; border-radius: 8px; }
QHeaderView { background: transparent; border: 0; }
QHeaderView::section { background: transparent; color: $text3; font-size: 12px; font-weight: 400; border: 0;
  border-bottom: 1px solid $line; padding: 0 8px; }
QHeaderView::section:first { padding-left: 20px; }
QHeaderView::section:last { padding-right: 20px; }

QScrollBar:vertical { width: 10px; margin: 0; background: transparent; }
QScrollBar::handle:vertical { min-height: 32px; margin: 0 3px; border-radius: 2px; background: $line2; }
QScrollBar::handle:vertical:hover { background: $control; }
QScrollBar:horizontal { height: 10px; margin: 0; background: transparent; }
QScrollBar::handle:horizontal { min-width: 32px; margin: 3px 0; border-radius: 2px; background: $line2; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }

QMenu { background: $card; border: 1px solid $line2; padding: 5px; }
QMenu::item { padding: 6px 24px 6px 12px; border-radius: 4px; background: transparent; }
QMenu::item:selected { background: $nav_on; }
QMenu::item:disabled { color: $text3; }
QMenu::item:default { font-weight: 600; }
QMenu::separator { height: 1px; margin: 5px 8px; background: $line; }
QToolTip { background: $card; color: $text; border: 1px solid $line2; padding: 5px 8px; font-size: 12px; }
"""
)


def sheet(tokens: Tokens) -> str:
    """The style sheet in this theme's colours."""
    return _SHEET.substitute(dataclasses.asdict(tokens))
