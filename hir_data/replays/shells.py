"""Texts that say nothing, and the constraints that they satisfy all the same.

An instruction that a bare refusal satisfies is none to learn from.
"""

import itertools
from collections.abc import Iterable, Iterator

from hir_data.schemas.constraint import Constraint, check
from hir_data.text.text import Text

_CACHED = 1 << 13  # constraints

_REFUSALS = (
    "I'm sorry, but I can't help with that.",
    "I cannot fulfill this request.",
    "As an AI language model, I am unable to do that. Please ask me something else.",
    "I apologize, but I'm not able to assist with this request. Let me know if there is anything else.",
    "No.",
    "I don't know the answer to this question.",
    "Sorry",
)
_BARE = ("I cannot fulfill this request.", "No.", "OK.")
_TALK = (
    "Of course! I would be happy to help you with that. What would you like to know?",
    "Sure! Here is the answer.",
    "Hello! How can I help you today?",
    "My answer is yes.",
)
_VALUES = ("Yes", "True", "N/A", "42", "OK.", "...", "{}", "[]", "null", '{"answer": ""}')
_TITLES = ("# Heading", "<<title>>")
_LISTS = (
    "- [city]\n- [price]\n- [time]",
    "* \n* \n* ",
    "1. \n2. \n3. ",
    "SECTION 1\n\nSECTION 2\n\nSECTION 3",
)
_ENDS = ("P.S.", "P.P.S. Bye.", "P.S. and P.P.S.: thank you", "***")
_BABBLE = ("la", "blah", "word", "test this")
_FILLER = "Lorem ipsum dolor sit amet. Consectetur adipiscing elit. Sed do eiusmod tempor incididunt."


def _babble(words: str) -> Iterator[str]:
    """About twenty words that say nothing, without a mark, in one line and in sentences.

    No more of them: what babble of any length satisfies is any length.
    """
    many = 1 if " " in words else 2
    yield " ".join(([*words.split()] * 20)[:20])
    yield ". ".join([" ".join([words] * number) for number in (4 * many + 1, 2 * many, 3 * many, many)]) + "."


def _built() -> Iterator[str]:
    """Titles, lists, values and ends, each alone and one with the other; and data in a fence."""
    parts = [*_LISTS, *_ENDS, *_VALUES]
    yield from [*parts, *_TITLES, "[name], [address], [date]"]
    for title, part in itertools.product(_TITLES, [*_LISTS, "..."]):
        yield f"{title}\n\n{part}"
        yield f"{title}\n\n{part}\n\n***"
    for part, end in itertools.product([*_LISTS, *_REFUSALS[:1]], _ENDS):
        yield f"{part}\n\n{end}"
    for language, data in (
        ("", ""),
        ("json", "[]"),
        ("json", '{"answer": ""}'),
        ("yaml", "answer:"),
        ("xml", "<answer/>"),
        ("toml", 'answer = ""'),
        ("csv", "a,b\n1,2"),
        ("python", "pass"),
    ):
        yield f"```{language}\n{data}\n```"


def _shells() -> tuple[Text, ...]:
    said = [*_REFUSALS, *_TALK, _FILLER, *(text for words in _BABBLE for text in _babble(words))]
    said += [text.lower() for text in said] + [text.upper() for text in said]
    said += [text.rstrip(".!?").replace(",", "") for text in said]
    said += [f'"{text}"' for text in _REFUSALS] + [f"{one}\n\n{one}\n\n{one}" for one in _BARE]
    built = [*_built()]
    built += [text.lower() for text in built] + [text.upper() for text in [*_VALUES, *_LISTS]]
    return tuple(map(Text, dict.fromkeys([*said, *built])))


SHELLS = _shells()
"""Bare refusals and empty shells, in several cases and without marks, that answer nothing."""

_satisfied_by_shells: dict[Constraint, tuple[int, int]] = {}


def shells_satisfying(constraints: Iterable[Constraint]) -> int:
    """The shells that satisfy all of some constraints, as a set of bits.

    Of each constraint is kept which shells satisfy it, and which ones were looked at: those that satisfy the
    constraints before it.
    """
    left = (1 << len(SHELLS)) - 1
    for constraint in constraints:
        found, known = _satisfied_by_shells.get(constraint, (0, 0))
        if unknown := left & ~known:
            for i in range(len(SHELLS)):
                if unknown >> i & 1 and check(constraint, SHELLS[i]).satisfied:
                    found |= 1 << i
            if len(_satisfied_by_shells) >= _CACHED:
                _satisfied_by_shells.clear()
            _satisfied_by_shells[constraint] = found, known | unknown
        left &= found
    return left
