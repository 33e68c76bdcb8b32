"""Downloading a model into Ollama: goes on after a lost connection, can be cancelled, and says what went wrong."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable
from pathlib import Path

from autocut_tray.core.analyzers.failures import read_error
from autocut_tray.core.cancel import CancelToken
from autocut_tray.core.clock import Clock
from autocut_tray.core.errors import BackendError, Cancelled
from autocut_tray.core.frozen import frozen
from autocut_tray.core.http import MIB, HttpClient, JsonReply, Limits
from autocut_tray.core.policy import models
from autocut_tray.core.quantities import size
from autocut_tray.core.remedies.failures import failure, pull_code, safe_detail
from autocut_tray.core.remedies.model_disk import RESERVE_BYTES, ModelDisk, known_bytes
from autocut_tray.core.remedies.progress import Progress, Stage
from autocut_tray.core.remedies.pull_stream import PullState, lost, read_line

log = logging.getLogger(__name__)

BACK_OFF = (1.0, 2.0, 4.0, 8.0, 16.0)
"""Seconds before each further attempt; new bytes start the row again."""

QUIET_SECONDS = 600.0
"""A quiet stream is no error: Ollama restarts stalled parts by itself, and checks large files without a word."""

_STREAM = Limits(
    connect=5.0, first_byte=QUIET_SECONDS, read=QUIET_SECONDS, total=math.inf, max_bytes=64 * MIB
)
"""64 MiB are some 7 hours of lines; then the connection is made anew, which loses nothing."""
_LISTING = Limits(connect=5.0, first_byte=10.0, read=10.0, total=10.0, max_bytes=4 * MIB)

_SILENT = frozenset({"server_refused", "server_unreachable", "connect_timeout"})
_AGAIN = frozenset(
    {"connection_lost", "reply_stalled", "reply_timeout", "reply_too_large", "pull_interrupted"}
)
"""What another attempt may mend."""
_AGAIN_ONCE_STARTED = frozenset({*_SILENT, "bad_reply", "pull_offline", "pull_library_down"})
"""What another attempt may mend if it went well before; at the very beginning the person is told at once."""

Report = Callable[[Progress], None]


@frozen
class Pulled:
    """A finished download. ``size_bytes`` None: the server named no layers. ``fetched_bytes``: what had to come.

    ``was_current``: the model was there, and nothing had to come.
    """

    size_bytes: int | None
    fetched_bytes: int
    was_current: bool


class OllamaPull:
    """One download, run once by one thread.

    ``url``: the server's root address, on this machine. ``disk``: where its models are kept, None to check nothing.
    """

    def __init__(self, url: str, model: str, clock: Clock, disk: ModelDisk | None = None) -> None:
        self._url = url
        self._model = model
        self._clock = clock
        self._disk = disk
        self._folder: Path | None = None
        self._was_listed = False
        self._state = PullState(known_bytes(model))

    def run(self, report: Report, cancel: CancelToken) -> Pulled:
        """Download to the end; ``report`` is called from this thread with every step.

        Raises BackendError (codes of :mod:`~.failures`) and Cancelled. What was downloaded stays in both cases, and
        the next download goes on from there.
        """
        http = HttpClient(self._url, clock=self._clock)
        try:
            self._look_for_room(http, cancel)
            self._persevere(http, report, cancel)
        except BackendError as error:
            raise self._in_words(error, http.where) from error
        finally:
            http.close()
        fetched = self._state.fetched
        return Pulled(self._state.total_bytes, fetched, self._was_listed and fetched == 0)

    def _persevere(self, http: HttpClient, report: Report, cancel: CancelToken) -> None:
        attempt = 0
        while True:
            before = self._state.done_bytes
            report(self._state.progress())
            try:
                self._stream(http, report, cancel)
                return
            except BackendError as error:
                attempt = 1 if self._state.done_bytes > before else attempt + 1
                if not self._worth_another(error.code) or attempt > len(BACK_OFF):
                    raise
                log.info("The download of %s broke off (%s), attempt %d", self._model, error, attempt)
                self._wait(BACK_OFF[attempt - 1], report, cancel)

    def _stream(self, http: HttpClient, report: Report, cancel: CancelToken) -> None:
        with http.post_ndjson("api/pull", {"model": self._model}, cancel=cancel, limits=_STREAM) as lines:
            if lines.refusal is not None:
                raise _refused(lines.refusal)
            for line in lines:
                before = self._state
                self._state = read_line(before, line, self._clock.monotonic())
                for digest in self._state.named - before.named:
                    layer = self._state.layers[digest]
                    self._check_room(layer.total - layer.done)  # now exactly what is still to come
                if self._state.error is not None:
                    said = safe_detail(read_error(line, "").text)
                    raise failure(pull_code(said), said)
                if self._state != before:
                    report(self._state.progress())
                if self._state.success:
                    return
        raise failure("pull_interrupted", "the answer ends before the download does")

    def _worth_another(self, code: str) -> bool:
        return code in _AGAIN or (code in _AGAIN_ONCE_STARTED and bool(self._state.layers))

    def _wait(self, seconds: float, report: Report, cancel: CancelToken) -> None:
        self._state = lost(self._state)
        done, total = self._state.done_bytes, self._state.total_bytes
        report(Progress(Stage.RETRYING, done, total, retry_seconds=seconds))
        if self._clock.wait(cancel.event, seconds):
            raise Cancelled

    # -- room

    def _look_for_room(self, http: HttpClient, cancel: CancelToken) -> None:
        """Refuse a download that cannot fit, before it begins; also finds out whether Ollama answers at all."""
        try:
            names = _names(http.get_json("api/tags", cancel=cancel, limits=_LISTING))
        except BackendError as error:
            if error.code in _SILENT:
                raise
            log.info("Ollama does not list its models: %s", error)
            return
        if names is None:
            return
        asked = self._model.lower()
        self._was_listed = any(name.lower() in (asked, f"{asked}:latest") for name in names)
        if self._disk is None:
            return
        self._folder = self._disk.place(names)
        expected = self._state.expected_bytes
        if self._folder is None or expected is None or self._was_listed:
            return
        if not self._disk.has_partial(self._folder):
            self._check_room(expected)

    def _check_room(self, missing: int) -> None:
        if self._folder is None or self._disk is None or missing == 0:
            return
        free = self._disk.free_bytes(self._folder)
        if free is not None and free < missing + RESERVE_BYTES:
            raise failure(
                "pull_no_room",
                f"{missing} bytes to come, {free} free",
                model=models.title(self._model),
                need=size(missing + RESERVE_BYTES),
                free=size(free),
                lack=size(missing + RESERVE_BYTES - free),
                folder=str(self._folder),
            )

    # -- words

    def _in_words(self, error: BackendError, host: str) -> BackendError:
        """The failure as the person reads it: about the model and the host, with the next step."""
        code = error.code
        if code == "pull_no_room":
            return error
        if code in _SILENT:
            code = "pull_server_silent"
        elif code in _AGAIN:
            code = "pull_interrupted"
        elif code == "bad_reply":
            code = "pull_not_ollama"
        elif not code.startswith("pull_"):
            return error
        return failure(code, error.detail, model=models.title(self._model), name=self._model, host=host)


def _refused(reply: JsonReply) -> BackendError:
    """A status other than 2xx: before 0.12.6 only for names, since then for whatever fails before the first line."""
    said = safe_detail(read_error(reply.body, reply.text).text)
    code = pull_code(said)
    if code == "pull_failed" and reply.status in (404, 405, 501):
        code = "pull_not_ollama"
    return failure(code, f"status {reply.status}: {said}")


def _names(reply: JsonReply) -> tuple[str, ...] | None:
    """The models that Ollama lists; None when this is no listing."""
    entries = reply.body.get("models") if isinstance(reply.body, dict) else None
    if not reply.ok or not isinstance(entries, list):
        return None
    names = (entry.get("name") for entry in entries if isinstance(entry, dict))
    return tuple(name for name in names if isinstance(name, str))
