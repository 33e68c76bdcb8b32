"""How many videos at once, and why: by a table, and what must hold for any machine."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autocut_tray.core.jobs.side_by_side import BUDGET_MIB, MOST, VIDEO_MIB, Situation, side_by_side
from autocut_tray.core.policy.governor_types import MemoryLevel, Tier
from autocut_tray.core.runtime.profile import ProfileClass
from autocut_tray.i18n import Translator

BIG = Situation(
    chosen=None,
    running=0,
    tier=Tier.GPU,
    profile_class=ProfileClass.LOCAL_GPU_HIGH,
    threads=16,
    level=MemoryLevel.OK,
    spare_ram=16_000.0,
    spare_budget=256.0,
)


@pytest.mark.parametrize(
    ("change", "jobs", "reading", "reasons"),
    [
        ({}, 3, 2, ["videos-threads"]),
        ({"threads": 64}, 4, 3, ["videos-threads"]),
        ({"threads": 8}, 2, 1, ["videos-threads"]),
        ({"threads": 2}, 2, 1, ["videos-threads"]),
        ({"threads": None}, 1, 1, ["videos-threads-unknown"]),
        ({"threads": 4, "tier": Tier.CLOUD}, 2, 1, ["videos-threads"]),
        ({"threads": 4, "tier": Tier.PAUSED}, 2, 1, ["videos-threads"]),
        ({"threads": 4, "tier": Tier.CPU}, 1, 1, ["videos-threads", "videos-cpu-tier"]),
        ({"threads": 16, "tier": Tier.CPU}, 3, 2, ["videos-threads"]),
        ({"profile_class": ProfileClass.LOCAL_CPU_ONLY}, 2, 2, ["videos-threads", "videos-small"]),
        ({"profile_class": ProfileClass.CLOUD_HYBRID}, 3, 2, ["videos-threads"]),
        ({"spare_ram": None}, 1, 1, ["videos-threads", "videos-ram-unknown"]),
        ({"spare_ram": -500.0}, 1, 1, ["videos-threads", "videos-ram"]),
        ({"spare_ram": 2 * VIDEO_MIB}, 2, 2, ["videos-threads", "videos-ram"]),
        ({"spare_ram": 1.0, "running": 2}, 2, 2, ["videos-threads", "videos-ram"]),
        ({"spare_ram": VIDEO_MIB, "running": 2}, 3, 2, ["videos-threads"]),
        ({"spare_budget": BUDGET_MIB}, 1, 1, ["videos-threads", "videos-budget"]),
        ({"spare_budget": -40.0, "running": 2}, 2, 2, ["videos-threads", "videos-budget"]),
        ({"alerted": True}, 1, 1, ["videos-threads", "videos-alert"]),
        ({"alerted": True, "threads": 64}, 2, 2, ["videos-threads", "videos-alert"]),
        ({"throttled": True}, 2, 1, ["videos-threads", "videos-cpu"]),
        ({"level": MemoryLevel.WARN}, 1, 1, ["videos-threads", "videos-memory"]),
        ({"editor": True}, 1, 1, ["videos-threads", "videos-editor"]),
        ({"chosen": 4}, 4, 4, ["videos-chosen"]),
        ({"chosen": 1}, 1, 1, ["videos-chosen"]),
        ({"chosen": 4, "tier": Tier.CPU, "threads": 2}, 4, 4, ["videos-chosen"]),
        ({"chosen": 4, "editor": True}, 1, 1, ["videos-chosen", "videos-editor"]),
        ({"chosen": 4, "level": MemoryLevel.EMERGENCY}, 1, 1, ["videos-chosen", "videos-memory"]),
        ({"chosen": 9}, MOST, MOST, ["videos-chosen"]),
    ],
)
def test_the_number_and_its_reasons(
    change: dict[str, object], jobs: int, reading: int, reasons: list[str]
) -> None:
    found = side_by_side(replace(BIG, **change))  # type: ignore[arg-type]
    assert (found.jobs, found.reading) == (jobs, reading)
    assert [reason.code for reason in found.reasons] == reasons
    assert found.give_up == ("editor" in change or "level" in change)
    for language in ("en", "zh-CN"):
        assert all(Translator(language).text(reason) for reason in found.reasons)


numbers = st.floats(-5000, 500_000)
situations = st.builds(
    Situation,
    chosen=st.none() | st.integers(1, MOST),
    running=st.integers(0, MOST),
    tier=st.sampled_from(Tier),
    profile_class=st.none() | st.sampled_from(ProfileClass),
    threads=st.none() | st.integers(1, 256),
    level=st.sampled_from(MemoryLevel),
    spare_ram=st.none() | numbers,
    spare_budget=numbers,
    throttled=st.booleans(),
    alerted=st.booleans(),
    editor=st.booleans(),
)


@given(situations)
def test_always_one_never_too_many_and_nothing_without_a_reason(now: Situation) -> None:
    found = side_by_side(now)
    assert 1 <= found.reading <= found.jobs <= MOST
    assert found.reasons
    if now.level is not MemoryLevel.OK or now.editor:
        assert found.jobs == 1


@given(situations, st.sampled_from(["throttled", "alerted", "editor"]))
def test_what_presses_never_makes_it_more(now: Situation, what: str) -> None:
    calm, pressed = side_by_side(replace(now, **{what: False})), side_by_side(replace(now, **{what: True}))  # type: ignore[arg-type]
    assert pressed.jobs <= calm.jobs and pressed.reading <= calm.reading


@given(situations, st.floats(0, 50_000))
def test_less_memory_never_makes_it_more(now: Situation, less: float) -> None:
    if now.spare_ram is not None:
        assert side_by_side(replace(now, spare_ram=now.spare_ram - less)).jobs <= side_by_side(now).jobs
