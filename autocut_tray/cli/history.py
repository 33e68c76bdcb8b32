"""``history`` and ``replay --history``: what was measured and decided, and what other limits would have changed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from autocut_tray.cli.context import Context
from autocut_tray.cli.files import refuse_to_overwrite
from autocut_tray.cli.moments import parse_span
from autocut_tray.cli.progress import Progress
from autocut_tray.core.clock import SystemClock
from autocut_tray.core.errors import UsageError
from autocut_tray.core.files import write_chosen
from autocut_tray.core.messages import message
from autocut_tray.core.monitor.export import Format, export
from autocut_tray.core.monitor.history import History
from autocut_tray.core.monitor.replay import parse_changes
from autocut_tray.core.monitor.what_if import compare
from autocut_tray.core.monitor.what_if_words import sentences


def export_history(
    context: Context, since: str, until: str, form: str, output: Path | None, *, force: bool
) -> int:
    """Write the history of a span to a file, or print it."""
    first, last = parse_span(since, until, SystemClock().time())
    wanted = _format(context, form, output)
    if output is not None:
        refuse_to_overwrite(output, force=force)
    with stored_history(context) as history:
        data = export(history, first, last, wanted)
    if output is None:
        context.output.raw(data)
        return 0
    write_chosen(output, data)
    if context.output.as_json:
        context.output.document({"file": str(output), "format": wanted.value, "from": first, "to": last})
    else:
        context.output.say(context.translator.t("history-written", file=str(output)))
    return 0


def replay_history(context: Context, since: str, until: str, overrides: list[str]) -> int:
    """Decide the recorded past again: as it was set, and with other limits."""
    changes = parse_changes(overrides)
    first, last = parse_span(since, until, SystemClock().time())
    with (
        stored_history(context) as history,
        Progress(context.output, context.translator.t("what-if-progress")),
    ):
        comparison = compare(history.tape.lines(first, last), changes, first, last)
    if context.output.as_json:
        for change in comparison.would.changes:
            context.output.line(change)
        context.output.line(comparison.to_json())
    else:
        for sentence in sentences(comparison):
            context.output.say(context.translator.text(sentence))
    return 0


def _format(context: Context, form: str, output: Path | None) -> Format:
    """The one that is named, else the one of the file's name."""
    if not form:
        by_name = [one for one in Format if output is not None and output.suffix.lower() == one.suffix]
        return by_name[0] if by_name else Format.JSON if context.output.as_json else Format.CSV
    try:
        return Format(form.lower())
    except ValueError:
        names = ", ".join(one.value for one in Format)
        raise UsageError(
            "no_such_format", message("error-no-such-format", format=form, formats=names)
        ) from None


@contextmanager
def stored_history(context: Context) -> Iterator[History]:
    """What is on disk. Raises StorageError."""
    days = context.settings.current.monitor.retention_days
    history = History(context.paths.metrics_database, SystemClock(), retention_days=days)
    try:
        yield history
    finally:
        history.close()
