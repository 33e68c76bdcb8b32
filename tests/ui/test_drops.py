from __future__ import annotations

import gc
import os
import sys
import time
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QByteArray, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from autocut_tray.core.events import EventBus
from autocut_tray.core.jobs.job import DropIgnored, JobChanged
from autocut_tray.core.messages import message
from autocut_tray.ui.content import Content
from autocut_tray.ui.drops import dropped, local_path
from autocut_tray.ui.pages.analyse import AnalysePage
from tests.ui import fake_services as fakes
from tests.ui.fake_services import FakeServices

COPY, LEFT, PLAIN = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


class Drag:
    """A drag as the system delivers it: enter, move, then leave or drop."""

    def __init__(self, target: QWidget, mime: QMimeData) -> None:
        self._target = target
        self._mime = mime

    def enter(self) -> bool:
        event = QDragEnterEvent(QPoint(300, 300), COPY, self._mime, LEFT, PLAIN)
        QApplication.sendEvent(self._target, event)
        return event.isAccepted()

    def move(self) -> bool:
        event = QDragMoveEvent(QPoint(320, 310), COPY, self._mime, LEFT, PLAIN)
        QApplication.sendEvent(self._target, event)
        return event.isAccepted()

    def leave(self) -> None:
        QApplication.sendEvent(self._target, QDragLeaveEvent())

    def drop(self) -> bool:
        event = QDropEvent(QPointF(320, 310), COPY, self._mime, LEFT, PLAIN)
        QApplication.sendEvent(self._target, event)
        return event.isAccepted()


def files(*paths: str) -> QMimeData:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(path) for path in paths])
    return mime


def analyse_page(content: Content) -> AnalysePage:
    page = content.page("analyse")
    assert isinstance(page, AnalysePage)
    return page


@pytest.mark.parametrize("page", ["overview", "monitor", "analyse", "events", "settings"])
def test_files_dropped_on_any_page_are_handed_over(
    content: Content, services: FakeServices, page: str
) -> None:
    content.open_page(page)
    drag = Drag(content, files("/footage/clip A é.mov", "/footage/folder"))
    assert drag.enter()
    assert drag.move()
    assert drag.drop()
    assert services.jobs.added == [("/footage/clip A é.mov", "/footage/folder")]
    assert content.current_page == "analyse"


def test_empty_page_says_what_letting_go_would_do(content: Content) -> None:
    content.open_page("analyse")
    area = analyse_page(content).drop_area
    drag = Drag(content, files("/a.mp4", "/b.mp4", "/c.mp4"))
    drag.enter()
    assert area.title.words == "Drop to analyse 3 items"
    drag.leave()
    assert area.title.words == "Drop clips or a folder here"


def test_other_pages_are_covered_while_files_are_over_them(content: Content) -> None:
    drag = Drag(content, files("/footage/one.mp4"))
    drag.enter()
    overlay = content.overlay
    assert overlay.isVisible()
    assert overlay.words == "Drop to analyse one.mp4"
    drag.leave()
    assert not overlay.isVisible()


def test_drop_on_a_child_reaches_the_window(content: Content, services: FakeServices, qtbot: QtBot) -> None:
    """Views take no drops themselves, so the system's delivery ends at the content."""
    services.jobs.put(fakes.job())
    content.open_page("analyse")
    page = analyse_page(content)
    qtbot.waitUntil(lambda: not page.is_empty)
    for view in (page.jobs, page.scenes.grid):
        assert not view.viewport().acceptDrops()
    assert content.acceptDrops()


@pytest.mark.parametrize("kind", ["text", "image", "web"])
def test_what_is_no_file_is_ignored_with_a_hint(content: Content, services: FakeServices, kind: str) -> None:
    mime = QMimeData()
    if kind == "text":
        mime.setText("hello")
    elif kind == "image":
        mime.setData("image/png", QByteArray(b"\x89PNG"))
    else:
        mime.setUrls([QUrl("https://example.org/clip.mp4")])
    drag = Drag(content, mime)
    assert not drag.enter()
    assert content.notice_words.startswith("Only files and folders")
    assert not drag.drop()
    assert services.jobs.added == []
    assert not content.overlay.isVisible()


def test_web_addresses_among_files_are_left_out_and_said_so(content: Content, services: FakeServices) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile("/a.mp4"), QUrl("https://example.org/b.mp4")])
    drag = Drag(content, mime)
    assert drag.enter() and drag.drop()
    assert services.jobs.added == [("/a.mp4",)]
    assert content.notice_words.startswith("1 address was left out")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows names are UTF-16")
def test_names_that_are_no_utf8_keep_their_bytes() -> None:
    url = QUrl.fromEncoded(QByteArray(b"file:///footage/bad%FFname.mp4"))
    assert os.fsencode(local_path(url)) == b"/footage/bad\xffname.mp4"


def test_strange_names_are_paths_and_nothing_else() -> None:
    names = ["/f/12:30.mp4", "/f/-y.mp4", "/f/<img src=x>.mp4", "/f/a%20b#c?.mp4", "/f/\u202e4pm.mp4"]
    assert dropped(files(*names)).paths == tuple(names)


@pytest.fixture
def no_collections() -> Iterator[None]:
    """A collection walks what all tests before have left: up to half a second that is not the window's."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("no_collections")
def test_ten_thousand_names_do_not_stall_the_window(content: Content, services: FakeServices) -> None:
    """Taking the drop costs the GUI thread no more than reading the names twice would."""
    names = [f"/footage/clip {n:05d}.mp4" for n in range(10_000)]
    mime = files(*names)
    began = time.thread_time()
    dropped(mime)
    reading = time.thread_time() - began
    drag = Drag(content, mime)
    began = time.thread_time()
    assert drag.enter() and drag.drop()
    taking = time.thread_time() - began
    assert services.jobs.added == [tuple(names)]
    assert taking < 5 * reading + 0.15


def test_ten_thousand_jobs_come_in_while_the_window_answers(
    content: Content, services: FakeServices, qtbot: QtBot
) -> None:
    """A burst of events is handed out in slices between which the event loop turns."""
    content.open_page("analyse")
    page = analyse_page(content)
    longest = 0.0
    bus: EventBus = services.bus
    for n in range(10_000):
        bus.publish(JobChanged(fakes.job(f"j{n:05d}", f"/footage/{n}.mp4", created=float(n))))
    while len(content.book) < 10_000:
        began = time.thread_time()
        QApplication.processEvents()
        longest = max(longest, time.thread_time() - began)
    content.book.settle()
    QApplication.processEvents()
    assert longest < 0.5
    assert content.book.active == 10_000
    assert page.jobs.rows.rowCount() < 300


def test_what_the_core_could_not_take_is_said_and_counted(
    content: Content, services: FakeServices, qtbot: QtBot
) -> None:
    for _ in range(3):
        services.bus.publish(DropIgnored(message("drop-no-videos")))
    services.bus.publish(DropIgnored(message("error-cancelled")))
    qtbot.waitUntil(lambda: content.notice_words == "Cancelled.")
