"""The real server with the tiny model: what the contract says of llama.cpp, seen again."""

from __future__ import annotations

import base64
import json
import threading
from pathlib import Path
from typing import Any

import pytest

from tests.servers import real_server
from tests.servers.pictures import png
from tests.servers.real_server import RealServer, ServerFailedError
from tests.servers.tiny_vlm import TinyVlm, write_tiny_vlm
from tests.servers_test.client import Answer, call

pytestmark = pytest.mark.skipif(not real_server.available(), reason="xllamacpp or gguf is not installed")


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> TinyVlm:
    return write_tiny_vlm(tmp_path_factory.mktemp("models"))


def chat(server: RealServer, colour: tuple[int, int, int] | bytes = (200, 0, 0), **more: Any) -> Answer:
    picture = colour if isinstance(colour, bytes) else png(colour=colour)
    url = "data:image/png;base64," + base64.b64encode(picture).decode()
    content = [{"type": "text", "text": "Describe."}, {"type": "image_url", "image_url": {"url": url}}]
    body = {
        "model": "x",
        "messages": [{"role": "user", "content": content}],
        "temperature": 0,
        "max_tokens": 200,
        **more,
    }
    headers = {"Authorization": f"Bearer {server.api_key}"}
    return call("POST", server.base_url + "/chat/completions", body, headers=headers)


def test_vision(files: TinyVlm) -> None:
    with RealServer(files, api_key="key") as server:
        red, again, green = (
            chat(server, colour).json["choices"][0]["message"]["content"]
            for colour in ((200, 0, 0), (200, 0, 0), (0, 200, 0))
        )
        assert red == again != green
        schema = {"type": "object", "properties": {"summary": {"type": "string"}}, "required": ["summary"]}
        wanted = {"type": "json_schema", "json_schema": {"name": "x", "schema": schema}}
        answer = chat(server, response_format=wanted).json["choices"][0]
        assert set(json.loads(answer["message"]["content"])) == {"summary"}
        assert chat(server, b"no picture").status == 400
        listed = call("GET", server.base_url + "/models", headers={"Authorization": "Bearer key"}).json
        assert listed["data"][0]["id"] == "tiny-vlm"
        refused = call("GET", server.base_url + "/models")
        assert (refused.status, refused.json["error"]["code"]) == (401, 401)


def test_text_only(files: TinyVlm) -> None:
    with RealServer(files, vision=False) as server:
        answer = chat(server)
        assert answer.status == 500
        assert answer.json["error"]["message"].startswith("image input is not supported")


def test_kill_and_restart_on_the_same_port(files: TinyVlm) -> None:
    with RealServer(files) as server:
        port = server.port
        broken: list[BaseException] = []

        def long_answer() -> None:
            try:
                chat(server, ignore_eos=True, max_tokens=3500)
            except Exception as error:
                broken.append(error)

        thread = threading.Thread(target=long_answer)
        thread.start()
        thread.join(0.1)
        server.kill()
        thread.join()
        assert broken and not server.running
        server.start()
        assert server.port == port and chat(server).status == 200
        server.restart()
        assert server.port == port and server.running


def test_failure_is_told(tmp_path: Path) -> None:
    broken = TinyVlm(tmp_path / "none.gguf", tmp_path / "none.mmproj")
    with pytest.raises(ServerFailedError, match="Failed to init server"):
        RealServer(broken).start()
