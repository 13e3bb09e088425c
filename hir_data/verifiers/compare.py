"""Comparisons that several kinds make, and the reasons they give."""

from typing import Literal, get_args

from hir_data.schemas.claims import Claim, ContainsText, Count
from hir_data.schemas.constraint import Verdict

Relation = Literal["less than", "at least"]
"""The two relations of the benchmarks; anything else is an invalid parameter."""

RELATIONS: tuple[str, ...] = get_args(Relation)


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


def opposite(relation: Relation) -> Relation:
    """The relation that holds where the other does not."""
    return "at least" if relation == "less than" else "less than"


def nearest_bound(found: int, relation: Relation, trivial: int = 0) -> int | None:
    """The bound nearest to the count that was found with which the relation holds, as people would write it.

    "at least" takes a round number that is not above the count, "less than" one that is above it: for 247
    words 240 and 250. None where "at least" would ask for no more than any text has, the trivial number.
    """
    if relation == "less than":
        return ceiling(found + 1)
    return floor(found) if floor(found) > trivial else None


def nearest_range(found: int, least: int | None, most: int | None) -> tuple[int | None, int | None]:
    """The bounds, with the one that the count breaks moved as far as it has to be, to a round number."""
    if least is not None and found < least:
        return floor(found), most
    if most is not None and found > most:
        return least, ceiling(found)
    return least, most


def floor(number: int) -> int:
    """The largest round number that is not above this one: 7, 15, 45, 240, 1150."""
    return number - number % _step(number)


def ceiling(number: int) -> int:
    """The smallest round number that is not below this one: 7, 20, 50, 250, 1200."""
    step = _step(number)
    return number + -number % step


def _step(number: int) -> int:
    """How fine people count in this range."""
    return next((step for bound, step in ((12, 1), (100, 5), (1000, 10)) if number <= bound), 50)


def about(of: str, relation: Relation, wanted: int) -> Count:
    """The claim that a count stands in a relation to a number."""
    return Count(of, least=wanted) if relation == "at least" else Count(of, most=wanted - 1)


def has_about(text: str, relation: Relation, wanted: int) -> list[Claim]:
    """The claims that a text occurs so often: inside words too, and in any case."""
    number = about(f"occurrences {text.lower()}", relation, wanted)
    return [number, ContainsText(text, times=number.least)] if number.least else [number]


def count(number: int, unit: str) -> str:
    """A number with its unit, in the plural where it has to be: "1 word", "2 words"."""
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"


def quoted(text: str) -> str:
    """A piece of a response in quotation marks, no more of it than a reason has room for."""
    return f'"{text}"' if len(text) <= 40 else f'"{text[:39]}…"'
