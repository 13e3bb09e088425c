"""Responses that are fit or unfit to be an example; one row a case."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple


class Guarded(NamedTuple):
    """What the guards say of a response.

    Attributes:
        guard: the one that objects, None where none does.
        prompt: what was asked.
        response: the response.
        fields: other fields of the rollout's record.
        kind: the record of the constraint.
    """

    guard: str | None
    prompt: str
    response: str
    fields: Mapping[str, Any] = MappingProxyType({})
    kind: Mapping[str, Any] = MappingProxyType({"kind": "punctuation:no_comma"})


TIDES = (
    "The moon pulls at the water of the sea, and the water follows it around the world. "
    "Twice a day it rises at the shore, and twice a day it falls again. "
)
ASKED = "Explain why there are tides."
SORRY = "I'm sorry, but I can't help with that."

GUARDED = [
    Guarded(None, ASKED, TIDES),
    Guarded("cut_off", ASKED, TIDES, {"sampling": {"finish_reason": "length"}}),
    Guarded("cut_off", ASKED, TIDES, {"metadata": {"finish_reason": "MAX_TOKENS"}}),
    Guarded("cut_off", ASKED, TIDES, {"metadata": {"stop_reason": "max_tokens"}}),
    Guarded(None, ASKED, TIDES, {"sampling": {"finish_reason": "stop"}}),
    Guarded("cut_off", ASKED, TIDES + "The sun pulls at it too, and when it stands behind the"),
    Guarded("cut_off", ASKED, TIDES + "When the sun and the moon stand in one line the tides are very high"),
    Guarded(
        None, "Write a song about the tides.", "The tide comes in\nThe tide goes out\n" * 2 + "And so do I"
    ),
    Guarded("unclosed", ASKED, "See here:\n```python\nprint('tides')\nprint('moon')\n"),
    Guarded(None, ASKED, "See here:\n```python\nprint('tides')\n```\nThat is all about the tides."),
    Guarded("unclosed", "Answer in JSON: why tides?", '{"answer": "the moon", "why": ["pull", "water"'),
    Guarded("unclosed", "Answer in JSON: why tides?", '{"answer": {"moon" "sun"}}'),
    Guarded(None, "Answer in JSON: why tides?", '{"answer": "the moon pulls at the water"}'),
    Guarded("unclosed", ASKED, "<think>The moon, perhaps. Or is it the sun that pulls?"),
    Guarded("repetitive", ASKED, "very " * 40),
    Guarded("repetitive", ASKED, "The moon pulls at the sea. " * 12),
    Guarded(None, "Repeat a sentence 12 times.", "The moon pulls at the sea. " * 12),
    Guarded("empty_shell", ASKED, "SECTION 1\n\nSECTION 2\n\nSECTION 3"),
    Guarded("empty_shell", ASKED, "[name], [address], [date], [city]"),
    Guarded("empty_shell", ASKED, "... !!! ---"),
    Guarded(None, "How many tides are there in a day?", "2"),
    Guarded("refusal", ASKED, SORRY),
    Guarded("refusal", ASKED, SORRY.upper()),
    Guarded("refusal", ASKED, "As an AI language model, I have no opinion about tides or anything else."),
    Guarded(None, ASKED, f"{TIDES}I am sorry that I cannot draw it."),
    Guarded("echo", f"{ASKED} Use no commas, please.", f"{ASKED} Use no commas, please."),
    Guarded(
        "other_language",
        ASKED,
        "Der Mond zieht das Wasser an und es folgt ihm um die Erde. Und so kommt und geht die Flut am Meer.",
    ),
    Guarded(
        "other_language", ASKED, "潮の満ち引きは月の引力によって起こる。海の水は月の方へ引き寄せられる。"
    ),
    Guarded(
        None, "Explain the tides in German.", "Der Mond zieht das Wasser an und es folgt ihm. Nicht mehr."
    ),
    Guarded("too_short", "Write an essay about the tides and the moon.", "False"),
    Guarded(
        "too_short",
        "Tell me of tides, at length. At least 300 words.",
        "The moon pulls at the sea.",
        kind={"kind": "length_constraints:number_words", "relation": "at least", "num_words": 300},
    ),
    Guarded(
        "garbled", ASKED, "Th e mo on pul ls at th e s ea an d th e sea fol lows it an d ri ses an d fal ls."
    ),
    Guarded(
        "garbled", ASKED, "the moon pulls at the sea and " * 3 + " ".join(f"word{i}" for i in range(100))
    ),
    Guarded("leftover", ASKED, f"{TIDES}\n\nHitch."),
    Guarded("leftover", ASKED, f"{TIDES}\n\n3."),
    Guarded(None, ASKED, f"{TIDES}\n\nEnjoy."),
    Guarded("deflection", ASKED, "I'm here to help. Is there anything specific you'd like me to explain?"),
    Guarded("incomplete", "Give me five ideas for a garden.", "1. A pond\n2. A hedge\n3. Roses\n4. A bench"),
    Guarded(None, "Give me four ideas for a garden.", "1. A pond\n2. A hedge\n3. Roses\n4. A bench"),
    Guarded("wrong_form", "Write a letter to a sailor about the tides.", TIDES),
    Guarded(None, "Write a letter to a sailor about the tides.", f"Dear sailor,\n\n{TIDES}"),
    Guarded("unclosed", ASKED, f'"{TIDES}'),
    Guarded(None, "Is the moon round? Answer with yes or no.", "Yes"),
]
