from __future__ import annotations

import logging
import os
import socket
import subprocess
import sys
import textwrap
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import qWarning

from autocut_tray.ui import display
from autocut_tray.ui.faults import CRASH_FILE, SAFE_MODE_ERRORS, ErrorLimit, FaultHooks
from tests.fakes import FakeClock

ROOT = Path(__file__).parents[2]


class TestLimit:
    def test_same_error_once_a_minute(self) -> None:
        clock = FakeClock()
        limit = ErrorLimit(clock)
        assert [limit.admit("a"), limit.admit("a"), limit.admit("b")] == [True, False, True]
        clock.advance(61)
        assert limit.admit("a")

    def test_twenty_an_hour(self) -> None:
        clock = FakeClock()
        limit = ErrorLimit(clock)
        admitted = 0
        for _ in range(50):
            admitted += limit.admit("a")
            clock.advance(61)
        assert admitted == 20
        clock.advance(3600)
        assert limit.admit("a")

    def test_a_flood_is_noted(self) -> None:
        limit = ErrorLimit(FakeClock())
        for n in range(SAFE_MODE_ERRORS):
            limit.admit(str(n))
        assert not limit.flooded
        limit.admit("one more")
        assert limit.flooded


class TestHooks:
    @pytest.fixture
    def hooks(self, tmp_path: Path) -> Iterator[FaultHooks]:
        before = (sys.excepthook, threading.excepthook, sys.unraisablehook)
        made = FaultHooks(FakeClock(), tmp_path / "logs")
        yield made
        made.close()
        assert (sys.excepthook, threading.excepthook, sys.unraisablehook) == before

    @pytest.mark.errors_expected
    def test_uncaught_errors_are_logged_once(
        self, hooks: FaultHooks, caplog: pytest.LogCaptureFixture, tmp_path: Path
    ) -> None:
        for _ in range(3):
            try:
                raise ValueError("in a slot")
            except ValueError as error:
                sys.excepthook(type(error), error, error.__traceback__)
        assert caplog.text.count("ValueError: in a slot") == 1
        assert (tmp_path / "logs" / CRASH_FILE).exists()

    @pytest.mark.errors_expected
    def test_errors_in_threads_and_in_dying_objects(
        self, hooks: FaultHooks, caplog: pytest.LogCaptureFixture
    ) -> None:
        def broken() -> None:
            raise ValueError("in a thread")

        thread = threading.Thread(target=broken, name="worker 7")
        thread.start()
        thread.join()

        class Dying:
            def __del__(self) -> None:
                raise ValueError("while dying")

        Dying()
        assert "Uncaught error in thread worker 7" in caplog.text
        assert "while dying" in caplog.text

    @pytest.mark.qt_no_exception_capture
    def test_words_of_qt_go_to_the_log(self, hooks: FaultHooks, caplog: pytest.LogCaptureFixture) -> None:
        with caplog.at_level(logging.WARNING, "qt"):
            qWarning("something about a font")
        assert "something about a font" in caplog.text

    def test_a_folder_that_cannot_be_written_costs_only_the_file(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("")
        hooks = FaultHooks(FakeClock(), tmp_path / "file" / "logs")
        hooks.close()


class TestDisplay:
    def test_windows_and_macos_always_have_one(self) -> None:
        assert display.problem({}, "win32") is None
        assert display.problem({}, "darwin") is None

    def test_none_is_said(self) -> None:
        problem = display.problem({}, "linux")
        assert problem is not None and problem.code == "error-no-display"

    def test_offscreen_needs_none(self) -> None:
        assert display.problem({"QT_QPA_PLATFORM": "offscreen"}, "linux") is None
        assert display.problem({"QT_QPA_PLATFORM": "offscreen:size=2"}, "linux") is None

    @pytest.mark.skipif(sys.platform == "win32", reason="Unix sockets")
    def test_a_display_that_does_not_answer(self, tmp_path: Path) -> None:
        assert display.problem({"DISPLAY": ":4711"}, "linux") is not None
        silent = {"WAYLAND_DISPLAY": "wayland-9", "XDG_RUNTIME_DIR": str(tmp_path)}
        assert display.problem(silent, "linux") is not None
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(str(tmp_path / "wayland-9"))
            server.listen()
            assert display.problem(silent, "linux") is None
            assert display.problem({**silent, "QT_QPA_PLATFORM": "xcb"}, "linux") is not None

    def test_a_display_over_the_network(self) -> None:
        with socket.socket() as server:
            server.bind(("127.0.0.1", 0))
            port = server.getsockname()[1]
            number = port - 6000
            if number < 0:
                pytest.skip("the system gave a low port")
            server.listen()
            assert display.problem({"DISPLAY": f"127.0.0.1:{number}.0"}, "linux") is None

    def test_a_name_that_is_not_understood_is_left_to_qt(self) -> None:
        assert display.problem({"DISPLAY": "/private/tmp/launch-x/org.xquartz:zero"}, "linux") is None

    @pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="X11 and Wayland")
    def test_the_program_says_so_in_one_line_and_ends(self, autocut_home: Path) -> None:
        environ = {
            name: value
            for name, value in os.environ.items()
            if name not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
        }
        done = subprocess.run(
            [sys.executable, "-m", "autocut_tray", "--lang", "en"],
            cwd=ROOT,
            env={**environ, "AUTOCUT_HOME": str(autocut_home)},
            capture_output=True,
            text=True,
            timeout=30,
        )
        assert done.returncode == 2
        assert done.stdout == ""
        assert done.stderr.startswith("There is no display")
        assert done.stderr.count("\n") == 1


def test_no_qt_before_a_display_is_known() -> None:
    """Qt ends the process when there is none, so the question is asked without it."""
    script = (
        "import sys; import autocut_tray.ui.display, autocut_tray.ui.launch; print('PySide6' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=30
    )
    assert done.stdout == "False\n"


def test_this_qt_keeps_its_references() -> None:
    """WORKAROUND: PySide6 6.12.0 drops a reference to None or True with each call on Python 3.10 and 3.11 and
    aborts within seconds, so it is not among the versions this program takes."""
    script = """
        import sys
        from PySide6.QtCore import QObject, Signal

        class Sender(QObject):
            sent = Signal(object)

        before = (sys.getrefcount(None), sys.getrefcount(True))
        sender, heard = Sender(), []
        sender.sent.connect(heard.append)
        for _ in range(1000):
            sender.setObjectName("x")
            sender.sent.emit(None)
            sender.sent.emit(True)
        assert len(heard) == 2000
        heard.clear()
        after = (sys.getrefcount(None), sys.getrefcount(True))
        assert all(now > then - 100 for then, now in zip(before, after)), (before, after)
        print("kept")
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)],
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
    )
    assert (done.returncode, done.stdout) == (0, "kept\n"), done.stderr


def test_the_icon_is_up_before_anything_heavy_is_read() -> None:
    """Until the tray icon is shown nothing of this is imported, whatever it would cost."""
    script = """
        import sys
        from PySide6.QtWidgets import QApplication
        from autocut_tray.ui.app import App
        from autocut_tray.ui.tray import Tray
        qt = QApplication([])
        Tray().show()
        heavy = ["fluent", "numpy", "pyqtgraph", "requests", "psutil", "sqlite3", "autocut_tray.bootstrap",
                 "PySide6.QtSvg", "babel", "tomlkit", "keyring", "av", "cv2", "scenedetect"]
        print([name for name in heavy if name in sys.modules])
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
    )
    assert done.stdout == "[]\n", done.stdout + done.stderr
