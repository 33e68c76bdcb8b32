"""Scenes in videos with known cuts, and hostile inputs, from the corpus beside the repository."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from autocut_tray.core.errors import InputError
from tests.media.conftest import read_video
from tests.media.score_corpus import boundaries, f1, read_truths, score

pytestmark = pytest.mark.corpus


def test_cuts_and_gradual_transitions(corpus: Path) -> None:
    truths = read_truths(corpus)
    with ThreadPoolExecutor(2) as pool:
        found = pool.map(lambda truth: boundaries(corpus / truth.file), truths)
        scores = [score(truth, frames) for truth, frames in zip(truths, found, strict=True)]
    assert f1(scores) >= 0.97
    assert sum(len(s.false) for s in scores) <= 2
    assert sum(s.gradual_found for s in scores) >= 0.8 * sum(s.gradual_known for s in scores)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("zero.mp4", "empty_file"),
        ("truncated_no_moov.mp4", "incomplete"),
        ("text.mp4", "not_a_video"),
        ("random_ts.ts", "not_a_video"),
        ("big_8192x8192.mp4", "picture_too_large"),
        ("bomb_60000x60000_png.mp4", "not_a_video"),
        ("ffconcat_local.mp4", "not_a_video"),
        ("hls_local.m3u8", "not_a_video"),
        ("sdp_rtp.mp4", "not_a_video"),
        ("truncated_faststart.mp4", 1),
        ("timestamp_jump.mkv", 1),
        ("huge_dims_container.mp4", 1),
        ("noise_every_frame_is_new.mp4", 1),
        ("resolution_change.ts", 2),
        ("bitflips.mp4", 1),
    ],
)
def test_hostile_inputs(corpus: Path, name: str, expected: str | int) -> None:
    try:
        reading = read_video(corpus / "bad" / name)
    except InputError as error:
        assert error.code == expected
    else:
        assert len(reading.scenes) == len(reading.keyframes) == expected
        assert (reading.end.damaged_at is not None) == (name == "truncated_faststart.mp4")
