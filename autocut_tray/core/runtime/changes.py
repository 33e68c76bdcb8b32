"""What is different from the last profile of this machine."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from types import MappingProxyType

from autocut_tray.core.runtime.profile import (
    Backend,
    Change,
    Gpu,
    ModelServer,
    Outcome,
    RuntimeProfile,
    gib,
)

SERVER_NAMES = {Backend.OLLAMA: "Ollama", Backend.LMSTUDIO: "LM Studio"}
_NBSP = "\u00a0"
_VRAM_STEP_MIB = 256
"""Driver versions differ by some MiB in what they keep for themselves."""
_MEMORY_STEP_MIB = 512
"""So do kernels and firmware."""
_SHOWN_MODELS = 5


def changes_between(before: RuntimeProfile, after: RuntimeProfile) -> tuple[Change, ...]:
    """The differences that matter to a person, in the order of the profile.

    Only facts that both profiles know are compared: a probe that failed says nothing about what it did not find.
    """
    return tuple(_changes(before, after))


def _changes(before: RuntimeProfile, after: RuntimeProfile) -> Iterator[Change]:
    if before.cpu.name and after.cpu.name and before.cpu.name != after.cpu.name:
        yield _change("change-cpu", before=before.cpu.name, after=after.cpu.name)
    yield from _memory(before, after)
    if _both_answered(before, after, "gpu", "nvidia"):
        yield from _gpus(before.gpus, after.gpus)
    for backend, name in SERVER_NAMES.items():
        if _both_answered(before, after, backend.value):
            yield from _server(name, before.server(backend), after.server(backend))
    if _both_answered(before, after, "editors"):
        yield from _editors(before, after)


def _change(code: str, **params: str | int | float) -> Change:
    return Change(code, MappingProxyType(params))


def _both_answered(before: RuntimeProfile, after: RuntimeProfile, *probes: str) -> bool:
    unanswered = {
        report.name
        for report in (*before.probes, *after.probes)
        if report.outcome in (Outcome.FAILED, Outcome.TIMEOUT)
    }
    return unanswered.isdisjoint(probes)


def _gigabytes(mib: int) -> str:
    return f"{gib(mib):.1f}{_NBSP}GB"


def _memory(before: RuntimeProfile, after: RuntimeProfile) -> Iterator[Change]:
    old, new = before.memory.total_mib, after.memory.total_mib
    if old is not None and new is not None and abs(new - old) >= _MEMORY_STEP_MIB:
        code = "change-memory-more" if new > old else "change-memory-less"
        yield _change(code, before=_gigabytes(old), after=_gigabytes(new))


def _gpus(before: tuple[Gpu, ...], after: tuple[Gpu, ...]) -> Iterator[Change]:
    """Adapters are told apart by name; of two with one name the first is compared with the first."""
    old, new = _by_name(before), _by_name(after)
    for name in new:
        for gpu in new[name][len(old.get(name, ())) :]:
            if gpu.vram_total_mib is None:
                yield _change("change-gpu-new", gpu=name)
            else:
                yield _change("change-gpu-new-vram", gpu=name, vram=_gigabytes(gpu.vram_total_mib))
    for name in old:
        for _ in old[name][len(new.get(name, ())) :]:
            yield _change("change-gpu-gone", gpu=name)
    told: set[tuple[str, str]] = set()
    for name in new:
        for was, now in zip(old.get(name, ()), new[name], strict=False):
            then, total = was.vram_total_mib, now.vram_total_mib
            if then is not None and total is not None and abs(total - then) >= _VRAM_STEP_MIB:
                yield _change("change-vram", gpu=name, before=_gigabytes(then), after=_gigabytes(total))
            # Drivers of one vendor change together: said once.
            if was.driver and now.driver and was.source == now.source and was.driver != now.driver:
                vendor = now.vendor or name
                if (vendor, now.driver) not in told:
                    told.add((vendor, now.driver))
                    yield _change("change-driver", vendor=vendor, before=was.driver, after=now.driver)


def _by_name(gpus: tuple[Gpu, ...]) -> dict[str, list[Gpu]]:
    found: dict[str, list[Gpu]] = {}
    for gpu in gpus:
        found.setdefault(gpu.name or gpu.vendor or "GPU", []).append(gpu)
    return found


def _server(name: str, before: ModelServer, after: ModelServer) -> Iterator[Change]:
    if before.host != after.host and before.host and after.host:
        yield _change("change-server-address", server=name, before=before.host, after=after.host)
        return  # another server: its models and version are no news about the old one
    if after.reachable and before.reachable is False:
        known = before.installed or before.remote
        yield _change("change-server-answers" if known else "change-server-new", server=name)
    elif before.reachable and after.reachable is False:
        gone = after.installed is False and not after.remote
        yield _change("change-server-gone" if gone else "change-server-silent", server=name)
    elif before.installed is False and after.installed:
        yield _change("change-server-new", server=name)
    elif before.installed and after.installed is False:
        yield _change("change-server-gone", server=name)
    if before.version and after.version and before.version != after.version:
        yield _change("change-server-version", server=name, before=before.version, after=after.version)
    if before.reachable and after.reachable and before.problem is None and after.problem is None:
        old, new = (Counter(model.name for model in server.models) for server in (before, after))
        yield from _models("change-models-added", name, list(new - old))
        yield from _models("change-models-removed", name, list(old - new))


def _models(code: str, server: str, names: list[str]) -> Iterator[Change]:
    if names:
        shown = ", ".join(names[:_SHOWN_MODELS])
        more = max(len(names) - _SHOWN_MODELS, 0)
        yield _change(code, server=server, models=shown, count=len(names), more=more)


def _editors(before: RuntimeProfile, after: RuntimeProfile) -> Iterator[Change]:
    old, new = before.davinci, after.davinci
    if old.installed is False and new.installed:
        if new.version:
            yield _change("change-editor-new-version", editor="DaVinci Resolve", version=new.version)
        else:
            yield _change("change-editor-new", editor="DaVinci Resolve")
    elif old.installed and new.installed is False:
        yield _change("change-editor-gone", editor="DaVinci Resolve")
    elif old.version and new.version and old.version != new.version:
        yield _change(
            "change-editor-version", editor="DaVinci Resolve", before=old.version, after=new.version
        )
    for editor in after.other_editors:
        if editor not in before.other_editors:
            yield _change("change-editor-new", editor=editor)
    for editor in before.other_editors:
        if editor not in after.other_editors:
            yield _change("change-editor-gone", editor=editor)
