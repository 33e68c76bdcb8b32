"""Pictures on the wire: JPEGs of the size that is said, and what was measured of them."""

from __future__ import annotations

from typing import Any

from autocut_tray.core.footage import MAX_PICTURES, FurtherFrame, Keyframe
from autocut_tray.core.media.options import MAX_IMAGE_PX
from autocut_tray.core.media.wire_values import MAX_FRAMES, MAX_SECONDS, Fields, WireError
from autocut_tray.core.picture_quality import PictureQuality


def quality_fields(quality: PictureQuality) -> dict[str, Any]:
    return {
        "blur": quality.blur,
        "mean": quality.mean,
        "brightest": quality.brightest,
        "burnt": quality.burnt,
    }


def _quality(fields: Fields) -> PictureQuality:
    return PictureQuality(
        blur=fields.maybe_number("blur", 0.0, 1.0),
        mean=fields.number("mean", 0.0, 1.0),
        brightest=fields.number("brightest", 0.0, 1.0),
        burnt=fields.number("burnt", 0.0, 1.0),
    )


def keyframe(fields: Fields, blob: bytes) -> Keyframe:
    """Raises WireError."""
    split = len(blob) - fields.whole("small", 0, len(blob))
    keyframe = Keyframe(
        scene_id=fields.whole("scene_id", 1, MAX_FRAMES),
        time=fields.number("time", 0.0, MAX_SECONDS),
        width=fields.whole("width", 1, MAX_IMAGE_PX),
        height=fields.whole("height", 1, MAX_IMAGE_PX),
        jpeg=blob[:split],
        small_jpeg=blob[split:],
        quality=_quality(quality) if (quality := fields.maybe_inner("quality")) else None,
    )
    if blob and _jpeg_size(keyframe.jpeg) != (keyframe.width, keyframe.height):
        raise WireError("not a JPEG of that size")
    small = _jpeg_size(keyframe.small_jpeg)
    if keyframe.small_jpeg and (small is None or small[0] > keyframe.width or small[1] > keyframe.height):
        raise WireError("not a smaller JPEG")
    return keyframe


def further(fields: Fields, blob: bytes) -> FurtherFrame:
    """Raises WireError."""
    frame = FurtherFrame(
        scene_id=fields.whole("scene_id", 1, MAX_FRAMES),
        number=fields.whole("number", 1, MAX_PICTURES - 1),
        time=fields.number("time", 0.0, MAX_SECONDS),
        width=fields.whole("width", 1, MAX_IMAGE_PX),
        height=fields.whole("height", 1, MAX_IMAGE_PX),
        jpeg=blob,
    )
    if _jpeg_size(blob) != (frame.width, frame.height):
        raise WireError("not a JPEG of that size")
    return frame


def _jpeg_size(data: bytes) -> tuple[int, int] | None:
    """Width and height from the frame header of a JPEG (ITU-T T.81, B.2.2), None if there is none."""
    if not (data.startswith(b"\xff\xd8") and data.endswith(b"\xff\xd9")):
        return None
    at = 2
    while at + 9 <= len(data) and data[at] == 0xFF:
        marker, length = data[at + 1], int.from_bytes(data[at + 2 : at + 4])
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            return int.from_bytes(data[at + 7 : at + 9]), int.from_bytes(data[at + 5 : at + 7])
        at += 2 + length
    return None
