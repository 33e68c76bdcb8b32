"""What this machine has measured about models, and what is known about them where it has not yet: pure.

A figure belongs to one build of a model, on one server, on one device: another quantization, another size of the
file, another card or driver is another :class:`Subject`, so that nothing stale is ever looked up.

Seconds per scene are wall time: what a scene took, divided among those that ran beside it on the same server. They
hold for the number of requests side by side that this machine uses, and add up to the time that a clip takes.
"""

from __future__ import annotations

import enum
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType

from autocut_tray.core.frozen import frozen
from autocut_tray.core.policy import models
from autocut_tray.core.policy.governor_types import Tier
from autocut_tray.core.policy.models import Span
from autocut_tray.core.policy.policy import CloudBackend, Route
from autocut_tray.core.runtime.explain import host_name
from autocut_tray.core.runtime.profile import Backend, GpuKind, Model, RuntimeProfile, primary_gpu, whole_gib

KEPT = 50
"""The newest readings of one figure that count."""

KEPT_DAYS = 180.0
"""Older readings are forgotten: the machine around them has changed."""

RECENT_LOADS = 10
"""Readings of memory that count; the largest of them is what a model may take again."""

MARGIN_SHARE = 0.1
MARGIN_MIB = 256.0
"""Kept free beyond a measured need, whichever is more: a server does not count the driver's own context."""

_OUTLIERS_FROM = 5
"""Readings below this many are too few to say which of them is the odd one."""

_DAY = 86_400.0


class Kind(enum.Enum):
    """What is measured. ``SECONDS``: wall time of a scene. ``VRAM``, ``RAM``: MiB that a loaded model takes."""

    SECONDS = "seconds"
    VRAM = "vram"
    RAM = "ram"


LEAST: Mapping[Kind, int] = MappingProxyType({Kind.SECONDS: 3, Kind.VRAM: 1, Kind.RAM: 1})
"""Readings that make a figure. Scenes differ; the memory of a loaded model is counted by its server, not sampled."""

_LARGEST: Mapping[Kind, float] = MappingProxyType(
    {Kind.SECONDS: 86_400.0, Kind.VRAM: 2.0**24, Kind.RAM: 2.0**24}
)
"""A day and 16 TiB: beyond these a reading is a fault."""


def plausible(kind: Kind, value: float) -> bool:
    """False for what no machine can have measured: nothing, less, not a number, or beyond all measure."""
    return math.isfinite(value) and 0.0 < value <= _LARGEST[kind]


@frozen
class Subject:
    """What a figure is about. ``build``: quantization and size of the model; ``device``: what it runs on."""

    backend: Backend | CloudBackend
    model: str
    build: str
    device: str
    tier: Tier


def subject(profile: RuntimeProfile, backend: Backend | CloudBackend, model: str, tier: Tier) -> Subject:
    """The subject of measurements of ``model`` on this machine as it is now."""
    if not isinstance(backend, Backend):
        return Subject(backend, model, "", backend.value, tier)
    return Subject(
        backend, model, _build(_offered(profile, backend, model)), _device(profile, backend, tier), tier
    )


def _offered(profile: RuntimeProfile, backend: Backend, name: str) -> Model:
    """The model as its server lists it; its bare name where it does not."""
    return next((m for m in profile.server(backend).models if m.name == name), Model(name))


def _build(model: Model) -> str:
    return f"{model.quantization or '?'} {model.size_bytes or '?'}"


def _device(profile: RuntimeProfile, backend: Backend, tier: Tier) -> str:
    """The processor, the card with its driver, or both where the server decides which of them works; for models
    elsewhere the host."""
    if tier is Tier.CLOUD:
        return host_name(profile.server(backend).host)
    gpu = primary_gpu(profile.gpus)
    card = None
    if gpu is not None:
        # Two cards of one name differ in their memory (an "RTX 4060 Ti" has 8 or 16 GB).
        card = (
            f"{gpu.name or gpu.vendor or '?'}, {whole_gib(gpu.vram_total_mib) or '?'} GB, {gpu.driver or '?'}"
        )
    if tier is Tier.GPU:
        return card or "?"
    processor = f"{profile.cpu.name or '?'}, {profile.cpu.threads or '?'}"
    shared = gpu is not None and gpu.kind is GpuKind.UNIFIED
    return f"{processor} + {card}" if card and (shared or backend is Backend.LMSTUDIO) else processor


@frozen
class Reading:
    """``at``: seconds since the Unix epoch. ``value``: seconds or MiB."""

    at: float
    value: float


@frozen
class Figure:
    """What the readings of one subject come to.

    ``n``: those that count, outliers left out. ``spread``: the middle half of them. ``peak``: the largest of them.
    ``updated``: the newest, seconds since the Unix epoch.
    """

    kind: Kind
    subject: Subject
    n: int
    median: float
    spread: Span
    peak: float
    updated: float

    @property
    def measured(self) -> bool:
        """True when there are enough readings to be believed."""
        return self.n >= LEAST[self.kind]


def current(readings: Iterable[Reading], kind: Kind, now: float) -> tuple[Reading, ...]:
    """The plausible readings of the last :data:`KEPT_DAYS`, oldest first, at most :data:`KEPT`.

    What lies further ahead than that, because a clock was wrong, is forgotten as well.
    """
    fresh = [
        reading
        for reading in readings
        if plausible(kind, reading.value) and abs(now - reading.at) <= KEPT_DAYS * _DAY
    ]
    return tuple(sorted(fresh, key=lambda reading: reading.at)[-KEPT:])


def summarise(kind: Kind, about: Subject, readings: Sequence[Reading]) -> Figure | None:
    """The figure that follows from :func:`current` readings; None without any."""
    if not readings:
        return None
    from statistics import median  # late: 0.4 MiB, and only for a machine that has measured something

    values = [reading.value for reading in readings]
    kept = sorted(_without_outliers(values) if kind is Kind.SECONDS else values[-RECENT_LOADS:])
    quarter = (len(kept) - 1) // 4
    return Figure(
        kind,
        about,
        len(kept),
        median(kept),
        Span(kept[quarter], kept[-1 - quarter]),
        kept[-1],
        readings[-1].at,
    )


def _without_outliers(values: Sequence[float]) -> Sequence[float]:
    """Those within three (robust) standard deviations of the median, or within half of it: scenes do differ.

    1.4826 makes the median absolute deviation a standard deviation (Rousseeuw and Croux 1993).
    """
    if len(values) < _OUTLIERS_FROM:
        return values
    from statistics import median

    middle = median(values)
    deviation = median(abs(value - middle) for value in values)
    reach = max(3 * 1.4826 * deviation, middle / 2)
    return [value for value in values if abs(value - middle) <= reach]


class Figures:
    """All figures of this machine at one moment; never changes."""

    __slots__ = ("_found",)

    def __init__(self, found: Iterable[Figure] = ()) -> None:
        self._found = {(figure.kind, figure.subject): figure for figure in found}

    def get(self, kind: Kind, about: Subject) -> Figure | None:
        """However few its readings are."""
        return self._found.get((kind, about))

    def measured(self, kind: Kind, about: Subject) -> Figure | None:
        """None while there are too few readings to be believed."""
        figure = self.get(kind, about)
        return figure if figure is not None and figure.measured else None

    def with_figure(self, figure: Figure) -> Figures:
        return Figures((*self._found.values(), figure))

    def __iter__(self) -> Iterator[Figure]:
        return iter(self._found.values())

    def __len__(self) -> int:
        return len(self._found)


NOTHING_MEASURED = Figures()


@frozen
class Known:
    """A figure as far as it is known: from ``n`` readings of this machine, or with ``n`` 0 an estimate.

    ``span``: from low to high, in seconds or MiB. ``expected``: what to reckon with; for memory more than ``low``.
    """

    span: Span
    expected: float
    n: int = 0

    @property
    def measured(self) -> bool:
        return self.n > 0

    @property
    def source(self) -> str:
        """``measured`` or ``estimate``, for texts."""
        return "measured" if self.measured else "estimate"


class MachineFigures:
    """What is known about models on one machine: measured where that has happened, else the known estimates."""

    __slots__ = ("_figures", "_profile")

    def __init__(self, profile: RuntimeProfile, figures: Figures = NOTHING_MEASURED) -> None:
        self._profile = profile
        self._figures = figures

    def seconds(self, route: Route) -> Known | None:
        """A scene on this route; None where nobody has measured one."""
        return self.seconds_of(route.backend, route.model, route.tier)

    def seconds_of(self, backend: Backend | CloudBackend, model: str, tier: Tier) -> Known | None:
        about = subject(self._profile, backend, model, tier)
        figure = self._figures.measured(Kind.SECONDS, about)
        if figure is not None:
            shown = Span(_shown_seconds(figure.spread.low), _shown_seconds(figure.spread.high))
            return Known(shown, figure.median, figure.n)
        return _estimate(models.seconds_per_scene(model, tier))

    def memory(self, backend: Backend, model: Model, tier: Tier) -> Known | None:
        """MiB that the model takes while it works: of VRAM on the GPU, of RAM on the CPU."""
        kind = Kind.VRAM if tier is Tier.GPU else Kind.RAM
        figure = self._figures.measured(kind, subject(self._profile, backend, model.name, tier))
        if figure is not None:
            margin = max(figure.peak * MARGIN_SHARE, MARGIN_MIB)
            return Known(Span(figure.peak, figure.peak), figure.peak + margin, figure.n)
        needs = models.needs(model)
        return _estimate(needs.vram_mib if kind is Kind.VRAM else needs.ram_mib)

    def memory_on(self, route: Route) -> Known | None:
        """The same for the model of a route; None for one that is not on this machine."""
        if route.leaves_machine or not isinstance(route.backend, Backend):
            return None
        return self.memory(route.backend, _offered(self._profile, route.backend, route.model), route.tier)


def _estimate(span: Span | None) -> Known | None:
    return None if span is None else Known(span, (span.low + span.high) / 2)


def _shown_seconds(seconds: float) -> float:
    """As exact as a person reads it: ``0.73``, ``2.4``, ``12``."""
    if seconds >= 10:
        return float(round(seconds))
    return max(0.01, round(seconds, 1 if seconds >= 1 else 2))
