"""The lines of Ollama's ``/api/pull`` and what they add up to. Pure: no clock, no thread, no socket.

What counts, from the server's own source (``server/download.go``, ``server/images.go``):

- A layer is named by its ``digest``; its lines repeat some 16 times a second and may stop before its total, because
  the last one comes with the tick before the end. ``completed`` is left out when it is 0 and may go *down* when the
  server takes a part back.
- Layers come one after the other, so the sum of the totals grows while the download runs.
- "verifying …" comes when all bytes are in. Only "success" is success; an error may be any later line.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace
from types import MappingProxyType
from typing import Any

from autocut_tray.core.frozen import frozen
from autocut_tray.core.remedies.progress import Progress, Rate, Stage, seconds_left

_MOST_LAYERS = 1000
_MOST_BYTES = 2**50
"""A layer of a pebibyte is a broken line, not a model."""

_ALL_IN = (
    ("verifying", Stage.VERIFYING),
    ("writing manifest", Stage.FINISHING),
    ("removing", Stage.FINISHING),
)


@frozen
class Layer:
    """One file of a model; bytes. ``done`` is the most that was ever said, at most ``total``."""

    total: int
    done: int


@frozen
class PullState:
    """What the lines so far say. ``expected_bytes``: the model's size as it is known beforehand, about.

    ``fetched``: bytes that came during this run, without those that were there already. ``named``: the layers that
    the present connection spoke of.
    """

    expected_bytes: int | None = None
    layers: Mapping[str, Layer] = field(default_factory=lambda: MappingProxyType({}))
    named: frozenset[str] = frozenset()
    stage: Stage = Stage.PREPARING
    all_in: bool = False
    fetched: int = 0
    rate: Rate = field(default_factory=Rate)
    success: bool = False
    error: str | None = None

    @property
    def known_bytes(self) -> int:
        """The sum of the layers named so far."""
        return sum(layer.total for layer in self.layers.values())

    @property
    def done_bytes(self) -> int:
        return sum(layer.done for layer in self.layers.values())

    @property
    def total_bytes(self) -> int | None:
        known = self.known_bytes
        return (known if self.all_in else max(known, self.expected_bytes or 0)) or None

    @property
    def ended(self) -> bool:
        return self.success or self.error is not None

    def progress(self) -> Progress:
        """For the person; speed and time left only while bytes come."""
        rate = self.rate.bytes_per_second if self.stage is Stage.DOWNLOADING else None
        done, total = self.done_bytes, self.total_bytes
        return Progress(self.stage, done, total, rate, seconds_left(done, total, rate))


def read_line(state: PullState, line: Mapping[str, Any], now: float) -> PullState:
    """The state after one more line; ``now`` in monotonic seconds. Lines that say nothing known change nothing."""
    if state.ended:
        return state
    error = line.get("error")
    if error:
        return replace(state, error=str(error))
    status = line.get("status")
    text = status.strip().lower() if isinstance(status, str) else ""
    if text == "success":
        return replace(_all_in(state, Stage.FINISHING), success=True)
    for beginning, stage in _ALL_IN:
        if text.startswith(beginning):
            return _all_in(state, stage)
    return _read_layer(state, line, now)


def lost(state: PullState) -> PullState:
    """The state for the next connection: what is here stays counted, the speed is measured anew."""
    return replace(state, named=frozenset(), stage=Stage.PREPARING, all_in=False, rate=Rate(), error=None)


def _all_in(state: PullState, stage: Stage) -> PullState:
    """Every byte of every layer is here, whatever its last line said."""
    full = {digest: Layer(layer.total, layer.total) for digest, layer in state.layers.items()}
    rest = sum(state.layers[digest].total - state.layers[digest].done for digest in state.named)
    return replace(
        state, layers=MappingProxyType(full), fetched=state.fetched + rest, all_in=True, stage=stage
    )


def _read_layer(state: PullState, line: Mapping[str, Any], now: float) -> PullState:
    digest, total = line.get("digest"), _count(line.get("total"))
    if not isinstance(digest, str) or not digest or total == 0:
        return state
    before = state.layers.get(digest)
    if before is None and len(state.layers) >= _MOST_LAYERS:
        return state
    total = max(total, before.total if before else 0)
    done = max(min(_count(line.get("completed")), total), before.done if before else 0)
    # What the first line of a layer reports was on the disk before this connection, near enough.
    new = done - before.done if before is not None and digest in state.named else 0
    fetched = state.fetched + new
    return replace(
        state,
        layers=MappingProxyType({**state.layers, digest: Layer(total, done)}),
        named=state.named | {digest},
        stage=Stage.DOWNLOADING,
        # After all was said to be in, a layer that is not shows that it was not so.
        all_in=state.all_in and done == total,
        fetched=fetched,
        rate=state.rate.add(now, fetched),
    )


def _count(value: object) -> int:
    """A number of bytes; 0 for what is none."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 < value <= _MOST_BYTES:
        return value
    return 0
