"""What the command line writes: one document on stdout, everything else on stderr, one sentence an error."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from autocut_tray.core.errors import AutoCutError
from autocut_tray.documents import error_document
from autocut_tray.i18n import Translator


class Output:
    """One command's output, as JSON or for people."""

    def __init__(self, translator: Translator, *, as_json: bool) -> None:
        self.translator = translator
        self.as_json = as_json
        self._noted: set[str] = set()
        self._stdout = Console(highlight=False, soft_wrap=True)
        self.stderr = Console(stderr=True, highlight=False, soft_wrap=True)

    @property
    def interactive(self) -> bool:
        """True when a person watches the progress."""
        return self.stderr.is_terminal

    def document(self, document: object) -> None:
        """Write a JSON document, always UTF-8, whatever the console's own encoding is."""
        self._write_bytes(to_json(document) + "\n")

    def line(self, document: object) -> None:
        """Write one line of a stream of JSON objects."""
        self._write_bytes(json.dumps(document, ensure_ascii=True) + "\n")

    def say(self, text: str = "", *, style: str | None = None) -> None:
        """A line for a person on stdout; nothing in it is markup."""
        self._stdout.print(printable(text), style=style, markup=False)

    def note(self, text: str) -> None:
        """A line on stderr: progress, notices."""
        self.stderr.print(printable(text), markup=False)

    def note_once(self, text: str) -> None:
        """A notice that needs saying once, however many things it is true of."""
        if text not in self._noted:
            self._noted.add(text)
            self.note(text)

    def table(self, headers: Sequence[str], rows: Iterable[Sequence[str]], right: Iterable[int] = ()) -> None:
        """A plain table; columns whose number is in ``right`` are figures."""
        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
        figures = set(right)
        for number, header in enumerate(headers):
            table.add_column(header, justify="right" if number in figures else "left", overflow="fold")
        for row in rows:
            table.add_row(*(escape(printable(cell)) for cell in row))
        self._stdout.print(table)

    def error(self, error: AutoCutError) -> None:
        """What went wrong and what to do, in one or two sentences; as a document where that was asked for."""
        if self.as_json:
            self.document({"error": error_document(error, self.translator)})
        said = (error.message,) if error.hint is None else (error.message, error.hint)
        self.note(self.translator.sentences(said))

    def raw(self, data: bytes) -> None:
        """Write a whole file's content."""
        stream = sys.stdout
        buffer = getattr(stream, "buffer", None)
        if buffer is None:  # a test's or a window's stand-in
            stream.write(data.decode("utf-8"))
        else:
            stream.flush()
            buffer.write(data)
            buffer.flush()

    def _write_bytes(self, text: str) -> None:
        self.raw(text.encode("utf-8"))


def to_json(document: object) -> str:
    """Readable JSON; names that are not text (lone surrogates) are escaped instead of raised on."""
    text = json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False)
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return json.dumps(document, indent=2, ensure_ascii=True, allow_nan=False)
    return text


def printable(text: Any) -> str:
    """Text that every terminal can take: control characters and undecodable bytes are shown escaped."""
    shown = "".join(c if c.isprintable() or c in "\n\u00a0" else ascii(c)[1:-1] for c in str(text))
    return shown.encode("utf-8", "backslashreplace").decode("utf-8")
