"""What a report may not tell: who, where, which keys and which footage."""

from __future__ import annotations

from pathlib import Path

import pytest

from autocut_tray.core.log import SecretFilter
from autocut_tray.core.redact import Identity, Redactor

ANNA = Identity(
    homes=("/home/anna", r"C:\Users\Anna Müller"),
    users=("anna", "Anna Müller", "李雷"),
    hosts=("annas-pc",),
    secrets=("plain-value-of-a-token",),
)
VIDEOS = (
    "/mnt/Client X/wedding müller.mp4",
    r"D:\Rushes\b roll 1.mov",
    "/home/anna/interview.mxf",
    "/mnt/nas/caf\udce9.mp4",
)


@pytest.fixture
def redactor() -> Redactor:
    return Redactor(ANNA, VIDEOS, hosts=["studio-mac.local"], secrets=SecretFilter())


@pytest.mark.parametrize(
    "text",
    [
        "key sk-CANARY-0123456789",
        "sk-lm-CANARYab:CANARYcdefgh",
        "Authorization: Bearer CANARY-abcdef",
        "{'Authorization': 'Bearer CANARY-abcdef'}",
        '{"authorization": "Basic CANARYabcdef=="}',
        "bearer CANARYabcdef",
        "GET /v1/models?token=CANARY12345&page=2",
        "http://CANARY:CANARY@host.example:1234/v1",
        "https://CANARYtoken@host.example/",
        "x-api-key: CANARY12345",
        '"api_key": "CANARY12345"',
        "LM_API_TOKEN=CANARY12345",
        "password = CANARY12345",
        "eyJCANARY1234.eyJCANARY5678.CANARY9012",
        "hf_CANARY123456789",
        "Cookie: session=CANARY12345",
    ],
)
def test_secrets_of_every_shape_are_masked(redactor: Redactor, text: str) -> None:
    assert "CANARY" not in redactor.text(text)
    assert "CANARY" not in SecretFilter().redact(text), "the log masks the same"


@pytest.mark.parametrize(
    "text",
    [
        "GET http://localhost:11434/api/tags: 200",
        "VRAM 5.9 of 8.0 GB, tokens 512, key frame 12",
        "moondream:latest on http://127.0.0.1:1234/v1",
        "2026-11-20 11:51:42,001 INFO autocut_tray.core.jobs.queue [jobs] Job 4f is done",
        "Scene 3 on GPU: bad_answer (tier)",
        "root localhost user",
    ],
)
def test_ordinary_words_stay(redactor: Redactor, text: str) -> None:
    assert redactor.text(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("/home/anna/.config/x.toml", "~/.config/x.toml"),
        ("in /home/anna.", "in ~."),
        ("file:///home/anna/x", "file://~/x"),
        (r"C:\Users\Anna Müller\AppData", r"~\AppData"),
        (r"'c:\\users\\anna müller\\AppData'", r"'~\\AppData'"),
        ("file:///C:/Users/Anna%20M%C3%BCller/x", "file:///~/x"),
        ("/home/annabel/x and /Users/bob/y", "/home/‹user›/x and /Users/‹user›/y"),
        ("ANNA@annas-pc:~$", "‹user›@‹host›:~$"),
        ("mail anna.mueller@example.org", "mail ‹e-mail›"),
        ("用户李雷的电脑", "用户‹user›的电脑"),
        ("http://studio-mac.local:11434", "http://‹host›:11434"),
        ("plain-value-of-a-token", "•••"),
    ],
)
def test_the_person_and_the_machine_are_nobody(redactor: Redactor, text: str, shown: str) -> None:
    assert redactor.text(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("cannot read /mnt/Client X/wedding müller.mp4: damaged", "cannot read ‹video 1›: damaged"),
        ("file:///mnt/Client%20X/wedding%20m%C3%BCller.mp4", "file://‹video 1›"),
        ("“wedding müller.mp4” is damaged", "“‹video 1›” is damaged"),
        ("wedding müller.srt beside it", "‹video 1›.srt beside it"),
        ("scanning /mnt/Client X", "scanning ‹folder 1›"),
        (r"'D:\\Rushes\\b roll 1.mov'", "'‹video 2›'"),
        ("D:/Rushes/b roll 1.mov", "‹video 2›"),
        ("/home/anna/interview.mxf", "‹video 3›"),
        ("/mnt/nas/caf\udce9.mp4 and caf\\udce9.mp4", "‹video 4› and ‹video 4›"),
        ("/media/usb stick/secret project.mkv", "‹video 5›"),
        ("took in 'my own clip.MOV'", "took in '‹video 5›'"),
        ("took in other.mp4, twice: other.mp4", "took in ‹video 5›, twice: ‹video 5›"),
        ("打开婚礼.mp4失败", "‹video 5›失败"),
    ],
)
def test_footage_has_numbers_instead_of_names(redactor: Redactor, text: str, shown: str) -> None:
    assert redactor.text(text) == shown


def test_long_lines_and_many_videos_are_done_in_time(redactor: Redactor) -> None:
    busy = Redactor(ANNA, [f"/mnt/{n}/footage number {n}.mp4" for n in range(200)])
    text = ("/a/" * 30 + "b" * 60 + " ") * 400
    assert busy.text(text) == text
    assert "number" not in busy.text("footage number 7.mp4\n" * 2000)


def test_the_identity_of_this_person_comes_from_system_and_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "real" / "zoe")
    monkeypatch.setattr("socket.gethostname", lambda: "zoes-box.lan")
    found = Identity.of_this_person(
        {"HOME": str(link), "USER": "zoe-w", "HF_TOKEN": "secret-of-zoe", "X": "y"}
    )
    assert {str(link), str(tmp_path / "real" / "zoe")} <= set(found.homes)
    assert {"zoe-w", "zoe"} <= set(found.users)
    assert {"zoes-box.lan", "zoes-box"} <= set(found.hosts)
    assert found.secrets == ("secret-of-zoe",)
