"""How to bring a written file into an editor: which editors take which format, and the steps as messages."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from types import MappingProxyType

from autocut_tray.core.frozen import frozen
from autocut_tray.core.messages import Message, message
from autocut_tray.core.timecode import short_rate
from autocut_tray.core.timeline.formats import Format
from autocut_tray.core.timeline.model import Timeline


class Editor(enum.Enum):
    """``RESOLVE``: both editions, which have the same menus; what the free one cannot do is said in the steps."""

    RESOLVE = "resolve"
    PREMIERE = "premiere"
    FINAL_CUT = "final-cut"
    KDENLIVE = "kdenlive"
    SPREADSHEET = "spreadsheet"


_TAKEN_BY: Mapping[Format, tuple[Editor, ...]] = MappingProxyType(
    {
        Format.OTIO: (Editor.RESOLVE, Editor.KDENLIVE),
        Format.FCPXML: (Editor.RESOLVE, Editor.FINAL_CUT),
        Format.FCP7: (Editor.RESOLVE, Editor.PREMIERE),
        Format.EDL: (Editor.RESOLVE, Editor.PREMIERE),
        Format.MARKERS: (Editor.RESOLVE,),
        Format.SRT: (Editor.RESOLVE, Editor.PREMIERE, Editor.FINAL_CUT, Editor.KDENLIVE),
        Format.CSV: (Editor.SPREADSHEET,),
        Format.JSON: (),
        Format.CONTACT_SHEET: (),
    }
)

_KINDS: Mapping[Format, str] = MappingProxyType(
    {
        Format.OTIO: "otio",
        Format.SRT: "subtitles",
        Format.MARKERS: "markers",
        Format.EDL: "edl",
        Format.CSV: "table",
    }
)
"""What the steps are about; for all others it is a timeline."""


@frozen
class HowTo:
    """``editor``: its name as a message. ``steps``: one sentence or two."""

    editor: Editor
    name: Message
    steps: Message


def how_to_import(timeline: Timeline, kind: Format) -> tuple[HowTo, ...]:
    """What to do with the file in every editor that takes it; empty for formats that are not for editors."""
    rate, what = short_rate(timeline.rate), _KINDS.get(kind, "timeline")
    return tuple(
        HowTo(
            editor,
            message(f"editor-{editor.value}"),
            message(f"howto-{editor.value}-{what}", rate=rate),
        )
        for editor in _TAKEN_BY[kind]
    )
