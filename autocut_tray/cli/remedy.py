"""``pull``: a model downloaded from the command line."""

from __future__ import annotations

from autocut_tray.cli.context import Context
from autocut_tray.cli.progress import Progress as Bar
from autocut_tray.core.cancel import CancelToken
from autocut_tray.core.clock import Clock, SystemClock
from autocut_tray.core.errors import BackendError
from autocut_tray.core.messages import message
from autocut_tray.core.policy import models
from autocut_tray.core.remedies.failures import failure
from autocut_tray.core.remedies.model_disk import ModelDisk, ollama_folders
from autocut_tray.core.remedies.progress import Progress
from autocut_tray.core.remedies.pull import OllamaPull, Pulled
from autocut_tray.core.remedies.words import figures, pull_words
from autocut_tray.core.runtime.probes.machine import Machine
from autocut_tray.core.runtime.probes.ollama_host import parse_ollama_host
from autocut_tray.documents import error_document

_UNREACHABLE = frozenset({"pull_server_silent", "pull_remote", "pull_not_ollama", "bad_address"})


def pull_model(context: Context, model: str, clock: Clock | None = None) -> int:
    """Download ``model`` with Ollama; 0 done, 1 failed, 4 when no Ollama of this machine answers.

    An interrupt ends it: the connection is closed, and what was downloaded is kept.
    """
    clock = clock or SystemClock()
    began = clock.monotonic()
    ended = False
    last: list[Progress] = []
    try:
        pulled = _pull(context, model, clock, last)
        ended = True
    except BackendError as error:
        ended = True
        _report_failure(context, model, error, last[-1] if last else None)
        return 4 if error.code in _UNREACHABLE else 1
    finally:
        if not ended:
            context.output.note(context.translator.t("cli-pull-kept"))
    _report(context, model, pulled, clock.monotonic() - began)
    return 0


def _pull(context: Context, model: str, clock: Clock, last: list[Progress]) -> Pulled:
    title = models.title(model)
    host = parse_ollama_host(context.settings.current.models.ollama_host)
    if host.remote:
        raise failure("pull_remote", model=title, name=model)
    text = context.translator.text
    with Bar(context.output, text(message("remedy-pull-preparing", model=title))) as bar:

        def show(progress: Progress) -> None:
            last[:] = [progress]
            detail = " · ".join(text(said) for said in figures(progress))
            total = None if progress.total_bytes is None else float(progress.total_bytes)
            bar.show(progress.done_bytes, total, detail, text(pull_words(progress, title)))

        disk = ModelDisk(ollama_folders(Machine.this()))
        return OllamaPull(host.url, model, clock, disk).run(show, CancelToken())


def _report(context: Context, model: str, pulled: Pulled, seconds: float) -> None:
    if context.output.as_json:
        context.output.document(
            {
                "model": model,
                "server": "ollama",
                "status": "current" if pulled.was_current else "done",
                "size_bytes": pulled.size_bytes,
                "fetched_bytes": pulled.fetched_bytes,
                "seconds": round(seconds, 1),
            }
        )
    else:
        code = "remedy-pull-current" if pulled.was_current else "remedy-pull-done"
        context.output.say(context.translator.t(code, model=models.title(model)))


def _report_failure(context: Context, model: str, error: BackendError, last: Progress | None) -> None:
    if context.output.as_json:
        context.output.document(
            {
                "model": model,
                "server": "ollama",
                "status": "failed",
                "size_bytes": last.total_bytes if last else None,
                "here_bytes": last.done_bytes if last else None,
                "error": error_document(error, context.translator),
            }
        )
    said = (error.message,) if error.hint is None else (error.message, error.hint)
    context.output.note(context.translator.sentences(said))
