from __future__ import annotations

from dataclasses import replace

import pytest

from autocut_tray.core.messages import message
from autocut_tray.core.policy.governor_types import MemoryLevel, Tier
from autocut_tray.ui.strip_state import StripAction, StripFacts, strip_state

WHY = message("control-chosen", model="X")
READY = StripFacts(tier=Tier.GPU, since="14:02", reason=WHY)


def test_before_the_machine_is_known_it_only_looks() -> None:
    state = strip_state(StripFacts())
    assert (state.kind, state.tier, state.action) == ("", None, None)
    assert state.what.code == "ui-strip-looking"


def test_idle_offers_the_start_but_not_on_the_page_that_has_it() -> None:
    assert strip_state(READY).action is StripAction.ANALYSE
    assert strip_state(replace(READY, page="analyse")).action is None


def test_work_says_speed_once_it_is_measured() -> None:
    running = replace(READY, running=1)
    assert strip_state(running).why == WHY
    measured = strip_state(replace(running, model="Moondream 2", speed="0.8 s"))
    assert measured.why is not None
    assert measured.why.params == {"model": "Moondream 2", "speed": "0.8 s"}
    assert strip_state(replace(running, page="analyse")).action is StripAction.PAUSE


def test_degraded_is_amber_with_undo() -> None:
    state = strip_state(replace(READY, tier=Tier.CPU, degraded=True, can_undo=True))
    assert (state.kind, state.tier, state.shape, state.action) == ("warn", Tier.CPU, "warn", StripAction.UNDO)
    assert state.what.params == {"tier": "CPU", "time": "14:02"}


def test_degraded_without_a_way_back_offers_none() -> None:
    assert strip_state(replace(READY, tier=Tier.CPU, degraded=True)).action is None


def test_forced_by_the_person_is_no_alarm_but_can_be_undone() -> None:
    state = strip_state(replace(READY, tier=Tier.CPU, can_undo=True))
    assert (state.kind, state.action) == ("", StripAction.UNDO)


def test_emergency_beats_everything_and_never_offers_undo() -> None:
    facts = replace(
        READY, level=MemoryLevel.EMERGENCY, degraded=True, can_undo=True, held_by_person=True, running=1
    )
    state = strip_state(facts)
    assert (state.kind, state.shape, state.action) == ("crit", "crit", StripAction.ADVICE)


def test_held_by_the_person() -> None:
    state = strip_state(replace(READY, held_by_person=True, waiting=2))
    assert (state.what.code, state.action) == ("ui-strip-held", StripAction.RESUME)
    assert strip_state(replace(READY, held_by_person=True)).what.code == "ui-strip-ready"


@pytest.mark.parametrize(("hopeful", "code"), [(True, "ui-strip-readying"), (False, "ui-strip-nothing")])
def test_paused_at_the_start(hopeful: bool, code: str) -> None:
    facts = replace(READY, tier=Tier.PAUSED, starting=True, hopeful=hopeful)
    assert strip_state(facts).what.code == code


def test_short_memory_is_amber_while_work_goes_on() -> None:
    state = strip_state(replace(READY, level=MemoryLevel.WARN, running=1))
    assert (state.kind, state.what.code) == ("warn", "ui-strip-running")
