"""Every failure has words and a next step; figures read as people write them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from autocut_tray.core.assets import asset
from autocut_tray.core.messages import message
from autocut_tray.core.quantities import size
from autocut_tray.core.remedies import words
from autocut_tray.core.remedies.failures import FAILURES, failure
from autocut_tray.core.remedies.progress import Progress, Stage
from tests.remedies.conftest import TRANSLATORS, error_in_words, in_words

MIB, GIB = 2**20, 2**30
PACKAGE = Path(words.__file__).parent
ALL = {
    "server",
    "model",
    "name",
    "host",
    "folder",
    "need",
    "free",
    "lack",
    "holders",
    "seconds",
    "address",
    "variables",
    "value",
}


@pytest.mark.parametrize("code", sorted(FAILURES))
def test_every_failure_has_words_and_a_next_step(code: str) -> None:
    error_in_words(failure(code, **dict.fromkeys(ALL, "X")))


def test_no_text_is_left_over() -> None:
    lines = asset("i18n", "en", "remedies.ftl").read_text("utf-8").splitlines()
    codes = {line.split(" = ")[0] for line in lines if " = " in line}
    failed = {f"error-{code.replace('_', '-')}{end}" for code in FAILURES for end in ("", "-hint")}
    source = "\n".join(file.read_text("utf-8") for file in PACKAGE.glob("*.py"))
    said = set(re.findall(r'"(remedy-[a-z-]+)"', source))
    command_line = {code for code in codes if code.startswith("cli-pull")}
    assert codes == failed | said | command_line


def parts(progress: Progress) -> list[str]:
    return [in_words(said) for said in words.figures(progress)]


def test_figures_of_a_download() -> None:
    done = round(0.87 * GIB)
    running = Progress(Stage.DOWNLOADING, done, round(1.5 * GIB), 24 * MIB, 26.4)
    assert parts(running) == ["0.87 of 1.5 GB", "24 MB/s", "about 26 s left"]
    zh = TRANSLATORS[1]
    assert [zh.text(said).replace("\u00a0", " ") for said in words.figures(running)] == [
        "0.87 / 1.5 GB",
        "24 MB/s",
        "约剩 26 秒",
    ]
    assert parts(Progress(Stage.PREPARING)) == []
    assert parts(Progress(Stage.VERIFYING, GIB, GIB)) == ["1.0 of 1.0 GB"]
    assert parts(Progress(Stage.DOWNLOADING, 12 * GIB, 40 * GIB, 3.24 * MIB)) == [
        "12.0 of 40.0 GB",
        "3.2 MB/s",
    ]
    assert parts(Progress(Stage.DOWNLOADING, 5 * MIB, 600 * MIB, 40_000.0)) == ["5 of 600 MB", "39 KB/s"]


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.2, "1 s"), (59.4, "59 s"), (59.6, "1 min"), (131, "2 min 10 s"), (296, "4 min 55 s"), (299, "5 min"),
     (3541, "59 min"), (3590, "1 h"), (7900, "2 h 12 min")],
)  # fmt: skip
def test_time_left_is_as_coarse_as_it_is_known(seconds: float, text: str) -> None:
    assert parts(Progress(Stage.DOWNLOADING, 0, None, None, seconds)) == [f"about {text} left"]


@pytest.mark.parametrize("stage", list(Stage))
def test_every_stage_has_a_sentence(stage: Stage) -> None:
    progress = Progress(stage, 0, 10, retry_seconds=4.0)
    for said in (words.pull_words(progress, "M"), words.lmstudio_words(progress, "M")):
        assert in_words(said)
    assert "4 s" in in_words(words.pull_words(Progress(Stage.RETRYING, retry_seconds=4.0), "M"))


def test_sizes() -> None:
    assert [size(n).replace("\u00a0", " ") for n in (0, 5 * MIB, GIB, 10 * GIB)] == [
        "0 MB",
        "5 MB",
        "1.0 GB",
        "10.0 GB",
    ]
    assert in_words(message("remedy-freed", freed="1", held="2", seconds="3"))
