"""How the tray is started: options that cost nothing to read."""

from __future__ import annotations

from autocut_tray.core.errors import UsageError
from autocut_tray.core.frozen import frozen
from autocut_tray.core.messages import message

STAGES = ("tray", "window", "explained", "plots")


@frozen
class LaunchOptions:
    """``files``: to analyse at once. ``quit_after``: one of :data:`STAGES`. ``language``: instead of the setting."""

    files: tuple[str, ...] = ()
    hidden: bool = False
    quit_after: str | None = None
    language: str | None = None


def parse(arguments: list[str]) -> LaunchOptions:
    """``--hidden``, ``--quit-after STAGE``, ``--lang LANGUAGE``, ``--open FILE…``; raises UsageError."""
    hidden, quit_after, language = False, None, None
    files: list[str] = []
    rest = list(arguments)
    while rest:
        name, given, value = rest.pop(0).partition("=")
        if name == "--hidden" and not given:
            hidden = True
        elif name in ("--quit-after", "--lang"):
            if not given:
                if not rest:
                    raise _wrong(name)
                value = rest.pop(0)
            if name == "--quit-after":
                if value not in STAGES:
                    raise _wrong(f"{name} {value}")
                quit_after = value
            else:
                if value not in ("en", "zh-CN"):
                    raise _wrong(f"{name} {value}")
                language = value
        elif name == "--open":
            files += [value] if given else []
            while rest and not rest[0].startswith("--"):
                files.append(rest.pop(0))
            if rest[:1] == ["--"]:
                files += rest[1:]
                rest = []
        else:
            raise _wrong(name)
    return LaunchOptions(tuple(files), hidden, quit_after, language)


def _wrong(argument: str) -> UsageError:
    return UsageError("usage", message("ui-usage", argument=argument))
