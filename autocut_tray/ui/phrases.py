"""Names and places in a clip as the window shows them."""

from __future__ import annotations


def media_time(seconds: float) -> str:
    """``00:02:41`` into a clip, whole seconds."""
    whole = int(seconds)
    return f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}"


def file_name(path: str) -> str:
    """The last part of a path of any platform, fit for the screen (undecodable bytes as a mark, no line ends)."""
    name = path.replace("\\", "/").rstrip("/").rsplit("/", 1)[-1] or path
    shown = name.encode("utf-8", "replace").decode("utf-8")
    return "".join(" " if ord(c) < 32 or c in "\u2028\u2029" else c for c in shown)
