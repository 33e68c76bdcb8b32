"""The help of the commands in the language in force: Typer's own headings and remarks are English only."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import typer
import typer.main

from autocut_tray.i18n import Translator

_HEADINGS = {
    "Arguments": "cli-help-arguments",
    "Options": "cli-help-options",
    "Commands": "cli-help-commands",
}
_PIECES = {
    "[OPTIONS]": "cli-help-piece-options",
    "COMMAND": "cli-help-piece-command",
    "[ARGS]...": "cli-help-piece-rest",
}
_SHOW = "Show this message and exit."
_TYPE = re.compile(r" <(\w+).*>$")
"""What Typer calls the type of a value without a name of its own: ``<str>``, ``<int range>``, ``<list[str]>``."""
_VALUES = {"str": "TEXT", "int": "N", "float": "N", "path": "FILE"}
_REMARKS = re.compile(r"  \[([^\[\]]*)\]$")
_DEFAULT = "default: "

_Context: Any = typer.Context
_Formatter: Any = typer.Context.formatter_class


def localized_command(app: typer.Typer, translator: Translator) -> Any:
    """The command line of ``app``, with all that its help says in the translator's language."""

    class Formatter(_Formatter):  # type: ignore[misc]
        def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
            said = " ".join(_piece(translator, piece) for piece in args.split(" "))
            super().write_usage(
                prog, said, f"{translator.t('cli-help-usage')} " if prefix is None else prefix
            )

        def write_heading(self, heading: str) -> None:
            code = _HEADINGS.get(heading)
            if code is None:
                super().write_heading(heading)
            else:
                self.write(f"{'':>{self.current_indent}}{translator.t(code)}\n")

        def write_dl(self, rows: Sequence[tuple[str, str]], *args: Any, **named: Any) -> None:
            said = [(_name(first), _remark(translator, second)) for first, second in rows]
            super().write_dl(said, *args, **named)

    class Context(_Context):  # type: ignore[misc]
        formatter_class = Formatter

    group: Any = typer.main.get_command(app)
    for command in (group, *group.commands.values()):
        command.context_class = Context
    return group


def _piece(translator: Translator, piece: str) -> str:
    code = _PIECES.get(piece)
    return piece if code is None else translator.t(code)


def _name(first: str) -> str:
    """An argument by its name alone, an option with what it takes."""
    found = _TYPE.search(first)
    if found is None:
        return first
    name = first[: found.start()]
    return f"{name} {_VALUES.get(found.group(1), 'TEXT')}" if first.startswith("-") else name


def _remark(translator: Translator, second: str) -> str:
    if second == _SHOW:
        return translator.t("cli-help-show")
    found = _REMARKS.search(second)
    if found is None:
        return second
    remarks = [_said(translator, part) for part in found.group(1).split("; ")]
    return translator.t("cli-help-remarks", what=second[: found.start()], remarks="; ".join(remarks))


def _said(translator: Translator, remark: str) -> str:
    if remark == "required":
        return translator.t("cli-help-required")
    if remark.startswith(_DEFAULT):
        return translator.t("cli-help-default", value=remark.removeprefix(_DEFAULT))
    return remark
