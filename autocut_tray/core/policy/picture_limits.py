"""How many pictures of one scene a model looks at together, by what is known of its name; and why not at all.

From what the makers say of their models and vLLM's list of those that take several images. LLaVA 1.5 and 1.6
(LLaVA-Phi-3, BakLLaVA) and Moondream were trained on one picture a question; Llama 3.2 Vision takes one by design,
and Ollama refuses it more. What is not known gets one: a model that mixes pictures up says wrong things.
"""

from __future__ import annotations

import enum
import re

from autocut_tray.core.footage import MAX_PICTURES
from autocut_tray.core.frozen import frozen
from autocut_tray.core.policy.models import base_name


class Fewer(enum.Enum):
    """Why a scene was described from fewer pictures than it has.

    ``MODEL``: it looks at so many at once; ``UNKNOWN``: nothing is known about it. ``SETTING``: the person wants it
    so. ``REFUSED``: the server did not take more. ``ROOM``: its memory or context had no room. ``FAILED``: its answer
    to more could not be used.
    """

    MODEL = "model"
    UNKNOWN = "unknown"
    SETTING = "setting"
    REFUSED = "refused"
    ROOM = "room"
    FAILED = "failed"


@frozen
class PictureLimit:
    """``most`` pictures in one request, and ``why`` not more."""

    most: int
    why: Fewer

    def tighter(self, other: PictureLimit) -> PictureLimit:
        return other if other.most < self.most else self


_SEVERAL = re.compile(
    r"qwen[\d.]*[-_]?(vl|omni)|qwen3\.[5-9]|^gemma-?(3|4)|minicpm[-_.]?[vo](?![-_.]?(1|2[-_.]?[05]|2$))|internvl"
    r"|llava[-_.]?(onevision|interleave|next[-_.]interleave)|idefics[23]|smolvlm|mantis"
    r"|phi[-_.]?3\.5[-_.]vision|phi[-_.]?4[-_.]multimodal|llama[-_.]?4|kimi[-_.]?vl|glm[-_.]?4\.[1-9].*v"
    r"|^gpt-(4o|4\.1|5)|^o[134]($|-)|^deepseek-(chat|flash|reasoner)$"
)
_FEW = re.compile(r"pixtral|mistral-(small|medium)-?3")
"""Take several, but some 1,300 tokens each: two leave room for an answer."""
_ONE = re.compile(r"moondream|llava|llama[-_.]?3\.2.*vision|mllama|cogvlm|florence|granite.*vision")


def model_limit(name: str) -> PictureLimit:
    """What is known about the model of that name."""
    base = base_name(name)
    if _SEVERAL.search(base):
        return PictureLimit(MAX_PICTURES, Fewer.MODEL)
    if _FEW.search(base):
        return PictureLimit(2, Fewer.MODEL)
    return PictureLimit(1, Fewer.MODEL if _ONE.search(base) else Fewer.UNKNOWN)


def picture_limit(name: str, wanted: int) -> PictureLimit:
    """How many pictures of a scene go to that model together where a person wants ``wanted`` at most."""
    return model_limit(name).tighter(PictureLimit(wanted, Fewer.SETTING))
