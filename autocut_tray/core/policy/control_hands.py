"""What the controller can do to the world, given to it from outside."""

from __future__ import annotations

from collections.abc import Callable

from autocut_tray.core.cancel import CancelToken
from autocut_tray.core.frozen import frozen
from autocut_tray.core.messages import Message
from autocut_tray.core.policy.governor_types import Reclaim
from autocut_tray.core.policy.policy import Route
from autocut_tray.core.receipt import GivenBack, HeldBy, Receipt
from autocut_tray.core.release import ReleaseReport
from autocut_tray.core.sample import MetricsSample


@frozen
class Hands:
    """Those that may block get threads of their own (``probe``, ``reclaim``, ``resident``).

    ``probe`` tries a route with the built-in picture, raises AutoCutError when it does not work, and returns the
    MiB of VRAM that its model holds, if the server says so. ``reclaim`` gives memory back and returns when it
    came, with the proof, None where there was nothing to give. ``stop_worker`` ends the media worker and what it
    feeds, ``cancel_units`` the descriptions under way. ``throttle`` lets the media worker use half of the cores
    while True. ``resident`` says whether a route's model is in memory and the MiB of VRAM it holds, None where
    its server does not say (it may block, too). ``needs`` says what a route's model takes, VRAM and RAM in MiB;
    ``expected_seconds``, how long a scene takes on that route. ``editor_claims``: whether the video editor needs
    this machine for itself by such a reading, and by what the person said about it. ``cloud_refusal``: why a
    route that leaves this machine may not be used now (consent, key, price, limits), None when it may.
    ``smaller``: the model that stands in for a route's own after an emergency, None where there is none.
    ``mark_undone``: the receipt of that id was taken back, ``mark_forced_undone``: all of forced tiers that are on
    record. ``ram_holders``: the programs that hold the most RAM now, largest first.
    """

    probe: Callable[[Route, CancelToken], float | None]
    reclaim: Callable[[Reclaim], ReleaseReport | None]
    stop_worker: Callable[[], None]
    throttle: Callable[[bool], None]
    cancel_units: Callable[[], None]
    resident: Callable[[Route], tuple[bool, float | None] | None]
    needs: Callable[[Route], tuple[float | None, float | None]]
    expected_seconds: Callable[[Route], float | None]
    has_work: Callable[[], bool]
    editor_claims: Callable[[MetricsSample], bool]
    cloud_refusal: Callable[[Route], Message | None]
    keep_receipt: Callable[[Receipt], Receipt]
    mark_undone: Callable[[int], None]
    mark_forced_undone: Callable[[], None]
    add_proof: Callable[[int, GivenBack], None]
    smaller: Callable[[Route], str | None] = lambda route: None
    ram_holders: Callable[[], tuple[HeldBy, ...]] = tuple
