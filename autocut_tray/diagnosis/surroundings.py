"""What the checks look at; tests hand out their own."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping
from contextlib import closing
from typing import Any

from autocut_tray.core.analyzers.leave import wishes
from autocut_tray.core.clock import Clock, SystemClock
from autocut_tray.core.egress.consents import peek
from autocut_tray.core.frozen import frozen
from autocut_tray.core.instance import call_instance
from autocut_tray.core.jobs.ports import Scanner
from autocut_tray.core.media.scanner import WorkerScanner
from autocut_tray.core.paths import Paths
from autocut_tray.core.policy.explain import Explanation, explain
from autocut_tray.core.policy.policy import ExecutionPolicy
from autocut_tray.core.policy.resolver import resolve
from autocut_tray.core.redact import Identity
from autocut_tray.core.runtime.detect import Detector
from autocut_tray.core.runtime.probes import Probes, ServerAddresses, system_probes
from autocut_tray.core.runtime.profile import RuntimeProfile
from autocut_tray.core.settings.secrets import KeyStore
from autocut_tray.core.settings.store import SettingsStore
from autocut_tray.i18n import Translator

Json = dict[str, Any]

WORKER_SECONDS = 5.0


@frozen
class Seen:
    """This machine and what follows from it."""

    profile: RuntimeProfile
    policy: ExecutionPolicy
    explanation: Explanation


class Detected:
    """One detection for all checks that need it: the first one makes it, the others wait. Nothing is saved."""

    def __init__(self, look: Callable[[], Seen]) -> None:
        self._look = look
        self._lock = threading.Lock()
        self._seen: Seen | None = None

    def get(self) -> Seen:
        with self._lock:
            if self._seen is None:
                self._seen = self._look()
            return self._seen


@frozen
class Surroundings:
    """``ask``: puts a question to the running instance; None when there is none."""

    paths: Paths
    settings: SettingsStore
    keys: KeyStore
    translator: Translator
    clock: Clock
    environ: Mapping[str, str]
    identity: Identity
    probes: Probes
    scanner: Scanner
    ask: Callable[[Json], Json | None]
    detected: Detected

    @classmethod
    def of(
        cls,
        paths: Paths,
        settings: SettingsStore,
        translator: Translator,
        *,
        environ: Mapping[str, str] = os.environ,
        probes: Probes | None = None,
        scanner: Scanner | None = None,
        identity: Identity | None = None,
    ) -> Surroundings:
        """Those of this program, on this machine."""
        clock = SystemClock()
        keys = KeyStore.of(paths, environ)

        def addresses() -> ServerAddresses:
            wanted = settings.current.models
            return ServerAddresses(wanted.ollama_host, wanted.lmstudio_host, keys.get("lmstudio"))

        used = probes or system_probes(clock, addresses)

        def look() -> Seen:
            with closing(Detector(used, clock)) as detector:
                profile = detector.detect(None)
            policy = resolve(profile, wishes(settings.current, keys, peek(paths.app_database)))
            profile = profile.with_class(policy.profile_class)
            return Seen(profile, policy, explain(profile, policy))

        return cls(
            paths=paths,
            settings=settings,
            keys=keys,
            translator=translator,
            clock=clock,
            environ=environ,
            identity=identity or Identity.of_this_person(environ),
            probes=used,
            scanner=scanner or WorkerScanner(clock, silence=WORKER_SECONDS),
            ask=lambda request: call_instance(paths.instance_file, request),
            detected=Detected(look),
        )
