"""``cloud``: what may leave this machine, what did, and what it cost."""

from __future__ import annotations

import sys
import time

from autocut_tray.cli.app import CLOUD_ACTIONS
from autocut_tray.cli.context import Context
from autocut_tray.core.clock import SystemClock
from autocut_tray.core.egress import words
from autocut_tray.core.egress.consent import Purpose
from autocut_tray.core.egress.desk import ConsentDesk, Offer
from autocut_tray.core.egress.prices import Micros, micros
from autocut_tray.core.errors import Cancelled, UsageError
from autocut_tray.core.frozen import frozen
from autocut_tray.core.jobs.consent_desk import desk_alone
from autocut_tray.core.messages import message
from autocut_tray.core.settings.secrets import KeyStore
from autocut_tray.documents import ledger_document, offer_document, spent_document

_DAY = 86_400.0
_MOST = 100_000
_YES = "yes"


@frozen
class CloudRequest:
    """The arguments as they were typed."""

    action: str
    name: str | None
    purpose: str | None
    price: str | None
    yes: bool
    days: int


def run_cloud(context: Context, request: CloudRequest) -> int:
    """List, allow, revoke, or tell what was spent or sent; a running instance follows at once."""
    if request.action not in CLOUD_ACTIONS:
        choices = ", ".join(CLOUD_ACTIONS)
        raise UsageError("usage", message("error-cloud-action", action=request.action, actions=choices))
    settings = context.settings.current
    with desk_alone(context.paths, settings, KeyStore.of(context.paths), SystemClock()) as desk:
        if request.action == "spent":
            return _spent(context, desk)
        if request.action == "ledger":
            return _ledger(context, desk, request.days)
        if request.action == "list":
            return _list(context, desk)
        offer = _offer(desk, request)
        return (
            _allow(context, desk, offer, request)
            if request.action == "allow"
            else _revoke(context, desk, offer)
        )


def _offer(desk: ConsentDesk, request: CloudRequest) -> Offer:
    offers = desk.offers()
    names = ", ".join(dict.fromkeys(offer.destination.provider for offer in offers))
    wanted = None
    if request.purpose is not None:
        try:
            wanted = Purpose(request.purpose)
        except ValueError:
            raise UsageError(
                "usage", message("error-cloud-name", name=request.purpose, names=names)
            ) from None
    found = desk.offer(request.name or "", wanted)
    if request.action == "revoke":
        given = [o for o in offers if o.consent is not None and o.destination.provider == request.name]
        given = [o for o in given if wanted in (None, o.destination.purpose)]
        found = given[0] if given else found
    if found is None:
        raise UsageError("no_such_place", message("error-cloud-name", name=request.name or "?", names=names))
    return found


def _list(context: Context, desk: ConsentDesk) -> int:
    offers, output, t = desk.offers(), context.output, context.translator.t
    if output.as_json:
        output.document(
            {
                "schema": 1,
                "places": [offer_document(offer) for offer in offers],
                "spent": spent_document(desk.door.ledger.spent(), desk.door.caps()),
            }
        )
        return 0
    if not any(offer.refusal is None for offer in offers):
        output.say(t("cli-cloud-none"))
    headers = ("server", "model", "for", "state", "cost")
    text = context.translator.text
    output.table(
        [t(f"cli-col-cloud-{header}") for header in headers],
        [
            (
                f"{offer.server} ({offer.destination.host})",
                offer.destination.model,
                text(words.purpose_word(offer.destination.purpose)),
                text(words.state_word(offer.refusal)),
                "?" if offer.worst is None else words.usd(offer.worst),
            )
            for offer in offers
        ],
        right=(4,),
    )
    _say_spent(context, desk)
    return 0


def _allow(context: Context, desk: ConsentDesk, offer: Offer, request: CloudRequest) -> int:
    output, text = context.output, context.translator.text
    price = _price(request.price)
    if not offer.can_allow and offer.refusal is not None:
        desk.allow(offer, price)  # raises, and says why
    output.note(text(words.consent_title(offer)))
    for sentence in words.consent_sentences(offer):
        output.note("  " + text(sentence))
    if not request.yes and not _is_meant(context):
        output.note(context.translator.t("cli-cloud-not-asked"))
        raise Cancelled
    desk.allow(offer, price)
    return _told(context, desk, offer, "cli-cloud-allowed")


def _revoke(context: Context, desk: ConsentDesk, offer: Offer) -> int:
    if offer.consent is None:
        raise UsageError("not_allowed", message("cli-cloud-nothing-to-revoke"))
    desk.revoke(offer.consent)
    return _told(context, desk, offer, "cli-cloud-revoked")


def _told(context: Context, desk: ConsentDesk, offer: Offer, code: str) -> int:
    """Say what is true now, and let a running instance act on it."""
    context.call({"command": "reload-consents"})
    destination, output = offer.destination, context.output
    if output.as_json:
        changed = desk.offer(destination.provider, destination.purpose)
        output.document({"schema": 1, "place": None if changed is None else offer_document(changed)})
    else:
        said = message(
            code,
            model=destination.model,
            server=offer.server,
            purpose=words.purpose_word(destination.purpose),
        )
        output.say(context.translator.text(said))
    return 0


def _is_meant(context: Context) -> bool:
    if sys.stdin is None or not sys.stdin.isatty():
        raise UsageError("needs_yes", message("error-cloud-needs-yes"))
    context.output.stderr.print(context.translator.t("cli-cloud-asked") + " ", end="", markup=False)
    return sys.stdin.readline().strip().lower() == _YES


def _price(typed: str | None) -> Micros | None:
    try:
        return None if typed is None else micros(typed)
    except ValueError:
        raise UsageError("usage", message("error-cloud-price-bad", price=typed or "")) from None


def _spent(context: Context, desk: ConsentDesk) -> int:
    if context.output.as_json:
        spent = spent_document(desk.door.ledger.spent(), desk.door.caps())
        context.output.document({"schema": 1, **spent})
    else:
        _say_spent(context, desk)
    return 0


def _say_spent(context: Context, desk: ConsentDesk) -> None:
    spent, caps = desk.door.ledger.spent(), desk.door.caps()
    context.output.say(
        context.translator.t(
            "cli-cloud-spent-words",
            day=words.cents(spent.day),
            dayCap=words.usd(caps.day),
            requests=spent.requests,
            most=caps.requests,
            month=words.cents(spent.month),
            monthCap=words.usd(caps.month),
        )
    )


def _ledger(context: Context, desk: ConsentDesk, days: int) -> int:
    ledger, now = desk.door.ledger, time.time()
    entries = ledger.entries(now - days * _DAY, limit=_MOST)
    output, t = context.output, context.translator.t
    if output.as_json:
        output.document(ledger_document(entries, ledger.totals(now - days * _DAY, now + _DAY)))
        return 0
    if not entries:
        output.say(t("cli-cloud-ledger-none"))
        return 0
    headers = (
        "cli-col-when",
        "cli-col-cloud-server",
        "cli-col-cloud-model",
        "cli-col-frames-sent",
        "cli-col-size",
    )
    output.table(
        [t(header) for header in (*headers, "cli-col-cost", "cli-col-cloud-state")],
        [
            (
                time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(entry.at)),
                entry.host,
                entry.model,
                str(entry.frames),
                words.kilobytes(entry.bytes),
                words.usd(entry.cost),
                t(f"ledger-state-{entry.state.value.replace('_', '-')}"),
            )
            for entry in entries
        ],
        right=(3, 4, 5),
    )
    sums = ledger.totals(now - days * _DAY, now + _DAY)
    said = message(
        "cli-cloud-ledger-sums",
        days=days,
        requests=sums.requests,
        frames=sums.frames,
        size=words.kilobytes(sums.bytes),
        cost=words.cents(sums.cost),
    )
    output.say(context.translator.text(said))
    return 0
