"""Several pictures of a long scene in one request, and what happens where that is too much."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autocut_tray.core.analyzers.base import DescribeRequest
from autocut_tray.core.analyzers.pictures import PictureAllowance, PictureChoice
from autocut_tray.core.analyzers.probe_picture import probe_picture
from autocut_tray.core.cancel import CancelToken
from autocut_tray.core.errors import BackendError, FailureClass
from autocut_tray.core.policy.picture_limits import Fewer, PictureLimit
from tests.analyzers.conftest import SMALL, Bench, _good, lmstudio_bench, ollama_bench, one_scene
from tests.servers.answer_faults import Blank, NotJson
from tests.servers.fake_lmstudio import FakeLmStudio, StudioModel
from tests.servers.fake_ollama import FakeOllama
from tests.servers.ollama_faults import ErrorAnswer
from tests.servers.ollama_store import OllamaModel
from tests.servers.wire_faults import Reply

ONE_IMAGE = "vision model only supports a single image per message"
AT_MOST = "At most 2 image(s) may be provided in one prompt."


def marked(number: int) -> bytes:
    """The same picture in another file: with a restart interval of none, and something that counts."""
    jpeg = probe_picture()
    return jpeg[:20] + b"\xff\xdd\x00\x04\x00\x00" * (number + 1) + jpeg[20:]


def long_scene(before: int = 1, after: int = 2, *, small: bool = True) -> DescribeRequest:
    return replace(
        one_scene(small=small),
        before=tuple(marked(n) for n in range(before)),
        after=tuple(marked(before + n) for n in range(after)),
    )


def sent(bench: Bench, at: int = 0) -> list[bytes]:
    """The pictures of one request, in order; what is bared of them is as we made it."""
    message = bench.asked[at].json["messages"][0]
    if isinstance(message["content"], str):
        texts = message["images"]
    else:
        texts = [p["image_url"]["url"].split(",")[1] for p in message["content"] if "image_url" in p]
    return [base64.b64decode(text) for text in texts]


@pytest.fixture
def qwen() -> Iterator[Bench]:
    with FakeOllama([OllamaModel("qwen2.5vl:7b")]) as server:
        server.answer = _good
        bench = ollama_bench(server, "qwen2.5vl:7b")
        yield bench
        bench.close()


@pytest.fixture
def gemma() -> Iterator[Bench]:
    with FakeLmStudio([StudioModel("gemma-3-4b")]) as server:
        server.answer = _good
        bench = lmstudio_bench(server, "gemma-3-4b")
        yield bench
        bench.close()


@pytest.fixture(params=["qwen", "gemma", "openai", "deepseek"])
def several(request: pytest.FixtureRequest) -> Bench:
    found: Bench = request.getfixturevalue(request.param)
    return found


def test_all_go_in_one_request_in_order_of_time(several: Bench) -> None:
    result = several.analyzer().describe(long_scene(), CancelToken())
    assert len(several.asked) == 1 and len(sent(several)) == 4
    assert (result.pictures, result.fewer) == (4, None)
    (prompt,) = several.prompts()
    assert "4 frames of one scene" in prompt and "order of time" in prompt


def test_order_of_time_is_kept(qwen: Bench) -> None:
    request = long_scene()
    qwen.analyzer().describe(request, CancelToken())
    assert tuple(sent(qwen)) == request.jpegs == (marked(0), probe_picture(), marked(1), marked(2))


def test_the_question_about_several_is_in_the_language_of_the_answer(qwen: Bench) -> None:
    qwen.analyzer().describe(replace(long_scene(), language="zh-CN"), CancelToken())
    (prompt,) = qwen.prompts()
    assert "4 帧" in prompt and "先后" in prompt and "$" not in prompt


def test_one_picture_is_asked_about_as_one(qwen: Bench) -> None:
    result = qwen.analyzer().describe(one_scene(), CancelToken())
    assert (result.pictures, result.fewer) == (1, None)
    assert "one frame of a video" in qwen.prompts()[0]


def test_a_model_of_which_nothing_is_known_gets_the_key_frame(ollama: Bench) -> None:
    result = ollama.analyzer().describe(long_scene(), CancelToken())
    assert sent(ollama) == [probe_picture()]
    assert (result.pictures, result.fewer) == (1, Fewer.UNKNOWN)


def test_the_person_may_want_fewer(qwen: Bench) -> None:
    wanted = [2]
    analyzer = qwen.analyzer(pictures=lambda: wanted[0])
    result = analyzer.describe(long_scene(), CancelToken())
    assert sent(qwen) == [probe_picture(), marked(2)], "the key frame and what is farthest from it"
    assert (result.pictures, result.fewer) == (2, Fewer.SETTING)
    wanted[0] = 4
    assert analyzer.describe(long_scene(), CancelToken()).pictures == 4, "a change counts at once"


@pytest.mark.parametrize(
    ("text", "why"),
    [(ONE_IMAGE, Fewer.REFUSED), ("request (9015 tokens) exceeds the available context size", Fewer.ROOM)],
)
def test_a_server_that_refuses_several_gets_fewer_at_once_and_from_then_on(
    qwen: Bench, text: str, why: Fewer
) -> None:
    qwen.server.faults.add(ErrorAnswer(400, text), path=qwen.chat, times=2)
    analyzer = qwen.analyzer()
    result = analyzer.describe(long_scene(), CancelToken())
    assert [len(sent(qwen, at)) for at in range(3)] == [4, 2, 1]
    assert (result.pictures, result.fewer) == (1, why)
    again = analyzer.describe(long_scene(), CancelToken())
    assert len(qwen.asked) == 4, "it is not tried again with the next scene"
    assert (again.pictures, again.fewer) == (1, why)


def test_a_server_with_a_limit_gets_as_many_as_it_takes(openai: Bench) -> None:
    refusal = {"error": {"message": AT_MOST, "type": "BadRequestError", "code": 400}}
    openai.server.faults.add(Reply(400, refusal), path=openai.chat)
    result = openai.analyzer().describe(long_scene(), CancelToken())
    assert (result.pictures, result.fewer) == (2, Fewer.REFUSED)


def test_a_refusal_that_one_picture_does_not_heal_teaches_nothing(qwen: Bench) -> None:
    qwen.server.faults.add(ErrorAnswer(400, "something else is wrong"), path=qwen.chat, times=3)
    analyzer = qwen.analyzer()
    with pytest.raises(BackendError) as caught:
        analyzer.describe(long_scene(), CancelToken())
    assert caught.value.code == "request_refused"
    assert analyzer.describe(long_scene(), CancelToken()).pictures == 4


@pytest.mark.parametrize("fault", [NotJson(), Blank()], ids=["talk", "blank"])
def test_an_unusable_answer_to_several_is_asked_for_again_with_one(
    qwen: Bench, fault: NotJson | Blank
) -> None:
    qwen.server.faults.add(fault, path=qwen.chat)
    analyzer = qwen.analyzer()
    result = analyzer.describe(long_scene(), CancelToken())
    assert len(sent(qwen, 1)) == 1 and result.pictures == 1 and result.fewer is not None
    assert analyzer.describe(long_scene(), CancelToken()).pictures == 4, "once is no rule"


def test_memory_that_ran_out_gets_the_small_key_frame(qwen: Bench) -> None:
    qwen.server.faults.add(ErrorAnswer(500, "cudaMalloc failed: out of memory"), path=qwen.chat)
    result = qwen.analyzer().describe(long_scene(), CancelToken())
    assert sent(qwen, 1) == [SMALL]
    assert (result.pictures, result.fewer) == (1, Fewer.ROOM)


def test_the_ledger_counts_every_picture(openai: Bench) -> None:
    openai.analyzer().describe(long_scene(), CancelToken())
    openai.analyzer().describe(one_scene(), CancelToken())
    assert openai.rig is not None
    one, four = openai.rig.door.ledger.entries()
    assert (one.frames, four.frames) == (1, 4)
    assert (one.pixels, four.pixels) == (64 * 64, 4 * 64 * 64)
    assert four.bytes - one.bytes > 3 * len(probe_picture())


# -- which pictures are chosen


def request_of(before: int, after: int) -> DescribeRequest:
    return replace(
        one_scene(small=False),
        jpeg=b"key",
        before=tuple(b"b%d" % n for n in range(before)),
        after=tuple(b"a%d" % n for n in range(after)),
    )


@given(before=st.integers(0, 3), after=st.integers(0, 3), most=st.integers(1, 4))
def test_whatever_the_limit_the_key_frame_goes_in_order(before: int, after: int, most: int) -> None:
    request = request_of(before, after)
    choice = PictureChoice(request, PictureAllowance(lambda: PictureLimit(most, Fewer.MODEL)))
    jpegs = choice.jpegs(small=False)
    assert b"key" in jpegs and len(jpegs) == min(most, len(request.jpegs))
    places = [request.jpegs.index(jpeg) for jpeg in jpegs]
    assert places == sorted(places)
    assert (choice.fewer is None) is (len(jpegs) == len(request.jpegs))


def test_a_server_that_is_not_there_says_nothing_about_pictures() -> None:
    choice = PictureChoice(request_of(1, 1), PictureAllowance(lambda: PictureLimit(4, Fewer.MODEL)))
    assert not choice.failed(BackendError(FailureClass.DOWN, "server_refused"), 3)
    assert len(choice.jpegs(small=False)) == 3
    assert not choice.failed(BackendError(FailureClass.DOWN, "runner_crashed"), 3)
    assert choice.jpegs(small=False) == (b"key",) and choice.fewer is Fewer.FAILED
