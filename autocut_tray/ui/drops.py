"""What a drag carries: paths as they are, never looked at on the disk from this thread."""

from __future__ import annotations

import os
import sys
import urllib.parse

from PySide6.QtCore import QMimeData, QUrl

from autocut_tray.core.frozen import frozen


@frozen
class Dropped:
    """``paths``: local files and folders. ``remote``: how many addresses of other places came with them."""

    paths: tuple[str, ...]
    remote: int = 0


def dropped(mime: QMimeData) -> Dropped:
    """Text, pictures and web addresses give no paths."""
    if not mime.hasUrls():
        return Dropped(())
    urls = mime.urls()
    paths = tuple(local_path(url) for url in urls if url.isLocalFile())
    return Dropped(paths, len(urls) - len(paths))


def local_path(url: QUrl) -> str:
    """The path of a ``file:`` address; bytes that are no UTF-8 as lone surrogates, as Python names such files."""
    path = url.toLocalFile()
    if "\ufffd" not in path or sys.platform == "win32":
        return path
    encoded = urllib.parse.urlsplit(bytes(url.toEncoded().data()).decode("ascii"))
    return os.fsdecode(urllib.parse.unquote_to_bytes(encoded.path))
