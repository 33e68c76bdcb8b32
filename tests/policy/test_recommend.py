"""Which acts are recommended, in which order, and what their buttons do."""

from __future__ import annotations

from dataclasses import replace

import pytest

from autocut_tray.core.policy.policy import Provider
from autocut_tray.core.policy.recommend import MOST
from autocut_tray.core.policy.resolver import CloudAccess, Wishes, resolve
from autocut_tray.core.runtime.profile import Backend, Model, RuntimeProfile
from tests.golden.machines import (
    GTX_1650,
    LLAVA_PHI3,
    MACHINES,
    MOONDREAM,
    NO_OLLAMA,
    QWEN_VL,
    RTX_4060,
    STOPPED_OLLAMA,
    UHD,
    lmstudio,
    machine,
    ollama,
    remote_ollama,
)

LOCKED = Wishes(never_cloud=True)


def acts(profile: RuntimeProfile, wishes: Wishes = LOCKED) -> list[str]:
    """``code:kind=argument`` of each, the cloud locked unless said, so that only this machine is talked about."""
    found = []
    for act in resolve(profile, wishes).recommendations:
        action = f"{act.action.kind.value}={act.action.argument or ''}" if act.action else "-"
        found.append(f"{act.code.removeprefix('recommend-')}:{action}")
    return found


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("high-ready", []),
        ("high-moondream-only", ["pull:pull_model=llava-phi3", "pull:pull_model=qwen2.5:14b"]),
        ("high-bare", ["install:open_page=https://ollama.com/download"]),
        ("mid-ready", []),
        ("mid-llava", ["pull:pull_model=moondream"]),
        ("mid-lmstudio", ["install:open_page=https://ollama.com/download"]),
        ("mid-both", []),
        ("mid-full-card", ["free-vram:free_vram=ollama"]),
        ("mid-full-of-others", ["close-gpu:-"]),
        ("low-ready", []),
        ("cpu-ollama", []),
        ("cpu-heavy", ["pull:pull_model=moondream"]),
        ("cpu-text-only", ["pull:pull_model=moondream"]),
        ("cpu-bare", ["install:open_page=https://ollama.com/download"]),
        ("cpu-unread-card", ["driver:detect_again="]),
        ("cpu-silent-probe", ["start:start_server=ollama", "detect:detect_again="]),
        ("token", ["token:enter_key=lmstudio"]),
        ("only-cloud-models", ["pull:pull_model=moondream"]),
        ("old-ollama", ["pull:pull_model=moondream"]),
    ],
)
def test_acts_on_this_machine(name: str, expected: list[str]) -> None:
    assert acts(MACHINES[name]) == expected


def test_at_most_three_the_most_useful_first() -> None:
    found = acts(MACHINES["cpu-silent-probe"], Wishes())
    assert found == ["start:start_server=ollama", "detect:detect_again=", "key:enter_key=openai"]
    assert all(len(resolve(profile).recommendations) <= MOST for profile in MACHINES.values())


def test_start_comes_before_install() -> None:
    assert acts(machine(UHD, ollama=STOPPED_OLLAMA)) == ["start:start_server=ollama"]
    stopped = replace(NO_OLLAMA, installed=True)
    assert acts(machine(UHD, ollama=NO_OLLAMA, lmstudio=stopped)) == ["start:start_server=lmstudio"]


def test_running_lmstudio_without_a_vision_model() -> None:
    assert acts(machine(UHD, lmstudio=lmstudio(Model("text", vision=False)))) == ["lmstudio-model:-"]


def test_nothing_is_installed_where_it_is_not_known_to_be_absent() -> None:
    assert acts(MACHINES["unknown"]) == []


def test_too_little_memory_for_any_model() -> None:
    profile = machine(UHD, ollama=ollama(LLAVA_PHI3), ram_gib=3, available_gib=1)
    assert acts(profile) == ["add-memory:-"]


def test_little_memory_beside_an_editor() -> None:
    assert acts(machine(UHD, ollama=ollama(MOONDREAM), ram_gib=8, available_gib=5)) == ["add-memory:-"]
    assert acts(machine(UHD, ollama=ollama(MOONDREAM), ram_gib=15.7, available_gib=9)) == []


def test_memory_that_is_full_now() -> None:
    assert acts(machine(UHD, ollama=ollama(MOONDREAM), available_gib=2)) == ["free-memory:-"]
    loaded = ollama(replace(MOONDREAM, loaded=True))
    assert acts(machine(UHD, ollama=loaded, available_gib=2)) == []


def test_persons_own_choice_of_model_is_not_argued_with() -> None:
    wishes = replace(LOCKED, local_vision_model="llava-phi3")
    assert acts(MACHINES["mid-llava"], wishes) == []


def test_ollama_that_could_step_down_is_started_or_given_a_model() -> None:
    for server, expected in (
        (STOPPED_OLLAMA, "start:start_server=ollama"),
        (ollama(), "pull:pull_model=moondream"),
    ):
        assert acts(machine(RTX_4060, lmstudio=lmstudio(QWEN_VL), ollama=server)) == [expected]
    assert acts(machine(GTX_1650, lmstudio=lmstudio(QWEN_VL))) == []


class TestCloud:
    def test_key_first_then_consent(self) -> None:
        profile = machine(UHD)
        assert "key:enter_key=openai" in acts(profile, Wishes())
        with_key = Wishes(openai=CloudAccess(has_key=True))
        assert "allow:allow_cloud=openai" in acts(profile, with_key)

    def test_locked_cloud_is_never_advertised(self) -> None:
        for profile in MACHINES.values():
            assert not any("enter_key=openai" in act or "allow" in act for act in acts(profile))

    def test_planner_comes_last(self) -> None:
        assert acts(MACHINES["mid-ready"], Wishes()) == ["planner-key:enter_key=deepseek"]
        with_key = Wishes(deepseek=CloudAccess(has_key=True))
        assert acts(MACHINES["mid-ready"], with_key) == ["planner-allow:allow_cloud=deepseek"]

    def test_person_who_chose_the_cloud_is_not_sent_to_ollama(self) -> None:
        wishes = Wishes(vision_provider=Provider.CLOUD)
        assert acts(machine(UHD), wishes) == ["key:enter_key=openai", "planner-key:enter_key=deepseek"]

    def test_person_without_vision_is_left_alone(self) -> None:
        wishes = replace(LOCKED, vision_provider=Provider.NONE)
        assert acts(machine(UHD), wishes) == []

    def test_remote_server_wants_consent_and_encryption(self) -> None:
        assert acts(MACHINES["remote"], Wishes())[0] == "allow-remote:allow_cloud=ollama"
        assert acts(MACHINES["remote-unencrypted"], Wishes())[0] == "remote-tls:-"
        allowed = Wishes(remote_consent=frozenset({Backend.OLLAMA}), deepseek=CloudAccess(True, True, True))
        assert acts(MACHINES["remote"], allowed) == []

    def test_silent_remote_server_is_not_started_here(self) -> None:
        silent = replace(remote_ollama(), reachable=False)
        assert acts(machine(UHD, ollama=silent)) == []
