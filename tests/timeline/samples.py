"""Timelines that tests own, and strategies for all the others."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import strategies as st

from autocut_tray.core.timecode import can_drop
from autocut_tray.core.timeline.cut import EDIT_RATES
from autocut_tray.core.timeline.model import Clip, Marker, Media, Timeline, one_hour
from autocut_tray.core.timeline.names import one_line

NTSC = Fraction(30000, 1001)
HOSTILE = [
    "12:30.mp4", "-y.mp4", "line\nbreak.mp4", "<img src=x>.mp4", "🎬 emoji.mov", "n" * 251 + ".mp4", "bad\udcff.mp4",
    "concat:x", "=cmd().mov", "\u202egpj.mp4", "海滩 #1 100%.mov", "a&b\"c'd.mov", "\x01\x0b\x7f.mov", "CON.mp4",
    "..", " lead and trail ", "a|b --> c.mov", "tab\there.mov", "\ufffe\uffff.mov", "a\u2028b.mp4", "back\\slash.mov",
    "'=quoted.mov", "@at.mov", "* COMMENT: x.mov", "FCM: DROP FRAME", "%41.mov", "AX.mov", "bl.mov", "\r\n\r\n1\r\n",
]  # fmt: skip


def media(path: str = "/footage/beach.mov", rate: Fraction = Fraction(25), **other: object) -> Media:
    fields: dict[str, object] = {
        "path": path, "rate": rate, "start": 0, "drop": False, "frames": 10_000, "width": 1920, "height": 1080,
        "own_rate": rate, "start_timecode": "00:00:00:00",
    }  # fmt: skip
    return Media(**{**fields, **other})  # type: ignore[arg-type]


def timeline(*clips: Clip, rate: Fraction = Fraction(25), drop: bool = False, name: str = "Cut") -> Timeline:
    return Timeline(name, rate, drop, one_hour(rate, drop=drop), 1920, 1080, clips)


def clip(source: Media, first: int = 0, end: int = 50, **other: object) -> Clip:
    return Clip(**{"media": source, "first": first, "end": end, "name": "beach 001", **other})  # type: ignore[arg-type]


# What can stand in a file name anywhere: everything but the separator and NUL, and bytes that are no UTF-8.
_file_names = st.one_of(
    st.sampled_from([name for name in HOSTILE if "/" not in name]),
    st.text(st.characters(exclude_categories=("Cs",), exclude_characters="/\0"), min_size=1, max_size=40),
)
_posix = st.builds(lambda folder, name: f"/{folder}/{name}", _file_names, _file_names)
_safe = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), exclude_characters='/\\:*?"<>|'), min_size=1, max_size=20
)
_drive = st.builds(lambda letter, name: f"{letter}:\\剪辑 Videos\\{name}", st.sampled_from("CDz"), _safe)
_share = st.builds(
    lambda server, name: f"\\\\{server}\\share\\{name}", st.sampled_from(["nas", "10.0.0.5"]), _safe
)
paths = st.one_of(_posix, _drive, _share)

_words = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=80)).map(one_line)


@st.composite
def medias(draw: st.DrawFn, rate: Fraction) -> Media:
    drop = can_drop(rate) and draw(st.booleans())
    return media(
        draw(paths),
        rate,
        start=draw(st.integers(0, 23 * 3600 * 20)),
        drop=drop,
        frames=draw(st.one_of(st.none(), st.just(10**6))),
        has_audio=draw(st.booleans()),
        rotation=draw(st.sampled_from([0, 90, 180, 270])),
    )


@st.composite
def timelines(draw: st.DrawFn, *, mixed: bool) -> Timeline:
    """Random cuts of random files; of one rate, or of several with ``mixed``."""
    rate = draw(st.sampled_from(EDIT_RATES))
    rates = [draw(st.sampled_from(EDIT_RATES)) for _ in range(3)] if mixed else [rate] * 3
    sources = [draw(medias(one)) for one in rates[: draw(st.integers(1, 3))]]
    clips = []
    for number in range(draw(st.integers(1, 6))):
        source = draw(st.sampled_from(sources))
        first = draw(st.integers(0, 500_000))
        markers = tuple(
            Marker(first + at, draw(_words) or "marker", draw(_words))
            for at in range(draw(st.integers(0, 2)))
        )
        clips.append(
            Clip(
                source,
                first,
                first + draw(st.integers(1, 5000)),
                draw(_words) or "clip",
                number + 1,
                draw(_words),
                markers,
            )
        )
    drop = can_drop(rate) and draw(st.booleans())
    return Timeline(draw(_words) or "Cut", rate, drop, one_hour(rate, drop=drop), 1920, 1080, tuple(clips))
