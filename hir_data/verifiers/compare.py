"""Comparisons that several kinds make, and the reasons they give."""

from typing import Literal

from hir_data.schemas.constraint import Verdict

Relation = Literal["less than", "at least"]
"""The two relations of the benchmarks; anything else is an invalid parameter."""


def compare(found: int, relation: Relation, wanted: int, unit: str) -> Verdict:
    """Whether the count that was found stands in the relation to the one that was wanted."""
    satisfied = found < wanted if relation == "less than" else found >= wanted
    return Verdict(satisfied, f"found {count(found, unit)}, wanted {relation} {wanted}")


def exactly(found: int, wanted: int, unit: str) -> Verdict:
    """Whether the count that was found is the one that was wanted."""
    return Verdict(found == wanted, f"found {count(found, unit)}, wanted {wanted}")


def between(found: int, least: int | None, most: int | None, unit: str) -> Verdict:
    """Whether the count that was found lies between the bounds; a bound of None is open."""
    satisfied = (least is None or found >= least) and (most is None or found <= most)
    return Verdict(satisfied, f"found {count(found, unit)}, wanted {bounds(least, most)}")


def bounds(least: int | None, most: int | None) -> str:
    """Two bounds in words: "at least 3", "at most 5", "between 3 and 5", "exactly 4"."""
    if least is not None and most is not None:
        return f"exactly {least}" if least == most else f"between {least} and {most}"
    return f"at least {least}" if most is None else f"at most {most}"


def count(number: int, unit: str) -> str:
    """A number with its unit, in the plural where it has to be: "1 word", "2 words"."""
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"


def quoted(text: str) -> str:
    """A piece of a response in quotation marks, no more of it than a reason has room for."""
    return f'"{text}"' if len(text) <= 40 else f'"{text[:39]}…"'
