"""What the frozen program leaves out of what PyInstaller would collect.

Plain rules over names, so that they can be tried on the file names of any platform.
"""

from __future__ import annotations

import re
import sysconfig
from pathlib import Path

# Standard library and optional parts of packages that nothing here reaches.
MODULES = (
    "tkinter", "_tkinter", "turtle", "idlelib", "lib2to3", "pydoc_data", "ensurepip", "venv", "test",
    "setuptools", "pkg_resources", "_distutils_hack", "pip", "wheel",
    "numpy.f2py", "numpy.distutils", "numpy.testing",
    "pyqtgraph.opengl", "pyqtgraph.examples", "pyqtgraph.console", "pyqtgraph.jupyter", "pyqtgraph.canvas",
    "pyqtgraph.flowchart", "pyqtgraph.dockarea", "pyqtgraph.metaarray",
    "IPython", "PIL", "OpenGL", "scipy", "matplotlib", "pandas", "h5py", "cupy", "numba", "colorcet",
    "uvicorn.supervisors.watchfilesreload", "uvloop", "watchfiles", "PyQt5", "PyQt6", "PySide2",
)  # fmt: skip

# pyqtgraph imports QtOpenGL and QtOpenGLWidgets by name, contact sheets need no printer, texts no QML.
QT_MODULES = tuple(
    f"PySide6.{name}"
    for name in (
        "QtConcurrent", "QtDesigner", "QtHelp", "QtLabsStyleKit", "QtPrintSupport", "QtQml", "QtQuick",
        "QtQuickControls2", "QtQuickTest", "QtQuickWidgets", "QtSql", "QtTest", "QtUiTools", "QtXml",
    )
)  # fmt: skip

# Code of PyInstaller's that runs before ours, 25 ms of CPU at each start: child processes of `multiprocessing` and of
# pyqtgraph (ours are the program itself with a word for a worker), and source text for `inspect` (none is shipped).
RUNTIME_HOOKS = ("pyi_rth_multiprocessing", "pyi_rth_pyqtgraph_multiprocess", "pyi_rth_inspect")

_DROPPED = re.compile(
    "|".join(
        (
            r"^PySide6/(Qt/)?qml/",
            # Qt's own words in dialogs are kept for the two languages that the program speaks.
            r"/translations/(?!qtbase_(en|zh_CN)\.qm$)",
            r"/plugins/(sqldrivers|qmltooling|designer|printsupport|vectorimageformats|networkinformation)/",
            r"/plugins/(generic|egldeviceintegrations|wayland-graphics-integration-server)/",
            r"/plugins/platforminputcontexts/.*virtualkeyboard",
            r"/plugins/platforms/(lib)?q(minimal|minimalegl|eglfs|linuxfb|vkkhrdisplay|vnc|direct2d)\.",
            r"/plugins/platformthemes/libqgtk3",  # drags GTK, pango and cairo along
            r"/plugins/imageformats/(lib)?q(tga|tiff|wbmp|icns|pdf|webp)\.",
            r"/plugins/tls/",  # HTTP is Python's
            r"(^|/)opengl32sw\.dll$",  # 20 MB of OpenGL in software
            r"(^|/)d3dcompiler_\d+\.dll$",
            r"(^|/)(lib)?Qt6(Quick|Qml|Pdf|VirtualKeyboard|Sql|Test|EglFS|PrintSupport|Designer)",
            r"\.(pyi|pxd|pyx|h|hpp|cmake|prl)$",
            r"(^|/)py\.typed$",
            r"^numpy/.*/tests/",
            r"^pyqtgraph/(examples|icons/peegee|opengl|console|canvas)/",
            r"^babel/locale-data/(?!(root|en|en_GB|en_US|zh|zh_Hans|zh_Hans_CN)\.dat$)",
            r"^pytz/zoneinfo/",
        )
    ),
    re.IGNORECASE,
)

# Libraries that came only for the GTK theme. What glib and D-Bus need stays: one without its own does not load.
_GTK = re.compile(
    r"^lib(gtk-3|gdk-3|gdk_pixbuf|cairo|cairo-gobject|pango|pangocairo|pangoft2|pixman|atk|atk-bridge|atspi|epoxy|"
    r"datrie|thai|fribidi|graphite2|harfbuzz|Xcomposite|Xcursor|Xdamage|Xinerama|Xfixes|Xrandr|Xi)[-.0-9]*\.so"
)

# Metadata of packages is read for versions and entry points; how they were installed is nobody's business.
_METADATA_KEPT = re.compile(r"\.dist-info/(METADATA|entry_points\.txt)$")


# Where Python looks for time zones unless it was built otherwise (PEP 615).
_TIME_ZONES = "/usr/share/zoneinfo:/usr/lib/zoneinfo:/usr/share/lib/zoneinfo:/etc/zoneinfo"


def write_build_facts(folder: Path) -> Path:
    """A module to stand in for sysconfig's own of this platform, which tells all about the machine that built Python;
    returns it. Of its facts only the folders of time zones are asked for."""
    module = folder / f"{sysconfig._get_sysconfigdata_name()}.py"  # type: ignore[attr-defined]
    module.write_text(f"build_time_vars = {{'TZPATH': {_TIME_ZONES!r}}}\n", "utf-8")
    return module


def is_dropped(name: str, platform: str) -> bool:
    """Tells whether a file of the build, named as in its tree, is left out; ``platform`` as ``sys.platform``."""
    name = name.replace("\\", "/")
    if ".dist-info/" in name:
        return _METADATA_KEPT.search(name) is None
    return bool(_DROPPED.search(name)) or (platform == "linux" and _GTK.match(name) is not None)
