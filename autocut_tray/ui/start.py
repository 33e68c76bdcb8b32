"""Starts the tray, or hands over to the instance that runs already."""

from __future__ import annotations

import builtins
import os
import sys
import time
from typing import TYPE_CHECKING

from autocut_tray.core.errors import AutoCutError
from autocut_tray.core.messages import Message, message
from autocut_tray.core.paths import Paths
from autocut_tray.ui import display, launch

if TYPE_CHECKING:
    from autocut_tray.bootstrap import Services
    from autocut_tray.ui.app import App

EXIT_NO_DISPLAY = 2
ANSWER_SECONDS = 20.0
"""How long an instance that is just starting may take to open its channel; Explorer starts one for each file."""
SWITCH_SECONDS = 0.001
"""How long a thread may compute before it hands over. PySide lets go of the lock in many calls; with 5 ms, as
Python has it, the window waits that long for each while another thread computes: a page took three times as long."""


def main(arguments: list[str]) -> int:
    """Run the tray application to its end and return the exit code."""
    language = None
    try:
        options = launch.parse(arguments)
        language = options.language
        if display.problem() is not None:
            _say(message("error-no-display"), message("error-no-display-hint"), language)
            return EXIT_NO_DISPLAY
        paths = Paths.from_environment()
        from autocut_tray.core.instance import InstanceLock

        lock = InstanceLock(paths.instance_lock)
        if not lock.acquire():
            return _hand_over(paths, options, language)
    except AutoCutError as error:
        _say(error.message, error.hint, language)
        return error.exit_code
    except OSError as error:
        _say(message("error-storage-unavailable", file=str(error.filename or "")), None, language)
        return 1
    try:
        return _run(paths, options)
    finally:
        lock.release()


def _run(paths: Paths, options: launch.LaunchOptions) -> int:
    sys.setswitchinterval(SWITCH_SECONDS)
    _import_qt_alone()
    from autocut_tray.ui.app import run

    return run(options, lambda: _build(paths, options), paths.data, paths.logs, _answer_others)


def _import_qt_alone() -> None:
    """WORKAROUND: PySide replaces ``__import__`` to look for ``from __feature__`` in the source of everything that is
    imported after it, which costs 9 MiB and 40 ms up to the first page. Nobody here uses that, nor the 2,000 lines
    that it has read by then."""
    plain = builtins.__import__
    import PySide6.QtCore  # noqa: F401

    builtins.__import__ = plain
    import linecache

    linecache.clearcache()


def _build(paths: Paths, options: launch.LaunchOptions) -> Services:
    """Runs in a thread beside the event loop, so nothing here may touch Qt."""
    from autocut_tray.core.log import set_up_logging

    set_up_logging(paths.logs)  # first, so that whatever fails below is in the log
    from autocut_tray.core.memory.heap import keep_heap_small

    keep_heap_small()
    from autocut_tray.api.host import ApiHost
    from autocut_tray.bootstrap import build_services
    from autocut_tray.core.events import EventBus
    from autocut_tray.core.settings.store import SettingsStore

    bus = EventBus()
    settings = SettingsStore(paths.settings_file, bus, os.environ, paths.env_files)
    services = build_services(paths, settings, bus, language=options.language)
    host = ApiHost(services)
    services.close_first(host.close)
    services.start()
    host.start()
    in_tray = (options.hidden or settings.current.ui.start_hidden) and not options.files
    services.translator.prepare(grammar=not in_tray)
    return services


def _answer_others(app: App) -> None:
    """Open the channel for later launches and the command line as soon as there is something to answer with."""
    from PySide6.QtCore import QCoreApplication

    def attached(services: Services) -> None:
        from autocut_tray.instance_channel import open_channel

        channel = open_channel(services, lambda files: app.raise_window(files), app.ask_to_quit)
        instance = QCoreApplication.instance()
        if instance is not None:
            instance.aboutToQuit.connect(channel.close)

    app.attached.connect(attached)


def _hand_over(paths: Paths, options: launch.LaunchOptions, language: str | None) -> int:
    """Raise the window of the running instance and give it our files. Raises InstanceBusy."""
    from autocut_tray.core.instance import InstanceBusy, call_instance

    files = [os.path.abspath(file) for file in options.files]  # noqa: PTH100 - the other's folder is not ours
    until = time.monotonic() + ANSWER_SECONDS
    while (reply := call_instance(paths.instance_file, {"command": "raise", "files": files})) is None:
        if time.monotonic() > until:
            raise InstanceBusy
        time.sleep(0.1)
    if not reply.get("window"):
        _say(message("ui-already-headless"), None, language)
    return 0


def _say(what: Message, hint: Message | None, language: str | None) -> None:
    from autocut_tray.i18n import Translator, choose_language

    translator = Translator(choose_language(language))
    words = [translator.text(part) for part in (what, hint) if part is not None]
    sys.stderr.write(" ".join(words) + "\n")
