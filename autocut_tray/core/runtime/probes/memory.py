"""Main memory and swap."""

from __future__ import annotations

from autocut_tray.core.cancel import CancelToken
from autocut_tray.core.runtime.probes.answer import Answer
from autocut_tray.core.runtime.probes.figures import part_from_bytes, total_from_bytes
from autocut_tray.core.runtime.profile import Memory, Outcome

UNKNOWN = Memory(None, None, None)


def probe_memory(cancel: CancelToken) -> Answer[Memory]:
    """Total, available (what programs can get without swapping, not "free") and swap size, from psutil."""
    import psutil  # late: see cpu.py

    memory = psutil.virtual_memory()
    total = total_from_bytes(memory.total)
    available = part_from_bytes(memory.available, total)
    swap: int | None = None
    detail: str | None = None
    try:
        swap = part_from_bytes(psutil.swap_memory().total, None)
    except (OSError, RuntimeError, psutil.Error) as error:
        detail = f"swap: {error}"
    if total is None:
        return Answer(Memory(total, available, swap), Outcome.FAILED, f"total of {memory.total} bytes")
    return Answer(Memory(total, available, swap), detail=detail)
