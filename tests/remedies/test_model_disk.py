"""Where Ollama keeps its models, as far as that can be told."""

from __future__ import annotations

from pathlib import Path

import pytest

from autocut_tray.core.policy.models import LOCAL_PLANNING_MODEL
from autocut_tray.core.remedies.model_disk import ModelDisk, known_bytes, manifest_file, ollama_folders
from autocut_tray.core.runtime.probes.machine import Machine

GIB = 2**30


def machine(tmp_path: Path, system: str, **environ: str) -> Machine:
    return Machine(
        system=system, processor="x", root=tmp_path / "root", home=tmp_path / "home", environ=environ
    )


def test_candidates_are_those_that_exist(tmp_path: Path) -> None:
    linux = machine(tmp_path, "linux")
    assert ollama_folders(linux) == ()
    own = tmp_path / "home/.ollama/models"
    own.mkdir(parents=True)
    assert ollama_folders(linux) == (own,)
    service = tmp_path / "root/usr/share/ollama/.ollama/models"
    service.mkdir(parents=True)
    assert ollama_folders(linux) == (service, own)
    assert ollama_folders(machine(tmp_path, "win32")) == (own,)
    named = tmp_path / "models of mine"
    named.mkdir()
    assert ollama_folders(machine(tmp_path, "darwin", OLLAMA_MODELS=f' "{named}" ')) == (named, own)


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("moondream:latest", "registry.ollama.ai/library/moondream/latest"),
        ("moondream", "registry.ollama.ai/library/moondream/latest"),
        ("someone/tiny:q4", "registry.ollama.ai/someone/tiny/q4"),
        ("hf.co/a/b:Q4_K_M", "hf.co/a/b/Q4_K_M"),
        ("localhost:5000/a/b", "localhost:5000/a/b/latest"),
        ("../../etc/passwd", "registry.ollama.ai/etc/passwd/latest"),
    ],
)
def test_manifests(tmp_path: Path, name: str, path: str) -> None:
    assert manifest_file(tmp_path, name) == tmp_path / "manifests" / path


def test_a_place_counts_when_the_servers_models_are_there(tmp_path: Path) -> None:
    first, second = tmp_path / "a", tmp_path / "b"
    note = manifest_file(second, "moondream:latest")
    note.parent.mkdir(parents=True)
    note.touch()
    disk = ModelDisk([first, second])
    assert disk.place(["other:latest", "moondream:latest"]) == second
    assert disk.place(["other:latest"]) is None
    assert disk.place([]) is None  # two candidates and no proof
    assert ModelDisk([first]).place([]) == first
    assert ModelDisk([]).place([]) is None


def test_free_room(tmp_path: Path) -> None:
    assert (ModelDisk([]).free_bytes(tmp_path) or 0) > 0
    assert ModelDisk([]).free_bytes(tmp_path / "missing") is None


def test_partial_files(tmp_path: Path) -> None:
    disk = ModelDisk([tmp_path])
    assert not disk.has_partial(tmp_path)
    blobs = tmp_path / "blobs"
    blobs.mkdir()
    (blobs / "sha256-ab").touch()
    assert not disk.has_partial(tmp_path)
    (blobs / "sha256-cd-partial").touch()
    assert disk.has_partial(tmp_path)
    assert disk.has_partial(blobs / "sha256-ab")  # cannot be looked at


def test_known_sizes() -> None:
    assert known_bytes("moondream") == known_bytes(" Moondream:latest ") == round(1.5 * GIB)
    assert known_bytes(LOCAL_PLANNING_MODEL) == 9 * GIB
    assert known_bytes("moondream:v2-fp16") is None and known_bytes("") is None
