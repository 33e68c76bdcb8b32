"""Sound and subtitles of a job's scenes: stored, kept over restarts, and in the databases of earlier versions."""

from __future__ import annotations

import json
import sqlite3
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from autocut_tray.core.analyzers.base import DescribeRequest, Description
from autocut_tray.core.cancel import CancelToken
from autocut_tray.core.database import Database, Schema
from autocut_tray.core.errors import InputError
from autocut_tray.core.footage import (
    Finished,
    SceneSound,
    SceneWords,
    Sound,
    SoundProblem,
    SoundTrack,
    SubtitleProblem,
    Subtitles,
    SubtitleSource,
)
from autocut_tray.core.jobs.job import JobOptions, JobState, SceneChanged, SceneStatus
from autocut_tray.core.jobs.records import video_from_json, video_to_json
from autocut_tray.core.jobs.run import Outcome
from autocut_tray.core.jobs.store import SCHEMA, JobStore
from autocut_tray.documents import analysis_document
from autocut_tray.i18n import Translator
from tests.fakes import FakeClock
from tests.jobs.fakes import DESCRIPTION, FakeAnalyzer, scene, video
from tests.jobs.test_run import Bench, bench

LOUD = Sound(-23.4, 0.125, 0.8)
QUIET = Sound(None, 1.0, None)


def heard(b: Bench, *sounds: Sound | SoundProblem, words: dict[int, str] | None = None) -> None:
    """Lets the scanner say these before the end."""
    said = [SceneSound(n, sound) for n, sound in enumerate(sounds, start=1)]
    b.scanner.messages[-1:-1] = [*said, *(SceneWords(n, text) for n, text in (words or {}).items())]


def test_sound_and_words_are_stored_and_told(store: JobStore, tmp_path: Path) -> None:
    b = bench(store, tmp_path, scenes=3)
    heard(b, LOUD, QUIET, SoundProblem.DAMAGED, words={2: "Look\n看"})
    assert b.make().run() == Outcome(JobState.DONE)
    records = store.scenes(b.job.id)
    assert [record.sound for record in records] == [LOUD, QUIET, SoundProblem.DAMAGED]
    assert [record.subtitles for record in records] == [None, "Look\n看", None]
    assert [record.status for record in records] == [SceneStatus.DESCRIBED] * 3
    last = {event.record.scene.id: event.record for event in b.events if isinstance(event, SceneChanged)}
    assert list(last.values()) == records
    document = analysis_document(store.get(b.job.id), records, None, tmp_path, Translator("en"))["scenes"]
    assert document[0]["audio"] == {"loudness_lufs": -23.4, "silence_ratio": 0.125, "speech_like_ratio": 0.8}
    assert document[1]["audio"] == {"loudness_lufs": None, "silence_ratio": 1.0, "speech_like_ratio": None}
    assert (document[2]["audio"], document[2]["audio_note"]) == (
        None,
        "The sound is not measured: it is damaged.",
    )
    assert [one["subtitles"] for one in document] == [None, "Look\n看", None]


def test_a_video_without_sound_has_null(store: JobStore, tmp_path: Path) -> None:
    b = bench(store, tmp_path, scenes=1)
    b.make().run()
    (one,) = analysis_document(store.get(b.job.id), store.scenes(b.job.id), None, tmp_path, Translator("en"))[
        "scenes"
    ]
    assert (one["audio"], one["audio_note"], one["subtitles"]) == (None, None, None)


def test_sound_that_comes_while_a_scene_is_described(store: JobStore, tmp_path: Path) -> None:
    """Neither writer may undo the other, and nothing is described twice."""
    describing, heard_it = threading.Event(), threading.Event()

    def slow(_: DescribeRequest) -> Description:
        describing.set()
        assert heard_it.wait(10)
        return DESCRIPTION

    b = bench(store, tmp_path, scenes=2, analyzer=FakeAnalyzer(slow))

    def wait_for_description(_: CancelToken) -> None:
        assert describing.wait(10)

    heard(b, LOUD, LOUD)
    b.scanner.messages.insert(3, wait_for_description)
    run = b.make()
    publish = b.events.append

    def watch(event: object) -> None:
        publish(event)
        if isinstance(event, SceneChanged) and event.record.sound is not None:
            heard_it.set()

    run._board.publish = watch
    assert run.run() == Outcome(JobState.DONE)
    assert [(r.sound, r.status) for r in store.scenes(b.job.id)] == [(LOUD, SceneStatus.DESCRIBED)] * 2
    assert sorted(b.admission.analyzer.described) == [1, 2]
    assert run._board.scenes == {r.scene.id: r for r in store.scenes(b.job.id)}


def test_words_of_a_file_that_is_gone_go_with_the_next_reading(store: JobStore, tmp_path: Path) -> None:
    b = bench(store, tmp_path, scenes=2)
    heard(b, words={1: "old", 2: "old"})
    b.scanner.messages[-1] = Finished(video(50), damaged_at=2.0)
    assert b.make().run().state is JobState.FAILED
    b.scanner.messages = [
        *(m for m in b.scanner.messages[:-1] if not isinstance(m, SceneWords)),
        Finished(video(50)),
    ]
    heard(b, words={2: "new"})
    b.finish(Outcome(JobState.FAILED))
    assert b.make().run() == Outcome(JobState.DONE)
    assert [record.subtitles for record in store.scenes(b.job.id)] == [None, "new"]


def test_what_was_heard_before_reading_broke_off_is_kept(store: JobStore, tmp_path: Path) -> None:
    def crash(_: CancelToken) -> None:
        raise InputError("hung")

    b = bench(store, tmp_path, scenes=2)
    heard(b, LOUD)
    b.scanner.messages[-1] = crash
    b.make().run()
    assert [record.sound for record in store.scenes(b.job.id)] == [LOUD, None]


def test_subtitles_are_wanted_in_the_language_of_the_job(store: JobStore, tmp_path: Path) -> None:
    b = bench(store, tmp_path, scenes=1)
    b.make(JobOptions("zh-CN")).run()
    assert b.scanner.options[0].language == "zh-CN"


def test_the_facts_of_a_video_survive_storage() -> None:
    known = replace(
        video(),
        sound=SoundTrack("aac", 2, 48_000, 2, 3, "en"),
        subtitles=Subtitles(SubtitleSource.SIDECAR, "srt", "zh-Hans", 2, SubtitleProblem.ENCODING),
    )
    for one in (known, video(), replace(known, subtitles=Subtitles(None, None, None, 1))):
        stored = json.loads(json.dumps(video_to_json(one)))
        assert video_from_json(stored) == one
    assert video_to_json(known)["audio"]["channels"] == 2
    assert video_to_json(known)["subtitles"]["source"] == "sidecar"


@pytest.fixture
def old_file(tmp_path: Path) -> Path:
    """A database of the first version, with a finished job of two scenes."""
    file = tmp_path / "old.db"
    database = Database(file, Schema(SCHEMA.migrations[:1]), durable=True)
    facts = {key: value for key, value in video_to_json(video()).items() if key not in ("audio", "subtitles")}
    options = '{"language":"en","never_cloud":false,"force":null,"max_scenes":null}'
    with database.transaction() as db:
        db.execute(
            "INSERT INTO jobs "
            "(id, path, content_key, state, options, created, updated, position, video, scan_complete) "
            "VALUES ('j', x'2f61', 'k', 'done', ?, 1, 2, 1, ?, 1)",
            (options, json.dumps(facts)),
        )
        for number in (1, 2):
            db.execute(
                "INSERT INTO scenes (job_id, scene, start_frame, end_frame, start_s, end_s, transition, status) "
                "VALUES ('j', ?, ?, ?, ?, ?, 'cut', 'left_out')",
                (number, number * 25 - 25, number * 25, number - 1.0, float(number)),
            )
    database.close()
    with sqlite3.connect(file) as raw:
        assert raw.execute("PRAGMA user_version").fetchone() == (1,)
    raw.close()
    return file


def test_an_old_database_is_brought_up_to_date(old_file: Path) -> None:
    opened = JobStore(old_file, FakeClock())
    try:
        job = opened.get("j")
        assert job.state is JobState.DONE and job.scenes_found == 2
        assert job.video == video()
        assert [(r.sound, r.subtitles) for r in opened.scenes("j")] == [(None, None)] * 2
        opened.put_heard("j", [SceneSound(2, LOUD)])
        opened.put_words("j", [SceneWords(1, "said")], anew=True)
        assert [(r.sound, r.subtitles) for r in opened.scenes("j")] == [(None, "said"), (LOUD, None)]
        assert opened.put_scene("j", scene(3)).sound is None
        assert opened.problem is None
    finally:
        opened.close()
    with sqlite3.connect(old_file) as raw:
        assert raw.execute("PRAGMA user_version").fetchone() == (SCHEMA.version,)
    raw.close()
