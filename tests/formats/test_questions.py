"""Plain questions from files."""

import pytest
from files import jsonl, write

from hir_data.errors import RecordError
from hir_data.formats.questions import read_seeds
from hir_data.instructions.questions import Seed
from hir_data.schemas.rejected import Rejected


def questions(tmp_path, content: bytes) -> list[Seed | Rejected]:
    return list(read_seeds(write(tmp_path / "questions", content)))


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"Why?\nHow?\n", [Seed("Why?"), Seed("How?")]),
        (b"\n  Why?  \r\n\n\nHow?", [Seed("Why?"), Seed("How?")]),
        (b"\xef\xbb\xbfWarum gr\xc3\xbc\xc3\x9ft er?\n", [Seed("Warum grüßt er?")]),
        (b'"Why?" she asked.\n{braces}\n', [Seed('"Why?" she asked.'), Seed("{braces}")]),
        (jsonl([{"question": "Why?"}, {"prompt": " How? "}]), [Seed("Why?"), Seed("How?")]),
        (
            jsonl([{"id": 7, "question": "Why?", "prompt": "Why? Be brief.", "topic": {"sea": 1}}]),
            [Seed("Why?", {"id": 7, "prompt": "Why? Be brief.", "topic": {"sea": 1}})],
        ),
        (b'[{"question": "Why?"}, {"question": "How?"}]', [Seed("Why?"), Seed("How?")]),
        (
            jsonl([{"messages": [{"role": "user", "content": "Why?"}]}]),
            [Seed("Why?", {"messages": [{"role": "user", "content": "Why?"}]})],
        ),
    ],
)
def test_questions_of_a_file(tmp_path, content: bytes, found: list[Seed]):
    assert questions(tmp_path, content) == found


@pytest.mark.parametrize(
    ("line", "field", "problem"),
    [
        (b'{"question": "Why?"', None, "malformed JSON: EOF while parsing an object at column 19"),
        (b"How?", None, "malformed JSON: expected value at column 1"),
        (b'{"id": 1}', "prompt", "this field is missing"),
        (b'{"question": null}', "question", "is null"),
        (b'{"question": 3}', "question", "has to be a string, not 3"),
        (b'{"question": " \\n"}', "question", "is empty"),
        (b'{"prompt": ""}', "prompt", "is empty"),
        (b'["Why?"]', None, "a record has to be an object, not list"),
        (b'{"question": "\xff"}', None, "not UTF-8 (byte 0xff at column 15)"),
    ],
)
def test_a_bad_record_is_rejected_and_the_rest_is_read(tmp_path, line: bytes, field: str, problem: str):
    first, bad, last = questions(tmp_path, b'{"question": "A?"}\n\n' + line + b'\n{"question": "B?"}\n')
    assert (first, last) == (Seed("A?"), Seed("B?"))
    assert isinstance(bad, Rejected)
    assert (bad.error.line, bad.error.field, bad.error.problem) == (3, field, problem)
    assert bad.error.source == str(tmp_path / "questions")
    assert bad.record


def test_a_line_of_text_that_is_no_text(tmp_path):
    good, bad = questions(tmp_path, b"Why?\nH\xffw?\n")
    assert good == Seed("Why?")
    assert isinstance(bad, Rejected)
    assert (bad.error.line, bad.error.problem, bad.record) == (2, "not UTF-8 (at byte 2)", "H\\xffw?")


@pytest.mark.parametrize("content", [b"", b"\n \n"])
def test_no_questions(tmp_path, content: bytes):
    with pytest.raises(RecordError, match="there are no records in it"):
        questions(tmp_path, content)


@pytest.mark.parametrize("name", ["missing.txt", "missing.jsonl"])
def test_a_missing_file(name: str):
    with pytest.raises(RecordError, match="there is no such file"):
        list(read_seeds(name))
