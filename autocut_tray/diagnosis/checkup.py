"""Makes all checks side by side; one that hangs or throws is itself what was found."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from autocut_tray.core.cancel import CancelToken
from autocut_tray.core.errors import AutoCutError
from autocut_tray.core.messages import message
from autocut_tray.core.redact import Redactor
from autocut_tray.core.runtime.bounded import Ended, Run
from autocut_tray.core.runtime.probes.lmstudio_host import parse_lmstudio_host
from autocut_tray.core.runtime.probes.ollama_host import is_this_machine, parse_ollama_host
from autocut_tray.diagnosis import choices, machine, program, records, servers, storage, worker
from autocut_tray.diagnosis.finding import Check, Checked, Finding, Json, Verdict
from autocut_tray.diagnosis.report import document
from autocut_tray.diagnosis.surroundings import Surroundings

log = logging.getLogger(__name__)

CHECKS = (
    Check("program", program.versions),
    Check("system", program.system),
    Check("display", program.display),
    Check("folders", storage.folders),
    Check("databases", storage.databases, limit=10.0),
    Check("settings", choices.settings),
    Check("environment", choices.environment),
    Check("keys", choices.keys),
    Check("hardware", machine.hardware, limit=8.0),
    Check("policy", machine.policy, limit=8.0),
    Check("ollama", servers.ollama, limit=8.0),
    Check("lmstudio", servers.lmstudio, limit=8.0),
    Check("instance", machine.instance),
    Check("worker", worker.worker, limit=10.0),
    Check("jobs", records.jobs),
    Check("crashes", records.crashes),
    Check("log", records.log_lines),
)

_VIDEOS_SECONDS = 2.0
_KNOWN_VIDEOS = 200


def diagnose(surroundings: Surroundings, checks: Sequence[Check] = CHECKS) -> Json:
    """The whole report, redacted, in the translator's language; takes as long as the slowest check.

    Nothing is written or changed. What still hangs at its limit is left to itself and ends with the process.
    """
    clock = surroundings.clock
    started = clock.monotonic()
    videos = Run("doctor-videos", lambda cancel: records.known_videos(surroundings, _KNOWN_VIDEOS), clock)
    runs = [(check, _start(check, surroundings)) for check in checks]
    made = []
    for check, run in runs:
        ended = run.wait(started + check.limit - clock.monotonic())
        made.append(Checked(check.name, _finding(check, ended), ended.seconds if ended else check.limit))
    known = videos.wait(started + _VIDEOS_SECONDS - clock.monotonic())
    redactor = Redactor(
        surroundings.identity, (known.value if known else None) or (), _other_machines(surroundings)
    )
    return document(made, surroundings.translator, redactor, clock.time())


def _start(check: Check, surroundings: Surroundings) -> Run[Finding]:
    def look(cancel: CancelToken) -> Finding:
        return check.look(surroundings, cancel)

    return Run(f"doctor-{check.name}", look, surroundings.clock)


def _finding(check: Check, ended: Ended[Finding] | None) -> Finding:
    if ended is None:
        said = message("doctor-check-late", seconds=f"{check.limit:g}")
        return Finding(Verdict.PROBLEM, said, message("doctor-next-report"))
    if ended.value is not None:
        return ended.value
    error = ended.error
    if isinstance(error, AutoCutError):
        facts = {"code": error.code, "detail": error.detail or None}
        return Finding(Verdict.PROBLEM, error.message, error.hint or message("doctor-next-report"), facts)
    log.warning("The check %s failed", check.name, exc_info=error)
    said = message("doctor-check-failed", reason=type(error).__name__)
    return Finding(Verdict.PROBLEM, said, message("doctor-next-report"), {"error": f"{error!r}"})


def _other_machines(surroundings: Surroundings) -> list[str]:
    """Names of the machines that the person's model servers run on; addresses in figures tell nothing."""
    wanted = surroundings.settings.current.models
    urls = (parse_ollama_host(wanted.ollama_host).url, parse_lmstudio_host(wanted.lmstudio_host).url)
    hosts = (url.split("://", 1)[-1].split("/", 1)[0].rpartition(":")[0] for url in urls)
    return [
        host
        for host in hosts
        if any(c.isalpha() for c in host) and ":" not in host and not is_this_machine(host)
    ]
