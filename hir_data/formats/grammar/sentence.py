"""A sentence that states constraints: its tokens, its quantities, and what it is about."""

import re
from functools import cached_property
from itertools import takewhile

from hir_data.formats.grammar.quantities import Quantity, quantities
from hir_data.formats.grammar.tokens import GrammarKind, Token, tokenize

_ENDS_NAME = set(
    """must should shall needs has have is are be being can does do contain contains containing include
    includes including consist consists uses use ends end concludes conclude concluding with separately , . :
    ; ( ) - 必须""".split()
)
_NO_NAME: frozenset[GrammarKind] = frozenset({"most", "least", "more", "not", "number"})


class Sentence:
    """A sentence and what the readers ask of it.

    Attributes:
        text: as it is.
        tokens: see :mod:`hir_data.formats.grammar.tokens`.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens: list[Token] = tokenize(text)

    @cached_property
    def words(self) -> frozenset[str]:
        """Its words and the names of its units, in lower case."""
        return frozenset(token.word for token in self.tokens if token.kind != "quoted")

    @cached_property
    def quantities(self) -> list[Quantity]:
        """What it counts."""
        return quantities(self.tokens)

    @cached_property
    def quoted(self) -> list[str]:
        """Its terms in quotation marks."""
        return [token.word for token in self.tokens if token.kind == "quoted"]

    def says(self, *words: str) -> bool:
        """Whether one of the words is in it."""
        return not self.words.isdisjoint(words)

    def matches(self, pattern: str) -> bool:
        """Whether a pattern is found, in any case."""
        return re.search(pattern, self.text, re.IGNORECASE) is not None

    def counted(self, unit: str) -> list[Quantity]:
        """The quantities of a unit."""
        return [quantity for quantity in self.quantities if quantity.unit == unit]

    @cached_property
    def is_negative(self) -> bool:
        """Whether it forbids something, other than to exceed a number."""
        return any(
            token.kind == "not" and not any(one.kind in ("more", "less") for one in self.tokens[at : at + 5])
            for at, token in enumerate(self.tokens)
        )

    @cached_property
    def within_each(self) -> str | None:
        """What has to have something one by one: "entry" of "must be included in each entry"."""
        found = re.search(
            r"\b(?:in|of|for|within) (?:each|every) ((?!word|one\b)[a-z]+)\b", self.text, re.IGNORECASE
        )
        return found[1].lower() if found else None

    @cached_property
    def each(self) -> str | None:
        """What it says something of one by one: "cell in the table" of "each cell in the table must ...".

        None for "each word", which is no part with words of its own, and for "in each section": what is said
        there is said of the whole.
        """
        for at, token in enumerate(self.tokens):
            if token.word not in ("each", "every", "每", "每个", "每個"):
                continue
            behind = takewhile(
                lambda one: one.word not in _ENDS_NAME and one.kind not in _NO_NAME, self.tokens[at + 1 :]
            )
            name = " ".join(one.word for one in behind)
            before = self.tokens[at - 1].word if at else ""
            if name and not name.startswith("words") and before not in ("for", "to", "by", "of", "in"):
                return name
        return None
