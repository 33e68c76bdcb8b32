"""Reports of what is stored, for programs without services of their own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from autocut_tray.core.analyzers.leave import caps, wishes
from autocut_tray.core.clock import Clock
from autocut_tray.core.egress.consents import peek
from autocut_tray.core.egress.ledger import Ledger
from autocut_tray.core.jobs.store import JobStore
from autocut_tray.core.monitor.history import History
from autocut_tray.core.paths import Paths
from autocut_tray.core.policy.figure_store import FigureStore
from autocut_tray.core.policy.limits import limits_in_force
from autocut_tray.core.policy.resolver import resolve
from autocut_tray.core.report.facts import Sources
from autocut_tray.core.runtime.profile_json import ProfileStore
from autocut_tray.core.settings.schema import Settings
from autocut_tray.core.settings.secrets import KeyStore


@contextmanager
def stored_sources(paths: Paths, settings: Settings, clock: Clock) -> Iterator[Sources]:
    """What the last run left, or what a running program has written so far. Raises StorageError."""
    paths.create()
    with ExitStack() as closing:
        history = History(paths.metrics_database, clock, retention_days=settings.monitor.retention_days)
        closing.callback(history.close)
        store = JobStore(paths.app_database, clock)
        closing.callback(store.close)
        profile = ProfileStore(paths.profile_file).load()
        policy = None
        if profile is not None:
            asked = wishes(settings, KeyStore.of(paths), peek(paths.app_database))
            policy = resolve(profile, asked, FigureStore(paths.figures_file, clock).figures)
        yield Sources(
            history,
            store,
            Ledger(store.database, clock),
            caps(settings),
            limits_in_force(settings.limits),
            profile,
            policy,
        )
