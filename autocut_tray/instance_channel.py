"""The way for other processes of this person to ask the running instance; what they may ask is in
``instance_requests.py``."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any

from autocut_tray.core.instance import ChannelServer

if TYPE_CHECKING:
    from autocut_tray.bootstrap import Services
    from autocut_tray.instance_requests import Requests


def open_channel(
    services: Services, raise_window: Callable[[list[str]], bool], leave: Callable[[], None] | None = None
) -> ChannelServer:
    """Start answering. ``raise_window`` shows the window and takes files; False where there is none.

    ``leave`` begins the end of this process; None where that is not ours to decide.
    """

    @cache
    def requests() -> Requests:
        from autocut_tray.instance_requests import Requests  # late: nobody may ever ask

        return Requests(services, raise_window, leave)

    def answer(request: dict[str, Any]) -> dict[str, Any]:
        return requests()(request)

    channel = ChannelServer(services.paths.instance_file, answer)
    channel.start()
    return channel
