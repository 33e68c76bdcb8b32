"""The address of LM Studio, or of another server that speaks OpenAI's protocol."""

from __future__ import annotations

from autocut_tray.core.frozen import frozen
from autocut_tray.core.runtime.probes.ollama_host import parse_address

_PORT = 1234
_API = "/v1"


@frozen
class LmStudioHost:
    """Where LM Studio is reached. ``url``: the base of the OpenAI calls, ends in ``/v1``; ``root``: what its own
    calls (``/api/v1/…``) go below. ``remote``: not this machine. ``valid``: False when nothing can be reached there.
    """

    url: str
    root: str
    remote: bool
    valid: bool = True


def parse_lmstudio_host(value: str) -> LmStudioHost:
    """What ``LMSTUDIO_HOST`` means; a missing scheme, port or ``/v1`` and a slash at the end are mended."""
    address = parse_address(value, _PORT)
    path = address.path.removesuffix(_API).rstrip("/")
    root = address.root + path
    return LmStudioHost(root + _API, root, address.remote, address.valid)
