"""What sounds like speech and what does not; music and speech are made here, and by espeak-ng where it is."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import av
import numpy as np
import pytest

from autocut_tray.core.media import worker_speech as speech
from tests.media.heard import RATE, Sound, joined, made_up_speech, music, noise, silence, tone


def share(sound: Sound) -> float:
    """Of the seconds, half overlapping."""
    low = sound.mean(axis=0).reshape(-1, RATE // speech.RATE).mean(axis=1).astype(np.float32)
    parts = [low[at : at + speech.RATE] for at in range(0, len(low) - speech.RATE + 1, speech.RATE // 2)]
    return sum(map(speech.is_speech_like, parts)) / len(parts)


def swinging(sound: Sound) -> Sound:
    return (sound * (1 + np.sin(2 * np.pi * 4 * np.arange(sound.shape[1]) / RATE)) / 2).astype(np.float32)


NO_SPEECH = {
    "silence": silence(5),
    "a tone": tone(5),
    "a hum": tone(5, 50) + tone(5, 150),
    "noise": noise(5),
    "noise that swings like syllables": swinging(noise(5)),
    "a tone that swings like syllables": swinging(tone(5, 440)),
    "beeps": joined(*[tone(0.25, 440), silence(0.25)] * 10),
    "clicks": np.tile(np.eye(1, RATE // 4, dtype=np.float32), 20),
    **{f"music {seed}": music(8, seed) for seed in range(4)},
}


@pytest.mark.parametrize("name", NO_SPEECH)
def test_not_speech(name: str) -> None:
    assert share(NO_SPEECH[name]) <= 0.1


@pytest.mark.parametrize("seed", range(4))
def test_made_up_speech(seed: int) -> None:
    talk = made_up_speech(8, seed)
    assert share(talk) >= 0.6
    assert share(talk + noise(8, 0.003)) >= 0.5


@pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="needs espeak-ng to speak")
@pytest.mark.parametrize("voice", ["en", "en+f3", "de", "cmn"])
def test_a_speaking_machine(voice: str, tmp_path: Path) -> None:
    words = (
        "我们今天早上去了海边，看到很多船。"
        if voice == "cmn"
        else "Look over there, the boat is coming. " * 2
    )
    file = tmp_path / "said.wav"
    subprocess.run(["espeak-ng", "-v", voice, "-w", str(file), words], check=True)
    with av.open(str(file)) as container:
        resampler = av.AudioResampler("fltp", "mono", RATE)
        parts = [
            part.to_ndarray()
            for frame in (*container.decode(audio=0), None)
            for part in resampler.resample(frame)
        ]
    said = np.concatenate(parts, axis=1).astype(np.float32)
    assert share(said[:, : said.shape[1] // RATE * RATE]) >= 0.7


@pytest.mark.parametrize("length", [speech.RATE // 2, speech.RATE, 2 * speech.RATE])
def test_any_length_and_any_value(length: int) -> None:
    assert not speech.is_speech_like(np.zeros(length, np.float32))
    assert not speech.is_speech_like(np.full(length, 1e4, np.float32))
