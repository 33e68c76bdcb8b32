"""How servers are started on the three systems, and that nothing from the current folder ever is."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from autocut_tray.core.remedies.launch import (
    PASSWORD_SECONDS,
    Launch,
    find_program,
    outside_environment,
    spawn,
    start_command,
)
from autocut_tray.core.runtime.probes.machine import Machine
from autocut_tray.core.runtime.profile import Backend

OLLAMA = "http://127.0.0.1:11434"
LMSTUDIO = "http://127.0.0.1:1234"


class Pc:
    """A made-up machine whose disk is a folder."""

    def __init__(self, folder: Path, system: str) -> None:
        self.root = folder / "root"
        self.home = folder / "root" / "home" / "me"
        self.here = folder / "here"
        for made in (self.root, self.home, self.here):
            made.mkdir(parents=True)
        self.environ: dict[str, str] = (
            {"LOCALAPPDATA": r"C:\Users\me\AppData\Local"} if system == "win32" else {}
        )
        self.machine = Machine(
            system=system, processor="x", root=self.root, home=self.home, environ=self.environ
        )

    def put(self, file: str | Path) -> Path:
        made = file if isinstance(file, Path) else self.machine.path(file)
        made.parent.mkdir(parents=True, exist_ok=True)
        made.write_text("")
        made.chmod(0o755)
        return made

    def start(self, backend: Backend, address: str) -> Launch | None:
        return start_command(backend, address, self.machine, self.here)


def test_windows_starts_the_app_hidden(tmp_path: Path) -> None:
    pc = Pc(tmp_path, "win32")
    assert pc.start(Backend.OLLAMA, OLLAMA) is None
    server = pc.put(r"C:\Users\me\AppData\Local\Programs\Ollama\ollama.exe")
    assert pc.start(Backend.OLLAMA, OLLAMA) == Launch((str(server), "serve"))
    app = pc.put(r"C:\Users\me\AppData\Local\Programs\Ollama\ollama app.exe")
    assert pc.start(Backend.OLLAMA, OLLAMA) == Launch((str(app), "--hide", "--fast-startup"))


def test_macos_opens_the_app_hidden(tmp_path: Path) -> None:
    pc = Pc(tmp_path, "darwin")
    server = pc.put("/opt/homebrew/bin/ollama")
    assert pc.start(Backend.OLLAMA, OLLAMA) == Launch((str(server), "serve"))
    bundle = pc.put(pc.home / "Applications/Ollama.app/Contents/Info.plist").parents[1]
    launch = pc.start(Backend.OLLAMA, OLLAMA)
    assert launch is not None
    assert launch.command == ("/usr/bin/open", "-j", "-a", str(bundle), "--args", "--fast-startup")


def test_linux_starts_the_service_where_there_is_one(tmp_path: Path) -> None:
    pc = Pc(tmp_path, "linux")
    server = pc.put("/usr/local/bin/ollama")
    assert pc.start(Backend.OLLAMA, OLLAMA) == Launch((str(server), "serve"))
    pc.put("/etc/systemd/system/ollama.service")
    systemctl = pc.put("/usr/bin/systemctl")
    assert pc.start(Backend.OLLAMA, OLLAMA) == Launch((str(server), "serve"))  # systemd does not run
    pc.put("/run/systemd/system/x")
    launch = pc.start(Backend.OLLAMA, OLLAMA)
    assert launch == Launch(
        (str(systemctl), "start", "ollama.service"), limit_seconds=PASSWORD_SECONDS, asks=True
    )


@pytest.mark.parametrize(
    ("address", "listens_at"),
    [
        (OLLAMA, None),
        ("http://127.0.0.1:11500", "127.0.0.1:11500"),
        ("http://[::1]:11500", "[::1]:11500"),
    ],
)
def test_a_server_listens_where_we_look_for_it(tmp_path: Path, address: str, listens_at: str | None) -> None:
    pc = Pc(tmp_path, "linux")
    pc.put("/usr/local/bin/ollama")
    launch = pc.start(Backend.OLLAMA, address)
    assert launch is not None and launch.environment.get("OLLAMA_HOST") == listens_at
    pc.environ["OLLAMA_HOST"] = "0.0.0.0:11500"  # the person's own word stays
    launch = pc.start(Backend.OLLAMA, address)
    assert launch is not None and not launch.environment


@pytest.mark.parametrize(("system", "tool"), [("win32", "lms.exe"), ("darwin", "lms"), ("linux", "lms")])
def test_lm_studio_by_its_own_tool(tmp_path: Path, system: str, tool: str) -> None:
    pc = Pc(tmp_path, system)
    assert pc.start(Backend.LMSTUDIO, LMSTUDIO) is None
    old = pc.put(pc.home / ".cache/lm-studio/bin" / tool)
    assert pc.start(Backend.LMSTUDIO, LMSTUDIO) == Launch((str(old), "server", "start", "--port", "1234"))
    new = pc.put(pc.home / ".lmstudio/bin" / tool)
    launch = pc.start(Backend.LMSTUDIO, "http://localhost:4321")
    assert launch == Launch((str(new), "server", "start", "--port", "4321"))


def test_the_search_path_counts_without_the_current_folder(tmp_path: Path) -> None:
    pc = Pc(tmp_path, "linux")
    here = pc.root / "here"
    pc.put("/here/ollama")
    pc.put(Path(here / "sub" / "ollama"))
    pc.environ["PATH"] = ":".join([".", "", "sub", "/here", "/tools"])
    found = lambda: find_program("ollama", (), pc.machine, here)  # noqa: E731
    assert found() is None
    good = pc.put("/tools/ollama")
    assert found() == str(good)
    if os.name != "nt":
        good.chmod(0o644)
        assert found() is None


def test_windows_search_path(tmp_path: Path) -> None:
    pc = Pc(tmp_path, "win32")
    good = pc.put(r"D:\tools\ollama.exe")
    pc.put(r"C:\here\ollama.exe")
    pc.environ["PATH"] = r'.;C:here;\here;"C:\here";D:\tools'
    assert find_program("ollama.exe", (), pc.machine, pc.machine.path(r"C:\here")) == str(good)


def test_a_frozen_build_hands_on_the_persons_own_libraries() -> None:
    environ = {"PATH": "/bin", "LD_LIBRARY_PATH": "/app", "LD_LIBRARY_PATH_ORIG": "/own"}
    assert outside_environment(environ, frozen=True) == {"PATH": "/bin", "LD_LIBRARY_PATH": "/own"}
    del environ["LD_LIBRARY_PATH_ORIG"]
    assert outside_environment(environ, frozen=True) == {"PATH": "/bin"}
    assert outside_environment(environ, frozen=False) == environ


def test_our_keys_do_not_travel_to_a_server_that_we_start() -> None:
    environ = {"PATH": "/bin", "OLLAMA_HOST": "127.0.0.1", "OPENAI_API_KEY": "sk-1", "LM_API_TOKEN": "t"}
    kept = outside_environment(environ | {"DeepSeek_API_Key": "ds"}, frozen=False)
    assert kept == {"PATH": "/bin", "OLLAMA_HOST": "127.0.0.1"}


def test_a_started_process_is_one_of_its_own(tmp_path: Path) -> None:
    told = tmp_path / "told"
    program = (
        "import os, sys; open(sys.argv[1], 'w').write(f'{os.getsid(0) == os.getpid()} {os.environ[\"X\"]}')"
    )
    if os.name == "nt":
        program = "import os, sys; open(sys.argv[1], 'w').write('True ' + os.environ['X'])"
    process = spawn(Launch((sys.executable, "-c", program, str(told)), {"X": "yes"}))
    process.wait(20)  # type: ignore[attr-defined]
    assert process.poll() == 0 and told.read_text() == "True yes"
