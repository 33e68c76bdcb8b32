"""Picks what this process is: the tray, the command line, or a worker of another process.

Nothing is imported before that is known: the tray shows its icon within a fraction of a second, and the media
worker never loads Qt.
"""

from __future__ import annotations

import os
import sys

TRAY_OPTIONS = ("--hidden", "--quit-after", "--open", "--lang")
MEDIA_WORKER = "media-worker"
CONTACT_SHEET = "contact-sheet"
REPORT_PAGES = "report-pages"
RESOLVE_SENDER = "resolve-sender"
MEMORY_TAKER = "memory-taker"
SELFTEST_PART = "selftest-part"
SELFTEST = "--selftest"


def main(arguments: list[str] | None = None) -> int:
    """Run this process to its end and return its exit code."""
    _ensure_streams()
    arguments = sys.argv[1:] if arguments is None else arguments
    if arguments and arguments[0] == MEDIA_WORKER:
        from autocut_tray.core.media.worker_main import main as worker

        return worker(arguments[1:])
    if arguments == [CONTACT_SHEET]:
        from autocut_tray.ui.contact_sheet import main as sheet

        return sheet()
    if arguments == [REPORT_PAGES]:
        from autocut_tray.ui.report_pages import main as report

        return report()
    if arguments == [RESOLVE_SENDER]:
        from autocut_tray.core.timeline.resolve_child import main as sender

        return sender()
    if arguments and arguments[0] == MEMORY_TAKER:
        from autocut_tray.core.memory.taker import main as taker

        return taker(arguments[1:])
    if arguments and arguments[0] == SELFTEST_PART:
        from autocut_tray.selftest.part import main as part

        return part(arguments[1:])
    first = _first(arguments)
    if first == SELFTEST:
        from autocut_tray.selftest.run import main as selftest

        return selftest(arguments)
    if first is None or first in TRAY_OPTIONS:
        from autocut_tray.ui.start import main as tray

        return tray(arguments)
    from autocut_tray.cli.app import main as cli

    return cli(arguments)


def _first(arguments: list[str]) -> str | None:
    """The first command or option, which decides who is meant; ``--lang`` does not, for all have it."""
    rest = list(arguments)
    while rest and rest[0].split("=")[0] == "--lang":
        del rest[: 1 if "=" in rest[0] else 2]
    return rest[0].split("=")[0] if rest else None


def _ensure_streams() -> None:
    """A windowed Windows program has no standard streams, and much code writes to them unasked."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115, PTH123 - lives with us


if __name__ == "__main__":
    sys.exit(main())
