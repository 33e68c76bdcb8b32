"""What requests to other hosts cost at most, and what they did cost: exact, in millionths of a US dollar."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from autocut_tray.core.assets import asset
from autocut_tray.core.frozen import frozen

Micros = int
"""Millionths of a US dollar: the price of one token in dollars for a million of them."""

USD: Micros = 1_000_000


@frozen
class Usage:
    """Tokens of one request, as the provider counted them."""

    prompt: int
    completion: int


@frozen
class Price:
    """What one model costs: a sum a request, or by tokens (``input``, ``output``: micros a token).

    ``picture_tokens``: the most that a picture counts as, None where nobody says. ``source``: where it was read,
    empty for a price that the person entered; ``as_of``: the day, ``YYYY-MM-DD``.
    """

    per_request: Micros | None = None
    input: Decimal = Decimal(0)
    output: Decimal = Decimal(0)
    picture_tokens: int | None = None
    max_output: int = 0
    source: str = ""
    as_of: str = ""

    @property
    def by_person(self) -> bool:
        return self.per_request is not None

    def worst(self, text_bytes: int, pictures: int, max_tokens: int | None) -> Micros | None:
        """The most that one request can cost; None when it cannot be known.

        No token of the models' byte-level vocabularies is shorter than a byte, so bytes bound the tokens of a text.
        """
        if self.per_request is not None:
            return self.per_request
        if pictures and self.picture_tokens is None:
            return None
        prompt = text_bytes + pictures * (self.picture_tokens or 0)
        completion = self.max_output if max_tokens is None else max_tokens
        return math.ceil(self.input * prompt + self.output * completion)

    def cost(self, usage: Usage) -> Micros:
        """What a request with this usage costs, rounded up."""
        if self.per_request is not None:
            return self.per_request
        return math.ceil(self.input * usage.prompt + self.output * usage.completion)


class PriceTable:
    """Prices by host and model, as they ship with the program."""

    def __init__(self, prices: Mapping[tuple[str, str], Price]) -> None:
        self._prices = prices

    def find(self, host: str, model: str) -> Price | None:
        """None where the price is unknown: a model's name must match exactly."""
        return self._prices.get((host.lower(), model.lower()))

    @classmethod
    def read(cls, file: Path | None = None) -> PriceTable:
        """Raises ValueError or KeyError for a table that makes no sense: it ships with the program."""
        import tomllib  # late: only those who allow something need prices

        with (file or asset("prices.toml")).open("rb") as source:
            entries: Iterable[Mapping[str, Any]] = tomllib.load(source)["price"]
            return cls({(entry["host"], entry["model"]): _price(entry) for entry in entries})


def _price(entry: Mapping[str, Any]) -> Price:
    price = Price(
        input=Decimal(entry["input"]),
        output=Decimal(entry["output"]),
        picture_tokens=entry.get("picture_tokens"),
        max_output=entry["max_output"],
        source=entry["source"],
        as_of=entry["as_of"],
    )
    if price.input <= 0 or price.output <= 0 or price.max_output <= 0:
        raise ValueError(f"no price: {entry}")
    return price


def micros(dollars: float | Decimal | str) -> Micros:
    """Dollars as people write them, rounded up to a millionth. Raises ValueError for what is no sum of money."""
    try:
        value = Decimal(str(dollars))
    except ArithmeticError:
        raise ValueError(f"no sum of money: {dollars!r}") from None
    if not value.is_finite() or not 0 <= value <= 1_000_000:
        raise ValueError(f"no sum of money: {dollars!r}")
    return math.ceil(value * USD)


def dollars(amount: Micros) -> float:
    """For documents: dollars to the millionth."""
    return amount / USD
