"""Where a person gives leave: what would go where, how much of it and for how much, before it is allowed."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from autocut_tray.core.egress.consent import (
    CONSENT_TEXT,
    Consent,
    Destination,
    EgressRefusal,
    Purpose,
    refusal,
)
from autocut_tray.core.egress.door import Door
from autocut_tray.core.egress.ledger import Caps, Spent
from autocut_tray.core.egress.prices import Micros, Price
from autocut_tray.core.errors import UsageError
from autocut_tray.core.frozen import frozen
from autocut_tray.core.messages import message


@frozen
class Waiting:
    """Key frames that would be sent first: those of scenes that wait now; ``bytes`` as JPEG files."""

    pictures: int
    bytes: int


@frozen
class Offer:
    """One place that could be allowed. ``title``: the model as people know it; ``server``: who gets it, in words.

    ``refusal``: what is in the way, NO_CONSENT when only the yes is missing, None when it is allowed. ``worst``: the
    most that one request costs, None where nobody knows; then a price must be entered. ``waiting`` None: texts only.
    """

    destination: Destination
    title: str
    server: str
    own: bool
    consent: Consent | None
    refusal: EgressRefusal | None
    price: Price | None
    worst: Micros | None
    waiting: Waiting | None
    caps: Caps
    spent: Spent

    @property
    def wants_price(self) -> bool:
        return self.worst is None

    @property
    def can_allow(self) -> bool:
        """True when a yes is all that is missing, and perhaps a price."""
        return self.refusal in (EgressRefusal.NO_CONSENT, EgressRefusal.NO_PRICE)


@frozen
class Place:
    """A destination with its words. ``own``: a model server of the person's own on another host."""

    destination: Destination
    title: str
    server: str
    own: bool


class ConsentDesk:
    """Every method reads the disk and may raise StorageError: not for the UI thread.

    ``places``: those that the policy names or could name. ``waiting``: what is there to be sent.
    """

    def __init__(
        self, door: Door, places: Callable[[], Sequence[Place]], waiting: Callable[[], Waiting]
    ) -> None:
        self.door = door
        self._places = places
        self._waiting = waiting

    def offers(self) -> tuple[Offer, ...]:
        """Every place that could be allowed, and those that are."""
        consents, spent = self.door.consents(), self.door.ledger.spent()
        places = list(self._places())
        known = {_key(place.destination) for place in places}
        # A yes to what the settings no longer name stays in sight, so that it can be taken back.
        for consent in consents:
            if _key(consent.destination) not in known:
                places.append(Place(consent.destination, consent.model, consent.host, own=False))
        return tuple(self._offer(place, consents, spent) for place in places)

    def offer(self, provider: str, purpose: Purpose | None = None) -> Offer | None:
        """The first of a provider or server that only waits for a yes, else the first of it; None without any."""
        found = [
            offer
            for offer in self.offers()
            if offer.destination.provider == provider and purpose in (None, offer.destination.purpose)
        ]
        return next((offer for offer in found if offer.can_allow), found[0] if found else None)

    def allow(self, offer: Offer, per_request: Micros | None = None) -> Consent:
        """Raises UsageError where a yes is not enough: a key, encryption or a price is missing."""
        why = offer.refusal
        if why is not None and not offer.can_allow:
            code = why.value.replace("_", "-")
            raise UsageError(why.value, message(f"error-{code}", host=offer.destination.host))
        if offer.wants_price and per_request is None:
            raise UsageError(
                "no_price",
                message("error-no-price", host=offer.destination.host),
                message("error-no-price-hint"),
            )
        return self.door.allow(offer.destination, per_request)

    def revoke(self, consent: Consent) -> None:
        self.door.revoke(consent)

    def _offer(self, place: Place, consents: Sequence[Consent], spent: Spent) -> Offer:
        destination, door = place.destination, self.door
        consent = next((one for one in consents if one.covers(destination)), None)
        older = next((one for one in consents if _key(one.destination) == _key(destination)), None)
        worst = door.worst(destination)
        why = refusal(destination, consents, never_cloud=False)
        if why is None and worst is None:
            why = EgressRefusal.NO_PRICE
        return Offer(
            destination=destination,
            title=place.title,
            server=place.server,
            own=place.own,
            consent=consent or older,
            refusal=why,
            price=door.price(destination),
            worst=worst,
            waiting=self._waiting() if destination.purpose is Purpose.VISION else None,
            caps=door.caps(),
            spent=spent,
        )


def is_outdated(consent: Consent) -> bool:
    """True for a yes to a text that has changed since: it covers nothing."""
    return consent.text != CONSENT_TEXT


def _key(destination: Destination) -> tuple[str, str, Purpose]:
    return destination.address, destination.model, destination.purpose
