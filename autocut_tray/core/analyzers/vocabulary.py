"""The terms that a description may use for framing, angle and technical quality, in both languages.

Blur and exposure are measured and never asked for; see :mod:`autocut_tray.core.picture_quality`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from autocut_tray.core.frozen import frozen
from autocut_tray.core.picture_quality import Flaw


@frozen
class Vocabulary:
    """Fixed terms, so that scenes can be searched and compared. ``shots`` from narrow to wide.

    ``qualities``: what a model is asked, the first of them that nothing is wrong; ``flaws``: what is measured.
    """

    shots: tuple[str, ...]
    cameras: tuple[str, ...]
    qualities: tuple[str, ...]
    flaws: Mapping[Flaw, str]


VOCABULARIES: Mapping[str, Vocabulary] = {
    "en": Vocabulary(
        shots=(
            *("extreme close-up", "close-up", "medium close-up", "medium shot"),
            *("full shot", "wide shot", "extreme wide shot"),
        ),
        cameras=("eye level", "low angle", "high angle", "overhead", "aerial", "tilted", "point of view"),
        qualities=("clean", "motion blur", "noisy", "obstructed", "compression artefacts"),
        flaws={Flaw.BLURRED: "soft", Flaw.DARK: "too dark", Flaw.OVEREXPOSED: "too bright"},
    ),
    "zh-CN": Vocabulary(
        shots=("大特写", "特写", "近景", "中景", "全景", "远景", "大远景"),
        cameras=("平视", "仰拍", "俯拍", "顶拍", "航拍", "倾斜", "主观视角"),
        qualities=("画质正常", "运动模糊", "噪点多", "有遮挡", "压缩痕迹"),
        flaws={Flaw.BLURRED: "虚焦", Flaw.DARK: "曝光不足", Flaw.OVEREXPOSED: "曝光过度"},
    ),
}
"""By the language of the answer."""


def vocabulary(language: str) -> Vocabulary:
    """Chinese for every kind of Chinese, English otherwise."""
    return VOCABULARIES["zh-CN" if language.lower().startswith("zh") else "en"]


def with_measured(said: Sequence[str], flaws: Collection[Flaw], language: str) -> tuple[str, ...]:
    """The qualities of a description: what was measured, then what the model said beyond that.

    A model's own word on what is measured does not count, and nor does its praise of a picture that has a flaw.
    """
    terms = vocabulary(language)
    void = {*terms.flaws.values(), *_SHARP}
    if flaws:
        void.add(terms.qualities[0])
    rest = (word for word in said if word.casefold() not in void)
    return (*(word for flaw, word in terms.flaws.items() if flaw in flaws), *rest)


_SHARP = ("sharp", "清晰")
"""What models were asked for in earlier versions and say without being asked."""
