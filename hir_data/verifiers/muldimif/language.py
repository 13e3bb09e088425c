"""MulDimIF's kinds about letters and scripts."""

import re
from collections.abc import Callable, Iterable
from typing import ClassVar, Literal

from hir_data.schemas.constraint import Constraint, Example, Verdict
from hir_data.schemas.registry import register
from hir_data.text import scripts
from hir_data.text.text import Text
from hir_data.verifiers.compare import letters_share, quoted, share
from hir_data.verifiers.muldimif import elements

LanguagePart = Literal[
    "text", "headings", "table", "table header", "table entries", "json keys", "json values"
]
"""Where a rule about letters holds; where there is no such part, everywhere."""

_SMALL = re.compile(r"\s[a-z]")
_PARTS: dict[LanguagePart, Callable[[str], Iterable[str]]] = {
    "text": lambda raw: (raw,),
    "headings": lambda raw: [heading.title for heading in elements.headings(raw)],
    "table": lambda raw: found.cells if (found := elements.table(raw)) else (),
    "table header": lambda raw: found.header if (found := elements.table(raw)) else (),
    "table entries": lambda raw: (
        [cell for row in found.rows for cell in row] if (found := elements.table(raw)) else ()
    ),
    "json keys": elements.json_keys,
    "json values": elements.json_values,
}


class _Letters(Constraint):
    """A rule about letters, in the response or in a part of it."""

    of: LanguagePart = "text"
    composable = False
    no_hindsight = "nobody asks for letters that are of one size here and of another there"

    @property
    def place(self) -> str:
        """Where the rule holds, in words."""
        return "your whole answer" if self.of == "text" else f"the {self.of}".replace("json", "JSON")

    def breaks(self, part: str) -> str | None:
        """What in a part breaks the rule."""
        raise NotImplementedError

    def check(self, text: Text) -> Verdict:
        for part in _PARTS[self.of](text.raw) or (text.raw,):
            broken = self.breaks(part)
            if broken is not None:
                return Verdict(False, f"found {quoted(broken)}")
        return Verdict(True, "every word fits")


@register("muldimif:capitalized")
class Capitalized(_Letters):
    """No word starts with a small letter from a to z, in the response or in a part of it.

    Words stand between white space: "(tea", "éclair" and "1st" pass.
    """

    phrasings: ClassVar[tuple[str, ...]] = (
        "Start each word of {place} with a capital letter.",
        "Each word of {place} has to start with a capital letter.",
    )
    example: ClassVar[Example] = Example({}, "It Rains Again.", "It rains again.")

    def breaks(self, part: str) -> str | None:
        if "a" <= part[:1] <= "z":
            return part.split(None, 1)[0]
        small = _SMALL.search(part)
        return part[small.start() :].split(None, 1)[0] if small else None

    def nearness(self, text: Text) -> float:
        parts = [*_PARTS[self.of](text.raw)] or [text.raw]
        return share(not "a" <= word[:1] <= "z" for part in parts for word in part.split())


@register("muldimif:uppercase")
class Uppercase(_Letters):
    """There are no small letters, in the response or in a part of it."""

    phrasings: ClassVar[tuple[str, ...]] = (
        "Write {place} in capital letters only.",
        "Every letter of {place} has to be a capital one.",
    )
    example: ClassVar[Example] = Example({}, "IT RAINS.", "It rains.")

    def breaks(self, part: str) -> str | None:
        return None if part == part.upper() else next(word for word in part.split() if word != word.upper())

    def nearness(self, text: Text) -> float:
        return letters_share("".join([*_PARTS[self.of](text.raw)] or [text.raw]), str.isupper)


@register("muldimif:lowercase")
class Lowercase(_Letters):
    """There are no capital letters, in the response or in a part of it."""

    phrasings: ClassVar[tuple[str, ...]] = (
        "Write {place} in small letters only.",
        "Every letter of {place} has to be a small one.",
    )
    example: ClassVar[Example] = Example({}, "it rains.", "It rains.")

    def breaks(self, part: str) -> str | None:
        return None if part == part.lower() else next(word for word in part.split() if word != word.lower())

    def nearness(self, text: Text) -> float:
        return letters_share("".join([*_PARTS[self.of](text.raw)] or [text.raw]), str.islower)


@register("muldimif:chinese")
class Chinese(Constraint):
    """Some of the response is in one of the two Chinese scripts, or all of it is.

    Characters that both scripts share belong to neither: some that only this one has are wanted, or with
    ``only`` none that only the other has, and no Latin letters.
    """

    script: Literal["simplified", "traditional"]
    only: bool = False

    phrasings: ClassVar[tuple[str, ...]] = (
        "Write {share} in {script} Chinese.",
        "The script of {share} has to be {script} Chinese.",
    )
    example: ClassVar[Example] = Example({"script": "simplified"}, "这是我们的国家。", "這是我們的國家。")
    composable = False
    no_hindsight = "a response is seldom in the other script by mistake"

    @property
    def share(self) -> str:
        """How much of the answer is meant, in words."""
        return "all of your answer" if self.only else "your answer or some of it"

    def check(self, text: Text) -> Verdict:
        if text.raw.isascii():
            return Verdict(False, "found no Chinese")
        own, other = scripts.counts(text.raw, self.script)
        if not self.only:
            return Verdict(own > 0, f"found {own} characters of this script only")
        latin = re.search("[A-Za-z]", text.raw)
        satisfied = not other and not latin
        return Verdict(
            satisfied, f"found {other} characters of the other script" + (" and Latin ones" if latin else "")
        )

    def nearness(self, text: Text) -> float:
        own, other = scripts.counts(text.raw, self.script)
        return own / (own + other + len(re.findall("[A-Za-z]", text.raw))) if own else 0.0
