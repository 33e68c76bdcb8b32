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
    assert code == 0 and "内存不足：Moondream 2（显卡上的模型）。" in out
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


@pytest.mark.parametrize("days", ["-1", "x"])
def test_usage(run: Run, days: str) -> None:
    code, out, err = run("memory", "--days", days)
    assert code == 2 and out == "" and err
