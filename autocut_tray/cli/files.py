"""Writing what a command was asked to write, never over something else without a word."""

from __future__ import annotations

from pathlib import Path

from autocut_tray.core.errors import StorageError, UsageError
from autocut_tray.core.files import write_atomic
from autocut_tray.core.messages import message


def refuse_to_overwrite(file: Path, *, force: bool) -> None:
    """Said before work that takes a while. Raises UsageError."""
    if file.is_dir():
        raise UsageError("file_unwritable", message("error-file-unwritable", file=str(file), reason="folder"))
    if not file.parent.is_dir():
        reason = str(file.parent)
        raise UsageError("file_unwritable", message("error-file-unwritable", file=file.name, reason=reason))
    if not force and file.is_symlink() | file.exists():
        raise UsageError(
            "file_exists", message("error-file-exists", file=str(file)), message("error-file-exists-hint")
        )


def write_file(file: Path, data: bytes) -> None:
    """All of it or nothing. Raises StorageError."""
    try:
        write_atomic(file, data)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise StorageError(
            "file_unwritable", message("error-file-unwritable", file=str(file), reason=reason)
        ) from error
