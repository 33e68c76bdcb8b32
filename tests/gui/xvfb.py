"""A desktop without a screen: Xvfb, a window manager, a panel with a tray, and a hand on the mouse.

with Desktop(tmp_path) as desktop:
    app = desktop.spawn([sys.executable, "-m", "autocut_tray"], QT_SCALE_FACTOR="1")
    window = desktop.wait_for_window("AutoCut")
    desktop.click(*desktop.wait_for_tray_icon().centre)
    desktop.screenshot(tmp_path / "shot.png")
"""

from __future__ import annotations

import ctypes
import ctypes.util
import os
import re
import shutil
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self, TypeVar

import numpy as np
import numpy.typing as npt

from tests.servers.pictures import png_of

TOOLS = ("Xvfb", "openbox", "tint2", "xdotool", "xprop", "xwininfo")
READY_S = 20.0
POLL_S = 0.02
FOREIGN = (
    "DBUS_SESSION_BUS_ADDRESS",
    "WAYLAND_DISPLAY",
    "XAUTHORITY",
    "XDG_CURRENT_DESKTOP",
    "XDG_SESSION_TYPE",
    "QT_QPA_PLATFORMTHEME",
    "QT_STYLE_OVERRIDE",
)
"""Variables of the surrounding session that would make Qt behave as on that desktop."""
PANEL = """
rounded = 0
border_width = 1
background_color = #202020 100
border_color = #888888 100
panel_items = S
panel_size = 200 30
panel_position = top right horizontal
panel_monitor = 1
panel_background_id = 1
panel_layer = top
panel_dock = 0
strut_policy = follow_size
wm_menu = 0
systray_padding = 2 2 2
systray_icon_size = 24
systray_monitor = 1
systray_sort = left2right
"""
"""A background has to be defined before it is used."""

T = TypeVar("T")


def available() -> bool:
    """True where the X server and every tool are installed; else tests marked ``xcb`` skip."""
    return sys.platform == "linux" and not missing()


def missing() -> list[str]:
    """What is not installed."""
    absent = [tool for tool in TOOLS if shutil.which(tool) is None]
    return absent if ctypes.util.find_library("X11") else [*absent, "libX11"]


@dataclass(frozen=True, slots=True)
class Rect:
    """A rectangle in pixels of the screen."""

    x: int
    y: int
    width: int
    height: int

    @property
    def centre(self) -> tuple[int, int]:
        return self.x + self.width // 2, self.y + self.height // 2


class Desktop:
    """An X display of its own; everything started on it ends with it."""

    def __init__(
        self,
        directory: Path,
        *,
        size: tuple[int, int] = (1280, 800),
        window_manager: bool = True,
        panel: bool = True,
    ) -> None:
        self.size = size
        self.display = ""
        """``:N`` while it runs."""
        self._directory = directory / "desktop"
        self._window_manager = window_manager
        self._panel_wanted = panel
        self._ends = ExitStack()

    def start(self) -> Self:
        """Start everything; each part is waited for by what it publishes."""
        self._directory.mkdir(parents=True, exist_ok=True)
        try:
            self._start_server()
            if self._window_manager:
                self.spawn(["openbox"])
                self.wait_until(self._managed, "the window manager")
            if self._panel_wanted:
                self.start_panel()
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        """End every process started here, the X server last."""
        self._ends.close()
        self.display = ""

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start_panel(self) -> subprocess.Popen[bytes]:
        """Start the panel with the tray; ``terminate`` it to see a tray vanish.

        Without a window manager tint2 first waits 15 s for one.
        """
        config = self._directory / "tint2rc"
        config.write_text(PANEL, encoding="utf-8")
        panel = self.spawn(["tint2", "-c", str(config)])
        self.wait_until(self.has_tray, "the panel's tray")
        return panel

    def environment(self, **extra: str) -> dict[str, str]:
        """An environment for programs on this display: xcb, no session bus, no foreign desktop."""
        kept = {name: value for name, value in os.environ.items() if name not in FOREIGN}
        return {**kept, "DISPLAY": self.display, "QT_QPA_PLATFORM": "xcb", **extra}

    def spawn(
        self, command: Sequence[str], *, stdout: int | None = subprocess.DEVNULL, **extra: str
    ) -> subprocess.Popen[bytes]:
        """Start a program on this display; it is ended with the desktop at the latest."""
        log = (self._directory / f"{Path(command[0]).name}.log").open("ab")
        with log:
            process = subprocess.Popen(
                command, env=self.environment(**extra), stdin=subprocess.DEVNULL, stdout=stdout, stderr=log
            )
        self._ends.callback(_end, process)
        return process

    def log_of(self, program: str) -> str:
        """What a program's instances wrote to stderr."""
        return (self._directory / f"{program}.log").read_text(encoding="utf-8", errors="replace")

    # Seeing

    def pixels(self) -> npt.NDArray[np.uint8]:
        """The screen as (height, width, RGB), the mouse pointer included."""
        data = (self._directory / "Xvfb_screen0").read_bytes()
        header = struct.unpack(">25I", data[:100])
        head, width, height, bits, row, colours = (header[i] for i in (0, 4, 5, 11, 12, 19))
        if bits != 32:
            raise RuntimeError(f"the X server keeps {bits} bits a pixel")
        start = head + 12 * colours
        image = np.frombuffer(data, np.uint8, row * height, start).reshape(height, row // 4, 4)
        return image[:, :width, 2::-1].copy()

    def screenshot(self, path: Path) -> Path:
        """Write the screen as a PNG."""
        pixels = self.pixels()
        path.write_bytes(png_of(pixels.shape[1], pixels.shape[0], pixels.tobytes()))
        return path

    def windows(self, name: str) -> list[int]:
        """Visible windows whose title matches a regular expression."""
        found = self._tool("xdotool", "search", "--onlyvisible", "--name", name, check=False)
        return [int(line) for line in found.split()]

    def wait_for_window(self, name: str, timeout: float = READY_S) -> int:
        """The first visible window with such a title."""
        return self.wait_until(lambda: self.windows(name), f"a window {name!r}", timeout)[0]

    def geometry(self, window: int) -> Rect:
        """Where a window is, without its frame."""
        # Not xdotool: it counts a frame's offset twice.
        out = self._tool("xwininfo", "-id", str(window))
        keys = ("Absolute upper-left X", "Absolute upper-left Y", "Width", "Height")
        return Rect(*(int(re.search(rf"{key}:\s+(-?\d+)", out)[1]) for key in keys))  # type: ignore[index]

    def has_tray(self) -> bool:
        """True when somebody owns this screen's tray."""
        return _selection_owner(self.display, "_NET_SYSTEM_TRAY_S0") != 0

    def tray_icons(self) -> list[Rect]:
        """The icons in the panel, left to right."""
        panels = self._tool("xdotool", "search", "--onlyvisible", "--class", "tint2", check=False).split()
        icons: list[Rect] = []
        for panel in panels:
            tree = self._tool("xwininfo", "-tree", "-id", panel, check=False)
            # A direct child of the panel that holds a window of somebody else.
            for size, x, y in re.findall(
                r"^ {5}0x\S+ .*?(\d+x\d+)\+\d+\+\d+ +\+(-?\d+)\+(-?\d+)\n +\d+ child", tree, re.MULTILINE
            ):
                width, height = (int(number) for number in size.split("x"))
                icons.append(Rect(int(x), int(y), width, height))
        return sorted(icons, key=lambda icon: icon.x)

    def wait_for_tray_icon(self, count: int = 1, timeout: float = READY_S) -> Rect:
        """The last of that many icons in the tray, counted from the left."""

        def there() -> list[Rect]:
            icons = self.tray_icons()
            return icons if len(icons) >= count else []

        return self.wait_until(there, f"{count} tray icons", timeout)[count - 1]

    def wait_until(self, condition: Callable[[], T], what: str, timeout: float = READY_S) -> T:
        """Poll until a condition is true; returns what it gave, raises TimeoutError."""
        return wait_until(condition, what, timeout)

    # Doing

    def move(self, x: int, y: int) -> None:
        self._tool("xdotool", "mousemove", "--sync", str(x), str(y), check=False)

    def click(self, x: int, y: int, button: int = 1, times: int = 1) -> None:
        """1 left, 2 middle, 3 right, 4 and 5 the wheel."""
        self._tool("xdotool", "mousemove", str(x), str(y), "click", "--repeat", str(times), str(button))

    def press(self, button: int = 1) -> None:
        self._tool("xdotool", "mousedown", str(button))

    def release(self, button: int = 1) -> None:
        self._tool("xdotool", "mouseup", str(button))

    def key(self, *names: str) -> None:
        """Press keys one after the other: ``Return``, ``Down``, ``ctrl+q``."""
        self._tool("xdotool", "key", "--clearmodifiers", *names)

    def type_text(self, text: str) -> None:
        self._tool("xdotool", "type", "--delay", "2", "--", text)

    def focus(self, window: int) -> None:
        self._tool("xdotool", "windowactivate", "--sync", str(window))

    def close_window(self, window: int) -> None:
        """Ask the window to close, as its frame's button does (the window manager's Alt+F4)."""
        self.focus(window)
        self.key("alt+F4")

    def _tool(self, *command: str, check: bool = True) -> str:
        done = subprocess.run(
            command, env=self.environment(), capture_output=True, text=True, timeout=READY_S, check=False
        )
        if check and done.returncode != 0:
            raise RuntimeError(f"{' '.join(command)}: {done.stderr.strip()}")
        return done.stdout

    def _managed(self) -> bool:
        return "window id" in self._tool("xprop", "-root", "_NET_SUPPORTING_WM_CHECK", check=False)

    def _start_server(self) -> None:
        """Xvfb picks a free number and writes it down when it can be connected to."""
        reader, writer = os.pipe()
        width, height = self.size
        command = ["Xvfb", "-displayfd", str(writer), "-screen", "0", f"{width}x{height}x24"]
        command += ["-noreset", "-nolisten", "tcp", "-fbdir", str(self._directory)]
        with (self._directory / "Xvfb.log").open("ab") as log, os.fdopen(reader) as number:
            try:
                server = subprocess.Popen(
                    command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, pass_fds=(writer,)
                )
            finally:
                os.close(writer)
            self._ends.callback(_end, server)
            line = number.readline().strip()  # ends when the server does, so it cannot hang for ever
        if not line:
            raise RuntimeError(f"Xvfb did not start: {self.log_of('Xvfb')}")
        self.display = f":{line}"


def wait_until(condition: Callable[[], T], what: str, timeout: float = READY_S) -> T:
    """Poll until a condition is true; returns what it gave, raises TimeoutError."""
    deadline = time.monotonic() + timeout
    while not (result := condition()):
        if time.monotonic() >= deadline:
            raise TimeoutError(f"{what}: not within {timeout:g} s")
        time.sleep(POLL_S)  # the processes waited for are not ours to be told by
    return result


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    if process.stdout is not None:
        process.stdout.close()


def _selection_owner(display: str, selection: str) -> int:
    """The window that owns an X selection, 0 for none."""
    x11 = _x11()
    connection = x11["XOpenDisplay"](display.encode())
    if not connection:
        return 0
    try:
        atom = x11["XInternAtom"](connection, selection.encode(), 0)
        return int(x11["XGetSelectionOwner"](connection, atom))
    finally:
        x11["XCloseDisplay"](connection)


def _x11() -> Mapping[str, Any]:
    library = ctypes.CDLL(ctypes.util.find_library("X11") or "libX11.so.6")
    kinds: dict[str, tuple[Any, list[Any]]] = {
        "XOpenDisplay": (ctypes.c_void_p, [ctypes.c_char_p]),
        "XInternAtom": (ctypes.c_ulong, [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int]),
        "XGetSelectionOwner": (ctypes.c_ulong, [ctypes.c_void_p, ctypes.c_ulong]),
        "XCloseDisplay": (ctypes.c_int, [ctypes.c_void_p]),
    }
    functions = {}
    for name, (result, arguments) in kinds.items():
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
        functions[name] = function
    return functions
