"""Asks a planning model which scenes to take, in which order and why."""

from __future__ import annotations

from collections.abc import Callable

from autocut_tray.core.analyzers import prompts
from autocut_tray.core.analyzers.asker import Asker, Try
from autocut_tray.core.analyzers.chat import CONTEXT_TOKENS
from autocut_tray.core.cancel import CancelToken
from autocut_tray.core.clean import clean
from autocut_tray.core.frozen import frozen
from autocut_tray.core.planning.brief import Brief
from autocut_tray.core.planning.choice import Choice, choice_schema, parse_choice
from autocut_tray.core.planning.material import Material, material, tokens
from autocut_tray.core.planning.rules import Rules
from autocut_tray.core.planning.shots import Footage

MOST_SCENES = 40
"""Scenes that a model is asked for; more would not fit into an answer. The rules fill what is then missing."""

_ANSWER_BASE, _ANSWER_EACH = 120, 45
"""Tokens of an answer: its frame and any start-up talk, and a scene with its reason (Chinese included)."""

_SLACK = 160
"""Tokens for what chat templates add, and for estimates that are too low."""

_LEAST_ROOM = 300


@frozen
class Question:
    """``wanted``: about how many scenes, None for as many as suit. ``language``: of prompt and reasons."""

    footage: Footage
    brief: Brief
    wanted: int | None
    language: str


@frozen
class ModelChoice:
    """What a model chose, of ``shown`` scenes that it was told about. ``model``: as its server names it."""

    choice: Choice
    model: str
    shown: int


def ask_model(
    asker: Asker, question: Question, rules: Rules, cancel: CancelToken, told: Callable[[bool], None]
) -> ModelChoice:
    """One usable answer, after one repair at the most. ``told`` hears before each try whether one was of no use.

    Raises BackendError or Cancelled.
    """
    most = min(
        MOST_SCENES, len(question.footage.shots), 2 * question.wanted if question.wanted else MOST_SCENES
    )
    answer_tokens = _ANSWER_BASE + _ANSWER_EACH * most
    frame = tokens(_prompt(question, "", repair=True))
    room = max(_LEAST_ROOM, CONTEXT_TOKENS - answer_tokens - frame - _SLACK)

    def attempt(this: Try) -> ModelChoice:
        told(this.number > 1)
        shown = material(question.footage, room // 2 if this.small else room, rules.score)
        answer = asker.ask(
            _prompt(question, shown.lines, repair=this.repair),
            (),
            lambda bounded: choice_schema(shown.scenes, bounded=bounded, most=min(most, len(shown.scenes))),
            tokens=answer_tokens,
            seed=this.number,
            cancel=cancel,
        )
        return _read(answer.text, answer.model, shown)

    return asker.until_usable(attempt, cancel, has_smaller=True)


def _read(text: str, model: str, shown: Material) -> ModelChoice:
    return ModelChoice(parse_choice(text, frozenset(shown.scenes)), clean(model, 200), len(shown.scenes))


def _prompt(question: Question, lines: str, *, repair: bool) -> str:
    chinese = question.language.lower().startswith("zh")
    n = question.wanted
    if chinese:
        amount = "所有符合要求的镜头" if n is None else f"大约 {n} 个镜头"
        none = "（没有特别要求：做一条精彩集锦）"
    else:
        amount = "all scenes that suit the wishes" if n is None else f"about {n} scenes"
        none = "(nothing in particular: a highlight reel)"
    return prompts.prompt(
        "plan",
        question.language,
        repair=repair,
        brief=question.brief.text or none,
        scenes=lines,
        amount=amount,
    )
