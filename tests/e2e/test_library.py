"""The library's face, on a real clip and a real model."""

from __future__ import annotations

from pathlib import Path

import pytest

from autocut_tray.analysis import analyze_scenes_auto, get_visual_analyzer
from autocut_tray.core.cancel import CancelToken
from autocut_tray.core.errors import InputError, NoBackend, UsageError
from tests.media_samples import SampleVideo, cuts_video
from tests.servers.real_server import RealServer


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> SampleVideo:
    return cuts_video(tmp_path_factory.mktemp("library") / "clip.mp4", cuts=[30, 60], frames=90)


@pytest.fixture
def served(real_vision_server: RealServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LMSTUDIO_HOST", real_vision_server.base_url)
    monkeypatch.setenv("OLLAMA_HOST", "127.0.0.1:9")


@pytest.fixture
def nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LMSTUDIO_HOST", "http://127.0.0.1:9")
    monkeypatch.setenv("OLLAMA_HOST", "127.0.0.1:9")


def test_env_file_counts_as_everywhere(
    real_vision_server: RealServer, clip: SampleVideo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LMSTUDIO_HOST", raising=False)
    monkeypatch.setenv("OLLAMA_HOST", "127.0.0.1:9")
    (tmp_path / ".env").write_text(f"LMSTUDIO_HOST={real_vision_server.base_url}\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert all(scene["status"] == "described" for scene in analyze_scenes_auto(None, clip.path))


@pytest.mark.parametrize("use_policy", [True, False])
def test_scenes_are_found_and_described(served: None, clip: SampleVideo, use_policy: bool) -> None:
    scenes = analyze_scenes_auto(None, clip.path, use_policy)
    assert [(s["start_frame"], s["end_frame"]) for s in scenes] == clip.scenes
    assert {s["status"] for s in scenes} == {"described"}
    assert all(s["picture"]["flaws"] == [] and s["audio"] is None and s["subtitles"] is None for s in scenes)
    assert all(s["description"]["summary"] and s["described_by"]["backend"] == "lmstudio" for s in scenes)


def test_given_scenes_keep_what_they_had(served: None, clip: SampleVideo) -> None:
    given = [{"start": 0.0, "end": 1.2, "note": "mine"}, {"start": 1.3, "end": 1.4}]
    first, second = analyze_scenes_auto(given, str(clip.path))
    assert first["note"] == "mine" and first["status"] == second["status"] == "described"
    assert 0.0 <= first["keyframe"] < 1.2
    assert 1.2 <= second["keyframe"] < 2.4, "a piece of a shot is described by that shot's picture"


@pytest.mark.parametrize("scene", [{}, {"start": 1}, {"start": 2, "end": 1}, {"start": "x", "end": 2}])
def test_scenes_without_times_are_refused(served: None, clip: SampleVideo, scene: dict[str, object]) -> None:
    with pytest.raises(UsageError):
        analyze_scenes_auto([scene], clip.path)


def test_forced_and_impossible_wishes(served: None, tmp_path: Path) -> None:
    analyzer = get_visual_analyzer(force_local=True)
    analyzer.probe(CancelToken())
    analyzer.close()
    with pytest.raises(UsageError):
        get_visual_analyzer(force_local=True, force_cloud=True)
    with pytest.raises(NoBackend):
        get_visual_analyzer(force_cloud=True)
    with pytest.raises(InputError):
        analyze_scenes_auto(None, tmp_path / "nothing.mp4")


def test_without_a_server_it_says_so(nothing: None, clip: SampleVideo) -> None:
    with pytest.raises(NoBackend):
        get_visual_analyzer()
    with pytest.raises(NoBackend):
        analyze_scenes_auto(None, clip.path, use_policy=False)


def test_sound_and_subtitles_come_with_the_scenes(served: None, tmp_path: Path) -> None:
    clip = cuts_video(tmp_path / "heard.mp4", cuts=[30, 60], frames=90, audio=True)
    (tmp_path / "heard.srt").write_text(
        "1\n00:00:01,300 --> 00:00:02,300\nLook over there\n", encoding="utf-8"
    )
    scenes = analyze_scenes_auto(None, clip.path)
    assert [scene["subtitles"] for scene in scenes] == [None, "Look over there", None]
    assert all(scene["audio"]["silence_ratio"] > 0 for scene in scenes)
    (given,) = analyze_scenes_auto([{"start": 0.1, "end": 1.5}], clip.path)
    assert given["subtitles"] == "Look over there" and given["audio"] == scenes[0]["audio"]
