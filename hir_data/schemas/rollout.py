"""A response to an instruction, and how it was drawn."""

import base64
import struct
from typing import Annotated, Any, Literal, Self

from pydantic import (
    Field,
    PlainSerializer,
    SerializerFunctionWrapHandler,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    model_serializer,
    model_validator,
)

from hir_data.schemas.conversation import Instruction
from hir_data.schemas.english import number_of
from hir_data.schemas.record import Record


def _numbers(name: str, code: Literal["i", "f"]) -> Any:
    """Numbers in a tuple, and in JSON as base64 of little-endian int32 or float32."""

    def read(value: Any, validated: ValidatorFunctionWrapHandler) -> Any:
        if not isinstance(value, str):
            return of_four_bytes(validated(tuple(value) if isinstance(value, list) else value))
        try:
            packed = base64.b64decode(value, validate=True)
            return struct.unpack(f"<{len(packed) // 4}{code}", packed)
        except (ValueError, struct.error) as error:
            raise ValueError(f"not base64 of numbers of four bytes: {error}") from None

    def of_four_bytes(numbers: Any) -> Any:
        try:
            struct.pack(f"<{len(numbers or ())}{code}", *(numbers or ()))
        except (struct.error, OverflowError) as error:
            raise ValueError(f"{name} has a number that does not fit in four bytes: {error}") from None
        return numbers

    def write(numbers: tuple[float, ...] | None) -> str | None:
        if numbers is None:
            return None
        return base64.b64encode(struct.pack(f"<{len(numbers)}{code}", *numbers)).decode()

    return WrapValidator(read), PlainSerializer(write, return_type=str | None, when_used="json")


class Sampling(Record):
    """How a response was drawn from a model, and how likely its tokens were.

    In JSON the token ids and log-probabilities are base64 of little-endian int32 and float32.

    Attributes:
        model: which model.
        temperature: of the softmax; 0 is greedy.
        top_p: the share of the probability that was drawn from.
        seed: where chance started from.
        finish_reason: ``stop`` at the end of sequence, ``length`` where it was cut off, or a server's word.
        token_ids: the tokens of the response, the end of sequence included where there was one.
        logprobs: the natural logarithm of each token's probability under the model, given the prompt and the
            tokens before it, before ``top_p`` cuts off the rest.
        logprobs_temperature: of the softmax that these and the entropy are of; None where that is the one
            above.
        entropy: the mean over the tokens of the entropy of that softmax, in nats.
        entropy_by: how that was found: ``exact``, or the name of an estimator.
        date: the day, as in ``2026-05-01``, that a chat template which writes the date has written.
    """

    model: str | None = None
    temperature: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None
    top_p: Annotated[float, Field(gt=0, le=1)] | None = None
    seed: Annotated[int, Field(ge=-(1 << 63), lt=1 << 63)] | None = None
    finish_reason: str | None = None
    token_ids: Annotated[tuple[int, ...] | None, *_numbers("token_ids", "i")] = None
    logprobs: Annotated[tuple[float, ...] | None, *_numbers("logprobs", "f")] = None
    logprobs_temperature: Annotated[float, Field(gt=0, allow_inf_nan=False)] | None = None
    entropy: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None
    entropy_by: str | None = None
    date: str | None = None

    @model_validator(mode="after")
    def _one_logprob_a_token(self) -> Self:
        if (
            self.token_ids is not None
            and self.logprobs is not None
            and len(self.token_ids) != len(self.logprobs)
        ):
            logprobs = number_of(len(self.logprobs), "logprob")
            raise ValueError(f"has {logprobs} for {number_of(len(self.token_ids), 'token')}")
        return self

    @model_serializer(mode="wrap")
    def _write(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return {name: value for name, value in handler(self).items() if value is not None}


class Rollout(Record):
    """An instruction and one response to it.

    Attributes:
        instruction: what was asked.
        response: the text that is verified.
        sample: the place of this response among those to the same instruction, from 0.
        original: the response before its thinking was taken out, None where nothing was.
        thinking: what was made of a reasoning trace; None where nobody looked for one, ``truncated`` where
            the trace never ends, so that there is no response.
        sampling: how the response was drawn, if that is known.
        metadata: what else the record said, untouched.
    """

    instruction: Instruction
    response: str
    sample: Annotated[int, Field(ge=0, lt=1 << 31)] = 0
    original: str | None = None
    thinking: Literal["absent", "stripped", "truncated"] | None = None
    sampling: Sampling | None = None
    metadata: dict[str, Any] = Field(default_factory=dict)

    @model_serializer(mode="wrap")
    def _write(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        written: dict[str, Any] = handler(self)
        if written["sampling"] is None:
            del written["sampling"]
        return written
