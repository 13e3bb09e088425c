"""The instruction in hindsight that explains a response best.

Every violated constraint has alternatives: the same kind with the nearest value, its opposite, nothing.
Those that say too little, ask for what nobody writes, or turn a near miss round are left out. Of all
combinations of the rest the one that carries the most bits is taken, nearest values before opposites. A
constraint that the response visibly tried to satisfy is never taken away: without an alternative the whole
failure is left aside.
"""

import functools
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from hir_data.instructions.conflicts import conflicts
from hir_data.replays.alternatives import alternatives
from hir_data.replays.combinations import DROPPED, Option, combinations
from hir_data.replays.config import ReplayConfig
from hir_data.replays.demands import overdone, unmet
from hir_data.replays.information import OtherResponses
from hir_data.replays.natural import fills, is_guessed, is_natural
from hir_data.replays.overlap import adds, clash, has_words, is_about_length, is_either, is_range, units
from hir_data.replays.relabel import SORTS_OF
from hir_data.replays.remarks import opens_with, spoken, styled_as
from hir_data.replays.rewriting.rewriter import RewriteRefusal
from hir_data.replays.rewriting.statement import Statements, question_beside, statements, with_standing
from hir_data.replays.shells import shells_satisfying
from hir_data.replays.substitutes import beside_length, closer_lengths, substitutes
from hir_data.replays.traces import explains, is_near, is_tried
from hir_data.schemas.constraint import VIOLATED, Constraint
from hir_data.schemas.constraint import degree as degree_of
from hir_data.schemas.conversation import Instruction
from hir_data.schemas.replay import Change
from hir_data.text.text import Text
from hir_data.verifiers.compose import AllOf

FAR = 0.1
"""The degree below which the nearest value is far from what was asked, and has to carry twice the bits."""


class Explanation(NamedTuple):
    """What an instruction became in hindsight, and how much it says.

    Attributes:
        changes: what became of each constraint.
        bits: of each constraint that remains, in their order; None where too few others are known.
        instruction_bits: of all of them at once.
        source_bits: of the source's constraints at once.
    """

    changes: tuple[Change, ...]
    bits: tuple[float | None, ...]
    instruction_bits: float | None
    source_bits: float | None


ReplacesValues = Callable[[Constraint], bool]
"""Whether the prompt can state a constraint by its values, in the words that state the old one."""

_SPOKEN = "the response speaks of its instruction"
_STYLED = "nothing explains the way it is written"
_NO_VALUE = "a near miss without a nearest value"
_SHELL = "a bare refusal or an empty shell would satisfy it"
_TOO_LITTLE = "its instruction says too little"
_SAYING_LITTLE = (_SHELL, _TOO_LITTLE)


def explain(
    instruction: Instruction,
    text: Text,
    verdicts: Sequence[bool | None],
    settings: ReplayConfig,
    others: OtherResponses,
    values_only: Mapping[int, ReplacesValues] = MappingProxyType({}),
    may_go: Callable[[Sequence[int]], bool] = lambda places: False,
    violated: Collection[int] = (),
) -> Explanation | RewriteRefusal:
    """The best instruction in hindsight, or why the failure is left aside.

    Where that says too little, or is a bound on the length and hardly more than nothing, a bound that the
    response satisfies gives way to what says more closely how long it is. Where a shell satisfies a nearest
    value, a length is asked for beside it.

    Args:
        instruction: of the source.
        text: the response.
        verdicts: whether it satisfies each of the constraints.
        settings: how replays are made.
        others: responses to other instructions, to measure bits on.
        values_only: the places of constraints that can only get a nearest value, each with which it can be.
        may_go: whether a prompt without the constraints at some places can be written.
        violated: the places of constraints that the verifier too finds violated: they are not checked again.
    """
    found = _explained(instruction, text, verdicts, settings, others, values_only, violated)
    if not (settings.relabel == "hindsight" and settings.substitutes and others.suffices):
        return found
    said = found.instruction_bits if isinstance(found, Explanation) else None
    if isinstance(found, Explanation) and not _is_weak(found):
        return found
    if isinstance(found, RewriteRefusal) and found.reason not in _SAYING_LITTLE:
        return found
    gone = [place for place, satisfied in enumerate(verdicts) if satisfied is not True]
    for place, satisfied in enumerate(verdicts):
        if not satisfied:
            continue
        question = question_beside(instruction, [*gone, place])
        kept = [one for i, one in enumerate(instruction.constraints) if verdicts[i] and i != place]
        asked = with_standing(instruction, question)
        for closer in closer_lengths(instruction.constraints[place], text, asked):
            if others.is_below(closer, settings.min_bits) or shells_satisfying([*kept, closer]):
                continue
            if not may_go([*gone, place]):
                break
            closest = _explained(
                instruction, text, verdicts, settings, others, values_only, violated, closer={place: closer}
            )
            if isinstance(closest, Explanation) and (
                said is None or (closest.instruction_bits or 0.0) >= said + _CLOSER_BITS
            ):
                return closest
    if isinstance(found, RewriteRefusal) and found.reason == _SHELL:
        longer = _explained(
            instruction, text, verdicts, settings, others, values_only, violated, with_length=True
        )
        return longer if isinstance(longer, Explanation) else found
    return found


_WEAK = 2.0
"""Bits below which a bound on the length is looked at twice where nothing else is asked."""
_CLOSER_BITS = 1.0


def _is_weak(found: Explanation) -> bool:
    """Whether an instruction says hardly more than that the response is not short, or not long."""
    remaining = [change.became for change in found.changes if change.became is not None]
    return (found.instruction_bits or 0.0) < _WEAK and all(map(is_about_length, remaining))


def _explained(
    instruction: Instruction,
    text: Text,
    verdicts: Sequence[bool | None],
    settings: ReplayConfig,
    others: OtherResponses,
    values_only: Mapping[int, ReplacesValues],
    violated: Collection[int],
    closer: Mapping[int, Constraint] = MappingProxyType({}),
    *,
    with_length: bool = False,
) -> Explanation | RewriteRefusal:
    """The best instruction in hindsight; ``closer`` has what takes the place of satisfied constraints.

    With ``with_length`` a length is asked for beside each nearest value, where there is room for one.
    """
    constraints = instruction.constraints
    stated, question = Statements({}, ""), ""
    if settings.relabel != "drop":
        gone = [i for i, verdict in enumerate(verdicts) if verdict is not True or i in closer]
        stated, question = statements(instruction, gone), question_beside(instruction, gone)
    rest = instruction.question or stated.rest
    if settings.relabel != "drop" and (demand := unmet(text, rest)):
        return RewriteRefusal("the response does not do what is still asked", demand)
    if settings.relabel != "drop" and (copied := opens_with(stated.of, constraints, rest, text)):
        return RewriteRefusal(_SPOKEN, copied)
    kept = [one for i, one in enumerate(constraints) if verdicts[i] and i not in closer]
    if settings.relabel != "drop" and (much := overdone(kept, text)):
        return RewriteRefusal("the response has far more than is asked", much)
    options: dict[int, list[Option]] = {}
    may_go: list[int] = []
    for place, (constraint, satisfied) in enumerate(zip(constraints, verdicts, strict=True)):
        if place in closer:
            new = closer[place]
            # A bound in another unit may stay beside it, as the prompt has both; two numbers of the same not.
            if any(clash(one, new) and (units(one) & units(new) or conflicts([one, new])) for one in kept):
                return RewriteRefusal(_TOO_LITTLE, "a closer length does not go with the rest")
            options[place] = [Option("substitute", new, others.satisfied(new))]
        if satisfied:
            continue
        found: list[Option] = []
        tried = False
        if satisfied is False and settings.relabel != "drop":
            degree = _degree(constraint, text, place in violated)
            tried = is_tried(constraint, text, others, stated.of.get(place, ""), stated.rest, degree)
            beside = "\n".join([stated.rest, *(said for i, said in stated.of.items() if i != place)])
            asked = (question, beside)
            found = list(
                _options(
                    constraint, text, asked, kept, settings, others, degree, place in violated, tried=tried
                )
            )
            if place in values_only:
                replaces = values_only[place]
                found = [
                    option
                    for option in found
                    if option.fate == "nearest" and option.constraint and replaces(option.constraint)
                ]
            if tried and not found:
                return RewriteRefusal(_NO_VALUE, constraint.kind)
            if with_length and (length := beside_length(text, with_standing(instruction, question), kept)):
                found = [_joined(option, length, others) for option in found]
        if not tried and place not in values_only:
            may_go.append(place)
        options[place] = found
    beside = "\n".join([stated.rest, *stated.of.values()])
    nothing_explains = {*options} == {*may_go, *closer} and not any(options[place] for place in may_go)
    if nothing_explains and settings.relabel != "drop":  # whatever it becomes from here on
        all_gone = _changes(constraints, dict.fromkeys(options, DROPPED))
        if unexplained := _unexplained(text, all_gone, rest, stated, others):
            return unexplained
    may_be_other = [place for place in may_go if verdicts[place] is False]
    if may_be_other and settings.relabel == "hindsight" and settings.substitutes and others.suffices:
        offered = list(_substitute(instruction, text, (question, beside), kept, settings, others))
        for place in may_be_other:
            options[place] += offered
    for place in may_go:
        options[place].append(DROPPED)
    refusal = RewriteRefusal(_NO_VALUE, "its values do not go together")
    for chosen in combinations(list(options.values()), kept, others):
        becoming = dict(zip(options, chosen, strict=True))
        changes = _changes(constraints, becoming)
        if not nothing_explains and settings.relabel != "drop":
            styled = _unexplained(text, changes, rest, stated, others)
            if styled and styled.reason != _STYLED:
                return styled
            if styled:
                refusal = styled if refusal.reason == _NO_VALUE else refusal
                continue
        found_here = measured(changes, settings, others, rest)
        if isinstance(found_here, Explanation):
            return found_here
        if refusal.reason == _NO_VALUE:  # that of the best one
            refusal = found_here
    return refusal


def _changes(constraints: Sequence[Constraint], becoming: Mapping[int, Option]) -> tuple[Change, ...]:
    """What becomes of each constraint, where that of those at some places is chosen."""
    return tuple(
        Change(fate=becoming[place].fate, constraint=constraint, became=becoming[place].constraint)
        if place in becoming
        else Change(fate="kept", constraint=constraint, became=constraint)
        for place, constraint in enumerate(constraints)
    )


def _unexplained(
    text: Text, changes: Sequence[Change], rest: str, stated: Statements, others: OtherResponses
) -> RewriteRefusal | None:
    """What the response says or shows that no instruction with these changes explains; None where nothing.

    Neither a constraint that is dropped nor a substitute, which nobody had in mind, explains anything.
    """
    if said := spoken(text, changes, rest):
        return RewriteRefusal(_SPOKEN, said)
    if styled := styled_as(text, changes, rest, "\n".join(stated.of.values()), others):
        return RewriteRefusal(_STYLED, styled)
    return None


@functools.lru_cache(maxsize=1 << 5)
def _degree(constraint: Constraint, text: Text, is_violated: bool) -> float:
    """How far a response satisfies a constraint, computed once while it is explained."""
    return degree_of(constraint, text, VIOLATED if is_violated else None)


def _joined(option: Option, length: Constraint, others: OtherResponses) -> Option:
    """A nearest value with a length beside it; anything else as it is."""
    if option.fate != "nearest" or option.constraint is None or is_about_length(option.constraint):
        return option
    both = AllOf(constraints=(length, option.constraint))
    return Option("nearest", both, option.satisfied & others.satisfied(length))


def measured(
    changes: tuple[Change, ...], settings: ReplayConfig, others: OtherResponses, rest: str = ""
) -> Explanation | RewriteRefusal:
    """The changes with the bits of what remains, or why that beside the rest is nothing to learn from."""
    remaining = [change.became for change in changes if change.became is not None]
    source = [change.constraint for change in changes]
    if not remaining:
        return RewriteRefusal("no constraint is left")
    least = settings.least_instruction_bits
    bits = others.bits_of(remaining)
    if least > 0:
        if shells_satisfying(remaining):
            return RewriteRefusal(_SHELL)
        if has_words(rest, remaining):
            return RewriteRefusal(_TOO_LITTLE, "its words stand in the prompt")
        if bits is not None and bits < least:
            return RewriteRefusal(_TOO_LITTLE, f"{bits:.2f} bits")
    each = tuple(None if bits is None else others.bits_of([one]) for one in remaining)
    return Explanation(changes, each, bits, others.bits_of(source))


def _substitute(
    instruction: Instruction,
    text: Text,
    asked: tuple[str, str],
    kept: Sequence[Constraint],
    settings: ReplayConfig,
    others: OtherResponses,
) -> Iterator[Option]:
    """The first other constraint that says much, or else the first one that says enough."""
    enough: Constraint | None = None
    question, beside = asked
    standing = with_standing(instruction, question)
    offers = substitutes(text, question, instruction.constraints, kept, others, asked=standing, beside=beside)
    for other in offers:
        if shells_satisfying([*kept, other]) or not _says_enough(other, kept, settings.min_bits, others):
            continue
        if others.bits(others.satisfied(other)) >= _WEAK:
            enough = other
            break
        enough = enough or other
    if enough is not None:
        yield Option("substitute", enough, others.satisfied(enough))


def _options(
    constraint: Constraint,
    text: Text,
    asked: tuple[str, str],
    kept: Sequence[Constraint],
    settings: ReplayConfig,
    others: OtherResponses,
    degree: float,
    is_violated: bool,
    *,
    tried: bool,
) -> Iterator[Option]:
    """What a violated constraint can become, the nearest first; that alone which explains what was tried.

    ``asked`` is the question, and what else the prompt says beside the constraint.
    """
    if text.is_blank or is_guessed(constraint, text):
        return
    for method in SORTS_OF[settings.relabel]:
        if method == "flip" and (tried or is_near(constraint, degree, others)):
            continue
        least = settings.min_bits * (2 if method == "nearest" and degree < FAR else 1)
        for other in alternatives(constraint, text, method, others, is_violated):
            if tried and not explains(other, constraint, text, others):
                continue
            if method == "nearest" and any(is_either(constraint, one) for one in kept):
                continue  # "5 or 6" is no range to be widened
            if not is_natural(other, constraint, *asked) or fills(other, constraint, text):
                continue
            if _says_enough(other, kept, least, others):
                yield Option(method, other, others.satisfied(other))


def _says_enough(new: Constraint, kept: Sequence[Constraint], least: float, others: OtherResponses) -> bool:
    """Whether a constraint carries bits enough, by itself and beside each that is kept.

    The least and the most of a range are measured together: hardly a text has fewer than 80 words, and few
    have between 80 and 120.
    """
    range_of = [
        one for one in kept if one.kind == new.kind and units(one) == units(new) and is_range(one, new)
    ]
    if range_of and others.suffices and least > 0:
        known = others.satisfied(*range_of)
        said = others.bits(known & others.satisfied(new))
        alone = others.bits(others.satisfied(new))
        if said >= 2 * least and alone >= _RANGE_BITS and said - others.bits(known) >= _RANGE_BITS:
            return not any(clash(one, new) for one in kept)
    if others.is_below(new, least):
        return False
    return not any(clash(one, new) or not adds(new, one, least, others) for one in kept)


_RANGE_BITS = 0.3
