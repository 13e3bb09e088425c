"""Numbers as M-IFEval bounds them: "al menos", "moins de", "以上", in words that are read as English ones."""

from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator

from hir_data.schemas.constraint import Constraint, Verdict
from hir_data.verifiers.compare import between

Amount = Literal["at least", "at most", "less than"]

AMOUNTS: dict[str, Amount] = {
    "al menos": "at least",
    "como mínimo": "at least",
    "por lo menos": "at least",
    "como máximo": "at most",
    "como mucho": "at most",
    "a lo sumo": "at most",
    "menos de": "less than",
    "au moins": "at least",
    "au minimum": "at least",
    "au plus": "at most",
    "au maximum": "at most",
    "tout au plus": "at most",
    "moins de": "less than",
    "almenys": "at least",
    "com a mínim": "at least",
    "com a màxim": "at most",
    "com a molt": "at most",
    "menys de": "less than",
    "以上": "at least",
    "以下": "at most",
    "未満": "less than",
}
"""The words of Spanish, French, Catalan and Japanese prompts for each bound."""


def english(relation: Any) -> Any:
    """A bound in English, where it is one that is known in another language."""
    return AMOUNTS.get(relation.strip().lower(), relation) if isinstance(relation, str) else relation


Bound = Annotated[Amount, BeforeValidator(english)]


def bounded(relation: Amount, number: int) -> tuple[int | None, int | None]:
    """The smallest and the largest number that a bound allows, None where it is open."""
    if relation == "at least":
        return number, None
    return None, number if relation == "at most" else number - 1


def measured(found: int, relation: Amount, number: int, unit: str) -> Verdict:
    """Whether a number that was found is within a bound."""
    return between(found, *bounded(relation, number), unit)


class Mifeval(Constraint):
    """A kind of M-IFEval's: read from its prompts, for prompts in its language."""

    composable: ClassVar[bool] = False
    no_hindsight: ClassVar[str] = "its prompts are not in English, and replays are put into English words"
