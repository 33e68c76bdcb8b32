"""Looks for cut words in a window that is scaled: ``QT_SCALE_FACTOR=1.25 python -m tests.ui.inside_scaled``.

Qt reads the factor once, so each has a process of its own. Prints as JSON what is wrong on which page.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication

from autocut_tray.core.policy.governor_types import Tier
from autocut_tray.i18n import LANGUAGES
from autocut_tray.ui.desktop import Desktop
from autocut_tray.ui.pages.analyse import AnalysePage
from autocut_tray.ui.pages.monitor import MonitorPage
from autocut_tray.ui.widgets.sidebar import PAGES
from autocut_tray.ui.window import SMALLEST
from tests.screenshots import add_receipts
from tests.ui import fake_services as fakes
from tests.ui.clipping import what_stays_wrong
from tests.ui.fake_services import DEGRADED, FakeServices, fake_services

PATIENCE = 60.0


def main() -> int:
    qt = QApplication(sys.argv[:1])
    with tempfile.TemporaryDirectory() as home:
        services = fake_services(Path(home))
        desktop = Desktop(qt, services)  # type: ignore[arg-type]
        try:
            prepare(services)
            desktop.show_window()
            wrong = {}
            for language in LANGUAGES:
                services.settings.set("ui.language", language)
                settle(lambda language=language: services.translator.language == language)  # type: ignore[misc]
                wrong |= {f"{language} {name}": found for name, found in look(desktop)}
            ratio = desktop.window.devicePixelRatioF() if desktop.window is not None else 0.0
        finally:
            desktop.close()
            services.close()
    sys.stdout.write(json.dumps({"ratio": ratio, "wrong": wrong}, ensure_ascii=True) + "\n")
    return 0


def prepare(services: FakeServices) -> None:
    """Something on every page."""
    services.monitor.latest = fakes.BUSY_SAMPLE
    fakes.find_mid_machine(services)
    services.controller.become(DEGRADED)
    add_receipts(services)
    services.jobs.put(fakes.failed())
    services.jobs.put(fakes.describing(), [fakes.scene(1, tier=Tier.CPU), fakes.scene(2, None)])
    services.plans.stored["j1"] = fakes.plan()


def look(desktop: Desktop) -> Iterator[tuple[str, list[str]]]:
    """The pages with something wrong on them, in the smallest window."""
    content, window = desktop.content, desktop.window
    assert content is not None and window is not None
    window.resize(*SMALLEST)
    for name in PAGES:
        content.open_page(name)
        page = content.page(name)
        settle(_ready(page))
        if isinstance(page, MonitorPage) and page.receipts.rows:
            page.receipts.open_receipt(page.receipts.rows[1].receipt_id)
            settle()
        if isinstance(page, AnalysePage):
            page.open_scenes("j1")
            settle(lambda page=page: page.scenes.cut.plan is not None)  # type: ignore[misc]
        found = what_stays_wrong(content)
        if window.width() != SMALLEST[0]:
            found.append(f"the window is {window.width()} wide")
        if found:
            yield name, found


def settle(ready: Callable[[], object] = lambda: True) -> None:
    """Let the event loop run until ``ready``, and then lay out what came."""
    until = time.monotonic() + PATIENCE
    while not ready():
        if time.monotonic() > until:
            raise RuntimeError("what was waited for did not come")
        QApplication.processEvents()
        time.sleep(0.005)
    for _ in range(4):
        QApplication.processEvents()


def _ready(page: object) -> Callable[[], object]:
    if isinstance(page, MonitorPage):
        return lambda: page.plots is not None and page.receipts.rows
    return lambda: True


if __name__ == "__main__":
    sys.exit(main())
