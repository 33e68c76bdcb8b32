"""The document that programs rely on."""

from __future__ import annotations

import json

from autocut_tray.core.policy.policy_json import parts_json, to_json
from autocut_tray.core.policy.resolver import resolve
from autocut_tray.i18n import Translator
from tests.golden.machines import MACHINES

KEYS = {
    "profile_class",
    "vision",
    "planning",
    "editing",
    "base_tier",
    "reasons",
    "recommendations",
}
VISION = {
    "provider",
    "local_backend",
    "model",
    "device",
    "max_scenes",
    "concurrency",
    "image_px",
    "blocked",
}


def test_keys_and_values() -> None:
    policy = resolve(MACHINES["mid-llava"])
    document = json.loads(json.dumps(to_json(policy, Translator("en").text)))
    assert set(document) == KEYS
    assert set(document["vision"]) >= VISION
    assert document["vision"]["provider"] == "local"
    assert document["vision"]["local_backend"] == "ollama"
    assert document["vision"]["device"] == "auto"
    assert document["vision"]["blocked"] is None
    assert document["planning"] == {
        "provider": "cloud",
        "backend": "deepseek",
        "model": "deepseek-chat",
        "blocked": "no_key",
        "device": None,
    }
    assert document["editing"] == {"editor": "DaVinci Resolve", "formats": ["otio", "fcpxml", "edl"]}
    assert all(set(reason) == {"code", "text"} for reason in document["reasons"])
    first = document["recommendations"][0]
    assert first["text"] == "Download Moondream 2"
    assert first["action"] == {"kind": "pull_model", "argument": "moondream"}


def test_absent_is_null() -> None:
    parts = parts_json(resolve(MACHINES["unknown"]))
    assert parts["vision"]["local_backend"] is None
    assert parts["vision"]["device"] is None
    assert parts["editing"]["editor"] is None


def test_a_model_to_use_names_its_server() -> None:
    document = to_json(resolve(MACHINES["mid-too-large"]), Translator("en").text)
    action = {"kind": "use_model", "argument": "lmstudio/qwen2-vl-7b-instruct"}
    assert document["recommendations"][0]["action"] == action
