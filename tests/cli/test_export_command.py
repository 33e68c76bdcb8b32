"""``export``: documents, exit codes, words in two languages, with and without a store."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest

from autocut_tray.core.clock import SystemClock
from autocut_tray.core.jobs.job import Job
from autocut_tray.core.jobs.store import JobStore
from autocut_tray.core.paths import Paths
from autocut_tray.core.timeline.formats import SUFFIXES, Format
from tests.command_line import Run, document
from tests.jobs.test_export import make_job

pytestmark = pytest.mark.usefixtures("no_model_servers")


@pytest.fixture
def job(autocut_home: Path, tmp_path: Path) -> Job:
    paths = Paths.from_environment()
    paths.create()
    store = JobStore(paths.app_database, SystemClock())
    try:
        return make_job(store, tmp_path / "footage", "海滩.mov")
    finally:
        store.close()


@pytest.mark.parametrize("kind", [kind for kind in Format if kind is not Format.CONTACT_SHEET])
def test_the_document_of_every_format(run: Run, job: Job, tmp_path: Path, kind: Format) -> None:
    target = tmp_path / f"cut{SUFFIXES[kind]}"
    code, out, _ = run("export", job.id, "--format", kind.value, "-o", str(target), "--json")
    found = document(out)
    assert code == 0 and target.is_file()
    assert (found["id"], found["state"], found["exports"]) == (job.id, "done", [str(target)])
    assert "scenes" not in found
    about = found["export"]
    assert (about["format"], about["clips"], about["rate"], about["read_back"]) == (
        kind.value,
        4,
        "30000/1001",
        True,
    )
    assert about["bytes"] == target.stat().st_size
    for how in about["how_to_import"]:
        assert set(how) == {"editor", "name", "steps"}


def test_said_in_english_and_chinese(run: Run, job: Job, tmp_path: Path) -> None:
    target = str(tmp_path / "cut.edl")
    code, out, _ = run("export", job.id, "-f", "edl", "-o", target, "--scenes", "3,1-2")
    assert code == 0
    assert "3 clips, 00:00:09.009 at 29.97 fps, read back and correct" in out
    assert "not in Latin letters" in out and "DaVinci Resolve (free and Studio)" in out and "Premiere" in out
    code, out, _ = run("export", job.id, "-f", "edl", "-o", target, "--force", "--lang", "zh-CN")
    assert code == 0 and "4 个片段" in out and "免费版与 Studio" in out


def test_a_contact_sheet(run: Run, job: Job, tmp_path: Path) -> None:
    code, _, err = run("export", job.id, "--format", "contact-sheet", "-o", str(tmp_path / "sheet.png"))
    assert code == 0, err
    assert (tmp_path / "sheet.png").read_bytes().startswith(b"\x89PNG")


def test_refusals_and_their_exit_codes(run: Run, job: Job, tmp_path: Path) -> None:
    target = str(tmp_path / "cut.otio")
    source = Path(job.path).read_bytes()
    cases = [
        (("export", "nothing", "-f", "otio", "-o", target), 2, "no_such_job"),
        (("export", job.id, "-f", "aaf", "-o", target), 2, "no_such_format"),
        (("export", job.id, "-f", "otio", "-o", target, "--scenes", "9"), 2, "no_such_scene"),
        (("export", job.id, "-f", "otio", "-o", target, "--scenes", "x"), 2, "bad_scenes"),
        (("export", job.id, "-f", "otio", "-o", job.path), 2, "target_is_source"),
        (("export", job.id, "-f", "otio", "-o", job.path, "--force"), 2, "target_is_source"),
        (("export", job.id, "-f", "otio", "-o", str(tmp_path / "no" / "cut.otio")), 2, "file_unwritable"),
    ]
    for arguments, expected, error in cases:
        code, out, err = run(*arguments, "--json")
        assert (code, document(out)["error"]["code"]) == (expected, error)
        assert err.strip() and "Traceback" not in err
        code, out, err = run(*arguments)
        assert code == expected and not out and len(err.strip().splitlines()) == 1
    assert not Path(target).exists() and Path(job.path).read_bytes() == source


def test_an_existing_file_needs_force(run: Run, job: Job, tmp_path: Path) -> None:
    target = tmp_path / "cut.fcpxml"
    target.write_text("mine")
    code, _, err = run("export", job.id, "-f", "fcpxml", "-o", str(target))
    assert code == 2 and "exists already" in err and target.read_text() == "mine"
    code, _, _ = run("export", job.id, "-f", "fcpxml", "-o", str(target), "--force")
    assert code == 0 and ElementTree.parse(target).getroot().tag == "fcpxml"


def test_without_a_store_there_is_no_job_and_none_is_made(
    run: Run, autocut_home: Path, tmp_path: Path
) -> None:
    code, out, _ = run("export", "x", "-f", "otio", "-o", str(tmp_path / "a.otio"), "--json")
    assert code == 2 and document(out)["error"]["code"] == "no_such_job"
    assert not Paths.from_environment().app_database.exists()


def test_options_that_are_missing(run: Run, autocut_home: Path) -> None:
    code, _, err = run("export", "x")
    assert code == 2 and "--format" in err
