"""What the models are asked, from text files that can be read and improved without knowing Python."""

from __future__ import annotations

import functools
from string import Template

from autocut_tray.core.analyzers.vocabulary import vocabulary
from autocut_tray.core.assets import asset

PROBE_PROMPT = (
    "Describe this picture in one short sentence. Answer only with JSON of this form: "
    '{"summary": "a short sentence"}'
)


def describe_prompt(language: str, *, pictures: int = 1, repair: bool = False) -> str:
    """The question for one scene of which so many pictures are sent, its answer wanted in ``language`` (``en`` or
    ``zh-CN``).

    One message holds everything, because the chat templates of small vision models drop system messages.
    ``repair``: the last answer could not be used. The model's own words are never sent back to it.
    """
    terms = vocabulary(language)
    separator = "、" if _file_language(language) == "zh-CN" else ", "
    about = "describe-one" if pictures == 1 else "describe-several"
    return prompt(
        "describe",
        language,
        repair=repair,
        about=prompt(about, language, pictures=str(pictures)),
        shots=separator.join(terms.shots),
        cameras=separator.join(terms.cameras),
        qualities=separator.join(terms.qualities),
    )


def prompt(name: str, language: str, *, repair: bool = False, **values: str) -> str:
    """The text of ``name`` with these values. Raises KeyError for one that the text wants and does not get."""
    text = _template(name, _file_language(language)).substitute(values)
    if repair:
        text += "\n\n" + _template("repair", _file_language(language)).substitute()
    return text


def _file_language(language: str) -> str:
    return "zh-CN" if language.lower().startswith("zh") else "en"


@functools.cache
def _template(name: str, language: str) -> Template:
    return Template(asset("prompts", f"{name}.{language}.txt").read_text(encoding="utf-8").strip())
