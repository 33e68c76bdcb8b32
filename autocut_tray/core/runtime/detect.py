"""Looks at the machine: all probes side by side, each with its own time limit."""

from __future__ import annotations

import logging
import threading
from typing import Generic, TypeVar

from autocut_tray.core.clock import Clock
from autocut_tray.core.runtime.bounded import BoundedCall, Ended, Run
from autocut_tray.core.runtime.changes import changes_between
from autocut_tray.core.runtime.probes import Probes
from autocut_tray.core.runtime.probes.answer import Answer, Probe
from autocut_tray.core.runtime.probes.gpu import merge
from autocut_tray.core.runtime.profile import (
    Outcome,
    ProbeReport,
    RuntimeProfile,
    classify,
    models_are_remote,
)

log = logging.getLogger(__name__)

T = TypeVar("T", covariant=True)

_CLOSE_SECONDS = 1.0


class Detector:
    """Makes profiles of this machine. A probe that hangs or raises costs its own fact only.

    A hung one is left to itself and not started again until it has ended. Safe to use from several threads,
    which then wait for each other.
    """

    def __init__(self, probes: Probes, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._cpu = _Asked(probes.cpu, clock)
        self._memory = _Asked(probes.memory, clock)
        self._gpu = _Asked(probes.gpu, clock)
        self._nvidia = _Asked(probes.nvidia, clock)
        self._ollama = _Asked(probes.ollama, clock)
        self._lmstudio = _Asked(probes.lmstudio, clock)
        self._editors = _Asked(probes.editors, clock)

    def detect(self, previous: RuntimeProfile | None, *, chosen_by_person: bool = False) -> RuntimeProfile:
        """The machine now; takes as long as the slowest probe, at most its limit.

        ``previous``: to say what changed since. ``chosen_by_person``: the person chose where each task runs.
        """
        with self._lock:
            for asked in self._all:
                asked.start()
            cpu, memory = self._cpu.answer(), self._memory.answer()
            gpus = merge(self._nvidia.answer(), self._gpu.answer())
            ollama, lmstudio = self._ollama.answer(), self._lmstudio.answer()
            editors = self._editors.answer()
            reports = tuple(asked.report for asked in self._all)
        profile_class = classify(
            gpus, models_remote=models_are_remote((ollama, lmstudio)), chosen_by_person=chosen_by_person
        )
        profile = RuntimeProfile(
            detected_at=self._clock.time(),
            cpu=cpu,
            memory=memory,
            gpus=gpus,
            ollama=ollama,
            lmstudio=lmstudio,
            davinci=editors.davinci,
            other_editors=editors.others,
            profile_class=profile_class,
            probes=reports,
        )
        return profile if previous is None else profile.with_changes(changes_between(previous, profile))

    def close(self) -> None:
        """Ask hung probes to end and wait a second for them; those that still hang end with the process."""
        until = self._clock.monotonic() + _CLOSE_SECONDS
        for asked in self._all:
            if not asked.close(max(until - self._clock.monotonic(), 0.0)):
                log.warning("The %s probe still hangs", asked.report.name)

    @property
    def _all(self) -> tuple[_Asked[object], ...]:
        return self._cpu, self._memory, self._gpu, self._nvidia, self._ollama, self._lmstudio, self._editors


class _Asked(Generic[T]):
    """One probe, from question to report."""

    def __init__(self, probe: Probe[T], clock: Clock) -> None:
        self._probe = probe
        self._clock = clock
        self._call: BoundedCall[Answer[T]] = BoundedCall(f"probe-{probe.name}", probe.ask, clock)
        self._run: Run[Answer[T]] | None = None
        self._until = 0.0
        self.report = ProbeReport(probe.name, Outcome.TIMEOUT, 0)

    def start(self) -> None:
        self._run = self._call.start()
        self._until = self._clock.monotonic() + self._probe.limit

    def answer(self) -> T:
        """Wait for the fact, and know nothing when it does not come."""
        if self._run is None:
            return self._without(Outcome.TIMEOUT, 0.0, "the last run has not ended yet")
        ended = self._run.wait(self._until - self._clock.monotonic())
        if ended is None:
            return self._without(Outcome.TIMEOUT, self._probe.limit, f"no answer in {self._probe.limit:g} s")
        return self._take(ended)

    def close(self, timeout: float) -> bool:
        return self._call.close(timeout)

    def _take(self, ended: Ended[Answer[T]]) -> T:
        if ended.value is None:
            error = ended.error
            log.warning("The %s probe failed", self._probe.name, exc_info=error)
            return self._without(Outcome.FAILED, ended.seconds, f"{type(error).__name__}: {error}")
        answer = ended.value
        self.report = ProbeReport(
            self._probe.name, answer.outcome, round(ended.seconds * 1000), answer.detail
        )
        return answer.fact

    def _without(self, outcome: Outcome, seconds: float, detail: str) -> T:
        self.report = ProbeReport(self._probe.name, outcome, round(seconds * 1000), detail)
        return self._probe.unknown()
