"""The characters of a text file that does not say how it is encoded."""

from __future__ import annotations

import codecs

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SAMPLE_BYTES = 64 * 1024

# The characters that make up a good third of everyday Chinese, simplified and traditional.
_COMMON = {
    "gb18030": "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里"
    "用道行所然家种事成方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心她本前开但因只从想实，。？！",
    "big5": "的一是不了在人有我他這個們中來上大為和國地到以說時要就出會可也你對生能而子那得於著下自之年過發後作裡"
    "用道行所然家種事成方多經麼去法學如都同現當沒動面起看定天分還進好小部其些主樣理心她本前開但因只從想實，。？！",
}
_ENOUGH_COMMON = 0.12
"""Share of the characters beyond ASCII. Measured: Chinese 0.2 to 0.5, in the wrong encoding below 0.03."""
_FEW_BEYOND_ASCII = 0.25
"""Share of letters: Western European text has some é and ü, text in other scripts has nothing else."""


def decode(data: bytes) -> str | None:
    """UTF-8, UTF-16 and UTF-32, GB 18030 (and GBK, GB 2312), Big5, Windows-1252; None when none of them fits."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, "replace")
    wide = _wide(data)
    if wide is not None:
        return data.decode(wide, "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    chinese = max(_COMMON, key=lambda encoding: _likeness(data, encoding))
    if _likeness(data, chinese) >= _ENOUGH_COMMON:
        return data.decode(chinese, "replace")
    return data.decode("cp1252", "replace") if _is_western(data) else None


def _wide(data: bytes) -> str | None:
    """UTF-16 without a mark: digits and line breaks have a zero byte in every second place."""
    sample = data[:_SAMPLE_BYTES]
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if max(even, odd) < len(sample) / 10 or min(even, odd) > max(even, odd) / 10:
        return None
    return "utf-16-be" if even > odd else "utf-16-le"


def _likeness(data: bytes, encoding: str) -> float:
    """Share of common characters among those beyond ASCII; 0 when too much cannot be decoded."""
    text = data[:_SAMPLE_BYTES].decode(encoding, "replace")
    beyond = [char for char in text if char > "\x7f"]
    if not beyond or beyond.count("\N{REPLACEMENT CHARACTER}") > len(beyond) / 50 + 1:
        return 0.0
    return sum(char in _COMMON[encoding] for char in beyond) / len(beyond)


def _is_western(data: bytes) -> bool:
    sample = data[:_SAMPLE_BYTES]
    beyond = sum(byte > 0x7F for byte in sample)
    letters = sum(0x41 <= (byte & 0xDF) <= 0x5A for byte in sample)
    return beyond <= _FEW_BEYOND_ASCII * (letters + beyond) and not any(byte < 9 for byte in sample)
