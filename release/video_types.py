"""The lines of the installer that follow from the kinds of video the program takes."""

from __future__ import annotations

from autocut_tray.core.media.gate import VIDEO_EXTENSIONS

_KEY = r"Software\Classes\SystemFileAssociations\{extension}\shell\AutoCutAnalyse"


def include() -> str:
    """An NSIS file with two macros: offer "Analyse" in Explorer for every kind of video, and take that back."""
    add, remove = [], []
    for extension in sorted(VIDEO_EXTENSIONS):
        key = _KEY.format(extension=extension)
        add += [f'  !insertmacro AddVerb "{key}"']
        remove += [f'  DeleteRegKey HKCU "{key}"']
        # What no other program has put anything under goes as well.
        remove += [f'  DeleteRegKey /ifempty HKCU "{parent}"' for parent in _parents(key)]
    lines = ["!macro AddVideoTypes", *add, "!macroend", "!macro RemoveVideoTypes", *remove, "!macroend", ""]
    return "\n".join(lines)


def _parents(key: str) -> list[str]:
    shell = key.rpartition("\\")[0]
    return [shell, shell.rpartition("\\")[0]]
