"""Where model servers are; apart from the code that talks to them, which costs an HTTP library."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from autocut_tray.core.policy.policy import CloudBackend

CLOUD_ADDRESSES: Mapping[CloudBackend, str] = {
    CloudBackend.OPENAI: "https://api.openai.com/v1",
    CloudBackend.DEEPSEEK: "https://api.deepseek.com",
}
"""The providers' own base addresses."""


@dataclass(frozen=True, slots=True)
class Server:
    """Where a back end is reached. ``key``: its API key or token, if it wants one."""

    base_url: str
    key: str | None = None
