"""One adapter, several sources: known again, and whose figure counts."""

from __future__ import annotations

from dataclasses import replace

import pytest

from autocut_tray.core.runtime.probes.reconcile import Reconciled, Sighting, reconcile
from autocut_tray.core.runtime.profile import Confidence, Gpu, GpuKind, ProfileClass, classify
from tests.runtime.profiles import RTX_4060, UHD_770

IDS = (0x10DE, 0x2882)
EXACT, DERIVED, GUESS = Confidence.EXACT, Confidence.DERIVED, Confidence.GUESS


def card(
    source: str,
    total: int | None = None,
    used: int | None = None,
    *,
    name: str | None = "NVIDIA GeForce RTX 4060",
    bus: str | None = None,
    ids: tuple[int, int] | None = None,
    confidence: Confidence | None = EXACT,
    driver: str | None = None,
    index: int = 0,
    kind: GpuKind | None = GpuKind.DISCRETE,
    vendor: str | None = "NVIDIA",
) -> Sighting:
    known = confidence if total is not None else None
    return Sighting(Gpu(name, vendor, kind, total, used, driver, source, known, index), bus, ids)


def one(result: Reconciled) -> Gpu:
    (gpu,) = result.gpus
    return gpu


def test_nvml_and_dxgi_see_one_card() -> None:
    nvml = card("nvml", 8188, 1033, bus="0000:01:00.0", ids=IDS, driver="560.94")
    dxgi = card("dxgi", 7957, 990, bus="0000:01:00.0", ids=IDS, index=3)
    result = reconcile([nvml], [dxgi])
    assert one(result) == nvml.gpu
    assert result.notes == (), "2.8 % is what the driver keeps for itself"


@pytest.mark.parametrize(
    ("best", "worse"),
    [
        (("nvml", EXACT), ("dxgi", EXACT)),
        (("nvml", EXACT), ("registry", DERIVED)),
        (("dxgi", EXACT), ("registry", DERIVED)),
        (("dxgi", EXACT), ("gputil", DERIVED)),
        (("registry", DERIVED), ("gputil", DERIVED)),
    ],
)
def test_the_most_direct_source_wins_whichever_came_first(
    best: tuple[str, Confidence], worse: tuple[str, Confidence]
) -> None:
    a = card(best[0], 8192, 100, bus="0000:01:00.0", confidence=best[1], index=4)
    b = card(worse[0], 8000, 200, bus="0000:01:00.0", confidence=worse[1], index=5)
    for gpu in (one(reconcile([a], [b])), one(reconcile([b], [a]))):
        assert (gpu.vram_total_mib, gpu.vram_used_mib, gpu.source) == (8192, 100, best[0])
        assert (gpu.confidence, gpu.index) == (best[1], 4)


@pytest.mark.parametrize(("before", "after"), [(EXACT, DERIVED), (DERIVED, GUESS), (GUESS, GUESS)])
def test_a_disagreement_costs_confidence_and_is_told(before: Confidence, after: Confidence) -> None:
    a = card("dxgi", 4096, confidence=before, ids=IDS)
    b = card("registry", 2048, ids=IDS, confidence=DERIVED)
    result = reconcile([a], [b])
    assert (one(result).vram_total_mib, one(result).confidence) == (4096, after)
    assert result.notes == ("NVIDIA GeForce RTX 4060: dxgi says 4096 MiB, registry 2048 MiB",)


@pytest.mark.parametrize(("other", "agrees"), [(7783, True), (7782, True), (7781, False), (8623, False)])
def test_five_percent_is_no_disagreement(other: int, agrees: bool) -> None:
    result = reconcile([card("nvml", 8192 - 1, ids=IDS)], [card("dxgi", other, ids=IDS)])
    assert bool(result.notes) is not agrees
    assert (one(result).confidence is EXACT) is agrees


def test_what_one_source_does_not_know_the_other_tells() -> None:
    kernel = card("sysfs", driver="560.35.03", bus="0000:01:00.0", ids=IDS, index=1)
    nvml = card("nvml", None, name=None, bus="0000:01:00.0", kind=None)
    gpu = one(reconcile([nvml], [kernel]))
    assert (gpu.name, gpu.kind, gpu.driver) == (
        "NVIDIA GeForce RTX 4060",
        GpuKind.DISCRETE,
        "560.35.03",
    )
    assert (gpu.source, gpu.index, gpu.vram_total_mib) == ("nvml", 0, None)


def test_what_is_used_comes_from_the_other_where_it_can_be_true() -> None:
    total = card("registry", 8192, ids=IDS)
    assert one(reconcile([total], [card("gputil", 8000, 700)])).vram_used_mib == 700
    assert one(reconcile([total], [card("gputil", 16000, 9000)])).vram_used_mib is None


def test_a_refused_total_falls_to_the_next_source_with_its_place_in_that_list() -> None:
    gpu = one(reconcile([card("nvml", None, ids=IDS)], [card("dxgi", 7957, 900, ids=IDS, index=2)]))
    assert (gpu.vram_total_mib, gpu.vram_used_mib, gpu.source, gpu.index) == (7957, 900, "dxgi", 2)


def test_two_of_one_model_stay_two() -> None:
    name = "NVIDIA GeForce RTX 3090"
    ids = (0x10DE, 0x2204)
    nvml = [
        card("nvml", 24576, 500, name=name, bus="0000:01:00.0", ids=ids),
        card("nvml", 24576, 20000, name=name, bus="0000:41:00.0", ids=ids, index=1),
    ]
    dxgi = [
        card("dxgi", 24348, 19900, name=name, bus="0000:41:00.0", ids=ids),
        card("dxgi", 24348, 480, name=name, bus="0000:01:00.0", ids=ids, index=1),
    ]
    assert reconcile(nvml, dxgi).gpus == tuple(seen.gpu for seen in nvml)
    without_places = [replace(seen, bus=None) for seen in dxgi]
    assert reconcile(nvml, without_places).gpus == tuple(seen.gpu for seen in nvml)
    by_name = [replace(seen, bus=None, ids=None) for seen in nvml]
    assert len(reconcile(by_name, without_places).gpus) == 2


def test_one_of_two_that_is_lost_is_still_listed() -> None:
    name = "NVIDIA GeForce RTX 3090"
    ids = (0x10DE, 0x2204)
    nvml = [card("nvml", 24576, 500, name=name, bus="0000:41:00.0", ids=ids)]
    kernel = [
        card("sysfs", name=name, bus="0000:01:00.0", ids=ids),
        card("sysfs", name=name, bus="0000:41:00.0", ids=ids, index=1),
    ]
    alive, lost = reconcile(nvml, kernel).gpus
    assert (alive.vram_total_mib, alive.source) == (24576, "nvml")
    assert (lost.vram_total_mib, lost.source, lost.index) == (None, "sysfs", 0)


def test_both_adapters_of_a_laptop_stay_apart() -> None:
    integrated = Sighting(UHD_770, "0000:00:02.0", (0x8086, 0x4680))
    nvml = card("nvml", 8188, ids=IDS, bus="0000:01:00.0")
    result = reconcile([nvml], [integrated, card("sysfs", bus="0000:01:00.0", ids=IDS)])
    assert result.gpus == (nvml.gpu, UHD_770)


def test_two_adapters_of_one_vendor_stay_apart_by_number() -> None:
    part = card(
        "dxgi", 476, kind=GpuKind.INTEGRATED, vendor="AMD", ids=(0x1002, 0x164E), name="AMD Radeon(TM)"
    )
    own = card("dxgi", 16368, vendor="AMD", ids=(0x1002, 0x73BF), name="AMD Radeon RX 6800", index=1)
    listed = [
        card("registry", 16368, vendor="AMD", ids=(0x1002, 0x73BF), name="AMD Radeon RX 6800", driver="31.0"),
        card("registry", 512, vendor="AMD", ids=(0x1002, 0x164E), kind=GpuKind.INTEGRATED, driver="31.0"),
    ]
    result = reconcile([part, own], listed)
    assert [(gpu.vram_total_mib, gpu.driver) for gpu in result.gpus] == [(476, "31.0"), (16368, "31.0")]
    assert result.notes == (), "what firmware carved out is counted in many ways"


def test_a_source_that_tells_no_place_is_known_by_name_else_by_vendor() -> None:
    kernel = [
        card("sysfs", name="NVIDIA GeForce RTX 4060", bus="0000:01:00.0", ids=IDS),
        card("sysfs", name="NVIDIA RTX A2000", bus="0000:02:00.0", ids=(0x10DE, 0x2531), index=1),
    ]
    smi = [card("gputil", 6138, name="RTX A2000"), card("gputil", 8188, name="GeForce RTX 4060", index=1)]
    assert [(g.name, g.vram_total_mib) for g in reconcile(smi, kernel).gpus] == [
        ("RTX A2000", 6138),
        ("GeForce RTX 4060", 8188),
    ]
    unnamed = [replace(seen, gpu=replace(seen.gpu, name=f"NVIDIA 10de:{n}")) for n, seen in enumerate(kernel)]
    assert len(reconcile(smi, unnamed).gpus) == 2


def test_a_vendor_alone_does_not_make_a_card_of_an_integrated_adapter() -> None:
    part = card("registry", None, vendor="Intel", kind=GpuKind.INTEGRATED, name="Intel(R) UHD Graphics 770")
    own = card("dxgi", 16256, vendor="Intel", name="Intel(R) Arc(TM) A770 Graphics", ids=(0x8086, 0x56A0))
    assert reconcile([own], [part]).gpus == (own.gpu, part.gpu)
    strange = [card("a", vendor=None, name=None), card("a", vendor=None, name=None)]
    assert len(reconcile(strange, strange).gpus) == 4, "nothing says what is what"


def test_a_place_counted_otherwise_does_not_double_a_lone_card() -> None:
    nvml = card("nvml", 8188, ids=IDS, bus="10000:01:00.0")
    assert reconcile([nvml], [card("dxgi", 7957, ids=IDS, bus="0000:01:00.0")]).gpus == (nvml.gpu,)


def test_an_external_card_counts_like_one_inside() -> None:
    outside = card("nvml", 24564, bus="0000:2f:00.0", ids=(0x10DE, 0x2684), name="NVIDIA GeForce RTX 4090")
    kernel = [
        Sighting(UHD_770, "0000:00:02.0", (0x8086, 0x4680)),
        card("sysfs", bus="0000:2f:00.0", ids=(0x10DE, 0x2684), name="NVIDIA GeForce RTX 4090", index=1),
    ]
    gpus = reconcile([outside], kernel).gpus
    assert gpus == (outside.gpu, UHD_770)
    assert classify(gpus) is ProfileClass.LOCAL_GPU_HIGH


def test_nothing_is_lost_and_nothing_invented() -> None:
    assert reconcile([], []) == Reconciled(())
    assert reconcile([], [Sighting(RTX_4060)]).gpus == (RTX_4060,)
    assert reconcile([Sighting(RTX_4060)], []).gpus == (RTX_4060,)
