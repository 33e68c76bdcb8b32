"""Calls into Windows for its adapters: DXGI by COM, the display kernel (D3DKMT), and performance counters (PDH).

Only bytes leave this module. Layouts and numbers: dxgi.h, d3dkmthk.h, pdh.h and pdhmsg.h of the Windows SDK, and
https://learn.microsoft.com/windows/win32/api/dxgi/ and …/api/pdh/.
"""

from __future__ import annotations

import sys

if sys.platform == "win32":  # pragma: no cover (nothing of it can run elsewhere)
    import contextlib
    import ctypes
    import uuid
    from collections.abc import Iterator, Mapping
    from ctypes import POINTER, byref, c_int32, c_uint32, c_void_p, c_wchar_p
    from typing import Any

    from autocut_tray.core.runtime.probes.windows_graphics import (
        CounterArray,
        CounterFormat,
        CounterQuery,
        RawAdapter,
    )

    _IID_FACTORY1 = uuid.UUID("770aae78-f26f-4dba-a829-253c83d1b387").bytes_le
    _RELEASE, _ENUM_ADAPTERS1, _GET_DESC1 = 2, 12, 10
    """Places in the tables of IUnknown, IDXGIFactory1 and IDXGIAdapter1, inherited methods counted."""
    _DXGI_NOT_FOUND = 0x887A0002
    _DESC1_SIZE = 312
    _LUID_OFFSET = 296
    _MOST_ADAPTERS = 64
    _KMT_ADDRESS, _KMT_TYPE = 6, 15

    _PDH_MORE_DATA = 0x800007D2
    _PDH_NOTHING = frozenset({0x800007D1, 0x800007D5, 0xC0000BC6})
    """No instance, no data, and the first sample of a rate, which needs two."""
    _SYSTEM32 = 0x800
    """``LOAD_LIBRARY_SEARCH_SYSTEM32``: never a library of that name beside the program."""

    _RELEASE_CALL = ctypes.WINFUNCTYPE(c_uint32, c_void_p)
    _ENUM_CALL = ctypes.WINFUNCTYPE(c_int32, c_void_p, c_uint32, POINTER(c_void_p))
    _DESC_CALL = ctypes.WINFUNCTYPE(c_int32, c_void_p, c_void_p)

    class _OpenFromLuid(ctypes.Structure):
        _fields_ = (("luid", ctypes.c_ubyte * 8), ("adapter", c_uint32))

    class _CloseAdapter(ctypes.Structure):
        _fields_ = (("adapter", c_uint32),)

    class _QueryInfo(ctypes.Structure):
        _fields_ = (
            ("adapter", c_uint32),
            ("type", c_uint32),
            ("data", c_void_p),
            ("size", c_uint32),
        )

    class WindowsCalls:
        """The adapters of this machine."""

        def adapters(self) -> tuple[RawAdapter, ...]:
            """Every adapter; raises OSError. What the kernel does not tell of one stays out."""
            create = _library("dxgi").CreateDXGIFactory1
            create.argtypes, create.restype = (ctypes.c_char_p, POINTER(c_void_p)), c_int32
            factory = c_void_p()
            _succeed("CreateDXGIFactory1", create(_IID_FACTORY1, byref(factory)))
            found = []
            with _released(factory):
                for index in range(_MOST_ADAPTERS):
                    adapter = c_void_p()
                    code = _method(factory, _ENUM_ADAPTERS1, _ENUM_CALL)(factory, index, byref(adapter))
                    if code & 0xFFFFFFFF == _DXGI_NOT_FOUND:
                        break
                    _succeed("EnumAdapters1", code)
                    with _released(adapter):
                        found.append(_describe(adapter))
            return tuple(found)

        def open_counters(self, paths: Mapping[str, CounterFormat]) -> CounterQuery:
            """A query of these counters; raises OSError."""
            return _Query(paths)

    class _Query:
        """A PDH query. Its handle is closed by ``close``, or when a counter cannot be added."""

        def __init__(self, paths: Mapping[str, CounterFormat]) -> None:
            self._pdh = _pdh()
            self._formats = dict(paths)
            self._counters: dict[str, c_void_p] = {}
            self._query: c_void_p | None = c_void_p()
            _expect_zero("PdhOpenQuery", self._pdh.PdhOpenQueryW(None, None, byref(self._query)))
            try:
                for path in paths:
                    counter = c_void_p()
                    status = self._pdh.PdhAddEnglishCounterW(self._query, path, None, byref(counter))
                    _expect_zero(f"PdhAddEnglishCounter {path}", status)
                    self._counters[path] = counter
            except OSError:
                self.close()
                raise

        def collect(self) -> None:
            _expect_zero("PdhCollectQueryData", self._pdh.PdhCollectQueryData(self._query))

        def array(self, path: str) -> CounterArray:
            counter, wanted = self._counters[path], int(self._formats[path])
            size, count = c_uint32(0), c_uint32(0)
            ask = self._pdh.PdhGetFormattedCounterArrayW
            status = ask(counter, wanted, byref(size), byref(count), None)
            if status in _PDH_NOTHING or (status == 0 and count.value == 0):
                return CounterArray(b"", 0, 0)
            if status != _PDH_MORE_DATA:
                _expect_zero(f"PdhGetFormattedCounterArray {path}", status)
            buffer = ctypes.create_string_buffer(size.value)
            status = ask(counter, wanted, byref(size), byref(count), buffer)
            if status in _PDH_NOTHING:
                return CounterArray(b"", 0, 0)
            _expect_zero(f"PdhGetFormattedCounterArray {path}", status)
            return CounterArray(buffer.raw, ctypes.addressof(buffer), count.value)

        def close(self) -> None:
            query, self._query = self._query, None
            if query is not None:
                self._pdh.PdhCloseQuery(query)

    def _library(name: str) -> ctypes.WinDLL:
        return ctypes.WinDLL(name, winmode=_SYSTEM32)

    def _pdh() -> ctypes.WinDLL:
        pdh = _library("pdh")
        counts = POINTER(c_uint32)
        for name, arguments in (
            ("PdhOpenQueryW", (c_wchar_p, c_void_p, POINTER(c_void_p))),
            ("PdhAddEnglishCounterW", (c_void_p, c_wchar_p, c_void_p, POINTER(c_void_p))),
            ("PdhCollectQueryData", (c_void_p,)),
            ("PdhGetFormattedCounterArrayW", (c_void_p, c_uint32, counts, counts, c_void_p)),
            ("PdhCloseQuery", (c_void_p,)),
        ):
            call = getattr(pdh, name)
            call.argtypes, call.restype = arguments, c_uint32
        return pdh

    def _method(this: c_void_p, place: int, kind: Any) -> Any:
        """The method at ``place`` of a COM object's table."""
        table = ctypes.cast(this, POINTER(POINTER(c_void_p)))[0]
        return kind(table[place])

    @contextlib.contextmanager
    def _released(this: c_void_p) -> Iterator[None]:
        try:
            yield
        finally:
            _method(this, _RELEASE, _RELEASE_CALL)(this)

    def _describe(adapter: c_void_p) -> RawAdapter:
        description = ctypes.create_string_buffer(_DESC1_SIZE)
        _succeed("GetDesc1", _method(adapter, _GET_DESC1, _DESC_CALL)(adapter, description))
        address, kind = _kernel_facts(description.raw[_LUID_OFFSET : _LUID_OFFSET + 8])
        return RawAdapter(description.raw, address, kind)

    def _kernel_facts(luid: bytes) -> tuple[bytes | None, bytes | None]:
        """The adapter's place and type, from the display kernel; None for what it refuses."""
        gdi = _library("gdi32")
        for name in ("D3DKMTOpenAdapterFromLuid", "D3DKMTQueryAdapterInfo", "D3DKMTCloseAdapter"):
            call = getattr(gdi, name)
            call.argtypes, call.restype = (c_void_p,), c_int32
        opened = _OpenFromLuid((ctypes.c_ubyte * 8).from_buffer_copy(luid))
        if gdi.D3DKMTOpenAdapterFromLuid(byref(opened)) != 0:
            return None, None
        try:
            return (
                _query(gdi, opened.adapter, _KMT_ADDRESS, 12),
                _query(gdi, opened.adapter, _KMT_TYPE, 4),
            )
        finally:
            gdi.D3DKMTCloseAdapter(byref(_CloseAdapter(opened.adapter)))

    def _query(gdi: ctypes.WinDLL, adapter: int, kind: int, size: int) -> bytes | None:
        data = ctypes.create_string_buffer(size)
        asked = _QueryInfo(adapter, kind, ctypes.addressof(data), size)
        return data.raw if gdi.D3DKMTQueryAdapterInfo(byref(asked)) == 0 else None

    def _succeed(call: str, code: int) -> None:
        """Raise OSError for an HRESULT that is a failure."""
        if code < 0:
            raise OSError(f"{call}: 0x{code & 0xFFFFFFFF:08X}")

    def _expect_zero(call: str, status: int) -> None:
        """Raise OSError for a PDH status that is not success."""
        if status != 0:
            raise OSError(f"{call}: 0x{status:08X}")
