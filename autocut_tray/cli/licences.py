"""``licences``: what this program contains from others, and under which terms."""

from __future__ import annotations

from autocut_tray.cli.context import Context
from autocut_tray.core.assets import asset
from autocut_tray.core.errors import UsageError
from autocut_tray.core.messages import message

LIST = "third_party_licences.txt"


def show_licences(context: Context) -> int:
    """Print the list that every installed copy has. Raises UsageError in a checkout, which has none."""
    try:
        text = asset(LIST).read_text("utf-8")
    except FileNotFoundError:
        raise UsageError("no_licence_list", message("error-no-licence-list")) from None
    context.output.say(text)
    return 0
