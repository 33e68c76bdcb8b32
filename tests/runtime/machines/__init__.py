"""Machines that people have, as raw platform data."""

from __future__ import annotations

from tests.runtime.machines.linux import LINUX
from tests.runtime.machines.others import OTHERS
from tests.runtime.machines.recorded import Recorded
from tests.runtime.machines.servers import SERVERS
from tests.runtime.machines.trouble import TROUBLE
from tests.runtime.machines.windows import WINDOWS

MACHINES: dict[str, Recorded] = {**LINUX, **WINDOWS, **OTHERS, **TROUBLE, **SERVERS}
