"""``doctor``: everything that support would ask for, and what to do about it."""

from __future__ import annotations

from pathlib import Path

from autocut_tray.cli.context import Context, Json
from autocut_tray.cli.output import to_json
from autocut_tray.cli.progress import Progress
from autocut_tray.core.errors import StorageError, UsageError
from autocut_tray.core.files import write_atomic
from autocut_tray.core.messages import message
from autocut_tray.diagnosis.checkup import diagnose
from autocut_tray.diagnosis.report import line, to_text
from autocut_tray.diagnosis.surroundings import Surroundings

_STYLES = {"ok": None, "warning": "yellow", "problem": "bold red"}


def run_doctor(context: Context, file: Path | None, *, force: bool) -> int:
    """Check, print what was found, write the report where one is wanted; 0 whatever was found."""
    if file is not None:
        _refuse_to_overwrite(file, force=force)
    with Progress(context.output, context.translator.t("doctor-progress")):
        report = diagnose(Surroundings.of(context.paths, context.settings, context.translator))
    if file is not None:
        as_json = context.output.as_json or file.suffix.lower() == ".json"
        _write(file, to_json(report) + "\n" if as_json else to_text(report, context.translator))
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


def _refuse_to_overwrite(file: Path, *, force: bool) -> None:
    """Said before the checks, which take a while."""
    if file.is_dir():
        raise UsageError("file_unwritable", message("error-file-unwritable", file=str(file), reason="folder"))
    if not file.parent.is_dir():
        reason = str(file.parent)
        raise UsageError("file_unwritable", message("error-file-unwritable", file=file.name, reason=reason))
    if not force and file.is_symlink() | file.exists():
        raise UsageError(
            "file_exists", message("error-file-exists", file=str(file)), message("error-file-exists-hint")
        )


def _write(file: Path, text: str) -> None:
    try:
        write_atomic(file, text.encode("utf-8", "backslashreplace"))
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise StorageError(
            "file_unwritable", message("error-file-unwritable", file=str(file), reason=reason)
        ) from error
