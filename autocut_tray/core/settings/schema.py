"""Every setting, declared once: its type, range, default, and with them its page, CLI and environment name.

The label of ``ui.language`` is the text ``setting-ui-language``, its help ``setting-ui-language-help``; a
choice's label is ``setting-ui-language-en``. Limits of the control rules are not repeated here: ``limits`` holds
only what a person changed, by the names of :class:`autocut_tray.core.policy.governor_types.Thresholds`.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

VERSION = 1

Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=300)]
Language = Literal["auto", "en", "zh-CN"]


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Ui(_Section):
    """How the desktop looks and behaves."""

    language: Language = "auto"
    theme: Literal["auto", "dark", "light"] = "auto"
    start_hidden: bool = False
    close_to_tray: bool = True


class Models(_Section):
    """Where models are looked for and which are preferred; the environment names are those of the product."""

    use_local_vision: bool | None = None
    local_vision_provider: Literal["lmstudio", "ollama"] | None = None
    local_vision_model: Text | None = None
    lmstudio_host: Text = "http://localhost:1234/v1"
    lmstudio_model: Text = "auto"
    ollama_host: Text = ""
    """Empty: Ollama's own default, in all forms that its ``OLLAMA_HOST`` takes."""
    answer_timeout: float = Field(180, ge=10, le=3600)
    """Seconds for one description, the model's loading included."""


class Analysis(_Section):
    """How videos are taken apart."""

    description_language: Language = "auto"
    min_scene_seconds: float = Field(0.5, ge=0.1, le=30)
    sensitivity: float = Field(0.5, ge=0.0, le=1.0)


class Monitor(_Section):
    """How often the machine is measured, in seconds, and how long history stays, in days."""

    busy_interval: float = Field(1.0, ge=0.2, le=60)
    idle_interval: float = Field(5.0, ge=1, le=300)
    retention_days: int = Field(30, ge=1, le=365)


class Policy(_Section):
    """The person's standing wishes on tiers."""

    prefer_cloud: bool = False


class Settings(_Section):
    """All settings; sources in :class:`autocut_tray.core.settings.store.SettingsStore`."""

    ui: Ui = Ui()
    models: Models = Models()
    analysis: Analysis = Analysis()
    monitor: Monitor = Monitor()
    policy: Policy = Policy()
    limits: dict[str, float] = {}


ENVIRONMENT_PREFIX = "AUTOCUT_"
"""``AUTOCUT_UI__THEME`` sets ``ui.theme``."""

ENVIRONMENT: dict[str, str] = {
    "USE_LOCAL_VISION": "models.use_local_vision",
    "LOCAL_VISION_PROVIDER": "models.local_vision_provider",
    "LOCAL_VISION_MODEL": "models.local_vision_model",
    "LMSTUDIO_HOST": "models.lmstudio_host",
    "LMSTUDIO_MODEL": "models.lmstudio_model",
    "OLLAMA_HOST": "models.ollama_host",
}
"""Environment names without that prefix, as the product and its servers' own programs use them."""


def get_path(tree: dict[str, Any], path: str) -> Any:
    """The value at a dotted path, or None."""
    node: Any = tree
    for part in path.split("."):
        if not isinstance(node, dict) or part not in node:
            return None
        node = node[part]
    return node


def set_path(tree: dict[str, Any], path: str, value: Any) -> None:
    """Put ``value`` at a dotted path, making sections on the way."""
    *sections, last = path.split(".")
    node = tree
    for part in sections:
        if not isinstance(node.get(part), dict):
            node[part] = {}
        node = node[part]  # read back: a TOML document keeps a copy of what it is given
    node[last] = value


def drop_path(tree: dict[str, Any], path: tuple[Any, ...]) -> bool:
    """Remove what stands at ``path``, or its nearest existing parent; False when there was nothing."""
    node: Any = tree
    for position, part in enumerate(path):
        if not isinstance(node, dict) or part not in node:
            return False
        if position == len(path) - 1 or not isinstance(node[part], dict):
            del node[part]
            return True
        node = node[part]
    return False
