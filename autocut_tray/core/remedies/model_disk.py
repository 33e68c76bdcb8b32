"""Room on the disk where a server of this machine keeps its models, where that can be known.

Neither Ollama nor LM Studio tells where its models are: the setting may stand in the environment of a service, or in
the app's own database. So a place counts only when the server's own listing is found there again; otherwise the
room is unknown and nobody is refused.
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable, Collection, Sequence
from pathlib import Path

from autocut_tray.core.policy import models
from autocut_tray.core.runtime.probes.machine import Machine, exists

log = logging.getLogger(__name__)

RESERVE_BYTES = 512 * 2**20
"""What a download leaves free, for the system and this program's own database."""

_SERVICE_HOME = "/usr/share/ollama/.ollama/models"
"""Where Ollama's installer for Linux makes the service keep them (``scripts/install.sh``)."""
_LIBRARY = ("registry.ollama.ai", "library")


def ollama_folders(machine: Machine) -> tuple[Path, ...]:
    """Where Ollama may keep its models, most likely first (``envconfig.Models`` of its source)."""
    named = machine.environ.get("OLLAMA_MODELS", "").strip().strip("\"'")
    own = machine.home / ".ollama" / "models"
    places = [Path(named)] if named else []
    if machine.system not in ("win32", "darwin"):
        places.append(machine.path(_SERVICE_HOME))
    return tuple(place for place in (*places, own) if exists(place))


class ModelDisk:
    """The disk that holds Ollama's models."""

    def __init__(
        self,
        folders: Sequence[Path],
        free: Callable[[Path], int] = lambda folder: shutil.disk_usage(folder).free,
    ) -> None:
        """``folders``: where they may be. ``free``: bytes free for this person at a folder; may raise OSError."""
        self._folders = tuple(folders)
        self._free = free

    def place(self, listed: Collection[str]) -> Path | None:
        """The folder that the server with these models uses; None when that cannot be told."""
        if not listed:
            return self._folders[0] if len(self._folders) == 1 else None
        for folder in self._folders:
            if any(exists(manifest_file(folder, name)) for name in listed):
                return folder
        return None

    def free_bytes(self, folder: Path) -> int | None:
        """Bytes free where ``folder`` is; None when the system does not say."""
        try:
            return self._free(folder)
        except OSError as error:
            log.info("The free room of %s is unknown: %s", folder, error)
            return None

    def has_partial(self, folder: Path) -> bool:
        """Whether a download was cut: then some of what it needs may be here already. Unknown counts as yes."""
        try:
            return any(entry.name.endswith("-partial") for entry in (folder / "blobs").iterdir())
        except FileNotFoundError:
            return False
        except OSError:
            return True


def manifest_file(folder: Path, name: str) -> Path:
    """Where Ollama notes a model: ``manifests/<host>/<owner>/<model>/<tag>`` (``types/model.Name.Filepath``)."""
    path, colon, tag = name.rpartition(":")
    if not colon or "/" in tag:
        path, tag = name, "latest"
    parts = tuple(part for part in path.split("/") if part not in ("", ".", ".."))
    return folder.joinpath("manifests", *_LIBRARY[: max(0, 3 - len(parts))], *parts, tag)


def known_bytes(model: str) -> int | None:
    """The size of a model that this program recommends, about; None for any other."""
    name = model.strip().lower().removesuffix(":latest")
    for family, figures in models.FIGURES.items():
        if family.value == name:
            return round(figures.download_gb * 2**30)
    planner = models.PLANNING_MODELS.get(name)
    return None if planner is None else round(planner * 2**30)
