"""A stand-in for the module that DaVinci Resolve installs for scripts, after its README of the scripting API.

Copied into a folder as ``DaVinciResolveScript.py``; what it does is in ``fake_resolve.json`` beside it.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

_HERE = Path(__file__).resolve().parent


class _Timeline:
    def __init__(self, name: str) -> None:
        self._name = name

    def GetName(self) -> str:
        return self._name


class _MediaPool:
    def __init__(self, script: dict[str, Any]) -> None:
        self._script = script

    def ImportTimelineFromFile(self, path: str, options: dict[str, Any]) -> _Timeline | None:
        data = Path(path).read_bytes()
        (_HERE / "imported.bin").write_bytes(data)
        (_HERE / "options.json").write_text(json.dumps(options), encoding="utf-8")
        return None if self._script.get("refuses") else _Timeline(options["timelineName"])


class _Project:
    def __init__(self, script: dict[str, Any]) -> None:
        self._script = script

    def GetName(self) -> str:
        return str(self._script.get("project", "Holiday"))

    def GetSetting(self, name: str) -> str:
        return str(self._script.get("rate", "29.97")) if name == "timelineFrameRate" else ""

    def GetMediaPool(self) -> _MediaPool:
        return _MediaPool(self._script)


class _ProjectManager:
    def __init__(self, script: dict[str, Any]) -> None:
        self._script = script

    def GetCurrentProject(self) -> _Project | None:
        return None if self._script.get("no_project") else _Project(self._script)


class _Resolve:
    def __init__(self, script: dict[str, Any]) -> None:
        self._script = script

    def GetProductName(self) -> str:
        return "DaVinci Resolve Studio"

    def GetVersionString(self) -> str:
        return "19.1.3.7"

    def GetProjectManager(self) -> _ProjectManager:
        return _ProjectManager(self._script)


def scriptapp(name: str) -> _Resolve | None:
    """None where Resolve does not run, is the free edition, or does not let scripts in."""
    assert name == "Resolve" and os.environ["RESOLVE_SCRIPT_LIB"]
    script = json.loads((_HERE / "fake_resolve.json").read_text("utf-8"))
    os.write(1, b"Fusion says hello")  # libraries do, on the stdout that is our answer
    if script.get("crashes"):
        sys.stdout.flush()
        os.abort()
    if script.get("hangs"):
        sys.stdin.close()
        while True:
            os.read(os.pipe()[0], 1)
    return None if script.get("silent") else _Resolve(script)
