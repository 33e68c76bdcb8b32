"""``memory-demo``: what the program does about memory, shown with memory that is really taken."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from autocut_tray.cli.context import Context, Json
from autocut_tray.core.clock import SystemClock
from autocut_tray.core.errors import UsageError
from autocut_tray.core.memory.demo import Say, show_creation
from autocut_tray.core.memory.demo_pressure import show_pressure
from autocut_tray.core.memory.policies import LazyPolicies, PolicyTable
from autocut_tray.core.messages import Message, message

_DEMOS: Mapping[str, Callable[[PolicyTable, SystemClock, Say], Json]] = {
    "creation": show_creation,
    "pressure": show_pressure,
}
DEMOS = ("all", *_DEMOS)


def run_memory_demo(context: Context, demo: str) -> int:
    """0 when everything happened as it should, else 1."""
    if demo not in DEMOS:
        raise UsageError("no_such_demo", message("error-no-such-demo", demo=demo, demos=", ".join(DEMOS)))
    output, text = context.output, context.translator.text
    rules = LazyPolicies(context.paths.release_policies_file)
    for problem in rules.problems:
        output.note(text(problem))
    chosen = _DEMOS if demo == "all" else {demo: _DEMOS[demo]}
    document: Json = {"demo": demo, "creation": None, "pressure": None}
    for name, show in chosen.items():
        _heading(context, name)
        document[name] = show(rules.table, SystemClock(), lambda said: _say(context, said))
    document["ok"] = all(document[name]["ok"] for name in chosen)
    if output.as_json:
        output.document(document)
    return 0 if document["ok"] else 1


def _heading(context: Context, name: str) -> None:
    heading = context.translator.t(f"memory-demo-{name}")
    if context.output.as_json:
        context.output.note(heading)
    else:
        context.output.say(heading, style="bold")


def _say(context: Context, said: Message) -> None:
    """A step: on stdout for people, as progress where a document was asked for."""
    line = "  " + context.translator.text(said)
    if context.output.as_json:
        context.output.note(line)
    else:
        context.output.say(line)
