"""Faults in what a model says: cut, blank, chatty, huge or scripted answers, the same for every fake."""

from __future__ import annotations

from dataclasses import dataclass

from tests.servers.wire_faults import Fault


class AnswerFault(Fault):
    """Changes the text of a chat answer and nothing else."""

    def shape(self, text: str) -> tuple[str, str]:
        """The text to send instead, and its finish reason (``stop`` or ``length``)."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Answer(AnswerFault):
    """The model says exactly this."""

    text: str
    finish: str = "stop"

    def shape(self, text: str) -> tuple[str, str]:
        return self.text, self.finish


@dataclass(frozen=True, slots=True)
class Truncated(AnswerFault):
    """The healthy answer cut in its middle, with finish reason ``length``."""

    keep: float = 0.5

    def shape(self, text: str) -> tuple[str, str]:
        return text[: int(len(text) * self.keep)], "length"


@dataclass(frozen=True, slots=True)
class Blank(AnswerFault):
    """Nothing, or only white space, with finish reason ``stop``."""

    text: str = ""

    def shape(self, text: str) -> tuple[str, str]:
        return self.text, "stop"


@dataclass(frozen=True, slots=True)
class NotJson(AnswerFault):
    """Talk instead of the JSON that was asked for."""

    text: str = "Sure! Here is what I can see in the picture: a river and a bridge."

    def shape(self, text: str) -> tuple[str, str]:
        return self.text, "stop"


@dataclass(frozen=True, slots=True)
class HugeAnswer(AnswerFault):
    """A well-formed answer whose text has so many characters."""

    size: int = 50 * 2**20

    def shape(self, text: str) -> tuple[str, str]:
        return "x" * self.size, "stop"


def shape_answer(fault: Fault | None, text: str, limit: int | None = None) -> tuple[str, str]:
    """Apply an answer fault, else the limit of generated characters; returns text and finish reason."""
    if isinstance(fault, AnswerFault):
        return fault.shape(text)
    if limit is not None and 0 <= limit < len(text):
        return text[:limit], "length"
    return text, "stop"
