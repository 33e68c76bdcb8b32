"""Downloading a model in LM Studio: it works, we watch. It has no way to cancel, so it goes on there."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from typing import Any

from autocut_tray.core.analyzers import failures as answers
from autocut_tray.core.cancel import CancelToken
from autocut_tray.core.clock import Clock
from autocut_tray.core.errors import BackendError, Cancelled
from autocut_tray.core.http import HttpClient, JsonReply
from autocut_tray.core.remedies.failures import failure, safe_detail
from autocut_tray.core.remedies.progress import Progress, Rate, Stage, seconds_left

log = logging.getLogger(__name__)

POLL_SECONDS = 1.0
MOST_LOSSES = 30
"""Questions in a row that may stay unanswered, while LM Studio is restarted or busy loading a model."""

_PATH = "api/v1/models/download"
_JOB = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,127}")
_TRANSIENT = frozenset(
    {
        *("server_refused", "server_unreachable", "connect_timeout", "connection_lost"),
        *("reply_timeout", "reply_stalled"),
    }
)

Report = Callable[[Progress], None]


class LmStudioDownload:
    """One download, watched once by one thread.

    ``root``: the address that LM Studio's own calls go below, on this machine; ``key``: its token, if it wants one.
    ``model``: a name of its catalogue, or the ``https://huggingface.co/…`` address of a model.
    """

    def __init__(self, root: str, key: str | None, model: str, clock: Clock) -> None:
        self._root = root
        self._key = key
        self._model = model
        self._clock = clock
        self._rate = Rate()
        self._seen = Progress(Stage.PREPARING)

    def run(self, report: Report, cancel: CancelToken) -> bool:
        """Start the download and watch it to its end; False when the model was there already.

        Raises BackendError, and Cancelled when nobody wants to watch any more: LM Studio goes on by itself.
        """
        headers = {"Authorization": f"Bearer {self._key}"} if self._key else None
        http = HttpClient(self._root, read=15.0, total=30.0, headers=headers, clock=self._clock)
        try:
            report(self._seen)
            job = self._begin(http, cancel, report)
            if job is not None:
                self._watch(http, job, cancel, report)
        except BackendError as error:
            if error.code in _TRANSIENT:
                raise self._failure("lmstudio_silent", http.where, error.detail) from error
            raise
        finally:
            http.close()
        return job is not None

    def _begin(self, http: HttpClient, cancel: CancelToken, report: Report) -> str | None:
        """The job's name; None when there is nothing to do."""
        reply = http.post_json(_PATH, {"model": self._model}, cancel=cancel)
        body = self._answer(reply, http.where)
        if body.get("status") in ("already_downloaded", "completed"):
            return None
        self._note(body, report, http.where)
        job = body.get("job_id")
        if not isinstance(job, str) or not _JOB.fullmatch(job):
            raise self._failure("lmstudio_download_failed", http.where, "no job was named")
        return job

    def _watch(self, http: HttpClient, job: str, cancel: CancelToken, report: Report) -> None:
        losses = 0
        while True:
            if self._clock.wait(cancel.event, POLL_SECONDS):
                raise Cancelled
            try:
                reply = http.get_json(f"{_PATH}/status/{job}", cancel=cancel)
            except BackendError as error:
                losses += 1
                if error.code not in _TRANSIENT or losses > MOST_LOSSES:
                    raise
                log.info("LM Studio does not say how its download goes: %s", error)
                continue
            losses = 0
            if reply.status == 404:
                raise self._failure("lmstudio_download_lost", http.where, f"job {job}")
            body = self._answer(reply, http.where)
            if body.get("status") in ("completed", "already_downloaded"):
                return
            self._note(body, report, http.where)

    def _note(self, body: dict[str, Any], report: Report, host: str) -> None:
        """Report what an answer says; raises when it says that it is over."""
        status = body.get("status")
        if status not in ("downloading", "paused"):
            raise self._failure("lmstudio_download_failed", host, f"status {safe_detail(str(status))}")
        total = max(_count(body.get("total_size_bytes")), self._seen.total_bytes or 0)
        done = max(min(_count(body.get("downloaded_bytes")), total), self._seen.done_bytes)
        if status == "paused":
            self._rate = Rate()
            self._seen = Progress(Stage.PAUSED, done, total or None)
        else:
            self._rate = self._rate.add(self._clock.monotonic(), done)
            speed = self._rate.bytes_per_second
            self._seen = Progress(
                Stage.DOWNLOADING, done, total or None, speed, seconds_left(done, total or None, speed)
            )
        report(self._seen)

    def _answer(self, reply: JsonReply, host: str) -> dict[str, Any]:
        """The answer's object; its body decides, not its status (LM Studio answers 200 for unknown paths)."""
        if reply.ok and isinstance(reply.body, dict) and not answers.has_error(reply.body):
            return reply.body
        error = answers.read_error(reply.body, reply.text)
        code = answers.code_of(error, reply.status, key_sent=self._key is not None)
        detail = answers.safe_detail(code, reply.status, error, self._key)
        if code in ("key_needed", "key_refused", "access_refused"):
            raise answers.failure(code, host=host, model=self._model, detail=detail)
        known = {"endpoint_missing": "lmstudio_too_old", "model_missing": "lmstudio_no_such_model"}
        raise self._failure(known.get(code, "lmstudio_download_failed"), host, detail)

    def _failure(self, code: str, host: str, detail: str) -> BackendError:
        return failure(code, detail, model=short_name(self._model), host=host)


def short_name(model: str) -> str:
    """The model's own name: the end of its catalogue name or of its address."""
    return model.rstrip("/").rsplit("/", 1)[-1] or model


def _count(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0
