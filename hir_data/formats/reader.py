"""Rollouts from files: prompts with their responses inside, or prompts joined with a file of responses."""

import contextlib
import hashlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from hir_data.errors import HirDataError, RecordError
from hir_data.formats.records import (
    KEY_FIELDS,
    RESPONSE_FIELDS,
    Prompt,
    read_prompt,
    record_key,
    text_field,
)
from hir_data.formats.thinking import strip_thinking
from hir_data.io import Line, Row, read_lines, read_rows
from hir_data.schemas.rollout import Rollout


class Rejected(NamedTuple):
    """A record that gave no rollout, kept with the reason."""

    error: RecordError
    record: Any

    def as_record(self) -> dict[str, Any]:
        """As it is written to the file of rejected records."""
        error = self.error
        return {
            "source": error.source,
            "line": error.line,
            "field": error.field,
            "reason": error.problem,
            "record": self.record,
        }


Item = Rollout | Rejected
Unit = Item | Row | Line
"""A piece of input: an item, or a record of which items are still to be made."""


def read_rollouts(
    prompts: str, responses: str | None = None, *, thinking_tag: str | None = None, split: str | None = None
) -> Iterator[Item]:
    """The rollouts of a file of prompts, each record's own responses or those of a second file.

    Yields a :class:`Rollout`, or what was :class:`Rejected`: nothing is passed over in silence. Takes the
    arguments of :func:`read_units`, and raises what it raises.
    """
    for unit in read_units(prompts, responses, thinking_tag=thinking_tag, split=split):
        yield from items_of(unit, thinking_tag)


def read_units(
    prompts: str, responses: str | None = None, *, thinking_tag: str | None = None, split: str | None = None
) -> Iterator[Unit]:
    """What a file of prompts holds, in pieces that :func:`items_of` makes rollouts of, here or in a worker.

    Streams both files. A joined rollout comes in the place of its response; prompts are held only until
    their response is found; of the rest only a digest is kept, about 250 bytes a record.

    Args:
        prompts: a file of prompts (:mod:`hir_data.formats.records`).
        responses: a file of ``{"key" or "id", "prompt", "response" or "responses"}``. Joined by key if the
            first response has one, else by prompt, white space around it aside.
        thinking_tag: strip thinking sections of this tag from the responses.
        split: which split, if ``prompts`` is a data set of several.

    Raises:
        RecordError: a file cannot be read at all.
    """
    if responses is None:
        yield from read_lines(prompts, split)
    else:
        yield from _Join(prompts, responses, thinking_tag, split).rollouts()


def items_of(unit: Unit, thinking_tag: str | None = None) -> Iterator[Item]:
    """The rollouts and rejected records of one unit."""
    if isinstance(unit, Line):
        unit = unit.parsed()
    if isinstance(unit, Row):
        yield from _rejecting(unit, lambda row: _own_rollouts(row, thinking_tag))
    else:
        yield unit


def _rejecting(row: Row, rollouts: Callable[[Row], Iterator[Item]]) -> Iterator[Item]:
    """What a row gives, an error in it made a rejection that knows its place."""
    if row.error is not None:
        yield Rejected(row.error, row.raw)
        return
    try:
        yield from rollouts(row)
    except RecordError as error:
        yield Rejected(error.at(row.source, row.line), row.record)
    except HirDataError as error:
        yield Rejected(RecordError(str(error), row.source, row.line), row.record)


def _own_rollouts(row: Row, thinking_tag: str | None) -> Iterator[Item]:
    prompt = read_prompt(_record(row))
    if prompt.responses is None:
        raise RecordError("there is no response in the record (a file of responses goes with --responses)")
    yield from _rollouts(prompt, prompt.responses, {}, row, thinking_tag)


def _rollouts(
    prompt: Prompt, responses: list[Any], rest: Mapping[str, Any], row: Row, thinking_tag: str | None
) -> Iterator[Item]:
    if not responses:
        raise RecordError("there are no responses", field="responses")
    for sample, response in enumerate(responses):
        if not isinstance(response, str):
            field = "response" if "responses" not in _bearer(row) else f"responses[{sample}]"
            problem = "the response is null" if response is None else "the response has to be a string"
            yield Rejected(RecordError(problem, row.source, row.line, field), row.record)
            continue
        yield _rollout(prompt, response, sample, rest, thinking_tag)


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
        response = answer.text
    return Rollout(
        instruction=prompt.instruction,
        response=response,
        sample=sample,
        original=original,
        thinking=thinking,
        metadata=metadata,
    )


class _Join:
    """Prompts and responses brought together by key or by prompt."""

    def __init__(self, prompts: str, responses: str, thinking_tag: str | None, split: str | None) -> None:
        self.prompt_rows = iter(read_rows(prompts, split))
        self.responses, self.thinking_tag = responses, thinking_tag
        self.waiting: dict[bytes, tuple[Prompt, Row]] = {}
        self.seen_prompts: dict[bytes, int] = {}
        self.seen_responses: dict[bytes, int] = {}
        self.rejected: dict[bytes, int] = {}
        self.by_key = False

    def rollouts(self) -> Iterator[Item]:
        """All rollouts, in the order of the responses, then the prompts that have none."""
        first = True
        for row in read_rows(self.responses):
            if first and row.record is not None:
                self.by_key = any(row.record.get(name) is not None for name in KEY_FIELDS)
                first = False
            yield from self._until_prompt_of(row)
            yield from _rejecting(row, self._joined)
        while True:
            read = self._next_prompt()
            if read is None:
                break
            if isinstance(read, Rejected):
                yield read
        for prompt, row in self.waiting.values():
            problem = f"there is no response for the prompt {self._label(prompt)}"
            yield Rejected(RecordError(problem, row.source, row.line), row.record)

    def _until_prompt_of(self, row: Row) -> Iterator[Rejected]:
        """Read prompts until the one that the response belongs to is there; those that are bad come out."""
        try:
            wanted = self._identify(row)
        except RecordError:
            return  # reported where the response itself is read
        while wanted is not None and wanted not in self.seen_prompts:
            read = self._next_prompt()
            if read is None:
                return
            if isinstance(read, Rejected):
                yield read

    def _next_prompt(self) -> Prompt | Rejected | None:
        row = next(self.prompt_rows, None)
        if row is None:
            return None
        if row.error is not None:
            return Rejected(row.error, row.raw)
        try:
            return self._add(read_prompt(_record(row)), row)
        except RecordError as error:
            self._remember_rejected(row)
            return Rejected(error.at(row.source, row.line), row.record)

    def _remember_rejected(self, row: Row) -> None:
        """So that its response is not told that there is no such prompt."""
        with contextlib.suppress(RecordError):
            identity = self._identify(row)
            if identity is not None and identity not in self.seen_prompts:
                self.seen_prompts[identity] = row.line
                self.rejected[identity] = row.line

    def _add(self, prompt: Prompt, row: Row) -> Prompt:
        instruction = prompt.instruction
        if self.by_key and instruction.id is None:
            raise RecordError("the responses are joined by key, and this prompt has none", field="key")
        identity = _identity(str(instruction.id) if self.by_key else instruction.prompt.strip())
        if identity in self.seen_prompts:
            first = self.seen_prompts[identity]
            raise RecordError(f"a second prompt {self._label(prompt)}; the first is in line {first}")
        self.seen_prompts[identity] = row.line
        self.waiting[identity] = prompt, row
        return prompt

    def _joined(self, row: Row) -> Iterator[Item]:
        record = _record(row)
        identity = self._identify(row)
        assert identity is not None
        name = (
            f"key {record_key(record)}" if self.by_key else f"prompt {_start(text_field(record, 'prompt'))}"
        )
        if identity in self.seen_responses:
            raise RecordError(
                f"a second response for {name}; the first is in line {self.seen_responses[identity]}"
            )
        if identity in self.rejected:
            raise RecordError(f"its prompt was rejected (line {self.rejected[identity]})")
        if identity not in self.waiting:
            raise RecordError(f"there is no prompt for the response with {name}")
        self.seen_responses[identity] = row.line
        prompt, _ = self.waiting.pop(identity)
        responses = record["responses"] if "responses" in record else [text_or_null(record)]
        if not isinstance(responses, list):
            raise RecordError("has to be a list", field="responses")
        rest = {name: value for name, value in record.items() if name not in _JOIN_FIELDS}
        yield from _rollouts(prompt, responses, rest, row, self.thinking_tag)

    def _identify(self, row: Row) -> bytes | None:
        """Which prompt a row is, or is the response to; None if it could not be read."""
        if row.record is None:
            return None
        if self.by_key:
            key = record_key(row.record)
            if key is None:
                raise RecordError("the responses are joined by key, and this one has none", field="key")
            return _identity(str(key))
        return _identity(text_field(row.record, "prompt").strip())

    def _label(self, prompt: Prompt) -> str:
        instruction = prompt.instruction
        return f"with key {instruction.id}" if self.by_key else _start(instruction.prompt)


_JOIN_FIELDS = (*RESPONSE_FIELDS, *KEY_FIELDS, "prompt")


def text_or_null(record: Mapping[str, Any]) -> Any:
    """The response of a record; it has to be there, but may be null, which is reported by name later."""
    if "response" not in record:
        raise RecordError("this field is missing", field="response")
    return record["response"]


def _record(row: Row) -> dict[str, Any]:
    assert row.record is not None
    return row.record


def _bearer(row: Row) -> Mapping[str, Any]:
    """The part of a record that bears its response."""
    record = _record(row)
    inner = record.get("rollout")
    return inner if isinstance(inner, dict) else record


def _identity(key: str) -> bytes:
    """A short stand-in for a long key: a million prompts fit in memory."""
    return hashlib.blake2b(key.encode(errors="surrogatepass"), digest_size=16).digest()


def _start(prompt: str) -> str:
    first = prompt.strip().split("\n")[0]
    return repr(first if len(first) <= 60 else f"{first[:57]}...")
