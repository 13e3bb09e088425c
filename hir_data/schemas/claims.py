"""What constraints claim of a text, in a few words that can be compared.

A constraint says by :meth:`hir_data.Constraint.claims` what is true of every text that satisfies it.
:mod:`hir_data.instructions.conflicts` puts the claims of two constraints side by side.

"In any case" leaves aside what only Unicode takes for a letter in another case: the long s (ſ), the Kelvin
sign, the Turkish i's, "ß" for "ss", ligatures.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Count:
    """The number of something lies between bounds.

    Attributes:
        of: what is counted: ``words``, ``sentences``, ``characters``, ``letter e``, ... Kinds that count the
            same thing by different definitions name different things.
        least: the smallest number allowed.
        most: the largest, None for no bound.
    """

    of: str
    least: int = 0
    most: int | None = None


@dataclass(frozen=True, slots=True)
class ContainsText:
    """A text occurs, as it is or in an equivalent form, so many times at least; in any case unless ``cased``.

    With ``whole_word`` it stands as a word of its own (:func:`hir_data.text.words.word_pattern`).
    """

    text: str
    times: int = 1
    cased: bool = False
    whole_word: bool = False


@dataclass(frozen=True, slots=True)
class ExcludesText:
    """A text does not occur, or not as a whole word; in no case unless ``cased``."""

    text: str
    whole_word: bool = False
    cased: bool = False


@dataclass(frozen=True, slots=True)
class Pattern:
    """A regular expression finds something, or nothing; all that is known of it."""

    source: str
    found: bool = True


@dataclass(frozen=True, slots=True)
class Boundary:
    """The response starts, or ends, with a text, white space aside; in any case unless ``cased``.

    Attributes:
        at: which edge.
        text: what stands there.
        cased: whether its case matters.
        quotes: whether double quotes may stand around it.
    """

    at: Literal["start", "end"]
    text: str
    cased: bool = False
    quotes: bool = False


@dataclass(frozen=True, slots=True)
class UnitEdge:
    """Each sentence, a paragraph or the first one starts, or ends, with a word, in any case.

    Attributes:
        at: which edge.
        unit: whose: that of every sentence, of the first paragraph, of another one, or of the whole answer.
        text: the word in lower case; None where the rest of the text decides which.
    """

    at: Literal["start", "end"]
    unit: Literal["sentence", "first paragraph", "paragraph", "answer"]
    text: str | None


@dataclass(frozen=True, slots=True)
class Case:
    """There are letters, all in one case."""

    case: Literal["upper", "lower"]


@dataclass(frozen=True, slots=True)
class Language:
    """The response is in one language, by its ISO 639-1 code; one without letters is in every language.

    Attributes:
        code: the language.
        mostly: most of it is, by another detection than IFEval's: no proof that it is in no other one.
    """

    code: str
    mostly: bool = False


@dataclass(frozen=True, slots=True)
class WholeFormat:
    """The response as a whole is of one form, such as ``json``, that leaves no room beside it."""

    form: str


@dataclass(frozen=True, slots=True)
class HasElement:
    """The response shows an element of layout, such as ``bullets``, that no :class:`WholeFormat` has.

    Attributes:
        element: what it shows.
        mark: what marks it, as the prompt writes it, though the check may be content with another case; of
            code its language, of Japanese words the number of which one has to be Japanese.
    """

    element: str
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Roughly:
    """A :class:`Count` as a reader makes it, where the check has a definition of its own."""

    of: str
    least: int = 0
    most: int | None = None


@dataclass(frozen=True, slots=True)
class Layout:
    """How the whole response is laid out, as a reader understands it, such as ``a word a line``."""

    form: str


@dataclass(frozen=True, slots=True)
class WordRule:
    """What holds of every word, as a reader understands it.

    Attributes:
        rule: in words, such as ``words of prime length``.
        fits: a regular expression that each word matches as a whole; none where words depend on each other.
        uses: how often one word may stand.
        follows: whether a word in lower case may stand behind another one; None where any may.
    """

    rule: str
    fits: str = ""
    uses: int | None = None
    follows: Callable[[str, str], bool] | None = None


@dataclass(frozen=True, slots=True)
class SentenceRule:
    """What holds of every sentence, or of one beside another, as a reader understands it.

    Attributes:
        rule: in words.
        marks: punctuation marks that it takes.
    """

    rule: str
    marks: str = ""


@dataclass(frozen=True, slots=True)
class WordAt:
    """A word stands in a sentence, perhaps in a certain place of it: from 1 on, or -1 for the last.

    Attributes:
        text: the word.
        sentence: which sentence.
        word: which word of it.
        marks: whether punctuation marks are counted as words.
    """

    text: str
    sentence: int
    word: int | None = None
    marks: bool = False


@dataclass(frozen=True, slots=True)
class Variants:
    """A phrase stands so many times, each time with another one of its middle words changed."""

    phrase: str
    times: int


@dataclass(frozen=True, slots=True)
class OneOf:
    """The response is one of a few texts, case and outer white space aside."""

    texts: tuple[str, ...]


Claim = (
    Count
    | ContainsText
    | ExcludesText
    | Pattern
    | Boundary
    | UnitEdge
    | Case
    | Language
    | WholeFormat
    | HasElement
    | Roughly
    | Layout
    | WordRule
    | SentenceRule
    | WordAt
    | Variants
    | OneOf
)

ForReaders = HasElement | Roughly | Layout | WordRule | SentenceRule | WordAt | Variants
"""Claims that say how a constraint is read, not what its check lets through."""


def negated(claim: Claim) -> list[Claim] | None:
    """The claims of which one is true exactly where this one is not; None where there is no word for it."""
    match claim:
        case Count(of, least, most):
            below = [Count(of, most=least - 1)] if least else []
            return [*below, *([Count(of, least=most + 1)] if most is not None else [])]
        case ContainsText(text, 1, cased, False):
            return [ExcludesText(text, cased=cased)]
        case ExcludesText(text, False, cased):
            return [ContainsText(text, cased=cased)]
    return None
