"""Amounts of memory and disk as people read them."""

from __future__ import annotations

NBSP = "\u00a0"
_MIB, _GIB = 2**20, 2**30


def size(count: int) -> str:
    """Bytes as ``1.5 GB`` or, below one, ``820 MB``; binary, as everywhere in this program."""
    return f"{count / _GIB:.1f}{NBSP}GB" if count >= _GIB else f"{count / _MIB:.0f}{NBSP}MB"
