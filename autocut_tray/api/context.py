"""What every endpoint works with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import Depends, Path, Request

from autocut_tray.api.limits import Limits
from autocut_tray.api.streams import Streams
from autocut_tray.api.words import Words
from autocut_tray.bootstrap import Services
from autocut_tray.core.frozen import frozen
from autocut_tray.i18n import Translator

Json = dict[str, Any]


@frozen
class Api:
    """``ask``: the way in which other processes of this person ask the running instance; it makes the same documents
    for both."""

    services: Services
    limits: Limits
    words: Words
    streams: Streams
    ask: Callable[[Json], Json]


def _translator(request: Request) -> Translator:
    words: Words = request.app.state.words
    return words.of(words.language(request.headers.get("accept-language")))


Speaks = Annotated[Translator, Depends(_translator)]
"""A parameter that speaks the language of the request."""

JobId = Annotated[
    str, Path(pattern="^[A-Za-z0-9_-]{1,64}$", description="As the list of jobs has it.", examples=["a1b2c3"])
]
