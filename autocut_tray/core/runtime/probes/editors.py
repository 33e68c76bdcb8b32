"""Video editors on this machine: DaVinci Resolve in detail, others by name."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from dataclasses import replace

from autocut_tray.core.cancel import CancelToken
from autocut_tray.core.clock import Clock
from autocut_tray.core.frozen import frozen
from autocut_tray.core.runtime.probes.answer import Answer
from autocut_tray.core.runtime.probes.machine import Machine, exists
from autocut_tray.core.runtime.probes.processes import ProcessTable, SystemProcesses, named_processes
from autocut_tray.core.runtime.probes.resolve import find_resolve, is_busy, running_resolve
from autocut_tray.core.runtime.profile import Davinci, Outcome

_BUSY_WINDOW = 0.25
"""Seconds over which the processor time of a running Resolve is measured."""


@frozen
class Editors:
    """What was found; ``others`` by name, in a fixed order."""

    davinci: Davinci
    others: tuple[str, ...]


UNKNOWN = Editors(Davinci(installed=None), ())


@frozen
class _Editor:
    """How one editor shows itself. ``processes``: a pattern of its whole name in lower case, ``.exe`` left out; the
    others are paths that may hold ``*`` in a name."""

    name: str
    processes: str
    windows: tuple[str, ...] = ()
    mac: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()
    linux: tuple[str, ...] = ()


_OTHERS = (
    _Editor(
        # "Adobe Premiere" without "Pro" since 26.0 (2026-01); Premiere Elements is another program.
        "Adobe Premiere Pro",
        r"adobe premiere( pro)?( \(beta\))?( (cc )?20\d\d)?",
        windows=(
            r"{programs}\Adobe\Adobe Premiere*\Adobe Premiere Pro*.exe",
            r"{programs}\Adobe\Adobe Premiere*\Adobe Premiere.exe",
            r"{programs}\Adobe\Adobe Premiere*\Adobe Premiere (Beta).exe",
        ),
        mac=(
            "/Applications/Adobe Premiere Pro*",
            "/Applications/Adobe Premiere 20*",
            "/Applications/Adobe Premiere (Beta)*",
        ),
    ),
    _Editor("Final Cut Pro", r"final cut pro( trial)?", mac=("/Applications/Final Cut Pro*.app",)),
    _Editor(
        "Avid Media Composer",
        r"avid ?media ?composer",
        windows=(r"{programs}\Avid\Avid Media Composer*\AvidMediaComposer.exe",),
        mac=("/Applications/Avid Media Composer*",),
    ),
    _Editor(
        "Kdenlive",
        "kdenlive",
        windows=(
            r"{programs}\kdenlive\bin\kdenlive.exe",
            r"{local}\kdenlive\bin\kdenlive.exe",
            r"{local}\Programs\kdenlive\bin\kdenlive.exe",
        ),
        mac=("/Applications/kdenlive.app",),
        commands=("kdenlive",),
        linux=(
            "/var/lib/flatpak/app/org.kde.kdenlive",
            "~/.local/share/flatpak/app/org.kde.kdenlive",
            "/snap/bin/kdenlive",
        ),
    ),
    _Editor(
        "Shotcut",
        "shotcut",
        windows=(r"{programs}\Shotcut\shotcut.exe", r"{local}\Programs\Shotcut\shotcut.exe"),
        mac=("/Applications/Shotcut.app",),
        commands=("shotcut",),
        linux=(
            "/var/lib/flatpak/app/org.shotcut.Shotcut",
            "~/.local/share/flatpak/app/org.shotcut.Shotcut",
            "/snap/bin/shotcut",
        ),
    ),
)


class EditorProbe:
    """Looks at files, the registry, and once at all running programs."""

    def __init__(
        self, machine: Machine, clock: Clock, processes: Callable[[], ProcessTable] = SystemProcesses
    ) -> None:
        self._machine = machine
        self._clock = clock
        self._processes = processes

    def __call__(self, cancel: CancelToken) -> Answer[Editors]:
        processes = self._processes()
        named = list(named_processes(processes))
        running = running_resolve(named, processes)
        davinci = find_resolve(self._machine, None if running is None else running[1])
        if running is None:
            davinci = replace(davinci, running=False)
        else:
            davinci = replace(
                davinci, installed=True, running=True, busy=self._busy(running[0], processes, cancel.event)
            )
        names = {name for _, name in named}
        others = tuple(
            editor.name
            for editor in _OTHERS
            if any(re.fullmatch(editor.processes, name) for name in names) or self._installed(editor)
        )
        found = davinci.installed or bool(others)
        return Answer(Editors(davinci, others), Outcome.OK if found else Outcome.ABSENT)

    def _busy(self, pid: int, processes: ProcessTable, cancelled: threading.Event) -> bool | None:
        before, began = processes.cpu_seconds(pid), self._clock.monotonic()
        self._clock.wait(cancelled, _BUSY_WINDOW)
        return is_busy(before, processes.cpu_seconds(pid), self._clock.monotonic() - began)

    def _installed(self, editor: _Editor) -> bool:
        machine = self._machine
        if machine.system == "win32":
            programs = machine.folder("ProgramFiles", r"C:\Program Files")
            local = machine.folder("LOCALAPPDATA", programs)
            return any(self._matches(p.format(programs=programs, local=local)) for p in editor.windows)
        if machine.system == "darwin":
            return any(self._matches(pattern) for pattern in editor.mac)
        return any(machine.which(command) for command in editor.commands) or any(
            self._matches(pattern) for pattern in editor.linux
        )

    def _matches(self, pattern: str) -> bool:
        if pattern.startswith("~/"):
            return exists(self._machine.home / pattern[2:])
        path = self._machine.path(pattern)
        if "*" not in pattern:
            return exists(path)
        anchor = next(parent for parent in path.parents if "*" not in parent.as_posix())
        return any(anchor.glob(path.relative_to(anchor).as_posix()))
