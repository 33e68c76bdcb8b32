"""What the policy may count on, by keys, addresses and consents; and what could be allowed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Literal

import pytest

from autocut_tray.core.analyzers.leave import caps, places, server, wishes
from autocut_tray.core.egress.consent import CONSENT_TEXT, Consent, Destination, Purpose
from autocut_tray.core.egress.consents import peek
from autocut_tray.core.egress.ledger import Caps
from autocut_tray.core.egress.prices import USD
from autocut_tray.core.policy.policy import BlockReason, CloudBackend, Provider
from autocut_tray.core.policy.resolver import resolve
from autocut_tray.core.policy.wishes import CloudAccess, RemoteConsent
from autocut_tray.core.runtime.profile import Backend
from autocut_tray.core.settings.schema import Cloud, Models, Policy, Settings
from autocut_tray.core.settings.secrets import KeyStore
from tests.egress.rig import GPT, Rig
from tests.fakes import FakeClock
from tests.golden.machines import MACHINES

PICTURES = Consent("openai", "https://api.openai.com:443/v1", "gpt-4o", Purpose.VISION, CONSENT_TEXT, 1.0)
TEXTS = Consent(
    "deepseek", "https://api.deepseek.com:443", "deepseek-flash", Purpose.PLANNING, CONSENT_TEXT, 1.0
)
STUDIO = Consent(
    "ollama", "https://studio.example:11434", "qwen2-vl-7b-instruct", Purpose.VISION, CONSENT_TEXT, 1.0
)
REMOTE = Settings(models=Models(ollama_host="https://studio.example:11434"))


@pytest.fixture
def keys(tmp_path: Path) -> KeyStore:
    return KeyStore(
        tmp_path / "keys.json", {"OPENAI_API_KEY": "sk-abcdefgh", "DEEPSEEK_API_KEY": "sk-ijklmnop"}
    )


def test_nothing_is_allowed_by_a_key(keys: KeyStore) -> None:
    asked = wishes(Settings(), keys, ())
    assert asked.openai == asked.deepseek == CloudAccess(has_key=True)


def test_each_yes_opens_its_own_task(keys: KeyStore) -> None:
    asked = wishes(Settings(), keys, (PICTURES, TEXTS))
    assert asked.openai == CloudAccess(has_key=True, pictures=True)
    assert asked.deepseek == CloudAccess(has_key=True, texts=True)
    policy = resolve(MACHINES["cpu-bare"], asked)
    assert policy.vision.blocked is None and policy.planning.blocked is None


@pytest.mark.parametrize(
    "other",
    [
        replace(PICTURES, address="https://gateway.example:443/v1"),
        replace(PICTURES, model="gpt-4o-mini"),
        replace(PICTURES, purpose=Purpose.PLANNING),
        replace(PICTURES, text=CONSENT_TEXT - 1),
    ],
)
def test_another_yes_opens_nothing(keys: KeyStore, other: Consent) -> None:
    asked = wishes(Settings(), keys, (other,))
    assert not asked.openai.pictures
    assert resolve(MACHINES["cpu-bare"], asked).vision.blocked is BlockReason.NO_CONSENT


def test_a_new_base_url_asks_again(keys: KeyStore) -> None:
    moved = Settings(cloud=Cloud(openai_base_url="https://gateway.example/v1"))
    assert server(moved, keys, CloudBackend.OPENAI).base_url == "https://gateway.example/v1"
    assert not wishes(moved, keys, (PICTURES,)).openai.pictures


def test_a_yes_to_a_remote_server_counts_while_it_is_the_one_in_the_settings(keys: KeyStore) -> None:
    wanted = RemoteConsent(Backend.OLLAMA, STUDIO.model, pictures=True)
    assert wishes(REMOTE, keys, (STUDIO,)).remote_consent == {wanted}
    assert wishes(Settings(), keys, (STUDIO,)).remote_consent == frozenset()
    policy = resolve(MACHINES["remote"], wishes(REMOTE, keys, (STUDIO,)))
    assert policy.vision.blocked is None and policy.routes[0].model == STUDIO.model


def test_places_are_the_providers_and_what_remote_servers_have(keys: KeyStore) -> None:
    profile = MACHINES["remote"]
    found = places(REMOTE, keys, profile, resolve(profile, wishes(REMOTE, keys, ())))
    assert [(p.destination.provider, p.destination.purpose, p.own) for p in found[:3]] == [
        ("openai", Purpose.VISION, False),
        ("deepseek", Purpose.PLANNING, False),
        ("ollama", Purpose.VISION, True),
    ]
    assert found[1].destination.model == "deepseek-flash" and found[1].title == "deepseek-chat"
    assert found[2].destination.address == STUDIO.address and found[2].destination.model == STUDIO.model
    assert len(places(Settings(), keys, None, None)) == 2


def test_limits_come_from_the_settings() -> None:
    assert caps(Settings()) == Caps(1 * USD, 5 * USD, 200)
    assert caps(Settings(cloud=Cloud(daily_usd=0.25, monthly_usd=0, daily_requests=3))) == Caps(250_000, 0, 3)


def test_looking_makes_no_database_and_sees_what_holds(tmp_path: Path) -> None:
    file = tmp_path / "app.db"
    assert peek(file) == () and not file.exists()
    rig = Rig(tmp_path, FakeClock(), [GPT])
    unpriced = Destination(
        "openai", "https://x.example:443", "m", Purpose.VISION, needs_key=True, has_key=True
    )
    rig.door.allow(unpriced)
    assert [c.model for c in peek(file)] == ["gpt-4o"], "while it is open, with its log"
    rig.door.set_price(unpriced, 5)
    assert [c.model for c in peek(file)] == ["gpt-4o", "m"]
    rig.close()
    assert [c.model for c in peek(file)] == ["gpt-4o", "m"], "and after"
    rig = Rig(tmp_path, FakeClock())
    for consent in rig.door.consents():
        rig.door.revoke(consent)
    rig.close()
    assert peek(file) == ()


@pytest.mark.parametrize("content", [b"", b"not a database at all" * 100])
def test_looking_at_a_broken_database_sees_nothing(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "app.db"
    file.write_bytes(content)
    assert peek(file) == ()
    assert file.read_bytes() == content


@pytest.mark.parametrize(
    ("planning", "provider"),
    [("auto", None), ("local", Provider.LOCAL), ("cloud", Provider.CLOUD), ("rules", Provider.NONE)],
)
def test_who_plans_is_a_setting(
    keys: KeyStore, planning: Literal["auto", "local", "cloud", "rules"], provider: Provider | None
) -> None:
    asked = wishes(Settings(policy=Policy(planning=planning)), keys, ())
    assert asked.planning_provider is provider and not asked.chosen
