"""Every setting, declared once: its type, range, default, and with them its page, CLI and environment name.

Plain dataclasses on purpose: pydantic would cost the tray process 33 MiB and 0.25 s for twenty values.

The label of ``ui.close_to_tray`` is the text ``setting-ui-close-to-tray``, its help the same with ``-help``, and
a choice's label ends in the choice. Limits of the control rules are not repeated here: ``limits`` holds only what
a person changed, by the names of :class:`autocut_tray.core.policy.governor_thresholds.Thresholds`.
"""

from __future__ import annotations

import dataclasses
import math
import types
import typing
from collections.abc import Mapping
from dataclasses import field
from functools import cache
from typing import Any, Literal

from autocut_tray.core.frozen import frozen
from autocut_tray.core.messages import Message, message

VERSION = 1
MAX_TEXT = 300

Tree = dict[str, Any]


def _number(default: float, low: float, high: float, unit: str = "") -> Any:
    return field(default=default, metadata={"low": low, "high": high, "unit": unit})


@frozen
class Ui:
    """How the desktop looks and behaves."""

    language: Literal["auto", "en", "zh-CN"] = "auto"
    theme: Literal["auto", "dark", "light"] = "auto"
    tray_style: Literal["full", "dot"] = "full"
    autostart: bool = False
    """When the person logs on, always hidden."""
    start_hidden: bool = False
    close_to_tray: bool = True
    minimize_to_tray: bool = False


@frozen
class Models:
    """Where models are looked for and which are preferred; the environment names are those of the product."""

    use_local_vision: bool | None = None
    local_vision_provider: Literal["lmstudio", "ollama"] | None = None
    local_vision_model: str = ""
    """Empty: the best one installed."""
    lmstudio_host: str = "http://localhost:1234/v1"
    lmstudio_model: str = "auto"
    ollama_host: str = ""
    """Empty: Ollama's own default, in all forms that its ``OLLAMA_HOST`` takes."""
    answer_timeout: float = _number(180.0, 10, 3600, "s")
    """Seconds for one description, the model's loading included."""


@frozen
class Analysis:
    """How videos are taken apart."""

    description_language: Literal["auto", "en", "zh-CN"] = "auto"
    min_scene_seconds: float = _number(0.2, 0.1, 30, "s")
    sensitivity: float = _number(0.5, 0, 1)
    scan_mode: Literal["accurate", "fast"] = "accurate"
    videos_at_once: Literal["auto", "1", "2", "3", "4"] = "auto"
    """Worked on side by side; ``auto``: as the machine has room for."""
    pictures_per_scene: int = _number(4, 1, 4)
    """Of a long scene, at most; how many go to a model together depends on it, too."""


@frozen
class Monitor:
    """How often the machine is measured, in seconds, how long history stays, in days, and how much is logged.

    ``idle_interval``: while nothing works and nobody looks; see :mod:`autocut_tray.core.monitor.monitor`.
    """

    # Above these the control rules would take every pause between two readings for a suspend of the machine.
    busy_interval: float = _number(1.0, 0.2, 4, "s")
    idle_interval: float = _number(8.0, 1, 8.5, "s")
    retention_days: int = _number(30, 1, 365, "d")
    verbose_log: bool = False


Scale = Literal["never", "warn", "critical"]


@frozen
class Alerts:
    """Readings that people are told of: a lower and an upper limit each, and how long one must stand beyond it.

    ``…_scale``: from which of both on fewer scenes are described at once. ``…_muted``: the desktop is told nothing.
    """

    cpu_warn: float = _number(70.0, 1, 100, "%")
    cpu_critical: float = _number(90.0, 1, 100, "%")
    cpu_scale: Scale = "critical"
    cpu_muted: bool = False
    memory_warn: float = _number(80.0, 1, 100, "%")
    memory_critical: float = _number(95.0, 1, 100, "%")
    memory_scale: Scale = "critical"
    memory_muted: bool = False
    queue_warn: int = _number(500, 1, 1_000_000)
    queue_critical: int = _number(1000, 1, 1_000_000)
    queue_muted: bool = False
    response_warn: float = _number(2.0, 0.1, 3600, "s")
    response_critical: float = _number(5.0, 0.1, 3600, "s")
    response_scale: Scale = "critical"
    response_muted: bool = False
    hold: float = _number(30.0, 5, 3600, "s")
    clear: float = _number(60.0, 5, 3600, "s")
    cooldown: float = _number(300.0, 0, 86_400, "s")


@frozen
class Memory:
    """What this program itself may keep in memory; when it gives that back is for the control rules to say."""

    budget_mib: int = _number(256, 64, 16_384, "MiB")
    """For pictures on their way from the media worker and to a model."""
    gc_threshold: float = _number(0.75, 0.75, 0.8)
    """Share of the budget in use from which garbage is collected."""
    picture_cache_mib: int = _number(24, 4, 512, "MiB")
    """For pictures made ready for the screen."""
    compress_cache: bool = True
    release_idle: bool = True


@frozen
class Policy:
    """The person's standing wishes on tiers."""

    prefer_cloud: bool = False
    editor_first: Literal["short", "busy", "open"] = "busy"
    """When work on this machine steps aside for the video editor: only when memory or VRAM run short (as it does for
    any program), while the editor works, or whenever it is open."""
    planning: Literal["auto", "local", "cloud", "rules"] = "auto"
    """Who plans rough cuts; ``auto``: as the class of the machine has it."""


@frozen
class Api:
    """The local HTTP API.

    ``port``: the one that is tried first; where it is taken, another. ``folders``: separated by semicolons, the only
    ones whose videos programs may have analysed and that they may export to. ``docs``: whether the description of the
    API is shown without the token.
    """

    enabled: bool = False
    port: int = _number(8000, 1024, 65_535)
    folders: str = ""
    docs: bool = False


@frozen
class Cloud:
    """Where the providers are reached, and how much may be spent. Keys and consents are elsewhere."""

    openai_base_url: str = ""
    """Empty: the provider's own address."""
    deepseek_base_url: str = ""
    daily_usd: float = _number(1.0, 0, 1000, "usd")
    monthly_usd: float = _number(5.0, 0, 10_000, "usd")
    daily_requests: int = _number(200, 0, 100_000)


@frozen
class Settings:
    """All settings; where they come from is :class:`autocut_tray.core.settings.store.SettingsStore`."""

    ui: Ui = Ui()
    models: Models = Models()
    analysis: Analysis = Analysis()
    monitor: Monitor = Monitor()
    alerts: Alerts = Alerts()
    memory: Memory = Memory()
    policy: Policy = Policy()
    api: Api = Api()
    cloud: Cloud = Cloud()
    limits: Mapping[str, float] = field(default_factory=lambda: types.MappingProxyType({}))


LIMITS = "limits"

ENVIRONMENT_PREFIX = "AUTOCUT_"
"""``AUTOCUT_UI__THEME`` sets ``ui.theme``."""

ENVIRONMENT: Mapping[str, str] = {
    "USE_LOCAL_VISION": "models.use_local_vision",
    "LOCAL_VISION_PROVIDER": "models.local_vision_provider",
    "LOCAL_VISION_MODEL": "models.local_vision_model",
    "LMSTUDIO_HOST": "models.lmstudio_host",
    "LMSTUDIO_MODEL": "models.lmstudio_model",
    "OLLAMA_HOST": "models.ollama_host",
    "OPENAI_BASE_URL": "cloud.openai_base_url",
    "DEEPSEEK_BASE_URL": "cloud.deepseek_base_url",
}
"""Environment names without that prefix, as the product and its servers' own programs use them."""


@frozen
class Setting:
    """The declaration of one value. ``kind``: bool, int, float or str. ``choices``: all allowed, if not free.

    ``optional``: None means "not chosen". ``low``, ``high``: of numbers, both allowed; ``unit``: theirs.
    """

    path: str
    kind: type
    default: object
    choices: tuple[str, ...] = ()
    optional: bool = False
    low: float = -math.inf
    high: float = math.inf
    unit: str = ""


@cache
def declared() -> Mapping[str, Setting]:
    """All settings by their dotted path, in the order of their declaration; ``limits`` is open and not among them."""
    found: dict[str, Setting] = {}
    for section in dataclasses.fields(Settings):
        kind = typing.get_type_hints(Settings)[section.name]
        if dataclasses.is_dataclass(kind):
            hints = typing.get_type_hints(kind)
            for item in dataclasses.fields(kind):
                path = f"{section.name}.{item.name}"
                found[path] = _setting(path, hints[item.name], item)
    return types.MappingProxyType(found)


def _setting(path: str, hint: object, item: dataclasses.Field[Any]) -> Setting:
    optional = typing.get_origin(hint) in (typing.Union, types.UnionType)
    if optional:
        hint = next(part for part in typing.get_args(hint) if part is not type(None))
    choices: tuple[str, ...] = typing.get_args(hint) if typing.get_origin(hint) is Literal else ()
    kind = str if choices else typing.cast("type", hint)
    bounds = item.metadata
    return Setting(
        path,
        kind,
        item.default,
        choices,
        optional,
        bounds.get("low", -math.inf),
        bounds.get("high", math.inf),
        bounds.get("unit", ""),
    )


class Unfit(ValueError):
    """A value that a setting cannot have; ``reason`` says why in words."""

    def __init__(self, reason: Message) -> None:
        super().__init__(reason.code)
        self.reason = reason


def fit(setting: Setting, value: object) -> object:
    """``value`` as this setting takes it; text, as the environment has it, is read. Raises Unfit."""
    if value is None and setting.optional:
        return None
    if setting.kind is bool:
        return _switch(value)
    if setting.kind in (int, float):
        return _fit_number(value, setting)
    if not isinstance(value, str) or len(value) > MAX_TEXT or not value.isprintable():
        raise Unfit(message("setting-wants-text"))
    text = value.strip()
    if setting.optional and not text:
        return None
    if setting.choices and text not in setting.choices:
        raise Unfit(message("setting-wants-choice", choices=", ".join(setting.choices)))
    return text


def _switch(value: object) -> bool:
    if isinstance(value, bool):
        return value
    word = value.strip().lower() if isinstance(value, str) else str(value)
    if word in ("true", "yes", "on", "1"):
        return True
    if word in ("false", "no", "off", "0"):
        return False
    raise Unfit(message("setting-wants-switch"))


def _fit_number(value: object, setting: Setting) -> float:
    low, high = f"{setting.low:g}", f"{setting.high:g}"
    refusal = Unfit(message("setting-wants-number", low=low, high=high))
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise refusal
    try:
        number = float(value)
    except (ValueError, OverflowError):
        raise refusal from None
    if not setting.low <= number <= setting.high or (setting.kind is int and number != int(number)):
        raise refusal
    return int(number) if setting.kind is int else number


def fit_limit(value: object) -> float:
    """A changed limit: any finite number; whether it makes sense is for the control rules to say. Raises Unfit."""
    try:
        number = math.nan if isinstance(value, bool) else float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if not math.isfinite(number):
        raise Unfit(message("setting-wants-any-number"))
    return number


def build(tree: Tree) -> tuple[Settings, dict[str, Message]]:
    """Settings from nested tables, and why values were passed over, by path: the default took their place."""
    problems = {
        name: message("setting-wants-section")
        for name in Settings.__dataclass_fields__
        if not isinstance(tree.get(name, {}), dict)
    }
    sections: dict[str, dict[str, Any]] = {}
    for path, setting in declared().items():
        section, _, name = path.partition(".")
        raw = get_path(tree, path)
        if raw is not None:
            try:
                sections.setdefault(section, {})[name] = fit(setting, raw)
            except Unfit as unfit:
                problems[path] = unfit.reason
    limits: dict[str, float] = {}
    given = tree.get(LIMITS)
    for name, raw in given.items() if isinstance(given, dict) else ():
        try:
            limits[str(name)] = fit_limit(raw)
        except Unfit as unfit:
            problems[f"{LIMITS}.{name}"] = unfit.reason
    settings = Settings(
        Ui(**sections.get("ui", {})),
        Models(**sections.get("models", {})),
        Analysis(**sections.get("analysis", {})),
        Monitor(**sections.get("monitor", {})),
        Alerts(**sections.get("alerts", {})),
        Memory(**sections.get("memory", {})),
        Policy(**sections.get("policy", {})),
        Api(**sections.get("api", {})),
        Cloud(**sections.get("cloud", {})),
        types.MappingProxyType(limits),
    )
    return settings, problems


def value_of(settings: Settings, path: str) -> object:
    """The value in force at a dotted path."""
    section, _, name = path.partition(".")
    return settings.limits.get(name) if section == LIMITS else getattr(getattr(settings, section), name)


def changed_paths(before: Settings, after: Settings) -> tuple[str, ...]:
    """The dotted paths whose values are not the same."""
    limits = dict.fromkeys((*before.limits, *after.limits))
    paths = (*declared(), *(f"{LIMITS}.{name}" for name in limits))
    return tuple(path for path in paths if value_of(before, path) != value_of(after, path))


# --- nested tables -----------------------------------------------------------------------------------------


def get_path(tree: Mapping[str, Any], path: str) -> Any:
    """The value at a dotted path, or None."""
    node: Any = tree
    for part in path.split("."):
        if not isinstance(node, dict) or part not in node:
            return None
        node = node[part]
    return node


def set_path(tree: Tree, path: str, value: Any) -> None:
    """Put ``value`` at a dotted path, making sections on the way."""
    *sections, last = path.split(".")
    node = tree
    for part in sections:
        if not isinstance(node.get(part), dict):
            node[part] = {}
        node = node[part]  # read back: a TOML document keeps a copy of what it is given
    node[last] = value


def drop_path(tree: Tree, path: str) -> None:
    """Remove what stands at a dotted path, if anything does."""
    *sections, last = path.split(".")
    node: Any = tree
    for part in sections:
        node = node.get(part) if isinstance(node, dict) else None
    if isinstance(node, dict):
        node.pop(last, None)
