"""Every format says exactly what was meant, and the proof notices when it does not."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autocut_tray.core.timeline import fcp7, fcpxml
from autocut_tray.core.timeline.formats import SUFFIXES, WRITTEN, Format, WrongReadback, prove, write
from autocut_tray.core.timeline.model import Clip, Marker, Timeline
from autocut_tray.core.timeline.names import one_line
from tests.timeline.samples import HOSTILE, NTSC, clip, media, timeline, timelines

TEXT = tuple(WRITTEN)
MIXED = tuple(kind for kind in TEXT if kind is not Format.EDL)


@pytest.mark.parametrize("kind", TEXT)
@given(cut=timelines(mixed=False))
@settings(max_examples=60, deadline=None)
def test_random_cuts_come_back_exactly(kind: Format, cut: Timeline) -> None:
    prove(cut, kind, write(cut, kind))


@pytest.mark.parametrize("kind", MIXED)
@given(cut=timelines(mixed=True))
@settings(max_examples=60, deadline=None)
def test_cuts_of_several_rates_come_back_exactly(kind: Format, cut: Timeline) -> None:
    prove(cut, kind, write(cut, kind))


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("kind", TEXT)
def test_hostile_names_come_back(kind: Format, name: str) -> None:
    source = media(f"/footage/{name.replace('/', '_')}", has_audio=True)
    words = one_line(name) or "x"
    cut = timeline(clip(source, name=words, note=words, markers=(Marker(3, words, words),)), name=words)
    prove(cut, kind, write(cut, kind))


def changed(cut: Timeline, what: Callable[[Clip], Clip]) -> Timeline:
    return replace(cut, clips=(cut.clips[0], what(cut.clips[1]), *cut.clips[2:]))


BEACH = media("/footage/beach.mov", NTSC, start=107_892, drop=True, has_audio=True)
CUT = timeline(
    clip(BEACH, 10, 100, name="beach 001", note="A red lamp", markers=(Marker(10, "lamp", "red, lamp"),)),
    clip(BEACH, 500, 560, name="beach 007", note="A blue lamp"),
    clip(BEACH, 90, 91, name="beach 002", note="A lamp"),
    rate=NTSC,
    drop=True,
)
CHANGES: dict[str, Callable[[Clip], Clip]] = {
    "slipped by a frame": lambda one: replace(one, first=one.first + 1, end=one.end + 1),
    "a frame longer": lambda one: replace(one, end=one.end + 1),
    "another name": lambda one: replace(one, name=one.name + "x"),
    "another note": lambda one: replace(one, note=one.note + "x"),
    "another file": lambda one: replace(one, media=replace(one.media, path="/footage/other.mov")),
    "another start": lambda one: replace(one, media=replace(one.media, start=0)),
    "another marker": lambda one: replace(one, markers=(Marker(5, "new"),)),
}
SEEN = {
    Format.OTIO: set(CHANGES), Format.FCPXML: set(CHANGES), Format.FCP7: set(CHANGES), Format.JSON: set(CHANGES),
    Format.CSV: set(CHANGES) - {"another marker"},
    Format.EDL: set(CHANGES) - {"another marker"},
    Format.SRT: {"a frame longer", "another name", "another note"},
    Format.MARKERS: {"a frame longer", "another name", "another note"},
}  # fmt: skip


@pytest.mark.parametrize("kind", TEXT)
@pytest.mark.parametrize("what", CHANGES)
def test_the_proof_sees_every_change_that_the_format_carries(kind: Format, what: str) -> None:
    data = write(changed(CUT, CHANGES[what]), kind)
    if what in SEEN[kind]:
        with pytest.raises(WrongReadback):
            prove(CUT, kind, data)
    else:
        prove(CUT, kind, data)


@pytest.mark.parametrize("kind", TEXT)
def test_the_proof_misses_no_clip(kind: Format) -> None:
    for other in (replace(CUT, clips=CUT.clips[:2]), replace(CUT, clips=CUT.clips[::-1])):
        with pytest.raises(WrongReadback):
            prove(CUT, kind, write(other, kind))


@pytest.mark.parametrize("kind", [kind for kind in TEXT if kind not in (Format.SRT, Format.CSV)])
def test_the_proof_sees_another_counting(kind: Format) -> None:
    with pytest.raises(WrongReadback):
        prove(CUT, kind, write(replace(CUT, drop=False, start=108_000), kind))


@pytest.mark.parametrize("kind", TEXT)
@given(data=st.data())
@settings(max_examples=80, deadline=None)
def test_a_damaged_file_is_never_proven_by_an_exception_of_another_kind(
    kind: Format, data: st.DataObject
) -> None:
    written = bytearray(write(CUT, kind))
    for _ in range(data.draw(st.integers(1, 4))):
        written[data.draw(st.integers(0, len(written) - 1))] = data.draw(st.integers(0, 255))
    try:
        prove(CUT, kind, bytes(written))
    except WrongReadback:
        pass


@pytest.mark.parametrize("at", [3, -1])
def test_a_quote_that_is_never_closed_is_no_table(at: int) -> None:
    whole = write(CUT, Format.CSV).rstrip()
    with pytest.raises(WrongReadback, match="unexpected end of data"):
        prove(CUT, Format.CSV, whole[:at] + b',"' + whole[at:])


@pytest.mark.parametrize("kind", TEXT)
def test_half_a_file_is_refused(kind: Format) -> None:
    whole = write(CUT, kind)
    for part in (b"", whole[: len(whole) // 2]):
        with pytest.raises(WrongReadback):
            prove(CUT, kind, part)


# -- to the letter


def test_edl_to_the_letter() -> None:
    other = media("/footage/海滩 beach.mov", NTSC, start=1800)
    first = clip(BEACH, 0, 90, name="beach 001", note="A red lamp")
    cut = timeline(first, clip(other, 0, 30, name="海滩 beach 001"), rate=NTSC, drop=True)
    assert write(cut, Format.EDL).decode().split("\r\n") == [
        "TITLE: Cut",
        "FCM: DROP FRAME",
        "",
        "001  BEACH    B     C        01:00:00;00 01:00:03;00 01:00:00;00 01:00:03;00",
        "* FROM CLIP NAME: beach.mov",
        "* SOURCE FILE: /footage/beach.mov",
        "* COMMENT: beach 001",
        "* COMMENT: A red lamp",
        "",
        "FCM: NON-DROP FRAME",
        "002  BEACH_2  V     C        00:01:00:00 00:01:01:00 01:00:03;00 01:00:04;00",
        "* FROM CLIP NAME: 海滩 beach.mov",
        "* SOURCE FILE: /footage/海滩 beach.mov",
        "* COMMENT: 海滩 beach 001",
        "",
        "",
    ]


def test_edl_time_codes_start_anew_at_midnight() -> None:
    day = 24 * 3600 * 25
    cut = timeline(clip(media(start=day - 10), 0, 30), clip(media(start=day - 10), 10, 30))
    text = write(cut, Format.EDL).decode()
    assert "23:59:59:15 00:00:00:20" in text and "00:00:00:00 00:00:00:20" in text
    prove(cut, Format.EDL, text.encode())


@pytest.mark.parametrize("kind", [Format.EDL, Format.MARKERS])
def test_a_thousandth_event_is_refused(kind: Format) -> None:
    one = clip(media(), 0, 5)
    cut = timeline(*[one] * 999)
    prove(cut, kind, write(cut, kind))
    with pytest.raises(ValueError, match="cannot carry"):
        write(timeline(*[one] * 1000), kind)


def test_edl_of_two_rates_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot carry"):
        write(timeline(clip(media(rate=Fraction(24)))), Format.EDL)


def test_markers_to_the_letter() -> None:
    text = write(timeline(clip(media(), 5, 30, note="a | b")), Format.MARKERS).decode()
    assert text.split("\r\n")[3:5] == [
        "001  001      V     C        01:00:00:00 01:00:00:01 01:00:00:00 01:00:00:01",
        " |C:ResolveColorBlue |M:beach 001 a ¦ b |D:25",
    ]


def test_fcpxml_times_are_whole_frames_and_urls_are_encoded() -> None:
    source = media("C:\\剪辑\\a #1 100%.mov", NTSC, start=107_892, drop=True, frames=1000)
    root = ElementTree.fromstring(write(timeline(clip(source, 30, 60), rate=NTSC, drop=True), Format.FCPXML))
    assert root.get("version") == fcpxml.VERSION == "1.9"
    sequence, asset = root.find(".//sequence"), root.find(".//asset")
    one, shape, place = root.find(".//asset-clip"), root.find(".//format"), root.find(".//media-rep")
    assert None not in (sequence, asset, one, shape, place)
    assert sequence.attrib == {  # type: ignore[union-attr]
        "format": "r1", "duration": "30030/30000s", "tcStart": "107999892/30000s", "tcFormat": "DF",
    }  # fmt: skip
    assert shape.attrib["frameDuration"] == "1001/30000s"  # type: ignore[union-attr]
    assert shape.attrib["name"] == "FFVideoFormat1080p2997"  # type: ignore[union-attr]
    assert asset.attrib["start"] == "107999892/30000s"  # type: ignore[union-attr]
    assert asset.attrib["duration"] == "1001000/30000s"  # type: ignore[union-attr]
    assert one.attrib["offset"] == "107999892/30000s"  # type: ignore[union-attr]
    assert one.attrib["start"] == "108029922/30000s"  # type: ignore[union-attr]
    url = "file:///C:/%E5%89%AA%E8%BE%91/a%20%231%20100%25.mov"
    assert place.attrib == {"kind": "original-media", "src": url}  # type: ignore[union-attr]


def test_fcpxml_says_the_rate_of_a_clip_that_has_another() -> None:
    source = media(rate=Fraction(24000, 1001))
    root = ElementTree.fromstring(write(timeline(clip(source, 0, 24)), Format.FCPXML))
    conform = root.find(".//asset-clip/conform-rate")
    assert conform is not None and conform.attrib == {"scaleEnabled": "0", "srcFrameRate": "23.98"}
    assert root.find(".//asset-clip").get("duration") == "25/25s"  # type: ignore[union-attr]


def test_fcp7_has_what_resolve_needs() -> None:
    data = write(timeline(clip(BEACH, 10, 40), clip(media(), 0, 25), rate=NTSC, drop=True), Format.FCP7)
    assert data.startswith(b'<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE xmeml>\n<xmeml version="5">')
    sequence = ElementTree.fromstring(data).find("sequence")
    assert sequence is not None
    shape = sequence.find("media/video/format/samplecharacteristics")
    assert shape is not None and shape.findtext("width") == "1920" and shape.findtext("rate/ntsc") == "TRUE"
    first, second = sequence.findall("media/video/track/clipitem")
    assert [first.findtext(name) for name in ("start", "end", "in", "out")] == ["0", "30", "10", "40"]
    assert first.findtext("file/pathurl") == "file://localhost/footage/beach.mov"
    assert first.findtext("file/timecode/string") == "01:00:00;00"
    assert (second.findtext("rate/timebase"), second.findtext("rate/ntsc")) == ("25", "FALSE")
    sounds = sequence.findall("media/audio/track/clipitem")
    assert [one.get("id") for one in sounds] == ["audio-1"]  # the second file has no sound
    assert [one.findtext("clipindex") for one in first.findall("link")] == ["1", "1"]
    assert fcp7.VERSION == "5"


def test_otio_has_no_time_that_is_not_a_frame() -> None:
    source = media(rate=NTSC, start=108_000)
    document = json.loads(write(timeline(clip(source, 3, 33), rate=NTSC), Format.OTIO))
    (video,) = document["tracks"]["children"]
    (item,) = video["children"]
    assert item["source_range"]["start_time"] == {
        "OTIO_SCHEMA": "RationalTime.1", "rate": 30000 / 1001, "value": 108_003.0,
    }  # fmt: skip
    reference = item["media_references"]["DEFAULT_MEDIA"]
    assert reference["available_range"]["start_time"]["value"] == 108_000.0
    assert item["name"] == reference["name"] == "beach.mov"
    assert document["global_start_time"]["value"] == 108_000.0


def test_csv_cells_run_no_formula_and_excel_knows_the_encoding() -> None:
    source = media("/footage/=cmd()|x.mov")
    data = write(timeline(clip(source, name="=1+1", note="@SUM(A1)")), Format.CSV)
    assert data.startswith(b"\xef\xbb\xbf")
    (row,) = csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""))
    assert (row["file"], row["name"], row["note"]) == ("'=cmd()|x.mov", "'=1+1", "'@SUM(A1)")
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in row.values())


def test_srt_to_the_letter() -> None:
    cut = timeline(clip(BEACH, 0, 30, note="A <b> --> c"), clip(BEACH, 30, 60, name="beach 002"), rate=NTSC)
    assert write(cut, Format.SRT).decode() == (
        "1\n00:00:00,000 --> 00:00:01,001\nbeach 001\nA ‹b› → c\n\n2\n00:00:01,001 --> 00:00:02,002\nbeach 002\n"
    )


def test_a_clip_of_another_rate_never_shows_a_frame_beyond_its_end() -> None:
    fast = media(rate=Fraction(60))
    cut = timeline(clip(fast, 0, 64), clip(fast, 0, 1), rate=Fraction(24))
    assert [(one.first, one.end) for one in cut.placed()] == [(0, 25), (25, 26)]  # 25.6 and 0.4 frames


def test_every_format_has_a_suffix() -> None:
    assert set(SUFFIXES) == set(Format) and set(WRITTEN) == set(Format) - {Format.CONTACT_SHEET}
