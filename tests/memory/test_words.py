"""What was given back, in words of both languages."""

from __future__ import annotations

from dataclasses import replace

import pytest

from autocut_tray.core.memory.words import kind_name, result, title, why
from autocut_tray.core.release import ReleaseCause, ReleaseOutcome, ReleaseRecord, ResourceKind
from autocut_tray.i18n import LANGUAGES, Translator
from tests.memory.releases import release

GIB = 2**30


def said(language: str, *messages: object) -> list[str]:
    translator = Translator(language)
    return [translator.text(one).replace("\xa0", " ") for one in messages]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("freed", "outcome", "english"),
    [
        (2 * GIB, ReleaseOutcome.RELEASED, ["2.0 GB given back", "2.0 GB of 2.0 GB in 0.8 s"]),
        (GIB, ReleaseOutcome.PARTLY, ["1.0 GB given back", "1.0 GB of 2.0 GB in 0.8 s"]),
        (0, ReleaseOutcome.KEPT, ["Nothing came back", "0 MB of 2.0 GB in 0.8 s"]),
        (-GIB, ReleaseOutcome.KEPT, ["Nothing came back", "0 MB of 2.0 GB in 0.8 s"]),
        (None, ReleaseOutcome.UNMEASURED, ["Memory given back", "not measured, 0.8 s"]),
    ],
)
def test_unknown_is_not_nothing(freed: int | None, outcome: ReleaseOutcome, english: list[str]) -> None:
    report = release(0.0, freed, outcome)
    assert said("en", title(report), result(report)) == english


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_cause_and_kind_has_words(language: str) -> None:
    causes = [why(replace(release(0.0, GIB), cause=cause)) for cause in ReleaseCause]
    texts = said(language, *causes, *(kind_name(kind) for kind in ResourceKind))
    assert len(set(texts)) == len(texts) and not any(text.startswith("release-") for text in texts)


def test_three_things_are_named_the_largest_first_and_each_once() -> None:
    def record(kind: ResourceKind, size: int | None, name: str = "x") -> ReleaseRecord:
        return ReleaseRecord(kind, name, size, size, ReleaseOutcome.RELEASED)

    report = replace(
        release(0.0, GIB),
        records=(
            record(ResourceKind.TEMP_BUFFERS, 5),
            record(ResourceKind.RENDER_CACHE, 10),
            record(ResourceKind.RENDER_CACHE, 9, "others"),
            record(ResourceKind.MODEL_SHARDS, GIB, "llava-phi3"),
        ),
    )
    (text,) = said("en", why(report))
    assert text == (
        "Memory was short: LLaVA-Phi-3 on the graphics card, pictures on the screen, pictures on their way."
    )
    more = replace(report, records=(*report.records, record(ResourceKind.AUDIO_CACHE, None)))
    assert said("en", why(more))[0].endswith("pictures on their way and 1 more.")
    assert said("zh-CN", why(more))[0].endswith("传送中的图片以及另外 1 项。")
