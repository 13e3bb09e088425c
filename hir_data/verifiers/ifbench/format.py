"""IFBench's kinds about what can be seen on the page: ``format:*``."""

import re
import string
from collections.abc import Sequence
from itertools import pairwise
from typing import Annotated

from pydantic import Field

from hir_data.claims import Claim, Count, Form, Has, Lacks, Shows
from hir_data.drawing import Drawn
from hir_data.schemas.constraint import Constraint, Example, Verdict
from hir_data.segment import punkt_sentences, without_punctuation
from hir_data.text import Text
from hir_data.verifiers.compare import compare, count, quoted
from hir_data.verifiers.general.text import Contains
from hir_data.verifiers.registry import register

_EDGES = string.punctuation + " "
_BRACKETS = re.compile(r"[()\[\]{}]")
_OPENED_BY = {")": "(", "]": "[", "}": "{"}
_QUOTES = re.compile("['\"]")
_OUTSIDE_QUOTES = string.digits + string.punctuation.replace('"', "")
_LETTERED = re.compile(r"\W*[aA]\W*[bB]\W*[cC]\W*")
_OPTIONS = ("yes/no/maybe", "true/false", "agree/disagree", "red, green, blue", "always/sometimes/never")
_HEADINGS = ("My Answer:", "My Conclusion:", "Future Outlook:")


@register("format:parentheses")
class Parentheses(Constraint):
    """Brackets are nested five levels deep, or deeper."""

    phrasings = (
        "Nest brackets, (round), [square] or {{curly}}, at least 5 levels deep.",
        "Put brackets inside brackets until five or more of them are open at once; use any of (), [], {{}}.",
    )
    example = Example({}, "So (it [is {very (deeply [nested])}]).", "So (it [is {not (deep)}]).")
    conflicts = ("count:count_unique",)
    no_hindsight = "nobody asks for shallow brackets"

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


@register("format:quotes")
class Quotes(Constraint):
    """Quotations are nested three levels deep, in double and single quotation marks by turns."""

    phrasings = (
        "Nest quotations at least 3 levels deep, in double and single quotation marks by turns.",
        "Your answer must contain a quotation in a quotation in a quotation; alternate between \" and '.",
    )
    example = Example({}, '"He said \'she said "no" twice\' again."', "\"He said 'no' twice.\"")
    conflicts = ("count:count_unique",)
    no_hindsight = "nobody asks for shallow quotations"

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


@register("format:options")
class Options(Constraint):
    """The response is one of the options and nothing else."""

    options: Annotated[str, Field(min_length=1), Drawn(_OPTIONS)]

    phrasings = (
        "Answer with one of these options and nothing else: {options}.",
        "Choose one of the following, and say no more than that: {options}.",
    )
    example = Example({"options": "yes/no/maybe"}, "Maybe.", "Maybe not.")
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
        return [Form("one of some options")]


@register("format:newline")
class Newline(Constraint):
    """Each word stands on a line of its own."""

    phrasings = (
        "Write each word on a new line.",
        "Put a line break after every single word.",
    )
    example = Example({}, "Rain\nis\nfalling.", "Rain is\nfalling.")
    conflicts = ("ends_with", "startend:end_checker", "starts_with")
    no_hindsight = "nobody asks for several words a line"

    def check(self, text: Text) -> Verdict:
        # Only the two numbers are compared, and a line of nothing but spaces counts.
        bare = text.bare.strip()
        lines = sum(1 for line in bare.split("\n") if line)
        words = len(bare.split())
        return Verdict(lines == words, f"found {count(lines, 'line')} with {count(words, 'word')}")


@register("format:emoji")
class Emoji(Constraint):
    """Each sentence ends with an emoji."""

    phrasings = (
        "End every sentence with an emoji.",
        "Put an emoji at the end of each sentence.",
    )
    example = Example({}, "It rains 🌧. We stay in 🏠.", "It rains 🌧. We stay in.")
    conflicts = ("ends_with", "startend:end_checker")
    no_hindsight = "nobody asks for sentences without an emoji at the end"

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


@register("format:line_indent")
class LineIndent(Constraint):
    """Each line is indented by more spaces than the one before."""

    phrasings = (
        "Indent each line by more spaces than the line before it, like stairs.",
        "Every line must begin with more spaces than the previous one.",
    )
    example = Example({}, "One\n two\n   three", "One\n two\n three")
    no_hindsight = "nobody asks for lines that are not indented"

    def check(self, text: Text) -> Verdict:
        indents = [len(line) - len(line.lstrip(" ")) for line in _lines(text.raw)]
        for before, found in pairwise(indents):
            if found <= before:
                return Verdict(False, f"found {count(found, 'space')}, wanted more than {before}")
        return Verdict(True, "each line is indented more than the one before")


def _lines(text: str) -> list[str]:
    """Lines, of which some blank ones are left out.

    Each blank line takes away the first that equals it, and hides the line behind it from this: so one blank
    line in a row goes, and of two one stays.
    """
    lines = text.split("\n")
    number = 0
    while number < len(lines):
        if not lines[number].strip():
            lines.remove(lines[number])
        number += 1
    return lines


@register("format:quote_unquote")
class QuoteUnquote(Constraint):
    """Each quotation is followed by an explanation outside of quotation marks."""

    phrasings = (
        "Explain each quotation right behind it, in words of your own that are not quoted.",
        "Every quoted phrase must be followed by an explanation without quotation marks.",
    )
    example = Example({}, 'They say "hi", which is short.', 'It is short: they say "hi".')
    conflicts = ("startend:quotation",)
    no_hindsight = "nobody asks for unexplained quotations"

    def check(self, text: Text) -> Verdict:
        # A quotation mark in single quotes is no quotation, and curly marks are none.
        value = "".join(text.raw.replace("'\"'", "").split())
        if '""' in value:
            return Verdict(False, "two quotations stand side by side")
        unexplained = value.strip(_OUTSIDE_QUOTES).endswith('"')
        return Verdict(not unexplained, "nothing explains the last quotation" if unexplained else "explained")


@register("format:list")
class List(Constraint):
    """A mark, such as that of a list, occurs at least twice."""

    sep: Annotated[str, Field(min_length=1), Drawn(("...", "SEPARATOR", "!?!?", "-", "-->"))]

    phrasings = (
        "Answer with a list of items; mark each item with {sep} instead of a bullet.",
        "Write a list in which every item is set apart by {sep}.",
    )
    example = Example({"sep": "..."}, "... tea\n... milk", "- tea\n- milk")

    def check(self, text: Text) -> Verdict:
        # Anywhere: a hyphen in a word counts too.
        return compare(text.raw.count(self.sep), "at least", 2, "mark")

    def flip(self, text: Text) -> Constraint | None:
        return ~Contains(text=self.sep)

    def claims(self) -> Sequence[Claim]:
        return [Has(self.sep, times=2, cased=True)]


@register("format:thesis")
class Thesis(Constraint):
    """There is a thesis in italics (HTML), and something follows it."""

    phrasings = (
        "Put the thesis of your answer in HTML italics, <i>like this</i>, and go on from there.",
        "State your thesis in italics with the HTML tags <i> and </i>; text has to follow it.",
    )
    example = Example({}, "<i>Tea is good.</i> It warms.", "*Tea is good.* It warms.")
    conflicts = ("change_case:english_capital", "count:count_unique", "format:title_case")
    no_hindsight = "nobody asks for a thesis without italics"

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

    def claims(self) -> Sequence[Claim]:
        return [Shows("a thesis in italics")]


@register("format:sub-bullets")
class SubBullets(Constraint):
    """Each bullet point (*) has a bullet point below it (-)."""

    phrasings = (
        "Write bullet points with * and give each of them at least one sub-bullet with -.",
        "Use * for bullet points and - for sub-bullets; no bullet point may be without a sub-bullet.",
    )
    example = Example({}, "* Tea\n  - green\n* Milk\n  - cold", "* Tea\n* Milk\n  - cold")
    conflicts = ("combination:two_responses", "length_constraints:number_paragraphs", "paragraphs:paragraphs")
    no_hindsight = "nobody asks for bullet points without others below them"

    def check(self, text: Text) -> Verdict:
        # Every asterisk is a bullet, those of "**bold**" as well, and every hyphen a sub-bullet.
        chunks = text.raw.split("*")[1:]
        without = sum(1 for chunk in chunks if "-" not in chunk)
        return Verdict(not without, f"found {count(without, 'asterisk')} without a hyphen behind it")


@register("format:no_bullets_bullets")
class NoBulletsBullets(Constraint):
    """Two sentences or more come first, and then nothing but two bullet points or more."""

    phrasings = (
        "Begin with at least two sentences; after them, write at least two bullet points (*), nothing else.",
        "First write two or more sentences, then two or more bullet points that start with *; stop there.",
    )
    example = Example({}, "Tea is hot. It warms.\n* green\n* black", "Tea is hot.\n* green\n* black")
    conflicts = (
        "detectable_format:bigram_wrapping",
        "detectable_format:json_format",
        "detectable_format:sentence_hyphens",
        "detectable_format:square_brackets",
        "format:no_whitespace",
        "json",
        "words:vowel",
    )
    no_hindsight = "nobody asks for another order"

    def check(self, text: Text) -> Verdict:
        lines = [line.strip() for line in text.raw.split("\n")]
        first = next((number for number, line in enumerate(lines) if line.startswith("*")), len(lines))
        prose, bullets = lines[:first], lines[first:]
        if len(bullets) < 2:
            return Verdict(False, f"found {count(len(bullets), 'bullet point')}, wanted at least 2")
        if not all(line.startswith("*") for line in bullets):
            return Verdict(False, "a line behind the first bullet point, maybe a blank one, is none")
        # A blank line is good just before the bullet points, and nowhere else.
        if not all(prose[:-1]):
            return Verdict(False, "a blank line stands between the sentences")
        sentences = sum(len(punkt_sentences(line)) for line in prose)
        return compare(sentences, "at least", 2, "sentence")

    def claims(self) -> Sequence[Claim]:
        return [Shows("bullet points")]


@register("format:title_case")
class TitleCase(Constraint):
    """Every word starts with a capital letter and goes on in lower case."""

    phrasings = (
        "Write your whole answer in title case: each word starts with a capital letter.",
        "Capitalize Every Word Of Your Answer Like This.",
    )
    example = Example({}, "The Sea Is Calm.", "The Sea is calm.")
    conflicts = ("ends_with",)
    no_hindsight = "nobody asks for ordinary case"

    def check(self, text: Text) -> Verdict:
        wrong = next((token for token in text.each_token() if not _is_title(token)), None)
        return Verdict(wrong is None, "all in title case" if wrong is None else f"found {quoted(wrong)}")


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

    phrasings = (
        "Use exactly this template for your answer: My Answer: [answer] My Conclusion: [conclusion] "
        "Future Outlook: [outlook]",
        'Your answer must have the parts "My Answer:", "My Conclusion:" and "Future Outlook:".',
    )
    example = Example(
        {}, "My Answer: Tea.\nMy Conclusion: Drink it.\nFuture Outlook: Warm.", "My Answer: Tea. It is warm."
    )
    conflicts = (
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
    no_hindsight = "there is no other template to ask for"

    def check(self, text: Text) -> Verdict:
        # In any order, and with anything around them.
        missing = [heading for heading in _HEADINGS if heading not in text.raw]
        return Verdict(not missing, f"missing: {', '.join(missing)}" if missing else "all headings occur")

    def claims(self) -> Sequence[Claim]:
        return [Has(heading, cased=True) for heading in _HEADINGS]


@register("format:no_whitespace")
class NoWhitespace(Constraint):
    """There is no white space at all."""

    phrasings = (
        "Do not use any white space in your answer.",
        "Your answer must not contain a single space, tab or line break.",
    )
    example = Example({}, "Tea,please.", "Tea, please.")
    conflicts = (
        "detectable_format:number_bullet_lists",
        "ends_with",
        "length_constraints:nth_paragraph_first_word",
        "paragraphs:paragraphs2",
        "ratio:sentence_words",
        "startend:end_checker",
        "starts_with",
        "words:palindrome",
    )
    no_hindsight = "any text has spaces, so to ask for one is to ask for nothing"

    def check(self, text: Text) -> Verdict:
        # A line break at the very end counts as well.
        found = len(text.raw) - sum(map(len, text.pieces))
        return Verdict(not found, f"found {count(found, 'space')}, wanted none")

    def claims(self) -> Sequence[Claim]:
        return [Count("words whitespace", 1, 1), Lacks(" ")]
