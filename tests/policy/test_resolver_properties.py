"""What holds for every machine and every wish, however odd."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from autocut_tray.core.policy.explain import explain
from autocut_tray.core.policy.governor_types import Tier
from autocut_tray.core.policy.models import is_cloud
from autocut_tray.core.policy.policy import CloudBackend, Provider
from autocut_tray.core.policy.policy_json import to_json
from autocut_tray.core.policy.recommend import MOST
from autocut_tray.core.policy.resolver import CloudAccess, CloudChoice, RemoteConsent, Wishes, resolve
from autocut_tray.core.runtime.profile import (
    Backend,
    Confidence,
    Cpu,
    Davinci,
    Gpu,
    GpuKind,
    Memory,
    Model,
    ModelServer,
    Outcome,
    ProbeReport,
    ProfileClass,
    RuntimeProfile,
    cpu_score,
)

MAYBE = st.sampled_from([None, True, False])
MIB = st.none() | st.integers(0, 200_000)
NAMES = st.sampled_from(
    [
        "moondream:latest",
        "vikhyatk/moondream2",
        "llava-phi3:3.8b",
        "minicpm-v",
        "qwen2.5:14b",
        "qwen2-vl-7b-instruct",
        "nomic-embed-text",
        "kimi:cloud",
        "mystery",
        "",
    ]
) | st.text(max_size=12)

MODELS = st.builds(
    Model,
    name=NAMES,
    size_bytes=st.none() | st.integers(0, 2**37),
    quantization=st.none(),
    vision=MAYBE,
    cloud=st.booleans(),
    loaded=MAYBE,
    vram_bytes=st.none() | st.integers(0, 2**37),
)
SERVERS = st.builds(
    ModelServer,
    installed=MAYBE,
    reachable=MAYBE,
    host=st.sampled_from(
        [None, "", "http://127.0.0.1:11434", "https://studio.example", "10.0.0.5:1", "http://[bad"]
    ),
    remote=st.booleans(),
    version=st.sampled_from([None, "0.33.0"]),
    models=st.lists(MODELS, max_size=4).map(tuple),
    problem=st.sampled_from([None, "lmstudio-wants-token", "ollama-silent"]),
)
GPUS = st.builds(
    Gpu,
    name=st.sampled_from([None, "", "NVIDIA GeForce RTX 4060", "Intel(R) UHD Graphics"]),
    vendor=st.sampled_from([None, "NVIDIA"]),
    kind=st.none() | st.sampled_from(GpuKind),
    vram_total_mib=MIB,
    vram_used_mib=MIB,
    driver=st.sampled_from([None, "1"]),
    source=st.sampled_from([None, "nvml", "odd"]),
    confidence=st.none() | st.sampled_from(Confidence),
)
PROFILES = st.builds(
    RuntimeProfile,
    detected_at=st.none(),
    cpu=st.integers(-1, 64).map(lambda t: Cpu(None if t < 0 else "cpu", None, t, cpu_score(t))),
    memory=st.builds(Memory, MIB, MIB, MIB),
    gpus=st.lists(GPUS, max_size=3).map(tuple),
    ollama=SERVERS,
    lmstudio=SERVERS,
    davinci=st.builds(
        Davinci,
        MAYBE,
        st.none(),
        st.sampled_from([None, "20.2"]),
        st.sampled_from([None, "studio"]),
        MAYBE,
        MAYBE,
    ),
    other_editors=st.lists(st.sampled_from(["Kdenlive", "Final Cut Pro"]), max_size=2).map(tuple),
    profile_class=st.sampled_from(ProfileClass),
    probes=st.lists(
        st.builds(
            ProbeReport, st.sampled_from(["gpu", "nvidia", "cpu"]), st.sampled_from(Outcome), st.just(1)
        ),
        max_size=2,
    ).map(tuple),
)
ACCESS = st.builds(CloudAccess, st.booleans(), st.booleans(), st.booleans())
CHOICES = st.builds(CloudChoice, st.sampled_from(CloudBackend), st.sampled_from(["gpt-4o", "deepseek-chat"]))
WISHES = st.builds(
    Wishes,
    force=st.none() | st.sampled_from(Provider),
    pin=st.none() | st.sampled_from(Tier),
    vision_provider=st.none() | st.sampled_from(Provider),
    planning_provider=st.none() | st.sampled_from(Provider),
    use_local_vision=MAYBE,
    local_vision_provider=st.none() | st.sampled_from(Backend),
    local_vision_model=st.none() | NAMES,
    lmstudio_model=st.just("auto") | NAMES,
    cloud_vision=CHOICES,
    cloud_planning=CHOICES,
    openai=ACCESS,
    deepseek=ACCESS,
    remote_consent=st.frozensets(
        st.builds(RemoteConsent, st.sampled_from(Backend), NAMES, st.booleans()), max_size=3
    ),
    never_cloud=st.booleans(),
    prefer_cloud=st.booleans(),
)


def _allowed(wishes: Wishes, profile: RuntimeProfile, backend: Backend | CloudBackend, model: str) -> bool:
    if wishes.never_cloud:
        return False
    if isinstance(backend, CloudBackend):
        access = wishes.access(backend)
        return access.has_key and access.pictures
    encrypted = (profile.server(backend).host or "").startswith("https://")
    return encrypted and RemoteConsent(backend, model, pictures=True) in wishes.remote_consent


@settings(max_examples=400, deadline=None)
@given(PROFILES, WISHES)
def test_every_policy_is_sound(profile: RuntimeProfile, wishes: Wishes) -> None:
    policy = resolve(profile, wishes)
    to_json(policy, lambda said: said.code)
    explain(profile, policy)

    tiers = [route.tier for route in policy.routes]
    assert len(tiers) == len(set(tiers))
    assert Tier.PAUSED not in tiers
    assert policy.base_tier is Tier.PAUSED or policy.base_tier in tiers
    assert len(policy.recommendations) <= MOST
    assert policy.vision.max_scenes >= 1
    assert policy.vision.image_px <= 768
    assert policy.reasons
    if wishes.pin is None:
        assert policy.base_tier is (tiers[0] if tiers else Tier.PAUSED)

    for route in policy.routes:
        assert route.leaves_machine == (route.tier is Tier.CLOUD)
        if route.leaves_machine:
            assert _allowed(wishes, profile, route.backend, route.model)
        else:
            assert isinstance(route.backend, Backend)
            server = profile.server(route.backend)
            assert not server.remote
            assert server.reachable is not False
            model = next(m for m in server.models if m.name == route.model)
            assert not is_cloud(model) or any(
                m.name == route.model and not is_cloud(m) for m in server.models
            )
    if wishes.force is Provider.LOCAL:
        assert not any(route.leaves_machine for route in policy.routes)
    if wishes.never_cloud:
        assert policy.planning.provider is not Provider.CLOUD or policy.planning.blocked is not None


@settings(max_examples=100, deadline=None)
@given(PROFILES, WISHES)
def test_same_question_same_answer(profile: RuntimeProfile, wishes: Wishes) -> None:
    assert resolve(profile, wishes) == resolve(profile, wishes)
