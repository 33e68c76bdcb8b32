"""Choosing a model in the person's stead: the settings that decide, written where the Settings page writes them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from autocut_tray.core.frozen import frozen
from autocut_tray.core.policy import models
from autocut_tray.core.policy.policy import ExecutionPolicy
from autocut_tray.core.remedies.failures import failure
from autocut_tray.core.runtime.explain import LIST_SEPARATOR, SERVER_TITLES
from autocut_tray.core.runtime.profile import Backend
from autocut_tray.core.settings.environment import variables
from autocut_tray.core.settings.schema import value_of
from autocut_tray.core.settings.store import SettingsStore


@frozen
class ModelChooser:
    """``needed``: the settings by their paths that make a model do the work, empty when none does. ``resolve``: the
    policy, made anew from the settings as they are now."""

    settings: SettingsStore
    needed: Callable[[Backend, str], Mapping[str, str]]
    resolve: Callable[[], ExecutionPolicy | None]

    def choose(self, backend: Backend, name: str) -> None:
        """Let ``name`` describe scenes from now on.

        Raises BackendError when it cannot, SettingsError when the settings cannot be written. What the environment
        decides is found out before anything is changed.
        """
        shown = {"model": models.title(name), "server": SERVER_TITLES[backend]}
        wanted = self.needed(backend, name)
        if not wanted:
            raise failure("model_not_usable", f"{backend.value}/{name}", **shown)
        now = self.settings.current
        changes = {path: value for path, value in wanted.items() if value_of(now, path) != value}
        for path, value in changes.items():
            if self.settings.from_environment(path):
                names = LIST_SEPARATOR.join(reversed(variables(path)))
                raise failure("model_by_environment", path, variables=names, value=value)
        for path, value in changes.items():
            self.settings.set(path, value)
        policy = self.resolve()
        if policy is None or (policy.vision.local_backend, policy.vision.model) != (backend, name):
            raise failure("model_not_taken", f"{backend.value}/{name}", **shown)
