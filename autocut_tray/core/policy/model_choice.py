"""Choosing one of the installed vision models for good: which settings that takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from autocut_tray.core.policy.class_table import Case
from autocut_tray.core.policy.figures import Figures
from autocut_tray.core.policy.local_models import pick_vision
from autocut_tray.core.policy.policy import Action, ActionKind
from autocut_tray.core.policy.wishes import Wishes
from autocut_tray.core.runtime.profile import Backend, RuntimeProfile

PROVIDER_SETTING = "models.local_vision_provider"
MODEL_SETTINGS: Mapping[Backend, str] = {
    Backend.LMSTUDIO: "models.lmstudio_model",
    Backend.OLLAMA: "models.local_vision_model",
}
"""The setting that decides on each server: LM Studio's own wins there over the general one."""


def action_for(backend: Backend, name: str) -> Action:
    return Action(ActionKind.USE_MODEL, f"{backend.value}/{name}")


def chosen_in(argument: str) -> tuple[Backend, str]:
    """The server and the model of such an action. Raises ValueError."""
    server, _, name = argument.partition("/")
    if not name:
        raise ValueError(f"names no model: {argument!r}")
    return Backend(server), name


def settings_for(
    profile: RuntimeProfile, wishes: Wishes, figures: Figures, backend: Backend, name: str
) -> Mapping[str, str]:
    """The settings by their paths that make ``name`` on ``backend`` the local vision model, as few as do it.

    Empty when no setting does: it is not installed there any more, sees no images, or does not fit.
    """
    setting = {MODEL_SETTINGS[backend]: name}
    if backend is Backend.LMSTUDIO:
        named = replace(wishes, lmstudio_model=name)
    else:
        named = replace(wishes, local_vision_model=name)
    preferred = replace(named, local_vision_provider=backend)
    for asked, settings in ((named, setting), (preferred, {**setting, PROVIDER_SETTING: backend.value})):
        case = Case(profile, asked, figures)
        pick = pick_vision(profile, asked, case.room, case.row.family).pick
        if pick is not None and (pick.backend, pick.model.name) == (backend, name):
            return settings
    return {}
