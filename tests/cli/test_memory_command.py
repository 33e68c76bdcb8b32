"""``memory`` as people run it: what the program holds, and what it gave back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from autocut_tray.bootstrap import build_services
from autocut_tray.core.clock import SystemClock
from autocut_tray.core.events import EventBus
from autocut_tray.core.monitor.history import History
from autocut_tray.core.paths import Paths
from autocut_tray.core.receipt import GivenBack, HeldBy, HeldMemory, Holders, Receipt, ReceiptKind, StillHeld
from autocut_tray.core.release import ResourceKind
from autocut_tray.core.settings.store import SettingsStore
from autocut_tray.instance_channel import open_channel
from tests.command_line import Run
from tests.memory.releases import release

pytestmark = pytest.mark.usefixtures("no_model_servers")


class Pictures:
    def release(self, keep: float, *, compress: bool) -> None: ...

    def measure(self) -> int:
        return 3 * 2**20


def test_before_anything_ran(run: Run) -> None:
    code, out, _ = run("memory", "--json")
    assert code == 0 and json.loads(out) == {"held": None, "released": []}
    code, out, _ = run("memory")
    assert code == 0 and "not running" in out and "Nothing was given back" in out


def test_what_was_stored_newest_first(run: Run, paths: Paths) -> None:
    history, now = History(paths.metrics_database, SystemClock()), SystemClock().time()
    for age, freed in ((9 * 86_400.0, 1), (300.0, 2**30), (60.0, 0)):
        history.releases.add(release(now - age, freed))
    history.close()
    code, out, _ = run("memory", "--json")
    assert code == 0 and [one["freed_bytes"] for one in json.loads(out)["released"]] == [0, 2**30]
    assert len(json.loads(run("memory", "--days", "30", "--json")[1])["released"]) == 3
    code, out, _ = run("memory")
    assert "1.0\xa0GB given back · 1.0\xa0GB of 2.0\xa0GB in 0.8 s" in out
    code, out, _ = run("memory", "--lang", "zh-CN")
    assert code == 0 and "内存不足：显卡上的 Moondream 2。" in out
    code, out, _ = run("history", "--since", "1h", "--json")
    assert [one["cause"] for one in json.loads(out)["released"]] == ["warn", "warn"]


def test_the_running_program_says_what_it_holds(
    run: Run,
    paths: Paths,
    tmp_path: Path,
) -> None:
    bus = EventBus()
    services = build_services(paths, SettingsStore(paths.settings_file, bus, {}), bus)
    channel = open_channel(services, lambda _: False)
    try:
        pictures = Pictures()
        services.memory.tracker.register(ResourceKind.RENDER_CACHE, "pictures", pictures, bytes_=3 * 2**20)
        services.memory.guard.release(kind=ResourceKind.RENDER_CACHE)
        found = json.loads(run("memory", "--json")[1])
        assert found["held"]["tracked"]["by_kind"]["render_cache"]["bytes"] == 3 * 2**20
        (one,) = found["released"]
        assert (one["cause"], one["released"][0]["kind"], one["id"]) == ("asked", "render_cache", 1)
        code, out, _ = run("memory")
        assert (
            code == 0 and "pictures on the screen: 3\xa0MB" in out and "Reserved for work: 0\xa0MB of" in out
        )
    finally:
        channel.close()
        services.close()


def test_receipts_in_words_newest_first(run: Run, paths: Paths) -> None:
    assert run("receipts", "--json")[1].strip() == json.dumps({"receipts": []}, indent=2)
    history, now = History(paths.metrics_database, SystemClock()), SystemClock().time()
    for age, undone in ((9 * 86_400.0, False), (300.0, True), (60.0, False)):
        history.add_receipt(
            Receipt(
                0, now - age, ReceiptKind.TIER, "GPU", "CPU", "vram", "vram_percent", 87.9, 85.0, 10.0,
                {"tier": "GPU"}, {"tier": "CPU"}, 2.5, undone=undone, better=False,
            )
        )  # fmt: skip
    history.close()
    code, out, _ = run("receipts")
    lines = out.replace("\xa0", " ").splitlines()
    assert code == 0 and [line.endswith("you took it back") for line in lines[:4:2]] == [False, True]
    assert lines[0].endswith("GPU → CPU")
    assert lines[1] == "  Other programs needed the VRAM. VRAM 87.9 % · 85 %, for 10 s"
    assert "undo" in lines[-1]
    found = json.loads(run("receipts", "--days", "30", "--json", "--lang", "zh-CN")[1])["receipts"]
    assert len(found) == 3 and found[0]["value"] == 87.9 and found[0]["text"].endswith("。")


def test_receipts_say_who_held_the_memory_and_what_came_back(run: Run, paths: Paths) -> None:
    history, now = History(paths.metrics_database, SystemClock()), SystemClock().time()
    history.add_receipt(
        Receipt(
            0, now - 60, ReceiptKind.TIER, "GPU", "CPU", "vram", "vram_percent", 87.9, 85.0, 10.0,
            {"tier": "GPU"}, {"tier": "CPU"}, 2.5, undone=False, better=False,
            held_by=Holders(HeldMemory.VRAM, (HeldBy("Resolve", 5222),), 512),
            freed=GivenBack(322_122_547, 2_040_109_466, 5.0, (StillHeld("Moondream 2", 1_717_986_919),)),
        )
    )  # fmt: skip
    history.close()
    lines = run("receipts")[1].replace("\xa0", " ").splitlines()
    assert lines[1:4] == [
        "  Resolve held 5.1 GB of VRAM. VRAM 87.9 % · 85 %, for 10 s",
        "  held by: Resolve 5.1, other 0.5 GB",
        "  freed: 307 MB of 1.9 GB in 5.0 s; Moondream 2 still holds 1.6 GB",
    ]
    (found,) = json.loads(run("receipts", "--json", "--lang", "zh-CN")[1])["receipts"]
    assert found["held_by"]["programs"] == [{"name": "Resolve", "mib": 5222}]
    assert found["freed"]["still"] == [{"name": "Moondream 2", "bytes": 1_717_986_919}]
    assert "仍占用" in found["freed_text"] and "其他\xa00.5" in found["held_by_text"]


@pytest.mark.parametrize("days", ["-1", "x"])
def test_usage(run: Run, days: str) -> None:
    code, out, err = run("memory", "--days", days)
    assert code == 2 and out == "" and err
