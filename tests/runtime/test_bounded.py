"""Calls that hang, raise or come back late."""

from __future__ import annotations

import threading

from autocut_tray.core.cancel import CancelToken
from autocut_tray.core.clock import SystemClock
from autocut_tray.core.runtime.bounded import BoundedCall, Run


def test_a_call_gives_its_value() -> None:
    run = Run("quick", lambda cancel: 7, SystemClock())
    ended = run.wait(5)
    assert ended is not None and ended.value == 7 and ended.error is None and ended.seconds >= 0


def test_what_a_call_raises_is_handed_over() -> None:
    def fails(cancel: CancelToken) -> int:
        raise OSError("broken")

    ended = Run("fails", fails, SystemClock()).wait(5)
    assert ended is not None and ended.value is None and str(ended.error) == "broken"


def test_a_hung_call_is_left_asked_to_end_and_not_joined_by_a_second() -> None:
    release, tokens = threading.Event(), []

    def hangs(cancel: CancelToken) -> str:
        tokens.append(cancel)
        release.wait(30)
        return "late"

    call = BoundedCall("hangs", hangs, SystemClock())
    run = call.start()
    assert run is not None and run.wait(0.02) is None
    assert tokens[0].cancelled
    assert call.start() is None
    assert not call.close(0.0)
    release.set()
    assert call.close(5)
    assert len(tokens) == 1
    again = call.start()
    assert again is not None and again.wait(5) is not None
    assert len(tokens) == 2


def test_a_system_without_threads_is_an_error_like_any_other(monkeypatch) -> None:
    def refuse(self: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    run = Run("never", lambda cancel: 1, SystemClock())
    ended = run.wait(0)
    assert ended is not None and isinstance(ended.error, RuntimeError)
    assert run.close(0)
