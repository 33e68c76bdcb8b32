"""What people read about each machine, compared with the files under ``texts/``; see README.md."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from autocut_tray.core.policy.explain import explain
from autocut_tray.core.policy.figures import NOTHING_MEASURED, Figures
from autocut_tray.core.policy.policy import Provider
from autocut_tray.core.policy.policy_json import to_json
from autocut_tray.core.policy.resolver import CloudAccess, Wishes, resolve
from autocut_tray.core.runtime.explain import Row
from autocut_tray.core.runtime.profile import RuntimeProfile
from autocut_tray.i18n import LANGUAGES, Translator
from tests.golden.machines import MACHINES, MEASURED, REMOTE_YES

TEXTS = Path(__file__).parent / "texts"
_ALLOWED = CloudAccess(has_key=True, pictures=True, texts=True)
OPEN = Wishes(openai=_ALLOWED, deepseek=_ALLOWED, remote_consent=REMOTE_YES)
PLAN_HERE = Wishes(planning_provider=Provider.LOCAL)

CASES: dict[str, tuple[RuntimeProfile, Wishes, Figures]] = {
    **{name: (profile, Wishes(), NOTHING_MEASURED) for name, profile in MACHINES.items()},
    "cpu-bare-cloud": (MACHINES["cpu-bare"], OPEN, NOTHING_MEASURED),
    "mid-ready-cloud": (MACHINES["mid-ready"], OPEN, NOTHING_MEASURED),
    "mid-llava-plan-here": (MACHINES["mid-llava"], PLAN_HERE, NOTHING_MEASURED),
    "low-ready-plan-here": (MACHINES["low-ready"], PLAN_HERE, NOTHING_MEASURED),
    "remote-allowed": (MACHINES["remote"], OPEN, NOTHING_MEASURED),
    **{f"{name}-measured": (MACHINES[name], Wishes(), figures) for name, figures in MEASURED.items()},
    "cpu-bare-cloud-measured": (MACHINES["cpu-bare"], OPEN, MEASURED["cpu-bare"]),
    "remote-allowed-measured": (MACHINES["remote"], OPEN, MEASURED["remote"]),
}


def render(profile: RuntimeProfile, wishes: Wishes, figures: Figures, language: str) -> str:
    """Everything that is said about one machine, as one text."""
    translator = Translator(language)
    policy = resolve(profile, wishes, figures)
    explanation = explain(profile, policy, figures)

    def lines(rows: tuple[Row, ...]) -> list[str]:
        return [
            f"{translator.text(row.label)} | {translator.text(row.value)} | {row.detail(translator.text)}"
            for row in rows
        ]

    recommendations = [
        f"{translator.text(act.text)} | {translator.text(act.reason)} | "
        + (f"{act.action.kind.value} {act.action.argument or ''}".strip() if act.action else "-")
        for act in policy.recommendations
    ]
    parts = [
        translator.text(explanation.title),
        translator.text(explanation.subtitle),
        translator.text(explanation.caption),
        "",
        *lines(explanation.found),
        "",
        *lines(explanation.how),
        "",
        *(translator.text(sentence) for sentence in explanation.sentences),
        "",
        *(recommendations or ["-"]),
        "",
        json.dumps(to_json(policy, translator.text), ensure_ascii=False, indent=1),
    ]
    return "\n".join(parts) + "\n"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", CASES)
def test_text_is_as_agreed(name: str, language: str) -> None:
    text = render(*CASES[name], language)
    path = TEXTS / f"{name}.{language}.txt"
    if os.environ.get("AUTOCUT_UPDATE_GOLDEN") == "1":
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8", newline="\n")
    assert path.read_text("utf-8") == text


def test_no_file_is_left_over() -> None:
    expected = {f"{name}.{language}.txt" for name in CASES for language in LANGUAGES}
    assert {path.name for path in TEXTS.glob("*.txt")} == expected
