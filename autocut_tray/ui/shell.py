"""What a page may ask of the window around it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from autocut_tray.core.egress.desk import Offer
from autocut_tray.core.policy.governor_types import Tier
from autocut_tray.ui.models.job_book import JobBook
from autocut_tray.ui.models.pace import Pace


class Shell(Protocol):
    """Implemented by :class:`autocut_tray.ui.content.Content`."""

    book: JobBook
    pace: Pace

    def open_page(self, name: str) -> None: ...

    def enter_key(self, name: str) -> None:
        """Open the settings where this key is entered."""

    def allow_cloud(self, provider: str) -> None:
        """Ask whether something may go to this provider or server."""

    def ask_consent(self, offer: Offer) -> None:
        """Ask whether something may go there."""

    def choose_files(self) -> None: ...

    def choose_folder(self) -> None: ...

    def add_paths(self, paths: Sequence[str]) -> None:
        """Hand paths over as they are; nothing of them is looked at in this thread."""

    def notice(self, text: str) -> None:
        """Say something in passing below the strip."""

    @property
    def notice_words(self) -> str:
        """What is said in passing now; empty for nothing."""

    def notice_error(self, error: Exception) -> None:
        """Say what went wrong and what to do, in passing."""

    def pace_changed(self) -> None:
        """The page wants readings at another pace."""

    def undo(self) -> None:
        """Take the last degradation or forced tier back."""

    def pin(self, tier: Tier | None) -> None:
        """Stay on this tier until None is pinned."""

    def explained(self) -> None:
        """The explanation is on the page."""

    def plots_painted(self) -> None:
        """The plots were drawn."""
