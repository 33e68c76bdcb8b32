"""Who holds a card's memory, as the Linux kernel accounts for it; and Intel's cards, which tell it only so."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from autocut_tray.core.runtime.probes import drm
from autocut_tray.core.runtime.probes.drm_clients import LOOK_INTERVAL, Client, DrmClients, client_in
from autocut_tray.core.runtime.probes.vram import VramReading, VramSampler
from autocut_tray.core.runtime.profile import Confidence, Gpu, GpuKind
from autocut_tray.core.sample import Holder
from tests.fakes import FakeClock
from tests.runtime.fakes import GIB, MIB, fake_machine, put, put_card

pytestmark = pytest.mark.skipif(os.name == "nt", reason="symbolic links as in /proc")

HERE, THERE = "0000:03:00.0", "0000:05:00.0"
XE = """\
pos:\t0
flags:\t0100002
drm-driver:\txe
drm-client-id:\t{number}
drm-pdev:\t{place}
drm-total-system:\t0
drm-resident-system:\t0
drm-total-gtt:\t192 KiB
drm-resident-gtt:\t192 KiB
drm-total-vram0:\t23992 KiB
drm-shared-vram0:\t16 MiB
drm-active-vram0:\t0
drm-resident-vram0:\t{mib} MiB
drm-purgeable-vram0:\t0
drm-resident-stolen:\t65536
drm-cycles-rcs:\t28257900
"""
I915 = """\
drm-driver:\ti915
drm-client-id:\t{number}
drm-pdev:\t{place}
drm-total-system0:\t2048 KiB
drm-resident-system0:\t2048 KiB
drm-total-local0:\t512 MiB
drm-resident-local0:\t{mib} MiB
drm-resident-stolen-local0:\t8 MiB
"""


@pytest.mark.parametrize(
    ("text", "client"),
    [
        (XE.format(number=7, place=HERE, mib=20), Client("7", HERE, 20 * MIB)),
        (I915.format(number=8, place=HERE, mib=500), Client("8", HERE, 500 * MIB)),
        (
            "drm-client-id:\t1\ndrm-resident-vram0:\t1 GiB\ndrm-resident-vram1:\t1 GiB",
            Client("1", None, 2 * GIB),
        ),
        ("drm-memory-vram:\t1024 KiB\ndrm-total-vram:\t9 MiB", Client(None, None, MIB)),
        ("drm-total-local0:\t4096", Client(None, None, 4096)),
        ("drm-memory-vram:\t5 KiB\ndrm-resident-vram:\t0", Client(None, None, 0)),
        ("drm-driver:\ti915\ndrm-resident-system0:\t81920 KiB", None),
        ("drm-resident-vram0:\tmuch", None),
        ("", None),
    ],
)
def test_what_one_open_node_says(text: str, client: Client | None) -> None:
    assert client_in(text) == client


class Proc:
    """A ``/proc`` of a few programs; ``looked`` counts the folders of open files that were listed."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def opens(self, pid: int, file: int, text: str, node: str = "/dev/dri/renderD128") -> None:
        info = put(self.root, f"/proc/{pid}/fdinfo/{file}", text)
        link = info.parent.parent / "fd" / str(file)
        link.parent.mkdir(exist_ok=True)
        link.unlink(missing_ok=True)
        link.symlink_to(node)

    def ends(self, pid: int) -> None:
        for file in sorted((self.root / f"proc/{pid}").rglob("*"), reverse=True):
            file.rmdir() if file.is_dir() and not file.is_symlink() else file.unlink()
        (self.root / f"proc/{pid}").rmdir()

    def clients(self, clock: FakeClock, slot: str | None = HERE) -> DrmClients:
        return DrmClients(self.root / "proc", slot, clock)


def test_each_client_counts_once(tmp_path: Path) -> None:
    proc = Proc(tmp_path)
    proc.opens(10, 5, XE.format(number=1, place=HERE, mib=100))
    proc.opens(10, 6, XE.format(number=1, place=HERE, mib=100))
    proc.opens(10, 7, XE.format(number=2, place=HERE, mib=50))
    proc.opens(11, 5, XE.format(number=2, place=HERE, mib=50))
    proc.opens(11, 6, XE.format(number=3, place=THERE, mib=999))
    proc.opens(12, 1, "pos:\t0", node="/dev/null")
    put(tmp_path, "/proc/self/comm", "x")
    assert proc.clients(FakeClock()).bytes_by_process() == {10: 150 * MIB}
    everywhere = proc.clients(FakeClock(), None).bytes_by_process()
    assert everywhere == {10: 150 * MIB, 11: 999 * MIB}


def test_holders_are_read_again_and_new_programs_found(tmp_path: Path) -> None:
    proc, clock = Proc(tmp_path), FakeClock()
    proc.opens(10, 5, XE.format(number=1, place=HERE, mib=100))
    clients = proc.clients(clock)
    assert clients.bytes_by_process() == {10: 100 * MIB}
    proc.opens(10, 5, XE.format(number=1, place=HERE, mib=700))
    proc.opens(20, 3, XE.format(number=4, place=HERE, mib=30))
    assert clients.bytes_by_process() == {10: 100 * MIB}, "a look is good for some seconds"
    clock.advance(LOOK_INTERVAL)
    assert clients.bytes_by_process() == {10: 700 * MIB, 20: 30 * MIB}
    proc.ends(10)
    clock.advance(LOOK_INTERVAL)
    assert clients.bytes_by_process() == {20: 30 * MIB}


def test_a_program_that_opens_the_card_later_is_found_too(tmp_path: Path) -> None:
    proc, clock = Proc(tmp_path), FakeClock()
    proc.opens(10, 1, "", node="/dev/null")
    clients = proc.clients(clock)
    assert clients.bytes_by_process() == {}
    proc.opens(20, 1, "", node="/dev/null")
    clock.advance(LOOK_INTERVAL)
    assert clients.bytes_by_process() == {}
    proc.opens(20, 2, XE.format(number=4, place=HERE, mib=30))
    proc.opens(10, 2, XE.format(number=5, place=HERE, mib=40))
    clock.advance(LOOK_INTERVAL)
    assert clients.bytes_by_process() == {10: 40 * MIB, 20: 30 * MIB}
    proc.opens(10, 2, "", node="/dev/null")
    clock.advance(LOOK_INTERVAL)
    assert clients.bytes_by_process() == {20: 30 * MIB}, "and one that closes it is left"


def test_later_looks_take_the_old_programs_in_turn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With more open files than one look goes through, each program still has its turn."""
    proc, clock = Proc(tmp_path), FakeClock()
    for pid in range(100, 140):
        for file in range(20):
            proc.opens(pid, file, "", node="/dev/null")
    clients = proc.clients(clock)
    clients.bytes_by_process()
    proc.opens(139, 0, XE.format(number=1, place=HERE, mib=10))
    listed: list[str] = []
    scan = os.scandir
    monkeypatch.setattr(os, "scandir", lambda path: listed.append(str(path)) or scan(path))
    looks = 0
    while not clients.bytes_by_process():
        listed.clear()
        clock.advance(LOOK_INTERVAL)
        looks += 1
        assert looks < 5
        clients.bytes_by_process()
        assert len(listed) < 25, "one look lists a part of them"
    assert looks == 3


def test_a_machine_without_proc(tmp_path: Path) -> None:
    assert DrmClients(tmp_path / "proc", None, FakeClock()).bytes_by_process() == {}


# ---- Intel's cards ---------------------------------------------------------------------------------------

ARC = Gpu("Intel Arc B580", "Intel", GpuKind.DISCRETE, 12216, None, "xe", "drm", Confidence.EXACT, index=1)


def derived(used: int | None) -> VramReading:
    return VramReading(used, 12216, None, "fdinfo", confidence=Confidence.DERIVED)


def arc(root: Path, clock: FakeClock) -> VramSampler:
    put_card(root, 1, 0x8086, 0xE20B, driver="xe", slot=HERE)
    return VramSampler(ARC, clock, machine=fake_machine(root), process_name={10: "ollama"}.get)


def test_an_arc_is_read_from_its_programs(tmp_path: Path) -> None:
    proc, clock = Proc(tmp_path), FakeClock()
    proc.opens(10, 5, XE.format(number=1, place=HERE, mib=4000))
    proc.opens(11, 5, XE.format(number=2, place=HERE, mib=300))
    reads = arc(tmp_path, clock)
    assert reads.sample() == derived(4300)
    assert reads.holders() == (Holder("ollama", 4000), Holder("PID 11", 300))
    reads.close()
    assert reads.sample() is None


def test_a_detection_tells_what_is_used_too(tmp_path: Path) -> None:
    Proc(tmp_path).opens(10, 5, XE.format(number=1, place=HERE, mib=4000))
    put_card(tmp_path, 1, 0x8086, 0xE20B, driver="xe", slot=HERE, tile0__physical_vram_size_bytes=12 * GIB)
    (seen,) = drm.list_adapters(fake_machine(tmp_path))
    assert (seen.gpu.vram_total_mib, seen.gpu.vram_used_mib) == (12288, 4000)
    assert (seen.gpu.source, seen.gpu.confidence) == ("sysfs", Confidence.DERIVED)


def test_an_arc_that_nobody_uses_or_that_is_gone(tmp_path: Path) -> None:
    clock = FakeClock()
    reads = arc(tmp_path, clock)
    assert reads.sample() == derived(0)
    (tmp_path / "sys/class/drm/card1/device/vendor").unlink()
    assert reads.sample() is None


def test_sums_that_cannot_be_are_unknown(tmp_path: Path) -> None:
    Proc(tmp_path).opens(10, 5, XE.format(number=1, place=HERE, mib=50_000))
    assert arc(tmp_path, FakeClock()).sample() == derived(None)


def test_looks_after_the_first_cost_little(tmp_path: Path) -> None:
    """A desktop with 80 programs of 40 open files each, some of which hold the card; a tick a second."""
    proc, clock = Proc(tmp_path), FakeClock()
    for pid in range(1000, 1080):
        for file in range(38):
            proc.opens(pid, file, "", node="/dev/null")
        if pid % 17 == 0:
            proc.opens(pid, 38, XE.format(number=pid, place=HERE, mib=20))
    reads = arc(tmp_path, clock)
    reads.sample()
    clock.advance(LOOK_INTERVAL)
    began = time.process_time()
    for _ in range(20):
        reads.sample()
        clock.advance(1.0)
    assert (time.process_time() - began) / 20 < 0.001
