"""OpenTimelineIO and its adapters read our files as we meant them. Skipped where they are not installed."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autocut_tray.core.timeline.formats import Format, write
from autocut_tray.core.timeline.model import Timeline
from autocut_tray.core.timeline.names import path_of_url
from tests.timeline.samples import NTSC, clip, media, timeline, timelines

otio = pytest.importorskip("opentimelineio", reason="OpenTimelineIO is not installed")

ADAPTERS = {
    Format.OTIO: "otio_json", Format.FCPXML: "fcpx_xml", Format.FCP7: "fcp_xml", Format.EDL: "cmx_3600",
}  # fmt: skip
FILM = Fraction(24000, 1001)
MUXED = media("/footage/海滩 #1 100%.mov", NTSC, start=107_892, drop=True, frames=2000, has_audio=True)
PLAIN = media("C:\\剪辑\\b c.mov", NTSC, start=1800, frames=500)
CUTS = {
    "drop-frame": timeline(
        clip(MUXED, 10, 100), clip(PLAIN, 0, 500), clip(MUXED, 1000, 2000), rate=NTSC, drop=True
    ),
    "25": timeline(clip(media(start=90_000), 5, 6), clip(media(start=90_000), 100, 250)),
    "23.976": timeline(clip(media(rate=FILM, start=86_400), 0, 24), rate=FILM),
    "59.94": timeline(clip(media(rate=Fraction(60000, 1001), start=3600), 7, 77), rate=Fraction(60000, 1001)),
}


def read(data: bytes, kind: Format, rate: Fraction) -> Any:
    if not {ADAPTERS[kind]} <= set(otio.adapters.available_adapter_names()):
        pytest.skip(f"the adapter {ADAPTERS[kind]} is not installed")
    options = {"rate": float(rate)} if kind is Format.EDL else {}
    found = otio.adapters.read_from_string(data.decode(), ADAPTERS[kind], **options)
    if isinstance(found, otio.schema.SerializableCollection):
        found = next(iter(found.find_children(descended_from_type=otio.schema.Timeline)))
    return found


def clips_of(found: Any, rate: Fraction) -> list[tuple[int, int, int]]:
    """Start on the timeline, length, start in the source: in frames."""
    track = found.video_tracks()[0]
    shown = []
    for one in track.find_clips():
        place, source = one.range_in_parent(), one.trimmed_range()
        times = (place.start_time, place.duration, source.start_time)
        frames = [time.rescaled_to(float(rate)).value for time in times]
        assert all(abs(frame - round(frame)) < 1e-6 for frame in frames)
        shown.append(tuple(map(round, frames)))
    return shown


def meant(cut: Timeline, kind: Format) -> list[tuple[int, int, int]]:
    """The adapter for FCPXML puts a gap before the first clip, as long as the timeline's start time code says."""
    before = cut.start if kind is Format.FCPXML else 0
    return [(before + one.first, one.frames, one.clip.media.start + one.clip.first) for one in cut.placed()]


@pytest.mark.parametrize("kind", ADAPTERS)
@pytest.mark.parametrize("name", CUTS)
def test_a_peer_reads_the_same_clips(kind: Format, name: str) -> None:
    cut = CUTS[name]
    if kind is Format.FCPXML and cut.rate.denominator != 1:
        pytest.skip("this adapter cuts 29.97 frames a second down to 29")
    found = read(write(cut, kind), kind, cut.rate)
    assert clips_of(found, cut.rate) == meant(cut, kind)


@pytest.mark.parametrize("kind", [Format.OTIO, Format.FCP7])
def test_a_peer_finds_the_files(kind: Format) -> None:
    """The adapter for FCPXML does not know media-rep, which came with 1.9."""
    cut = CUTS["drop-frame"]
    found = read(write(cut, kind), kind, cut.rate)
    urls = [one.media_reference.target_url for one in found.video_tracks()[0].find_clips()]
    assert [path_of_url(url) for url in urls] == [one.media.path for one in cut.clips]


@given(cut=timelines(mixed=False), kind=st.sampled_from([Format.OTIO, Format.FCP7]))
@settings(max_examples=50, deadline=None)
def test_random_cuts_in_the_library(cut: Timeline, kind: Format) -> None:
    found = read(write(cut, kind), kind, cut.rate)
    assert clips_of(found, cut.rate) == meant(cut, kind)
    if kind is Format.OTIO:
        assert found.global_start_time.value == cut.start
    again = otio.adapters.read_from_string(otio.adapters.write_to_string(found, "otio_json"), "otio_json")
    assert clips_of(again, cut.rate) == meant(cut, kind)
