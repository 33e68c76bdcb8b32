"""A Windows machine's adapters and counters as bytes, laid out by hand as the headers of its SDK say."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from autocut_tray.core.runtime.probes.windows_graphics import CounterArray, CounterFormat, RawAdapter
from tests.runtime.fakes import MIB

RENDER, DISPLAY, SOFTWARE, POST, HYBRID_DISCRETE, HYBRID_INTEGRATED, INDIRECT = (1 << bit for bit in range(7))
"""Bits of ``D3DKMT_ADAPTERTYPE`` in the order of d3dkmthk.h."""
BUFFER_AT = 0x0000_01F2_8C40_7000


def desc1(
    name: str,
    vendor: int,
    device: int,
    dedicated: int,
    *,
    luid: tuple[int, int] = (0xC6C4, 0),
    shared: int = 16384 * MIB,
    flags: int = 0,
) -> bytes:
    """``DXGI_ADAPTER_DESC1`` of a 64-bit program; ``luid``: low and high part."""
    raw = bytearray(312)

    def write(offset: int, value: int, size: int) -> None:
        raw[offset : offset + size] = value.to_bytes(size, "little", signed=value < 0)

    text = name.encode("utf-16-le")[:254]
    raw[: len(text)] = text
    write(256, vendor, 4)
    write(260, device, 4)
    write(264, 0x40981458, 4)
    write(268, 0xA1, 4)
    write(272, dedicated, 8)
    write(280, 0, 8)
    write(288, shared, 8)
    write(296, luid[0], 4)
    write(300, luid[1], 4)
    write(304, flags, 4)
    return bytes(raw)


def address(bus: int, device: int = 0, function: int = 0) -> bytes:
    """``D3DKMT_ADAPTERADDRESS``."""
    return b"".join(part.to_bytes(4, "little") for part in (bus, device, function))


def type_bits(bits: int) -> bytes:
    """``D3DKMT_ADAPTERTYPE``."""
    return bits.to_bytes(4, "little")


def raw_adapter(
    name: str,
    vendor: int,
    device: int,
    dedicated: int,
    *,
    luid: tuple[int, int] = (0xC6C4, 0),
    bus: tuple[int, int, int] | None = (1, 0, 0),
    bits: int = RENDER | DISPLAY,
    flags: int = 0,
) -> RawAdapter:
    return RawAdapter(
        desc1(name, vendor, device, dedicated, luid=luid, flags=flags),
        None if bus is None else address(*bus),
        type_bits(bits),
    )


def instance(luid: tuple[int, int] = (0xC6C4, 0), pid: int | None = None, engine: str | None = None) -> str:
    """A counter's instance as Windows names it; ``engine``: such as ``0_engtype_3D``."""
    start = "" if pid is None else f"pid_{pid}_"
    end = "" if engine is None else f"_eng_{engine}"
    return f"{start}luid_0x{luid[1]:08X}_0x{luid[0]:08X}_phys_0{end}"


def counter_array(
    values: Mapping[str, float] | Sequence[tuple[str, float, int]],
    form: CounterFormat,
    base: int = BUFFER_AT,
) -> CounterArray:
    """``PDH_FMT_COUNTERVALUE_ITEM_W`` items and their names behind them, as PDH fills its buffer.

    ``values``: by instance, or with a status each.
    """
    items = [(n, v, 0) for n, v in values.items()] if isinstance(values, Mapping) else list(values)
    names, table = bytearray(), bytearray()
    for name, value, status in items:
        pointer = base + 24 * len(items) + len(names)
        table += pointer.to_bytes(8, "little") + status.to_bytes(4, "little") + b"\xcd" * 4
        table += (
            _double(value) if form is CounterFormat.REAL else int(value).to_bytes(8, "little", signed=True)
        )
        names += (name + "\0").encode("utf-16-le")
    return CounterArray(bytes(table + names), base, len(items))


def _double(value: float) -> bytes:
    return struct.pack("<d", value)


@dataclass
class FakeQuery:
    """A query of counters; shows what its graphics holds at the last ``collect``."""

    graphics: FakeGraphics
    formats: Mapping[str, CounterFormat]
    collected: int = 0
    closed: bool = False

    def collect(self) -> None:
        assert not self.closed
        if self.graphics.counter_error is not None:
            raise self.graphics.counter_error
        self.collected += 1
        self.graphics.collects += 1

    def array(self, path: str) -> CounterArray:
        assert self.collected and not self.closed
        if self.formats[path] is CounterFormat.REAL and self.collected < 2:
            return CounterArray(b"", 0, 0)  # a rate needs two samples
        return counter_array(self.graphics.counters.get(path, {}), self.formats[path])

    def close(self) -> None:
        self.closed = True


class FakeGraphics:
    """The adapters and counters of a machine, in plain attributes; an error is raised while it stands."""

    def __init__(
        self, *adapters: RawAdapter, counters: Mapping[str, Mapping[str, float]] | None = None
    ) -> None:
        self.listed = list(adapters)
        self.counters: dict[str, Mapping[str, float]] = dict(counters or {})
        self.adapter_error: Exception | None = None
        self.counter_error: Exception | None = None
        self.queries: list[FakeQuery] = []
        self.enumerations = 0
        self.collects = 0

    @property
    def open_queries(self) -> int:
        return sum(not query.closed for query in self.queries)

    def adapters(self) -> tuple[RawAdapter, ...]:
        self.enumerations += 1
        if self.adapter_error is not None:
            raise self.adapter_error
        return tuple(self.listed)

    def open_counters(self, paths: Mapping[str, CounterFormat]) -> FakeQuery:
        if self.counter_error is not None:
            raise self.counter_error
        query = FakeQuery(self, dict(paths))
        self.queries.append(query)
        return query
