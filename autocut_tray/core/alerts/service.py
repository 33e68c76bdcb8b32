"""Alerts in action: follows the readings, keeps what happened, tells it, and holds the number of scenes down."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import replace

from autocut_tray.core.alert import Alert, AlertKind, AlertLevel
from autocut_tray.core.alerts.rules import USUAL_FACTOR, Rule, Rules, readings, rules_of
from autocut_tray.core.alerts.scale import ConcurrencyScale
from autocut_tray.core.alerts.watch import AlertWatch, Change
from autocut_tray.core.clock import Clock
from autocut_tray.core.errors import StorageError
from autocut_tray.core.events import EventBus
from autocut_tray.core.frozen import frozen
from autocut_tray.core.policy.control_receipts import ReceiptAdded
from autocut_tray.core.receipt import Receipt, ReceiptKind
from autocut_tray.core.sample import MetricsSample
from autocut_tray.core.settings.schema import Alerts

log = logging.getLogger(__name__)


@frozen
class AlertRaised:
    """Event: a reading crossed a limit. ``muted``: the person does not want to be told."""

    alert: Alert
    muted: bool


@frozen
class AlertEnded:
    """Event: the level of this alert was left."""

    alert: Alert


@frozen
class Hands:
    """What alerts need of the rest. ``tier``: where scenes are described now, as receipts name it; ``most_at_once``:
    how many scenes the policy allows at once; ``usual_seconds``: what one takes here when nothing is wrong, None
    where nobody knows."""

    keep_alert: Callable[[Alert], Alert]
    end_alert: Callable[[Alert], None]
    keep_receipt: Callable[[Receipt], Receipt]
    tier: Callable[[], str]
    most_at_once: Callable[[], int]
    usual_seconds: Callable[[], float | None]


class AlertService:
    """:meth:`tick` is for the monitor's thread, everything else for any."""

    def __init__(
        self,
        hands: Hands,
        bus: EventBus,
        clock: Clock,
        scale: ConcurrencyScale,
        chosen: Callable[[], Alerts],
    ) -> None:
        self._hands = hands
        self._bus = bus
        self._clock = clock
        self._scale = scale
        self._chosen = chosen
        self._settings = chosen()
        self._rules = rules_of(self._settings)
        self._watch = AlertWatch()
        self._lock = threading.Lock()
        self._active: dict[AlertKind, Alert] = {}

    @property
    def active(self) -> tuple[Alert, ...]:
        """Those that last, the worst first."""
        with self._lock:
            found = list(self._active.values())
        return tuple(sorted(found, key=lambda alert: (-alert.level.rank, alert.at)))

    @property
    def rules(self) -> Rules:
        """Those in force; the limits of the response time may stand higher while work is known to take longer."""
        return self._rules

    def tick(self, sample: MetricsSample) -> None:
        """One reading of the monitor."""
        settings = self._chosen()
        if settings != self._settings:
            self._settings, self._rules = settings, rules_of(settings)
            self._watch.restart_timers()
            self._follow_scales()
        rules = {**self._rules, AlertKind.RESPONSE: self._response_rule()}
        for change in self._watch.step(sample.monotonic, readings(sample), rules):
            self._take(change, rules[change.kind])

    def _response_rule(self) -> Rule:
        """A slow model on a small machine is not an alert: only what is slow for this machine."""
        usual = self._hands.usual_seconds()
        rule = self._rules[AlertKind.RESPONSE]
        at_once = self._scale.limit(self._hands.most_at_once())  # a server takes them one after the other
        return rule if usual is None else rule.at_least(USUAL_FACTOR * usual * at_once)

    def _take(self, change: Change, rule: Rule) -> None:
        now = self._clock.time()
        self._end(change.kind, now)
        reduced = self._follow_scale(change.kind, change.level, rule, change)
        if change.raised and change.value is not None:
            self._raise(change, rule, now, scaled=reduced)
        else:
            log.info("Alert %s: %s", change.kind.value, change.level.value)

    def _raise(self, change: Change, rule: Rule, now: float, *, scaled: bool) -> None:
        assert change.value is not None
        alert = Alert(
            0, now, change.kind, change.level, change.value, change.threshold, round(change.held_s, 1), scaled
        )
        log.info(
            "Alert %s: %s, %.4g above %.4g for %.0f s",
            change.kind.value,
            change.level.value,
            change.value,
            change.threshold,
            change.held_s,
        )
        try:
            alert = self._hands.keep_alert(alert)
        except StorageError as error:
            log.warning("An alert is not saved: %s", error)
        with self._lock:
            self._active[change.kind] = alert
        self._bus.publish(AlertRaised(alert, rule.muted))

    def _end(self, kind: AlertKind, now: float) -> None:
        with self._lock:
            alert = self._active.pop(kind, None)
        if alert is None:
            return
        ended = replace(alert, ended=now)
        try:
            self._hands.end_alert(ended)
        except StorageError as error:
            log.warning("The end of an alert is not saved: %s", error)
        self._bus.publish(AlertEnded(ended))

    # -- fewer scenes at once

    def _follow_scales(self) -> None:
        """The person changed which alerts have this effect."""
        for kind, rule in self._rules.items():
            self._follow_scale(kind, self._watch.level(kind), rule, None)

    def _follow_scale(self, kind: AlertKind, level: AlertLevel, rule: Rule, why: Change | None) -> bool:
        """Hold the number of scenes down, or let it go; True when this alert holds it down."""
        less = rule.scale is not None and level.rank >= rule.scale.rank
        most = self._hands.most_at_once()
        before = self._scale.limit(most)
        if self._scale.ask(kind, less=less):
            after = self._scale.limit(most)
            if before != after:
                self._keep_receipt(kind, before, after, why)
        return less and self._scale.limit(most) < most

    def _keep_receipt(self, kind: AlertKind, before: int, after: int, why: Change | None) -> None:
        tier = self._hands.tier()
        known = why is not None and why.value is not None
        receipt = Receipt(
            id=0,
            at=self._clock.time(),
            kind=ReceiptKind.SCALE,
            from_=str(before),
            to=str(after),
            cause=f"alert_{kind.value}",
            metric=kind.metric if known else None,
            value=why.value if why is not None else None,
            threshold=why.threshold if why is not None and known else None,
            held_s=round(why.held_s, 1) if why is not None else None,
            policy_before={"tier": tier, "concurrency": before},
            policy_after={"tier": tier, "concurrency": after},
            expected_s_per_scene=None,
            undone=False,
            better=after > before,
        )
        log.info("Scenes at once: %d -> %d (%s)", before, after, kind.value)
        try:
            receipt = self._hands.keep_receipt(receipt)
        except StorageError as error:
            log.warning("A receipt is not saved: %s", error)
        self._bus.publish(ReceiptAdded(receipt))
