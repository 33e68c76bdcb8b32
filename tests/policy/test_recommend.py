"""Which acts are recommended, in which order, and what their buttons do."""

from __future__ import annotations

from dataclasses import replace

import pytest

from autocut_tray.core.policy.figures import Kind
from autocut_tray.core.policy.governor_types import Tier
from autocut_tray.core.policy.policy import Provider
from autocut_tray.core.policy.recommend import MOST
from autocut_tray.core.policy.resolver import CloudAccess, Wishes, resolve
from autocut_tray.core.runtime.profile import Backend, Model, RuntimeProfile
from tests.golden.machines import (
    GIB,
    GTX_1650,
    LLAVA_PHI3,
    MACHINES,
    MOONDREAM,
    NO_OLLAMA,
    QWEN_14B,
    QWEN_VL,
    QWEN_VL_14B,
    REMOTE_YES,
    RTX_4060,
    STOPPED_OLLAMA,
    UHD,
    card,
    lmstudio,
    machine,
    measured,
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


@pytest.mark.fault("FM1", "FM8")
@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("high-ready", []),
        ("high-moondream-only", ["pull:pull_model=llava-phi3", "pull:pull_model=qwen2.5:14b"]),
        ("high-full-card", ["use-model:use_model=ollama/moondream:latest", "close-gpu:-"]),
        ("mid-too-large", ["use-model:use_model=lmstudio/qwen2-vl-7b-instruct"]),
        (
            "cpu-full-memory",
            ["use-model:use_model=ollama/smolvlm2:2.2b", "free-memory:-", "pull:pull_model=moondream"],
        ),
        ("high-bare", ["install:open_page=https://ollama.com/download"]),
        ("mid-ready", []),
        ("mid-llava", ["pull:pull_model=moondream", "plan-here:-"]),
        ("mid-lmstudio", ["install:open_page=https://ollama.com/download"]),
        ("mid-both", []),
        ("mid-full-card", ["free-vram:free_vram=ollama", "plan-here:-"]),
        ("mid-full-of-others", ["close-gpu:-"]),
        ("low-ready", []),
        ("cpu-ollama", []),
        ("cpu-heavy", ["pull:pull_model=moondream"]),
        ("cpu-text-only", ["pull:pull_model=moondream", "plan-here:-"]),
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
    assert acts(machine(UHD, lmstudio=lmstudio(Model("text", vision=False)))) == [
        "lmstudio-model:-",
        "plan-here:-",
    ]


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


class TestSmallerModel:
    def full(self, used_mib: int, *found: Model) -> RuntimeProfile:
        return machine(card("RTX 4090", 24564, used_mib), ollama=ollama(*found), ram_gib=64, available_gib=40)

    @pytest.mark.parametrize(
        ("free_mib", "expected"),
        [
            (3584, []),  # 3 GB and the reserve: the chosen one fits
            (3583, ["use-model:use_model=ollama/moondream:latest", "close-gpu:-"]),
            (2560, ["use-model:use_model=ollama/moondream:latest", "close-gpu:-"]),
            (2559, ["close-gpu:-"]),
        ],
    )
    def test_only_one_that_fits_is_offered(self, free_mib: int, expected: list[str]) -> None:
        profile = self.full(24564 - free_mib, LLAVA_PHI3, MOONDREAM, QWEN_14B)
        assert acts(profile) == expected

    def test_idle_models_are_unloaded_first(self) -> None:
        idle = replace(QWEN_14B, loaded=True, vram_bytes=10 * GIB)
        assert acts(self.full(21400, LLAVA_PHI3, MOONDREAM, idle)) == [
            "free-vram:free_vram=ollama",
            "use-model:use_model=ollama/moondream:latest",
        ]

    def test_a_loaded_model_has_its_room(self) -> None:
        assert acts(self.full(24000, replace(LLAVA_PHI3, loaded=True), MOONDREAM, QWEN_14B)) == []

    def test_the_other_server_may_have_it(self) -> None:
        profile = machine(card("RTX 4060", 8188, 5000), lmstudio=lmstudio(QWEN_VL), ollama=ollama(MOONDREAM))
        assert acts(profile)[0] == "use-model:use_model=ollama/moondream:latest"

    @pytest.mark.parametrize(
        ("pin", "offered"), [(Tier.CPU, False), (Tier.PAUSED, False), (Tier.GPU, True), (None, True)]
    )
    def test_a_card_too_small_for_the_chosen_model(self, pin: Tier | None, offered: bool) -> None:
        profile = machine(RTX_4060, ollama=ollama(QWEN_VL_14B, MOONDREAM), ram_gib=64, available_gib=40)
        wishes = replace(LOCKED, local_vision_model=QWEN_VL_14B.name, pin=pin)
        found = "use-model:use_model=ollama/moondream:latest" in acts(profile, wishes)
        assert found is offered

    def test_one_smaller_model_is_enough(self) -> None:
        # Neither card nor memory hold the large one; on each of them another one would be the smallest that fits.
        profile = machine(RTX_4060, ollama=ollama(QWEN_VL_14B, MOONDREAM), ram_gib=64, available_gib=4)
        wishes = replace(LOCKED, local_vision_model=QWEN_VL_14B.name)
        assert acts(profile, wishes) == ["use-model:use_model=ollama/moondream:latest", "free-memory:-"]

    def test_two_builds_of_one_model_are_told_apart(self) -> None:
        large = Model("llava-phi3:f16", 8_300_000_000, "F16", vision=True)
        policy = resolve(self.full(23564, large, LLAVA_PHI3), replace(LOCKED, local_vision_model=large.name))
        assert not any(act.code == "recommend-use-model" for act in policy.recommendations)  # both need 3 GB
        known = measured(
            profile := self.full(19564, large, LLAVA_PHI3),
            (Kind.VRAM, Backend.OLLAMA, large.name, Tier.GPU, (8100,)),
        )
        policy = resolve(profile, replace(LOCKED, local_vision_model=large.name), known)
        advice = next(act for act in policy.recommendations if act.code == "recommend-use-model")
        assert advice.text.params["model"] == LLAVA_PHI3.name
        assert advice.reason.params["current"] == large.name


def test_persons_own_choice_of_model_is_not_argued_with() -> None:
    wishes = replace(LOCKED, local_vision_model="llava-phi3")
    assert acts(MACHINES["mid-llava"], wishes) == ["plan-here:-"]


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

    def test_a_planner_as_large_as_the_machine(self) -> None:
        here = replace(LOCKED, planning_provider=Provider.LOCAL)
        for gpu, expected in (
            (card("NVIDIA GeForce RTX 3060", 12288), "qwen2.5:14b"),
            (RTX_4060, "qwen2.5:7b"),
            (GTX_1650, "qwen2.5:3b"),
        ):
            assert f"pull:pull_model={expected}" in acts(machine(gpu, ollama=ollama(MOONDREAM)), here)
        for provider in (Provider.NONE, Provider.LOCAL):
            found = acts(MACHINES["mid-llava"], replace(LOCKED, planning_provider=provider))
            assert "plan-here:-" not in found, "what the person chose is not argued with"

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
        allowed = Wishes(remote_consent=REMOTE_YES, deepseek=CloudAccess(True, True, True))
        assert acts(MACHINES["remote"], allowed) == []

    def test_silent_remote_server_is_not_started_here(self) -> None:
        silent = replace(remote_ollama(), reachable=False)
        assert acts(machine(UHD, ollama=silent)) == []
