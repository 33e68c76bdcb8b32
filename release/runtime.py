"""Which installed packages the program needs at run time, as pyproject.toml and their own metadata say."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator
from importlib import metadata
from pathlib import Path

from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from release.names import ROOT


def wanted(project: Path = ROOT / "pyproject.toml") -> list[str]:
    """The requirements that the project names for its users."""
    return list(tomllib.loads(project.read_text("utf-8"))["project"]["dependencies"])


def distributions(requirements: Iterable[str] | None = None) -> dict[str, metadata.Distribution]:
    """Everything the requirements bring on this platform, by normalised name.

    Raises PackageNotFoundError for one that is not installed.
    """
    found: dict[str, metadata.Distribution] = {}
    extras: dict[str, set[str]] = {}
    rest = [Requirement(text) for text in (wanted() if requirements is None else requirements)]
    while rest:
        requirement = rest.pop()
        name = canonicalize_name(requirement.name)
        if name in found and requirement.extras <= extras[name]:
            continue
        found[name] = metadata.distribution(name)
        extras.setdefault(name, set()).update(requirement.extras)
        rest += _needs(found[name], extras[name])
    return dict(sorted(found.items()))


def _needs(distribution: metadata.Distribution, extras: set[str]) -> Iterator[Requirement]:
    environment = {key: str(value) for key, value in default_environment().items()}
    for text in distribution.requires or ():
        requirement = Requirement(text)
        if requirement.marker is None or any(
            requirement.marker.evaluate(environment | {"extra": extra}) for extra in ("", *extras)
        ):
            yield requirement


def foreign_modules(kept: Iterable[str]) -> set[str]:
    """Top-level modules of installed packages that are not among ``kept``: test tools, peers, builders."""
    inside = set(kept)
    return {
        module
        for module, owners in metadata.packages_distributions().items()
        if inside.isdisjoint(canonicalize_name(owner) for owner in owners)
    }
