"""Small XML documents: built as trees, written in UTF-8 with a document type, read without following anything."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree import ElementTree

from autocut_tray.core.timeline.readback import Unreadable

Element = ElementTree.Element


def element(name: str, /, *children: Element, **attributes: str) -> Element:
    """An element with attributes and children."""
    made = Element(name, attributes)
    made.extend(children)
    return made


def text(name: str, words: str | int, /, **attributes: str) -> Element:
    """An element with words in it."""
    made = Element(name, attributes)
    made.text = str(words)
    return made


def document(root: Element) -> bytes:
    """The whole file. Its words must be free of what XML 1.0 forbids, as :func:`~.names.one_line` leaves them."""
    ElementTree.indent(root)
    head = f'<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE {root.tag}>\n'
    return f"{head}{ElementTree.tostring(root, encoding='unicode')}\n".encode()


def parse(data: bytes, root: str) -> Element:
    """The root of a file of ours; raises Unreadable for anything that is not well-formed or has another root."""
    try:
        found = ElementTree.fromstring(data)
    except ElementTree.ParseError as error:
        raise Unreadable(str(error)) from error
    if found.tag != root:
        raise Unreadable(f"<{found.tag}> instead of <{root}>")
    return found


def child(parent: Element, path: str) -> Element:
    """The one element at ``path``; raises Unreadable for none."""
    found = parent.find(path)
    if found is None:
        raise Unreadable(f"<{parent.tag}> has no {path}")
    return found


def words(parent: Element, path: str) -> str:
    return child(parent, path).text or ""


def number(parent: Element, path: str) -> int:
    return int(words(parent, path))


def attribute(found: Element, name: str) -> str:
    said = found.get(name)
    if said is None:
        raise Unreadable(f"<{found.tag}> has no {name}")
    return said


def children(parent: Element, name: str) -> Iterator[Element]:
    return iter(parent.findall(name))
