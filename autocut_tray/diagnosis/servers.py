"""What the model servers really answer: as our probe understands it, and word for word."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import closing
from dataclasses import asdict

from autocut_tray.core.cancel import CancelToken
from autocut_tray.core.errors import BackendError
from autocut_tray.core.messages import message
from autocut_tray.core.runtime.probes.answer import Probe
from autocut_tray.core.runtime.probes.lmstudio_host import parse_lmstudio_host
from autocut_tray.core.runtime.probes.model_servers import Questions, listens
from autocut_tray.core.runtime.probes.ollama_host import parse_ollama_host
from autocut_tray.core.runtime.profile import ModelServer
from autocut_tray.diagnosis.finding import Excerpt, Finding, Json, Verdict
from autocut_tray.diagnosis.surroundings import Surroundings

_BODY = 1000
"""Characters of an answer that are kept."""


def ollama(around: Surroundings, cancel: CancelToken) -> Finding:
    host = parse_ollama_host(around.settings.current.models.ollama_host)
    replies = (
        _ask(around, cancel, host.url, ("/api/version", "/api/tags", "/api/ps"), None) if host.valid else []
    )
    return _finding("Ollama", around.probes.ollama, replies, cancel)


def lmstudio(around: Surroundings, cancel: CancelToken) -> Finding:
    host = parse_lmstudio_host(around.settings.current.models.lmstudio_host)
    token = around.keys.get("lmstudio")
    headers = {"Authorization": f"Bearer {token}"} if token else None
    paths = ("/api/v1/models", "/v1/models")
    replies = _ask(around, cancel, host.root, paths, headers) if host.valid else []
    return _finding("LM Studio", around.probes.lmstudio, replies, cancel)


def _finding(name: str, probe: Probe[ModelServer], replies: list[Json], cancel: CancelToken) -> Finding:
    answer = probe.ask(cancel)
    server = answer.fact
    facts: Json = {
        "server": asdict(server),
        "outcome": answer.outcome.value,
        "detail": answer.detail,
        "replies": replies,
    }
    if server.problem is None:
        seeing = sum(1 for model in server.models if model.vision)
        said = message("doctor-server-ok", server=name, count=len(server.models), seeing=str(seeing))
        return Finding(Verdict.OK, said, facts=facts)
    if not server.problem.endswith("-silent"):
        said = message("doctor-server-bad", server=name)
        return Finding(Verdict.PROBLEM, said, message(server.problem), facts)
    if server.installed or server.remote:
        said = message("doctor-server-silent", server=name)
        return Finding(Verdict.WARNING, said, message(server.problem), facts)
    return Finding(Verdict.OK, message("doctor-server-absent", server=name), facts=facts)


def _ask(
    around: Surroundings,
    cancel: CancelToken,
    base: str,
    paths: tuple[str, ...],
    headers: Mapping[str, str] | None,
) -> list[Json]:
    """Status and beginning of each answer; stops at the first question that gets none."""
    if not listens(base):
        return []
    replies: list[Json] = []
    try:
        with closing(Questions(base, cancel, around.clock, headers)) as questions:
            for path in paths:
                reply = questions.get(path)
                body = reply.text if reply.body is None else json.dumps(reply.body, ensure_ascii=False)
                replies.append({"path": path, "status": reply.status, "body": Excerpt(body, _BODY)})
    except BackendError as error:
        replies.append({"error": error.code, "detail": error.detail})
    return replies
