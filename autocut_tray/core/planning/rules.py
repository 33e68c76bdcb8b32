"""A rough cut without a model: the brief's words, picture quality, variety and pace decide. The same input gives the
same cut."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from fractions import Fraction
from itertools import islice

from autocut_tray.core.analyzers.vocabulary import VOCABULARIES
from autocut_tray.core.frozen import frozen
from autocut_tray.core.messages import Message, message
from autocut_tray.core.planning.brief import Brief
from autocut_tray.core.planning.shots import Footage, Shot
from autocut_tray.core.planning.words import Term, Wishes, Words, matching, read_wishes, words_of

FASTEST_PACE, SLOWEST_PACE = 2.0, 5.0
"""Seconds of a shot in cuts of 20 s and less, and of 50 s and more."""

_CONSIDERED, _MORE = 300, 100
"""Of more shots, the best so many are weighed against each other; when all are taken, so many of the next best."""

_WEIGHTS = (0.15, -0.4, -0.3, -0.6, -0.3)
"""Of the qualities in the vocabulary's order: nothing wrong is good, all others are faults."""
_FLAW = -0.6
"""Of each flaw that was measured."""

_QUALITIES = {
    **{
        term: weight
        for terms in VOCABULARIES.values()
        for term, weight in zip(terms.qualities, _WEIGHTS, strict=True)
    },
    **{term: _FLAW for terms in VOCABULARIES.values() for term in terms.flaws.values()},
}
_SIZES = {term: size for terms in VOCABULARIES.values() for size, term in enumerate(terms.shots)}
_WIDE = 5
"""Sizes from here on show where we are."""

_MATCH, _AVOIDED, _UNSEEN, _TOO_SHORT = 3.0, 4.0, 0.4, 1.0
_SAME_SIZE, _SAME_SUBJECTS, _NEIGHBOUR, _SAME_WORDS = 0.3, 0.8, 0.3, 1.5


@frozen
class Chosen:
    """A shot of the cut, and why."""

    shot: Shot
    reason: Message


@frozen
class _Judged:
    """A shot with what the rules see in it."""

    shot: Shot
    place: int
    score: float
    words: Words
    matches: tuple[str, ...]
    avoided: bool
    size: int | None
    subjects: frozenset[str]
    faults: bool


class Rules:
    """The judgement of one brief over one footage."""

    def __init__(self, footage: Footage, brief: Brief) -> None:
        self._footage = footage
        self._wishes: Wishes = read_wishes(brief.text)
        self._judged = [self._judge(shot, place) for place, shot in enumerate(footage.shots)]
        self._by_scene = {judged.shot.scene: judged for judged in self._judged}

    def score(self, shot: Shot) -> float:
        """How well a shot suits the brief; more is better."""
        return self._by_scene[shot.scene].score

    def wanted_shots(self, target: int) -> int:
        """How many shots a cut of ``target`` frames has at a usual pace."""
        seconds = float(self._footage.seconds(target))
        pace = min(max(seconds / 10, FASTEST_PACE), SLOWEST_PACE) * self._wishes.pace
        return max(1, round(seconds / pace))

    def choose(self, target: int | None, without: Collection[int] = ()) -> list[Chosen]:
        """The cut in its order; ``without``: scenes that may not be in it."""
        open_to = [judged for judged in self._judged if judged.shot.scene not in without]
        if not open_to:
            return []
        if target is None:
            picked = self._all_that_suit(open_to)
        else:
            picked = self._picked(open_to, [], target, self.wanted_shots(target))
        return self._arranged(picked, without)

    def fill(self, present: Sequence[Shot], target: int, without: Collection[int] = ()) -> list[Chosen]:
        """More shots, best first, until there is enough for ``target`` frames; fewer where there are no more."""
        have = [self._by_scene[shot.scene] for shot in present]
        taken = {shot.scene for shot in present} | set(without)
        open_to = [judged for judged in self._judged if judged.shot.scene not in taken]
        return [
            Chosen(judged.shot, message("plan-reason-fill", why=self._reason(judged)))
            for judged in self._picked(open_to, have, target, 0)
        ]

    # -- judging

    def _judge(self, shot: Shot, place: int) -> _Judged:
        words = words_of(shot.seen)
        about = self._wishes.about
        matches, avoided = matching(about, words), bool(matching(self._wishes.avoid, words))
        quality = _quality(shot)
        score = quality + (_MATCH * len(matches) / len(about) if about else 0.0)
        score -= _AVOIDED if avoided else 0.0
        score -= _UNSEEN if shot.seen is None else 0.0
        score -= _TOO_SHORT if shot.usable < self._footage.shortest else 0.0
        size = None if shot.seen is None else _SIZES.get(shot.seen.shot.casefold())
        subjects = (
            frozenset(word.casefold() for word in shot.seen.subjects) if shot.seen else frozenset[str]()
        )
        return _Judged(shot, place, score, words, matches, avoided, size, subjects, quality < 0)

    def _all_that_suit(self, open_to: Sequence[_Judged]) -> list[_Judged]:
        """Without a length: what the brief names, else all that has no fault; the same picture only once."""
        fine = [judged for judged in open_to if not judged.avoided]
        for suits in (
            [judged for judged in fine if judged.matches],
            [judged for judged in fine if not judged.faults and judged.shot.usable >= self._footage.shortest],
            fine,
        ):
            if suits:
                return _without_repeats(suits)
        return list(open_to)

    def _picked(
        self, open_to: Sequence[_Judged], have: Sequence[_Judged], target: int, wanted: int
    ) -> list[_Judged]:
        """Greedy: each time the shot that adds most to those there are, until number and length suffice."""
        ranked = sorted(open_to, key=lambda judged: (-judged.score, judged.place))
        waiting, spare = ranked[:_CONSIDERED], iter(ranked[_CONSIDERED:])
        picked: list[_Judged] = []
        length = sum(judged.shot.usable for judged in have)
        shortest = sum(self._footage.least(judged.shot) for judged in have)
        worth = {judged.place: judged.score for judged in waiting}
        for there in have:
            _discount(worth, waiting, there)
        forced = self._asked_for(waiting) if wanted else []
        while len(picked) < wanted or length < target:
            if not waiting:
                waiting = list(islice(spare, _MORE))
                worth = {judged.place: judged.score for judged in waiting}
            if not waiting:
                break
            best = forced.pop(0) if forced else max(waiting, key=lambda j: (worth[j.place], -j.place))
            if length >= target and (best.faults or best.avoided):
                break  # long enough: fewer shots rather than bad ones
            waiting = [judged for judged in waiting if judged.place != best.place]
            if shortest + self._footage.least(best.shot) > target and (picked or have):
                continue
            picked.append(best)
            length += best.shot.usable
            shortest += self._footage.least(best.shot)
            _discount(worth, waiting, best)
        return picked

    def _asked_for(self, waiting: Sequence[_Judged]) -> list[_Judged]:
        """The shots that the brief wants at the start and the end."""
        found = [
            self._best_for(wanted, waiting)
            for wanted in (self._wishes.opening, self._wishes.closing)
            if wanted
        ]
        return list({one.place: one for one in found if one is not None}.values())

    def _best_for(self, wanted: Sequence[Term], among: Iterable[_Judged]) -> _Judged | None:
        def hits(judged: _Judged) -> int:
            return len(matching(wanted, judged.words))

        best = max(among, key=lambda judged: (hits(judged), judged.score, -judged.place), default=None)
        return best if best is not None and hits(best) else None

    # -- order

    def _arranged(self, picked: Sequence[_Judged], without: Collection[int]) -> list[Chosen]:
        """In the order of the footage, but for the shots that open and close."""
        line = sorted(picked, key=lambda judged: judged.place)
        opening = self._best_for(self._wishes.opening, line) if self._wishes.opening else None
        closing = self._best_for(self._wishes.closing, line) if self._wishes.closing else None
        third = len(line) // 3
        if opening is None and third:
            opening = _widest(line[:third])
        if closing is None and third:
            closing = _widest(line[-third:])
        if closing is not None and opening is not None and closing.place == opening.place:
            closing = None
        ends = {judged.place for judged in (opening, closing) if judged is not None}
        middle = [Chosen(one.shot, self._reason(one)) for one in line if one.place not in ends]
        first = [Chosen(opening.shot, self._reason(opening, "opens"))] if opening else []
        last = [Chosen(closing.shot, self._reason(closing, "closes"))] if closing else []
        return [*first, *middle, *last]

    def _reason(self, judged: _Judged, place: str = "none") -> Message:
        """In one sentence, the strongest reason first."""
        if judged.shot.seen is None:
            return message("plan-reason-unseen", place=place)
        if judged.matches:
            return message("plan-reason-matches", place=place, words=", ".join(judged.matches[:4]))
        if judged.size is not None and judged.size >= _WIDE:
            return message("plan-reason-wide", place=place)
        if judged.faults:
            return message("plan-reason-faults", place=place)
        return message("plan-reason-variety", place=place)


def target_frames(seconds: Fraction | None, rate: Fraction) -> int | None:
    """A length as a whole number of frames, at least one; None for any length."""
    return None if seconds is None else max(1, round(seconds * rate))


def _quality(shot: Shot) -> float:
    """A description names the flaws that were measured among what else it says of the picture."""
    if shot.seen is None:
        return _FLAW * len(shot.flaws)
    return sum(_QUALITIES.get(term.casefold(), 0.0) for term in dict.fromkeys(shot.seen.quality))


def _widest(line: Sequence[_Judged]) -> _Judged | None:
    wide = [judged for judged in line if judged.size is not None and judged.size >= _WIDE]
    return max(wide, key=lambda judged: (judged.size or 0, judged.score, -judged.place), default=None)


def _discount(worth: dict[int, float], waiting: Iterable[_Judged], there: _Judged) -> None:
    """What is like a shot that is there already is worth less."""
    for judged in waiting:
        worth[judged.place] -= _likeness(judged, there)


def _likeness(one: _Judged, other: _Judged) -> float:
    like = _NEIGHBOUR if abs(one.place - other.place) == 1 else 0.0
    like += _SAME_SIZE if one.size is not None and one.size == other.size else 0.0
    either = one.subjects | other.subjects
    like += _SAME_SUBJECTS * len(one.subjects & other.subjects) / len(either) if either else 0.0
    if _said(one) is not None and _said(one) == _said(other):
        like += _SAME_WORDS
    return like


def _said(judged: _Judged) -> str | None:
    return judged.shot.seen.summary if judged.shot.seen else None


def _without_repeats(found: Iterable[_Judged]) -> list[_Judged]:
    """Of shots with word for word the same description, the better one."""
    best: dict[str | int, _Judged] = {}
    for judged in found:
        name: str | int = _said(judged) or judged.place
        known = best.get(name)
        if known is None or judged.score > known.score:
            best[name] = judged
    return list(best.values())
