"""The languages that constraints are put into, and what is drawn in them."""

import functools
from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple, get_args

from hir_data.instructions.languages.chinese import CHINESE
from hir_data.instructions.languages.french import FRENCH
from hir_data.instructions.languages.german import GERMAN
from hir_data.instructions.languages.japanese import JAPANESE
from hir_data.instructions.languages.spanish import SPANISH
from hir_data.instructions.languages.wordings import Wordings
from hir_data.schemas.constraint import Constraint
from hir_data.schemas.presentation import PRESENTATIONS, Presentation, present

Language = Literal["en", "es", "fr", "de", "zh", "ja"]
LANGUAGES: tuple[Language, ...] = get_args(Language)

WORDINGS: Mapping[str, Wordings] = {
    wordings.code: wordings for wordings in (SPANISH, FRENCH, GERMAN, CHINESE, JAPANESE)
}
"""By the codes of the languages, all but English, which kinds have themselves."""

SUITS_FEW = frozenset({"json", "detectable_content:number_placeholders"})
"""Kinds that suit few questions: in these languages, in which questions are not read, only where named."""


class Parts(NamedTuple):
    """What a prompt was made of.

    Attributes:
        wordings: the language of its criteria.
        question: what is asked.
        criteria: the constraints in words, in their order.
        presentation: how the prompt was made of both.
    """

    wordings: Wordings
    question: str
    criteria: tuple[str, ...]
    presentation: Presentation


def language_of(constraints: Sequence[Constraint], criteria: Sequence[str]) -> Wordings | None:
    """The language that criteria are in, if each of them is a wording of its constraint in one of these."""
    stated = [pair for pair in zip(constraints, criteria, strict=True) if pair[1]]
    for wordings in WORDINGS.values():
        if stated and all(criterion in wordings.all(constraint) for constraint, criterion in stated):
            return wordings
    return None


@functools.lru_cache(maxsize=1 << 10)
def parts_of(prompt: str, constraints: tuple[Constraint, ...]) -> Parts | None:
    """The parts of a prompt in one of these languages, if they give it byte for byte.

    Each constraint has to be stated in exactly one of its wordings, and only once.
    """
    for wordings in WORDINGS.values():
        said = [[text for text in wordings.all(each) if text in prompt] for each in constraints]
        if not said or any(len(texts) != 1 or prompt.count(texts[0]) != 1 for texts in said):
            continue
        criteria = tuple(text for (text,) in said)
        for presentation in PRESENTATIONS:
            before, _, behind = present("\0", criteria, presentation).partition("\0")
            question = prompt[len(before) : len(prompt) - len(behind)]
            if question.strip() and present(question, criteria, presentation) == prompt:
                return Parts(wordings, question, criteria, presentation)
    return None
