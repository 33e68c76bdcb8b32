"""The local HTTP API. Nothing of it but :mod:`~autocut_tray.api.host` is imported while it is off."""
