"""Prompts and responses in two files, brought together by key or by prompt."""

import contextlib
import hashlib
import itertools
from collections.abc import Iterator
from typing import Any, NamedTuple

from hir_data.errors import RecordError
from hir_data.formats.conversations import CONVERSATION_FIELDS, DEFAULT, ReadOptions
from hir_data.formats.envelopes.catalogue import envelope_named, opened_row
from hir_data.formats.fields import KEY_FIELDS, at, prompt_text, record_key, without
from hir_data.formats.files import read_rows
from hir_data.formats.named import at_path
from hir_data.formats.records import instruction_record, read_prompt
from hir_data.formats.rows import MAX_RECORD_BYTES, Row
from hir_data.schemas.message import are_objects
from hir_data.schemas.rejected import Rejected
from hir_data.text.templated import messages_in, style_of


class Pair(NamedTuple):
    """A record of a prompt and the record of its response, neither checked yet."""

    prompt: Row
    response: Row


class Join:
    """Prompts and responses brought together by key or by prompt."""

    def __init__(
        self,
        prompts: str,
        responses: str,
        split: str | None,
        format: str | None = None,
        options: ReadOptions = DEFAULT,
        max_record_bytes: int = MAX_RECORD_BYTES,
    ) -> None:
        self.options = options
        around = format if envelope_named(format) else None  # which is then what the responses are in
        of_prompts = options._replace(fields=options.fields.of_prompts())
        of_responses = options._replace(fields=options.fields.of_responses())
        self.prompt_rows: Iterator[Row] = map(
            opened_row,
            read_rows(prompts, split, None if around else format, of_prompts, max_record_bytes),
        )
        self.response_rows = map(
            opened_response,
            read_rows(responses, None, around, of_responses, max_record_bytes),
        )
        self.waiting: dict[bytes, Row] = {}
        self.seen_prompts: dict[bytes, int] = {}
        self.seen_responses: dict[bytes, int] = {}
        self.by_key = False

    def units(self) -> Iterator[Pair | Rejected]:
        """All pairs, in the order of the responses, then the prompts that have no response."""
        first = True
        start = next(self.prompt_rows, None)
        if start is not None:
            self.prompt_rows = itertools.chain([start], self.prompt_rows)
        for row in self.response_rows:
            if first and row.record is not None:
                self._check_named(start, row)
                self.by_key = _has_key(row) and (
                    start is None or start.record is None or _has_key(start) or not _has_prompt(row)
                )
                first = False
            if row.error is not None and row.record is None:
                yield Rejected(row.error, row.raw)
                continue
            try:
                identity = self._identify(_record(row), "this one")
            except Exception as error:
                yield row.rejection(error)
                continue
            yield from self._read_until(identity)
            pair = self._pair(identity, row)
            yield pair if row.error is None else Rejected(row.error, row.raw)
        for prompt_row in self.prompt_rows:
            yield from self._add(prompt_row)
        for prompt_row in self.waiting.values():
            yield _left_over(prompt_row, self._label(_record(prompt_row)))

    def _check_named(self, prompt: Row | None, response: Row) -> None:
        """See that a field by which records are joined, and that the user names, is in one of the files."""
        first = [row.as_read for row in (prompt, response) if row is not None]
        for name in ("prompt", "key"):
            path = getattr(self.options.fields, name)
            if path and all(not isinstance(each, dict) or at_path(each, path) is None for each in first):
                problem = f"--{name}-field: there is no such field in the first record of either file"
                raise RecordError(problem, response.source, response.line, path)

    def _read_until(self, identity: bytes) -> Iterator[Rejected]:
        """Read prompts until that one is there; those that have no place in the join come out."""
        while identity not in self.seen_prompts:
            row = next(self.prompt_rows, None)
            if row is None:
                return
            yield from self._add(row)

    def _add(self, row: Row) -> Iterator[Rejected]:
        """Have a prompt wait for its response."""
        if row.error is not None:
            yield Rejected(row.error, row.raw)
            return
        try:
            record = instruction_record(_record(row))
            identity = self._identify(record, "this prompt")
            if identity in self.seen_prompts:
                first = self.seen_prompts[identity]
                raise RecordError(f"a second prompt {self._label(record)}; the first is in line {first}")
        except Exception as error:
            yield row.rejection(error)
            return
        self.seen_prompts[identity] = row.line
        self.waiting[identity] = row

    def _pair(self, identity: bytes, row: Row) -> Pair | Rejected:
        name = self._name(_record(row))
        if identity in self.seen_responses:
            problem = f"a second response for {name}; the first is in line {self.seen_responses[identity]}"
        elif identity not in self.waiting:
            problem = f"there is no prompt for the response with {name}"
        else:
            self.seen_responses[identity] = row.line
            return Pair(self.waiting.pop(identity), row)
        return row.rejection(RecordError(problem))

    def _identify(self, record: dict[str, Any], what: str) -> bytes:
        """Which prompt a record is, or is the response to."""
        if not self.by_key:
            return _identity(asked_text(record).strip())
        key = record_key(record)
        if key is None:
            raise RecordError(f"the responses are joined by key, and {what} has none", field="key")
        return _identity(str(key))

    def _name(self, record: dict[str, Any]) -> str:
        return f"key {record_key(record)}" if self.by_key else f"prompt {_start(prompt_text(record))}"

    def _label(self, record: dict[str, Any]) -> str:
        record = instruction_record(record)
        return f"with key {record_key(record)}" if self.by_key else _start(prompt_text(record))


def _has_key(row: Row) -> bool:
    record = instruction_record(_record(row))
    return any(at(record, name) is not None for name in (*KEY_FIELDS, "extra_info.id"))


def _has_prompt(row: Row) -> bool:
    return any(_record(row).get(name) is not None for name in ("prompt", *CONVERSATION_FIELDS))


def opened_response(row: Row) -> Row:
    """The record of a response, out of its envelopes; of a conversation, the answer at its end."""
    row = opened_row(row)
    record = row.record
    if row.error is not None or record is None or "response" in record or "responses" in record:
        return row
    if record.get("completion") is not None:
        said = record["completion"]
        if isinstance(said, list) and len(said) > 1 and are_objects(said):
            said = said[-1]  # behind calls of tools and their results
        record = {**without(record, ["completion"]), "response": said}
        return row._replace(record=record, raw=row.as_read)
    for name in CONVERSATION_FIELDS:
        messages = record.get(name)
        if isinstance(messages, list) and len(messages) > 1 and are_objects(messages):
            last = messages[-1]
            if last.get("role") == "assistant":
                response: Any = last
            elif last.get("from") in ("gpt", "assistant"):
                response = last.get("value")
            else:
                continue
            record = {**record, name: messages[:-1], "response": response}
            return row._replace(record=record, raw=row.as_read)
    return row


def asked_text(record: dict[str, Any]) -> str:
    """What the user said last, also where a chat template has written it into a prompt."""
    text = prompt_text(record)
    if style_of(text):
        with contextlib.suppress(RecordError):
            said = [each["content"] for each in messages_in(text) if each["role"] == "user"]
            if said:
                return str(said[-1])
    return text


def _left_over(row: Row, label: str) -> Rejected:
    """A prompt without a response: rejected for that, if for nothing else."""
    try:
        read_prompt(_record(row), row.format, row.options)
        raise RecordError(f"there is no response for the prompt {label}")
    except Exception as error:
        return row.rejection(error)


def _record(row: Row) -> dict[str, Any]:
    assert row.record is not None
    return row.record


def _identity(key: str) -> bytes:
    """A short stand-in for a long key: a million prompts fit in memory."""
    return hashlib.blake2b(key.encode(errors="surrogatepass"), digest_size=16).digest()


def _start(prompt: str) -> str:
    first = prompt.strip().split("\n")[0]
    return repr(first if len(first) <= 60 else f"{first[:57]}...")
