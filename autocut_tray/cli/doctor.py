"""``doctor``: everything that support would ask for, and what to do about it."""

from __future__ import annotations

from pathlib import Path

from autocut_tray.cli.context import Context, Json
from autocut_tray.cli.files import refuse_to_overwrite
from autocut_tray.cli.output import to_json
from autocut_tray.cli.progress import Progress
from autocut_tray.core.files import write_chosen
from autocut_tray.diagnosis.checkup import diagnose
from autocut_tray.diagnosis.report import line, to_text
from autocut_tray.diagnosis.surroundings import Surroundings

_STYLES = {"ok": None, "warning": "yellow", "problem": "bold red"}


def run_doctor(context: Context, file: Path | None, *, force: bool) -> int:
    """Check, print what was found, write the report where one is wanted; 0 whatever was found."""
    if file is not None:
        refuse_to_overwrite(file, force=force)
    with Progress(context.output, context.translator.t("doctor-progress")):
        report = diagnose(Surroundings.of(context.paths, context.settings, context.translator))
    if file is not None:
        as_json = context.output.as_json or file.suffix.lower() == ".json"
        text = to_json(report) + "\n" if as_json else to_text(report, context.translator)
        write_chosen(file, text.encode("utf-8", "backslashreplace"))
    if context.output.as_json:
        context.output.document(report)
    else:
        _say(context, report, file)
    return 0


def _say(context: Context, report: Json, file: Path | None) -> None:
    output, t = context.output, context.translator.t
    output.say(report["summary"]["text"], style="bold")
    output.say()
    for check in report["checks"]:
        output.say(line(check, context.translator), style=_STYLES[check["verdict"]])
        if check["next"]:
            output.say(f"    → {check['next']}")
    output.say()
    output.say(t("doctor-more") if file is None else t("doctor-written", file=str(file)))
