"""A real browser without a window, driven over a pipe by its own protocol: no driver, no port, no network."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, Queue
from typing import Any

PATIENCE = 60.0
Json = dict[str, Any]


def program() -> str | None:
    """Where a Chromium is; None where there is none."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


class Browser:
    """One page. ``trouble``: what its console said of errors and warnings, and requests to other hosts."""

    def __init__(self, process: subprocess.Popen[bytes], reader: int, writer: int) -> None:
        self.process = process
        self.trouble: list[str] = []
        self.requests: list[str] = []
        self._out = os.fdopen(writer, "wb", buffering=0)
        self._in = os.fdopen(reader, "rb", buffering=0)
        self._replies: Queue[Json] = Queue()
        self._number = 0
        self._session: str | None = None
        self._listener = threading.Thread(target=self._listen, name="chromium")
        self._listener.start()
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def close(self) -> None:
        self._out.close()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(10)
        self._listener.join()
        self._in.close()

    def _listen(self) -> None:
        rest = b""
        while data := self._in.read(65_536):
            *messages, rest = (rest + data).split(b"\0")
            for message in messages:
                self._take(json.loads(message))

    def _take(self, message: Json) -> None:
        params = message.get("params", {})
        match message.get("method"):
            case None:
                self._replies.put(message)
            case "Runtime.exceptionThrown":
                self.trouble.append(str(params["exceptionDetails"].get("exception", params)))
            case "Runtime.consoleAPICalled":
                self.trouble.append(str(params["args"]))
            case "Log.entryAdded":
                self.trouble.append(f"{params['entry']['text']} {params['entry'].get('url', '')}")
            case "Network.requestWillBeSent":
                self.requests.append(params["request"]["url"])

    def call(self, method: str, **params: Any) -> Json:
        self._number += 1
        sent: Json = {"id": self._number, "method": method, "params": params}
        if self._session is not None:
            sent["sessionId"] = self._session
        self._out.write(json.dumps(sent).encode() + b"\0")
        while True:
            try:
                reply = self._replies.get(timeout=PATIENCE)
            except Empty:
                raise AssertionError(f"the browser did not answer {method}") from None
            if reply.get("id") == self._number:
                assert "error" not in reply, reply
                return dict(reply["result"])

    def open(self, url: str) -> None:
        self.call("Page.navigate", url=url)
        self.wait_for("document.readyState === 'complete'")

    def value(self, expression: str) -> Any:
        found = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in found, found
        return found["result"].get("value")

    def wait_for(self, expression: str) -> None:
        """Until it is true; looked at by the page itself."""
        look = f"const look = () => ({expression}) ? done(true) : setTimeout(look, 50);"
        self.value(f"new Promise((done) => {{ {look} look(); }})")

    def press(self, key: str, code: int, text: str = "") -> None:
        for kind in ("keyDown", "keyUp"):
            self.call(
                "Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code,
                **({"text": text} if text and kind == "keyDown" else {}),
            )  # fmt: skip

    def type(self, text: str) -> None:
        self.call("Input.insertText", text=text)

    def prefer(self, scheme: str, width: int = 1120, height: int = 900) -> None:
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.call("Emulation.setEmulatedMedia", features=features)
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )

    def picture(self, file: Path) -> None:
        shot = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=True)
        file.write_bytes(base64.b64decode(shot["data"]))


@contextmanager
def chromium(folder: Path) -> Iterator[Browser]:
    """A fresh browser with its profile in this folder."""
    found = program()
    assert found is not None
    to_browser, from_us = os.pipe()
    from_browser, to_us = os.pipe()

    def give_pipes() -> None:  # 3 and 4 are what the browser reads and writes
        read, write = os.dup(to_browser), os.dup(to_us)
        high = [fcntl_dup(read), fcntl_dup(write)]
        os.dup2(high[0], 3)
        os.dup2(high[1], 4)

    process = subprocess.Popen(
        [
            found, "--headless=new", "--remote-debugging-pipe", f"--user-data-dir={folder}", "--no-sandbox",
            "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-background-networking",
            "--disable-component-update", "--disable-sync", "--hide-scrollbars", "--no-proxy-server",
        ],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        close_fds=False,
        preexec_fn=give_pipes,  # noqa: PLW1509 - it only moves descriptors
    )  # fmt: skip
    os.close(to_browser)
    os.close(to_us)
    browser = Browser(process, from_browser, from_us)
    try:
        yield browser
    finally:
        browser.close()


def fcntl_dup(descriptor: int) -> int:
    """A copy with a number that neither 3 nor 4 is."""
    import fcntl

    return fcntl.fcntl(descriptor, fcntl.F_DUPFD, 64)
