"""The process that talks to DaVinci Resolve through its own scripting module: asked once on stdin, answers on stdout.

Resolve's library is native code of another program: it may hang or crash, and takes only this process along.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
from typing import Any

Json = dict[str, Any]

MODULE = "DaVinciResolveScript"
"""The module that Resolve installs for scripts, as its own README of the scripting API names it."""


def main() -> int:
    """``{"modules", "file", "name"}`` in, ``{"outcome", …}`` out."""
    asked = json.loads(sys.stdin.buffer.read())
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what the library prints is not our answer
    answers.write(json.dumps(send(asked)).encode())
    answers.close()
    return 0


def send(asked: Json) -> Json:
    """Import a timeline into the open project; ``outcome`` says what came of it."""
    sys.path.insert(0, asked["modules"])
    try:
        resolve = importlib.import_module(MODULE).scriptapp("Resolve")
    except Exception as error:  # noqa: BLE001  whatever another program's module raises
        return {"outcome": "no_module", "detail": f"{type(error).__name__}: {error}"}
    if resolve is None:  # the free edition, scripting switched off, or Resolve does not run
        return {"outcome": "silent"}
    found = {"product": str(resolve.GetProductName()), "version": str(resolve.GetVersionString())}
    project = resolve.GetProjectManager().GetCurrentProject()
    if project is None:
        return {**found, "outcome": "no_project"}
    found |= {"project": str(project.GetName()), "rate": str(project.GetSetting("timelineFrameRate"))}
    options = {"timelineName": asked["name"], "importSourceClips": True}
    timeline = project.GetMediaPool().ImportTimelineFromFile(asked["file"], options)
    if timeline is None:
        return {**found, "outcome": "refused"}
    return {**found, "outcome": "sent", "timeline": str(timeline.GetName())}
