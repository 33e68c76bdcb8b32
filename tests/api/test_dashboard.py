"""The page for a browser: what is in it, what may be loaded, and how it works in a real one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from autocut_tray.api.guard import PAGE
from autocut_tray.api.routes.page import _FILES, _SCRIPT_WORDS, page_html
from autocut_tray.core.assets import asset
from autocut_tray.core.policy.governor_types import UnitResult
from autocut_tray.core.receipt import Receipt, ReceiptKind
from autocut_tray.i18n import LANGUAGES, Translator
from autocut_tray.ui.theme.tokens import DARK, LIGHT
from tests.api.rig import Rig
from tests.gui.chromium import Browser, chromium, program
from tests.monitor.test_history import SAMPLE

SOURCES = {name: asset("dashboard", name).read_text("utf-8") for name in ("page.html", "page.css", "page.js")}


def test_the_page_needs_no_token_and_may_load_from_here_only(rig: Rig) -> None:
    for path in PAGE:
        reply = rig.get(path, token=None)
        assert reply.status == 200 and reply.body, path
        assert reply.headers["cache-control"] == "no-store"
        assert rig.token.encode() not in reply.body
    policy = rig.get("/", token=None).headers["content-security-policy"]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == "'none'" and rules["frame-ancestors"] == "'none'"
    assert set(rules.values()) == {"'none'", "'self'"}, "nothing inline, nothing from elsewhere"
    assert (
        rig.get("/dashboard/page.js", token=None)
        .headers["content-security-policy"]
        .startswith("default-src 'none'")
    )
    assert set(_FILES) | {"/"} == PAGE


def test_what_it_shows_needs_the_token_all_the_same(rig: Rig) -> None:
    paths = re.findall(r'ask\("(/api/[^"?]*)', SOURCES["page.js"])
    assert len(paths) == 5
    for path in paths:
        assert rig.get(path, token=None).status == 401, path
        assert rig.get(path).status in (200, 422), path
    for path in ("/dashboard/", "/dashboard/page.html", "/dashboard/grafana.json", "/index.html"):
        assert rig.get(path, token=None).status == 401
    for method in ("POST", "PATCH"):
        assert rig.call(method, "/", {}, token=None).status == 401
    assert rig.get("/", token=None, headers={"Sec-Fetch-Site": "cross-site"}).status == 403
    assert rig.get("/", token=None, headers={"Host": "evil.example"}).status == 400


def test_the_language_is_the_browsers_until_one_is_chosen(rig: Rig) -> None:
    for accepted, asked, language in (
        ("zh-CN,en;q=0.5", "", "zh-CN"),
        ("en", "", "en"),
        ("en", "?lang=zh-CN", "zh-CN"),
        ("zh", "?lang=en", "en"),
        ("zh", "?lang=xx", "zh-CN"),
    ):
        body = rig.get(f"/{asked}", token=None, headers={"Accept-Language": accepted}).body.decode()
        assert f'<html lang="{language}">' in body, (accepted, asked)


def test_nothing_is_loaded_from_elsewhere() -> None:
    for name, source in SOURCES.items():
        assert not re.search(
            r"https?:|//\w|@import|url\(", re.sub(r"^\s*//.*$|; // .*$", "", source, flags=re.MULTILINE)
        ), name
    page = SOURCES["page.html"]
    assert not re.search(r"\s(style|on\w+)=", page), "inline styles and handlers are not allowed to work"
    assert re.findall(r"<script(?![^>]*(src=\"/dashboard/|type=\"application/json\"))", page) == []
    assert "innerHTML" not in SOURCES["page.js"] and "eval" not in SOURCES["page.js"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_its_words_are_in_both_languages(language: str, caplog: pytest.LogCaptureFixture) -> None:
    page = page_html(Translator(language))
    assert not caplog.records and "{{" not in page
    said = re.sub(r"<[^>]+>", " ", page.split("</script>")[-1])
    assert bool(re.search(r"[\u4e00-\u9fff]", said.replace("简体中文", ""))) == (language == "zh-CN")


def test_the_script_finds_what_it_asks_for() -> None:
    page, script = SOURCES["page.html"], SOURCES["page.js"]
    ids = re.findall(r'id="([\w-]+)"', page)
    assert len(ids) == len(set(ids))
    used = re.findall(r'(?:element|show|list)\("([\w-]+)"', script)
    assert {one for one in used if not one.endswith("-")} <= set(ids)
    assert {f"plot-{metric}" for metric in ("vram", "ram", "cpu", "failures")} <= set(ids)
    wanted = set(re.findall(r'\bt\((?:minutes > 60 \? )?"([\w-]+)"', script))
    assert {code for code in wanted if not code.endswith("-")} <= set(_SCRIPT_WORDS)


def test_words_cannot_break_out_of_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    translator = Translator("en")
    monkeypatch.setattr(translator, "t", lambda code, /, **_: '</script><b>"&')
    page = page_html(translator)
    assert "<b>" not in page and page.count("</script>") == 2


def test_the_colours_are_those_of_the_window() -> None:
    dark, light = SOURCES["page.css"].split("@media (prefers-color-scheme: light)")
    for part, tokens in ((dark, DARK), (light, LIGHT)):
        found = dict(re.findall(r"--([\w-]+): (#[0-9A-F]{6})", part))
        assert len(found) > 15
        assert found == {name: getattr(tokens, name.replace("-", "_")) for name in found}


# -- in a real browser


def live(rig: Rig) -> None:
    """An hour of readings, some results, and a step down."""
    services = rig.services
    now = services.clock.time()
    for minute in range(60):
        at = now - 3600 + 60 * minute
        used = 5900 if minute < 40 else 7600
        services.history.add(replace(SAMPLE, at=at, monotonic=0.0, vram_used=used, cpu_percent=20.0 + minute))
    services.history.add_receipt(
        Receipt(
            0, now - 1200, ReceiptKind.TIER, "GPU", "CPU", "vram", "vram_percent", 93.0, 85.0, 10.0, {}, {},
            2.6, undone=False, better=False,
        )
    )  # fmt: skip
    for _ in range(3):
        services.controller.note_result(UnitResult(seconds=1.5))
    services.history.flush()


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[Browser]:
    if program() is None:
        pytest.skip("no Chromium is installed here")
    with chromium(tmp_path / "profile") as found:
        yield found


def test_in_a_real_browser_by_keyboard_alone(rig: Rig, browser: Browser) -> None:
    live(rig)
    origin = f"http://127.0.0.1:{rig.port}"
    browser.open(f"{origin}/?lang=en")
    assert browser.value("document.activeElement.id") == "token"
    browser.type("wrong")
    browser.press("Enter", 13, "\r")
    browser.wait_for("document.getElementById('refused').textContent.includes('not the token')")
    assert [one for one in browser.trouble if "401" not in one] == []
    browser.trouble.clear()
    browser.type(rig.token)
    browser.press("Enter", 13, "\r")
    browser.wait_for("document.querySelector('#plot-cpu .curve').getAttribute('d')")
    browser.wait_for("document.querySelectorAll('#changes li .top').length === 1")
    assert "Other programs needed the VRAM." in browser.value(
        "document.getElementById('changes').textContent"
    )
    assert browser.value("document.getElementById('response').textContent").replace("\u00a0", " ") == "1.5 s"
    assert browser.value("document.getElementById('errors').textContent").replace("\u00a0", " ") == "0 %"
    browser.open(f"{origin}/?lang=zh-CN")
    browser.wait_for("!document.getElementById('board').hidden")
    browser.wait_for("document.getElementById('changes').textContent.includes('其他程序需要显存')")
    browser.value("document.getElementById('forget').click()")
    assert browser.value("sessionStorage.length") == 0
    assert browser.trouble == [] and {url.split("/")[2] for url in browser.requests} == {
        f"127.0.0.1:{rig.port}"
    }
