"""Figures as messages, with their units: percents, spans and sizes as a person reads them."""

from __future__ import annotations

from autocut_tray.core.messages import Message, message

NBSP = "\u00a0"
_MIB, _GIB = 2**20, 2**30


def plain(text: str) -> Message:
    """What is the same in every language: names, figures with units that are."""
    return message("plain-text", text=text)


def percent(value: float) -> Message:
    return message("ui-percent", n=f"{value:.0f}")


def percent_exact(value: float) -> Message:
    """With a decimal where it has one: ``87.9 %``, ``85 %``."""
    return message("ui-percent", n=f"{value:.1f}".removesuffix(".0"))


def gb(mib: float) -> str:
    """MiB as ``5.9 GB``."""
    return f"{mib / 1024:.1f}{NBSP}GB"


def size(count: int) -> str:
    """Bytes as ``1.5 GB`` or, below one, ``820 MB``; binary, as everywhere in this program."""
    return f"{count / _GIB:.1f}{NBSP}GB" if count >= _GIB else f"{count / _MIB:.0f}{NBSP}MB"


def span(seconds: float) -> Message:
    """A measured span: ``0.8 s``, ``44 s``, ``8 min 58 s``, ``2 h 10 min``, ``3 d 4 h``."""
    if seconds < 10:
        return message("ui-span-s", s=f"{seconds:.1f}".removesuffix(".0"))
    whole = round(seconds)
    if whole < 60:
        return message("ui-span-s", s=str(whole))
    if whole < 3600:
        minutes, rest = divmod(whole, 60)
        if rest == 0:
            return message("ui-span-min", m=str(minutes))
        return message("ui-span-min-s", m=str(minutes), s=str(rest))
    minutes = whole // 60
    hours, rest = divmod(minutes, 60)
    if hours < 48:
        if rest:
            return message("ui-span-h-min", h=str(hours), m=str(rest))
        return message("ui-span-h", h=str(hours))
    return message("ui-span-d-h", d=str(hours // 24), h=str(hours % 24))
