"""One part of the self-test: runs in a process of its own and says on stdout how it went, as one line of JSON."""

from __future__ import annotations

import json
import logging
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from autocut_tray.core.errors import AutoCutError
from autocut_tray.core.messages import Message, message
from autocut_tray.core.paths import HOME_VARIABLE
from autocut_tray.i18n import LANGUAGES, Translator
from autocut_tray.selftest import parts

log = logging.getLogger(__name__)

Part = Callable[[Path], Message]
"""Does its work, puts what a person may look at into the folder, and says what it did. Raises AutoCutError."""


def main(arguments: list[str]) -> int:
    """``arguments``: name of the part, folder of the results, language."""
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    if len(arguments) != 3 or arguments[0] not in PARTS or arguments[2] not in LANGUAGES:
        return 2
    home = os.environ.get(HOME_VARIABLE)
    if not home:  # by hand: never in the person's own folders
        return 2
    os.chdir(home)  # no settings of the current folder count, either
    name, folder, language = arguments
    ok, said = outcome(PARTS[name], Path(folder))
    result = {"ok": ok, "detail": Translator(language).text(said)}
    sys.stdout.write("\n" + json.dumps(result) + "\n")
    sys.stdout.flush()
    return int(not ok)


def outcome(part: Part, folder: Path) -> tuple[bool, Message]:
    """Whether it works, and one sentence about it."""
    try:
        return True, part(folder)
    except AutoCutError as error:
        log.exception("The part failed")
        return False, error.message
    except Exception as error:  # one broken part must not hide the others
        log.exception("The part failed in an unforeseen way")
        return False, message("selftest-unforeseen", reason=f"{type(error).__name__}: {error}"[:300])


def _window(language: str) -> Part:
    def part(folder: Path) -> Message:
        from autocut_tray.ui.selftest_window import show_pages

        return show_pages(folder, language)

    return part


def _clip(_folder: Path) -> Message:
    from autocut_tray.core.media.worker_clip import make_clip

    clip = parts.clip_path()
    make_clip(clip, parts.SHOTS)
    return message("selftest-clip", kib=clip.stat().st_size // 1024)


PARTS: Mapping[str, Part] = MappingProxyType(
    {
        "texts": parts.texts,
        "resources": parts.resources,
        **{f"window-{language}": _window(language) for language in LANGUAGES},
        "plots": parts.plots,
        "clip": _clip,
        "worker": parts.worker,
        "exports": parts.exports,
        "contact-sheet": parts.contact_sheet,
        "report": parts.report,
        "api": parts.api,
    }
)
