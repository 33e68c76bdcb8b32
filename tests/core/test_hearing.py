"""What is heard in a scene, in words of both languages."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from autocut_tray.core.footage import Sound, SoundProblem, SoundTrack, SubtitleProblem, Subtitles
from autocut_tray.core.hearing import loudness_words, notes, sound_words
from autocut_tray.i18n import Translator
from tests.jobs.fakes import video

ENGLISH = Translator("en")
CHINESE = Translator("zh-CN")


@pytest.mark.parametrize(
    ("sound", "en", "zh"),
    [
        (Sound(-23.44, 0.0, 0.0), ["−23.4 LUFS"], ["−23.4 LUFS"]),
        (Sound(-0.04, 0.0, None), ["0.0 LUFS"], ["0.0 LUFS"]),
        (Sound(1.25, 0.0, None), ["1.2 LUFS"], ["1.2 LUFS"]),
        (Sound(-23.0, 0.3, 0.5), ["−23.0 LUFS", "50 % like speech", "30 % silent"], None),
        (Sound(-23.0, 0.3, 0.5), None, ["−23.0 LUFS", "50% 像说话声", "30% 静音"]),
        (Sound(-23.0, 0.04, 0.04), ["−23.0 LUFS"], None),
        (Sound(None, 1.0, 0.0), ["silent"], ["静音"]),
        (Sound(None, 0.0, None), ["too quiet or too short to measure"], ["太轻或太短，无法测量"]),
        (SoundProblem.UNSUPPORTED, ["The sound is not measured: its format is not supported."], None),
    ],
)
def test_sound(sound: Sound | SoundProblem, en: list[str] | None, zh: list[str] | None) -> None:
    for translator, expected in ((ENGLISH, en), (CHINESE, zh)):
        if expected is not None:
            assert [translator.text(one).replace("\xa0", " ") for one in sound_words(sound)] == expected


@pytest.mark.parametrize("translator", [ENGLISH, CHINESE], ids=["en", "zh-CN"])
def test_every_note_has_words(translator: Translator) -> None:
    track = SoundTrack("aac", 2, 48_000, 2, 3, None)
    for problem in SubtitleProblem:
        known = replace(video(), sound=track, subtitles=Subtitles(None, None, None, 1, problem))
        said = [translator.text(one) for one in notes(known, list(SoundProblem))]
        assert len(said) == 2 + len(SoundProblem) and "2" in said[0] and "3" in said[0]
        for text in said:
            assert text[-1] in ".。" and "{" not in text and not re.match(r"sound-|subtitles-", text)


def test_nothing_to_note() -> None:
    assert notes(None, []) == []
    assert (
        notes(
            replace(video(), sound=SoundTrack("aac", 2, 48_000, 1, 1, "en")), [None, Sound(-23.0, 0.0, None)]
        )
        == []
    )
    assert loudness_words(Sound(-70.0, 0.0, None)).params["lufs"] == "−70.0"
