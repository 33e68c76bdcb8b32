"""The terms that a description may use for framing, angle and technical quality, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Fixed terms, so that scenes can be searched and compared. ``shots`` from narrow to wide."""

    shots: tuple[str, ...]
    cameras: tuple[str, ...]
    qualities: tuple[str, ...]


VOCABULARIES: Mapping[str, Vocabulary] = {
    "en": Vocabulary(
        shots=(
            *("extreme close-up", "close-up", "medium close-up", "medium shot"),
            *("full shot", "wide shot", "extreme wide shot"),
        ),
        cameras=("eye level", "low angle", "high angle", "overhead", "aerial", "tilted", "point of view"),
        qualities=(
            *("sharp", "soft", "motion blur", "too dark", "too bright", "noisy", "obstructed"),
            "compression artefacts",
        ),
    ),
    "zh-CN": Vocabulary(
        shots=("大特写", "特写", "近景", "中景", "全景", "远景", "大远景"),
        cameras=("平视", "仰拍", "俯拍", "顶拍", "航拍", "倾斜", "主观视角"),
        qualities=("清晰", "虚焦", "运动模糊", "曝光不足", "曝光过度", "噪点多", "有遮挡", "压缩痕迹"),
    ),
}
"""By the language of the answer."""


def vocabulary(language: str) -> Vocabulary:
    """Chinese for every kind of Chinese, English otherwise."""
    return VOCABULARIES["zh-CN" if language.lower().startswith("zh") else "en"]
