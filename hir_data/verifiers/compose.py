"""Constraints made of constraints: ``all_of``, ``any_of``, ``not`` and ``if_then``.

Verdicts have three values, and combine as in Kleene's strong logic: what is undetermined stays so unless the
rest decides ("or" with a True, "and" with a False).
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated, Any, ClassVar, NamedTuple, Self

from pydantic import BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from hir_data.errors import HirDataError, RecordError
from hir_data.schemas.constraint import (
    MAX_CONSTRAINTS,
    Constraint,
    Example,
    Part,
    RelabelMethod,
    Verdict,
    check,
)
from hir_data.schemas.english import enumerate_words, sentence
from hir_data.schemas.registry import MAX_NESTING, AnyConstraint, parse, register
from hir_data.text.text import Text
from hir_data.verifiers.compare import mean


def _inner(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    try:
        return parse(value)
    except HirDataError as error:  # told on with the place of the part in the composite
        field = error.field if isinstance(error, RecordError) else "kind"
        problem = error.problem if isinstance(error, RecordError) else str(error)
        raise PydanticCustomError("inner", "{problem}", {"problem": problem, "field": field or ""}) from None


Inner = Annotated[AnyConstraint, BeforeValidator(_inner)]
"""A part of a composite."""


class PartCheck(NamedTuple):
    """A part of a composite, and the text that it is asked about."""

    name: str
    constraint: Constraint
    text: Text


class Composite(Constraint):
    """A constraint that puts questions and combines the answers."""

    @model_validator(mode="after")
    def _not_too_deep(self) -> Self:
        if self.depth > MAX_NESTING:
            raise ValueError(f"constraints stand more than {MAX_NESTING} deep in constraints")
        return self

    @property
    def depth(self) -> int:
        """How deep constraints stand in each other here, this one included."""
        inner = (part.depth if isinstance(part, Composite) else 1 for part in self.inner())
        return 1 + max(inner, default=0)

    def parts(self, text: Text) -> list[PartCheck]:
        """What has to be known of which texts."""
        raise NotImplementedError

    def combine(self, answers: Sequence[Part]) -> Verdict:
        """The verdict that the answers make together."""
        raise NotImplementedError

    def inner(self) -> Iterable[Constraint]:
        """The constraints that this one is made of."""
        raise NotImplementedError

    @property
    def soft(self) -> bool:
        """Whether any part is."""
        return any(part.soft for part in self.inner())

    def leaves(self, text: Text) -> Iterator[tuple[Constraint, Text]]:
        """The plain constraints in it, at any depth, and what each is asked about."""
        for _, constraint, part in self.parts(text):
            if isinstance(constraint, Composite):
                yield from constraint.leaves(part)
            else:
                yield constraint, part

    def check(self, text: Text) -> Verdict:
        """Ask all parts, those too that decide nothing any more: their verdicts are part of this one."""
        answers = [Part(name, check(constraint, part)) for name, constraint, part in self.parts(text)]
        verdict = self.combine(answers)
        return Verdict(verdict.satisfied, verdict.reason, verdict.status, tuple(answers))

    def nearness(self, text: Text) -> float:
        return self.combine_degrees([constraint.degree(part) for _, constraint, part in self.parts(text)])

    def combine_degrees(self, degrees: Sequence[float]) -> float:
        """How near the parts come together, where the verdict on them is False; of most, their mean."""
        return mean(degrees)

    def describe(self, phrasing: int = 0) -> str:
        """The constraint in English; a composite has one way to say it."""
        return sentence(self.clause())

    def denial(self) -> str:
        return f'do not follow this rule: "{sentence(self.clause())}"'


class _Several(Composite):
    """Constraints side by side."""

    constraints: Annotated[tuple[Inner, ...], Field(min_length=1, max_length=MAX_CONSTRAINTS)]

    @classmethod
    def of(cls, *constraints: Constraint) -> Self:
        """These constraints in one; those that are of this kind themselves are opened."""
        opened = (one.constraints if isinstance(one, cls) else (one,) for one in constraints)
        return cls(constraints=tuple(part for parts in opened for part in parts))

    def inner(self) -> Iterable[Constraint]:
        return self.constraints

    def parts(self, text: Text) -> list[PartCheck]:
        return [PartCheck(f"constraints[{i}]", part, text) for i, part in enumerate(self.constraints)]

    def alternatives(self, text: Text, sorts: Sequence[RelabelMethod]) -> Iterator[Constraint | None]:
        """The same with every part that the text violates replaced by what it satisfies."""
        parts = [
            part if check(part, text).satisfied else part.hindsight(text, sorts) for part in self.constraints
        ]
        yield self.model_copy(update={"constraints": tuple(parts)}) if all(parts) else None


@register("all_of")
class AllOf(_Several):
    """All of the constraints are satisfied."""

    example: ClassVar[Example] = Example(
        {"constraints": [{"kind": "word_count", "max": 4}, {"kind": "ends_with", "text": "!"}]},
        "What a day!",
        "What a day.",
    )

    def combine(self, answers: Sequence[Part]) -> Verdict:
        return kleene_and(answers)

    def clause(self) -> str:
        return enumerate_words([part.clause() for part in self.constraints])


@register("any_of")
class AnyOf(_Several):
    """At least one of the constraints is satisfied."""

    example: ClassVar[Example] = Example(
        {"constraints": [{"kind": "contains", "text": "sea"}, {"kind": "contains", "text": "lake"}]},
        "We swam in the lake.",
        "We swam in the pool.",
    )

    def combine(self, answers: Sequence[Part]) -> Verdict:
        return kleene_or(answers)

    def combine_degrees(self, degrees: Sequence[float]) -> float:
        return max(degrees)

    def clause(self) -> str:
        parts = [part.clause() for part in self.constraints]
        return f"either {', or '.join(parts)}" if len(parts) > 1 else parts[0]


@register("not")
class Not(Composite):
    """The constraint is violated."""

    constraint: Inner

    example: ClassVar[Example] = Example(
        {"constraint": {"kind": "contains", "text": "sea"}}, "The hills.", "The sea."
    )

    def inner(self) -> Iterable[Constraint]:
        return (self.constraint,)

    def parts(self, text: Text) -> list[PartCheck]:
        return [PartCheck("constraint", self.constraint, text)]

    def combine(self, answers: Sequence[Part]) -> Verdict:
        return kleene_not(answers[0])

    def combine_degrees(self, degrees: Sequence[float]) -> float:
        """None: how far a text goes beyond what is forbidden, no kind says."""
        return 0.0

    def clause(self) -> str:
        return self.constraint.denial()

    def denial(self) -> str:
        return self.constraint.clause()

    def flip(self, text: Text) -> Constraint | None:
        return self.constraint


@register("if_then")
class IfThen(Composite):
    """If one constraint is satisfied, so is a second; if it is not, so is a third, where there is one.

    Two implications, of which both have to hold: ``(not if, or then) and (if, or else)``.
    """

    model_config: ClassVar[ConfigDict] = ConfigDict(
        validate_by_name=True, validate_by_alias=True, serialize_by_alias=True
    )

    condition: Annotated[Inner, Field(alias="if")]
    then: Inner
    otherwise: Annotated[Inner | None, Field(alias="else")] = None

    example: ClassVar[Example] = Example(
        {
            "if": {"kind": "contains", "text": "Dear"},
            "then": {"kind": "ends_with", "text": "Yours, Ana"},
            "else": {"kind": "word_count", "max": 3},
        },
        "Dear Bo, come soon. Yours, Ana",
        "Dear Bo, come soon.",
    )

    @property
    def consequences(self) -> tuple[Constraint, ...]:
        """What may have to hold, the condition aside."""
        return (self.then, self.otherwise) if self.otherwise else (self.then,)

    def inner(self) -> Iterable[Constraint]:
        return (self.condition, *self.consequences)

    def parts(self, text: Text) -> list[PartCheck]:
        names = ("if", "then", "else")
        return [PartCheck(name, part, text) for name, part in zip(names, self.inner(), strict=False)]

    def combine(self, answers: Sequence[Part]) -> Verdict:
        condition, then, *otherwise = answers
        no_condition = Part("not if", kleene_not(condition))
        implications = [Part("then", kleene_or([no_condition, then]))]
        implications += [Part("else", kleene_or([condition, *otherwise]))] if otherwise else []
        verdict = kleene_and(implications)
        if condition.verdict.satisfied is None or verdict.satisfied is None:
            return verdict
        decided = then if condition.verdict.satisfied else otherwise[0] if otherwise else None
        which = "if holds" if condition.verdict.satisfied else "if does not hold"
        return Verdict(verdict.satisfied, f"{which}; {told(decided)}" if decided else which)

    def combine_degrees(self, degrees: Sequence[float]) -> float:
        """What was due: the second where the condition holds, else the third."""
        condition, then, *otherwise = degrees
        return then if condition == 1 else otherwise[0] if otherwise else 0.0

    def clause(self) -> str:
        otherwise = f", and {self.otherwise.clause()} otherwise" if self.otherwise else ""
        return f"{self.then.clause()} if {_condition(self.condition)}{otherwise}"

    def describe(self, phrasing: int = 0) -> str:
        otherwise = f"; otherwise, {self.otherwise.clause()}" if self.otherwise else ""
        return sentence(f"if {_condition(self.condition)}, then {self.then.clause()}{otherwise}")

    def alternatives(self, text: Text, sorts: Sequence[RelabelMethod]) -> Iterator[Constraint | None]:
        """The same with what was due replaced by what the text satisfies."""
        name = "then" if check(self.condition, text).satisfied else "otherwise"
        due: Constraint | None = getattr(self, name)
        better = due.hindsight(text, sorts) if due else None
        yield self.model_copy(update={name: better}) if better else None


# ---------------------------------------------------------------------------------------------------------
# Kleene's strong logic


def kleene_and(answers: Sequence[Part]) -> Verdict:
    """All of the answers."""
    broken = [part for part in answers if part.verdict.satisfied is False]
    if broken:
        return Verdict(False, "; ".join(map(told, broken)))
    return _undetermined(answers) or Verdict(True, "; ".join(map(told, answers)))


def kleene_or(answers: Sequence[Part]) -> Verdict:
    """Any of the answers."""
    held = [part for part in answers if part.verdict.satisfied]
    if held:
        return Verdict(True, "; ".join(map(told, held)))
    return _undetermined(answers) or Verdict(False, "; ".join(map(told, answers)))


def kleene_not(answer: Part) -> Verdict:
    """The opposite of the answer."""
    verdict = answer.verdict
    satisfied = None if verdict.satisfied is None else not verdict.satisfied
    return Verdict(satisfied, verdict.reason, verdict.status)


def _undetermined(answers: Sequence[Part]) -> Verdict | None:
    """The verdict that the undetermined ones among the answers make; None if there are none."""
    unknown = [part for part in answers if part.verdict.satisfied is None]
    return Verdict(None, "; ".join(map(told, unknown)), unknown[0].verdict.status) if unknown else None


def told(part: Part) -> str:
    """A part and its reason."""
    return f"{part.name}: {part.verdict.reason}" if part.verdict.reason else part.name


def _condition(constraint: Constraint) -> str:
    """A constraint behind "if": an order in English has the form of what one does."""
    return f"you {constraint.clause()}"
