"""The commands and their options; each hands over to a module that does the work."""

from __future__ import annotations

import io
import logging
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType

import typer

from autocut_tray import __version__
from autocut_tray.cli.context import Context, open_context
from autocut_tray.cli.help import localized_command
from autocut_tray.cli.usage import PROGRAM, usage_error
from autocut_tray.core.alert import AlertKind
from autocut_tray.core.errors import AutoCutError, Cancelled, UsageError
from autocut_tray.core.log import set_up_logging
from autocut_tray.core.messages import message
from autocut_tray.core.paths import Paths
from autocut_tray.core.settings.presets import PRESETS
from autocut_tray.core.settings.secrets import ENVIRONMENT as KEY_NAMES
from autocut_tray.i18n import LANGUAGES, Translator, choose_language

ALERTS = tuple(kind.value for kind in AlertKind)

Handler = Callable[[Context], int]

USAGE_EXIT = 2
CLOUD_ACTIONS = ("list", "allow", "revoke", "spent", "ledger")

log = logging.getLogger(__name__)


def main(arguments: list[str]) -> int:
    """Run one command; returns its exit code. Whatever goes wrong ends as one or two sentences on stderr."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a redirected Windows console cannot take every character
            stream.reconfigure(errors="backslashreplace")
    language, verbose, rest = _take_globals(arguments)
    set_up_logging(Paths.from_environment().logs, verbose=verbose, stderr=verbose)
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, _interrupt)
    try:
        context = open_context(as_json=_wants_json(rest), language=language)
    except AutoCutError as error:
        return _say(error, Translator(choose_language(language)), as_json=_wants_json(rest))
    try:
        if rest[:1] == ["--headless"]:
            from autocut_tray.cli.headless import run_headless

            return run_headless(context)
        return _run_typer(context, rest)
    except AutoCutError as error:
        context.output.error(error)
        return error.exit_code
    except Interrupted:
        cancelled = Cancelled()
        context.output.error(cancelled)
        return cancelled.exit_code
    except BrokenPipeError:  # the reader of our output went away
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as error:  # a person never sees a traceback; the log has it
        log.exception("Unforeseen")
        internal = AutoCutError("internal", detail=f"{type(error).__name__}: {error}")
        context.output.error(internal)
        return internal.exit_code


def _run_typer(context: Context, arguments: list[str]) -> int:
    app = build_app(context)
    try:
        command = localized_command(app, context.translator)
        code = command.main(arguments, standalone_mode=False, prog_name=PROGRAM)
    except typer.Exit as leave:
        return int(leave.exit_code)
    except typer.TyperException as error:
        context.output.error(usage_error(error, arguments, _commands(app)))
        return USAGE_EXIT
    return code if isinstance(code, int) else 0


def _commands(app: typer.Typer) -> list[str]:
    named = (command.name or getattr(command.callback, "__name__", "") for command in app.registered_commands)
    return sorted(named)


def build_app(context: Context) -> typer.Typer:
    """The command line in the chosen language."""
    t = context.translator.t
    app = typer.Typer(
        help=t("cli-help"),
        add_completion=False,
        context_settings={"help_option_names": ["-h", "--help"]},
        rich_markup_mode=None,
    )
    as_json = typer.Option(False, "--json", help=t("cli-json"))

    @app.callback(invoke_without_command=True)
    def root(
        invoked: typer.Context,
        version: bool = typer.Option(False, "--version", is_eager=True, help=t("cli-version")),
        lang: str = typer.Option("", "--lang", help=t("cli-lang", languages=", ".join(LANGUAGES))),
        headless: bool = typer.Option(False, "--headless", help=t("cli-headless")),
        verbose: bool = typer.Option(False, "--verbose", help=t("cli-verbose")),
    ) -> None:
        if version:
            context.output.say(f"autocut-tray {__version__}")
        elif invoked.invoked_subcommand is None:
            context.output.say(invoked.get_help())

    @app.command(help=t("cli-profile"))
    def profile(json: bool = as_json) -> int:
        from autocut_tray.cli.machine import show_profile

        return show_profile(context)

    @app.command(help=t("cli-policy"))
    def policy(
        profile: Path | None = typer.Option(None, "--profile", help=t("cli-policy-profile")),
        json: bool = as_json,
    ) -> int:
        from autocut_tray.cli.machine import show_policy

        return show_policy(context, profile)

    @app.command(help=t("cli-status"))
    def status(json: bool = as_json) -> int:
        from autocut_tray.cli.machine import show_status

        return show_status(context)

    @app.command(help=t("cli-scenes"))
    def scenes(
        video: str = typer.Argument(..., help=t("cli-scenes-video")),
        fast: bool | None = typer.Option(None, "--fast/--accurate", help=t("cli-scenes-fast")),
        json: bool = as_json,
    ) -> int:
        from autocut_tray.cli.video import show_scenes

        return show_scenes(context, video, fast=fast)

    @app.command(help=t("cli-analyze"))
    def analyze(
        paths: list[str] = typer.Argument(..., metavar="PATH...", help=t("cli-analyze-paths")),
        never_cloud: bool = typer.Option(False, "--never-cloud", help=t("cli-never-cloud")),
        force_local: bool = typer.Option(False, "--force-local", help=t("cli-force-local")),
        force_cloud: bool = typer.Option(False, "--force-cloud", help=t("cli-force-cloud")),
        max_scenes: int | None = typer.Option(None, "--max-scenes", min=1, help=t("cli-max-scenes")),
        brief: str | None = typer.Option(None, "--brief", metavar="TEXT", help=t("cli-analyze-brief")),
        length: float | None = typer.Option(None, "--length", metavar="SECONDS", help=t("cli-length")),
        finish_by: str = typer.Option("", "--finish-by", metavar="TIME", help=t("cli-finish-by")),
        again: bool = typer.Option(False, "--again", help=t("cli-again")),
        wait: float = typer.Option(600.0, "--wait", min=0.0, help=t("cli-wait")),
        json: bool = as_json,
    ) -> int:
        from autocut_tray.cli.analyze import AnalyzeRequest, analyze_paths
        from autocut_tray.cli.moments import parse_deadline
        from autocut_tray.cli.plan import read_wish

        if force_local and force_cloud:
            raise UsageError("usage", message("error-force-both"))
        return analyze_paths(
            context,
            AnalyzeRequest(
                tuple(paths),
                never_cloud=never_cloud,
                force="local" if force_local else "cloud" if force_cloud else None,
                max_scenes=max_scenes,
                again=again,
                wait=wait,
                finish_by=parse_deadline(finish_by, time.time()) if finish_by else None,
                plan=None if brief is None and length is None else read_wish(brief or "", length),
            ),
        )

    @app.command(help=t("cli-describe"))
    def describe(
        job: str = typer.Argument(..., help=t("cli-export-job")),
        rest: bool = typer.Option(False, "--rest", help=t("cli-describe-rest")),
        lower: bool = typer.Option(False, "--lower", help=t("cli-describe-lower")),
        scenes: str = typer.Option("", "--scenes", metavar="1,3,5-8", help=t("cli-describe-scenes")),
        wait: float = typer.Option(600.0, "--wait", min=0.0, help=t("cli-wait")),
        json: bool = as_json,
    ) -> int:
        from autocut_tray.cli.describe import describe_more
        from autocut_tray.core.jobs.more import More
        from autocut_tray.core.jobs.picks import parse_choices

        chosen = tuple(choice.scene for choice in parse_choices(scenes)) if scenes else None
        return describe_more(context, job, More(rest, lower, chosen), wait)

    @app.command(help=t("cli-send"))
    def send(
        job: str = typer.Argument(..., help=t("cli-export-job")),
        scenes: str | None = typer.Option(None, "--scenes", metavar="1,3,5-8", help=t("cli-send-scenes")),
        plan: bool = typer.Option(False, "--plan", help=t("cli-export-plan")),
        json: bool = as_json,
    ) -> int:
        from autocut_tray.cli.send import send_to_resolve

        return send_to_resolve(context, job, scenes, planned=plan)

    @app.command(help=t("cli-pull"))
    def pull(
        model: str = typer.Argument(..., help=t("cli-pull-model")),
        json: bool = as_json,
    ) -> int:
        from autocut_tray.cli.remedy import pull_model

        return pull_model(context, model)

    @app.command(help=t("cli-jobs"))
    def jobs(
        finish_by: str = typer.Option("", "--finish-by", metavar="TIME", help=t("cli-jobs-finish-by")),
        pause: list[str] = typer.Option([], "--pause", metavar="JOB", help=t("cli-jobs-pause")),
        resume: list[str] = typer.Option([], "--resume", metavar="JOB", help=t("cli-jobs-resume")),
        first: list[str] = typer.Option([], "--next", metavar="JOB", help=t("cli-jobs-next")),
        json: bool = as_json,
    ) -> int:
        from autocut_tray.cli.analyze import show_jobs
        from autocut_tray.cli.describe import arrange_job, finish_jobs_by
        from autocut_tray.core.jobs.job import Verb

        if finish_by:
            finish_jobs_by(context, finish_by)
        for verb, named in ((Verb.PAUSE, pause), (Verb.RESUME, resume), (Verb.NEXT, first)):
            for job_id in named:
                arrange_job(context, job_id, verb)
        return show_jobs(context)

    @app.command(help=t("cli-plan"))
    def plan(
        job: str = typer.Argument(..., help=t("cli-export-job")),
        brief: str = typer.Option("", "--brief", metavar="TEXT", help=t("cli-brief")),
        length: float | None = typer.Option(None, "--length", metavar="SECONDS", help=t("cli-length")),
        keep: bool = typer.Option(False, "--keep", help=t("cli-plan-keep")),
        json: bool = as_json,
    ) -> int:
        from autocut_tray.cli.plan import plan_job

        return plan_job(context, job, brief, length, keep=keep)

    @app.command(help=t("cli-export"))
    def export(
        job: str = typer.Argument(..., help=t("cli-export-job")),
        kind: str = typer.Option(..., "--format", "-f", help=t("cli-export-format")),
        target: Path = typer.Option(..., "--output", "-o", metavar="FILE", help=t("cli-export-output")),
        scenes: str | None = typer.Option(None, "--scenes", metavar="1,3,5-8", help=t("cli-export-scenes")),
        plan: bool = typer.Option(False, "--plan", help=t("cli-export-plan")),
        force: bool = typer.Option(False, "--force", help=t("cli-export-force")),
        json: bool = as_json,
    ) -> int:
        from autocut_tray.cli.export import export_job

        return export_job(context, job, kind, target, scenes, planned=plan, force=force)

    @app.command(help=t("cli-replay"))
    def replay(
        trace: Path | None = typer.Argument(None, help=t("cli-replay-trace")),
        history: bool = typer.Option(False, "--history", help=t("cli-replay-history")),
        since: str = typer.Option("24h", "--since", help=t("cli-since")),
        until: str = typer.Option("", "--until", help=t("cli-until")),
        overrides: list[str] = typer.Option([], "--set", metavar="NAME=NUMBER", help=t("cli-replay-set")),
        json: bool = as_json,
    ) -> int:
        if history == (trace is not None):
            raise UsageError("usage", message("error-replay-what"))
        if trace is None:
            from autocut_tray.cli.history import replay_history

            return replay_history(context, since, until, overrides)
        from autocut_tray.cli.control import replay_trace

        return replay_trace(context, trace, overrides)

    @app.command(help=t("cli-history"))
    def history(
        since: str = typer.Option("24h", "--since", help=t("cli-since")),
        until: str = typer.Option("", "--until", help=t("cli-until")),
        form: str = typer.Option("", "--format", help=t("cli-history-format")),
        output: Path | None = typer.Option(
            None, "--output", "-o", metavar="FILE", help=t("cli-history-output")
        ),
        force: bool = typer.Option(False, "--force", help=t("cli-doctor-force")),
        json: bool = as_json,
    ) -> int:
        from autocut_tray.cli.history import export_history

        return export_history(context, since, until, form, output, force=force)

    @app.command(help=t("cli-report"))
    def report(
        period: str = typer.Option("last_24h", "--period", help=t("cli-report-period")),
        since: str = typer.Option("", "--since", help=t("cli-report-since")),
        until: str = typer.Option("", "--until", help=t("cli-until")),
        form: str = typer.Option("", "--format", help=t("cli-report-format")),
        output: Path | None = typer.Option(
            None, "--output", "-o", metavar="FILE", help=t("cli-report-output")
        ),
        force: bool = typer.Option(False, "--force", help=t("cli-doctor-force")),
        json: bool = as_json,
    ) -> int:
        from autocut_tray.cli.report import run_report

        return run_report(context, period, since, until, form, output, force=force)

    @app.command(help=t("cli-degrade"))
    def degrade(
        tier: str = typer.Argument(..., help=t("cli-degrade-tier")),
        reason: str = typer.Option("", "--reason", help=t("cli-degrade-reason")),
        json: bool = as_json,
    ) -> int:
        from autocut_tray.cli.control import degrade_to

        return degrade_to(context, tier, reason)

    @app.command(help=t("cli-undo"))
    def undo(json: bool = as_json) -> int:
        from autocut_tray.cli.control import undo_degradation

        return undo_degradation(context)

    @app.command(help=t("cli-pin"))
    def pin(
        tier: str = typer.Argument(..., help=t("cli-pin-tier")),
        json: bool = as_json,
    ) -> int:
        from autocut_tray.cli.control import pin_tier

        return pin_tier(context, tier)

    @app.command(help=t("cli-drill"))
    def drill(json: bool = as_json) -> int:
        from autocut_tray.cli.drill import run_drill

        return run_drill(context)

    @app.command(help=t("cli-alerts"))
    def alerts(
        days: float = typer.Option(7.0, "--days", min=0.0, max=3650.0, help=t("cli-alerts-days")),
        mute: str | None = typer.Option(
            None, "--mute", metavar="ALERT", help=t("cli-alerts-mute", names=", ".join(ALERTS))
        ),
        unmute: str | None = typer.Option(None, "--unmute", metavar="ALERT", help=t("cli-alerts-unmute")),
        json: bool = as_json,
    ) -> int:
        from autocut_tray.cli.alerts import run_alerts

        return run_alerts(context, days, mute, unmute)

    @app.command(help=t("cli-serve"))
    def serve() -> int:
        from autocut_tray.cli.headless import run_headless

        return run_headless(context, serve=True)

    @app.command(help=t("cli-receipts"))
    def receipts(
        days: float = typer.Option(7.0, "--days", min=0.0, max=3650.0, help=t("cli-receipts-days")),
        json: bool = as_json,
    ) -> int:
        from autocut_tray.cli.receipts import run_receipts

        return run_receipts(context, days)

    @app.command(help=t("cli-memory"))
    def memory(
        days: float = typer.Option(7.0, "--days", min=0.0, max=3650.0, help=t("cli-memory-days")),
        json: bool = as_json,
    ) -> int:
        from autocut_tray.cli.held import run_memory

        return run_memory(context, days)

    @app.command("quit", help=t("cli-quit"))
    def end(
        wait: float = typer.Option(30.0, "--wait", min=0.0, metavar="SECONDS", help=t("cli-quit-wait")),
    ) -> int:
        from autocut_tray.cli.quit import quit_instance

        return quit_instance(context, wait)

    @app.command(help=t("cli-licences"))
    def licences() -> int:
        from autocut_tray.cli.licences import show_licences

        return show_licences(context)

    @app.command("memory-demo", help=t("cli-memory-demo"))
    def memory_demo(
        demo: str = typer.Option("all", "--demo", help=t("cli-memory-demo-demo")),
        json: bool = as_json,
    ) -> int:
        from autocut_tray.cli.memory import run_memory_demo

        return run_memory_demo(context, demo)

    @app.command(help=t("cli-doctor"))
    def doctor(
        output: Path | None = typer.Option(
            None, "--output", "-o", metavar="FILE", help=t("cli-doctor-output")
        ),
        force: bool = typer.Option(False, "--force", help=t("cli-doctor-force")),
        json: bool = as_json,
    ) -> int:
        from autocut_tray.cli.doctor import run_doctor

        return run_doctor(context, output, force=force)

    @app.command(help=t("cli-settings"))
    def settings(
        path: str | None = typer.Argument(None, help=t("cli-settings-path")),
        value: str | None = typer.Argument(None, help=t("cli-settings-value")),
        reset: bool = typer.Option(False, "--reset", help=t("cli-settings-reset")),
        preset: str | None = typer.Option(
            None, "--preset", metavar="NAME", help=t("cli-settings-preset", names=", ".join(PRESETS))
        ),
        json: bool = as_json,
    ) -> int:
        from autocut_tray.cli.settings import run_settings

        return run_settings(context, path, value, reset=reset, preset=preset)

    @app.command(help=t("cli-key"))
    def key(
        name: str | None = typer.Argument(None, help=t("cli-key-name", names=", ".join(KEY_NAMES))),
        extra: list[str] | None = typer.Argument(None, hidden=True),
        forget: bool = typer.Option(False, "--forget", help=t("cli-key-forget")),
        json: bool = as_json,
    ) -> int:
        from autocut_tray.cli.keys import run_key

        return run_key(context, name, extra or [], forget=forget)

    @app.command(help=t("cli-cloud"))
    def cloud(
        action: str = typer.Argument("list", help=t("cli-cloud-action", actions=", ".join(CLOUD_ACTIONS))),
        name: str | None = typer.Argument(None, help=t("cli-cloud-name")),
        purpose: str | None = typer.Option(None, "--for", help=t("cli-cloud-for")),
        price: str | None = typer.Option(None, "--price-per-request", help=t("cli-cloud-price")),
        yes: bool = typer.Option(False, "--yes", help=t("cli-cloud-yes")),
        days: int = typer.Option(30, "--days", min=1, max=3660, help=t("cli-cloud-days")),
        json: bool = as_json,
    ) -> int:
        from autocut_tray.cli.cloud import CloudRequest, run_cloud

        return run_cloud(context, CloudRequest(action, name, purpose, price, yes=yes, days=days))

    return app


def _take_globals(arguments: list[str]) -> tuple[str | None, bool, list[str]]:
    """The value of ``--lang`` and whether ``--verbose`` is there, wherever they stand before ``--``; and the rest.

    An unknown language counts as none.
    """
    rest: list[str] = []
    language: str | None = None
    verbose = False
    waiting = iter(arguments)
    for argument in waiting:
        if argument == "--":
            rest += [argument, *waiting]
        elif argument == "--lang":
            language = next(waiting, None)
        elif argument.startswith("--lang="):
            language = argument.partition("=")[2]
        elif argument == "--verbose":
            verbose = True
        else:
            rest.append(argument)
    return (language if language in LANGUAGES else None), verbose, rest


def _wants_json(arguments: list[str]) -> bool:
    before_paths = arguments[: arguments.index("--")] if "--" in arguments else arguments
    return "--json" in before_paths


def _say(error: AutoCutError, translator: Translator, *, as_json: bool) -> int:
    from autocut_tray.cli.output import Output

    Output(translator, as_json=as_json).error(error)
    return error.exit_code


class Interrupted(BaseException):
    """Ctrl-C or SIGTERM. Not a KeyboardInterrupt, which Typer would turn into an exit without a word."""


def _interrupt(number: int, frame: FrameType | None) -> None:
    """The first signal ends a command in order, a second one at once."""
    signal.signal(number, signal.SIG_DFL)
    raise Interrupted
