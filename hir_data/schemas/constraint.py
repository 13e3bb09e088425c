"""What a constraint is, and what checking one answers."""

import functools
import re
import types
import typing
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any, ClassVar, Literal, NamedTuple, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    SerializerFunctionWrapHandler,
    ValidationError,
    model_serializer,
    model_validator,
)

from hir_data.errors import HirDataError
from hir_data.schemas.claims import Claim
from hir_data.schemas.drawing import CannotDrawError, draw
from hir_data.schemas.english import Wording, clause, sentence
from hir_data.text.structured import NotParsedError
from hir_data.text.text import Text

MAX_CONSTRAINTS = 1000
"""How many constraints an instruction, or a composite, may have side by side."""

Status = Literal["ok", "error", "timeout", "unjudged"]

RelabelMethod = Literal["nearest", "flip"]
FLIP_BELOW = 0.5
"""A constraint that a text satisfies to this degree or more was nearly met: its opposite is not asked for."""

SORTS: tuple[RelabelMethod, ...] = ("nearest", "flip")
"""How a violated constraint can be relabelled: by another value, or by its opposite."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check says of a text.

    Attributes:
        satisfied: True, False, or None where it could not be determined.
        reason: the figure that was found and the one that was wanted, or what went wrong.
        status: ``ok``, or why ``satisfied`` is None: ``error`` (the check failed), ``timeout`` (it took too
            long), ``unjudged`` (nobody has judged it yet).
        parts: of a composite, the verdicts on its parts.
        nearness: how near a text that violates the constraint comes to satisfying it, from 0 to 1, as far as
            the check knows; :meth:`Constraint.degree` asks for it. Not written.
        degree: how far the text satisfies the constraint, from 0 to 1, where that was asked for.
        grade: the grade that a judge gave, where the constraint has a scale.
        votes: what each of several votes said of a criterion, before points turn it round: whether the text
            meets it, or the grade; None where it could not be read. Empty where a judge was asked once.
    """

    satisfied: bool | None
    reason: str = ""
    status: Status = "ok"
    parts: tuple["Part", ...] = field(default=(), repr=False)
    nearness: float = field(default=0.0, repr=False, compare=False)
    degree: float | None = field(default=None, repr=False)
    grade: int | None = field(default=None, repr=False)
    votes: tuple[bool | int | None, ...] = field(default=(), repr=False)

    @model_serializer(mode="wrap")
    def _write(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        written: dict[str, Any] = handler(self)
        del written["nearness"]
        for name in ("degree", "grade"):
            if written[name] is None:
                del written[name]
        for name in ("parts", "votes"):
            if not written[name]:
                del written[name]
        return written


@dataclass(frozen=True, slots=True)
class Part:
    """The verdict on a part of a composite.

    Attributes:
        name: where the part stands in the composite, such as ``then`` or ``constraints[0]``, or the section
            that it was asked about, such as ``paragraph 2``.
        verdict: what it says.
    """

    name: str
    verdict: Verdict


EMPTY = Verdict(False, "the response is empty")
VIOLATED = Verdict(False)  # and nothing more is known


class Example(NamedTuple):
    """Parameters of a kind with a text that satisfies them and one that does not."""

    parameters: dict[str, Any]
    satisfied_by: str
    violated_by: str


class Constraint(BaseModel):
    """A requirement on a text: typed parameters, and a check.

    A *kind* is a subclass that :func:`hir_data.register` gave an id; an instance is one requirement.
    Instances are frozen, hashable and comparable by value.

    Parameters are strict: a number in quotes is an error. Two things that JSON cannot say are read for what
    they mean: a whole number written as a float (``5.0``) is an integer, and a list is a tuple.
    """

    model_config: ClassVar[ConfigDict] = ConfigDict(
        frozen=True,
        strict=True,
        extra="forbid",
        allow_inf_nan=False,
        defer_build=True,  # most programs use few of the kinds
    )

    kind: ClassVar[str]
    phrasings: ClassVar[tuple[str, ...]] = ()
    example: ClassVar[Example | None] = None
    conflicts: ClassVar[tuple[str, ...]] = ()
    no_hindsight: ClassVar[str] = ""
    """Why there is nothing to ask for in place of this kind, where nothing is."""
    claims_are_exact: ClassVar[bool] = False
    """Whether :meth:`claims` say all: a text of which they are true satisfies the constraint."""
    only_compatible_with: ClassVar[tuple[str, ...] | None] = None
    """For kinds that conflict with nearly everything: the only ones of their suite that they do not.
    IFEval and IFTrain count as one suite here."""
    composable: ClassVar[bool] = True
    """Whether the kind suits any question. Otherwise instructions are composed with it only where it is asked
    for by name: it wants a question of its own, or one repeated in place of an answer."""
    implicit_parameters: ClassVar[tuple[str, ...]] = ()
    """Parameters that a prompt need not mention, such as a schema that it describes."""
    quoted_parameter: ClassVar[str] = ""
    """The parameter, if any, that repeats what the prompt asks, which need not say it twice: where the prompt
    changes, the kind asks for another response."""
    requires: ClassVar[str] = ""
    """What a kind needs that does not come with its package; without it, its verdicts are undetermined."""

    def claims(self) -> Sequence[Claim]:
        """What is true of every text that satisfies this constraint, as far as it can be said."""
        return ()

    @property
    def soft(self) -> bool:
        """Whether a judge has to be asked."""
        return False

    @property
    def own_weight(self) -> float | None:
        """Its weight in a weighted score, where it states one; below 0 where violating it costs points."""
        return None

    def check(self, text: Text) -> bool | Verdict:
        """Whether the text satisfies this constraint. Pure: no randomness, no I/O, no state."""
        raise NotImplementedError

    def nearness(self, text: Text) -> float | None:
        """How near a text that violates this constraint comes to satisfying it, from 0 to 1.

        What :meth:`degree` is made of. None leaves it to the check, whose verdict may say it: those on a
        count between bounds do, and any other one says 0.
        """
        return None

    def degree(self, text: Text) -> float:
        """How far a text satisfies this constraint, from 0 to 1, and 1 exactly where it does.

        A text of 247 words goes 0.82 of the way to "at least 300 words". Where a kind has no scale, and where
        the verdict is undetermined, what does not satisfy it has 0. Never raises but what :func:`check` does.
        """
        return degree(self, text)

    def nearest(self, text: Text) -> "Constraint | None":
        """The same kind with the value nearest to this one's that the text satisfies, if it makes sense."""
        return None

    def flip(self, text: Text) -> "Constraint | None":
        """The opposite with the same value, as far as the text satisfies that, if it makes sense."""
        return None

    def hindsight(self, text: Text, sorts: Sequence[RelabelMethod] = SORTS) -> "Constraint | None":
        """What to ask for in place of this constraint, which the text violates, so that it satisfies it.

        The first of the sorts that applies; always another constraint, and one that the text strictly
        satisfies. None where there is none that people would ask for, and where this one is not violated.
        """
        if text.is_blank or check(self, text).satisfied is not False:
            return None
        for other in self.alternatives(text, sorts):
            if other is not None and other != self and check(other, text).satisfied:
                return other
        return None

    def alternatives(self, text: Text, sorts: Sequence[RelabelMethod]) -> Iterator["Constraint | None"]:
        """What might be asked for in place of this constraint, which the text violates, the best first."""
        for sort in sorts:
            if sort == "nearest":
                yield self.nearest(text)
            elif self.degree(text) < FLIP_BELOW:
                yield self.flip(text)

    def replace(self, **changes: Any) -> Self:
        """The same constraint with other values.

        Raises:
            pydantic.ValidationError: the values are not valid for this kind.
        """
        return type(self).model_validate(dict(self) | changes)

    def try_replace(self, **changes: Any) -> Self | None:
        """The same constraint with other values, as :meth:`replace`; None if they are not valid."""
        try:
            return self.replace(**changes)
        except ValidationError:
            return None

    def but(self, **changes: Any) -> Self | None:
        """The old name of :meth:`try_replace`, until 0.2."""
        warnings.warn("Constraint.but is try_replace now; it goes with 0.2", DeprecationWarning, stacklevel=2)
        return self.try_replace(**changes)

    @classmethod
    def sample(cls, rng: Random, question: str = "") -> "Constraint | None":
        """A constraint of this kind with parameters that people would ask for.

        Args:
            rng: where chance comes from; equal states give equal constraints.
            question: what the instruction asks, for kinds that refer to it.

        Returns:
            The constraint, or None where the kind makes no sense for a question, or for none.
        """
        try:
            return cls(**{name: draw(field, rng) for name, field in cls.model_fields.items()})
        except CannotDrawError:
            return None

    def describe(self, phrasing: int = 0) -> str:
        """The constraint in English, by one of the kind's phrasings (counted modulo their number).

        For a kind without phrasings: its kind and parameters.
        """
        if not self.phrasings:
            return " ".join([self.kind, *(f"{name}={value!r}" for name, value in self)])
        wordings = self.wordings()
        said = wordings[phrasing % len(wordings)].format_map(Wording(self))
        return re.sub(r'(?<=[.!?]")\.$', "", said)  # a quotation that ends a sentence ends this one too

    def wordings(self) -> tuple[str, ...]:
        """The phrasings that fit these parameters: others where those of the kind would be bad English."""
        return self.phrasings

    def stated(self) -> dict[str, Any]:
        """The parameters that a prompt has to mention, as it would write them.

        Choices, such as a relation, can be said in too many ways to look for.
        """
        fields = type(self).model_fields
        return {
            name: value
            for name, value in self
            if name not in (*self.implicit_parameters, self.quoted_parameter)
            and value not in _choices(fields[name].annotation)
        }

    def clause(self) -> str:
        """The constraint as a part of a sentence, an order that "if you" can stand before."""
        return clause(self.describe())

    def denial(self) -> str:
        """The opposite as a part of a sentence, an order too."""
        order = self.clause()
        negative = order.startswith(("do not ", "never "))
        return f'do not follow this rule: "{sentence(order)}"' if negative else f"do not {order}"

    def __and__(self, other: "Constraint") -> "Constraint":
        both: Constraint = _composites().AllOf.of(self, other)
        return both

    def __or__(self, other: "Constraint") -> "Constraint":
        either: Constraint = _composites().AnyOf.of(self, other)
        return either

    def __invert__(self) -> "Constraint":
        opposite: Constraint = _composites().Not(constraint=self)
        return opposite

    def record(self) -> dict[str, Any]:
        """The constraint as JSON: ``{"kind": ..., **parameters}``, without parameters that are None."""
        return self.model_dump(mode="json")

    def __hash__(self) -> int:
        # Pydantic's leaves the class out, so that all kinds without parameters would have the same.
        return hash((type(self), *map(self.__dict__.__getitem__, type(self).__pydantic_fields__)))

    def __reduce__(self) -> tuple[Any, ...]:
        # To another process: equal constraints arrive as one object, without being validated again.
        return _restored, (type(self), tuple(self.__dict__.items()))

    @model_validator(mode="before")
    @classmethod
    def _read_json_values(cls, values: Any) -> Any:
        if not isinstance(values, Mapping):
            return values
        return {name: _plain(value) for name, value in values.items()}

    @model_serializer(mode="wrap")
    def _write_flat(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return {"kind": self.kind} | {
            name: value for name, value in handler(self).items() if value is not None
        }


def check(constraint: Constraint, text: Text | str) -> Verdict:
    """What a constraint says of a text as it is.

    A :class:`hir_data.Text` keeps what was computed of it for the next constraint; a string does not.

    A check that raises gives an undetermined verdict with the status ``error``; a :class:`HirDataError` is
    let through, since it would come back on every text.
    """
    if isinstance(text, str):
        text = Text(text)
    if text.is_blank:
        return EMPTY
    try:
        answer = constraint.check(text)
        if answer is None:
            return Verdict(None, "the check returned nothing", "error")
        return answer if isinstance(answer, Verdict) else Verdict(bool(answer))
    except HirDataError:
        raise
    except Exception as error:
        return failed_verdict(error)


def failed_verdict(error: Exception) -> Verdict:
    """The verdict of a check that has raised: on what took too long, a timeout."""
    if isinstance(error, TimeoutError):
        return Verdict(None, str(error)[:500], "timeout")
    said = f"{error}" if isinstance(error, NotParsedError) else f"{type(error).__name__}: {error}"
    return Verdict(None, said[:500].encode("utf-8", "backslashreplace").decode(), "error")


NEARLY = 1 - 2**-20
"""The most that a text which violates a constraint satisfies it."""


def degree(constraint: Constraint, text: Text, verdict: Verdict | None = None) -> float:
    """How far a text satisfies a constraint (:meth:`Constraint.degree`), where the verdict may be known."""
    verdict = verdict or check(constraint, text)
    if verdict.satisfied is not False:
        return float(verdict.satisfied is True)
    try:
        nearness = 0.0 if text.is_blank else constraint.nearness(text)
    except HirDataError:
        raise
    except Exception:  # a scale that fails says nothing; the verdict stands
        nearness = None
    if nearness is None and verdict is VIOLATED:
        verdict = check(constraint, text)
    return min(max(verdict.nearness if nearness is None else nearness, 0.0), NEARLY)


def _composites() -> types.ModuleType:
    """The module of the composites, imported against the order of the rooms: ``a & b`` makes one."""
    from hir_data.verifiers import compose

    return compose


@functools.lru_cache(maxsize=1 << 14)
def _restored(cls: type[Constraint], parameters: tuple[tuple[str, Any], ...]) -> Constraint:
    return cls.model_construct(**dict(parameters))


def _plain(value: Any) -> Any:
    """A JSON value as strict parameters take it."""
    if isinstance(value, list):
        return tuple(map(_plain, value))
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def _choices(annotation: Any) -> list[Any]:
    """The literals in the type of a parameter."""
    options = typing.get_args(annotation)
    if typing.get_origin(annotation) is Literal:
        return list(options)
    return [choice for option in options for choice in _choices(option)]
