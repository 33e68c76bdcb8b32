"""Profiles of machines that people have."""

from __future__ import annotations

from autocut_tray.core.runtime.profile import (
    Confidence,
    Cpu,
    CpuScore,
    Davinci,
    Gpu,
    GpuKind,
    Memory,
    Model,
    ModelServer,
    Outcome,
    ProbeReport,
    ProfileClass,
    RuntimeProfile,
)

RTX_4060 = Gpu(
    name="NVIDIA GeForce RTX 4060",
    vendor="NVIDIA",
    kind=GpuKind.DISCRETE,
    vram_total_mib=8188,
    vram_used_mib=1033,
    driver="560.94",
    source="nvml",
    confidence=Confidence.EXACT,
    index=0,
)
UHD_770 = Gpu("Intel UHD Graphics 770", "Intel", GpuKind.INTEGRATED, None, None, "i915", "sysfs", None, 1)
MOONDREAM = Model(
    "moondream:latest", 1_738_451_197, "Q4_0", vision=True, loaded=True, vram_bytes=2_314_567_890
)
QWEN = Model("qwen2.5:14b", 8_988_124_069, "Q4_K_M", vision=False, loaded=False)
CLOUD = Model("gpt-oss:120b-cloud", cloud=True, vision=False, loaded=False)

PROBES = ("cpu", "memory", "gpu", "nvidia", "ollama", "lmstudio", "editors")


def answered(**outcomes: Outcome) -> tuple[ProbeReport, ...]:
    """Reports of all probes, OK unless said otherwise."""
    return tuple(ProbeReport(name, outcomes.get(name, Outcome.OK), 3) for name in PROBES)


EDITING_PC = RuntimeProfile(
    detected_at=1_795_172_070.25,
    cpu=Cpu("Intel(R) Core(TM) i7-13700", 16, 24, CpuScore.ULTRA),
    memory=Memory(32_617, 20_481, 8_191),
    gpus=(RTX_4060, UHD_770),
    ollama=ModelServer(True, True, "http://127.0.0.1:11434", False, "0.33.0", (MOONDREAM, QWEN, CLOUD)),
    lmstudio=ModelServer(False, False, "http://localhost:1234/v1", False, None, (), "lmstudio-silent"),
    davinci=Davinci(
        True, r"C:\Program Files\Blackmagic Design\DaVinci Resolve\Resolve.exe", "20.2", "studio", True, False
    ),
    other_editors=("Kdenlive",),
    profile_class=ProfileClass.LOCAL_GPU_MID,
    probes=answered(lmstudio=Outcome.ABSENT),
)
