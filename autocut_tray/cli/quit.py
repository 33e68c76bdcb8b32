"""``quit``: ends the running instance and waits until it has gone; the installer does this before an update."""

from __future__ import annotations

import time

from autocut_tray.cli.context import Context
from autocut_tray.core.errors import AutoCutError
from autocut_tray.core.instance import InstanceBusy, InstanceLock
from autocut_tray.core.messages import message

_LOOK_SECONDS = 0.2


def quit_instance(context: Context, wait: float) -> int:
    """Ask it to end; 0 once none runs. Raises AutoCutError when it will not, or not within ``wait`` seconds."""
    until = time.monotonic() + wait
    asked = False
    while not _is_alone(context):
        # Again and again: one that starts has no channel yet, and another may take over from one that ends.
        try:
            asked |= context.call({"command": "quit"}) is not None
        except InstanceBusy:
            if time.monotonic() > until:
                raise
        if time.monotonic() > until:
            raise AutoCutError(
                "still_running",
                message("error-still-running", seconds=f"{wait:g}"),
                message("error-instance-silent-hint"),
            )
        time.sleep(_LOOK_SECONDS)
    context.output.say(context.translator.t("quit-done" if asked else "quit-none"))
    return 0


def _is_alone(context: Context) -> bool:
    """The lock is the proof: the system frees it with the process and not before."""
    if not context.paths.data.exists():
        return True
    lock = InstanceLock(context.paths.instance_lock)
    if not lock.acquire():
        return False
    lock.release()
    return True
