"""llama.cpp's own server with a tiny random model: the schema is really enforced, errors are real."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest

from autocut_tray.core.analyzers.base import DescribeRequest, VisualAnalyzer
from autocut_tray.core.analyzers.factory import create_analyzer
from autocut_tray.core.analyzers.probe_picture import probe_picture
from autocut_tray.core.analyzers.server import Server
from autocut_tray.core.analyzers.vocabulary import vocabulary
from autocut_tray.core.cancel import CancelToken
from autocut_tray.core.clock import SystemClock
from autocut_tray.core.errors import BackendError, Cancelled, FailureClass
from autocut_tray.core.policy.governor_types import Tier
from autocut_tray.core.policy.policy import Device, Route
from autocut_tray.core.runtime.profile import Backend
from tests.analyzers.conftest import SCENE, SMALL, one_scene
from tests.egress.rig import NO_DOOR
from tests.fakes import FakeClock
from tests.servers.fixtures import own_real_server
from tests.servers.real_server import RealServer
from tests.servers.tiny_vlm import TinyVlm

__all__ = ["own_real_server"]


def analyzer_of(
    server: RealServer, *, key: str | None = None, clock: object = None, model: str = "tiny-vlm"
) -> VisualAnalyzer:
    route = Route(Tier.CPU, Backend.LMSTUDIO, model, Device.AUTO, leaves_machine=False)
    return create_analyzer(
        route,
        Server(server.base_url, key),
        NO_DOOR,
        clock=clock or SystemClock(),  # type: ignore[arg-type]
    )


@pytest.fixture
def analyzer(real_vision_server: RealServer) -> Iterator[VisualAnalyzer]:
    made = analyzer_of(real_vision_server)
    yield made
    made.close()


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_a_picture_is_described_within_the_schema(analyzer: VisualAnalyzer, language: str) -> None:
    result = analyzer.describe(one_scene(language), CancelToken())
    found, terms = result.description, vocabulary(language)
    assert found.summary and found.subjects and found.tags and found.action and found.mood
    assert found.shot in terms.shots and found.camera in terms.cameras
    assert set(found.quality) <= set(terms.qualities)
    assert result.model == "tiny-vlm" and result.seconds > 0


def test_several_pictures_in_one_request(real_vision_server: RealServer) -> None:
    made = analyzer_of(real_vision_server, model="qwen2-vl-2b")
    result = made.describe(replace(one_scene(), before=(probe_picture(),), after=(SMALL,)), CancelToken())
    made.close()
    assert result.description.summary and (result.pictures, result.fewer) == (3, None)


def test_the_same_picture_gets_the_same_words(analyzer: VisualAnalyzer) -> None:
    first, second = (analyzer.describe(one_scene(), CancelToken()).description for _ in range(2))
    assert first == second


def test_the_probe_passes(analyzer: VisualAnalyzer) -> None:
    analyzer.probe(CancelToken())


def test_bytes_that_are_no_picture_are_the_inputs_fault(analyzer: VisualAnalyzer) -> None:
    with pytest.raises(BackendError) as caught:
        analyzer.describe(DescribeRequest(SCENE, b"no picture", "en"), CancelToken())
    assert caught.value.failure is FailureClass.INPUT


def test_several_scenes_at_once(analyzer: VisualAnalyzer) -> None:
    found: list[str] = []

    def one() -> None:
        found.append(analyzer.describe(one_scene(), CancelToken()).description.summary)

    threads = [threading.Thread(target=one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4 and all(found)


def test_a_text_model_does_not_see(tiny_vlm: TinyVlm) -> None:
    with RealServer(tiny_vlm, vision=False) as server:
        made = analyzer_of(server)
        with pytest.raises(BackendError) as caught:
            made.describe(one_scene(), CancelToken())
        made.close()
    assert (caught.value.failure, caught.value.code) == (FailureClass.CONFIG, "model_has_no_vision")


def test_a_key_is_wanted_and_a_short_context_is_told(tiny_vlm: TinyVlm) -> None:
    with RealServer(tiny_vlm, api_key="sk-real-0123456789", context=256, parallel=1) as server:
        codes = []
        for key in (None, "sk-wrong-0123456789", "sk-real-0123456789"):
            made = analyzer_of(server, key=key)
            with pytest.raises(BackendError) as caught:
                made.describe(one_scene(), CancelToken())
            made.close()
            codes.append(caught.value.code)
    assert codes == ["key_needed", "key_refused", "context_exceeded"]


def test_a_killed_server_is_down_and_is_used_again_when_it_is_back(own_real_server: RealServer) -> None:
    made = analyzer_of(own_real_server, clock=FakeClock())
    assert made.describe(one_scene(), CancelToken()).description.summary
    own_real_server.kill()
    with pytest.raises(BackendError) as caught:
        made.describe(one_scene(), CancelToken())
    assert caught.value.failure is FailureClass.DOWN
    own_real_server.start()
    assert made.describe(one_scene(), CancelToken()).description.summary
    made.close()


def test_cancel_before_an_answer(analyzer: VisualAnalyzer) -> None:
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        analyzer.describe(one_scene(), token)
