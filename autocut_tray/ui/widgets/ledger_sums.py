"""What left this PC in sums: requests, frames, bytes and their cost, by place, and against the month's limit."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from autocut_tray.core.egress import words
from autocut_tray.core.egress.ledger import WARN_SHARE, PlaceTotals, Totals
from autocut_tray.core.egress.sums import Sums
from autocut_tray.core.policy.models import title
from autocut_tray.ui.context import UiContext
from autocut_tray.ui.widgets.glyph import Glyph
from autocut_tray.ui.widgets.layouts import card, clear, column, hairline, row, upright
from autocut_tray.ui.widgets.text import Text

PLACES = 3
"""Places with lines of their own; of more, only how many."""

_MARGINS = (20, 10, 12, 11)

_FIGURE_HEIGHT = 26

_NAMES = ("requests", "frames", "bytes")


class LedgerSums(QWidget):
    """Of this month, or of what a filter shows."""

    def __init__(self, ctx: UiContext) -> None:
        super().__init__()
        self._ctx = ctx
        self._shown: tuple[Sums, int] | None = None
        self._title = Text(ctx, "heading")
        self.requests, self.frames, self.sent = (_Figure(ctx, f"ui-sums-{name}") for name in _NAMES)
        self.cost = _Figure(ctx, "ui-sums-cost")
        self.locked = _Figure(ctx, "ui-sums-locked")
        figures = row(spacing=0)
        for number, figure in enumerate((self.requests, self.frames, self.sent, self.cost, self.locked)):
            if number:
                figures.addWidget(upright())
            figures.addWidget(figure, 1)
        self._lines: list[Text] = []
        self._places = QVBoxLayout()
        self._places.setSpacing(0)
        frame = card()
        frame.setLayout(column(figures, self._places, margins=(1, 1, 1, 1)))
        head = row(self._title, Text(ctx, "caption", "ui-sums-note"), None, spacing=10)
        self.setLayout(column(16, head, 10, frame))
        ctx.language_changed.connect(self._show)

    def show_sums(self, sums: Sums, locked: int) -> None:
        """``locked``: jobs that may never use the cloud."""
        if (sums, locked) != self._shown:
            self._shown = sums, locked
            self._show()

    @property
    def place_words(self) -> list[str]:
        """The lines of the places."""
        return [line.words for line in self._lines]

    def _show(self) -> None:
        if self._shown is None:
            return
        ctx, (sums, locked) = self._ctx, self._shown
        totals = sums.totals
        self._title.say_code("ui-sums-month" if sums.cap is not None else "ui-sums-list")
        self.requests.say(str(totals.requests))
        self.frames.say(str(totals.frames))
        self.sent.say(words.kilobytes(totals.bytes))
        self.locked.say(str(locked))
        limit = "" if sums.cap is None else ctx.t("ui-sums-of", cap=words.usd(sums.cap))
        self.cost.say(cost_words(ctx, totals), limit, _health(sums))
        clear(self._places)
        self._lines = []
        for place in sums.places[:PLACES]:
            self._add_line(_place_words(ctx, place))
        if len(sums.places) > PLACES:
            self._add_line(ctx.t("ui-sums-more", n=len(sums.places) - PLACES))

    def _add_line(self, said: str) -> None:
        line = Text(self._ctx, "small")
        line.say(said)
        line.setContentsMargins(20, 7, 20, 8)
        self._lines.append(line)
        self._places.addWidget(hairline())
        self._places.addWidget(line)


class _Figure(QWidget):
    """One sum below its name."""

    def __init__(self, ctx: UiContext, code: str) -> None:
        super().__init__()
        self.health: str | None = None
        self._figure, self._rest = Text(ctx, "figure"), Text(ctx, "caption")
        self._figure.setFixedHeight(_FIGURE_HEIGHT)  # Han characters would make theirs higher than the others
        self._glyph = Glyph(ctx)
        line = row(self._glyph, self._figure, column(5, self._rest), None, spacing=5)
        self.setLayout(column(Text(ctx, "caption", code), line, margins=_MARGINS))

    @property
    def words(self) -> str:
        return " ".join(part for part in (self._figure.words, self._rest.words) if part)

    def say(self, figure: str, rest: str = "", health: str | None = None) -> None:
        self._figure.say(figure)
        self._rest.say(rest)
        self._rest.setVisible(bool(rest))
        self._glyph.show_glyph("warn" if health else None, health or "warn")
        self._glyph.setVisible(health is not None)
        self.health = health


def _health(sums: Sums) -> str | None:
    """Whether the month's limit is near or used up."""
    if sums.cap is None or sums.totals.cost < WARN_SHARE * sums.cap:
        return None
    return "crit" if sums.totals.cost >= sums.cap else "warn"


def _place_words(ctx: UiContext, place: PlaceTotals) -> str:
    said = totals_words(ctx, place.totals)
    line = ctx.t("ui-sums-place", model=title(place.model), host=place.host, sums=said)
    return ctx.t("ui-sums-place-unknown", line=line, n=place.unknown) if place.unknown else line


def totals_words(ctx: UiContext, totals: Totals) -> str:
    """``26 requests, 22 frames, 2.4 MB, US$ 0.74``."""
    return ctx.t(
        "ui-sums-line",
        requests=totals.requests,
        frames=totals.frames,
        size=words.kilobytes(totals.bytes),
        cost=cost_words(ctx, totals),
    )


def cost_words(ctx: UiContext, totals: Totals) -> str:
    """``US$ 0.74``, rounded up to the cent."""
    return ctx.t("ui-event-cost", cost=words.cents(totals.cost))
