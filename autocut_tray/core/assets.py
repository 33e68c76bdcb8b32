"""Files that ship inside the package."""

from __future__ import annotations

from pathlib import Path

# PyInstaller's one-folder build keeps package data beside the module's own path, so one rule serves both.
RESOURCES = Path(__file__).resolve().parent.parent / "resources"


def asset(*parts: str) -> Path:
    """The path of a shipped file; raises FileNotFoundError naming it when the installation is damaged."""
    path = RESOURCES.joinpath(*parts)
    if not path.exists():
        raise FileNotFoundError(f"missing from this installation: {'/'.join(parts)}")
    return path
