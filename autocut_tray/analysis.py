"""The library's face: describe scenes from other Python code, by the same policy and with the same limits.

    from autocut_tray.analysis import analyze_scenes_auto, get_visual_analyzer

    for scene in analyze_scenes_auto(None, "clip.mp4"):
        print(scene["start"], scene["description"]["summary"])

No jobs, no database: what must survive a crash goes through ``autocut-tray analyze``.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from typing import Any

from autocut_tray.core.analyzers.base import DescribeRequest, DescribeResult, VisualAnalyzer
from autocut_tray.core.analyzers.leave import server, wishes
from autocut_tray.core.cancel import CancelToken
from autocut_tray.core.clock import SystemClock
from autocut_tray.core.egress.door import Errand
from autocut_tray.core.errors import BackendError, InputError, NoBackend, UsageError
from autocut_tray.core.events import EventBus
from autocut_tray.core.footage import (
    FurtherFrame,
    Keyframe,
    Scene,
    SceneSound,
    SceneWords,
    Sound,
    SoundProblem,
    Transition,
)
from autocut_tray.core.frozen import frozen
from autocut_tray.core.jobs.consent_desk import desk_alone
from autocut_tray.core.jobs.defaults import description_language, scan_options
from autocut_tray.core.jobs.records import description_to_json, picture_to_json, scene_to_json, sound_to_json
from autocut_tray.core.jobs.run_unit import measured
from autocut_tray.core.jobs.selection import next_scene
from autocut_tray.core.media.scanner import WorkerScanner
from autocut_tray.core.messages import message
from autocut_tray.core.paths import Paths
from autocut_tray.core.policy.policy import ExecutionPolicy, Provider, Route
from autocut_tray.core.policy.resolver import Wishes, resolve
from autocut_tray.core.runtime.detect import Detector
from autocut_tray.core.runtime.probes import system_probes
from autocut_tray.core.runtime.server_addresses import addresses
from autocut_tray.core.settings.schema import Settings
from autocut_tray.core.settings.secrets import KeyStore
from autocut_tray.core.settings.store import SettingsStore
from autocut_tray.i18n import choose_language

Json = dict[str, Any]


@frozen
class _Choice:
    """Who describes, and how much."""

    settings: Settings
    policy: ExecutionPolicy
    route: Route
    analyzer: VisualAnalyzer


def get_visual_analyzer(
    use_policy: bool = True, *, force_local: bool = False, force_cloud: bool = False
) -> VisualAnalyzer:
    """The analyzer that the policy of this machine chooses now; close it after use.

    ``force_local`` and ``force_cloud`` beat the policy. Without ``use_policy`` configuration and defaults decide
    where scenes are described (``USE_LOCAL_VISION``, local unless it is false). Raises UsageError when both are
    forced, NoBackend when nothing is allowed or reachable, and takes about a second to look at the machine.
    """
    return _choose(use_policy, force_local=force_local, force_cloud=force_cloud).analyzer


def analyze_scenes_auto(
    scenes_data: Sequence[Mapping[str, Any]] | None,
    video_path: str | os.PathLike[str],
    use_policy: bool = True,
    *,
    force_local: bool = False,
    force_cloud: bool = False,
) -> list[Json]:
    """Describe scenes of a video: those given (``start`` and ``end`` in seconds), or with None those found.

    Each scene comes back with what it had and ``status`` (``described``, ``left_out`` beyond the policy's
    ``max_scenes``, ``failed``), ``keyframe`` (seconds), ``description``, ``described_by``, ``error`` (a code),
    ``picture`` (what was measured of the key frame), ``audio`` and ``subtitles`` as the command line has them.
    A scene that contains no key frame of a detected shot lies inside one shot, and that shot's stands for it. Sound
    is measured shot by shot: of a given scene it is that of the shots it lies in, the longest part of it counting.
    Raises InputError for an unusable video, UsageError for scenes without times, NoBackend, and BackendError when
    not one scene could be described.
    """
    choice = _choose(use_policy, force_local=force_local, force_cloud=force_cloud)
    try:
        scan = _scan(os.fspath(video_path), choice)
        given = [dict(scene) for scene in scenes_data] if scenes_data is not None else None
        wanted = (
            scan.scenes if given is None else [_scene(n, scene) for n, scene in enumerate(given, start=1)]
        )
        described = _describe(choice, wanted, scan)
        results = [{**result, **_heard(scene, scan)} for scene, result in zip(wanted, described, strict=True)]
    finally:
        choice.analyzer.close()
    if given is None:
        return [{**scene_to_json(scene), **result} for scene, result in zip(wanted, results, strict=True)]
    return [{**scene, **result} for scene, result in zip(given, results, strict=True)]


def _choose(use_policy: bool, *, force_local: bool, force_cloud: bool) -> _Choice:
    if force_local and force_cloud:
        raise UsageError("usage", message("error-force-both"))
    from autocut_tray.core.analyzers.factory import create_analyzer

    paths = Paths.from_environment()
    settings = SettingsStore(paths.settings_file, EventBus(), os.environ, paths.env_files).current
    keys = KeyStore.of(paths)
    clock = SystemClock()
    detector = Detector(system_probes(clock, lambda: addresses(settings, keys)), clock)
    try:
        profile = detector.detect(None)
    finally:
        detector.close()
    with ExitStack() as closing:
        door = closing.enter_context(desk_alone(paths, settings, keys, clock)).door
        asked = wishes(settings, keys, door.effective())
        policy = resolve(profile, _insisted(asked, settings, use_policy, force_local, force_cloud))
        if not policy.routes:
            raise NoBackend("no_backend", hint=message("error-no-backend-hint"))
        route = policy.routes[0]
        analyzer = create_analyzer(
            route,
            server(settings, keys, route.backend),
            door,
            answer_timeout=settings.models.answer_timeout,
            pictures=lambda: settings.analysis.pictures_per_scene,
            clock=clock,
        )
        return _Choice(settings, policy, route, _WithDoor(analyzer, closing.pop_all()))


class _WithDoor:
    """An analyzer and the ledger that it writes to; they close together."""

    def __init__(self, analyzer: VisualAnalyzer, closing: ExitStack) -> None:
        self._analyzer = analyzer
        self._closing = closing

    def describe(self, request: DescribeRequest, cancel: CancelToken) -> DescribeResult:
        return self._analyzer.describe(request, cancel)

    def probe(self, cancel: CancelToken) -> None:
        self._analyzer.probe(cancel)

    def close(self) -> None:
        self._analyzer.close()
        self._closing.close()


def _insisted(
    asked: Wishes, settings: Settings, use_policy: bool, force_local: bool, force_cloud: bool
) -> Wishes:
    """What this call wants beyond the settings."""
    if not use_policy:
        local = settings.models.use_local_vision is not False
        asked = replace(asked, vision_provider=Provider.LOCAL if local else Provider.CLOUD)
    if force_local or force_cloud:
        asked = replace(asked, force=Provider.LOCAL if force_local else Provider.CLOUD)
    return asked


@dataclass(slots=True)
class _Scan:
    """What the worker found: scenes in order, all else by their ids."""

    scenes: list[Scene] = field(default_factory=list)
    pictures: dict[int, Keyframe] = field(default_factory=dict)
    further: dict[int, list[FurtherFrame]] = field(default_factory=dict)
    sounds: dict[int, Sound | SoundProblem] = field(default_factory=dict)
    words: dict[int, str] = field(default_factory=dict)


def _scan(path: str, choice: _Choice) -> _Scan:
    scan = _Scan()
    options = scan_options(choice.settings, choice.policy, _language(choice))
    with WorkerScanner(SystemClock()).scan(path, options, CancelToken()) as messages:
        for said in messages:
            match said:
                case Scene():
                    scan.scenes.append(said)
                case FurtherFrame():
                    scan.further.setdefault(said.scene_id, []).append(said)
                case Keyframe():
                    scan.pictures[said.scene_id] = said
                case SceneSound():
                    scan.sounds[said.scene_id] = said.sound
                case SceneWords():
                    scan.words[said.scene_id] = said.text
                case _:
                    pass
    if not scan.scenes:
        raise InputError("no_video", message("error-no-video", name=os.path.basename(path)))  # noqa: PTH119
    return scan


def _scene(number: int, data: Mapping[str, Any]) -> Scene:
    try:
        start, end = float(data["start"]), float(data["end"])
    except (KeyError, TypeError, ValueError):
        raise UsageError("usage", message("error-scene-times", number=str(number))) from None
    if not 0 <= start < end:
        raise UsageError("usage", message("error-scene-times", number=str(number)))
    return Scene(number, 0, 0, start, end, Transition.CUT)


def _heard(scene: Scene, scan: _Scan) -> Json:
    """Sound and subtitles of a scene: of the shots that it lies in."""
    shots = [shot for shot in scan.scenes if _overlap(scene, shot) > 0]
    sounds = [(shot, scan.sounds[shot.id]) for shot in shots if shot.id in scan.sounds]
    longest = max(sounds, key=lambda one: _overlap(scene, one[0]), default=None)
    said = [scan.words[shot.id] for shot in shots if shot.id in scan.words]
    sound = longest[1] if longest is not None else None
    return {
        "audio": sound_to_json(sound) if isinstance(sound, Sound) else None,
        "subtitles": "\n".join(said) or None,
    }


def _overlap(one: Scene, other: Scene) -> float:
    return min(one.end, other.end) - max(one.start, other.start)


def _describe(choice: _Choice, wanted: Sequence[Scene], scan: _Scan) -> list[Json]:
    language = _language(choice)
    results = {scene.id: _result("left_out") for scene in wanted}
    call = secrets.token_hex(6)  # names this call's scenes in the ledger across their retries
    waiting, taken = list(wanted), list[Scene]()
    failure: BackendError | None = None
    while True:
        room = choice.policy.vision.max_scenes - len(taken)
        scene = next_scene(waiting, taken, room, all_known=True)
        if scene is None:
            break
        waiting.remove(scene)
        taken.append(scene)
        picture = _picture_of(scene, scan)
        if picture is None:
            results[scene.id] = _result("failed", error="no_keyframe")
            continue
        errand = Errand(unit=f"{call}/{scene.id}")
        further = _further_of(scene, picture, scan)
        request = DescribeRequest(
            scene,
            picture.jpeg,
            language,
            errand=errand,
            before=tuple(one.jpeg for one in further if one.time < picture.time),
            after=tuple(one.jpeg for one in further if one.time >= picture.time),
        )
        try:
            answer = choice.analyzer.describe(request, CancelToken())
        except BackendError as error:
            failure = error
            shown = picture_to_json(picture.quality)
            results[scene.id] = _result("failed", keyframe=picture.time, picture=shown, error=error.code)
            continue
        results[scene.id] = _result(
            "described",
            keyframe=picture.time,
            picture=picture_to_json(picture.quality),
            description=description_to_json(measured(answer.description, picture.quality, language)),
            described_by={
                "tier": choice.route.tier.value,
                "backend": choice.route.backend.value,
                "model": answer.model,
                "seconds": round(answer.seconds, 3),
                "pictures": answer.pictures,
                "fewer_pictures": answer.fewer.value if answer.fewer else None,
            },
        )
    if failure is not None and not any(r["status"] == "described" for r in results.values()):
        raise failure
    return [results[scene.id] for scene in wanted]


def _language(choice: _Choice) -> str:
    return description_language(choice.settings, choose_language(choice.settings.ui.language))


def _result(status: str, **more: Any) -> Json:
    nothing = dict.fromkeys(("keyframe", "picture", "description", "described_by", "error"))
    return {"status": status, **nothing, **more}


def _further_of(scene: Scene, key: Keyframe, scan: _Scan) -> list[FurtherFrame]:
    """The further pictures of the shot whose key frame stands for a scene, as far as they lie in it."""
    return [one for one in scan.further.get(key.scene_id, ()) if scene.start <= one.time < scene.end]


def _picture_of(scene: Scene, scan: _Scan) -> Keyframe | None:
    inside = [p for p in scan.pictures.values() if scene.start <= p.time < scene.end]
    if inside:
        centre = (scene.start + scene.end) / 2
        return min(inside, key=lambda picture: abs(picture.time - centre))
    around = max(scan.scenes, key=lambda other: _overlap(scene, other))
    return scan.pictures.get(around.id)
