"""Texts that say nothing, and the constraints that they satisfy all the same.

An instruction that a bare refusal satisfies is none to learn from.
"""

from collections.abc import Iterable

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
_SHELLS = (
    "Yes",
    "True",
    "None",
    "N/A",
    "42",
    "OK.",
    "...",
    "{}",
    "[]",
    "null",
    "P.S.",
    "P.P.S. Thank you.",
    "<<title>>",
    "# Title",
    "* \n* \n* ",
    "1. \n2. \n3. ",
    "```\n\n```",
    '{"answer": ""}',
    "[name], [address], [date]",
    "SECTION 1\n\nSECTION 2\n\nSECTION 3",
    "***",
    "Of course! I would be happy to help you with that. What would you like to know?",
    "Here is the answer.",
    "Hello! How can I help you today?",
    "This is a test. This is a test. This is a test.",
    "blah blah blah blah blah blah blah blah blah blah.",
    "word word word word word word word word word word word word word word word word word word word word",
    "Lorem ipsum dolor sit amet. Consectetur adipiscing elit. Sed do eiusmod tempor incididunt.",
    "My answer is yes.",
)


def _shells() -> tuple[Text, ...]:
    told = [*_REFUSALS, *_SHELLS]
    told += [text.lower() for text in told] + [text.upper() for text in told]
    told += [text.rstrip(".!?").replace(",", "") for text in told]
    told += [f'"{text}"' for text in _REFUSALS] + [f"{one}\n\n{one}\n\n{one}" for one in _REFUSALS]
    return tuple(map(Text, dict.fromkeys(told)))


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
