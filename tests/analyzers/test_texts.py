"""Every failure has words, in both languages, with the same variables."""

from __future__ import annotations

import re

import pytest

from autocut_tray.core.analyzers.answer import unusable
from autocut_tray.core.analyzers.failures import FAILURES, failure
from autocut_tray.core.analyzers.prompts import PROBE_PROMPT, describe_prompt
from autocut_tray.core.analyzers.vocabulary import VOCABULARIES
from autocut_tray.core.assets import asset
from autocut_tray.core.egress.consent import EgressRefusal
from autocut_tray.core.errors import FailureClass

LANGUAGES = ("en", "zh-CN")


def texts(language: str) -> dict[str, str]:
    lines = asset("i18n", language, "analyzers.ftl").read_text(encoding="utf-8").splitlines()
    return dict(line.split(" = ", 1) for line in lines if " = " in line)


def variables(text: str) -> set[str]:
    return set(re.findall(r"\{ \$(\w+) \}", text))


TRANSPORT = (
    *("server_refused", "server_unreachable", "connection_lost", "connect_timeout", "reply_timeout"),
    *("reply_stalled", "reply_too_large", "bad_reply", "redirected", "tls_failed", "bad_address", "bad_key"),
    *("host_not_allowed", "proxy_failed", "proxy_unsupported"),
)
"""The codes of the HTTP client; tests/test_http.py checks that it raises no others."""


def test_both_languages_have_the_same_texts_and_variables() -> None:
    english, chinese = (texts(language) for language in LANGUAGES)
    assert english.keys() == chinese.keys()
    for ident in english:
        assert variables(english[ident]) == variables(chinese[ident]), ident


@pytest.mark.parametrize("code", sorted(FAILURES))
def test_every_failure_has_words(code: str) -> None:
    said = (
        unusable(code, "") if code in ("bad_answer", "empty_answer") else failure(code, host="h", model="m")
    )
    assert said.failure is FAILURES[code]
    for language in LANGUAGES:
        for text in (said.message, said.hint):
            if text is not None:
                assert variables(texts(language)[text.code]) <= set(text.params)


def test_no_text_is_left_over() -> None:
    codes = {*FAILURES, *(why.value for why in EgressRefusal), *TRANSPORT}
    known = {"error-" + code.replace("_", "-") for code in codes}
    assert {ident.removesuffix("-hint") for ident in texts("en")} == known


def test_failure_classes_follow_the_table() -> None:
    assert set(FAILURES.values()) == set(FailureClass) - {FailureClass.CANCEL}


@pytest.mark.parametrize("language", LANGUAGES)
def test_prompts_hold_what_models_need(language: str) -> None:
    prompt = describe_prompt(language)
    assert "JSON" in prompt and "$" not in prompt
    assert all(
        term in prompt for terms in (VOCABULARIES[language],) for term in (*terms.shots, *terms.cameras)
    )
    assert describe_prompt(language, repair=True).startswith(prompt)
    assert "JSON" in PROBE_PROMPT


def test_vocabularies_have_the_same_number_of_terms() -> None:
    english, chinese = (VOCABULARIES[language] for language in LANGUAGES)
    assert len(english.shots) == len(chinese.shots)
    assert len(english.cameras) == len(chinese.cameras)
    assert len(english.qualities) == len(chinese.qualities)
