"""The one interface of vision models, and what goes in and out of it."""

from __future__ import annotations

from typing import Protocol

from autocut_tray.core.cancel import CancelToken
from autocut_tray.core.egress.door import NOBODY, Errand
from autocut_tray.core.footage import Scene
from autocut_tray.core.frozen import frozen
from autocut_tray.core.policy.picture_limits import Fewer


@frozen
class DescribeRequest:
    """One scene to describe. ``jpeg``: its key frame; ``language``: ``en`` or ``zh-CN``.

    ``small_jpeg``: the same frame at half the size, for the one retry when memory or context did not suffice.
    ``errand``: for which job, should the frame leave this machine. ``before`` and ``after``: further pictures of a
    long scene on either side of its key frame, in order of time.
    """

    scene: Scene
    jpeg: bytes
    language: str
    small_jpeg: bytes | None = None
    errand: Errand = NOBODY
    before: tuple[bytes, ...] = ()
    after: tuple[bytes, ...] = ()

    @property
    def jpegs(self) -> tuple[bytes, ...]:
        """All pictures of the scene in order of time."""
        return (*self.before, self.jpeg, *self.after)


@frozen
class Description:
    """A validated, cleaned answer. Strings carry no control or bidirectional-override characters."""

    summary: str
    subjects: tuple[str, ...]
    action: str
    shot: str
    camera: str
    mood: str
    quality: tuple[str, ...]
    tags: tuple[str, ...]


@frozen
class DescribeResult:
    """``seconds``: wall time of the whole call, the repair retry included. ``model``: as the server named it.

    ``pictures``: how many it was shown; ``fewer``: why not all that the scene has. ``load_seconds``: of the model
    into memory, None where the server does not say.
    """

    description: Description
    model: str
    seconds: float
    pictures: int = 1
    fewer: Fewer | None = None
    load_seconds: float | None = None


class VisualAnalyzer(Protocol):
    """A vision model behind a server. Implementations are safe to call from several threads."""

    def describe(self, request: DescribeRequest, cancel: CancelToken) -> DescribeResult:
        """Describe one scene.

        Raises BackendError with its failure class, Cancelled, or StorageError where it had to be entered in the
        ledger and could not; never anything else.
        """

    def probe(self, cancel: CancelToken) -> None:
        """Have the model loaded and prove it with a built-in 64 x 64 picture and a valid JSON answer.

        Raises BackendError, Cancelled or StorageError.
        """

    def close(self) -> None:
        """Close connections; the analyzer is of no use afterwards."""
