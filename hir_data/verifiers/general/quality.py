"""What every honest answer has: measures of the quality of a text (:mod:`hir_data.text.quality`) as kinds."""

from typing import ClassVar

from hir_data.schemas.constraint import Constraint, Example, Verdict
from hir_data.schemas.registry import register
from hir_data.text.quality import ending, gibberish, repetition, shell, talk
from hir_data.text.text import Text


class Faultless(Constraint):
    """A text does not have a fault that no reader would forgive."""

    composable = False
    no_hindsight = "nobody asks for a response that has such a fault"
    praise: ClassVar[str]
    """The reason of a verdict on a text that has no fault."""

    def fault(self, text: str) -> str | None:
        """What is wrong with a text, or None."""
        raise NotImplementedError

    def check(self, text: Text) -> Verdict:
        fault = self.fault(text.raw)
        return Verdict(fault is None, fault or self.praise)


@register("no_repetition")
class NoRepetition(Faultless):
    """The response does not say the same words again and again, in any script.

    Violated by few distinct runs of three words, a block of words or lines three times in a row that is most
    of the text, a line many times, or a text that compresses far better than writing does. A refrain is none
    of these.
    """

    phrasings: ClassVar[tuple[str, ...]] = (
        "Do not say the same thing again and again.",
        "Your answer must not repeat the same words over and over.",
    )
    example: ClassVar[Example] = Example(
        {}, "The tide comes in, the tide goes out, and so do I.", "The tide comes in. " * 8
    )
    praise = "does not repeat itself"

    def fault(self, text: str) -> str | None:
        return repetition.repetition(text)

    def nearness(self, text: Text) -> float:
        """The share of its runs of three words that differ."""
        return repetition.distinct_share(text.raw)


@register("no_refusal")
class NoRefusal(Faultless):
    """The response does not decline to answer, in English.

    Only the first sentences of a short text are looked at: whoever says more has usually answered after all.
    """

    phrasings: ClassVar[tuple[str, ...]] = (
        "Do not refuse to answer.",
        "Your answer must not say that you cannot or will not answer.",
    )
    example: ClassVar[Example] = Example(
        {}, "The moon pulls at the sea.", "I'm sorry, but I can't help with that."
    )
    praise = "does not decline"

    def fault(self, text: str) -> str | None:
        return talk.refusal(text)


@register("no_deflection")
class NoDeflection(Faultless):
    """The response does not merely offer help or ask back, in English."""

    phrasings: ClassVar[tuple[str, ...]] = (
        "Do not ask back or offer help instead of answering.",
        "Your answer must not be an offer of help or a question to me.",
    )
    example: ClassVar[Example] = Example(
        {}, "The moon pulls at the sea.", "I'm here to help. What would you like to know?"
    )
    praise = "says more than that it can help"

    def fault(self, text: str) -> str | None:
        return talk.deflection(text)


@register("finished")
class Finished(Faultless):
    """The response comes to its end: no sentence breaks off, what is opened is closed, and nothing hangs.

    Violated by a last sentence that stops in its middle, by a code fence, a tag, a quotation or a structure
    in brackets that is open at the end, and by a lone word, an empty item or label, or a bare "P.S." as the
    last line.
    """

    phrasings: ClassVar[tuple[str, ...]] = (
        "Finish your answer and close whatever you open.",
        "Your answer must not break off.",
    )
    example: ClassVar[Example] = Example(
        {}, "The moon pulls at the sea.", "```python\nmoon = 'pulls'\nsea = moon +"
    )
    praise = "comes to its end"

    def fault(self, text: str) -> str | None:
        if end := ending.open_end(text):
            return f"ends with {end!r}"
        return ending.unclosed(text) or ending.leftover(text)


@register("no_gibberish")
class NoGibberish(Faultless):
    """The response can be read.

    Violated by usual English words in two parts ("th e", "an d"), spaces between all letters, a hundred
    words without a mark, many words without a vowel, broken characters, and marks of a chat template.
    """

    phrasings: ClassVar[tuple[str, ...]] = (
        "Do not write gibberish.",
        "Your answer has to be readable, with whole words and with marks between sentences.",
    )
    example: ClassVar[Example] = Example(
        {}, "The moon pulls at the sea.", "The moon pulls at the sea.<|im_end|>"
    )
    praise = "can be read"

    def fault(self, text: str) -> str | None:
        return gibberish.gibberish(text)


@register("no_empty_shell")
class NoEmptyShell(Faultless):
    """The response is more than markup, numbered labels or placeholders in brackets.

    One word says something, and so does one number.
    """

    phrasings: ClassVar[tuple[str, ...]] = (
        "Do not leave sections or placeholders empty.",
        "Your answer must not be made of labels and placeholders alone.",
    )
    example: ClassVar[Example] = Example(
        {}, "# Tides\n\nThe moon pulls at the sea.", "SECTION 1\n\nSECTION 2"
    )
    praise = "says something"

    def fault(self, text: str) -> str | None:
        return shell.shell(text)
