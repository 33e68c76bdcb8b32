"""One list of adapters from what several sources say about them.

The rule. The same adapter is known again by its place on the PCI bus, else by its vendor and device numbers, else by
its name, else, where a source tells neither, by being the next of its vendor. For its total the most direct source
wins: NVML, then DXGI or the kernel, then the registry or a system report, then GPUtil. What is used comes from the
source of the total, or from the other. Totals of a card that differ by more than 5 % lower the confidence by a step,
and both are reported. Figures that cannot be true are unknown before they come here (``figures``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from autocut_tray.core.frozen import frozen
from autocut_tray.core.runtime.probes.figures import part_mib
from autocut_tray.core.runtime.profile import Confidence, Gpu, GpuKind

DISAGREEMENT = 0.05
"""Share of the larger total. DXGI leaves out what the driver keeps for itself: 1-4 % of what NVML says."""

_TRUST = {"nvml": 0, "dxgi": 1, "sysfs": 1, "drm": 1, "registry": 2, "system_profiler": 2, "gputil": 3}
_LOWER = {Confidence.EXACT: Confidence.DERIVED, Confidence.DERIVED: Confidence.GUESS}
_NOISE = re.compile(r"\((?:tm|r|c)\)|\b(?:corporation|nvidia|amd|intel)\b|[^a-z0-9]+")


@frozen
class Sighting:
    """One source's word about one adapter, and by what it is known again in another source's list.

    ``bus``: its place, as ``pci`` writes it. ``ids``: its PCI vendor and device number.
    """

    gpu: Gpu
    bus: str | None = None
    ids: tuple[int, int] | None = None


Sightings = tuple[Sighting, ...]


@frozen
class Reconciled:
    """Every adapter once. ``notes``: where sources disagree, with both figures."""

    adapters: Sightings
    notes: tuple[str, ...] = ()

    @property
    def gpus(self) -> tuple[Gpu, ...]:
        return tuple(adapter.gpu for adapter in self.adapters)


def reconcile(first: Sequence[Sighting], second: Sequence[Sighting]) -> Reconciled:
    """Both lists as one, in the order of ``first``; what only ``second`` has comes after."""
    partner = _pairs(first, second)
    notes: list[str] = []
    adapters = [
        _combine(seen, second[partner[index]], notes) if index in partner else seen
        for index, seen in enumerate(first)
    ]
    taken = set(partner.values())
    adapters += (seen for index, seen in enumerate(second) if index not in taken)
    return Reconciled(tuple(adapters), tuple(notes))


def _pairs(first: Sequence[Sighting], second: Sequence[Sighting]) -> dict[int, int]:
    """For places in ``first`` the place of the same adapter in ``second``."""
    found: dict[int, int] = {}

    def pair(same: Callable[[Sighting, Sighting], bool]) -> None:
        for i, a in enumerate(first):
            if i in found:
                continue
            for j, b in enumerate(second):
                if j not in found.values() and same(a, b):
                    found[i] = j
                    break

    def only_ones(a: Sighting, b: Sighting) -> bool:
        """Each is the last of its kind on its side: their places differ because a source counts buses its own way."""
        left = [x for i, x in enumerate(first) if i not in found and x.ids == a.ids]
        right = [x for j, x in enumerate(second) if j not in found.values() and x.ids == a.ids]
        return a.ids is not None and a.ids == b.ids and len(left) == len(right) == 1

    pair(lambda a, b: a.bus is not None and a.bus == b.bus)
    pair(lambda a, b: a.ids is not None and a.ids == b.ids and None in (a.bus, b.bus))
    pair(only_ones)
    pair(lambda a, b: _may_be_same(a, b) and _plain_name(a.gpu) == _plain_name(b.gpu))
    pair(_may_be_same)
    return found


def _may_be_same(a: Sighting, b: Sighting) -> bool:
    """Nothing speaks against it: one vendor, and at least one of the two tells neither place nor number."""
    if a.gpu.vendor is None or a.gpu.vendor != b.gpu.vendor:
        return False
    known_apart = (a.bus and b.bus) or (a.ids and b.ids)
    kinds = {a.gpu.kind, b.gpu.kind} - {None}
    return not known_apart and len(kinds) < 2


def _plain_name(gpu: Gpu) -> str:
    """``RTX 4060`` and ``NVIDIA GeForce(TM) RTX 4060`` differ by one word only: vendor and marks are left out."""
    return _NOISE.sub(" ", (gpu.name or "").lower()).strip()


def _combine(a: Sighting, b: Sighting, notes: list[str]) -> Sighting:
    """One adapter of two sources; names and drivers are those of ``a`` where it tells them."""
    best, other = sorted((a.gpu, b.gpu), key=_by_trust)
    total, confidence = best.vram_total_mib, best.confidence
    if _disagree(best, other):
        confidence = _LOWER.get(confidence, confidence) if confidence is not None else None
        notes.append(
            f"{a.gpu.name or b.gpu.name or a.gpu.vendor}: {best.source} says {total} MiB, "
            f"{other.source} {other.vram_total_mib} MiB"
        )
    used = best.vram_used_mib
    if used is None and total is not None:
        used = part_mib(other.vram_used_mib, total)
    gpu = replace(
        a.gpu,
        name=a.gpu.name or b.gpu.name,
        kind=a.gpu.kind or b.gpu.kind,
        vram_total_mib=total,
        vram_used_mib=used,
        driver=a.gpu.driver or b.gpu.driver,
        source=best.source,
        confidence=confidence,
        index=best.index,
    )
    return Sighting(gpu, a.bus or b.bus, a.ids or b.ids)


def _by_trust(gpu: Gpu) -> tuple[bool, int]:
    """Those with a total first; among equals the order given stays."""
    return gpu.vram_total_mib is None, _TRUST.get(gpu.source or "", len(_TRUST))


def _disagree(a: Gpu, b: Gpu) -> bool:
    """Only cards: of an integrated adapter each source counts another share of main memory."""
    one, two = a.vram_total_mib, b.vram_total_mib
    if (
        one is None
        or two is None
        or GpuKind.INTEGRATED in (a.kind, b.kind)
        or GpuKind.UNIFIED in (a.kind, b.kind)
    ):
        return False
    return abs(one - two) > DISAGREEMENT * max(one, two)
