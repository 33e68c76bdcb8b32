"""A job of the store as a file: what is refused, what is written, and that nothing else is touched."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import pytest

from autocut_tray.core.errors import AutoCutError, InputError, StorageError, UsageError
from autocut_tray.core.files import write_document
from autocut_tray.core.footage import Scene, Transition, Video
from autocut_tray.core.jobs import export
from autocut_tray.core.jobs.export import Exported, Exporter, ExportRequest
from autocut_tray.core.jobs.job import DescribedBy, Job, JobError, JobOptions, JobState
from autocut_tray.core.jobs.picks import Choice, parse_choices
from autocut_tray.core.jobs.store import JobStore
from autocut_tray.core.media.gate import content_key
from autocut_tray.core.messages import message
from autocut_tray.core.policy.governor_types import Tier
from autocut_tray.core.timeline import formats, otio
from autocut_tray.core.timeline.formats import SUFFIXES, WRITTEN, Format
from autocut_tray.core.timeline.sheet import Sheet
from tests.fakes import FakeClock
from tests.jobs.fakes import DESCRIPTION

NTSC = Fraction(30000, 1001)
links = pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[JobStore]:
    made = JobStore(tmp_path / "app.db", FakeClock())
    yield made
    made.close()


@pytest.fixture
def out(tmp_path: Path) -> Path:
    folder = tmp_path / "out"
    folder.mkdir()
    return folder


def make_job(store: JobStore, folder: Path, name: str = "beach.mov", scenes: int = 4) -> Job:
    """A done job on a file that is there; every second scene is described."""
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_bytes(name.encode("utf-8", "surrogateescape") * 50)
    job = store.create(str(path), content_key(str(path)), JobOptions("en"))
    store.start(job.id)
    frames = scenes * 90
    video = Video(
        str(path), "mov", "h264", 1920, 1080, 0, NTSC, False, frames, frames / 29.97, "01:00:00;00", True
    )
    for n in range(scenes):
        kind = Transition.CUT if n else Transition.START
        scene = Scene(n + 1, n * 90, n * 90 + 90, n * 3.003, n * 3.003 + 3.003, kind)
        store.put_scene(job.id, scene)
        if n % 2 == 0:
            store.put_description(
                job.id, scene, DESCRIPTION, DescribedBy(Tier.CPU, "ollama", "moondream", 2.0)
            )
    store.set_video(job.id, video, scan_complete=True)
    return store.finish(job.id, JobState.DONE)


@pytest.fixture
def job(store: JobStore, tmp_path: Path) -> Job:
    return make_job(store, tmp_path / "footage")


def no_sheet(sheet: Sheet) -> bytes:
    raise AssertionError("nothing to draw")


@pytest.fixture
def run(store: JobStore, job: Job, out: Path) -> Callable[..., Exported]:
    def call(kind: Format = Format.OTIO, target: Path = out / "cut.otio", **other: object) -> Exported:
        request = ExportRequest(**{"job_id": job.id, "kind": kind, "target": target, **other})  # type: ignore[arg-type]
        return Exporter(store, out, no_sheet).export(request)

    return call


@pytest.mark.parametrize("kind", WRITTEN)
def test_every_format_is_written_and_proven(run: Callable[..., Exported], out: Path, kind: Format) -> None:
    target = out / f"cut{SUFFIXES[kind]}"
    done = run(kind, target)
    assert (done.path, done.clips, done.rate, done.seconds) == (target, 4, NTSC, Fraction(360) / NTSC)
    assert target.stat().st_size == done.size and [p.name for p in out.iterdir()] == [target.name]
    assert done.findings == ()


def test_chosen_scenes_in_the_order_they_are_named(run: Callable[..., Exported], out: Path) -> None:
    chosen = (Choice(3), Choice(1, Fraction(1), Fraction(1, 2)), Choice(3))
    run(choices=chosen)
    read = otio.read((out / "cut.otio").read_bytes(), NTSC)
    start = 107_892
    spans = [(one.source_in - start, one.source_out - start) for one in read.clips]  # type: ignore[operator]
    assert spans == [(180, 270), (30, 75), (180, 270)]
    assert [one.note for one in read.clips] == ["A red lamp"] * 3
    assert read.clips[0].markers == ((start + 180, "A red lamp", "red"),)


@pytest.mark.parametrize(
    ("said", "scenes"), [("1,3,5", [1, 3, 5]), ("5-8", [5, 6, 7, 8]), (" 2 , 1-2 ", [2, 1, 2]), ("7", [7])]
)
def test_scenes_as_they_are_typed(said: str, scenes: list[int]) -> None:
    assert [choice.scene for choice in parse_choices(said)] == scenes


@pytest.mark.parametrize(
    "said", ["", ",", "a", "1,", "3-1", "1-2-3", "-3", "1.5", "²", "1-99999999", "1" * 5000]
)
def test_what_names_no_scenes(said: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_choices(said)
    assert caught.value.code == "bad_scenes"


def test_a_scene_that_is_not_there(run: Callable[..., Exported], out: Path) -> None:
    with pytest.raises(UsageError) as caught:
        run(choices=(Choice(5),))
    assert caught.value.code == "no_such_scene" and not list(out.iterdir())


def test_a_trim_that_leaves_nothing_blocks(run: Callable[..., Exported], out: Path) -> None:
    with pytest.raises(InputError) as caught:
        run(choices=(Choice(1, Fraction(2), Fraction(2)),))
    assert caught.value.code == "clip_empty" and caught.value.hint and not list(out.iterdir())


def test_a_job_without_scenes(store: JobStore, out: Path) -> None:
    empty = store.create("/a.mov", "key", JobOptions("en"))
    with pytest.raises(InputError) as caught:
        Exporter(store, out, no_sheet).export(ExportRequest(empty.id, Format.OTIO, out / "a.otio"))
    assert (caught.value.code, caught.value.exit_code) == ("no_scenes", 3)


# -- names and places


def test_nothing_is_written_over_unless_it_is_asked_for(run: Callable[..., Exported], out: Path) -> None:
    target = out / "cut.otio"
    target.write_bytes(b"mine")
    with pytest.raises(UsageError) as caught:
        run()
    assert caught.value.code == "file_exists" and target.read_bytes() == b"mine"
    run(overwrite=True)
    assert target.read_bytes() != b"mine"


def test_a_name_that_is_taken_in_the_last_moment(out: Path) -> None:
    target = out / "late.otio"

    def another_is_faster(data: bytes) -> None:
        target.write_bytes(b"mine")

    with pytest.raises(FileExistsError):
        write_document(target, b"ours", another_is_faster, overwrite=False)
    assert target.read_bytes() == b"mine" and [path.name for path in out.iterdir()] == ["late.otio"]


def test_a_file_system_without_links(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: Path, target: Path) -> None:
        raise PermissionError("no links here")

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    write_document(out / "a", b"ours", lambda data: None, overwrite=False)
    with pytest.raises(FileExistsError):
        write_document(out / "a", b"other", lambda data: None, overwrite=False)
    assert (out / "a").read_bytes() == b"ours" and [path.name for path in out.iterdir()] == ["a"]


@links
def test_the_source_is_not_written_over_even_when_asked(
    run: Callable[..., Exported], job: Job, tmp_path: Path
) -> None:
    before = Path(job.path).read_bytes()
    link = tmp_path / "out" / "link.mov"
    link.symlink_to(job.path)
    for target in (Path(job.path), link):
        with pytest.raises(UsageError) as caught:
            run(target=target, overwrite=True)
        assert caught.value.code == "target_is_source"
    assert Path(job.path).read_bytes() == before


@links
def test_a_link_is_replaced_not_followed(run: Callable[..., Exported], out: Path, tmp_path: Path) -> None:
    other = tmp_path / "precious"
    other.write_bytes(b"mine")
    (out / "cut.otio").symlink_to(other)
    with pytest.raises(UsageError):
        run()
    run(overwrite=True)
    assert other.read_bytes() == b"mine" and not (out / "cut.otio").is_symlink()


@links
def test_a_dangling_link_is_a_name_that_is_taken(run: Callable[..., Exported], out: Path) -> None:
    (out / "cut.otio").symlink_to(out / "nowhere")
    with pytest.raises(UsageError) as caught:
        run()
    assert caught.value.code == "file_exists" and not (out / "nowhere").exists()


def test_a_folder_gets_a_file_named_after_the_video(run: Callable[..., Exported], out: Path) -> None:
    assert run(Format.FCP7, out).path == out / "beach.xml"


@pytest.mark.fault("FM23")
@pytest.mark.skipif(sys.platform == "win32", reason="these names cannot be there")
def test_hostile_names_make_files_inside_the_folder(store: JobStore, out: Path, tmp_path: Path) -> None:
    for name in (
        "a\nb.mov",
        "CON.mov",
        "-y.mov",
        "🎬 海滩.mov",
        "x" * 240 + ".mov",
        os.fsdecode(b"bad\xff.mov"),
        "=cmd().mov",
    ):
        made = make_job(store, tmp_path / "footage", name)
        for kind in WRITTEN:
            done = Exporter(store, out, no_sheet).export(ExportRequest(made.id, kind, out, overwrite=True))
            assert done.path.parent == out and done.path.is_file()


def test_a_folder_that_is_not_there(run: Callable[..., Exported], out: Path) -> None:
    with pytest.raises(UsageError) as caught:
        run(target=out / "missing" / "cut.otio")
    assert caught.value.code == "file_unwritable" and not (out / "missing").exists()


@pytest.mark.parametrize("name", ["x" * 300 + ".otio", "nul\0.otio"])
def test_a_name_that_no_file_can_have(run: Callable[..., Exported], out: Path, name: str) -> None:
    with pytest.raises(UsageError) as caught:
        run(target=out / name)
    assert caught.value.code == "file_unwritable" and not list(out.iterdir())


def test_a_disk_that_takes_nothing(
    run: Callable[..., Exported], out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageError) as caught:
        run()
    assert caught.value.code == "file_unwritable" and not list(out.iterdir())


def test_what_reads_back_wrong_is_not_kept(
    run: Callable[..., Exported], out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = formats.write
    monkeypatch.setattr(
        formats, "write", lambda cut, kind: right(cut, kind).replace(b"108072.0", b"108073.0")
    )
    with pytest.raises(AutoCutError) as caught:
        run(choices=(Choice(1), Choice(2), Choice(3)))
    assert (
        caught.value.code == "export_wrong"
        and "instead of" in caught.value.detail
        and not list(out.iterdir())
    )


def test_a_written_file_is_as_open_as_others_of_this_person(run: Callable[..., Exported], out: Path) -> None:
    (out / "other").write_bytes(b"")
    assert run().path.stat().st_mode == (out / "other").stat().st_mode


# -- the source


def codes(done: Exported) -> list[str]:
    return [finding.code for finding in done.findings]


def test_a_source_that_is_gone_is_said(run: Callable[..., Exported], job: Job) -> None:
    Path(job.path).unlink()
    assert codes(run()) == ["source-missing"]


def test_a_source_that_is_another_file_now_is_said(run: Callable[..., Exported], job: Job) -> None:
    Path(job.path).write_bytes(b"other")
    assert codes(run()) == ["source-changed"]


def test_a_source_that_moved_along_with_the_export_is_found(
    run: Callable[..., Exported], job: Job, out: Path
) -> None:
    Path(job.path).rename(out / "beach.mov")
    done = run()
    assert codes(done) == ["source-moved"]
    read = otio.read(done.path.read_bytes(), NTSC)
    assert {one.path for one in read.clips} == {str(out / "beach.mov")}


def test_a_job_that_is_still_read_is_said(store: JobStore, job: Job, run: Callable[..., Exported]) -> None:
    assert job.video is not None
    store.set_video(job.id, job.video, scan_complete=False)
    assert codes(run()) == ["scan-incomplete"]
    store.finish(
        job.id, JobState.FAILED, error=JobError("damaged", message("error-damaged", at="1"), None, "", 3)
    )
    assert codes(run(overwrite=True)) == ["source-damaged"]


def test_looking_writes_nothing(store: JobStore, job: Job, out: Path) -> None:
    Path(job.path).unlink()
    for target in (out / "a.edl", out / "gone" / "a.edl", Path("x\0")):
        findings = Exporter(store, out, no_sheet).look(ExportRequest(job.id, Format.EDL, target))
        assert [finding.code for finding in findings] == ["source-missing"] and not list(out.iterdir())


# -- the contact sheet


def test_a_sheet_that_is_no_sheet_is_not_kept(store: JobStore, job: Job, out: Path) -> None:
    exporter = Exporter(store, out, lambda sheet: b"nothing")
    for name in ("a.png", "a.pdf"):
        with pytest.raises(AutoCutError) as caught:
            exporter.export(ExportRequest(job.id, Format.CONTACT_SHEET, out / name))
        assert caught.value.code == "export_wrong" and not list(out.iterdir())


def test_a_picture_of_too_many_pictures(
    store: JobStore, job: Job, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "MAX_CELLS", 3)
    with pytest.raises(InputError) as caught:
        Exporter(store, out, no_sheet).export(ExportRequest(job.id, Format.CONTACT_SHEET, out / "a.png"))
    assert caught.value.code == "sheet_too_large" and caught.value.hint
