"""What kernel drivers answer about a card's memory, and asking them."""

from __future__ import annotations

import ctypes
import sys
from pathlib import Path
from typing import Any

import pytest

from autocut_tray.core.runtime.probes import drm
from autocut_tray.core.runtime.probes.drm_regions import card_bytes, read_regions
from autocut_tray.core.runtime.profile import Confidence, GpuKind
from tests.runtime.fakes import GIB, fake_machine, put, put_card

SYSTEM, DEVICE = 0, 1


def i915_answer(*regions: tuple[int, int]) -> bytes:
    """``drm_i915_query_memory_regions``: a count, three words, and 88 bytes a region."""
    raw = len(regions).to_bytes(4, "little") + bytes(12)
    for number, (kind, size) in enumerate(regions):
        raw += kind.to_bytes(2, "little") + number.to_bytes(2, "little") + bytes(4)
        raw += size.to_bytes(8, "little") + (2**64 - 1).to_bytes(8, "little") + bytes(64)
    return raw


def xe_answer(*regions: tuple[int, int]) -> bytes:
    """``drm_xe_query_mem_regions``: a count, a word, and 88 bytes a region."""
    raw = len(regions).to_bytes(4, "little") + bytes(4)
    for number, (kind, size) in enumerate(regions):
        raw += kind.to_bytes(2, "little") + number.to_bytes(2, "little") + (65536).to_bytes(4, "little")
        raw += size.to_bytes(8, "little") + bytes(72)
    return raw


A770 = i915_answer((SYSTEM, 32 * GIB), (DEVICE, 17_079_205_888))
B580 = xe_answer((SYSTEM, 32 * GIB), (DEVICE, 12_809_404_416))


@pytest.mark.parametrize(
    ("answer", "driver", "size"),
    [
        (A770, "i915", 17_079_205_888),
        (B580, "xe", 12_809_404_416),
        (xe_answer((SYSTEM, GIB), (DEVICE, GIB), (DEVICE, 2 * GIB)), "xe", 3 * GIB),
        (i915_answer((SYSTEM, 32 * GIB)), "i915", 0),
        (i915_answer(), "i915", 0),
        (A770[:-1], "i915", 0),
        (B580, "amdgpu", 0),
        (b"", "xe", 0),
    ],
)
def test_the_memory_of_the_card(answer: bytes, driver: str, size: int) -> None:
    assert card_bytes(answer, driver) == size


def test_an_arc_of_the_mainline_kernel(tmp_path: Path) -> None:
    """Its i915 shows no size in sysfs; a processor's own graphics is not asked."""
    folder = put_card(tmp_path, 1, 0x8086, 0x56A0, driver="i915", slot="0000:03:00.0")
    put(folder, "drm/renderD129/dev", "226:129")
    own = put_card(tmp_path, 0, 0x8086, 0x4680, driver="i915", slot="0000:00:02.0")
    put(own, "drm/renderD128/dev", "226:128")
    asked: list[tuple[str, str]] = []

    def ask(node: Path, driver: str) -> bytes:
        asked.append((node.name, driver))
        return A770

    part, arc = (seen.gpu for seen in drm.list_adapters(fake_machine(tmp_path, drm_regions=ask)))
    assert asked == [("renderD129", "i915")]
    assert (part.kind, part.vram_total_mib) == (GpuKind.INTEGRATED, None)
    assert (arc.kind, arc.vram_total_mib, arc.source) == (GpuKind.DISCRETE, 16288, "drm")
    assert (arc.vram_used_mib, arc.confidence) == (0, Confidence.DERIVED), "no program holds any"


def test_sysfs_is_enough_where_it_tells(tmp_path: Path) -> None:
    folder = put_card(tmp_path, 1, 0x8086, 0xE20B, driver="xe", tile0__physical_vram_size_bytes=12 * GIB)
    put(folder, "drm/renderD129/dev", "226:129")

    def never(node: Path, driver: str) -> bytes:
        raise AssertionError

    (seen,) = drm.list_adapters(fake_machine(tmp_path, drm_regions=never))
    assert (seen.gpu.vram_total_mib, seen.gpu.source) == (12288, "sysfs")


def test_a_card_that_may_not_be_asked(tmp_path: Path) -> None:
    folder = put_card(tmp_path, 1, 0x8086, 0x56A0, driver="i915", slot="0000:03:00.0")
    put(folder, "drm/renderD129/dev", "226:129")
    (seen,) = drm.list_adapters(fake_machine(tmp_path))
    assert (seen.gpu.kind, seen.gpu.vram_total_mib, seen.gpu.source) == (GpuKind.DISCRETE, None, "sysfs")


# ---- asking ----------------------------------------------------------------------------------------------


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such nodes")
class TestAsking:
    """The calls themselves, on a stand-in for the kernel: the structures lie in real memory."""

    @pytest.fixture
    def node(self, tmp_path: Path) -> Path:
        return put(tmp_path, "/renderD128")

    @staticmethod
    def words(address: int, *sizes: int) -> list[int]:
        found, at = [], address
        for size in sizes:
            found.append(int.from_bytes(ctypes.string_at(at, size), "little"))
            at += size
        return found

    def test_xe(self, node: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def ioctl(handle: int, request: int, query: Any) -> int:
            assert request == 0xC0286440
            assert ctypes.sizeof(query) == 40
            at = ctypes.addressof(query)
            _, kind, size, data, _, _ = self.words(at, 8, 4, 4, 8, 8, 8)
            assert kind == 1
            if data:
                assert size == len(B580)
                ctypes.memmove(data, B580, size)
            ctypes.memmove(at + 12, len(B580).to_bytes(4, "little"), 4)
            return 0

        monkeypatch.setattr("fcntl.ioctl", ioctl)
        assert read_regions(node, "xe") == B580

    def test_i915(self, node: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def ioctl(handle: int, request: int, query: Any) -> int:
            assert request == 0xC0106479
            assert ctypes.sizeof(query) == 16
            count, _, item = self.words(ctypes.addressof(query), 4, 4, 8)
            assert count == 1
            kind, length, _, data = self.words(item, 8, 4, 4, 8)
            assert kind == 4
            if length:
                assert length == len(A770)
                ctypes.memmove(data, A770, length)
            ctypes.memmove(item + 8, len(A770).to_bytes(4, "little"), 4)
            return 0

        monkeypatch.setattr("fcntl.ioctl", ioctl)
        assert read_regions(node, "i915") == A770

    @pytest.mark.parametrize("driver", ["xe", "i915"])
    @pytest.mark.parametrize("length", [0, -22, 2**30])
    def test_lengths_that_cannot_be(
        self, node: Path, monkeypatch: pytest.MonkeyPatch, driver: str, length: int
    ) -> None:
        def ioctl(handle: int, request: int, query: Any) -> int:
            at = ctypes.addressof(query)
            place = at + 12 if driver == "xe" else self.words(at + 8, 8)[0] + 8
            ctypes.memmove(place, length.to_bytes(4, "little", signed=True), 4)
            return 0

        monkeypatch.setattr("fcntl.ioctl", ioctl)
        assert read_regions(node, driver) is None

    def test_a_node_that_is_none(self, node: Path, tmp_path: Path) -> None:
        before = len(list(Path("/proc/self/fd").iterdir())) if Path("/proc/self/fd").exists() else 0
        assert read_regions(node, "xe") is None, "a plain file knows no such question"
        assert read_regions(node, "i915") is None
        assert read_regions(node, "amdgpu") is None
        assert read_regions(tmp_path / "nothing", "xe") is None
        if before:
            assert len(list(Path("/proc/self/fd").iterdir())) == before
