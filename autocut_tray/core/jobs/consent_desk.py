"""The desk for consents where it touches the jobs: their database, and the pictures that wait in it."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from autocut_tray.core.analyzers.leave import caps, places, server, wishes
from autocut_tray.core.analyzers.server import destination_of
from autocut_tray.core.clock import Clock
from autocut_tray.core.egress.consent import Consent, Purpose
from autocut_tray.core.egress.desk import ConsentDesk, Place, Waiting
from autocut_tray.core.egress.door import Door
from autocut_tray.core.errors import StorageError
from autocut_tray.core.jobs.store import JobStore
from autocut_tray.core.messages import Message
from autocut_tray.core.paths import Paths
from autocut_tray.core.policy.policy import Route
from autocut_tray.core.policy.resolver import resolve
from autocut_tray.core.runtime.profile_json import ProfileStore
from autocut_tray.core.settings.schema import Settings
from autocut_tray.core.settings.secrets import KeyStore

log = logging.getLogger(__name__)


def consents_in_force(door: Door) -> tuple[Consent, ...]:
    """What the policy may count on; nothing while that cannot be read."""
    try:
        return door.effective()
    except StorageError as error:
        log.warning("Consents cannot be read, so none holds: %s", error)
        return ()


def cloud_refusal(settings: Settings, keys: KeyStore, door: Door, route: Route) -> Message | None:
    """Why this route must not leave the machine now; None when it may."""
    where = server(settings, keys, route.backend)
    return door.shortage(destination_of(route.backend, route.model, where, Purpose.VISION))


def waiting(store: JobStore, paths: Paths) -> Waiting:
    """The key frames that would be sent first if pictures were allowed now. Raises StorageError."""
    sizes: list[int] = []
    for name in store.waiting_pictures():
        with suppress(OSError):
            sizes.append((paths.thumbnails / name).stat().st_size)
    return Waiting(len(sizes), sum(sizes))


@contextmanager
def desk_alone(paths: Paths, settings: Settings, keys: KeyStore, clock: Clock) -> Iterator[ConsentDesk]:
    """Consents and ledger for a command or a library call without services. Raises StorageError."""
    paths.create()
    store = JobStore(paths.app_database, clock)
    try:
        door = Door(store.database, clock, caps=lambda: caps(settings))

        def stored_places() -> tuple[Place, ...]:
            profile = ProfileStore(paths.profile_file).load()
            policy = resolve(profile, wishes(settings, keys, consents_in_force(door))) if profile else None
            return places(settings, keys, profile, policy)

        yield ConsentDesk(door, stored_places, lambda: waiting(store, paths))
    finally:
        store.close()
