"""Constraints that cannot be satisfied together, and constraints that say nothing new.

Three sources, in this order: what the constraints claim of a text, by their parameters
(:mod:`hir_data.claims`); the rest of composites; and the tables of the kinds. Nothing is found where nothing
is known: an empty list is no proof that a text exists.
"""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import regex

from hir_data.claims import Case, Claim, Count, Edge, Form, Has, Lacks, Language, OneOf, Shows
from hir_data.schemas.constraint import Constraint, check
from hir_data.text import Text
from hir_data.verifiers import registry
from hir_data.verifiers.compare import bounds
from hir_data.verifiers.compose import AllOf, AnyOf, Not
from hir_data.verifiers.within import Within

Sort = Literal["contradiction", "table", "redundant"]


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two constraints of one instruction that do not go together.

    Attributes:
        sort: ``contradiction``, no text satisfies both; ``table``, the benchmark that they come from does not
            ask for both, since hardly any text satisfies them; ``redundant``, the second says nothing new.
        first: the place of one constraint in the instruction, from 0.
        second: the place of the other one.
        reason: why, in words.
    """

    sort: Sort
    first: int
    second: int
    reason: str


def conflicts(constraints: Sequence[Constraint]) -> list[Conflict]:
    """What does not go together in an instruction, each pair once."""
    found = []
    for (i, one), (j, other) in itertools.combinations(enumerate(constraints), 2):
        if reason := contradiction(one, other):
            found.append(Conflict("contradiction", i, j, reason))
        elif says_nothing_new(other, one):
            found.append(Conflict("redundant", i, j, f"{other.kind} follows from {one.kind}"))
        elif says_nothing_new(one, other):
            found.append(Conflict("redundant", j, i, f"{one.kind} follows from {other.kind}"))
        elif type(one) is not type(other) and registry.conflict(one.kind, other.kind):
            found.append(Conflict("table", i, j, f"{one.kind} and {other.kind} are not asked for together"))
    return found


def contradiction(one: Constraint, other: Constraint) -> str | None:
    """Why no text satisfies both constraints; None where that is not known."""
    for first, second in ((one, other), (other, one)):
        if isinstance(first, Not) and (
            first.constraint == second or says_nothing_new(first.constraint, second)
        ):
            return f"one is what the other forbids: {first.constraint.clause()}"
        if isinstance(first, AllOf):
            return next(filter(None, (contradiction(part, second) for part in first.constraints)), None)
        if isinstance(first, AnyOf):
            reasons = [contradiction(part, second) for part in first.constraints]
            return reasons[0] if all(reasons) else None
    if isinstance(one, Within) and isinstance(other, Within) and one.place == other.place:
        return contradiction(one.constraint, other.constraint)
    pairs = itertools.product(one.claims(), other.claims())
    return next(filter(None, (clash(*pair) for pair in pairs)), None) or _tried(one, other)


def says_nothing_new(new: Constraint, known: Constraint) -> bool:
    """Whether every text that satisfies the known constraint satisfies the new one."""
    if new == known:
        return True
    if isinstance(known, AllOf):
        return any(says_nothing_new(new, part) for part in known.constraints)
    claims = new.claims() if new.complete else ()
    return bool(claims) and all(any(follows(claim, old) for old in known.claims()) for claim in claims)


def _tried(one: Constraint, other: Constraint) -> str | None:
    """Where one constraint leaves a few texts to choose from: whether the other one rejects them all."""
    for few, rest in ((one, other), (other, one)):
        for claim in few.claims():
            texts = claim.texts if isinstance(claim, OneOf) and not rest.soft else ()
            if texts and all(check(rest, Text(text)).satisfied is False for text in texts):
                return f"{few.kind} leaves no text that satisfies {rest.kind}"
    return None


# ---------------------------------------------------------------------------------------------------------
# Claims side by side


def clash(one: Claim, other: Claim) -> str | None:
    """Why two claims are not true of any text; None where they may be."""
    for first, second in ((one, other), (other, one)):
        for rule in _RULES.get((type(first), type(second)), ()):
            if reason := rule(first, second):
                return reason
    return None


def follows(new: Claim, old: Claim) -> bool:
    """Whether a claim is true of every text of which another one is."""
    if new == old:
        return True
    match new, old:
        case Count(), Count() if new.of == old.of:
            above = old.least >= new.least
            return above and (new.most is None or (old.most is not None and old.most <= new.most))
        case Has(), Has() if old.times >= new.times and (old.cased or not new.cased):
            return _occurs(new.text, old.text, cased=new.cased)
        case Lacks(), Lacks() if not old.whole_word and (not old.cased or new.cased):
            return _occurs(old.text, new.text, cased=old.cased)
        case Has(times=1), Edge() if old.cased or not new.cased:
            return _occurs(new.text, old.text, cased=new.cased)
        case Edge(), Edge() if new.at == old.at and (old.cased or not new.cased) and old.quotes <= new.quotes:
            return _at_edge(new, old)
    return False


# Each of the first there is holds at least one of the second.
_HOLDS = {
    ("sentences", "words"),
    ("paragraphs", "words"),
    ("words", "characters"),
    ("sentences", "characters"),
}
_JSON_STARTS = tuple('{["-0123456789tfnNI')
_JSON_ENDS = tuple('}]"0123456789esdyN')


def _counts(one: Count, other: Count) -> str | None:
    if one.of == other.of and _less(one.most, other.least):
        return f"{_range(one)} and {_range(other)}"
    if (one.of, other.of) in _HOLDS and _less(other.most, one.least):
        return f"{_range(one)} do not fit into {_range(other)}"
    return None


def _less(most: int | None, least: int) -> bool:
    return most is not None and most < least


def _range(claim: Count) -> str:
    return f"{bounds(claim.least or None if claim.most is not None else claim.least, claim.most)} {claim.of}"


def _has_and_count(has: Has, count: Count) -> str | None:
    if count.most is None:
        return None
    text = has.text if count.of.startswith("capital") else has.text.lower()
    match count.of.split():
        case ["letter", letter]:
            needed = text.count(letter)
        case ["words"]:
            needed = len(regex.findall(r"\w+", text)) if has.times == 1 else 0
        case ["characters"]:
            needed = len(text)
        case ["occurrences", *word]:
            needed = text.count(" ".join(word))
        case _:
            return None
    needed *= has.times
    return f'"{has.text}" has {needed} of at most {count.most} {count.of}' if needed > count.most else None


def _has_and_lacks(has: Has, lacks: Lacks) -> str | None:
    found = _occurs(lacks.text, has.text, cased=lacks.cased and has.cased, whole_word=lacks.whole_word)
    if found and lacks.cased and not has.cased:
        return None  # another case will do
    return f'"{has.text}" contains "{lacks.text}", which must not occur' if found else None


def _has_and_case(has: Has, case: Case) -> str | None:
    if has.cased and has.text != (has.text.upper() if case.case == "upper" else has.text.lower()):
        return f'"{has.text}" is not in {case.case} case'
    return None


def _edges(one: Edge, other: Edge) -> str | None:
    if one.at != other.at or _at_edge(one, other) or _at_edge(other, one):
        return None
    if '"' in (one.text, other.text) and (one.quotes or other.quotes):
        return None
    return f'"{one.text}" and "{other.text}" cannot both {one.at} the response'


def _edge_and_form(edge: Edge, form: Form) -> str | None:
    if form.form != "json":
        return f"{form.form} has no room for an {edge.at} of its own"
    fits = edge.text.startswith(_JSON_STARTS) if edge.at == "start" else edge.text.endswith(_JSON_ENDS)
    return None if fits else f'JSON cannot {edge.at} with "{edge.text}"'


def _count_and_case(count: Count, case: Case) -> str | None:
    if count.of == "capital words" and count.least and case.case == "lower":
        return f"{_range(count)} and no capital letter"
    return None


_RULES: dict[tuple[type, type], tuple[Callable[..., str | None], ...]] = {
    (Count, Count): (_counts,),
    (Has, Count): (_has_and_count,),
    (Has, Lacks): (_has_and_lacks,),
    (Has, Case): (_has_and_case,),
    (Edge, Count): (lambda edge, count: _has_and_count(_has(edge), count),),
    (Edge, Lacks): (lambda edge, lacks: _has_and_lacks(_has(edge), lacks),),
    (Edge, Case): (lambda edge, case: _has_and_case(_has(edge), case),),
    (Edge, Edge): (_edges,),
    (Edge, Form): (_edge_and_form,),
    (Count, Case): (_count_and_case,),
    (Case, Case): (
        lambda one, other: None if one == other else "capital letters only and small letters only",
    ),
    (Language, Language): (lambda one, other: None if one == other else f"{one.code} and {other.code}",),
    (Form, Form): (lambda one, other: None if one == other else f"{one.form} and {other.form}",),
    (Form, Shows): (lambda form, shows: f"{form.form} has no place for {shows.element}",),
}


def _has(edge: Edge) -> Has:
    return Has(edge.text, cased=edge.cased)


def _occurs(inner: str, outer: str, *, cased: bool, whole_word: bool = False) -> bool:
    if not cased:
        inner, outer = inner.casefold(), outer.casefold()
    if whole_word:
        return regex.search(rf"(?<!\w){regex.escape(inner)}(?!\w)", outer) is not None
    return inner in outer


def _at_edge(short: Edge, long: Edge) -> bool:
    """Whether a text with the longer edge has the shorter one."""
    one, other = (
        (short.text, long.text) if short.cased and long.cased else (short.text.lower(), long.text.lower())
    )
    return other.startswith(one) if short.at == "start" else other.endswith(one)
