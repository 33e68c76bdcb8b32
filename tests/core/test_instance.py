"""One instance, and a channel that only its owner's processes can use."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from multiprocessing.connection import Client
from pathlib import Path

import pytest

from autocut_tray.core.errors import AutoCutError, UsageError
from autocut_tray.core.instance import ChannelServer, InstanceBusy, InstanceLock, call_instance
from autocut_tray.core.messages import message


def test_the_lock_is_exclusive_and_ends_with_its_holder(tmp_path: Path) -> None:
    file = tmp_path / "instance.lock"
    code = (
        "import sys; from pathlib import Path; from autocut_tray.core.instance import InstanceLock;"
        "lock = InstanceLock(Path(sys.argv[1])); print(lock.acquire(), flush=True); sys.stdin.read()"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", code, str(file)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None and holder.stdout.readline().strip() == "True"
    lock = InstanceLock(file)
    assert not lock.acquire()
    holder.kill()
    holder.communicate()
    assert lock.acquire()
    lock.release()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "instance.json"


def test_request_and_reply(file: Path) -> None:
    server = ChannelServer(file, lambda request: {"echo": request})
    server.start()
    try:
        assert call_instance(file, {"command": "status"}) == {"echo": {"command": "status"}}
        if os.name != "nt":
            assert file.stat().st_mode & 0o777 == 0o600
    finally:
        server.close()
    assert not file.exists()
    assert call_instance(file, {"command": "status"}) is None


def test_errors_are_raised_on_the_other_side(file: Path) -> None:
    def refuse(_: dict[str, object]) -> dict[str, object]:
        raise UsageError("no_such_job", message("error-no-such-job", id="7"))

    server = ChannelServer(file, refuse)
    server.start()
    try:
        with pytest.raises(AutoCutError, match="no_such_job") as caught:
            call_instance(file, {})
        assert caught.value.exit_code == 2
        assert caught.value.message == message("error-no-such-job", id="7")
    finally:
        server.close()


def test_wrong_token_and_rubbish_get_no_answer_and_do_no_harm(file: Path) -> None:
    called: list[object] = []
    server = ChannelServer(file, lambda request: called.append(request) or {})  # type: ignore[func-returns-value]
    server.start()
    try:
        address = json.loads(file.read_text())["address"]
        for payload in (b'{"token": "wrong"}', b"{}", b"\xff\x00", b"[1]", b'{"token": 5}'):
            with Client(address) as connection:
                connection.send_bytes(payload)
                with pytest.raises(EOFError):
                    connection.recv_bytes()
        assert called == []
        assert call_instance(file, {}) == {}
    finally:
        server.close()


def test_a_file_left_by_a_dead_instance_means_nobody(file: Path) -> None:
    file.write_text(json.dumps({"address": "/nonexistent/socket", "token": "x", "pid": 1}))
    assert call_instance(file, {}) is None
    file.write_text("{")
    assert call_instance(file, {}) is None


def test_a_silent_instance_is_noticed(file: Path, tmp_path: Path) -> None:
    from multiprocessing.connection import Listener

    listener = Listener(str(tmp_path / "s") if os.name != "nt" else r"\\.\pipe\autocut-test-silent")
    file.write_text(json.dumps({"address": listener.address, "token": "x", "pid": 1}))
    with listener, pytest.raises(InstanceBusy):
        call_instance(file, {}, timeout=0.05)
