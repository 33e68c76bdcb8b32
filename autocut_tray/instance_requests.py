"""What another process of this person may ask the running instance for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from autocut_tray.bootstrap import Services
from autocut_tray.core.cancel import CancelToken
from autocut_tray.core.errors import AutoCutError, FailureClass, UsageError
from autocut_tray.core.jobs.job import Verb
from autocut_tray.core.jobs.more import more_from_json
from autocut_tray.core.jobs.plans import wish_from_json
from autocut_tray.core.jobs.records import options_from_json
from autocut_tray.core.messages import message
from autocut_tray.core.monitor.monitor import MonitorState
from autocut_tray.core.policy.governor_types import Tier, UnitResult
from autocut_tray.documents import (
    Status,
    drill_document,
    job_document,
    status_document,
)
from autocut_tray.event_documents import alerts_document, history_document, releases_document
from autocut_tray.i18n import Translator

Json = dict[str, Any]


class Requests:
    """Answers one request; an AutoCutError goes back to the one who asked."""

    def __init__(
        self,
        services: Services,
        raise_window: Callable[[list[str]], bool],
        leave: Callable[[], None] | None = None,
    ) -> None:
        self._services = services
        self._raise_window = raise_window
        self._leave = leave
        self._translators: dict[str, Translator] = {}
        self._commands: dict[str, Callable[[Json], Json]] = {
            "raise": self._raise,
            "quit": self._quit,
            "status": self._status,
            "degrade": self._degrade,
            "undo": self._undo,
            "pin": self._pin,
            "drill": self._drill,
            "analyze": self._analyze,
            "describe": self._describe,
            "finish-by": self._finish_by,
            "arrange": self._arrange,
            "plan": self._plan,
            "plan-cancel": self._plan_cancel,
            "alerts": self._alerts,
            "memory": self._memory,
            "history": self._history,
            "flush": self._flush,
            "watch": self._watch,
            "task-result": self._task_result,
            "reload-settings": self._reload_settings,
            "reload-keys": self._reload_keys,
            "reload-consents": self._reload_consents,
        }

    def __call__(self, request: Json) -> Json:
        command = self._commands.get(str(request.get("command")))
        if command is None:
            raise UsageError("unknown_request", message("error-unknown-request"))
        return command(request)

    def _translator(self, request: Json) -> Translator:
        """Kept, because reading a catalogue takes a tenth of a second."""
        language = str(request.get("language") or self._services.translator.language)
        return self._translators.setdefault(language, Translator(language))

    def _raise(self, request: Json) -> Json:
        files = [str(path) for path in request.get("files") or []]
        return {"window": self._raise_window(files)}

    def _quit(self, request: Json) -> Json:
        if self._leave is None:
            raise AutoCutError("cannot_quit", message("error-cannot-quit"), message("error-cannot-quit-hint"))
        self._leave()
        return {}

    def _status(self, request: Json) -> Json:
        services = self._services
        explanation = services.detection.explanation
        status = Status(
            services.detection.profile,
            services.detection.policy,
            explanation.sentences if explanation else (),
            services.controller.state,
            services.monitor.latest,
            alerts=services.alerts.active,
            memory=services.memory.document(),
            suspended=services.monitor.state is MonitorState.SUSPENDED,
            videos=services.jobs.side_by_side,
        )
        return status_document(status, self._translator(request))

    def _degrade(self, request: Json) -> Json:
        reason = request.get("reason")
        self._services.controller.force(Tier(request["tier"]), str(reason) if reason else None)
        return self._status(request)

    def _pin(self, request: Json) -> Json:
        tier = request.get("tier")
        self._services.controller.pin(Tier(tier) if tier else None)
        return self._status(request)

    def _undo(self, request: Json) -> Json:
        self._services.controller.undo()
        return self._status(request)

    def _drill(self, request: Json) -> Json:
        """Takes as long as loading every model."""
        return drill_document(self._services.drill.run(CancelToken()), self._translator(request))

    def _analyze(self, request: Json) -> Json:
        options = options_from_json(request["options"])
        translator = self._translator(request)
        submitted = [
            self._services.jobs.submit(str(path), options, again=bool(request.get("again")))
            for path in request["paths"]
        ]
        return {"jobs": [job_document(entry.job, translator) for entry in submitted]}

    def _describe(self, request: Json) -> Json:
        job = self._services.jobs.describe_more(str(request["job"]), more_from_json(request["more"]))
        return {"job": job_document(job, self._translator(request))}

    def _finish_by(self, request: Json) -> Json:
        at, job_id = request["at"], request.get("job")
        changed = self._services.jobs.finish_by(None if at is None else float(at), job_id)
        return {"jobs": [job_document(job, self._translator(request)) for job in changed]}

    def _arrange(self, request: Json) -> Json:
        job = self._services.jobs.arrange(str(request["job"]), Verb(request["verb"]))
        return {"job": job_document(job, self._translator(request))}

    def _plan(self, request: Json) -> Json:
        """Takes as long as a model needs to choose."""
        job_id = str(request["job"])
        self._services.plans.make(job_id, wish_from_json(request["wish"]))
        job = self._services.jobs.get(job_id)
        plan = self._services.plans.get(job_id)
        return {"job": job_document(job, self._translator(request), plan)}

    def _plan_cancel(self, request: Json) -> Json:
        self._services.plans.cancel(str(request["job"]))
        return {}

    def _alerts(self, request: Json) -> Json:
        services, now = self._services, self._services.clock.time()
        found = services.history.alerts.between(now - float(request["seconds"]), now)
        return alerts_document(
            found, services.alerts.active, services.alerts.rules, self._translator(request)
        )

    def _memory(self, request: Json) -> Json:
        services, now = self._services, self._services.clock.time()
        found = services.history.releases.between(now - float(request["seconds"]), now)
        return releases_document(services.memory.document(), found, self._translator(request))

    def _history(self, request: Json) -> Json:
        return history_document(
            self._services.history, float(request["minutes"]), self._services.clock.time()
        )

    def _flush(self, request: Json) -> Json:
        """Write down what is only in memory, so that another process reads all there is."""
        self._services.history.flush()
        return {}

    def _watch(self, request: Json) -> Json:
        """Where pictures are to be described now, and what happened since the receipt and the alert that the caller
        saw last."""
        controller, history = self._services.controller, self._services.history
        last = int(request.get("after", history.last_receipt_id))
        last_alert = int(request.get("after_alert", history.alerts.last_id))
        changes, alerts = history.receipts_after(last), history.alerts.after(last_alert)
        return {
            "tier": controller.work_tier.value,
            "last": changes[-1].id if changes else last,
            "changes": [{**receipt.to_json(), "better": receipt.better} for receipt in changes],
            "last_alert": alerts[-1].id if alerts else last_alert,
            "alerts": [alert.to_json() for alert in alerts],
        }

    def _task_result(self, request: Json) -> Json:
        """A description that another program made, well or not."""
        seconds = request.get("seconds")
        success = bool(request["success"])
        result = UnitResult(None if success else FailureClass.TIER, seconds)
        self._services.controller.note_result(result)
        if success and seconds is not None:
            self._services.task_times.add(float(seconds))
        return {}

    def _reload_keys(self, request: Json) -> Json:
        """Another process stored or removed a key."""
        self._services.keys.reload()
        self._services.cloud.door.reload()
        self._services.detection.detect()
        return {}

    def _reload_consents(self, request: Json) -> Json:
        """Another process gave or took leave: it counts from this moment, also for what is under way."""
        self._services.cloud.door.reload()
        return {}

    def _reload_settings(self, request: Json) -> Json:
        """Another process wrote the settings file; ``changed``: what is different from before."""
        return {"changed": list(self._services.settings.reload())}
