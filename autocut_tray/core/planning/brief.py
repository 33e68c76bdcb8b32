"""What a person asks for: their words, and the length that they name in them, in English or Chinese."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from fractions import Fraction

from autocut_tray.core.clean import clean
from autocut_tray.core.errors import UsageError
from autocut_tray.core.frozen import frozen
from autocut_tray.core.messages import message
from autocut_tray.core.planning import lexicon

MAX_BRIEF = 1000
"""Characters of a brief that count."""

SHORTEST_TARGET, LONGEST_TARGET = Fraction(1), Fraction(24 * 3600)
"""Seconds that a rough cut may be asked to have."""

_ONES = lexicon.ONES.split()
_TENS = lexicon.TENS.split()
_HAN = "零一二三四五六七八九"

_WORD = (
    r"(?:" + "|".join(_TENS) + r")(?:[\s-](?:" + "|".join(_ONES[:9]) + r"))?"
    r"|" + "|".join(sorted(_ONES, key=len, reverse=True)) + r"|half\s+an?|half|an?"
)
_NUMBER = r"\d{1,6}(?:\.\d{1,3})?"
_ENGLISH = re.compile(
    rf"(?<![a-gi-ln-z\d.:])(?P<low>{_NUMBER})?(?(low)\s*(?:-|–|to)\s*)(?P<n>{_NUMBER}|(?:{_WORD}))"
    r"(?P<half>\s+and\s+a\s+half)?"
    r"[\s-]*(?P<unit>hours?|hrs?|h|minutes?|mins?|m(?=\s?\d)|seconds?|secs?|s)(?![a-z])"
    r"(?P<more>\s+and\s+a\s+half)?"
)
_CHINESE = re.compile(
    rf"(?:(?P<low>{_NUMBER})\s*(?:-|–|~|到|至)\s*)?(?P<n>{_NUMBER}|[{_HAN}两十百]+|半)\s*"
    r"(?P<half>个半|个)?\s*"
    # 十分 and 百分 are adverbs and percentages unless something of a length follows.
    rf"(?P<unit>小时|分钟|分(?=[钟半\d{_HAN}两十]|\s*(?:$|[，。,.、；]))|秒钟|秒)(?P<more>半)?"
)
_CLOCK = re.compile(r"(?<![\d:.])(?:(\d{1,2}):)?(\d{1,3}):([0-5]\d)(?![\d:])")
_SHAPES = frozenset({"9:16", "16:10", "10:16"})
"""Shapes of a picture that look like times."""

_DECADE = re.compile(r"(?:\bthe\s+|[’'])[5-9]0s\b|\b(?:19|20)\d0s\b")

# A length of each shot, or of a part of the footage, is not that of the cut.
_NOT_BEFORE = re.compile(
    r"(?:\b(?:each|every|per|shots?\s+of|clips?\s+of|scenes?\s+of|last|first)\s+(?:\w+\s+)?"
    r"|每(?:个|段|条)?(?:镜头|画面|片段|场景)?(?:不超过|最多|约|大约)?|[前后])$"
)
_NOT_AFTER = re.compile(
    r"\s*(?:-?\s*(?:per|each|a)\s+(?:shot|clip|scene)|-?\s*(?:shots|clips|scenes)\b|一个镜头|的镜头)"
)
_JOINED = re.compile(r"[\s,]*(?:and\s+)?")


@frozen
class Brief:
    """``text``: cleaned. ``seconds``: the length wanted, None when none is named."""

    text: str
    seconds: Fraction | None


def read_brief(text: str, seconds: Fraction | None = None) -> Brief:
    """A brief; ``seconds`` given apart win over those in the words. Raises UsageError ``bad_length``."""
    if seconds is not None and not SHORTEST_TARGET <= seconds <= LONGEST_TARGET:
        raise UsageError("bad_length", message("error-bad-length"))
    words = clean(text, MAX_BRIEF)
    return Brief(words, seconds if seconds is not None else target_length(words))


def target_length(text: str) -> Fraction | None:
    """Seconds that the words ask for, as in ``30-second reel``, ``1:30``, ``一分半钟``; the middle of a range.

    None when they name no length, or one that no rough cut has. Lengths of single shots are passed over.
    """
    said = _DECADE.sub(" ", unicodedata.normalize("NFKC", text).casefold())
    found = sorted([*_clock_lengths(said), *_lengths(said, _ENGLISH), *_lengths(said, _CHINESE)])
    for start, end, seconds in _added_up(said, found):
        if _NOT_BEFORE.search(said, 0, start) or _NOT_AFTER.match(said, end):
            continue
        if SHORTEST_TARGET <= seconds <= LONGEST_TARGET:
            return seconds
    return None


_Length = tuple[int, int, Fraction]
"""Where it starts and ends in the text, and its seconds."""


def _clock_lengths(said: str) -> Iterator[_Length]:
    for match in _CLOCK.finditer(said):
        if match[0] not in _SHAPES:
            hours, minutes, seconds = (int(group or 0) for group in match.groups())
            yield match.start(), match.end(), Fraction(hours * 3600 + minutes * 60 + seconds)


def _lengths(said: str, pattern: re.Pattern[str]) -> Iterator[_Length]:
    for match in pattern.finditer(said):
        unit = _unit(match["unit"])
        if unit == 1 and match["n"] in ("a", "an"):
            continue  # "a second look"
        number = _number(match["n"])
        if match["low"] is not None:
            number = (number + Fraction(match["low"])) / 2
        if "半" in (match["half"] or "") or (match["half"] or "").strip().startswith("and") or match["more"]:
            number += Fraction(1, 2)
        yield match.start(), match.end(), number * unit


def _added_up(said: str, found: list[_Length]) -> Iterator[_Length]:
    """``1 minute 30 seconds`` as one length."""
    number = 0
    while number < len(found):
        start, end, seconds = found[number]
        number += 1
        while number < len(found):
            begin, stop, more = found[number]
            joint = _JOINED.match(said, end)
            smaller = seconds >= 60 and more < (3600 if seconds >= 3600 else 60)
            follows = begin >= end and joint is not None and joint.end() == begin and smaller
            if not follows and begin >= end:
                break
            if follows:
                end, seconds = stop, seconds + more
            number += 1  # one that overlaps is the same words read another way
        yield start, end, seconds


def _unit(name: str) -> int:
    if name[0] in "h小":
        return 3600
    return 60 if name[0] in "m分" else 1


def _number(text: str) -> Fraction:
    if text[0].isdigit():
        return Fraction(text)
    if text.startswith(("half", "半")):
        return Fraction(1, 2)
    if text in ("a", "an"):
        return Fraction(1)
    if text[0].isascii():
        tens, _, ones = re.sub(r"\s", "-", text).partition("-")
        value = (2 + _TENS.index(tens)) * 10 if tens in _TENS else 1 + _ONES.index(tens)
        return Fraction(value + (1 + _ONES.index(ones) if ones else 0))
    return Fraction(_han(text.replace("两", "二")))


def _han(text: str) -> int:
    """Chinese figures below a thousand."""
    total, digit = 0, None
    for char in text:
        if char in _HAN:
            digit = _HAN.index(char)
        else:
            total += (1 if digit is None else digit) * (10 if char == "十" else 100)
            digit = None
    return total + (digit or 0)
