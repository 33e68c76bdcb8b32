"""A report as pages: what stands on them in which order, in words. They are drawn in a process with Qt."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from autocut_tray.core.drawing import NotDrawn, draw
from autocut_tray.core.errors import AutoCutError
from autocut_tray.core.frozen import frozen
from autocut_tray.core.messages import message
from autocut_tray.core.process import REPORT_PAGES

Json = dict[str, Any]

NO_CHINESE_FONT = 3
"""How the process that draws ends where a Chinese report would be empty boxes."""


@frozen
class Heading:
    text: str


@frozen
class Lines:
    """Sentences, one below the other. ``strong``: of each its beginning stands out, what follows explains it."""

    lines: tuple[tuple[str, str], ...]


@frozen
class Tiles:
    """The figures that matter most, each with its words."""

    tiles: tuple[tuple[str, str], ...]


@frozen
class Table:
    """``weights``: how wide the columns are; ``right``: those with figures. ``note``: below, empty for none."""

    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    weights: tuple[float, ...]
    right: tuple[int, ...] = ()
    note: str = ""


@frozen
class Band:
    """One curve: ``points`` are (seconds since the epoch, low, mean, high), ``width`` seconds apart where nothing is
    missing. ``limits``: height and ``warn`` or ``crit``. ``unit``: behind figures. ``bars``: from the ground up."""

    name: str
    points: tuple[tuple[float, float, float, float], ...]
    width: float
    top: float
    unit: str
    limits: tuple[tuple[float, str], ...] = ()
    bars: bool = False


@frozen
class Graph:
    """Bands over one time axis. ``marks``: moment and ``down``, ``up`` or ``octagon``; ``ticks``: moment and word."""

    since: float
    until: float
    bands: tuple[Band, ...]
    marks: tuple[tuple[float, str], ...]
    ticks: tuple[tuple[float, str], ...]
    note: str


Block = Heading | Lines | Tiles | Table | Graph

_BLOCKS: dict[str, type[Any]] = {kind.__name__: kind for kind in (Heading, Lines, Tiles, Table, Graph)}


@frozen
class Paper:
    """``page``: the text of a page's number, with ``{page}`` and ``{pages}``. ``missing``: said at the end where a
    name has characters that no font has. ``chinese``: without a font for it there is nothing to read."""

    title: str
    subtitle: str
    foot: str
    page: str
    missing: str
    chinese: bool
    blocks: tuple[Block, ...]


def paper_to_json(paper: Paper) -> Json:
    return {
        **asdict(paper),
        "blocks": [{"block": type(block).__name__, **asdict(block)} for block in paper.blocks],
    }


def paper_from_json(data: Json) -> Paper:
    blocks = []
    for found in data["blocks"]:
        fields = {key: _tuples(value) for key, value in found.items() if key != "block"}
        if found["block"] == Graph.__name__:
            fields["bands"] = tuple(
                Band(**{key: _tuples(value) for key, value in band.items()}) for band in found["bands"]
            )
        blocks.append(_BLOCKS[found["block"]](**fields))
    return Paper(**{**data, "blocks": tuple(blocks)})


def _tuples(value: Any) -> Any:
    return tuple(map(_tuples, value)) if isinstance(value, list) else value


def draw_paper(paper: Paper, command: list[str] | None = None) -> bytes:
    """The pages as a PDF. Raises AutoCutError ``no_chinese_font`` and ``report_not_drawn``; ``command`` starts
    another process to draw."""
    try:
        data = draw(REPORT_PAGES, paper_to_json(paper), command)
    except NotDrawn as error:
        if error.code == NO_CHINESE_FONT:
            raise AutoCutError(
                "no_chinese_font", message("error-no-chinese-font"), message("error-no-chinese-font-hint")
            ) from error
        raise _not_drawn(str(error)) from error
    if not data.startswith(b"%PDF-") or not data.rstrip().endswith(b"%%EOF"):
        raise _not_drawn("what was drawn is no whole PDF")
    return data


def _not_drawn(detail: str) -> AutoCutError:
    return AutoCutError(
        "report_not_drawn",
        message("error-report-not-drawn"),
        message("error-report-not-drawn-hint"),
        detail=detail,
    )
