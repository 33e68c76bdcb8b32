"""Words of unknown origin, made safe to store and show."""

from __future__ import annotations

import unicodedata

# Bidirectional embeddings, overrides and isolates; byte order mark; line and paragraph separators become spaces.
_HIDDEN = {
    *range(0x202A, 0x202F),
    *range(0x2066, 0x206A),
    0xFEFF,
    0xFFFE,
    0xFFFF,
}
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def plain_cell(cell: object) -> object:
    """A cell of a table that no spreadsheet reads as a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


def clean(text: str, most: int) -> str:
    """One line of at most ``most`` characters that is safe to store and show.

    Control characters (C0, C1), bidirectional overrides, lone surrogates and non-characters are taken out,
    white space is collapsed, and what is too long is cut between words.
    """
    kept = "".join(
        " " if char.isspace() else char
        for char in text
        if char.isspace() or not (ord(char) in _HIDDEN or unicodedata.category(char) in ("Cc", "Cs"))
    )
    line = " ".join(kept.split())
    if len(line) <= most:
        return line
    cut = line[: most - 1]
    space = cut.rfind(" ")
    # Chinese has no spaces to cut at, and one far back would cost too much.
    return (cut[:space] if space > most // 2 else cut).rstrip(" ,;:，、；：") + "…"
