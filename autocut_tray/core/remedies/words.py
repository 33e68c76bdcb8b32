"""A download in words: what it does, and its figures. The edge joins the figures with " · "."""

from __future__ import annotations

from autocut_tray.core.messages import Message, message
from autocut_tray.core.remedies.progress import Progress, Stage

NBSP = "\u00a0"
_MIB, _GIB = 2**20, 2**30


def figures(progress: Progress) -> tuple[Message, ...]:
    """``0.87 of 1.5 GB``, ``24 MB/s``, ``about 26 s left``: those of the three that are known and mean something."""
    said = []
    if progress.total_bytes is not None:
        said.append(_amount(progress.done_bytes, progress.total_bytes))
    rate = progress.bytes_per_second
    if rate is not None:
        said.append(message("remedy-rate", rate=_rate(rate)))
    if progress.seconds_left is not None and progress.stage is Stage.DOWNLOADING:
        said.append(message("remedy-left", span=_span(progress.seconds_left)))
    return tuple(said)


def pull_words(progress: Progress, model: str) -> Message:
    """What Ollama is doing, as one sentence."""
    match progress.stage:
        case Stage.DOWNLOADING:
            return message("remedy-pull-downloading", model=model)
        case Stage.VERIFYING:
            return message("remedy-pull-verifying", model=model)
        case Stage.FINISHING:
            return message("remedy-pull-finishing", model=model)
        case Stage.RETRYING:
            return message("remedy-pull-retrying", seconds=f"{progress.retry_seconds or 0:.0f}")
        case _:
            return message("remedy-pull-preparing", model=model)


def lmstudio_words(progress: Progress, model: str) -> Message:
    """What LM Studio is doing, as one sentence; it says that only LM Studio can stop it."""
    match progress.stage:
        case Stage.DOWNLOADING:
            return message("remedy-lmstudio-downloading", model=model)
        case Stage.PAUSED:
            return message("remedy-lmstudio-paused", model=model)
        case _:
            return message("remedy-pull-preparing", model=model)


def _amount(done: int, total: int) -> Message:
    """Both in the unit of the total; two decimals while it is small, so that it moves."""
    if total < _GIB:
        return message("remedy-amount", done=f"{done / _MIB:.0f}", total=f"{total / _MIB:.0f}{NBSP}MB")
    decimals = 2 if total < 10 * _GIB and done < total else 1
    return message("remedy-amount", done=f"{done / _GIB:.{decimals}f}", total=f"{total / _GIB:.1f}{NBSP}GB")


def _rate(bytes_per_second: float) -> str:
    mib = bytes_per_second / _MIB
    if mib < 0.1:
        return f"{bytes_per_second / 1024:.0f}{NBSP}KB/s"
    return f"{mib:.0f}{NBSP}MB/s" if mib >= 10 else f"{mib:.1f}{NBSP}MB/s"


def _span(seconds: float) -> Message:
    """Rounded as coarsely as it is known: 1 s below a minute, 5 s below five, then a minute."""
    if seconds < 59.5:
        return message("remedy-span-s", s=str(max(1, round(seconds))))
    if seconds < 297.5:
        minutes, rest = divmod(5 * round(seconds / 5), 60)
        if rest:
            return message("remedy-span-min-s", m=str(minutes), s=str(rest))
        return message("remedy-span-min", m=str(minutes))
    minutes = round(seconds / 60)
    if minutes < 60:
        return message("remedy-span-min", m=str(minutes))
    hours, rest = divmod(minutes, 60)
    return (
        message("remedy-span-h-min", h=str(hours), m=str(rest))
        if rest
        else message("remedy-span-h", h=str(hours))
    )
