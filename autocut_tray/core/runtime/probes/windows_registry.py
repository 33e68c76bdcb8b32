"""The Windows registry behind two questions, so that what is read from it can be tested anywhere."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Protocol


class Registry(Protocol):
    """Keys are written with their hive: ``HKLM\\SOFTWARE\\…`` or ``HKCU\\…``. Nothing here raises."""

    def values(self, key: str) -> Mapping[str, object]:
        """The named values of a key: str, int, bytes or list of str; empty when there is no such key."""

    def subkeys(self, key: str) -> tuple[str, ...]:
        """The names of the keys below a key."""


class NoRegistry:
    """What a system without a registry has."""

    def values(self, key: str) -> Mapping[str, object]:
        return {}

    def subkeys(self, key: str) -> tuple[str, ...]:
        return ()


if sys.platform == "win32":  # pragma: no cover (read from fakes elsewhere)
    import winreg

    _HIVES = {"HKLM": winreg.HKEY_LOCAL_MACHINE, "HKCU": winreg.HKEY_CURRENT_USER}
    _READ = winreg.KEY_READ | winreg.KEY_WOW64_64KEY

    class WindowsRegistry:
        """The registry of this machine, 64-bit view."""

        def values(self, key: str) -> Mapping[str, object]:
            found: dict[str, object] = {}
            try:
                with self._open(key) as handle:
                    for index in range(winreg.QueryInfoKey(handle)[1]):
                        name, value, _ = winreg.EnumValue(handle, index)
                        found[name] = value
            except OSError:
                return found  # no such key, or not for us
            return found

        def subkeys(self, key: str) -> tuple[str, ...]:
            try:
                with self._open(key) as handle:
                    return tuple(winreg.EnumKey(handle, i) for i in range(winreg.QueryInfoKey(handle)[0]))
            except OSError:
                return ()

        def _open(self, key: str) -> winreg.HKEYType:
            hive, _, path = key.partition("\\")
            return winreg.OpenKey(_HIVES[hive], path, 0, _READ)

    def open_registry() -> Registry:
        return WindowsRegistry()

else:

    def open_registry() -> Registry:
        """This system's registry."""
        return NoRegistry()
