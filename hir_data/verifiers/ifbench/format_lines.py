"""IFBench's kinds about lines and lists: the rest of ``format:*``."""

import itertools
import re
import string
from collections import deque
from collections.abc import Sequence
from itertools import pairwise
from typing import Annotated, ClassVar

from pydantic import Field

from hir_data.schemas.claims import (
    Claim,
    ContainsText,
    Count,
    ExcludesText,
    HasElement,
    Layout,
    Roughly,
)
from hir_data.schemas.constraint import Constraint, Example, Verdict
from hir_data.schemas.drawing import Choices
from hir_data.schemas.registry import register
from hir_data.text.linear import INDENT
from hir_data.text.segment import punkt_sentences
from hir_data.text.text import Text
from hir_data.verifiers.compare import closeness, compare, count, share

_ITEM = re.compile(rf"{INDENT}([-*•]) ", re.MULTILINE)


@register("format:newline")
class Newline(Constraint):
    """Each word stands on a line of its own."""

    phrasings: ClassVar[tuple[str, ...]] = (
        "Write each word on a new line.",
        "Put a line break after every single word.",
    )
    example: ClassVar[Example] = Example({}, "Rain\nis\nfalling.", "Rain is\nfalling.")
    conflicts: ClassVar[tuple[str, ...]] = ("ends_with", "startend:end_checker", "starts_with")
    no_hindsight = "hardly any text does, so not to ask for it is to ask for nothing"

    def check(self, text: Text) -> Verdict:
        # Only the two numbers are compared, and a line of nothing but spaces counts.
        bare = text.bare.strip()
        lines = sum(1 for line in bare.split("\n") if line)
        words = len(bare.split())
        return Verdict(lines == words, f"found {count(lines, 'line')} with {count(words, 'word')}")

    def nearness(self, text: Text) -> float:
        lines = sum(1 for line in text.raw.split("\n") if line.strip())
        words = len(text.bare.split())
        return min(lines, words) / max(lines, words, 1)

    def claims(self) -> Sequence[Claim]:
        return [Layout("a word a line")]


@register("format:line_indent")
class LineIndent(Constraint):
    """Each line is indented by more spaces than the one before."""

    phrasings: ClassVar[tuple[str, ...]] = (
        "Indent each line by more spaces than the line before it, like stairs.",
        "Every line must begin with more spaces than the previous one.",
    )
    example: ClassVar[Example] = Example({}, "One\n two\n   three", "One\n two\n three")
    no_hindsight = "hardly any text does, so not to ask for it is to ask for nothing"

    def check(self, text: Text) -> Verdict:
        indents = [len(line) - len(line.lstrip(" ")) for line in _lines(text.raw)]
        for before, found in pairwise(indents):
            if found <= before:
                return Verdict(False, f"found {count(found, 'space')}, wanted more than {before}")
        return Verdict(True, "each line is indented more than the one before")

    def nearness(self, text: Text) -> float:
        indents = [len(line) - len(line.lstrip(" ")) for line in _lines(text.raw)]
        return share(found > before for before, found in pairwise(indents))

    def claims(self) -> Sequence[Claim]:
        return [Layout("lines like stairs")]


def _lines(text: str) -> list[str]:
    """Lines, of which some blank ones are left out.

    Each blank line takes away the first that equals it, and hides the line behind it from this: so one blank
    line in a row goes, and of two one stays.
    """
    kept: list[str | None] = []
    blank: dict[str, deque[int]] = {}  # where blank lines are that are kept
    lines = iter(text.split("\n"))
    for line in lines:
        taken = [line]
        if not line.strip():
            if earlier := blank.get(line):
                kept[earlier.popleft()] = None
            else:
                taken = []
            taken += itertools.islice(lines, 1)  # the one that is hidden
        for each in taken:
            if not each.strip():
                blank.setdefault(each, deque()).append(len(kept))
            kept.append(each)
    return [line for line in kept if line is not None]


@register("format:list")
class List(Constraint):
    """A mark, such as that of a list, occurs at least twice."""

    sep: Annotated[str, Field(min_length=1), Choices(("...", "!?!?", "-", "-->", "=>", "~"))]

    phrasings: ClassVar[tuple[str, ...]] = (
        'Answer with a list in which each item starts with "{sep}".',
        'Write your answer as a list and put the mark "{sep}" in front of every item.',
    )
    claims_are_exact = True
    example: ClassVar[Example] = Example({"sep": "..."}, "... tea\n... milk", "- tea\n- milk")

    def check(self, text: Text) -> Verdict:
        # Anywhere: a hyphen in a word counts too.
        return compare(text.raw.count(self.sep), "at least", 2, "mark")

    def nearest(self, text: Text) -> Constraint | None:
        marks = _ITEM.findall(text.raw)
        return self.try_replace(sep=marks[0]) if marks else None

    def claims(self) -> Sequence[Claim]:
        return [
            Layout("a list"),
            ContainsText(self.sep, times=2, cased=True),
        ]


@register("format:sub-bullets")
class SubBullets(Constraint):
    """Each bullet point (*) has a bullet point below it (-)."""

    phrasings: ClassVar[tuple[str, ...]] = (
        "Give each bullet point (*) at least one sub-bullet (-).",
        "Use * for bullet points and - for sub-bullets; no bullet point may be without a sub-bullet.",
    )
    composable = False  # a sound variant is (verifiers/hackable.py)
    example: ClassVar[Example] = Example({}, "* Tea\n  - green\n* Milk\n  - cold", "* Tea\n* Milk\n  - cold")
    conflicts: ClassVar[tuple[str, ...]] = (
        "combination:two_responses",
        "length_constraints:number_paragraphs",
        "paragraphs:paragraphs",
    )
    no_hindsight = "hardly any text does, so not to ask for it is to ask for nothing"

    def check(self, text: Text) -> Verdict:
        # Every asterisk is a bullet, those of "**bold**" as well, and every hyphen a sub-bullet.
        chunks = text.raw.split("*")[1:]
        without = sum(1 for chunk in chunks if "-" not in chunk)
        return Verdict(not without, f"found {count(without, 'asterisk')} without a hyphen behind it")

    def nearness(self, text: Text) -> float:
        return share("-" in chunk for chunk in text.raw.split("*")[1:])


@register("format:no_bullets_bullets")
class NoBulletsBullets(Constraint):
    """Two sentences or more come first, and then nothing but two bullet points or more."""

    phrasings: ClassVar[tuple[str, ...]] = (
        "Write at least two sentences first and then nothing but two or more bullet points (*).",
        "First write two or more sentences, then two or more bullet points that start with *; stop there.",
    )
    example: ClassVar[Example] = Example(
        {}, "Tea is hot. It warms.\n* green\n* black", "Tea is hot.\n* green\n* black"
    )
    conflicts: ClassVar[tuple[str, ...]] = (
        "detectable_format:bigram_wrapping",
        "detectable_format:json_format",
        "detectable_format:sentence_hyphens",
        "detectable_format:square_brackets",
        "format:no_whitespace",
        "json",
        "words:vowel",
    )
    no_hindsight = "hardly any text does, so not to ask for it is to ask for nothing"

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
        return [
            Layout("sentences and then bullet points"),
            Roughly("sentences", 4),
            HasElement("bullet points"),
            ContainsText("*", times=2, cased=True),
            Count("paragraphs", 1, 2),
        ]


@register("format:no_whitespace")
class NoWhitespace(Constraint):
    """There is no white space at all."""

    phrasings: ClassVar[tuple[str, ...]] = (
        "Do not use any white space in your answer.",
        "Your answer must not contain a single space, tab or line break.",
    )
    example: ClassVar[Example] = Example({}, "Tea,please.", "Tea, please.")
    conflicts: ClassVar[tuple[str, ...]] = (
        "count:conjunctions",
        "count:unique_word_count",
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

    def nearness(self, text: Text) -> float:
        return closeness(len(text.raw) - sum(map(len, text.pieces)), None, 0)

    def claims(self) -> Sequence[Claim]:
        return [
            Layout("no white space"),
            *map(ExcludesText, string.whitespace),
            Count("words whitespace", 1, 1),
            Count("paragraphs line", 1, 1),
        ]
