"""No new job where the disk has no room for what it would write: the reserve of the control rules."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable
from pathlib import Path

from autocut_tray.core.errors import StorageError
from autocut_tray.core.jobs.job import JobChanged, JobState
from autocut_tray.core.jobs.store import JobStore
from autocut_tray.core.messages import Message, message

log = logging.getLogger(__name__)

_MIB = 1024 * 1024
_LOW = "waiting-disk-low"


def free_mib(folder: Path) -> int | None:
    """MiB that may still be written there; None where the system does not say."""
    try:
        return shutil.disk_usage(folder).free // _MIB
    except OSError as error:
        log.info("Free disk space is not known: %s", error)
        return None


class DiskRoom:
    """``folder``: where jobs write; ``reserve_mib``: what must stay free. ``publish`` hears of jobs that say why they
    wait. To be asked by one thread at a time."""

    def __init__(
        self,
        folder: Path,
        reserve_mib: Callable[[], float],
        store: JobStore,
        publish: Callable[[object], None],
        free: Callable[[Path], int | None] = free_mib,
    ) -> None:
        self._folder = folder
        self._reserve_mib = reserve_mib
        self._store = store
        self._publish = publish
        self._free = free
        self._low = False

    def has_room(self) -> bool:
        """True, also where nobody asks for room. While a job waits and there is too little, all that wait say so, and
        StorageError makes the line rest."""
        free, reserve = self._free(self._folder), self._reserve_mib()
        low = free is not None and free < reserve
        if not low and not self._low:
            return True
        why = message(_LOW, free=str(free), needed=f"{reserve:.0f}") if low else None
        waiting = self._explain(why)
        self._low = low
        if why is not None and waiting:
            raise StorageError("disk_reserve", why)
        return True

    def _explain(self, why: Message | None) -> bool:
        """Put the reason down on the jobs in line, or take it off; False when there is none."""
        jobs = [job for job in self._store.jobs() if job.state is JobState.QUEUED]
        for job in jobs:
            if (job.waiting_for.code if job.waiting_for else None) != (why.code if why else None):
                self._publish(JobChanged(self._store.set_waiting(job.id, why)))
        return bool(jobs)
