"""Writing files so that a crash or a full disk leaves the old content, never half of the new."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from autocut_tray.core.errors import StorageError
from autocut_tray.core.messages import message


def write_atomic(path: Path, data: bytes) -> None:
    """Replace ``path`` by ``data`` in one step, readable by this person only (mode 0600).

    Raises OSError and leaves ``path`` as it was when anything fails.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    temporary = path.with_name(f".{path.name}.{os.urandom(4).hex()}.tmp")
    try:
        with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


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
