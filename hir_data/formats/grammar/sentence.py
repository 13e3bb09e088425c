"""A sentence that states constraints: its tokens, its quantities, and what it is about."""

import re
from itertools import takewhile

from hir_data.formats.grammar.quantities import Quantity, leaves_a_bound, quantities
from hir_data.formats.grammar.tokens import GrammarKind, Token, tokenize
from hir_data.text.cached import cached_property

_ENDS_NAME = set(
    """must should shall may might ought needs has have is are be being can does do contain contains
    containing include includes including consist consists uses use ends end concludes conclude concluding
    with separately because since so while when where , . : ; ( ) - 必须""".split()
)
_EACH = set("each every 每 每个 每個".split())
_OF = set("for to by of in within on".split())
_OF_THE = set("of the these those your its their".split())
_VERBS = set("must should shall may cannot does has have needs ought is are contains includes 必须".split())
_NO_NAME: frozenset[GrammarKind] = frozenset({"most", "least", "more", "less", "not", "number"})


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
    def leaves_a_bound(self) -> bool:
        """Whether it counts something else as well, which no kind counts."""
        return leaves_a_bound(self.tokens, self.quantities)

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
        """What it says something of one by one: "cell of the table" of "each cell of the table must ...".

        None for "each word", which is no part with words of its own, and for "in each section": what is said
        there is said of the whole, unless it is the subject, as in "the text of each section must ...".
        """
        for at, token in enumerate(self.tokens):
            if token.word not in _EACH:
                continue
            name, end = self._name_behind(at)
            before = self.tokens[at - 1].word if at else ""
            is_subject = end < len(self.tokens) and self.tokens[end].word in _VERBS
            if name and (before not in _OF or is_subject):
                return name
        return None

    def scope_of(self, quantity: Quantity) -> str | None:
        """What has so many of something, if that stands behind it: "slide" of "20 words per slide"."""
        at = quantity.unit_at + 1
        words = [token.word for token in self.tokens[at : at + 2]]
        if words[:1] == ["per"]:
            return self._name_behind(at)[0]
        if len(words) == 2 and words[0] in _OF and words[1] in _EACH:
            return self._name_behind(at + 1)[0]
        return None

    def _name_behind(self, at: int) -> tuple[str | None, int]:
        """What a word such as "each" points out, None if it has no words itself, and where the name ends."""
        at += 1
        if at < len(self.tokens) and self.tokens[at].word == "of":  # "each of the three answers"
            while at < len(self.tokens) and (
                self.tokens[at].word in _OF_THE or self.tokens[at].kind == "number"
            ):
                at += 1
        behind = list(takewhile(_is_of_a_name, self.tokens[at:]))
        name = " ".join(token.word for token in behind)
        return (None if not name or name.startswith("words") else name), at + len(behind)


def _is_of_a_name(token: Token) -> bool:
    return token.word not in _ENDS_NAME and token.kind not in _NO_NAME
