"""Names and places of files in the words of other programs: file URLs, reels, one-line texts, file names.

A path is read by its shape, not by the machine it is read on: ``/…`` is POSIX, ``C:\\…`` a Windows drive,
``\\\\server\\share\\…`` a network share.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from urllib.parse import quote, unquote

_DRIVE = re.compile(r"[A-Za-z]:[\\/]")
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
# Marks and overrides that turn the direction of what follows.
_TURNING = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_MAX_LINE = 500

_RESERVED_REELS = frozenset({"AX", "BL"})
"""What EDLs call an auxiliary source and black."""
REEL_LENGTH = 8

_FORBIDDEN_IN_NAMES = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]')
_DEVICES = frozenset({"CON", "PRN", "AUX", "NUL"}) | {
    f"{port}{n}" for port in ("COM", "LPT") for n in range(10)
}
_MAX_STEM = 80


def one_line(text: str) -> str:
    """``text`` as every format can carry it: one line, at most 500 characters, nothing that XML 1.0 forbids.

    Breaks and tabs become spaces; control characters, direction marks, half surrogates (bytes that are no UTF-8)
    and non-characters become U+FFFD.
    """
    shown = "".join(_carried(c) for c in _TURNING.sub(_REPLACEMENT, text))
    shown = " ".join(shown.split())
    return shown if len(shown) <= _MAX_LINE else shown[: _MAX_LINE - 1].rstrip() + "…"


def _carried(character: str) -> str:
    if character.isspace():
        return " "
    noncharacter = ord(character) & 0xFFFE == 0xFFFE or 0xFDD0 <= ord(character) <= 0xFDEF
    return _REPLACEMENT if noncharacter or unicodedata.category(character) in ("Cc", "Cs") else character


def is_windows_path(path: str) -> bool:
    return bool(_DRIVE.match(path)) or path.startswith("\\\\")


def file_name(path: str) -> str:
    """The last part of a path, as it is."""
    if is_windows_path(path):
        path = path.replace("\\", "/")
    return path.rstrip("/").rpartition("/")[2] or path


def stem(name: str) -> str:
    """A file name without its last extension."""
    head, dot, _ = name.rpartition(".")
    return head if dot and head else name


def file_url(path: str, *, host: str = "") -> str:
    """``file://`` URL of an absolute path. ``host`` stands before a local path where a format asks for one.

    Every byte outside of ASCII letters, digits and ``-._~/`` is percent-encoded as UTF-8; bytes that were no UTF-8
    keep their value. A share's server becomes the host: ``file://server/share/clip.mov``.
    """
    if not is_windows_path(path):
        return f"file://{host}{_quoted(path, 'surrogateescape')}"
    plain = path.replace("\\", "/")
    for prefix, instead in (("//?/UNC/", "//"), ("//?/", "")):
        if plain.startswith(prefix):
            plain = instead + plain.removeprefix(prefix)
            break
    if plain.startswith("//"):
        server, _, rest = plain[2:].partition("/")
        return f"file://{_quoted(server, 'surrogatepass')}/{_quoted(rest, 'surrogatepass')}"
    return f"file://{host}/{plain[:2]}{_quoted(plain[2:], 'surrogatepass')}"


def path_of_url(url: str) -> str:
    """The path that :func:`file_url` was given, without a ``\\\\?\\`` prefix; raises ValueError for other URLs."""
    scheme, colon, rest = url.partition("://")
    host, slash, encoded = rest.partition("/")
    if scheme != "file" or not colon or not slash:
        raise ValueError(f"not a file URL: {url!r}")
    if host not in ("", "localhost"):
        share = unquote(encoded, errors="surrogatepass").replace("/", "\\")
        return f"\\\\{unquote(host, errors='surrogatepass')}\\{share}"
    if _DRIVE.match(encoded):  # a colon in a POSIX name is percent-encoded
        return unquote(encoded, errors="surrogatepass").replace("/", "\\")
    return "/" + unquote(encoded, errors="surrogateescape")


def _quoted(part: str, undecodable: str) -> str:
    """Bytes that are no text are half surrogates on Windows, and escaped ones elsewhere (PEP 383)."""
    return quote(part, safe="/", errors=undecodable)


def reel_names(paths: Iterable[str]) -> dict[str, str]:
    """A reel for each path: 1 to 8 of ``A-Z0-9_``, no two alike, none that an EDL reads as something else."""
    reels: dict[str, str] = {}
    taken = set(_RESERVED_REELS)
    for path in paths:
        if path in reels:
            continue
        base = re.sub(r"[^A-Z0-9]+", "_", stem(file_name(path)).upper()).strip("_")[:REEL_LENGTH].rstrip("_")
        base = base or "REEL"
        reel, number = base, 1
        while reel in taken:
            number += 1
            tail = f"_{number}"
            reel = base[: REEL_LENGTH - len(tail)] + tail
        taken.add(reel)
        reels[path] = reel
    return reels


def safe_stem(name: str) -> str:
    """A name for a file of ours, without extension, that every system accepts: at most 80 characters.

    No separators, no ``. `` at its end, no name of a Windows device; never empty.
    """
    shown = _FORBIDDEN_IN_NAMES.sub("_", one_line(name)).replace(_REPLACEMENT, "_")
    shown = shown[:_MAX_STEM].strip(". ")
    while len(shown.encode()) > 200:  # 255 bytes is the limit of most file systems, and an ending is to come
        shown = shown[:-1].rstrip(". ")
    if shown.partition(".")[0].rstrip().upper() in _DEVICES:
        shown = f"_{shown}"
    if shown.startswith("-"):
        shown = f"_{shown[1:]}"
    return shown or "timeline"
