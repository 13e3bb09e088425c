"""IFBench's kinds about words and marks on the page: ``format:*``, but those about lines."""

import itertools
import re
import string
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import Annotated, ClassVar

from pydantic import Field

from hir_data.schemas.claims import (
    Claim,
    ContainsText,
    HasElement,
    Layout,
    SentenceRule,
    UnitEdge,
    WholeFormat,
    WordRule,
)
from hir_data.schemas.constraint import Constraint, Example, Verdict
from hir_data.schemas.drawing import Choices
from hir_data.schemas.registry import register
from hir_data.text.linear import INDENT
from hir_data.text.segment import without_punctuation
from hir_data.text.text import Text
from hir_data.verifiers.compare import quoted, share

_EDGES = string.punctuation + " "
_BRACKETS = re.compile(r"[()\[\]{}]")
_OPENED_BY = {")": "(", "]": "[", "}": "{"}
_QUOTES = re.compile("['\"]")
_QUOTE_AT_WORD = re.compile(
    r"(?:(?<=[\s(\[\"'“‘*_])|\A|(?<=[—–-]))(?P<opens>[\"'“‘])(?=[\w\"'“‘*_])"
    r"|(?<=[\w.,!?…\"'”’*_])(?P<closes>[\"'”’])(?!\w)"
)
_STRAIGHT = {"“": '"', "”": '"', "‘": "'", "’": "'"}
_ITALIC_LINE = re.compile(rf"{INDENT}([*_])(?![*_\s\"“])(?P<line>[^*_\n]{{24,}})(?<!\s)\1\s*$", re.MULTILINE)
_OUTSIDE_QUOTES = string.digits + string.punctuation.replace('"', "")
_LETTERED = re.compile(r"\W*[aA]\W*[bB]\W*[cC]\W*")
_OPTIONS = ("yes/no/maybe", "true/false", "agree/disagree", "red, green, blue", "always/sometimes/never")
_HEADINGS = ("My Answer:", "My Conclusion:", "Future Outlook:")


@register("format:parentheses")
class Parentheses(Constraint):
    """Brackets are nested five levels deep, or deeper."""

    phrasings: ClassVar[tuple[str, ...]] = (
        "Nest brackets, (round), [square] or {{curly}}, at least 5 levels deep.",
        "Put brackets inside brackets until five or more of them are open at once; use any of (), [], {{}}.",
    )
    example: ClassVar[Example] = Example(
        {}, "So (it [is {very (deeply [nested])}]).", "So (it [is {not (deep)}])."
    )
    conflicts: ClassVar[tuple[str, ...]] = ("count:count_unique",)
    no_hindsight = "hardly any text does, so not to ask for it is to ask for nothing"

    def check(self, text: Text) -> Verdict:
        opened: list[str] = []
        deepest = 0
        for bracket in _BRACKETS.findall(text.raw):
            if bracket not in _OPENED_BY:
                opened.append(bracket)
                if len(opened) > deepest:
                    deepest = len(opened)
            elif opened and opened.pop() == _OPENED_BY[bracket]:
                if deepest >= 5:  # it is enough to close the innermost one
                    return Verdict(True, f"found {deepest} levels, wanted at least 5")
            else:  # a bracket that closes no other, such as that of a smiley, starts all over again
                opened, deepest = [], 0
        return Verdict(False, "found no closed bracket that is nested in four others or more")

    def nearness(self, text: Text) -> float:
        """How many of the five levels are open at once, as far as brackets go; half with all three kinds."""
        kinds = share(bracket in text.raw for bracket in "([{")
        steps = (-1 if bracket in _OPENED_BY else 1 for bracket in _BRACKETS.findall(text.raw))
        levels = min(max(itertools.accumulate(steps, initial=0)), 5)
        return max(levels, 2.5 if kinds == 1 else 0) / 6

    def claims(self) -> Sequence[Claim]:
        return [HasElement("nested brackets")]


@register("format:quotes")
class Quotes(Constraint):
    """Quotations are nested three levels deep, in double and single quotation marks by turns."""

    phrasings: ClassVar[tuple[str, ...]] = (
        "Nest quotations at least 3 levels deep, in double and single quotation marks by turns.",
        "Your answer must contain a quotation in a quotation in a quotation; alternate between \" and '.",
    )
    example: ClassVar[Example] = Example(
        {}, '"He said \'she said "no" twice\' again."', "\"He said 'no' twice.\""
    )
    conflicts: ClassVar[tuple[str, ...]] = ("count:count_unique",)
    no_hindsight = "hardly any text does, so not to ask for it is to ask for nothing"

    def check(self, text: Text) -> Verdict:
        # Straight marks only, and an apostrophe is one of them.
        opened: list[str] = []
        deepest = 0
        for mark in _QUOTES.findall(text.raw):
            if opened and opened[-1] == mark:
                opened.pop()
                if deepest - len(opened) >= 3:
                    return Verdict(True, "three quotations that are nested are closed")
            else:
                opened.append(mark)
                deepest = max(deepest, len(opened))
        return Verdict(False, "found no three nested quotations that are closed")

    def nearness(self, text: Text) -> float:
        """By the levels that are open at once, of marks before and behind words, curly ones too.

        A quotation in another one is no rarity, three are.
        """
        opened: list[tuple[str, int]] = []  # each mark, and how many alternate up to it
        number: Counter[str] = Counter()
        deepest = 0
        for found in _QUOTE_AT_WORD.finditer(text.raw):
            mark = _STRAIGHT.get(found[0], found[0])
            if found["opens"]:
                before, depth = opened[-1] if opened else ("", 0)
                opened.append((mark, depth + (mark != before)))
                number[mark] += 1
                deepest = max(deepest, opened[-1][1])
            elif number[mark]:
                last = ""
                while last != mark:
                    last, _ = opened.pop()
                    number[last] -= 1
        return (0.0, 0.0, 0.25, 0.75)[min(deepest, 3)]

    def claims(self) -> Sequence[Claim]:
        return [HasElement("nested quotations")]


@register("format:options")
class Options(Constraint):
    """The response is one of the options and nothing else."""

    options: Annotated[str, Field(min_length=1), Choices(_OPTIONS)]

    phrasings: ClassVar[tuple[str, ...]] = (
        "Answer with one of these options and nothing else: {options}.",
        "Choose one of the following, and say no more than that: {options}.",
    )
    example: ClassVar[Example] = Example({"options": "yes/no/maybe"}, "Maybe.", "Maybe not.")
    composable = False
    no_hindsight = "any other answer is none of the options"

    def check(self, text: Text) -> Verdict:
        # "or" divides wherever it stands, inside of words too.
        divider = next((mark for mark in ("/", "or") if mark in self.options), ",")
        options = [option.strip() for option in self.options.split(divider)]
        answer = text.raw
        # Letters have to be given exactly as listed: of "a), b), c)" neither "a" nor "A)" will do.
        if not _LETTERED.match(self.options):
            options = [option.strip(_EDGES).lower() for option in options]
            answer = answer.strip(_EDGES).lower()
        return Verdict(answer in options, f"the answer is {quoted(answer)}, wanted one of {self.options}")

    def claims(self) -> Sequence[Claim]:
        return [WholeFormat("one of some options")]


@register("format:emoji")
class Emoji(Constraint):
    """Each sentence ends with an emoji."""

    phrasings: ClassVar[tuple[str, ...]] = (
        "End every sentence with an emoji.",
        "Put an emoji at the end of each sentence.",
    )
    example: ClassVar[Example] = Example({}, "It rains 🌧. We stay in 🏠.", "It rains 🌧. We stay in.")
    conflicts: ClassVar[tuple[str, ...]] = ("ends_with", "startend:end_checker")
    no_hindsight = "hardly any text does, so not to ask for it is to ask for nothing"

    def check(self, text: Text) -> Verdict:
        from emoji import is_emoji

        bare = [without_punctuation(sentence).strip() for sentence in text.sentences]
        for number, (sentence, following) in enumerate(pairwise([*bare, ""]), start=1):
            # One of the last two characters, since one that cannot be seen may follow the emoji; or the first
            # one of the next sentence, where an emoji behind a full stop stands. Marks alone are no sentence.
            ends = any(map(is_emoji, sentence[-2:])) or is_emoji(following[:1])
            if not sentence or not ends:
                return Verdict(False, f"sentence {number} does not end with an emoji")
        return Verdict(True, "each sentence ends with an emoji")

    def nearness(self, text: Text) -> float:
        """The share of sentences that an emoji ends or follows."""
        from emoji import emoji_count

        sentences = text.sentences
        ends = (emoji_count(f"{one[-3:]} {after[:1]}") for one, after in pairwise([*sentences, ""]))
        return share(ends)

    def claims(self) -> Sequence[Claim]:
        return [UnitEdge("end", "sentence", None), SentenceRule("sentences that end with an emoji")]


@register("format:quote_unquote")
class QuoteUnquote(Constraint):
    """Each quotation is followed by an explanation outside of quotation marks."""

    phrasings: ClassVar[tuple[str, ...]] = (
        "Explain whatever you quote right behind the quotation, in words that are not quoted.",
        "If you quote anything, an explanation without quotation marks has to follow each quotation.",
    )
    example: ClassVar[Example] = Example({}, 'They say "hi", which is short.', 'It is short: they say "hi".')
    conflicts: ClassVar[tuple[str, ...]] = ("startend:quotation",)
    no_hindsight = "nobody asks for unexplained quotations"

    def check(self, text: Text) -> Verdict:
        # A quotation mark in single quotes is no quotation, and curly marks are none.
        value = "".join(text.raw.replace("'\"'", "").split())
        if '""' in value:
            return Verdict(False, "two quotations stand side by side")
        unexplained = value.strip(_OUTSIDE_QUOTES).endswith('"')
        return Verdict(not unexplained, "nothing explains the last quotation" if unexplained else "explained")

    def claims(self) -> Sequence[Claim]:
        return [HasElement("explained quotations")]


@register("format:thesis")
class Thesis(Constraint):
    """There is a thesis in italics (HTML), and something follows it."""

    phrasings: ClassVar[tuple[str, ...]] = (
        "State your thesis in HTML italics, <i>like this</i>, and go on with ordinary text.",
        "State your thesis in italics with the HTML tags <i> and </i>; text has to follow it.",
    )
    example: ClassVar[Example] = Example({}, "<i>Tea is good.</i> It warms.", "*Tea is good.* It warms.")
    conflicts: ClassVar[tuple[str, ...]] = (
        "change_case:english_capital",
        "count:count_unique",
        "format:title_case",
    )
    no_hindsight = "hardly any text does, so not to ask for it is to ask for nothing"

    def check(self, text: Text) -> Verdict:
        opening = "<i>" if "<i>" in text.raw else "<em>"
        _, opened, rest = text.raw.partition(opening)
        closing = "</i>" if "</i>" in rest else "</em>"
        thesis, closed, after = rest.partition(closing)
        if not opened or not closed:
            return Verdict(False, "found nothing in italics")
        # The reference cuts <em> and </em> off as if they had one letter; the ">" it leaves is never blank.
        if opening == "<i>" and not thesis.strip():
            return Verdict(False, "the italics are blank")
        if closing == "</i>" and not after.strip():
            return Verdict(False, "nothing follows the italics")
        return Verdict(True, "found a thesis in italics")

    def nearness(self, text: Text) -> float:
        """Half of the way with some of the tags, or where text repeats a line in markdown's italics."""
        tags = share(mark in text.raw for mark in ("<i>", "</i>", "<em>", "</em>"))
        lines = [found["line"] for found in _ITALIC_LINE.finditer(text.raw)]
        if tags or any(text.raw.count(line) > 1 for line in lines):
            return 0.5
        return 0.25 if lines else 0.0

    def claims(self) -> Sequence[Claim]:
        return [HasElement("a thesis in italics")]


@register("format:title_case")
class TitleCase(Constraint):
    """Every word starts with a capital letter and goes on in lower case."""

    phrasings: ClassVar[tuple[str, ...]] = (
        "Write your whole answer in title case, with a capital letter at the start of each word.",
        "Capitalize Every Word Of Your Answer Like This.",
    )
    example: ClassVar[Example] = Example({}, "The Sea Is Calm.", "The Sea is calm.")
    conflicts: ClassVar[tuple[str, ...]] = ("ends_with",)
    no_hindsight = "hardly any text does, so not to ask for it is to ask for nothing"

    def check(self, text: Text) -> Verdict:
        wrong = next((token for token in text.each_token() if not _is_title(token)), None)
        return Verdict(wrong is None, "all in title case" if wrong is None else f"found {quoted(wrong)}")

    def nearness(self, text: Text) -> float:
        """The share of words in title case: what begins with no letter is none."""
        return share(_is_title(token) for token in text.each_token() if token[0].isalpha())

    def claims(self) -> Sequence[Claim]:
        return [WordRule("title case", r"[^a-z][^A-Z]*")]


def _is_title(token: str) -> bool:
    """Whether a token has no small letter where a capital one belongs.

    What starts with no letter passes; so does what mixes cases behind its first letter ("iPhone"), or has
    capitals only.
    """
    first, rest = token[0], token[1:]
    return not (first.isalpha() and first.islower() and (not rest or rest.islower() or rest.isupper()))


@register("format:output_template")
class OutputTemplate(Constraint):
    """The response has the three headings of a template."""

    phrasings: ClassVar[tuple[str, ...]] = (
        'Use exactly this template: "My Answer: [answer] My Conclusion: [conclusion] Future Outlook: '
        '[outlook]".',
        'Your answer must have the parts "My Answer:", "My Conclusion:" and "Future Outlook:".',
    )
    example: ClassVar[Example] = Example(
        {}, "My Answer: Tea.\nMy Conclusion: Drink it.\nFuture Outlook: Warm.", "My Answer: Tea. It is warm."
    )
    conflicts: ClassVar[tuple[str, ...]] = (
        "change_case:english_capital",
        "change_case:english_lowercase",
        "count:count_unique",
        "detectable_format:square_brackets",
        "format:newline",
        "format:no_whitespace",
        "words:alphabet",
        "words:odd_even_syllables",
        "words:prime_lengths",
        "words:vowel",
    )
    no_hindsight = "hardly any text does, so not to ask for it is to ask for nothing"

    def check(self, text: Text) -> Verdict:
        # In any order, and with anything around them.
        missing = [heading for heading in _HEADINGS if heading not in text.raw]
        return Verdict(not missing, f"missing: {', '.join(missing)}" if missing else "all headings occur")

    def nearness(self, text: Text) -> float:
        return share(heading in text.raw for heading in _HEADINGS)

    def claims(self) -> Sequence[Claim]:
        headings = [ContainsText(heading, cased=True) for heading in _HEADINGS]
        return [Layout("a template"), *headings, ContainsText("My ", 2, cased=True)]
