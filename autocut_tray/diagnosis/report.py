"""The findings as a JSON document, and that document as text."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from autocut_tray import __version__
from autocut_tray.core.redact import Redactor
from autocut_tray.diagnosis.finding import Checked, Excerpt, Json, Verdict
from autocut_tray.i18n import Translator

SCHEMA = 1
_READ = 64 * 1024
"""Characters of an excerpt that are looked at."""


def document(made: Sequence[Checked], translator: Translator, redactor: Redactor, at: float) -> Json:
    """Everything that came from outside passes the redactor; titles and names are ours."""
    counts = Counter(checked.finding.verdict for checked in made)
    checks = [_check(checked, translator, redactor) for checked in made]
    return {
        "schema": SCHEMA,
        "app": __version__,
        "at": round(at, 3),
        "summary": {
            **{verdict.value: counts[verdict] for verdict in Verdict},
            "text": translator.t(
                "doctor-summary",
                problems=counts[Verdict.PROBLEM],
                warnings=counts[Verdict.WARNING],
                fine=str(counts[Verdict.OK]),
                all=str(len(made)),
            ),
        },
        "checks": checks,
    }


def _check(checked: Checked, translator: Translator, redactor: Redactor) -> Json:
    finding = checked.finding
    return {
        "name": checked.name,
        "title": translator.t(f"doctor-check-{checked.name}"),
        "verdict": finding.verdict.value,
        "text": redactor.text(translator.text(finding.said)),
        "next": redactor.text(translator.text(finding.advice)) if finding.advice else None,
        "seconds": round(checked.seconds, 3),
        "facts": _redacted(finding.facts, redactor),
    }


def _redacted(value: Any, redactor: Redactor) -> Any:
    """Every text in nested facts without what nobody else should read; their keys are ours and stay."""
    if isinstance(value, str):
        return redactor.text(value)
    if isinstance(value, Excerpt):
        shown = redactor.text(value.text[:_READ])
        return shown if len(shown) <= value.most else shown[: value.most] + "…"
    if isinstance(value, Mapping):
        return {key: _redacted(item, redactor) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_redacted(item, redactor) for item in value]
    return value


def to_text(report: Json, translator: Translator) -> str:
    """The report for a person or a form field: what matters first, every fact below."""
    t = translator.t
    when = time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(report["at"]))
    lines = [t("doctor-title", version=report["app"], when=when), report["summary"]["text"], ""]
    for check in report["checks"]:
        lines.append(line(check, translator))
        if check["next"]:
            lines.append(f"    → {check['next']}")
    for check in report["checks"]:
        if check["facts"]:
            lines += ["", f"== {check['title']} =="]
            lines += _facts(check["facts"], "")
    return "\n".join(_plain(shown) for shown in lines) + "\n"


def line(check: Json, translator: Translator) -> str:
    """A check of the report in one line."""
    verdict = translator.t(f"doctor-verdict-{check['verdict']}")
    return translator.t("doctor-line", verdict=verdict, title=check["title"], text=check["text"])


def _facts(value: Any, indent: str) -> Iterator[str]:
    """Nested facts, one a line; what is empty or unknown is said as such."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            if _nested(item):
                yield f"{indent}{key}:"
                yield from _facts(item, indent + "  ")
            else:
                yield f"{indent}{key}: {_scalar(item)}"
    else:
        for item in value:
            if isinstance(item, Mapping) and item:
                first, *rest = _facts(item, "")
                yield f"{indent}- {first}"
                yield from (f"{indent}  {more}" for more in rest)
            else:
                yield f"{indent}- {_scalar(item)}" if indent else str(item)


def _nested(value: Any) -> bool:
    return isinstance(value, Mapping | list) and bool(value)


def _scalar(value: Any) -> str:
    if value is None:
        return "?"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping | list) or value == "":
        return "-"
    return str(value)


def _plain(line: str) -> str:
    """Control characters and bytes that are no text are written escaped: a report is read in anything."""
    shown = "".join(c if c.isprintable() or c == "\u00a0" else ascii(c)[1:-1] for c in line)
    return shown.encode("utf-8", "backslashreplace").decode("utf-8")
