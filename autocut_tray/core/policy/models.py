"""What is known about vision models from their names: families, order of preference, speed and memory needs.

Seconds, RAM, VRAM and download sizes are the product's own known figures ("Known figures" and "Order of
preference" in its specification). They are estimates until this machine has measured its own. What has no
figure there is ``None``, or derived from the size of the model's file where that is said.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Iterable, Mapping

from autocut_tray.core.frozen import frozen
from autocut_tray.core.policy.governor_types import Tier
from autocut_tray.core.policy.policy import CloudBackend
from autocut_tray.core.runtime.profile import Model

CLOUD_VISION_MODEL = "gpt-4o"
CLOUD_PLANNING_MODEL = "deepseek-chat"
LOCAL_PLANNING_MODEL = "qwen2.5:14b"
PLANNING_MODELS: Mapping[str, float] = {LOCAL_PLANNING_MODEL: 9.0, "qwen2.5:7b": 4.7, "qwen2.5:3b": 1.9}
"""Local planning models, the best first, and their size in GB (Q4_K_M) in Ollama's library, rounded."""

CLOUD_COST_CNY = 0.035
"""What GPT-4o costs for one scene, about."""

PROVIDER_TITLES: Mapping[CloudBackend, str] = {
    CloudBackend.OPENAI: "OpenAI",
    CloudBackend.DEEPSEEK: "DeepSeek",
}
"""How people know the cloud providers."""

# The provider stopped these names on 2026-07-24; requests with them fail. The successor answers for both.
_RETIRED_ON_THE_WIRE = {"deepseek-chat": "deepseek-flash", "deepseek-reasoner": "deepseek-flash"}


def wire_model_name(name: str) -> str:
    """The name to put into a request for the model that a person knows as ``name``."""
    return _RETIRED_ON_THE_WIRE.get(name.strip().lower(), name)


@frozen
class Span:
    """A figure known only as "from low to high"."""

    low: float
    high: float

    def __str__(self) -> str:
        """As people write it: ``0.5–1``."""
        return f"{self.low:g}–{self.high:g}" if self.low != self.high else f"{self.low:g}"

    def times(self, factor: float) -> Span:
        return Span(self.low * factor, self.high * factor)


class Family(enum.Enum):
    """Vision models that the order of preference tells apart; the value is the name that Ollama pulls."""

    MOONDREAM2 = "moondream"
    LLAVA_PHI3 = "llava-phi3"
    MINICPM_V = "minicpm-v"
    OTHER = ""
    """Known by name to see images, without figures of its own."""


@frozen
class FamilyFigures:
    """``seconds``: per scene, by tier. ``vram_gb`` on the GPU, ``ram_gb`` on the CPU."""

    title: str
    download_gb: float
    seconds: Mapping[Tier, Span]
    vram_gb: Span | None
    ram_gb: Span | None


FIGURES: Mapping[Family, FamilyFigures] = {
    Family.MOONDREAM2: FamilyFigures(
        title="Moondream 2",
        download_gb=1.5,
        seconds={Tier.GPU: Span(0.5, 1), Tier.CPU: Span(2, 3)},
        vram_gb=Span(2, 3),
        ram_gb=Span(3, 4),
    ),
    Family.LLAVA_PHI3: FamilyFigures(
        title="LLaVA-Phi-3",
        download_gb=2.5,
        seconds={Tier.GPU: Span(1, 2), Tier.CPU: Span(4, 6)},
        vram_gb=Span(3, 4),
        ram_gb=Span(5, 6),
    ),
    Family.MINICPM_V: FamilyFigures(
        title="MiniCPM-V", download_gb=5.0, seconds={}, vram_gb=None, ram_gb=None
    ),
}

_CLOUD_SECONDS = {CLOUD_VISION_MODEL: Span(2, 3)}

# Tried from top to bottom against the name without host, owner and tag. Moondream 3 is another, larger model.
_FAMILY_PATTERNS: tuple[tuple[re.Pattern[str], Family], ...] = tuple(
    (re.compile(pattern), family)
    for pattern, family in (
        (r"^moondream(?![-_.]?3(?!b))", Family.MOONDREAM2),
        (r"llava[-_.]?phi[-_.]?3", Family.LLAVA_PHI3),
        (r"^minicpm[-_.]?[vo](?![a-z])", Family.MINICPM_V),
        (
            r"^moondream|llava|pixtral|smolvlm|internvl|cogvlm|molmo|florence|idefics|multimodal",
            Family.OTHER,
        ),
        (r"(^|[-_.\d])(vl|vlm|vision)(?![a-z])", Family.OTHER),
    )
)

_EMBEDDING = re.compile(r"embed|rerank|(^|[-_.])(bge|e5|gte|minilm|whisper)(?![a-z])")


def base_name(name: str) -> str:
    """The model's own name in lower case: ``hf.co/vikhyatk/Moondream2:Q4`` is ``moondream2``."""
    return name.strip().lower().rsplit("/", 1)[-1].split(":", 1)[0]


def family(name: str) -> Family | None:
    """Which known vision family a model's name says; None for a name that says nothing about pictures."""
    base = base_name(name)
    return next((found for pattern, found in _FAMILY_PATTERNS if pattern.search(base)), None)


def figures(name: str) -> FamilyFigures | None:
    found = family(name)
    return None if found is None else FIGURES.get(found)


def title(name: str) -> str:
    """How people know the model: "Moondream 2" for ``moondream:latest``, else the name as the server has it."""
    known = figures(name)
    return name if known is None else known.title


def is_cloud(model: Model) -> bool:
    """True for a model that a local server only passes on: it never counts as local."""
    return model.cloud or model.name.strip().lower().endswith((":cloud", "-cloud"))


def is_embedding(name: str) -> bool:
    """True for models that make vectors or transcripts, not sentences."""
    return _EMBEDDING.search(base_name(name)) is not None


def sees_images(model: Model) -> bool:
    """What the server says; where it says nothing, whether the name is of a known vision family."""
    return model.vision is True or (model.vision is None and family(model.name) is not None)


def find(models: Iterable[Model], wanted: str) -> Model | None:
    """The installed model that a person means by ``wanted``.

    Exactly that name; else that name with any tag, owner or host (``moondream`` finds ``moondream:latest``);
    else, for a name without a tag, one of the same named family (``moondream`` finds ``vikhyatk/moondream2``).
    """
    offered = tuple(models)
    asked = wanted.strip().lower()
    if not asked:
        return None
    for model in offered:
        name = model.name.strip().lower()
        if asked in (name, f"{name}:latest") or name == f"{asked}:latest":
            return model
    if ":" in asked.rsplit("/", 1)[-1]:
        prefix = _squashed(asked)
        return next((m for m in offered if _squashed(m.name).startswith(prefix)), None)
    for model in offered:
        if base_name(model.name) == base_name(asked):
            return model
    kin = family(asked)
    if kin in FIGURES:
        return next((m for m in offered if family(m.name) is kin), None)
    return None


def _squashed(name: str) -> str:
    """Letters and digits of name and tag, so that ``qwen2.5:14b`` and ``qwen/qwen2.5-14b-instruct`` meet."""
    return re.sub(r"[^a-z0-9]", "", name.strip().lower().rsplit("/", 1)[-1])


def rank(name: str, *, high: bool) -> int:
    """The place in the order of preference, 0 first.

    Moondream 2, LLaVA-Phi-3, others; on a LOCAL_GPU_HIGH machine LLaVA-Phi-3 first. MiniCPM-V comes last on
    all smaller ones, where it is not recommended.
    """
    order = (Family.LLAVA_PHI3, Family.MOONDREAM2) if high else (Family.MOONDREAM2, Family.LLAVA_PHI3)
    found = family(name)
    if found in order:
        return order.index(found)
    return 3 if found is Family.MINICPM_V and not high else 2


@frozen
class Needs:
    """Memory that a model takes while it works, in MiB; None where nothing is known."""

    vram_mib: Span | None
    ram_mib: Span | None


def needs(model: Model) -> Needs:
    """From the family's figures; else estimated from the file: at least its size, at most a quarter more and
    1 GiB for context, image encoder and buffers."""
    known = figures(model.name)
    size_gb = known.download_gb if known is not None else None
    if model.size_bytes:
        size_gb = model.size_bytes / 2**30
    estimate = None
    if size_gb is not None:
        estimate = Span(round(size_gb * 1024), round(size_gb * 1.25 * 1024 + 1024))
    return Needs(
        vram_mib=known.vram_gb.times(1024) if known is not None and known.vram_gb else estimate,
        ram_mib=known.ram_gb.times(1024) if known is not None and known.ram_gb else estimate,
    )


def seconds_per_scene(name: str, tier: Tier) -> Span | None:
    """The known figure for one scene on that tier, in seconds; None where nobody has measured one."""
    if tier is Tier.CLOUD:
        return _CLOUD_SECONDS.get(name)
    known = figures(name)
    return None if known is None else known.seconds.get(tier)
