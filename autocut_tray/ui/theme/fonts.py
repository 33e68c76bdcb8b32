"""The system's interface font with a Chinese companion and tabular figures; nothing is bundled."""

from __future__ import annotations

import sys

from PySide6.QtGui import QFont, QFontDatabase

BODY_PX = 13

_LATIN = {"win32": "Segoe UI", "darwin": ".AppleSystemUIFont"}
_CHINESE = {"win32": "Microsoft YaHei UI", "darwin": "PingFang SC"}
# What fontconfig answers with when a Linux desktop names no font of its own.
_GENERIC = {"", "Sans", "Sans Serif", "sans-serif", "DejaVu Sans"}


def interface_font() -> QFont:
    """13 px in the platform's own face; on a Linux desktop that names none, Inter where it is installed."""
    latin = _LATIN.get(sys.platform) or _linux_family()
    font = QFont()
    font.setFamilies([latin, _CHINESE.get(sys.platform, "Noto Sans CJK SC")])
    font.setPixelSize(BODY_PX)
    font.setFeature(QFont.Tag("tnum"), 1)
    return font


def _linux_family() -> str:
    own = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont).family()
    if own in _GENERIC and QFontDatabase.hasFamily("Inter"):
        return "Inter"
    return own or "Sans Serif"
