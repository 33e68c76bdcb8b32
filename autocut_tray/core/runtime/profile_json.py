"""The profile as the JSON document that programs read, and from such a document, also one written by hand."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from types import MappingProxyType

from autocut_tray.core.errors import InputError
from autocut_tray.core.files import write_atomic
from autocut_tray.core.messages import Message, message
from autocut_tray.core.runtime.json_fields import Fields, invalid
from autocut_tray.core.runtime.probes.figures import part_mib, total_mib
from autocut_tray.core.runtime.probes.lmstudio_host import parse_lmstudio_host
from autocut_tray.core.runtime.probes.ollama_host import parse_ollama_host
from autocut_tray.core.runtime.profile import (
    SCHEMA,
    Change,
    Confidence,
    Cpu,
    CpuScore,
    Davinci,
    Gpu,
    GpuKind,
    Json,
    Memory,
    Model,
    ModelServer,
    Outcome,
    ProbeReport,
    ProfileClass,
    RuntimeProfile,
    classify,
    cpu_score,
    gib,
    models_are_remote,
    primary_gpu,
)

log = logging.getLogger(__name__)

_MAX_BYTES = 4 * 1024 * 1024
"""A profile with a thousand models is a tenth of this."""

# ---- writing ---------------------------------------------------------------------------------------------


def to_json(
    profile: RuntimeProfile,
    explanation: Sequence[str] = (),
    *,
    degraded: bool = False,
    degradation_reason: str | None = None,
    translate: Callable[[Message], str] | None = None,
) -> Json:
    """The document of ``profile --json``. GB are GiB rounded to one decimal; the exact figures stand beside them.

    ``explanation`` and ``degradation_reason`` are sentences in the chosen language; ``translate`` gives the changes
    theirs.
    """
    primary = profile.primary_gpu
    return {
        "schema": SCHEMA,
        "detected_at": profile.detected_at,
        "cpu": {
            "name": profile.cpu.name,
            "cores": profile.cpu.cores,
            "threads": profile.cpu.threads,
            "score": None if profile.cpu.score is None else profile.cpu.score.value,
        },
        "memory": {
            "total_gb": gib(profile.memory.total_mib),
            "available_gb": gib(profile.memory.available_mib),
            "swap_gb": gib(profile.memory.swap_mib),
            "total_mib": profile.memory.total_mib,
            "available_mib": profile.memory.available_mib,
            "swap_mib": profile.memory.swap_mib,
        },
        "gpu": None if primary is None else _gpu_json(primary),
        "gpus": [_gpu_json(gpu) for gpu in profile.gpus],
        "ai_runtime": {"ollama": _server_json(profile.ollama), "lmstudio": _server_json(profile.lmstudio)},
        "editor": {
            "davinci": {
                "installed": profile.davinci.installed,
                "path": profile.davinci.path,
                "version": profile.davinci.version,
                "edition": profile.davinci.edition,
                "running": profile.davinci.running,
                "busy": profile.davinci.busy,
            },
            "others": list(profile.other_editors),
        },
        "profile_class": profile.profile_class.value,
        "degraded": degraded,
        "degradation_reason": degradation_reason,
        "explanation": list(explanation),
        "probes": [
            {"name": probe.name, "outcome": probe.outcome.value, "ms": probe.ms, "detail": probe.detail}
            for probe in profile.probes
        ],
        "changes": [_change_json(change, translate) for change in profile.changes],
    }


def _gpu_json(gpu: Gpu) -> Json:
    return {
        "name": gpu.name,
        "vendor": gpu.vendor,
        "kind": None if gpu.kind is None else gpu.kind.value,
        "vram_gb": gib(gpu.vram_total_mib),
        "vram_total_mib": gpu.vram_total_mib,
        "vram_used_mib": gpu.vram_used_mib,
        "driver": gpu.driver,
        "source": gpu.source,
        "confidence": None if gpu.confidence is None else gpu.confidence.value,
        "index": gpu.index,
    }


def _server_json(server: ModelServer) -> Json:
    return {
        "installed": server.installed,
        "reachable": server.reachable,
        "host": server.host,
        "remote": server.remote,
        "version": server.version,
        "models": [
            {
                "name": model.name,
                "size_bytes": model.size_bytes,
                "quantization": model.quantization,
                "vision": model.vision,
                "cloud": model.cloud,
                "loaded": model.loaded,
                "vram_bytes": model.vram_bytes,
            }
            for model in server.models
        ],
        "problem": server.problem,
    }


def _change_json(change: Change, translate: Callable[[Message], str] | None) -> Json:
    entry: Json = {"code": change.code, "params": dict(change.params)}
    if translate is not None:
        entry["text"] = translate(Message(change.code, change.params))
    return entry


# ---- reading ---------------------------------------------------------------------------------------------


def from_json(document: object) -> RuntimeProfile:
    """The profile in a document; what is missing is unknown, keys of other versions are passed over.

    The class follows from the hardware in it; the one written there counts where that is unknown, and
    ``CLOUD_HYBRID`` always. Raises InputError("profile_invalid") naming the key whose value is of the wrong kind.
    """
    if not isinstance(document, dict):
        raise InputError("profile_invalid", message("error-profile-document"), message("error-profile-hint"))
    schema = Fields(document).whole("schema")
    top = Fields(document, lenient=schema is not None and schema > SCHEMA)
    cpu, memory, editor, servers = (top.object(key) for key in ("cpu", "memory", "editor", "ai_runtime"))
    threads = cpu.whole("threads") or None
    gpus = _gpus(top)
    ollama = _server(servers.object("ollama"), lambda host: parse_ollama_host(host).remote)
    lmstudio = _server(servers.object("lmstudio"), lambda host: parse_lmstudio_host(host).remote)
    return RuntimeProfile(
        detected_at=top.number("detected_at"),
        cpu=Cpu(
            cpu.text("name"),
            cpu.whole("cores") or None,
            threads,
            cpu_score(threads) or cpu.choice("score", CpuScore),
        ),
        memory=_memory(memory),
        gpus=gpus,
        ollama=ollama,
        lmstudio=lmstudio,
        davinci=_davinci(editor.object("davinci")),
        other_editors=editor.texts("others"),
        profile_class=_profile_class(top, gpus, (ollama, lmstudio)),
        probes=tuple(_probe(entry) for entry in top.objects("probes")),
        changes=tuple(_change(entry) for entry in top.objects("changes")),
    )


def _profile_class(top: Fields, gpus: tuple[Gpu, ...], servers: tuple[ModelServer, ...]) -> ProfileClass:
    stated = top.choice("profile_class", ProfileClass)
    primary = primary_gpu(gpus)
    tells = primary.vram_total_mib is not None if primary else top.data.get("gpu", {}) is None or bool(gpus)
    if stated is ProfileClass.CLOUD_HYBRID or (stated is not None and not tells):
        return stated
    return classify(gpus, models_remote=models_are_remote(servers))


def _memory(memory: Fields) -> Memory:
    total = total_mib(_mib(memory, "total"))
    return Memory(total, part_mib(_mib(memory, "available"), total), part_mib(_mib(memory, "swap"), None))


def _mib(fields: Fields, name: str) -> float | None:
    """``<name>_mib``, or else ``<name>_gb``."""
    exact, rounded = fields.number(f"{name}_mib"), fields.number(f"{name}_gb")
    return exact if exact is not None else None if rounded is None else rounded * 1024


def _gpus(top: Fields) -> tuple[Gpu, ...]:
    """All adapters. Where ``gpu`` is not among ``gpus`` it wins, and only integrated ones stay beside it."""
    listed = tuple(_gpu(entry) for entry in top.objects("gpus"))
    if not top.has("gpu") or top.data["gpu"] == {}:
        return listed
    primary = _gpu(top.object("gpu")) if top.data["gpu"] is not None else None
    if primary == primary_gpu(listed) or (primary is not None and primary in listed):
        return listed
    rest = tuple(gpu for gpu in listed if gpu.kind not in (GpuKind.DISCRETE, GpuKind.UNIFIED))
    return rest if primary is None else (primary, *rest)


def _gpu(gpu: Fields) -> Gpu:
    exact, rounded = gpu.number("vram_total_mib"), gpu.number("vram_gb")
    total = total_mib(exact if exact is not None else None if rounded is None else rounded * 1024)
    # Whoever writes a card by hand means a graphics card.
    kind = (
        gpu.choice("kind", GpuKind)
        if gpu.data.get("kind") is not None or gpu.has("index")
        else GpuKind.DISCRETE
    )
    return Gpu(
        name=gpu.text("name"),
        vendor=gpu.text("vendor"),
        kind=kind,
        vram_total_mib=total,
        vram_used_mib=part_mib(gpu.number("vram_used_mib"), total),
        driver=gpu.text("driver"),
        source=gpu.text("source"),
        confidence=gpu.choice("confidence", Confidence),
        index=gpu.whole("index"),
    )


def _server(server: Fields, is_remote: Callable[[str], bool]) -> ModelServer:
    host, remote = server.text("host"), server.flag("remote")
    return ModelServer(
        installed=server.flag("installed"),
        reachable=server.flag("reachable"),
        host=host,
        remote=remote if remote is not None else host is not None and is_remote(host),
        version=server.text("version"),
        models=tuple(_model(entry) for entry in server.objects("models")),
        problem=server.text("problem"),
    )


def _model(model: Fields) -> Model:
    name = model.text("name")
    if name is None:
        raise invalid(model.key("name"), "text")
    return Model(
        name=name,
        size_bytes=model.whole("size_bytes"),
        quantization=model.text("quantization"),
        vision=model.flag("vision"),
        # The name alone is enough: such a model never runs on this machine.
        cloud=bool(model.flag("cloud")) or name.lower().endswith((":cloud", "-cloud")),
        loaded=model.flag("loaded"),
        vram_bytes=model.whole("vram_bytes"),
    )


def _davinci(davinci: Fields) -> Davinci:
    return Davinci(
        installed=davinci.flag("installed"),
        path=davinci.text("path"),
        version=davinci.text("version"),
        edition=davinci.text("edition"),
        running=davinci.flag("running"),
        busy=davinci.flag("busy"),
    )


def _probe(probe: Fields) -> ProbeReport:
    return ProbeReport(
        name=probe.text("name") or "",
        outcome=probe.choice("outcome", Outcome) or Outcome.FAILED,
        ms=round(probe.number("ms") or 0),
        detail=probe.text("detail"),
    )


def _change(change: Fields) -> Change:
    params = change.object("params").data
    plain = {key: value for key, value in params.items() if isinstance(value, str | int | float)}
    return Change(change.text("code") or "", MappingProxyType(plain))


# ---- files -----------------------------------------------------------------------------------------------


def read_profile(path: Path) -> RuntimeProfile:
    """The profile in a file that a person named. Raises InputError: no such file, no JSON, or not a profile."""
    try:
        with path.open("rb") as file:
            data = file.read(_MAX_BYTES + 1)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise InputError(
            "profile_unreadable", message("error-profile-unreadable", file=path.name, reason=reason)
        ) from error
    if len(data) > _MAX_BYTES:
        raise InputError("profile_invalid", message("error-profile-too-large", file=path.name))
    try:
        document = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:  # UnicodeDecodeError is a ValueError
        raise InputError(
            "profile_invalid", message("error-profile-not-json", file=path.name), detail=str(error)
        ) from error
    return from_json(document)


class ProfileStore:
    """The profile of the last launch, in ``runtime_profile.json``."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def load(self) -> RuntimeProfile | None:
        """None when there is none, or none that can be read."""
        if not self._path.exists():
            return None
        try:
            return read_profile(self._path)
        except InputError as error:
            log.warning("The last profile is not used: %s", error)
            return None

    def save(self, profile: RuntimeProfile) -> None:
        """Replace the file in one step, mode 0600. Raises OSError."""
        document = json.dumps(to_json(profile), ensure_ascii=False, indent=2)
        write_atomic(self._path, document.encode("utf-8", "backslashreplace"))
