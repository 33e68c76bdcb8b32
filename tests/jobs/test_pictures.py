"""Several pictures of a long scene: kept with it, sent together, and still there after a crash."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from autocut_tray.core.analyzers.base import DescribeRequest, DescribeResult
from autocut_tray.core.cancel import CancelToken
from autocut_tray.core.footage import Finished, FurtherFrame, Keyframe, WorkerMessage
from autocut_tray.core.jobs.job import DescribedBy, JobOptions, JobState, ScenePicture, SceneStatus
from autocut_tray.core.jobs.picture_words import picture_words
from autocut_tray.core.jobs.ports import Refusal, RefusalKind
from autocut_tray.core.jobs.run import Outcome, Stop
from autocut_tray.core.jobs.run_unit import REQUEST_COPIES
from autocut_tray.core.jobs.store import JobStore
from autocut_tray.core.memory.budget import BudgetOptions
from autocut_tray.core.messages import message
from autocut_tray.core.policy.governor_types import Tier
from autocut_tray.core.policy.picture_limits import Fewer
from autocut_tray.documents import record_document
from autocut_tray.i18n import Translator
from tests.jobs.fakes import DESCRIPTION, FakeAdmission, FakeAnalyzer, FakeScanner, scene, video
from tests.jobs.test_run import Bench

CLOSED = Refusal(RefusalKind.CLOSED, message("waiting-no-route"))


class Looking(FakeAnalyzer):
    """Says that it looked at ``most`` of the pictures."""

    def __init__(self, most: int = 4) -> None:
        super().__init__()
        self.most = most
        self.seen: dict[int, tuple[bytes, ...]] = {}

    def describe(self, request: DescribeRequest, cancel: CancelToken) -> DescribeResult:
        self.seen[request.scene.id] = request.jpegs
        result = super().describe(request, cancel)
        looked = min(self.most, len(request.jpegs))
        fewer = Fewer.MODEL if looked < len(request.jpegs) else None
        return replace(result, pictures=looked, fewer=fewer)


def long_scan() -> list[WorkerMessage]:
    """Three scenes; the second is long and has three pictures, its key frame in the middle."""
    return [
        video(75),
        scene(1), Keyframe(1, 0.5, 8, 8, b"one"),
        scene(2), FurtherFrame(2, 1, 1.1, 8, 8, b"early"), FurtherFrame(2, 2, 1.9, 8, 8, b"late"),
        Keyframe(2, 1.5, 8, 8, b"best"),
        scene(3), Keyframe(3, 2.5, 8, 8, b"three"),
        Finished(video(75)),
    ]  # fmt: skip


def bench(store: JobStore, tmp_path: Path, analyzer: FakeAnalyzer | None = None) -> Bench:
    return Bench(store, tmp_path / "t", FakeScanner(long_scan()), FakeAdmission(analyzer or Looking()))


def test_all_pictures_of_a_scene_are_kept_and_sent_in_order_of_time(store: JobStore, tmp_path: Path) -> None:
    looking = Looking()
    b = bench(store, tmp_path, looking)
    assert b.make().run() == Outcome(JobState.DONE)
    assert looking.seen == {1: (b"one",), 2: (b"early", b"best", b"late"), 3: (b"three",)}
    first, second, _ = store.scenes(b.job.id)
    assert first.further == () and len(first.pictures) == 1
    assert second.further == (
        ScenePicture(1.1, f"{b.job.id}/2.1.jpg"),
        ScenePicture(1.9, f"{b.job.id}/2.2.jpg"),
    )
    assert [picture.time for picture in second.pictures] == [1.1, 1.5, 1.9]
    assert [(b.folder / p.name).read_bytes() for p in second.pictures] == [b"early", b"best", b"late"]
    assert second.described_by is not None and second.described_by.pictures == 3
    assert store.get(b.job.id).thumbnail == f"{b.job.id}/1.jpg"


def test_fewer_than_there_are_is_noted_in_words(store: JobStore, tmp_path: Path) -> None:
    b = bench(store, tmp_path, Looking(1))
    b.make().run()
    first, second, _ = store.scenes(b.job.id)
    by = second.described_by
    assert by is not None and (by.pictures, by.fewer) == (1, Fewer.MODEL)
    said = picture_words(second)
    assert said is not None and picture_words(first) is None
    assert Translator("en").text(said) == "From 1 of 3 pictures: Moondream 2 looks at one at a time"
    assert "3 张画面中的 1 张" in Translator("zh-CN").text(said)


@pytest.mark.parametrize("fewer", [None, *Fewer])
@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_every_reason_has_words(store: JobStore, tmp_path: Path, fewer: Fewer | None, language: str) -> None:
    b = bench(store, tmp_path)
    b.make().run()
    by = DescribedBy(Tier.CPU, "ollama", "moondream", 1.0, None, 2, fewer)
    said = picture_words(replace(store.scene(b.job.id, 2), described_by=by))
    assert said is not None
    text = Translator(language).text(said)
    assert "2" in text and "3" in text and "{" not in text and "scene-pictures" not in text


def test_documents_have_every_picture(store: JobStore, tmp_path: Path) -> None:
    b = bench(store, tmp_path, Looking(2))
    b.make().run()
    document = record_document(store.scene(b.job.id, 2), b.folder, Translator("en"))
    assert [one["time"] for one in document["keyframes"]] == [1.1, 1.5, 1.9]
    assert document["keyframe"] == 1.5 and document["thumbnail"] == document["keyframes"][1]["thumbnail"]
    assert all(Path(one["thumbnail"]).is_file() for one in document["keyframes"])
    by = document["described_by"]
    assert (by["pictures"], by["fewer_pictures"]) == (2, "model") and "2 of 3" in by["pictures_note"]


def test_a_run_that_was_killed_between_pictures_has_them_all_in_the_end(
    store: JobStore, tmp_path: Path
) -> None:
    looking = Looking()
    b = bench(store, tmp_path, looking)
    run = b.make()
    whole = list(b.scanner.messages)
    b.scanner.messages[5:] = [lambda _: run.stop(Stop.SHUTDOWN)]
    assert run.run() == Outcome(None)
    assert store.scene(b.job.id, 2).further == (), "no scene is described from part of its pictures"
    assert 2 not in looking.seen
    b.scanner.messages = whole
    assert b.make().run() == Outcome(JobState.DONE)
    assert looking.seen[2] == (b"early", b"best", b"late")
    assert sorted(looking.described) == [1, 2, 3], "nothing twice"


def test_a_new_scan_with_fewer_pictures_forgets_the_old_ones(store: JobStore, tmp_path: Path) -> None:
    """One that must be sparing chooses none."""
    b = bench(store, tmp_path)
    b.admission.refusal = CLOSED
    b.finish(b.make().run())
    assert len(store.scene(b.job.id, 2).further) == 2
    store.put_keyframe(b.job.id, Keyframe(2, 1.5, 8, 8, b"best"), f"{b.job.id}/2.jpg")
    assert store.scene(b.job.id, 2).further == ()


def test_described_again_with_all_pictures_by_a_better_model(store: JobStore, tmp_path: Path) -> None:
    b = bench(store, tmp_path, Looking(1))
    b.finish(b.make().run())
    store.want(b.job.id, [2])
    better = Looking()
    b.admission.analyzer = better
    assert b.make().run() == Outcome(JobState.DONE)
    assert better.seen == {2: (b"early", b"best", b"late")}
    by = store.scene(b.job.id, 2).described_by
    assert by is not None and (by.pictures, by.fewer) == (3, None)


def test_a_lost_further_picture_is_done_without(store: JobStore, tmp_path: Path) -> None:
    looking = Looking()
    b = bench(store, tmp_path, looking)
    b.admission.refusal = CLOSED
    b.finish(b.make().run())
    (b.folder / f"{b.job.id}/2.1.jpg").unlink()
    b.admission.refusal = None
    assert b.make().run() == Outcome(JobState.DONE)
    assert looking.seen[2] == (b"best", b"late")
    assert store.scene(b.job.id, 2).status is SceneStatus.DESCRIBED


def test_memory_for_all_of_them_is_reserved(store: JobStore, tmp_path: Path) -> None:
    b = bench(store, tmp_path)
    b.budget.configure(BudgetOptions(limit=1000))
    held: list[int] = []

    def answer(request: DescribeRequest) -> object:
        held.append(b.budget.get_memory_stats().by_stage["descriptions"])
        return DESCRIPTION

    b.admission.analyzer.script = answer  # type: ignore[assignment]
    b.make().run()
    assert max(held) == REQUEST_COPIES * len(b"earlybestlate")


def test_what_would_leave_first_counts_every_picture(store: JobStore, tmp_path: Path) -> None:
    b = bench(store, tmp_path)
    b.admission.refusal = CLOSED
    b.finish(b.make().run())
    assert len(store.waiting_pictures()) == 5
    store.set_options(b.job.id, JobOptions("en", never_cloud=True))
    assert store.waiting_pictures() == []
