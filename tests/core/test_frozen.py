"""What ``@frozen`` makes is what ``@dataclass(frozen=True, slots=True)`` makes, only later."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import pickle
import re
import threading
from collections.abc import Callable
from dataclasses import KW_ONLY, FrozenInstanceError, dataclass, field
from pathlib import Path
from types import FunctionType
from typing import Any, Generic, TypeVar, get_type_hints

import pytest

from autocut_tray.core.frozen import frozen

PACKAGE = Path(__file__).parents[2] / "autocut_tray"
T = TypeVar("T")
stdlib: Callable[[type[Any]], type[Any]] = dataclass(frozen=True, slots=True)


@frozen
class Clip:
    """A file."""

    name: str
    frames: int = 0
    cuts: list[int] = field(default_factory=list)

    @property
    def empty(self) -> bool:
        return not self.frames


@frozen
class Shot(Clip):
    number: int = 1
    note: str = field(default="", compare=False, repr=False)


@frozen
class Checked:
    _: KW_ONLY
    low: float = 0.0
    high: float = 1.0

    def __post_init__(self) -> None:
        if self.low > self.high:
            raise ValueError("low above high")


@frozen
class Nothing:
    pass


@frozen
class One(Generic[T]):
    value: T

    def __repr__(self) -> str:
        return f"<{self.value}>"


def pair(make: Callable[[Callable[[type[Any]], type[Any]]], type[Any]]) -> tuple[type[Any], type[Any]]:
    """The same body under both decorators."""
    return make(frozen), make(stdlib)


def _plain(decorate: Callable[[type[Any]], type[Any]]) -> type[Any]:
    @decorate
    class Body:
        a: int
        b: tuple[int, ...] = ()
        c: dict[str, int] = field(default_factory=dict)
        d: str = field(default="", kw_only=True)

    return Body


def _undocumented_empty(decorate: Callable[[type[Any]], type[Any]]) -> type[Any]:
    @decorate
    class Body:
        """Nothing in it."""

    return Body


@pytest.mark.parametrize("make", [_plain, _undocumented_empty])
def test_fields_signature_matching_and_slots_are_those_of_the_standard_library(
    make: Callable[[Callable[[type[Any]], type[Any]]], type[Any]],
) -> None:
    ours, theirs = pair(make)
    assert [(f.name, f.type, f.kw_only) for f in dataclasses.fields(ours)] == [
        (f.name, f.type, f.kw_only) for f in dataclasses.fields(theirs)
    ]
    assert (str(inspect.signature(ours)), ours.__match_args__, ours.__slots__) == (
        str(inspect.signature(theirs)),
        theirs.__match_args__,
        theirs.__slots__,
    )
    assert ours.__init__.__annotations__ == theirs.__init__.__annotations__
    assert ours.__qualname__ == theirs.__qualname__


def test_instances_are_made_compared_hashed_and_shown_alike() -> None:
    ours, theirs = pair(_plain)
    for call in (((1,), {}), ((1, (2,)), {"d": "x"}), ((3,), {"b": (), "c": {"k": 1}})):
        assert repr(ours(*call[0], **call[1])) == repr(theirs(*call[0], **call[1]))
        assert ours(*call[0], **call[1]) == ours(*call[0], **call[1])
    assert Clip("a", 3) != Shot("a", 3) and Clip("a") != "a"
    assert hash(Checked(high=2)) == hash((0.0, 2)) and hash(Nothing()) == hash(())
    assert len({Checked(), Checked(low=0.5), Checked()}) == 2
    assert (repr(One(3)), repr(Nothing()), repr(Shot("a"))) == (
        "<3>",
        "Nothing()",
        "Shot(name='a', frames=0, cuts=[], number=1)",
    )
    assert Shot("a", note="x") == Shot("a", note="y")
    nan = float("nan")
    assert One(nan) == One(nan)  # as tuples compare


@pytest.mark.parametrize("wrong", [{}, {"name": "a", "nothing": 1}])
def test_a_wrong_call_is_refused_as_any_function_refuses_it(wrong: dict[str, Any]) -> None:
    with pytest.raises(TypeError, match=r"Clip\.__init__\(\)"):
        Clip(**wrong)


def test_nothing_can_be_changed() -> None:
    clip = Clip("a")
    with pytest.raises(FrozenInstanceError, match="cannot assign to field 'name'"):
        clip.name = "b"  # type: ignore[misc]
    with pytest.raises(FrozenInstanceError):
        clip.new = 1  # type: ignore[attr-defined]
    with pytest.raises(FrozenInstanceError, match="cannot delete field 'name'"):
        del clip.name
    assert clip == Clip("a") and not hasattr(clip, "__dict__")


def test_each_instance_gets_a_default_of_its_own() -> None:
    first, second = Clip("a"), Clip("a")
    first.cuts.append(1)
    assert second.cuts == []


def test_what_is_checked_after_init_is_checked() -> None:
    assert Checked(low=0.5).low == 0.5
    with pytest.raises(ValueError, match="low above high"):
        Checked(low=2.0)
    with pytest.raises(TypeError):
        Checked(0.5)  # type: ignore[misc]


def test_subclasses_and_the_tools_of_the_standard_library_work() -> None:
    shot = Shot("a", 3, [1], 2, "n")
    assert dataclasses.replace(shot, number=5) == Shot("a", 3, [1], 5)
    assert dataclasses.asdict(shot) == {"name": "a", "frames": 3, "cuts": [1], "number": 2, "note": "n"}
    assert not shot.empty and dataclasses.is_dataclass(shot)
    match shot:
        case Shot(name, frames):
            assert (name, frames) == ("a", 3)
    assert get_type_hints(Shot.__init__)["cuts"] == list[int]


@pytest.mark.parametrize(
    "it", [Clip("a", 3, [1]), Shot("a", note="n"), Checked(low=0.5), Nothing(), One("x")]
)
def test_copies_and_pickles_are_equal(it: object) -> None:
    assert copy.deepcopy(it) == copy.copy(it) == pickle.loads(pickle.dumps(it)) == it
    restored = pickle.loads(pickle.dumps(it))
    with pytest.raises(FrozenInstanceError):
        restored.name = "changed"


def test_init_is_compiled_for_the_first_instance_and_not_before() -> None:
    ours = _plain(frozen)
    assert not isinstance(vars(ours)["__init__"], FunctionType)

    class Sub(ours):  # type: ignore[misc, valid-type]
        pass

    assert Sub(1).a == 1
    assert isinstance(vars(ours)["__init__"], FunctionType) and "__init__" not in vars(Sub)


def test_first_instances_in_several_threads_are_whole() -> None:
    made: list[Any] = []
    for _ in range(20):
        ours = _plain(frozen)
        begin = threading.Barrier(4)

        def work(ours: type[Any] = ours, begin: threading.Barrier = begin) -> None:
            begin.wait(30)
            made.append(ours(1, d="x"))

        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert [(one.a, one.b, one.c, one.d) for one in made] == [(1, (), {}, "x")] * 80


def test_the_package_has_one_way_to_make_them() -> None:
    """``dataclass(frozen=True, slots=True)`` costs ten times as much at every start."""
    slow = re.compile(r"^ *@dataclass\(frozen=True, slots=True(, kw_only=True)?\)", re.MULTILINE)
    found = [str(file) for file in PACKAGE.rglob("*.py") if slow.search(file.read_text("utf-8"))]
    assert found == []
