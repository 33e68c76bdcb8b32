"""The parts of the self-test that need no window of their own. Each raises Broken when its part does not work."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any

from autocut_tray.core.assets import asset
from autocut_tray.core.cancel import CancelToken
from autocut_tray.core.files import write_document
from autocut_tray.core.http import HttpClient
from autocut_tray.core.messages import Message, message
from autocut_tray.core.paths import HOME_VARIABLE
from autocut_tray.core.process import own_command
from autocut_tray.core.timeline import formats
from autocut_tray.core.timeline.draw import draw_sheet
from autocut_tray.core.timeline.model import Clip, Media, Timeline, one_hour, scene_name
from autocut_tray.core.timeline.sheet import Cell, Sheet, prove_sheet
from autocut_tray.i18n import LANGUAGES, Catalogue
from autocut_tray.selftest.steps import Broken
from autocut_tray.ui.launch import STAGES

SHOTS = (30, 25, 35)
"""Frames of each shot of the clip."""
RATE = Fraction(25)
SIZE = (320, 180)

_VARIABLE = re.compile(r"\$([a-zA-Z][\w-]*)")
_PROMPTS = ("describe", "describe-one", "describe-several", "plan", "repair")
_RESOURCES = (
    "icons/app-icon.svg",
    "prices.toml",
    "releasable_resources.yaml",
    *(f"dashboard/{name}" for name in ("grafana.json", "page.css", "page.html", "page.js")),
    *(f"prompts/{name}.{language}.txt" for name in _PROMPTS for language in LANGUAGES),
)
_MISSING = 5
"""So many names are told."""


def clip_path() -> Path:
    """Where the clip is, which later steps read: in the folder that all steps share, gone afterwards."""
    return Path(os.environ[HOME_VARIABLE]) / "selftest é 片段.mp4"


def texts(_folder: Path) -> Message:
    """Every entry of both languages parses, and speaks with a value for each of its variables."""
    catalogues = {language: Catalogue(language) for language in LANGUAGES}
    entries = {language: catalogue.entries() for language, catalogue in catalogues.items()}
    codes = set[str]().union(*entries.values())
    wrong = sorted(
        f"{code} ({language})" for language in LANGUAGES for code in codes if code not in entries[language]
    )
    for language, catalogue in catalogues.items():
        # Of all entries, for one may stand inside another.
        values: dict[str, Any] = dict.fromkeys(_VARIABLE.findall(" ".join(entries[language].values())), 1)
        spoken = (code for code in entries[language] if not code.startswith("-"))
        wrong += [f"{code} ({language})" for code in spoken if not _speaks(catalogue, code, values)]
    if wrong:
        raise Broken(message("selftest-texts-wrong", n=len(wrong), names=", ".join(wrong[:_MISSING])))
    return message("selftest-texts", n=len(codes))


def _speaks(catalogue: Catalogue, code: str, values: dict[str, Any]) -> bool:
    pattern = catalogue.pattern(code)
    if pattern is None:
        return False
    _words, errors = catalogue.bundle.format_pattern(pattern, values)
    return not errors


def resources(_folder: Path) -> Message:
    """Every file that ships inside the package is there and has something in it."""
    missing = []
    for name in _RESOURCES:
        try:
            empty = asset(*name.split("/")).stat().st_size == 0
        except OSError:
            empty = True
        missing += [name] if empty else []
    if missing:
        raise Broken(
            message("selftest-resources-missing", n=len(missing), names=", ".join(missing[:_MISSING]))
        )
    return message("selftest-resources", n=len(_RESOURCES))


def plots(_folder: Path) -> Message:
    """The whole program as it starts for a person, up to the first plots, and its end."""
    said = ask("--quit-after", STAGES[-1]).decode().splitlines()
    lines = [json.loads(line) for line in said if line.startswith("{")]
    if tuple(line["stage"] for line in lines) != STAGES:
        raise Broken(message("selftest-plots-wrong", stages=len(lines), n=len(STAGES)))
    return message("selftest-plots", seconds=f"{lines[-1]['wall_ms'] / 1000:.1f}")


def worker(_folder: Path) -> Message:
    """The media worker finds the shots of the clip, each at its frame."""
    scenes = json.loads(ask("scenes", str(clip_path()), "--json"))["scenes"]
    found = [(scene["start_frame"], scene["end_frame"]) for scene in scenes]
    if found != shots():
        raise Broken(message("selftest-worker-wrong", found=str(found), meant=str(shots())))
    return message("selftest-worker", n=len(found))


def exports(folder: Path) -> Message:
    """A timeline of the clip in every format; what is read back from the disk is what was meant."""
    timeline = _timeline()
    wrong = []
    for kind in formats.WRITTEN:
        path = folder / f"cut{formats.SUFFIXES[kind]}"
        try:
            data = formats.write(timeline, kind)
            write_document(path, data, partial(formats.prove, timeline, kind), overwrite=True)
        except (formats.WrongReadback, ValueError, OSError) as error:
            wrong.append(f"{kind.value} ({error})")
    if wrong:
        raise Broken(message("selftest-exports-wrong", n=len(wrong), reasons="; ".join(wrong)[:300]))
    return message("selftest-exports", n=len(formats.WRITTEN))


def contact_sheet(folder: Path) -> Message:
    """A picture and a PDF of the clip's shots, drawn by the process that draws them for a person."""
    timeline = _timeline()
    cells = tuple(
        Cell(one.number, None, one.clip.name, timeline.timecode(one.first), "") for one in timeline.placed()
    )
    for pdf, suffix in ((False, ".png"), (True, ".pdf")):
        sheet = Sheet(timeline.name, cells, pdf)
        data = draw_sheet(sheet)
        try:
            prove_sheet(sheet, data)
        except formats.WrongReadback as error:
            raise Broken(message("selftest-sheet-wrong", reason=str(error))) from error
        (folder / f"contact-sheet{suffix}").write_bytes(data)
    return message("selftest-sheet", n=len(cells))


def report(folder: Path) -> Message:
    """A report as PDF, of a program that has done nothing yet."""
    path = folder / "report.pdf"
    path.unlink(missing_ok=True)
    ask("--lang", "en", "report", "-o", str(path))  # Chinese would need a font that a server may not have
    if not path.is_file() or not path.read_bytes().startswith(b"%PDF"):
        raise Broken(message("selftest-report-wrong"))
    return message("selftest-report", kib=path.stat().st_size // 1024)


def api(_folder: Path) -> Message:
    """The API on a loopback port: answers to its token, refuses without, and ends when it is asked to."""
    serving = subprocess.Popen(
        own_command("serve"),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        creationflags=_no_console(),
    )
    try:
        assert serving.stdout is not None
        line = serving.stdout.readline()
        if not line.startswith(b"{"):
            raise Broken(message("selftest-api-silent"))
        address = json.loads(line)
        statuses = [
            _status(address["url"], headers)
            for headers in ({"Authorization": f"Bearer {address['token']}"}, {})
        ]
        if statuses != [200, 401]:
            raise Broken(message("selftest-api-wrong", found=str(statuses)))
        ask("quit")
        if serving.wait() != 0:
            raise Broken(message("selftest-api-end", status=serving.returncode))
    finally:
        serving.kill()
        serving.communicate()
    return message("selftest-api")


def _status(url: str, headers: dict[str, str]) -> int:
    client = HttpClient(url, headers=headers)
    try:
        return client.get_json("/api/runtime/status", cancel=CancelToken()).status
    finally:
        client.close()


def shots() -> list[tuple[int, int]]:
    """First frame and end (exclusive) of each shot of the clip."""
    ends = [sum(SHOTS[: number + 1]) for number in range(len(SHOTS))]
    return list(zip([0, *ends[:-1]], ends, strict=True))


def _timeline() -> Timeline:
    """The shots of the clip, the last one first."""
    media = Media(
        str(clip_path()),
        RATE,
        start=0,
        drop=False,
        frames=sum(SHOTS),
        width=SIZE[0],
        height=SIZE[1],
        own_rate=RATE,
    )
    clips = tuple(
        Clip(media, first, end, scene_name(media, number), number)
        for number, (first, end) in reversed(list(enumerate(shots(), 1)))
    )
    return Timeline("Selftest", RATE, False, one_hour(RATE, drop=False), *SIZE, clips)


def ask(*arguments: str) -> bytes:
    """What this program says to ``arguments``. Raises Broken when it ends with a failure."""
    ended = subprocess.run(
        own_command(*arguments),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        creationflags=_no_console(),
    )
    if ended.returncode != 0:
        last = (ended.stderr.decode(errors="replace").strip().splitlines() or ["-"])[-1]
        raise Broken(message("selftest-died", status=ended.returncode, said=last[:300]))
    return ended.stdout


def _no_console() -> int:
    if sys.platform == "win32":
        return subprocess.CREATE_NO_WINDOW
    return 0
