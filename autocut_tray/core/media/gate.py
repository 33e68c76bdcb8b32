"""What is looked at before anything opens a video: is it a file, which one, and where are the others.

Everything here touches the person's disks and may wait for a slow one: never on the UI thread.
"""

from __future__ import annotations

import errno
import os
import re
import stat
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePath

from autocut_tray.core.cancel import CancelToken
from autocut_tray.core.clock import Clock
from autocut_tray.core.errors import InputError, exhaustion
from autocut_tray.core.frozen import frozen
from autocut_tray.core.messages import message

MAX_BYTES = 200 * 10**9

VIDEO_EXTENSIONS = frozenset(
    {
        ".mp4", ".m4v", ".mov", ".qt", ".mkv", ".webm", ".avi", ".mts", ".m2ts", ".ts", ".mpg", ".mpeg", ".vob",
        ".flv", ".f4v", ".wmv", ".asf", ".ogv", ".mxf", ".3gp", ".3g2", ".dv",
    }
)  # fmt: skip
"""What a folder is searched for; a file that is named outright is looked into whatever its name."""

_SYSTEM_FOLDERS = frozenset(
    {"$recycle.bin", "system volume information", "lost+found", "@eadir", "#recycle", "__macosx"}
)
# Control characters (line breaks among them), marks and overrides that turn the direction of text, and the
# surrogates that stand for bytes which are no UTF-8.
_UNSHOWABLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)
_SAMPLE_BYTES = 256 * 1024
_RECENT_SECONDS = 10.0
_SAME_TIME_SECONDS = 2.0
"""FAT and network drives round the time of change, and some say it rounded first and exactly later."""


@frozen
class Source:
    """A regular, readable file. ``path``: absolute, as it was named; ``real``: without links, to be opened.

    ``size`` bytes; ``modified`` seconds since the epoch; ``identity`` is the same for two names of one file.
    """

    path: str
    real: str
    size: int
    modified: float
    identity: tuple[int, int]


def check_file(path: str) -> Source:
    """The file behind ``path``, if it can be a video at all; nothing is read and nothing can block on a FIFO.

    Raises InputError: not_found, not_a_file, link_loop, empty_file, too_large, unreadable.
    """
    if not path:
        raise refuse("not_found", path)
    absolute = _absolute(path)
    try:
        real = os.path.realpath(absolute, strict=True)
        facts = Path(real).stat()
    except (OSError, ValueError) as error:
        raise _refusal_of(error, path) from error
    if not stat.S_ISREG(facts.st_mode):
        raise refuse("not_a_file", path)
    if facts.st_size == 0:
        raise refuse("empty_file", path)
    if facts.st_size > MAX_BYTES:
        raise refuse("too_large", path)
    try:
        with os.fdopen(_open(real), "rb") as file:
            opened = os.fstat(file.fileno())
    except OSError as error:
        raise _refusal_of(error, path) from error
    if not stat.S_ISREG(opened.st_mode) or (opened.st_dev, opened.st_ino) != (facts.st_dev, facts.st_ino):
        raise refuse("not_a_file", path)
    return Source(absolute, real, opened.st_size, opened.st_mtime, (opened.st_dev, opened.st_ino))


def content_key(path: str) -> str:
    """What tells this file from others wherever it lies: its size and a hash of its head, middle and tail.

    Raises InputError as :func:`check_file`.
    """
    import hashlib  # late: it loads OpenSSL

    source = check_file(path)
    digest = hashlib.blake2b(digest_size=16)
    try:
        with os.fdopen(_open(source.real), "rb") as file:
            for start in (0, (source.size - _SAMPLE_BYTES) // 2, source.size - _SAMPLE_BYTES):
                file.seek(max(0, start))
                digest.update(file.read(_SAMPLE_BYTES))
    except OSError as error:
        raise _refusal_of(error, path) from error
    return f"{source.size:x}-{digest.hexdigest()}"


def settling(path: str, clock: Clock) -> tuple[int, float] | None:
    """Size and time of change of a file that was written to lately; None when it was not.

    Raises InputError as :func:`check_file`.
    """
    source = check_file(path)
    recent = abs(clock.time() - source.modified) < _RECENT_SECONDS
    return (source.size, source.modified) if recent else None


def change_of(source: Source, *, failed: bool) -> InputError | None:
    """What happened to the file since it was looked at; None when nothing did.

    ``failed``: it could not be read to its end; one that could be may be gone by now.
    """
    try:
        now = Path(source.real).stat()
    except OSError as error:
        return refuse("vanished", source.path, str(error)) if failed else None
    same = (now.st_dev, now.st_ino, now.st_size) == (*source.identity, source.size)
    if same and abs(now.st_mtime - source.modified) <= _SAME_TIME_SECONDS:
        return None
    return refuse("still_written", source.path, f"{source.size} bytes became {now.st_size}")


def is_video_name(path: str) -> bool:
    """Whether a file of this name, found in a folder, is taken for a video."""
    return PurePath(path).suffix.lower() in VIDEO_EXTENSIONS


def find_videos(paths: Iterable[str], cancel: CancelToken) -> Iterator[str | InputError]:
    """Absolute paths of the files named and of all videos below the folders named, each file once.

    Hidden and system folders are left out, links to folders are not followed. An InputError stands for a
    folder that has no video or cannot be read. Raises Cancelled.
    """
    seen: set[tuple[int, int]] = set()
    for path in paths:
        absolute = _absolute(path)
        if not Path(absolute).is_dir():
            if _is_new(absolute, seen):
                yield absolute
            continue
        try:
            os.scandir(absolute).close()
        except OSError as error:
            yield _refusal_of(error, path)
            continue
        empty = True
        for found in _below(absolute, cancel):
            empty = False
            if _is_new(found, seen):
                yield found
        if empty:
            yield refuse("no_videos_in_folder", path)


def display_name(path: str) -> str:
    """The file's name for a sentence: what cannot be shown is replaced, at most 80 characters."""
    name = _UNSHOWABLE.sub("\N{REPLACEMENT CHARACTER}", PurePath(path).name or path)
    return name if len(name) <= 80 else f"{name[:50]}…{name[-29:]}"


def refuse(code: str, path: str, detail: str = "", **params: str) -> InputError:
    """An InputError about this file, in words: messages ``error-<code>`` and ``error-<code>-hint``."""
    text = "error-" + code.replace("_", "-")
    return InputError(
        code, message(text, name=display_name(path), **params), message(f"{text}-hint", **params), detail
    )


def _absolute(path: str) -> str:
    """An empty name stays one: it means no file, not the working directory."""
    return str(Path(path).absolute()) if path else path


def _open(real: str) -> int:
    flags = os.O_RDONLY
    if sys.platform == "win32":
        flags |= os.O_BINARY
    else:
        flags |= os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC
    return os.open(real, flags)


def _refusal_of(error: OSError | ValueError, path: str) -> InputError:
    """What is wrong with the file; raises SystemExhausted where nothing is."""
    exhausted = exhaustion(error) if isinstance(error, OSError) else None
    if exhausted is not None:
        raise exhausted from error
    number = error.errno if isinstance(error, OSError) else None
    if number == errno.ELOOP:
        code = "link_loop"
    elif number in (errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG, errno.EINVAL) or number is None:
        code = "not_found"
    else:
        code = "unreadable"
    return refuse(code, path, detail=str(error))


def _is_new(path: str, seen: set[tuple[int, int]]) -> bool:
    try:
        facts = Path(path).stat()
    except (OSError, ValueError):
        return True  # check_file says what is wrong with it
    identity = (facts.st_dev, facts.st_ino)
    if identity in seen:
        return False
    seen.add(identity)
    return True


def _below(folder: str, cancel: CancelToken) -> Iterator[str]:
    waiting = [folder]
    while waiting:
        cancel.raise_if_cancelled()
        try:
            with os.scandir(waiting.pop()) as listing:
                entries = sorted(listing, key=lambda entry: entry.name.casefold())
        except OSError:
            continue  # a folder further down that may not be read is no reason to stop
        folders = []
        for entry in entries:
            if _is_hidden(entry):
                continue
            try:
                if entry.is_dir(follow_symlinks=False):
                    if entry.name.casefold() not in _SYSTEM_FOLDERS:
                        folders.append(entry.path)
                elif is_video_name(entry.name) and entry.is_file() and _is_not_source_code(entry):
                    yield entry.path
            except OSError:
                continue
        waiting.extend(reversed(folders))


def _is_hidden(entry: os.DirEntry[str]) -> bool:
    if entry.name.startswith("."):
        return True
    if sys.platform == "win32":
        attributes = entry.stat(follow_symlinks=False).st_file_attributes
        return bool(attributes & (stat.FILE_ATTRIBUTE_HIDDEN | stat.FILE_ATTRIBUTE_SYSTEM))
    return False


def _is_not_source_code(entry: os.DirEntry[str]) -> bool:
    """``.ts`` is TypeScript more often than a transport stream, whose packets start with 0x47."""
    if not entry.name.lower().endswith(".ts"):
        return True
    with os.fdopen(_open(os.path.realpath(entry.path)), "rb") as file:
        return file.read(1) == b"\x47"
