"""The execution policy as the JSON that programs rely on; keys may be added, never renamed or dropped."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable
from typing import Any

from autocut_tray.core.messages import Message
from autocut_tray.core.policy.policy import ExecutionPolicy, Recommendation

Json = dict[str, Any]
Translate = Callable[[Message], str]


def to_json(policy: ExecutionPolicy, translate: Translate) -> Json:
    """The document of ``policy --json``; ``translate`` puts reasons and recommendations into a language."""
    return {
        "profile_class": policy.profile_class.value,
        **parts_json(policy),
        "base_tier": policy.base_tier.value,
        "reasons": [{"code": reason.code, "text": translate(reason)} for reason in policy.reasons],
        "recommendations": recommendations_json(policy.recommendations, translate),
    }


def parts_json(policy: ExecutionPolicy) -> Json:
    """``vision``, ``planning`` and ``editing`` alone, as ``status`` shows them."""
    vision, planning, editing = policy.vision, policy.planning, policy.editing
    return {
        "vision": {
            "provider": vision.provider.value,
            "local_backend": _value(vision.local_backend),
            "cloud_backend": _value(vision.cloud_backend),
            "model": vision.model,
            "device": _value(vision.device),
            "max_scenes": vision.max_scenes,
            "concurrency": vision.concurrency,
            "image_px": vision.image_px,
            "pictures": vision.pictures,
            "blocked": _value(vision.blocked),
        },
        "planning": {
            "provider": planning.provider.value,
            "backend": _value(planning.backend),
            "model": planning.model,
            "blocked": _value(planning.blocked),
            "device": _value(planning.device),
        },
        "editing": {"editor": editing.editor, "formats": list(editing.formats)},
    }


def recommendations_json(recommendations: Iterable[Recommendation], translate: Translate) -> list[Json]:
    """``action`` is null where no button can do it, else ``{"kind", "argument"}``."""
    return [
        {
            "code": act.code,
            "text": translate(act.text),
            "reason": translate(act.reason),
            "action": None
            if act.action is None
            else {"kind": act.action.kind.value, "argument": act.action.argument},
        }
        for act in recommendations
    ]


def _value(choice: enum.Enum | None) -> str | None:
    return None if choice is None else str(choice.value)
