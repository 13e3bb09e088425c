"""A run that draws responses to the instructions of a file."""

import contextlib
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, NamedTuple

from hir_data.errors import RecordError
from hir_data.formats.format import Prompt
from hir_data.formats.reader import InputRecord, ParsedPrompt, parse_prompt
from hir_data.formats.rows import Row
from hir_data.instructions.feedback import with_feedback as instruction_with_feedback
from hir_data.models.sampling import Refusal, Request, Response, Sampler, prepared, request_of
from hir_data.runs.feedback import FEEDBACK
from hir_data.runs.sinks import Position, Sink
from hir_data.runs.source import Source
from hir_data.schemas.conversation import Instruction
from hir_data.schemas.json_line import json_line
from hir_data.schemas.rejected import Rejected


@dataclass(slots=True)
class SamplingCounts:
    """Counts of responses.

    Attributes:
        prompts: those that were answered.
        responses: responses to them.
        tokens: the tokens of the responses, as far as they are known.
        cut_off: responses that reached their greatest length.
        blank: responses without a visible character.
        entropy: the sum of the entropies of the responses that have one.
        with_entropy: the number of these.
    """

    prompts: int = 0
    responses: int = 0
    tokens: int = 0
    cut_off: int = 0
    blank: int = 0
    entropy: float = 0.0
    with_entropy: int = 0

    def add(self, responses: list[Response]) -> None:
        """Count the responses to a prompt."""
        self.prompts += 1
        self.responses += len(responses)
        for response in responses:
            sampling = response.sampling
            self.tokens += response.tokens or 0
            self.cut_off += sampling.finish_reason == "length"
            self.blank += not response.text.strip()
            if sampling.entropy is not None:
                self.entropy += sampling.entropy
                self.with_entropy += 1

    def merge(self, other: "SamplingCounts") -> None:
        """Add the counts of other responses to other prompts."""
        for each in fields(self):
            setattr(self, each.name, getattr(self, each.name) + getattr(other, each.name))

    def summary(self) -> dict[str, Any]:
        """The counts as JSON, with shares and means."""
        counts = asdict(self) | {"entropy": None, "cut_off_share": None}
        if self.with_entropy:
            counts["entropy"] = round(self.entropy / self.with_entropy, 6)
            counts["entropies"] = self.entropy
        if self.responses:
            counts["cut_off_share"] = round(self.cut_off / self.responses, 6)
        return counts


@dataclass(slots=True)
class RolloutState(Position):
    """How far a run that draws responses has come.

    Attributes:
        drawn: the counts of what was drawn.
    """

    drawn: SamplingCounts = field(default_factory=SamplingCounts)


def sample_into(
    sink: Sink[RolloutState],
    units: Iterable[InputRecord],
    sampler: Sampler,
    *,
    seed: int = 0,
    keep_tokens: bool = True,
    with_feedback: bool = False,
    first_sample: int = 0,
    template_options: Mapping[str, Any] | None = None,
    on_rejected: Callable[[Rejected], None] = lambda rejected: None,
    on_progress: Callable[[RolloutState], None] = lambda state: None,
) -> RolloutState:
    """Draw responses to a stream of instructions into a sink.

    Args:
        sink: where rollouts and rejected records go; closed at the end, and on any error.
        units: records of instructions (:mod:`hir_data.formats.records`); responses in them are passed over.
        sampler: who draws.
        seed: equal seeds give equal responses.
        keep_tokens: whether rollouts keep their token ids and log-probabilities.
        with_feedback: whether the feedback in the metadata of records (:mod:`hir_data.runs.feedback`) is read
            by the model. Rollouts are of the instructions without it, so they have no log-probabilities.
        first_sample: the number of the first response to each instruction, where others are elsewhere.
        template_options: variables of the chat template, over those of each record; rollouts have them.
        on_rejected: told of each rejected record.
        on_progress: told at the start and after each record how far the run is.

    Raises:
        OutputError: the output cannot be written, or what is there does not match what is to be resumed.
        HirDataError: nothing can be drawn at all.
    """
    source = Source(units)
    with sink:
        state = sink.start()
        if sink.finished:
            return state
        source.skip(state.units, state.digest)
        on_progress(state)
        if hasattr(sampler, "batches"):
            sampler.batches = sink.batches
        asked = (parse_prompt(unit) for (unit,) in source.batches(1))
        posed = _with_feedback if with_feedback else _as_it_is
        answered = _answered(asked, sampler, seed, state.units, template_options, posed)
        # Written as a whole is what is drawn together: whoever goes on has the batches that would have been.
        together = _in_groups(answered, getattr(sampler, "drawn_together", 1))
        with contextlib.closing(answered), contextlib.closing(together) as groups:
            for group in groups:
                lines, rejected = [], []
                for answer in group:
                    source.confirm()
                    state.units, state.digest = source.units, source.digest
                    written = _written(answer, keep_tokens, with_feedback, first_sample)
                    if isinstance(written, Rejected):
                        rejected.append(written)
                    elif isinstance(answer, _Answered):
                        lines.append(written)
                        state.drawn.add(answer.responses)
                    state.rejected += isinstance(written, Rejected)
                    state.read = state.drawn.prompts + state.rejected
                    on_progress(state)
                sink.write(b"".join(lines), rejected, state)
                for record in rejected:
                    on_rejected(record)
        sink.finish()
    return state


class _Answered(NamedTuple):
    """An instruction and the responses to it."""

    row: Row
    prompt: Prompt
    responses: list[Response]

    def lines(self, keep_tokens: bool, with_feedback: bool, first: int) -> bytes:
        """The rollouts, as they are written; the first of them has this number."""
        metadata = self.prompt.metadata
        lines = []
        first += self.prompt.own.get("sample", 0) * len(self.responses) if with_feedback else 0
        for sample, response in enumerate(self.responses, first):
            if with_feedback:  # they are given the prompt with the feedback
                unlikely = {"logprobs": None, "entropy": None, "entropy_by": None}
                response = response._replace(sampling=response.sampling.model_copy(update=unlikely))
            if not keep_tokens:
                bare = response.sampling.model_copy(update={"token_ids": None, "logprobs": None})
                response = response._replace(sampling=bare)
            rollout = response.rollout(self.prompt.instruction, sample, metadata)
            lines.append(json_line(rollout))
        return b"".join(lines)


class _Refused(NamedTuple):
    """A record that the sampler was asked, and has no responses to."""

    record: Rejected


def _written(answer: "Outcome", keep_tokens: bool, with_feedback: bool, first: int) -> bytes | Rejected:
    """What is written of a record: its rollouts, or why there are none."""
    if isinstance(answer, Rejected):
        return answer
    if isinstance(answer, _Refused):
        return answer.record
    try:
        return answer.lines(keep_tokens, with_feedback, first)
    except Exception as error:  # half a character, or metadata nested too deeply
        row = answer.row
        return Rejected.because(error, row.source, row.line, row.record)


Outcome = _Answered | _Refused | Rejected
"""What became of a record; one that is rejected has not come to the sampler."""


def _in_groups(outcomes: Iterable[Outcome], size: int) -> Generator[list[Outcome]]:
    """Records in groups of so many that the sampler was asked; those that it was not asked come with them."""
    group: list[Outcome] = []
    asked = 0
    for outcome in outcomes:
        group.append(outcome)
        asked += not isinstance(outcome, Rejected)
        if asked == size:
            yield group
            group, asked = [], 0
    if group:
        yield group


def _prepared(
    each: ParsedPrompt, sampler: Sampler, options: Mapping[str, Any] | None
) -> ParsedPrompt | Rejected:
    """A record as it is asked, which is how its rollouts have it."""
    try:
        instruction = prepared(each.instruction, sampler, options)
    except Exception as error:
        return Rejected.because(error, each.source, each.line, each.row.record)
    if instruction is each.instruction:
        return each
    return each._replace(prompt=each.prompt._replace(instruction=instruction))


def _as_it_is(prompt: Prompt) -> Instruction:
    return prompt.instruction


def _with_feedback(prompt: Prompt) -> Instruction:
    return instruction_with_feedback(prompt.instruction, prompt.metadata[FEEDBACK])


def _request(
    each: ParsedPrompt,
    sampler: Sampler,
    options: Mapping[str, Any] | None,
    number: int,
    seed: int,
    posed: Callable[[Prompt], Instruction],
) -> tuple[ParsedPrompt, Request] | Rejected:
    """A record as it is asked, and what the sampler is asked."""
    asked = _prepared(each, sampler, options)
    if isinstance(asked, Rejected):
        return asked
    try:
        return asked, request_of(posed(asked.prompt), number, seed)
    except Exception as error:
        return Rejected.because(error, each.source, each.line, each.row.record)


def _answered(
    asked: Iterable[ParsedPrompt | Rejected],
    sampler: Sampler,
    seed: int,
    first: int,
    options: Mapping[str, Any] | None,
    posed: Callable[[Prompt], Instruction],
) -> Generator[Outcome]:
    """What became of each record, in their order; the first of them has this number."""
    underway: deque[ParsedPrompt | Rejected] = deque()

    def requests() -> Iterator[Request]:
        for number, each in enumerate(asked, first):
            request = (
                each if isinstance(each, Rejected) else _request(each, sampler, options, number, seed, posed)
            )
            if isinstance(request, Rejected):
                underway.append(request)
            else:
                underway.append(request[0])
                yield request[1]

    with contextlib.closing(sampler.sample(requests())) as answers:
        for answer in answers:
            while isinstance(each := underway.popleft(), Rejected):
                yield each
            row, prompt = each
            if isinstance(answer, Refusal):
                yield _Refused(Rejected(RecordError(answer.reason, row.source, row.line), row.record))
            else:
                yield _Answered(row, prompt, answer)
    for each in underway:
        assert isinstance(each, Rejected), "the sampler has passed over a request"
        yield each
