"""What a scripted server was asked, in order."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any


def to_json(value: Any) -> bytes:
    """Compact JSON, as Go's encoder writes it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


@dataclass(slots=True, eq=False)
class Entry:
    """One request; status, sent and aborted are filled in while it is answered."""

    number: int
    at: float
    """``time.monotonic()`` when it had arrived."""
    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    """Names in lower case."""
    body: bytes
    status: int | None = None
    sent: int = 0
    """Body bytes written so far."""
    aborted: bool = False
    """True when the client closed the connection before the answer was complete."""
    finished: threading.Event = field(default_factory=threading.Event)

    @property
    def json(self) -> Any:
        """The body decoded; None when it is empty or no JSON."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None

    def __str__(self) -> str:
        return f"{self.method} {self.path} -> {self.status}{' aborted' if self.aborted else ''}"


class Journal:
    """All requests so far; safe to read while the server runs."""

    def __init__(self) -> None:
        self._entries: list[Entry] = []
        self._changed = threading.Condition()

    def open(self, **fields: Any) -> Entry:
        with self._changed:
            entry = Entry(number=len(self._entries), at=time.monotonic(), **fields)
            self._entries.append(entry)
            self._changed.notify_all()
            return entry

    def close(self, entry: Entry) -> None:
        entry.finished.set()
        with self._changed:
            self._changed.notify_all()

    def entries(self, path: str | None = None, method: str | None = None) -> list[Entry]:
        """The requests to a path (exact) and with a method, oldest first."""
        with self._changed:
            return self._matching(path, method)

    def last(self, path: str | None = None, method: str | None = None) -> Entry:
        """The newest such request; IndexError when there is none."""
        return self.entries(path, method)[-1]

    def paths(self) -> list[str]:
        """``"POST /api/chat"`` and so on, in order."""
        return [f"{entry.method} {entry.path}" for entry in self]

    def wait_for(
        self, path: str, *, count: int = 1, method: str | None = None, timeout: float = 5.0
    ) -> Entry:
        """Wait until that many such requests have arrived; returns the last of them."""
        with self._changed:
            if not self._changed.wait_for(lambda: len(self._matching(path, method)) >= count, timeout):
                raise TimeoutError(
                    f"no {count} requests to {path} in {timeout} s; got {self.paths_unlocked()}"
                )
            return self._matching(path, method)[count - 1]

    def wait_finished(self, path: str, *, count: int = 1, timeout: float = 5.0) -> Entry:
        """Wait until that many such requests are over (answered, cut or aborted)."""
        entry = self.wait_for(path, count=count, timeout=timeout)
        if not entry.finished.wait(timeout):
            raise TimeoutError(f"{entry} is still going on after {timeout} s")
        return entry

    def clear(self) -> None:
        with self._changed:
            self._entries.clear()

    def __len__(self) -> int:
        return len(self.entries())

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries())

    def paths_unlocked(self) -> list[str]:
        return [f"{entry.method} {entry.path}" for entry in self._entries]

    def _matching(self, path: str | None, method: str | None) -> list[Entry]:
        return [
            entry
            for entry in self._entries
            if (path is None or entry.path == path) and (method is None or entry.method == method)
        ]
