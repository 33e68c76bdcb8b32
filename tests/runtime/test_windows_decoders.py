"""What the bytes of Windows mean: DXGI, the display kernel, performance counters."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from autocut_tray.core.runtime.probes import gpu_counters
from autocut_tray.core.runtime.probes.dxgi import decode, luid_text, real_adapters, sighting
from autocut_tray.core.runtime.probes.gpu_counters import (
    busiest_engine,
    used_by_adapter,
    used_by_process,
)
from autocut_tray.core.runtime.probes.windows_graphics import CounterArray, CounterFormat, RawAdapter
from autocut_tray.core.runtime.profile import Confidence, Gpu, GpuKind
from tests.runtime.fake_windows import (
    BUFFER_AT,
    HYBRID_DISCRETE,
    HYBRID_INTEGRATED,
    INDIRECT,
    RENDER,
    SOFTWARE,
    counter_array,
    desc1,
    instance,
    raw_adapter,
)
from tests.runtime.fakes import GIB, MIB

RTX = raw_adapter("NVIDIA GeForce RTX 4060", 0x10DE, 0x2882, 8_343_519_232)
LUID = "0x00000000_0x0000c6c4"


def gpu_of(raw: RawAdapter) -> Gpu:
    (adapter,) = real_adapters([raw])
    return sighting(adapter).gpu


def test_an_adapter() -> None:
    adapter = decode(RTX, 2)
    assert adapter is not None
    assert (adapter.name, adapter.ids, adapter.index) == ("NVIDIA GeForce RTX 4060", (0x10DE, 0x2882), 2)
    assert (adapter.dedicated_bytes, adapter.luid, adapter.bus) == (8_343_519_232, LUID, "0000:01:00.0")
    assert (adapter.hybrid, adapter.virtual) == (None, False)
    assert gpu_of(RTX) == Gpu(
        name="NVIDIA GeForce RTX 4060",
        vendor="NVIDIA",
        kind=GpuKind.DISCRETE,
        vram_total_mib=7957,
        vram_used_mib=None,
        driver=None,
        source="dxgi",
        confidence=Confidence.EXACT,
        index=0,
    )


def test_the_layout_is_312_bytes_and_the_luid_lies_at_296() -> None:
    raw = desc1("x", 1, 2, 3, luid=(0x89ABCDEF, -2))
    assert len(raw) == 312
    assert raw[296:304].hex() == "efcdab89feffffff"
    adapter = decode(RawAdapter(raw), 0)
    assert adapter is not None
    assert adapter.luid == luid_text(0x89ABCDEF, -2) == "0xfffffffe_0x89abcdef"


@pytest.mark.parametrize("raw", [b"", b"\0" * 311])
def test_too_few_bytes_are_no_adapter(raw: bytes) -> None:
    assert decode(RawAdapter(raw), 0) is None
    assert real_adapters([RawAdapter(raw), RTX])[0].index == 1


def test_what_the_kernel_does_not_tell_is_unknown() -> None:
    for address in (None, b"\1\0", b"\xff" * 12, b"\0" * 12):
        adapter = decode(RawAdapter(RTX.description, address), 0)
        assert adapter is not None
        assert (adapter.bus, adapter.hybrid, adapter.virtual) == (None, None, False)


@pytest.mark.parametrize(
    "raw",
    [
        raw_adapter("Microsoft Basic Render Driver", 0x1414, 0x8C, 0, bus=None, flags=2),
        raw_adapter("Microsoft Basic Render Driver", 0x1414, 0x8C, 0, bus=None),
        raw_adapter("WARP", 0x10DE, 0x1, GIB, bits=RENDER | SOFTWARE),
        raw_adapter("NVIDIA GeForce RTX 4060", 0x10DE, 0x2882, 8 * GIB, bits=INDIRECT, luid=(0x18B8, 0)),
    ],
)
def test_what_is_no_hardware_is_left_out(raw: RawAdapter) -> None:
    assert real_adapters([raw, RTX]) == real_adapters([raw, RTX])[:1]
    assert real_adapters([raw, RTX])[0].luid == LUID


def test_a_remote_desktop_shows_a_card_a_second_time() -> None:
    again = raw_adapter("NVIDIA T400 4GB", 0x10DE, 0x1FB2, 4 * GIB, luid=(0x18B8, 0))
    first = raw_adapter("NVIDIA T400 4GB", 0x10DE, 0x1FB2, 4 * GIB, luid=(0x2A0, 0))
    assert [adapter.index for adapter in real_adapters([first, again])] == [0]


def test_two_of_one_model_are_two() -> None:
    one = raw_adapter("NVIDIA GeForce RTX 3090", 0x10DE, 0x2204, 24 * GIB, luid=(0x1, 0), bus=(1, 0, 0))
    two = raw_adapter("NVIDIA GeForce RTX 3090", 0x10DE, 0x2204, 24 * GIB, luid=(0x2, 0), bus=(65, 0, 0))
    assert [adapter.bus for adapter in real_adapters([one, two])] == ["0000:01:00.0", "0000:41:00.0"]
    nameless = [replace(raw, address=None) for raw in (one, two)]
    assert len(real_adapters(nameless)) == 2


def test_the_segment_lies_above_the_bus() -> None:
    adapter = decode(raw_adapter("x", 0x10DE, 1, GIB, bus=(0x0201, 0, 0)), 0)
    assert adapter is not None
    assert adapter.bus == "0002:01:00.0"


@pytest.mark.parametrize(
    ("name", "vendor", "dedicated", "bits", "kind", "total"),
    [
        ("Intel(R) UHD Graphics 770", 0x8086, 128 * MIB, 0, GpuKind.INTEGRATED, None),
        ("Intel(R) Arc(TM) A770 Graphics", 0x8086, 17_045_651_456, 0, GpuKind.DISCRETE, 16256),
        ("AMD Radeon(TM) Graphics", 0x1002, 499_122_176, HYBRID_INTEGRATED, GpuKind.INTEGRATED, 476),
        ("AMD Radeon RX 6700S", 0x1002, 8 * GIB, HYBRID_DISCRETE, GpuKind.DISCRETE, 8192),
        ("AMD Radeon(TM) 8060S Graphics", 0x1002, 96 * GIB, HYBRID_INTEGRATED, GpuKind.UNIFIED, 98304),
        ("AMD Radeon (TM) R9 M375", 0x1002, 2 * GIB, HYBRID_DISCRETE, GpuKind.DISCRETE, 2048),
        (
            "Qualcomm(R) Adreno(TM) X1-85 GPU",
            0x4D4F4351,
            0,
            HYBRID_INTEGRATED,
            GpuKind.INTEGRATED,
            None,
        ),
        ("VMware SVGA 3D", 0x15AD, 128 * MIB, 0, None, 128),
        ("", 0x1234, 0, 0, None, None),
    ],
)
def test_kinds_and_totals(
    name: str, vendor: int, dedicated: int, bits: int, kind: GpuKind | None, total: int | None
) -> None:
    raw = raw_adapter(name, vendor, 0x1, dedicated, bits=RENDER | bits)
    gpu = gpu_of(raw)
    assert (gpu.kind, gpu.vram_total_mib) == (kind, total)
    assert (gpu.name, gpu.confidence) == (name or None, None if total is None else Confidence.EXACT)


def test_an_adapter_that_is_not_on_pci_has_no_pci_number() -> None:
    (adapter,) = real_adapters([raw_adapter("Adreno", 0x4D4F4351, 0x36334330, 0, bus=None)])
    assert sighting(adapter).ids is None
    assert sighting(adapter).gpu.vendor == "Qualcomm"


# ---- counters --------------------------------------------------------------------------------------------

WHOLE, REAL = CounterFormat.WHOLE, CounterFormat.REAL
OTHER = (0x18B8, 0)


def test_an_array_of_whole_numbers() -> None:
    array = counter_array({instance(): 1_234_567_890, instance(OTHER): 0}, WHOLE)
    assert gpu_counters.decode(array, WHOLE) == (
        ("luid_0x00000000_0x0000c6c4_phys_0", 1_234_567_890),
        ("luid_0x00000000_0x000018b8_phys_0", 0),
    )


def test_an_array_of_rates() -> None:
    array = counter_array({instance(pid=7, engine="0_engtype_3D"): 41.5}, REAL)
    assert gpu_counters.decode(array, REAL) == (
        ("pid_7_luid_0x00000000_0x0000c6c4_phys_0_eng_0_engtype_3d", 41.5),
    )


def test_values_that_are_not_valid_now_are_left_out() -> None:
    new, invalid, negative = 1, 0xC0000BBA, 0x800007D8
    values = [("a", 1, 0), ("b", 2, new), ("c", 3, invalid), ("d", 4, negative)]
    assert [name for name, _ in gpu_counters.decode(counter_array(values, WHOLE), WHOLE)] == ["a", "b"]
    nothing = counter_array({"a": float("nan")}, REAL)
    assert gpu_counters.decode(nothing, REAL) == ()


def test_pointers_that_lead_elsewhere_are_not_followed() -> None:
    good = counter_array({"a": 1, "b": 2}, WHOLE)
    for base in (0, BUFFER_AT + 2, BUFFER_AT - 1000, BUFFER_AT + 1, 2**64 - 1):
        decoded = gpu_counters.decode(replace(good, base=base), WHOLE)
        assert len(decoded) < 2
    assert gpu_counters.decode(replace(good, count=99), WHOLE) == ()
    assert gpu_counters.decode(CounterArray(b"", 0, 0), WHOLE) == ()
    assert gpu_counters.decode(replace(good, count=-1), WHOLE) == ()
    cut = replace(good, buffer=good.buffer[:-2])
    assert gpu_counters.decode(cut, WHOLE) == (("a", 1), ("b", 2)), "a last name without its end"


def test_use_by_adapter() -> None:
    values = (
        ("luid_0x00000000_0x0000c6c4_phys_0", 3.0 * GIB),
        ("luid_0x00000000_0x0000c6c4_phys_1", 1.0 * GIB),
        ("luid_0x00000000_0x000018b8_phys_0", 5.0),
        ("luid_0x00000000_0x000018b8_phys_0#1", 1.0),
        ("luid_0x00000000_0x00000001_phys_0", -1.0),
        ("_total", 99.0),
        ("luid_0x0_0x1_phys_0", 99.0),
    )
    assert used_by_adapter(values) == {LUID: 4 * GIB, "0x00000000_0x000018b8": 6}


def test_use_by_process() -> None:
    values = tuple(
        (name.lower(), value)
        for name, value in (
            (instance(pid=100), 2.0 * GIB),
            (instance(OTHER, pid=100), 7.0 * GIB),
            (instance(pid=200), 0.0),
            (instance(pid=300), 12.0),
            (instance(), 99.0),
            (f"pid_x_luid_{LUID}_phys_0", 1.0),
        )
    )
    assert used_by_process(values, LUID) == {100: 2 * GIB, 300: 12}


def test_the_busiest_engine_is_the_load() -> None:
    values = tuple(
        (name.lower(), value)
        for name, value in (
            (instance(pid=1, engine="0_engtype_3D"), 30.0),
            (instance(pid=2, engine="0_engtype_3D"), 25.0),
            (instance(pid=2, engine="5_engtype_VideoDecode"), 40.0),
            (instance(pid=2, engine="9_engtype_Video Codec 0"), 1.0),
            (instance(OTHER, pid=2, engine="0_engtype_3D"), 99.0),
        )
    )
    assert busiest_engine(values, LUID) == 55.0
    assert busiest_engine(values, "0x00000000_0x00000009") is None
    both = (
        (instance(pid=1, engine="0_engtype_3D").lower(), 80.0),
        (instance(pid=3, engine="0_engtype_3D").lower(), 70.0),
    )
    assert busiest_engine(both, LUID) == 100.0
    assert busiest_engine((), LUID) is None


def test_no_bytes_make_a_decoder_raise() -> None:
    dice = random.Random(7)
    for _ in range(1500):
        raw = dice.randbytes(dice.randrange(400))
        decode(RawAdapter(raw, raw[:13], raw[:3]), 0)
        for form in CounterFormat:
            array = CounterArray(raw, dice.choice((0, 2**40)), dice.randrange(-1, 9))
            values = gpu_counters.decode(array, form)
            used_by_adapter(values)
            busiest_engine(values, LUID)
