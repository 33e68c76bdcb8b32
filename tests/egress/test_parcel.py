"""What leaves: the picture and nothing else of its file, small, and texts; anything else is refused."""

from __future__ import annotations

import base64
import json
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autocut_tray.core.analyzers.probe_picture import probe_picture
from autocut_tray.core.egress.parcel import pack
from autocut_tray.core.egress.picture import LONGEST_SIDE, bare
from autocut_tray.core.errors import BackendError, FailureClass

SECRETS = (b"GPSLatitude 48.8584", b"/home/anna/Hochzeit Muster.mp4", b"Canon EOS R5 serial 012345")


def jpeg(width: int = 64, height: int = 48, *, progressive: bool = False) -> bytes:
    noise = np.random.default_rng(width * 1000 + height).integers(0, 255, (height, width, 3), np.uint8)
    flags = [cv2.IMWRITE_JPEG_QUALITY, 80, cv2.IMWRITE_JPEG_PROGRESSIVE, int(progressive)]
    done, data = cv2.imencode(".jpg", noise, flags)
    assert done
    return bytes(data)


def segment(marker: int, content: bytes) -> bytes:
    return bytes((0xFF, marker)) + (len(content) + 2).to_bytes(2, "big") + content


def laden(plain: bytes) -> bytes:
    """The same picture with all that cameras and programs put into files."""
    exif = segment(0xE1, b"Exif\0\0" + SECRETS[0])
    xmp = segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + SECRETS[1])
    icc = segment(0xE2, b"ICC_PROFILE\0" + b"i" * 300)
    comment = segment(0xFE, SECRETS[2])
    return plain[:2] + exif + xmp + icc + comment + plain[2:] + b"trailer: " + SECRETS[1]


def pixels(data: bytes) -> Any:
    return cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)


@pytest.mark.parametrize("progressive", [False, True])
@pytest.mark.parametrize(("width", "height"), [(64, 48), (1, 1), (768, 432), (432, 768), (768, 768)])
def test_only_the_picture_is_left(width: int, height: int, progressive: bool) -> None:
    plain = jpeg(width, height, progressive=progressive)
    found = bare(laden(plain))
    assert (found.width, found.height) == (width, height)
    assert not any(secret in found.jpeg for secret in SECRETS)
    assert b"Exif" not in found.jpeg and b"ICC" not in found.jpeg and b"trailer" not in found.jpeg
    assert np.array_equal(pixels(found.jpeg), pixels(plain)), "the picture itself is not touched"
    assert bare(found.jpeg) == found


@pytest.mark.parametrize(("width", "height"), [(769, 10), (10, 769), (1920, 1080)])
def test_a_larger_picture_is_refused(width: int, height: int) -> None:
    with pytest.raises(ValueError, match="pixels"):
        bare(jpeg(width, height))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xd8",
        b"\xff\xd8\xff\xd9",
        b"\x89PNG\r\n",
        b"GIF89a",
        b"RIFF....WEBP",
        jpeg()[:-40],
        jpeg()[:30],
    ],
)
def test_what_is_no_whole_jpeg_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        bare(data)


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_mutated_files_are_bared_or_refused_and_never_leak(data: st.DataObject) -> None:
    mutable = bytearray(laden(jpeg()))
    for _ in range(data.draw(st.integers(0, 6))):
        mutable[data.draw(st.integers(0, len(mutable) - 1))] = data.draw(st.integers(0, 255))
    try:
        found = bare(bytes(mutable))
    except ValueError:
        return
    assert max(found.width, found.height) <= LONGEST_SIDE


def openai_body(picture: bytes, kind: str = "image/jpeg") -> dict[str, Any]:
    uri = f"data:{kind};base64,{base64.b64encode(picture).decode()}"
    parts = [{"type": "text", "text": "What is it?"}, {"type": "image_url", "image_url": {"url": uri}}]
    return {"model": "gpt-4o", "messages": [{"role": "user", "content": parts}], "max_completion_tokens": 700}


def ollama_body(picture: bytes) -> dict[str, Any]:
    encoded = base64.b64encode(picture).decode()
    asked = {"role": "user", "content": "What is it?", "images": [encoded]}
    return {"model": "m", "messages": [asked], "options": {"num_predict": 300}}


@pytest.mark.parametrize(("body", "tokens"), [(openai_body, 700), (ollama_body, 300)])
def test_a_parcel_is_measured_as_it_is_sent(body: Any, tokens: int) -> None:
    plain = jpeg(320, 180)
    parcel = pack(body(laden(plain)))
    assert [picture.jpeg for picture in parcel.pictures] == [bare(plain).jpeg]
    assert parcel.pixels == 320 * 180 and parcel.max_tokens == tokens
    wire = json.dumps(parcel.body, ensure_ascii=False).encode()
    assert parcel.size == len(wire)
    assert parcel.text_bytes == len(wire) - len(base64.b64encode(bare(plain).jpeg))
    assert not any(base64.b64encode(secret)[4:-4] in wire for secret in SECRETS)


def test_the_same_picture_has_the_same_hash_whatever_is_asked_about_it() -> None:
    one, other = openai_body(jpeg()), openai_body(laden(jpeg()))
    other["seed"], other["max_completion_tokens"] = 2, 1400
    assert pack(one).sha256 == pack(other).sha256
    assert pack(one).sha256 != pack(openai_body(jpeg(65))).sha256


def test_texts_alone_are_hashed_whole_and_have_no_pixels() -> None:
    parcel = pack({"model": "m", "messages": [{"role": "user", "content": "plan"}]})
    assert parcel.pixels == 0 and parcel.text_bytes == parcel.size and parcel.max_tokens is None


@pytest.mark.parametrize(
    "body",
    [
        openai_body(jpeg(1920, 1080)),
        openai_body(b"not a picture"),
        openai_body(jpeg(), "image/png"),
        ollama_body(b"RIFF"),
        {
            "messages": [
                {"role": "user", "content": [{"type": "input_audio", "input_audio": {"data": "UklGRg=="}}]}
            ]
        },
        {"messages": [{"role": "user", "content": [{"type": "file", "file": {"file_data": "x"}}]}]},
        {
            "messages": [
                {
                    "role": "user",
                    "content": [{"type": "image_url", "image_url": {"url": "file:///etc/passwd"}}],
                }
            ]
        },
    ],
)
def test_anything_else_is_refused(body: dict[str, Any]) -> None:
    with pytest.raises(BackendError) as caught:
        pack(body)
    assert (caught.value.code, caught.value.failure) == ("parcel_refused", FailureClass.INPUT)


def test_the_test_picture_may_leave() -> None:
    assert bare(probe_picture()).jpeg == probe_picture()
