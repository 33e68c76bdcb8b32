"""One reading of the machine."""

from __future__ import annotations

from dataclasses import replace

from autocut_tray.core.frozen import frozen

SYSTEM_SOURCE = "psutil"
"""Where the figures of RAM, processor, disk and network come from; that of VRAM is in each reading."""
_TITLES = {
    "ollama": "Ollama",
    "ollama_llama_server": "Ollama",
    "llama-server": "Ollama",
    "lm studio": "LM Studio",
    "lm-studio": "LM Studio",
    "resolve": "Resolve",
}
"""What programs are called whose processes have another name."""


def program_title(process: str) -> str:
    """What people call the program of a process with this name."""
    bare = process[:-4] if process.lower().endswith(".exe") else process
    return _TITLES.get(bare.lower(), bare)


@frozen
class Holder:
    """A process by its name and the VRAM it holds, MiB."""

    name: str
    vram_mib: int

    @property
    def title(self) -> str:
        return program_title(self.name)


@frozen
class MetricsSample:
    """What one tick measured; None is "could not be measured". Memory in MiB, loads in percent.

    ``at``: seconds since the epoch; ``monotonic``: the clock that intervals are made of. ``failure_rate``: share
    0-1 of the last units of work, None while there were none.
    """

    at: float
    monotonic: float
    vram_used: int | None
    vram_total: int | None
    vram_source: str | None
    gpu_load: float | None
    ram_available: int | None
    ram_total: int | None
    swap_used: int | None
    cpu_percent: float | None
    load_average: float | None
    disk_read: int | None
    """Bytes since boot, like the three below."""
    disk_written: int | None
    net_sent: int | None
    net_received: int | None
    queued: int
    running: int
    failure_rate: float | None
    resolve_running: bool | None
    resolve_busy: bool | None
    vram_holders: tuple[Holder, ...] = ()
    processing_s: float | None = None
    """What one of the last units of work took, on average; None while there were none lately."""
    ram_stalled: bool | None = None
    """True while the system reports that everything waits for memory."""
    disk_read_rate: float | None = None
    """Bytes a second since the last look, like the three below; None for the first look and after a gap."""
    disk_write_rate: float | None = None
    net_send_rate: float | None = None
    net_receive_rate: float | None = None

    def as_of(self, now: float, most: float) -> MetricsSample:
        """The same at ``now``, monotonic seconds: memory and loads that are older than ``most`` seconds are not known
        any more."""
        if now - self.monotonic <= most:
            return self
        return replace(
            self, vram_used=None, gpu_load=None, ram_available=None, swap_used=None, cpu_percent=None
        )

    @property
    def success_rate(self) -> float | None:
        """Share 0-1 of the last units of work, None while there were none."""
        return None if self.failure_rate is None else 1.0 - self.failure_rate

    @property
    def ram_used(self) -> int | None:
        """MiB that are not available."""
        if self.ram_available is None or self.ram_total is None:
            return None
        return self.ram_total - self.ram_available

    @property
    def vram_percent(self) -> float | None:
        if self.vram_used is None or not self.vram_total:
            return None
        return 100.0 * self.vram_used / self.vram_total

    @property
    def ram_percent(self) -> float | None:
        if self.ram_available is None or not self.ram_total:
            return None
        return 100.0 * (self.ram_total - self.ram_available) / self.ram_total
