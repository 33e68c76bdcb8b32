"""The one door to other hosts: who may go where, with what, and for how much.

Nothing is sent but what passed :meth:`Door.send`: leave is asked anew, the worst cost is reserved on disk before the
first byte goes out, and the request is settled after, whatever became of it.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

from autocut_tray.core.clock import Clock
from autocut_tray.core.database import Database
from autocut_tray.core.egress.consent import (
    Consent,
    Destination,
    EgressRefusal,
    refusal,
)
from autocut_tray.core.egress.consents import ConsentStore, effective, price_of, usual_worst
from autocut_tray.core.egress.ledger import (
    WARN_SHARE,
    Cap,
    CapReached,
    Caps,
    Draft,
    EntryState,
    Ledger,
    OutcomeUnknown,
    Spent,
)
from autocut_tray.core.egress.periods import day_start, month_start
from autocut_tray.core.egress.prices import Micros, Price, PriceTable, Usage
from autocut_tray.core.errors import BackendError, Cancelled, FailureClass, StorageError
from autocut_tray.core.footage import MAX_PICTURES
from autocut_tray.core.frozen import frozen
from autocut_tray.core.messages import Message, message

if TYPE_CHECKING:
    from autocut_tray.core.egress.parcel import Parcel

log = logging.getLogger(__name__)

BRIEF_WAIT = 2.0
"""Seconds until requests under way, whose reservations take up the room, may have settled."""

_UNREACHED = frozenset(
    {
        *("server_refused", "server_unreachable", "connect_timeout", "tls_failed", "bad_address", "bad_key"),
        *("host_not_allowed", "proxy_failed", "proxy_unsupported"),
    }
)
"""Failures before the first byte of a request."""

_AS_ONE_MEANT = range(400, 500)
"""Statuses of requests that a provider turns away without working on them."""

_REQUEST_TIMEOUT = 408

_passing: ContextVar[bool] = ContextVar("egress_passing", default=False)


@frozen
class Errand:
    """On whose behalf something goes out. ``unit``: one piece of work across its retries, for example a scene."""

    job: str | None = None
    unit: str | None = None
    never_cloud: bool = False


NOBODY = Errand()
"""For what belongs to no job: a probe, a call of the library."""


@frozen
class ConsentsChanged:
    """Event: a person allowed or revoked something, here or in another process, or entered a price."""


@frozen
class LedgerChanged:
    """Event: a request was entered or settled. ``warning``: a limit is (nearly) used up, said once a period."""

    warning: Message | None = None


class Sending:
    """A request on its way; :meth:`answered` is called when its answer is whole."""

    def __init__(self, number: int, price: Price) -> None:
        self.number = number
        self._price = price
        self.state = EntryState.UNKNOWN
        self.cost: Micros | None = None
        self.reported: Micros | None = None
        self.status: int | None = None

    def answered(self, status: int, usage: Usage | None) -> None:
        """``usage``: as the provider counts, None where it says nothing; then what was reserved counts."""
        self.state, self.status = EntryState.SETTLED, status
        if usage is not None:
            self.cost = self.reported = self._price.cost(usage)
        elif status in _AS_ONE_MEANT and status != _REQUEST_TIMEOUT:
            self.cost = 0


class Door:
    """Safe to use from several threads. ``caps``: the person's limits now. ``tell`` hears the events above."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        *,
        caps: Callable[[], Caps],
        tell: Callable[[object], None] = lambda event: None,
        prices: PriceTable | None = None,
    ) -> None:
        self._consents = ConsentStore(database, clock)
        self._clock = clock
        self.caps = caps
        self._tell = tell
        self._given_prices = prices
        self.ledger = Ledger(database, clock)
        self._lock = threading.Lock()
        self._under_way: dict[int, Micros] = {}
        self._warned: set[tuple[Cap, float, bool]] = set()

    # -- leave

    def consents(self) -> tuple[Consent, ...]:
        """Those that hold, oldest first. Raises StorageError."""
        return self._consents.in_force()

    def effective(self) -> tuple[Consent, ...]:
        """Those to the text of today whose price is known: what the policy may count on. Raises StorageError."""
        return effective(self.consents(), lambda consent: self.price(consent.destination))

    def allow(self, destination: Destination, per_request: Micros | None = None) -> Consent:
        """A person said yes, and perhaps what a request costs there. Raises StorageError."""
        given = self._consents.add(destination, per_request)
        log.info("%s at %s is allowed for %s", given.model, given.host, given.purpose.value)
        self._tell(ConsentsChanged())
        return given

    def revoke(self, consent: Consent) -> None:
        """The yes is taken back; whoever hears of it ends what is under way. Raises StorageError."""
        self._consents.revoke(consent)
        log.info("%s at %s is no longer allowed for %s", consent.model, consent.host, consent.purpose.value)
        self._tell(ConsentsChanged())

    def reload(self) -> None:
        """Another process changed consents, prices or keys."""
        self._tell(ConsentsChanged())

    def set_price(self, destination: Destination, per_request: Micros | None) -> None:
        """What a request costs there by the person's word; None: the table counts again. Raises StorageError."""
        self._consents.put_price(destination.address, destination.model, per_request)
        self._tell(ConsentsChanged())

    def price(self, destination: Destination) -> Price | None:
        """None where nobody knows it. Raises StorageError."""
        return price_of(destination, self._consents, self._prices)

    def worst(self, destination: Destination) -> Micros | None:
        """The most that one usual request there costs, with all pictures of a long scene; None where nobody knows.

        Raises StorageError."""
        return usual_worst(self.price(destination), destination.purpose, MAX_PICTURES)

    def refusal(self, destination: Destination, *, never_cloud: bool = False) -> EgressRefusal | None:
        """Why nothing may go there now, limits apart; None when it may. Raises StorageError."""
        why = refusal(destination, self.consents(), never_cloud=never_cloud)
        if why is None and self.worst(destination) is None:
            return EgressRefusal.NO_PRICE
        return why

    def shortage(self, destination: Destination) -> Message | None:
        """Why the cloud cannot be counted on there now, the limits included, in words; None when it can.

        Room that requests under way have only reserved counts as free. Fails closed: what cannot be read is a no.
        """
        try:
            why = self.refusal(destination)
            worst = usual_worst(self.price(destination), destination.purpose)
            if why is not None or worst is None:
                return refused(why or EgressRefusal.NO_PRICE, destination).message
            cap = self._settled().short_of(worst, self.caps())
        except StorageError as error:
            return error.message
        return None if cap is None else message("error-own-cap", cap=cap.value)

    # -- going out

    @contextmanager
    def send(self, destination: Destination, parcel: Parcel, errand: Errand) -> Iterator[Sending]:
        """Within the block one request may go out; how the block ends settles it.

        Raises, before the block, BackendError: ``config`` without leave, ``budget`` at a limit, ``throttle`` while
        requests under way hold the room, ``input`` for what was sent twice without a known outcome; StorageError when
        it cannot be entered. Raises Cancelled after the block when leave was taken back meanwhile.
        """
        self._check(destination, errand)
        price = self.price(destination)
        worst = price.worst(parcel.text_bytes, len(parcel.pictures), parcel.max_tokens) if price else None
        if price is None or worst is None:
            raise refused(EgressRefusal.NO_PRICE, destination)
        sending = Sending(self._reserve(destination, parcel, errand, worst), price)
        token = _passing.set(True)
        try:
            yield sending
        except BackendError as error:
            if error.code in _UNREACHED:
                sending.state, sending.cost = EntryState.NOT_SENT, 0
            raise
        finally:
            _passing.reset(token)
            self._settle(sending)
        try:
            self._check(destination, errand)
        except BackendError:
            raise Cancelled from None

    def _check(self, destination: Destination, errand: Errand) -> None:
        why = self.refusal(destination, never_cloud=errand.never_cloud)
        if why is not None:
            raise refused(why, destination)

    def _reserve(self, destination: Destination, parcel: Parcel, errand: Errand, worst: Micros) -> int:
        draft = Draft(
            job=errand.job,
            unit=errand.unit,
            purpose=destination.purpose,
            provider=destination.provider,
            host=destination.host,
            model=destination.model,
            frames=len(parcel.pictures),
            pixels=parcel.pixels,
            bytes=parcel.size,
            sha256=parcel.sha256,
            estimated=worst,
        )
        caps = self.caps()
        try:
            number = self.ledger.reserve(draft, caps)
        except OutcomeUnknown:
            raise BackendError(
                FailureClass.INPUT, "outcome_unknown", message("error-outcome-unknown", host=destination.host)
            ) from None
        except CapReached as reached:
            raise self._no_room(reached, worst, caps) from None
        with self._lock:
            self._under_way[number] = worst
        self._tell_ledger()
        return number

    def _no_room(self, reached: CapReached, worst: Micros, caps: Caps) -> BackendError:
        text = message("error-own-cap", cap=reached.cap.value)
        if self._settled().short_of(worst, caps) is None:
            return BackendError(FailureClass.THROTTLE, "own_cap_reserved", text, retry_after=BRIEF_WAIT)
        return BackendError(
            FailureClass.BUDGET, "own_cap", text, message("error-own-cap-hint"), retry_after=reached.wait
        )

    def _settle(self, sending: Sending) -> None:
        try:
            self.ledger.settle(
                sending.number,
                sending.state,
                cost=sending.cost,
                reported=sending.reported,
                status=sending.status,
            )
        except StorageError as error:  # it stays reserved, so it counts in full
            log.warning("Request %d is not settled: %s", sending.number, error)
        with self._lock:
            self._under_way.pop(sending.number, None)
        self._tell_ledger()

    def _settled(self) -> Spent:
        """What is spent without what this process has only reserved."""
        spent = self.ledger.spent()
        with self._lock:
            held, requests = sum(self._under_way.values()), len(self._under_way)
        return Spent(spent.day - held, spent.month - held, spent.requests - requests)

    def _tell_ledger(self) -> None:
        try:
            self._tell(LedgerChanged(self._warning()))
        except StorageError as error:
            log.warning("What is spent cannot be read: %s", error)

    def _warning(self) -> Message | None:
        now, spent, caps = self._clock.time(), self.ledger.spent(), self.caps()
        with self._lock:
            for cap in Cap:
                share = spent.share(cap, caps)
                start = month_start(now) if cap is Cap.MONTH else day_start(now)
                key = cap, start, share >= 1.0
                if share >= WARN_SHARE and key not in self._warned:
                    self._warned.add(key)
                    return message("egress-warning", cap=cap.value, percent=f"{min(share, 1.0) * 100:.0f}")
        return None

    @property
    def _prices(self) -> PriceTable:
        if self._given_prices is None:
            self._given_prices = PriceTable.read()
        return self._given_prices


def is_passing() -> bool:
    """True inside :meth:`Door.send`, in the thread that sends."""
    return _passing.get()


def refused(why: EgressRefusal, destination: Destination) -> BackendError:
    """The failure of a request that may not go out."""
    text = message("error-" + why.value.replace("_", "-"), host=destination.host)
    # One job's lock says nothing against the tier.
    failure = FailureClass.INPUT if why is EgressRefusal.NEVER_CLOUD else FailureClass.CONFIG
    return BackendError(failure, why.value, text)
