"""The calls into Windows, run on stand-ins for its libraries: real ctypes, real tables of COM methods, real buffers.

The module is for Windows only; it is loaded here with that system's name and ctypes' Windows names put in place.
"""

from __future__ import annotations

import ctypes
import importlib.util
import sys
from collections.abc import Callable
from ctypes import CFUNCTYPE, POINTER, c_int32, c_uint32, c_void_p, c_wchar_p
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from autocut_tray.core.runtime.probes import gpu_counters, windows_graphics
from autocut_tray.core.runtime.probes.dxgi import decode
from autocut_tray.core.runtime.probes.gpu_counters import ADAPTER_USE, ENGINE_TIME, FORMATS
from autocut_tray.core.runtime.probes.windows_graphics import CounterFormat
from tests.runtime.fake_windows import address, counter_array, desc1, instance, type_bits
from tests.runtime.fakes import GIB

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there the libraries are real")

FACTORY1 = bytes.fromhex("78ae0a776ff2ba4da829253c83d1b387")
NOT_FOUND, DEVICE_REMOVED = 0x887A0002 - 2**32, 0x887A0005 - 2**32


class FakeCom:
    """Objects with tables of methods, and a count of who holds them."""

    def __init__(self) -> None:
        self.held: dict[str, int] = {}
        self._kept: list[Any] = []

    def make(self, name: str, methods: dict[int, Any], size: int = 14) -> int:
        """The address of an object; ``methods`` by their place in its table."""
        self.held[name] = 0

        def release(this: int) -> int:
            self.held[name] -= 1
            return self.held[name]

        kept = {**methods, 2: CFUNCTYPE(c_uint32, c_void_p)(release)}
        table = (c_void_p * size)(
            *[ctypes.cast(kept[n], c_void_p).value if n in kept else None for n in range(size)]
        )
        this = (c_void_p * 1)(ctypes.addressof(table))
        self._kept += [kept, table, this]
        return ctypes.addressof(this)


class FakeWindows:
    """dxgi.dll, gdi32.dll and pdh.dll."""

    def __init__(self, *descriptions: bytes) -> None:
        self.com = FakeCom()
        self.loaded: list[tuple[str, int]] = []
        self.kernel_refuses = False
        self.open_kernel_handles = 0
        self.broken_at: int | None = None
        self.counters: dict[str, dict[str, float]] = {}
        self.unknown_counters: set[str] = set()
        self.collects = 0
        self.open_queries = 0
        self.array_status = 0
        self._paths: dict[int, str] = {}
        self._descriptions = descriptions
        self._factory = self.com.make(
            "factory", {12: CFUNCTYPE(c_int32, c_void_p, c_uint32, POINTER(c_void_p))(self._enum)}
        )
        self._adapters = [
            self.com.make(f"adapter{n}", {10: CFUNCTYPE(c_int32, c_void_p, c_void_p)(self._describe(raw))})
            for n, raw in enumerate(descriptions)
        ]
        self._libraries = {"dxgi": self._dxgi(), "gdi32": self._gdi32(), "pdh": self._pdh()}

    def load(self, name: str, winmode: int = 0) -> Any:
        self.loaded.append((name, winmode))
        return self._libraries[name]

    # ---- DXGI ----

    def _dxgi(self) -> Any:
        def create(iid: bytes, out: Any) -> int:
            assert ctypes.string_at(iid, 16) == FACTORY1
            self.com.held["factory"] += 1
            out[0] = self._factory
            return 0

        return SimpleNamespace(CreateDXGIFactory1=CFUNCTYPE(c_int32, c_void_p, POINTER(c_void_p))(create))

    def _enum(self, this: int, index: int, out: Any) -> int:
        assert this == self._factory
        if index == self.broken_at:
            return DEVICE_REMOVED
        if index >= len(self._adapters):
            return NOT_FOUND
        self.com.held[f"adapter{index}"] += 1
        out[0] = self._adapters[index]
        return 0

    def _describe(self, raw: bytes) -> Callable[[int, int], int]:
        def describe(this: int, out: int) -> int:
            ctypes.memmove(out, raw, len(raw))
            return 0

        return describe

    # ---- the display kernel ----

    def _gdi32(self) -> Any:
        def opened(argument: int) -> int:
            luid = ctypes.string_at(argument, 8)
            known = [raw[296:304] for raw in self._descriptions]
            if self.kernel_refuses or luid not in known:
                return -1
            self.open_kernel_handles += 1
            ctypes.memmove(argument + 8, (0x40000000 + known.index(luid)).to_bytes(4, "little"), 4)
            return 0

        def query(argument: int) -> int:
            adapter, kind = (int.from_bytes(ctypes.string_at(argument + at, 4), "little") for at in (0, 4))
            data = int.from_bytes(ctypes.string_at(argument + 8, 8), "little")
            size = int.from_bytes(ctypes.string_at(argument + 16, 4), "little")
            answer = {6: address(adapter - 0x40000000 + 1), 15: type_bits(0x13)}[kind]
            assert size == len(answer)
            ctypes.memmove(data, answer, size)
            return 0

        def close(argument: int) -> int:
            self.open_kernel_handles -= 1
            return 0

        kind = CFUNCTYPE(c_int32, c_void_p)
        return SimpleNamespace(
            D3DKMTOpenAdapterFromLuid=kind(opened),
            D3DKMTQueryAdapterInfo=kind(query),
            D3DKMTCloseAdapter=kind(close),
        )

    # ---- performance counters ----

    def _pdh(self) -> Any:
        def open_query(source: Any, user: Any, out: Any) -> int:
            assert source is None
            self.open_queries += 1
            out[0] = 0x5000
            return 0

        def add(query: int, path: str, user: Any, out: Any) -> int:
            assert query == 0x5000
            if path in self.unknown_counters:
                return 0xC0000BB8
            handle = 0x6000 + len(self._paths)
            self._paths[handle] = path
            out[0] = handle
            return 0

        def collect(query: int) -> int:
            self.collects += 1
            return 0

        def array(counter: int, form: int, size: Any, count: Any, buffer: int | None) -> int:
            if self.array_status:
                return self.array_status
            path = self._paths[counter]
            assert form == int(FORMATS[path])
            raw, items = self._items(path, buffer or 0)
            if not items:
                return 0
            if size[0] < len(raw):
                size[0], count[0] = len(raw), items
                return 0x800007D2
            assert buffer is not None
            ctypes.memmove(buffer, raw, len(raw))
            count[0] = items
            return 0

        def close(query: int) -> int:
            self.open_queries -= 1
            return 0

        counts = POINTER(c_uint32)
        return SimpleNamespace(
            PdhOpenQueryW=CFUNCTYPE(c_uint32, c_wchar_p, c_void_p, POINTER(c_void_p))(open_query),
            PdhAddEnglishCounterW=CFUNCTYPE(c_uint32, c_void_p, c_wchar_p, c_void_p, POINTER(c_void_p))(add),
            PdhCollectQueryData=CFUNCTYPE(c_uint32, c_void_p)(collect),
            PdhGetFormattedCounterArrayW=CFUNCTYPE(c_uint32, c_void_p, c_uint32, counts, counts, c_void_p)(
                array
            ),
            PdhCloseQuery=CFUNCTYPE(c_uint32, c_void_p)(close),
        )

    def _items(self, path: str, base: int) -> tuple[bytes, int]:
        made = counter_array(self.counters.get(path, {}), FORMATS[path], base)
        return made.buffer, made.count


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Callable[[FakeWindows], Any]:
    """Gives the module's ``WindowsCalls`` on a fake Windows."""

    def load(windows: FakeWindows) -> Any:
        with monkeypatch.context() as patch:
            patch.setattr(sys, "platform", "win32")
            patch.setattr(ctypes, "WINFUNCTYPE", CFUNCTYPE, raising=False)
            spec = importlib.util.find_spec("autocut_tray.core.runtime.probes.windows_calls")
            assert spec is not None
            assert spec.loader is not None
            module: ModuleType = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(module)
        monkeypatch.setattr(ctypes, "WinDLL", windows.load, raising=False)
        return module.WindowsCalls()

    return load


ONE = desc1("NVIDIA GeForce RTX 4060", 0x10DE, 0x2882, 8 * GIB, luid=(0xC6C4, 0))
TWO = desc1("Intel(R) UHD Graphics 770", 0x8086, 0x4680, 128 * 1024 * 1024, luid=(0x18B8, 0))


def test_adapters_with_what_the_kernel_says(calls: Callable[[FakeWindows], Any]) -> None:
    windows = FakeWindows(ONE, TWO)
    first, second = calls(windows).adapters()
    assert (first.description, second.description) == (ONE, TWO)
    assert (first.address, second.address) == (address(1), address(2))
    assert first.type == type_bits(0x13)
    decoded = decode(first, 0)
    assert decoded is not None
    assert (decoded.bus, decoded.name) == ("0000:01:00.0", "NVIDIA GeForce RTX 4060")
    assert windows.com.held == {"factory": 0, "adapter0": 0, "adapter1": 0}, "everything is released"
    assert windows.open_kernel_handles == 0
    assert {mode for _, mode in windows.loaded} == {0x800}, "only libraries of the system's own folder"


def test_no_adapter(calls: Callable[[FakeWindows], Any]) -> None:
    windows = FakeWindows()
    assert calls(windows).adapters() == ()
    assert windows.com.held == {"factory": 0}


def test_a_kernel_that_refuses(calls: Callable[[FakeWindows], Any]) -> None:
    windows = FakeWindows(ONE)
    windows.kernel_refuses = True
    (raw,) = calls(windows).adapters()
    assert (raw.address, raw.type) == (None, None)


def test_an_error_in_the_middle_releases_what_is_held(calls: Callable[[FakeWindows], Any]) -> None:
    windows = FakeWindows(ONE, TWO)
    windows.broken_at = 1
    with pytest.raises(OSError, match="EnumAdapters1: 0x887A0005"):
        calls(windows).adapters()
    assert windows.com.held == {"factory": 0, "adapter0": 0, "adapter1": 0}


def test_counters(calls: Callable[[FakeWindows], Any]) -> None:
    windows = FakeWindows()
    windows.counters = {
        ADAPTER_USE: {instance(): 3 * GIB},
        ENGINE_TIME: {instance(pid=9, engine="0_engtype_3D"): 41.5},
    }
    query = calls(windows).open_counters({ADAPTER_USE: CounterFormat.WHOLE, ENGINE_TIME: CounterFormat.REAL})
    for used in (3, 4):
        windows.counters[ADAPTER_USE] = {instance(): used * GIB, instance((1, 0)): 0}
        query.collect()
        values = gpu_counters.decode(query.array(ADAPTER_USE), CounterFormat.WHOLE)
        assert gpu_counters.used_by_adapter(values)["0x00000000_0x0000c6c4"] == used * GIB
        rates = gpu_counters.decode(query.array(ENGINE_TIME), CounterFormat.REAL)
        assert gpu_counters.busiest_engine(rates, "0x00000000_0x0000c6c4") == 41.5
    assert windows.collects == 2
    query.close()
    query.close()
    assert windows.open_queries == 0


@pytest.mark.parametrize("status", [0, 0x800007D1, 0x800007D5, 0xC0000BC6])
def test_no_instances_is_no_error(calls: Callable[[FakeWindows], Any], status: int) -> None:
    windows = FakeWindows()
    windows.array_status = status
    query = calls(windows).open_counters({ADAPTER_USE: CounterFormat.WHOLE})
    query.collect()
    assert query.array(ADAPTER_USE).count == 0
    query.close()


def test_errors_of_counters(calls: Callable[[FakeWindows], Any]) -> None:
    windows = FakeWindows()
    windows.unknown_counters = {ENGINE_TIME}
    with pytest.raises(OSError, match="0xC0000BB8"):
        calls(windows).open_counters({ADAPTER_USE: CounterFormat.WHOLE, ENGINE_TIME: CounterFormat.REAL})
    assert windows.open_queries == 0, "what was opened is closed"
    windows.array_status = 0xC0000BBC
    query = calls(windows).open_counters({ADAPTER_USE: CounterFormat.WHOLE})
    with pytest.raises(OSError, match="0xC0000BBC"):
        query.array(ADAPTER_USE)


def test_elsewhere_nothing_of_it_is_loaded() -> None:
    assert isinstance(windows_graphics.open_graphics(), windows_graphics.NoGraphics)
    assert "autocut_tray.core.runtime.probes.windows_calls" not in sys.modules
