"""What Windows tells about adapters, as raw bytes behind a few questions: what they mean is decided in ``dxgi`` and
``gpu_counters``, which can be tested anywhere."""

from __future__ import annotations

import enum
import sys
from collections.abc import Mapping
from typing import Protocol

from autocut_tray.core.frozen import frozen


@frozen
class RawAdapter:
    """One adapter of DXGI: a ``DXGI_ADAPTER_DESC1``; a ``D3DKMT_ADAPTERADDRESS`` and a ``D3DKMT_ADAPTERTYPE``, None
    where the kernel did not tell."""

    description: bytes
    address: bytes | None = None
    type: bytes | None = None


class CounterFormat(enum.IntEnum):
    """How a performance counter is wanted: ``PDH_FMT_LARGE`` or ``PDH_FMT_DOUBLE``."""

    WHOLE = 0x400
    REAL = 0x200


@frozen
class CounterArray:
    """``count`` items of ``PDH_FMT_COUNTERVALUE_ITEM_W`` and behind them their names, to which they point.

    ``base``: where the buffer lay when it was filled.
    """

    buffer: bytes
    base: int
    count: int


class CounterQuery(Protocol):
    """Performance counters that are kept open. Raises OSError where Windows gives an error."""

    def collect(self) -> None:
        """Take a sample of all of them."""

    def array(self, path: str) -> CounterArray:
        """The last sample of one counter, all instances."""

    def close(self) -> None: ...


class WindowsGraphics(Protocol):
    """The adapters of a Windows machine. Raises OSError where Windows gives an error."""

    def adapters(self) -> tuple[RawAdapter, ...]:
        """Every adapter that DXGI lists, in its order."""

    def open_counters(self, paths: Mapping[str, CounterFormat]) -> CounterQuery:
        """Start a query of counters by their English paths."""


class NoGraphics:
    """What a system that is not Windows has."""

    def adapters(self) -> tuple[RawAdapter, ...]:
        return ()

    def open_counters(self, paths: Mapping[str, CounterFormat]) -> CounterQuery:
        raise OSError("no performance counters here")


if sys.platform == "win32":  # pragma: no cover (read from fakes elsewhere)

    def open_graphics() -> WindowsGraphics:
        from autocut_tray.core.runtime.probes.windows_calls import WindowsCalls

        return WindowsCalls()

else:

    def open_graphics() -> WindowsGraphics:
        """This system's graphics."""
        return NoGraphics()
