"""``memory``: what the running program holds, and what was given back in the last days."""

from __future__ import annotations

import time

from autocut_tray.cli.context import Context, Json
from autocut_tray.core.clock import SystemClock
from autocut_tray.core.memory.words import kind_name
from autocut_tray.core.monitor.history import DAY, History
from autocut_tray.core.policy import models
from autocut_tray.core.quantities import size
from autocut_tray.core.release import ResourceKind
from autocut_tray.core.runtime.explain import SERVER_TITLES
from autocut_tray.core.runtime.profile import Backend
from autocut_tray.event_documents import releases_document


def run_memory(context: Context, days: float) -> int:
    """Raises StorageError."""
    request = {"command": "memory", "seconds": days * DAY, "language": context.translator.language}
    document = context.call(request) or _stored(context, days * DAY)
    if context.output.as_json:
        context.output.document(document)
    else:
        _say_held(context, document["held"])
        _say_released(context, document["released"])
    return 0


def _stored(context: Context, seconds: float) -> Json:
    """Without a running instance: what it left."""
    file = context.paths.metrics_database
    if not file.exists():
        return releases_document(None, (), context.translator)
    clock = SystemClock()
    history = History(file, clock, retention_days=context.settings.current.monitor.retention_days)
    try:
        now = clock.time()
        return releases_document(None, history.releases.between(now - seconds, now), context.translator)
    finally:
        history.close()


def _say_held(context: Context, held: Json | None) -> None:
    output, translator = context.output, context.translator
    if held is None:
        output.say(translator.t("cli-memory-not-running"))
        return
    tracked, budget = held["tracked"], held["budget"]
    nothing = tracked["bytes"] == 0 and tracked["unknown"] == 0
    code = "cli-memory-held-none" if nothing else "cli-memory-held"
    output.say(translator.t(code, bytes=size(tracked["bytes"])), style="bold")
    for kind, part in tracked["by_kind"].items():
        name = kind_name(ResourceKind(kind))
        if part["bytes"]:
            output.say("  " + translator.t("cli-memory-held-kind", kind=name, bytes=size(part["bytes"])))
        elif part["unknown"]:
            output.say("  " + translator.t("cli-memory-held-unknown", kind=name))
    amounts = {key: size(budget[f"{key}_bytes"]) for key in ("used", "limit", "peak")}
    output.say(translator.t("cli-memory-budget", **amounts))
    for model in held["models"]:
        output.say(_model(context, model))


def _model(context: Context, model: Json) -> str:
    known = model["size_bytes"] or model["vram_bytes"]
    return context.translator.t(
        "cli-memory-model",
        model=models.title(model["model"]),
        server=SERVER_TITLES[Backend(model["server"])],
        bytes=size(known) if known else "–",
        ours="yes" if model["ours"] else "no",
    )


def _say_released(context: Context, released: list[Json]) -> None:
    output, t = context.output, context.translator.t
    output.say()
    output.say(t("cli-memory-released" if released else "cli-memory-released-none"))
    for one in released:
        when = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(one["at"]))
        output.say(f"{when}  {one['title']} · {one['result']}")
        output.say(f"  {one['text']}")
