"""Writing files so that a crash or a full disk leaves the old content, never half of the new."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path

from autocut_tray.core.errors import StorageError
from autocut_tray.core.messages import message

_PRIVATE = 0o600
_USUAL = 0o666
"""Less what the person's umask takes away."""


def write_atomic(path: Path, data: bytes) -> None:
    """Replace ``path`` by ``data`` in one step, readable by this person only (mode 0600).

    Raises OSError and leaves ``path`` as it was when anything fails.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _written_beside(path, data, _PRIVATE) as temporary:
        temporary.replace(path)
    sync_folder(path.parent)


def write_document(path: Path, data: bytes, prove: Callable[[bytes], None], *, overwrite: bool) -> None:
    """Write a file for the person, in one step, once ``prove`` has accepted what was read back from the disk.

    Raises OSError (FileExistsError where something has that name and may not be overwritten) or what ``prove``
    raises, and leaves ``path`` as it was.
    """
    with _written_beside(path, data, _USUAL) as temporary:
        prove(temporary.read_bytes())
        if overwrite:
            temporary.replace(path)
        elif os.name == "nt":
            temporary.rename(path)  # refuses an existing name there
        else:
            _give_name(temporary, path)
    with contextlib.suppress(OSError):  # not every file system of a person's drives knows this
        sync_folder(path.parent)


def _give_name(temporary: Path, path: Path) -> None:
    """A rename that takes no name away, where the file system has links; else the name is looked for just before."""
    try:
        path.hardlink_to(temporary)
    except FileExistsError:
        raise
    except (OSError, NotImplementedError):
        if path.is_symlink() or path.exists():
            raise FileExistsError(path) from None
        temporary.replace(path)


@contextlib.contextmanager
def _written_beside(path: Path, data: bytes, mode: int) -> Iterator[Path]:
    """A file in the same folder with ``data`` safely on the disk; gone at the end unless it was renamed."""
    temporary = path.with_name(f".{os.urandom(6).hex()}.tmp")
    try:
        with os.fdopen(os.open(temporary, _FLAGS, mode), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        yield temporary
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)


_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)


def write_chosen(path: Path, data: bytes) -> None:
    """Write a file that a person named: all of it or nothing. Raises StorageError, which says what went wrong."""
    try:
        write_atomic(path, data)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise StorageError(
            "file_unwritable", message("error-file-unwritable", file=str(path), reason=reason)
        ) from error


def sync_folder(folder: Path) -> None:
    """Make a rename in ``folder`` durable; Windows has no such call and needs none for ReplaceFile."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
