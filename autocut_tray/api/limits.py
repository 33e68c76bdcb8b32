"""What a client may ask of the API, in numbers."""

from __future__ import annotations

from autocut_tray.core.frozen import frozen


@frozen
class Limits:
    """Seconds, bytes and counts.

    ``head_seconds``: from the first moment to the end of the headers; ``body_seconds``: of a body; ``write_seconds``:
    how long a client may leave a reply unread. ``streams``: progress streams at once. ``wrong_tokens`` within
    ``wrong_window`` lock everybody out for ``lock_seconds``.
    """

    connections: int = 100
    backlog: int = 64
    """Also how many connections are accepted before the first of them is looked at: both fit in 256 open files."""
    head_seconds: float = 10.0
    body_seconds: float = 30.0
    write_seconds: float = 30.0
    keep_alive_seconds: int = 5
    target_bytes: int = 2048
    head_bytes: int = 16 * 1024
    body_bytes: int = 64 * 1024
    json_depth: int = 16
    json_keys: int = 512
    streams: int = 16
    heartbeat_seconds: float = 15.0
    wrong_tokens: int = 20
    wrong_window: float = 10.0
    lock_seconds: float = 60.0
    threads: int = 8
    """Handlers that work at once."""
    grace_seconds: int = 1
    """How long the end of the program waits for replies under way."""
