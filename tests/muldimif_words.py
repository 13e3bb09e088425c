"""The words that sentences such as MulDimIF's are made of, and who puts them together."""

import random
from collections.abc import Sequence
from typing import Any, Literal, NamedTuple, TypeVar

Half = Literal["developed", "held-out"]
Record = dict[str, Any]
T = TypeVar("T")


class Drawn(NamedTuple):
    """A sentence and what it states."""

    category: str
    subcategory: str
    sentence: str
    record: Record


def of(name: str, **parameters: Any) -> Record:
    return {"kind": f"muldimif:{name}"} | {
        key: value for key, value in parameters.items() if value is not None
    }


def every(*records: Record) -> Record:
    return records[0] if len(records) == 1 else {"kind": "all_of", "constraints": [*records]}


ONES = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen".split()
TENS = {20: "twenty", 30: "thirty", 40: "forty", 60: "sixty", 80: "eighty", 90: "ninety"}

# A bound: how it is said, and what it means for the number n (and the larger m).
LEAST = [
    "at least {n} {u}", "no fewer than {n} {u}", "a minimum of {n} {u}", "not less than {n} {u}",
    "{n} or more {u}", "{n} {u} or more", "{n} {u} at the least", "no less than {n} {u}",
    "at minimum {n} {u}", "at the very least {n} {u}", "{n} {u} at a minimum",
    "a minimum of at least {n} {u}",
]  # fmt: skip
MOST = [
    "at most {n} {u}", "no more than {n} {u}", "a maximum of {n} {u}", "not more than {n} {u}",
    "up to {n} {u}", "{n} {u} or fewer", "{n} {u} at most", "{n} or fewer {u}", "{n} {u} or less",
    "at the most {n} {u}", "{n} {u} at the maximum", "a maximum of only {n} {u}",
]  # fmt: skip
ABOVE = ["more than {n} {u}", "over {n} {u}"]
BELOW = ["fewer than {n} {u}", "less than {n} {u}", "under {n} {u}", "below {n} {u}"]
EXACTLY = [
    "exactly {n} {u}", "precisely {n} {u}", "{n} {u}", "just {n} {u}", "only {n} {u}",
    "a total of {n} {u}", "no more and no less than {n} {u}", "{n} {u} in total", "{n} {u} exactly",
    "exactly {n} different {u}",
]  # fmt: skip
BETWEEN = [
    "between {n} and {m} {u}", "from {n} to {m} {u}", "{n} to {m} {u}", "between {n} to {m} {u}",
    "{n}-{m} {u}", "{n}–{m} {u}", "anywhere between {n} and {m} {u}", "a range of {n} to {m} {u}",
    "at least {n} and at most {m} {u}", "at least {n} {u} but no more than {m}",
    "a minimum of {n} and a maximum of {m} {u}", "at least {n} {u} and at most {m} {u}",
    "no fewer than {n} {u} and no more than {m}", "not less than {n} nor more than {m} {u}",
    "between {n} {u} and {m} {u}", "at most {m} {u} and at least {n}",
]  # fmt: skip

HOLDS = [
    "must contain {b}", "should have {b}", "has to consist of {b}", "needs to comprise {b}",
    "must be composed of {b}", "ought to include {b}", "is to use {b}", "has to be made up of {b}",
    "shall contain {b}", "must be organized into {b}", "should be kept to {b}", "must come to {b}",
]  # fmt: skip
NOT_ABOVE = [
    "must not exceed {n} {u}", "should not go over {n} {u}", "may not be longer than {n} {u}",
    "must be limited to {n} {u}", "cannot exceed a total of {n} {u}", "has to stay within {n} {u}",
    "should be capped at {n} {u}", "must stay within a limit of {n} {u}", "does not exceed {n} {u}",
    "must never exceed a maximum of {n} {u}", "should not surpass {n} {u}",
    "must not be more than {n} {u}",
]  # fmt: skip
NOT_BELOW = [
    "must not fall below {n} {u}", "should not have fewer than {n} {u}",
    "must not be shorter than {n} {u}", "cannot have less than {n} {u}",
]  # fmt: skip

SUBJECTS = [
    "The answer", "Your reply", "The memo", "the finished letter", "My summary", "the entire report", "It",
    "the whole script", "this review", "The outline", "your text", "The speech", "the essay as a whole",
    "The recipe",
]  # fmt: skip
OPENINGS = [
    "", "", "", "Please make sure that ", "Finally, ", "To keep it short, ", "It is essential that ",
    "In line with rule 4, ", "Ensure that ", "For our 12 readers, ", "As in section 2, ", "Additionally, ",
    "Since the two editors insist, ", "Because of the 30-minute slot, ",
]  # fmt: skip
CLOSINGS = [
    "", "", ".", ".", ", so that it fits on one page", " to keep it clear and concise",
    ", which suits a class of 7th graders.", " for the 2024 edition", " as Chapter 3 of the guide asks",
    ", as this is a requirement", " because we have only 10 minutes", ", since two people will check it.",
    " in version 2.5 of the manual", " (see note 6)", ", with one idea after the other",
    " for the three teams involved",
]  # fmt: skip

TERMS = [
    "tide", "moon phases", "GPT-4", "Next.js 13.4", "children's rights", "7 samurai", "cost of living",
    "R&D", "Kyoto", "section 8", "at least", "black or white", "St. Ives", "each way", "rock 'n' roll",
    "not guilty",
]  # fmt: skip
PARTS = ["definition", "recipe", "answer", "slide", "essay topic", "city", "friend's story", "step"]
NAMES = [
    ("Name", "Age"), ("Day", "Place", "Cost"), ("Old Word", "New Word"), ("City", "Country", "River"),
    ("Task", "Owner", "Due Date"), ("Year", "Event"), ("Tool", "Use"), ("Plant", "Season", "Soil"),
]  # fmt: skip


class Writer:
    """Draws from one half of each list."""

    def __init__(self, half: Half, seed: int) -> None:
        self.rng = random.Random(f"{half} {seed}")
        self.half = ["developed", "held-out"].index(half)

    def one(self, options: Sequence[T]) -> T:
        return self.rng.choice(options[self.half :: 2])

    def number(self, least: int, most: int) -> int:
        return self.rng.randint(least, most)

    def said(self, number: int) -> str:
        """A number in digits or, now and then, in words."""
        if number >= 1000:
            return self.rng.choice([f"{number:,}", str(number)])
        if self.rng.random() < 0.6:
            return str(number)
        if number < len(ONES):
            return ONES[number]
        if number in (100, 200, 300):
            return f"{'one two three'.split()[number // 100 - 1]} hundred"
        tens, ones = number - number % 10, number % 10
        if tens in TENS:
            return f"{TENS[tens]}-{ONES[ones]}" if ones else TENS[tens]
        return str(number)

    def bound(
        self,
        unit: str,
        least: int,
        most: int,
        step: int = 1,
        relations: Sequence[Sequence[str]] = (LEAST, MOST, EXACTLY, BETWEEN, LEAST, MOST, ABOVE, BELOW),
    ) -> tuple[str, dict[str, int | None]]:
        """A bound in words, which can stand behind "must contain", and what it means."""
        n = self.number(max(least // step, 2), most // step) * step
        m = n + step * self.number(1, 6)
        relation = self.rng.choice(relations)
        pattern = self.one(relation)
        said = pattern.format(n=self.said(n), m=self.said(m), u=unit)
        if "-{m}" in pattern or "–{m}" in pattern:
            said = pattern.format(n=n, m=m, u=unit)
        if pattern in LEAST:
            return said, {"min": n, "max": None}
        if pattern in MOST:
            return said, {"min": None, "max": n}
        if pattern in ABOVE:
            return said, {"min": n + 1, "max": None}
        if pattern in BELOW:
            return said, {"min": None, "max": n - 1}
        return said, {"min": n, "max": n if pattern in EXACTLY else m}

    def predicate(self, unit: str, least: int, most: int, step: int = 1) -> tuple[str, dict[str, int | None]]:
        """What is said of a subject: "must contain at least 3 sentences"."""
        n = self.number(max(least // step, 2), most // step) * step
        match self.number(0, 5):
            case 0:
                return self.one(NOT_ABOVE).format(n=self.said(n), u=unit), {"min": None, "max": n}
            case 1:
                return self.one(NOT_BELOW).format(n=self.said(n), u=unit), {"min": n, "max": None}
        said, bounds = self.bound(unit, least, most, step)
        return self.one(HOLDS).format(b=said), bounds

    def framed(self, said: str) -> str:
        opening, closing = self.one(OPENINGS), self.one(CLOSINGS)
        if opening:
            said = said[0].lower() + said[1:]
        return f"{opening}{said}{closing}"

    def quote(self, term: str) -> str:
        marks = ["''", '""'] if "'" in term else ["''", '""', "“”", "''"]
        if term == "rock 'n' roll":
            marks = ['""', "“”"]
        opening, closing = self.rng.choice(marks)
        return f"{opening}{term}{closing}"

    def quoted(self, terms: Sequence[str]) -> str:
        shown = [self.quote(term) for term in terms]
        if len(shown) < 3:
            return " and ".join(shown)
        return f"{', '.join(shown[:-1])}, and {shown[-1]}"

    def terms(self, most: int) -> list[str]:
        found = [self.one(TERMS) for _ in range(self.number(1, most))]
        return list(dict.fromkeys(found))
