"""What exactly would leave: looked through, bared and measured before anything is reserved or sent."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any

from autocut_tray.core.egress.picture import Picture, bare
from autocut_tray.core.errors import BackendError, FailureClass
from autocut_tray.core.frozen import frozen
from autocut_tray.core.messages import message

_JPEG_URI = "data:image/jpeg;base64,"
_PARTS = frozenset({"text", "image_url"})
_LIMIT_FIELDS = ("max_completion_tokens", "max_tokens")


@frozen
class Parcel:
    """``body``: the request as it will be sent. ``size``: its bytes on the wire; ``text_bytes``: those of it that are
    no picture. ``sha256``: of the pictures, of the whole text where there is none. ``max_tokens``: of the answer."""

    body: Mapping[str, Any]
    pictures: tuple[Picture, ...]
    size: int
    text_bytes: int
    sha256: str
    max_tokens: int | None

    @property
    def pixels(self) -> int:
        return sum(picture.width * picture.height for picture in self.pictures)


def pack(body: Mapping[str, Any]) -> Parcel:
    """The parcel for a chat request in the words of OpenAI or of Ollama.

    Texts and JPEG pictures may leave, nothing else: raises BackendError ``parcel_refused`` of class ``input``.
    """
    found: list[Picture] = []
    try:
        bared = {**body, "messages": _bared(body["messages"], "messages", found)}
    except ValueError as error:
        raise BackendError(
            FailureClass.INPUT, "parcel_refused", message("error-parcel-refused"), detail=str(error)
        ) from None
    wire = _encoded(bared)
    pictures = tuple(found)
    in_base64 = sum(4 * ((len(picture.jpeg) + 2) // 3) for picture in pictures)
    from hashlib import sha256  # late: OpenSSL's library takes 4 MiB

    content = b"".join(picture.jpeg for picture in pictures) or wire
    return Parcel(
        bared,
        pictures,
        len(wire),
        len(wire) - in_base64,
        sha256(content).hexdigest(),
        _max_tokens(body),
    )


def _encoded(body: object) -> bytes:
    return json.dumps(body, allow_nan=False, ensure_ascii=False).encode()


def _bared(value: Any, key: str, found: list[Picture]) -> Any:
    if isinstance(value, Mapping):
        kind = value.get("type")
        if key == "content" and kind not in _PARTS:
            raise ValueError(f"a part of type {str(kind)[:40]}")
        return {name: _bared(inner, name, found) for name, inner in value.items()}
    if isinstance(value, list):
        if key == "images":
            return [_picture(item, found) for item in value]
        return [_bared(item, key, found) for item in value]
    if key == "url":
        text = str(value)
        if not text.startswith(_JPEG_URI):
            raise ValueError("a picture that is no JPEG of ours")
        return _JPEG_URI + _picture(text.removeprefix(_JPEG_URI), found)
    return value


def _picture(text: object, found: list[Picture]) -> str:
    picture = bare(base64.b64decode(str(text), validate=True))
    found.append(picture)
    return base64.b64encode(picture.jpeg).decode("ascii")


def _max_tokens(body: Mapping[str, Any]) -> int | None:
    options = body.get("options")
    given = [body.get(field) for field in _LIMIT_FIELDS]
    given.append(options.get("num_predict") if isinstance(options, Mapping) else None)
    known = [value for value in given if isinstance(value, int) and value > 0]
    return max(known, default=None)
