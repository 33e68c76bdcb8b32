"""``drill``: proves every way to work, and shows how the control rules would move between them."""

from __future__ import annotations

from autocut_tray.bootstrap import build_services
from autocut_tray.cli.context import Context, Json
from autocut_tray.cli.progress import Progress
from autocut_tray.core.cancel import CancelToken
from autocut_tray.core.drill.words import trying_words
from autocut_tray.core.instance import InstanceBusy, InstanceLock, call_instance
from autocut_tray.documents import drill_document

_MODELS_SECONDS = 600.0
"""How long a running instance may take: a few models, each loaded from a slow disk."""


def run_drill(context: Context) -> int:
    """By the running instance, else by this process; 0 when everything held up, 1 when not."""
    document = _ask(context)
    if context.output.as_json:
        context.output.document(document)
    else:
        _say(context, document)
    return 0 if document["passed"] else 1


def _ask(context: Context) -> Json:
    request = {"command": "drill", "language": context.translator.language}
    with Progress(context.output, context.translator.t("drill-title")) as bar:
        lock = InstanceLock(context.paths.instance_lock)
        if not lock.acquire():
            document = call_instance(context.paths.instance_file, request, timeout=_MODELS_SECONDS)
            if document is None:  # it has just begun, or is just ending
                raise InstanceBusy
            return document
        try:
            return _drill_here(context, bar)
        finally:
            lock.release()


def _drill_here(context: Context, bar: Progress) -> Json:
    services = build_services(
        context.paths, context.settings, context.bus, language=context.translator.language
    )
    try:
        services.detection.detect_now()
        report = services.drill.run(
            CancelToken(),
            lambda state: (
                bar.show(0, None, context.translator.text(trying_words(state.trying)))
                if state.trying
                else None
            ),
        )
    finally:
        services.close()
    return drill_document(report, context.translator)


def _say(context: Context, document: Json) -> None:
    output = context.output
    output.say(document["summary"], style="bold")
    output.say()
    for rung in document["rungs"]:
        style = None if rung["works"] else "bold red"
        output.say(("✓ " if rung["works"] else "✗ ") + rung["text"], style=style)
        for more in (*rung["figures"], *([f"→ {rung['next']}"] if rung["next"] else [])):
            output.say(f"  {more}")
    output.say()
    output.say(context.translator.t("drill-walk"))
    for step in document["walk"]:
        output.say(f"  {step['text']}")
