"""What readings come to, what they are about, and what is known where there are none."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autocut_tray.core.policy import models
from autocut_tray.core.policy.explain import explain
from autocut_tray.core.policy.figures import (
    KEPT,
    KEPT_DAYS,
    MARGIN_MIB,
    NOTHING_MEASURED,
    RECENT_LOADS,
    Figure,
    Figures,
    Kind,
    MachineFigures,
    Reading,
    Subject,
    current,
    plausible,
    subject,
    summarise,
)
from autocut_tray.core.policy.governor_types import Tier
from autocut_tray.core.policy.models import Span
from autocut_tray.core.policy.policy import CloudBackend, Device, Route
from autocut_tray.core.policy.policy_json import to_json
from autocut_tray.core.policy.resolver import Wishes, resolve
from autocut_tray.core.policy.route_questions import expected_seconds, needs
from autocut_tray.core.runtime.profile import Backend, Cpu, Gpu, RuntimeProfile
from tests.golden.machines import (
    GIB,
    LLAVA_PHI3,
    M2,
    MACHINES,
    MEASURED,
    MOONDREAM,
    RTX_4060,
    SCENES,
    lmstudio,
    machine,
    measured,
    ollama,
)
from tests.policy.test_resolver_properties import PROFILES, WISHES

DAY = 86_400.0
NOW = 1_790_000_000.0
ABOUT = Subject(Backend.OLLAMA, "moondream:latest", "Q4_0 1", "RTX 4060", Tier.GPU)
MID = MACHINES["mid-ready"]
GPU = Route(Tier.GPU, Backend.OLLAMA, MOONDREAM.name, Device.GPU, leaves_machine=False)
CPU = Route(Tier.CPU, Backend.OLLAMA, MOONDREAM.name, Device.CPU, leaves_machine=False)
SECONDS = st.floats(allow_nan=True, allow_infinity=True) | st.floats(0.001, 600)


def readings(*values: float) -> tuple[Reading, ...]:
    return tuple(Reading(NOW + number, value) for number, value in enumerate(values))


def figure(kind: Kind, *values: float) -> Figure:
    found = summarise(kind, ABOUT, readings(*values))
    assert found is not None
    return found


# -- what readings come to


@pytest.mark.parametrize(
    ("values", "n", "median", "spread"),
    [
        ([2.0], 1, 2.0, Span(2, 2)),
        ([1.0, 3.0], 2, 2.0, Span(1, 3)),
        ([1.0, 2.0, 30.0], 3, 2.0, Span(1, 30)),
        ([1.0, 1.1, 1.2, 1.3, 40.0], 4, 1.15, Span(1.0, 1.3)),
        ([0.1, 2.0, 2.0, 2.0, 2.0], 4, 2.0, Span(2, 2)),
        ([1.0, 1.4, 0.8, 1.1, 0.9, 1.2, 1.0, 1.3, 0.7], 9, 1.0, Span(0.9, 1.2)),
    ],
)
def test_scenes_become_a_median_and_their_middle_half(
    values: list[float], n: int, median: float, spread: Span
) -> None:
    found = figure(Kind.SECONDS, *values)
    assert (found.n, found.spread) == (n, spread)
    assert found.median == pytest.approx(median)


def test_three_scenes_make_a_figure_and_one_load_does() -> None:
    assert not figure(Kind.SECONDS, 1.0, 1.1).measured
    assert figure(Kind.SECONDS, 1.0, 1.1, 1.2).measured
    assert figure(Kind.VRAM, 2300).measured and figure(Kind.RAM, 2300).measured


def test_memory_is_the_largest_of_the_recent_loads() -> None:
    found = figure(Kind.VRAM, 9000, *[2000.0] * (RECENT_LOADS - 1), 2200)
    assert (found.n, found.peak) == (RECENT_LOADS, 2200)


def test_nothing_comes_of_nothing() -> None:
    assert summarise(Kind.SECONDS, ABOUT, ()) is None


def test_old_future_and_surplus_readings_are_forgotten() -> None:
    old, ahead = Reading(NOW - KEPT_DAYS * DAY - 1, 1.0), Reading(NOW + KEPT_DAYS * DAY + 1, 1.0)
    kept = Reading(NOW - KEPT_DAYS * DAY, 2.0)
    assert current([ahead, old, kept], Kind.SECONDS, NOW) == (kept,)
    many = readings(*(1.0 + n for n in range(KEPT + 7)))
    assert current(reversed(many), Kind.SECONDS, NOW) == many[-KEPT:]


@pytest.mark.parametrize("value", [0.0, -1.0, math.nan, math.inf, -math.inf, 1e9])
def test_what_cannot_be_is_no_reading(value: float) -> None:
    assert not plausible(Kind.SECONDS, value)
    assert current([Reading(NOW, value)], Kind.SECONDS, NOW) == ()


@given(st.lists(SECONDS, max_size=80), st.sampled_from(Kind))
def test_a_figure_is_always_within_what_was_read(values: list[float], kind: Kind) -> None:
    kept = current(readings(*values), kind, NOW)
    found = summarise(kind, ABOUT, kept)
    if found is None:
        assert not any(plausible(kind, value) for value in values)
        return
    low, high = min(r.value for r in kept), max(r.value for r in kept)
    assert low <= found.spread.low <= found.median <= found.spread.high <= found.peak <= high
    assert 0 < found.n <= len(kept) <= KEPT and math.isfinite(found.median) and found.median > 0


@given(
    st.lists(st.floats(1.0, 2.0), min_size=5, max_size=25),
    st.lists(st.floats(0.001, 80_000), max_size=25),
    st.randoms(),
)
def test_the_median_stays_while_most_readings_are_sound(
    sound: list[float], odd: list[float], random: object
) -> None:
    mixed = sound + odd[: (len(sound) - 1) // 2]
    random.shuffle(mixed)  # type: ignore[attr-defined]
    assert 1.0 <= figure(Kind.SECONDS, *mixed).median <= 2.0


# -- what they are about


def _with(profile: RuntimeProfile, **changes: object) -> RuntimeProfile:
    return replace(profile, **changes)  # type: ignore[arg-type]


def _gpu(**changes: object) -> tuple[Gpu, ...]:
    return (replace(RTX_4060, **changes),)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "changed",
    [
        _with(MID, gpus=_gpu(name="NVIDIA GeForce RTX 5070")),
        _with(MID, gpus=_gpu(driver="999.1")),
        _with(MID, gpus=_gpu(vram_total_mib=16_380)),
        _with(MID, gpus=()),
        _with(MID, ollama=ollama(replace(MOONDREAM, quantization="Q8_0"))),
        _with(MID, ollama=ollama(replace(MOONDREAM, size_bytes=2 * GIB))),
        _with(MID, ollama=ollama()),
    ],
    ids=["card", "driver", "vram", "no card", "quantization", "size", "gone"],
)
def test_another_card_driver_or_build_is_not_what_was_measured(changed: RuntimeProfile) -> None:
    figures = MEASURED["mid-ready"]
    assert MachineFigures(MID, figures).seconds(GPU).measured  # type: ignore[union-attr]
    for kind in (Kind.SECONDS, Kind.VRAM):
        about = subject(changed, GPU.backend, GPU.model, GPU.tier)
        assert figures.measured(kind, about) is None
    known = MachineFigures(changed, figures).seconds(GPU)
    assert known is not None and not known.measured and known.span == Span(0.5, 1)


def test_the_processor_alone_does_not_care_for_the_card() -> None:
    other = _with(MID, gpus=_gpu(driver="999.1"))
    assert subject(other, *_route(CPU)) == subject(MID, *_route(CPU))
    slower = _with(MID, cpu=Cpu("Another", 4, 8, None))
    assert subject(slower, *_route(CPU)) != subject(MID, *_route(CPU))


@pytest.mark.parametrize(
    ("profile", "backend"),
    [
        (machine(RTX_4060, lmstudio=lmstudio(MOONDREAM)), Backend.LMSTUDIO),
        (machine(M2, ollama=ollama(MOONDREAM)), Backend.OLLAMA),
    ],
    ids=["lmstudio", "unified"],
)
def test_where_the_server_decides_the_card_counts_as_well(profile: RuntimeProfile, backend: Backend) -> None:
    without = _with(profile, gpus=())
    assert subject(profile, backend, MOONDREAM.name, Tier.CPU) != subject(
        without, backend, MOONDREAM.name, Tier.CPU
    )


def test_a_model_elsewhere_belongs_to_its_host() -> None:
    here = MACHINES["remote"]
    moved = _with(here, ollama=replace(here.ollama, host="https://other.example"))
    name = here.ollama.models[0].name
    assert subject(here, Backend.OLLAMA, name, Tier.CLOUD).device == "studio.example:11434"
    assert subject(moved, Backend.OLLAMA, name, Tier.CLOUD) != subject(here, Backend.OLLAMA, name, Tier.CLOUD)
    cloud = subject(here, CloudBackend.OPENAI, "gpt-4o", Tier.CLOUD)
    assert cloud == subject(moved, CloudBackend.OPENAI, "gpt-4o", Tier.CLOUD)


def _route(route: Route) -> tuple[Backend | CloudBackend, str, Tier]:
    return route.backend, route.model, route.tier


# -- what is known


def test_without_readings_the_estimates_hold_and_say_so() -> None:
    known = MachineFigures(MID)
    seconds, vram, ram = known.seconds(GPU), known.memory_on(GPU), known.memory_on(CPU)
    assert seconds is not None and vram is not None and ram is not None
    assert (seconds.span, seconds.expected, seconds.source) == (Span(0.5, 1), 0.75, "estimate")
    assert (vram.span, vram.expected) == (Span(2048, 3072), 2560)
    assert (ram.span, ram.measured) == (Span(3072, 4096), False)
    unknown = replace(GPU, model="mystery")
    assert known.seconds(unknown) is None and known.memory_on(unknown) is None


def test_measured_takes_the_place_of_the_estimate() -> None:
    known = MachineFigures(MID, MEASURED["mid-ready"])
    seconds, vram = known.seconds(GPU), known.memory_on(GPU)
    assert seconds is not None and vram is not None
    assert (seconds.n, seconds.source, str(seconds.span)) == (12, "measured", "0.67–0.74")
    assert seconds.expected == pytest.approx(0.705)
    assert vram.span == Span(2310, 2310) and vram.expected == 2310 + MARGIN_MIB
    large = MachineFigures(MID, measured(MID, (Kind.VRAM, *_route(GPU), (7000,)))).memory_on(GPU)
    assert large is not None and large.expected == pytest.approx(7700)


def test_models_elsewhere_take_no_memory_here() -> None:
    away = Route(Tier.CLOUD, Backend.OLLAMA, MOONDREAM.name, Device.AUTO, leaves_machine=True)
    assert MachineFigures(MID, MEASURED["mid-ready"]).memory_on(away) is None


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(0.0042, "0.01"), (0.0649, "0.06"), (0.734, "0.73"), (2.44, "2.4"), (9.97, "10"), (12.6, "13")],
)
def test_seconds_are_shown_as_exactly_as_people_read_them(seconds: float, shown: str) -> None:
    known = MachineFigures(MID, measured(MID, (Kind.SECONDS, *_route(GPU), [seconds] * 3))).seconds(GPU)
    assert known is not None and str(known.span) == shown


def test_admission_and_receipts_reckon_with_what_was_measured() -> None:
    figures = MEASURED["mid-ready"]
    assert needs(MID, NOTHING_MEASURED, GPU) == (2560, None)
    assert needs(MID, figures, GPU) == (2310 + MARGIN_MIB, None)
    assert needs(MID, figures, CPU) == (None, 2105 + MARGIN_MIB)
    assert needs(None, figures, GPU) == (None, None)
    assert expected_seconds(MID, NOTHING_MEASURED, GPU) == 0.75
    assert expected_seconds(MID, figures, GPU) == pytest.approx(0.705)
    assert expected_seconds(None, figures, GPU) is None


# -- what follows for the policy


def test_a_model_measured_too_large_for_the_card_leaves_it() -> None:
    figures = measured(MID, (Kind.VRAM, *_route(GPU), (7800,)))
    policy = resolve(MID, figures=figures)
    assert [route.tier for route in policy.routes] == [Tier.CPU]
    assert "policy-device-too-large" in {reason.code for reason in policy.reasons}


def test_a_download_is_not_called_faster_when_it_was_measured_not_to_be() -> None:
    profile = MACHINES["mid-llava"]
    route = (Backend.OLLAMA, LLAVA_PHI3.name, Tier.GPU)
    pull = "recommend-pull"
    assert pull in {act.code for act in resolve(profile).recommendations}
    fast = measured(profile, (Kind.SECONDS, *route, (0.4, 0.45, 0.5)))
    assert pull not in {act.code for act in resolve(profile, figures=fast).recommendations}
    slow = measured(profile, (Kind.SECONDS, *route, (1.7, 1.8, 1.9)))
    assert pull in {act.code for act in resolve(profile, figures=slow).recommendations}


def test_the_explanation_has_the_speed_of_every_tier() -> None:
    figures = MEASURED["mid-ready"]
    policy = resolve(MID, figures=figures)
    speeds = explain(MID, policy, figures).speeds
    assert {tier: speed.measured for tier, speed in speeds.items()} == {Tier.GPU: True, Tier.CPU: True}


def test_the_policy_as_json_says_what_was_measured() -> None:
    document = to_json(resolve(MID, figures=MEASURED["mid-ready"]), lambda said: said.code)
    codes = [reason["code"] for reason in document["reasons"]]
    assert codes.count("policy-measured-seconds") == 2 and codes.count("policy-measured-memory") == 2


READINGS = st.lists(
    st.tuples(
        st.sampled_from(Kind),
        st.sampled_from([*Backend, CloudBackend.OPENAI]),
        st.sampled_from(["moondream:latest", "llava-phi3:3.8b", "gpt-4o", "mystery", "kimi:cloud"]),
        st.sampled_from([Tier.GPU, Tier.CPU, Tier.CLOUD]),
        st.lists(st.floats(0.001, 50_000), min_size=1, max_size=6),
    ),
    max_size=6,
)


@given(PROFILES, WISHES, READINGS)
def test_no_reading_breaks_a_policy(profile: RuntimeProfile, wishes: Wishes, found: list[object]) -> None:
    figures = measured(profile, *found)  # type: ignore[arg-type]
    policy = resolve(profile, wishes, figures)
    explain(profile, policy, figures)
    assert policy.base_tier is Tier.PAUSED or policy.base_tier in {route.tier for route in policy.routes}
    for route in policy.routes:
        memory, seconds = (
            MachineFigures(profile, figures).memory_on(route),
            expected_seconds(profile, figures, route),
        )
        assert memory is None or memory.expected >= memory.span.low >= 0
        assert seconds is None or seconds > 0


def test_figures_never_change() -> None:
    before = Figures([figure(Kind.SECONDS, 1.0)])
    after = before.with_figure(figure(Kind.SECONDS, *SCENES))
    assert (len(before), len(after)) == (1, 1)
    assert before.get(Kind.SECONDS, ABOUT) != after.get(Kind.SECONDS, ABOUT)


def test_the_estimates_are_those_of_the_product() -> None:
    for tier in (Tier.GPU, Tier.CPU):
        known = MachineFigures(MID).seconds_of(Backend.OLLAMA, MOONDREAM.name, tier)
        assert known is not None and known.span == models.seconds_per_scene(MOONDREAM.name, tier)
