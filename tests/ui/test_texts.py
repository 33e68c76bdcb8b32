"""Every text the window asks for exists in both languages, and every catalogue of the window is asked for."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from fluent.syntax import parse
from fluent.syntax.ast import Message as FluentMessage

import autocut_tray
from autocut_tray.core.alert import AlertKind
from autocut_tray.core.egress.consent import EgressRefusal, Purpose
from autocut_tray.core.jobs.job import SceneStatus
from autocut_tray.core.jobs.ways import Turn
from autocut_tray.core.monitor.history import Metric
from autocut_tray.core.policy.governor_types import Cause, Tier
from autocut_tray.core.policy.governor_types import Metric as Measured
from autocut_tray.core.policy.policy import ActionKind
from autocut_tray.core.settings.presets import PRESETS
from autocut_tray.i18n import LANGUAGES
from autocut_tray.ui.job_export import FORMATS
from autocut_tray.ui.job_words import JobAction
from autocut_tray.ui.models.event_rows import COLUMNS
from autocut_tray.ui.pages.events import KINDS
from autocut_tray.ui.pages.monitor import METRICS, RANGES
from autocut_tray.ui.setting_fields import Control, sections
from autocut_tray.ui.tray_words import Entry
from autocut_tray.ui.widgets.sidebar import PAGES

PACKAGE = Path(autocut_tray.__file__).parent
_CODE = re.compile(r'"((?:ui|setting|tier|error)-[A-Za-z0-9-]+)"')


def texts(language: str) -> dict[str, str]:
    """All ids of one language with their source."""
    found: dict[str, str] = {}
    for path in sorted((PACKAGE / "resources" / "i18n" / language).glob("*.ftl")):
        resource = parse(path.read_text("utf-8"))
        for entry in resource.body:
            if isinstance(entry, FluentMessage):
                assert entry.id.name not in found, entry.id.name
                start, end = entry.span.start, entry.span.end
                found[entry.id.name] = path.read_text("utf-8")[start:end]
    return found


def wanted() -> set[str]:
    codes: set[str] = set()
    shared = ("receipt_words.py", "phrases.py", "core/policy/receipt_words.py", "core/quantities.py")
    beside = [PACKAGE / name for name in shared]  # which the command line and reports use, too
    for path in (*(PACKAGE / "ui").rglob("*.py"), *beside):
        codes |= set(_CODE.findall(path.read_text("utf-8")))
    codes |= {f"ui-page-{name}" for name in PAGES}
    codes |= {f"ui-range-{key}" for key in RANGES}
    codes |= {f"ui-metric-{metric.value}" for metric in METRICS}
    codes |= {f"ui-cause-{cause.value.replace('_', '-')}" for cause in Cause}
    codes |= {f"ui-measured-{metric.value.replace('_', '-')}" for metric in Measured}
    codes |= {f"ui-act-{kind.value.replace('_', '-')}" for kind in ActionKind}
    codes |= {f"ui-event-column-{name}" for name in COLUMNS}
    codes |= {f"ui-events-{kind}" for kind in KINDS} | {f"ui-event-{kind}" for kind in KINDS if kind != "all"}
    codes |= {f"ui-export-{name}" for name in FORMATS}
    codes |= {f"ui-job-action-{action.value}" for action in JobAction}
    codes |= {f"ui-jobs-{group}" for group in ("running", "waiting", "finished")}
    codes |= {f"ui-scene-{status.value.replace('_', '-')}" for status in SceneStatus}
    codes |= {f"ui-cause-alert-{kind.value}" for kind in AlertKind}
    codes |= {f"ui-cause-{turn.value.replace('_', '-')}" for turn in Turn}
    codes |= {f"ui-measured-{kind.metric.replace('_', '-')}" for kind in AlertKind}
    codes |= {f"ui-settings-preset-{preset}{s}" for preset in PRESETS for s in ("", "-help")}
    codes |= {f"ui-receipt-memory-{level}" for level in ("ok", "warn", "emergency")}
    codes |= {f"ui-receipt-key-{key}" for key in ("measured", "limit", "before", "after", "ended")}
    codes |= {f"ui-scene-key-{k}" for k in ["subjects", "action", "shot", "camera", "mood", "quality", "by"]}
    codes |= {"ui-scene-key-loudness", "ui-scene-key-subtitles"}
    codes |= {f"ui-overview-now-{t}{s}" for t in ("cpu", "cloud", "paused") for s in ("", "-sub")}
    codes |= {f"ui-tray-{entry.value}" for entry in Entry if entry is not Entry.LINE}
    codes |= {f"ui-tray-tier-{tier.value}" for tier in Tier} | {f"tier-{tier.value}" for tier in Tier}
    refusals = set(EgressRefusal) - {EgressRefusal.NEVER_CLOUD}
    codes |= {f"ui-cloud-{why.value.replace('_', '-')}" for why in refusals}
    codes |= {f"ui-cloud-place-{purpose.value}" for purpose in Purpose}
    for name, fields in sections():
        codes.add(f"ui-settings-{name}")
        for field in fields:
            codes |= {field.code, f"{field.code}-help"}
            if field.unit in ("s", "d", "usd"):
                codes.add(f"ui-unit-{field.unit}")
            if field.control is Control.CHOICE:
                codes |= {field.choice_code(value) for value in field.choices}
    # Names of threads and environments that look like codes.
    return codes - {"ui-work"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_wanted_text_exists(language: str) -> None:
    assert not sorted(wanted() - texts(language).keys())


def test_no_text_of_the_window_is_unused() -> None:
    folder = PACKAGE / "resources" / "i18n" / "en"
    own = {
        entry.id.name
        for path in folder.glob("ui*.ftl")
        for entry in parse(path.read_text("utf-8")).body
        if isinstance(entry, FluentMessage)
    }
    assert not sorted(own - wanted() - {"ui-measured-failure-rate"})


def test_both_languages_have_the_same_texts_with_the_same_variables() -> None:
    english, chinese = texts("en"), texts("zh-CN")
    own = {code for code in english if code.startswith(("ui-", "setting-"))}
    assert own == {code for code in chinese if code.startswith(("ui-", "setting-"))}
    for code in own:
        variables = [set(re.findall(r"\$([a-z_]+)", source[code])) for source in (english, chinese)]
        assert variables[0] == variables[1], code


def test_chinese_is_set_as_chinese() -> None:
    """Full-width punctuation between Han, a space between Han and Latin letters, none before %, 你 not 您."""
    for code, source in texts("zh-CN").items():
        if not code.startswith(("ui-", "setting-")):
            continue
        words = re.sub(r"\{[^{}]*\}", "0", source.split("=", 1)[1]).strip()
        assert not re.search(r"[\u4e00-\u9fff][,;:?!]", words), code
        assert not re.search(r"[\u4e00-\u9fff][A-Za-z]|[A-Za-z][\u4e00-\u9fff]", words), code
        assert "您" not in words and " %" not in words, code


def test_english_voice() -> None:
    for code, source in texts("en").items():
        if code.startswith(("ui-", "setting-")):
            words = source.split("=", 1)[1].lower()
            assert "!" not in words, code
            assert not re.search(r"\b(please|oops|successfully|your system)\b", words), code


def test_history_metrics_of_the_page_are_kept() -> None:
    assert set(METRICS) <= set(Metric)
