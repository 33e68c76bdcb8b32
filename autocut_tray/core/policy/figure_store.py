"""What this machine has measured, on disk: a small file that costs nothing but what was learned when it is lost."""

from __future__ import annotations

import json
import logging
import threading
from pathlib import Path
from typing import Any

from autocut_tray.core.clock import Clock
from autocut_tray.core.files import write_atomic
from autocut_tray.core.policy.figures import (
    Figure,
    Figures,
    Kind,
    Reading,
    Subject,
    current,
    plausible,
    summarise,
)
from autocut_tray.core.policy.governor_types import Tier
from autocut_tray.core.policy.policy import CloudBackend
from autocut_tray.core.runtime.profile import Backend

log = logging.getLogger(__name__)

SCHEMA = 1

MOST_FIGURES = 200
"""The figures longest without a reading are forgotten beyond this many: three a model and tier fill no machine."""

SAVE_SECONDS = 10.0
"""Readings of at most this long are lost with a crash."""

_MAX_BYTES = 4 * 1024 * 1024
"""A file with all figures full is a quarter of this."""

_BACKENDS: dict[str, Backend | CloudBackend] = {
    **{backend.value: backend for backend in Backend},
    **{backend.value: backend for backend in CloudBackend},
}

_Readings = dict[tuple[Kind, Subject], tuple[Reading, ...]]


class FigureStore:
    """Readings and the figures that follow from them. Safe to use from several threads; never raises."""

    def __init__(self, file: Path, clock: Clock) -> None:
        self._file = file
        self._clock = clock
        self._lock = threading.Lock()
        self._saving = threading.Lock()
        self._readings = _load(file, clock.time())
        self._saved_at: float | None = None
        self._unsaved = False
        self._failed = False
        summaries = (summarise(kind, about, found) for (kind, about), found in self._readings.items())
        self._figures = Figures(figure for figure in summaries if figure is not None)

    @property
    def figures(self) -> Figures:
        """All that is known now; the returned value never changes."""
        return self._figures

    def add(self, kind: Kind, about: Subject, value: float) -> Figure | None:
        """Keep a reading; returns the figure as it is with it, None for a reading that cannot be."""
        if not plausible(kind, value):
            return None
        now = self._clock.time()
        with self._lock:
            before = self._readings.pop((kind, about), ())
            found = current((*before, Reading(now, value)), kind, now)
            self._readings[kind, about] = (
                found  # at the end: the dictionary is in the order of the last readings
            )
            figure = summarise(kind, about, found)
            if len(self._readings) > MOST_FIGURES:
                del self._readings[next(iter(self._readings))]
                self._figures = Figures(f for f in self._figures if (f.kind, f.subject) in self._readings)
            if figure is not None:
                self._figures = self._figures.with_figure(figure)
            self._unsaved = True
            t = self._clock.monotonic()
            due = self._saved_at is None or t - self._saved_at >= SAVE_SECONDS
            if due:
                self._saved_at = t
        if due:
            self.save()
        return figure

    def save(self) -> None:
        """Write what is not yet on disk; a disk that does not take it is told to the log, once."""
        with self._saving:
            with self._lock:
                if not self._unsaved:
                    return
                self._unsaved = False
                document = {"schema": SCHEMA, "figures": [_entry(*item) for item in self._readings.items()]}
            try:
                write_atomic(self._file, json.dumps(document, separators=(",", ":")).encode())
            except OSError as error:
                with self._lock:
                    self._unsaved = True
                if not self._failed:
                    log.warning("What this machine has measured is not saved: %s", error)
                self._failed = True
            else:
                self._failed = False

    close = save


def _entry(key: tuple[Kind, Subject], readings: tuple[Reading, ...]) -> dict[str, Any]:
    kind, about = key
    return {
        "kind": kind.value,
        "backend": about.backend.value,
        "model": about.model,
        "build": about.build,
        "device": about.device,
        "tier": about.tier.value,
        "readings": [[round(reading.at, 1), round(reading.value, 4)] for reading in readings],
    }


def _load(file: Path, now: float) -> _Readings:
    """What is in the file and still counts; entries that make no sense are left out one by one."""
    try:
        if file.stat().st_size > _MAX_BYTES:
            raise ValueError("it is far too large")
        document = json.loads(file.read_bytes())
        entries = document["figures"]
        if document["schema"] != SCHEMA or not isinstance(entries, list):
            raise ValueError("it is of another version")
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        log.warning("What this machine had measured is lost: %s", error)
        return {}
    found: _Readings = {}
    lost = 0
    for entry in entries:
        try:
            key, readings = _parse(entry)
        except (ValueError, KeyError, TypeError, OverflowError):
            lost += 1
            continue
        kept = current(readings, key[0], now)
        if kept:
            found[key] = kept
    if lost:
        log.warning("%s figures that this machine had measured make no sense and are lost", lost)
    newest = sorted(found.items(), key=lambda item: item[1][-1].at)[-MOST_FIGURES:]
    return dict(newest)


def _parse(entry: Any) -> tuple[tuple[Kind, Subject], list[Reading]]:
    words = [entry[name] for name in ("model", "build", "device")]
    if not all(isinstance(word, str) for word in words):
        raise TypeError("a name is no text")
    model, build, device = words
    about = Subject(_BACKENDS[entry["backend"]], model, build, device, Tier(entry["tier"]))
    return (Kind(entry["kind"]), about), [Reading(float(at), float(value)) for at, value in entry["readings"]]
