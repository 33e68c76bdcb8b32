"""A switch moves under the hand, and jumps where the program moves it."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from autocut_tray.ui.content import Content
from autocut_tray.ui.pages.settings import SettingsPage
from autocut_tray.ui.widgets.switch import Switch


def test_the_knob_is_where_it_belongs_when_the_page_is_first_seen(content: Content, qtbot: QtBot) -> None:
    content.open_page("settings")
    page = content.page("settings")
    assert isinstance(page, SettingsPage)
    switches = [row.control for row in page.rows.values() if isinstance(row.control, Switch)]
    assert {switch.isChecked() for switch in switches} == {True, False}
    assert [switch._at for switch in switches] == [float(switch.isChecked()) for switch in switches]
    shown = next(switch for switch in switches if switch.isVisible())
    shown.setChecked(not shown.isChecked())
    assert shown._at == float(shown.isChecked()), "not by hand"


def test_by_hand_it_gets_there(content: Content, qtbot: QtBot) -> None:
    switch = Switch(content.ctx)
    qtbot.addWidget(switch)
    switch.show()
    switch.click()
    assert switch.isChecked()
    qtbot.waitUntil(lambda: switch._at == 1.0)
    switch.click()
    qtbot.waitUntil(lambda: switch._at == 0.0)
