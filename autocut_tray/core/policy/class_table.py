"""The class table, and the question that the policy answers: a machine and a person's wishes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from autocut_tray.core.frozen import frozen
from autocut_tray.core.policy import models
from autocut_tray.core.policy.figures import NOTHING_MEASURED, Figures, MachineFigures
from autocut_tray.core.policy.governor_types import Tier
from autocut_tray.core.policy.local_models import Room
from autocut_tray.core.policy.policy import Device, Provider
from autocut_tray.core.policy.wishes import Wishes
from autocut_tray.core.runtime.profile import (
    GpuKind,
    ProfileClass,
    RuntimeProfile,
    classify,
    primary_gpu,
)

HYBRID_MAX_SCENES = 10


@frozen
class ClassRow:
    """What the policy gives a class of machine.

    ``image_px`` and ``concurrency`` are ours: both table models look at pictures of 336-378 px, so 768 px only
    helps models with a free picture size, whose work grows with the area; on a CPU 512 px halves that work. Ollama
    answers one request per model at a time by default; a second one waiting hides the way there on a fast card.
    """

    family: models.Family
    device: Device
    max_scenes: int
    planning: Provider
    concurrency: int
    image_px: int


CLASS_TABLE: Mapping[ProfileClass, ClassRow] = {
    ProfileClass.LOCAL_GPU_HIGH: ClassRow(models.Family.LLAVA_PHI3, Device.GPU, 20, Provider.LOCAL, 2, 768),
    ProfileClass.LOCAL_GPU_MID: ClassRow(models.Family.MOONDREAM2, Device.AUTO, 10, Provider.CLOUD, 1, 768),
    ProfileClass.LOCAL_GPU_LOW: ClassRow(models.Family.MOONDREAM2, Device.CPU, 6, Provider.CLOUD, 1, 512),
    ProfileClass.LOCAL_CPU_ONLY: ClassRow(models.Family.MOONDREAM2, Device.CPU, 10, Provider.CLOUD, 1, 512),
}
"""CLOUD_HYBRID has no row: what the person left open follows the row of the hardware."""


def hardware_class(profile: RuntimeProfile) -> ProfileClass:
    """The class of the hardware alone, also where the person or a remote server made it CLOUD_HYBRID."""
    if profile.profile_class is ProfileClass.CLOUD_HYBRID:
        return classify(profile.gpus)
    return profile.profile_class


class Case:
    """The question: a profile, wishes and what was measured, with what follows at once from them."""

    __slots__ = ("hardware", "known", "profile", "profile_class", "room", "row", "wishes")

    def __init__(self, profile: RuntimeProfile, wishes: Wishes, figures: Figures = NOTHING_MEASURED) -> None:
        self.profile = profile
        self.wishes = wishes
        self.known = MachineFigures(profile, figures)
        self.hardware = hardware_class(profile)
        self.profile_class = ProfileClass.CLOUD_HYBRID if wishes.chosen else profile.profile_class
        row = CLASS_TABLE[self.hardware]
        if self.profile_class is ProfileClass.CLOUD_HYBRID:
            row = replace(row, max_scenes=HYBRID_MAX_SCENES)
        self.row = row
        gpu = primary_gpu(profile.gpus)
        card = gpu if gpu is not None and gpu.kind is GpuKind.DISCRETE else None
        self.room = Room(
            known=self.known,
            gpu=row.device is not Device.CPU or (wishes.pin is Tier.GPU and card is not None),
            vram_mib=card.vram_total_mib if card is not None else None,
            ram_mib=profile.memory.total_mib,
        )
