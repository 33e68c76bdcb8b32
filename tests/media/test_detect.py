"""What is a new shot and what is not, on pictures made for the question."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
import pytest

from autocut_tray.core.footage import Transition
from autocut_tray.core.media.worker_detect import Boundary, ShotDetector
from autocut_tray.core.media.worker_features import SmallFrame

HEIGHT, WIDTH = 144, 256


class Place:
    """Somewhere to point a camera: a large textured wall in some colour."""

    def __init__(self, seed: int) -> None:
        rng = np.random.default_rng(seed)
        wall = np.full((3 * HEIGHT, 3 * WIDTH), rng.uniform(70, 170))
        for cells, strength in ((6, 40), (20, 25), (60, 15)):
            grid = rng.standard_normal((cells, cells)) * strength
            wall += np.kron(grid, np.ones((-(-3 * HEIGHT // cells), -(-3 * WIDTH // cells))))[
                : 3 * HEIGHT, : 3 * WIDTH
            ]
        self._wall = np.clip(wall, 20, 235)
        self._colour = rng.uniform(90, 166, 2)

    def look(self, x: int = WIDTH, y: int = HEIGHT, light: float = 1.0) -> SmallFrame:
        view = self._wall[y : y + HEIGHT, x : x + WIDTH]
        return small(16 + (view - 16) * light, *(128 + (self._colour - 128) * light))


def small(luma: np.ndarray, blue: float = 128, red: float = 128) -> SmallFrame:
    half = (HEIGHT // 2, WIDTH // 2)
    return SmallFrame(
        np.clip(luma, 0, 255).astype(np.uint8),
        np.full(half, blue, np.uint8),
        np.full(half, red, np.uint8),
    )


def mixed(a: SmallFrame, b: SmallFrame, share: float) -> SmallFrame:
    return SmallFrame(
        *((x * (1 - share) + y * share).astype(np.uint8) for x, y in zip(planes(a), planes(b), strict=True))
    )


def planes(frame: SmallFrame) -> tuple[np.ndarray, ...]:
    return frame.luma, frame.blue, frame.red


def still(place: Place, frames: int) -> list[SmallFrame]:
    return [place.look()] * frames


def find(frames: Iterable[SmallFrame], rate: float = 25, sensitivity: float = 0.5) -> list[Boundary]:
    detector = ShotDetector(rate, sensitivity)
    told = [boundary for frame in frames for boundary in detector.push(frame)]
    return told + detector.finish()


def cuts(frames: Iterable[SmallFrame], rate: float = 25) -> list[int]:
    return [boundary.frame for boundary in find(frames, rate)]


A, B, C = Place(1), Place(2), Place(3)


def test_cuts_to_the_frame() -> None:
    found = find([*still(A, 30), *still(B, 20), *still(C, 25), *still(A, 3)])
    assert [b.frame for b in found] == [30, 50, 75]
    assert {b.transition for b in found} == {Transition.CUT}


def test_nothing_is_no_cut() -> None:
    assert cuts([]) == cuts(still(A, 1)) == cuts(still(A, 200)) == []


def test_a_cut_in_the_first_and_last_frames() -> None:
    assert cuts([*still(A, 1), *still(B, 30)]) == [1]
    assert cuts([*still(A, 30), *still(B, 1)]) == [30]


@pytest.mark.parametrize("length", [1, 2, 4])
def test_a_flash_is_not_a_cut(length: int) -> None:
    white = small(np.full((HEIGHT, WIDTH), 235.0))
    assert cuts([*still(A, 30), *([white] * length), *still(A, 30)]) == []


def test_a_stroboscope_is_not_a_cut_but_the_cut_below_it_is() -> None:
    dark = small(np.full((HEIGHT, WIDTH), 16.0))
    flicker = [dark if n % 6 in (3, 4) else frame for n, frame in enumerate([*still(A, 42), *still(B, 42)])]
    assert cuts(flicker) == [42]


def test_a_shot_that_comes_back_after_a_while_is_two_cuts() -> None:
    assert cuts([*still(A, 30), *still(B, 10), *still(A, 30)]) == [30, 40]


@pytest.mark.parametrize("speed", [2, 6, 12])
def test_a_moving_camera_is_not_a_cut(speed: int) -> None:
    assert cuts([A.look(x=n * speed) for n in range(2 * WIDTH // speed)]) == []


@pytest.mark.parametrize("held", [2, 3])
def test_animation_that_moves_in_steps_is_not_a_cut(held: int) -> None:
    """Paper cut-outs on threes: frames that stand still between jumps must not make each jump look like a cut."""
    wall, paper = A.look().luma.copy(), A.look(0, 0).luma
    frames, rng = [small(wall.copy())] * 20, np.random.default_rng(5)
    for _ in range(12):
        for cell in rng.permutation(32)[:11]:
            y, x = cell // 8 * 36, cell % 8 * 32
            dy, dx = rng.integers(0, HEIGHT - 36), rng.integers(0, WIDTH - 32)
            wall[y : y + 36, x : x + 32] = paper[dy : dy + 36, dx : dx + 32]
        frames += [small(wall.copy())] * held
    found = find([*frames, *frames[-1:] * 20])
    # All in all one picture turns into another, which may well be told as one transition.
    assert [boundary for boundary in found if boundary.transition is Transition.CUT] == []
    assert len(found) <= 1


def test_light_that_changes_is_not_a_cut() -> None:
    ramp = [A.look(light=0.4 + 0.6 * abs(n % 50 - 25) / 25) for n in range(150)]
    assert cuts(ramp) == []
    assert cuts([A.look()] * 30 + [A.look(light=0.6)] * 30) == []


def test_noise_is_one_shot() -> None:
    rng = np.random.default_rng(5)
    assert cuts(small(rng.uniform(0, 255, (HEIGHT, WIDTH))) for _ in range(150)) == []


def test_grain_does_not_hide_a_cut() -> None:
    rng = np.random.default_rng(6)
    frames = [*still(A, 30), *still(B, 30)]
    assert cuts(small(f.luma + rng.normal(0, 14, f.luma.shape)) for f in frames) == [30]


def test_a_title_that_pops_up_is_not_a_cut() -> None:
    titled = A.look().luma.astype(float)
    titled[110:135, 40:216] = 230
    assert cuts([*still(A, 30), *([small(titled)] * 40), *still(A, 30)]) == []


def test_flat_colours_are_told_apart() -> None:
    card = [
        small(np.full((HEIGHT, WIDTH), level), blue, red)
        for level, blue, red in ((60, 90, 200), (60, 200, 90))
    ]
    assert cuts([card[0]] * 20 + [card[1]] * 20) == [20]


def test_every_shot_of_a_rapid_montage() -> None:
    frames = [frame for n in range(12) for frame in still(Place(10 + n), 7)]
    assert cuts(frames, rate=30) == [7 * n for n in range(1, 12)]


@pytest.mark.parametrize("rate", [120, 240, 1000])
def test_high_rates_are_placed_to_the_frame(rate: int) -> None:
    assert cuts([*still(A, rate // 2 + 7), *still(B, rate // 2)], rate=rate) == [rate // 2 + 7]


@pytest.mark.parametrize("length", [6, 12, 24, 40])
def test_a_dissolve_is_one_boundary_inside(length: int) -> None:
    blend = [mixed(A.look(), B.look(), (n + 1) / (length + 1)) for n in range(length)]
    (found,) = find([*still(A, 40), *blend, *still(B, 60)])
    assert found.transition is Transition.DISSOLVE
    assert 40 <= found.first <= found.frame <= found.last < 40 + length


def test_a_fade_through_black_starts_where_the_picture_rises() -> None:
    down = [A.look(light=1 - (n + 1) / 12) for n in range(11)]
    up = [B.look(light=(n + 1) / 12) for n in range(11)]
    black = [A.look(light=0.0)] * 5
    (found,) = find([*still(A, 40), *down, *black, *up, *still(B, 60)])
    assert found.transition is Transition.FADE
    assert 51 <= found.frame <= 60
    assert found.first >= 40


def test_a_fade_to_black_at_the_end_is_no_new_scene() -> None:
    down = [A.look(light=1 - (n + 1) / 20) for n in range(20)]
    assert cuts([*still(A, 60), *down, *([A.look(light=0.0)] * 30)]) == []


def test_a_fade_in_at_the_start_is_no_cut() -> None:
    up = [A.look(light=n / 20) for n in range(20)]
    assert all(
        b.transition is Transition.FADE for b in find([*([A.look(light=0.0)] * 20), *up, *still(A, 60)])
    )


def wiped(old: SmallFrame, new: SmallFrame, share: float) -> SmallFrame:
    """The new picture comes in from the left and covers ``share`` of the old one."""
    column = int(WIDTH * share) // 2 * 2
    return SmallFrame(
        *(
            np.concatenate([b[:, : column * b.shape[1] // WIDTH], a[:, column * b.shape[1] // WIDTH :]], 1)
            for a, b in zip(planes(old), planes(new), strict=True)
        )
    )


def test_a_wipe_is_one_boundary_inside() -> None:
    frames = [
        *still(A, 40),
        *(wiped(A.look(), B.look(), (n + 1) / 13) for n in range(12)),
        *still(B, 60),
    ]
    (found,) = find(frames)
    assert 40 <= found.frame <= 52


def shaken(frame: SmallFrame, seed: int) -> SmallFrame:
    """The same picture with a part of it in motion: leaves, water, people."""
    rng = np.random.default_rng(seed)
    moving = np.kron(rng.normal(0, 8, (HEIGHT // 16, WIDTH // 16)), np.ones((16, 16)))
    return SmallFrame(np.clip(frame.luma + moving, 0, 255).astype(np.uint8), frame.blue, frame.red)


def test_a_wipe_between_shots_in_which_things_move() -> None:
    wipe = (wiped(A.look(), B.look(), (n + 1) / 13) for n in range(12))
    frames = [*still(A, 40), *wipe, *still(B, 60)]
    (found,) = find(shaken(frame, n) for n, frame in enumerate(frames))
    assert 40 <= found.first <= found.frame <= found.last < 52


def soft(place: Place, contrast: float, light: float = 150) -> SmallFrame:
    """A picture out of focus, or in fog: few edges, and light."""
    luma = place.look().luma.astype(float)
    return small(light + (luma - luma.mean()) * contrast)


def dissolve(a: SmallFrame, b: SmallFrame, length: int = 12) -> list[SmallFrame]:
    return [mixed(a, b, (n + 1) / (length + 1)) for n in range(length)]


def fade(a: SmallFrame, b: SmallFrame, length: int = 10) -> list[SmallFrame]:
    black = small(np.full((HEIGHT, WIDTH), 16.0))
    return dissolve(a, black, length)[:-1] + dissolve(black, b, length)


@pytest.mark.parametrize("leave", [dissolve, fade])
@pytest.mark.parametrize(("contrast", "held"), [(0.1, 30), (0.1, 120), (0.25, 8), (0.25, 30), (0.25, 120)])
def test_a_soft_picture_between_two_transitions_is_a_shot(
    contrast: float, held: int, leave: Callable[[SmallFrame, SmallFrame], list[SmallFrame]]
) -> None:
    """To show few edges is not to show nothing: only what is blank may be the middle of one transition."""
    fog = soft(B, contrast)
    frames = [*still(A, 40), *dissolve(A.look(), fog), *([fog] * held), *leave(fog, C.look()), *still(C, 80)]
    first, second = find(frames)
    assert 40 <= first.frame <= first.last < 52
    assert 52 + held <= second.first <= second.frame < 52 + held + 19


@pytest.mark.parametrize("place", [1, 2, 3, 4])
def test_a_shot_of_fog_ends_in_a_fade_through_black(place: int) -> None:
    fog = small(soft(B, 0.1).luma, 100, 156)
    city = Place(place).look()
    frames = [
        *still(Place(9), 40),
        *dissolve(Place(9).look(), fog),
        *([fog] * 20),
        *fade(fog, city),
        *([city] * 80),
    ]
    first, second = find(frames)
    assert (first.transition, second.transition) == (Transition.DISSOLVE, Transition.FADE)
    assert 40 <= first.frame < 52 < 72 <= second.first <= second.last < 91


def test_a_picture_that_is_only_soft_is_not_waited_for() -> None:
    fog = soft(B, 0.25)
    detector = ShotDetector(25, 0.5)
    seen = [*still(A, 40), *dissolve(A.look(), fog), *([fog] * 8)]
    assert [len(detector.push(frame)) for frame in seen].count(1) == 1


def test_out_of_a_dark_picture_is_a_dissolve() -> None:
    night = A.look(light=0.16)
    (found,) = find([*([night] * 40), *dissolve(night, B.look()), *still(B, 80)])
    assert found.transition is Transition.DISSOLVE


def test_a_dip_to_white_is_one_transition() -> None:
    white = small(np.full((HEIGHT, WIDTH), 235.0))
    frames = [*still(A, 40), *dissolve(A.look(), white), *dissolve(white, B.look()), *still(B, 80)]
    (found,) = find(frames)
    assert found.first < 52 <= found.last < 64


@pytest.mark.parametrize("length", [6, 8, 10])
def test_a_fade_from_a_flat_picture_is_told_whole(length: int) -> None:
    """Bright sky, black, a wall: the way down has no edges to lose, and is not a transition of its own."""
    sky, wall = soft(A, 0.05, light=200), small(B.look().luma)
    (found,) = find([*([sky] * 40), *fade(sky, wall, length), *([wall] * 80)])
    assert found.transition is Transition.FADE
    assert 40 <= found.first <= 41
    assert 40 + length <= found.last < 40 + 2 * length


def test_a_fade_out_is_told_when_a_picture_follows_that_no_fade_explains() -> None:
    """Out of black under flashing lights: there is a new shot, though its beginning is not a clean fade in."""
    rng = np.random.default_rng(4)
    black = small(np.full((HEIGHT, WIDTH), 16.0))
    down = dissolve(A.look(), black, 10)
    up = [B.look(light=min(1.0, (n + 1) / 10) * rng.uniform(0.3, 1.0)) for n in range(60)]
    assert len(find([*still(A, 40), *down, *up, *still(B, 80)])) >= 1


def test_a_title_that_fades_in_is_not_a_boundary() -> None:
    titled = A.look().luma.astype(float)
    titled[40:100, 60:200] = 230
    over = small(titled, A.look().blue[0, 0], A.look().red[0, 0])
    blend = [mixed(A.look(), over, (n + 1) / 16) for n in range(15)]
    assert cuts([*still(A, 40), *blend, *([over] * 60)]) == []


@pytest.mark.parametrize(("height", "width"), [(2, 2), (4, 256), (256, 4), (36, 64), (143, 255)])
def test_pictures_of_any_size(height: int, width: int) -> None:
    rng = np.random.default_rng(3)
    half = (-(-height // 2), -(-width // 2))
    shots = [
        SmallFrame(*(rng.integers(16, 235, size).astype(np.uint8) for size in ((height, width), half, half)))
        for _ in range(2)
    ]
    find([shots[0]] * 80 + [shots[1]] * 80)


def test_a_sensitive_detector_finds_what_a_calm_one_leaves() -> None:
    near = small(A.look().luma.astype(float))
    luma = A.look().luma.astype(float)
    luma[:, : int(WIDTH * 0.26)] = B.look().luma[:, : int(WIDTH * 0.26)]
    changed = small(luma)
    frames = [near] * 30 + [changed] * 30
    assert len(find(frames, sensitivity=1.0)) >= len(find(frames, sensitivity=0.0))
