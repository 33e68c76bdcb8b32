"""The program itself, the system around it, and whether it can show a window."""

from __future__ import annotations

import locale
import os
import platform
import sys
import time
from importlib.metadata import PackageNotFoundError, version

from autocut_tray import __version__
from autocut_tray.core.cancel import CancelToken
from autocut_tray.core.messages import message
from autocut_tray.diagnosis.finding import Finding, Verdict
from autocut_tray.diagnosis.surroundings import Surroundings
from autocut_tray.i18n import system_locale

_QT = "PySide6-Essentials"
_QT_FROM, _QT_BELOW = (6, 8), (6, 11)
"""As the package's metadata asks for: 6.11 has layout faults, 6.12.0 aborts CPython 3.11."""

_PACKAGES = (
    _QT, "shiboken6", "av", "numpy", "opencv-python-headless", "scenedetect-headless", "requests", "urllib3",
    "keyring", "psutil", "nvidia-ml-py", "GPUtil", "fluent.runtime", "tomlkit", "typer", "rich", "platformdirs",
    "python-dotenv", "pyqtgraph",
)  # fmt: skip

_DISPLAY_VARIABLES = (
    "XDG_SESSION_TYPE", "XDG_CURRENT_DESKTOP", "DESKTOP_SESSION", "DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM",
    "QT_SCALE_FACTOR", "DBUS_SESSION_BUS_ADDRESS",
)  # fmt: skip
_GNOME_WITH_TRAY = {"UBUNTU", "POP", "ZORIN"}
"""Distributions that bring the extension."""
_WITHOUT_DISPLAY = ("offscreen", "minimal", "vnc", "linuxfb", "eglfs")


def versions(around: Surroundings, cancel: CancelToken) -> Finding:
    """Versions, asked of the installed packages: nothing is imported for it."""
    packages = {name: _version(name) for name in _PACKAGES}
    python, qt = platform.python_version(), packages[_QT]
    frozen = bool(getattr(sys, "frozen", False))
    facts = {
        "version": __version__,
        "python": f"{python} ({platform.python_implementation()}, {platform.architecture()[0]})",
        "frozen": frozen,
        "executable": sys.executable,
        "packages": packages,
    }
    if qt is None and not frozen:
        return Finding(
            Verdict.PROBLEM, message("doctor-program-no-qt"), message("doctor-program-no-qt-next"), facts
        )
    if qt is not None and not _QT_FROM <= _numbers(qt) < _QT_BELOW:
        said = message("doctor-program-odd-qt", qt=qt)
        return Finding(Verdict.WARNING, said, message("doctor-program-odd-qt-next"), facts)
    said = message("doctor-program-ok", version=__version__, python=python, qt=qt or "?")
    return Finding(Verdict.OK, said, facts=facts)


def system(around: Surroundings, cancel: CancelToken) -> Finding:
    """Operating system, desktop session, language and time."""
    name = _system_name()
    desktop = around.environ.get("XDG_CURRENT_DESKTOP") or around.environ.get("XDG_SESSION_TYPE") or "-"
    language = system_locale() or "?"
    facts = {
        "system": name,
        "kernel": f"{platform.system()} {platform.release()} {platform.machine()}",
        "libc": " ".join(platform.libc_ver()) or None,
        "container": _container(around),
        "cores": os.cpu_count(),
        "desktop": {name: around.environ[name] for name in _DISPLAY_VARIABLES if name in around.environ},
        "locale": language,
        "encoding": locale.getpreferredencoding(False),
        "language": around.translator.language,
        "time": time.strftime("%Y-%m-%d %H:%M:%S %z", time.localtime(around.clock.time())),
    }
    return Finding(
        Verdict.OK, message("doctor-system", os=name, desktop=desktop, locale=language), facts=facts
    )


def display(around: Surroundings, cancel: CancelToken) -> Finding:
    """Whether a window and a tray icon can be shown, as far as the environment tells."""
    if sys.platform != "linux":
        return Finding(Verdict.OK, message("doctor-display-ok", session=platform.system()))
    environ = around.environ
    wanted = environ.get("QT_QPA_PLATFORM", "").split(":", 1)[0].split(";", 1)[0]
    desktop = environ.get("XDG_CURRENT_DESKTOP", "")
    facts = {
        "wayland": environ.get("WAYLAND_DISPLAY"),
        "x11": environ.get("DISPLAY"),
        "platform": wanted or None,
        "desktop": desktop or None,
        "session_bus": "DBUS_SESSION_BUS_ADDRESS" in environ,
    }
    if wanted in _WITHOUT_DISPLAY or not (facts["wayland"] or facts["x11"]):
        return Finding(
            Verdict.WARNING, message("doctor-display-none"), message("doctor-display-none-next"), facts
        )
    desktops = set(desktop.upper().split(":"))
    if "GNOME" in desktops and not desktops & _GNOME_WITH_TRAY:
        said = message("doctor-display-gnome")
        return Finding(Verdict.WARNING, said, message("doctor-display-gnome-next"), facts)
    session = "Wayland" if facts["wayland"] else "X11"
    return Finding(Verdict.OK, message("doctor-display-ok", session=session), facts=facts)


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(".")[:2] if part.isdigit())


def _system_name() -> str:
    if sys.platform == "linux":
        try:
            return platform.freedesktop_os_release().get("PRETTY_NAME") or "Linux"
        except OSError:
            return "Linux"
    if sys.platform == "darwin":
        return f"macOS {platform.mac_ver()[0]}"
    return f"Windows {platform.release()} {platform.version()}"


def _container(around: Surroundings) -> str | None:
    """Programs in a container or under WSL see another machine than the person does."""
    if "microsoft" in platform.release().lower():
        return "WSL"
    for variable, name in (("FLATPAK_ID", "Flatpak"), ("SNAP", "Snap"), ("container", "container")):
        if variable in around.environ:
            return name
    return None
