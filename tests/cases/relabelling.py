"""What to ask for in place of a violated constraint, so that the text satisfies it; one row a case."""

from typing import Any, NamedTuple


class Relabelled(NamedTuple):
    """What hindsight makes of a constraint that a text violates.

    Attributes:
        kind: the id of the constraint's kind.
        parameters: its parameters, as a record has them.
        text: the response.
        nearest: the parameters of the same kind that the text satisfies, or a whole record; None if there are
            none that people would ask for.
        flip: the record of the opposite; None if there is none.
    """

    kind: str
    parameters: dict[str, Any]
    text: str
    nearest: dict[str, Any] | None
    flip: dict[str, Any] | None


EIGHT = "One two three four. Five, six seven eight. "


def at(kind: str, **parameters: Any) -> dict[str, Any]:
    return {"kind": kind, **parameters}


GENERAL = [
    Relabelled(
        "word_count",
        {"min": 300},
        EIGHT * 31,
        {"min": 240},
        at("word_count", max=299),
    ),
    Relabelled("word_count", {"max": 5}, EIGHT, {"max": 8}, at("word_count", min=6)),
    Relabelled("word_count", {"min": 3, "max": 5}, EIGHT, {"min": 3, "max": 8}, at("word_count", min=6)),
    Relabelled("word_count", {"min": 9, "max": 12}, EIGHT, {"min": 8, "max": 12}, at("word_count", max=8)),
    Relabelled("word_count", {"min": 5}, "?!", None, at("word_count", max=4)),
    Relabelled("sentence_count", {"min": 4}, EIGHT, {"min": 2}, at("sentence_count", max=3)),
    Relabelled("paragraph_count", {"min": 4}, EIGHT, None, at("paragraph_count", max=3)),
    Relabelled(
        "character_count",
        {"max": 10},
        "Quite a long sentence.",
        {"max": 25},
        at("character_count", min=11),
    ),
]

WORDS = "length_constraints:number_words"

IFEVAL = [
    Relabelled(
        WORDS,
        {"relation": "at least", "num_words": 300},
        EIGHT * 31,
        {"relation": "at least", "num_words": 240},
        at(WORDS, relation="less than", num_words=300),
    ),
    Relabelled(
        WORDS,
        {"relation": "less than", "num_words": 5},
        EIGHT,
        {"relation": "less than", "num_words": 9},
        at(WORDS, relation="at least", num_words=5),
    ),
    Relabelled(
        WORDS,
        {"relation": "at least", "num_words": 5},
        "!",
        None,
        at(WORDS, relation="less than", num_words=5),
    ),
]

ROWS = [*GENERAL, *IFEVAL]
