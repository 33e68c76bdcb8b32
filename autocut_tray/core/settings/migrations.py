"""Brings settings files of earlier versions up to date, comments and all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from autocut_tray.core.settings.schema import ENVIRONMENT, Tree, drop_path, get_path, set_path

Step = Callable[[Tree], None]
"""Changes a parsed file (a tomlkit document, which is a dict that keeps its comments) in place."""

BEFORE_VERSIONS = 0
"""A file that does not say its version: written by hand, or older than the number itself."""


def version_of(tree: Tree) -> int | None:
    """The version that a file says it has; None when it is none that this program could have written."""
    version = tree.get("version", BEFORE_VERSIONS)
    if isinstance(version, bool) or not isinstance(version, int) or version < 0:
        return None
    return version


def move(tree: Tree, old: str, new: str) -> None:
    """Give the value at ``old`` the path ``new``; a value that stands there already is the person's newer word."""
    value = _item(tree, old)
    if value is None:
        return
    drop_path(tree, old)
    if get_path(tree, new) is None:
        set_path(tree, new, value)


def _item(tree: Tree, path: str) -> Any:
    """The value at a dotted path with the comment behind it, where the tree keeps comments; None for none."""
    section, _, name = path.rpartition(".")
    node = get_path(tree, section) if section else tree
    if not isinstance(node, dict) or name not in node:
        return None
    raw = getattr(node, "item", None)  # what indexing gives of a tomlkit table has lost its comment
    return node[name] if raw is None else raw(name)


def _into_sections(tree: Tree) -> None:
    """0 -> 1: settings stood at the top under the names that they have in ``.env``; now they have sections."""
    for name, path in ENVIRONMENT.items():
        move(tree, name, path)


MIGRATIONS: tuple[Step, ...] = (_into_sections,)
"""``MIGRATIONS[n]`` brings version n to n + 1; there are as many as the newest version's number."""


def migrate(text: str, tree: Tree, steps: Sequence[Step] = MIGRATIONS) -> str | None:
    """The text of the file at the newest version, or None when it need not change.

    ``tree``: what is in ``text``. A file without a version in which there is nothing to do stays as its writer left
    it.
    """
    version = version_of(tree)
    if version is None or version >= len(steps):
        return None
    import tomlkit  # late: only an old file needs it

    document = tomlkit.parse(text)
    for step in steps[version:]:
        step(document)
    if document.unwrap() == tree and "version" not in tree:
        return None
    document["version"] = len(steps)
    return tomlkit.dumps(document)
