"""Runs the steps one after the other, writes down what came of them, and says it."""

from __future__ import annotations

import contextlib
import json
import os
import platform
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO

from autocut_tray import __version__
from autocut_tray.core.errors import AutoCutError, Cancelled, UsageError
from autocut_tray.core.files import write_chosen
from autocut_tray.core.messages import message
from autocut_tray.core.paths import HOME_VARIABLE, folder_unusable
from autocut_tray.core.process import SELFTEST_PART, OwnProcess, own_command, own_environment
from autocut_tray.core.settings.secrets import ENVIRONMENT as KEYS
from autocut_tray.i18n import LANGUAGES, Translator, choose_language
from autocut_tray.selftest.steps import RESULT, SCHEMA, STEPS, Json, Outcome, Step
from autocut_tray.ui import display

OPTION = "--selftest"
NOBODY = "http://127.0.0.1:9"
"""Where no model server is."""
_LAST_WORDS_SECONDS = 5.0
_OURS = ("AUTOCUT", "OLLAMA", "LMSTUDIO", "LOCAL_VISION", "USE_LOCAL_VISION")

Command = Callable[[Step, Path, str], Sequence[str]]
"""What starts the process of a step: step, folder of the results, language."""


def main(arguments: list[str]) -> int:
    """``[--lang LANGUAGE] --selftest DIR``: 0 when every part works, 1 when one does not, 2 for other arguments."""
    language = choose_language(None)
    try:
        language, folder = _parse(arguments)
        folder = _prepared(folder)
        return selftest(folder, Translator(language))
    except AutoCutError as error:
        translator = Translator(language)
        words = [error.message, *((error.hint,) if error.hint is not None else ())]
        sys.stderr.write(translator.sentences(words) + "\n")
        return error.exit_code
    except KeyboardInterrupt:
        return Cancelled.exit_code


def selftest(
    folder: Path, translator: Translator, steps: Sequence[Step] = STEPS, command: Command | None = None
) -> int:
    """Run ``steps``, write :data:`RESULT` to ``folder``; 0 or 1. Raises StorageError when it cannot be written."""
    command = command or _command
    outcomes = []
    with tempfile.TemporaryDirectory(prefix="autocut-selftest-", ignore_cleanup_errors=True) as home:
        for step in steps:
            outcome = _run(step, folder, Path(home), translator, command)
            outcomes.append(outcome)
            code = "selftest-passed" if outcome.ok else "selftest-failed"
            name = translator.t(f"selftest-step-{step.name.lower()}")
            _say(translator.t(code, name=name, detail=outcome.detail))
    document = _document(outcomes)
    write_chosen(folder / RESULT, (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode())
    failed = sum(not outcome.ok for outcome in outcomes)
    code = "selftest-broken" if failed else "selftest-whole"
    _say(translator.t(code, n=len(outcomes), failed=failed, folder=str(folder)))
    return int(failed > 0)


def _document(outcomes: Sequence[Outcome]) -> Json:
    return {
        "schema": SCHEMA,
        "version": __version__,
        "frozen": bool(getattr(sys, "frozen", False)),
        "platform": platform.platform(),
        "steps": [outcome.to_json() for outcome in outcomes],
        "ok": all(outcome.ok for outcome in outcomes),
    }


def _parse(arguments: list[str]) -> tuple[str, Path]:
    language, folder = choose_language(None), ""
    rest = list(arguments)
    while rest:
        name, given, value = rest.pop(0).partition("=")
        if name not in (OPTION, "--lang") or (not given and not rest):
            raise UsageError("usage", message("selftest-usage", argument=name))
        value = value if given else rest.pop(0)
        if name == OPTION:
            folder = value
        elif value in LANGUAGES:
            language = value
        else:
            raise UsageError("usage", message("selftest-usage", argument=f"{name} {value}"))
    if not folder:
        raise UsageError("usage", message("selftest-usage", argument=OPTION))
    return language, Path(folder).absolute()


def _prepared(folder: Path) -> Path:
    """The folder, there and without the result of an earlier run. Raises StorageError."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / RESULT).unlink(missing_ok=True)
    except OSError as error:
        raise folder_unusable(folder, error) from error
    return folder


def _command(step: Step, folder: Path, language: str) -> Sequence[str]:
    return own_command(SELFTEST_PART, step.name, str(folder), language)


def _environment(home: Path, *, offscreen: bool) -> dict[str, str]:
    """The person's, but for what is theirs: settings, keys, keyring and model servers."""
    secret = set(KEYS.values())
    kept = {k: v for k, v in os.environ.items() if not k.upper().startswith(_OURS) and k not in secret}
    extra = {
        HOME_VARIABLE: str(home),
        "OLLAMA_HOST": NOBODY,
        "LMSTUDIO_HOST": NOBODY,
        "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
    }
    if offscreen:
        extra["QT_QPA_PLATFORM"] = "offscreen"
    return kept | own_environment(extra)


def _run(step: Step, folder: Path, home: Path, translator: Translator, command: Command) -> Outcome:
    """One step; whatever happens in it is its outcome."""
    offscreen = step.window and display.problem() is not None
    begin = time.monotonic()
    try:
        process = OwnProcess(
            command(step, folder, translator.language), _environment(home, offscreen=offscreen)
        )
    except OSError as error:
        reason = error.strerror or type(error).__name__
        return Outcome(step.name, False, 0.0, translator.t("selftest-not-started", reason=reason))
    try:
        said, ok = _result(process, step, translator)
    finally:
        process.close()
    if offscreen:
        said = translator.t("selftest-offscreen", detail=said)
    return Outcome(step.name, ok, time.monotonic() - begin, said)


def _result(process: OwnProcess, step: Step, translator: Translator) -> tuple[str, bool]:
    process.stdin.close()
    readers = _Reader(process.stdout), _Reader(process.stderr)
    code = process.wait(step.limit)
    if code is None:
        process.kill()
    out, err = (reader.text() for reader in readers)
    if code is None:
        return translator.t("selftest-too-slow", seconds=f"{step.limit:g}"), False
    try:
        result = json.loads(out.splitlines()[-1])
        detail, ok = str(result["detail"]), result["ok"] is True
    except (ValueError, LookupError, TypeError):
        last = (err.strip().splitlines() or ["-"])[-1][:300]
        return translator.t("selftest-died", status=code, said=last), False
    return detail, ok and code == 0


class _Reader:
    """Reads a pipe to its end beside us, so that a process that writes much never waits for us."""

    def __init__(self, pipe: IO[bytes]) -> None:
        self._pipe = pipe
        self._data = b""
        self._thread = threading.Thread(target=self._read, name="selftest-pipe", daemon=True)
        self._thread.start()

    def _read(self) -> None:
        with contextlib.suppress(OSError, ValueError):  # the pipe was closed: a grandchild held its other end
            while block := self._pipe.read(65536):
                self._data += block

    def text(self) -> str:
        """All of it, once the process has ended; a grandchild that holds the pipe open is not waited for long."""
        self._thread.join(_LAST_WORDS_SECONDS)
        return self._data.decode("utf-8", "replace")


def _say(text: str) -> None:
    encoding = sys.stdout.encoding or "utf-8"
    sys.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding) + "\n")
    sys.stdout.flush()
