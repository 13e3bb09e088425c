"""Comparisons that several kinds make, and the reasons they give."""

import itertools
import json
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Literal, get_args

from hir_data.schemas.claims import Claim, ContainsText, Count
from hir_data.schemas.constraint import Verdict

Relation = Literal["less than", "at least"]
"""The two relations of the benchmarks; anything else is an invalid parameter."""

RELATIONS: tuple[str, ...] = get_args(Relation)


def compare(found: int, relation: Relation, wanted: int, unit: str) -> Verdict:
    """Whether the count that was found stands in the relation to the one that was wanted."""
    satisfied = found < wanted if relation == "less than" else found >= wanted
    reason = f"found {count(found, unit)}, wanted {relation} {wanted}"
    least, most = (None, wanted - 1) if relation == "less than" else (wanted, None)
    return Verdict(satisfied, reason, nearness=closeness(found, least, most))


def exactly(found: int, wanted: int, unit: str) -> Verdict:
    """Whether the count that was found is the one that was wanted."""
    reason = f"found {count(found, unit)}, wanted {wanted}"
    return Verdict(found == wanted, reason, nearness=closeness(found, wanted, wanted))


def between(found: int, least: int | None, most: int | None, unit: str) -> Verdict:
    """Whether the count that was found lies between the bounds; a bound of None is open."""
    satisfied = (least is None or found >= least) and (most is None or found <= most)
    reason = f"found {count(found, unit)}, wanted {bounds(least, most)}"
    return Verdict(satisfied, reason, nearness=closeness(found, least, most))


def closeness(found: float, least: float | None, most: float | None) -> float:
    """How near a number comes to two bounds, from 0 to 1: 1 between them, less the farther it is from them.

    Below, its share of the lower bound; above, the share that the upper bound is of it, a little more than
    that since none is a bound too: one comma is nearer to none (1/3) than eight are (1/10).
    """
    if least is not None and found < least:
        return max(found, 0) / least
    if most is not None and found > most:
        return max(most + 1, 0) / (found + 2)
    return 1.0


def share(answers: Iterable[object]) -> float:
    """The share of answers that are true; 0 where there are none."""
    counted = [*map(bool, answers)]
    return sum(counted) / len(counted) if counted else 0.0


def title_share(text: str) -> float:
    """The share of the longer words that begin with a capital letter: few in ordinary prose."""
    return share(word[0].isupper() for word in _LONGER_WORD.findall(text))


_LONGER_WORD = re.compile(r"(?<![^\W_])[^\W\d_]{4,}")


def mean(degrees: Iterable[float]) -> float:
    """The mean of degrees; 0 where there are none."""
    counted = [*degrees]
    return sum(counted) / len(counted) if counted else 0.0


def shared_start(found: Sequence[object], wanted: Sequence[object]) -> float:
    """The share of what is wanted that what was found begins with: "Dear B" has 6 of the 8 of "Dear Ana"."""
    agree = itertools.takewhile(lambda pair: pair[0] == pair[1], zip(found, wanted, strict=False))
    return sum(1 for _ in agree) / len(wanted) if wanted else 0.0


def shared_end(found: Sequence[object], wanted: Sequence[object]) -> float:
    """The share of what is wanted that what was found ends with."""
    return shared_start(found[::-1], wanted[::-1])


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
    words 240 and 250. None where "at least" would ask for no more than a trivial number.
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


def amount(relation: Relation, number: int, unit: str) -> str:
    """A relation to a number of things that can be counted: "at least 1 word", "fewer than 8 words".

    What is fewer than one more than a round number is said by the round one: "at most 120 words", not "fewer
    than 121".
    """
    if relation == "less than" and number > _ROUND_FROM and number % _ROUND == 1:
        return f"at most {count(number - 1, unit)}"
    return f"{'fewer than' if relation == 'less than' else relation} {count(number, unit)}"


_ROUND, _ROUND_FROM = 5, 10


def times(relation: Relation, number: int) -> str:
    """A relation to a number of times: "at least twice", "at most once"."""
    most = relation == "less than"
    often = number - 1 if most else number
    return f"at {'most' if most else 'least'} {_TIMES.get(often) or count(often, 'time')}"


_TIMES = {1: "once", 2: "twice"}


def count(number: int, unit: str) -> str:
    """A number with its unit, in the plural where it has to be: "1 word", "2 words"."""
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"


def quoted(text: str) -> str:
    """A piece of a response in quotation marks, no more of it than a reason has room for."""
    return f'"{text}"' if len(text) <= 40 else f'"{text[:39]}…"'


def letters_share(text: str, in_case: Callable[[str], bool]) -> float:
    """The share of the letters that have a case which are in this one (``str.isupper``); 0 without any."""
    cased = sum(map(str.isupper, text)) + sum(map(str.islower, text))
    return sum(map(in_case, text)) / cased if cased else 0.0


_JSON_STARTS = re.compile(r"```(?:json)?\s*\n|(?<!\S)(?=[{\[]\s*[\"{\[\]}])", re.IGNORECASE)
_SAID_BEFORE = 0.9


def json_share(text: str) -> float:
    """How much of a text can be read as JSON, after what is said before it too."""
    shares = [parsed_share(text)]
    if found := _JSON_STARTS.search(text):
        body = text[found.end() :].partition("```")[0].strip()
        if body.startswith(("{", "[")):
            shares.append(_SAID_BEFORE * parsed_share(body))
    return max(shares)


def parsed_share(text: str) -> float:
    """How much of a text can be read as JSON before the first fault, as a share of its length."""
    try:
        json.loads(text)
    except json.JSONDecodeError as fault:
        return fault.pos / len(text)
    except (ValueError, RecursionError):
        return 0.0
    return 1.0
