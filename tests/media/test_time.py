"""When frames are shown."""

from __future__ import annotations

from fractions import Fraction

import pytest

from autocut_tray.core.media.worker_time import PresentationClock, standard_rate

MS = Fraction(1, 1000)


def placed(stamps: list[int | None], rate: int = 25, base: Fraction = MS) -> list[float]:
    clock = PresentationClock(base, Fraction(rate))
    return [round(clock.place(stamp, None), 6) for stamp in stamps]


def test_the_first_frame_is_zero_wherever_the_file_starts() -> None:
    assert placed([133_200, 136_800], base=Fraction(1, 90_000)) == [0.0, 0.04]


def test_variable_steps_are_the_true_times() -> None:
    assert placed([0, 33, 67, 500, 10_000]) == [0.0, 0.033, 0.067, 0.5, 10.0]


def test_missing_stamps_follow_at_the_nominal_rate() -> None:
    assert placed([None, None, None]) == [0.0, 0.04, 0.08]
    assert placed([0, 40, None, 120]) == [0.0, 0.04, 0.08, 0.12]


def test_stamps_that_stand_still_or_stumble_still_go_forward() -> None:
    assert placed([0, 40, 40, 30, 80]) == [0.0, 0.04, 0.041, 0.042, 0.08]


def test_a_jump_back_continues_where_it_was() -> None:
    assert placed([5000, 5040, 0, 40, 80]) == [0.0, 0.04, 0.08, 0.12, 0.16]


def test_a_jump_of_hours_is_no_gap() -> None:
    hours = 250 * 3600 * 1000
    assert placed([0, 40, hours, 80, hours + 40]) == [0.0, 0.04, 0.08, 0.12, 0.16]


def test_a_long_still_picture_is_believed() -> None:
    assert placed([0, 40, 1_800_000]) == [0.0, 0.04, 1800.0]


def test_the_end_counts_the_last_frame() -> None:
    clock = PresentationClock(MS, Fraction(25))
    clock.place(0, 40)
    clock.place(40, 500)
    assert clock.end == 0.54
    assert PresentationClock(MS, None).end == 0.0


def test_times_can_be_asked_for_later() -> None:
    clock = PresentationClock(MS, Fraction(25))
    for number in range(20_000):
        clock.place(number * 40, 40)
    assert clock.time_of(19_990) == pytest.approx(799.6)
    assert clock.time_of(0) == clock.time_of(20_000 - 8192)


def rate_of(stamps: list[int], nominal: Fraction | None) -> tuple[Fraction, bool]:
    clock = PresentationClock(MS, nominal)
    for stamp in stamps:
        clock.place(stamp, None)
    return clock.rate(nominal), clock.variable


def test_rounded_stamps_are_a_constant_rate() -> None:
    stamps = [round(n * 1001 / 24) for n in range(500)]
    assert rate_of(stamps, None) == (Fraction(24000, 1001), False)


def test_a_wrong_header_is_corrected() -> None:
    assert rate_of([n * 20 for n in range(500)], Fraction(25)) == (Fraction(50), False)


def test_dropped_frames_make_the_rate_variable() -> None:
    stamps = [n * 40 for n in range(500) if n % 10]
    rate, variable = rate_of(stamps, Fraction(25))
    assert variable and Fraction(22) < rate < Fraction(23)


def test_one_frame_has_the_nominal_rate() -> None:
    assert rate_of([0], Fraction(30)) == (Fraction(30), False)
    assert rate_of([0], None) == (Fraction(25), False)


def test_gaps_say_nothing_about_the_rate() -> None:
    assert rate_of([0, 40, 80, 900_000, 900_040], Fraction(25))[0] == 25


@pytest.mark.parametrize(
    ("measured", "standard"),
    [
        (Fraction(2997, 100), Fraction(30000, 1001)),
        (Fraction(23976, 1000), Fraction(24000, 1001)),
        (Fraction(24), Fraction(24)),
        (Fraction(14985, 500), Fraction(30000, 1001)),
        (Fraction(7170, 343), Fraction(7170, 343)),
        (Fraction(1, 10), Fraction(1, 10)),
    ],
)
def test_containers_round_rates(measured: Fraction, standard: Fraction) -> None:
    assert standard_rate(measured) == standard
