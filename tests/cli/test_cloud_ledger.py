from __future__ import annotations

from contextlib import closing

from autocut_tray.core.clock import SystemClock
from autocut_tray.core.database import Database
from autocut_tray.core.egress.ledger import Ledger
from autocut_tray.core.egress.prices import USD
from autocut_tray.core.jobs.store import SCHEMA
from autocut_tray.core.paths import Paths
from tests.command_line import Run
from tests.egress.test_ledger import AMPLE, draft


def test_the_ledger_ends_with_its_sums(run: Run, paths: Paths) -> None:
    with closing(Database(paths.app_database, SCHEMA, durable=False)) as database:
        ledger = Ledger(database, SystemClock())
        for frames in (2, 3):
            ledger.reserve(draft(USD, frames=frames), AMPLE)
    code, out, _ = run("cloud", "ledger")
    last = out.replace("\xa0", " ").splitlines()[-1]
    assert code == 0 and last == "Sum of 30 days: 2 requests, 5 frames, 0 kB, US$ 2.00"
    assert (
        run("cloud", "ledger", "--lang", "zh-CN")[1]
        .splitlines()[-1]
        .startswith("30 天合计：2 次请求、5 张画面")
    )
