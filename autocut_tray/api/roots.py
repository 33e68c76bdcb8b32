"""Which files programs may name: those below folders that the person named."""

from __future__ import annotations

import os
from pathlib import Path

from autocut_tray.api.refusals import Refusal
from autocut_tray.core.media.gate import check_file

SEPARATOR = ";"
MAX_PATH = 4096


def allowed_folders(setting: str) -> tuple[Path, ...]:
    """The folders in the setting, without links. One that is not there, or is a whole disk, allows nothing."""
    found = []
    for part in setting.split(SEPARATOR):
        path = Path(part.strip()).expanduser()
        if part.strip() and path.is_absolute():
            real = Path(os.path.realpath(path))
            if real.is_dir() and real != Path(real.anchor):
                found.append(real)
    return tuple(found)


def allowed_video(path: str, folders: tuple[Path, ...]) -> str:
    """The file behind ``path`` without links, a regular and readable one.

    Raises Refusal for what is outside of the folders or no path at all, InputError for what is no file.
    """
    real = _inside(path, folders)
    return check_file(str(real)).real


def allowed_target(path: str, folders: tuple[Path, ...]) -> Path:
    """Where a file may be written: a folder, or a new name in one. Raises Refusal."""
    real = _inside(path, folders)
    if not (real.is_dir() or real.parent.is_dir()):
        raise Refusal(400, "bad_file", hint=False)
    return real


def _inside(path: str, folders: tuple[Path, ...]) -> Path:
    # An address, a pipe, an option and a relative name are no absolute paths, so none of them gets further.
    if not path or len(path) > MAX_PATH or not path.isprintable() or not Path(path).is_absolute():
        raise Refusal(400, "bad_file", hint=False)
    if os.name == "nt" and path.startswith(("\\\\", "//")):
        raise Refusal(400, "bad_file", hint=False)  # a share or a device
    try:
        real = Path(os.path.realpath(path))
    except (OSError, ValueError):
        raise Refusal(400, "bad_file", hint=False) from None
    if not any(real.is_relative_to(folder) for folder in folders):
        raise Refusal(403, "outside_folders")
    return real
