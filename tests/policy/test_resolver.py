"""The class table, the choice of models and the routes, on machines made by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from autocut_tray.core.policy.governor_types import Tier
from autocut_tray.core.policy.policy import BlockReason, CloudBackend, Device, Provider
from autocut_tray.core.policy.resolver import CloudAccess, RemoteConsent, Wishes, resolve
from autocut_tray.core.runtime.profile import Backend, Gpu, Model, ProfileClass, RuntimeProfile, classify
from autocut_tray.i18n import LANGUAGES, Translator
from tests.golden.machines import (
    GTX_1650,
    LLAMA,
    LLAVA_PHI3,
    MACHINES,
    MOONDREAM,
    QWEN_14B,
    QWEN_VL,
    REMOTE_YES,
    RTX_4060,
    RTX_4090,
    UHD,
    card,
    lmstudio,
    machine,
    ollama,
    remote_ollama,
)

HIGH, MID, LOW = ProfileClass.LOCAL_GPU_HIGH, ProfileClass.LOCAL_GPU_MID, ProfileClass.LOCAL_GPU_LOW
CPU_ONLY, HYBRID = ProfileClass.LOCAL_CPU_ONLY, ProfileClass.CLOUD_HYBRID
ALLOWED = Wishes(
    openai=CloudAccess(has_key=True, pictures=True, texts=True),
    deepseek=CloudAccess(has_key=True, pictures=True, texts=True),
)


def tiers(profile: RuntimeProfile, wishes: Wishes | None = None) -> str:
    return " ".join(route.tier.value for route in resolve(profile, wishes).routes)


def codes(profile: RuntimeProfile, wishes: Wishes | None = None) -> set[str]:
    return {reason.code for reason in resolve(profile, wishes).reasons}


# machine, class, provider, server, model, device, scenes, planning, base tier, routes
TABLE = [
    ("high-ready", HIGH, "local", "ollama", "llava-phi3:3.8b", "gpu", 20, "qwen2.5:14b", "GPU", "GPU CPU"),
    (
        "high-moondream-only",
        HIGH,
        "local",
        "ollama",
        "moondream:latest",
        "gpu",
        20,
        "llama3.1:8b",
        "GPU",
        "GPU CPU",
    ),
    ("high-bare", HIGH, "cloud", None, "gpt-4o", None, 20, "qwen2.5:14b", "PAUSED", ""),
    ("mid-ready", MID, "local", "ollama", "moondream:latest", "auto", 10, "deepseek-chat", "GPU", "GPU CPU"),
    ("mid-llava", MID, "local", "ollama", "llava-phi3:3.8b", "auto", 10, "deepseek-chat", "GPU", "GPU CPU"),
    (
        "mid-lmstudio",
        MID,
        "local",
        "lmstudio",
        "qwen2-vl-7b-instruct",
        "auto",
        10,
        "deepseek-chat",
        "GPU",
        "GPU",
    ),
    (
        "mid-both",
        MID,
        "local",
        "lmstudio",
        "qwen2-vl-7b-instruct",
        "auto",
        10,
        "deepseek-chat",
        "GPU",
        "GPU CPU",
    ),
    ("low-ready", LOW, "local", "ollama", "moondream:latest", "cpu", 6, "deepseek-chat", "CPU", "CPU"),
    (
        "low-lmstudio",
        LOW,
        "local",
        "lmstudio",
        "qwen2-vl-7b-instruct",
        "cpu",
        6,
        "deepseek-chat",
        "CPU",
        "CPU",
    ),
    ("cpu-both", CPU_ONLY, "local", "lmstudio", "llava-phi3:3.8b", "cpu", 10, "deepseek-chat", "CPU", "CPU"),
    ("cpu-ollama", CPU_ONLY, "local", "ollama", "moondream:latest", "cpu", 10, "deepseek-chat", "CPU", "CPU"),
    ("cpu-heavy", CPU_ONLY, "local", "ollama", "minicpm-v:8b", "cpu", 10, "deepseek-chat", "CPU", "CPU"),
    ("cpu-text-only", CPU_ONLY, "cloud", None, "gpt-4o", None, 10, "deepseek-chat", "PAUSED", ""),
    ("cpu-bare", CPU_ONLY, "cloud", None, "gpt-4o", None, 10, "deepseek-chat", "PAUSED", ""),
    ("cpu-small-memory", CPU_ONLY, "cloud", None, "gpt-4o", None, 10, "deepseek-chat", "PAUSED", ""),
    (
        "cpu-small-card",
        CPU_ONLY,
        "local",
        "ollama",
        "moondream:latest",
        "cpu",
        10,
        "deepseek-chat",
        "CPU",
        "CPU",
    ),
    (
        "cpu-unread-card",
        CPU_ONLY,
        "local",
        "ollama",
        "moondream:latest",
        "cpu",
        10,
        "deepseek-chat",
        "CPU",
        "CPU",
    ),
    ("apple-m2", CPU_ONLY, "local", "ollama", "moondream:latest", "cpu", 10, "deepseek-chat", "CPU", "CPU"),
    ("token", MID, "cloud", None, "gpt-4o", None, 10, "deepseek-chat", "PAUSED", ""),
    ("only-cloud-models", CPU_ONLY, "cloud", None, "gpt-4o", None, 10, "deepseek-chat", "PAUSED", ""),
    ("old-ollama", CPU_ONLY, "local", "ollama", "llava-phi3:3.8b", "cpu", 10, "deepseek-chat", "CPU", "CPU"),
    ("remote", HYBRID, "cloud", "ollama", "qwen2-vl-7b-instruct", None, 10, "deepseek-chat", "PAUSED", ""),
    ("unknown", CPU_ONLY, "cloud", None, "gpt-4o", None, 10, "deepseek-chat", "PAUSED", ""),
]


@pytest.mark.parametrize("row", TABLE, ids=[row[0] for row in TABLE])
def test_machine_without_wishes(row: tuple) -> None:
    name, profile_class, provider, server, model, device, scenes, planner, base, routes = row
    policy = resolve(MACHINES[name])
    vision = policy.vision
    assert policy.profile_class is profile_class
    assert vision.provider.value == provider
    assert (vision.local_backend.value if vision.local_backend else None) == server
    assert vision.model == model
    assert (vision.device.value if vision.device else None) == device
    assert vision.max_scenes == scenes
    assert policy.planning.model == planner
    assert policy.base_tier.value == base
    assert tiers(MACHINES[name]) == routes


@pytest.mark.parametrize(
    ("vram_mib", "expected"),
    [
        (16374, HIGH),  # "16 GB" cards report a little less
        (15872, HIGH),  # 15.5 GiB rounds up
        (15871, MID),
        (8188, MID),
        (7680, MID),
        (7679, LOW),
        (4096, LOW),
        (3584, LOW),
        (3583, CPU_ONLY),
        (2048, CPU_ONLY),
        (None, CPU_ONLY),
    ],
)
def test_boundaries_of_the_classes(vram_mib: int | None, expected: ProfileClass) -> None:
    gpu = card("card", vram_mib, None)
    assert classify((gpu,)) is expected
    assert resolve(machine(gpu, ollama=ollama(MOONDREAM))).profile_class is expected


class TestVisionModels:
    def test_high_prefers_llava_phi3_and_others_moondream(self) -> None:
        both = ollama(MOONDREAM, LLAVA_PHI3)
        assert resolve(machine(RTX_4090, ollama=both)).vision.model == LLAVA_PHI3.name
        assert resolve(machine(RTX_4060, ollama=both)).vision.model == MOONDREAM.name
        assert resolve(machine(UHD, ollama=both)).vision.model == MOONDREAM.name

    def test_minicpm_comes_last_on_small_machines(self) -> None:
        other = Model("qwen2.5vl:3b", 3_200_000_000, vision=True)
        heavy = Model("minicpm-v:latest", 3_000_000_000, vision=True)
        assert resolve(machine(UHD, ollama=ollama(heavy, other))).vision.model == other.name
        assert "policy-model-heavy" in codes(machine(UHD, ollama=ollama(heavy)))
        assert "policy-model-heavy" not in codes(machine(RTX_4090, ollama=ollama(heavy)))

    @pytest.mark.parametrize("name", ["moondream", "vikhyatk/moondream2", "moondream:1.8b-v2-q4_K_M"])
    def test_every_spelling_of_moondream_is_the_first_choice(self, name: str) -> None:
        assert "policy-model-table" in codes(
            machine(UHD, ollama=ollama(LLAVA_PHI3, Model(name, None, vision=True)))
        )

    def test_model_that_says_no_is_never_used(self) -> None:
        blind = replace(MOONDREAM, vision=False)
        assert resolve(machine(UHD, ollama=ollama(blind))).vision.provider is Provider.CLOUD

    def test_model_that_says_nothing_is_used_only_by_a_known_name(self) -> None:
        silent = replace(MOONDREAM, vision=None)
        assert resolve(machine(UHD, ollama=ollama(silent))).vision.model == silent.name
        assert "policy-model-by-name" in codes(machine(UHD, ollama=ollama(silent)))
        assert resolve(machine(UHD, ollama=ollama(Model("mystery", vision=None)))).vision.blocked is not None

    @pytest.mark.parametrize("name", ["qwen3-vl:235b-cloud", "kimi:cloud"])
    def test_cloud_models_are_never_local_even_when_the_server_does_not_mark_them(self, name: str) -> None:
        policy = resolve(machine(RTX_4090, ollama=ollama(Model(name, vision=True))), ALLOWED)
        assert policy.vision.cloud_backend is CloudBackend.OPENAI

    def test_lmstudio_auto_takes_the_loaded_model(self) -> None:
        loaded = replace(QWEN_VL, loaded=True)
        policy = resolve(machine(RTX_4060, lmstudio=lmstudio(MOONDREAM, loaded)))
        assert policy.vision.model == loaded.name

    def test_server_that_does_not_answer_serves_nothing(self) -> None:
        gone = replace(ollama(MOONDREAM), reachable=False)
        assert resolve(machine(UHD, ollama=gone)).vision.provider is Provider.CLOUD

    def test_model_too_large_for_the_card_runs_on_the_processor(self) -> None:
        large = Model("llava:34b", 20 * 1024**3, vision=True)
        profile = machine(RTX_4060, ollama=ollama(large), ram_gib=64, available_gib=50)
        policy = resolve(profile)
        assert (policy.base_tier, policy.vision.device) == (Tier.CPU, Device.CPU)
        assert "policy-device-too-large" in codes(profile)

    def test_model_too_large_for_everything_is_passed_over(self) -> None:
        large = Model("llava:34b", 20 * 1024**3, vision=True)
        assert "policy-model-large" in codes(machine(RTX_4060, ollama=ollama(large)))
        assert resolve(machine(RTX_4060, ollama=ollama(large))).vision.provider is Provider.CLOUD
        assert resolve(machine(RTX_4060, ollama=ollama(large, MOONDREAM))).vision.model == MOONDREAM.name


class TestRoutes:
    def test_cpu_route_keeps_the_model_in_ollama(self) -> None:
        gpu, cpu = resolve(MACHINES["mid-ready"]).routes
        assert (gpu.backend, gpu.model, gpu.device) == (Backend.OLLAMA, MOONDREAM.name, Device.GPU)
        assert (cpu.backend, cpu.model, cpu.device) == (Backend.OLLAMA, MOONDREAM.name, Device.CPU)
        assert not gpu.leaves_machine
        assert not cpu.leaves_machine

    def test_lmstudio_on_a_card_steps_down_to_ollama(self) -> None:
        gpu, cpu = resolve(MACHINES["mid-both"]).routes
        assert gpu.backend is Backend.LMSTUDIO
        assert (cpu.backend, cpu.model) == (Backend.OLLAMA, MOONDREAM.name)
        assert "policy-fallback-cpu-ollama" in codes(MACHINES["mid-both"])

    def test_lmstudio_alone_on_a_card_cannot_step_down_and_says_so(self) -> None:
        assert tiers(MACHINES["mid-lmstudio"]) == "GPU"
        assert "policy-fallback-cpu-none" in codes(MACHINES["mid-lmstudio"])

    def test_lmstudio_on_a_small_card_decides_its_device_itself(self) -> None:
        (route,) = resolve(MACHINES["low-lmstudio"]).routes
        assert (route.tier, route.device) == (Tier.CPU, Device.AUTO)
        assert "policy-device-lmstudio" in codes(MACHINES["low-lmstudio"])

    def test_lmstudio_without_a_card_runs_on_the_cpu(self) -> None:
        (route,) = resolve(MACHINES["cpu-both"]).routes
        assert (route.tier, route.backend, route.device) == (Tier.CPU, Backend.LMSTUDIO, Device.CPU)

    def test_unified_memory_leaves_the_device_to_the_server(self) -> None:
        (route,) = resolve(MACHINES["apple-m2"]).routes
        assert (route.tier, route.device) == (Tier.CPU, Device.AUTO)

    def test_allowed_cloud_comes_last_or_second(self) -> None:
        assert tiers(MACHINES["mid-ready"], ALLOWED) == "GPU CPU CLOUD"
        assert tiers(MACHINES["mid-ready"], replace(ALLOWED, prefer_cloud=True)) == "GPU CLOUD CPU"
        assert tiers(MACHINES["low-ready"], replace(ALLOWED, prefer_cloud=True)) == "CPU CLOUD"

    def test_cloud_route_uses_what_was_allowed(self) -> None:
        route = resolve(MACHINES["cpu-bare"], ALLOWED).route(Tier.CLOUD)
        assert route is not None
        assert (route.backend, route.model, route.leaves_machine) == (CloudBackend.OPENAI, "gpt-4o", True)

    @pytest.mark.parametrize("name", MACHINES)
    @pytest.mark.parametrize("wishes", [Wishes(), ALLOWED], ids=["closed", "allowed"])
    def test_base_is_the_best_route(self, name: str, wishes: Wishes) -> None:
        policy = resolve(MACHINES[name], wishes)
        assert policy.base_tier is (policy.routes[0].tier if policy.routes else Tier.PAUSED)


class TestCloud:
    @pytest.mark.parametrize(
        ("wishes", "blocked"),
        [
            (Wishes(), BlockReason.NO_KEY),
            (Wishes(openai=CloudAccess(has_key=True)), BlockReason.NO_CONSENT),
            (Wishes(openai=CloudAccess(has_key=True, texts=True)), BlockReason.NO_CONSENT),
            (Wishes(openai=CloudAccess(pictures=True)), BlockReason.NO_KEY),
            (replace(ALLOWED, never_cloud=True), BlockReason.NEVER_CLOUD),
            (ALLOWED, None),
        ],
    )
    def test_vision_is_blocked_until_key_and_yes(self, wishes: Wishes, blocked: BlockReason | None) -> None:
        policy = resolve(MACHINES["cpu-bare"], wishes)
        assert (policy.vision.provider, policy.vision.model) == (Provider.CLOUD, "gpt-4o")
        assert policy.vision.blocked is blocked
        assert policy.base_tier is (Tier.CLOUD if blocked is None else Tier.PAUSED)

    def test_planning_stays_with_the_cloud_and_rules_make_the_plan(self) -> None:
        planning = resolve(MACHINES["mid-ready"]).planning
        assert (planning.provider, planning.backend) == (Provider.CLOUD, CloudBackend.DEEPSEEK)
        assert planning.blocked is BlockReason.NO_KEY
        assert "policy-planning-blocked" in codes(MACHINES["mid-ready"])

    def test_pictures_and_texts_are_allowed_apart(self) -> None:
        texts_only = Wishes(deepseek=CloudAccess(has_key=True, texts=True))
        policy = resolve(MACHINES["cpu-bare"], texts_only)
        assert policy.planning.blocked is None
        assert policy.vision.blocked is BlockReason.NO_KEY

    def test_never_cloud_closes_every_way_out(self) -> None:
        locked = replace(ALLOWED, never_cloud=True, remote_consent=REMOTE_YES)
        for profile in MACHINES.values():
            assert not any(route.leaves_machine for route in resolve(profile, locked).routes)
            assert resolve(profile, locked).planning.blocked is not None or (
                resolve(profile, locked).planning.provider is Provider.LOCAL
            )

    def test_forced_cloud_does_not_break_the_lock(self) -> None:
        wishes = replace(ALLOWED, never_cloud=True, force=Provider.CLOUD)
        assert resolve(MACHINES["mid-ready"], wishes).vision.blocked is BlockReason.NEVER_CLOUD


class TestRemoteServers:
    def test_remote_server_is_cloud_and_waits_for_a_yes(self) -> None:
        policy = resolve(MACHINES["remote"])
        assert policy.profile_class is HYBRID
        assert policy.vision.blocked is BlockReason.NO_CONSENT

    def test_with_consent_it_has_the_tier_cloud(self) -> None:
        policy = resolve(MACHINES["remote"], Wishes(remote_consent=REMOTE_YES))
        (route,) = policy.routes
        assert (route.tier, route.backend, route.leaves_machine) == (Tier.CLOUD, Backend.OLLAMA, True)
        assert policy.vision.local_backend is Backend.OLLAMA

    @pytest.mark.parametrize(
        "other",
        [
            RemoteConsent(Backend.OLLAMA, "llava:7b", pictures=True),
            RemoteConsent(Backend.OLLAMA, QWEN_VL.name, pictures=False),
            RemoteConsent(Backend.LMSTUDIO, QWEN_VL.name, pictures=True),
        ],
    )
    def test_a_yes_to_another_model_server_or_task_is_no_yes(self, other: RemoteConsent) -> None:
        policy = resolve(MACHINES["remote"], Wishes(remote_consent=frozenset({other})))
        assert policy.vision.blocked is BlockReason.NO_CONSENT

    def test_nothing_is_sent_unencrypted(self) -> None:
        wishes = Wishes(remote_consent=REMOTE_YES)
        assert resolve(MACHINES["remote-unencrypted"], wishes).vision.blocked is BlockReason.NO_TLS

    def test_allowed_provider_stands_in_for_a_remote_server_without_consent(self) -> None:
        assert resolve(MACHINES["remote"], ALLOWED).vision.cloud_backend is CloudBackend.OPENAI

    def test_server_on_this_machine_comes_before_a_remote_one(self) -> None:
        profile = machine(UHD, ollama=remote_ollama(QWEN_VL), lmstudio=lmstudio(MOONDREAM))
        policy = resolve(profile, Wishes(remote_consent=REMOTE_YES))
        assert policy.vision.local_backend is Backend.LMSTUDIO
        assert tiers(profile, Wishes(remote_consent=REMOTE_YES)) == "CPU CLOUD"

    def test_planning_on_a_remote_server(self) -> None:
        wishes = Wishes(planning_provider=Provider.LOCAL)
        planning = resolve(MACHINES["remote"], wishes).planning
        assert (planning.backend, planning.model) == (Backend.OLLAMA, QWEN_14B.name)
        assert planning.blocked is BlockReason.NO_CONSENT


class TestWhoWins:
    def test_local_vision_off_is_the_persons_choice_of_the_cloud(self) -> None:
        policy = resolve(MACHINES["high-ready"], replace(ALLOWED, use_local_vision=False))
        assert (policy.profile_class, policy.vision.provider) == (HYBRID, Provider.CLOUD)
        assert policy.vision.max_scenes == 10
        assert policy.base_tier is Tier.CLOUD
        assert [route.tier for route in policy.routes] == [Tier.CLOUD]

    def test_local_vision_on_changes_nothing(self) -> None:
        for profile in MACHINES.values():
            assert resolve(profile, Wishes(use_local_vision=True)) == resolve(profile)

    def test_what_was_left_open_follows_the_hardware(self) -> None:
        policy = resolve(MACHINES["high-ready"], Wishes(use_local_vision=False))
        assert policy.planning.model == QWEN_14B.name
        policy = resolve(MACHINES["low-ready"], Wishes(planning_provider=Provider.NONE))
        assert (policy.profile_class, policy.vision.max_scenes) == (ProfileClass.LOCAL_GPU_LOW, 6)
        assert (policy.vision.device, policy.base_tier) == (Device.CPU, Tier.CPU)

    def test_chosen_local_vision_has_no_way_out(self) -> None:
        wishes = replace(ALLOWED, vision_provider=Provider.LOCAL)
        assert tiers(MACHINES["mid-ready"], wishes) == "GPU CPU"
        assert resolve(MACHINES["cpu-bare"], wishes).vision.blocked is BlockReason.NO_MODEL

    def test_vision_switched_off(self) -> None:
        policy = resolve(MACHINES["mid-ready"], Wishes(vision_provider=Provider.NONE))
        assert (policy.vision.provider, policy.vision.model) == (Provider.NONE, None)
        assert (policy.base_tier, policy.routes) == (Tier.PAUSED, ())

    def test_configured_server_is_taken_when_it_can_see(self) -> None:
        wishes = Wishes(local_vision_provider=Backend.OLLAMA)
        assert resolve(MACHINES["mid-both"], wishes).vision.local_backend is Backend.OLLAMA
        assert "policy-server-configured" in codes(MACHINES["mid-both"], wishes)
        assert resolve(MACHINES["mid-lmstudio"], wishes).vision.local_backend is Backend.LMSTUDIO
        assert "policy-server-configured-blind" in codes(MACHINES["mid-lmstudio"], wishes)

    def test_configured_model_is_taken_where_it_is_installed(self) -> None:
        wishes = Wishes(local_vision_model="llava-phi3")
        profile = machine(RTX_4060, ollama=ollama(MOONDREAM, LLAVA_PHI3))
        assert resolve(profile, wishes).vision.model == LLAVA_PHI3.name
        assert resolve(MACHINES["mid-ready"], wishes).vision.model == MOONDREAM.name
        assert "policy-model-configured-missing" in codes(MACHINES["mid-ready"], wishes)

    def test_configured_model_decides_the_server(self) -> None:
        wishes = Wishes(local_vision_model="moondream")
        assert resolve(MACHINES["mid-both"], wishes).vision.local_backend is Backend.OLLAMA

    def test_configured_server_holds_its_models_to_itself(self) -> None:
        wishes = Wishes(local_vision_model="moondream", local_vision_provider=Backend.LMSTUDIO)
        policy = resolve(MACHINES["mid-both"], wishes)
        assert (policy.vision.local_backend, policy.vision.model) == (Backend.LMSTUDIO, QWEN_VL.name)

    def test_lmstudio_model_by_name(self) -> None:
        profile = machine(RTX_4060, lmstudio=lmstudio(QWEN_VL, MOONDREAM))
        assert resolve(profile, Wishes(lmstudio_model="qwen2-vl-7b-instruct")).vision.model == QWEN_VL.name
        assert resolve(profile, Wishes(lmstudio_model="auto")).vision.model == MOONDREAM.name

    def test_configured_model_that_sees_nothing_is_passed_over(self) -> None:
        profile = machine(UHD, ollama=ollama(MOONDREAM, LLAMA))
        wishes = Wishes(local_vision_model="llama3.1")
        assert resolve(profile, wishes).vision.model == MOONDREAM.name
        assert "policy-model-configured-blind" in codes(profile, wishes)

    def test_person_vouches_for_a_model_that_the_server_is_silent_about(self) -> None:
        profile = machine(UHD, ollama=ollama(Model("house-model", 10**9), MOONDREAM))
        wishes = Wishes(local_vision_model="house-model")
        assert resolve(profile, wishes).vision.model == "house-model"

    def test_configured_model_that_is_too_large(self) -> None:
        large = Model("llava:34b", 20 * 1024**3, vision=True)
        profile = machine(UHD, ollama=ollama(large, MOONDREAM))
        wishes = Wishes(local_vision_model="llava:34b")
        assert resolve(profile, wishes).vision.model == MOONDREAM.name
        assert "policy-model-configured-large" in codes(profile, wishes)

    def test_forced_local_never_leaves(self) -> None:
        wishes = replace(ALLOWED, force=Provider.LOCAL, vision_provider=Provider.CLOUD)
        assert tiers(MACHINES["mid-ready"], wishes) == "GPU CPU"
        remote = replace(wishes, remote_consent=REMOTE_YES)
        assert resolve(MACHINES["remote"], remote).vision.blocked is BlockReason.NO_MODEL

    def test_forced_cloud_beats_a_local_model_and_a_pin(self) -> None:
        policy = resolve(MACHINES["mid-ready"], replace(ALLOWED, force=Provider.CLOUD, pin=Tier.GPU))
        assert policy.profile_class is MID
        assert [route.tier for route in policy.routes] == [Tier.CLOUD]

    def test_pin_decides_the_base_and_keeps_the_routes(self) -> None:
        policy = resolve(MACHINES["mid-ready"], replace(ALLOWED, pin=Tier.CPU))
        assert (policy.base_tier, policy.vision.device) == (Tier.CPU, Device.CPU)
        assert tiers(MACHINES["mid-ready"], replace(ALLOWED, pin=Tier.CPU)) == "GPU CPU CLOUD"

    def test_pin_to_the_cloud(self) -> None:
        policy = resolve(MACHINES["mid-ready"], replace(ALLOWED, pin=Tier.CLOUD))
        assert (policy.base_tier, policy.vision.provider, policy.vision.model) == (
            Tier.CLOUD,
            Provider.CLOUD,
            "gpt-4o",
        )

    def test_pin_adds_the_gpu_to_a_small_card(self) -> None:
        policy = resolve(MACHINES["low-ready"], Wishes(pin=Tier.GPU))
        assert (policy.base_tier, policy.vision.device) == (Tier.GPU, Device.GPU)
        assert tiers(MACHINES["low-ready"], Wishes(pin=Tier.GPU)) == "GPU CPU"

    def test_pin_that_cannot_be_kept_waits(self) -> None:
        policy = resolve(MACHINES["cpu-ollama"], Wishes(pin=Tier.GPU))
        assert policy.base_tier is Tier.PAUSED
        assert "policy-pin-impossible" in codes(MACHINES["cpu-ollama"], Wishes(pin=Tier.GPU))

    def test_pinned_pause(self) -> None:
        assert resolve(MACHINES["mid-ready"], Wishes(pin=Tier.PAUSED)).base_tier is Tier.PAUSED


class TestPlanning:
    def test_table_model_under_other_names(self) -> None:
        model = Model("qwen/qwen2.5-14b-instruct", 9 * 10**9, vision=False)
        policy = resolve(machine(RTX_4090, ollama=ollama(LLAVA_PHI3, LLAMA), lmstudio=lmstudio(model)))
        assert (policy.planning.backend, policy.planning.model) == (Backend.LMSTUDIO, model.name)

    def test_without_any_text_model_rules_plan(self) -> None:
        planning = resolve(machine(RTX_4090, ollama=ollama(LLAVA_PHI3))).planning
        assert (planning.provider, planning.blocked) == (Provider.LOCAL, BlockReason.NO_MODEL)

    def test_embeddings_do_not_plan(self) -> None:
        embedding = Model("nomic-embed-text:latest", 274_000_000, vision=False)
        planning = resolve(machine(RTX_4090, ollama=ollama(LLAVA_PHI3, embedding))).planning
        assert planning.blocked is BlockReason.NO_MODEL


class TestPlanningAsChosen:
    """``policy.planning``: on this computer, in the cloud, or by rules, whatever the class has."""

    @pytest.mark.parametrize(
        ("card", "device"),
        [(RTX_4090, Device.AUTO), (RTX_4060, Device.AUTO), (GTX_1650, Device.CPU), (UHD, Device.CPU)],
    )
    def test_on_this_computer_with_a_model_that_finds_room(self, card: Gpu, device: Device) -> None:
        profile = machine(card, ollama=ollama(MOONDREAM, LLAMA))
        usual, chosen = resolve(profile), resolve(profile, Wishes(planning_provider=Provider.LOCAL))
        assert (chosen.planning.provider, chosen.planning.model) == (Provider.LOCAL, LLAMA.name)
        assert (chosen.planning.blocked, chosen.planning.device) == (None, device)
        assert (chosen.profile_class, chosen.vision, chosen.routes) == (
            usual.profile_class,
            usual.vision,
            usual.routes,
        ), "it changes nothing else"
        codes = [reason.code for reason in chosen.reasons]
        assert "policy-planning-chosen" in codes and "policy-planning-local-other" in codes

    @pytest.mark.parametrize(
        ("models", "ram", "code"),
        [
            ((MOONDREAM,), 32, "policy-planning-no-model"),
            ((MOONDREAM, QWEN_14B), 8, "policy-planning-large"),
            ((MOONDREAM,), 2, "policy-planning-no-room"),
        ],
    )
    def test_it_is_said_when_no_model_is_suitable(
        self, models: tuple[Model, ...], ram: int, code: str
    ) -> None:
        profile = machine(GTX_1650, ollama=ollama(*models), ram_gib=ram, available_gib=1)
        policy = resolve(profile, Wishes(planning_provider=Provider.LOCAL))
        assert policy.planning.blocked is BlockReason.NO_MODEL
        assert [r.code for r in policy.reasons if r.code.startswith("policy-planning-")][1:] == [code]
        for language in LANGUAGES:
            for reason in policy.reasons:
                assert "{" not in Translator(language).text(reason)

    def test_what_the_card_holds_comes_before_what_only_memory_holds(self) -> None:
        profile = machine(RTX_4060, ollama=ollama(MOONDREAM, LLAMA, QWEN_14B), ram_gib=64)
        planning = resolve(profile, Wishes(planning_provider=Provider.LOCAL)).planning
        assert (planning.model, planning.device) == (LLAMA.name, Device.AUTO)
        profile = machine(RTX_4060, ollama=ollama(MOONDREAM, QWEN_14B), ram_gib=64)
        planning = resolve(profile, Wishes(planning_provider=Provider.LOCAL)).planning
        assert (planning.model, planning.device) == (QWEN_14B.name, Device.CPU)

    def test_the_suggested_model_is_one_that_finds_room(self) -> None:
        found = {
            name: resolve(machine(card, ollama=ollama(MOONDREAM)), Wishes(planning_provider=Provider.LOCAL))
            for name, card in (("high", RTX_4090), ("mid", RTX_4060), ("low", GTX_1650))
        }
        assert {name: policy.planning.model for name, policy in found.items()} == {
            "high": "qwen2.5:14b",
            "mid": "qwen2.5:7b",
            "low": "qwen2.5:3b",
        }

    def test_in_the_cloud_only_with_leave(self) -> None:
        wishes = Wishes(planning_provider=Provider.CLOUD)
        assert resolve(MACHINES["high-ready"], wishes).planning.blocked is BlockReason.NO_KEY
        allowed = resolve(MACHINES["high-ready"], replace(ALLOWED, planning_provider=Provider.CLOUD))
        assert (allowed.planning.provider, allowed.planning.blocked) == (Provider.CLOUD, None)
        assert allowed.profile_class is HIGH
        locked = resolve(
            MACHINES["high-ready"], replace(ALLOWED, planning_provider=Provider.CLOUD, never_cloud=True)
        )
        assert locked.planning.blocked is BlockReason.NEVER_CLOUD

    def test_by_rules(self) -> None:
        policy = resolve(MACHINES["high-ready"], Wishes(planning_provider=Provider.NONE))
        assert (policy.planning.provider, policy.planning.model) == (Provider.NONE, None)
        assert policy.profile_class is HIGH


class TestEditing:
    def test_resolve_comes_first(self) -> None:
        editing = resolve(machine(GTX_1650, editors=("Kdenlive",))).editing
        assert (editing.editor, editing.formats) == ("DaVinci Resolve", ("otio", "fcpxml", "edl"))

    def test_other_editors_get_what_they_import(self) -> None:
        editing = resolve(MACHINES["apple-m2"]).editing
        assert (editing.editor, editing.formats) == ("Final Cut Pro", ("fcpxml",))

    def test_without_an_editor_files_are_still_written(self) -> None:
        editing = resolve(MACHINES["cpu-bare"]).editing
        assert (editing.editor, editing.formats) == (None, ("otio", "fcpxml", "edl"))


def test_pictures_for_the_cloud_are_small() -> None:
    assert resolve(MACHINES["cpu-bare"], ALLOWED).vision.image_px <= 768
    assert all(resolve(profile, ALLOWED).vision.image_px <= 768 for profile in MACHINES.values())
