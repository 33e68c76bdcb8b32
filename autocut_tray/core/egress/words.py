"""The question that a person is asked, and the figures around it, as messages."""

from __future__ import annotations

import math
from urllib.parse import urlsplit

from autocut_tray.core.egress.consent import EgressRefusal, Purpose
from autocut_tray.core.egress.desk import Offer
from autocut_tray.core.egress.ledger import Caps
from autocut_tray.core.egress.prices import USD, Micros
from autocut_tray.core.messages import Message, message
from autocut_tray.core.sockets import is_loopback_host

NBSP = "\u00a0"


def consent_title(offer: Offer) -> Message:
    code = f"consent-title-{_what(offer)}" + ("-own" if offer.own else "")
    return message(code, server=offer.server, host=offer.destination.host)


def consent_sentences(offer: Offer) -> tuple[Message, ...]:
    """What goes, where, how much of it at first, for how much, and how it is taken back."""
    host = offer.destination.host
    here = is_loopback_host(host) and urlsplit(offer.destination.address).scheme == "http"
    where = "consent-where-here" if here else "consent-where-own" if offer.own else "consent-where"
    said = [
        message(f"consent-what-{_what(offer)}"),
        message(where, host=host, model=offer.title, server=offer.server),
    ]
    if offer.waiting is not None:
        size = kilobytes(offer.waiting.bytes)
        said.append(message("consent-first", n=offer.waiting.pictures, size=size, host=host))
    said += [_cost(offer), caps_words(offer.caps), message("consent-back"), message("consent-ledger")]
    return tuple(said)


def caps_words(caps: Caps) -> Message:
    return message("consent-caps", day=usd(caps.day), month=usd(caps.month), requests=caps.requests)


def state_word(why: EgressRefusal | None) -> Message:
    return message("cloud-state-allowed" if why is None else f"cloud-state-{why.value.replace('_', '-')}")


def purpose_word(purpose: Purpose) -> Message:
    return message("egress-pictures" if purpose is Purpose.VISION else "egress-texts")


def kilobytes(size: int) -> str:
    """``412 kB``; from ten thousand of them on in MB."""
    return f"{size / 1000:.0f}{NBSP}kB" if size < 10_000_000 else f"{size / 1_000_000:.0f}{NBSP}MB"


def usd(amount: Micros) -> str:
    """Dollars with as many decimals as it takes to be more than nothing, two at least: ``1.00``, ``0.0043``."""
    if amount % 10_000 == 0 or amount >= USD:
        return f"{amount / USD:.2f}"
    return f"{amount / USD:.4f}" if amount >= 100 else f"{amount / USD:.6f}"


def cents(amount: Micros) -> str:
    """A sum that was spent, rounded up to the cent: ``0.83``."""
    return f"{math.ceil(amount / 10_000) / 100:.2f}"


def _what(offer: Offer) -> str:
    return "pictures" if offer.destination.purpose is Purpose.VISION else "texts"


def _cost(offer: Offer) -> Message:
    price, worst = offer.price, offer.worst
    if price is None or worst is None:
        return message("consent-cost-own" if offer.own else "consent-cost-unknown")
    if price.by_person:
        return message("consent-cost-person", worst=usd(worst))
    return message("consent-cost", worst=usd(worst), source=price.source, date=price.as_of)
