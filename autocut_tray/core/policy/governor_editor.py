"""The editor's claim: while it needs this machine, work on this machine steps aside."""

from __future__ import annotations

from autocut_tray.core.policy.governor_spell import Spell
from autocut_tray.core.policy.governor_thresholds import Thresholds
from autocut_tray.core.policy.governor_types import Cause, Evidence, Reclaim, Sample


class EditorSignal:
    """Follows whether the editor claims the machine. A person's word for a tier here waives the claim under way."""

    def __init__(self, limits: Thresholds) -> None:
        self._limits = limits
        self._claimed = Spell()
        self._told = False
        self._waived = False

    def observe(self, s: Sample) -> list[Reclaim]:
        """Take a sample; once a claim is established, our models give way whether they work or not."""
        if not s.editor:
            self._waived = self._told = False
        self._claimed.track(s.t, s.editor and not self._waived)
        if self._told or not self.established(s.t):
            return []
        self._told = True
        return (
            [Reclaim(s.t, self.evidence(s.t), cache_keep=100.0, expected_mib=s.own_vram)] if s.loaded else []
        )

    def established(self, t: float) -> bool:
        """True when the claim has lasted: a click or an autosave is none."""
        return self._claimed.lasted(t, self._limits.editor_grace)

    @property
    def is_calm(self) -> bool:
        """True while there is no claim, its grace included."""
        return not self._claimed.on

    def evidence(self, t: float) -> Evidence:
        return Evidence(Cause.EDITOR, held_s=self._claimed.held(t))

    def waive(self) -> None:
        """The person wants the work done here now; the next claim counts again."""
        self._waived = True
        self._claimed.stop()

    def restart_timers(self) -> None:
        self._claimed.stop()
