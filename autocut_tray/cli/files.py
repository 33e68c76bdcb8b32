"""A command never writes over something else without a word."""

from __future__ import annotations

from pathlib import Path

from autocut_tray.core.errors import UsageError
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
