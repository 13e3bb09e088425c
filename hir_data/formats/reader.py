"""Rollouts from files: prompts with their responses inside, or prompts joined with a file of responses."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from hir_data.errors import RecordError
from hir_data.formats.catalogue import format_named
from hir_data.formats.conversations import DEFAULT, ReadOptions, response_text
from hir_data.formats.envelopes.catalogue import envelope_named, opened_row
from hir_data.formats.fields import KEY_FIELDS, MISSING, NO_RESPONSE
from hir_data.formats.files import read_pieces
from hir_data.formats.format import Prompt
from hir_data.formats.join import Join, Pair
from hir_data.formats.jsonl import Line, Lines, units_of
from hir_data.formats.records import (
    REASONING,
    RESPONSE_FIELDS,
    read_prompt,
    read_response,
    reasoning_within,
    rollout_record,
)
from hir_data.formats.rows import MAX_RECORD_BYTES, Row, shown_line
from hir_data.formats.sampled import sampling_beside
from hir_data.formats.turns import due_turn, has_turns, turn_records
from hir_data.schemas.conversation import Instruction
from hir_data.schemas.rejected import Rejected
from hir_data.schemas.rollout import Rollout
from hir_data.text.thinking import reasoning_beside, strip_thinking

Item = Rollout | Rejected


InputRecord = Item | Row | Line | Pair
"""A piece of input: an item, or records of which items are still to be made."""

InputPiece = InputRecord | Lines
"""The same, or many lines."""


def read_rollouts(
    prompts: str,
    responses: str | None = None,
    *,
    thinking_tag: str | None = None,
    split: str | None = None,
    format: str | None = None,
    options: ReadOptions = DEFAULT,
    max_record_bytes: int = MAX_RECORD_BYTES,
) -> Iterator[Item]:
    """The rollouts of a file of prompts, each record's own responses or those of a second file.

    Yields a :class:`Rollout`, or what was :class:`Rejected`: nothing is passed over in silence. Arguments and
    errors are those of :func:`read_units`, and:

    Args:
        prompts: see there.
        responses: see there.
        thinking_tag: strip thinking sections of this tag from the responses.
        split: see there.
        format: see there.
        options: see there.
        max_record_bytes: see there.
    """
    for unit in read_units(
        prompts,
        responses,
        split=split,
        format=format,
        options=options,
        max_record_bytes=max_record_bytes,
    ):
        yield from items_of(unit, thinking_tag)


def read_units(
    prompts: str,
    responses: str | None = None,
    *,
    split: str | None = None,
    format: str | None = None,
    options: ReadOptions = DEFAULT,
    max_record_bytes: int = MAX_RECORD_BYTES,
    may_be_empty: bool = False,
) -> Iterator[InputRecord]:
    """What a file of prompts holds, in pieces that :func:`items_of` makes rollouts of, here or in a worker.

    Streams both files. A joined rollout comes in the place of its response; prompts are held only until
    their response is found; of the rest only a digest is kept, about 250 bytes a record.

    Args:
        prompts: a file of prompts (:mod:`hir_data.formats.records`).
        responses: a file of ``{"key" or "id", "prompt", "response" or "responses"}``. Joined by key if the
            first response has one, else by prompt, white space around it aside.
        split: which split, if ``prompts`` is a data set of several.
        format: which format the prompts are in; by default each is in the one that it looks like.
        options: how conversations are read.
        max_record_bytes: bytes that a record may have; a larger one is rejected.
        may_be_empty: whether ``prompts`` alone may have no records, as one file of many.

    Raises:
        RecordError: a file cannot be read at all, or there is no such format.
    """
    pieces = read_input(
        prompts,
        responses,
        split=split,
        format=format,
        options=options,
        max_record_bytes=max_record_bytes,
        may_be_empty=may_be_empty,
    )
    return units_of(pieces)


def read_input(
    prompts: str,
    responses: str | None = None,
    *,
    split: str | None = None,
    format: str | None = None,
    options: ReadOptions = DEFAULT,
    max_record_bytes: int = MAX_RECORD_BYTES,
    may_be_empty: bool = False,
) -> Iterator[InputPiece]:
    """What :func:`read_units` reads, many lines in one piece, for whoever hands them on to other processes.

    Arguments and errors are those of :func:`read_units`.
    """
    if format is not None and envelope_named(format) is None:
        format_named(format)
    if responses is None:
        return read_pieces(prompts, split, format, options, max_record_bytes, may_be_empty=may_be_empty)
    return Join(prompts, responses, split, format, options, max_record_bytes).units()


class ParsedPrompt(NamedTuple):
    """A record and what it asks for."""

    row: Row
    prompt: Prompt

    @property
    def source(self) -> str:
        """The file that it is in."""
        return self.row.source

    @property
    def line(self) -> int:
        """Where in the file."""
        return self.row.line

    @property
    def instruction(self) -> Instruction:
        """What is asked."""
        return self.prompt.instruction


def read_instructions(
    prompts: str,
    *,
    split: str | None = None,
    format: str | None = None,
    options: ReadOptions = DEFAULT,
    max_record_bytes: int = MAX_RECORD_BYTES,
) -> Iterator[ParsedPrompt | Rejected]:
    """The instructions of a file of prompts, with or without responses, or what was rejected.

    Arguments and errors are those of :func:`read_units`.
    """
    units = read_units(
        prompts, split=split, format=format, options=options, max_record_bytes=max_record_bytes
    )
    yield from map(parse_prompt, units)


def parse_prompt(unit: InputRecord) -> ParsedPrompt | Rejected:
    """What a record asks for, with or without responses; of several turns, the one where one is due."""
    row = unit.parsed() if isinstance(unit, Line) else unit
    assert isinstance(row, Row), "prompts come as records"
    row = opened_row(row)
    if row.error is not None:
        return Rejected(row.error, row.raw)
    try:
        record = _record(row)
        if has_turns(record):
            record = due_turn(record, row.options)
        return ParsedPrompt(row, read_prompt(record, row.format, row.options))
    except Exception as error:
        return row.rejection(error)


def items_of(unit: InputRecord, thinking_tag: str | None = None) -> Iterator[Item]:
    """The rollouts and rejected records of one unit."""
    if isinstance(unit, Line):
        unit = unit.parsed()
    if isinstance(unit, Row):
        yield from _rejecting(opened_row(unit), lambda row: _own_rollouts(row, thinking_tag))
    elif isinstance(unit, Pair):
        yield from _joined_rollouts(unit, thinking_tag)
    else:
        yield unit


def rejection_of(unit: InputRecord, error: Exception) -> Rejected:
    """The rejection of what a unit holds, whatever was raised while it was dealt with."""
    if isinstance(unit, Rejected):
        return unit
    if isinstance(unit, Pair):
        unit = unit.response
    if isinstance(unit, Rollout):
        return Rejected(RecordError.of(error), unit)
    if isinstance(unit, Line):
        return Rejected.because(error, unit.source, unit.line, shown_line(unit.content))
    return unit.rejection(error)


def _rejecting(row: Row, rollouts: Callable[[Row], Iterator[Item]]) -> Iterator[Item]:
    """What a row gives, an error in it made a rejection that knows its place."""
    if row.error is not None:
        yield Rejected(row.error, row.raw)
        return
    try:
        yield from rollouts(row)
    except Exception as error:
        yield row.rejection(error)


def _own_rollouts(row: Row, thinking_tag: str | None) -> Iterator[Item]:
    if has_turns(_record(row)):
        for turn in turn_records(_record(row), row.options):
            if isinstance(turn, RecordError):
                yield row.rejection(turn)
            else:
                yield from _rejecting(row._replace(record=turn), lambda row: _own_rollouts(row, thinking_tag))
        return
    prompt = read_prompt(_record(row), row.format, row.options)
    if prompt.responses is None:
        raise RecordError(NO_RESPONSE)
    yield from _rollouts(prompt, prompt.responses, {}, row, thinking_tag)


def _rollouts(
    prompt: Prompt, responses: list[Any], rest: Mapping[str, Any], row: Row, thinking_tag: str | None
) -> Iterator[Item]:
    if not responses:
        raise RecordError("there are no responses", field="responses")
    for sample, response in enumerate(responses):
        if not isinstance(response, str):
            field = "response" if "responses" not in rollout_record(_record(row)) else f"responses[{sample}]"
            yield row.rejection(_no_text(response, row).inside(field))
            continue
        yield _rollout(prompt, response, sample, rest, thinking_tag)


def _no_text(response: Any, row: Row) -> RecordError:
    """Why a response is no text."""
    try:
        response_text(response, row.options)
    except RecordError as error:
        return error
    return RecordError("the response is null" if response is None else "the response has to be a string")


def _rollout(
    prompt: Prompt, response: str, sample: int, rest: Mapping[str, Any], thinking_tag: str | None
) -> Rollout:
    own, metadata = prompt.own, {**prompt.rest, **rest}
    sample, original, thinking = own.get("sample", sample), own.get("original"), own.get("thinking")
    metadata |= own.get("metadata", {})
    if thinking_tag is not None:
        answer = strip_thinking(response, thinking_tag)
        if answer.thinking != "absent":
            original = response
        if thinking in (None, "absent") or answer.thinking != "absent":  # else it was stripped before
            thinking = answer.thinking
        if thinking == "absent" and reasoning_beside(metadata):  # a server has taken it out
            thinking = "stripped"
        response = answer.text
    return Rollout(
        instruction=prompt.instruction,
        response=response,
        sample=sample,
        original=original,
        thinking=thinking,
        sampling=own.get("sampling"),
        metadata=metadata,
    )


def _joined_rollouts(pair: Pair, thinking_tag: str | None) -> Iterator[Item]:
    """The rollouts of a pair; a bad prompt takes its response with it."""
    try:
        prompt = read_prompt(_record(pair.prompt), pair.prompt.format, pair.prompt.options)
    except Exception as error:
        yield pair.prompt.rejection(error)
        yield pair.response.rejection(RecordError(f"its prompt was rejected (line {pair.prompt.line})"))
        return

    def rollouts(row: Row) -> Iterator[Item]:
        record = _record(row)
        responses = record["responses"] if "responses" in record else [text_or_null(record)]
        if not isinstance(responses, list):
            raise RecordError("has to be a list", field="responses")
        responses = [read_response(each, pair.prompt.options) for each in responses]
        sampling, told = sampling_beside(record)
        rest = {name: value for name, value in record.items() if name not in {*_JOIN_FIELDS, *told}}
        if (reasoning := reasoning_within(record)) is not None:
            rest[REASONING] = reasoning
        drawn = prompt._replace(own={**prompt.own, "sampling": sampling}) if sampling else prompt
        yield from _rollouts(drawn, responses, rest, row, thinking_tag)

    yield from _rejecting(pair.response, rollouts)


_JOIN_FIELDS = (*RESPONSE_FIELDS, *KEY_FIELDS, "prompt")


def text_or_null(record: Mapping[str, Any]) -> Any:
    """The response of a record; it has to be there, but may be null, which is reported by name later."""
    if "response" not in record:
        raise RecordError(MISSING, field="response")
    return record["response"]


def _record(row: Row) -> dict[str, Any]:
    assert row.record is not None
    return row.record
