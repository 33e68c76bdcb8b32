"""Events of the core as Qt signals in the GUI thread; every event arrives, in the order of its publication."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from autocut_tray.core.alerts.service import AlertEnded, AlertRaised
from autocut_tray.core.api_access import ApiChanged
from autocut_tray.core.drill.drill import DrillChanged
from autocut_tray.core.egress.door import ConsentsChanged, LedgerChanged
from autocut_tray.core.events import EventBus
from autocut_tray.core.jobs.job import DropIgnored, JobChanged, JobRemoved, SceneChanged
from autocut_tray.core.jobs.plans import PlanChanged
from autocut_tray.core.policy.control_receipts import ReceiptAdded, ReceiptProven
from autocut_tray.core.policy.controller import ControllerChanged
from autocut_tray.core.policy.detection import DetectionStarted, ProfileChanged
from autocut_tray.core.release import MemoryReleased
from autocut_tray.core.remedies.state import RemedyChanged
from autocut_tray.core.settings.store import SettingsChanged

SLICE_SECONDS = 0.01
"""How long one turn of the event loop may hand out events: a burst of thousands must not freeze the window."""


class Bridge(QObject):
    """Subscribes to the bus; publishers in any thread only append to a queue and never wait for the window."""

    detection_started = Signal(object)
    profile_changed = Signal(object)
    settings_changed = Signal(object)
    controller_changed = Signal(object)
    receipt_added = Signal(object)
    receipt_proven = Signal(object)
    memory_released = Signal(object)
    alert_raised = Signal(object)
    alert_ended = Signal(object)
    job_changed = Signal(object)
    scene_changed = Signal(object)
    job_removed = Signal(object)
    drop_ignored = Signal(object)
    remedy_changed = Signal(object)
    consents_changed = Signal(object)
    ledger_changed = Signal(object)
    drill_changed = Signal(object)
    api_changed = Signal(object)
    plan_changed = Signal(object)
    _wake = Signal()

    def __init__(self, bus: EventBus) -> None:
        super().__init__()
        self._lock = threading.Lock()
        self._queue: deque[object] = deque()
        self._awake = False
        self._emitters: dict[type, Callable[[object], None]] = {
            DetectionStarted: self.detection_started.emit,
            ProfileChanged: self.profile_changed.emit,
            SettingsChanged: self.settings_changed.emit,
            ControllerChanged: self.controller_changed.emit,
            ReceiptAdded: self.receipt_added.emit,
            ReceiptProven: self.receipt_proven.emit,
            MemoryReleased: self.memory_released.emit,
            AlertRaised: self.alert_raised.emit,
            AlertEnded: self.alert_ended.emit,
            JobChanged: self.job_changed.emit,
            SceneChanged: self.scene_changed.emit,
            JobRemoved: self.job_removed.emit,
            DropIgnored: self.drop_ignored.emit,
            RemedyChanged: self.remedy_changed.emit,
            ConsentsChanged: self.consents_changed.emit,
            LedgerChanged: self.ledger_changed.emit,
            DrillChanged: self.drill_changed.emit,
            ApiChanged: self.api_changed.emit,
            PlanChanged: self.plan_changed.emit,
        }
        self._wake.connect(self._drain, Qt.ConnectionType.QueuedConnection)
        self._unsubscribe = [bus.subscribe(kind, self._take) for kind in self._emitters]

    def close(self) -> None:
        """No event arrives any more."""
        for unsubscribe in self._unsubscribe:
            unsubscribe()
        with self._lock:
            self._awake = True  # a publisher that is under way right now must not emit into a dying object
            self._queue.clear()

    def _take(self, event: object) -> None:
        with self._lock:
            self._queue.append(event)
            if self._awake:
                return
            self._awake = True
        self._wake.emit()

    def _drain(self) -> None:
        stop_at = time.monotonic() + SLICE_SECONDS
        while True:
            with self._lock:
                if not self._queue:
                    self._awake = False
                    return
                event = self._queue.popleft()
            self._emitters[type(event)](event)  # an error in a slot goes to Qt's hook, never through emit
            if time.monotonic() > stop_at:
                QTimer.singleShot(0, self._drain)
                return
