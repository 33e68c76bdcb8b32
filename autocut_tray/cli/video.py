"""``scenes``: where one video is cut, without models, jobs or storage."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from autocut_tray.cli.context import Context
from autocut_tray.cli.progress import Progress
from autocut_tray.core.cancel import CancelToken
from autocut_tray.core.clock import SystemClock
from autocut_tray.core.errors import InputError
from autocut_tray.core.footage import (
    Finished,
    FurtherFrame,
    Keyframe,
    ScanMode,
    Scene,
    SceneSound,
    SceneWords,
    Sound,
    SoundProblem,
    Video,
)
from autocut_tray.core.footage import Progress as ReadProgress
from autocut_tray.core.hearing import loudness_words, notes
from autocut_tray.core.jobs.defaults import description_language, scan_options
from autocut_tray.core.media.scanner import WorkerScanner, damage
from autocut_tray.core.picture_quality import Flaw, PictureQuality
from autocut_tray.core.scan_words import scan_words
from autocut_tray.core.timecode import clock_time, format_rate
from autocut_tray.documents import error_document, scenes_document


def show_scenes(context: Context, path: str, *, fast: bool | None) -> int:
    """Print the scenes of one video; those of the readable part also when it breaks off.

    ``fast`` None: as the setting says.
    """
    cancel = CancelToken()
    video: Video | None = None
    scenes: list[Scene] = []
    sounds: dict[int, Sound | SoundProblem] = {}
    words: dict[int, str] = {}
    pictures: dict[int, PictureQuality | None] = {}
    keyframes: dict[int, list[float]] = {}
    broken: InputError | None = None
    settings = context.settings.current
    options = scan_options(settings, None, description_language(settings, context.translator.language))
    options = replace(options, pictures=0)
    if fast is not None:
        options = replace(options, mode=ScanMode.FAST if fast else ScanMode.ACCURATE)
    with (
        Progress(context.output, context.translator.t("cli-progress-reading")) as progress,
        WorkerScanner(SystemClock()).scan(path, options, cancel) as messages,
    ):
        for said in messages:
            match said:
                case Video():
                    video = said
                case Scene():
                    scenes.append(said)
                case FurtherFrame():
                    keyframes.setdefault(said.scene_id, []).append(said.time)
                case Keyframe():
                    keyframes.setdefault(said.scene_id, []).append(said.time)
                    pictures[said.scene_id] = said.quality
                case SceneSound():
                    sounds[said.scene_id] = said.sound
                case SceneWords():
                    words[said.scene_id] = said.text
                case ReadProgress():
                    progress.show(
                        said.read, said.total, context.translator.t("cli-scenes-found", n=len(scenes))
                    )
                case Finished():
                    video, broken = said.video, damage(said)
                case _:
                    pass
    if video is None:
        raise InputError("worker_crashed")
    if context.output.as_json:
        document = scenes_document(video, scenes, sounds, words, pictures, keyframes, context.translator)
        if broken is not None:
            document["error"] = error_document(broken, context.translator)
        context.output.document(document)
    else:
        _say_scenes(context, video, scenes, sounds)
        say_flaws(context, pictures)
        for note in (*scan_words(video), *notes(video, list(sounds.values()))):
            context.output.note(context.translator.text(note))
    if broken is not None:
        if not context.output.as_json:
            context.output.error(broken)
        return broken.exit_code
    return 0


def _say_scenes(
    context: Context, video: Video, scenes: list[Scene], sounds: Mapping[int, Sound | SoundProblem]
) -> None:
    t = context.translator.t
    context.output.say(
        t(
            "cli-scenes-head",
            n=len(scenes),
            width=str(video.width),
            height=str(video.height),
            codec=video.codec,
            rate=f"{float(video.rate):.3f}".rstrip("0").rstrip("."),
            exact=format_rate(video.rate),
        ),
        style="bold",
    )
    headers = ["cli-col-scene", "cli-col-start", "cli-col-end", "cli-col-frames", "cli-col-kind"]
    if video.has_audio:
        headers.append("cli-col-loudness")
    context.output.table(
        [t(header) for header in headers],
        [
            (
                str(scene.id),
                clock_time(scene.start),
                clock_time(scene.end),
                f"{scene.start_frame}–{scene.end_frame}",
                t(f"transition-{scene.transition.value}"),
                _loudness(context, sounds.get(scene.id)),
            )[: len(headers)]
            for scene in scenes
        ],
        right=(0, 3, 5),
    )


def say_flaws(context: Context, pictures: Mapping[int, PictureQuality | None]) -> None:
    """Which scenes have no good picture, and what is wrong with it."""
    t = context.translator.t
    comma = t("ui-list-comma")
    for flaw in Flaw:
        found = [str(scene) for scene, picture in pictures.items() if picture and flaw in picture.flaws]
        if found:
            context.output.note(t(f"cli-flaw-{flaw.value}", n=len(found), scenes=comma.join(found)))


def _loudness(context: Context, sound: Sound | SoundProblem | None) -> str:
    return "" if sound is None else context.translator.text(loudness_words(sound))
