"""The JSON documents of the command line and the API, as ``interfaces`` promises them to other programs.

Keys may be added, never renamed or dropped without a new schema number. Words are in the translator's language.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autocut_tray.core.alert import Alert
from autocut_tray.core.drill import words as drill_words
from autocut_tray.core.drill.drill import DrillReport
from autocut_tray.core.egress.desk import Offer
from autocut_tray.core.egress.ledger import WARN_SHARE, Cap, Caps, Entry, Spent, Totals
from autocut_tray.core.egress.prices import dollars
from autocut_tray.core.errors import AutoCutError
from autocut_tray.core.footage import Scene, Sound, SoundProblem, Video
from autocut_tray.core.frozen import frozen
from autocut_tray.core.hearing import problem_words
from autocut_tray.core.jobs.job import Job, JobError, JobState, SceneRecord
from autocut_tray.core.jobs.picture_words import picture_words
from autocut_tray.core.jobs.records import (
    description_to_json,
    picture_to_json,
    scene_to_json,
    sound_to_json,
    video_to_json,
)
from autocut_tray.core.jobs.side_by_side import SideBySide
from autocut_tray.core.messages import Message
from autocut_tray.core.picture_quality import PictureQuality
from autocut_tray.core.planning.plan import Plan
from autocut_tray.core.policy import policy_json
from autocut_tray.core.policy.control_state import ControllerState
from autocut_tray.core.policy.governor_types import Tier
from autocut_tray.core.policy.policy import ExecutionPolicy
from autocut_tray.core.runtime.profile import RuntimeProfile, gib
from autocut_tray.core.sample import SYSTEM_SOURCE, MetricsSample
from autocut_tray.core.timecode import format_rate
from autocut_tray.event_documents import alert_document
from autocut_tray.i18n import Translator

if TYPE_CHECKING:  # the formats are of no use to a tray that just starts
    from autocut_tray.core.jobs.export import Exported
    from autocut_tray.core.jobs.send import Sent

Json = dict[str, Any]


@frozen
class Status:
    """All that the status is made of. ``controller`` None: no instance runs, the rest is what was stored."""

    profile: RuntimeProfile | None
    policy: ExecutionPolicy | None
    sentences: tuple[Message, ...]
    controller: ControllerState | None
    sample: MetricsSample | None
    forced: Tier | None = None
    pinned: Tier | None = None
    """Stored wishes, while no instance runs."""
    alerts: tuple[Alert, ...] = ()
    """Those that last."""
    memory: Json | None = None
    """What the running instance holds and gave back."""
    suspended: bool = False
    """The instance runs and measures nothing now."""
    videos: SideBySide | None = None
    """How many videos there may be at once; None while none was begun."""


_STATES = {JobState.POISON: "failed"}


def error_document(error: AutoCutError | JobError, translator: Translator) -> Json:
    """``{"code", "message", "hint"}``."""
    return {
        "code": error.code,
        "message": translator.text(error.message),
        "hint": translator.text(error.hint) if error.hint else None,
    }


def scenes_document(
    video: Video,
    scenes: Sequence[Scene],
    sounds: Mapping[int, Sound | SoundProblem],
    words: Mapping[int, str],
    pictures: Mapping[int, PictureQuality | None],
    keyframes: Mapping[int, Sequence[float]],
    translator: Translator,
) -> Json:
    """``sounds``, ``words`` (subtitles), ``pictures`` and ``keyframes`` (seconds) by the number of the scene."""
    return {
        "video": video_to_json(video),
        "scenes": [
            {
                **scene_to_json(scene),
                **sound_document(sounds.get(scene.id), translator),
                "subtitles": words.get(scene.id),
                "picture": picture_to_json(pictures.get(scene.id)),
                "keyframes": sorted(keyframes.get(scene.id, ())),
            }
            for scene in scenes
        ],
    }


def sound_document(sound: Sound | SoundProblem | None, translator: Translator) -> Json:
    """``audio`` is null without sound; where there is some that is not measured, ``audio_note`` says why."""
    if isinstance(sound, SoundProblem):
        return {"audio": None, "audio_note": translator.text(problem_words(sound))}
    return {"audio": sound_to_json(sound) if sound else None, "audio_note": None}


def job_document(job: Job, translator: Translator, plan: Plan | None = None) -> Json:
    """A job without its scenes."""
    return {
        "id": job.id,
        "path": job.path,
        "state": _STATES.get(job.state, job.state.value),
        "phase": job.phase.value if job.phase else None,
        "created": job.created,
        "updated": job.updated,
        "never_cloud": job.options.never_cloud,
        "finish_by": job.options.finish_by,
        "held": job.held,
        "note": translator.text(job.note) if job.note else None,
        "finish_on": job.way.value if job.way else None,
        "video": video_to_json(job.video) if job.video else None,
        "scenes_found": job.scenes_found,
        "scenes_planned": job.scenes_planned,
        "scenes_done": job.scenes_done,
        "scenes_left_out": job.scenes_left_out,
        "scenes_degraded": job.scenes_degraded,
        "plan": plan_document(plan, translator) if plan else None,
        "waiting_for": translator.text(job.waiting_for) if job.waiting_for else None,
        "error": error_document(job.error, translator) if job.error else None,
    }


def analysis_document(
    job: Job, records: Sequence[SceneRecord], plan: Plan | None, thumbnails: Path, translator: Translator
) -> Json:
    """A job with its rough cut and everything that is known of its scenes."""
    return {
        **job_document(job, translator, plan),
        "scenes": [record_document(record, thumbnails, translator) for record in records],
    }


def plan_document(plan: Plan, translator: Translator) -> Json:
    """A rough cut. ``seconds``: the length asked for; ``length``: the one it has; trims and lengths in seconds."""
    text, rate = translator.text, plan.rate
    return {
        "brief": plan.brief,
        "by": plan.by.value,
        "model": plan.model,
        "who": text(plan.who),
        "notes": [text(note) for note in plan.notes],
        "seconds": None if plan.seconds is None else float(plan.seconds),
        "length": round(float(plan.length), 6),
        "rate": format_rate(rate),
        "changed_by_hand": bool(plan.hand),
        "entries": [
            {
                "scene": entry.scene,
                "trim_start": round(float(entry.trim_start / rate), 6),
                "trim_end": round(float(entry.trim_end / rate), 6),
                "trim_start_frames": entry.trim_start,
                "trim_end_frames": entry.trim_end,
                "frames": entry.frames,
                "length": round(float(entry.frames / rate), 6),
                "reason": text(entry.reason),
            }
            for entry in plan.entries
        ],
    }


def record_document(record: SceneRecord, thumbnails: Path, translator: Translator) -> Json:
    by, seen = record.described_by, picture_words(record)
    return {
        **scene_to_json(record.scene),
        "keyframe": record.keyframe,
        "thumbnail": str(thumbnails / record.thumbnail) if record.thumbnail else None,
        "keyframes": [
            {"time": picture.time, "thumbnail": str(thumbnails / picture.name)} for picture in record.pictures
        ],
        "status": record.status.value,
        "description": description_to_json(record.description) if record.description else None,
        "described_by": {
            "tier": by.tier.value,
            "backend": by.backend,
            "model": by.model,
            "seconds": by.seconds,
            "degraded": by.degraded,
            "pictures": by.pictures,
            "fewer_pictures": by.fewer.value if by.fewer else None,
            "pictures_note": translator.text(seen) if seen else None,
        }
        if by
        else None,
        "edited": list(record.edited),
        "wanted": record.wanted,
        "picture": picture_to_json(record.picture),
        **sound_document(record.sound, translator),
        "subtitles": record.subtitles,
        "error": translator.text(record.error) if record.error else None,
    }


def offer_document(offer: Offer) -> Json:
    """A place that may get something, or could be allowed to."""
    destination, consent, price = offer.destination, offer.consent, offer.price
    return {
        "provider": destination.provider,
        "server": offer.server,
        "host": destination.host,
        "address": destination.address,
        "model": destination.model,
        "purpose": destination.purpose.value,
        "allowed": offer.refusal is None,
        "blocked": None if offer.refusal is None else offer.refusal.value,
        "consent": None if consent is None else {"text": consent.text, "given_at": consent.given_at},
        "price": None
        if price is None
        else {
            "by_person": price.by_person,
            "per_request_usd": None if price.per_request is None else dollars(price.per_request),
            "input_usd_per_million": None if price.by_person else float(price.input),
            "output_usd_per_million": None if price.by_person else float(price.output),
            "source": price.source or None,
            "as_of": price.as_of or None,
        },
        "most_usd_per_request": None if offer.worst is None else dollars(offer.worst),
        "waiting": None
        if offer.waiting is None
        else {"pictures": offer.waiting.pictures, "bytes": offer.waiting.bytes},
    }


def spent_document(spent: Spent, caps: Caps) -> Json:
    """What counts against the limits; ``state`` is ``ok``, ``warn`` from 80 % on, or ``stop``."""
    worst = max(spent.share(cap, caps) for cap in Cap)
    return {
        "day": {"usd": dollars(spent.day), "cap_usd": dollars(caps.day)},
        "month": {"usd": dollars(spent.month), "cap_usd": dollars(caps.month)},
        "requests": {"today": spent.requests, "cap": caps.requests},
        "state": "stop" if worst >= 1.0 else "warn" if worst >= WARN_SHARE else "ok",
    }


def ledger_document(entries: Sequence[Entry], totals: Totals) -> Json:
    """Every request of a period, the newest first, and their sums as a report has them."""
    return {
        "schema": 1,
        "entries": [entry_document(entry) for entry in entries],
        "cloud": {
            "requests": totals.requests,
            "frames": totals.frames,
            "bytes": totals.bytes,
            "cost": dollars(totals.cost),
        },
    }


def entry_document(entry: Entry) -> Json:
    """One line of the ledger; money in US dollars."""
    return {
        "id": entry.id,
        "at": entry.at,
        "job": entry.job,
        "purpose": entry.purpose.value,
        "provider": entry.provider,
        "host": entry.host,
        "model": entry.model,
        "frames": entry.frames,
        "pixels": entry.pixels,
        "bytes": entry.bytes,
        "sha256": entry.sha256,
        "estimated_usd": dollars(entry.estimated),
        "reported_usd": None if entry.reported is None else dollars(entry.reported),
        "cost_usd": dollars(entry.cost),
        "state": entry.state.value,
        "status": entry.status,
    }


def drill_document(report: DrillReport, translator: Translator) -> Json:
    """What a fire drill found; ``text`` is for people."""
    text = translator.text
    return {
        "schema": 1,
        "at": report.at,
        "passed": report.passed,
        "summary": text(drill_words.summary(report)),
        "rungs": [
            {
                "tier": rung.route.tier.value,
                "backend": rung.route.backend.value,
                "model": rung.route.model,
                "works": rung.works,
                "seconds": _rounded(rung.seconds),
                "vram_mib": _rounded(rung.vram_mib),
                "expected_s_per_scene": _rounded(rung.scene_seconds),
                "text": text(drill_words.rung_words(rung)),
                "figures": [text(figure) for figure in drill_words.rung_figures(rung)],
                "next": text(rung.hint) if rung.hint else None,
            }
            for rung in report.rungs
        ],
        "walk": [
            {
                "pressure": step.pressure.value,
                "from": step.source.value,
                "to": step.target.value if step.target else None,
                "after_s": _rounded(step.seconds),
                "failures": step.failures,
                "text": text(drill_words.step_words(step)),
            }
            for step in report.steps
        ],
    }


def export_document(exported: Exported, translator: Translator) -> Json:
    """The job without its scenes, and the file that was made of it."""
    text = translator.text
    return {
        **job_document(exported.job, translator, exported.plan),
        "exports": [str(exported.path)],
        "export": {
            "format": exported.kind.value,
            "path": str(exported.path),
            "bytes": exported.size,
            "clips": exported.clips,
            "rate": format_rate(exported.rate),
            "seconds": float(exported.seconds),
            "read_back": True,
            "findings": [
                {
                    "code": finding.code,
                    "severity": finding.severity.value,
                    "message": text(finding.message),
                    "hint": text(finding.hint) if finding.hint else None,
                }
                for finding in exported.findings
            ],
            "how_to_import": [
                {"editor": how.editor.value, "name": text(how.name), "steps": text(how.steps)}
                for how in exported.how_to
            ],
        },
    }


def sent_document(sent: Sent, translator: Translator) -> Json:
    """The job without its scenes, and where its timeline is now."""
    received = sent.received
    return {
        **job_document(sent.exported.job, translator, sent.exported.plan),
        "sent": {
            "to": received.product,
            "version": received.version,
            "project": received.project,
            "timeline": received.timeline,
            "clips": sent.exported.clips,
            "rate": format_rate(sent.exported.rate),
            "project_rate": None if received.rate is None else format_rate(received.rate),
            "note": translator.text(sent.note) if sent.note else None,
        },
    }


def status_document(status: Status, translator: Translator) -> Json:
    """What runs where and why; figures that are not measured are null."""
    profile, policy, controller, sample = status.profile, status.policy, status.controller, status.sample
    forced = controller.forced if controller else status.forced
    pinned = controller.pinned if controller else status.pinned
    return {
        "profile": {
            "class": profile.profile_class.value if profile else None,
            "degraded": controller.degraded if controller else False,
            "explanation": [translator.text(s) for s in status.sentences],
        },
        "policy": policy_json.parts_json(policy) if policy else None,
        "monitor": {
            "running": controller is not None and not status.suspended,
            "degraded": controller.degraded if controller else forced is not None,
            "tier": _tier(controller, policy, forced),
            "memory_level": controller.level.value if controller else None,
            "reason": translator.text(controller.reason) if controller else None,
            "since": controller.since if controller else None,
            "pinned": pinned.value if pinned else None,
            "forced": forced.value if forced else None,
            "metrics": _metrics_document(sample),
            "videos_at_once": None
            if status.videos is None
            else {
                "most": status.videos.jobs,
                "reading": status.videos.reading,
                "reasons": [translator.text(reason) for reason in status.videos.reasons],
            },
            "alerts": [alert_document(alert, translator, active=True) for alert in status.alerts],
        },
        "memory": status.memory,
        "recommendations": policy_json.recommendations_json(policy.recommendations, translator.text)
        if policy
        else [],
    }


def _tier(
    controller: ControllerState | None, policy: ExecutionPolicy | None, forced: Tier | None
) -> str | None:
    if controller is not None:
        return controller.shown_tier.value
    if forced is not None:
        return forced.value
    return policy.base_tier.value if policy else None


def _metrics_document(sample: MetricsSample | None) -> Json:
    return {
        "gpu": {
            "vram_used_percent": _rounded(sample.vram_percent) if sample else None,
            "vram_used_mib": sample.vram_used if sample else None,
            "vram_total_mib": sample.vram_total if sample else None,
            "load_percent": sample.gpu_load if sample else None,
            "source": sample.vram_source if sample else None,
        },
        "memory": {
            "available_gb": gib(sample.ram_available) if sample else None,
            "used_gb": gib(sample.ram_used) if sample else None,
            "used_percent": _rounded(sample.ram_percent) if sample else None,
            "swap_used_mib": sample.swap_used if sample else None,
            "stalled": sample.ram_stalled if sample else None,
            "source": _source(sample.ram_available if sample else None),
        },
        "cpu": {
            "percent": sample.cpu_percent if sample else None,
            "load": sample.load_average if sample else None,
            "source": _source(sample.cpu_percent if sample else None),
        },
        "tasks": {
            "queued": sample.queued if sample else None,
            "running": sample.running if sample else None,
            "failure_rate": sample.failure_rate if sample else None,
            "success_rate": sample.success_rate if sample else None,
            "processing_s": sample.processing_s if sample else None,
        },
        "disk": {
            "read_bytes": sample.disk_read if sample else None,
            "written_bytes": sample.disk_written if sample else None,
            "read_bytes_per_s": sample.disk_read_rate if sample else None,
            "written_bytes_per_s": sample.disk_write_rate if sample else None,
            "source": _source(sample.disk_read if sample else None),
        },
        "network": {
            "sent_bytes": sample.net_sent if sample else None,
            "received_bytes": sample.net_received if sample else None,
            "sent_bytes_per_s": sample.net_send_rate if sample else None,
            "received_bytes_per_s": sample.net_receive_rate if sample else None,
            "source": _source(sample.net_sent if sample else None),
        },
        "editor": {
            "running": sample.resolve_running if sample else None,
            "busy": sample.resolve_busy if sample else None,
        },
    }


def _source(figure: float | None) -> str | None:
    """Who says so, as ``gpu`` names its driver: RAM, processor, disk and network come from one library."""
    return None if figure is None else SYSTEM_SOURCE


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)
