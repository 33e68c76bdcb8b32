"""Whether every library that a frozen program loads is inside it or belongs to the system."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path

# Part of every Linux desktop, or in the list of packages that the README and `dev.py` name.
LINUX_SYSTEM = re.compile(
    r"^(ld-linux-|linux-vdso|lib(c|m|dl|rt|pthread|resolv|util|mvec|nsl|anl)\.so|"
    r"lib(GL|EGL|GLX|GLdispatch|OpenGL|GLESv2|drm|gbm|X11|xcb|wayland-client|wayland-cursor|wayland-egl)\b|libxcb-|libX)"
)
# What Windows 10 brings; everything else has to lie beside the program.
WINDOWS_SYSTEM = re.compile(
    r"""(api-ms-win-|ext-ms-win-).*|(
    advapi32|authz|avicap32|bcrypt|bcryptprimitives|cfgmgr32|combase|comctl32|comdlg32|crypt32|cryptbase|d2d1|d3d9|d3d11|
    d3d12|dbghelp|dcomp|dnsapi|dwmapi|dwrite|dxgi|dxva2|gdi32|hid|imagehlp|imm32|iphlpapi|kernel32|mf|mfplat|mfreadwrite|
    mfuuid|mpr|mscms|msimg32|msvcrt|ncrypt|netapi32|normaliz|ntdll|ole32|oleaut32|opengl32|pdh|powrprof|propsys|psapi|
    rpcrt4|runtimeobject|secur32|setupapi|shcore|shell32|shlwapi|strmiids|ucrtbase|uiautomationcore|user32|userenv|
    usp10|uxtheme|vfw32|version|wevtapi|winhttp|wininet|winmm|winspool|wintrust|wldap32|ws2_32|wsock32|wtsapi32
    )\.(dll|drv)""",
    re.IGNORECASE | re.VERBOSE,
)


def lost(needed: Mapping[str, Iterable[str]], inside: Iterable[str]) -> dict[str, list[str]]:
    """Windows: which DLLs a program or DLL imports that are neither inside nor the system's.

    ``needed``: the imports of each file; ``inside``: names of the files in the build.
    """
    there = {name.lower() for name in inside}
    found = {}
    for file, imports in needed.items():
        gone = [name for name in imports if name.lower() not in there and not is_windows_own(name)]
        if gone:
            found[file] = sorted(gone)
    return found


def is_windows_own(name: str) -> bool:
    """Tells whether Windows itself brings this DLL."""
    return WINDOWS_SYSTEM.fullmatch(name) is not None


def windows_imports(file: Path) -> list[str]:
    """The DLLs that a PE file cannot be loaded without."""
    import pefile

    with pefile.PE(str(file), fast_load=True) as image:
        image.parse_data_directories([pefile.DIRECTORY_ENTRY["IMAGE_DIRECTORY_ENTRY_IMPORT"]])
        return [entry.dll.decode() for entry in getattr(image, "DIRECTORY_ENTRY_IMPORT", [])]


def windows_problems(tree: Path) -> list[str]:
    files = [path for path in tree.rglob("*") if path.suffix.lower() in (".dll", ".pyd", ".exe")]
    needed = {path.relative_to(tree).as_posix(): windows_imports(path) for path in files}
    found = lost(needed, [path.name for path in files])
    return [f"{file} needs {', '.join(names)}" for file, names in found.items()]


def linux_problems(tree: Path) -> list[str]:
    """What the dynamic linker does not find, and what it finds outside the build that is not the system's."""
    inside = tree.resolve()
    environment = {**os.environ, "LD_LIBRARY_PATH": str(tree / "_internal")}
    found: dict[str, list[str]] = {}
    for path in sorted(tree.rglob("*.so*")):
        if path.is_symlink() or not path.is_file():
            continue
        listing = subprocess.run(
            ["ldd", str(path)], capture_output=True, text=True, env=environment, check=False
        )
        for line in listing.stdout.splitlines():
            name, arrow, target = line.strip().partition(" => ")
            if not arrow or LINUX_SYSTEM.match(name):
                continue
            place = target.split(" (")[0]
            if place == "not found" or inside not in Path(place).resolve().parents:
                found.setdefault(f"{name} ({place})", []).append(path.name)
    return [f"{name}, needed by {len(needers)} files such as {needers[0]}" for name, needers in found.items()]


def mac_problems(tree: Path) -> list[str]:
    """Libraries named by a path that only the build machine has."""
    found: set[str] = set()
    for path in sorted((*tree.rglob("*.dylib"), *tree.rglob("*.so"))):
        listing = subprocess.run(["otool", "-L", str(path)], capture_output=True, text=True, check=False)
        for line in listing.stdout.splitlines()[1:]:
            name = line.strip().split(" (")[0]
            if not name.startswith(("@", "/usr/lib/", "/System/")):
                found.add(f"{path.relative_to(tree)} needs {name}")
    return sorted(found)
