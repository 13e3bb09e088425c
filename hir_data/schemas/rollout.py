"""An instruction, and an attempt at it."""

from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    model_serializer,
    model_validator,
)

from hir_data.presentation import Presentation, presentation_named
from hir_data.verifiers.registry import AnyConstraint


class Record(BaseModel):
    """A frozen record that travels light between processes."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_bytes="base64", ser_json_inf_nan="null")

    def __reduce__(self) -> tuple[Any, ...]:
        return _restored, (type(self), tuple(getattr(self, name) for name in type(self).model_fields))


def _restored(cls: type[Record], values: tuple[Any, ...]) -> Record:
    return cls(**dict(zip(cls.model_fields, values, strict=True)))


class Instruction(Record):
    """A prompt and the constraints that it states.

    Attributes:
        id: the record's own key, as it was written there; None if it has none.
        prompt: what the model was asked.
        constraints: what a response has to satisfy, at least one.
        question: what the prompt asks, without its constraints, if that is known.
        criteria: each of the constraints, as the prompt says it, if that is known.
        presentation: how the prompt was made of the two (:func:`hir_data.presentation.present`).
    """

    id: int | str | None = None
    prompt: str
    constraints: Annotated[tuple[AnyConstraint, ...], Field(min_length=1)]
    question: str | None = None
    criteria: tuple[str, ...] | None = None
    presentation: Annotated[Presentation, BeforeValidator(presentation_named)] | None = None

    @model_validator(mode="after")
    def _one_criterion_a_constraint(self) -> Self:
        if self.criteria is not None and len(self.criteria) != len(self.constraints):
            raise ValueError(f"has {len(self.criteria)} criteria for {len(self.constraints)} constraints")
        return self

    @model_serializer(mode="wrap")
    def _write(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        written: dict[str, Any] = handler(self)
        for name in ("question", "criteria", "presentation"):
            if written[name] is None:
                del written[name]
        return written


class Rollout(Record):
    """An instruction and one response to it.

    Attributes:
        instruction: what was asked.
        response: the text that is verified.
        sample: the place of this response among those to the same instruction, from 0.
        original: the response before its thinking was taken out, None where nothing was.
        thinking: what was made of a reasoning trace; None where nobody looked for one, ``truncated`` where
            the trace never ends, so that there is no response.
        metadata: what else the record said, untouched.
    """

    instruction: Instruction
    response: str
    sample: Annotated[int, Field(ge=0)] = 0
    original: str | None = None
    thinking: Literal["absent", "stripped", "truncated"] | None = None
    metadata: dict[str, Any] = Field(default_factory=dict)
