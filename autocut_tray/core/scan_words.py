"""How accurately a video was looked through, for people."""

from __future__ import annotations

from autocut_tray.core.footage import NotFast, ScanMode, Video
from autocut_tray.core.messages import Message, message


def scan_words(video: Video | None) -> list[Message]:
    """What to tell beside its scenes; nothing of a video that was read as it was asked for, accurately."""
    if video is None:
        return []
    said = [message("scan-fast")] if video.mode is ScanMode.FAST else []
    if video.not_fast is not None:
        said.append(not_fast_words(video.not_fast, video.mode))
    return said


def not_fast_words(why: NotFast, mode: ScanMode) -> Message:
    """Why a video, or the rest of one that was begun in ``mode``, was read accurately."""
    if mode is ScanMode.FAST:
        return message("scan-fast-in-part")
    return message(f"scan-not-fast-{why.value.replace('_', '-')}")
