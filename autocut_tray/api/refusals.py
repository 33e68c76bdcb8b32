"""Why a request is not answered, with the HTTP status for each error of the program."""

from __future__ import annotations

from autocut_tray.core.errors import (
    AutoCutError,
    BackendError,
    Cancelled,
    InputError,
    NoBackend,
    StorageError,
    SystemExhausted,
    UsageError,
)
from autocut_tray.core.messages import message


class Refusal(AutoCutError):
    """A request that does not reach its handler, or that the handler sends back. ``status``: of HTTP."""

    def __init__(
        self, status: int, code: str, *, hint: bool = True, retry_after: float | None = None
    ) -> None:
        text = "api-" + code.replace("_", "-")
        super().__init__(code, message(text), message(f"{text}-hint") if hint else None)
        self.status = status
        self.retry_after = retry_after


class Invalid(Refusal):
    """A parameter or a field that cannot be; ``places``: which, never their values."""

    def __init__(self, status: int, places: str) -> None:
        super().__init__(status, "invalid")
        self.message = message("api-invalid", places=places)


_BY_CODE = {
    "no_such_job": 404,
    "no_such_alert": 404,
    "job_over": 409,
    "job_running": 409,
    "nothing_to_describe": 409,
    "not_described": 409,
    "nothing_to_do": 409,
    "drill_busy": 409,
    "drill_nothing": 503,
    "file_exists": 409,
    "setting_unknown": 404,
    "setting_from_environment": 409,
}
_BY_KIND: tuple[tuple[type[AutoCutError], int], ...] = (
    (UsageError, 400),
    (InputError, 400),
    (NoBackend, 503),
    (BackendError, 503),
    (StorageError, 503),
    (SystemExhausted, 503),
    (Cancelled, 503),
)


def status_of(error: AutoCutError) -> int:
    """The HTTP status of an error."""
    if isinstance(error, Refusal):
        return error.status
    if error.code in _BY_CODE:
        return _BY_CODE[error.code]
    if error.code.startswith("refused_"):
        return 409
    if error.code.startswith("resolve_"):
        return 503
    return next((status for kind, status in _BY_KIND if isinstance(error, kind)), 500)
