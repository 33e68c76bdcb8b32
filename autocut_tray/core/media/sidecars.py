"""Subtitle files that lie beside a video: ``clip.srt``, ``clip.en.srt``, ``clip.zh-CN.forced.ass``."""

from __future__ import annotations

import os
import re
import unicodedata
from pathlib import PurePath

from autocut_tray.core.frozen import frozen
from autocut_tray.core.media.languages import tag_of

EXTENSIONS = frozenset({".srt", ".ass", ".ssa", ".vtt"})
MAX_SIDECARS = 32
MAX_SIDECAR_BYTES = 8 * 1024 * 1024
"""Subtitles of a long film take 200 kB; elaborate ASS with its drawings a few megabytes."""
_MOST_ENTRIES = 20_000
_MARKS = frozenset({"forced", "default", "full", "sdh", "cc"})
_BETWEEN = re.compile(r"[.\s_&]+")


@frozen
class Label:
    """What the name of a side-car file says. ``plain``: it is the video's name and nothing else."""

    kind: str
    language: str | None
    forced: bool
    plain: bool


def label(path: str) -> Label:
    """What the end of a side-car file's name says; only the parts that are a language or a mark count."""
    name = PurePath(path)
    marks = _marks(name.stem)
    tags = [tag_of(mark) for mark in marks if mark not in _MARKS]
    if tags[:1] == ["zh"] and len(tags) > 1:  # zh_TW
        tags = tags[1:]
    return Label(
        kind=name.suffix[1:].lower(),
        language=tags[0] if tags else None,
        forced="forced" in marks,
        plain=not marks,
    )


def find_sidecars(named: str, real: str) -> tuple[str, ...]:
    """Subtitle files of a video, beside it as it was named and, where that is a link, beside the file itself.

    Links are left out, and what is not read is as if it were not there.
    """
    found: list[str] = []
    for video in dict.fromkeys((named, real)):
        path = PurePath(video)
        try:
            with os.scandir(path.parent) as entries:
                for _, entry in zip(range(_MOST_ENTRIES), entries, strict=False):
                    if belongs(entry.name, path.stem) and entry.is_file(follow_symlinks=False):
                        found.append(entry.path)
        except (OSError, ValueError):
            continue
    return tuple(sorted(set(found))[:MAX_SIDECARS])


def belongs(name: str, stem: str) -> bool:
    """Whether a file of this name is for the video ``stem``: its name, then nothing but languages and marks."""
    file = PurePath(name)
    if file.suffix.lower() not in EXTENSIONS:
        return False
    own, other = _folded(file.stem), _folded(stem)
    if own == other:
        return True
    rest = own[len(other) :]
    if not own.startswith(other) or not _BETWEEN.match(rest):
        return False
    parts = [part for part in _BETWEEN.split(rest) if part]
    return 0 < len(parts) <= 4 and all(part in _MARKS or tag_of(part) for part in parts)


def _marks(stem: str) -> list[str]:
    """The languages and marks that a name ends with, in its order: two in ``clip.en.forced``."""
    marks: list[str] = []
    for part in reversed(_BETWEEN.split(_folded(stem))[1:]):
        if part not in _MARKS and tag_of(part) is None:
            break
        marks.insert(0, part)
    return marks


def _folded(name: str) -> str:
    """Names are the same whatever their case and however accents are spelt (macOS takes them apart)."""
    return unicodedata.normalize("NFC", name).casefold()
