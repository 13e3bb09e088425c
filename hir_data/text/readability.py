"""How hard a text is to read, by formulas that were made for English."""

import functools
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Literal, get_args

from hir_data.text.text import Text

Formula = Literal["flesch_kincaid_grade", "flesch_reading_ease"]
FORMULAS: tuple[Formula, ...] = get_args(Formula)

_WORD = re.compile(r"[^\W\d_]")
_MARKUP = re.compile(r"```.*?(?:```|\Z)|`[^`\n]*`|https?://\S+|^[ \t]*\|[^\n]*", re.DOTALL | re.MULTILINE)


def level(text: Text, formula: Formula) -> float | None:
    """The figure of a text by a formula; None for one without words. Code, tables and addresses are no part.

    With w words a sentence and s syllables a word, Flesch's reading ease is 206.835 - 1.015 w - 84.6 s (100
    is easy, 0 hard), and the grade of Flesch and Kincaid 0.39 w + 11.8 s - 15.59 (school years in the USA).
    """
    prose = Text(_MARKUP.sub(" ", text.raw)) if _MARKUP.search(text.raw) else text
    words = [word for word in prose.reader_words if _WORD.search(word)]
    if not words:
        return None
    sentences = max(len(prose.sections("sentence")), 1)
    return _FORMULAS[formula](len(words) / sentences, _syllables_a_word(words))


def _syllables_a_word(words: Sequence[str]) -> float:
    parts = [word.replace("’", "'").split("-") for word in words]
    return sum(max(syllables(part), 1) for word in parts for part in word) / len(words)


_FORMULAS: Mapping[Formula, Callable[[float, float], float]] = {
    "flesch_reading_ease": lambda words, syllables: 206.835 - 1.015 * words - 84.6 * syllables,
    "flesch_kincaid_grade": lambda words, syllables: 0.39 * words + 11.8 * syllables - 15.59,
}


@functools.lru_cache(maxsize=1 << 16)
def syllables(word: str) -> int:
    """Syllables of an English word as syllapy counts them: none where there is a digit in the word."""
    import syllapy

    return int(syllapy.count(word))
