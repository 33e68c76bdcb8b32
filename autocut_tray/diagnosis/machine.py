"""This machine, where work runs on it, and the instance that is running."""

from __future__ import annotations

from autocut_tray.core.cancel import CancelToken
from autocut_tray.core.messages import message
from autocut_tray.core.policy import policy_json
from autocut_tray.core.runtime import profile_json
from autocut_tray.core.runtime.profile import Outcome
from autocut_tray.diagnosis.finding import Finding, Verdict
from autocut_tray.diagnosis.surroundings import Surroundings

_SERVERS = ("ollama", "lmstudio")
"""Their probes have checks of their own."""


def hardware(around: Surroundings, cancel: CancelToken) -> Finding:
    """A fresh detection, with what each probe answered."""
    seen = around.detected.get()
    text = around.translator.text
    facts = profile_json.to_json(
        seen.profile, [text(said) for said in seen.explanation.sentences], translate=text
    )
    silent = [
        report.name
        for report in seen.profile.probes
        if report.outcome in (Outcome.FAILED, Outcome.TIMEOUT) and report.name not in _SERVERS
    ]
    if silent:
        said = message("doctor-hardware-silent", probes=", ".join(silent))
        return Finding(Verdict.WARNING, said, message("doctor-hardware-silent-next"), facts)
    said = message("doctor-hardware-ok", **{"class": seen.profile.profile_class.value})
    return Finding(Verdict.OK, said, facts=facts)


def policy(around: Surroundings, cancel: CancelToken) -> Finding:
    """Where work runs, and why."""
    seen = around.detected.get()
    facts = policy_json.to_json(seen.policy, around.translator.text)
    title = seen.explanation.title
    if seen.policy.routes:
        return Finding(Verdict.OK, message("doctor-policy", title=title), facts=facts)
    first = next(iter(seen.policy.recommendations), None)
    advice = (
        message("doctor-policy-next", text=first.text, reason=first.reason)
        if first
        else message("error-no-backend-hint")
    )
    return Finding(Verdict.WARNING, message("doctor-policy", title=title), advice, facts)


def instance(around: Surroundings, cancel: CancelToken) -> Finding:
    """The running instance in its own words. Raises InstanceBusy when it is silent."""
    status = around.ask({"command": "status", "language": around.translator.language})
    if status is None:
        return Finding(Verdict.OK, message("doctor-instance-none"))
    monitor = status["monitor"]
    tier = message(f"tier-{monitor['tier']}")
    if monitor["degraded"]:
        said = message("doctor-instance-degraded", tier=tier, reason=monitor["reason"] or "")
        return Finding(Verdict.WARNING, said, message("doctor-instance-degraded-next"), status)
    return Finding(Verdict.OK, message("doctor-instance-ok", tier=tier), facts=status)
