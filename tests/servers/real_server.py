"""llama.cpp's own OpenAI-compatible server (from the ``xllamacpp`` wheel) with the tiny random model.

with RealServer(files) as server:
    requests.post(f"{server.base_url}/chat/completions", ...)

python -m tests.servers.real_server --port 1234        # for a demonstration; prints "listening http://..."
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import Self

from tests.servers.tiny_vlm import TinyVlm, write_tiny_vlm

READY_S = 30.0
STOP_S = 5.0
ROOT = Path(__file__).resolve().parents[2]


def available() -> bool:
    """True where the server's wheel and the model writer's are installed."""
    return all(importlib.util.find_spec(name) is not None for name in ("xllamacpp", "gguf"))


class ServerFailedError(RuntimeError):
    """The server did not become ready; the text holds what it wrote to stderr."""


class RealServer:
    """A server process on 127.0.0.1; it ends with this process at the latest."""

    def __init__(
        self,
        files: TinyVlm,
        *,
        port: int = 0,
        api_key: str | None = None,
        vision: bool = True,
        alias: str = "tiny-vlm",
        context: int = 8192,
        parallel: int = 2,
    ) -> None:
        self.port = port
        """0 until the first start when any port will do; then it is kept."""
        self.alias = alias
        self.api_key = api_key
        self._arguments = ["--model", str(files.model), "--alias", alias]
        self._arguments += ["--ctx", str(context), "--parallel", str(parallel)]
        self._arguments += ["--mmproj", str(files.mmproj)] if vision else []
        self._arguments += ["--api-key", api_key] if api_key else []
        self._process: subprocess.Popen[str] | None = None
        self._log: Path | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def base_url(self) -> str:
        """What a person would enter for an OpenAI-compatible server."""
        return f"{self.url}/v1"

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        if self._process is None:
            raise RuntimeError("not started")
        return self._process.pid

    @property
    def stderr(self) -> str:
        """What the running process has written to stderr so far."""
        return "" if self._log is None else self._log.read_text(encoding="utf-8", errors="replace")

    def start(self) -> Self:
        """Start and wait until it answers; raises ``ServerFailedError`` with its stderr."""
        if self.running:
            raise RuntimeError("already running")
        self._end(force=True)
        handle, name = tempfile.mkstemp(prefix="real-server-", suffix=".log")
        self._log = Path(name)
        command = [sys.executable, "-m", "tests.servers.real_server", "--port", str(self.port)]
        try:
            self._process = subprocess.Popen(
                [*command, *self._arguments, "--until-stdin-closes"],
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=handle,
                text=True,
            )
        finally:
            os.close(handle)
        line = _first_line(self._process, READY_S)
        if not line.startswith("listening "):
            self._process.kill()
            self._process.wait()
            written = self.stderr[-4000:]
            self._end(force=True)
            raise ServerFailedError(f"no server in {READY_S:g} s: {line!r}\n{written}")
        self.port = int(line.rsplit(":", 1)[1])
        return self

    def stop(self) -> None:
        """End it in an orderly way; by force when it does not obey."""
        self._end(force=False)

    def kill(self) -> None:
        """SIGKILL: connections break in the middle of an answer."""
        self._end(force=True)

    def restart(self) -> Self:
        """Start again on the same port."""
        self.stop()
        return self.start()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _end(self, *, force: bool) -> None:
        process = self._process
        if process is None:
            return
        if process.poll() is None:
            process.kill() if force else process.terminate()
        try:
            process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                stream.close()
        self._process = None
        self._forget_log()

    def _forget_log(self) -> None:
        if self._log is not None:
            self._log.unlink(missing_ok=True)
            self._log = None


def _first_line(process: subprocess.Popen[str], limit: float) -> str:
    """The first line on stdout; empty when the process ends or the time is over before it."""
    assert process.stdout is not None
    lines: list[str] = []
    reader = threading.Thread(target=lambda: lines.append(process.stdout.readline()))  # type: ignore[union-attr]
    reader.start()
    reader.join(limit)
    if reader.is_alive():
        process.kill()  # closes the pipe, which ends the reader
        reader.join()
    return lines[0].strip() if lines else ""


def main(arguments: list[str] | None = None) -> None:
    """Serve until SIGTERM, SIGINT or, with ``--until-stdin-closes``, the end of stdin."""
    parser = argparse.ArgumentParser(prog="python -m tests.servers.real_server", description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--model", help="default: written to a temporary folder")
    parser.add_argument("--mmproj", default="")
    parser.add_argument("--api-key", default="")
    parser.add_argument("--alias", default="tiny-vlm")
    parser.add_argument("--ctx", type=int, default=8192)
    parser.add_argument("--parallel", type=int, default=2)
    parser.add_argument("--until-stdin-closes", action="store_true")
    options = parser.parse_args(arguments)
    if options.model is None:
        with tempfile.TemporaryDirectory() as directory:
            files = write_tiny_vlm(Path(directory))
            options.model, options.mmproj = str(files.model), str(files.mmproj)
            _serve(options)
    else:
        _serve(options)


def _serve(options: argparse.Namespace) -> None:
    import xllamacpp  # type: ignore[import-untyped]

    parameters = xllamacpp.CommonParams()
    parameters.model.path = options.model
    if options.mmproj:
        parameters.mmproj.path = options.mmproj
    parameters.hostnames = ["127.0.0.1"]
    parameters.port = options.port
    parameters.n_ctx = options.ctx
    parameters.n_parallel = options.parallel
    parameters.cpuparams.n_threads = 1  # tests share few cores
    parameters.cpuparams_batch.n_threads = 1
    parameters.offline = True
    parameters.ui = False
    parameters.warmup = True
    parameters.endpoint_metrics = True
    parameters.use_jinja = True
    parameters.model_alias = {options.alias}
    if options.api_key:
        parameters.api_keys = [options.api_key]

    def leave(*_: object) -> None:
        raise SystemExit(0)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, leave)
    server = xllamacpp.Server(parameters)
    print("listening", server.listening_address, flush=True)  # noqa: T201
    try:
        if options.until_stdin_closes:
            sys.stdin.read()
        else:
            while True:
                threading.Event().wait(3600)
    finally:
        del server


if __name__ == "__main__":
    main()
