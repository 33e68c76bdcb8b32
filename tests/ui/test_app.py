"""The start, the end, and what happens when parts of it are missing."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import textwrap
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtGui import QDesktopServices, QSessionManager
from PySide6.QtWidgets import QApplication, QMessageBox
from pytestqt.qtbot import QtBot

from autocut_tray.core.errors import StorageError, UsageError
from autocut_tray.core.messages import message
from autocut_tray.ui import launch
from autocut_tray.ui.app import App
from autocut_tray.ui.launch import LaunchOptions
from autocut_tray.ui.quitter import Quitter
from autocut_tray.ui.remembered import read_memory
from autocut_tray.ui.stages import Stages, resident_bytes, seconds_since_process_start
from autocut_tray.ui.tray_watch import TrayWatch
from tests.ui import fake_services as fakes
from tests.ui.fake_services import FakeServices, SlowServices, fake_services

ROOT = Path(__file__).parents[2]


class Rig:
    """An App with fake services that come when told, a tray that is there when told, and an end that is noted."""

    def __init__(self, qapp: QApplication, home: Path) -> None:
        self.qapp = qapp
        self.home = home
        self.made: list[FakeServices] = []
        self.tray_there = True
        self.exits: list[int] = []
        self.build = SlowServices(self._make)
        self.apps: list[App] = []
        self.threads: list[threading.Thread] = []

    def _make(self) -> FakeServices:
        services = fake_services(self.home)
        self.made.append(services)
        return services

    def app(self, build: Callable[[], object] | None = None, **options: object) -> App:
        app = App(
            self.qapp,
            LaunchOptions(**options),  # type: ignore[arg-type]
            build or self.build,  # type: ignore[arg-type]
            self.home / "data",
            self.home / "logs",
            TrayWatch(lambda: self.tray_there),
            Quitter(self.exits.append),
        )
        self.apps.append(app)
        app.start()
        return app


@pytest.fixture
def rig(qapp: QApplication, tmp_path: Path, qtbot: QtBot) -> Iterator[Rig]:
    made = Rig(qapp, tmp_path / "rig")
    yield made
    made.build.gate.set()
    for app in made.apps:
        app.quit()
        qtbot.waitUntil(lambda: bool(made.exits))
        qapp.aboutToQuit.disconnect(app._about_to_quit)
        qapp.commitDataRequest.disconnect(app._session_ends)


def shown(app: App) -> bool:
    """The window is up, and filled."""
    desktop = app.desktop
    if desktop is None or desktop.window is None or desktop.content is None:
        return False
    return desktop.window.isVisible() and desktop.content.isVisible()


class TestStart:
    def test_icon_and_window_are_up_before_the_services(self, rig: Rig, qtbot: QtBot) -> None:
        app = rig.app()
        assert app.tray is not None
        assert app.tray.icon_state.tier is None
        qtbot.waitUntil(lambda: any(w.isVisible() for w in rig.qapp.topLevelWidgets()))
        assert app.desktop is None
        early = next(w for w in rig.qapp.topLevelWidgets() if w.isVisible())
        rig.build.gate.set()
        qtbot.waitUntil(lambda: shown(app))
        assert app.desktop is not None and app.desktop.window is early
        assert app.desktop.content is not None

    def test_the_window_is_filled_in_steps_and_what_the_person_does_comes_in_between(
        self, rig: Rig, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        done: list[str] = []
        next_step = App._next_step

        def noted(app: App) -> None:
            done.append("step")
            QTimer.singleShot(0, lambda: done.append("person"))
            next_step(app)

        monkeypatch.setattr(App, "_next_step", noted)
        rig.build.gate.set()
        app = rig.app()
        qtbot.waitUntil(lambda: shown(app) and not app._steps)
        qtbot.waitUntil(lambda: done[-1] == "person")
        assert done == ["step", "person"] * (len(done) // 2)
        assert len(done) // 2 >= 12

    def test_a_quit_between_two_steps_takes_none_more(self, rig: Rig, qtbot: QtBot) -> None:
        rig.build.gate.set()
        app = rig.app()
        qtbot.waitUntil(lambda: app.desktop is not None and app.desktop.content is not None)
        app.quit()
        qtbot.waitUntil(lambda: rig.exits == [0])
        assert app.desktop is not None and app.desktop.content is None

    def test_hidden_shows_the_icon_only(self, rig: Rig, qtbot: QtBot) -> None:
        rig.build.gate.set()
        app = rig.app(hidden=True)
        qtbot.waitUntil(lambda: app.desktop is not None)
        assert app.desktop is not None and app.desktop.window is None

    @pytest.mark.parametrize("first", ["menu", "window"])
    def test_it_has_looks_before_anything_is_seen(self, rig: Rig, qtbot: QtBot, first: str) -> None:
        rig.qapp.setStyleSheet("")
        rig.build.gate.set()
        app = rig.app(hidden=True)
        qtbot.waitUntil(lambda: app.desktop is not None)
        assert app.tray is not None
        assert rig.qapp.styleSheet() == "", "they take memory that a hidden program does not need"
        if first == "menu":
            app.tray.menu.aboutToShow.emit()
        else:
            app.raise_window()
            qtbot.waitUntil(lambda: shown(app))
        assert "QMenu" in rig.qapp.styleSheet()

    def test_the_setting_to_start_hidden_counts_from_the_next_start(self, rig: Rig, qtbot: QtBot) -> None:
        rig.build.gate.set()
        services = rig._make()
        services.settings.set("ui.start_hidden", True)
        services.close()
        first = rig.app()
        qtbot.waitUntil(lambda: first.desktop is not None)
        first.quit()
        qtbot.waitUntil(lambda: rig.exits == [0])
        second = rig.app()
        qtbot.waitUntil(lambda: second.desktop is not None)
        assert second.desktop is not None and second.desktop.window is None

    def test_files_and_a_second_launch_before_the_services_are_there(self, rig: Rig, qtbot: QtBot) -> None:
        app = rig.app(hidden=True, files=("/footage/a.mp4",))
        threading.Thread(target=lambda: app.raise_window(["/footage/b.mp4"])).start()
        qtbot.wait(20)
        rig.build.gate.set()
        qtbot.waitUntil(lambda: bool(rig.made) and bool(rig.made[0].jobs.added))
        assert shown(app)
        assert rig.made[0].jobs.added == [("/footage/a.mp4", "/footage/b.mp4")]

    def test_a_second_launch_raises_the_window(self, rig: Rig, qtbot: QtBot) -> None:
        rig.build.gate.set()
        app = rig.app(hidden=True)
        qtbot.waitUntil(lambda: app.desktop is not None)
        app.raise_window(["/footage/c.mp4"])
        qtbot.waitUntil(lambda: shown(app))
        assert rig.made[0].jobs.added == [("/footage/c.mp4",)]

    def test_another_process_may_end_it(self, rig: Rig, qtbot: QtBot) -> None:
        rig.build.gate.set()
        app = rig.app(hidden=True)
        qtbot.waitUntil(lambda: app.desktop is not None)
        threading.Thread(target=app.ask_to_quit).start()
        qtbot.waitUntil(lambda: rig.exits == [0])

    def test_what_cannot_start_says_why_and_ends(self, rig: Rig, qtbot: QtBot) -> None:
        def build() -> None:
            raise StorageError("storage_newer", message("storage-newer", file="app.db"))

        app = rig.app(build)

        def box() -> QMessageBox | None:
            return next((w for w in rig.qapp.topLevelWidgets() if isinstance(w, QMessageBox)), None)

        qtbot.waitUntil(lambda: box() is not None)
        found = box()
        assert found is not None and "newer version" in found.text()
        assert not [button for button in found.buttons() if button.text() == "Open the log folder"]
        found.accept()
        qtbot.waitUntil(lambda: rig.exits == [1])
        assert app.desktop is None

    @pytest.mark.parametrize("language", ["en", "zh-CN"])
    def test_what_cannot_start_says_where_the_log_is_and_opens_it(
        self, rig: Rig, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, language: str
    ) -> None:
        opened: list[str] = []
        monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toLocalFile()) or True)
        logs = rig.home / "logs"
        logs.mkdir(parents=True)

        def build() -> None:
            raise StorageError("storage_newer", message("storage-newer", file="app.db"))

        rig.app(build, language=language)

        def box() -> QMessageBox | None:
            return next((w for w in rig.qapp.topLevelWidgets() if isinstance(w, QMessageBox)), None)

        qtbot.waitUntil(lambda: box() is not None)
        found = box()
        assert found is not None and str(logs) in found.informativeText()
        words = {"en": "Open the log folder", "zh-CN": "打开日志文件夹"}[language]
        next(button for button in found.buttons() if button.text() == words).click()
        assert opened == [str(logs)] and found.isVisible() and rig.exits == []
        found.accept()
        qtbot.waitUntil(lambda: rig.exits == [1])

    def test_the_minimal_icon_is_minimal_from_the_first_moment(self, rig: Rig, qtbot: QtBot) -> None:
        rig.build.gate.set()
        services = rig._make()
        services.settings.set("ui.tray_style", "dot")
        services.close()
        first = rig.app(hidden=True)
        assert first.tray is not None and not first.tray.icon_state.dot, "nobody has read the settings yet"
        qtbot.waitUntil(lambda: first.tray is not None and first.tray.icon_state.dot)
        first.quit()
        qtbot.waitUntil(lambda: rig.exits == [0])
        rig.build.gate.clear()
        second = rig.app(hidden=True)
        assert second.tray is not None and second.tray.icon_state.dot
        second.tray.refresh()
        assert second.tray.icon_state.dot, "before the services are there"

    @pytest.mark.errors_expected
    def test_a_defect_at_the_start_is_in_the_log_that_is_pointed_to(
        self, rig: Rig, qtbot: QtBot, caplog: pytest.LogCaptureFixture
    ) -> None:
        def build() -> None:
            raise ImportError("a damaged installation")

        rig.app(build, quit_after="plots")
        qtbot.waitUntil(lambda: rig.exits == [1])
        told = [record for record in caplog.records if record.levelname == "ERROR"]
        assert any(record.exc_info and "damaged" in str(record.exc_info[1]) for record in told)

    @pytest.mark.errors_expected
    def test_a_window_that_cannot_be_filled_says_so_and_ends(
        self, rig: Rig, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def broken(_app: App, _services: object) -> None:
            raise RuntimeError("a damaged installation")

        monkeypatch.setattr(App, "_attach", broken)
        rig.build.gate.set()
        rig.app()

        def box() -> QMessageBox | None:
            return next((w for w in rig.qapp.topLevelWidgets() if isinstance(w, QMessageBox)), None)

        qtbot.waitUntil(lambda: box() is not None)
        found = box()
        assert found is not None
        found.accept()
        qtbot.waitUntil(lambda: rig.exits == [1])

    def test_closing_the_bare_window_ends_the_program(self, rig: Rig, qtbot: QtBot) -> None:
        app = rig.app()
        qtbot.waitUntil(lambda: any(w.isVisible() for w in rig.qapp.topLevelWidgets()))
        next(w for w in rig.qapp.topLevelWidgets() if w.isVisible()).close()
        rig.build.gate.set()
        qtbot.waitUntil(lambda: rig.exits == [0])
        assert app.desktop is None


class TestWithoutTray:
    def test_there_is_a_window_even_when_hidden_was_asked_for(self, rig: Rig, qtbot: QtBot) -> None:
        rig.tray_there = False
        rig.build.gate.set()
        app = rig.app(hidden=True)
        qtbot.waitUntil(lambda: shown(app))
        assert app.tray is None

    def test_closing_it_ends_the_program(self, rig: Rig, qtbot: QtBot) -> None:
        rig.tray_there = False
        rig.build.gate.set()
        app = rig.app()
        qtbot.waitUntil(lambda: shown(app))
        assert app.desktop is not None and app.desktop.window is not None
        app.desktop.window.close()
        qtbot.waitUntil(lambda: rig.exits == [0])

    def test_a_tray_that_comes_late_is_used(self, rig: Rig, qtbot: QtBot) -> None:
        rig.tray_there = False
        rig.build.gate.set()
        app = rig.app()
        qtbot.waitUntil(lambda: shown(app))
        rig.tray_there = True
        app.watch.poll()
        assert app.tray is not None
        assert app.desktop is not None and app.desktop.window is not None
        app.desktop.window.close()
        assert rig.exits == []

    def test_a_tray_that_goes_brings_the_window(self, rig: Rig, qtbot: QtBot) -> None:
        rig.build.gate.set()
        app = rig.app(hidden=True)
        qtbot.waitUntil(lambda: app.desktop is not None)
        rig.tray_there = False
        app.watch.poll()
        assert shown(app)
        assert app.tray is None

    def test_the_figures_of_the_tooltip_follow_without_an_event(self, rig: Rig, qtbot: QtBot) -> None:
        rig.build.gate.set()
        app = rig.app(hidden=True)
        qtbot.waitUntil(lambda: app.desktop is not None)
        assert app.tray is not None
        fakes.find_mid_machine(rig.made[0])
        rig.made[0].monitor.latest = fakes.sample(ram_available=8192)
        app.tray.refresh()
        before = app.tray.tooltip
        rig.made[0].monitor.latest = fakes.sample(ram_available=4096)
        assert app.tray.tooltip == before
        app.watch.poll()
        assert app.tray.tooltip != before


class TestEnd:
    def test_services_are_closed_beside_the_loop(self, rig: Rig, qtbot: QtBot) -> None:
        rig.build.gate.set()
        app = rig.app()
        qtbot.waitUntil(lambda: shown(app))
        app.quit()
        assert rig.exits == []
        qtbot.waitUntil(lambda: rig.exits == [0])
        app.quit(5)
        assert rig.exits == [0]

    def test_services_that_come_after_the_end_are_closed(self, rig: Rig, qtbot: QtBot) -> None:
        app = rig.app()
        qtbot.wait(20)
        app.quit()
        rig.build.gate.set()
        qtbot.waitUntil(lambda: rig.exits == [0])
        assert app.desktop is None

    @pytest.mark.errors_expected
    def test_what_does_not_end_is_left_behind(self, qtbot: QtBot) -> None:
        died: list[int] = []
        left: list[int] = []
        never = threading.Event()
        quitter = Quitter(left.append, died.append, limit_ms=50)
        quitter.begin(lambda: never.wait(10), 3)
        qtbot.waitUntil(lambda: died == [3])
        assert left == []
        never.set()
        qtbot.waitUntil(lambda: left == [3])

    def test_the_system_ends_it(self, rig: Rig, qtbot: QtBot) -> None:
        rig.build.gate.set()
        app = rig.app()
        qtbot.waitUntil(lambda: shown(app))
        rig.qapp.aboutToQuit.emit()
        assert app.desktop is not None and app.desktop.window is None
        with pytest.raises(Exception, match="closed"):
            rig.made[0].add_receipt(fakes.receipt())

    def test_a_session_that_ends_keeps_the_place_and_does_not_bring_it_back(
        self, rig: Rig, qtbot: QtBot
    ) -> None:
        class Manager:
            hint: object = None

            def setRestartHint(self, hint: object) -> None:
                self.hint = hint

        rig.build.gate.set()
        app, manager = rig.app(), Manager()
        app._session_ends(manager)  # type: ignore[arg-type]  # before there is anything to keep
        qtbot.waitUntil(lambda: shown(app))
        desktop = app.desktop
        assert desktop is not None and desktop.window is not None and desktop.content is not None
        desktop.content.open_page("events")
        app._session_ends(manager)  # type: ignore[arg-type]
        assert manager.hint is QSessionManager.RestartHint.RestartNever
        memory = read_memory(desktop.services.paths.data)
        assert memory is not None and memory.page == "events"
        assert shown(app), "another program may still refuse to end"


class TestStages:
    def test_told_in_order_and_the_last_one_ends_the_program(self) -> None:
        out, ends = io.StringIO(), []
        stages = Stages("explained", lambda: ends.append(True), out)
        stages.reached("window")
        for name in ("tray", "window", "explained", "plots"):
            stages.reached(name)
        lines = [json.loads(line) for line in out.getvalue().splitlines()]
        assert [line["stage"] for line in lines] == ["tray", "window", "explained"]
        assert all(line["cpu_ms"] > 0 and line["wall_ms"] > 0 and line["rss_mib"] > 5 for line in lines)
        assert ends == [True]

    def test_measures(self) -> None:
        assert 0 < seconds_since_process_start() < 24 * 3600
        assert resident_bytes() > 5 * 2**20

    @pytest.mark.parametrize("last", launch.STAGES)
    def test_whole_program_with_real_services(self, last: str, autocut_home: Path) -> None:
        """Prints one line a stage and ends with 0."""
        done = subprocess.run(
            [sys.executable, "-m", "autocut_tray", "--quit-after", last],
            cwd=ROOT,
            env={**os.environ, "AUTOCUT_HOME": str(autocut_home), "QT_QPA_PLATFORM": "offscreen"},
            capture_output=True,
            text=True,
            timeout=60,
        )
        lines = [json.loads(line)["stage"] for line in done.stdout.splitlines()]
        assert (done.returncode, lines) == (0, list(launch.STAGES[: launch.STAGES.index(last) + 1])), (
            done.stderr
        )


class TestOptions:
    def test_parsed(self) -> None:
        assert launch.parse([]) == LaunchOptions()
        assert launch.parse(["--hidden", "--lang", "zh-CN"]) == LaunchOptions(hidden=True, language="zh-CN")
        assert launch.parse(["--quit-after=plots"]).quit_after == "plots"
        assert launch.parse(["--open", "a b.mp4", "c.mov", "--hidden"]).files == ("a b.mp4", "c.mov")
        assert launch.parse(["--open", "--", "--odd.mp4"]).files == ("--odd.mp4",)

    @pytest.mark.parametrize(
        "wrong", [["--what"], ["--quit-after"], ["--quit-after", "x"], ["--lang=fr"], ["f.mp4"]]
    )
    def test_refused(self, wrong: list[str]) -> None:
        with pytest.raises(UsageError):
            launch.parse(wrong)


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
class TestSignals:
    SCRIPT = """
        import signal, sys, threading
        from PySide6.QtCore import QCoreApplication, QTimer
        from autocut_tray.ui.signals import ExitSignals
        app = QCoreApplication([])
        signals = ExitSignals({act})
        QTimer.singleShot(0, lambda: print("ready", flush=True))
        code = app.exec()
        signals.close()
        sys.exit(code)
    """

    def run(self, act: str) -> subprocess.Popen[str]:
        script = textwrap.dedent(self.SCRIPT).format(act=act)
        process = subprocess.Popen(
            [sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        return process

    @pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
    def test_one_asks(self, number: signal.Signals) -> None:
        process = self.run("lambda: app.exit(7)")
        process.send_signal(number)
        assert process.wait(10) == 7
        assert process.stdout is not None
        process.stdout.close()

    def test_two_end_it_now(self) -> None:
        process = self.run("lambda: print('asked', flush=True)")
        assert process.stdout is not None
        process.send_signal(signal.SIGTERM)
        assert process.stdout.readline() == "asked\n"
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 128 + signal.SIGTERM
        process.stdout.close()


def test_window_never_waits_for_the_services(rig: Rig, qtbot: QtBot) -> None:
    """They come only when told: a loop that waited for them would turn no more."""
    app = rig.app()
    qtbot.waitUntil(lambda: any(w.isVisible() for w in rig.qapp.topLevelWidgets()))
    for _ in range(50):
        rig.qapp.processEvents()
    assert app.desktop is None and rig.made == []


def test_fake_services_have_the_names_of_the_real_ones() -> None:
    """What the window uses of the stand-ins exists in the real thing."""
    from autocut_tray.bootstrap import Services
    from autocut_tray.core.jobs.queue import JobQueue
    from autocut_tray.core.monitor.monitor import RuntimeMonitor
    from autocut_tray.core.policy.controller import Controller
    from autocut_tray.core.policy.detection import Detection
    from autocut_tray.core.remedies.remedies import Remedies

    names = set(Services.__dataclass_fields__)
    assert set(FakeServices.__dataclass_fields__) <= names | {"reports"}
    own = {"put", "put_scene", "added", "calls"}
    for fake, real in (
        (fakes.FakeJobs, JobQueue),
        (fakes.FakeMonitor, RuntimeMonitor),
        (fakes.FakeController, Controller),
        (fakes.FakeDetection, Detection),
        (fakes.FakeRemedies, Remedies),
    ):
        public = (
            {name for name in vars(fake) if not name.startswith("_")}
            - own
            - {"become", "find", "active", "tell"}
        )
        assert public <= set(dir(real)), real
