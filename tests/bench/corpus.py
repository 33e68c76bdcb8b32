"""How well scenes are found in the corpus of videos with known cuts, beside PySceneDetect's detectors."""

from __future__ import annotations

from pathlib import Path

from autocut_tray.core.errors import InputError
from autocut_tray.core.footage import ScanMode
from autocut_tray.core.media.options import ScanOptions
from tests.bench.plan import Plan
from tests.bench.rows import Budget, Row
from tests.media import score_corpus
from tests.media.score_corpus import Detect, Score

F1 = 0.97
FAST_F1 = 0.95
GRADUAL = 0.80
GRADUAL_PRECISION = 0.95
PEERS = ("adaptive", "content")


def measure(plan: Plan) -> list[Row]:
    """Hard cuts within 2 frames; a gradual transition counts once, anywhere inside it."""
    folder = plan.corpus
    if not (folder / "manifest.json").exists():
        return [Row("corpus/F1", None, note="the corpus is not here (AUTOCUT_CORPUS)")]
    ours = _scores(folder, score_corpus.boundaries)
    known = sum(one.gradual_known for one in ours)
    found = sum(one.gradual_found for one in ours)
    rows = [
        Row("corpus/F1 on hard cuts", score_corpus.f1(ours), "", Budget(F1, at_least=True), _note(ours)),
        Row(
            "corpus/gradual transitions found",
            found / max(1, known),
            "",
            Budget(GRADUAL, at_least=True),
            f"{found} of {known}",
        ),
        Row(
            "corpus/precision of gradual transitions",
            score_corpus.gradual_precision(ours),
            "",
            Budget(GRADUAL_PRECISION, at_least=True),
            f"{sum(one.gradual_false for one in ours)} false",
        ),
    ]
    fast = _scores(folder, lambda path: score_corpus.boundaries(path, ScanOptions(mode=ScanMode.FAST)))
    rows.append(
        Row(
            "corpus/F1 on hard cuts, fast",
            score_corpus.f1(fast),
            "",
            Budget(FAST_F1, at_least=True),
            _note(fast),
        )
    )
    for kind in () if plan.quick else PEERS:
        theirs = _scores(folder, score_corpus.peer(kind))
        value = score_corpus.f1(theirs)
        budget = Budget(value, at_least=True)
        rows.append(
            Row(f"corpus/F1, PySceneDetect {kind}", score_corpus.f1(ours), "", budget, "theirs is the budget")
        )
    return rows


def _scores(folder: Path, detect: Detect) -> list[Score]:
    scores = []
    for truth in score_corpus.read_truths(folder):
        try:
            scores.append(score_corpus.score(truth, detect(folder / truth.file)))
        except InputError:
            continue  # a file that the product refuses has no score; its tests say which
    return scores


def _note(scores: list[Score]) -> str:
    hits = sum(one.hits for one in scores)
    false, missed = sum(len(one.false) for one in scores), sum(len(one.missed) for one in scores)
    return f"{len(scores)} files: found {hits}, false {false}, missed {missed}"
