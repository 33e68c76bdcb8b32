"""Which pictures of a scene one request carries: all that model and server take together, else the best of them."""

from __future__ import annotations

import threading
from collections.abc import Callable

from autocut_tray.core.analyzers.base import DescribeRequest
from autocut_tray.core.errors import BackendError, FailureClass
from autocut_tray.core.policy.picture_limits import Fewer, PictureLimit

_REFUSED = frozenset({"too_many_pictures", "picture_refused", "request_refused"})
_NO_ROOM = frozenset({"context_exceeded", "request_too_large"})
_CRASHED = frozenset({"runner_crashed", "answer_cut_off"})


class PictureAllowance:
    """What one model of one server takes together: what is known of it, and what it refused since.

    ``known``: asked anew for every scene. Safe to use from several threads.
    """

    def __init__(self, known: Callable[[], PictureLimit]) -> None:
        self._known = known
        self._lock = threading.Lock()
        self._learned: PictureLimit | None = None

    def limit(self) -> PictureLimit:
        known, learned = self._known(), self._learned
        return known if learned is None else known.tighter(learned)

    def learn(self, limit: PictureLimit) -> None:
        """A request with more was refused, one with so many was answered."""
        with self._lock:
            self._learned = limit if self._learned is None else self._learned.tighter(limit)


class PictureChoice:
    """The pictures of one scene, fewer after each try that they may have spoilt. ``fewer``: why not all are sent."""

    def __init__(self, request: DescribeRequest, allowance: PictureAllowance) -> None:
        self._request = request
        self._allowance = allowance
        self._limit = allowance.limit()
        self._refused = False

    @property
    def has_less(self) -> bool:
        """Whether a try can send less than the first one."""
        return self._request.small_jpeg is not None or len(self.jpegs(small=False)) > 1

    @property
    def fewer(self) -> Fewer | None:
        return self._limit.why if self._limit.most < len(self._request.jpegs) else None

    def jpegs(self, *, small: bool) -> tuple[bytes, ...]:
        """In order of time. ``small``: the key frame alone, at half its size."""
        request = self._request
        if small:
            self._cut(1, Fewer.ROOM)
            return (request.small_jpeg or request.jpeg,)
        if self._limit.most >= len(request.jpegs):
            return request.jpegs
        chosen = _spread(len(request.jpegs), len(request.before), self._limit.most)
        return tuple(request.jpegs[i] for i in chosen)

    def failed(self, error: BackendError, sent: int) -> bool:
        """A try with ``sent`` pictures ended so. True: ask again at once, with half of them."""
        if sent < 2:
            return False
        if error.code in _REFUSED or error.code in _NO_ROOM:
            self._cut(sent // 2, Fewer.REFUSED if error.code in _REFUSED else Fewer.ROOM)
            self._refused = True
            return True
        if error.failure is FailureClass.RESOURCE:
            self._cut(1, Fewer.ROOM)
        elif error.failure is FailureClass.TIER or error.code in _CRASHED:
            self._cut(1, Fewer.FAILED)
        return False

    def worked(self) -> None:
        """There is an answer: what was refused on the way need not be tried with the next scene."""
        if self._refused:
            self._allowance.learn(self._limit)

    def _cut(self, most: int, why: Fewer) -> None:
        self._limit = self._limit.tighter(PictureLimit(most, why))


def _spread(count: int, key: int, wanted: int) -> list[int]:
    """``wanted`` of the numbers below ``count``, in order: the key frame's, then always the farthest from those."""
    chosen = [key]
    while len(chosen) < wanted:
        rest = (i for i in range(count) if i not in chosen)
        chosen.append(max(rest, key=lambda i: min(abs(i - other) for other in chosen)))
    return sorted(chosen)
