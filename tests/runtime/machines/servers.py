"""Machines that differ by their model servers."""

from __future__ import annotations

from dataclasses import replace

from tests.runtime.machines.linux import LINUX
from tests.runtime.machines.recorded import HIGH, HYBRID, Outcome, Recorded
from tests.runtime.machines.windows import WINDOWS
from tests.servers.fake_lmstudio import FakeLmStudio
from tests.servers.fake_ollama import FakeOllama
from tests.servers.lmstudio_store import StudioModel
from tests.servers.ollama_store import GIB, OllamaModel

MOONDREAM = OllamaModel("moondream", size=1_738_451_197, quantization="Q4_0")
LLAVA = OllamaModel("llava-phi3:3.8b", size=2_926_568_381, quantization="Q4_K_M")
QWEN = OllamaModel("qwen2.5:14b", size=8_988_124_069, vision=False, quantization="Q4_K_M")
QWEN_VL = StudioModel("qwen2-vl-7b-instruct", size_bytes=6_000_000_000)
TOKEN = "sk-lm-1234"


def _loaded() -> FakeOllama:
    server = FakeOllama([MOONDREAM, QWEN], gpu_bytes=8 * GIB)
    held = server.store.load(MOONDREAM, num_ctx=2048, num_gpu=None)
    held.expires_ns = server.store.now_ns() + 300 * 10**9
    return server


def _with(base: Recorded, about: str, **changes: object) -> Recorded:
    expected = {
        key: changes.pop(key)
        for key in ("profile_class", "ollama_outcome", "lmstudio_outcome")
        if key in changes
    }
    return replace(
        base,
        about=about,
        expected=replace(
            base.expected,
            profile_class=expected.get("profile_class", base.expected.profile_class),
            ollama=expected.get("ollama_outcome", Outcome.ABSENT),
            lmstudio=expected.get("lmstudio_outcome", Outcome.ABSENT),
        ),
        **changes,
    )


SERVERS: dict[str, Recorded] = {
    "ollama": _with(
        WINDOWS["windows-nvidia-8"],
        "Ollama with a vision model that is loaded",
        ollama=_loaded,
        ollama_outcome=Outcome.OK,
    ),
    "old-ollama": _with(
        LINUX["linux-nvidia-8"],
        "An Ollama that tells capabilities one model at a time",
        ollama=lambda: FakeOllama([LLAVA, QWEN], version="0.3.14"),
        ollama_outcome=Outcome.OK,
    ),
    "remote-ollama": _with(
        WINDOWS["windows-igpu"],
        "The models live on a server in the house",
        ollama=lambda: FakeOllama([LLAVA, QWEN]),
        remote_ollama=True,
        ollama_outcome=Outcome.OK,
        profile_class=HYBRID,
    ),
    "lmstudio": _with(
        LINUX["linux-nvidia-8"],
        "LM Studio with its token entered",
        lmstudio=lambda: FakeLmStudio([QWEN_VL], token=TOKEN),
        lmstudio_token=TOKEN,
        lmstudio_outcome=Outcome.OK,
    ),
    "lmstudio-wants-token": _with(
        WINDOWS["windows-rx-7900"],
        "LM Studio that wants a token nobody entered",
        lmstudio=lambda: FakeLmStudio([QWEN_VL], token=TOKEN),
        lmstudio_outcome=Outcome.OK,
    ),
    "both-servers": _with(
        LINUX["linux-arc-a770"],
        "Ollama and LM Studio side by side",
        ollama=lambda: FakeOllama([MOONDREAM]),
        lmstudio=lambda: FakeLmStudio([QWEN_VL]),
        ollama_outcome=Outcome.OK,
        lmstudio_outcome=Outcome.OK,
        profile_class=HIGH,
    ),
}
