"""What is asked: plain questions about everyday things, with one to three constraints on short answers.

A topic belongs to one of three purposes, so that no question of one is asked for another: ``train``,
``development`` for the choice of values, and ``held out``.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar, Literal

import hir_data as hir

Purpose = Literal["train", "development", "held out"]
PURPOSES: tuple[Purpose, ...] = ("train", "development", "held out")

TOPICS: dict[Purpose, Sequence[str]] = {
    "train": (
        "tea", "bread", "rain", "dogs", "gardens", "trains", "the moon", "soap", "bicycles", "music",
        "winter", "the sea", "books", "cheese", "horses", "bridges", "glass", "chess", "honey",
        "clocks", "camping", "potatoes", "snow", "birds", "kitchens", "ships", "the sun", "shoes",
        "buses", "dancing", "spring", "rivers", "newspapers", "apples", "cats", "towers", "paper",
        "football", "salt", "mirrors", "hiking", "tomatoes", "wind", "fish", "bedrooms", "airplanes",
        "the stars", "hats", "taxis", "singing", "summer", "lakes", "letters", "bananas", "cows",
        "castles", "wood", "swimming", "pepper", "lamps", "fishing", "onions", "fog", "bees",
        "bathrooms", "boats", "planets", "coats", "trams", "painting", "autumn", "forests", "poems",
        "oranges", "sheep", "churches", "stone", "tennis", "sugar", "candles",
    ),
    "development": (
        "coffee", "mountains", "umbrellas", "rice", "rabbits", "museums", "metal", "skating", "butter",
        "keys", "picnics", "carrots",
    ),
    "held out": (
        "milk", "deserts", "ladders", "pasta", "ducks", "libraries", "leather", "running", "vinegar",
        "pens", "markets", "pumpkins", "thunder", "frogs", "balconies", "tractors", "comets", "gloves",
        "ferries", "photography", "holidays", "islands", "diaries", "cherries", "goats", "theatres",
        "cotton", "rowing", "chocolate", "pillows", "sailing", "cabbages", "storms", "spiders",
        "garages", "scooters", "rainbows", "scarves", "elevators", "knitting",
    ),
}  # fmt: skip

FORMS = (
    "What is special about {}?",
    "Why do people like {}?",
    "Tell me something about {}.",
    "What should a child know about {}?",
    "Give me one tip about {}.",
    "What would life be without {}?",
)

SYSTEM = "You give short answers."

ANY_LENGTH = (
    "change_case:english_capital",
    "change_case:english_lowercase",
    "contains",
    "detectable_format:title",
    "ends_with",
    "first_word:first_word_answer",
    "keywords:existence",
    "keywords:forbidden_words",
    "keywords:word_once",
    "punctuation:no_comma",
    "punctuation:punctuation_exclamation",
    "startend:quotation",
    "starts_with",
)
"""Kinds that can be asked of an answer of any length, with the parameters that ``hir-data compose`` draws."""


class ShortWordCount(hir.lookup("word_count")):
    """As many words as fit into a short answer."""

    sizes: ClassVar[range] = range(6, 31, 2)


class ShortCharacterCount(hir.lookup("character_count")):
    """As many characters as fit into a short answer."""

    sizes: ClassVar[range] = range(40, 181, 20)


class FewSentences(hir.lookup("sentence_count")):
    """As many sentences as a short answer has."""

    sizes: ClassVar[range] = range(1, 5)


def questions(purpose: Purpose) -> list[hir.Seed]:
    """The questions of a purpose."""
    return [hir.Seed(form.format(topic), {}) for topic in TOPICS[purpose] for form in FORMS]


def compose(purpose: Purpose, number: int, constraints: tuple[int, int] = (1, 3)) -> list[hir.Instruction]:
    """So many instructions, the same ones each time; of a larger number the first are the same."""
    kinds = [*map(hir.lookup, ANY_LENGTH), ShortWordCount, ShortCharacterCount, FewSentences]
    least, most = constraints
    made = hir.compose(
        questions(purpose),
        number,
        least=least,
        most=most,
        seed=PURPOSES.index(purpose),
        kinds=kinds,
        suited=False,
        presentations=("inline", "below"),
    )
    return [each.instruction for each in made if isinstance(each, hir.Composed)]


def write(instructions: Sequence[hir.Instruction], path: Path) -> Path:
    """Write instructions as ``hir-data compose`` does, if they are not there; where they are."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        lines = (each.model_dump_json(exclude_defaults=True) + "\n" for each in instructions)
        path.write_text("".join(lines), encoding="utf-8")
    return path
