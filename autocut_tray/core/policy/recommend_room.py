"""Whether the chosen vision model has room, and what would make some: less elsewhere, or a smaller model."""

from __future__ import annotations

from collections.abc import Iterator

from autocut_tray.core.messages import message
from autocut_tray.core.policy import models
from autocut_tray.core.policy.figures import Known, MachineFigures
from autocut_tray.core.policy.governor_types import Tier
from autocut_tray.core.policy.local_models import RESERVE_MIB, Pick, offered, smaller_models
from autocut_tray.core.policy.model_choice import action_for
from autocut_tray.core.policy.policy import Action, ActionKind, ExecutionPolicy, Recommendation
from autocut_tray.core.runtime.explain import LIST_SEPARATOR, SERVER_TITLES, gigabytes, vram_free_mib
from autocut_tray.core.runtime.profile import Backend, GpuKind, Model, RuntimeProfile, primary_gpu

_PINNED = frozenset({"policy-pin", "policy-pin-paused"})
"""The person decided the tier; a model that could work on another one is no help."""


def chosen_model(profile: RuntimeProfile, policy: ExecutionPolicy) -> Model | None:
    backend = policy.vision.local_backend
    if backend is None:
        return None
    return next((m for m in offered(profile, backend) if m.name == policy.vision.model), None)


def room_for_model(
    profile: RuntimeProfile, policy: ExecutionPolicy, known: MachineFigures
) -> Iterator[Recommendation]:
    """What is in the way: a card that is too small for the model, a full one, or too little free memory."""
    model, backend = chosen_model(profile, policy), policy.vision.local_backend
    if model is None or backend is None:
        return
    question = _Question(profile, known, Pick(backend, model))
    fitting = _fitting_card(question, {reason.code for reason in policy.reasons})
    yield from _present(fitting)
    if model.loaded:
        return
    lacking: Iterator[Recommendation] = iter(())
    if policy.base_tier is Tier.GPU:
        lacking = _room_on_card(question)
    elif policy.base_tier is Tier.CPU:
        lacking = _room_in_memory(question)
    yield from (one for one in lacking if fitting is None or one.code != fitting.code)


class _Question:
    """One machine and its chosen model: what that needs, and which smaller one would do."""

    def __init__(self, profile: RuntimeProfile, known: MachineFigures, pick: Pick) -> None:
        self.profile = profile
        self.title = models.title(pick.model.name)
        self._known = known
        self._pick = pick

    def need(self, tier: Tier) -> Known | None:
        return self._known.memory(self._pick.backend, self._pick.model, tier)

    def smaller(self, tier: Tier, place: str, room_mib: int) -> Recommendation | None:
        """Use the smallest of the smaller installed models that fits into ``room_mib``; None when none does.

        ``place``: ``card`` for all of its VRAM, ``vram`` for what of it is free, ``memory`` for what is available.
        """
        need = self.need(tier)
        if need is None:
            return None
        pick = self._pick
        for other in smaller_models(self.profile, pick.backend, pick.model.name):
            less = self._known.memory(other.backend, other.model, tier)
            if less is None or _with_reserve(less) > room_mib:
                continue
            current, shown = self.title, models.title(other.model.name)
            if current == shown:  # two builds of one model: only their names tell them apart
                current, shown = pick.model.name, other.model.name
            return Recommendation(
                message("recommend-use-model", model=shown),
                message(
                    "recommend-use-model-reason",
                    place=place,
                    source=need.source,
                    current=current,
                    model=shown,
                    need=gigabytes(_with_reserve(need)),
                    less=gigabytes(_with_reserve(less)),
                    room=gigabytes(room_mib),
                ),
                action_for(other.backend, other.model.name),
            )
        return None


def _with_reserve(need: Known) -> float:
    return need.span.low + RESERVE_MIB


def _fitting_card(question: _Question, said: set[str]) -> Recommendation | None:
    """A smaller model for a card on which the chosen one never fits."""
    gpu = primary_gpu(question.profile.gpus)
    if gpu is None or gpu.kind is not GpuKind.DISCRETE or gpu.vram_total_mib is None:
        return None
    if "policy-device-too-large" not in said or said & _PINNED:
        return None
    return question.smaller(Tier.GPU, "card", gpu.vram_total_mib)


def _room_on_card(question: _Question) -> Iterator[Recommendation]:
    need, gpu = question.need(Tier.GPU), primary_gpu(question.profile.gpus)
    free = vram_free_mib(gpu) if gpu is not None else None
    if need is None or free is None or free >= _with_reserve(need):
        return
    full = _free_vram(question, gigabytes(_with_reserve(need)), gigabytes(free), need.source)
    smaller = question.smaller(Tier.GPU, "vram", free)
    # What frees room for the preferred model at a click comes first; what only the person can do, last.
    yield from _present(full, smaller) if full.action is not None else _present(smaller, full)


def _room_in_memory(question: _Question) -> Iterator[Recommendation]:
    need, available = question.need(Tier.CPU), question.profile.memory.available_mib
    if need is None or available is None or available >= _with_reserve(need):
        return
    close = Recommendation(
        message("recommend-free-memory"),
        message(
            "recommend-free-memory-reason",
            model=question.title,
            need=gigabytes(_with_reserve(need)),
            available=gigabytes(available),
            source=need.source,
        ),
    )
    yield from _present(question.smaller(Tier.CPU, "memory", available), close)


def _present(*found: Recommendation | None) -> Iterator[Recommendation]:
    return (one for one in found if one is not None)


def _free_vram(question: _Question, need: str, free: str, source: str) -> Recommendation:
    """Free the VRAM of idle models, of which we know who holds it; else ask the person to look."""
    profile = question.profile
    figures = {"model": question.title, "need": need, "free": free, "source": source}
    for backend in (Backend.OLLAMA, Backend.LMSTUDIO):
        held = sum(m.vram_bytes or 0 for m in offered(profile, backend) if m.loaded)
        if held:
            size, server = gigabytes(held / 2**20), SERVER_TITLES[backend]
            names = LIST_SEPARATOR.join(
                models.title(m.name) for m in offered(profile, backend) if m.loaded and m.vram_bytes
            )
            return Recommendation(
                message("recommend-free-vram", size=size, server=server),
                message("recommend-free-vram-reason", holders=names, **figures),
                Action(ActionKind.FREE_VRAM, backend.value),
            )
    resolve = "running" if profile.davinci.running else "no"
    return Recommendation(
        message("recommend-close-gpu"),
        message("recommend-close-gpu-reason", resolve=resolve, **figures),
    )
