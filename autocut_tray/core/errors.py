"""The one exception tree.

    AutoCutError                 every failure that a person is told about
      UsageError                 the command or call makes no sense            exit 2
      InputError                 this file cannot be used                      exit 3
      BackendError               a model server failed, with its class         exit 4
      NoBackend                  none is allowed or reachable                  exit 4
      StorageError               database or disk                              exit 1
      SystemExhausted            no more memory, threads, processes or files   exit 1
      SettingsError              a setting has an impossible value             exit 2
      Cancelled                  the person (or shutdown) said stop            exit 130

Foreign exceptions are turned into these where they enter the core.
"""

from __future__ import annotations

import enum
import errno

from autocut_tray.core.messages import Message, message


class FailureClass(enum.Enum):
    """What a failed unit of work says about the tier it ran on (the table of the control rules)."""

    RESOURCE = "resource"
    DOWN = "down"
    TIER = "tier"
    INPUT = "input"
    CONFIG = "config"
    BUDGET = "budget"
    THROTTLE = "throttle"
    CANCEL = "cancel"


class AutoCutError(Exception):
    """A failure with words for a person: ``message`` says what and why, ``hint`` the next step.

    ``code`` is stable for programs. ``detail`` is for logs and a folded "details", never shown by itself.
    """

    exit_code = 1

    def __init__(
        self, code: str, message: Message | None = None, hint: Message | None = None, detail: str = ""
    ) -> None:
        super().__init__(code + (f": {detail}" if detail else ""))
        self.code = code
        self.message = message or Message("error-" + code.replace("_", "-"))
        self.hint = hint
        self.detail = detail


class UsageError(AutoCutError):
    """The command, argument or call makes no sense."""

    exit_code = 2


class SettingsError(UsageError):
    """A setting has a value that it cannot have."""


class InputError(AutoCutError):
    """This file cannot be used; says nothing about the machine or a model."""

    exit_code = 3


class NoBackend(AutoCutError):
    """No model server is allowed or reachable for what is asked."""

    exit_code = 4


class StorageError(AutoCutError):
    """The database or the disk does not take or give what it should."""


class SystemExhausted(AutoCutError):
    """The operating system gives no more memory, threads, processes or open files for now."""


_EXHAUSTED = {
    errno.EAGAIN: "no_process",
    errno.EMFILE: "no_open_files",
    errno.ENFILE: "no_open_files",
    errno.ENOMEM: "no_memory",
}


def exhaustion(error: OSError) -> SystemExhausted | None:
    """What the system lacks, where that and not the file or program is why it refuses; else None."""
    code = _EXHAUSTED.get(error.errno or 0)
    return None if code is None else SystemExhausted(code, detail=str(error))


class BackendError(AutoCutError):
    """A model server did not do its work; ``failure`` decides about retries and tiers.

    ``retry_after``: seconds the server asked to wait, if it did.
    """

    exit_code = 4

    def __init__(
        self,
        failure: FailureClass,
        code: str,
        message: Message | None = None,
        hint: Message | None = None,
        detail: str = "",
        retry_after: float | None = None,
    ) -> None:
        super().__init__(code, message, hint, detail)
        self.failure = failure
        self.retry_after = retry_after


class Cancelled(AutoCutError):
    """The person or a shutdown ended the work; nothing is wrong."""

    exit_code = 130

    def __init__(self) -> None:
        super().__init__("cancelled", message("error-cancelled"))
