"""Dragging files onto a window, as a file manager would."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from queue import Empty, Queue

from tests.gui.xvfb import Desktop

SOURCE = Path(__file__).with_name("drag_source.py")
FROM = (100, 140)
STEPS = 10
SETTLE_S = 3.0
"""How long the target may take to accept; a refusal is only seen by nothing being said until then."""


def drag_files(
    desktop: Desktop, files: Sequence[Path | str], target_x: int, target_y: int, *, settle: float = SETTLE_S
) -> bool:
    """Drag files to a point of the screen by a real XDND drag; True when the target took them."""
    source = desktop.spawn(
        [sys.executable, str(SOURCE), *(str(file) for file in files)], stdout=subprocess.PIPE
    )
    said: Queue[str] = Queue()

    def listen() -> None:
        assert source.stdout is not None
        for line in source.stdout:
            said.put(line.decode().strip())

    reader = threading.Thread(target=listen, name="drag-source")
    reader.start()
    try:
        _wait_for(said, "ready", 20.0)
        desktop.wait_for_window("DragSource")
        desktop.move(*FROM)
        desktop.press()
        try:
            for step in range(1, STEPS + 1):
                desktop.move(
                    FROM[0] + (target_x - FROM[0]) * step // STEPS,
                    FROM[1] + (target_y - FROM[1]) * step // STEPS,
                )
            try:
                _wait_for(said, "action copy", settle)
            except TimeoutError:
                pass  # refused: the drop below will be ignored, and the result says so
        finally:
            desktop.release()
        taken = _wait_for(said, "result", 10.0) == "result copy"
        _wait_for(said, "finished", 10.0)
        return taken
    finally:
        source.terminate()
        source.wait(5)
        reader.join()


def _wait_for(said: Queue[str], wanted: str, timeout: float) -> str:
    """The next line that starts so."""
    while True:
        try:
            line = said.get(timeout=timeout)
        except Empty:
            raise TimeoutError(f"the drag source did not say {wanted!r} in {timeout:g} s") from None
        if line.startswith(wanted):
            return line
