"""``--headless`` and ``serve``: the whole program without a window, until it is told to end."""

from __future__ import annotations

import signal
import threading

from autocut_tray.api.host import ApiHost
from autocut_tray.bootstrap import Services, build_services
from autocut_tray.cli.context import Context
from autocut_tray.core.api_access import ApiChanged
from autocut_tray.core.errors import AutoCutError, UsageError
from autocut_tray.core.instance import InstanceLock
from autocut_tray.core.messages import message
from autocut_tray.instance_channel import open_channel


def run_headless(context: Context, *, serve: bool = False) -> int:
    """Measure, decide and work through the queue until SIGTERM, SIGINT or SIGHUP.

    ``serve``: with the API on whatever the settings say, and where it answers as a line on stdout; without a port
    for it the program ends. Raises AutoCutError.
    """
    lock = InstanceLock(context.paths.instance_lock)
    if not lock.acquire():
        raise UsageError("already_running", message("error-already-running"))
    ended = threading.Event()
    for name in ("SIGTERM", "SIGINT", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), lambda *_: ended.set())
    try:
        services = build_services(
            context.paths, context.settings, context.bus, language=context.translator.language
        )
        try:
            for problem in services.problems:
                context.output.note(context.translator.text(problem))
            channel = open_channel(services, lambda files: take_files(services, files), ended.set)
            try:
                _live(context, services, ended, serve=serve)
            finally:
                channel.close()
        finally:
            services.close()
    finally:
        lock.release()
    return 0


def _live(context: Context, services: Services, ended: threading.Event, *, serve: bool) -> None:
    host = ApiHost(services, always=serve)
    services.close_first(host.close)

    def on_api(event: ApiChanged) -> None:
        if not serve:
            return
        if event.state.url is not None:
            context.output.line(services.api.line())
        elif event.state.problem is not None:
            ended.set()

    services.bus.subscribe(ApiChanged, on_api)
    services.start()
    host.start()
    context.output.note(context.translator.t("cli-headless-running"))
    while not ended.wait(0.5):  # a wait without end cannot be interrupted on Windows
        pass
    problem = services.api.state.problem
    if serve and problem is not None:
        raise AutoCutError("api_not_started", problem)


def take_files(services: Services, files: list[str]) -> bool:
    """There is no window to raise; the files are taken all the same."""
    if files:
        services.jobs.add(files)
    return False
