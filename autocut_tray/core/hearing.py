"""What is heard in a scene, in words."""

from __future__ import annotations

from collections.abc import Collection

from autocut_tray.core.footage import Sound, SoundProblem, Video
from autocut_tray.core.messages import Message, message

_MINUS = "\u2212"
_WORTH_SAYING = 0.05
"""Share of a scene below which silence and speech are not mentioned."""


def loudness_words(sound: Sound | SoundProblem) -> Message:
    """``−23.4 LUFS``, or why there is no figure."""
    if isinstance(sound, SoundProblem):
        return problem_words(sound)
    if sound.loudness is not None:
        figure = f"{abs(sound.loudness):.1f}"
        sign = _MINUS if sound.loudness < 0 and float(figure) else ""
        return message("sound-loudness", lufs=sign + figure)
    return message("sound-silent" if sound.silence > 1 - _WORTH_SAYING else "sound-not-measurable")


def sound_words(sound: Sound | SoundProblem) -> list[Message]:
    """The loudness, and how much of the scene is like speech or silent where that is worth saying."""
    words = [loudness_words(sound)]
    if isinstance(sound, SoundProblem) or words[0].code == "sound-silent":
        return words
    if sound.speech is not None and sound.speech >= _WORTH_SAYING:
        words.append(message("sound-speech-like", percent=f"{100 * sound.speech:.0f}"))
    if sound.silence >= _WORTH_SAYING:
        words.append(message("sound-silent-part", percent=f"{100 * sound.silence:.0f}"))
    return words


def problem_words(problem: SoundProblem) -> Message:
    """Why the sound of a scene is not measured."""
    return message(f"sound-{problem.value}")


def notes(video: Video | None, sounds: Collection[Sound | SoundProblem | None]) -> list[Message]:
    """What the figures of a video cannot say: which of several tracks they are of, what could not be read."""
    said: list[Message] = []
    if video is not None and video.sound is not None and video.sound.tracks > 1:
        said.append(message("sound-track", track=video.sound.track, tracks=video.sound.tracks))
    for problem in SoundProblem:
        if problem in sounds:
            said.append(problem_words(problem))
    if video is not None and video.subtitles is not None and video.subtitles.problem is not None:
        said.append(message(f"subtitles-{video.subtitles.problem.value.replace('_', '-')}"))
    return said
