"""IFEval's kinds about what can be seen on the page: ``detectable_content:*`` and ``detectable_format:*``."""

import re
from collections.abc import Sequence
from typing import Annotated, ClassVar

from pydantic import Field

from hir_data.schemas.claims import Claim, ContainsText, Count, HasElement, WholeFormat
from hir_data.schemas.constraint import Constraint, Example, Verdict
from hir_data.schemas.drawing import Choices
from hir_data.schemas.registry import register
from hir_data.text.linear import INDENT, LINE_START, up_to_last
from hir_data.text.structured import read_python_json
from hir_data.text.text import Text
from hir_data.verifiers.compare import closeness, compare, count, exactly, json_share, nearest_bound
from hir_data.verifiers.patterns import Keyword, compiled

_PLACEHOLDER = re.compile(r"\[.*?\]")
_OTHER_PLACEHOLDER = re.compile(
    r"\{\w[^{}\n]{0,40}\}|<\w[^<>\n/=]{1,40}>|(?<!\w)_{3,}(?!\w)|\(insert [^()\n]{1,40}\)"
)
_STAR_BULLET = re.compile(rf"{INDENT}\*[^\*].*$", re.MULTILINE)
_DASH_BULLET = re.compile(rf"{INDENT}-.*$", re.MULTILINE)
_ITALIC = re.compile(r"\*[^\n\*]*\*")
_BOLD = re.compile(r"\*\*[^\n\*]*\*\*")
_ANY_POSTSCRIPT = re.compile(rf"{LINE_START}(?:(?:p\.?\s?)+s\b|post-?script\b)", re.IGNORECASE)
_NUMERAL = r"(?:\d+|[ivx]+\b|[a-h]\b|one|two|three|four|five|six|seven|eight)"
_LONG_HIGHLIGHT = re.compile(
    r"(?<![*\w])\*{1,2}(?=[^\s*])[^*\n]{1,200}\n[^*]{1,200}(?<=[^\s*])\*{1,2}(?![*\w])"
)
_ANY_TITLE = re.compile(r"<<|>>|«[^«»\n]+»|^<[^<>/\n]+>$", re.MULTILINE)
_ANY_ANSWER = re.compile(r"\banswer (?:is|would be|to this)\W{1,4}(?:yes|no|maybe)\b", re.IGNORECASE)
_TITLE = re.compile(r"<<[^\n]+>>")
_MARKERS = ("P.S.", "P.P.S")
_OPTIONS = ("My answer is yes.", "My answer is no.", "My answer is maybe.")


@register("detectable_content:number_placeholders")
class NumberPlaceholders(Constraint):
    """There are at least so many placeholders in square brackets."""

    num_placeholders: Annotated[int, Field(ge=0), Choices(range(2, 7))]

    phrasings: ClassVar[tuple[str, ...]] = (
        "Include at least {num_placeholders:placeholder} in square brackets, such as [address].",
        "Leave at least {num_placeholders:blank} for me to fill in, written like [name].",
    )
    example: ClassVar[Example] = Example(
        {"num_placeholders": 2}, "Dear [name], see you on [day].", "Dear [name], see you soon."
    )
    claims_are_exact = True

    def check(self, text: Text) -> Verdict:
        # Any brackets on one line count: "[]", a checkbox, a markdown link.
        return compare(_placeholders(text), "at least", self.num_placeholders, "placeholder")

    def nearness(self, text: Text) -> float:
        """Half of one for what is left to be filled in, and stands in other brackets."""
        found = _placeholders(text) + len(_OTHER_PLACEHOLDER.findall(text.raw)) / 2
        return closeness(found, self.num_placeholders, None)

    def nearest(self, text: Text) -> Constraint | None:
        return self.try_replace(num_placeholders=nearest_bound(_placeholders(text), "at least"))

    def claims(self) -> Sequence[Claim]:
        return [Count("placeholders", self.num_placeholders)]


def _placeholders(text: Text) -> int:
    return len(_PLACEHOLDER.findall(up_to_last(text.raw, "]")))


@register("detectable_content:postscript")
class Postscript(Constraint):
    """There is a postscript with a given marker."""

    postscript_marker: Annotated[Keyword, Choices(("P.S.", "PS:"))]  # a P.P.S goes behind a P.S.

    phrasings: ClassVar[tuple[str, ...]] = (
        "Add a postscript marked {postscript_marker} at the end of your answer.",
        "Close with a postscript (marked {postscript_marker}).",
    )
    example: ClassVar[Example] = Example(
        {"postscript_marker": "P.S."}, "See you.\nP.S. Bring bread.", "See you. Bring bread."
    )

    def check(self, text: Text) -> Verdict:
        # Anywhere in the text, in the middle of a line too; only these two markers tolerate spaces.
        match self.postscript_marker.strip():
            case "P.P.S":
                pattern = r"p\.\s?p\.\s?s"
            case "P.S.":
                pattern = r"p\.\s?s\."
            case marker:
                pattern = marker.lower()
                # The reference has it between these, which fails where a flag has to come first.
                re.compile(rf"\s*{pattern}.*$", re.MULTILINE)
        found = compiled(pattern, re.MULTILINE).search(text.lower)
        return Verdict(bool(found), f"{'found' if found else 'did not find'} {self.postscript_marker}")

    def nearness(self, text: Text) -> float:
        """Half of the way where a line begins with a postscript that is marked otherwise."""
        return 0.5 if _ANY_POSTSCRIPT.search(text.raw) else 0.0

    def nearest(self, text: Text) -> Constraint | None:
        return self.try_replace(postscript_marker=_MARKERS[self.postscript_marker.strip() == _MARKERS[0]])

    def claims(self) -> Sequence[Claim]:
        return [HasElement("a postscript", self.postscript_marker.strip())]


@register("detectable_format:number_bullet_lists")
class NumberBulletLists(Constraint):
    """There are exactly so many bullet points."""

    num_bullets: Annotated[int, Field(ge=0), Choices(range(2, 9))]

    phrasings: ClassVar[tuple[str, ...]] = (
        "Use {amount} in markdown (lines that start with * or -).",
        "Your answer must contain {amount}, written in markdown like * this.",
    )
    example: ClassVar[Example] = Example({"num_bullets": 2}, "* Bread\n* Milk", "* Bread\n* Milk\n* Eggs")
    claims_are_exact = True

    def check(self, text: Text) -> Verdict:
        return exactly(self.found(text), self.num_bullets, "bullet point")

    def nearest(self, text: Text) -> Constraint | None:
        found = self.found(text)
        return self.try_replace(num_bullets=found) if found > 1 else None

    def flip(self, text: Text) -> Constraint | None:
        return self.try_replace(num_bullets=0)

    def claims(self) -> Sequence[Claim]:
        shown = [HasElement("bullet points")] if self.num_bullets else []
        return [Count("bullet points", self.num_bullets, self.num_bullets), *shown]

    @property
    def amount(self) -> str:
        """How many, in words."""
        return (
            f"exactly {count(self.num_bullets, 'bullet point')}" if self.num_bullets else "no bullet points"
        )

    def found(self, text: Text) -> int:
        """How many bullet points there are."""
        # A dash needs no space: "---" and "-5" at the start of a line count. "•", "+" and "1." do not.
        return len(_STAR_BULLET.findall(text.raw)) + len(_DASH_BULLET.findall(text.raw))


@register("detectable_format:constrained_response")
class ConstrainedResponse(Constraint):
    """The response contains one of three fixed answers."""

    phrasings: ClassVar[tuple[str, ...]] = (
        'Answer with one of these: "My answer is yes.", "My answer is no.", "My answer is maybe."',
        'Choose one of "My answer is yes.", "My answer is no." and "My answer is maybe." as your answer.',
    )
    example: ClassVar[Example] = Example({}, "My answer is maybe.", "Maybe.")
    only_compatible_with: ClassVar[tuple[str, ...]] = ()
    composable = False
    no_hindsight = "there is no other fixed answer to ask for"

    def check(self, text: Text) -> Verdict:
        # Text around the answer is allowed; case and the full stop matter.
        found = next((option for option in _OPTIONS if option in text.raw), None)
        return Verdict(found is not None, f"found {found!r}" if found else "found none of the three answers")

    def nearness(self, text: Text) -> float:
        """Half of the way with an answer in other words."""
        return 0.5 if _ANY_ANSWER.search(text.raw) else 0.0


@register("detectable_format:number_highlighted_sections")
class NumberHighlightedSections(Constraint):
    """There are at least so many parts *highlighted* in markdown."""

    num_highlights: Annotated[int, Field(ge=0), Choices(range(2, 7))]

    phrasings: ClassVar[tuple[str, ...]] = (
        "Highlight at least {num_highlights:part} of your answer in markdown, like *this*.",
        "Emphasise at least {num_highlights:passage} with asterisks, for example *like this one*.",
    )
    example: ClassVar[Example] = Example(
        {"num_highlights": 2}, "*Boil* the water, *add* tea.", "*Boil* the water."
    )
    claims_are_exact = True
    conflicts: ClassVar[tuple[str, ...]] = ("detectable_format:multiple_sections",)

    def check(self, text: Text) -> Verdict:
        return compare(self.found(text), "at least", self.num_highlights, "highlighted part")

    def nearness(self, text: Text) -> float:
        """What is highlighted over several lines counts by half."""
        found = self.found(text) + len(_LONG_HIGHLIGHT.findall(text.raw)) / 2
        return closeness(found, self.num_highlights, None)

    def nearest(self, text: Text) -> Constraint | None:
        return self.try_replace(num_highlights=nearest_bound(self.found(text), "at least"))

    def flip(self, text: Text) -> Constraint | None:
        """No highlights at all, where there are none."""
        return ~self.replace(num_highlights=1)

    def denial(self) -> str:
        parts = "anything" if self.num_highlights == 1 else f"as many as {self.num_highlights} parts"
        return f"do not highlight {parts} in markdown, like *this*"

    def claims(self) -> Sequence[Claim]:
        shown = [HasElement("highlighted parts")] if self.num_highlights else []
        return [Count("highlighted parts", self.num_highlights), *shown]

    def found(self, text: Text) -> int:
        """How many parts are highlighted."""
        # Two independent scans: "***x***" counts twice, and two bullets on one line enclose a highlight.
        italic = sum(1 for part in _ITALIC.findall(text.raw) if part.strip("*").strip())
        bold = sum(
            1 for part in _BOLD.findall(text.raw) if part.removeprefix("**").removesuffix("**").strip()
        )
        return italic + bold


@register("detectable_format:multiple_sections")
class MultipleSections(Constraint):
    """There are at least so many sections, marked by a word and a number."""

    section_spliter: Annotated[Keyword, Choices(("Section", "Part", "Chapter", "SECTION"))]
    num_sections: Annotated[int, Field(ge=0), Choices(range(2, 6))]

    phrasings: ClassVar[tuple[str, ...]] = (
        "Write at least {num_sections:section}, each marked at its beginning with {section_spliter} and a "
        "number, such as {section_spliter} 1.",
        "Divide your answer into at least {num_sections:part}: {section_spliter} 1, {section_spliter} 2, ...",
    )
    example: ClassVar[Example] = Example(
        {"section_spliter": "Part", "num_sections": 2},
        "Part 1\nThe plan.\nPart 2\nThe work.",
        "Part 1\nThe plan and the work.",
    )
    claims_are_exact = True
    conflicts: ClassVar[tuple[str, ...]] = (
        "detectable_format:number_highlighted_sections",
        "language:response_language",
    )

    def check(self, text: Text) -> Verdict:
        return compare(self.found(text), "at least", self.num_sections, "section")

    def nearness(self, text: Text) -> float:
        """What begins a line with the word and another numeral, or in another case, counts a little less."""
        word = re.escape(self.section_spliter.strip())
        lines = re.findall(rf"{LINE_START}{word}\W{{0,3}}{_NUMERAL}", text.raw, re.IGNORECASE)
        return max(
            closeness(found, self.num_sections, None) for found in (self.found(text), 0.9 * len(lines))
        )

    def nearest(self, text: Text) -> Constraint | None:
        return self.try_replace(num_sections=nearest_bound(self.found(text), "at least", trivial=1))

    def claims(self) -> Sequence[Claim]:
        word = self.section_spliter.strip()
        is_plain = self.num_sections and re.escape(word) == word
        marked = [ContainsText(word, self.num_sections, cased=True)] if is_plain else []
        return [Count(f"sections {word}", self.num_sections), *marked]

    def found(self, text: Text) -> int:
        """How many sections are marked."""
        # Any mention counts, "see Part 2" as well; the word is an unescaped, case-sensitive pattern. (The
        # reference also counts what groups in it capture; we do not.)
        word = self.section_spliter.strip()
        mark = compiled(word, re.NOFLAG, before=r"\s?", behind=r"\s?\d+\s?")
        return sum(1 for _ in mark.finditer(text.raw))


@register("detectable_format:json_format")
class JsonFormat(Constraint):
    """The whole response is JSON, in a code fence or not."""

    phrasings: ClassVar[tuple[str, ...]] = (
        "Answer with nothing but valid JSON.",
        "Your whole answer has to be valid JSON; a markdown code fence around it is fine.",
    )
    example: ClassVar[Example] = Example({}, '{"city": "Oslo"}', "The city is Oslo.")
    only_compatible_with: ClassVar[tuple[str, ...]] = ("keywords:existence", "keywords:forbidden_words")
    no_hindsight = "nobody asks for a text that is no JSON"

    def check(self, text: Text) -> Verdict:
        value = text.stripped
        for fence in ("```json", "```Json", "```JSON", "```"):  # one after the other, as in the reference
            value = value.removeprefix(fence)
        try:
            # Scalars, NaN and Infinity pass.
            read_python_json(value.removesuffix("```").strip())
        except ValueError as error:
            return Verdict(False, f"not JSON: {error}")
        return Verdict(True, "valid JSON")

    def nearness(self, text: Text) -> float:
        return json_share(text.stripped)

    def claims(self) -> Sequence[Claim]:
        return [WholeFormat("json")]


@register("detectable_format:title")
class Title(Constraint):
    """There is a title in <<double angular brackets>>."""

    phrasings: ClassVar[tuple[str, ...]] = (
        "Give your answer a title in double angular brackets, such as <<my title>>.",
        "Include a title written like <<this>>.",
    )
    example: ClassVar[Example] = Example({}, "<<Morning>>\nThe sun is up.", "Morning\nThe sun is up.")
    conflicts: ClassVar[tuple[str, ...]] = ("startend:quotation",)
    no_hindsight = "hardly any text does, so not to ask for it is to ask for nothing"

    def check(self, text: Text) -> Verdict:
        # Greedy within a line and allowed anywhere: "<<>> and <<x>>" is one title.
        found = any(
            title.lstrip("<").rstrip(">").strip() for title in _TITLE.findall(up_to_last(text.raw, ">>"))
        )
        return Verdict(found, f"{'found' if found else 'did not find'} a title in << >>")

    def nearness(self, text: Text) -> float:
        """Half of the way with some of the brackets, or with others around a line."""
        return 0.5 if _ANY_TITLE.search(text.raw) else 0.0

    def claims(self) -> Sequence[Claim]:
        return [HasElement("a title in brackets")]
