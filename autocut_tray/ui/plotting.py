"""pyqtgraph, of which only those modules are read that draw here.

WORKAROUND: its package reads all its modules, menus and image views included, and its module for Qt copies every name
of QtCore, QtGui and QtWidgets, for which PySide must make all their types: 90 ms and 12 MiB for nothing, while the
window stands still. So while it is read, what is not needed is empty, and its module for Qt has PySide's own.
"""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

import shiboken6
from PySide6 import QtCore, QtGui, QtWidgets

_QT = "pyqtgraph.Qt"
_DRAWS = (
    "GraphicsScene GraphicsScene.GraphicsScene GraphicsScene.mouseEvents Point Qt.compat Qt.internals SignalProxy "
    "colors debug functions graphicsItems graphicsItems.AxisItem graphicsItems.GraphicsItem "
    "graphicsItems.GraphicsObject graphicsItems.GraphicsWidget graphicsItems.InfiniteLine graphicsItems.ItemGroup "
    "graphicsItems.PlotCurveItem graphicsItems.ScatterPlotItem graphicsItems.TextItem graphicsItems.ViewBox "
    "graphicsItems.ViewBox.ViewBox reload util util.cprint util.cupy_helper util.mutex widgets widgets.GraphicsView"
)


class _Nothing:
    """What an empty module has for every name: a class without instances."""


class _Empty(ModuleType):
    """Stands for a module that others take names from."""

    def __getattr__(self, name: str) -> type[_Nothing]:
        if name.startswith("__"):
            raise AttributeError(name)
        return _Nothing


class _OnlyWhatDraws:
    """Finder and loader of what is not read as it is."""

    def __init__(self) -> None:
        self._kept = frozenset(f"pyqtgraph.{name}" for name in _DRAWS.split())
        self.empty: list[str] = []

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, _target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if not name.startswith("pyqtgraph.") or name in self._kept:
            return None
        spec = ModuleSpec(name, self, is_package=name == _QT)  # type: ignore[arg-type]
        if name == _QT and path:
            spec.submodule_search_locations = [os.path.join(next(iter(path)), "Qt")]  # noqa: PTH118 - as Python does
        return spec

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return None if spec.name == _QT else _Empty(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        if module.__name__ != _QT:
            self.empty.append(module.__name__)
            return
        names = vars(module)
        names.update(QT_LIB="PySide6", QtVersion=QtCore.qVersion(), isQObjectAlive=shiboken6.isValid)
        names.update(QtCore=QtCore, QtGui=QtGui, QtWidgets=QtWidgets, exec_=None, mkQApp=None)
        compat: Any = importlib.import_module(f"{_QT}.compat")
        compat.wrapinstance = shiboken6.wrapInstance
        compat.unwrapinstance = lambda it: shiboken6.getCppPointer(it)[0]
        compat.voidptr = shiboken6.VoidPtr
        importlib.import_module(f"{_QT}.internals")


@contextmanager
def _reading() -> Iterator[None]:
    finder = _OnlyWhatDraws()
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
        for name in finder.empty:  # whoever asks for one of them later gets the real one
            parent, _dot, leaf = name.rpartition(".")
            vars(sys.modules[parent]).pop(leaf, None)
            del sys.modules[name]


with _reading():
    import pyqtgraph as pg

__all__ = ["pg"]
