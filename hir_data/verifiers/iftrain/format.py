"""IFTrain's kinds about marks: ``detectable_format:*``, ``paragraphs:*`` and ``punctuation:*``."""

from collections.abc import Sequence
from typing import ClassVar

from hir_data.schemas.claims import (
    Boundary,
    Claim,
    ContainsText,
    Count,
    ExcludesText,
    Layout,
)
from hir_data.schemas.constraint import Constraint, Example, Verdict
from hir_data.schemas.registry import register
from hir_data.text import segment
from hir_data.text.text import Text
from hir_data.verifiers.compare import exactly, share, shared_start
from hir_data.verifiers.general.count import ParagraphCount
from hir_data.verifiers.general.text import Contains
from hir_data.verifiers.ifeval.length import DIVIDER, NumberParagraphs, divided


@register("detectable_format:sentence_hyphens")
class SentenceHyphens(Constraint):
    """Sentences are joined by hyphens, without spaces."""

    phrasings: ClassVar[tuple[str, ...]] = (
        "Put a hyphen between your sentences, with no space on either side of it.",
        "Connect each sentence to the next with a hyphen (-) and no space.",
    )
    example: ClassVar[Example] = Example({}, "It rains.-We stay in.", "It rains. We stay in.")
    no_hindsight = "nobody asks for sentences without hyphens between them"
    conflicts: ClassVar[tuple[str, ...]] = (
        "detectable_format:number_bullet_lists",
        "length_constraints:nth_paragraph_first_word",
        "paragraphs:paragraphs2",
    )

    def check(self, text: Text) -> Verdict:
        parts = text.raw.split("-")
        sentences = segment.rule_sentences(text.raw.replace("-", " "))
        # As far as the shorter list goes: one sentence without hyphens passes, a hyphen in a word does not.
        for part, sentence in zip(parts, sentences, strict=False):
            if part != sentence:
                return Verdict(False, f"found {part!r} between hyphens, wanted the sentence {sentence!r}")
        return Verdict(True, "what stands between hyphens are the sentences")

    def nearness(self, text: Text) -> float:
        sentences = segment.rule_sentences(text.raw.replace("-", " "))
        return shared_start(text.raw.split("-"), sentences)

    def claims(self) -> Sequence[Claim]:
        return [Layout("hyphens between sentences")]


@register("detectable_format:square_brackets")
class SquareBrackets(Constraint):
    """Each word stands in square brackets."""

    phrasings: ClassVar[tuple[str, ...]] = (
        "Put every single word into square brackets, together with the punctuation that belongs to it.",
        "Put [square] [brackets] around each word of your answer, with its punctuation inside them.",
    )
    example: ClassVar[Example] = Example({}, "[It] [rains.]", "[It] rains.")
    no_hindsight = "nobody asks for words without brackets"
    conflicts: ClassVar[tuple[str, ...]] = (
        "detectable_format:number_bullet_lists",
        "keywords:palindrome",
        "keywords:start_end",
        "length_constraints:nth_paragraph_first_word",
        "startend:quotation",
    )

    def check(self, text: Text) -> Verdict:
        # What stands between white space: "[a]." fails, and so does "[a b]".
        bare = [word for word in text.pieces if not (word[0] == "[" and word[-1] == "]")]
        return Verdict(not bare, f"found {bare[0]!r} without brackets" if bare else "all stand in brackets")

    def nearness(self, text: Text) -> float:
        return share(word[0] == "[" and word[-1] == "]" for word in text.pieces)

    def claims(self) -> Sequence[Claim]:
        return [
            Layout("each word in brackets"),
            Boundary("start", "["),
            Boundary("end", "]"),
        ]


@register("detectable_format:bigram_wrapping")
class BigramWrapping(Constraint):
    """Words stand in <<double angular brackets>>, two by two."""

    phrasings: ClassVar[tuple[str, ...]] = (
        "Wrap every two words of your answer in double angular brackets, <<like this>> <<one here>>.",
        "Take your answer two words at a time and put << before and >> behind each pair.",
    )
    example: ClassVar[Example] = Example({}, "<<It rains>> <<all day.>>", "<<It rains all day.>>")
    conflicts: ClassVar[tuple[str, ...]] = (
        "ends_with",
        "length_constraints:nth_paragraph_first_word",
        "startend:end_checker",
        "starts_with",
    )
    no_hindsight = "nobody asks for words without brackets"

    def check(self, text: Text) -> Verdict:
        # An odd last word may be anything.
        for one, other in zip(text.pieces[::2], text.pieces[1::2], strict=False):
            if not (one.startswith("<<") and other.endswith(">>")):
                return Verdict(False, f"found the pair {f'{one} {other}'!r} without brackets")
        return Verdict(True, "each pair stands in << >>")

    def nearness(self, text: Text) -> float:
        pairs = zip(text.pieces[::2], text.pieces[1::2], strict=False)
        return share(one.startswith("<<") and other.endswith(">>") for one, other in pairs)

    def claims(self) -> Sequence[Claim]:
        return [Layout("pairs of words in brackets")]


@register("paragraphs:paragraphs")
class Paragraphs(Constraint):
    """There are exactly two paragraphs, divided by ``***``."""

    phrasings: ClassVar[tuple[str, ...]] = (
        "Write exactly two paragraphs with the markdown divider *** between them.",
        "Divide your answer into two paragraphs by ***",
    )
    example: ClassVar[Example] = Example({}, "First part.\n***\nSecond part.", "First part.\n\nSecond part.")
    conflicts: ClassVar[tuple[str, ...]] = ("count:counting_composition", "paragraphs:paragraphs2")

    def check(self, text: Text) -> Verdict:
        return divided(DIVIDER.split(text.raw), 2)

    def nearest(self, text: Text) -> Constraint | None:
        found = sum(1 for part in DIVIDER.split(text.raw) if part.strip())
        return NumberParagraphs(num_paragraphs=found) if found > 1 else None

    def claims(self) -> Sequence[Claim]:
        return [Count("paragraphs between ***", 2, 2), ContainsText("***"), ExcludesText("******")]


@register("paragraphs:paragraphs2")
class Paragraphs2(Constraint):
    """There are exactly two paragraphs, divided by a blank line."""

    phrasings: ClassVar[tuple[str, ...]] = (
        "Write exactly two paragraphs with one blank line between them.",
        "Your answer should have two paragraphs, separated by two line breaks.",
    )
    example: ClassVar[Example] = Example({}, "First part.\n\nSecond part.", "First part.\nSecond part.")
    conflicts: ClassVar[tuple[str, ...]] = ("count:counting_composition", "paragraphs:paragraphs")

    def check(self, text: Text) -> Verdict:
        return divided(text.raw.split("\n\n"), 2)  # three blank lines are two dividers with nothing between

    def nearest(self, text: Text) -> Constraint | None:
        found = len(text.sections("paragraph"))
        return ParagraphCount(min=found, max=found) if found > 1 else None

    def claims(self) -> Sequence[Claim]:
        return [Count("paragraphs", 2, 2)]


@register("punctuation:punctuation_dot")
class PunctuationDot(Constraint):
    """There are no full stops."""

    phrasings: ClassVar[tuple[str, ...]] = (
        "Do not use any full stops.",
        "Your answer must not contain a single full stop.",
    )
    example: ClassVar[Example] = Example({}, "Shall we go? Yes!", "Shall we go? Yes.")
    conflicts: ClassVar[tuple[str, ...]] = ("detectable_content:postscript",)
    claims_are_exact = True
    no_hindsight = "any text has full stops, so to ask for one is to ask for nothing"

    def denial(self) -> str:
        return "use a full stop"

    def check(self, text: Text) -> Verdict:
        return exactly(text.raw.count("."), 0, "dot")  # in numbers and addresses too; "…" and "。" are none

    def claims(self) -> Sequence[Claim]:
        return [ExcludesText(".")]


@register("punctuation:punctuation_exclamation")
class PunctuationExclamation(Constraint):
    """There are no exclamation marks."""

    phrasings: ClassVar[tuple[str, ...]] = (
        "Do not use any exclamation marks.",
        "Your answer must not contain a single exclamation mark.",
    )
    example: ClassVar[Example] = Example({}, "We are here.", "We are here!")
    claims_are_exact = True

    def denial(self) -> str:
        return "use an exclamation mark"

    def check(self, text: Text) -> Verdict:
        return exactly(text.raw.count("!"), 0, "exclamation mark")  # "！" is none

    def flip(self, text: Text) -> Constraint | None:
        return Contains(text="!")

    def claims(self) -> Sequence[Claim]:
        return [ExcludesText("!")]
