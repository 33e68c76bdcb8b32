"""The GPU performance counters of Windows, decoded: who uses how much of which adapter.

Counters know an adapter by its LUID; names of instances: ``luid_0x00000000_0x0000C6C4_phys_0`` (GPU Adapter Memory),
``pid_1234_luid_…_phys_0`` (GPU Process Memory), ``pid_1234_luid_…_phys_0_eng_3_engtype_3D`` (GPU Engine).
"""

from __future__ import annotations

import re
import struct
from collections.abc import Mapping

from autocut_tray.core.runtime.probes.windows_graphics import CounterArray, CounterFormat

SOURCE = "counters"

ADAPTER_USE = r"\GPU Adapter Memory(*)\Dedicated Usage"
PROCESS_USE = r"\GPU Process Memory(*)\Dedicated Usage"
ENGINE_TIME = r"\GPU Engine(*)\Utilization Percentage"
FORMATS: Mapping[str, CounterFormat] = {
    ADAPTER_USE: CounterFormat.WHOLE,
    PROCESS_USE: CounterFormat.WHOLE,
    ENGINE_TIME: CounterFormat.REAL,
}

Values = tuple[tuple[str, float], ...]
"""Instances and what they count; one whose value is not valid now is left out."""

_WHOLE_ITEM = struct.Struct("<QI4xq")
_REAL_ITEM = struct.Struct("<QI4xd")
"""``PDH_FMT_COUNTERVALUE_ITEM_W``, 64-bit: pointer to the name; status, padding, value."""
_VALID = frozenset({0, 1})
"""``PDH_CSTATUS_VALID_DATA``, ``PDH_CSTATUS_NEW_DATA``."""
_INSTANCE = re.compile(
    r"(?:pid_(\d+)_)?luid_(0x[0-9a-f]{8}_0x[0-9a-f]{8})_phys_(\d+)(?:_eng_(\d+)_engtype_.*)?(?:#\d+)?"
)


def decode(array: CounterArray, form: CounterFormat) -> Values:
    """The instances of one counter, names in lower case. What points outside of its buffer is left out."""
    item = _WHOLE_ITEM if form is CounterFormat.WHOLE else _REAL_ITEM
    names_at = array.count * item.size
    if array.count <= 0 or names_at > len(array.buffer):
        return ()
    whole = names_at + (len(array.buffer) - names_at) // 2 * 2
    names = array.buffer[names_at:whole].decode("utf-16-le", "replace")
    found = []
    for at in range(0, names_at, item.size):
        pointer, status, value = item.unpack_from(array.buffer, at)
        start, odd = divmod(pointer - array.base - names_at, 2)
        if status in _VALID and not odd and 0 <= start < len(names) and value == value:
            end = names.find("\0", start)
            found.append((names[start : end if end >= 0 else None].lower(), value))
    return tuple(found)


def used_by_adapter(values: Values) -> dict[str, int]:
    """Bytes of dedicated memory in use by LUID, the parts of linked adapters together."""
    sums: dict[str, int] = {}
    for name, value in values:
        instance = _INSTANCE.fullmatch(name)
        if instance and value >= 0:
            sums[instance[2]] = sums.get(instance[2], 0) + int(value)
    return sums


def used_by_process(values: Values, luid: str) -> dict[int, int]:
    """Bytes of one adapter's dedicated memory by process."""
    sums: dict[int, int] = {}
    for name, value in values:
        if luid not in name:
            continue
        instance = _INSTANCE.fullmatch(name)
        if instance and instance[1] and value > 0:
            sums[int(instance[1])] = sums.get(int(instance[1]), 0) + int(value)
    return sums


def busiest_engine(values: Values, luid: str) -> float | None:
    """How busy the adapter is, percent: its busiest engine, all processes together, as Task Manager shows it.

    None while no engine tells: a rate needs two samples.
    """
    engines: dict[tuple[str, str], float] = {}
    for name, value in values:
        if luid not in name:
            continue
        instance = _INSTANCE.fullmatch(name)
        if instance and instance[4] and value >= 0:
            engine = (instance[3], instance[4])
            engines[engine] = engines.get(engine, 0.0) + value
    return min(max(engines.values()), 100.0) if engines else None
