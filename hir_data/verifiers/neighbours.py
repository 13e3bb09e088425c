"""Whether a word may stand behind another one, by their first letters or their syllables.

Words are in lower case and not empty.
"""

import string

from hir_data.text.readability import syllables


def in_order(one: str, other: str) -> bool:
    """Whether the second first letter follows the first one in the alphabet; a comes after z."""
    first, second = one[0], other[0]
    letters = string.ascii_lowercase
    return first in letters and second in letters and ord(second) - ord(first) in (1, -25)


def is_not_next(one: str, other: str) -> bool:
    """Whether the second first letter is not the one just behind the first, in Unicode's order."""
    return ord(other[0]) - ord(one[0]) != 1


def with_another_letter(one: str, other: str) -> bool:
    """Whether the two first letters differ."""
    return one[0] != other[0]


def in_turn(one: str, other: str) -> bool:
    """Whether one number of syllables is odd and the other one even."""
    return syllables(one) % 2 != syllables(other) % 2
