"""Machines made by hand: what probes would have found on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from autocut_tray.core.policy.figures import Figures, Kind, Reading, subject, summarise
from autocut_tray.core.policy.governor_types import Tier
from autocut_tray.core.policy.policy import CloudBackend
from autocut_tray.core.policy.wishes import RemoteConsent
from autocut_tray.core.runtime.profile import (
    Backend,
    Confidence,
    Cpu,
    Davinci,
    Gpu,
    GpuKind,
    Memory,
    Model,
    ModelServer,
    Outcome,
    ProbeReport,
    RuntimeProfile,
    classify,
    cpu_score,
    models_are_remote,
)

GIB = 1024**3

MOONDREAM = Model("moondream:latest", 1_738_451_197, "Q4_0", vision=True)
LLAVA_PHI3 = Model("llava-phi3:3.8b", 2_926_568_381, "Q4_K_M", vision=True)
MINICPM = Model("minicpm-v:8b", 5_473_574_000, "Q4_0", vision=True)
QWEN_VL = Model("qwen2-vl-7b-instruct", 6_000_000_000, "Q4_K_M", vision=True)
QWEN_VL_14B = Model("qwen-vl-14b-instruct", 11_300_000_000, "Q4_K_M", vision=True)
SMOLVLM = Model("smolvlm2:2.2b", 1_900_000_000, "Q4_K_M", vision=True)
QWEN_14B = Model("qwen2.5:14b", 8_988_124_069, "Q4_K_M", vision=False)
LLAMA = Model("llama3.1:8b", 4_920_753_328, "Q4_K_M", vision=False)
CLOUD_STUB = Model("qwen3-vl:235b-cloud", None, None, vision=True, cloud=True)

REMOTE_YES = frozenset(
    RemoteConsent(backend, model.name, pictures)
    for backend in Backend
    for model in (MOONDREAM, LLAVA_PHI3, QWEN_VL, QWEN_14B, LLAMA)
    for pictures in (True, False)
)
"""A yes to every model that a remote server has here."""

NO_OLLAMA = ModelServer(False, False, "http://127.0.0.1:11434", False, None, problem="ollama-silent")
NO_LMSTUDIO = ModelServer(False, False, "http://localhost:1234/v1", False, None, problem="lmstudio-silent")
STOPPED_OLLAMA = replace(NO_OLLAMA, installed=True)
TOKEN_LMSTUDIO = ModelServer(
    True, True, "http://localhost:1234/v1", False, None, problem="lmstudio-wants-token"
)
NO_RESOLVE = Davinci(False, running=False)
RESOLVE = Davinci(True, "C:\\Resolve.exe", "20.2", "studio", running=False, busy=None)
FREE_RESOLVE = replace(RESOLVE, edition="free", running=True, busy=False)


def ollama(*models: Model, version: str = "0.33.0") -> ModelServer:
    return ModelServer(True, True, "http://127.0.0.1:11434", False, version, models)


def lmstudio(*models: Model) -> ModelServer:
    return ModelServer(True, True, "http://localhost:1234/v1", False, None, models)


def remote_ollama(*models: Model, address: str = "https://studio.example:11434") -> ModelServer:
    return ModelServer(None, True, address, True, "0.33.0", models)


def card(name: str, total_mib: int | None, used_mib: int | None = 1200, vendor: str = "NVIDIA") -> Gpu:
    return Gpu(name, vendor, GpuKind.DISCRETE, total_mib, used_mib, "581.29", "nvml", Confidence.EXACT, 0)


RTX_4090 = card("NVIDIA GeForce RTX 4090", 24564)
RTX_4060 = card("NVIDIA GeForce RTX 4060", 8188)
RTX_4060_16 = card("NVIDIA GeForce RTX 4060 Ti", 16374)
GTX_1650 = card("NVIDIA GeForce GTX 1650", 4096)
GT_1030 = card("NVIDIA GeForce GT 1030", 2048, 300)
UHD = Gpu("Intel(R) UHD Graphics 770", "Intel", GpuKind.INTEGRATED, None, None, None, "registry", None)
M2 = Gpu("Apple M2", "Apple", GpuKind.UNIFIED, 16384, None, None, "sysctl", None)


def machine(
    *gpus: Gpu,
    ollama: ModelServer = NO_OLLAMA,
    lmstudio: ModelServer = NO_LMSTUDIO,
    ram_gib: float | None = 16,
    available_gib: float | None = 9.4,
    davinci: Davinci = RESOLVE,
    editors: tuple[str, ...] = (),
    gpu_probe: Outcome = Outcome.OK,
    threads: int | None = 16,
) -> RuntimeProfile:
    """A machine as a detection would leave it, its class included."""
    return RuntimeProfile(
        detected_at=1_790_000_000.0,
        cpu=Cpu("AMD Ryzen 7 5700X", threads // 2 if threads else None, threads, cpu_score(threads)),
        memory=Memory(_mib(ram_gib), _mib(available_gib), 4096),
        gpus=gpus,
        ollama=ollama,
        lmstudio=lmstudio,
        davinci=davinci,
        other_editors=editors,
        profile_class=classify(gpus, models_remote=models_are_remote((ollama, lmstudio))),
        probes=(ProbeReport("gpu", gpu_probe, 12), ProbeReport("nvidia", Outcome.ABSENT, 1)),
    )


def _mib(gib: float | None) -> int | None:
    return None if gib is None else round(gib * 1024)


UNKNOWN = RuntimeProfile(
    detected_at=None,
    cpu=Cpu(None, None, None, None),
    memory=Memory(None, None, None),
    gpus=(),
    ollama=ModelServer(None, None, None, False, None),
    lmstudio=ModelServer(None, None, None, False, None),
    davinci=Davinci(None),
    other_editors=(),
    profile_class=classify(()),
)

MACHINES: dict[str, RuntimeProfile] = {
    "high-ready": machine(
        RTX_4090, ollama=ollama(LLAVA_PHI3, MOONDREAM, QWEN_14B), ram_gib=64, available_gib=40
    ),
    "high-moondream-only": machine(
        RTX_4060_16, ollama=ollama(MOONDREAM, LLAMA), ram_gib=32, available_gib=20
    ),
    "high-full-card": machine(
        card("NVIDIA GeForce RTX 4090", 24564, 21400),
        ollama=ollama(LLAVA_PHI3, MOONDREAM, QWEN_14B),
        davinci=FREE_RESOLVE,
        ram_gib=64,
        available_gib=40,
    ),
    "high-bare": machine(RTX_4090, ram_gib=64, available_gib=50),
    "mid-ready": machine(RTX_4060, UHD, ollama=ollama(MOONDREAM), davinci=FREE_RESOLVE),
    "mid-llava": machine(RTX_4060, ollama=ollama(LLAVA_PHI3, LLAMA)),
    "mid-lmstudio": machine(RTX_4060, lmstudio=lmstudio(QWEN_VL)),
    "mid-too-large": machine(
        RTX_4060, lmstudio=lmstudio(replace(QWEN_VL_14B, loaded=True), QWEN_VL), ram_gib=32, available_gib=11
    ),
    "mid-both": machine(RTX_4060, lmstudio=lmstudio(QWEN_VL), ollama=ollama(MOONDREAM)),
    "mid-full-card": machine(
        card("NVIDIA GeForce RTX 4060", 8188, 7000),
        ollama=ollama(MOONDREAM, replace(LLAMA, loaded=True, vram_bytes=5 * GIB)),
        davinci=FREE_RESOLVE,
    ),
    "mid-full-of-others": machine(
        card("NVIDIA GeForce RTX 4060", 8188, 7000), ollama=ollama(MOONDREAM), davinci=FREE_RESOLVE
    ),
    "low-ready": machine(GTX_1650, ollama=ollama(MOONDREAM)),
    "low-lmstudio": machine(GTX_1650, lmstudio=lmstudio(QWEN_VL)),
    "cpu-both": machine(UHD, lmstudio=lmstudio(QWEN_VL, LLAVA_PHI3), ollama=ollama(MOONDREAM)),
    "cpu-ollama": machine(UHD, ollama=ollama(MOONDREAM), available_gib=5.2, davinci=NO_RESOLVE),
    "cpu-full-memory": machine(UHD, ollama=ollama(LLAVA_PHI3, SMOLVLM), available_gib=4.5),
    "cpu-heavy": machine(UHD, ollama=ollama(MINICPM), editors=("Kdenlive", "Shotcut"), davinci=NO_RESOLVE),
    "cpu-text-only": machine(UHD, ollama=ollama(LLAMA)),
    "cpu-bare": machine(ram_gib=8, available_gib=3.1, davinci=NO_RESOLVE, threads=4),
    "cpu-small-memory": machine(UHD, ollama=ollama(LLAVA_PHI3), ram_gib=4, available_gib=1.5, threads=2),
    "cpu-small-card": machine(GT_1030, ollama=ollama(MOONDREAM)),
    "cpu-unread-card": machine(card("NVIDIA GeForce RTX 3060", None, None), ollama=ollama(MOONDREAM)),
    "cpu-silent-probe": machine(gpu_probe=Outcome.TIMEOUT, ollama=STOPPED_OLLAMA, available_gib=None),
    "apple-m2": machine(M2, ollama=ollama(MOONDREAM), editors=("Final Cut Pro",), davinci=NO_RESOLVE),
    "token": machine(RTX_4060, lmstudio=TOKEN_LMSTUDIO),
    "only-cloud-models": machine(UHD, ollama=ollama(CLOUD_STUB)),
    "old-ollama": machine(UHD, ollama=ollama(replace(LLAVA_PHI3, vision=None), version="0.3.14")),
    "remote": machine(UHD, ollama=remote_ollama(QWEN_VL, QWEN_14B)),
    "remote-unencrypted": machine(UHD, ollama=remote_ollama(QWEN_VL, address="http://10.0.0.5:11434")),
    "unknown": UNKNOWN,
}

Readings = tuple[Kind, Backend | CloudBackend, str, Tier, Sequence[float]]

SCENES = (0.91, 0.64, 0.71, 0.69, 0.66, 0.73, 0.70, 9.0, 0.68, 0.75, 0.72, 0.67, 0.74)
"""Seconds, as a card takes them for scenes of one clip; one of them met a render."""


def measured(profile: RuntimeProfile, *readings: Readings) -> Figures:
    """What this machine has measured: for each kind, server, model and tier its readings, oldest first."""
    found = (
        summarise(
            kind,
            subject(profile, backend, model, tier),
            [Reading(1_790_000_000.0 + at, value) for at, value in enumerate(values)],
        )
        for kind, backend, model, tier, values in readings
    )
    return Figures(figure for figure in found if figure is not None)


def times(factor: float) -> tuple[float, ...]:
    return tuple(seconds * factor for seconds in SCENES)


_S, _V, _R, _OLLAMA, _LMSTUDIO = Kind.SECONDS, Kind.VRAM, Kind.RAM, Backend.OLLAMA, Backend.LMSTUDIO

MEASURED: dict[str, Figures] = {
    "mid-ready": measured(
        MACHINES["mid-ready"],
        (_S, _OLLAMA, MOONDREAM.name, Tier.GPU, SCENES),
        (_S, _OLLAMA, MOONDREAM.name, Tier.CPU, times(4)),
        (_V, _OLLAMA, MOONDREAM.name, Tier.GPU, (2310, 2298)),
        (_R, _OLLAMA, MOONDREAM.name, Tier.CPU, (2105,)),
    ),
    "mid-llava": measured(
        MACHINES["mid-llava"],
        (_S, _OLLAMA, LLAVA_PHI3.name, Tier.GPU, times(2.5)),
        (_V, _OLLAMA, LLAVA_PHI3.name, Tier.GPU, (3720,)),
    ),
    "mid-full-card": measured(
        MACHINES["mid-full-card"], (_V, _OLLAMA, MOONDREAM.name, Tier.GPU, (2310, 2298))
    ),
    "high-full-card": measured(
        MACHINES["high-full-card"],
        (_V, _OLLAMA, LLAVA_PHI3.name, Tier.GPU, (3720, 3698)),
        (_V, _OLLAMA, MOONDREAM.name, Tier.GPU, (2310,)),
    ),
    "mid-full-of-others": measured(
        MACHINES["mid-full-of-others"], (_V, _OLLAMA, MOONDREAM.name, Tier.GPU, (2310, 2298))
    ),
    "cpu-both": measured(MACHINES["cpu-both"], (_S, _LMSTUDIO, LLAVA_PHI3.name, Tier.CPU, times(18))),
    "cpu-ollama": measured(
        MACHINES["cpu-ollama"],
        (_S, _OLLAMA, MOONDREAM.name, Tier.CPU, times(5)),
        (_R, _OLLAMA, MOONDREAM.name, Tier.CPU, (2105,)),
    ),
    "cpu-small-memory": measured(
        MACHINES["cpu-small-memory"], (_R, _OLLAMA, LLAVA_PHI3.name, Tier.CPU, (3300,))
    ),
    "cpu-bare": measured(
        MACHINES["cpu-bare"], (_S, CloudBackend.OPENAI, "gpt-4o", Tier.CLOUD, (3.1, 2.7, 2.9, 3.4))
    ),
    "remote": measured(MACHINES["remote"], (_S, _OLLAMA, QWEN_VL.name, Tier.CLOUD, (3.1, 2.7, 2.9, 3.4))),
    "low-ready": measured(MACHINES["low-ready"], (_S, _OLLAMA, MOONDREAM.name, Tier.CPU, (2.1, 2.2))),
}
"""Two readings of ``low-ready`` are too few: it still shows the estimate."""
