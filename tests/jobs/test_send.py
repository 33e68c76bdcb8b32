"""A timeline sent to DaVinci Resolve: through its documented module, in a process that may hang or die."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from autocut_tray.core.errors import AutoCutError, UsageError
from autocut_tray.core.jobs.export import Exporter
from autocut_tray.core.jobs.job import Job
from autocut_tray.core.jobs.picks import Choice
from autocut_tray.core.jobs.send import Sent, send_job
from autocut_tray.core.jobs.store import JobStore
from autocut_tray.core.timeline.resolve_send import Received, Scripting, scripting, send_timeline
from autocut_tray.documents import sent_document
from autocut_tray.i18n import LANGUAGES, Translator
from tests.jobs.test_export import make_job, no_sheet

FAKE = Path(__file__).parents[1] / "fake_resolve.py"


@pytest.fixture
def job(store: JobStore, tmp_path: Path) -> Job:
    return make_job(store, tmp_path / "footage", "海滩.mov")


@pytest.fixture
def resolve(tmp_path: Path) -> Callable[..., Scripting]:
    """Resolve's scripting, as installed, that does what is asked of it."""

    def installed(**script: Any) -> Scripting:
        modules = tmp_path / "Scripting" / "Modules"
        modules.mkdir(parents=True)
        shutil.copy(FAKE, modules / "DaVinciResolveScript.py")
        (modules / "fake_resolve.json").write_text(json.dumps(script), encoding="utf-8")
        return Scripting(str(modules), str(modules.parent), "fusionscript.so")

    return installed


@pytest.fixture
def send(store: JobStore, job: Job, tmp_path: Path) -> Callable[..., Sent]:
    def call(found: Scripting, choices: tuple[Choice, ...] | None = None, seconds: float = 60.0) -> Sent:
        return send_job(
            Exporter(store, tmp_path, no_sheet),
            job.id,
            choices,
            send=lambda file, name: send_timeline(file, name, found, seconds=seconds),
        )

    return call


def test_the_timeline_arrives_with_its_name(
    send: Callable[..., Sent], resolve: Callable[..., Scripting], tmp_path: Path
) -> None:
    found = resolve(project="Holiday <i>", rate="29.97")
    sent = send(found, (Choice(3), Choice(1)))
    assert sent.received == Received(
        "DaVinci Resolve Studio", "19.1.3.7", "Holiday <i>", "海滩", Fraction(30000, 1001)
    )
    assert sent.note is None and sent.exported.clips == 2
    modules = Path(found.modules)
    assert b"<fcpxml" in (modules / "imported.bin").read_bytes()
    options = json.loads((modules / "options.json").read_text("utf-8"))
    assert options == {"timelineName": "海滩", "importSourceClips": True}
    assert not sent.exported.path.exists(), "what was written for the way is gone"
    document = sent_document(sent, Translator("en"))["sent"]
    assert (document["rate"], document["project_rate"], document["note"]) == (
        "30000/1001",
        "30000/1001",
        None,
    )


@pytest.mark.parametrize("rate", ["25", "23.976", "30", "29.97 DF", "60.0", "x", "", "0"])
def test_another_rate_of_the_project_is_said(
    send: Callable[..., Sent], resolve: Callable[..., Scripting], rate: str
) -> None:
    sent = send(resolve(rate=rate))
    told = sent.note is not None
    assert told == (rate in ("25", "23.976", "30", "60.0"))


@pytest.mark.parametrize(
    ("script", "code"),
    [
        ({"silent": True}, "resolve_silent"),
        ({"no_project": True}, "resolve_no_project"),
        ({"refuses": True}, "resolve_refused"),
        ({"crashes": True}, "resolve_failed"),
    ],
)
def test_what_goes_wrong_has_a_reason_and_a_next_step(
    send: Callable[..., Sent], resolve: Callable[..., Scripting], script: dict[str, bool], code: str
) -> None:
    with pytest.raises(AutoCutError) as caught:
        send(resolve(**script))
    assert caught.value.code == code and caught.value.hint is not None
    for language in LANGUAGES:
        said = Translator(language)
        assert "error-" not in said.text(caught.value.message) + said.text(caught.value.hint)


def test_one_that_hangs_is_given_up(send: Callable[..., Sent], resolve: Callable[..., Scripting]) -> None:
    with pytest.raises(AutoCutError) as caught:
        send(resolve(hangs=True), seconds=4.0)
    assert caught.value.code == "resolve_slow"


def test_a_module_that_cannot_be_loaded(send: Callable[..., Sent], resolve: Callable[..., Scripting]) -> None:
    found = resolve()
    Path(found.modules, "DaVinciResolveScript.py").write_text("import no_such_library", encoding="utf-8")
    with pytest.raises(AutoCutError) as caught:
        send(found)
    assert caught.value.code == "resolve_no_module" and "no_such_library" in caught.value.detail


def test_without_resolve(send: Callable[..., Sent], tmp_path: Path) -> None:
    with pytest.raises(AutoCutError) as caught:
        send(Scripting(str(tmp_path), str(tmp_path), "x"))
    assert caught.value.code == "resolve_missing"


def test_what_cannot_be_exported_is_not_sent(send: Callable[..., Sent], tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        send(Scripting(str(tmp_path), str(tmp_path), "x"), (Choice(99),))
    assert caught.value.code == "no_such_scene"


@pytest.mark.parametrize(
    ("system", "environment", "modules", "native"),
    [
        (
            "win32",
            {"PROGRAMDATA": "D:\\Data", "PROGRAMFILES": "D:\\Programs"},
            r"D:\Data\Blackmagic Design\DaVinci Resolve\Support\Developer\Scripting\Modules",
            r"D:\Programs\Blackmagic Design\DaVinci Resolve\fusionscript.dll",
        ),
        ("linux", {}, "/opt/resolve/Developer/Scripting/Modules", "/opt/resolve/libs/Fusion/fusionscript.so"),
        ("linux", {"RESOLVE_SCRIPT_API": "/x", "RESOLVE_SCRIPT_LIB": "/y.so"}, "/x/Modules", "/y.so"),
        (
            "darwin",
            {},
            "/Library/Application Support/Blackmagic Design/DaVinci Resolve/Developer/Scripting/Modules",
            "/Applications/DaVinci Resolve/DaVinci Resolve.app/Contents/Libraries/Fusion/fusionscript.so",
        ),
    ],
)
def test_where_its_installer_puts_it(
    system: str, environment: dict[str, str], modules: str, native: str
) -> None:
    found = scripting(system, environment)
    assert (found.modules, found.native) == (modules, native)
