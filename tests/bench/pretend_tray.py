"""Starts the program on a platform without a tray as if there were one, so that it can hide."""

from __future__ import annotations

import sys


def main() -> int:
    """Run the program's own main; the arguments are its own."""
    from PySide6.QtWidgets import QSystemTrayIcon

    QSystemTrayIcon.isSystemTrayAvailable = staticmethod(lambda: True)  # type: ignore[method-assign]
    from autocut_tray.__main__ import main as program

    return program(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
