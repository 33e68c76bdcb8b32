"""Every finding is found where it belongs and nowhere else, and every one can be said."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from autocut_tray.core.timeline.formats import Format
from autocut_tray.core.timeline.model import Timeline
from autocut_tray.core.timeline.preflight import (
    CODES,
    Circumstances,
    Severity,
    SourceState,
    blocking,
    preflight,
)
from tests.timeline.samples import NTSC, clip, media, timeline

GOOD = timeline(clip(media(), note="A lamp"))
NO_TIMECODE = media("/b.mov", start_timecode=None)
SOURCE = "/footage/beach.mov"

CASES: list[tuple[str, Timeline, Format, Circumstances]] = [
    ("clip-empty", timeline(clip(media(), 50, 50, note="x")), Format.OTIO, Circumstances()),
    ("out-of-range", timeline(clip(media(frames=40), note="x")), Format.OTIO, Circumstances()),
    ("out-of-range", timeline(clip(media(), -1, 5, note="x")), Format.OTIO, Circumstances()),
    ("out-of-range", timeline(clip(media(frames=49), note="x")), Format.OTIO, Circumstances()),
    ("too-many-events", timeline(*[clip(media(), note="x")] * 1000), Format.EDL, Circumstances()),
    ("too-many-events", timeline(*[clip(media(), note="x")] * 1000), Format.MARKERS, Circumstances()),
    ("longer-than-a-day", timeline(clip(media(frames=None), 0, 25 * 90_000)), Format.CSV, Circumstances()),
    ("source-missing", GOOD, Format.OTIO, Circumstances({SOURCE: SourceState.MISSING})),
    ("source-changed", GOOD, Format.SRT, Circumstances({SOURCE: SourceState.CHANGED})),
    ("source-moved", GOOD, Format.OTIO, Circumstances({SOURCE: SourceState.MOVED})),
    ("scan-incomplete", GOOD, Format.OTIO, Circumstances(complete=False)),
    ("source-damaged", GOOD, Format.OTIO, Circumstances(damaged=True)),
    ("variable-rate", timeline(clip(media(variable_rate=True))), Format.OTIO, Circumstances()),
    ("rate-conformed", timeline(clip(media(own_rate=Fraction(273, 10)))), Format.OTIO, Circumstances()),
    ("timecode-unreadable", timeline(clip(media(start_timecode="99:99:99:99"))), Format.OTIO, Circumstances()),
    ("timecode-unreadable", timeline(clip(media(start_timecode="00:00:00;00"))), Format.EDL, Circumstances()),
    ("no-timecode", timeline(clip(NO_TIMECODE)), Format.EDL, Circumstances()),
    ("past-midnight", timeline(clip(media(start=24 * 90_000 - 20))), Format.OTIO, Circumstances()),
    ("rotated", timeline(clip(media(rotation=90))), Format.FCP7, Circumstances()),
    ("beyond-uhd", replace(GOOD, width=4096, height=2160), Format.OTIO, Circumstances()),
    ("name-replaced", timeline(clip(media("/a/b\nc.mov"))), Format.FCPXML, Circumstances()),
    ("edl-not-latin", timeline(clip(media("/a/海滩.mov"))), Format.EDL, Circumstances()),
    ("nothing-described", timeline(clip(media())), Format.SRT, Circumstances()),
    (
        "mixed-counting",
        timeline(clip(media(rate=NTSC, start_timecode="00:00:00;00", drop=True)), rate=NTSC),
        Format.EDL,
        Circumstances(),
    ),
    ("timeline-rate", timeline(clip(media(rate=Fraction(15))), rate=Fraction(30)), Format.OTIO, Circumstances()),
    ("edl-mixed-rates", timeline(clip(media(rate=Fraction(15))), rate=Fraction(30)), Format.EDL, Circumstances()),
    (
        "mixed-rates",
        timeline(clip(media()), clip(media("/b.mov", Fraction(24)))),
        Format.FCP7,
        Circumstances(),
    ),
    ("same-names", timeline(clip(media()), clip(media("/other/BEACH.mov"))), Format.OTIO, Circumstances()),
]  # fmt: skip


@pytest.mark.parametrize(("code", "cut", "kind", "known"), CASES)
def test_each_finding_alone(code: str, cut: Timeline, kind: Format, known: Circumstances) -> None:
    assert [finding.code for finding in preflight(cut, kind, known)] == [code]


def test_every_code_has_a_case() -> None:
    assert {case[0] for case in CASES} == set(CODES)


@pytest.mark.parametrize("kind", Format)
def test_a_sound_timeline_has_none(kind: Format) -> None:
    assert preflight(GOOD, kind, Circumstances()) == ()


def test_the_worst_comes_first_and_blocks() -> None:
    cut = timeline(clip(media(rotation=90, start_timecode=None)), clip(media("/b.mov"), 9, 9))
    findings = preflight(cut, Format.OTIO, Circumstances(complete=False))
    assert [one.code for one in findings] == ["clip-empty", "scan-incomplete", "no-timecode", "rotated"]
    blocked = blocking(findings)
    assert blocked is not None and blocked.severity is Severity.BLOCK
    assert blocking(findings[1:]) is None


def test_the_last_frame_is_in_range() -> None:
    assert preflight(timeline(clip(media(frames=50))), Format.OTIO, Circumstances()) == ()


def test_midnight_itself_is_not_past_it() -> None:
    cut = timeline(clip(media(start=24 * 90_000 - 50), 0, 50))
    assert preflight(cut, Format.EDL, Circumstances()) == ()
