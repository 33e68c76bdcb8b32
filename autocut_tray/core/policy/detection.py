"""Keeps the profile and the policy that follows from it: at launch, on demand, and when settings change."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from autocut_tray.core.errors import AutoCutError
from autocut_tray.core.events import EventBus
from autocut_tray.core.frozen import frozen
from autocut_tray.core.policy.explain import Explanation, explain
from autocut_tray.core.policy.figures import NOTHING_MEASURED, Figures
from autocut_tray.core.policy.policy import ExecutionPolicy
from autocut_tray.core.policy.resolver import resolve
from autocut_tray.core.policy.wishes import Wishes
from autocut_tray.core.runtime.profile import RuntimeProfile
from autocut_tray.core.sample import MetricsSample

log = logging.getLogger(__name__)


@frozen
class DetectionStarted:
    """Event: probes are running."""


@frozen
class ProfileChanged:
    """Event: the machine was looked at, measured something, or the person's wishes changed; the policy follows.

    ``only_words``: only reasons and figures read differently; work goes on as it did.
    """

    profile: RuntimeProfile
    policy: ExecutionPolicy
    explanation: Explanation
    only_words: bool = False


class ProfileSource(Protocol):
    """Looks at the machine; see :class:`autocut_tray.core.runtime.detect.Detector`."""

    def detect(self, previous: RuntimeProfile | None) -> RuntimeProfile: ...


class ProfileFile(Protocol):
    """Where the last profile is kept."""

    def load(self) -> RuntimeProfile | None:
        """None when there is none, or none that can be read."""

    def save(self, profile: RuntimeProfile) -> None:
        """Raises OSError."""


class Detection:
    """The current profile and policy. Reading them never blocks.

    ``figures``: what this machine has measured so far.
    """

    def __init__(
        self,
        source: ProfileSource,
        file: ProfileFile,
        wishes: Callable[[], Wishes],
        bus: EventBus,
        figures: Callable[[], Figures] = lambda: NOTHING_MEASURED,
    ) -> None:
        self._source = source
        self._file = file
        self._wishes = wishes
        self._bus = bus
        self._figures = figures
        self._lock = threading.Lock()
        self._running = threading.Lock()
        self._adopting = threading.RLock()
        self._thread: threading.Thread | None = None
        self._closed = False
        self._again = False
        self._detected: RuntimeProfile | None = None
        self.profile: RuntimeProfile | None = None
        """As detected, with the class that the person's choices make of it."""
        self.policy: ExecutionPolicy | None = None
        self.explanation: Explanation | None = None

    @property
    def detecting(self) -> bool:
        return self._running.locked()

    def detect(self) -> None:
        """Look at the machine in the background; while that is under way, once more when it has ended."""
        with self._lock:
            if self._closed:
                return
            if self._thread is not None and self._thread.is_alive():
                self._again = True
                return
            self._thread = threading.Thread(target=self._detect_in_thread, name="detection")
            self._thread.start()

    def detect_now(self) -> RuntimeProfile:
        """Look at the machine and return when done (about a second)."""
        with self._running:
            self._bus.publish(DetectionStarted())
            previous = self._detected or self._file.load()
            profile = self._source.detect(previous)
            try:
                self._file.save(profile)
            except OSError as error:
                log.warning("The profile is not saved: %s", error)
        self._adopt(profile)
        return profile

    def resolve_again(self) -> None:
        """The person's wishes changed; the machine did not."""
        with self._adopting:
            if self._detected is not None:
                self._adopt(self._detected)

    def explain_again(self) -> None:
        """This machine has measured something; tell only what reads differently now."""
        with self._adopting:
            if self._detected is not None:
                self._adopt(self._detected, learned=True)

    def close(self) -> None:
        """Returns when no detection runs any more."""
        with self._lock:
            self._closed = True
            thread = self._thread
        if thread is not None:
            thread.join()

    def _adopt(self, profile: RuntimeProfile, *, learned: bool = False) -> None:
        """One at a time, the event included, so that the last one told is the one that holds."""
        with self._adopting:
            self._detected = profile
            figures = self._figures()
            policy = resolve(profile, self._wishes(), figures)
            profile = profile.with_class(policy.profile_class)
            explanation = explain(profile, policy, figures)
            before = (self.profile, self.policy, self.explanation)
            if learned and before == (profile, policy, explanation):
                return
            only_words = learned and self.policy is not None and _work(policy) == _work(self.policy)
            self.profile, self.policy, self.explanation = profile, policy, explanation
            self._bus.publish(ProfileChanged(profile, policy, explanation, only_words))

    def _detect_in_thread(self) -> None:
        while True:
            try:
                self.detect_now()
            except AutoCutError:
                log.exception("Detection failed")
            with self._lock:
                if self._closed or not self._again:
                    return
                self._again = False


def _work(policy: ExecutionPolicy) -> ExecutionPolicy:
    """The policy without its words."""
    return replace(policy, reasons=(), recommendations=())


class ServerWatch:
    """Looks again for model servers while there is work and nothing to do it with."""

    def __init__(self, detection: Detection, wanted: Callable[[], bool], *, every: float = 60.0) -> None:
        self._detection = detection
        self._wanted = wanted
        self._every = every
        self._looked_at: float | None = None

    def tick(self, sample: MetricsSample) -> None:
        """One reading of the monitor; at most one detection every ``every`` seconds."""
        policy = self._detection.policy
        if policy is None or policy.routes or not self._wanted():
            self._looked_at = None
            return
        if self._looked_at is None:
            self._looked_at = sample.monotonic
        elif sample.monotonic - self._looked_at >= self._every:
            self._looked_at = sample.monotonic
            self._detection.detect()
