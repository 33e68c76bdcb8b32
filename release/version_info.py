"""The version resource of the Windows programs, in the text form that PyInstaller reads."""

from __future__ import annotations

import re

from release.names import TITLE

_FORM = """VSVersionInfo(
  ffi=FixedFileInfo(filevers={numbers}, prodvers={numbers}, mask=0x3f, flags=0x0, OS=0x40004, fileType=0x1,
    subtype=0x0, date=(0, 0)),
  kids=[
    StringFileInfo([StringTable('040904B0', [{strings}])]),
    VarFileInfo([VarStruct('Translation', [1033, 1200, 2052, 1200])])
  ]
)
"""


def numbers(version: str) -> tuple[int, int, int, int]:
    """Windows wants four numbers: ``1.2.3rc1`` is 1, 2, 3, 0."""
    match = re.match(r"(\d+)(?:\.(\d+))?(?:\.(\d+))?", version)
    if match is None:
        raise ValueError(f"not a version: {version}")
    first, second, third = (int(part or 0) for part in match.groups())
    return first, second, third, 0


def version_resource(program: str, version: str) -> str:
    """The resource of one program, named without ``.exe``."""
    values = {
        "CompanyName": TITLE,
        "FileDescription": TITLE,
        "FileVersion": version,
        "InternalName": program,
        "OriginalFilename": f"{program}.exe",
        "ProductName": TITLE,
        "ProductVersion": version,
    }
    strings = ", ".join(f"StringStruct({name!r}, {value!r})" for name, value in values.items())
    return _FORM.format(numbers=numbers(version), strings=strings)
