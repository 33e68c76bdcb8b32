"""The words of a brief found again in descriptions, whichever of the two languages each is in."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from autocut_tray.core.analyzers.base import Description
from autocut_tray.core.frozen import frozen
from autocut_tray.core.planning import lexicon

MOST_TERMS = 24
"""Words of a brief that count."""

_STOP = frozenset(lexicon.STOP.split())
_STOP_HAN = tuple(sorted(lexicon.STOP_HAN.split(), key=len, reverse=True))
_LATIN = re.compile(r"[a-z][a-z'-]+")
_HAN_RUN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]+")
_CLAUSE = re.compile(r"[,.;:!?，。；：、！？\n]+|\s+(?:and|but|then)\s+|然后|并且|但")
_AVOID = re.compile(r"\b(?:no|not|without|except|avoid|never)\b|不要|没有|避免|去掉|不含|别")
_OPEN = re.compile(r"\b(?:start|open|begin)(?:s|ing|ning)?\b|开头|开场|开始")
_CLOSE = re.compile(
    r"\b(?:end|finish|finale)(?:s|ing|es)?\b|\bclos(?:e|es|ing)\b(?!-?\s*up)|结尾|收尾|结束|最后"
)
_FAST = re.compile(r"\b(?:fast|quick|energetic|punchy|dynamic|snappy)\b|快节奏|明快|快速|动感|紧凑")
_SLOW = re.compile(r"\b(?:slow|calm|relaxed|gentle|peaceful)\b|慢节奏|舒缓|缓慢|平静|宁静")


@frozen
class Term:
    """A word of a brief. ``label``: as it was written; ``latin`` are stems, ``han`` pieces of text."""

    label: str
    latin: frozenset[str]
    han: tuple[str, ...]

    def occurs_in(self, words: Words) -> bool:
        return bool(self.latin & words.stems) or any(piece in words.text for piece in self.han)


@frozen
class Words:
    """A description to look things up in."""

    text: str
    stems: frozenset[str]


@frozen
class Wishes:
    """What the words of a brief ask for. ``pace``: 1 is usual, less is faster."""

    about: tuple[Term, ...]
    avoid: tuple[Term, ...]
    opening: tuple[Term, ...]
    closing: tuple[Term, ...]
    pace: float


def words_of(seen: Description | None) -> Words:
    """All words of a description; none for a scene that has none."""
    if seen is None:
        return Words("", frozenset())
    parts = (seen.summary, *seen.subjects, seen.action, seen.shot, seen.camera, seen.mood, *seen.tags)
    text = _folded("\n".join(parts))
    return Words(text, frozenset(_stem(word) for word in _LATIN.findall(text)))


def read_wishes(brief: str) -> Wishes:
    """The wishes in a brief, clause by clause."""
    text = _folded(brief)
    about: list[Term] = []
    avoid: list[Term] = []
    opening: list[Term] = []
    closing: list[Term] = []
    for clause in _CLAUSE.split(text):
        wanted, _, unwanted = _parted(clause)
        avoid += terms(unwanted)
        if _OPEN.search(wanted):
            opening += terms(wanted)
        elif _CLOSE.search(wanted):
            closing += terms(wanted)
        about += terms(wanted)
    pace = 0.6 if _FAST.search(text) else 1.5 if _SLOW.search(text) else 1.0
    return Wishes(
        tuple(_once(about)[:MOST_TERMS]),
        tuple(_once(avoid)[:MOST_TERMS]),
        tuple(_once(opening)[:MOST_TERMS]),
        tuple(_once(closing)[:MOST_TERMS]),
        pace,
    )


def terms(clause: str) -> list[Term]:
    """The words of a clause that say something about pictures."""
    found: list[Term] = []
    rest = clause
    for number, (_, chinese) in enumerate(lexicon.CONCEPTS):
        for piece in sorted(chinese.split(), key=len, reverse=True):
            if piece in rest and (len(piece) > 1 or _stands_alone(piece, rest)):
                rest = rest.replace(piece, " ")
                found.append(_concept(number, piece))
                break
    for word in _LATIN.findall(rest):
        if word not in _STOP and len(word) > 2:
            number = _ENGLISH.get(_stem(word), -1)
            found.append(_concept(number, word) if number >= 0 else Term(word, frozenset((_stem(word),)), ()))
    for stop in _STOP_HAN:
        rest = rest.replace(stop, " ")
    for run in _HAN_RUN.findall(rest):
        pieces = [run] if len(run) <= 3 else [run[at : at + 2] for at in range(len(run) - 1)]
        found += [Term(piece, frozenset(), (piece,)) for piece in pieces if len(piece) > 1]
    return found


def matching(wanted: Iterable[Term], words: Words) -> tuple[str, ...]:
    """The labels of the terms that occur."""
    return tuple(term.label for term in wanted if term.occurs_in(words))


def _parted(clause: str) -> tuple[str, str, str]:
    found = _AVOID.search(clause)
    return (clause, "", "") if found is None else (clause[: found.start()], found[0], clause[found.end() :])


def _concept(number: int, label: str) -> Term:
    english, chinese = lexicon.CONCEPTS[number]
    return Term(label, frozenset(map(_stem, english.split())), tuple(chinese.split()))


def _stands_alone(piece: str, text: str) -> bool:
    """A single character counts only as a word of its own: 水 is water, 水平 is not."""
    bare = text
    for stop in _STOP_HAN:
        bare = bare.replace(stop, " ")
    return piece in _HAN_RUN.findall(bare)


def _once(found: Iterable[Term]) -> list[Term]:
    return list({(term.latin, term.han): term for term in reversed(list(found))}.values())[::-1]


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _stem(word: str) -> str:
    """Without the commonest English endings, so that ``boats`` is ``boat``."""
    word = word.strip("'-").removesuffix("'s")
    for ending in ("ing", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 3 and not word.endswith("ss"):
            return word.removesuffix(ending)
    return word


_ENGLISH = {
    _stem(word): number for number, (english, _) in enumerate(lexicon.CONCEPTS) for word in english.split()
}
