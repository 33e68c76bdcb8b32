"""The document that programs read, and documents that people write."""

from __future__ import annotations

import json
import math
import os
import stat
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autocut_tray.core.errors import InputError
from autocut_tray.core.runtime.profile import (
    Backend,
    Change,
    Confidence,
    Cpu,
    CpuScore,
    Davinci,
    Gpu,
    GpuKind,
    Memory,
    Model,
    ModelServer,
    Outcome,
    ProbeReport,
    ProfileClass,
    RuntimeProfile,
    cpu_score,
)
from autocut_tray.core.runtime.profile_json import ProfileStore, from_json, read_profile, to_json
from tests.runtime.profiles import EDITING_PC, RTX_4060, UHD_770

HIGH, MID, LOW = ProfileClass.LOCAL_GPU_HIGH, ProfileClass.LOCAL_GPU_MID, ProfileClass.LOCAL_GPU_LOW
CPU, HYBRID = ProfileClass.LOCAL_CPU_ONLY, ProfileClass.CLOUD_HYBRID


def through_text(profile: RuntimeProfile) -> RuntimeProfile:
    return from_json(json.loads(json.dumps(to_json(profile), ensure_ascii=False)))


# ---- writing ---------------------------------------------------------------------------------------------


def test_every_promised_key_is_there() -> None:
    document = to_json(EDITING_PC, ["One.", "Two."], degraded=True, degradation_reason="VRAM")
    assert document["schema"] == 1
    assert document["detected_at"] == 1_795_172_070.25
    assert document["cpu"] == {
        "name": "Intel(R) Core(TM) i7-13700",
        "cores": 16,
        "threads": 24,
        "score": "ultra",
    }
    memory = document["memory"]
    assert (memory["total_gb"], memory["available_gb"], memory["swap_gb"]) == (31.9, 20.0, 8.0)
    card = {
        "name": "NVIDIA GeForce RTX 4060",
        "vendor": "NVIDIA",
        "kind": "discrete",
        "vram_gb": 8.0,
        "vram_total_mib": 8188,
        "vram_used_mib": 1033,
        "driver": "560.94",
        "source": "nvml",
        "confidence": "exact",
    }
    assert document["gpu"].items() >= card.items()
    assert document["gpus"][0] == document["gpu"]
    assert document["gpus"][1]["kind"] == "integrated"
    assert document["gpus"][1]["vram_gb"] is None
    ollama = document["ai_runtime"]["ollama"]
    assert {key: ollama[key] for key in ("installed", "reachable", "host", "remote", "version")} == {
        "installed": True,
        "reachable": True,
        "host": "http://127.0.0.1:11434",
        "remote": False,
        "version": "0.33.0",
    }
    assert ollama["models"][0] == {
        "name": "moondream:latest",
        "size_bytes": 1_738_451_197,
        "quantization": "Q4_0",
        "vision": True,
        "cloud": False,
        "loaded": True,
        "vram_bytes": 2_314_567_890,
    }
    assert document["ai_runtime"]["lmstudio"].keys() == ollama.keys()
    assert document["editor"]["davinci"].keys() == {
        "installed",
        "path",
        "version",
        "edition",
        "running",
        "busy",
    }
    assert document["editor"]["others"] == ["Kdenlive"]
    assert document["profile_class"] == "LOCAL_GPU_MID"
    assert (document["degraded"], document["degradation_reason"]) == (True, "VRAM")
    assert document["explanation"] == ["One.", "Two."]
    assert document["probes"][0].items() >= {"name": "cpu", "outcome": "ok", "ms": 3}.items()
    assert document["changes"] == []


def test_without_a_card_of_its_own_gpu_is_null() -> None:
    document = to_json(replace(EDITING_PC, gpus=(UHD_770,)))
    assert document["gpu"] is None
    assert [gpu["name"] for gpu in document["gpus"]] == ["Intel UHD Graphics 770"]
    assert (document["degraded"], document["degradation_reason"]) == (False, None)


def test_unified_memory_is_a_gpu() -> None:
    apple = Gpu("Apple M2 Max", "Apple", GpuKind.UNIFIED, 32768, None, None, "sysctl", Confidence.DERIVED, 0)
    assert to_json(replace(EDITING_PC, gpus=(apple,)))["gpu"]["kind"] == "unified"


def test_changes_have_a_text_where_a_translator_is_given() -> None:
    profile = replace(EDITING_PC, changes=(Change("change-gpu-gone", {"gpu": "GTX 1080"}),))
    plain = {"code": "change-gpu-gone", "params": {"gpu": "GTX 1080"}}
    assert to_json(profile)["changes"] == [plain]
    told = to_json(profile, translate=lambda said: f"{said.params['gpu']} is gone")["changes"]
    assert told == [{**plain, "text": "GTX 1080 is gone"}]


# ---- round trip ------------------------------------------------------------------------------------------


def test_what_was_written_is_read_exactly() -> None:
    profile = replace(
        EDITING_PC,
        changes=(Change("change-driver", {"vendor": "NVIDIA", "before": "1", "after": "2"}),),
        probes=(ProbeReport("nvidia", Outcome.TIMEOUT, 2000, "no answer in 2 s"),),
    )
    assert through_text(profile) == profile


texts = st.none() | st.text(min_size=1, max_size=12)
flags = st.none() | st.booleans()
sizes = st.integers(1, 16_000_000)


@st.composite
def gpus(draw: st.DrawFn) -> Gpu:
    total = draw(st.none() | sizes)
    return Gpu(
        name=draw(texts),
        vendor=draw(texts),
        kind=draw(st.none() | st.sampled_from(GpuKind)),
        vram_total_mib=total,
        vram_used_mib=draw(st.none() | st.integers(0, total if total is not None else 16_000_000)),
        driver=draw(texts),
        source=draw(texts),
        confidence=draw(st.none() | st.sampled_from(Confidence)),
        index=draw(st.none() | st.integers(0, 15)),
    )


@st.composite
def servers(draw: st.DrawFn) -> ModelServer:
    model = st.builds(
        Model,
        name=st.text(min_size=1, max_size=12).filter(lambda name: not name.lower().endswith("cloud")),
        size_bytes=st.none() | st.integers(0, 10**14),
        quantization=texts,
        vision=flags,
        cloud=st.booleans(),
        loaded=flags,
        vram_bytes=st.none() | st.integers(0, 10**14),
    )
    return ModelServer(
        installed=draw(flags),
        reachable=draw(flags),
        host=draw(st.none() | st.sampled_from(["http://127.0.0.1:11434", "http://10.0.0.5:1"])),
        remote=draw(st.booleans()),
        version=draw(texts),
        models=tuple(draw(st.lists(model, max_size=3))),
        problem=draw(texts),
    )


@st.composite
def profiles(draw: st.DrawFn) -> RuntimeProfile:
    threads = draw(st.none() | st.integers(1, 512))
    total = draw(st.none() | sizes)
    return RuntimeProfile(
        detected_at=draw(st.none() | st.floats(0, 4e9)),
        cpu=Cpu(
            draw(texts),
            draw(st.none() | st.integers(1, 256)),
            threads,
            cpu_score(threads) or draw(st.none() | st.sampled_from(CpuScore)),
        ),
        memory=Memory(
            total,
            draw(st.none() | st.integers(0, total if total is not None else 16_000_000)),
            draw(st.none() | st.integers(0, 16_000_000)),
        ),
        gpus=tuple(draw(st.lists(gpus(), max_size=3))),
        ollama=draw(servers()),
        lmstudio=draw(servers()),
        davinci=draw(st.builds(Davinci, flags, texts, texts, texts, flags, flags)),
        other_editors=tuple(draw(st.lists(st.text(max_size=9), max_size=2))),
        profile_class=draw(st.sampled_from(ProfileClass)),
        probes=tuple(
            draw(
                st.lists(
                    st.builds(
                        ProbeReport,
                        st.text(max_size=9),
                        st.sampled_from(Outcome),
                        st.integers(0, 9999),
                        texts,
                    ),
                    max_size=3,
                )
            )
        ),
        changes=(),
    )


@given(profiles())
def test_any_profile_survives_the_round_trip(profile: RuntimeProfile) -> None:
    read = through_text(profile)
    assert replace(read, profile_class=profile.profile_class) == profile


# ---- documents of people ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ({}, CPU),
        ({"gpu": {"name": "RTX 4060", "vram_gb": 7.99}}, MID),
        ({"gpu": {"name": "RTX 4080", "vram_gb": 15.99}}, HIGH),
        ({"gpu": {"vram_gb": 15.4}}, MID),
        ({"gpu": {"vram_gb": 7.4}}, LOW),
        ({"gpu": {"vram_gb": 3.9}}, LOW),
        ({"gpu": {"vram_gb": 3.4}}, CPU),
        ({"gpu": {"vram_gb": 24}}, HIGH),
        ({"gpu": {"vram_gb": 24, "vram_total_mib": 6144}}, LOW),
        ({"gpu": {"vram_gb": 24, "kind": "integrated"}}, CPU),
        ({"gpu": {"vram_gb": 24, "kind": "unified"}}, CPU),
        ({"gpu": {"vram_gb": 24, "kind": None}}, HIGH),
        ({"gpus": [{"name": "RTX 3060", "vram_gb": 12}]}, MID),
        ({"gpu": None}, CPU),
        ({"profile_class": "LOCAL_GPU_LOW"}, LOW),
        ({"profile_class": "LOCAL_GPU_LOW", "gpu": {}}, LOW),
        ({"profile_class": "LOCAL_GPU_LOW", "gpus": []}, LOW),
        ({"profile_class": "LOCAL_GPU_LOW", "cpu": {"threads": 8}}, LOW),
        ({"profile_class": "LOCAL_GPU_LOW", "gpu": {"name": "RTX 4090"}}, LOW),
        ({"profile_class": "LOCAL_GPU_LOW", "gpu": {"vram_gb": 16}}, HIGH),
        ({"profile_class": "LOCAL_GPU_HIGH", "gpu": None}, CPU),
        ({"profile_class": "LOCAL_GPU_HIGH", "gpus": [{"kind": "integrated"}]}, CPU),
        ({"profile_class": "CLOUD_HYBRID", "gpu": {"vram_gb": 16}}, HYBRID),
        ({"gpu": {"vram_gb": 16}, "ai_runtime": {"ollama": {"remote": True, "reachable": True}}}, HYBRID),
        ({"gpu": {"vram_gb": 16}, "ai_runtime": {"ollama": {"host": "10.0.0.5"}}}, HYBRID),
        ({"gpu": {"vram_gb": 16}, "ai_runtime": {"ollama": {"host": "10.0.0.5", "reachable": False}}}, HIGH),
        ({"gpu": {"vram_gb": 16}, "ai_runtime": {"ollama": {"host": "http://localhost:11434"}}}, HIGH),
    ],
)
def test_the_class_of_a_hand_made_document(document: dict[str, Any], expected: ProfileClass) -> None:
    assert from_json(document).profile_class is expected


def test_what_is_missing_is_unknown() -> None:
    empty = from_json({})
    assert empty.cpu == Cpu(None, None, None, None)
    assert empty.memory == Memory(None, None, None)
    assert empty.gpus == ()
    assert empty.ollama == empty.lmstudio == ModelServer(None, None, None, False, None)
    assert empty.davinci == Davinci(installed=None)
    assert (empty.detected_at, empty.other_editors, empty.probes) == (None, (), ())
    nulls = dict.fromkeys(("cpu", "memory", "ai_runtime", "editor", "probes", "gpus", "schema"), None)
    assert from_json(nulls) == empty


def test_a_minimal_card() -> None:
    (gpu,) = from_json({"gpu": {"name": "RTX 4060", "vram_gb": 7.99}}).gpus
    assert (gpu.name, gpu.kind, gpu.vram_total_mib) == ("RTX 4060", GpuKind.DISCRETE, 8181)


def test_minimal_memory_processor_and_models() -> None:
    profile = from_json(
        {
            "cpu": {"threads": 16},
            "memory": {"total_gb": 16, "available_gb": 7.5},
            "ai_runtime": {
                "ollama": {"reachable": True, "models": [{"name": "moondream"}, {"name": "qwen:cloud"}]}
            },
        }
    )
    assert profile.cpu == Cpu(None, None, 16, CpuScore.HIGH)
    assert profile.memory == Memory(16384, 7680, None)
    moondream, cloud = profile.server(Backend.OLLAMA).models
    assert (moondream.vision, moondream.cloud) == (None, False)
    assert cloud.cloud, "the name alone is enough"
    assert from_json({"cpu": {"score": "low"}}).cpu.score is CpuScore.LOW
    assert from_json({"cpu": {"score": "low", "threads": 32}}).cpu.score is CpuScore.ULTRA


def test_a_changed_gpu_wins_over_the_list() -> None:
    document = to_json(EDITING_PC)
    document["gpu"] = {"name": "RTX 4090", "vram_gb": 24}
    changed = from_json(document)
    assert [gpu.name for gpu in changed.gpus] == ["RTX 4090", "Intel UHD Graphics 770"]
    assert changed.profile_class is HIGH
    document["gpu"] = None
    taken_out = from_json(document)
    assert [gpu.name for gpu in taken_out.gpus] == ["Intel UHD Graphics 770"]
    assert taken_out.profile_class is CPU


def test_a_server_on_the_list_of_gpus_need_not_be_the_first() -> None:
    second = replace(RTX_4060, name="NVIDIA T400", vram_total_mib=2048, index=1)
    profile = replace(EDITING_PC, gpus=(second, RTX_4060, UHD_770))
    assert through_text(profile) == profile


@pytest.mark.parametrize("value", [0, -8, math.nan, math.inf, 1e30, 10**400])
def test_figures_that_cannot_be_are_unknown(value: float) -> None:
    profile = from_json(
        {
            "gpu": {"vram_gb": value},
            "memory": {"total_mib": value},
            "cpu": {"threads": value if value not in (1e30, 10**400) else 0},
        }
    )
    assert profile.gpus[0].vram_total_mib is None
    assert profile.memory.total_mib is None
    assert profile.cpu.threads is None
    assert profile.profile_class is CPU


def test_more_used_than_there_is() -> None:
    (gpu,) = from_json({"gpu": {"vram_total_mib": 8188, "vram_used_mib": 9000}}).gpus
    assert (gpu.vram_total_mib, gpu.vram_used_mib) == (8188, None)


@pytest.mark.parametrize(
    ("document", "code", "key"),
    [
        ({"gpu": {"vram_gb": "8"}}, "error-profile-number", "gpu.vram_gb"),
        ({"gpu": {"vram_gb": True}}, "error-profile-number", "gpu.vram_gb"),
        ({"gpu": {"name": 4060}}, "error-profile-text", "gpu.name"),
        ({"gpu": "RTX 4060"}, "error-profile-object", "gpu"),
        ({"gpu": {"kind": "big"}}, "error-profile-choice", "gpu.kind"),
        ({"gpus": {"name": "x"}}, "error-profile-list", "gpus"),
        ({"gpus": ["x"]}, "error-profile-object", "gpus[0]"),
        ({"cpu": []}, "error-profile-object", "cpu"),
        ({"cpu": {"threads": 7.5}}, "error-profile-whole", "cpu.threads"),
        ({"memory": {"total_gb": [16]}}, "error-profile-number", "memory.total_gb"),
        ({"ai_runtime": {"ollama": {"reachable": 1}}}, "error-profile-flag", "ai_runtime.ollama.reachable"),
        (
            {"ai_runtime": {"ollama": {"models": [{}]}}},
            "error-profile-text",
            "ai_runtime.ollama.models[0].name",
        ),
        ({"editor": {"others": [1]}}, "error-profile-text", "editor.others[0]"),
        ({"profile_class": "GPU"}, "error-profile-choice", "profile_class"),
        ({"profile_class": 3}, "error-profile-text", "profile_class"),
        ({"schema": "1"}, "error-profile-number", "schema"),
        ([], "error-profile-document", None),
        ("text", "error-profile-document", None),
        (None, "error-profile-document", None),
    ],
)
def test_a_value_of_the_wrong_kind_is_named(document: Any, code: str, key: str | None) -> None:
    with pytest.raises(InputError) as caught:
        from_json(document)
    assert caught.value.code == "profile_invalid"
    assert caught.value.message.code == code
    assert caught.value.message.params.get("key") == key
    assert caught.value.hint is not None


def test_a_newer_document_is_read_as_far_as_it_goes() -> None:
    profile = from_json(
        {
            "schema": 7,
            "gpu": {"name": "RTX 9090", "vram_gb": 48, "kind": "external", "new_key": [1]},
            "profile_class": "LOCAL_NPU",
            "npu": {"tops": 50},
        }
    )
    assert profile.gpus[0].kind is None
    assert profile.profile_class is CPU


# ---- files -----------------------------------------------------------------------------------------------


def test_the_last_profile_is_kept_and_found_again(tmp_path: Path) -> None:
    store = ProfileStore(tmp_path / "data" / "runtime_profile.json")
    assert store.load() is None
    store.save(EDITING_PC)
    assert store.load() == EDITING_PC
    store.save(replace(EDITING_PC, detected_at=5.0))
    assert store.load() == replace(EDITING_PC, detected_at=5.0)
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["runtime_profile.json"]


@pytest.mark.skipif(sys.platform == "win32", reason="modes are POSIX")
def test_only_this_person_may_read_it(tmp_path: Path) -> None:
    path = tmp_path / "runtime_profile.json"
    ProfileStore(path).save(EDITING_PC)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_undecodable_names_are_kept(tmp_path: Path) -> None:
    path = os.fsdecode(b"/media/caf\xe9/resolve")
    profile = replace(EDITING_PC, davinci=replace(EDITING_PC.davinci, path=path))
    store = ProfileStore(tmp_path / "p.json")
    store.save(profile)
    assert store.load() == profile


def test_a_failed_write_leaves_the_old_profile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = ProfileStore(tmp_path / "p.json")
    store.save(EDITING_PC)

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        store.save(replace(EDITING_PC, detected_at=1.0))
    monkeypatch.undo()
    assert store.load() == EDITING_PC
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["p.json"]


@pytest.mark.parametrize(
    "content", [b"", b"{", b"\xff\xfe\x00", b"[1]", b'{"gpu": 3}', b"[" * 200_000, b"1" * 6000]
)
def test_a_damaged_profile_is_none(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "p.json"
    path.write_bytes(content)
    assert ProfileStore(path).load() is None
    with pytest.raises(InputError):
        read_profile(path)


def test_a_file_of_an_editor_that_writes_a_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "p.json"
    path.write_bytes(b"\xef\xbb\xbf" + b'{"gpu": {"vram_gb": 8}}')
    assert read_profile(path).profile_class is MID


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda path: None, "error-profile-unreadable"),
        (lambda path: path.mkdir(), "error-profile-unreadable"),
        (lambda path: path.write_bytes(b" " * (5 << 20)), "error-profile-too-large"),
        (lambda path: path.write_text("not json"), "error-profile-not-json"),
    ],
)
def test_why_a_named_file_cannot_be_used(tmp_path: Path, make: Any, code: str) -> None:
    path = tmp_path / "mine.json"
    make(path)
    with pytest.raises(InputError) as caught:
        read_profile(path)
    assert caught.value.message.code == code
    assert caught.value.message.params["file"] == "mine.json"
