"""Figures in words: sizes, spans and times of day as a person reads them, in the language of the moment."""

from __future__ import annotations

import time

from autocut_tray.core import quantities
from autocut_tray.core.quantities import NBSP
from autocut_tray.i18n import Translator


class Phrases:
    """Every figure carries its unit, with a non-breaking space where the language has one."""

    def __init__(self, translator: Translator) -> None:
        self._t = translator.t
        self._text = translator.text

    def gb(self, mib: float) -> str:
        """MiB as ``5.9 GB``."""
        return quantities.gb(mib)

    def of_gb(self, used: float, total: float) -> str:
        """MiB of MiB as ``5.9 / 8.0 GB``."""
        return f"{used / 1024:.1f} / {total / 1024:.1f}{NBSP}GB"

    def percent(self, value: float) -> str:
        return self._text(quantities.percent(value))

    def percent_exact(self, value: float) -> str:
        """With a decimal where it has one: ``87.9 %``, ``85 %``."""
        return self._text(quantities.percent_exact(value))

    def span(self, seconds: float) -> str:
        """A measured span: ``0.8 s``, ``44 s``, ``8 min 58 s``, ``2 h 10 min``, ``3 d 4 h``."""
        return self._text(quantities.span(seconds))

    def remaining(self, seconds: float) -> str:
        """An estimate, rounded to 1 s below a minute, 5 s below five, then to a minute."""
        if seconds < 60:
            return self.span(max(1, round(seconds)) if seconds >= 10 else max(1.0, float(round(seconds))))
        if seconds < 300:
            return self.span(5 * round(seconds / 5))
        return self.span(60 * round(seconds / 60))

    def minutes(self, seconds: float) -> str:
        """A length of footage without fractions: ``42 s``, ``31 min``."""
        if seconds < 60:
            return self._t("ui-span-s", s=f"{seconds:.0f}")
        return self._t("ui-span-min", m=f"{seconds / 60:.0f}")

    def read_of(self, read: float, total: float) -> str:
        """Footage read so far of all, in one unit: ``9 of 31 min``, ``12 of 44 s``."""
        if total < 90:
            return self._t("ui-read-of-s", read=f"{min(read, total):.0f}", total=f"{total:.0f}")
        return self._t("ui-read-of-min", read=f"{min(read, total) / 60:.0f}", total=f"{total / 60:.0f}")

    def clock(self, at: float) -> str:
        """The time of day, ``14:02``."""
        return time.strftime("%H:%M", time.localtime(at))

    def clock_seconds(self, at: float) -> str:
        return time.strftime("%H:%M:%S", time.localtime(at))

    def moment(self, at: float, now: float) -> str:
        """``14:02:10`` today, else with the date before it."""
        return self._dated(at, now, "%H:%M:%S")

    def when(self, at: float, now: float) -> str:
        """``14:02`` today, else with the date before it."""
        return self._dated(at, now, "%H:%M")

    def _dated(self, at: float, now: float, form: str) -> str:
        then, today = time.localtime(at), time.localtime(now)
        if (then.tm_year, then.tm_yday) == (today.tm_year, today.tm_yday):
            return time.strftime(form, then)
        return self._t("ui-day-time", month=then.tm_mon, day=then.tm_mday, time=time.strftime("%H:%M", then))
