"""Contrast of text on every ground it stands on, by the formula of WCAG 2."""

from __future__ import annotations

import itertools

import pytest

from autocut_tray.ui.theme.qss import sheet
from autocut_tray.ui.theme.tokens import DARK, LIGHT, Tokens

GROUNDS = ("bg", "side", "card", "raised", "open", "warn_ground", "crit_ground")
TEXTS = ("text", "text2", "text3", "accent", "ok", "warn", "crit")


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("tokens", [DARK, LIGHT], ids=["dark", "light"])
def test_every_text_is_readable_on_every_ground(tokens: Tokens) -> None:
    for text, ground in itertools.product(TEXTS, GROUNDS):
        assert contrast(getattr(tokens, text), getattr(tokens, ground)) >= 4.5, (text, ground)
    assert contrast(tokens.text2, tokens.nav_on) >= 4.5
    assert min(contrast(tokens.on_fill, tokens.fill), contrast(tokens.on_fill, tokens.fill_hover)) >= 4.5


@pytest.mark.parametrize("tokens", [DARK, LIGHT], ids=["dark", "light"])
def test_edges_of_controls_and_bars_are_seen(tokens: Tokens) -> None:
    for ground in GROUNDS:
        assert contrast(tokens.control, getattr(tokens, ground)) >= 3.0, ground
    for bar in ("accent", "warn", "crit", "text3"):
        assert contrast(getattr(tokens, bar), tokens.track) >= 3.0, bar


def test_style_sheet_names_only_tokens() -> None:
    assert "$" not in sheet(DARK)
    assert sheet(DARK) != sheet(LIGHT)
