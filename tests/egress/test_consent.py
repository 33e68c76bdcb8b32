"""Leave to send: off by default, exact, and failing closed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from autocut_tray.core.egress import consent
from autocut_tray.core.egress.consent import (
    CONSENT_TEXT,
    Consent,
    Destination,
    EgressRefusal,
    Purpose,
    is_cloud_model,
    leaves_machine,
    normal_address,
    refusal,
)

GOES_TO = Destination(
    "openai", "https://api.openai.com:443/v1", "gpt-4o", Purpose.VISION, needs_key=True, has_key=True
)
YES = Consent(GOES_TO.provider, GOES_TO.address, GOES_TO.model, GOES_TO.purpose, CONSENT_TEXT, 1.0)


def test_nothing_goes_by_default() -> None:
    assert refusal(GOES_TO, [], never_cloud=False) is EgressRefusal.NO_CONSENT
    assert refusal(GOES_TO, [YES], never_cloud=False) is None


@pytest.mark.parametrize(
    "other",
    [
        replace(YES, address="https://api.openai.com:443/v2"),
        replace(YES, address="https://api.openai.com:8443/v1"),
        replace(YES, model="gpt-4o-mini"),
        replace(YES, purpose=Purpose.PLANNING),
        replace(YES, text=CONSENT_TEXT - 1),
    ],
)
def test_another_yes_is_no_yes(other: Consent) -> None:
    assert refusal(GOES_TO, [other], never_cloud=False) is EgressRefusal.NO_CONSENT


def test_a_changed_text_asks_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consent, "CONSENT_TEXT", CONSENT_TEXT + 1)
    assert refusal(GOES_TO, [YES], never_cloud=False) is EgressRefusal.NO_CONSENT


def test_what_is_missing_first() -> None:
    keyless = replace(GOES_TO, has_key=False)
    plain = replace(keyless, address="http://api.openai.com:80/v1")
    assert refusal(plain, [YES], never_cloud=True) is EgressRefusal.NEVER_CLOUD
    assert refusal(plain, [YES], never_cloud=False) is EgressRefusal.NO_TLS
    assert refusal(keyless, [YES], never_cloud=False) is EgressRefusal.NO_KEY
    assert refusal(replace(keyless, needs_key=False), [YES], never_cloud=False) is None


def test_a_gateway_on_this_machine_needs_no_encryption() -> None:
    local = replace(GOES_TO, address="http://127.0.0.1:4000/v1")
    yes = replace(YES, address=local.address)
    assert refusal(local, [yes], never_cloud=False) is None
    assert refusal(local, [], never_cloud=False) is EgressRefusal.NO_CONSENT


@pytest.mark.parametrize(
    ("base_url", "model", "remote", "leaves"),
    [
        ("http://localhost:11434", "moondream", None, False),
        ("http://127.0.0.1:1234/v1", "qwen2-vl", None, False),
        ("http://[::1]:11434", "moondream:latest", None, False),
        ("http://localhost:11434", "qwen:cloud", None, True),
        ("http://localhost:11434", "gpt-oss:120b-cloud", None, True),
        ("http://localhost:11434", "moondream", "https://ollama.com:443", True),
        ("http://192.168.1.4:11434", "moondream", None, True),
        ("http://0.0.0.0:11434", "moondream", None, True),
        ("http://localhost.evil:11434", "moondream", None, True),
        ("http://127.0.0.1@evil.example/", "moondream", None, True),
        ("http://[::1", "moondream", None, True),
        ("", "moondream", None, True),
    ],
)
def test_what_leaves_the_machine(base_url: str, model: str, remote: str | None, leaves: bool) -> None:
    assert leaves_machine(base_url, model, remote_host=remote) is leaves


def test_addresses_have_one_form() -> None:
    forms = ["https://API.openai.com/v1", "https://api.openai.com:443/v1/", " https://api.openai.com/v1 "]
    assert {normal_address(form) for form in forms} == {"https://api.openai.com:443/v1"}
    assert normal_address("https://[::1") == "https://[::1"


@pytest.mark.parametrize("name", ["cloudy:7b", "moondream", "cloud/moondream", ""])
def test_names_that_are_no_cloud_models(name: str) -> None:
    assert not is_cloud_model(name)
