"""The rules for giving memory back: as the product has them, and as a person changes them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autocut_tray.core.memory.policies import (
    FILE_NAME,
    LazyPolicies,
    ReleasePolicy,
    ResourceKind,
    load_policies,
    shipped_policies,
)
from autocut_tray.i18n import LANGUAGES, Translator

SHIPPED = shipped_policies()


def test_the_times_are_those_of_the_product() -> None:
    assert {kind.value: policy.idle_seconds for kind, policy in SHIPPED.items()} == {
        "model_shards": 300.0,
        "render_cache": 180.0,
        "temp_buffers": 30.0,
        "audio_cache": 120.0,
        "model_weights_cache": 600.0,
        "subtitle_index": 900.0,
    }
    priorities = {kind: policy.priority for kind, policy in SHIPPED.items()}
    assert max(priorities, key=lambda kind: priorities[kind]) is ResourceKind.MODEL_SHARDS
    assert [kind for kind, policy in SHIPPED.items() if policy.compress_first] == [ResourceKind.RENDER_CACHE]
    assert SHIPPED[ResourceKind.MODEL_WEIGHTS_CACHE].release_idle


def own(folder: Path, text: str | bytes) -> Path:
    file = folder / FILE_NAME
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return file


def test_a_person_changes_what_they_name_and_nothing_else(tmp_path: Path) -> None:
    policies = load_policies(
        own(tmp_path, "resources:\n  render_cache:\n    idle_seconds: 20\n    priority: 99\n")
    )
    assert policies.problems == ()
    assert policies.table[ResourceKind.RENDER_CACHE] == ReleasePolicy(20.0, 99, False, True)
    assert {k: v for k, v in policies.table.items() if k is not ResourceKind.RENDER_CACHE} == {
        k: v for k, v in SHIPPED.items() if k is not ResourceKind.RENDER_CACHE
    }


@pytest.mark.parametrize(
    ("text", "code", "needle"),
    [
        ("resources: {gpu_cache: {idle_seconds: 5}}", "memory-policy-kind", "gpu_cache"),
        ("resources: {1: {}}", "memory-policy-kind", "1"),
        ("resources: {render_cache: 5}", "memory-policy-section", "render_cache"),
        ("resources: [render_cache]", "memory-policy-section", "resources"),
        ("resources: {render_cache: {idle: 5}}", "memory-policy-key", "render_cache.idle"),
        ("extra: 1", "memory-policy-key", "extra"),
        ("resources: {render_cache: {idle_seconds: 0}}", "memory-policy-seconds", "180"),
        ("resources: {render_cache: {idle_seconds: .nan}}", "memory-policy-seconds", "nan"),
        ("resources: {render_cache: {idle_seconds: 'soon'}}", "memory-policy-seconds", "soon"),
        ("resources: {render_cache: {idle_seconds: true}}", "memory-policy-seconds", "True"),
        ("resources: {render_cache: {idle_seconds: 1" + "0" * 400 + "}}", "memory-policy-seconds", "180"),
        ("resources: {model_shards: {priority: 101}}", "memory-policy-priority", "101"),
        ("resources: {model_shards: {priority: 1.5}}", "memory-policy-priority", "1.5"),
        ("resources: {temp_buffers: {release_idle: 1}}", "memory-policy-switch", "true"),
        ("version: 2", "memory-policy-version", "2"),
        ("version: true", "memory-policy-version", "True"),
        ("resources: {render_cache: [", "memory-policy-unreadable", "1:"),
        ("- a\n- b", "memory-policy-unreadable", "list"),
        ("a: &x [1]\nb: *x", "memory-policy-unreadable", "aliases"),
        ("!!python/object/apply:os.system ['true']", "memory-policy-unreadable", "python"),
        (b"\xff\xfe\x00", "memory-policy-unreadable", ""),
        ("[" * 5000, "memory-policy-unreadable", ""),
        ("#" * 70_000, "memory-policy-unreadable", "64"),
    ],
)
def test_what_makes_no_sense_is_said_and_the_usual_rule_stays(
    tmp_path: Path, text: str | bytes, code: str, needle: str
) -> None:
    policies = load_policies(own(tmp_path, text))
    assert [problem.code for problem in policies.problems] == [code]
    assert dict(policies.table) == dict(SHIPPED)
    for language in LANGUAGES:
        words = Translator(language).text(policies.problems[0])
        assert needle in words and FILE_NAME in words and "\n" not in words


def test_a_bad_value_costs_itself_only(tmp_path: Path) -> None:
    file = own(tmp_path, "resources: {audio_cache: {idle_seconds: -1, priority: 5, shape: round}}")
    policies = load_policies(file)
    assert len(policies.problems) == 2
    assert policies.table[ResourceKind.AUDIO_CACHE] == ReleasePolicy(120.0, 5, False, False)


@given(st.text(max_size=200))
def test_no_text_is_too_strange(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    file = tmp_path_factory.mktemp("own") / FILE_NAME
    file.write_text(text, "utf-8", errors="surrogatepass")
    policies = load_policies(file)
    assert set(policies.table) == set(ResourceKind)


def test_the_file_is_read_at_the_start_only_where_there_is_one(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from autocut_tray.core.memory.policies import LazyPolicies;"
        f"rules = LazyPolicies(Path({str(tmp_path)!r}) / sys.argv[1]);"
        "before = 'yaml' in sys.modules; rules.table; print(before, 'yaml' in sys.modules, len(rules.problems))"
    )
    own(tmp_path, "version: 7")
    for name, expected in (("absent.yaml", "False True 0"), (FILE_NAME, "True True 1")):
        ran = subprocess.run(
            [sys.executable, "-c", program, name], capture_output=True, text=True, check=True
        )
        assert ran.stdout.strip() == expected


def test_a_reader_that_could_not_be_opened_half_way_is_opened_the_next_time(tmp_path: Path) -> None:
    """Python keeps the parts that came in before: without care, every later import fails for ever."""
    program = """
import builtins, errno, sys
from pathlib import Path
from autocut_tray.core.memory.policies import LazyPolicies
real, refused = builtins.__import__, []

def starved(name, names=None, *more):
    if (names or {}).get("__name__") == "yaml" and "cyaml" in name and not refused:
        refused.append(name)
        raise OSError(errno.EMFILE, "Too many open files")
    return real(name, names, *more)

builtins.__import__ = starved
rules = LazyPolicies(Path(sys.argv[1]))
try:
    rules.table
except OSError as error:
    print(error.errno == errno.EMFILE, len(rules.table))
"""
    ran = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / FILE_NAME)], capture_output=True, text=True
    )
    assert (ran.stdout.strip(), ran.stderr) == (f"True {len(SHIPPED)}", "")


def test_no_file_is_no_problem(tmp_path: Path) -> None:
    rules = LazyPolicies(tmp_path / FILE_NAME)
    assert dict(rules.table) == dict(SHIPPED) and rules.problems == ()
