"""``profile``, ``policy`` and ``status``: what this machine is, what follows, what runs."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from pathlib import Path

from autocut_tray.cli.context import Context, Json
from autocut_tray.core.analyzers.leave import wishes
from autocut_tray.core.clock import SystemClock
from autocut_tray.core.egress.consents import peek
from autocut_tray.core.policy import policy_json
from autocut_tray.core.policy.control_memory import ControlMemory
from autocut_tray.core.policy.detection import Detection
from autocut_tray.core.policy.explain import Explanation, explain
from autocut_tray.core.policy.figure_store import FigureStore
from autocut_tray.core.policy.figures import NOTHING_MEASURED, Figures
from autocut_tray.core.policy.model_choice import chosen_in, settings_for
from autocut_tray.core.policy.policy import Action, ActionKind, ExecutionPolicy
from autocut_tray.core.policy.resolver import Wishes, resolve
from autocut_tray.core.runtime import profile_json
from autocut_tray.core.runtime.detect import Detector
from autocut_tray.core.runtime.probes import ServerAddresses, system_probes
from autocut_tray.core.runtime.profile import RuntimeProfile
from autocut_tray.core.runtime.profile_json import ProfileStore, read_profile
from autocut_tray.core.settings.secrets import KeyStore
from autocut_tray.documents import Status, status_document


def show_profile(context: Context) -> int:
    """Detect now, save, print."""
    detection, figures = _detect(context)
    profile, policy, explanation = detection.profile, detection.policy, detection.explanation
    assert profile is not None and policy is not None and explanation is not None, "so every detection ends"
    sentences = [context.translator.text(s) for s in explanation.sentences]
    if context.output.as_json:
        context.output.document(profile_json.to_json(profile, sentences, translate=context.translator.text))
    else:
        _say_explanation(context, explanation)
        _say_recommendations(context, profile, policy, figures)
        for change in profile.changes:
            context.output.say(context.translator.t(change.code, **change.params))
    return 0


def show_policy(context: Context, profile_file: Path | None) -> int:
    """The policy for this machine, or for the profile in a file."""
    figures = NOTHING_MEASURED
    if profile_file is None:
        detection, figures = _detect(context)
        profile, policy = detection.profile, detection.policy
        assert profile is not None and policy is not None, "detection always ends with a policy"
    else:
        profile = read_profile(profile_file)
        policy = resolve(
            profile,
            _wishes(context),
        )
    if context.output.as_json:
        context.output.document(policy_json.to_json(policy, context.translator.text))
    else:
        _say_explanation(context, explain(profile, policy, figures))
        _say_recommendations(context, profile, policy, figures)
    return 0


def show_status(context: Context) -> int:
    """Of the running instance; without one, what was stored when it last ran."""
    document = context.call({"command": "status", "language": context.translator.language})
    if document is None:
        document = stored_status(context)
    if context.output.as_json:
        context.output.document(document)
    else:
        say_status(context, document)
    return 0


def stored_status(context: Context) -> Json:
    """The status as far as it is known without a running instance."""
    profile = ProfileStore(context.paths.profile_file).load()
    clock = SystemClock()
    figures = FigureStore(context.paths.figures_file, clock).figures
    policy = resolve(profile, _wishes(context), figures) if profile else None
    sentences = explain(profile, policy, figures).sentences if profile and policy else ()
    left = ControlMemory(context.paths.control_file, clock).load()
    status = Status(profile, policy, sentences, None, None, forced=left.forced, pinned=left.pin)
    return status_document(status, context.translator)


def say_status(context: Context, document: Json) -> None:
    """The status for a person: tier, reason, readings."""
    t, output = context.translator.t, context.output
    monitor = document["monitor"]
    if not monitor["running"]:
        output.say(t("cli-status-not-running"))
    if monitor["tier"]:
        output.say(t("cli-status-tier", tier=t(f"tier-{monitor['tier']}")), style="bold")
    if monitor["reason"]:
        output.say(monitor["reason"])
    metrics = monitor["metrics"]
    gpu, memory, cpu, tasks = metrics["gpu"], metrics["memory"], metrics["cpu"], metrics["tasks"]
    if gpu["vram_used_mib"] is not None:
        output.say(
            t(
                "cli-status-vram",
                used=f"{gpu['vram_used_mib'] / 1024:.1f}",
                total=f"{gpu['vram_total_mib'] / 1024:.1f}",
            )
        )
    if memory["available_gb"] is not None:
        output.say(
            t(
                "cli-status-ram",
                available=f"{memory['available_gb']:.1f}",
                used=f"{memory['used_percent']:.0f}",
            )
        )
    if cpu["percent"] is not None:
        output.say(t("cli-status-cpu", percent=f"{cpu['percent']:.0f}"))
    if tasks["queued"] is not None:
        output.say(t("cli-status-jobs", running=tasks["running"], queued=tasks["queued"]))
    videos = monitor.get("videos_at_once")  # an instance of an earlier version does not say
    if videos is not None:
        output.say(t("cli-status-videos", n=str(videos["most"]), why=" ".join(videos["reasons"])))


def _wishes(context: Context) -> Wishes:
    """What this person's settings ask, and what they have allowed."""
    return wishes(context.settings.current, KeyStore.of(context.paths), peek(context.paths.app_database))


def _detect(context: Context) -> tuple[Detection, Figures]:
    """What was found just now, and what this machine has measured before."""
    keys = KeyStore.of(context.paths)
    clock = SystemClock()

    def addresses() -> ServerAddresses:
        wanted = context.settings.current.models
        return ServerAddresses(wanted.ollama_host, wanted.lmstudio_host, keys.get("lmstudio"))

    measured = FigureStore(context.paths.figures_file, clock)
    detector = Detector(system_probes(clock, addresses), clock)
    detection = Detection(
        detector,
        ProfileStore(context.paths.profile_file),
        lambda: _wishes(context),
        context.bus,
        lambda: measured.figures,
    )
    try:
        detection.detect_now()
    finally:
        detector.close()
    return detection, measured.figures


def _say_explanation(context: Context, explanation: Explanation) -> None:
    output, text = context.output, context.translator.text
    output.say(text(explanation.title), style="bold")
    output.say(text(explanation.subtitle))
    for rows in (explanation.found, explanation.how):
        output.say()
        output.table(
            ("", "", ""),
            [(text(row.label), text(row.value), row.detail(text)) for row in rows],
        )
    output.say()


def _say_recommendations(
    context: Context, profile: RuntimeProfile, policy: ExecutionPolicy, figures: Figures
) -> None:
    """What would make this machine better; where a command does it, that."""
    for advice in policy.recommendations:
        context.output.say("→ " + context.translator.text(advice.text), style="bold")
        context.output.say("  " + context.translator.text(advice.reason))
        for command in _commands(context, profile, figures, advice.action):
            context.output.say("  " + context.translator.t("cli-do-it", command=command))


def _commands(
    context: Context, profile: RuntimeProfile, figures: Figures, action: Action | None
) -> Iterator[str]:
    if action is None or not action.argument:
        return
    if action.kind is ActionKind.PULL_MODEL:
        yield f"autocut-tray pull {action.argument}"
    elif action.kind is ActionKind.ENTER_KEY:
        yield f"autocut-tray key {action.argument}"
    elif action.kind is ActionKind.ALLOW_CLOUD:
        yield f"autocut-tray cloud allow {action.argument}"
    elif action.kind is ActionKind.USE_MODEL:
        asked = _wishes(context)
        settings = settings_for(profile, asked, figures, *chosen_in(action.argument))
        for path, value in settings.items():
            yield f"autocut-tray settings {path} {shlex.quote(value)}"
