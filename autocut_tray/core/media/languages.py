"""Languages as files name them: ISO 639 codes of two and three letters, tags with a script or region, and words."""

from __future__ import annotations

import re

# Tag: every other spelling in use. ISO 639-2 has two codes for some languages (chi/zho, fre/fra, ger/deu).
_SPELLINGS = {
    "en": "eng english", "zh": "zho chi cmn chinese 中文 zh-cmn", "fr": "fra fre french français",
    "zh-Hans": "zh-cn zh-sg zh-chs zh-hans-cn chs sc gb gb2312 cn hans simplified simp 简体 简中 简体中文 zhs",
    "zh-Hant": "zh-tw zh-hk zh-mo zh-cht zh-hant-tw zh-hant-hk cht tc big5 tw hk hant traditional trad 繁体 繁體 "
    "繁中 繁體中文 zht yue zh-yue",
    "de": "deu ger german deutsch", "es": "spa spanish español", "it": "ita italian", "pt": "por portuguese pb",
    "ru": "rus russian", "ja": "jpn jp japanese 日本語 日语", "ko": "kor kr korean 한국어 韩语", "ar": "ara arabic",
    "hi": "hin hindi", "tr": "tur turkish", "nl": "nld dut dutch", "sv": "swe swedish", "da": "dan danish",
    "no": "nor nb nob nn nno norwegian", "fi": "fin finnish", "pl": "pol polish", "cs": "ces cze czech",
    "hu": "hun hungarian", "ro": "ron rum romanian", "el": "ell gre greek", "he": "heb hebrew", "th": "tha thai",
    "vi": "vie vietnamese", "id": "ind indonesian", "ms": "msa may malay", "uk": "ukr ukrainian",
    "bg": "bul bulgarian", "hr": "hrv croatian", "sr": "srp serbian", "sk": "slk slo slovak", "sl": "slv slovenian",
    "ca": "cat catalan", "fa": "fas per persian", "bn": "ben bengali", "ta": "tam tamil", "te": "tel telugu",
    "ur": "urd urdu", "tl": "tgl fil filipino", "lt": "lit lithuanian", "lv": "lav latvian", "et": "est estonian",
    "is": "isl ice icelandic", "eu": "eus baq basque", "gl": "glg galician",
}  # fmt: skip
_TAGS = {word: tag for tag, words in _SPELLINGS.items() for word in (tag.lower(), *words.split())}
_REGION = re.compile(r"([a-z]{2,3})-(?:[a-z]{4}|[a-z]{2}|\d{3})(?:-[a-z0-9]{2,4})?")

_CHINESE = "zh"


def tag_of(word: str | None) -> str | None:
    """The tag that a code, tag or word stands for (``eng`` -> ``en``, ``chs`` -> ``zh-Hans``), None if unknown."""
    if not word or len(word) > 20:
        return None
    plain = word.strip().lower().replace("_", "-")
    if plain in _TAGS:
        return _TAGS[plain]
    found = _REGION.fullmatch(plain)
    return _TAGS.get(found[1]) if found else None


def fitness(tag: str | None, wanted: str) -> int:
    """How well subtitles in ``tag`` serve someone who reads ``wanted`` (``en``, ``zh-CN``): 3 is best, 0 not at all.

    2: the same language in another script, 1: not said.
    """
    if tag is None:
        return 1
    target = tag_of(wanted)
    if target is None or tag.split("-")[0] != target.split("-")[0]:
        return 0
    return 2 if target.startswith(_CHINESE) and tag == "zh-Hant" != target else 3
