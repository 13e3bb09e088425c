"""A sentence that states constraints: its tokens, its quantities, and what it is about."""

import re
from functools import cached_property

from hir_data.formats.grammar.quantities import Quantity, quantities
from hir_data.formats.grammar.tokens import tokenize

_MODALS = set(
    """must should shall needs has have is are be can contain contains include includes containing
    including consist consists does do uses use ends end concludes conclude , . : ; ( ) - with
    separately being concluding in of for 必须""".split()
)
_ARTICLES = set("the a an of its their your".split())
_TARGETS = _MODALS - set("in of for".split())


class Sentence:
    """A sentence and what the readers ask of it.

    Attributes:
        text: as it is.
        tokens: see :mod:`hir_data.formats.grammar.tokens`.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = tokenize(text)

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
    def is_conditional(self) -> bool:
        """Whether it speaks of something that need not be there: "if a table is used", "any table"."""
        return any(token.kind in ("if", "any") for token in self.tokens)

    @cached_property
    def is_negative(self) -> bool:
        """Whether it forbids something, other than to exceed a number."""
        return any(
            token.kind == "not" and not any(one.kind in ("more", "less") for one in self.tokens[at : at + 5])
            for at, token in enumerate(self.tokens)
        )

    @cached_property
    def each(self) -> str | None:
        """What it says something of one by one: "cell in the table" of "each cell in the table must ..."."""
        for at, token in enumerate(self.tokens):
            if token.kind != "each" or token.word in ("all", "entire"):
                continue
            name = []
            for following in self.tokens[at + 1 :]:
                if following.word in _TARGETS or following.kind in ("most", "least", "number", "not", "more"):
                    break
                name.append(following.word)
            before = self.tokens[at - 1].word if at else ""
            if name and before not in ("for", "to", "by", "of", "in"):
                return " ".join(name)
        return None
